"""Reading what a seller's record is made of: one trip for the facts of his disputed orders, one for how many he has.

Facts are what happened and is written; a deadline that lapsed a moment ago joins them when the worker has written it.
What counts is `reckoning`'s to say.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from .reckoning import TELLING, Fact, Record, record, told
from .recording import read
from .trips import in_one_trip

RECENT = timedelta(days=90)
"""The time a record is first told of; the other one is all of it."""
MOST = 1000
"""Disputed orders that are read, the newest first. Of a seller with more, all of it ends where reading did."""


class Records(NamedTuple):
    """A seller's record of the last 90 days, and of all; and the facts both are made of, the newest orders first."""

    recent: Record
    all: Record
    facts: tuple[Fact, ...]
    recent_since: datetime

    def of_time(self, placed_at: datetime) -> bool:
        """Whether an order placed then is in the recent record."""
        return placed_at > self.recent_since


def records(marketplace: UUID, seller: str, *, now: datetime, most: int = MOST) -> Records:
    """The record of a seller by the marketplace's own name for him; all zero for one who never sold.

    It is of orders by when they were placed: a dispute opened later still belongs to its order's time.
    """
    rows = in_one_trip(marketplace, _FACTS, {**_about(marketplace, seller), "most": most}, begin=False)
    stopped = rows[-1][1] if len(rows) == most else None
    recent = now - RECENT if stopped is None else max(now - RECENT, stopped)
    (counted,) = in_one_trip(
        marketplace, _COUNTS, {**_about(marketplace, seller), "recent": recent, "since": stopped}, begin=False
    )
    found = [(placed_at, told(order_key, read(bodies.split("\n"), {}))) for order_key, placed_at, bodies in rows]
    facts = tuple(fact for _, of_order in found for fact in of_order)
    lately = [fact for placed_at, of_order in found if placed_at > recent for fact in of_order]
    return Records(
        record(counted[0], lately, since=recent, whole=recent == now - RECENT),
        record(counted[1], facts, since=stopped, whole=stopped is None),
        facts,
        recent,
    )


def _about(marketplace: UUID, seller: str) -> dict[str, object]:
    return {"m": marketplace, "seller": seller, "telling": [kind.__name__ for kind in TELLING]}


_FACTS: LiteralString = """SELECT o.order_key, o.placed_at, (SELECT string_agg(e.body, E'\\n' ORDER BY e.number)
    FROM event e WHERE e.marketplace = %(m)s AND e.order_key = o.order_key AND e.type = ANY(%(telling)s::text[]))
  FROM orders o WHERE o.marketplace = %(m)s AND o.seller = %(seller)s AND cardinality(o.opened_at) > 0
    AND o.status <> 'cancelled' ORDER BY o.placed_at DESC, o.order_key LIMIT %(most)s::int"""
_COUNTS: LiteralString = """SELECT count(*) FILTER (WHERE placed_at > %(recent)s), count(*) FROM orders
  WHERE marketplace = %(m)s AND seller = %(seller)s AND status <> 'cancelled'
    AND (%(since)s::timestamptz IS NULL OR placed_at >= %(since)s)"""
