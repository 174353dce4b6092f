"""Batches of orders that are due: claimed, loaded, let lapse and written together, each order guarded by itself.

Nothing in a batch depends on another order of it. What cannot be done for one order is told with its reason and done
for all the others.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import psycopg

from amends.core.decide import catching_up
from amends.core.order import Order

from . import store, trips, waits
from . import sweep_statements as sql
from .marketplaces import SHELF, pinned_policy
from .recording import BrokenHistory, Recorder, row
from .sealing import Sealer
from .standing import standing_of

LEASE = timedelta(seconds=30)
"""Real time: how long a batch is a worker's own. One that was killed holds its orders back no longer than this."""

POISON = (psycopg.DataError, psycopg.IntegrityError, psycopg.InternalError, psycopg.errors.ProgramLimitExceeded)
"""Errors an order's own values can cause. Any other says something about the database, not about an order."""


class Claimed(NamedTuple):
    """An order this worker alone is to look at while its lease lives, and the instant its marketplace has."""

    marketplace: UUID
    order_key: str
    at: datetime
    real: bool
    """`at` is the real time, not a sandbox's clock."""

    @property
    def place(self) -> tuple[UUID, str]:
        return self.marketplace, self.order_key


class Due(NamedTuple):
    """A claimed order as it is stored; `bodies` are its events."""

    claimed: Claimed
    version: int
    head: bytes
    policy_digest: str
    due_at: datetime | None
    bodies: list[str]
    on_their_way: tuple[waits.OnTheWay, ...] = ()


class Fault(NamedTuple):
    """Why an order could not be done: a sentence without anything people wrote."""

    due: Due
    why: str
    error: BaseException


class Lapsed(NamedTuple):
    """What becomes of an order once everything due has lapsed. `moved` False: only its hint is put right."""

    due: Due
    change: store.Write | None
    """None: it is more than a batch can write, and goes through the ordinary door."""
    moved: bool
    waits: bool = False
    """Nothing is written: what is due must wait for a file that came in time. Its lease is its next look."""


def claim(now: datetime, *, most: int, marketplace: UUID | None) -> list[Claimed]:
    """Lease up to `most` orders that are due, of every marketplace or of one; a short UPDATE, never of a version."""
    values = {"now": now, "most": most, "m": marketplace, "lease": LEASE}
    return [Claimed(*found) for found in _trip(sql.CLAIM, values, begin=True)]


def load(claimed: Sequence[Claimed]) -> list[Due]:
    """The claimed orders as they are stored now, all as of one instant, in the order of their keys."""
    of = {one.place: one for one in sorted(claimed)}
    values = {"marketplaces": [key[0] for key in of], "orders": [key[1] for key in of]}
    rows = _trip(sql.LOAD, values, begin=False)
    return [
        Due(
            of[marketplace, order_key],
            *(version, head, digest, due_at, bodies.split("\n") if bodies else []),
            waits.read(on_their_way, moved=not of[marketplace, order_key].real),
        )
        for marketplace, order_key, version, head, digest, due_at, bodies, on_their_way in rows
    ]


def lapse(orders: Iterable[Due]) -> tuple[list[Lapsed], list[Fault]]:
    """Let everything lapse that is due, in memory; and those orders it could not be done for."""
    done, faults = [], []
    for due in orders:
        try:
            done.append(_lapsed(due))
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise  # the database is away; that is no order's fault
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one order, the others have their deadlines)
            faults.append(Fault(due, _reason(error), error))
    return done, faults


def write(orders: Sequence[Lapsed]) -> tuple[set[tuple[UUID, str]], list[Fault]]:
    """Write all of them in one statement, each unless it has moved on since; which were written, and which faulty.

    Where the database refuses the statement it is halved, until the order that is to blame stands alone.
    """
    acts = [_document(one.due.claimed, one.change) for one in orders if one.change is not None]
    if not acts:
        return set(), []
    try:
        return {(m, key) for m, key in _trip(sql.WRITE, {"acts": json.dumps(acts)}, begin=True)}, []
    except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected):
        return set(), []  # once their leases are over, others find them again
    except POISON as error:
        if len(orders) == 1:
            return set(), [Fault(orders[0].due, _refusal(error), error)]
    half = len(orders) // 2
    first, second = write(orders[:half]), write(orders[half:])
    return first[0] | second[0], first[1] + second[1]


