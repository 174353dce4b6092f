"""What the pages show of an order: plain text and dates, ready for a template that asks nothing more."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from amends.core.deadlines import Deadline, because, next_deadline, next_of_dispute, running
from amends.core.durations import format_instant
from amends.core.events import Event
from amends.core.money import format_minor
from amends.core.order import Dispute, Order, waiting_on
from amends.core.refusals import day_and_time
from amends.core.silence import consequence
from amends.core.vocabulary import Flag, WaitingOn
from amends.stories.telling import sentence

from . import words


class Clock(NamedTuple):
    """One deadline: what it is about, when, how long that is from now, why then, and what silence does."""

    about: str
    at: str
    machine: str
    left: str
    because: str
    silence: str


class Money(NamedTuple):
    held: str
    refunded: str
    released: str
    currency: str


class Claim(NamedTuple):
    """A dispute as both sides may see it."""

    number: int
    open: bool
    turn: str
    stage: str
    asks: str
    refund: str
    clock: Clock | None


class Shown(NamedTuple):
    """An order for a line of the list, or for its own page."""

    key: str
    title: str
    buyer: str
    seller: str
    status: str
    placed: str
    policy: str
    money: Money
    disputes: tuple[Claim, ...]
    clock: Clock | None
    """The next deadline of the order where no dispute is open."""
    clocks: tuple[Clock, ...]
    """Every deadline that runs, the next first."""
    urgent: float
    """For sorting: the instant of the clock shown first."""

    @property
    def open(self) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.disputes if claim.open)

    @property
    def last(self) -> Claim | None:
        return self.disputes[-1] if self.disputes else None


class Line(NamedTuple):
    """One line of the timeline."""

    at: str
    machine: str
    sentence: str
    party: str


def shown(order: Order, now: datetime) -> Shown:
    """The order, which must be up to date at `now`."""
    disputes = tuple(_claim(order, dispute, now) for dispute in order.disputes)
    following = next_deadline(order)
    first = next((claim.clock for claim in disputes if claim.open and claim.clock), None)
    urgent = first.machine if first else following.at.isoformat() if following else ""
    return Shown(
        order.id,
        ", ".join(_line(line.title, line.quantity) for line in order.lines),
        order.buyer,
        order.seller,
        words.ORDERS[order.status],
        day_and_time(order.placed_at),
        order.policy.id,
        _money(order),
        disputes,
        _clock(order, following, now) if following and not any(claim.open for claim in disputes) else None,
        tuple(_clock(order, deadline, now) for deadline in running(order)),
        datetime.fromisoformat(urgent).timestamp() if urgent else float("inf"),
    )


def timeline(order: Order, events: tuple[Event, ...]) -> tuple[Line, ...]:
    """What happened, newest first, as sentences."""
    return tuple(
        Line(day_and_time(event.at), format_instant(event.at), sentence(order, event), event.by.value)
        for event in reversed(events)
    )


def _line(title: str, quantity: int) -> str:
    return title if quantity == 1 else f"{quantity} × {title}"


def _money(order: Order) -> Money:
    amounts = (order.held_minor, order.refunded_minor, order.released_minor)
    held, refunded, released = (format_minor(minor, order.currency) for minor in amounts)
    return Money(held, refunded, released, order.currency)


def _claim(order: Order, dispute: Dispute, now: datetime) -> Claim:
    deadline = next_of_dispute(order, dispute)
    still = dispute.open and bool(order.holds)
    turn = waiting_on(dispute)
    stage = words.STAGES[dispute.status] if dispute.outcome is None else words.OUTCOMES[dispute.outcome]
    if still:
        stage = "Clocks go on when the bank, or whoever stopped them, has answered."
    elif Flag.APPEAL_PENDING.value in dispute.flags:
        stage = f"{stage} {words.APPEALED}"
    return Claim(
        dispute.number,
        dispute.open,
        words.STANDS_STILL if still else words.TURNS[turn] if turn is not WaitingOn.NOBODY else "Closed",
        stage,
        f"{dispute.reason.value.replace('_', ' ')}, {_amount(dispute.claim.amount_minor, order)} asked for",
        _refund(order, dispute),
        _clock(order, deadline, now) if deadline else None,
    )


def _refund(order: Order, dispute: Dispute) -> str:
    if not dispute.refunds:
        return ""
    refund = dispute.refunds[-1]
    amount, state = _amount(refund.amount_minor, order), words.REFUNDS[refund.status]
    due = f", due {refund.due:%-d %B %Y}" if refund.due and refund.waited_for else ""
    return f"Refund of {amount}: {state}{due}."


def _amount(minor: int, order: Order) -> str:
    return f"{format_minor(minor, order.currency)} {order.currency}"


def _clock(order: Order, deadline: Deadline, now: datetime) -> Clock:
    return Clock(
        words.DEADLINES[deadline.name],
        day_and_time(deadline.at),
        format_instant(deadline.at),
        words.left(deadline.at, now),
        because(order, deadline),
        consequence(order, deadline).sentence,
    )
