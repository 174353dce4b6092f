"""The first page of a demonstration: its disputes, each in a stage of its own, the most urgent first.

Below them stand the orders that visitors placed themselves, however many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
from amends.stories import demonstration as stories
from amends.words.tables import APPEALED, STANDS_STILL

MOST_OWN = 10
"""Orders that visitors placed here and that are listed at once; the others are found by their names."""


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


class Own(NamedTuple):
    """An order that no story tells: somebody placed it here."""

    order: str
    goods: str
    buyer: str
    seller: str
    status: str
    disputes: tuple[Told, ...]
    dispute: int
    """The one to step into: the last that is open, else the last; 0 where there was none."""


class Demonstration(NamedTuple):
    """The told orders, and beside them those that visitors placed: `many` of these there are in all."""

    open: tuple[Told, ...]
    closed: tuple[Told, ...]
    quiet: tuple[Quiet, ...]
    own: tuple[Own, ...]
    many: int
    begins: str


def demonstration(marketplace: UUID, now: datetime, *, begins: str = "") -> Demonstration:
    """What there is to step into at `now`; `begins` is what is looked for among the orders visitors placed."""
    told: list[Told] = []
    quiet = []
    keys = stories.orders()
    for order in _orders(marketplace, keys, now):
        told += [_told(order, dispute, now) for dispute in order.disputes]
        if not order.disputes:
            quiet.append(Quiet(order.id, _goods(order), order.buyer, words.order_status(order.status)))
    still = [one for one in told if one.open]
    still.sort(key=lambda one: (one.until is None, one.until or now))
    closed = tuple(one for one in told if not one.open)
    placed = queries.newest(marketplace, but=keys, begins=begins, most=MOST_OWN)
    own = tuple(_own(order, now) for order in _orders(marketplace, placed.keys, now))
    return Demonstration(tuple(still), closed, tuple(quiet), own, placed.many, begins)


def _orders(marketplace: UUID, keys: Iterable[str], now: datetime) -> Iterator[Order]:
    for key in keys:
        found = queries.order(marketplace, key, now=now)
        if found is not None:
            yield found.order


def _own(order: Order, now: datetime) -> Own:
    disputes = tuple(_told(order, dispute, now) for dispute in order.disputes)
    numbers = [one.dispute for one in disputes if one.open] or [one.dispute for one in disputes]
    status = words.order_status(order.status)
    return Own(order.id, _goods(order), order.buyer, order.seller, status, disputes, max(numbers, default=0))


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
