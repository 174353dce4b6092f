"""B1: commands to durable commit, by 8 clients, in process and over HTTP; against the same statements by pgbench.

`python -m bench.command_bench [SECONDS]`. All three run in turns on one server, so that a busy machine slows each;
figures are medians. The yardstick sends the recorded statements of one life, prepared and pipelined; the service
also loads, checks the chain, decides, seals and answers. The books are verified at the end.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .service import AT_ONCE, COMMANDS_A_LIFE, START, database, life

if TYPE_CHECKING:
    from uuid import UUID

CLIENTS = 8
ROUNDS = 3
FLOORS = {"in_process": (0.40, 0.60), "http": (0.20, 0.35)}
_numbers = itertools.count(1)


def measure(seconds: float) -> dict[str, object]:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        from amends import policies
        from amends.orders import marketplaces
        from amends.orders.verify import verify

        from .bare import per_second, script
        from .web import Web

        shop = marketplaces.register("bench", policies.load("alx-d", AT_ONCE), sandbox=True)
        recorded = _recorded(shop.id)
        figures: dict[str, list[float]] = {"pgbench": [], "in_process": [], "http": []}
        with Web(url) as web:
            _http(web, shop.key, 2.0)
            for _ in range(ROUNDS):
                bare = per_second(script(recorded), Path(folder), url, clients=CLIENTS, seconds=seconds)
                figures["pgbench"].append(bare * COMMANDS_A_LIFE)
                assert _written(url) > bare * seconds * 0.9, "pgbench wrote less than it says"
                figures["in_process"].append(_together(lambda stop: _in_process(shop.id, stop), seconds))
                figures["http"].append(_http(web, shop.key, seconds))
        _without_pgbench(url)
        broken = verify(shop.id).broken
    medians = {name: statistics.median(values) for name, values in figures.items()}
    return {
        "benchmark": "B1 commands to durable commit, 8 clients",
        "life": "place, ship, open, offer, message, accept; each with an idempotency key",
        **{f"{name}_per_second": round(value) for name, value in medians.items()},
        **{f"{name}_ratio": round(medians[name] / medians["pgbench"], 2) for name in FLOORS},
        "floors_and_goals": FLOORS,
        "invariants_broken": len(broken),
        "rounds": {name: [round(value) for value in values] for name, values in figures.items()},
    }


def _recorded(marketplace: UUID) -> list[Any]:
    """The trips of one life, when everything that is asked once a process is known already."""
    from .bare import RECORDED, recording

    _live(marketplace, f"warm {RECORDED}")  # the same people: the recorded life makes no keys that a second could not
    with recording() as trips:
        _live(marketplace, RECORDED)
    return trips


def _live(marketplace: UUID, order: str) -> None:
    from amends.orders.handle import handle

    for number, command in enumerate(life(order)):
        outcome = handle(marketplace, order, command, now=START, caller=command["by"], key=f"{order} {number}")
        assert outcome.refused is None, outcome.refused


def _in_process(marketplace: UUID, stop: float) -> int:
    from django.db import connection

    done = 0
    while time.perf_counter() < stop:
        _live(marketplace, f"I{next(_numbers):06}")
        done += COMMANDS_A_LIFE
    connection.close()
    return done


def _together(work: Callable[[float], int], seconds: float) -> float:
    """Commands a second of all clients, each a thread that works until the clock says stop."""
    done: list[int] = []
    since = time.perf_counter()
    threads = [
        threading.Thread(target=lambda: done.append(work(since + seconds)), name=f"client {number}")
        for number in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - since)


def _http(web: Any, key: str, seconds: float) -> float:
    """The clients are a process of their own, as they would be; what they cost is counted against us."""
    return float(web.lives(key, seconds, clients=CLIENTS))


def _written(url: str) -> int:
    """Lives pgbench has brought to their end so far."""
    import psycopg

    with psycopg.connect(url) as server:
        found = server.execute(
            "SELECT count(*) FROM orders WHERE order_key ~ '^P[0-9]+$' AND open_disputes = 0"
        ).fetchone()
        return int(found[0]) if found else 0


def _without_pgbench(url: str) -> None:
    """Its orders repeat one life's chain under other names, which is no life at all: out with them before verifying."""
    import psycopg

    tables = ("outbox", "idempotency", "sealed_text", "money_intent", "shipped_number", "journal", "event", "orders")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        for table in tables:
            server.execute(f"DELETE FROM {table} WHERE order_key ~ '^P[0-9]+$'".encode())


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    result = measure(seconds)
    result["taken_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    print(json.dumps(result))
    return 1 if result["invariants_broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
