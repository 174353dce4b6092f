"""Every event is told in every language, to whoever reads it."""

from __future__ import annotations

import re

import pytest

from amends import words
from amends.core import events as e
from amends.core.order import Order
from amends.core.values import LineAmount, PaymentAmount
from amends.core.vocabulary import Grounds, Outcome, Party, Wants
from amends.words import LANGUAGES, reader
from amends.words.events import _TOLD

from . import told

VIEWERS = (None, Party.BUYER, Party.SELLER, Party.MEDIATOR)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_of_the_stories_is_told_whole(language: str) -> None:
    with reader(language):
        for happened in told.everything():
            for viewer in VIEWERS:
                sentence = words.event(happened.order, happened.event, viewer)
                assert sentence.strip(), happened.event
                assert not re.search(r"[{}]|%\(|None|…", sentence), sentence
                assert sentence[-1] in ".。", sentence


def test_every_kind_of_event_has_its_sentence() -> None:
    assert set(_TOLD) == set(e.EVENTS.values())


def test_the_stories_tell_nearly_every_kind() -> None:
    """What no story tells is told below, from events made by hand."""
    kinds = {type(happened.event) for happened in told.everything()}
    unheard = {kind.__name__ for kind in e.EVENTS.values() if kind not in kinds}
    assert unheard <= {"PayoutSucceeded"}


def an_order() -> Order:
    return next(order for order in told.orders() if order.currency == "USD")


def test_an_offer_is_told_to_the_one_who_made_it_in_the_second_person() -> None:
    order = an_order()
    offer = e.OfferMade(at=order.paid_at, by=Party.SELLER, dispute=1, number=1, wants=Wants.REFUND, amount_minor=2000)
    with reader("en"):
        assert words.event(order, offer, Party.SELLER) == "You offered a refund of 20.00\N{NO-BREAK SPACE}USD."
        assert words.event(order, offer, Party.BUYER) == "The seller offered a refund of 20.00\N{NO-BREAK SPACE}USD."
        assert order.seller in words.event(order, offer, Party.MEDIATOR, names=True)
    with reader("ru"):
        assert words.event(order, offer, Party.SELLER) == "Вы предложили вернуть 20,00\N{NO-BREAK SPACE}USD."
    with reader("zh-hans"):
        assert words.event(order, offer, Party.BUYER) == "卖家提议退款 20.00\N{NO-BREAK SPACE}USD。"


def test_money_says_to_whom_it_goes() -> None:
    order = an_order()
    released = e.FundsReleased(at=order.paid_at, by=Party.CLOCK, lines=(LineAmount("1", 500), LineAmount("2", 250)))
    paid = e.PayoutSucceeded(at=order.paid_at, by=Party.PAYMENTS, amount_minor=750)
    with reader("en"):
        assert words.event(order, released, Party.SELLER) == "7.50\N{NO-BREAK SPACE}USD was released to you."
        assert words.event(order, released, Party.BUYER) == "7.50\N{NO-BREAK SPACE}USD was released to the seller."
        assert words.event(order, paid, Party.SELLER) == "7.50\N{NO-BREAK SPACE}USD was paid out to you."


def test_a_refund_without_dates_says_why() -> None:
    order = an_order()
    refund = e.RefundScheduled(
        at=order.paid_at,
        by=Party.CLOCK,
        amount_minor=900,
        lines=(LineAmount("1", 900),),
        parts=(PaymentAmount(1, 900),),
        calendar="CN",
    )
    with reader("en"):
        sentence = words.event(order, refund, Party.BUYER)
    assert sentence.startswith("A refund of 9.00\N{NO-BREAK SPACE}USD to you is on its way. Its date is not known")


def test_what_time_did_has_no_clock_as_its_subject() -> None:
    order = an_order()
    with reader("en"):
        denied = e.AppealDenied(at=order.paid_at, by=Party.CLOCK, dispute=1)
        assert words.event(order, denied) == "The appeal was denied, because nobody decided it in time."
        joined = e.DisputeEscalated(at=order.paid_at, by=Party.CLOCK, dispute=1)
        assert words.event(order, joined).startswith("The mediator joined;")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_and_ground_has_a_sentence(language: str) -> None:
    order = an_order()
    with reader(language):
        for outcome in Outcome:
            closed = e.DisputeClosed(at=order.paid_at, by=Party.CLOCK, dispute=1, outcome=outcome)
            assert words.outcome(outcome) in words.event(order, closed)
        for grounds in Grounds:
            appeal = e.AppealMade(at=order.paid_at, by=Party.BUYER, dispute=1, grounds=grounds)
            assert words.event(order, appeal, Party.BUYER) != words.event(order, appeal, Party.SELLER)
