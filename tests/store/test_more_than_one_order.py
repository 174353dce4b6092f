"""Blocks and paused regions: facts of a marketplace that every order of it heeds, also the next one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core import commands as c
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import queries, wide
from amends.orders.verify import verify

from .lives import CLAIM, accepted, act, day, disputed, place, shipped

Server = psycopg.Connection[tuple[Any, ...]]

PAUSE = c.PauseClocks(by=Party.OPERATOR, text="The post of Poland is on strike.", grace="P2D", countries=("PL",))
RESUME = c.ResumeClocks(by=Party.OPERATOR, countries=("PL",))


def holds(shop: UUID, order_key: str) -> frozenset[str]:
    found = queries.order(shop, order_key, now=day(13))
    assert found is not None
    return found.order.holds


def test_a_pause_reaches_the_orders_of_its_region_and_those_that_come(shop: UUID) -> None:
    disputed(shop, "to Poland")
    place(shop, "to France", destination={"country": "FR", "city": "Lyon"})
    spread = wide.pause_region(shop, PAUSE, now=day(13))
    assert (spread.reached, spread.refused, spread.malformed) == (("to Poland",), (), None)
    place(shop, "later", now=day(13))
    assert holds(shop, "later") == holds(shop, "to Poland") == {"region PL"}
    assert holds(shop, "to France") == frozenset()
    assert wide.spread(shop, PAUSE, now=day(13)).reached == ()
    assert wide.resume_region(shop, RESUME, now=day(14)).reached == ("later", "to Poland")
    place(shop, "after it", now=day(14))
    assert holds(shop, "to Poland") == holds(shop, "after it") == frozenset()
    assert not verify(shop).broken


def test_an_order_a_pause_has_missed_is_reached_by_the_next_sweep(shop: UUID, server: Server) -> None:
    wide.pause_region(shop, PAUSE, now=day(0))
    command = server.execute("DELETE FROM region_pause WHERE marketplace = %s RETURNING command", [shop]).fetchone()
    assert command is not None
    place(shop, "missed")
    assert holds(shop, "missed") == frozenset()
    assert wide.spread(shop, PAUSE, now=day(1)).reached == ("missed",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"by": Party.BUYER}, RefusalCode.NOT_ALLOWED),
        ({"text": " "}, RefusalCode.MALFORMED),
        ({"grace": "soon"}, RefusalCode.MALFORMED),
    ],
)
def test_a_pause_nobody_may_ask_for_changes_nothing(shop: UUID, change: dict[str, Any], code: RefusalCode) -> None:
    shipped(shop)
    pause = c.PauseClocks(**{"by": Party.OPERATOR, "text": "Strike.", "countries": ("PL",), **change})
    spread = wide.pause_region(shop, pause, now=day(2))
    assert spread.malformed is not None
    assert spread.malformed.code is code
    assert holds(shop, "O1") == frozenset()


def test_a_blocked_buyer_starts_nothing_new_until_he_is_unblocked(shop: UUID) -> None:
    shipped(shop)
    finding = "Three empty boxes sent back."
    assert wide.block(shop, c.BlockParty(by=Party.OPERATOR, party="alice", finding=finding), now=day(2)) is None
    for outcome in (act(shop, "buyer", "open", 12, **CLAIM), place(shop, "O2")):
        assert outcome.refused is not None
        assert outcome.refused.code is RefusalCode.PARTY_BLOCKED
    lifted = c.UnblockParty(by=Party.OPERATOR, party="alice", finding="It was somebody else.")
    assert wide.block(shop, lifted, now=day(12)) is None
    accepted(act(shop, "buyer", "open", 12, **CLAIM))


def test_a_finding_about_somebody_is_sealed(shop: UUID, server: Server) -> None:
    finding = "Three empty boxes sent back."
    wide.block(shop, c.BlockParty(by=Party.OPERATOR, party="alice", finding=finding), now=day(2))
    row = server.execute("SELECT b::text FROM party_block b WHERE marketplace = %s", [shop]).fetchone()
    assert row is not None
    assert finding not in row[0]
    assert finding.encode().hex() not in row[0]


def test_blocking_needs_the_right_and_a_finding(shop: UUID) -> None:
    for command, code in (
        (c.BlockParty(by=Party.SELLER, party="alice", finding="x"), RefusalCode.NOT_ALLOWED),
        (c.BlockParty(by=Party.OPERATOR, party="alice", finding=" "), RefusalCode.MALFORMED),
    ):
        refused = wide.block(shop, command, now=day(2))
        assert refused is not None
        assert refused.code is code
    accepted(place(shop))


def test_a_buyers_other_disputes_are_known_when_he_opens_one_more(shop: UUID) -> None:
    for number in range(6):
        disputed(shop, f"O{number}")
    shipped(shop, "O9")
    outcome = accepted(act(shop, "buyer", "open", 12, "O9", **CLAIM))
    assert "frequent_disputes" in outcome.warnings


def test_a_number_of_another_order_is_noticed(shop: UUID) -> None:
    shipped(shop, "O1")
    disputed(shop, "O2")
    accepted(act(shop, "seller", "offer", 13, "O2", dispute=1, wants="return_and_refund", amount="45.00"))
    accepted(act(shop, "buyer", "accept", 14, "O2", dispute=1))
    place(shop, "O3")
    accepted(act(shop, "seller", "ship", 1, "O3", tracking="RB123456785GB"))
    outcome = accepted(act(shop, "buyer", "ship_return", 15, "O2", dispute=1, tracking="RB123456785GB"))
    assert outcome.order is not None
    assert "tracking_mismatch" in outcome.order.disputes[0].flags
