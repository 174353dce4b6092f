"""Recorded orders in the database: once, however often they are brought, and the books hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psycopg
import pytest

from amends import policies
from amends.core.durations import parse_instant
from amends.stories.client import Client
from tests.lab.books import DAY, book, placed, shipped

from .recorded import copies
from .running import Running


def amends(service: Running, *arguments: str | Path) -> subprocess.Popen[str]:
    environ = {**os.environ, "DATABASE_URL": service.database, "AMENDS_LOG_LEVEL": "ERROR"}
    return subprocess.Popen(
        [sys.executable, "-m", "amends.cli", *map(str, arguments)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def marketplace(service: Running, name: str) -> str:
    with psycopg.connect(service.database) as asked:
        found = asked.execute("SELECT id FROM marketplace WHERE name = %s", [name]).fetchone()
    assert found is not None
    return str(found[0])


def test_a_second_run_changes_nothing(service: Running, tmp_path: Path) -> None:
    name = f"shop {uuid.uuid4()}"
    arguments = ("import", book(tmp_path), "--into", name, "--policy", "alx-a")
    first = said(amends(service, *arguments))
    assert f"8 orders into {name}: 21 acts written, 0 there already, 0 refused" in first
    shop = marketplace(service, name)
    rows = service.keeper.rows(shop)
    assert (rows["orders"], rows["idempotency"]) == (8, 21)
    second = said(amends(service, *arguments))
    assert f"8 orders into {name}: 0 acts written, 21 there already, 0 refused" in second
    assert service.keeper.rows(shop) == rows
    assert service.keeper.broken(shop) == []


def test_an_import_killed_in_the_middle_goes_on_and_brings_everything_once(service: Running, tmp_path: Path) -> None:
    name, path = f"shop {uuid.uuid4()}", copies(tmp_path, 150)
    arguments = ("import", path, "--into", name, "--policy", "alx-a", "--processes", "1")
    process = amends(service, *arguments)
    with psycopg.connect(service.database, autocommit=True) as looking:
        counting = "SELECT count(*) FROM orders o JOIN marketplace m ON m.id = o.marketplace WHERE m.name = %s"
        until = time.monotonic() + 60
        while not (brought := looking.execute(counting, [name]).fetchone() or (0,))[0]:
            assert time.monotonic() < until
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert 0 < brought[0] < 1200, "it was killed in the middle"
    told = said(amends(service, *arguments))
    assert "1,200 orders into" in told
    assert "0 refused" in told
    shop = marketplace(service, name)
    rows = service.keeper.rows(shop)
    assert (rows["orders"], rows["idempotency"]) == (1200, 21 * 150)
    assert service.keeper.broken(shop) == []


def test_what_is_refused_is_told_and_stops_nothing_else(service: Running, tmp_path: Path) -> None:
    """O1 costs less than nothing, O2 is shipped twice, O3 is as it should be."""
    free = placed("O1", 1, 10) | {"payments": [{"reference": "x", "method": "card", "amount": "-3.00"}]}
    ship = shipped("O2", 3, DAY.format(20))
    again = ship | {"at": DAY.format(4)}
    documents = [free, shipped("O1", 2, DAY.format(20)), placed("O2", 1, 10), ship, again, placed("O3", 2, 10)]
    path = tmp_path / "commands.jsonl"
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    name, refused = f"shop {uuid.uuid4()}", tmp_path / "refused.jsonl"
    told = said(amends(service, "import", path, "--into", name, "--policy", "alx-a", "--refused", refused))
    assert "3 orders into" in told
    assert "3 acts written" in told
    lines = [json.loads(line) for line in refused.read_text(encoding="utf-8").splitlines()]
    assert [(line["order"], line["do"], line["code"]) for line in lines] == [
        ("O1", "place_order", "malformed"),
        ("O2", "ship", "already_shipped"),
    ]
    assert all(line["sentence"] for line in lines)
    assert service.keeper.rows(marketplace(service, name))["orders"] == 2


def test_an_order_that_came_over_http_is_gone_on_with(service: Running) -> None:
    """Alice's order came over HTTP; the export has it too, and knows that Bob has sent it and that it arrived."""
    sandbox = service.keeper.sandbox(policies.load("alx-a").document)
    recorded = placed("O1", 1, 10)
    body = {name: recorded[name] for name in recorded if name not in ("at", "by", "do", "order")}
    with Client(service.url, sandbox.keys[0]) as client:
        assert client.move_clock(parse_instant(DAY.format(1))).ok
        assert client.post("/v1/orders", body).status == 201
        told = service.keeper.bring(sandbox.id, [recorded, shipped("O1", 2, DAY.format(20))])
        assert [(one["do"], one["refused"]) for one in told] == [("place_order", "duplicate_order"), ("ship", None)]
        assert client.get("/v1/orders/O1").document["status"] == "shipped"
        stranger = recorded | {"buyer": "sam"}
        told = service.keeper.bring(sandbox.id, [stranger, shipped("O1", 3, DAY.format(21))])
    assert [(one["do"], one["refused"]) for one in told] == [("place_order", "duplicate_order")]
    assert service.keeper.broken(sandbox.id) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--into", "nowhere"], "There is no marketplace called nowhere"),
        (["--into", "nowhere", "--policy", "no-such"], "no-such"),
    ],
)
def test_what_cannot_be_done_is_said(service: Running, tmp_path: Path, arguments: list[str], says: str) -> None:
    process = amends(service, "import", book(tmp_path), *arguments)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert says in err
