"""The statements of the sweep: claim a batch, load all of it, write all of it; each one trip, whatever its size.

The write is the single order's write of `statements.py`, for many orders that do not depend on each other.
"""

# ruff: noqa: S608 (statements are put together from this package's constants; values travel beside them)

from __future__ import annotations

from typing import LiteralString

from . import intent_statements, statements
from .receipt_statements import OF_ORDER, ON_ITS_WAY

_FREE: LiteralString = "o.set_aside IS NULL AND (o.lease_until IS NULL OR o.lease_until < now())"

CLAIM: LiteralString = f"""
WITH due AS MATERIALIZED (
  SELECT m.id, coalesce(m.clock_at, %(now)s::timestamptz) AS at, m.clock_at IS NULL AS real
  FROM marketplace m CROSS JOIN LATERAL (SELECT 1 FROM orders o
    WHERE o.marketplace = m.id AND o.due_at < coalesce(m.clock_at, %(now)s::timestamptz) AND {_FREE}
    ORDER BY o.marketplace, o.due_at LIMIT 1) any_order
  WHERE %(m)s::uuid IS NULL OR m.id = %(m)s::uuid
  ORDER BY random() LIMIT %(most)s),
picked AS MATERIALIZED (SELECT one.*, due.at, due.real FROM due CROSS JOIN LATERAL (
  SELECT o.marketplace, o.order_key FROM orders o
  WHERE o.marketplace = due.id AND o.due_at < due.at AND {_FREE}
  ORDER BY o.marketplace, o.due_at
  LIMIT (SELECT greatest(1, %(most)s::int / count(*)) FROM due) FOR UPDATE SKIP LOCKED) one)
UPDATE orders o SET lease_until = now() + %(lease)s::interval FROM picked p
WHERE o.marketplace = p.marketplace AND o.order_key = p.order_key
RETURNING o.marketplace, o.order_key, p.at, p.real"""
"""Leases orders that are due by their marketplace's own clock, the longest overdue of each first.

Marketplaces share a batch evenly, and which of them come first, where there are more than places, is chance: so a
backlog in one starves no other. A deadline lapses after its last instant, therefore due is what lies before now.
"""

LOAD: LiteralString = f"""
SELECT o.marketplace, o.order_key, o.version, o.head, o.policy_digest, o.due_at,
  (SELECT string_agg(e.body, E'\\n') FROM (SELECT body FROM event
    WHERE marketplace = o.marketplace AND order_key = o.order_key ORDER BY number) e),
  {OF_ORDER}
FROM unnest(%(marketplaces)s::uuid[], %(orders)s::text[]) k (m, o_key)
JOIN orders o ON o.marketplace = k.m AND o.order_key = k.o_key"""
"""Row and events of each order as of one instant; line breaks part the bodies, which have none."""

_OF_EACH: LiteralString = "FROM guard JOIN act USING (marketplace, order_key),"


def _each(part: LiteralString) -> LiteralString:
    """A part of the single order's write for every order that passed its guard."""
    return part.replace("FROM guard, act,", _OF_EACH)


_ACTS: LiteralString = statements.ACT.replace(
    "json_to_record(%(act)s::json) a (", "json_to_recordset(%(acts)s::json) a (marketplace uuid, order_key text,"
)
WRITE: LiteralString = f"""
WITH {_ACTS},
guard AS ({statements.UPDATE} FROM act
  WHERE orders.marketplace = act.marketplace AND orders.order_key = act.order_key AND orders.version = act.before
  RETURNING orders.marketplace, orders.order_key),
{_each(statements.EVENTS)},
{_each(statements.JOURNAL)},
{_each(intent_statements.INTENTS)}
SELECT marketplace, order_key FROM guard"""
"""Each order by its own version; one that has moved on is left as it is. Answers with those it wrote."""

SET_ASIDE: LiteralString = """
UPDATE orders SET set_aside = %(why)s, lease_until = NULL
WHERE marketplace = %(m)s AND order_key = %(o)s AND version = %(version)s RETURNING 1"""

STILL_DUE: LiteralString = f"""
SELECT EXISTS (SELECT FROM orders o JOIN marketplace m ON m.id = o.marketplace
  WHERE o.marketplace = %(m)s AND o.due_at < m.clock_at AND o.set_aside IS NULL AND NOT {ON_ITS_WAY})"""
"""What others are about to write. Orders that something is on its way to are not waited for: the sweep has them."""

LEFT: LiteralString = """
UPDATE orders o SET lease_until = NULL FROM marketplace m
WHERE o.marketplace = %(m)s AND m.id = o.marketplace AND o.due_at < m.clock_at AND o.lease_until IS NOT NULL"""
"""What was left waiting is looked at again at once when the clock is moved on."""

LAST_INSTANT: LiteralString = """
SELECT o.order_key FROM orders o JOIN marketplace m ON m.id = o.marketplace
WHERE o.marketplace = %(m)s AND o.due_at = m.clock_at AND o.set_aside IS NULL"""
"""Orders whose clock stands at the very instant of a deadline: some policies let that be too late already."""

SET_CLOCK: LiteralString = """
UPDATE marketplace m SET clock_at = %(to)s
WHERE m.id = %(m)s AND m.sandbox AND (m.clock_at <= %(to)s OR (m.clock_at IS NULL
  AND NOT EXISTS (SELECT FROM event e WHERE e.marketplace = m.id AND e.at > %(to)s)))
RETURNING 1"""
"""Forward only, and the first time not to before what has happened already."""
