"""The worker's second thread: messages and letters, so that a mail server which hangs holds no deadline up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from amends.delivery import relay
from amends.orders import upkeep
from amends.orders.upkeep import Beat

from .patience import AWAY, keep_at_it, longer, own_connection
from .tasks import Task, do_all

log = logging.getLogger(__name__)

BEATS_EVERY = timedelta(seconds=5)
LEAVING = 1.5
"""Seconds a worker that was told to stop waits for a letter on its way. Then it goes without: what was not marked as
sent is sent again, under the same Message-ID."""


@contextmanager
def beside(
    worker: str,
    stop: threading.Event,
    tasks: Sequence[Task],
    *,
    real_now: Callable[[], datetime],
    pause: timedelta,
) -> Iterator[None]:
    """Do `tasks` in a thread of their own, on a connection of its own, until `stop` is set; none without tasks.

    `worker` names the worker it belongs to: its beat is that name's (`upkeep.letters_of`). The caller sets `stop`
    before he leaves; the thread is given `LEAVING` seconds then.
    """
    if not tasks:
        yield
        return
    thread = _Letters(upkeep.letters_of(worker), stop, tasks, real_now, pause)
    thread.start()
    try:
        yield
    finally:
        stop.set()  # also where the caller fails: nobody is left behind
        thread.join(LEAVING)
        if thread.is_alive():
            log.warning("A letter was on its way to a mail server that does not answer. It is sent again.")
            _leave(thread.name)


class _Letters(threading.Thread):
    """A daemon: what hangs in a mail server must not keep the process from ending."""

    def __init__(
        self,
        name: str,
        stop: threading.Event,
        tasks: Sequence[Task],
        real_now: Callable[[], datetime],
        pause: timedelta,
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.stop = stop
        self.tasks = tasks
        self.real_now = real_now
        self.pause = pause
        self.started_at = self.beat_at = real_now()

    def run(self) -> None:
        waits = 0.0
        while not self.stop.is_set():
            began = self.real_now()
            try:
                self._work()
            except Exception:
                # The outermost guard: without it the worker would live on, and no letter would ever be sent again.
                waits = longer(0.0 if self.real_now() - began > timedelta(minutes=1) else waits)
                log.exception("The worker's letters broke off; they go on in %s seconds.", waits)
                self.stop.wait(waits)

    def _work(self) -> None:
        """A connection and rounds on it until told to stop. Raises what is no absence of the database."""
        with own_connection():
            keep_at_it(self.stop, self._round, who="The worker's letters", pause=self.pause)
            _leave(self.name)

    def _round(self) -> int:
        now = self.real_now()
        if now >= self.beat_at:
            upkeep.beat(Beat(self.name, self.started_at, now, _late_by(now)))
            self.beat_at = now + BEATS_EVERY
        return do_all(self.tasks, now, self.stop)


def _late_by(now: datetime) -> timedelta:
    """How long the oldest message has waited that some receiver has not taken."""
    since = relay.waits_since()
    return max(now - since, timedelta(0)) if since else timedelta(0)


def _leave(name: str) -> None:
    try:
        upkeep.leave(name)
    except AWAY:
        log.warning("Its beat stays behind: the database is away.")
