"""A PostgreSQL of the proof's own that can be killed, all of it at once, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from amends.postgres import Address, Server, State

PATIENCE = 30.0
"""Seconds a killed server may take until nothing of it is left."""


class Victim:
    """A server of the embedded PostgreSQL; fsync and synchronous_commit are on unless these settings overrule them."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.server = Server(data, settings=settings)
        self.address: Address = self.server.start()
        self.kills = 0

    @property
    def socket(self) -> Path:
        return self.address.socket_dir / f".s.PGSQL.{self.address.port}"

    def kill(self) -> None:
        """SIGKILL for the postmaster and every process of it, and wait until none is left."""
        self.kills += 1
        until = time.monotonic() + PATIENCE
        while _killed(str(self.server.data / "postgres")) or self.server.status().state is not State.STOPPED:
            assert time.monotonic() < until, "the killed server still lives"
            time.sleep(0.005)

    def start(self) -> None:
        """Start it again, as after any crash: it recovers from its log. Nothing happens where it runs."""
        self.address = self.server.start()


def _killed(folder: str) -> int:
    """SIGKILL for every process that works in this folder; how many there were."""
    killed = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it ended meanwhile, or is not ours to look at
                if str((entry / "cwd").readlink()) == folder:
                    os.kill(int(entry.name), signal.SIGKILL)
                    killed += 1
    return killed


@contextmanager
def victim(settings: Mapping[str, str] | None = None) -> Iterator[Victim]:
    """One that is made for this block, migrated, and thrown away with it."""
    folder = Path(tempfile.mkdtemp(prefix="amends-crash-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account where we are root
    try:
        made = Victim(folder / "data", settings)
        try:
            _migrate(made.address.dsn)
            yield made
        finally:
            made.server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(dsn: str) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command as c; c('migrate', verbosity=0)"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(dsn), check=True)


def environment(url: str) -> dict[str, str]:
    """The service's settings for a process of the proof."""
    settings = {"DJANGO_SETTINGS_MODULE": "amends.config.settings", "AMENDS_LOG_LEVEL": "ERROR"}
    return {**os.environ, **settings, "DATABASE_URL": url}
