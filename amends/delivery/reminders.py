"""Reminders before deadlines, as messages in the outbox: each once, never late, never for a deadline that has moved.

Which there are is the core's (`amends.core.reminders`); the order's row carries when to look. Nothing is locked while
the core thinks: a reminder is written only if the order still stands at the version it was thought out for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core.decide import catch_up
from amends.core.durations import format_instant
from amends.core.reminders import Reminder, after, due, reminders_of
from amends.orders import standing, store, trips
from amends.orders.recording import BrokenHistory

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""Real time."""


class Claimed(NamedTuple):
    marketplace: UUID
    order_key: str
    at: datetime
    """The marketplace's clock."""


def once(now: datetime, *, most: int = 500, marketplace: UUID | None = None) -> int:
    """Write the reminders that are due, of up to `most` orders; how many. `now` is real time, sandboxes have their own.

    Any number of processes may do so at once. Raises OperationalError where the database is away.
    """
    values = {"now": now, "most": most, "m": marketplace, "lease": LEASE}
    rows = trips.in_one_trip(None, _CLAIM, values, role=trips.WORKER, begin=True)
    return sum(_remind(Claimed(*row)) for row in rows)


def topic(reminder: Reminder) -> str:
    """The message's topic, which is also what makes it one: deadline, dispute, the instant it ends, how long before."""
    deadline = reminder.deadline
    dispute = deadline.dispute if deadline.dispute is not None else ""
    before = f"PT{reminder.before // timedelta(seconds=1)}S"
    return f"reminder:{deadline.name}:{dispute}:{format_instant(deadline.at)}:{before}"


def _remind(one: Claimed) -> int:
    try:
        _, stands = standing.load(one.marketplace, one.order_key, store.Wanted(), role=trips.WORKER)
    except BrokenHistory as broken:
        log.error("No reminders for an order whose history is broken: %s", broken)
        _put(one, _GIVE_UP, {})
        return 0
    if stands is None:
        return 0
    order, _ = catch_up(stands.order, one.at)
    reminders = reminders_of(order)
    topics = [topic(reminder) for reminder in due(reminders, one.at)]
    values = {"version": stands.order.version, "next": after(reminders, one.at), "topics": topics}
    return len(_put(one, _WRITE, values))


def _put(one: Claimed, statement: LiteralString, values: Mapping[str, object]) -> Sequence[tuple[object, ...]]:
    of = {"m": one.marketplace, "o": one.order_key}
    return trips.in_one_trip(one.marketplace, statement, {**of, **values}, role=trips.WORKER, begin=True)


_CLAIM: LiteralString = """
WITH picked AS (SELECT one.*, coalesce(m.clock_at, %(now)s::timestamptz) AS at
  FROM marketplace m CROSS JOIN LATERAL (SELECT o.marketplace, o.order_key FROM orders o
    WHERE o.marketplace = m.id AND o.remind_at <= coalesce(m.clock_at, %(now)s::timestamptz)
      AND (o.remind_lease IS NULL OR o.remind_lease < %(now)s)
    ORDER BY o.remind_at LIMIT %(most)s FOR UPDATE SKIP LOCKED) one
  WHERE %(m)s::uuid IS NULL OR m.id = %(m)s::uuid LIMIT %(most)s)
UPDATE orders o SET remind_lease = %(now)s::timestamptz + %(lease)s::interval FROM picked p
WHERE o.marketplace = p.marketplace AND o.order_key = p.order_key
RETURNING o.marketplace, o.order_key, p.at"""
_WRITE: LiteralString = """
WITH still AS (UPDATE orders o SET remind_at = %(next)s, remind_lease = NULL
  WHERE o.marketplace = %(m)s AND o.order_key = %(o)s AND o.version = %(version)s RETURNING 1)
INSERT INTO outbox (marketplace, order_key, event, topic)
SELECT %(m)s, %(o)s, 0, t.topic FROM still, unnest(%(topics)s::text[]) t (topic) ON CONFLICT DO NOTHING RETURNING 1"""
_GIVE_UP: LiteralString = """
UPDATE orders o SET remind_at = NULL, remind_lease = NULL WHERE o.marketplace = %(m)s AND o.order_key = %(o)s"""
