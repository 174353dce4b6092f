"""The processes that act: one that is crashed, one that recovers after it, one that writes as fast as it can.

They are forked from a server that has imported this module and opened no connection, so each is a process of its own
with its own connections and caches, and a SIGKILL ends it as any other.
"""

from __future__ import annotations

import logging
import os
import re
import signal
import time
import uuid
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Final, NamedTuple
from uuid import UUID

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
django.setup()
logging.disable()  # that the server is gone is the point of it all

# Only now that Django is set up can what stands on it be imported.
from django.db import Error as DjangoError  # noqa: E402
from django.db import connection, connections  # noqa: E402

from amends import policies  # noqa: E402
from amends.config.environment import Environment, databases  # noqa: E402
from amends.delivery import relay, reminders  # noqa: E402
from amends.orders import batches, marketplaces, queries, trips  # noqa: E402
from amends.orders.verify import verify  # noqa: E402
from amends.payments import claims, inbox  # noqa: E402

from .crash_scenario import CLAIM, LAST, OFFER, ROUNDS, STEPS, Heard, Step, acted, place, ship, went_round  # noqa: E402

POLICY: Final = policies.load("alx-d")
LEASE: Final = timedelta(seconds=0.2)
"""Instead of batches.LEASE, so that a recovery need not wait half a minute for what a killed sweep had claimed."""
PATIENCE: Final = 60
"""Seconds to wait for a connection."""
OVER: Final = timedelta(seconds=-1)
"""Instead of the leases of payments and messages: they count from the instant they are told, and a recovery tells the
same one."""
Pipe = Connection
AWAY: Final = (psycopg.OperationalError, DjangoError)
"""How the driver, and Django around it, say that the server is away, so that nobody knows what became of the act."""

MODES: Final = {
    "killed before": "the process gets SIGKILL before the trip is sent",
    "killed after": "the process gets SIGKILL when the answer is here and nobody has heard it",
    "reply lost": "the connection is cut when the server has committed and its reply is on the way",
    "server gone": "PostgreSQL, all of it, gets SIGKILL before the trip is sent",
    "server gone after": "PostgreSQL, all of it, gets SIGKILL when it has committed and its reply is on the way",
}


class Fault(NamedTuple):
    """Crash at the `n`-th trip to the database, counted from 1, in one of MODES."""

    mode: str
    n: int


class Crasher:
    """Stands at every boundary and strikes at one of them."""

    def __init__(self, pipe: Pipe, fault: Fault | None) -> None:
        self.pipe = pipe
        self.fault = fault
        self.trips = 0

    def __call__(self, moment: str) -> None:
        self.trips += moment == "before"
        if self.fault is None or self.trips != self.fault.n:
            return
        mode = self.fault.mode
        if mode == f"killed {moment}":
            os.kill(os.getpid(), signal.SIGKILL)
        elif moment == "before" and not mode.startswith("killed"):
            self.pipe.send(("strike", mode))
            self.pipe.recv()  # done, or armed


# ── the scripted life ────────────────────────────────────────────────────────────────────────────


def act_until_crash(pipe: Pipe, url: str, fault: Fault | None, keyless: bool) -> None:
    """Act the whole scenario in a new marketplace, telling each answer; the fault comes where it comes.

    `keyless` sends no idempotency keys: then a resent act must be found to have been done twice.
    """
    _use(url)
    at_once = {"answers_after": "PT0S"}
    marketplace = marketplaces.register(f"crash {uuid.uuid4()}", POLICY, provider_settings=at_once).id
    pipe.send(("marketplace", marketplace))
    crasher = Crasher(pipe, fault)
    trips.boundary = crasher
    try:
        for number in range(len(STEPS)):
            pipe.send(("heard", number, _done(marketplace, number, keyless), crasher.trips))
    except AWAY as away:
        pipe.send(("away", str(away)))
    else:
        pipe.send(("finished", crasher.trips))


def recover(pipe: Pipe, url: str, marketplace: UUID, heard: dict[int, Heard | None], keyless: bool) -> None:
    """Send what was never answered, then the clock's last round; tell what there is now."""
    _use(url)
    kept = dict(heard)
    for number in range(len(STEPS)):
        if number not in heard:
            kept[number] = _done(marketplace, number, keyless)
    _last_round(marketplace)
    again = {} if keyless else _again(marketplace, kept)
    pipe.send(("left", Left(kept, again, *_books(marketplace))))


class Left(NamedTuple):
    """What a run leaves behind."""

    heard: dict[int, Heard | None]
    again: dict[int, Heard]
    """Every accepted act, sent once more; nothing where no keys are sent."""
    rows: dict[str, list[str]]
    """By order and table; what no two runs share (ciphertexts, instants of writing) is left out."""
    broken: list[str]


def _done(marketplace: UUID, number: int, keyless: bool) -> Heard | None:
    step = STEPS[number]
    if step.do not in ROUNDS:
        return acted(step, marketplace, keyless=keyless)
    went_round(step, marketplace)
    return None


def _last_round(marketplace: UUID) -> None:
    """Sweep and pay until nothing is due any more: what a killed sweep has leased is free when its lease is over."""
    until = time.monotonic() + 20 * LEASE.total_seconds()
    while True:
        for step in LAST:
            went_round(step, marketplace)
        if not queries.due(LAST[0].now, marketplace=marketplace) or time.monotonic() > until:
            return  # what is still due shows in the rows: it is stuck
        time.sleep(0.02)


