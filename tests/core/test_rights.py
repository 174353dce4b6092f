"""What a page offers is what the door takes: every right is tried, for every party, in every status.

The rights ask the same guards as the acts; this holds them to it from outside, act by act.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

from amends.core.commands import COMMANDS
from amends.core.decide import act
from amends.core.draft import Accepted
from amends.core.order import Dispute, Order
from amends.core.refusals import Refused
from amends.core.rights import ON_DISPUTE, ON_ORDER, Rights, rights
from amends.core.vocabulary import DisputeStatus, OrderStatus, Party, RefusalCode, Verb
from tests.core import builders as b
from tests.core.builders import Life

R = RefusalCode


@cache
def life_of(name: str) -> Life:
    """Orders are immutable, so one life of each will do for every question."""
    return b.SCENARIOS[name]()


class Asked(NamedTuple):
    """One question to the rights: in which life, about which dispute (None: the order), by whom."""

    life: str
    dispute: int | None
    party: Party

    @property
    def order(self) -> Order:
        return life_of(self.life).order

    def answer(self, life: Life) -> Rights:
        return rights(life.order, life.order.dispute(self.dispute), self.party, life.now)

    def __str__(self) -> str:
        return f"{self.life}-{'order' if self.dispute is None else f'D{self.dispute}'}-{self.party}"


NOTHING_DISPUTED = {"paid", "shipped", "received", "completed", "cancelled"}
QUESTIONS = [
    Asked(name, number, party)
    for name in b.SCENARIOS
    for number in (None, 1)
    if number is None or name not in NOTHING_DISPUTED
    for party in Party
]
each_question = pytest.mark.parametrize("asked", QUESTIONS, ids=str)


def tried(asked: Asked, verb: Verb, later: timedelta = timedelta(0)) -> Accepted | Refused:
    """The act itself, with what the party would sensibly write."""
    life = life_of(asked.life)
    now = life.now + later
    fields: dict[str, Any] = {} if asked.dispute is None else {"dispute": asked.dispute}
    if asked.party in (Party.MEDIATOR, Party.OPERATOR):
        fields["actor"] = "a second person"
    if verb is Verb.CORRECT and asked.dispute is None:  # a note on the order; a new total would be a dispute's
        fields |= {"dispute": None, "amount": None, "wants": ""}
    if verb is Verb.CONFIRM_RECEIPT:  # of what is not in dispute, where something is
        disputed = life.order.disputed_lines()
        fields["lines"] = tuple(line.id for line in life.order.lines if line.id not in disputed)
    return act(life.order, b.command(life.order, asked.party, verb, now, **fields), now).answer


def needs_a_file_of_mine(asked: Asked, verb: Verb) -> bool:
    """Removing a file is possible where one was given; whose it is shows only when it is named."""
    dispute = asked.order.dispute(asked.dispute)
    assert dispute is not None
    return verb is Verb.REMOVE_EVIDENCE and not any(item.by is asked.party for item in dispute.evidence)


@each_question
def test_everything_offered_is_accepted(asked: Asked) -> None:
    for verb in asked.answer(life_of(asked.life)).can:
        answer = tried(asked, verb)
        if asked.dispute is not None and needs_a_file_of_mine(asked, verb):
            assert isinstance(answer, Refused)
            assert answer.code is R.MALFORMED, "there is no such file of mine, and that is all that is wrong"
            continue
        assert isinstance(answer, Accepted), f"{verb} was offered and is {answer}"


@each_question
def test_everything_withheld_is_refused_with_the_same_code_and_date(asked: Asked) -> None:
    for verb, refusal in asked.answer(life_of(asked.life)).cannot:
        answer = tried(asked, verb)
        assert isinstance(answer, Refused), f"{verb} was withheld as {refusal.code} and is accepted"
        assert (answer.code, answer.until) == (refusal.code, refusal.until), f"{verb}: {answer}"


@each_question
def test_each_verb_is_answered_once_and_only_to_whom_it_may_ever_belong(asked: Asked) -> None:
    answer = asked.answer(life_of(asked.life))
    told = [*answer.can, *(impossible.verb for impossible in answer.cannot)]
    table = ON_ORDER if asked.dispute is None else ON_DISPUTE
    assert sorted(told) == sorted(verb for verb in table if asked.party in COMMANDS[verb].who)


@each_question
def test_reading_rights_changes_nothing_and_says_the_same_twice(asked: Asked) -> None:
    life = life_of(asked.life)
    before = life.order
    first, second = asked.answer(life), asked.answer(life)
    assert life.order is before
    assert life.order.version == len(life.history)
    assert first.can == second.can
    assert [(no.verb, str(no.refusal)) for no in first.cannot] == [(no.verb, str(no.refusal)) for no in second.cannot]


@each_question
def test_a_refusal_that_names_a_date_is_lifted_a_second_after_it(asked: Asked) -> None:
    life = life_of(asked.life)
    for verb, refusal in asked.answer(life).cannot:
        if refusal.until is None:
            continue
        assert refusal.until >= life.now
        answer = tried(asked, verb, refusal.until + b.SECOND - life.now)
        # Unless what silence does by then leaves nothing to do: a cancelled order cannot be cancelled again.
        gone = isinstance(answer, Refused) and answer.code in (R.DEADLINE_PASSED, R.DISPUTE_CLOSED, R.ORDER_CANCELLED)
        assert isinstance(answer, Accepted) or gone, f"{verb} until {refusal.until}: {answer}"


def test_the_scenarios_reach_every_status() -> None:
    orders = [life_of(name).order for name in b.SCENARIOS]
    assert {name for name in b.SCENARIOS if not life_of(name).order.disputes} == NOTHING_DISPUTED
    assert {order.status for order in orders} == set(OrderStatus)
    assert {dispute.status for order in orders for dispute in order.disputes} == set(DisputeStatus)


def test_every_act_is_possible_somewhere() -> None:
    """A right that no scenario offers is one nobody tries."""
    offered = {verb for asked in QUESTIONS for verb in asked.answer(life_of(asked.life)).can}
    assert offered == set(ON_ORDER) | set(ON_DISPUTE)


# ── dates ────────────────────────────────────────────────────────────────────────────────────────


def why_not(life: Life, party: Party, verb: Verb, dispute: Dispute | None = None) -> Refused:
    refusal = rights(life.order, dispute, party, life.now).why_not(verb)
    assert refusal is not None, f"{verb} is possible"
    return refusal


def test_an_opening_that_is_too_early_says_from_when() -> None:
    life = b.shipped().at(5)
    refusal = why_not(life, Party.BUYER, Verb.OPEN)
    assert (refusal.code, refusal.until) == (R.TOO_EARLY, b.day(11))
    assert life.at(11, seconds=-1).tries("buyer", "open").code is R.TOO_EARLY
    assert rights(life.order, None, Party.BUYER, b.day(11)).why_not(Verb.OPEN) is None
    life.at(11).does("buyer", "open")


def test_a_buyer_may_cancel_only_once_dispatch_is_overdue() -> None:
    """Under guide A the order would cancel itself; here the clock only rings."""
    life = Life("alx-a", {"dispatch.if_not_shipped": "alert"}).at(3)
    refusal = why_not(life, Party.BUYER, Verb.CANCEL_ORDER)
    assert (refusal.code, refusal.until) == (R.DISPATCH_NOT_DUE, b.day(30))
    assert life.at(30).tries("buyer", "cancel_order").code is R.DISPATCH_NOT_DUE, "the last instant is the seller's"
    life.at(30, seconds=1).does("buyer", "cancel_order")


def test_the_mediator_can_be_called_after_the_first_answer_and_the_date_is_the_latest() -> None:
    life = Life("alx-d").at(1).does("seller", "ship").at(20).does("buyer", "open").at(21)
    refusal = why_not(life, Party.BUYER, Verb.ESCALATE, life.dispute)
    assert (refusal.code, refusal.until) == (R.ESCALATION_NOT_YET, b.day(25))
    life.does("seller", "offer").does("buyer", "escalate")


def test_a_wait_before_the_mediator_is_counted_from_the_opening() -> None:
    life = Life("alx-e", {"negotiation.escalation": {"by": ["buyer"], "after": "P2D"}})
    life.at(1).does("seller", "ship").at(20).does("buyer", "open").at(21)
    refusal = why_not(life, Party.BUYER, Verb.ESCALATE, life.dispute)
    assert (refusal.code, refusal.until) == (R.ESCALATION_NOT_YET, b.day(22))
    life.at(22).does("buyer", "escalate")


def test_of_two_lines_the_refusal_that_waiting_lifts_is_the_one_told() -> None:
    """Line A is disputed for good; what can still be said about line B is from when."""
    life = Life("alx-b", {"opening.earliest": {"after": "shipped", "wait": "P30D"}})
    life.at(1).does("seller", "ship").at(2)
    assert why_not(life, Party.BUYER, Verb.OPEN).until == b.day(31)


# ── the order is brought up to date first ────────────────────────────────────────────────────────


def test_rights_after_a_deadline_are_those_after_its_lapse_and_nothing_is_written() -> None:
    life = Life("alx-a").at(1).does("seller", "ship").at(20).does("buyer", "open")
    version = life.order.version
    late = rights(life.order, life.dispute, Party.SELLER, b.day(25, seconds=1))
    refusal = late.why_not(Verb.OFFER)
    assert refusal is not None
    assert refusal.code is R.DEADLINE_PASSED
    in_time = rights(life.order, life.dispute, Party.SELLER, b.day(25))
    assert Verb.OFFER in in_time.can
    assert life.order.version == version
    assert life.dispute.open


def test_why_not_says_nothing_of_what_is_possible_or_never_asked() -> None:
    life = life_of("opened")
    told = rights(life.order, life.order.disputes[0], Party.SELLER, life.now)
    assert told.why_not(Verb.OFFER) is None
    assert told.why_not(Verb.RULE) is None
    assert Verb.RULE not in told.can
