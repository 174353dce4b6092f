"""Folding: what an order is after one more event.

Nothing is checked here: an event happened. Folding the same events always gives the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import events as e
from .durations import Calendars
from .folds import bargaining, ordering, returning
from .journal import posted
from .order import Line, Order, Payment, replace
from .policy import Policy


def begin(event: e.OrderPlaced, policy: Policy, calendars: Calendars) -> Order:
    """The order an `OrderPlaced` makes, under the policy it pins."""
    lines = tuple(
        Line(
            line.id,
            line.title,
            line.quantity,
            line.goods_minor,
            line.shipping_minor,
            line.goods_minor + line.shipping_minor,
        )
        for line in event.lines
    )
    order = Order(
        policy=policy,
        calendars=calendars,
        id=event.order,
        buyer=event.buyer,
        seller=event.seller,
        currency=event.currency,
        lines=lines,
        payments=tuple(Payment(paid.reference, paid.method, paid.amount_minor) for paid in event.payments),
        placed_at=event.at,
        paid_at=event.paid_at,
        destination=event.destination,
        return_to=event.return_to,
        local_return=event.local_return,
        shop_order=event.shop_order,
        paid_in_minor=sum(paid.amount_minor for paid in event.payments),
        version=1,
    )
    if policy.protection.starts == "paid":
        order = ordering.protected(order, event.paid_at, None)
    return replace(order, accounts=posted(order, event))


def evolve(order: Order, event: e.Event) -> Order:
    """The order after `event`; the given order is not changed."""
    after = _FOLDS[type(event)](order, event)
    return replace(after, version=order.version + 1, accounts=posted(order, event))


def fold(events: Iterable[e.Event], policy: Policy, calendars: Calendars) -> Order:
    """The order a whole history makes. The first event must be an `OrderPlaced`."""
    history = iter(events)
    first = next(history)
    if not isinstance(first, e.OrderPlaced):
        raise ValueError(f"a history begins with OrderPlaced, not with {type(first).__name__}")
    order = begin(first, policy, calendars)
    for event in history:
        order = evolve(order, event)
    return order


_FOLDS: dict[type[e.Event], Callable[[Order, Any], Order]] = {
    e.OrderCancelled: ordering.cancelled,
    e.OrderShipped: ordering.shipped,
    e.ParcelTracked: ordering.tracked,
    e.ReceiptConfirmed: ordering.received,
    e.ExtensionRequested: bargaining.asked_for_time,
    e.ProtectionExtended: ordering.extended,
    e.FundsReleased: ordering.released,
    e.RefundScheduled: ordering.refund,
    e.RefundSucceeded: ordering.refund_succeeded,
    e.RefundFailed: ordering.refund_failed,
    e.RefundRedirected: ordering.redirected,
    e.PayoutSucceeded: ordering.paid_out,
    e.ChargebackOpened: ordering.chargeback,
    e.ChargebackClosed: ordering.chargeback_closed,
    e.ClocksPaused: ordering.paused,
    e.ClocksResumed: ordering.resumed,
    e.DisputeOpened: bargaining.opened,
    e.ClaimRevised: bargaining.revised,
    e.OfferMade: bargaining.offered,
    e.OfferRejected: bargaining.turned_down,
    e.TermsAccepted: bargaining.accepted,
    e.DisputeEscalated: bargaining.escalated,
    e.MessageSent: bargaining.message,
    e.EvidenceAdded: bargaining.evidence,
    e.EvidenceRemoved: bargaining.evidence_removed,
    e.EvidenceRequested: bargaining.evidence_asked,
    e.EvidenceComplete: bargaining.back_to_review,
    e.OptionsProposed: bargaining.proposed,
    e.OptionChosen: bargaining.chosen,
    e.ChoicesDiffered: bargaining.back_to_review,
    e.RulingMade: bargaining.ruled,
    e.DisputeDismissed: bargaining.dismissed,
    e.DisputeSettled: bargaining.settled,
    e.DisputeClosed: bargaining.closed,
    e.ReturnShipped: returning.return_shipped,
    e.ReturnTracked: returning.return_tracked,
    e.ReturnConfirmed: returning.return_confirmed,
    e.ReturnContested: returning.return_contested,
    e.ReturnUnderReview: returning.return_review,
    e.ReplacementShipped: returning.replacement_shipped,
    e.ReplacementTracked: returning.replacement_tracked,
    e.ReplacementConfirmed: ordering.unchanged,
    e.AppealMade: returning.appealed,
    e.AppealGranted: returning.granted,
    e.DisputeReopened: returning.reopened,
    e.AppealDenied: returning.denied,
    e.CorrectionProposed: returning.correction,
    e.Approved: returning.approved,
    e.PlatformPaid: returning.platform_paid,
    e.DeadlineLapsed: ordering.lapse,
}
