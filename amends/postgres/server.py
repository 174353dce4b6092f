"""Starting, finding and stopping the embedded PostgreSQL.

`Server(data).start()` starts one that stays until `stop()`. `running(data)` starts one that lives as long as somebody
is inside such a block; the last to leave stops it. Whoever is killed inside (kill -9) leaves it running; the next one
finds it, uses it, and stops it in the end.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import binaries, cluster, sockets
from .account import Account
from .faults import Unusable, ending
from .folder import Folder, Pidfile, taken
from .password import password_of, set_password

PATIENCE: Final = 120.0
"""Seconds we wait for another's start, a recovery or a shutdown before we say so and give up."""

_POLL: Final = 0.01

_children: Final[dict[int, subprocess.Popen[bytes]]] = {}
"""Servers this process has started, whichever `Server` did it: a child that ended must be waited for by its parent."""


class State(StrEnum):
    """What there is in a data folder."""

    RUNNING = "running"
    BUSY = "busy"
    """A server lives there and does not answer: it starts, recovers or ends, or its socket is out of our reach."""
    STOPPED = "stopped"
    ABSENT = "absent"
    """No database yet."""


class Address(NamedTuple):
    """Where a running server is. `dsn` goes over the private socket, as the superuser, to the database "amends".

    `tcp` and `password_file` only where a port was opened; then `port` is that port, else only the number in the
    socket's name. `found` says that it was running before we came. `pid` is for looking at, not for deciding.
    """

    dsn: str
    socket_dir: Path
    port: int
    pid: int
    data: Path
    found: bool
    version: str
    tcp: str | None = None
    password_file: Path | None = None

    def told(self) -> str:
        """A sentence for the terminal."""
        what = "was running already, and is used as it is" if self.found else "is running"
        tcp = f" Also at {self.tcp}, with the password in {self.password_file}." if self.tcp else ""
        return f"PostgreSQL {self.version} {what} (process {self.pid}). The data is in {self.data}.{tcp}"


class Status(NamedTuple):
    """What `status()` found; `address` only while it is running."""

    state: State
    data: Path
    address: Address | None = None

    def told(self) -> str:
        """A sentence for the terminal."""
        if self.address:
            return self.address.told()
        return {
            State.ABSENT: f"There is no database in {self.data} yet. `amends db start` makes one.",
            State.STOPPED: f"The database in {self.data} is not running. `amends db start` starts it.",
            State.BUSY: f"The server of {self.data} is starting, recovering or ending, or its socket is out of reach.",
        }[self.state]


