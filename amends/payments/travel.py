"""Moving a sandbox's clock with its provider at work: what he would have answered on the way, he answers on the way.

The clock alone lets deadlines lapse (`orders.clock.advance`). With a provider that answers after a delay, one long
jump would ring alarms about refunds that had long arrived; so the clock stops wherever something is due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from amends.orders import clock, trips

from . import work

MOST_STOPS = 500
"""Then the rest is one jump: a book of thousands of orders is moved by hand, not watched."""
MOMENT = timedelta(microseconds=1)
"""A deadline lapses strictly after its instant."""


def advance(marketplace: UUID, to: datetime, *, now: datetime) -> datetime:
    """Move the clock to `to`, stopping where a deadline lapses or the provider answers. `now` is real time, for leases.

    Raises what `orders.clock.advance` raises.
    """
    for _ in range(MOST_STOPS):
        _settled(marketplace, now)
        stop = _next_stop(marketplace, to)
        if stop is None:
            break
        clock.advance(marketplace, stop)
    reached = clock.advance(marketplace, to)
    _settled(marketplace, now)
    return reached


def _settled(marketplace: UUID, now: datetime) -> None:
    while any(work.once(now, marketplace=marketplace)):
        continue


def _next_stop(marketplace: UUID, to: datetime) -> datetime | None:
    """The next instant before `to` at which something happens by itself; None where nothing does, or nobody answers."""
    rows = trips.in_one_trip(
        marketplace,
        """SELECT least(
            (SELECT min(o.due_at) + %(moment)s FROM orders o
              WHERE o.marketplace = m.id AND o.due_at >= m.clock_at AND o.set_aside IS NULL),
            (SELECT min(v.answers_at) FROM amends_sandbox.movement v
              WHERE v.marketplace = m.id AND v.told_at IS NULL AND v.answers_at > m.clock_at))
        FROM marketplace m WHERE m.id = %(m)s AND m.provider <> 'silent' AND m.clock_at < %(to)s""",
        {"m": marketplace, "to": to, "moment": MOMENT},
        role=trips.WORKER,
        begin=False,
    )
    stop: datetime | None = rows[0][0] if rows else None
    return stop if stop is not None and stop < to else None


def next_deadline(marketplace: UUID, now: datetime) -> datetime | None:
    """The first instant at or after `now`, by the marketplace's clock, at which an order of it waits for somebody."""
    rows = trips.in_one_trip(
        marketplace,
        "SELECT min(due_at) FROM orders WHERE marketplace = %(m)s AND due_at >= %(now)s AND set_aside IS NULL",
        {"m": marketplace, "now": now},
        begin=False,
    )
    at: datetime | None = rows[0][0]
    return at
