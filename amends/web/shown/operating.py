"""An operator's page in words: is everything in time and in order, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.orders.books_checks import Checked
from amends.orders.operating import KeyMark, Pinned, SaidAside, Timeliness
from amends.orders.upkeep import Beat
from amends.payments.queue import Waiting
from amends.words.reader import locale

SILENT: Final = timedelta(seconds=30)
"""A worker says that it is alive every few seconds; unheard for so long it is gone, or stuck."""
LATE: Final = timedelta(minutes=1)
UNLOOKED: Final = timedelta(hours=26)
"""The daily look is due once a day, and may wait for its turn a while."""
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


def letters(beats: Sequence[Beat], now: datetime) -> Light:
    """Whether somebody tells people what happened, by notice and by letter. `now` is real time."""
    if not beats:
        return Light(False, _("Nobody sends letters and notices."), _("A worker does that: “amends worker”."))
    newest = beats[0]
    facts = {"at": words.instant(newest.round_at), "late": _seconds(newest.late_by)}
    if now - newest.round_at > SILENT:
        said = _("Letters and notices are behind: they were last worked on %(at)s.") % facts
        return Light(False, said, _("The mail server hangs, or the worker is gone. Deadlines do not wait for letters."))
    if newest.late_by > LATE:
        said = _("Letters and notices are behind: the oldest has waited for %(late)s seconds.") % facts
        return Light(False, said, _("Look at the mail server. What it does not take is tried again."))
    return Light(True, _("Letters and notices are in time."), _("Last worked on %(at)s.") % facts)


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


def books(kept: Checked | None, now: datetime) -> Books | None:
    """What it said, in words; None where nobody has looked yet. `now` is real time."""
    if kept is None:
        return None
    facts = {"orders": kept.orders, "many": kept.many, "at": words.instant(kept.at)}
    if kept.whole:
        more = _("Looked at all %(orders)s orders, on %(at)s.") % facts
    else:
        more = _("Looked at %(orders)s orders written in the last day, on %(at)s.") % facts
    if kept.many:
        said = _("The books do not hold: %(many)s laws are broken, named below.") % facts
        return Books(Light(False, said, more), list(kept.broken))
    if now - kept.at > UNLOOKED:
        said = _("Nobody has looked at the books since %(at)s. A worker does it once a day.") % facts
        return Books(Light(False, said, _("Look whether it still runs, or look now.")), [])
    return Books(Light(True, _("The books hold: every law that was looked at."), more), [])


class Market(NamedTuple):
    """Another marketplace this operator looks after."""

    name: str
    sandbox: bool
    here: bool
    """The one whose page this is."""
    address: str
    """Of its page, where this browser sits there already; else empty."""
    place: str
    """Where to ask for a seat there; empty where there is one."""
    good: bool
    books: str
    """What the last look at its books said."""


def market(name: str, sandbox: bool, *, here: bool, address: str, place: str, books: Books | None) -> Market:
    if books is None:
        return Market(name, sandbox, here, address, place, True, _("Nobody has looked at its books yet."))
    return Market(name, sandbox, here, address, place, books.light.good, books.light.said)


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
