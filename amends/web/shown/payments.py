"""The money of one order in words: what was paid, is held, goes back and went out, and each refund stage by stage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.order import Order, Refund
from amends.core.vocabulary import FundedBy, Party, RefundStatus
from amends.orders.queries import Money


class Stage(NamedTuple):
    """One step of a refund. `kind` is its class: "past", "next" or "lost"."""

    words: str
    kind: str
    at: datetime | None = None
    day: date | None = None


class RefundShown(NamedTuple):
    sum: str
    status: RefundStatus
    said: str
    mark: str
    """A class of `mark`: "good", "lost", or empty."""
    stages: tuple[Stage, ...]
    next: str
    """What happens next, as a sentence."""
    dispute: int | None
    to: str
    """Where it goes; empty for whoever has no business to know."""
    platform: bool


class Payout(NamedTuple):
    """Money on its way to the seller, for the seller and for staff."""

    sum: str
    said: str
    at: datetime | None


class Paid(NamedTuple):
    method: str
    amount_minor: int


class MoneyShown(NamedTuple):
    currency: str
    paid_minor: int
    held_minor: int
    refunded_minor: int
    released_minor: int
    platform_minor: int
    """The platform's own money, beside the rest."""
    payments: tuple[Paid, ...]
    refunds: tuple[RefundShown, ...]
    payouts: tuple[Payout, ...]


def money_of(order: Order, intents: Iterable[Money], viewer: Party) -> MoneyShown:
    """The order's money as this viewer may see it: how the buyer paid is not the seller's business."""
    known = tuple(intents)
    return MoneyShown(
        order.currency,
        order.paid_in_minor,
        order.held_minor,
        order.refunded_minor,
        order.released_minor,
        order.platform_paid_minor,
        ()
        if viewer is Party.SELLER
        else tuple(Paid(words.method(one.method), one.captured_minor) for one in order.payments),
        tuple(_refunds(order, known, viewer)),
        () if viewer is Party.BUYER else tuple(_payouts(known)),
    )


def _refunds(order: Order, intents: tuple[Money, ...], viewer: Party) -> list[RefundShown]:
    found = [(None, 1, order.refund)] if order.refund else []
    every = [*found, *((one.number, at, refund) for one in order.disputes for at, refund in enumerate(one.refunds, 1))]
    return [
        _refund(order, refund, [one for one in intents if _is_of(one, dispute, position)], dispute, viewer)
        for dispute, position, refund in every
    ]


def _is_of(intent: Money, dispute: int | None, position: int) -> bool:
    return intent.kind == "refund" and intent.dispute == dispute and intent.refund in (position, None)


def _refund(order: Order, refund: Refund, intents: list[Money], dispute: int | None, viewer: Party) -> RefundShown:
    status = _status(refund, intents)
    return RefundShown(
        words.money(refund.amount_minor, order.currency),
        status,
        words.refund_status(status),
        {RefundStatus.SUCCEEDED: "good", RefundStatus.FAILED: "lost"}.get(status, ""),
        tuple(_stages(refund, status, intents)),
        _next(refund, status, viewer),
        dispute,
        _target(refund, viewer),
        refund.funded_by is FundedBy.PLATFORM,
    )


def _status(refund: Refund, intents: list[Money]) -> RefundStatus:
    """The order knows what was answered; whether it has left, only the intents do."""
    if refund.status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED):
        return refund.status
    under_way = [one for one in intents if one.state != "withdrawn"]
    left = bool(under_way) and all(one.state in ("sent", "succeeded") for one in under_way)
    return RefundStatus.SENT if left else refund.status


def _target(refund: Refund, viewer: Party) -> str:
    if viewer is Party.SELLER:
        return ""
    return _("another account") if refund.target is not None else words.method(refund.to)


def _stages(refund: Refund, status: RefundStatus, intents: list[Money]) -> list[Stage]:
    """Decided, sent, arrived: past ones with their instant, those to come with their day where it is known."""
    done = status is RefundStatus.SUCCEEDED
    sent = max((one.sent_at for one in intents if one.sent_at), default=None)
    answered = max((one.answered_at for one in intents if one.answered_at), default=None)
    stages = [Stage(_("Decided"), "past", refund.scheduled_at)]
    if sent or done:
        stages.append(Stage(_("Sent to the payment provider"), "past", sent))
    else:
        stages.append(Stage(_("Goes to the payment provider"), "next"))
    if done:
        return [*stages, Stage(_("Arrived"), "past", answered)]
    if status is RefundStatus.FAILED:
        return [*stages, Stage(_("Could not be paid"), "lost", answered)]
    if refund.due and refund.due != refund.latest:
        stages.append(Stage(_("Expected by"), "next", day=refund.due))
    if refund.latest:
        stages.append(Stage(_("Arrives at the latest"), "next", day=refund.latest))
    return stages


def _next(refund: Refund, status: RefundStatus, viewer: Party) -> str:
    mine = viewer is Party.BUYER
    if status is RefundStatus.SUCCEEDED:
        return _("Banks may take a few days to show it.") if mine else ""
    if status is RefundStatus.FAILED:
        if mine:
            return _(
                "The payment provider could not pay it. It is still yours and does not go to the seller: the"
                " marketplace's staff look for another way. Tell its support if your card or account has changed."
            )
        return _("The payment provider could not pay it. It is still the buyer's; staff look for another way.")
    if refund.latest is None:
        return _("The day is not known yet: the bank calendar of that year has not been announced.")
    if not mine:
        return _("If it has not arrived by the last day, staff are told.")
    return _("You need to do nothing. If it has not arrived by the last day, the marketplace's staff are told.")


def _payouts(intents: tuple[Money, ...]) -> list[Payout]:
    return [
        Payout(
            words.money(one.amount_minor - one.withdrawn_minor, one.currency),
            payout_said(one.state),
            one.answered_at or one.sent_at,
        )
        for one in intents
        if one.kind == "release" and one.amount_minor > one.withdrawn_minor
    ]


def payout_said(state: str) -> str:
    """Where money for the seller stands."""
    return {
        "pending": _("waits to be sent"),
        "sent": _("on its way"),
        "succeeded": _("arrived"),
        "failed": _("could not be paid; staff look into it"),
        "withdrawn": _("taken back before it left"),
    }[state]
