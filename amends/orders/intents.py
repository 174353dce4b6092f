"""Money that is to move outside: which movements an event allows. Deciding is not paying.

Each movement is one intent, written with the event that allowed it; a provider is called later, with the intent's
own key, so that calling twice moves money once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core.order import Order, Refund
from amends.core.vocabulary import FundedBy

MOVERS = (e.RefundScheduled, e.RefundRedirected, e.FundsReleased, e.PlatformPaid)
ANSWERS = (e.RefundSucceeded, e.RefundFailed)


class Intent(NamedTuple):
    """One movement: to the payment of that position (from 1), or to `target` where there is none."""

    event: int
    position: int
    kind: str
    dispute: int | None
    payment: int | None
    amount_minor: int
    currency: str
    funded_by: str
    target: str


class Settled(NamedTuple):
    """What the provider said about a refund: it holds for the newest intents of that dispute, or of the order."""

    dispute: int | None
    state: str
    reference: str


def intents(order: Order, event: e.Event, number: int) -> tuple[Intent, ...]:
    """The movements the event allows, given the order before it. The event is in its sealed form."""
    rows = (row for row in _movements(order, event) if row.amount_minor > 0)
    return tuple(row._replace(event=number, position=position) for position, row in enumerate(rows, 1))


def settled(event: e.Event) -> Settled | None:
    if isinstance(event, e.RefundSucceeded):
        return Settled(event.dispute, "succeeded", event.reference)
    if isinstance(event, e.RefundFailed):
        return Settled(event.dispute, "failed", event.reference)
    return None


def provider_key(marketplace: UUID, order_key: str, event: int, position: int) -> str:
    """The key a provider is called with: the same for the same intent, saying nothing about it."""
    name = f"{marketplace}\n{order_key}\n{event}\n{position}"
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def _movements(order: Order, event: e.Event) -> Iterator[Intent]:
    if isinstance(event, e.RefundScheduled):
        if event.funded_by is FundedBy.PLATFORM:
            yield Intent(0, 0, "refund", event.dispute, None, event.amount_minor, order.currency, "platform", event.to)
            return
        for part in event.parts:
            target = order.payments[part.payment - 1].reference
            yield _part(order, event.dispute, part.payment, part.amount_minor, target)
    elif isinstance(event, e.RefundRedirected):
        refund = _refund(order, event.dispute)
        if refund.funded_by is FundedBy.PLATFORM:
            to = event.to.ref
            yield Intent(0, 0, "refund", event.dispute, None, refund.amount_minor, order.currency, "platform", to)
            return
        for part in refund.parts:
            yield _part(order, event.dispute, part.payment, part.amount_minor, event.to.ref)
    elif isinstance(event, e.FundsReleased):
        total = sum(line.amount_minor for line in event.lines)
        yield Intent(0, 0, "release", event.dispute, None, total, order.currency, "escrow", order.seller)
    elif isinstance(event, e.PlatformPaid):
        to = order.seller
        yield Intent(0, 0, "release", event.dispute, None, event.amount_minor, order.currency, "platform", to)


def _part(order: Order, dispute: int | None, payment: int, amount_minor: int, target: str) -> Intent:
    return Intent(0, 0, "refund", dispute, payment, amount_minor, order.currency, "escrow", target)


def _refund(order: Order, number: int | None) -> Refund:
    dispute = order.dispute(number)
    refund = dispute.refunds[-1] if dispute and dispute.refunds else order.refund
    assert refund is not None, "a refund is redirected only after it was scheduled"
    return refund
