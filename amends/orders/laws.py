"""What must hold of one order at every step of its life: the laws of docs/quality.md its own state can break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from amends.core import events as e
from amends.core.deadlines import next_deadline
from amends.core.order import Order, waiting_on
from amends.core.vocabulary import DeadlineName, FundedBy, OrderStatus, WaitingOn

AFTER_CLOSING = frozenset({DeadlineName.APPEAL, DeadlineName.APPEAL_DECISION, DeadlineName.REFUND})


class Breach(NamedTuple):
    law: str
    why: str


def of_step(before: Order | None, event: e.Event, after: Order) -> Iterator[Breach]:
    """What the event broke. `before` is None where it placed the order."""
    yield from _money(after)
    yield from _splits(event)
    if before is not None and isinstance(event, e.DeadlineLapsed):
        yield from _at_its_instant(before, event)


def of_end(order: Order) -> Iterator[Breach]:
    """What is broken in an order as it stands. In the middle of an act a dispute may wait on nobody for an event."""
    for dispute in order.disputes:
        if not dispute.open:
            clocks = {name for name, _ in dispute.clocks}
            if not clocks <= AFTER_CLOSING or dispute.outcome is None:
                yield Breach("C1", f"dispute {dispute.number} is closed, its clocks are {sorted(clocks)}")
        elif waiting_on(dispute) is WaitingOn.NOBODY:
            yield Breach("C1", f"dispute {dispute.number} is open and waits on nobody")
        elif order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
            yield Breach("C1", f"dispute {dispute.number} is open and the order {order.status}")
    lines = [pieces.line for dispute in order.open_disputes() for pieces in dispute.pieces]
    if len(set(lines)) < len(lines):
        yield Breach("C5", "two open disputes are about one line")


def _money(order: Order) -> Iterator[Breach]:
    held, refunded, released = order.held_minor, order.refunded_minor, order.released_minor
    told = (order.paid_in_minor, held, refunded, released)
    if order.paid_in_minor != held + refunded + released or min(held, refunded, released) < 0:
        yield Breach("M2", f"paid in, held, refunded, released are {told}")
    balances = {name: account.balance_minor for name, account in order.accounts.items()}
    captured = -sum(balance for name, balance in balances.items() if name.startswith("captured:"))
    back = sum(balance for name, balance in balances.items() if name.startswith("refunds:"))
    to_seller = sum(balances.get(name, 0) for name in ("seller", "paid_out", "receivable"))
    books = (captured, balances.get("escrow", 0), back + balances.get("chargebacks", 0), to_seller)
    if told != books:
        yield Breach("M2", f"paid in, held, refunded, released are {told}, in the books {books}")
    for number, payment in enumerate(order.payments, 1):
        refunds = balances.get(f"refunds:{number}", 0)
        if refunds > payment.captured_minor:
            yield Breach("M4", f"payment {number} of {payment.captured_minor} is refunded {refunds}")


def _splits(event: e.Event) -> Iterator[Breach]:
    match event:
        case e.OrderPlaced():
            shares = sum(line.goods_minor + line.shipping_minor for line in event.lines)
            paid = sum(payment.amount_minor for payment in event.payments)
            if shares != paid:
                yield Breach("M9", f"{paid} was paid, its shares sum to {shares}")
        case e.RefundScheduled() if event.funded_by is FundedBy.ESCROW:
            lines = sum(part.amount_minor for part in event.lines)
            parts = sum(part.amount_minor for part in event.parts)
            if not event.amount_minor == lines == parts:
                yield Breach("M9", f"a refund of {event.amount_minor} takes {lines} of lines, {parts} of payments")
        case _:
            pass


def _at_its_instant(before: Order, event: e.DeadlineLapsed) -> Iterator[Breach]:
    due = next_deadline(before)
    if due is None or (due.name, due.at, due.dispute) != (event.name, event.at, event.dispute):
        expected = f"{due.name} at {due.at}" if due else "none"
        yield Breach("C4", f"{event.name} lapsed at {event.at}; the next deadline was {expected}")
