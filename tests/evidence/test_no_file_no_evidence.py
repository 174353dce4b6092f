"""Outside a sandbox evidence is the file itself; a word, or a link where a film should be, is none (R166, R167)."""

from __future__ import annotations

import uuid
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from amends import policies
from amends.core.vocabulary import Party
from amends.orders import marketplaces
from amends.orders.handle import Outcome
from tests.privacy.giving import give, photo, uploaded
from tests.store.lives import accepted, act, disputed, shipped

FILM = {"kind": "video", "name": "https://youtu.be/kettle"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "files"
    monkeypatch.setattr(settings, "AMENDS_FILES", str(folder), raising=False)
    return folder


@pytest.fixture
def sandbox(database: str) -> UUID:
    return marketplaces.register(f"sandbox {uuid.uuid4()}", policies.load("alx-d"), sandbox=True).id


def code(outcome: Outcome) -> str:
    assert outcome.refused is not None
    assert outcome.refused.sentence
    assert outcome.refused.way_out
    return outcome.refused.code.value


def asked(shop: UUID) -> None:
    """Mia takes the case and asks Alice for a film."""
    disputed(shop)
    accepted(act(shop, "seller", "reject", 13, dispute=1, text="It closed here."))
    accepted(act(shop, "buyer", "escalate", 14, dispute=1))
    accepted(act(shop, "mediator", "request_evidence", 15, dispute=1, of=["buyer"], text="Film it, plugged in."))


def test_a_link_called_a_film_does_not_answer_mia_and_the_film_does(shop: UUID, files: Path) -> None:
    asked(shop)
    for fileless in (FILM, {"kind": "photo"}, {"kind": "screenshot", "id": "E1"}, {"kind": "tracking"}):
        refused = act(shop, "buyer", "add_evidence", 15.1, dispute=1, **fileless)
        assert code(refused) == "evidence_required"
        assert refused.order is not None
        assert refused.order.disputes[0].evidence == ()
    linked = act(shop, "buyer", "add_evidence", 15.2, dispute=1, **FILM | {"kind": "link"})
    assert linked.warnings == {"link_is_no_evidence"}
    accepted(linked)
    assert linked.order is not None
    assert linked.order.disputes[0].status == "awaiting_evidence"
    give(shop, Party.BUYER, photo("red"), "kettle.jpg", files, 15.3)
    again = act(shop, "buyer", "add_evidence", 15.4, dispute=1, **FILM)
    assert code(again) == "evidence_not_requested", "what else is wrong is said first"
    assert again.order is not None
    assert again.order.disputes[0].status == "under_review"


def test_a_tracking_number_needs_no_file_and_its_page_alone_is_a_link(shop: UUID) -> None:
    disputed(shop)
    number = act(shop, "seller", "add_evidence", 13, dispute=1, kind="tracking", name="RR123456785CN")
    accepted(number)
    page = act(shop, "seller", "add_evidence", 13, dispute=1, kind="tracking", name="www.post.example/RR123456785CN")
    assert "link_is_no_evidence" in page.warnings
    assert page.order is not None
    assert [item.file.counts for item in page.order.disputes[0].evidence] == [True, False]


def test_a_dispute_opens_with_uploads_and_not_with_the_word_photo(shop: UUID, files: Path) -> None:
    shipped(shop)
    claim = {"lines": ["A"], "received": True, "reason": "defective", "wants": "refund", "amount": "45.00"}
    word = act(shop, "buyer", "open", 12, **claim, files=["photo"])
    assert code(word) == "evidence_required"
    assert word.order is not None
    assert word.order.disputes == ()
    file = uploaded(shop, Party.BUYER, photo("red"), "kettle.jpg", files, 12)
    said = {"kind": "photo", "id": file.file, "sha256": file.sha256, "comment": "The crack."}
    opened = act(shop, "buyer", "open", 12, **claim, files=[said])
    accepted(opened)
    assert opened.order is not None
    (item,) = opened.order.disputes[0].evidence
    assert (item.file.counts, item.file.comment and item.file.comment.plain) == (True, "The crack.")


def test_in_a_sandbox_a_word_stands_for_a_file_and_an_address_still_for_nothing(sandbox: UUID) -> None:
    asked(sandbox)
    link = act(sandbox, "buyer", "add_evidence", 15.1, dispute=1, **FILM)
    assert link.warnings == {"link_is_no_evidence"}
    assert link.order is not None
    assert link.order.disputes[0].status == "awaiting_evidence"
    word = act(sandbox, "buyer", "add_evidence", 15.2, dispute=1, kind="video", name="kettle.mp4")
    accepted(word)
    assert word.order is not None
    assert word.order.disputes[0].status == "under_review"
