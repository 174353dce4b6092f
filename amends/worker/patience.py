"""What each thread of a worker needs: a connection of its own, and patience with a database that is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
from django import db

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0
"""Seconds between looks for a database that is away, doubled each time."""
PATIENCE = {"connect_timeout": 2}
"""Seconds: told to stop, a worker stops within two."""

AWAY = (psycopg.OperationalError, psycopg.InterfaceError, db.OperationalError, db.InterfaceError)


@contextmanager
def own_connection() -> Iterator[None]:
    """One connection for this thread. A pool would hand out one dead connection after the other when the database
    comes back, and wait ever longer before it asks for a new one."""
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


def keep_at_it(stop: threading.Event, work: Callable[[], int], *, who: str, pause: timedelta) -> None:
    """Do `work` again and again until `stop` is set, with a `pause` after each time that found nothing to do.

    `work` answers with how much there was. A database that is away is waited for; that is said once, in the name
    of `who`, and so is that it is back.
    """
    waits = 0.0
    while not stop.is_set():
        try:
            found = work()
        except AWAY as error:
            if not waits:
                log.error("The database is away (%s). %s waits for it, and goes on by itself.", _short(error), who)
            waits = longer(waits)
            db.connection.close()
            stop.wait(waits)
            continue
        if waits:
            log.warning("The database is back. %s goes on.", who)
            waits = 0.0
        if not found:
            stop.wait(pause.total_seconds())


def longer(waits: float) -> float:
    """The next of the waits, in seconds."""
    return min(waits * 2 or FIRST_WAIT, LONGEST_WAIT)


def _short(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
