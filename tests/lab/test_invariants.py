"""Every law catches a fault planted by hand: a law that nothing can break proves nothing."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from amends import policies
from amends.core import commands as c
from amends.core import events as e
from amends.core.decide import act, place
from amends.core.draft import Accepted
from amends.core.facts import Facts
from amends.core.order import Account, Order, replace
from amends.core.refusals import Refused
from amends.core.vocabulary import DisputeStatus, Party, RefusalCode, Verb
from amends.lab.ending import Ending
from amends.lab.invariants import accepts_what_was_named, check, check_history, check_refusal, check_step, lapses_once
from amends.lab.life import decided_again, kept_its_word, live, plan_of

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BUYER, SELLER = Party.BUYER, Party.SELLER


class Walk:
    """An order and its history; `steps` keeps what each act came from and led to."""

    def __init__(self, overrides: dict[str, Any] | None = None) -> None:
        self.policy = policies.load("alx-a", overrides or {})
        command = c.PlaceOrder(
            by=Party.MARKETPLACE, id="O1", buyer="bo", seller="li", currency="USD",
            lines=(c.OrderedLine("A", "Kettle", "45.00", 1), c.OrderedLine("B", "Cup", "9.99", 3)),
            payments=(c.Paid("p1", "card-1", "50.00"), c.Paid("p2", "card-2", "24.97")),
            return_to=c.Place("CN"), paid_at=START,
        )  # fmt: skip
        answer = place(command, START, Facts(policy=self.policy))
        assert isinstance(answer, Accepted)
        self.order = answer.order
        self.history: list[e.Event] = list(answer.events)
        self.last: tuple[Order | None, tuple[e.Event, ...], Order, datetime] = (None, answer.events, self.order, START)

    def act(self, days: int, command: c.Command) -> "Walk":
        now = START + days * DAY
        step = act(self.order, command, now)
        assert isinstance(step.answer, Accepted), step.answer
        self.last = (self.order, step.events, step.order, now)
        self.order = step.order
        self.history.extend(step.events)
        return self


def opened(overrides: dict[str, Any] | None = None) -> Walk:
    claim = c.OpenDispute(
        by=BUYER, lines=(c.Pieces("A"),), received=True, reason="defective", wants="refund", amount="30.00",
        files=(c.Given("photo"), c.Given("photo")),
    )  # fmt: skip
    return Walk(overrides).act(1, c.Ship(by=SELLER)).act(15, claim)


def refunded() -> Walk:
    """The seller says nothing, and the buyer gets 30.00 from two payments."""
    return opened().act(40, c.SendMessage(by=BUYER, dispute=1, text="thank you"))


def agreed() -> Walk:
    return opened().act(16, c.Accept(by=SELLER, dispute=1))


def laws(broken: list[Any]) -> set[str]:
    return {one.law for one in broken}


@pytest.mark.parametrize("walk", [Walk, opened, refunded, agreed])
def test_a_sound_life_breaks_nothing(walk: Callable[[], Walk]) -> None:
    life = walk()
    before, events, after, now = life.last
    assert check(before, events, after, life.history, now) == []


# ── the order that came out is another than the one that should ──────────────────────────────────


def _accounts(order: Order, **changes: Account) -> Order:
    return replace(order, accounts={**order.accounts, **changes})


def _dispute(order: Order, **changes: Any) -> Order:
    return replace(order, disputes=(replace(order.disputes[0], **changes), *order.disputes[1:]))


def _line(order: Order, **changes: Any) -> Order:
    return replace(order, lines=(order.lines[0]._replace(**changes), *order.lines[1:]))


def _moved(order: Order, name: str, versions: int = 0, minor: int = 0) -> Account:
    account = order.accounts[name]
    return Account(account.version + versions, account.balance_minor + minor)


FAULTS: dict[str, tuple[str, Callable[[], Walk], Callable[[Order], Order]]] = {
    "a cent appears in one account": ("M1", agreed, lambda o: _accounts(o, platform=Account(1, 1))),
    "a line keeps a cent that was released": ("M2", agreed, lambda o: _line(o, held_minor=o.lines[0].held_minor + 1)),
    "the figures and the ledger differ": ("M2", agreed, lambda o: replace(o, released_minor=o.released_minor + 1)),
    "escrow is overdrawn": ("M3", agreed, lambda o: _accounts(o, escrow=_moved(o, "escrow", minor=-9_999))),
    "a payment gives back more than it brought": (
        "M4", agreed, lambda o: replace(o, payments=(o.payments[0]._replace(refunded_minor=5_001), o.payments[1])),
    ),
    "a version is skipped": ("M5", agreed, lambda o: _accounts(o, escrow=_moved(o, "escrow", versions=1))),
    "a line holds less than nothing": ("M9", agreed, lambda o: _line(o, held_minor=-1)),
    "more pieces are settled than there are": ("M9", agreed, lambda o: _line(o, settled=2)),
    "an open dispute has lost its clocks": ("C1", opened, lambda o: _dispute(o, clocks=())),
    "a closed dispute still waits for an answer": (
        "C1", agreed, lambda o: _dispute(o, clocks=opened().order.disputes[0].clocks),
    ),
    "an open dispute has an outcome": ("C1", agreed, lambda o: _dispute(o, status=DisputeStatus.UNDER_REVIEW)),
    "an event is not counted": ("C3", agreed, lambda o: replace(o, version=o.version - 1)),
    "two disputes are about one line": (
        "C5", opened, lambda o: replace(o, disputes=(*o.disputes, replace(o.disputes[0], number=2))),
    ),
    "more pieces are disputed than are left": ("C5", opened, lambda o: _line(o, settled=1)),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_step_that_leads_astray_is_seen(fault: str) -> None:
    law, walk, spoil = FAULTS[fault]
    before, events, after, now = walk().last
    assert law in laws(check_step(before, events, spoil(after), now))


def test_a_closed_dispute_does_not_change_its_money() -> None:
    walk = refunded()
    before, events, after, now = walk.act(41, c.SendMessage(by=BUYER, dispute=1, text="hello")).last
    assert before is not None
    spoilt = _dispute(after, refunded_minor=1)
    assert "C2" in laws(check_step(before, events, spoilt, now))


def test_a_refused_act_that_leaves_a_mark_is_seen() -> None:
    order = opened().order
    assert check_refusal(order, (), order) == []
    assert laws(check_refusal(order, (), replace(order, dispatch_missed=True))) == {"N1"}


# ── the events are others than they should be ────────────────────────────────────────────────────


def _changed(events: tuple[e.Event, ...], kind: type[e.Event], **changes: Any) -> tuple[e.Event, ...]:
    assert any(isinstance(event, kind) for event in events)
    return tuple(dataclasses.replace(event, **changes) if isinstance(event, kind) else event for event in events)


def test_a_float_is_no_amount() -> None:
    before, events, after, now = agreed().last
    assert "M6" in laws(check_step(before, _changed(events, e.RefundScheduled, amount_minor=3000.0), after, now))


def test_a_part_of_a_refund_that_got_lost_is_seen() -> None:
    before, events, after, now = agreed().last
    (refund,) = (event for event in events if isinstance(event, e.RefundScheduled))
    fewer = (refund.parts[0]._replace(amount_minor=refund.parts[0].amount_minor - 1), *refund.parts[1:])
    assert "M9" in laws(check_step(before, _changed(events, e.RefundScheduled, parts=fewer), after, now))


def test_a_number_that_no_longer_stands_cannot_be_accepted() -> None:
    before, events, after, now = agreed().last
    assert "C5" in laws(check_step(before, _changed(events, e.TermsAccepted, number=2), after, now))


def test_who_names_a_number_accepts_that_one() -> None:
    _, events, _, _ = agreed().last
    assert not list(accepts_what_was_named(1, events))
    assert laws(list(accepts_what_was_named(2, events))) == {"C5"}


def test_a_lapse_dated_a_second_late_is_seen() -> None:
    before, events, after, now = refunded().last
    lapse = next(event for event in events if isinstance(event, e.DeadlineLapsed))
    late = _changed(events, e.DeadlineLapsed, at=lapse.at + timedelta(seconds=1))
    assert "C4" in laws(check_step(before, late, after, now))


def test_a_deadline_left_behind_is_seen() -> None:
    walk = opened()
    assert "C4" in laws(check_step(walk.order, (), walk.order, START + 400 * DAY))


def test_events_do_not_go_back_in_time() -> None:
    before, events, after, now = agreed().last
    assert "C4" in laws(check_step(before, _changed(events, e.DisputeClosed, at=START), after, now))


# ── the history is another than the one that was lived ───────────────────────────────────────────


def test_a_history_that_lost_an_event_tells_another_order() -> None:
    walk = agreed()
    shorter = [event for event in walk.history if not isinstance(event, e.FundsReleased)]
    assert "C3" in laws(check_history(shorter, walk.order))


def test_a_lapse_told_twice_is_seen() -> None:
    walk = refunded()
    twice = [copy for event in walk.history for copy in ([event] * (1 + isinstance(event, e.DeadlineLapsed)))]
    assert laws(list(lapses_once(twice))) == {"C4"}
    assert not list(lapses_once(walk.history))


def test_a_refund_without_a_cause_is_seen() -> None:
    walk = agreed()
    without = [event for event in walk.history if not isinstance(event, e.DisputeClosed)]
    assert "M7" in laws(check_history(without, walk.order))


def test_a_decision_that_comes_out_otherwise_is_seen() -> None:
    life = live(plan_of(77))
    assert not list(decided_again(life))
    assert laws(list(decided_again(life._replace(history=life.history[:-1])))) == {"C7"}


# ── rights, and the end ──────────────────────────────────────────────────────────────────────────


def test_rights_that_promise_what_the_door_refuses_are_seen() -> None:
    command = c.Escalate(by=BUYER, dispute=1)
    closed = Refused(RefusalCode.DISPUTE_CLOSED)
    assert command.verb is Verb.ESCALATE
    assert not list(kept_its_word((True, None), command, None))
    assert laws(list(kept_its_word((True, None), command, closed))) == {"A1"}
    assert laws(list(kept_its_word((False, closed), command, None))) == {"A1"}


def test_an_order_that_waits_for_ever_is_seen() -> None:
    endless = {"negotiation.seller_response": "", "negotiation.lasts": ""}
    ending = Ending(Random(1), (order := opened(endless).order), START + 16 * DAY)
    while (command := ending.next(order)) is not None:
        order = act(order, command, ending.now).order
    assert ending.stuck is not None
    assert "no clock runs" in ending.stuck


def test_an_order_that_ends_late_is_seen() -> None:
    ending = Ending(Random(1), opened().order, START)
    ending.until = START
    assert ending.next(opened().order) is None
    assert ending.stuck is not None
    assert "was to end by" in ending.stuck
