"""The yardstick: the very statements of a life, sent by pgbench, prepared and pipelined, with nobody deciding.

The statements are recorded from the service while it does one life; pgbench then plays them for orders of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from amends.orders import trips
from amends.postgres import binaries

RECORDED = "RECORDED"
"""The key of the order that is recorded; pgbench puts another in its place."""


class Trip(NamedTuple):
    marketplace: Any
    statement: str
    values: dict[str, Any]
    role: str
    begin: str | None


@contextmanager
def recording() -> Iterator[list[Trip]]:
    """Collects what goes to the database while it is open."""
    found: list[Trip] = []
    sent: Callable[..., Any] = trips._sent

    def spy(marketplace: Any, statements: Any, role: str, begin: Any) -> Any:
        found.extend(Trip(marketplace, sql, dict(values), role, begin) for sql, values in statements)
        return sent(marketplace, statements, role, begin)

    trips._sent = spy
    try:
        yield found
    finally:
        trips._sent = sent


class Script(NamedTuple):
    """A pgbench script, and the values it is started with."""

    text: str
    values: dict[str, str]


def script(recorded: list[Trip]) -> Script:
    """The same trips for an order of pgbench's own choosing, one pipeline each."""
    lines, values = ["\\set o random(1, 900000000000)"], {}
    for trip in recorded:
        sql = trip.statement
        for name in sorted(set(re.findall(r"%\((\w+)\)s", sql))):
            variable, value = f"v{len(values) + 1}", str(trip.values[name])
            there = f"%({name})s"
            if value == RECORDED:
                sql = sql.replace(there, "'P' || :o::text")
                continue
            values[variable] = value
            if RECORDED in value:
                sql = sql.replace(f"{there}::json", f"replace(:{variable}, '{RECORDED}', 'P' || :o::text)::json")
                sql = sql.replace(there, f"replace(:{variable}, '{RECORDED}', 'P' || :o::text)")
            else:
                sql = sql.replace(there, f":{variable}")
        confine = f"SELECT {_set('amends.marketplace', str(trip.marketplace))}, {_set('role', trip.role)};"
        one_line = " ".join(sql.replace("%%", "%").split()) + ";"
        ends = ("BEGIN;", "COMMIT;") if trip.begin else ("", "")
        lines += ["\\startpipeline", ends[0], confine, one_line, ends[1], "\\endpipeline"]
    return Script("\n".join(line for line in lines if line) + "\n", values)


def _set(name: str, value: str) -> str:
    return f"set_config('{name}', '{value}', true)"


def per_second(script: Script, folder: Path, url: str, *, clients: int, seconds: float) -> float:
    """Lives a second; raises where pgbench failed or skipped any."""
    file = folder / "life.sql"
    file.write_text(script.text, encoding="utf-8")
    program = binaries.found().bin / "pgbench"
    command = [
        str(program),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(clients),
        "-j",
        "1",
        "-T",
        str(round(seconds)),
        "-f",
        str(file),
    ]
    for name, value in script.values.items():
        command += ["-D", f"{name}={value}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=False, env=os.environ)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found or re.search(r"failed transactions: [1-9]", done.stdout):
        raise RuntimeError(f"pgbench: {done.stdout[-800:]}{done.stderr[-800:]}")
    return float(found[1])