class Server:
    """The PostgreSQL of one data folder, which need not exist. `port` opens it on 127.0.0.1 as well.

    `settings` overrule postgresql.conf for the server this starts. Making one touches nothing.
    """

    def __init__(
        self,
        data: Path,
        port: int | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.folder = Folder(data)
        self.port = port
        self._settings = dict(settings or {})
        self._patience = patience
        self._environ = environ
        self._use: int | None = None

    @property
    def data(self) -> Path:
        """Where the data is: absolute, links followed."""
        return self.folder.data

    def start(self, *, stays: bool = True) -> Address:
        """Start the server, or find it running, and wait until it answers. A first start makes folder and database.

        `stays` keeps it when the last `running` block is left. Raises `Unusable`.
        """
        programs = binaries.found()
        self.folder.make()
        with self.folder.locked(self._patience) as lock:
            seen, address = self._settled()
            if address is None:
                assert seen is not State.RUNNING
                if self.port is not None:
                    sockets.check_port(self.port)
                address = self._started(programs, lock)
            elif self.port is not None and (address.tcp is None or address.port != self.port):
                raise Unusable(
                    f"The server of {self.data} is running without port {self.port}. Leave --port out to use it as it "
                    "is, or stop it first with `amends db stop`."
                )
            else:
                self._complete(address)
            if stays:
                os.close(self.folder.open("stays", os.O_WRONLY))
        return address

    def use(self) -> Address:
        """The same for as long as this process lives, or until `leave()`; what `running` is made of."""
        binaries.found()
        self.folder.make()
        if self._use is None:
            use = self.folder.open("users.lock", os.O_RDWR)
            while not taken(use, exclusive=False):  # somebody is just leaving
                time.sleep(_POLL)
            self._use = use
        try:
            return self.start(stays=False)
        except Unusable:
            os.close(self._use)
            self._use = None
            raise

    def leave(self) -> bool:
        """Undo `use()`: the last to leave stops the server, unless it is to stay. Whether it was stopped."""
        if self._use is None:
            return False
        use, self._use = self._use, None
        try:
            if not self.data.exists():
                return False
            with self.folder.locked(self._patience):
                if (self.data / "stays").exists() or not taken(use, exclusive=True):
                    return False
                return self._stopped()
        finally:
            os.close(use)

    def stop(self) -> bool:
        """Shut the server down (fast: open transactions are rolled back, the rest is written). False if none ran."""
        if not self.folder.exists():
            return False
        with self.folder.locked(self._patience):
            (self.data / "stays").unlink(missing_ok=True)
            return self._stopped()

    def status(self) -> Status:
        """Look, and touch nothing. `Unusable` where the folder is not ours or not yours."""
        if not self.folder.exists():
            return Status(State.ABSENT, self.data)
        state, address = self._seen()
        return Status(state, self.data, address)

    def psql(self, argv: Sequence[str] = ()) -> int:
        """Run psql on the database, with these arguments, on this terminal; its exit status."""
        address = self.status().address
        if address is None:
            raise Unusable(self.status().told())
        environ = {name: value for name, value in self._environ.items() if not name.startswith("PG")}
        environ |= {"PGHOST": str(address.socket_dir), "PGPORT": str(address.port)}
        environ |= {"PGUSER": cluster.SUPERUSER, "PGDATABASE": cluster.DATABASE}
        with _ignoring(signal.SIGINT):  # Ctrl-C is psql's: it cancels the query
            try:
                return subprocess.run(  # noqa: S603 - the wheel's psql, no shell
                    [binaries.found().bin / "psql", *argv], env=environ, check=False, preexec_fn=_heed_interrupts
                ).returncode
            except OSError as fault:
                raise Unusable(f"psql cannot be run: {fault}.") from None

    # ── finding ──────────────────────────────────────────────────────────────────────────────────

    def _seen(self) -> tuple[State, Address | None]:
        """What there is now. A server runs if it answers, and has this folder open; a process number proves nothing."""
        if not self.folder.exists():
            return State.ABSENT, None
        pidfile = self.folder.pidfile()
        lives = self.folder.server_lives()
        if pidfile and pidfile.ready:
            answer = sockets.knock(pidfile.socket_dir, pidfile.port)
            if answer and (lives or self._is_ours(answer.cluster)):
                return State.RUNNING, self._address(pidfile, answer, found=True)
        if lives:
            return State.BUSY, None
        return (State.STOPPED if self.folder.initialised() else State.ABSENT), None

    def _is_ours(self, directory: str) -> bool:
        """A copied data folder still names the socket of its original; where locks do not tell, the server does."""
        try:
            return os.path.samefile(directory, self.folder.cluster)
        except OSError:
            return False

    def _settled(self) -> tuple[State, Address | None]:
        """What there is once nothing is starting or ending any more. We hold the lock, so it is no start of ours."""
        until = time.monotonic() + self._patience
        while True:
            state, address = self._seen()
            if state is not State.BUSY:
                return state, address
            if time.monotonic() > until:
                raise Unusable(
                    f"A server holds {self.data} and has not answered for {self._patience:.0f} seconds. It may be "
                    "recovering still (its log is in postgres/log), or run in another container. `amends db stop` "
                    "ends it."
                )
            time.sleep(_POLL)

    def _address(self, pidfile: Pidfile, answer: sockets.Answer, *, found: bool) -> Address:
        port, tcp, password_file = pidfile.port, None, None
        if answer.listens:
            tcp = f"postgresql://{cluster.SUPERUSER}@127.0.0.1:{port}/{cluster.DATABASE}"
            password_file = self.data / "password"
        host = quote(str(pidfile.socket_dir), safe="")
        dsn = f"postgresql://{cluster.SUPERUSER}@/{cluster.DATABASE}?host={host}&port={port}"
        return Address(dsn, pidfile.socket_dir, port, pidfile.pid, self.data, found, answer.version, tcp, password_file)

    # ── starting ─────────────────────────────────────────────────────────────────────────────────

    def _started(self, programs: binaries.Programs, lock: int) -> Address:
        account = self.folder.account()
        programs = binaries.within_reach(programs, account, self._environ)
        if self.folder.initialised():
            cluster.check_version(self.folder)
            if account.stands_in:
                cluster.check_way(self.folder.cluster, account)
        else:
            cluster.create(self.folder, programs, account, lock=lock)
        socket_dir = sockets.place(self.folder.cluster, account)
        self._clear_stale_numbers(socket_dir)
        old_logs = self._logs()
        process = self._launched(programs, account, socket_dir)
        try:
            address = self._answering(process, old_logs)
            self._complete(address)
        except BaseException:  # also Ctrl-C: what was not yet handed over must not stay behind
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()
            with suppress(OSError):
                socket_dir.rmdir()
            raise
        return address

    def _launched(self, programs: binaries.Programs, account: Account, socket_dir: Path) -> subprocess.Popen[bytes]:
        """The server as a process of its own session, holding server.lock for as long as any part of it lives."""
        settings = {
            "listen_addresses": "127.0.0.1" if self.port else "",
            "port": str(self.port or sockets.DEFAULT_PORT),
            "unix_socket_directories": f'"{socket_dir}"',
        } | self._settings
        argv: list[str | Path] = [programs.bin / "postgres", "-D", self.folder.cluster]
        argv += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with ExitStack() as closing:
            alive = self.folder.open("server.lock", os.O_RDWR)
            closing.callback(os.close, alive)
            until = time.monotonic() + self._patience
            while not taken(alive, exclusive=True):  # somebody is just looking
                if time.monotonic() > until:
                    raise Unusable(f"{self.data}/server.lock is held by another program. See what holds it (lsof).")
                time.sleep(_POLL)
            log = self.folder.open("start.log", os.O_WRONLY | os.O_TRUNC)
            closing.callback(os.close, log)
            process = account.popen(argv, output=log, keep_open=[alive], session=True)
        _children[process.pid] = process
        return process

    def _answering(self, process: subprocess.Popen[bytes], old_logs: Mapping[Path, int]) -> Address:
        """Wait until it answers, as long as a recovery takes; `Unusable` with its own words when it ends instead."""
        while process.poll() is None:
            pidfile = self.folder.pidfile()
            if pidfile and pidfile.pid == process.pid and pidfile.ready:
                answer = sockets.knock(pidfile.socket_dir, pidfile.port)
                if answer:
                    return self._address(pidfile, answer, found=False)
            time.sleep(_POLL)
        until = time.monotonic() + 2  # the process that writes the log is the last to end
        while self.folder.server_lives() and time.monotonic() < until:
            time.sleep(_POLL)
        raise ending(self._last_words(old_logs), data=self.data, port=self.port)

    def _logs(self) -> dict[Path, int]:
        """The server's logs, and how long they are."""
        return {path: path.stat().st_size for path in self.folder.cluster.glob("log/*.log")}

    def _last_words(self, old_logs: Mapping[Path, int]) -> str:
        """What it said at this start: before its log was open, and in it."""
        said = [(self.data / "start.log").read_bytes()]
        for path, size in self._logs().items():
            old = old_logs.get(path, 0)
            said.append(path.read_bytes()[old if old <= size else 0 :])
        return b"\n".join(said).decode(errors="replace")

    def _clear_stale_numbers(self, socket_dir: Path) -> None:
        """Remove the numbers a killed server left behind, where PostgreSQL would take another process for it.

        In containers that is common: numbers are small and come again, and the first process may never wait for its
        dead. No server lives here (its lock is free), so the files may go; where we see nothing, PostgreSQL decides.
        """
        _wait_for_ended()
        pidfile = self.folder.pidfile()
        if pidfile and self._is_another(pidfile.pid):
            (self.folder.cluster / "postmaster.pid").unlink(missing_ok=True)
        for lock in socket_dir.glob(".s.PGSQL.*.lock"):
            number = lock.read_text(encoding="ascii", errors="replace").split("\n")[0]
            if number.isdecimal() and self._is_another(int(number)):
                lock.unlink(missing_ok=True)

    def _is_another(self, pid: int) -> bool:
        """Whether we see that this process is no living server of this folder, nor of one removed from its place."""
        at_work_in = _folder_of(pid)
        cluster_was = f"{self.folder.cluster} (deleted)"
        return _is_zombie(pid) or at_work_in not in (None, str(self.folder.cluster), cluster_was)

    def _complete(self, address: Address) -> None:
        """The database "amends", and the password where a port is open: at every start, as one may be cut short."""
        try:
            with sockets.connection(address.socket_dir, address.port, "postgres") as server:
                if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [cluster.DATABASE]).fetchone():
                    # The server may just be doing it, for one who was killed since he asked.
                    with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(cluster.DATABASE)))
                if address.tcp:
                    set_password(server, password_of(self.folder))
        except psycopg.Error as fault:
            raise ending(str(fault), data=self.data, port=self.port) from None

    # ── stopping ─────────────────────────────────────────────────────────────────────────────────

    def _stopped(self) -> bool:
        """Fast shutdown, and wait for its last process; False if none ran. We hold the lock of the folder."""
        state, address = self._seen()
        if state not in (State.RUNNING, State.BUSY):
            return False
        pidfile = self.folder.pidfile()
        if pidfile and (address or _folder_of(pidfile.pid) == str(self.folder.cluster)):
            try:
                os.kill(pidfile.pid, signal.SIGINT)
            except PermissionError:
                raise Unusable(f"The server of {self.data} is not yours to stop. Be its owner, or root.") from None
            except ProcessLookupError:
                pass
        until = time.monotonic() + self._patience
        while self.folder.server_lives() or self._seen()[0] is State.RUNNING:
            if time.monotonic() > until:
                raise Unusable(
                    f"The server of {self.data} has not ended within {self._patience:.0f} seconds. It may be writing a "
                    "large checkpoint (its log is in postgres/log), or run in another container."
                )
            time.sleep(_POLL)
        if pidfile:
            with suppress(OSError):
                pidfile.socket_dir.rmdir()
        if pidfile and pidfile.pid in _children:
            _children.pop(pidfile.pid).wait()
        return True


