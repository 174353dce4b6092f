"""What the order's own events change: parcel, protection, money, clocks that stand still, deadlines that passed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import events as e
from ..durations import CalendarUnknown, ends_at
from ..order import Chargeback, Lapsed, Order, Refund, Shipment, replace
from ..spans import protection_spans, standstill
from ..vocabulary import DeadlineName, DisputeStatus, Flag, FundedBy, OrderStatus, RefundStatus, TrackState
from .shared import completed, of, put, take, without

# ── the order ────────────────────────────────────────────────────────────────────────────────────


def protected(order: Order, since: datetime, until: datetime | None) -> Order:
    if until is None:
        ends = ends_at(since, order.policy.protection.lasts, order.calendars)
        if isinstance(ends, CalendarUnknown):
            return order
        until = ends
    return replace(order, protection_since=since, protection_lasts=until - since)


def cancelled(order: Order, event: e.OrderCancelled) -> Order:
    lines = tuple(line._replace(settled=line.quantity) for line in order.lines)
    return replace(order, status=OrderStatus.CANCELLED, lines=lines)


def shipped(order: Order, event: e.OrderShipped) -> Order:
    shipment = Shipment(event.at, event.tracking, event.carrier, event.delivery_due)
    order = replace(order, status=OrderStatus.SHIPPED, before_completed=OrderStatus.SHIPPED, shipment=shipment)
    if event.protection_ends is not None:
        return protected(order, order.protection_since or event.at, event.protection_ends)
    return protected(order, event.at, None) if order.policy.protection.starts == "shipped" else order


def tracked(order: Order, event: e.ParcelTracked) -> Order:
    shipment = order.shipment
    if shipment is None:
        return order
    readable = event.state is not TrackState.UNREADABLE
    shipment = shipment._replace(
        state=event.state, unreadable_since=None if readable else shipment.unreadable_since or event.at
    )
    if event.state is TrackState.DELIVERED and shipment.delivered_at is None:
        shipment = shipment._replace(delivered_at=event.at)
        if order.policy.protection.starts == "delivered" and order.protection_since is None:
            order = protected(order, event.at, None)
    return replace(order, shipment=shipment)


def received(order: Order, event: e.ReceiptConfirmed) -> Order:
    lines = tuple(line._replace(confirmed_at=event.at) if line.id in event.lines else line for line in order.lines)
    order = replace(order, lines=lines)
    if all(line.confirmed_at or not line.left for line in lines):
        return replace(order, status=OrderStatus.RECEIVED, before_completed=OrderStatus.RECEIVED)
    return order


def extended(order: Order, event: e.ProtectionExtended) -> Order:
    """The new end is an instant somebody saw; how long protection lasts is counted back from it."""
    assert order.protection_since is not None
    still = standstill(protection_spans(order), order.protection_since, event.until)
    return replace(order, protection_lasts=event.until - order.protection_since - still, extended_at=event.at)


def released(order: Order, event: e.FundsReleased) -> Order:
    order = take(order, event.lines)
    total = sum(part.amount_minor for part in event.lines)
    order = replace(order, released_minor=order.released_minor + total)
    if event.dispute is None:
        done = {part.line for part in event.lines}
        lines = tuple(line._replace(settled=line.quantity) if line.id in done else line for line in order.lines)
        return completed(replace(order, lines=lines))
    dispute = of(order, event.dispute)
    return completed(put(order, replace(dispute, released=dispute.released + event.lines)))


def refund(order: Order, event: e.RefundScheduled) -> Order:
    refund = Refund(
        amount_minor=event.amount_minor,
        parts=event.parts,
        scheduled_at=event.at,
        due=event.due,
        latest=event.latest,
        latest_at=event.latest_at,
        calendar=event.calendar,
        to=event.to,
        funded_by=event.funded_by,
    )
    if event.funded_by is FundedBy.PLATFORM:
        order = replace(order, platform_paid_minor=order.platform_paid_minor + event.amount_minor)
    else:
        parts = {part.payment: part.amount_minor for part in event.parts}
        payments = tuple(
            payment._replace(refunded_minor=payment.refunded_minor + parts.get(number, 0))
            for number, payment in enumerate(order.payments, 1)
        )
        order = take(order, event.lines)
        order = replace(order, payments=payments, refunded_minor=order.refunded_minor + event.amount_minor)
    if event.dispute is None:
        return replace(order, refund=refund)
    dispute = of(order, event.dispute)
    escrow = event.amount_minor if event.funded_by is FundedBy.ESCROW else 0
    dispute = replace(dispute, refunds=(*dispute.refunds, refund), refunded_minor=dispute.refunded_minor + escrow)
    return completed(put(order, dispute))


def _refund_status(order: Order, number: int | None, **changes: Any) -> Order:
    """The newest refund of a dispute (or of the cancelled order) with something about it changed."""
    if number is None:
        return replace(order, refund=order.refund._replace(**changes)) if order.refund else order
    dispute = of(order, number)
    refunds = (*dispute.refunds[:-1], dispute.refunds[-1]._replace(**changes))
    return put(order, replace(dispute, refunds=refunds))


def refund_succeeded(order: Order, event: e.RefundSucceeded) -> Order:
    return _refund_status(order, event.dispute, status=RefundStatus.SUCCEEDED)


def refund_failed(order: Order, event: e.RefundFailed) -> Order:
    return _refund_status(order, event.dispute, status=RefundStatus.FAILED)


def redirected(order: Order, event: e.RefundRedirected) -> Order:
    return _refund_status(order, event.dispute, status=RefundStatus.SCHEDULED, to=event.to.ref or event.to.plain)


def unchanged(order: Order, event: e.Event) -> Order:
    return order


# ── clocks that stand still ──────────────────────────────────────────────────────────────────────


def _hold(order: Order, hold: str, at: datetime) -> Order:
    spans = order.standstills
    if not order.holds:
        last = spans[-1] if spans else None
        # A pause that begins while the grace of the one before still lasts is one long pause.
        in_grace = last is not None and last[1] is not None and last[1] > at
        spans = (*spans[:-1], (last[0], None)) if last and in_grace else (*spans, (at, None))
    return replace(order, holds=order.holds | {hold}, standstills=spans)


def _let_go(order: Order, hold: str, at: datetime, stand_until: datetime) -> Order:
    until = max(filter(None, (stand_until, order.stand_until, at)))
    holds = order.holds - {hold}
    spans = order.standstills
    if not holds and spans:
        spans = (*spans[:-1], (spans[-1][0], until))
    return replace(order, holds=holds, standstills=spans, stand_until=until)


def paused(order: Order, event: e.ClocksPaused) -> Order:
    order = replace(order, graces={**order.graces, event.hold: event.grace})
    return _hold(order, event.hold, event.at)


def resumed(order: Order, event: e.ClocksResumed) -> Order:
    order = replace(order, graces={hold: grace for hold, grace in order.graces.items() if hold != event.hold})
    return _let_go(order, event.hold, event.at, event.stand_until)


def chargeback(order: Order, event: e.ChargebackOpened) -> Order:
    chargeback = Chargeback(event.reference, event.amount_minor, event.at)
    order = replace(order, chargebacks=(*order.chargebacks, chargeback))
    return _hold(order, f"chargeback {event.reference}", event.at)


def chargeback_closed(order: Order, event: e.ChargebackClosed) -> Order:
    chargebacks = tuple(
        c._replace(won_by=event.won_by) if c.reference == event.reference else c for c in order.chargebacks
    )
    order = replace(order, chargebacks=chargebacks)
    order = _let_go(order, f"chargeback {event.reference}", event.at, event.at)
    escrow = sum(part.amount_minor for part in event.lines)
    order = take(order, event.lines)
    order = replace(
        order,
        refunded_minor=order.refunded_minor + escrow + event.from_seller_minor,
        released_minor=order.released_minor - event.from_seller_minor,
        owed_minor=order.owed_minor + event.from_seller_minor,
        platform_paid_minor=order.platform_paid_minor + event.from_platform_minor,
    )
    return completed(order)


_BACK_TO_REVIEW = frozenset({DeadlineName.EVIDENCE, DeadlineName.CHOICE})


def lapse(order: Order, event: e.DeadlineLapsed) -> Order:
    lapsed = Lapsed(event.name, event.at)
    if event.dispute is None:
        if event.name is DeadlineName.REFUND and order.refund:
            order = replace(order, refund=order.refund._replace(alarmed=True))
        missed = order.dispatch_missed or event.name is DeadlineName.DISPATCH
        return replace(order, lapsed=lapsed, dispatch_missed=missed)
    dispute = of(order, event.dispute)
    dispute = replace(dispute, clocks=without(dispute.clocks, event.name), lapsed=lapsed, silent=event.silent)
    if event.name in _BACK_TO_REVIEW:
        dispute = replace(dispute, status=DisputeStatus.UNDER_REVIEW)
        if event.name is DeadlineName.EVIDENCE:
            dispute = replace(dispute, flags=dispute.flags | {Flag.EVIDENCE_MISSING.value})
    if event.name is DeadlineName.REFUND:
        last = dispute.refunds[-1]._replace(alarmed=True)
        dispute = replace(dispute, refunds=(*dispute.refunds[:-1], last))
    return put(order, dispute)