def _again(marketplace: UUID, heard: dict[int, Heard | None]) -> dict[int, Heard]:
    return {
        number: acted(STEPS[number], marketplace)
        for number, answer in heard.items()
        if answer is not None and not answer.refused
    }


def _books(marketplace: UUID) -> tuple[dict[str, list[str]], list[str]]:
    rows: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table, columns in _COLUMNS.items():
            cursor.execute(
                f"SELECT order_key, ROW({columns})::text FROM {table} WHERE marketplace = %s ORDER BY 1, 2",
                [marketplace],
            )
            for order, row in cursor.fetchall():
                rows.setdefault(f"{order} {table}", []).append(_OWN.sub("", row))
        cursor.execute(f"SELECT {_MOVED} FROM amends_sandbox.movement WHERE marketplace = %s ORDER BY 1", [marketplace])
        rows["at the provider"] = [row for (row,) in cursor.fetchall()]
    return rows, [str(fault) for fault in verify(marketplace).broken]


# What no two runs share: digests of ciphertexts, as keys and nonces are random (`verify` folds the events anew and
# compares the state's hash with the row's), and the provider's keys, as they are made of the marketplace's id.
_OWN: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOVED: Final = "ROW(kind, amount_minor, currency, target, outcome, told_at IS NULL)::text"
_COLUMNS: Final = {
    "orders": "version, status, holds, held_minor, refunded_minor, released_minor, open_disputes, opened_at, due_at,"
    " set_aside",
    "event": "number, at, type, body",
    "journal": "event, position, at, debit, credit, amount_minor, currency, rule, debit_after, credit_after",
    "money_intent": "event, position, kind, dispute, payment, amount_minor, currency, funded_by, target, state",
    "outbox": "event, topic, done_at IS NULL",
    "idempotency": "caller, key, answer",
    "sealed_text": "event, ref, owner",
    "shipped_number": "at",
}


# ── writers under load ───────────────────────────────────────────────────────────────────────────

WHOLE_LIFE: Final = 5


def write_for_ever(pipe: Pipe, url: str, marketplace: UUID, writer: int) -> None:
    """Live one order after the other, telling each answer; when the server is away, wait to be told to go on.

    Each order is placed, shipped, disputed, offered for and settled: WHOLE_LIFE acts. Told to end, it ends between
    two orders.
    """
    _use(url)
    for number in range(10**9):
        for step in _life(f"w{writer}-{number}"):
            while True:
                try:
                    pipe.send(("heard", step.order, step.by, step.key, acted(step, marketplace)))
                    break
                except AWAY:
                    pipe.send(("away",))
                    pipe.recv()
        if pipe.poll():
            pipe.send(("ended",))
            return


def _life(order: str) -> tuple[Step, ...]:
    """Every writer's buyer is his own, so that a buyer's history does not grow without end."""
    buyer = f"alice-{order}"
    return (
        place(order, buyer=buyer),
        ship(order, ""),
        Step(12, order, "open", "buyer", CLAIM),
        Step(13, order, "offer", "seller", OFFER),
        Step(14, order, "accept", "buyer", {"dispute": 1}),
    )


def register(pipe: Pipe, url: str) -> None:
    """A marketplace for the writers, on disk whatever the server's settings are."""
    _use(url)
    made = marketplaces.register(f"load {uuid.uuid4()}", POLICY).id
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    pipe.send(made)


def count(pipe: Pipe, url: str, marketplace: UUID) -> None:
    """What the database holds of the writers' acts: what each stored answer tells, and each order's row."""
    _use(url)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT i.order_key, i.caller, i.key, (i.answer->>'version')::int,
            (SELECT count(*) FROM event e WHERE e.marketplace = i.marketplace AND e.order_key = i.order_key
              AND e.number <= (i.answer->>'version')::int)
            FROM idempotency i WHERE i.marketplace = %s""",
            [marketplace],
        )
        answers = {(order, caller, key): (version, events) for order, caller, key, version, events in cursor.fetchall()}
        cursor.execute(
            "SELECT order_key, version, refunded_minor, released_minor FROM orders WHERE marketplace = %s",
            [marketplace],
        )
        orders = {order: tuple(row) for order, *row in cursor.fetchall()}
    pipe.send((answers, orders))


def check(pipe: Pipe, url: str, marketplace: UUID) -> None:
    """What `amends books --verify` finds broken."""
    _use(url)
    pipe.send([str(fault) for fault in verify(marketplace).broken])


def _use(url: str) -> None:
    """Where this process finds its database; it has opened no connection yet."""
    batches.LEASE = LEASE
    claims.LEASE = inbox.LEASE = relay.LEASE = reminders.LEASE = OVER
    found = databases(Environment({"DATABASE_URL": url}))
    found["default"]["OPTIONS"]["pool"]["timeout"] = PATIENCE  # how fast a busy machine connects is not the question
    connections.settings = connections.configure_settings(found)
    with suppress(AttributeError):  # one of Django's apps had looked at it before there was a database
        del connections["default"]