def _document(claimed: Claimed, change: store.Write) -> dict[str, Any]:
    document = store.document(claimed.marketplace, change)
    return document | {"marketplace": str(claimed.marketplace), "order_key": claimed.order_key}


def set_aside(fault: Fault) -> bool:
    """Take an order out of every sweep, with the reason, until an act on it succeeds; False where it has moved on."""
    one = fault.due
    values = {"m": one.claimed.marketplace, "o": one.claimed.order_key, "version": one.version, "why": fault.why}
    return bool(_trip(sql.SET_ASIDE, values, begin=True))


# ── one order ────────────────────────────────────────────────────────────────────────────────────


def _lapsed(due: Due) -> Lapsed:
    claimed = due.claimed
    standing = standing_of(claimed.marketplace, claimed.order_key, _loaded(due))
    assert standing is not None, "an order that is there has a version"
    until = waits.clocks_go(standing.order, claimed.at, due.on_their_way)
    events, orders = catching_up(standing.order, until)
    order = orders[-1] if orders else standing.order
    if until < claimed.at and not events:
        return Lapsed(due, None, moved=False, waits=True)
    policy = pinned_policy(claimed.marketplace, due.policy_digest)
    recorder = Recorder(policy, SHELF, standing.order, standing.head)
    sealer = Sealer(claimed.marketplace, claimed.order_key, {})
    for event, after in zip(events, orders, strict=True):
        sealed = sealer.seal(event, after.version, buyer=order.buyer, seller=order.seller)
        # Where nothing of the act had to be sealed, what was decided on is what will be read.
        recorder.add(sealed, None if sealer.texts else after)
    # Sealing needs its person's key, and what was decided before is taken back from intents written before.
    alone = sealer.texts or recorder.settled or recorder.taken
    return Lapsed(due, None if alone else _change(due, recorder, order, until), bool(events))


def _change(due: Due, recorder: Recorder, order: Order, until: datetime) -> store.Write:
    after = recorder.order
    assert after is not None, "it began with an order"
    fresh = row(after, recorder.head)
    assert fresh.due_at is None or fresh.due_at >= until, f"{order.id} is still due, and nothing lapses"
    return store.Write(
        order_key=due.claimed.order_key,
        before=due.version,
        row=fresh,
        events=recorder.rows,
        journal=recorder.journal,
        intents=recorder.intents,
        settled=None,
        taken=[],
        texts=[],
        keys={},
        answered=None,
        number="",
        at=due.claimed.at,
        blocked=None,
        regions=None,
    )


def _loaded(due: Due) -> store.Loaded:
    """The order as the single load would have brought it, with nothing beside it."""
    return store.Loaded(
        sandbox=not due.claimed.real,
        clock_at=None,
        current_policy=due.policy_digest,
        version=due.version,
        head=due.head,
        policy_digest=due.policy_digest,
        due_at=due.due_at,
        events=due.bodies,
        keys={},
        blocked=[],
        pauses=[],
        stored=None,
        texts=[],
        opened=[],
        placed=[],
        number_of=None,
    )


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────


def _reason(error: Exception) -> str:
    """Where it broke, and not its message: that may quote what somebody wrote. A broken history says what it is."""
    if isinstance(error, BrokenHistory):
        return f"BrokenHistory: {error}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}, while its deadlines lapsed"


def _refusal(error: psycopg.Error) -> str:
    """The database's message may quote a row, so only its code and what it is about are told."""
    about = " ".join(name for name in (error.diag.table_name, error.diag.constraint_name) if name)
    return f"{type(error).__name__} ({error.sqlstate}) when its lapses were written{f': {about}' if about else ''}"


def _trip(statement: LiteralString, values: dict[str, Any], *, begin: bool) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=begin)
