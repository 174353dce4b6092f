"""The database under the API: connections go back to the pool; where it is away that is said, and it is found again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.store import cluster

from . import service as real
from .client import Client, Reply, at
from .people import People


def test_after_two_hundred_requests_no_connection_is_held(service: real.Service, people: People) -> None:
    people.placed()
    with ThreadPoolExecutor(16) as at_once:
        replies = list(at_once.map(lambda number: people.alice.get(at("O1")), range(200)))
    assert {reply.status for reply in replies} == {200}
    with psycopg.connect(service.database, autocommit=True) as admin:
        held = admin.execute(
            """SELECT state, count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY state"""
        ).fetchall()
    assert {state for state, _ in held} <= {"idle"}
    assert sum(count for _, count in held) <= real.THREADS


def test_a_database_that_is_away_is_said_and_is_used_again_when_it_is_back() -> None:
    with ExitStack() as stack:
        url = stack.enter_context(cluster.running())
        database = stack.enter_context(real.database_on(url.format(database="postgres")))
        service = stack.enter_context(real.serving(database))
        people = People(Client(service.port, real.register(database).key))
        people.day(0)
        with ThreadPoolExecutor(8) as at_once:
            list(at_once.map(lambda number: people.placed(f"O{number}"), range(16)))
        stop(url)
        away(people.shop.post("/v1/orders", {"id": "O99"}, Idempotency_Key="k"))
        away(people.alice.get(at("O1")))
        away(people.shop.get("/readyz"))
        assert people.shop.get("/healthz").status == 200
        start(url)
        until(lambda: people.alice.get(at("O1")).status == 200, seconds=8)
        with ThreadPoolExecutor(8) as at_once:
            replies = list(at_once.map(lambda number: people.alice.get(at(f"O{number % 16}")), range(40)))
        assert {reply.status for reply in replies} == {200}
        with open(service.log, encoding="utf-8") as log:
            assert "Traceback" not in log.read()


def away(reply: Reply) -> None:
    assert (reply.status, reply.code) == (503, "database_away"), reply.raw.decode()
    assert int(reply.headers["Retry-After"]) > 0
    assert b"Traceback" not in reply.raw


def until(true: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came back"
        time.sleep(0.1)


def stop(url: str) -> None:
    folder = parse_qs(urlsplit(url).query)["host"][0]
    cluster._run("pg_ctl", "-D", f"{folder}/data", "-w", "-m", "immediate", "stop")


def start(url: str) -> None:
    folder = parse_qs(urlsplit(url).query)["host"][0]
    options = f"-c listen_addresses= -k {folder} -c fsync=off"
    cluster._run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
