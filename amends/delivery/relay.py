"""The outbox's way out: each message to every receiver, at least once, those of one order one after the other.

Whoever holds the first waiting message of an order holds the order: its later ones wait for it. What cannot be
delivered is tried again, later and later, and in the end set aside and reported, so that the rest goes on.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.orders import trips

from .receivers import Log, Message, Receiver, Undelivered

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""Real time: it must outlast a batch."""
MOST_ATTEMPTS = 12
"""With the pauses between them, about six hours; then a message is set aside."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
MOST_OF_AN_ORDER = 100


class Failed(NamedTuple):
    message: Message
    attempts: int
    why: str


def _never() -> bool:
    return False


def once(
    now: datetime,
    *,
    most: int = 500,
    marketplace: UUID | None = None,
    receivers: Sequence[Receiver] = (Log(),),
    enough: Callable[[], bool] = _never,
) -> int:
    """Deliver what waits, of up to `most` orders; how many messages every receiver has taken. `now` is real time.

    Any number of processes may do so at once. Once it is `enough`, asked before each message, the rest is given back.
    Raises OperationalError where the database is away; what was not marked as done then comes once more when its
    lease is over.
    """
    done: list[Message] = []
    failed: list[Failed] = []
    left: list[Message] = []
    for _, messages in groupby(
        _claimed(now, most, marketplace), key=lambda one: (one[0].marketplace, one[0].order_key)
    ):
        for message, attempts in messages:
            if enough():
                left.append(message)
                continue
            why = _delivered(message, receivers)
            if why:
                failed.append(Failed(message, attempts + 1, why))
                break  # its order waits for it
            done.append(message)
    _put(_DONE, done, {})
    for one in failed:
        _put_off(one, now)
    _put(_GIVEN_BACK, left, {"until": now + LEASE})
    return len(done)


def waits_since() -> datetime | None:
    """Since when the oldest message of any marketplace waits, in real time; None where none does."""
    statement = "SELECT min(written_at) FROM outbox WHERE done_at IS NULL AND set_aside IS NULL"
    since: datetime | None = trips.in_one_trip(None, statement, {}, role=trips.WORKER, begin=False)[0][0]
    return since


def _delivered(message: Message, receivers: Sequence[Receiver]) -> str:
    """Hand a message to everybody; why it was not taken, "" when it was."""
    for receiver in receivers:
        try:
            receiver.receive(message)
        except Undelivered as why:
            return f"{receiver.name}: {why}"
        except Exception as fault:  # (a receiver's own bug may stop its message, never the others)
            log.exception("Receiver %s broke on message %s", receiver.name, message.id)
            return f"{receiver.name}: {type(fault).__name__}"
    return ""


def _claimed(now: datetime, most: int, marketplace: UUID | None) -> Iterator[tuple[Message, int]]:
    """Messages with how often they were tried, order by order, by number."""
    values = {"now": now, "most": most, "m": marketplace, "lease": LEASE, "of_an_order": MOST_OF_AN_ORDER}
    rows = trips.in_one_trip(None, _CLAIM, values, role=trips.WORKER, begin=True)
    for *message, attempts in sorted(rows, key=lambda row: row[:4]):
        yield Message(*message), attempts


def _put_off(one: Failed, now: datetime) -> None:
    if one.attempts >= MOST_ATTEMPTS:
        why = f"not taken in {one.attempts} attempts; the last time: {one.why}"
        log.error("Message %s is set aside: %s", one.message.id, why)
        _put(_SET_ASIDE, [one.message], {"why": why})
        return
    pause = min(FIRST_PAUSE * 2 ** (one.attempts - 1), LONGEST_PAUSE)
    log.warning("Message %s was not taken (attempt %s): %s", one.message.id, one.attempts, one.why)
    _put(_LATER, [one.message], {"until": now + pause})


def _put(statement: LiteralString, messages: Sequence[Message], values: dict[str, Any]) -> None:
    if not messages:
        return
    which = {
        "ms": [one.marketplace for one in messages],
        "os": [one.order_key for one in messages],
        "es": [one.event for one in messages],
        "ts": [one.topic for one in messages],
    }
    trips.in_one_trip(None, statement, {**which, **values}, role=trips.WORKER, begin=True)


_CLAIM: LiteralString = """
WITH heads AS (SELECT o.marketplace, o.order_key, o.event FROM outbox o
  WHERE o.done_at IS NULL AND o.set_aside IS NULL AND (o.lease_until IS NULL OR o.lease_until < %(now)s)
    AND (%(m)s::uuid IS NULL OR o.marketplace = %(m)s)
    AND NOT EXISTS (SELECT FROM outbox p WHERE p.marketplace = o.marketplace AND p.order_key = o.order_key
      AND p.done_at IS NULL AND p.set_aside IS NULL AND (p.event, p.topic) < (o.event, o.topic))
  ORDER BY o.written_at LIMIT %(most)s FOR UPDATE SKIP LOCKED),
claimed AS (UPDATE outbox o SET lease_until = %(now)s::timestamptz + %(lease)s::interval FROM heads h
  WHERE o.marketplace = h.marketplace AND o.order_key = h.order_key AND o.done_at IS NULL AND o.set_aside IS NULL
    AND o.event < h.event + %(of_an_order)s
  RETURNING o.marketplace, o.order_key, o.event, o.topic, o.attempts)
SELECT c.marketplace, c.order_key, c.event, c.topic, coalesce(e.type, ''), e.at, c.attempts
FROM claimed c
LEFT JOIN event e ON e.marketplace = c.marketplace AND e.order_key = c.order_key AND e.number = c.event"""
_THESE: LiteralString = """FROM unnest(%(ms)s::uuid[], %(os)s::text[], %(es)s::int[], %(ts)s::text[]) k (m, o, e, t)
WHERE b.marketplace = k.m AND b.order_key = k.o AND b.event = k.e AND b.topic = k.t"""
_DONE: LiteralString = "UPDATE outbox b SET done_at = now(), attempts = b.attempts + 1, lease_until = NULL " + _THESE
_SET_ASIDE: LiteralString = (
    "UPDATE outbox b SET set_aside = %(why)s, attempts = b.attempts + 1, lease_until = NULL " + _THESE
)
_LATER: LiteralString = "UPDATE outbox b SET attempts = b.attempts + 1, lease_until = %(until)s " + _THESE
_GIVEN_BACK: LiteralString = (  # unless the lease was over, and somebody else has taken it since
    "UPDATE outbox b SET lease_until = NULL " + _THESE + " AND b.lease_until = %(until)s AND b.done_at IS NULL"
)
