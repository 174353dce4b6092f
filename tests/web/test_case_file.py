"""“Save the whole dispute”: each reader gets one signed file with what he may see, in his language, and no more."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.test import override_settings

from amends.core.vocabulary import Party
from amends.orders import evidence
from tests.casefile.tampering import checked

from .people import AtSeat, Market
from .test_case import CASE
from .test_files import given, jpeg

LETTER = "My doctor's letter says why."


@pytest.fixture
def told(market: Market) -> Market:
    market.order()
    market.day(12)
    claim = {"lines": ["L1"], "received": True, "reason": "low_quality", "wants": "refund", "amount": "45.00"}
    market.done(Party.BUYER, "open", **claim)
    about = {"dispute": 1, "kind": "link", "name": "https://example.org/letter", "mediator_only": True}
    market.done(Party.BUYER, "add_evidence", comment=LETTER, **about)
    return market


def saved(seat: AtSeat) -> Any:
    answer = seat.get(CASE + "case-file/")
    assert answer.status_code == 200
    return answer


def names(answer: Any) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def said(answer: Any) -> str:
    return b"\n".join(names(answer).values()).decode(errors="replace")


@pytest.mark.parametrize("party", [Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR])
def test_each_saves_it_from_the_case_page(told: Market, party: Party) -> None:
    seat = told.seat(party)
    assert f'href="{seat.url(CASE + "case-file/")}"' in seat.get(CASE).content.decode()
    answer = saved(seat)
    assert answer["Content-Disposition"] == 'attachment; filename="case-O-1-1.zip"'
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert (LETTER in said(answer)) is (party is not Party.SELLER)


@pytest.mark.parametrize(
    ("party", "role"),
    [(Party.BUYER, "buyer"), (Party.SELLER, "seller"), (Party.MEDIATOR, "mediator"), (Party.OPERATOR, "mediator")],
)
def test_it_is_the_file_of_the_readers_role_and_holds(told: Market, party: Party, role: str) -> None:
    content = b"".join(saved(told.seat(party)).streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
    assert manifest["role"] == role
    report = checked(content, manifest["key"])
    assert report.code == 0, report.wrong


def test_it_is_in_the_language_of_the_seat(told: Market) -> None:
    copy = names(saved(told.seat(Party.BUYER, language="ru")))["reading-copy.pdf"]
    with pypdfium2.PdfDocument(io.BytesIO(copy)) as document:
        assert "Спор" in document[0].get_textpage().get_text_range()


def test_who_does_not_see_the_dispute_cannot_save_it(told: Market) -> None:
    sam = told.seat(Party.BUYER, "sam")
    assert sam.get(CASE + "case-file/").status_code == 404
    assert told.seat(Party.BUYER).get("orders/O-1/disputes/2/case-file/").status_code == 404
    assert sam.client.post(told.seat(Party.BUYER).url(CASE + "case-file/")).status_code in (404, 405)


def test_staff_see_who_took_the_files_away_with_the_case(told: Market, tmp_path: Path) -> None:
    with override_settings(AMENDS_FILES=str(tmp_path)):
        alice, bob = told.seat(Party.BUYER), told.seat(Party.SELLER)
        file = given(told, alice, jpeg())
        b"".join(saved(bob).streaming_content)
        looks = [(view.file, view.viewer, view.as_what) for view in evidence.views(told.marketplace, "O-1")]
        assert (file, "seller:bob", "case file") in looks
