"""Money that is to move outside: which movements an event allows. Deciding is not paying.

Each movement is one intent, written with the event that allowed it; a provider is called later, with the intent's
own key, so that calling twice moves money once. What is said of intents by later events (that the money has arrived,
that it is to stay here after all) is `Settled` and `Taken`. docs/money.md tells the whole way of the money.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core.journal import SELLER, moves
from amends.core.order import Order, Refund
from amends.core.vocabulary import FundedBy

REFUND, RELEASE = "refund", "release"
PENDING, SENT, SUCCEEDED, FAILED, WITHDRAWN = "pending", "sent", "succeeded", "failed", "withdrawn"


class Intent(NamedTuple):
    """One movement: back to the payment of that number (from 1), or to `target` where there is none."""

    event: int
    position: int
    kind: str
    dispute: int | None
    refund: int | None
    """The refund's position among its dispute's (or its order's), from 1; None for a release."""
    payment: int | None
    amount_minor: int
    currency: str
    funded_by: str
    target: str
    redirected: bool = False
    """A second way for a part that failed. `target` is then the reference of a sealed text."""


class Settled(NamedTuple):
    """What an event says about money outside: of one refund, or of a payout to the seller."""

    event: int
    kind: str
    dispute: int | None
    refund: int | None
    amount_minor: int | None
    state: str
    reference: str


class Taken(NamedTuple):
    """What an event took back from the seller's balance: releases that have not left yet stay here by as much."""

    event: int
    dispute: int | None
    amount_minor: int


class Fresh(NamedTuple):
    """An intent as it is written: in its state, less what was taken back of it in the very same write."""

    intent: Intent
    state: str = PENDING
    withdrawn_minor: int = 0


def intents(order: Order, event: e.Event, number: int) -> tuple[Intent, ...]:
    """The movements the event allows, given the order before it. The event is in its sealed form."""
    rows = (row for row in _movements(order, event) if row.amount_minor > 0)
    return tuple(row._replace(event=number, position=position) for position, row in enumerate(rows, 1))


def settled(order: Order, event: e.Event, number: int) -> Settled | None:
    """What the event says of intents, given the order before it."""
    if isinstance(event, e.RefundSucceeded | e.RefundFailed):
        state = SUCCEEDED if isinstance(event, e.RefundSucceeded) else FAILED
        refund = event.refund or _refunds(order, event.dispute)
        return Settled(number, REFUND, event.dispute, refund, None, state, event.reference)
    if isinstance(event, e.PayoutSucceeded):
        return Settled(number, RELEASE, None, None, event.amount_minor, SUCCEEDED, event.reference)
    return None


def taken(order: Order, event: e.Event, number: int) -> Taken | None:
    """What the event takes back from the seller's balance in the journal; None where it takes nothing.

    An appeal that is granted and a chargeback that is lost do; a payout takes from it too, and takes nothing back.
    """
    if isinstance(event, e.DisputeReopened | e.ChargebackClosed):
        back = sum(move.amount_minor for move in moves(order, event) if move.debit == SELLER)
        if back:
            return Taken(number, event.dispute if isinstance(event, e.DisputeReopened) else None, back)
    return None


def fresh(made: Sequence[Intent], settled: Settled | None, taken: Sequence[Taken]) -> tuple[list[Fresh], list[Taken]]:
    """The intents of one write, in the state its own later events leave them in, and what is left to take back.

    No statement can see what it writes itself, so this is decided here; of older intents the statement decides.
    """
    rows = [Fresh(intent) for intent in made]
    if settled is not None and settled.kind == REFUND:
        rows = [row._replace(state=settled.state) if _answered(row.intent, settled) else row for row in rows]
    left = []
    for one in taken:
        rows, rest = _kept_back(rows, one)
        if rest.amount_minor:
            left.append(rest)
    return rows, left


def provider_key(marketplace: UUID, order_key: str, event: int, position: int) -> str:
    """The key a provider is called with: the same for the same intent, saying nothing about it."""
    name = f"{marketplace}\n{order_key}\n{event}\n{position}"
    return hashlib.sha256(name.encode()).hexdigest()[:40]


# ── what each event allows ───────────────────────────────────────────────────────────────────────


def _movements(order: Order, event: e.Event) -> Iterator[Intent]:
    if isinstance(event, e.RefundScheduled):
        refund = _refunds(order, event.dispute) + 1 if event.dispute is not None else 1
        to_payments = event.funded_by is FundedBy.ESCROW
        for part in event.parts if to_payments else ():
            target = order.payments[part.payment - 1].reference
            yield _refund(order, event.dispute, refund, part.payment, part.amount_minor, target)
        if not to_payments:
            yield _refund(order, event.dispute, refund, None, event.amount_minor, event.to)
    elif isinstance(event, e.RefundRedirected):
        position = event.refund or _refunds(order, event.dispute)
        failed = _the_refund(order, event.dispute, position)
        ways: list[tuple[int | None, int]] = [(part.payment, part.amount_minor) for part in failed.parts]
        for payment, amount_minor in ways or [(None, failed.amount_minor)]:
            again = _refund(order, event.dispute, position, payment, amount_minor, event.to.ref)
            yield again._replace(redirected=True)
    elif isinstance(event, e.FundsReleased):
        # What the seller owes is settled first; only what the journal moves to him leaves.
        total = sum(move.amount_minor for move in moves(order, event) if move.credit == SELLER)
        yield Intent(0, 0, RELEASE, event.dispute, None, None, total, order.currency, "escrow", order.seller)
    elif isinstance(event, e.PlatformPaid):
        to, amount_minor = order.seller, event.amount_minor
        yield Intent(0, 0, RELEASE, event.dispute, None, None, amount_minor, order.currency, "platform", to)


def _refund(
    order: Order, dispute: int | None, refund: int, payment: int | None, amount_minor: int, target: str
) -> Intent:
    funded_by = "platform" if payment is None else "escrow"
    return Intent(0, 0, REFUND, dispute, refund, payment, amount_minor, order.currency, funded_by, target)


def _refunds(order: Order, dispute: int | None) -> int:
    """How many refunds there are; for a cancelled order's own, 1."""
    found = order.dispute(dispute)
    return len(found.refunds) if found is not None else 1


def _the_refund(order: Order, dispute: int | None, position: int) -> Refund:
    found = order.dispute(dispute)
    refund = found.refunds[position - 1] if found is not None else order.refund
    assert refund is not None, "a refund is redirected only after it was scheduled"
    return refund


# ── what later events of the same write say ──────────────────────────────────────────────────────


def _answered(intent: Intent, said: Settled) -> bool:
    of = (intent.kind, intent.dispute, intent.refund)
    return intent.event < said.event and of == (REFUND, said.dispute, said.refund)


def _kept_back(rows: list[Fresh], one: Taken) -> tuple[list[Fresh], Taken]:
    """Take from the dispute's own release first, then from the newest."""
    left = one.amount_minor
    order = sorted(range(len(rows)), key=lambda at: (rows[at].intent.dispute != one.dispute, -rows[at].intent.event))
    for at in order:
        intent, state, withdrawn = rows[at]
        if intent.kind != RELEASE or intent.funded_by != "escrow" or intent.event > one.event or state != PENDING:
            continue
        part = min(left, intent.amount_minor - withdrawn)
        left -= part
        whole = withdrawn + part == intent.amount_minor
        rows[at] = Fresh(intent, WITHDRAWN if whole else PENDING, withdrawn + part)
    return rows, one._replace(amount_minor=left)
