"""The money of an order, to the minor unit: held, refunded, released; and every refund with its stages and dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.order import Dispute, Order, Refund
from amends.core.vocabulary import FundedBy, Party, RefundStatus
from amends.orders.queries import Money

from .case_matter import Matter
from .case_result import refund_sentence


class Total(NamedTuple):
    label: str
    minor: int


class Stage(NamedTuple):
    kind: str
    """`past`, `next` or `lost`."""
    words: str
    at: datetime | None = None
    day: date | None = None


class Repaid(NamedTuple):
    """One refund."""

    minor: int
    sentence: str
    to: str
    platform: bool
    redirected: bool
    stages: tuple[Stage, ...]


class Purse(NamedTuple):
    totals: tuple[Total, ...]
    refunds: tuple[Repaid, ...]


def purse(matter: Matter, intents: Sequence[Money]) -> Purse:
    """`intents` are the order's; those of other disputes are left out."""
    order, dispute = matter.order, matter.dispute
    refunds = tuple(
        _repaid(order, refund, matter.viewer, refund_of(intents, dispute, position))
        for position, refund in enumerate(dispute.refunds, 1)
    )
    return Purse(_totals(order, matter.viewer), refunds)


def _totals(order: Order, viewer: Party) -> tuple[Total, ...]:
    totals = [
        Total(_("Paid"), order.paid_in_minor),
        Total(_("Held"), order.held_minor),
        Total(_("Refunded"), order.refunded_minor),
        Total(_("Released to the seller"), order.released_minor),
    ]
    if order.platform_paid_minor:
        totals.append(Total(_("Paid by the platform"), order.platform_paid_minor))
    if order.owed_minor and viewer is not Party.BUYER:
        totals.append(Total(_("Owed by the seller"), order.owed_minor))
    return tuple(totals)


def refund_of(intents: Sequence[Money], dispute: Dispute, position: int) -> list[Money]:
    """Of the order's intents those that pay that refund of the dispute, counted from 1."""
    return [one for one in intents if one.kind == "refund" and one.dispute == dispute.number and one.refund == position]


def _repaid(order: Order, refund: Refund, viewer: Party, intents: Sequence[Money]) -> Repaid:
    return Repaid(
        refund.amount_minor,
        refund_sentence(order, refund, viewer),
        words.method(refund.to),
        refund.funded_by is FundedBy.PLATFORM,
        refund.target is not None,
        _stages(refund, intents),
    )


def answered(intents: Sequence[Money]) -> datetime | None:
    """When the provider had answered about all of them; None where it told no time."""
    return max((one.answered_at for one in intents if one.answered_at is not None), default=None)


def _stages(refund: Refund, intents: Sequence[Money]) -> tuple[Stage, ...]:
    sent = min((one.sent_at for one in intents if one.sent_at is not None), default=None)
    stages = [Stage("past", words.refund_status(RefundStatus.SCHEDULED), refund.scheduled_at)]
    ended = refund.status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED)
    if sent is not None:
        stages.append(Stage("past", _("handed to the payment provider"), sent))
    elif not ended:
        stages.append(Stage("next", _("handed to the payment provider")))
    if refund.status is RefundStatus.SUCCEEDED:
        stages.append(Stage("past", words.refund_status(RefundStatus.SUCCEEDED), answered(intents)))
    elif refund.status is RefundStatus.FAILED:
        stages.append(Stage("lost", words.refund_status(RefundStatus.FAILED), answered(intents)))
    else:
        if refund.due != refund.latest:
            stages.append(Stage("next", _("expected"), day=refund.due))
        stages.append(Stage("next", _("at the latest"), day=refund.latest))
    return tuple(stages)
