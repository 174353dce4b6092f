"""The door: one way in for a person's click, a carrier's scan, a provider's word and a deadline that lapsed.

`place` makes an order, `act` brings an order up to date and then decides one command, `catch_up` alone is what
the clock does. All answer with events or with a refusal; none of them knows what time it is unless told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from . import commands as c
from .deadlines import has_lapsed, next_deadline
from .draft import Accepted, Draft
from .events import DeadlineLapsed, Event
from .facts import NOTHING, Facts
from .order import Order
from .refusals import Refused
from .rules import appeals, bargaining, consent, lapsing, opening, ordering, outside, returning, review
from .told import listed
from .vocabulary import RefusalCode

MOST_LAPSES = 1000
"""More deadlines than this cannot lapse one after the other; if they do, a clock restarts itself."""


class Step(NamedTuple):
    """One act on one order: what had lapsed before it, and the answer. Lapses count even when it is refused."""

    order: Order
    lapsed: tuple[Event, ...]
    answer: Accepted | Refused

    @property
    def events(self) -> tuple[Event, ...]:
        """All that must be written, in order."""
        return self.lapsed + (self.answer.events if isinstance(self.answer, Accepted) else ())


def place(command: c.PlaceOrder, now: datetime, facts: Facts) -> Accepted | Refused:
    """Take a new order, under the policy and the calendars in `facts`."""
    try:
        _permitted(command)
        order, event = ordering.place(command, now, facts)
    except Refused as refused:
        return refused
    return Accepted(order, (event,))


def act(order: Order, command: c.Command, now: datetime, facts: Facts = NOTHING) -> Step:
    """Bring the order up to `now`, then decide the command against what is true by then.

    Instants are the caller's: one order's acts are to be handed in the order in which they arrived.
    """
    current, lapsed = catch_up(order, now)
    if isinstance(command, c.Lapse):
        return Step(current, lapsed, _asked_by_clock(current, lapsed, command))
    answer = decide(current, command, now, facts)
    return Step(answer.order if isinstance(answer, Accepted) else current, lapsed, answer)


def catch_up(order: Order, now: datetime) -> tuple[Order, tuple[Event, ...]]:
    """Let every deadline that has lapsed by `now` take effect, each dated at its own instant, in their order."""
    events, orders = catching_up(order, now)
    return orders[-1] if orders else order, events


def catching_up(order: Order, now: datetime) -> tuple[tuple[Event, ...], tuple[Order, ...]]:
    """What `catch_up` does step by step: the events, and the order as it stands after each of them."""
    deadline = next_deadline(order)
    if deadline is None or not has_lapsed(order, deadline.at, now):
        return (), ()
    draft = Draft(order, now)
    for _ in range(MOST_LAPSES):
        draft.now = deadline.at
        lapsing.lapse(draft, deadline)
        deadline = next_deadline(draft.order)
        if deadline is None or not has_lapsed(order, deadline.at, now):
            return tuple(draft.events), tuple(draft.orders)
    raise AssertionError(f"order {order.id}: more than {MOST_LAPSES} deadlines lapsed in a row")


def decide(order: Order, command: c.Command, now: datetime, facts: Facts = NOTHING) -> Accepted | Refused:
    """Decide one command on an order that is up to date: the events it makes, or why not."""
    draft = Draft(order, now)
    try:
        _permitted(command)
        _decide(draft, command, facts)
    except Refused as refused:
        return refused
    return Accepted(draft.order, tuple(draft.events), frozenset(draft.warnings))


def _permitted(command: c.Command) -> None:
    """`not_allowed` where the act is never this party's."""
    if command.by not in command.who:
        raise Refused(RefusalCode.NOT_ALLOWED, verb=command.verb, party=command.by, who=listed(sorted(command.who)))


def _asked_by_clock(order: Order, lapsed: Iterable[Event], command: c.Lapse) -> Accepted | Refused:
    try:
        _permitted(command)
    except Refused as refused:
        return refused
    for event in lapsed:
        if isinstance(event, DeadlineLapsed) and event.name is command.name and event.dispute == command.dispute:
            return Accepted(order, ())
    return Refused(RefusalCode.NOTHING_LAPSED)


def _decide(draft: Draft, command: c.Command, facts: Facts) -> None:
    if isinstance(command, c.OnDispute):
        _decide_dispute(draft, command, facts)
        return
    match command:
        case c.PlaceOrder():
            raise Refused(RefusalCode.DUPLICATE_ORDER)
        case c.CancelOrder():
            ordering.cancel(draft, command)
        case c.Ship():
            ordering.ship(draft, command, facts)
        case c.Track():
            ordering.track(draft, command)
        case c.ConfirmReceipt():
            ordering.confirm_receipt(draft, command)
        case c.RequestExtension():
            ordering.request_extension(draft, command)
        case c.ExtendProtection():
            ordering.extend_protection(draft, command)
        case c.OpenDispute():
            opening.open_dispute(draft, command, facts)
        case c.PauseClocks():
            outside.pause_clocks(draft, command)
        case c.ResumeClocks():
            outside.resume_clocks(draft, command)
        case c.Approve():
            consent.approve(draft, command)
        case c.Correct():
            consent.correct(draft, command)
        case c.OpenChargeback():
            outside.open_chargeback(draft, command)
        case c.CloseChargeback():
            outside.close_chargeback(draft, command)
        case c.SucceedRefund():
            outside.refund_succeeded(draft, command)
        case c.FailRefund():
            outside.refund_failed(draft, command)
        case c.SucceedPayout():
            outside.payout_succeeded(draft, command)
        case c.BlockParty() | c.UnblockParty() | c.Lapse():
            raise ordering.malformed("this is not an act on an order", "Send it where parties and clocks are kept.")
        case _:
            raise AssertionError(f"no rule for {type(command).__name__}")


_ON_DISPUTE: dict[type[c.OnDispute], Callable[..., None]] = {
    c.MakeOffer: bargaining.offer,
    c.Accept: bargaining.accept,
    c.Reject: bargaining.reject,
    c.Withdraw: bargaining.withdraw,
    c.Escalate: bargaining.escalate,
    c.SendMessage: bargaining.message,
    c.RemoveEvidence: review.remove_evidence,
    c.RequestEvidence: review.request_evidence,
    c.Propose: review.propose,
    c.Choose: review.choose,
    c.Rule: review.rule,
    c.Dismiss: review.dismiss,
    c.TrackReturn: returning.track_return,
    c.ConfirmReturn: returning.confirm_return,
    c.ContestReturn: returning.contest_return,
    c.ConfirmReplacement: returning.confirm_replacement,
    c.Appeal: appeals.appeal,
    c.GrantAppeal: appeals.grant_appeal,
    c.DenyAppeal: appeals.deny_appeal,
}
_WITH_FACTS: dict[type[c.OnDispute], Callable[..., None]] = {
    c.AddEvidence: review.add_evidence,
    c.ShipReturn: returning.ship_return,
    c.ShipReplacement: returning.ship_replacement,
}


def _decide_dispute(draft: Draft, command: c.OnDispute, facts: Facts) -> None:
    dispute = draft.dispute(command.dispute)
    kind: Any = type(command)
    if isinstance(command, c.Revise):
        bargaining.may_bargain(draft.order, dispute, command.by)
        opening.revise(draft, command, dispute)
    elif kind in _WITH_FACTS:
        _WITH_FACTS[kind](draft, command, dispute, facts)
    else:
        _ON_DISPUTE[kind](draft, command, dispute)
