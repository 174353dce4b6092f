"""Each trap is named on the form of the very act that would spring it, and on no other."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core.events import MessageSent
from amends.core.private import Private
from amends.core.vocabulary import Party, Verb, WarningCode
from amends.web.traps import WATCHED, Scene, traps

from .acts_reading import form, said
from .people import AtSeat, Market
from .test_acts import do, offered, opened

RECEIPT = "orders/O-1/do/confirm_receipt/"
TRICKS = {
    "I will pay you the refund via PayPal": "paying you outside this order",
    "Please place a new order for 0.01 USD, I ship with it": "The new order protects you only up to its own price",
    "I will resend you the parcel": "A promise in a message binds nobody",
    "I will pay for the repair": "Its cost comes back to you only if it stands as an amount",
    "Give me a 5 star review and I refund you": "What you are owed does not depend on a review",
    "Please cancel the dispute": "You decide; what you give up now cannot be claimed later",
    "Please wait a few more days": "Your protection runs on meanwhile",
}


def page(seat: AtSeat, path: str, **filled: Any) -> str:
    """The words on the form, or on the question once something is filled in."""
    answer = seat.get(path)
    if filled:
        answer = seat.post(path, **form(answer) | filled)
    return said(answer)


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_of_the_sellers_is_named_where_the_claim_is_given_up(market: Market, trick: str) -> None:
    offered(market)
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    for verb in ("accept", "withdraw"):
        assert TRICKS[trick] not in page(alice, do(verb))
    market.done(Party.SELLER, "message", dispute=1, text=trick)
    for verb in ("accept", "withdraw"):
        assert TRICKS[trick] in page(alice, do(verb))
    assert TRICKS[trick] not in page(alice, do("message"))
    assert TRICKS[trick] not in page(bob, do("accept"))


def test_what_the_reader_wrote_himself_is_no_trap_to_him(market: Market) -> None:
    offered(market)
    market.done(Party.BUYER, "message", dispute=1, text="I will pay you via PayPal, or refund me by PayPal please")
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    assert "outside this order" not in page(alice, do("accept"))
    assert "The buyer writes of money outside this order." in page(bob, do("offer"))


def test_a_request_to_change_the_reason_stands_on_the_form_that_would(market: Market) -> None:
    opened(market)
    market.done(Party.SELLER, "message", dispute=1, text="Please change the reason to personal reason, then I refund")
    alice = market.seat(Party.BUYER)
    assert "keep the reason that says what is wrong" in page(alice, do("revise"))
    assert "keep the reason that says what is wrong" not in page(alice, do("message"))
    question = page(alice, do("revise"), reason="not_needed")
    assert "from “Its quality is poor” to “It is no longer needed”" in question
    weak = page(alice, do("revise"), reason="customs_problem")
    assert "This reason alone rarely wins" in weak


def test_less_than_before_a_return_for_a_refund_and_its_postage_are_named(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    clean = page(alice, do("accept"))
    assert "Before you do this" not in clean
    market.done(Party.SELLER, "offer", dispute=1, wants="return_and_refund", amount="10.00")
    words = page(alice, do("accept"))
    assert "The seller offered more before: 20.00 USD. If you accept now, you get 10.00 USD." in words
    assert "You asked for a refund without a return" in words
    assert "Sending the goods back may cost you more than this refund brings" in words


def test_a_return_within_the_country_costs_no_more(market: Market) -> None:
    market.order(return_to={"country": "BR", "city": "Natal"})
    market.day(11)
    claim = {"lines": ["L1"], "received": True, "reason": "low_quality", "amount": "45.00"}
    market.done(Party.BUYER, "open", **claim, wants="return_and_refund")
    market.done(Party.SELLER, "offer", dispute=1, wants="return_and_refund", amount="40.00")
    assert "Sending the goods back may cost" not in page(market.seat(Party.BUYER), do("accept"))


def test_withdrawing_on_a_promise_of_more_time_names_the_date_that_stands(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    assert "no later date is set" not in page(alice, do("withdraw"))
    market.done(Party.SELLER, "message", dispute=1, text="I will extend the protection for you")
    words = page(alice, do("withdraw"))
    assert "Your protection ends on Tue, 19 May 2026, 09:00; no later date is set." in words
    market.done(Party.SELLER, "extend_protection", days=20)
    assert "no later date is set" not in page(alice, do("withdraw"))


def test_withdrawing_for_ever_is_named_as_for_ever(database: str) -> None:
    market = Market("alx-b")
    opened(market, files=["photo"])
    assert "you can never open a dispute about this again, whatever was promised" in page(
        market.seat(Party.BUYER), do("withdraw")
    )


def test_confirming_what_has_not_come_or_ends_every_claim(market: Market) -> None:
    market.order()
    alice = market.seat(Party.BUYER)
    assert "has not reported this parcel as delivered" in page(alice, RECEIPT)
    market.done(Party.CARRIER, "track", state="delivered", country="BR", city="Recife")
    words = page(alice, RECEIPT)
    assert "has not reported" not in words
    assert "you can open a dispute until" in words
    strict = Market("alx-c")
    strict.order()
    assert "you cannot open a dispute about these goods, whatever is wrong" in page(strict.seat(Party.BUYER), RECEIPT)


def test_receipt_of_a_disputed_line_is_refused_with_the_reason(market: Market) -> None:
    opened(market)
    words = page(market.seat(Party.BUYER), RECEIPT)
    assert "A dispute about this is open." in words
    assert "This is what happens" not in words


def test_calling_the_mediator_names_that_the_last_terms_count(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    assert "Your last terms go to the mediator as they stand." in page(alice, do("escalate"))


def test_asking_for_less_is_named_and_asking_for_more_is_not(market: Market) -> None:
    opened(market, amount="30.00")
    alice = market.seat(Party.BUYER)
    assert "You ask for less than before" in page(alice, do("revise"), amount="29.99")
    more = alice.post(do("revise"), **form(alice.get(do("revise"))) | {"amount": "31"})
    assert more.status_code == 303


def test_a_link_and_an_unknown_number_are_told_after_the_act(market: Market) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    for kind, name, told in (
        ("link", "https://example.com/video", "A link is kept as text and counts for nothing"),
        ("tracking", "HOME MADE 1", "This tracking number has no format we know"),
    ):
        answer = alice.post(do("add_evidence"), kind=kind, name=name, _key=f"page {kind}")
        assert answer.status_code == 303
        assert told in said(alice.get("orders/O-1/disputes/1/"))


def test_every_sentence_of_a_trap_is_told_in_the_second_person(market: Market) -> None:
    """Nobody is accused: a trap speaks of “you” or of what the other side's words lead to."""
    from amends.web import traps as trapping  # noqa: PLC0415

    sentences = [*trapping._ENTICED.values(), *trapping._TO_SELLER.values(), trapping._REASON_SWAP]
    for sentence in sentences:
        assert " you" in sentence.lower() or "here" in sentence
        assert not {"lie", "lies", "fraud", "scam", "cheat", "cheats", "!"} & set(sentence.lower().split())


def test_traps_ask_nothing_but_what_they_are_given(market: Market) -> None:
    """Pure: the same scene has the same traps; a party or verb that is not watched has none but the core's."""
    offered(market)
    order = market.done(Party.BUYER, "message", dispute=1, text="Hello")
    scene = Scene(order, order.disputes[0], Party.BUYER, market.now, ())
    assert traps(Verb.ACCEPT, scene) == traps(Verb.ACCEPT, scene) == ()
    warned = scene._replace(warned=frozenset({WarningCode.NOT_IN_ENGLISH.value, WarningCode.FREQUENT_DISPUTES.value}))
    assert [trap.code for trap in traps(Verb.MESSAGE, warned)] == [WarningCode.NOT_IN_ENGLISH.value]
    about: dict[str, Any] = {
        "at": market.now,
        "dispute": 1,
        "text": Private("…"),
        "flags": frozenset({"off_platform_payment"}),
    }
    for by, told in ((Party.SELLER, 1), (Party.BUYER, 0)):
        assert len(traps(Verb.ACCEPT, scene._replace(events=(MessageSent(by=by, **about),)))) == told
    assert all(party in (Party.BUYER, Party.SELLER) for party, _verb in WATCHED)
