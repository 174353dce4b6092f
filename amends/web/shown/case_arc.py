"""The arc of a dispute: what was, what will be, and what may come, each with its date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core import deadlines
from amends.core.deadlines import Deadline
from amends.core.order import Dispute, Order
from amends.core.vocabulary import DeadlineName, DisputeStatus, Party, RefundStatus
from amends.orders.queries import Money

from .case_money import answered, refund_of
from .case_result import may_appeal

N = DeadlineName
S = DisputeStatus
BARGAINING = frozenset({S.AWAITING_SELLER, S.AWAITING_BUYER})


class Point(NamedTuple):
    kind: str
    """`past` is solid, `next` certain and outlined, `maybe` dashed."""
    words: str
    at: datetime | None = None
    day: date | None = None
    """Where only a day is known."""
    on: bool = False
    """The dispute stands here."""
    by: bool = False
    """The instant is the latest one."""


def arc(
    order: Order, dispute: Dispute, viewer: Party, now: datetime, intents: Sequence[Money] = ()
) -> tuple[Point, ...]:
    """From the opening to the last thing that can come. `intents` are the order's: they know when a refund arrived."""
    running = {one.name: one for one in deadlines.of_dispute(order, dispute)} if not order.holds else {}
    points = [Point("past", _("opened"), dispute.opened_at), *_answer(dispute, running)]
    points += _mediator(order, dispute, running)
    points += _return(dispute, viewer, running)
    points += [*_closed(dispute), *_refunds(dispute, intents), *_appeal(order, dispute, viewer, now, running)]
    return tuple(_standing(points))


def _standing(points: list[Point]) -> list[Point]:
    """The last thing that has happened is where the dispute stands."""
    last = max(at for at, point in enumerate(points) if point.kind == "past")
    return [point._replace(on=at == last) for at, point in enumerate(points)]


def _answer(dispute: Dispute, running: dict[N, Deadline]) -> list[Point]:
    if dispute.answered_at is not None:
        return [Point("past", _("the seller answered"), dispute.answered_at)]
    due = running.get(N.SELLER_RESPONSE)
    if due is None or dispute.status not in BARGAINING:
        return []
    return [Point("next", _("the seller answers"), due.at, by=True)]


def _mediator(order: Order, dispute: Dispute, running: dict[N, Deadline]) -> list[Point]:
    """The date a mediator joins: known, or what the clocks say if the sides do not agree before."""
    if dispute.escalated_at is not None:
        points = [Point("past", _("a mediator joined"), dispute.escalated_at)]
        review = running.get(N.REVIEW)
        if dispute.open and not dispute.returning and review is not None:
            points.append(Point("next", _("decision"), review.at, by=True))
        elif dispute.open and not dispute.returning:
            points.append(Point("next", _("decision")))
        return points
    if dispute.status not in BARGAINING:
        return []
    joins = [one.at for one in running.values() if one.if_silent == "escalate"]
    if not joins:
        return []
    at = min(joins)
    points = [Point("maybe", _("a mediator joins, if you do not agree"), at)]
    within = order.policy.review.decide_within
    decided = deadlines.ends(order, at, within) if within is not None else None
    points.append(Point("maybe", _("decision"), decided, by=True))
    return points


def _return(dispute: Dispute, viewer: Party, running: dict[N, Deadline]) -> list[Point]:
    sends = _("you send the goods back") if viewer is Party.BUYER else _("the buyer sends the goods back")
    if dispute.settlement is None or dispute.settlement.wants.value == "refund":
        return []
    trip, points = dispute.trip, []
    if trip is not None:
        points.append(Point("past", _("the goods were sent back"), trip.shipped_at))
    elif dispute.open:
        points.append(_due("next", sends, running.get(N.RETURN_SHIPMENT)))
    if trip is not None and trip.delivered_at is not None:
        points.append(Point("past", _("the goods came back"), trip.delivered_at))
    elif dispute.open:
        points.append(_due("maybe", _("the goods come back"), running.get(N.RETURN_TRANSIT)))
    if dispute.replacement is not None:
        points.append(Point("past", _("the replacement was sent"), dispute.replacement.shipped_at))
    elif dispute.status is S.AWAITING_REPLACEMENT:
        points.append(_due("next", _("the seller sends a replacement"), running.get(N.REPLACEMENT)))
    return points


def _due(kind: str, said: str, deadline: Deadline | None) -> Point:
    return Point(kind, said, deadline.at if deadline else None, by=True)


def _closed(dispute: Dispute) -> list[Point]:
    if dispute.closed_at is None or dispute.open or dispute.outcome is None:
        return []
    return [Point("past", _("closed"), dispute.closed_at)]


def _refunds(dispute: Dispute, intents: Sequence[Money]) -> list[Point]:
    points = []
    for position, refund in enumerate(dispute.refunds, 1):
        if refund.status is RefundStatus.SUCCEEDED:
            points.append(Point("past", _("the refund arrived"), answered(refund_of(intents, dispute, position))))
        elif refund.status is RefundStatus.FAILED:
            points.append(Point("maybe", _("the refund did not go through")))
        else:
            points.append(Point("next", _("the refund arrives"), day=refund.latest, by=True))
    return points


def _appeal(order: Order, dispute: Dispute, viewer: Party, now: datetime, running: dict[N, Deadline]) -> list[Point]:
    decided, appeal = running.get(N.APPEAL_DECISION), running.get(N.APPEAL)
    if dispute.appeals and dispute.appeals[-1].granted is None:
        return [_due("next", _("the appeal is decided"), decided)]
    if appeal is not None and may_appeal(order, dispute, viewer, now):
        return [Point("maybe", _("an appeal is possible"), appeal.at, by=True)]
    return []


def when(point: Point) -> str:
    """The date under a point: a day, with “by” where it is the latest."""
    if point.at is None and point.day is None:
        return ""
    said = words.instant(point.at) if point.at is not None else words.day(point.day) if point.day else ""
    return _("by %(when)s") % {"when": said} if point.by else said
