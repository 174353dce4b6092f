"""The clock as a party: what happens because nobody did anything.

A sweep is one batch of orders whose deadlines are over, from the lease to the one statement that writes them all; any
number of processes may sweep at once. A sandbox has a clock of its own, which somebody moves.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core.refusals import Refused
from amends.core.rules.ordering import malformed
from amends.core.vocabulary import RefusalCode

from . import batches, trips, wide
from . import sweep_statements as sql
from .handle import bring_up
from .store import NoMarketplace

log = logging.getLogger(__name__)

BATCH = 500
OTHERS_AT_IT, OTHERS_DONE = 0.02, 1.0
"""Seconds between two looks at orders another process has leased, and how long they are looked at in all."""


class SetAside(NamedTuple):
    """An order no sweep touches any more, and why; an act on it that succeeds takes it back."""

    marketplace: UUID
    order_key: str
    why: str


class Swept(NamedTuple):
    """What came of one batch. Call again until `taken` is 0."""

    taken: int
    """Orders leased. Those that were neither moved nor set aside had a stale hint, or somebody was first."""
    moved: int
    """Orders on which something lapsed."""
    set_aside: tuple[SetAside, ...]
    late_by: timedelta
    """How long the longest overdue of them had waited, where the clock is the real one."""


def sweep(now: datetime, *, most: int = BATCH, marketplace: UUID | None = None) -> Swept:
    """Let the deadlines of up to `most` orders lapse that are over at `now`, or at their own sandbox's clock.

    Each is dated at its own instant. Running it twice changes nothing. An order whose history is broken, or that the
    core or the database cannot take, is set aside and reported alone. Raises OperationalError (Django's or psycopg's)
    where the database is away; what was claimed is then free again when its lease is over.
    """
    claimed = batches.claim(now, most=most, marketplace=marketplace)
    if not claimed:
        return Swept(0, 0, (), timedelta(0))
    orders = batches.load(claimed)
    lapsed, faults = batches.lapse(orders)
    written, refused = batches.write(lapsed)
    moved = sum(one.due.claimed.place in written for one in lapsed if one.moved)
    moved += sum(_alone(one.due.claimed) for one in lapsed if one.change is None and not one.waits)
    aside = tuple(_set_aside(fault) for fault in faults + refused if batches.set_aside(fault))
    late = [one.claimed.at - one.due_at for one in orders if one.claimed.real and one.due_at is not None]
    return Swept(len(claimed), moved, aside, max(late, default=timedelta(0)))


def _alone(one: batches.Claimed) -> bool:
    return bring_up(one.marketplace, one.order_key, now=one.at) is not None


def _set_aside(fault: batches.Fault) -> SetAside:
    one = fault.due.claimed
    log.error(
        "Order %s of marketplace %s is set aside, its deadlines no longer lapse by themselves: %s",
        *(one.order_key, one.marketplace, fault.why),
        exc_info=fault.error,
    )
    return SetAside(one.marketplace, one.order_key, fault.why)


# ── clocks of sandboxes ──────────────────────────────────────────────────────────────────────────


class _Standing(NamedTuple):
    sandbox: bool
    clock_at: datetime | None


def now_of(marketplace: UUID, real: datetime) -> datetime:
    """What time it is there: its own clock, if it is a sandbox whose clock was moved, else `real`.

    Raises `store.NoMarketplace`.
    """
    return _clock(marketplace).clock_at or real


def advance(marketplace: UUID, to: datetime) -> datetime:
    """Move a sandbox's clock forward to `to`, and answer with it once everything due by then has been done.

    What must wait for a file or an act that came in time (waits.py) is left to the sweep, and nobody waits for it here.

    Each lapse is dated at its own instant, however far the clock is moved. Regions whose clocks stand still are
    brought to every order of theirs first, at the old time. The first move may go to any instant that is not before
    what has happened already. Several may move the clock at once; the latest instant holds, and is the answer.
    Raises Refused: `malformed` for an instant without a zone or one that lies behind, `not_allowed` where the
    marketplace is no sandbox; and `store.NoMarketplace`.
    """
    if to.tzinfo is None:
        raise malformed("the instant has no zone", "Write it like 2026-03-20T09:00:00Z.")
    standing = _clock(marketplace)
    if not standing.sandbox:
        raise Refused(
            RefusalCode.NOT_ALLOWED, verb="move the clock", party="marketplace", who="a sandbox marketplace, for itself"
        )
    if standing.clock_at is not None and standing.clock_at < to:
        wide.finish(marketplace, now=standing.clock_at)
    values = {"m": marketplace, "to": to}
    if not trips.in_one_trip(marketplace, sql.SET_CLOCK, values, role=trips.WORKER, begin=True):
        raise _behind(_clock(marketplace).clock_at)
    return _all_done(marketplace, to)


def _all_done(marketplace: UUID, to: datetime) -> datetime:
    until = time.monotonic() + OTHERS_DONE
    while True:
        clock = now_of(marketplace, to)
        if sweep(clock, marketplace=marketplace).taken:
            until = time.monotonic() + OTHERS_DONE
            continue
        if time.monotonic() < until and _ask(marketplace, sql.STILL_DUE) == [(True,)]:
            time.sleep(OTHERS_AT_IT)
            continue
        trips.run(marketplace, sql.LEFT, {"m": marketplace}, role=trips.WORKER)
        for (order_key,) in _ask(marketplace, sql.LAST_INSTANT):
            bring_up(marketplace, str(order_key), now=clock)
        wide.finish(marketplace, now=clock)
        return clock


def _behind(clock: datetime | None) -> Refused:
    if clock is None:
        return malformed("something has happened here after that instant", "Choose a later one.")
    return malformed(
        f"this sandbox's clock stands at {clock.isoformat()} and goes forward only",
        "Choose a later instant, or begin a new sandbox.",
    )


def _clock(marketplace: UUID) -> _Standing:
    rows = _ask(marketplace, "SELECT sandbox, clock_at FROM marketplace WHERE id = %(m)s")
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    return _Standing(*rows[0])


def _ask(marketplace: UUID, statement: LiteralString) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(marketplace, statement, {"m": marketplace}, begin=False)
