"""The rules in plain words: every party reads those of the order it can see, and is told whom “you” means."""

from __future__ import annotations

import pytest

from amends import policies
from amends.core.vocabulary import Party
from amends.orders import marketplaces

from .people import Market
from .test_case import CASE, text

EVERYBODY = (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR)
POLICY = "orders/O-1/policy/"


@pytest.fixture
def changed(market: Market) -> Market:
    """Alice's order, after which the marketplace has other rules."""
    market.order()
    marketplaces.adopt(market.marketplace, policies.load("alx-e"))
    return market


@pytest.mark.parametrize("party", EVERYBODY)
def test_each_reads_the_rules_of_the_order_and_those_of_new_orders(changed: Market, party: Party) -> None:
    seat = changed.seat(party)
    newer = policies.load("alx-e")
    assert newer.title != changed.policy.title
    said = text(seat.get(POLICY))
    assert said.startswith("Order O-1 " + changed.policy.title)
    assert newer.title not in said
    assert text(seat.get("policy/")).startswith(newer.title)


def test_who_does_not_see_the_order_does_not_see_its_rules(changed: Market) -> None:
    for party, name in ((Party.BUYER, "sam"), (Party.SELLER, "sid")):
        assert changed.seat(party, name).get(POLICY).status_code == 404
    assert changed.seat(Party.BUYER).get("orders/O-2/policy/").status_code == 404
    assert changed.seat(Party.BUYER).get(f"leaflet/{changed.policy.digest}/").status_code == 404


def test_alice_is_told_that_you_means_the_seller(changed: Market) -> None:
    assert "wherever it says “you”, it means the seller. You are “the buyer” in it" in text(
        changed.seat(Party.BUYER).get(POLICY)
    )
    assert "“you” are the seller" in text(changed.seat(Party.SELLER).get(POLICY))


def test_it_is_in_the_readers_language(changed: Market) -> None:
    said = text(changed.seat(Party.BUYER, language="ru").get(POLICY))
    assert "The buyer is protected" not in said
    assert "Покупатель" in said


def test_the_pages_of_an_order_lead_to_its_rules(changed: Market) -> None:
    alice = changed.seat(Party.BUYER)
    link = f'href="{alice.url(POLICY)}"'
    changed.day(12)
    assert link in alice.get("orders/O-1/").content.decode()
    assert link in alice.get("orders/O-1/open/").content.decode()
    changed.done(Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="9.00")
    assert link in alice.get(CASE).content.decode()
    assert link in alice.get("orders/O-1/open/").content.decode(), "where it cannot be opened too"
