"""What returns, replacements, appeals and corrections change."""

from __future__ import annotations

from .. import events as e
from ..order import Dispute, Evidence, Order, Review, Trip, Waiting, replace
from ..vocabulary import WITHDRAWN_OUTCOMES, DeadlineName, DisputeStatus, Flag, OrderStatus, TrackState
from .shared import of, put, restarted, take, without

# ── returns and replacements ─────────────────────────────────────────────────────────────────────


def return_shipped(order: Order, event: e.ReturnShipped) -> Order:
    return put(
        order,
        replace(
            of(order, event.dispute),
            status=DisputeStatus.RETURN_IN_TRANSIT,
            trip=Trip(event.at, event.tracking),
            clocks=((DeadlineName.FIRST_SCAN, event.at), (DeadlineName.RETURN_TRANSIT, event.at)),
            flags=of(order, event.dispute).flags | event.flags,
            silent=(),
        ),
    )


def return_tracked(order: Order, event: e.ReturnTracked) -> Order:
    dispute = of(order, event.dispute)
    if dispute.trip is None:
        return order
    trip = dispute.trip._replace(scanned=True, lost=event.state is TrackState.LOST)
    clocks = dispute.clocks
    if dispute.status is DisputeStatus.RETURN_IN_TRANSIT:
        clocks = without(clocks, DeadlineName.FIRST_SCAN)
    if event.state is TrackState.DELIVERED and trip.delivered_at is None:
        trip = trip._replace(delivered_at=event.at)
        if dispute.status is DisputeStatus.RETURN_IN_TRANSIT:
            clocks = ((DeadlineName.RETURN_INSPECTION, event.at),)
    flags = dispute.flags | ({Flag.TRACKING_MISMATCH.value} if event.elsewhere else frozenset())
    return put(order, replace(dispute, trip=trip, clocks=clocks, flags=flags))


def return_confirmed(order: Order, event: e.ReturnConfirmed) -> Order:
    dispute = of(order, event.dispute)
    if dispute.settlement and dispute.settlement.wants.value == "return_and_exchange":
        dispute = replace(
            dispute,
            status=DisputeStatus.AWAITING_REPLACEMENT,
            clocks=((DeadlineName.REPLACEMENT, event.at),),
            review_of_return=False,
        )
    return put(order, replace(dispute, silent=()))


def return_contested(order: Order, event: e.ReturnContested) -> Order:
    dispute = of(order, event.dispute)
    evidence = dispute.evidence + tuple(Evidence(event.by, event.at, file) for file in event.files)
    return put(order, replace(dispute, evidence=evidence, silent=()))


def return_review(order: Order, event: e.ReturnUnderReview) -> Order:
    dispute = of(order, event.dispute)
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.UNDER_REVIEW,
            review_of_return=True,
            escalated_at=dispute.escalated_at or event.at,
            clocks=((DeadlineName.REVIEW, event.at),),
            flags=dispute.flags | event.flags,
        ),
    )


def replacement_shipped(order: Order, event: e.ReplacementShipped) -> Order:
    dispute = of(order, event.dispute)
    return put(
        order,
        replace(
            dispute,
            replacement=Trip(event.at, event.tracking),
            clocks=((DeadlineName.RETURN_TRANSIT, event.at),),
            flags=dispute.flags | event.flags,
            silent=(),
        ),
    )


def replacement_tracked(order: Order, event: e.ReplacementTracked) -> Order:
    dispute = of(order, event.dispute)
    if dispute.replacement is None:
        return order
    trip = dispute.replacement._replace(scanned=True, lost=event.state in (TrackState.LOST, TrackState.RETURNED))
    if event.state is TrackState.DELIVERED:
        trip = trip._replace(delivered_at=event.at)
    return put(order, replace(dispute, replacement=trip))


# ── after closing ────────────────────────────────────────────────────────────────────────────────


def appealed(order: Order, event: e.AppealMade) -> Order:
    dispute = of(order, event.dispute)
    return put(
        order,
        replace(
            dispute,
            appeals=(*dispute.appeals, Review(event.by, event.grounds)),
            evidence=dispute.evidence + tuple(Evidence(event.by, event.at, file) for file in event.files),
            flags=dispute.flags | {Flag.APPEAL_PENDING.value},
            clocks=restarted(dispute.clocks, DeadlineName.APPEAL_DECISION, event.at),
        ),
    )


def _decided(dispute: Dispute, granted: bool) -> Dispute:
    """The appeal that waits, answered. An approved correction opens a case again without one."""
    appeals = (*dispute.appeals[:-1], dispute.appeals[-1]._replace(granted=granted))
    flags = dispute.flags - {Flag.APPEAL_PENDING.value}
    return replace(dispute, appeals=appeals, flags=flags, unanswered_at=None)


def granted(order: Order, event: e.AppealGranted) -> Order:
    return put(order, _decided(of(order, event.dispute), True))


def reopened(order: Order, event: e.DisputeReopened) -> Order:
    dispute = of(order, event.dispute)
    order = take(order, event.taken_back, +1)
    total = sum(part.amount_minor for part in event.taken_back)
    # Withdrawing had decided nothing about the pieces.
    pieces = {} if dispute.outcome in WITHDRAWN_OUTCOMES else {part.line: part.quantity for part in dispute.pieces}
    order = replace(
        order,
        lines=tuple(line._replace(settled=line.settled - pieces.get(line.id, 0)) for line in order.lines),
        status=order.before_completed if order.status is OrderStatus.COMPLETED else order.status,
        released_minor=order.released_minor - total,
        owed_minor=order.owed_minor + event.advanced_minor,
        recalled_minor=order.recalled_minor + total - event.advanced_minor,
    )
    if order.policy.protection.while_disputed == "pauses" and not any(True for _ in order.open_disputes()):
        order = replace(order, disputed=(*order.disputed, (event.at, None)))
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.UNDER_REVIEW,
            escalated_at=dispute.escalated_at or event.at,
            clocks=((DeadlineName.REVIEW, event.at),),
            outcome=None,
            closed_at=None,
            settlement=None,
            released=(),
            stakes=event.taken_back,
            asked=(),
            sent=(),
            wanted=(),
            evidence=tuple(item._replace(answers=None) for item in dispute.evidence),
            options=(),
            choices=(),
            mediated=True,
            silent=(),
            waiting=None,
        ),
    )


def denied(order: Order, event: e.AppealDenied) -> Order:
    dispute = _decided(of(order, event.dispute), False)
    return put(order, replace(dispute, clocks=without(dispute.clocks, DeadlineName.APPEAL_DECISION)))


def correction(order: Order, event: e.CorrectionProposed) -> Order:
    waiting = Waiting(order.version + 1, event)
    if event.dispute is None:
        return replace(order, waiting=waiting)
    return put(order, replace(of(order, event.dispute), waiting=waiting))


def approved(order: Order, event: e.Approved) -> Order:
    if event.dispute is None:
        return replace(order, waiting=None)
    return put(order, replace(of(order, event.dispute), waiting=None))


def platform_paid(order: Order, event: e.PlatformPaid) -> Order:
    dispute = of(order, event.dispute)
    dispute = replace(dispute, compensated_minor=dispute.compensated_minor + event.amount_minor)
    return put(replace(order, platform_paid_minor=order.platform_paid_minor + event.amount_minor), dispute)
