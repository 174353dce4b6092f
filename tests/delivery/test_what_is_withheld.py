"""What Alice gave for the mediator only, Bob learns from no letter and from no notice either."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core import events as e
from amends.core.vocabulary import Party
from amends.delivery import mail
from amends.orders import contacts
from amends.orders.contacts import Kind
from amends.orders.notices import Notice
from tests.web.people import Market

from .test_letters import NOW, Letterbox, letterbox, market, post, text_of

__all__ = ["letterbox", "market"]

CLAIM: dict[str, Any] = {"lines": ["L1"], "received": True, "reason": "defective", "wants": "refund"}
FILES = [{"kind": "photo"}, {"kind": "photo", "mediator_only": True}]


@pytest.fixture
def told(market: Market) -> Market:
    """She opens with two files and sends a third; only the first is for Bob's eyes."""
    market.order()
    market.day(12)
    market.done("buyer", "open", amount="45.00", text="It leaks.", files=FILES, **CLAIM)
    market.done("buyer", "add_evidence", dispute=1, kind="link", name="https://example.org/l", mediator_only=True)
    return market


def number_of(market: Market, kind: type[e.Event]) -> int:
    return next(at for at, one in enumerate(market.found().history, 1) if isinstance(one.event, kind))


def notice(market: Market, kind: type[e.Event], party: Party) -> Notice:
    return Notice("O-1", party.value, number_of(market, kind), "event", party, Kind.NEWS, market.now)


def test_bobs_letter_and_page_count_the_files_he_may_see(told: Market, letterbox: Letterbox) -> None:
    contacts.tell(told.marketplace, "bob", now=NOW, language="en", zone="UTC")
    post(told)
    page = told.seat(Party.SELLER).get("notices/").content.decode()
    [letter] = letterbox.to("bob@example.org")  # and none of the third file
    for said in (page, text_of(letter), text_of(letter, "html")):
        assert "Files given with it: 1." in said
        assert "Files given with it: 2." not in said


def test_of_what_is_not_for_him_there_is_no_sentence_at_all(told: Market) -> None:
    assert mail.told_by(told.found(), notice(told, e.EvidenceAdded, Party.SELLER)) is None
    assert mail.told_by(told.found(), notice(told, e.EvidenceAdded, Party.BUYER)) is not None
