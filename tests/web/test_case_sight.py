"""What the matrix of sight forbids does not stand on the page either, cell by cell."""

from __future__ import annotations

import re

import pytest

from amends.core.vocabulary import Party

from .people import Market
from .test_case import CASE, band, text

FOUR = (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR)


@pytest.fixture
def case(market: Market) -> Market:
    """With the mediator, who has put two options; Alice gave a quote for the mediator only."""
    market.order()
    market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00"
    )  # fmt: skip
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="20.00")
    market.done(
        Party.BUYER, "add_evidence", dispute=1, kind="quote", name="Smith repairs", comment="A hidden remark.",
        mediator_only=True,
    )  # fmt: skip
    market.done(Party.BUYER, "add_evidence", dispute=1, kind="photo", name="handle.jpg")
    market.day(30)
    options = [
        {"option": 1, "wants": "refund", "amount": "30.00"},
        {"option": 2, "wants": "return_and_refund", "amount": "45.00"},
    ]
    market.done(Party.MEDIATOR, "propose", dispute=1, actor="mia.staff", options=options, text="Choose.")
    return market


def sees(market: Market, words: str) -> set[Party]:
    return {party for party in FOUR if words in text(market.seat(party).get(CASE))}


def test_evidence_for_the_mediator_only_is_its_givers_and_the_staffs(case: Market) -> None:
    assert sees(case, "Smith repairs") == {Party.BUYER, Party.MEDIATOR, Party.OPERATOR}
    assert sees(case, "A hidden remark.") == {Party.BUYER, Party.MEDIATOR, Party.OPERATOR}
    assert sees(case, "handle.jpg") == set(FOUR)


def test_the_other_sides_choice_is_hidden_until_both_have_chosen(case: Market) -> None:
    before = text(case.seat(Party.SELLER).get(CASE))
    case.done(Party.BUYER, "choose", dispute=1, option=1)
    assert text(case.seat(Party.SELLER).get(CASE)) == before
    assert sees(case, "you chose this") == {Party.BUYER}
    assert sees(case, "the buyer chose this") == {Party.MEDIATOR, Party.OPERATOR}
    assert band(case.seat(Party.SELLER)).startswith("Your turn")
    case.done(Party.SELLER, "choose", dispute=1, option=2)
    assert "the buyer chose this" in text(case.seat(Party.SELLER).get(CASE))
    assert "the seller chose this" in text(case.seat(Party.BUYER).get(CASE))


def test_a_hidden_choice_is_no_news(case: Market) -> None:
    bob = case.seat(Party.SELLER)
    asked = re.search(r'hx-get="([^"]+version/[^"]+)"', bob.get(CASE).content.decode())
    assert asked
    case.done(Party.BUYER, "choose", dispute=1, option=1)
    assert bob.client.get(asked[1].replace("&amp;", "&")).status_code == 204


def test_who_of_the_staff_decided_only_staff_learns(case: Market) -> None:
    assert sees(case, "mia.staff") == {Party.MEDIATOR, Party.OPERATOR}


def test_alice_learns_where_to_send_it_once_a_return_is_agreed(case: Market) -> None:
    assert sees(case, "Shenzhen") == set()
    case.done(Party.BUYER, "choose", dispute=1, option=2)
    case.done(Party.SELLER, "choose", dispute=1, option=2)
    assert sees(case, "12 Keji Road Nanshan District 518057 Shenzhen China") == set(FOUR)


def test_staffs_own_part_is_staffs(case: Market) -> None:
    assert sees(case, "For staff only") == {Party.MEDIATOR, Party.OPERATOR}
    assert sees(case, "How both have disputed before") == {Party.MEDIATOR, Party.OPERATOR}


def test_history_of_both_counts_other_orders_and_how_they_ended(case: Market) -> None:
    case.order("O-2")
    case.order("O-3")
    case.day(42)
    case.done(
        Party.BUYER, "open", "O-2", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00"
    )  # fmt: skip
    case.done(Party.SELLER, "accept", "O-2", dispute=1)
    said = text(case.seat(Party.MEDIATOR).get(CASE))
    assert said.count("1 other dispute; 2 other orders. 1 × The seller accepted the claim.") == 2


def test_a_ruling_that_waits_for_a_second_person_is_staffs_alone() -> None:
    market = Market(**{"approval.second_person_above": {"USD": "1.00"}})
    market.order()
    market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00"
    )  # fmt: skip
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="5.00")
    market.day(40)
    market.done(
        Party.MEDIATOR, "rule", dispute=1, actor="mia", wants="refund", amount="40.00", text="It is broken.",
        fault="seller", funded_by="escrow", counts_against="seller",
    )  # fmt: skip
    assert sees(market, "It is broken.") == {Party.MEDIATOR, Party.OPERATOR}
    assert sees(market, "takes effect once a second person") == {Party.MEDIATOR, Party.OPERATOR}
