"""What the last look at each marketplace's books said, and whose daily look is due. All of it is in real time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from . import trips
from .verify import Report

EVERY: Final = timedelta(days=1)
AGAIN: Final = timedelta(hours=1)
"""Whoever began a look and has not written what it said in this time is gone; another begins."""
MOST_BROKEN: Final = 20
MOST_LINE: Final = 500


class Checked(NamedTuple):
    """`whole`: all orders were looked at, else those of the day before. `broken`: the first of `many` lines."""

    at: datetime
    whole: bool
    orders: int
    many: int
    broken: tuple[str, ...]


def last(marketplace: UUID) -> Checked | None:
    """None where nobody has looked yet."""
    rows = trips.in_one_trip(
        marketplace,
        """SELECT checked_at, whole, orders, many, broken FROM books_check
        WHERE marketplace = %(m)s AND checked_at IS NOT NULL""",
        {"m": marketplace},
        begin=False,
    )
    if not rows:
        return None
    ((at, whole, orders, many, broken),) = rows
    return Checked(at, whole, orders, many, tuple(broken))


def keep(marketplace: UUID, report: Report, *, whole: bool, at: datetime) -> None:
    """Write down what a look that ended at `at` said, in the place of the one before."""
    trips.in_one_trip(
        None,
        """INSERT INTO books_check (marketplace, begun_at, checked_at, whole, orders, many, broken)
        VALUES (%(m)s, %(at)s, %(at)s, %(whole)s, %(orders)s, %(many)s, %(broken)s::text[])
        ON CONFLICT (marketplace) DO UPDATE SET begun_at = excluded.begun_at, checked_at = excluded.checked_at,
          whole = excluded.whole, orders = excluded.orders, many = excluded.many, broken = excluded.broken
        RETURNING 1""",
        {
            "m": marketplace,
            "at": at,
            "whole": whole,
            "orders": report.orders,
            "many": len(report.broken),
            "broken": [str(one)[:MOST_LINE] for one in report.broken[:MOST_BROKEN]],
        },
        role=trips.WORKER,
        begin=True,
    )


def begin(now: datetime) -> UUID | None:
    """Take the look that is due longest; None where none is. Nobody else gets it while it may be under way."""
    rows = trips.in_one_trip(
        None,
        """INSERT INTO books_check AS b (marketplace, begun_at)
        SELECT m.id, %(now)s FROM marketplace m LEFT JOIN books_check c ON c.marketplace = m.id
        WHERE c.marketplace IS NULL OR (c.begun_at <= %(now)s - %(again)s::interval
          AND (c.checked_at IS NULL OR c.checked_at <= %(now)s - %(every)s::interval))
        ORDER BY c.checked_at NULLS FIRST, m.id LIMIT 1
        ON CONFLICT (marketplace) DO UPDATE SET begun_at = excluded.begun_at
          WHERE b.begun_at <= %(now)s - %(again)s::interval
        RETURNING marketplace""",
        {"now": now, "again": AGAIN, "every": EVERY},
        role=trips.WORKER,
        begin=True,
    )
    return rows[0][0] if rows else None
