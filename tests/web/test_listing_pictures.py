"""Mia lays what Alice got beside what the shop showed; whoever has no part in the order sees neither."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from PIL import Image

from amends.core.vocabulary import Party
from amends.orders import evidence_desk as desk
from amends.orders import evidence_upkeep, listings, trips
from amends.orders.listings import Taken
from amends.vault.storage import LocalStore
from tests.vault import honest

from .people import Market
from .test_files import CLAIM, given, jpeg

KETTLE = {"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1, "listing_id": "shop/kettle 7"}
LISTING = KETTLE["listing_id"]
CASE = "orders/O-1/disputes/1/"


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """The folder where evidence lies."""
    with override_settings(AMENDS_FILES=str(tmp_path)):
        yield tmp_path


@pytest.fixture
def disputed(market: Market, files: Path) -> Market:
    """The shop showed one picture; Alice bought, paid, got the kettle, and disputes it."""
    showed(market, jpeg())
    market.day(1)
    market.order(lines=[KETTLE])
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    return market


def showed(market: Market, content: bytes, listing: str = str(LISTING)) -> Taken:
    place = desk.folder("arriving") / "sent"
    place.write_bytes(content)
    return listings.take(market.marketplace, listing, place, name="a.jpg", declared="image/jpeg", now=market.now)


def other(shade: int) -> bytes:
    return honest.encoded("JPEG", Image.new("RGB", (640, 480), (shade, 90, 60)), quality=85)


def pictures(page: str) -> list[str]:
    """Addresses of the shop's pictures, in the order of the page."""
    return re.findall(r'src="([^"]*/listing/[^"]*)"', page)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def stored(files: Path) -> list[Path]:
    return [one for one in (files / "store").rglob("*") if one.is_file()]


# ── seeing ───────────────────────────────────────────────────────────────────────────────────────


def test_alice_bob_and_mia_compare_and_sam_does_not_learn_of_it(disputed: Market) -> None:
    alice = disputed.seat(Party.BUYER)
    file = given(disputed, alice, other(200))
    for somebody in (alice, disputed.seat(Party.SELLER), disputed.seat(Party.MEDIATOR)):
        (thumbnail,) = pictures(text(somebody.get(CASE)))
        page = text(somebody.get(f"{CASE}files/{file}/"))
        (reading,) = pictures(page)
        assert "Compare with the listing" in page
        assert "Known here since" in page
        assert 'alt="What the shop showed of Kettle, picture 1 of 1"' in page
        assert (thumbnail, reading) == tuple(
            somebody.url(f"orders/O-1/listing/{listing_picture(disputed)}/{form}/") for form in ("thumbnail", "reading")
        )
        answer = somebody.client.get(reading)
        with Image.open(io.BytesIO(b"".join(answer.streaming_content))) as shown:
            assert (shown.format, shown.size) == ("JPEG", (800, 640))
    for stranger in (disputed.seat(Party.BUYER, "sam"), disputed.seat(Party.SELLER, "sam")):
        assert stranger.get(f"orders/O-1/listing/{listing_picture(disputed)}/reading/").status_code == 404


def listing_picture(market: Market) -> str:
    (one,) = listings.of(market.marketplace, [str(LISTING)])
    return one.sha256


