"""The data folder: whose it is, what lies in it, and the locks that keep two starts apart.

    DATA/amends.lock     says that the folder is ours; locked by whoever starts or stops the server
    DATA/server.lock     locked by the server and every process of it, for as long as one of them lives
    DATA/users.lock      locked, shared, by every program that needs the server (`amends up`, a test)
    DATA/stays           there is one: the server outlives the programs that use it (`amends db start`)
    DATA/start.log       what the server said before its own log was open
    DATA/password        for --port only
    DATA/postgres/       PostgreSQL's own folder; its log is in postgres/log

All locks are the kernel's (flock): they go with the process that holds them, whatever ends it. `server.lock` is
inherited by the server, so it tells even where a process number would lie: after a restart of the machine, in
another container on the same disk, or while an orphan of a killed server still writes.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from .account import Account, home_of_owner, named, shown, stand_in
from .faults import Unusable, because

MARK: Final = "amends.lock"
LONGEST: Final = 900
"""Bytes of a data path; PostgreSQL cuts what is longer than 1,023 off, silently."""

_OVERLOOKED: Final = {"lost+found", ".DS_Store"}
_SIGNPOST: Final = (
    b"Amends keeps a database in this folder. Nothing in it is for editing by hand but postgres/postgresql.conf.\n"
)


class Pidfile(NamedTuple):
    """What a server wrote into postmaster.pid: where it can be reached, if it is still there."""

    pid: int
    socket_dir: Path
    port: int
    ready: bool
    """Its own word for it. Reason enough to knock, and nothing more."""


def default_data(environ: Mapping[str, str], *, root: bool) -> Path:
    """Where the data is when nobody says: AMENDS_DATA, else a place that outlives a checkout.

    Root's is outside of every home, because the account that runs the server must be able to reach it.
    """
    if environ.get("AMENDS_DATA"):
        return Path(environ["AMENDS_DATA"])
    if root:
        return Path("/var/lib/amends")
    return Path(environ.get("XDG_DATA_HOME") or Path("~/.local/share").expanduser()) / "amends"


class Folder:
    """A data folder, which need not exist yet. Making one of these touches nothing."""

    def __init__(self, data: Path) -> None:
        try:
            self.data = data.expanduser().resolve()
        except (OSError, RuntimeError) as fault:  # a circle of links; a user without a home
            raise Unusable(f"{data} cannot be a data folder: {fault}. Choose another with --data.") from None
        if not self.data.name:
            raise Unusable(f"{self.data} cannot be a data folder. Choose one with --data, for example ./var.")
        if any(ord(letter) < 32 for letter in str(self.data)):
            raise Unusable(f"{str(self.data)!r} cannot be a data folder: its name has a line break or worse in it.")
        if len(os.fsencode(self.data)) > LONGEST:
            raise Unusable(f"The path of {self.data} is longer than {LONGEST} bytes. Choose a shorter one with --data.")
        self.cluster = self.data / "postgres"

    def exists(self) -> bool:
        """Whether it is there and ours. `Unusable` where it is there and not ours, or cannot be read."""
        try:
            entries = {entry.name for entry in self.data.iterdir()} - _OVERLOOKED
        except FileNotFoundError:
            return False
        except PermissionError as fault:
            if (self.data / MARK).exists():  # root's folders may be passed through, not listed
                return True
            raise because(fault, self.data) from None
        except OSError as fault:
            raise because(fault, self.data) from None
        if MARK in entries:
            return True
        if not entries:
            return False
        raise self._foreign(entries)

    def _foreign(self, entries: set[str]) -> Unusable:
        if "PG_VERSION" in entries:
            return Unusable(
                f"{self.data} is the folder of a PostgreSQL that Amends did not make. To use that server set "
                "DATABASE_URL to it; for one of its own give Amends another folder with --data."
            )
        if (self.cluster / "PG_VERSION").exists():
            return Unusable(
                f"{self.data} holds a database but no {MARK}, which Amends puts into its folders. If it is a copy of "
                f"one, make an empty file of that name there; else choose another folder with --data."
            )
        some = ", ".join(sorted(entries)[:3])
        return Unusable(
            f"{self.data} is not empty ({some}) and was not made by Amends, so nothing is put there. "
            "Choose an empty or a new folder with --data."
        )

    def initialised(self) -> bool:
        """Whether there is a database in it, which came into being whole."""
        return (self.cluster / "PG_VERSION").exists()

    def account(self) -> Account:
        """Who runs the server: whoever owns the data; else the caller, or for root the account that stands in."""
        me = os.geteuid()
        owner = self.cluster.stat().st_uid if self.cluster.exists() else None
        if me != 0:
            if owner is not None and owner != me:
                raise Unusable(f"The database in {self.data} belongs to {shown(owner)}. Be that user, or root.")
            return named(me, stands_in=False)
        if owner == 0:
            account = stand_in()
            raise Unusable(
                f"{self.cluster} belongs to root, and PostgreSQL refuses to run as root. "
                f"Give it to an account: chown -R {account.name} '{self.cluster}'"
            )
        owner = owner or (self.data.stat().st_uid if self.data.exists() else 0)
        return named(owner, stands_in=True) if owner else stand_in()

    def make(self) -> None:
        """Make the folder and those above it that are missing. One that is there is taken if it is empty, or ours."""
        if self.exists():
            return
        try:
            for folder in (*reversed(self.data.parents), self.data):
                if not folder.exists():
                    folder.mkdir(exist_ok=True)
                    if os.geteuid() == 0:
                        folder.chmod(0o711 if folder == self.data else 0o755)  # whatever root's umask
            if os.geteuid() == 0:
                self._let_pass()
        except OSError as fault:
            raise because(fault, self.data) from None
        os.close(self.open(MARK, os.O_RDWR))  # the first thing in it, so that whoever comes now sees whose it is

    def _let_pass(self) -> None:
        """The account must get through the folder we were given, which is empty. Nothing above it is touched."""
        mode = stat.S_IMODE(self.data.stat().st_mode)
        if mode & 0o001:
            return
        if home_of_owner(self.data):
            raise Unusable(
                f"{self.data} is somebody's home, which is left as it is. Choose a folder inside with --data."
            )
        self.data.chmod(mode | 0o011)

    def pidfile(self) -> Pidfile | None:
        """What the server that runs, or ran last and was killed, wrote about itself; None where there is nothing."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
            ready = len(lines) > 7 and lines[7].strip() in ("ready", "standby")
            return Pidfile(int(lines[0]), Path(lines[4]), int(lines[3]), ready) if lines[4] else None
        except FileNotFoundError:
            return None
        except (IndexError, ValueError):  # it is just being written
            return None
        except OSError as fault:
            raise self._not_yours(fault) from None

    def open(self, name: str, flags: int) -> int:
        """A descriptor of one of our files, made if need be, never through a link. It belongs to the folder's owner."""
        flags |= os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            descriptor = os.open(self.data / name, flags, 0o600)
            if os.geteuid() == 0:
                owner = self.data.stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
        except OSError as fault:
            raise self._not_yours(fault) from None
        return descriptor

    def _not_yours(self, fault: OSError) -> Unusable:
        place: Path = self.data
        with suppress(OSError):
            owner = place.stat().st_uid
            if isinstance(fault, PermissionError) and owner != os.geteuid():
                return Unusable(
                    f"{place} belongs to {shown(owner)}, and you are {shown(os.geteuid())}. Be that user or root, or "
                    "choose a folder of yours with --data."
                )
        return because(fault, place)

    @contextmanager
    def locked(self, patience: float) -> Iterator[int]:
        """Nobody else starts or stops the server meanwhile. Yields the descriptor that holds the lock.

        The folder must exist. A lock on a file that was removed while we waited counts for nothing: once more.
        `Unusable` after `patience` seconds.
        """
        until = time.monotonic() + patience
        while True:
            descriptor = self.open(MARK, os.O_RDWR)
            try:
                while not taken(descriptor, exclusive=True):
                    if time.monotonic() > until:
                        raise Unusable(
                            f"Another program has been starting or stopping the server of {self.data} for "
                            f"{patience:.0f} seconds. Wait for it, or see what it waits for."
                        )
                    time.sleep(0.02)
                if _same(descriptor, self.data / MARK):
                    if not os.fstat(descriptor).st_size:
                        os.write(descriptor, _SIGNPOST)
                    yield descriptor
                    return
            finally:
                os.close(descriptor)

    def server_lives(self) -> bool:
        """Whether any process of a server of this folder is alive, on this machine or in another container of it."""
        if not (self.data / "server.lock").exists():
            return False
        descriptor = self.open("server.lock", os.O_RDWR)
        try:
            return not taken(descriptor, exclusive=False)
        finally:
            os.close(descriptor)


def taken(descriptor: int, *, exclusive: bool) -> bool:
    """Take the kernel's lock on an open file, without waiting; whether we have it now."""
    import fcntl  # noqa: PLC0415 - not on every platform; the sentence about that comes first

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
