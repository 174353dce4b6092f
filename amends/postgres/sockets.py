"""A short private place for the server's socket, and the question whether somebody answers there."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

from .account import Account
from .cluster import SUPERUSER, give
from .faults import Unusable

LONGEST: Final = 107 if sys.platform == "linux" else 103
"""Bytes of a socket's path; the kernel takes no more."""

DEFAULT_PORT: Final = 5432
"""The number in the socket's name where no port is opened."""


_WHO_ARE_YOU: Final = """
    SELECT current_setting('data_directory'),
           current_setting('server_version'),
           current_setting('listen_addresses') <> ''
"""


class Answer(NamedTuple):
    """`cluster` is the data folder as the server sees it, `version` "18.4", `listens` whether a port is open too."""

    cluster: str
    version: str
    listens: bool


def place(cluster: Path, account: Account) -> Path:
    """The folder of this database's socket, made 0700 if need be, the same at every start.

    In the folder for temporary files, by the hash of the data's path, which may be as long as it likes. Not in
    XDG_RUNTIME_DIR: that is removed when its user logs out, under a server that runs on.
    """
    name = f"amends-{account.uid}-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]}"
    refused = []
    for top in dict.fromkeys((Path(tempfile.gettempdir()), Path("/tmp"))):  # noqa: S108 - checked below
        path = top.resolve() / name
        why = _unfit(path, account)
        if why is None:
            return path
        refused.append(f"{path} {why}")
    raise Unusable(f"There is no place for the server's socket: {'; '.join(refused)}. Set TMPDIR to another folder.")


def _unfit(path: Path, account: Account) -> str | None:
    """Why the socket cannot live here, or None, and then the folder is there, ours and private."""
    if len(os.fsencode(path / ".s.PGSQL.65535.lock")) > LONGEST:
        return "is too long for a socket"
    if account.stands_in and account.first_closed(path.parent):
        return f"is out of reach for {account.name}"
    try:
        path.mkdir(mode=0o700)
        give(path, account)
    except FileExistsError:
        seen = path.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != account.uid or stat.S_IMODE(seen.st_mode) & 0o077:
            return f"is somebody else's, or open to others (it should be a folder of {account.name}, mode 0700)"
    except OSError as fault:
        return f"cannot be made ({(fault.strerror or '').lower()})"
    return None


def knock(socket_dir: Path, port: int) -> Answer | None:
    """Ask the server behind a socket who it is; None if nobody answers, or is not ready to.

    Whether a server runs is decided by this, never by a process number.
    """
    try:
        with connection(socket_dir, port, "postgres") as asked:
            row = asked.execute(_WHO_ARE_YOU).fetchone()
    except psycopg.OperationalError:
        return None
    assert row is not None
    return Answer(str(row[0]), str(row[1]).split()[0], bool(row[2]))


def connection(socket_dir: Path, port: int, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own to the private socket, autocommit, given up after five seconds."""
    return psycopg.connect(
        host=str(socket_dir),
        port=port,
        user=SUPERUSER,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
        options="-c search_path=pg_catalog",
    )


def check_port(port: int) -> None:
    """`Unusable` where this port of 127.0.0.1 is taken, privileged, or no port at all."""
    if not 1 <= port <= 65_535:
        raise Unusable(f"{port} is no port; choose one from 1 to 65535 with --port, or leave it out.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            tried.bind(("127.0.0.1", port))
            tried.listen(1)
        except OSError as fault:
            what = "is in use by another program" if fault.errno == errno.EADDRINUSE else "may not be opened by you"
            raise Unusable(
                f"Port {port} of 127.0.0.1 {what}. Choose another with --port, or leave it out: Amends itself "
                "needs none."
            ) from None
