"""B2: the sweep. A million open disputes, a hundred thousand of them due; two workers; the money moves.

`python -m bench.sweep_bench [DUE OPEN]`. The yardstick is the same change as one set-based statement over orders of a
marketplace of its own, in the same run: nobody decides there, nothing is chained or checked. After the sweep each due
order must have lapsed exactly once, and the books of what changed are verified.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from .crowd import Crowd
from .service import START, database

WORKERS = 2
LATE = START + timedelta(days=6)


def measure(due: int, waiting: int) -> dict[str, object]:
    with database() as url:
        crowd = Crowd("crowd")
        since = time.perf_counter()
        crowd.fill(due=due, waiting=waiting)
        filled = time.perf_counter() - since
        seconds = _swept(url)
        told = _told(crowd.marketplace)
        bare = _set_based(due)
        from amends.orders.verify import verify

        sampled = verify(crowd.marketplace, fast=True) if due <= 20_000 else None
        broken = len(sampled.broken) if sampled else _broken_in_sql(crowd.marketplace)
    rate, yardstick = due / seconds, due / bare
    assert told == {"lapsed": due, "orders": due, "refunds": due, "left": 0}, told
    return {
        "benchmark": "B2 sweep, two workers",
        "open": due + waiting,
        "due": due,
        "filled_in_seconds": round(filled),
        "seconds": round(seconds, 1),
        "orders_per_second": round(rate),
        "set_based_sql_per_second": round(yardstick),
        "ratio": round(rate / yardstick, 3),
        "deadlines_lapsed_twice": told["lapsed"] - told["orders"],
        "money_intents_written": told["refunds"],
        "invariants_broken": broken,
        "floors_and_goals": {"orders_per_second": (1_000, 5_000)},
    }


def _swept(url: str) -> float:
    """Seconds until both workers, each a process of its own, find nothing more to do."""
    command = [sys.executable, "-m", "bench.sweep_bench", "worker"]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(WORKERS)]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()  # it is set up
    since = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.close()
    for worker in workers:
        if worker.wait():
            raise RuntimeError("a worker failed")
    return time.perf_counter() - since


def _worker() -> int:
    import django

    django.setup()
    from amends.orders import clock

    clock.sweep(START)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    while clock.sweep(LATE).taken:
        continue
    return 0


def _told(marketplace: UUID) -> dict[str, int]:
    from amends.orders.trips import driver

    rows = (
        driver()
        .execute(
            """SELECT (SELECT count(*) FROM event WHERE marketplace = %(m)s AND type = 'DeadlineLapsed'),
        (SELECT count(DISTINCT order_key) FROM event WHERE marketplace = %(m)s AND type = 'DeadlineLapsed'),
        (SELECT count(*) FROM money_intent WHERE marketplace = %(m)s AND kind = 'refund'),
        (SELECT count(*) FROM orders WHERE marketplace = %(m)s AND due_at <= %(late)s AND set_aside IS NULL)""",
            {"m": marketplace, "late": LATE},
        )
        .fetchone()
    )
    assert rows is not None
    return dict(zip(("lapsed", "orders", "refunds", "left"), rows, strict=True))


def _broken_in_sql(marketplace: UUID) -> int:
    """The laws the journal alone can break, over every row of the crowd."""
    from amends.ledger import books
    from amends.orders.trips import WORKER, in_one_trip

    found = books.check(
        lambda statement, values: in_one_trip(None, statement, values, role=WORKER, begin=False),
        marketplace=marketplace,
    )
    return sum(1 for _ in found)


def _set_based(due: int) -> float:
    """Seconds for the same rows changed by one statement a table, of orders nobody swept."""
    from amends.orders.trips import driver

    crowd = Crowd("yardstick")
    crowd.fill(due=due, waiting=0)
    pg = driver()
    since = time.perf_counter()
    with pg.transaction():
        pg.execute(_MOVE, {"m": crowd.marketplace, "late": LATE})
    return time.perf_counter() - since


_MOVE = """WITH moved AS (
  UPDATE orders SET version = version + 4, status = 'completed', refunded_minor = held_minor, held_minor = 0,
    open_disputes = 0, due_at = NULL, head = sha256(head)
  WHERE marketplace = %(m)s AND due_at <= %(late)s RETURNING marketplace, order_key, version, refunded_minor, currency),
written AS (INSERT INTO event (marketplace, order_key, number, at, type, body, chain)
  SELECT marketplace, order_key, version - n, %(late)s, 'DeadlineLapsed', repeat('x', 300), sha256(order_key::bytea)
  FROM moved, generate_series(0, 3) n RETURNING marketplace, order_key, number),
messages AS (INSERT INTO outbox (marketplace, order_key, event) SELECT * FROM written),
entries AS (INSERT INTO journal (marketplace, order_key, event, position, at, debit, credit, amount_minor, currency,
    rule, debit_version, debit_before, debit_after, credit_version, credit_before, credit_after)
  SELECT marketplace, order_key, version, 1, %(late)s, 'escrow', 'refunds:1', refunded_minor, currency, 'refund',
    2, refunded_minor, 0, 1, 0, refunded_minor FROM moved)
INSERT INTO money_intent (marketplace, order_key, event, position, kind, refund, payment, amount_minor, currency,
    funded_by, target, redirected, provider_key)
  SELECT marketplace, order_key, version, 1, 'refund', 1, 1, refunded_minor, currency, 'escrow', 'pay', false,
    md5(order_key)
  FROM moved"""


def main() -> int:
    if sys.argv[1:] == ["worker"]:
        return _worker()
    due, total = (int(one) for one in sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 1_000_000)
    result = measure(due, total - due)
    result["taken_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    print(json.dumps(result))
    return 1 if result["invariants_broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
