"""The worker: stops when it is told to, waits for a database that is away, and no fault of one thing stops another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections

from amends.orders import upkeep
from amends.orders.verify import verify
from amends.worker import loop
from tests.store.lives import day, disputed, place

Server = psycopg.Connection[tuple[Any, ...]]

PAUSE = timedelta(milliseconds=20)


def later() -> datetime:
    return day(18)


@contextmanager
def working(*tasks: loop.Task) -> Iterator[threading.Thread]:
    """A worker beside the test; it must stop when it is told to."""
    stop = threading.Event()

    def work() -> None:
        loop.run(stop, real_now=later, pause=PAUSE, tasks=tasks, beside=())
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield worker
    finally:
        stop.set()
        worker.join(30)
        assert not worker.is_alive()


def until(true: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


def lapsed(server: Server, shop: UUID) -> int:
    found = server.execute(
        "SELECT count(*) FROM event WHERE marketplace = %s AND type = 'DeadlineLapsed'", [shop]
    ).fetchone()
    assert found is not None
    return int(found[0])


def test_one_round_lets_lapse_what_is_due_and_says_how_late(shop: UUID, server: Server) -> None:
    disputed(shop)
    found = loop.run_once(day(18), tasks=())
    assert found.done >= 1
    assert found.late_by >= timedelta(days=1)
    assert lapsed(server, shop) == 1


def test_the_worker_works_and_stops_when_told(shop: UUID, server: Server) -> None:
    with working():
        disputed(shop)
        until(lambda: lapsed(server, shop) == 1)
    assert not verify(shop).broken


def test_a_kind_of_work_that_fails_stops_no_other(shop: UUID, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    def failing(now: datetime) -> int:
        raise ZeroDivisionError("a bug somebody made")

    told: list[datetime] = []

    def telling(now: datetime) -> int:
        told.append(now)
        return 0

    with working(loop.Task("sums", failing), loop.Task("messages", telling)):
        until(lambda: len(told) > 2)
        disputed(shop)
        until(lambda: lapsed(server, shop) == 1)
    assert "This round's sums failed" in caplog.text


def test_a_database_that_goes_away_is_waited_for(shop: UUID, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    name = server.info.dbname
    caplog.set_level("WARNING")
    with working(), psycopg.connect(f"{server.info.dsn} dbname=postgres", autocommit=True) as administrator:
        until(lambda: upkeep.beats() != [])
        connection.close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                [name, server.info.backend_pid],
            )
            until(lambda: "The database is away" in caplog.text)
            time.sleep(0.6)
        finally:
            administrator.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        until(lambda: "The database is back" in caplog.text)
        disputed(shop)
        until(lambda: lapsed(server, shop) == 1)
    assert caplog.text.count("The database is away") == 1, "it is said once"


def test_a_worker_process_killed_in_the_middle_is_replaced_by_another(
    shop: UUID, database: str, server: Server
) -> None:
    for number in range(60):
        disputed(shop, f"O{number}")
    program = f"""
import os, threading, datetime
import django; django.setup()
from amends.orders import clock, trips
def pull(moment, seen=[]):
    seen.append(moment)
    if len(seen) == {{boundary}}: os.kill(os.getpid(), {int(signal.SIGKILL)})
trips.boundary = pull
while clock.sweep(datetime.datetime.fromisoformat('{day(18).isoformat()}'), most=20).taken: pass
"""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "amends.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    for boundary in (4, 11):  # before the first batch's load, and before the second one's write
        done = subprocess.run(
            [sys.executable, "-c", program.replace("{boundary}", str(boundary))],
            env=environment,
            check=False,
            timeout=60,
        )
        assert done.returncode == -signal.SIGKILL
        server.execute("UPDATE orders SET lease_until = now() - interval '1 ms' WHERE lease_until IS NOT NULL")
    loop.run_once(day(18), tasks=())
    assert lapsed(server, shop) == 60
    report = verify(shop)
    assert (report.orders, report.broken) == (60, [])


# ── the pulse, and what is thrown away ───────────────────────────────────────────────────────────


def test_pages_can_tell_that_a_worker_is_alive_and_in_time(shop: UUID) -> None:
    with working():
        until(lambda: upkeep.beats() != [])
        (beat,) = upkeep.beats()
        assert (beat.started_at, beat.round_at) == (day(18), day(18))
    assert upkeep.beats() == [], "one that was told to stop is not missed"


def test_answers_whose_key_is_over_and_old_messages_are_thrown_away(shop: UUID, server: Server) -> None:
    place(shop, key="k")
    place(shop, "O2", key="k")
    server.execute("UPDATE idempotency SET written_at = now() - interval '31 days' WHERE order_key = 'O1'")
    with server.transaction():
        server.execute("SET LOCAL session_replication_role = replica")
        old = "written_at = now() - interval '91 days' WHERE order_key = 'O1'"
        server.execute(f"UPDATE event SET {old}")  # noqa: S608
        server.execute(f"UPDATE outbox SET done_at = now(), {old}")  # noqa: S608
    pruned = upkeep.prune(datetime.now(UTC), messages_kept=timedelta(days=90))
    assert pruned.answers >= 1
    assert pruned.messages >= 1
    left = "SELECT order_key FROM {} WHERE marketplace = %s"
    for table in ("idempotency", "outbox"):
        assert server.execute(left.format(table), [shop]).fetchall() == [("O2",)]
    assert not verify(shop).broken, "the books know that it may be gone"
    server.execute("DELETE FROM outbox WHERE marketplace = %s", [shop])
    assert [broken.law for broken in verify(shop).broken] == ["D2"], "and that this may not"


def test_a_round_does_everything_there_is(shop: UUID, caplog: pytest.LogCaptureFixture) -> None:
    disputed(shop)
    named = [task.name for task in loop.standard_tasks()]
    assert named == ["payments", "messages", "reminders", "daily letters"]
    assert loop.run_once(day(18)).done >= 1
    assert "failed" not in caplog.text
