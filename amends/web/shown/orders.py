"""A person's orders and disputes in lists: protection that runs out, whose turn it is, how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.deadlines import Deadline, next_of_dispute, running
from amends.core.order import Dispute, Order, missing, waiting_on
from amends.core.reminders import BEFORE_PROTECTION_ENDS
from amends.core.rights import rights
from amends.core.vocabulary import DeadlineName, OrderStatus, Party, RefundStatus, Verb, WaitingOn

from . import acts_ahead, case_result, case_said

SOON = max(BEFORE_PROTECTION_ENDS)
KEEPS_MONEY = frozenset({DeadlineName.PROTECTION, DeadlineName.OPENING_WINDOW, DeadlineName.RELEASE})
"""The clocks that stand between undisputed money and the seller."""


class Goods(NamedTuple):
    """One line's pieces, as far as they are meant."""

    title: str
    quantity: int


class Protection(NamedTuple):
    """How long undisputed money is still held."""

    until: datetime | None
    """None while the clocks stand still."""
    gone: int
    """Of 100."""
    left: str
    days: int
    soon: bool
    silence: str
    confirmed: bool
    """It runs from the receipt the buyer confirmed."""


class DisputeLine(NamedTuple):
    """A dispute as one entry of a list."""

    order: str
    number: int
    goods: tuple[Goods, ...]
    reason: str
    ask: str
    """What is asked for, as a sentence."""
    offer: str
    turn: str
    yours: bool
    open: bool
    until: datetime | None
    left: str
    silence: str
    result: str
    """Of a closed one who gets what, in a few words; empty while it is open."""
    ending: str
    """How it ended, as a sentence."""
    currency: str
    opened_at: datetime
    closed_at: datetime | None
    other: str
    """The person on the other side."""


class OrderLine(NamedTuple):
    """An order as one entry of a list."""

    id: str
    goods: tuple[Goods, ...]
    other: str
    status: str
    paid_minor: int
    currency: str
    placed_at: datetime
    protection: Protection | None
    notes: tuple[str, ...]
    """Until when it must be sent, and what comes back when."""
    disputes: tuple[DisputeLine, ...]
    """The open ones."""
    may_open: bool
    may_ask_for_time: bool


def order_line(order: Order, viewer: Party, now: datetime) -> OrderLine:
    found = rights(order, None, viewer, now)
    return OrderLine(
        order.id,
        goods_of(order),
        order.seller if viewer is Party.BUYER else order.buyer,
        words.order_status(order.status),
        order.paid_in_minor,
        order.currency,
        order.placed_at,
        protection(order, now),
        tuple(_notes(order, viewer)),
        tuple(dispute_line(order, dispute, viewer, now) for dispute in order.open_disputes()),
        Verb.OPEN in found.can,
        Verb.REQUEST_EXTENSION in found.can,
    )


def _notes(order: Order, viewer: Party) -> list[str]:
    told = list(acts_ahead.then(order, None, viewer)) if order.status is OrderStatus.PAID else []
    every = [*([order.refund] if order.refund else []), *(one for dispute in order.disputes for one in dispute.refunds)]
    waits = (one for one in every if one.status is not RefundStatus.SUCCEEDED)
    return told + [case_result.refund_sentence(order, one, viewer) for one in waits]


def goods_of(order: Order) -> tuple[Goods, ...]:
    return tuple(Goods(line.title, line.quantity) for line in order.lines)


def disputed_goods(order: Order, dispute: Dispute) -> tuple[Goods, ...]:
    titles = {line.id: line.title for line in order.lines}
    return tuple(Goods(titles[pieces.line], pieces.quantity) for pieces in dispute.pieces)


# ── protection ───────────────────────────────────────────────────────────────────────────────────


def protection(order: Order, now: datetime) -> Protection | None:
    """None where no undisputed money is held, or nobody can say until when and clocks run."""
    deadline = next((one for one in running(order) if one.name in KEEPS_MONEY), None)
    if deadline is not None:
        return _running(order, deadline, now)
    disputed = order.disputed_lines()
    undisputed = any(line.held_minor and line.id not in disputed for line in order.lines)
    if order.standing_still and undisputed and order.protection_since is not None:
        return Protection(None, 0, "", 0, False, "", False)
    return None


def _running(order: Order, deadline: Deadline, now: datetime) -> Protection:
    confirmed = [line.confirmed_at for line in order.lines if line.id in deadline.lines and line.confirmed_at]
    since = min(confirmed, default=order.protection_since) or order.placed_at
    left = deadline.at - now
    return Protection(
        deadline.at,
        _percent(now - since, deadline.at - since),
        words.left(deadline.at, now),
        max(0, left // timedelta(days=1)),
        left <= SOON,
        words.silence(order, deadline),
        deadline.name is DeadlineName.RELEASE,
    )


def _percent(gone: timedelta, whole: timedelta) -> int:
    return 100 if whole <= timedelta(0) else min(100, max(0, 100 * gone // whole))


# ── disputes ─────────────────────────────────────────────────────────────────────────────────────


def dispute_line(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> DisputeLine:
    deadline = next_of_dispute(order, dispute) if dispute.open else None
    offer = dispute.standing_offer
    return DisputeLine(
        order.id,
        dispute.number,
        disputed_goods(order, dispute),
        words.reason(dispute.reason),
        case_said.claim(order, dispute.claim, viewer),
        case_said.offer(order, offer, viewer) if offer and dispute.open else "",
        turn(order, dispute, viewer),
        is_yours(dispute, viewer),
        dispute.open,
        deadline.at if deadline else None,
        words.left(deadline.at, now) if deadline else "",
        words.silence(order, deadline) if deadline else "",
        "" if dispute.open else case_result.headline(order, dispute, viewer),
        _(case_result.ENDINGS[dispute.outcome]) if dispute.outcome and not dispute.open else "",
        order.currency,
        dispute.opened_at,
        dispute.closed_at,
        order.seller if viewer is Party.BUYER else order.buyer,
    )


def is_yours(dispute: Dispute, viewer: Party) -> bool:
    """Whether it waits for this very person."""
    on = waiting_on(dispute)
    return on.value == viewer.value or (on is WaitingOn.BOTH and viewer in missing(dispute))


def turn(order: Order, dispute: Dispute, viewer: Party) -> str:
    if order.standing_still and dispute.open:
        return _("Everything stands still")
    return _("Your turn") if is_yours(dispute, viewer) else words.turn(waiting_on(dispute))


def by_urgency(found: Iterable[DisputeLine]) -> list[DisputeLine]:
    """Your own turn first, then what lapses soonest; what stands still comes last."""
    return sorted(found, key=lambda one: (not one.yours, one.until is None, one.until or one.opened_at))
