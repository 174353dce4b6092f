"""A process beside the tests that holds the database: it makes sandboxes, brings recorded orders, and reads the books.

So the tests themselves need no Django, and share a process with any others. `python -m tests.through.keeper` reads
a JSON document a line and answers each with one.
"""

# ruff: noqa: PLC0415 (what needs Django is imported in the process that has one)

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HOUSE = Path(__file__).parents[2]


class Sandbox(NamedTuple):
    id: str
    keys: tuple[str, str]


class Keeper:
    """The other end: asks the process, one question at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lock = threading.Lock()

    def ask(self, what: str, **about: Any) -> Any:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps({"what": what, **about}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line, "the keeper has ended; what it said stands above"
        return json.loads(line)

    def sandbox(self, policy: Mapping[str, Any]) -> Sandbox:
        """A sandbox under the policy of this document, with two keys."""
        made = self.ask("sandbox", policy=dict(policy))
        return Sandbox(made["id"], tuple(made["keys"]))

    def broken(self, marketplace: str) -> list[str]:
        """What is wrong with its books, a line each."""
        return list(self.ask("verify", marketplace=marketplace))

    def bring(self, marketplace: str, documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Bring one order's recorded commands in, as an import does; what became of each."""
        return list(self.ask("bring", marketplace=marketplace, documents=[dict(one) for one in documents]))

    def rows(self, marketplace: str) -> dict[str, int]:
        """How many rows the marketplace has in each table."""
        return dict(self.ask("rows", marketplace=marketplace))


@contextmanager
def keeping(database: str) -> Iterator[Keeper]:
    """A keeper for this database, its schema up to date."""
    environ = {**os.environ, "DATABASE_URL": database, "AMENDS_LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.through.keeper"],
        cwd=HOUSE,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        keeper = Keeper(process)
        assert keeper.ask("migrate") == "done"
        yield keeper
    finally:
        assert process.stdin is not None
        process.stdin.close()
        assert process.stdout is not None
        process.stdout.close()
        process.wait(20)


# ── the process ──────────────────────────────────────────────────────────────────────────────────


def _answered(question: Mapping[str, Any]) -> object:
    from uuid import UUID

    from amends.cli import house
    from amends.orders import trips
    from amends.orders.verify import verify

    if question["what"] == "migrate":
        house.migrate()
        return "done"
    if question["what"] == "sandbox":
        return _made(question["policy"])
    marketplace = UUID(question["marketplace"])
    if question["what"] == "verify":
        return [str(broken) for broken in verify(marketplace).broken]
    if question["what"] == "bring":
        return _brought(marketplace, question["documents"])
    tables = ("orders", "event", "journal", "outbox", "idempotency", "sealed_text", "money_intent", "shipped_number")
    return {
        table: trips.in_one_trip(
            None,
            f"SELECT count(*) FROM {table} WHERE marketplace = %(m)s",  # noqa: S608 - names of our own
            {"m": marketplace},
            role=trips.WORKER,
            begin=False,
        )[0][0]
        for table in tables
    }


def _made(policy: Mapping[str, Any]) -> dict[str, Any]:
    import uuid

    from amends.core.policy import Policy
    from amends.orders import marketplaces

    made = marketplaces.register(
        f"sandbox {uuid.uuid4()}", Policy.from_document(dict(policy)), sandbox=True, provider="silent"
    )
    return {"id": str(made.id), "keys": [made.key, marketplaces.new_key(made.id)]}


def _brought(marketplace: Any, documents: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    from datetime import UTC, datetime

    from amends.core.durations import parse_instant
    from amends.orders import bulk

    acts = [
        bulk.Recorded(parse_instant(one["at"]), {name: one[name] for name in one if name not in ("at", "order")})
        for one in documents
    ]
    now = max(datetime.now(UTC), *(act.at for act in acts))
    return [
        {
            "do": one.do,
            "refused": one.refused.code.value if one.refused else None,
            "sentence": one.refused.sentence if one.refused else "",
            "repeated": one.repeated,
        }
        for one in bulk.bring(marketplace, [(documents[0]["order"], acts)], now=now)
    ]


def main() -> None:
    from amends.cli import house

    house.set_up()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answered(json.loads(line))) + "\n")
        sys.stdout.flush()
    house.close()


if __name__ == "__main__":
    main()
