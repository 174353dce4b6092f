"""Alice lays her kettle beside the shop's, on a phone and on a desk, and reads the small print without any script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import Locator

from amends.core.vocabulary import Party
from amends.orders import evidence, listings
from amends.orders import evidence_desk as desk
from tests.vault import honest
from tests.web.people import Market

from .people import Person, Screen

Sits = Callable[..., Person]
KETTLE = {"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1, "listing_id": "kettle-7"}


@pytest.fixture
def given(market: Market) -> str:
    """The shop showed one picture before the order and one after; Alice gives a photograph. Its address."""
    assert settings.AMENDS_FILES, "the site lays files"
    for width, at in ((900, market.now - timedelta(days=9)), (800, market.now + timedelta(days=9))):
        place = desk.folder("arriving") / f"shown-{width}"
        place.write_bytes(honest.encoded("JPEG", honest.photo(width, 1200), quality=80))
        listings.take(market.marketplace, "kettle-7", place, name="a.jpg", declared="image/jpeg", now=at)
    market.order(lines=[KETTLE])
    market.day(12)
    where = evidence.place(market.marketplace, "O-1", Party.BUYER)
    assert where is not None
    place = desk.folder("arriving") / "given"
    place.write_bytes(honest.encoded("JPEG", honest.photo(1600, 1200), quality=80))
    file = evidence.take(where, place, name="b.jpg", declared="image/jpeg", received_at=market.now)
    market.done(
        "buyer", "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00",
        text="It leaks", files=[{"kind": "photo", "id": file.file, "sha256": file.sha256}],
    )  # fmt: skip
    return f"orders/O-1/disputes/1/files/{file.file}/"


def box(one: Locator) -> dict[str, float]:
    found = one.bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.parametrize("screen", [Screen.PHONE, Screen.DESK])
def test_what_came_lies_beside_what_was_shown(given: str, sits: Sits, screen: Screen) -> None:
    alice = sits("buyer", screen=screen, script=screen is Screen.DESK).case()
    alice.reads("Compare with the listing", "before the order was placed", "came after the order")
    if screen is Screen.DESK:
        assert alice.axe() == []
    alice.page.locator('img[src*="/listing/"]').last.click()
    alice.page.wait_for_load_state("load")
    assert "with=2" in alice.page.url
    alice.go(given)
    mine, shops = alice.page.locator(".pane").first, alice.page.locator(".pane").last
    left, right = box(mine), box(shops)
    if screen is Screen.PHONE:
        assert right["y"] >= left["y"] + left["height"]
    else:
        assert right["x"] >= left["x"] + left["width"]
        assert abs(right["y"] - left["y"]) < 2
    alice.click("200 %")
    width = mine.evaluate("one => one.scrollWidth")
    assert (width, alice.overflow()) == (3200, 0), "the field scrolls, not the page"
    from_left = mine.evaluate("one => one.scrollLeft")
    assert bool(from_left) is alice.scripted, "with script it is looked at from its middle"
    mine.focus()
    alice.page.keyboard.press("ArrowRight")
    alice.page.wait_for_timeout(300)
    assert mine.evaluate("one => one.scrollLeft") > from_left
    if screen is Screen.DESK:
        assert alice.axe() == []
    assert alice.faults == []
