"""The mediators' queue in words: what waits, why, for how long yet, for how much, and who is at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, NamedTuple

from django.utils.translation import gettext, gettext_noop

from amends import words
from amends.core.desk import Queue
from amends.core.vocabulary import OrderStatus, Party
from amends.orders.desk import MEDIATORS, Entry, Hit, Piece, Place, Taken

SOON: Final = timedelta(days=3)
"""From here on the time left is marked."""
TITLES: Final[Mapping[Place, str]] = {
    Place.OVERDUE: gettext_noop("Overdue"),
    Place.NEW: gettext_noop("New"),
    Place.EVIDENCE: gettext_noop("Evidence is in, or its time is over"),
    Place.CHOICES: gettext_noop("Choices are made, or their time is over"),
    Place.RETURN: gettext_noop("Returns to decide"),
    Place.APPEAL: gettext_noop("Appeals"),
    Place.MESSAGE: gettext_noop("Messages about closed disputes"),
    Place.WAITING: gettext_noop("Waiting for the parties"),
    Place.APPROVAL: gettext_noop("Waiting for a second person"),
    Place.REFUND: gettext_noop("Refunds that failed or are late"),
}
WHY: Final[Mapping[Queue, str]] = {
    Queue.NEW: gettext_noop("It has come to a mediator, and nothing has been asked yet."),
    Queue.EVIDENCE: gettext_noop("What was asked for has come, or the time for it is over."),
    Queue.CHOICES: gettext_noop("The two sides did not choose the same option."),
    Queue.RETURN: gettext_noop("The goods that came back, or did not, are argued about."),
    Queue.APPEAL: gettext_noop("A side asks for the result to be looked at again."),
    Queue.MESSAGE: gettext_noop("A side wrote after the end, and nobody has answered."),
    Queue.APPROVAL: gettext_noop("A decision takes effect when a second person agrees."),
    Queue.REFUND_FAILED: gettext_noop("The refund failed: the money has not reached the buyer."),
    Queue.REFUND_LATE: gettext_noop("The refund has not arrived by its latest day."),
}
WAITED_FOR: Final[Mapping[frozenset[Party], str]] = {
    frozenset({Party.BUYER}): gettext_noop("The buyer is to answer. Nothing is to be done until then."),
    frozenset({Party.SELLER}): gettext_noop("The seller is to answer. Nothing is to be done until then."),
    frozenset({Party.BUYER, Party.SELLER}): gettext_noop("Both sides are to answer. Nothing is to be done until then."),
}


class Row(NamedTuple):
    """One dispute of the queue."""

    order: str
    dispute: int | None
    left: str
    """The time left, or how it stands with the time, in words."""
    until: datetime | None
    soon: bool
    overdue: bool
    stake_minor: int
    currency: str
    goods: tuple[Piece, ...]
    buyer: str
    seller: str
    reason: str
    wants: str
    why: str
    since: datetime
    staff: str
    taken_at: datetime | None
    mine: bool
    seen: int
    failed: bool
    """A refund that failed, for which another way can be named."""


class Group(NamedTuple):
    name: str
    title: str
    many: int
    rows: list[Row]


class Tab(NamedTuple):
    """One of the groups at the top, with how many there are in it."""

    name: str
    title: str
    many: int


class Step(NamedTuple):
    """One dispute in the strip beside a case."""

    order: str
    dispute: int
    goods: tuple[Piece, ...]
    left: str
    overdue: bool
    here: bool
    """It is the one on the page."""


class Strip(NamedTuple):
    """The head of the queue, and how many there are in all."""

    rows: list[Step]
    many: int


def strip(
    entries: Iterable[Entry], counts: Mapping[Place, int], *, order: str, dispute: int, now: datetime
) -> Strip | None:
    """The most urgent, as far as they are given; None where there is nothing but the case itself."""
    rows = []
    for entry in entries:
        if entry.dispute is not None:
            row = _row(entry, "", now)
            at = (entry.order_key, entry.dispute) == (order, dispute)
            rows.append(Step(row.order, entry.dispute, row.goods, row.left, row.overdue, at))
    if all(row.here for row in rows):
        return None
    return Strip(rows, sum(counts.get(place, 0) for place in MEDIATORS))


def groups(entries: Iterable[Entry], counts: Mapping[Place, int], *, me: str, now: datetime) -> list[Group]:
    """The entries of one page by their place in the queue, in the order in which they come."""
    return [
        Group(place.value, gettext(TITLES[place]), counts.get(place, 0), [_row(one, me, now) for one in found])
        for place, found in groupby(entries, key=lambda entry: entry.place)
    ]


def tabs(places: Iterable[Place], counts: Mapping[Place, int]) -> list[Tab]:
    return [Tab(place.value, gettext(TITLES[place]), counts.get(place, 0)) for place in places]


def _row(entry: Entry, me: str, now: datetime) -> Row:
    until = entry.due or entry.back if entry.queue != Queue.WAITING.value else entry.back or entry.due
    overdue = entry.place is Place.OVERDUE or entry.overdue
    return Row(
        entry.order_key,
        entry.dispute,
        _left(entry, until, now),
        until,
        until is not None and not overdue and until - now < SOON and entry.place is not Place.WAITING,
        overdue,
        entry.stake_minor,
        entry.currency,
        entry.goods,
        entry.buyer,
        entry.seller,
        words.reason(entry.reason) if entry.reason else gettext("The refund of a cancelled order"),
        words.wants(entry.wants) if entry.wants else "",
        why(entry),
        entry.since,
        entry.staff,
        entry.taken_at,
        bool(entry.staff) and entry.staff == me,
        entry.taken,
        entry.queue == Queue.REFUND_FAILED.value,
    )


def _left(entry: Entry, until: datetime | None, now: datetime) -> str:
    if until is None:
        return gettext("No date is set")
    return words.left(until, now) if until > now else gettext("The time is over")


def why(entry: Entry) -> str:
    """Why it is in the queue, in a sentence."""
    if entry.queue == Queue.WAITING.value:
        said = WAITED_FOR.get(frozenset(entry.awaited))
        return gettext(said) if said else gettext("An answer is awaited. Nothing is to be done until then.")
    return gettext(WHY[Queue(entry.queue)])


# ── who has it ───────────────────────────────────────────────────────────────────────────────────


class Line(NamedTuple):
    """One line of a case's log."""

    at: datetime
    said: str
    reason: str


def log(lines: Iterable[Taken]) -> list[Line]:
    """Whole sentences, the newest first."""
    return [Line(line.at, _moved(line), line.reason) for line in lines]


def _moved(line: Taken) -> str:
    names = {"by": line.by, "staff": line.staff}
    if not line.staff:
        return gettext("%(by)s gave the case back to all.") % names
    if line.staff == line.by:
        return gettext("%(staff)s took the case.") % names
    return gettext("%(by)s handed the case over to %(staff)s.") % names


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


class Found(NamedTuple):
    """One order that was found."""

    order: str
    buyer: str
    seller: str
    status: str
    held_minor: int
    refunded_minor: int
    released_minor: int
    currency: str
    disputes: int
    open_disputes: int
    placed_at: datetime


def found(hits: Iterable[Hit]) -> list[Found]:
    return [
        Found(
            hit.order_key,
            hit.buyer,
            hit.seller,
            words.order_status(OrderStatus(hit.status)),
            hit.held_minor,
            hit.refunded_minor,
            hit.released_minor,
            hit.currency,
            hit.disputes,
            hit.open_disputes,
            hit.placed_at,
        )
        for hit in hits
    ]
