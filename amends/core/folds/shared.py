"""Small changes that several folds share."""

from __future__ import annotations

from datetime import datetime

from ..order import Clock, Dispute, Order, replace
from ..values import LineAmount
from ..vocabulary import DeadlineName, OrderStatus, Outcome

WITHDRAWN = frozenset({Outcome.WITHDRAWN, Outcome.WITHDRAWN_FINAL})


def of(order: Order, number: int) -> Dispute:
    return order.disputes[number - 1]


def put(order: Order, dispute: Dispute) -> Order:
    at = dispute.number - 1
    return replace(order, disputes=(*order.disputes[:at], dispute, *order.disputes[at + 1 :]))


def completed(order: Order) -> Order:
    """`completed` as soon as nothing is held any more and no dispute is open."""
    if order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED) or order.held_minor:
        return order
    if any(True for _ in order.open_disputes()):
        return order
    return replace(order, status=OrderStatus.COMPLETED, before_completed=order.status)


def without(clocks: tuple[Clock, ...], *names: DeadlineName) -> tuple[Clock, ...]:
    return tuple(clock for clock in clocks if clock[0] not in names)


def restarted(clocks: tuple[Clock, ...], name: DeadlineName, at: datetime) -> tuple[Clock, ...]:
    return (*without(clocks, name), (name, at))


def take(order: Order, parts: tuple[LineAmount, ...], sign: int = -1) -> Order:
    """Money that leaves what is held of its lines; with sign +1 money that is held again."""
    amounts = {part.line: part.amount_minor for part in parts}
    lines = tuple(
        line._replace(held_minor=line.held_minor + sign * amounts[line.id]) if line.id in amounts else line
        for line in order.lines
    )
    return replace(order, lines=lines)
