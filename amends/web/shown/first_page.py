"""The first page of a demonstration: its disputes, each in a stage of its own, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from amends import words
from amends.core import deadlines
from amends.core.deadlines import Deadline
from amends.core.order import Dispute, Order, waiting_on
from amends.core.vocabulary import DeadlineName, Flag, WaitingOn
from amends.orders import queries
from amends.words.tables import APPEALED, STANDS_STILL

MOST = 40
"""Orders of the demonstration that are looked at; a visitor may have placed more."""


class Told(NamedTuple):
    """One dispute, as a visitor is told of it who may become any of its people."""

    order: str
    dispute: int
    goods: str
    buyer: str
    seller: str
    turn: str
    stage: str
    clock: str
    """What is awaited until: “The seller may answer until”; empty where no clock runs."""
    until: datetime | None
    left: str
    silence: str
    sum: str
    """What the buyer asks for."""
    open: bool


class Quiet(NamedTuple):
    """An order without a dispute."""

    order: str
    goods: str
    buyer: str
    status: str


class Demonstration(NamedTuple):
    open: tuple[Told, ...]
    closed: tuple[Told, ...]
    quiet: tuple[Quiet, ...]


def demonstration(marketplace: UUID, now: datetime) -> Demonstration:
    """What there is to step into at `now`."""
    told: list[Told] = []
    quiet = []
    for key in queries.order_keys(marketplace, most=MOST):
        found = queries.order(marketplace, key, now=now)
        if found is None:
            continue
        told += [_told(found.order, dispute, now) for dispute in found.order.disputes]
        if not found.order.disputes:
            order = found.order
            quiet.append(Quiet(order.id, _goods(order), order.buyer, words.order_status(order.status)))
    still = [one for one in told if one.open]
    still.sort(key=lambda one: (one.until is None, one.until or now))
    return Demonstration(tuple(still), tuple(one for one in told if not one.open), tuple(quiet))


def _told(order: Order, dispute: Dispute, now: datetime) -> Told:
    appealed = Flag.APPEAL_PENDING.value in dispute.flags
    running = None if order.holds else _clock(order, dispute, appealed=appealed)
    return Told(
        order=order.id,
        dispute=dispute.number,
        goods=_goods(order, {pieces.line: pieces.quantity for pieces in dispute.pieces}),
        buyer=order.buyer,
        seller=order.seller,
        turn=_turn(order, dispute, appealed=appealed),
        stage=gettext(APPEALED) if appealed else _stage(order, dispute),
        clock=words.deadline(running.name) if running else "",
        until=running.at if running else None,
        left=words.left(running.at, now) if running else "",
        silence=words.silence(order, running) if running else "",
        sum=words.money(dispute.claim.amount_minor, order.currency),
        open=dispute.open or appealed,
    )


def _turn(order: Order, dispute: Dispute, *, appealed: bool) -> str:
    if order.holds:
        return gettext(STANDS_STILL)
    if appealed:
        return words.turn(WaitingOn.MEDIATOR)
    return words.turn(waiting_on(dispute)) if dispute.open else gettext("Closed")


def _clock(order: Order, dispute: Dispute, *, appealed: bool) -> Deadline | None:
    """What runs while somebody is waited for; a window in which another might still appeal is not of interest."""
    if appealed:
        return next(
            (one for one in deadlines.of_dispute(order, dispute) if one.name is DeadlineName.APPEAL_DECISION), None
        )
    return deadlines.next_of_dispute(order, dispute) if dispute.open else None


def _stage(order: Order, dispute: Dispute) -> str:
    if dispute.outcome is None:
        return words.stage(dispute.status)
    if not dispute.refunds:
        return words.outcome(dispute.outcome)
    facts = {"ending": words.outcome(dispute.outcome), "sum": words.money(dispute.given_back_minor, order.currency)}
    if any(one.waited_for for one in dispute.refunds):
        return _("%(ending)s %(sum)s is on its way to the buyer.") % facts
    return _("%(ending)s %(sum)s has arrived with the buyer.") % facts


def _goods(order: Order, meant: Mapping[str, int] | None = None) -> str:
    """Titles with quantities: “Mug × 2, Tea cup”; of all lines, or of those meant."""
    lines = [(line.title, (meant or {}).get(line.id, line.quantity)) for line in order.lines]
    kept = [one for one, line in zip(lines, order.lines, strict=True) if meant is None or line.id in meant]
    return ", ".join(f"{title} × {quantity}" if quantity > 1 else title for title, quantity in kept)
