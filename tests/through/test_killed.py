"""kill -9 of web, worker and database in the middle of a rehearsal: it goes on, and ends as it would have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from amends import calendars, policies
from amends.cli import scratch
from amends.lab import rehearsal, retelling
from amends.lab.books import read_book
from amends.postgres import Server
from amends.stories.client import Client, Reply
from tests.postgres.servers import open_folder

from .keeper import keeping
from .recorded import copies


@contextmanager
def up(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`amends up` as an operator starts it."""
    port = scratch.free_port()
    argv = [sys.executable, "-m", "amends.cli", "up", "--data", str(data), "--port", str(port)]
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        scratch.wait_until_ready(port, process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def child(parent: int, *names: str) -> int:
    """The process that `amends up` has started under one of these names."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            status, line = (entry / "stat").read_text(), (entry / "cmdline").read_text()
        except OSError:
            continue
        if int(status.rpartition(")")[2].split()[1]) == parent and any(name in line for name in names):
            return int(entry.name)
    raise AssertionError(f"there is no {names}")


class Disturbed(Client):
    """After so many acts something happens to the service."""

    happens: Mapping[int, Callable[[], None]]
    acts = 0

    def post(self, *arguments: Any, **named: Any) -> Reply:
        self.acts += 1
        if self.acts in self.happens:
            self.happens[self.acts]()
        return super().post(*arguments, **named)


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_a_rehearsal_goes_on_when_everything_is_killed_under_it(tmp_path: Path, place: Path) -> None:
    one = rehearsal.Rehearsal(read_book(copies(tmp_path, 3)), policies.load("alx-a"), calendars.load(["CN"]), 1)
    one.run(rehearsal.verified)
    whole = one.whole()
    assert len(whole.acts) > 80
    server = Server(place / "data")
    killed: list[str] = []

    def kill(what: str, pid: Callable[[], int]) -> Callable[[], None]:
        def now() -> None:
            os.kill(pid(), signal.SIGKILL)
            killed.append(what)

        return now

    def database() -> int:
        address = server.status().address
        assert address is not None
        return address.pid

    try:
        with up(server.data) as (process, url):
            address = server.status().address
            assert address is not None
            with keeping(address.dsn) as keeper:
                sandbox = keeper.sandbox(policies.load("alx-a").document)
            client = Disturbed(url, sandbox.keys[0], patience=60)
            client.happens = {
                20: kill("web", lambda: child(process.pid, "granian", "\0web\0")),
                40: kill("worker", lambda: child(process.pid, "\0worker\0")),
                60: kill("database", database),
            }
            retold = retelling.retell(whole, [client], "test")
            client.close()
            with keeping(address.dsn) as keeper:
                broken = keeper.broken(sandbox.id)
    finally:
        until = time.monotonic() + 30
        while server.status().address is not None and time.monotonic() < until:
            time.sleep(0.1)
    assert killed == ["web", "worker", "database"]
    assert retold.differences == ()
    assert broken == []