def test_it_leaves_as_safely_as_evidence_does(disputed: Market) -> None:
    alice = disputed.seat(Party.BUYER)
    given_file, shown = given(disputed, alice, other(200)), listing_picture(disputed)
    answers = (
        alice.get(f"orders/O-1/files/{given_file}/reading/"),
        alice.get(f"orders/O-1/listing/{shown}/reading/"),
    )
    of_evidence, of_listing = ({**answer.headers, "Content-Length": ""} for answer in answers)
    assert of_listing == of_evidence
    assert "sandbox" in of_listing["Content-Security-Policy"]
    part = alice.client.get(alice.url(f"orders/O-1/listing/{shown}/reading/"), headers={"Range": "bytes=0-1"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, b"\xff\xd8")
    for wrong in (f"{shown}/original", f"{'0' * 64}/reading", "..%2f/reading", f"{shown.upper()}/reading"):
        assert alice.get(f"orders/O-1/listing/{wrong}/").status_code == 404


def test_a_picture_is_shown_with_what_was_sold_under_it_alone(disputed: Market) -> None:
    alice, shown = disputed.seat(Party.BUYER), listing_picture(disputed)
    disputed.order("O-2", lines=[KETTLE | {"listing_id": "another"}])
    disputed.order("O-3")
    for order in ("O-2", "O-3"):
        assert alice.get(f"orders/{order}/listing/{shown}/reading/").status_code == 404
    elsewhere = Market()
    elsewhere.order(lines=[KETTLE])
    assert elsewhere.seat(Party.BUYER).get(f"orders/O-1/listing/{shown}/reading/").status_code == 404


def test_what_came_after_the_order_does_not_pretend_to_be_what_the_buyer_saw(disputed: Market) -> None:
    late = showed(disputed, other(30)).facts.sha256
    mia, first = disputed.seat(Party.MEDIATOR), listings.of(disputed.marketplace, [str(LISTING)])[0].sha256
    page = text(mia.get(CASE))
    assert [address.split("/listing/")[1][:64] for address in pictures(page)] == [first, late]
    before, _, after = page.partition(late)
    assert "came after the order" not in before
    assert "came after the order" in after
    assert 'alt="What the shop’s listing of Kettle showed later, picture 2 of 2"' in after.replace("&#x27;", "’")


def test_an_order_that_names_no_listing_says_that_there_is_nothing_to_compare(market: Market, files: Path) -> None:
    showed(market, jpeg())
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    alice = market.seat(Party.BUYER)
    page = text(alice.get(f"{CASE}files/{given(market, alice, other(200))}/"))
    assert pictures(page) == []
    assert "Compare with the listing in the shop." in page


def test_details_are_read_without_script(disputed: Market) -> None:
    alice = disputed.seat(Party.BUYER)
    showed(disputed, other(30))
    path = f"{CASE}files/{given(disputed, alice, other(200))}/"
    for asked, size, current in (
        (None, "fit", "fit"),
        ("100", "100", "100"),
        ("200", "200", "200"),
        ("<", "fit", "fit"),
    ):
        page = text(alice.get(path, **({"zoom": asked, "with": "2"} if asked else {})))
        panes = re.findall(r'<div class="pane z(\w+)" tabindex="0" role="region" aria-label="[^"]+"', page)
        assert panes == [size, size]
        assert re.findall(r'href="\?zoom=(\w+)[^"]*" aria-current="true"', page) == [current]
        assert f"with={2 if asked else 1}#pictures" in page
    assert "user-scalable" not in page


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────


def test_sent_twice_it_is_kept_once_and_sealed(market: Market, files: Path) -> None:
    first = showed(market, jpeg())
    kept = stored(files)
    assert len(kept) == 2, "reading size and thumbnail, and nothing of what was sent"
    assert not any(b"JFIF" in one.read_bytes() or b"\xff\xd8\xff" in one.read_bytes()[:8] for one in kept)
    market.day(3)
    again = showed(market, jpeg())
    assert (first.known_before, again.known_before) == (False, True)
    assert (again.picture, stored(files)) == (first.picture, kept)
    assert list((files / "arriving").iterdir()) == []


def test_a_picture_of_which_only_the_measures_were_kept_is_kept_when_it_is_sent_again(
    market: Market, files: Path
) -> None:
    before = showed(market, jpeg()).picture
    forget = "UPDATE listing_picture SET pieces = NULL, key_id = NULL WHERE marketplace = %(m)s"
    trips.run(market.marketplace, forget, {"m": market.marketplace})
    market.day(3)
    after = showed(market, jpeg())
    assert (after.known_before, set(after.picture.pieces)) == (True, {"reading", "thumbnail"})
    assert after.picture.received_at == before.received_at, "the very file was known since then"


def test_the_vault_is_checked_with_it_and_swept_around_it(market: Market, files: Path) -> None:
    showed(market, jpeg())
    later = datetime.now(UTC) + timedelta(days=3)
    assert evidence_upkeep.verify(later).orphans == []
    assert evidence_upkeep.sweep(later).orphans == 0
    place = max(stored(files), key=lambda one: one.stat().st_size)
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"\x00")
    (wrong,) = [one for one in evidence_upkeep.verify(later).wrong if one.marketplace == market.marketplace]
    assert (wrong.order_key, wrong.piece) == (f"listing {LISTING}", "reading")
    assert "changed" in wrong.sentence


def test_taken_away_it_is_gone_from_every_copy(disputed: Market, files: Path) -> None:
    alice, shown = disputed.seat(Party.BUYER), listing_picture(disputed)
    (picture,) = listings.of(disputed.marketplace, [str(LISTING)])
    copies = {one: one.read_bytes() for one in stored(files)}
    assert listings.forget(disputed.marketplace, str(LISTING), shown)
    assert not listings.forget(disputed.marketplace, str(LISTING), shown)
    assert stored(files) == []
    assert alice.get(f"orders/O-1/listing/{shown}/reading/").status_code == 404
    for place, content in copies.items():
        place.write_bytes(content)
    assert isinstance(desk.store(), LocalStore)
    with pytest.raises(listings.NotShown):
        listings.show(disputed.marketplace, picture, "reading", wanted="")


def test_a_sweep_takes_what_a_broken_write_left(market: Market, files: Path) -> None:
    showed(market, jpeg())
    trips.run(market.marketplace, "DELETE FROM listing_picture WHERE marketplace = %(m)s", {"m": market.marketplace})
    assert evidence_upkeep.sweep(datetime.now(UTC) + timedelta(days=3)).orphans >= 2
    assert stored(files) == []
