"""An operator's page in words: is everything in time and in order, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core.durations import format_instant, parse_instant
from amends.orders.operating import KeyMark, Pinned, SaidAside, Timeliness
from amends.orders.upkeep import Beat
from amends.orders.verify import Report
from amends.payments.queue import Waiting
from amends.words.reader import locale

SILENT: Final = timedelta(seconds=30)
"""A worker says that it is alive every few seconds; unheard for so long it is gone, or stuck."""
LATE: Final = timedelta(minutes=1)
MOST_BROKEN: Final = 20
MARK: Final = 12
"""So many digits of a key's SHA-256 are shown."""


class Light(NamedTuple):
    """One thing that is well or not."""

    good: bool
    said: str
    more: str


def worker(beats: Sequence[Beat], now: datetime) -> Light:
    """Whether somebody lets deadlines lapse. `now` is real time."""
    if not beats:
        return Light(False, _("No worker runs."), _("Deadlines lapse when one is started: “amends worker”."))
    newest = beats[0]
    facts = {"at": words.instant(newest.round_at), "late": _seconds(newest.late_by), "many": len(beats)}
    if now - newest.round_at > SILENT:
        return Light(False, _("The worker was last heard of %(at)s.") % facts, _("Look whether it still runs."))
    if newest.late_by > LATE:
        return Light(False, _("The worker is behind: it was %(late)s seconds late.") % facts, _("Start one more."))
    return Light(True, _("The worker is in time."), _("%(many)s at work, last heard of %(at)s.") % facts)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def clocks(found: Timeliness, now: datetime) -> Light:
    """Whether a deadline is over that nobody has written. `now` is the marketplace's time."""
    if found.due_at is None or now - found.due_at <= LATE:
        return Light(True, _("No deadline is overdue."), "")
    facts = {"at": words.instant(found.due_at)}
    return Light(False, _("A deadline of %(at)s has not been let lapse.") % facts, _("The worker does that."))


def messages(found: Timeliness, now: datetime) -> Light:
    """Whether a message waits too long. `now` is real time."""
    if found.message_at is None or now - found.message_at <= LATE:
        return Light(True, _("No message waits."), "")
    return Light(
        False,
        _("A message waits since %(at)s.") % {"at": words.instant(found.message_at)},
        _("The worker sends it; where it was not taken it is tried again."),
    )


# ── the books ────────────────────────────────────────────────────────────────────────────────────


class Books(NamedTuple):
    """What the last look at the books said."""

    light: Light
    broken: list[str]


def written_books(report: Report, at: datetime, which: str) -> dict[str, object]:
    """The report, to be kept in a session."""
    return {
        "at": format_instant(at),
        "which": which,
        "orders": report.orders,
        "many": len(report.broken),
        "broken": [str(one)[:500] for one in report.broken[:MOST_BROKEN]],
    }


def books(kept: dict[str, object] | None) -> Books | None:
    """The same, read again and in words; None where nobody has looked yet."""
    if kept is None:
        return None
    facts = {
        "orders": kept["orders"],
        "many": kept["many"],
        "at": words.instant(parse_instant(str(kept["at"]))),
    }
    more = {
        "lately": _("Looked at %(orders)s orders written in the last day, on %(at)s.") % facts,
        "all": _("Looked at all %(orders)s orders, on %(at)s.") % facts,
    }[str(kept["which"])]
    broken = kept["broken"]
    lines = [str(one) for one in broken] if isinstance(broken, list) else []
    if kept["many"]:
        said = _("The books do not hold: %(many)s laws are broken, named below.") % facts
        return Books(Light(False, said, more), lines)
    return Books(Light(True, _("The books hold: every law that was looked at."), more), [])


# ── what waits for a person ──────────────────────────────────────────────────────────────────────


class Movement(NamedTuple):
    """Money whose end nobody knows."""

    order: str
    event: int
    position: int
    said: str
    minor: int
    currency: str
    why: str
    do: str
    again: bool
    """It can be sent again."""


MOVED = {"refund": gettext_noop("A refund"), "release": gettext_noop("A payout to the seller")}


def movements(waiting: Iterable[Waiting]) -> list[Movement]:
    return [
        Movement(
            one.order_key,
            one.event,
            one.position,
            _(MOVED[one.kind]),
            one.amount_minor,
            one.currency,
            one.why,
            _todo(one),
            one.state == "sent",
        )
        for one in waiting
    ]


def _todo(one: Waiting) -> str:
    if one.state == "sent":
        return _("Ask the provider. If it never had this movement, send it again; else tell the order how it ended.")
    if one.kind == "release":
        return _("Ask the provider why the payout failed, and pay it out by hand.")
    return _("Ask the provider what became of it, and tell the order how it ended.")


SAID = {
    "sent": gettext_noop("The provider says: taken."),
    "succeeded": gettext_noop("The provider says: arrived."),
    "failed": gettext_noop("The provider says: failed."),
}


class Told(NamedTuple):
    provider: str
    event_id: str
    said: str
    why: str
    came_at: datetime


def told(found: Iterable[SaidAside]) -> list[Told]:
    return [Told(one.provider, one.event_id, _(SAID[one.said]), one.why, one.came_at) for one in found]


# ── keys, policies, regions ──────────────────────────────────────────────────────────────────────


class Key(NamedTuple):
    digest: str
    mark: str
    made_at: datetime
    revoked_at: datetime | None


def keys(found: Iterable[KeyMark]) -> list[Key]:
    return [Key(one.digest, one.digest[:MARK], one.made_at, one.revoked_at) for one in found]


class Leaf(NamedTuple):
    digest: str
    name: str
    version: int
    made_at: datetime
    current: bool


def leaves(pinned: Iterable[Pinned], current: str) -> list[Leaf]:
    """Policies, the one for new orders first."""
    found = [Leaf(one.digest, one.name, one.version, one.made_at, one.digest == current) for one in pinned]
    return sorted(found, key=lambda leaf: not leaf.current)


def countries(codes: Iterable[str]) -> str:
    """Their names in the reader's language."""
    return ", ".join(locale().territories.get(code.upper(), code) for code in codes)
