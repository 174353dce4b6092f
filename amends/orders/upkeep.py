"""Upkeep of the tables, and the pulse of the workers: what no order asks for. All of it is in real time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple

from . import trips
from .receipt_statements import OVER

KEYS_KEPT = timedelta(days=30)
"""How long an act can be sent again under its key, and get the same answer."""
AT_ONCE = 5_000
GONE = timedelta(days=1)
"""A worker that was not heard of for so long is no worker any more."""
_LETTERS = " letters"


class Pruned(NamedTuple):
    """Rows thrown away. `more`: there was more than is taken at once."""

    answers: int
    messages: int
    more: bool


def prune(now: datetime, *, messages_kept: timedelta, most: int = AT_ONCE) -> Pruned:
    """Throw away answers whose key is over, and delivered messages older than `messages_kept`; `most` of each.

    Each marketplace notes from when its messages are whole, which is what the check of the books goes by.
    """
    answers = _count(_ANSWERS, {"before": now - KEYS_KEPT, "most": most})
    messages = _count(_MESSAGES, {"before": now - messages_kept, "most": most})
    _count(_SILENT, {"before": now - GONE})
    _count(OVER, {})
    return Pruned(answers, messages, most in (answers, messages))


class Beat(NamedTuple):
    """A worker: since when it runs, its last round, and how late the latest deadline was that it let lapse in it.

    A worker's letters have a beat of their own: there `late_by` is how long the oldest of all messages has waited.
    """

    worker: str
    started_at: datetime
    round_at: datetime
    late_by: timedelta


def beat(pulse: Beat) -> None:
    """Say that a worker is alive."""
    trips.in_one_trip(None, _BEAT, pulse._asdict(), role=trips.WORKER, begin=True)


def leave(worker: str) -> None:
    """Say that a worker has stopped because it was told to."""
    trips.in_one_trip(
        None, "DELETE FROM worker_beat WHERE worker = %(worker)s", {"worker": worker}, role=trips.WORKER, begin=True
    )


def letters_of(worker: str) -> str:
    """The name under which a worker's letters have their beat."""
    return f"{worker}{_LETTERS}"


def beats(*, letters: bool = False) -> list[Beat]:
    """The workers there are, the one heard of last first; or, in their stead, their letters."""
    statement = "SELECT worker, started_at, round_at, late_by FROM worker_beat ORDER BY round_at DESC"
    found = [Beat(*row) for row in trips.in_one_trip(None, statement, {}, begin=False)]
    return [one for one in found if one.worker.endswith(_LETTERS) == letters]


def _count(statement: LiteralString, values: dict[str, Any]) -> int:
    return int(trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=True)[0][0])


_ANSWERS: LiteralString = """
WITH old AS MATERIALIZED (SELECT marketplace, order_key, caller, key FROM idempotency
    WHERE written_at < %(before)s LIMIT %(most)s),
gone AS (DELETE FROM idempotency i USING old o WHERE i.marketplace = o.marketplace AND i.order_key = o.order_key
    AND i.caller = o.caller AND i.key = o.key RETURNING 1)
SELECT count(*) FROM gone"""
_MESSAGES: LiteralString = """
WITH old AS MATERIALIZED (SELECT marketplace, order_key, event, topic FROM outbox
    WHERE written_at < %(before)s AND done_at IS NOT NULL LIMIT %(most)s),
noted AS (UPDATE marketplace SET messages_from = %(before)s
    WHERE id IN (SELECT marketplace FROM old) AND (messages_from IS NULL OR messages_from < %(before)s)),
gone AS (DELETE FROM outbox t USING old o WHERE t.marketplace = o.marketplace AND t.order_key = o.order_key
    AND t.event = o.event AND t.topic = o.topic RETURNING 1)
SELECT count(*) FROM gone"""
_SILENT: LiteralString = """
WITH gone AS (DELETE FROM worker_beat WHERE round_at < %(before)s RETURNING 1) SELECT count(*) FROM gone"""
_BEAT: LiteralString = """
INSERT INTO worker_beat (worker, started_at, round_at, late_by)
VALUES (%(worker)s, %(started_at)s, %(round_at)s, %(late_by)s)
ON CONFLICT (worker) DO UPDATE SET round_at = excluded.round_at, late_by = excluded.late_by"""
