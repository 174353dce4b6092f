"""Round after round: deadlines, pauses of regions, payments, reminders; upkeep now and then. Letters go beside it.

Nothing here decides anything, and nothing is lost when it is killed: whatever a round has begun is somebody else's once
its lease is over. Run as many as you like.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from amends.orders import clock, evidence_upkeep, privacy, upkeep, wide
from amends.orders.upkeep import Beat
from amends.vault.faults import Unreachable

from . import letters
from .patience import AWAY, keep_at_it, own_connection
from .tasks import Task, beside_tasks, clock_tasks, do_all, standard_tasks

__all__ = ["AWAY", "Round", "Task", "run", "run_once", "standard_tasks"]

log = logging.getLogger(__name__)

BATCHES = 10
"""So many batches of deadlines before other work has its turn."""
BEATS_EVERY = timedelta(seconds=5)
UPKEEP_EVERY = timedelta(hours=1)


class Round(NamedTuple):
    """What a round did. `late_by`: how late the latest of the real deadlines was that lapsed in it."""

    done: int
    late_by: timedelta


def run(
    stop: threading.Event,
    *,
    real_now: Callable[[], datetime],
    pause: timedelta,
    tasks: Sequence[Task] | None = None,
    beside: Sequence[Task] | None = None,
) -> None:
    """Work until `stop` is set, and then stop within two seconds; `pause` between rounds that found nothing to do.

    A database that is away is waited for. `tasks` are what is done after the deadlines, `beside` what a thread of its
    own does, because it may have to wait for a mail server or take long; by default all there is, and no thread where
    that is empty.
    """
    name = f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"
    sent = beside_tasks(stop) if beside is None else beside
    with own_connection(), letters.beside(name, stop, sent, real_now=real_now, pause=pause):
        worker = _Worker(name, real_now(), clock_tasks() if tasks is None else tasks)
        log.info("Worker %s is at work.", name)
        keep_at_it(stop, lambda: worker.round(real_now(), stop).done, who="The worker", pause=pause)
        worker.leave()


def run_once(real_now: datetime, *, tasks: Sequence[Task] | None = None) -> Round:
    """One round in this thread, letters among it, and nothing said about who did it.

    Raises what `AWAY` names where the database is away.
    """
    return _round(real_now, standard_tasks() if tasks is None else tasks, threading.Event())


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
    first = (Task("deadlines", deadlines.lapse), Task("pauses of regions", wide.follow_up))
    return Round(do_all((*first, *tasks), now, stop), deadlines.late_by)


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