@contextmanager
def running(
    data: Path, port: int | None = None, *, settings: Mapping[str, str] | None = None, patience: float = PATIENCE
) -> Iterator[Address]:
    """A server for as long as somebody is inside such a block; the last to leave stops it (unless it was told to stay).

    Left by its end, an exception, Ctrl-C, and, where nobody else listens to them, SIGTERM and SIGHUP: those are turned
    into SystemExit(128 + number). While it stops, further signals wait. Raises `Unusable`.
    """
    server = Server(data, port, settings=settings, patience=patience)
    with _leaving_on(signal.SIGTERM, signal.SIGHUP):
        try:
            yield server.use()
        finally:
            with _ignoring(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                server.leave()


def _folder_of(pid: int) -> str | None:
    """The folder a process works in; None where there is no such process or the system does not tell."""
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return None


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and only its number is left, because its parent never asked how."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] == "Z"
        )
    except (OSError, IndexError):
        return False


def _wait_for_ended() -> None:
    for pid in [pid for pid, child in _children.items() if child.poll() is not None]:
        del _children[pid]


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def _leaving_on(*numbers: signal.Signals) -> Iterator[None]:
    """Signals that would end the process without a word unwind it instead. Who listens already keeps listening."""
    with ExitStack() as after:
        for number in numbers:
            if threading.current_thread() is threading.main_thread() and signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _leave)
                after.callback(signal.signal, number, signal.SIG_DFL)
        yield


@contextmanager
def _ignoring(*numbers: signal.Signals) -> Iterator[None]:
    with ExitStack() as after:
        if threading.current_thread() is threading.main_thread():
            for number in numbers:
                after.callback(signal.signal, number, signal.getsignal(number))
                signal.signal(number, signal.SIG_IGN)
        yield
