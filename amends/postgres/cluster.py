"""A new database, made whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from .account import Account
from .binaries import MAJOR, Programs
from .faults import Unusable, because, ending
from .folder import Folder

SUPERUSER: Final = "postgres"
DATABASE: Final = "amends"

SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "64",
    "shared_buffers": "128MB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "amends",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_lock_waits": "on",
}
"""What initdb writes into postgresql.conf. The file is the operator's from then on: nothing here overrules it later,
except where the server listens. The log keeps a week: a file a day of the week, emptied when its day comes again."""


def create(folder: Folder, programs: Programs, account: Account, *, lock: int) -> None:
    """initdb into a folder beside, which takes its place in one step: PG_VERSION appears with all the rest, or never.

    So a first start that is killed leaves only a `postgres.new-…` behind, which the next one clears away. `lock` is the
    held lock of the folder; initdb inherits it, and as long as one that lost its parent is still at it, nobody starts.
    Raises `Unusable`, and leaves nothing behind, where the account cannot reach the data or initdb fails.
    """
    for left in folder.data.glob("postgres.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    if folder.cluster.exists() and any(folder.cluster.iterdir()):
        raise Unusable(
            f"{folder.cluster} is neither empty nor a database (it has no PG_VERSION). Move it away, or choose another "
            "folder with --data."
        )
    new = folder.data / f"postgres.new-{os.getpid()}"
    try:
        new.mkdir(mode=0o700)
        give(new, account)
        check_way(new, account)
        status, said = account.answer(_initdb(programs, new), keep_open=[lock])
        if status:
            raise ending(said, data=folder.data, port=None)
        new.rename(folder.cluster)
        _to_disk(folder.data)
    except OSError as fault:
        raise because(fault, folder.data) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check_way(place: Path, account: Account) -> None:
    """`Unusable`, naming the folder that is closed, where the account cannot get to `place`."""
    closed = account.first_closed(place)
    if closed:
        raise Unusable(
            f"As root we run PostgreSQL as {account.name}, and {closed} is closed to that account. Choose a folder it "
            f"can reach with --data, for example /var/lib/amends; the rights of {closed} are left as they are."
        )


def check_version(folder: Folder) -> None:
    """`Unusable` where the data is of another major version than the programs."""
    try:
        written = (folder.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise Unusable(f"{folder.cluster}/PG_VERSION cannot be read: {fault}.") from None
    if written != str(MAJOR):
        raise Unusable(
            f"{folder.data} holds data of PostgreSQL {written}, and this Amends brings PostgreSQL {MAJOR}, which "
            f"cannot read it. Start a PostgreSQL {written} on {folder.cluster}, write the data out with pg_dump, and "
            "load it into a new folder; or set DATABASE_URL to that server."
        )


def give(path: Path, account: Account) -> None:
    """Make a folder of ours the account's. By descriptor, so that nothing else is given away in its place."""
    if account.stands_in:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.fchown(descriptor, account.uid, account.gid)
        finally:
            os.close(descriptor)


def _initdb(programs: Programs, new: Path) -> list[str | Path]:
    """Text is sorted by PostgreSQL's own C.UTF-8, which no update of the C library can change under an index.

    syncfs flushes the disk once instead of a thousand files one by one: 0.9 s where fsync took 7, on a busy machine.
    """
    linux = sys.platform == "linux"
    locale = "C.UTF-8" if linux else "C"
    return [
        *(programs.bin / "initdb", "--pgdata", new, "--username", SUPERUSER, "--no-instructions", "--data-checksums"),
        *("--encoding=UTF8", f"--locale={locale}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth-local=trust", "--auth-host=scram-sha-256"),
        *(["--sync-method=syncfs"] if linux else []),
        *(f"--set={name}={value}" for name, value in SETTINGS.items()),
    ]


def _to_disk(folder: Path) -> None:
    """The step into place survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
