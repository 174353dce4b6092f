"""What tests of the server share: processes of their own, other users, and folders that all can reach."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from amends.postgres import Address

CHECKOUT = Path(__file__).parents[2]
PACKAGES = Path(psycopg.__file__).parents[1]

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root stands aside for another account")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

Run = Callable[..., "subprocess.Popen[str]"]


def asked(address: Address, question: str) -> object:
    """The first value of the first row."""
    with psycopg.connect(address.dsn, autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder outside pytest's own, which is closed to all but the caller. What still runs in it is ended.

    In memory where there is a gigabyte of it: a database is a thousand files to make and to remove.
    """
    memory = Path("/dev/shm")  # noqa: S108 - the folder inside is made by tempfile
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 30
    with tempfile.TemporaryDirectory(
        prefix="amends-test-", dir=memory if roomy else None, ignore_cleanup_errors=True
    ) as folder:
        place = Path(folder).resolve()
        place.chmod(0o755)
        try:
            yield place
        finally:
            for pidfile in place.rglob("postmaster.pid"):
                _end(pidfile)


def _end(pidfile: Path) -> None:
    pid, _, _, _, socket_dir, *_ = pidfile.read_text().splitlines()
    try:
        if os.readlink(f"/proc/{pid}/cwd") == str(pidfile.parent):
            os.kill(int(pid), signal.SIGQUIT)
    except OSError:
        pass
    shutil.rmtree(socket_dir, ignore_errors=True)


def python_for(user: str | int) -> str:
    """A Python that this user can run, with our code and our packages; else the test is skipped and says so."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run(
                [python, "-c", "import psycopg, amends.postgres"],
                **as_user(user),
                cwd="/",
                env={"PYTHONPATH": f"{CHECKOUT}{os.pathsep}{PACKAGES}"},
                capture_output=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip(f"{user} can reach no Python with our packages here")


def as_user(user: str | int | None) -> dict[str, object]:
    """Arguments that make a process another user's."""
    return {} if user is None else {"user": user, "group": 65_534, "extra_groups": []}


def until_it_says(process: "subprocess.Popen[str]", word: str) -> str:
    """Read lines until one has this word in it; the line."""
    assert process.stdout is not None
    heard = []
    for line in process.stdout:
        heard.append(line)
        if word in line:
            return line
    raise AssertionError(f"it never said {word!r}, but: {''.join(heard)}")


def said(process: "subprocess.Popen[str]", status: int = 0) -> str:
    """Everything it says until it ends, which must be with this status."""
    words, _ = process.communicate(timeout=60)
    assert process.returncode == status, words
    return words
