"""What lies on a mediator's desk: the disputes that wait for staff, which of them in which queue, and until when.

Read off an order as it stands; nothing here decides. The rows keep it (`orders.desk`), so that a queue over all orders
is one look.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from .deadlines import CLOCKS, of_dispute
from .order import Dispute, Order, Refund, missing
from .vocabulary import DeadlineName, DisputeStatus, Party, RefundStatus

N = DeadlineName


class Queue(StrEnum):
    """Why a dispute is on the desk."""

    NEW = "new"
    """It has come to the mediator, who has asked for nothing yet."""
    EVIDENCE = "evidence"
    """What he asked for is in, or its time is over."""
    CHOICES = "choices"
    """The parties have chosen differently, or not in time."""
    RETURN = "return"
    """What came back, or did not, is contested."""
    APPEAL = "appeal"
    """An appeal is to be decided, or was granted and nothing was asked since."""
    MESSAGE = "message"
    """A party wrote after the end, and no staff has answered."""
    WAITING = "waiting"
    """The parties are to send evidence or to choose; nothing is to be done."""
    APPROVAL = "approval"
    """A decision takes effect with a second person's consent."""
    REFUND_FAILED = "refund_failed"
    REFUND_LATE = "refund_late"
    """A refund has not arrived by its latest day."""


class AtDesk(NamedTuple):
    """One dispute on the desk. `due` is the mediator's own deadline, `back` that of the parties he waits for."""

    dispute: int | None
    """None: the refund of a cancelled order."""
    queue: Queue
    since: datetime
    due: datetime | None
    """None while nobody can say, or where the policy sets none."""
    overdue: bool
    """The deadline has rung already, and the policy leaves the matter with staff."""
    back: datetime | None
    awaited: tuple[Party, ...]
    stake_minor: int
    """What is argued about: the claim, what a return was agreed for, what an appeal is against, a refund."""


def at_desk(order: Order) -> tuple[AtDesk, ...]:
    """Everything of this order that waits for staff, dispute by dispute; empty for nearly every order."""
    return tuple(_found(order))


def _found(order: Order) -> Iterator[AtDesk]:
    if order.waiting is not None:
        at = order.waiting.what.at
        stake = order.refund.amount_minor if order.refund else 0
        yield AtDesk(None, Queue.APPROVAL, at, None, False, None, (), stake)
    yield from _refunds(None, (order.refund,) if order.refund else ())
    for dispute in order.disputes:
        yield from _refunds(dispute.number, dispute.refunds)
        queue = queue_of(dispute)
        if queue is not None:
            yield _entry(order, dispute, queue)


def _refunds(dispute: int | None, refunds: tuple[Refund, ...]) -> Iterator[AtDesk]:
    for refund in refunds:
        failed = refund.status is RefundStatus.FAILED
        if failed or (refund.alarmed and refund.status is not RefundStatus.SUCCEEDED):
            queue = Queue.REFUND_FAILED if failed else Queue.REFUND_LATE
            since, due = refund.scheduled_at, refund.latest_at
            yield AtDesk(dispute, queue, since, due, refund.alarmed, None, (), refund.amount_minor)


def queue_of(dispute: Dispute) -> Queue | None:
    """The queue the dispute waits in; None where it waits for nobody of the staff.

    Of evidence and choices that both came back, the state does not tell which came last: then it is choices.
    """
    if dispute.waiting is not None:
        return Queue.APPROVAL
    if not dispute.open:
        if dispute.appeals and dispute.appeals[-1].granted is None:
            return Queue.APPEAL
        return Queue.MESSAGE if dispute.unanswered_at is not None else None
    if dispute.status in (DisputeStatus.AWAITING_EVIDENCE, DisputeStatus.AWAITING_CHOICE):
        return Queue.WAITING
    if dispute.status is not DisputeStatus.UNDER_REVIEW:
        return None
    if dispute.review_of_return:
        return Queue.RETURN
    if dispute.options:
        return Queue.CHOICES
    if dispute.asked:
        return Queue.EVIDENCE
    return Queue.APPEAL if dispute.appeals and dispute.appeals[-1].granted else Queue.NEW


def _entry(order: Order, dispute: Dispute, queue: Queue) -> AtDesk:
    name = N.REVIEW if dispute.open else N.APPEAL_DECISION
    clocks = {deadline.name: deadline.at for deadline in of_dispute(order, dispute)}
    rings = dispute.open or bool(dispute.appeals and dispute.appeals[-1].granted is None)
    rung = rings and CLOCKS[name].lasts(order.policy) is not None and dispute.since(name) is None
    lapsed = dispute.lapsed.at if dispute.lapsed is not None and dispute.lapsed.name is name else None
    return AtDesk(
        dispute.number,
        queue,
        dispute.unanswered_at if queue is Queue.MESSAGE and dispute.unanswered_at else _since(dispute, name),
        clocks.get(name) or (lapsed if rung else None),
        rung,
        clocks.get(N.EVIDENCE) or clocks.get(N.CHOICE) if queue is Queue.WAITING else None,
        missing(dispute),
        _stake(dispute),
    )


def _since(dispute: Dispute, name: DeadlineName) -> datetime:
    if dispute.waiting is not None:
        return dispute.waiting.what.at
    since = dispute.since(name) or (dispute.escalated_at if dispute.open else dispute.closed_at)
    return since or dispute.opened_at


def _stake(dispute: Dispute) -> int:
    waits = dispute.waiting.what.amount_minor if dispute.waiting is not None else None
    if waits is not None:
        return waits
    if dispute.review_of_return and dispute.settlement is not None:
        return dispute.settlement.amount_minor
    if not dispute.open and dispute.appeals[-1:] and dispute.appeals[-1].by is Party.SELLER:
        return dispute.given_back_minor
    return (
        max(dispute.claim.amount_minor - dispute.given_back_minor, 0)
        if not dispute.open
        else dispute.claim.amount_minor
    )
