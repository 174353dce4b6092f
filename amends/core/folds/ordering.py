"""What the order's own events change: parcel, protection, money, clocks that stand still, deadlines that passed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import events as e
from ..durations import CalendarUnknown, ends_at
from ..order import Chargeback, Dispute, Lapsed, Order, Refund, Shipment, Waiting, replace
from ..rules.amounts import payable
from ..spans import protection_spans, standstill
from ..vocabulary import DeadlineName, DisputeStatus, Flag, FundedBy, OrderStatus, RefundStatus, TrackState
from .shared import completed, of, put, take, without

# ── the order ────────────────────────────────────────────────────────────────────────────────────


def protected(order: Order, since: datetime, until: datetime | None) -> Order:
    if until is None:
        ends = ends_at(since, order.policy.protection.lasts, order.calendars)
        if isinstance(ends, CalendarUnknown):
            return order
        return replace(order, protection_since=since, protection_lasts=ends - since)
    return _until(order, since, until)


def _until(order: Order, since: datetime, until: datetime) -> Order:
    """Protection ends at an instant somebody saw: how long it lasts is counted back, without time that stood still."""
    still = standstill(protection_spans(order), since, until)
    return replace(order, protection_since=since, protection_lasts=until - since - still)


def cancelled(order: Order, event: e.OrderCancelled) -> Order:
    lines = tuple(line._replace(settled=line.quantity) for line in order.lines)
    return replace(order, status=OrderStatus.CANCELLED, lines=lines)


def shipped(order: Order, event: e.OrderShipped) -> Order:
    shipment = Shipment(event.at, event.tracking, event.carrier, event.delivery_due, elsewhere=event.elsewhere)
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
    if event.elsewhere:
        shipment = shipment._replace(elsewhere=True)
        order = replace(order, disputes=tuple(_mismatched(dispute) for dispute in order.disputes))
    return replace(order, shipment=shipment)


def _mismatched(dispute: Dispute) -> Dispute:
    if not dispute.open:
        return dispute
    return replace(dispute, flags=dispute.flags | {Flag.TRACKING_MISMATCH.value})


def received(order: Order, event: e.ReceiptConfirmed) -> Order:
    lines = tuple(line._replace(confirmed_at=event.at) if line.id in event.lines else line for line in order.lines)
    order = replace(order, lines=lines)
    if all(line.confirmed_at or not line.left for line in lines):
        return replace(order, status=OrderStatus.RECEIVED, before_completed=OrderStatus.RECEIVED)
    return order


def extended(order: Order, event: e.ProtectionExtended) -> Order:
    assert order.protection_since is not None
    if event.until_after_standstill:
        # Nobody knows yet when clocks go on: the end named is the one there would be if they went on at once.
        spans = tuple((stopped, resumed or event.at) for stopped, resumed in protection_spans(order))
        still = standstill(spans, order.protection_since, event.until)
        lasts = event.until - order.protection_since - still
        return replace(order, protection_lasts=lasts, extended_at=event.at)
    return replace(_until(order, order.protection_since, event.until), extended_at=event.at)


def released(order: Order, event: e.FundsReleased) -> Order:
    order = take(order, event.lines)
    total = sum(part.amount_minor for part in event.lines)
    owed = max(0, order.owed_minor - total)  # what the seller owes is settled before anything is his again
    order = replace(order, released_minor=order.released_minor + total, owed_minor=owed)
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
    escrow, platform = (event.amount_minor, 0) if event.funded_by is FundedBy.ESCROW else (0, event.amount_minor)
    dispute = replace(
        dispute,
        refunds=(*dispute.refunds, refund),
        refunded_minor=dispute.refunded_minor + escrow,
        platform_minor=dispute.platform_minor + platform,
    )
    return completed(put(order, dispute))


def _changed(order: Order, number: int | None, refund: int, **changes: Any) -> Order:
    """One refund of a dispute (by its position, from 1), or that of the cancelled order, with something changed."""
    if number is None:
        return replace(order, refund=order.refund._replace(**changes)) if order.refund else order
    dispute = of(order, number)
    at = (refund or len(dispute.refunds)) - 1
    refunds = (*dispute.refunds[:at], dispute.refunds[at]._replace(**changes), *dispute.refunds[at + 1 :])
    return put(order, replace(dispute, refunds=refunds))


def refund_succeeded(order: Order, event: e.RefundSucceeded) -> Order:
    """Whoever waits for consent to send it elsewhere need not any more."""
    order = _changed(order, event.dispute, event.refund, status=RefundStatus.SUCCEEDED)
    if event.dispute is None:
        return replace(order, waiting=_still_needed(order.waiting))
    dispute = of(order, event.dispute)
    return put(order, replace(dispute, waiting=_still_needed(dispute.waiting)))


def _still_needed(waiting: Waiting | None) -> Waiting | None:
    redirect = waiting is not None and isinstance(waiting.what, e.CorrectionProposed) and waiting.what.refund_to
    return None if redirect else waiting


def refund_failed(order: Order, event: e.RefundFailed) -> Order:
    return _changed(order, event.dispute, event.refund, status=RefundStatus.FAILED)


def redirected(order: Order, event: e.RefundRedirected) -> Order:
    return _changed(order, event.dispute, event.refund, status=RefundStatus.SCHEDULED, target=event.to)


def paid_out(order: Order, event: e.PayoutSucceeded) -> Order:
    if not event.advanced_minor:
        return order
    recalled, owed = order.recalled_minor - event.advanced_minor, order.owed_minor + event.advanced_minor
    return replace(order, recalled_minor=recalled, owed_minor=owed)


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
    chargeback = Chargeback(event.reference, event.amount_minor, event.at, dispute=event.dispute)
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
    parts = {part.payment: part.amount_minor for part in event.parts}
    balance = order.accounts.get("seller")
    at_hand = min(event.from_seller_minor, balance.balance_minor if balance else 0)
    order = replace(
        order,
        payments=tuple(
            payment._replace(charged_back_minor=payment.charged_back_minor + parts.get(number, 0))
            for number, payment in enumerate(order.payments, 1)
        ),
        refunded_minor=order.refunded_minor + escrow + event.from_seller_minor,
        released_minor=order.released_minor - event.from_seller_minor,
        owed_minor=order.owed_minor + event.from_seller_minor - at_hand,
        recalled_minor=order.recalled_minor + at_hand,
        platform_paid_minor=order.platform_paid_minor + event.from_platform_minor,
    )
    if event.lines:
        order = replace(order, disputes=tuple(_capped(order, dispute) for dispute in order.disputes))
    return completed(order)


def _capped(order: Order, dispute: Dispute) -> Dispute:
    """An open dispute after a bank took some of its money: nobody asks for or offers more than is left (decision 9)."""
    if not dispute.open:
        return dispute
    most = payable(order, dispute)
    terms = tuple(terms._replace(amount_minor=min(terms.amount_minor, most)) for terms in dispute.terms)
    return replace(dispute, terms=terms)


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
        late = next(at for at, one in enumerate(dispute.refunds) if one.waited_for)
        rung = dispute.refunds[late]._replace(alarmed=True)
        dispute = replace(dispute, refunds=(*dispute.refunds[:late], rung, *dispute.refunds[late + 1 :]))
    return put(order, dispute)
