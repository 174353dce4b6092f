"""Round after round: deadlines, pauses of regions, payments, messages, reminders; upkeep now and then.

Nothing here decides anything, and nothing is lost when it is killed: whatever a round has begun is somebody else's once
its lease is over. Run as many as you like.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
from django import db
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from amends.delivery import mail, relay, reminders
from amends.delivery.mail import Mail
from amends.delivery.notices import Notices
from amends.delivery.receivers import Log
from amends.orders import clock, evidence_upkeep, privacy, upkeep, wide
from amends.orders.upkeep import Beat
from amends.payments import work
from amends.vault.faults import Unreachable

log = logging.getLogger(__name__)

BATCHES = 10
"""So many batches of deadlines before other work has its turn."""
LETTERS = 100
"""So many orders' messages a round: letters take their time, and a lease must outlast them."""
BEATS_EVERY = timedelta(seconds=5)
UPKEEP_EVERY = timedelta(hours=1)
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0
"""Seconds between looks for a database that is away, doubled each time."""
PATIENCE = {"connect_timeout": 2}
"""Seconds: told to stop, a worker stops within two."""

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, db.OperationalError, db.InterfaceError)


class Task(NamedTuple):
    """Something done in each round: told the real time, it answers with how much there was to do."""

    name: str
    do: Callable[[datetime], int]


class Round(NamedTuple):
    """What a round did. `late_by`: how late the latest of the real deadlines was that lapsed in it."""

    done: int
    late_by: timedelta


def run(
    stop: threading.Event, *, real_now: Callable[[], datetime], pause: timedelta, tasks: Sequence[Task] | None = None
) -> None:
    """Work until `stop` is set, and then stop within two seconds; `pause` between rounds that found nothing to do.

    A database that is away is waited for. `tasks` are what is done beside the deadlines; by default all there is.
    """
    with _own_connection():
        _run(stop, real_now, pause, standard_tasks() if tasks is None else tasks)


def run_once(real_now: datetime, *, tasks: Sequence[Task] | None = None) -> Round:
    """One round, and nothing said about who did it. Raises what `AWAY` names where the database is away."""
    return _round(real_now, standard_tasks() if tasks is None else tasks, threading.Event())


def standard_tasks() -> tuple[Task, ...]:
    """Payments and messages, in the order in which one makes work for the next."""
    return (
        Task("payments", _payments),
        Task("messages", _messages),
        Task("reminders", reminders.once),
        Task("daily letters", mail.digests),
    )


def _messages(now: datetime) -> int:
    """To the log, to the pages, and by letter to whoever wants one: in this order, as a letter tells what was noted."""
    return relay.once(now, most=LETTERS, receivers=(Log(), Notices(now), Mail(now)))


def _payments(now: datetime) -> int:
    worked = work.once(now)
    return worked.sent + worked.answered


def _run(stop: threading.Event, real_now: Callable[[], datetime], pause: timedelta, tasks: Sequence[Task]) -> None:
    worker = _Worker(f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}", real_now(), tasks)
    log.info("Worker %s is at work.", worker.name)
    waits = 0.0
    while not stop.is_set():
        try:
            found = worker.round(real_now(), stop)
        except AWAY as error:
            if not waits:
                log.error("The database is away (%s). The worker waits for it, and goes on by itself.", _short(error))
            waits = min(waits * 2 or FIRST_WAIT, LONGEST_WAIT)
            db.connection.close()
            stop.wait(waits)
            continue
        if waits:
            log.warning("The database is back. The worker goes on.")
            waits = 0.0
        if not found.done:
            stop.wait(pause.total_seconds())
    worker.leave()


@contextmanager
def _own_connection() -> Iterator[None]:
    """A worker is one thread, so it has one connection. A pool would hand out one dead connection after the other when
    the database comes back, and wait ever longer before it asks for a new one."""
    pooled = db.connections[db.DEFAULT_DB_ALIAS]
    settings_of_one = {**pooled.settings_dict, "OPTIONS": {**pooled.settings_dict["OPTIONS"], **PATIENCE}}
    settings_of_one["OPTIONS"].pop("pool", None)
    own = type(pooled)(settings_of_one, db.DEFAULT_DB_ALIAS)
    db.connections[db.DEFAULT_DB_ALIAS] = own
    try:
        yield
    finally:
        own.close()
        db.connections[db.DEFAULT_DB_ALIAS] = pooled


# ── one round ────────────────────────────────────────────────────────────────────────────────────


class _Worker:
    """One process at work: says that it is alive, and does upkeep when that is due."""

    def __init__(self, name: str, started_at: datetime, tasks: Sequence[Task]) -> None:
        self.name = name
        self.started_at = started_at
        self.tasks = (*tasks, Task("upkeep", self._upkeep))
        self.beat_at = self.upkeep_at = started_at
        self.late_by = timedelta(0)

    def round(self, now: datetime, stop: threading.Event) -> Round:
        found = _round(now, self.tasks, stop)
        self.late_by = max(self.late_by, found.late_by)
        if now >= self.beat_at:
            upkeep.beat(Beat(self.name, self.started_at, now, self.late_by))
            self.beat_at, self.late_by = now + BEATS_EVERY, timedelta(0)
        return found

    def _upkeep(self, now: datetime) -> int:
        if now < self.upkeep_at:
            return 0
        pruned = upkeep.prune(now, messages_kept=timedelta(days=settings.KEEP_MESSAGES_DAYS))
        expired = privacy.expire(now)
        if not pruned.more and not expired.more:
            self.upkeep_at = now + UPKEEP_EVERY
            _sweep_evidence(now)
            SessionStore.clear_expired()  # they name people, and nobody needs them any more
        return pruned.answers + pruned.messages + expired.orders

    def leave(self) -> None:
        try:
            upkeep.leave(self.name)
        except AWAY:
            log.warning("Worker %s stops while the database is away.", self.name)
        else:
            log.info("Worker %s has stopped.", self.name)


def _sweep_evidence(now: datetime) -> None:
    """On machines that keep files: what never became evidence, and what nothing refers to, is thrown away."""
    if not settings.AMENDS_FILES:
        return
    try:
        swept = evidence_upkeep.sweep(now)
    except Unreachable as fault:
        log.warning("The evidence was not swept: %s", fault)
        return
    if any(swept):
        log.info("Evidence swept: %s", swept)


def _round(now: datetime, tasks: Iterable[Task], stop: threading.Event) -> Round:
    deadlines = _Deadlines(stop)
    done = 0
    for task in (Task("deadlines", deadlines.lapse), Task("pauses of regions", wide.follow_up), *tasks):
        if stop.is_set():
            break
        try:
            done += task.do(now)
        except AWAY:
            raise
        except Exception:
            # The outermost guard: a fault in one kind of work must not stop the others, least of all the clocks.
            log.exception("This round's %s failed; they are tried again in the next one.", task.name)
    return Round(done, deadlines.late_by)


class _Deadlines:
    """Some batches of a sweep; keeps how late the latest of them was."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop
        self.late_by = timedelta(0)

    def lapse(self, now: datetime) -> int:
        done = 0
        for _ in range(BATCHES):
            swept = clock.sweep(now)
            done += swept.taken
            self.late_by = max(self.late_by, swept.late_by)
            if not swept.taken or self.stop.is_set():
                break
        return done


def _short(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
