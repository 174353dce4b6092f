"""`amends up`: database, web and worker in one go, watched, and stopped in order.

    up ─┬─ PostgreSQL        a process of its own; stopped last, by the last who uses it
        ├─ amends web        a session of its own: granian and its workers
        └─ amends worker     a session of its own

Whatever is killed is started again. If `up` itself is killed outright, the kernel ends web and worker with it, and
the next `up` finds the database running, uses it, and stops it in the end.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NamedTuple

from . import house
from .children import Child, stop
from .trouble import Trouble

if TYPE_CHECKING:
    from amends import postgres

TICK: Final = 0.1
"""Seconds between two looks at the children."""
DATABASE_TICK: Final = 1.0
"""Seconds between two looks at the database."""
HOPELESS: Final = 5
"""So many deaths before the first answer, and it is no accident."""


class Stopped(BaseException):
    """Somebody asked us to stop. No Exception: nothing on the way may take it for a fault."""


class Shows(NamedTuple):
    """What there is to look at beside the service itself: the told demonstration, and a file of recorded orders."""

    demo: bool = False
    orders: Path | None = None


def run(host: str, port: int, data: Path | None, shows: Shows) -> int:
    """Run everything until a signal; answers with the exit status. Raises Trouble for what a person can mend."""
    from amends import postgres

    check_port(host, port)
    with _stopped_by_signals():
        try:
            if os.environ.get("DATABASE_URL", "").strip():
                _on_given_database(host, port, shows)
            else:
                server = postgres.Server(data or _default_data())
                try:
                    _on_embedded(server, host, port, shows)
                finally:
                    _say_if(server.leave(), f"PostgreSQL has stopped. The data stays in {server.data}.")
        except Stopped:
            pass
        except postgres.Unusable as unusable:
            raise Trouble(str(unusable)) from None
    return 0


def check_port(host: str, port: int) -> None:
    """Raises Trouble where nobody could listen there."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Trouble(f"{host} is no address of this machine. Leave --host out to listen at 127.0.0.1.") from None
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
            tried.listen(1)
        except PermissionError:
            raise Trouble(f"Port {port} may not be opened by you. Choose one from 1024 up with --port.") from None
        except OSError as fault:
            why = (fault.strerror or str(fault)).lower()
            raise Trouble(
                f"Port {port} of {host} cannot be used: {why}. Stop the program that listens there, or choose another "
                f"port with --port, for example --port {port + 1}."
            ) from None


# ── on which database ────────────────────────────────────────────────────────────────────────────


def _on_embedded(server: postgres.Server, host: str, port: int, shows: Shows) -> None:
    address = server.use()
    _say(address.told())
    os.environ["DATABASE_URL"] = address.dsn
    house.name_files(server.data)
    if not os.environ.get("AMENDS_SECRET_KEY"):
        os.environ["AMENDS_SECRET_KEY"] = kept_secret(server, "secret_key")
    if not os.environ.get("AMENDS_MESSAGES_LOG"):
        os.environ["AMENDS_MESSAGES_LOG"] = str(server.data / "messages.log")
    _serve(host, port, shows, server=server)


def _on_given_database(host: str, port: int, shows: Shows) -> None:
    from amends.postgres import url

    target = url.read(os.environ["DATABASE_URL"])
    _say(f"The data is in {target.shown()} (PostgreSQL {url.check(target)}).")
    if not os.environ.get("AMENDS_SECRET_KEY"):
        os.environ["AMENDS_SECRET_KEY"] = secrets.token_urlsafe(48)
        _say("AMENDS_SECRET_KEY is not set; a new one is made for this run. Set it, and links and sessions stay valid.")
    _serve(host, port, shows, server=None)


def _default_data() -> Path:
    from amends import postgres

    return postgres.default_data(os.environ, root=hasattr(os, "geteuid") and os.geteuid() == 0)


def kept_secret(server: postgres.Server, name: str, made: str = "") -> str:
    """The secret in the data folder under that name, for its owner's eyes; if there is none, `made`, or a new one."""
    with os.fdopen(server.folder.open(name, os.O_RDWR), "r+", encoding="ascii") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            os.fchmod(file.fileno(), 0o600)
        secret = file.read().strip()
        if not secret or made:
            secret = made or secrets.token_urlsafe(48)
            file.seek(0)
            file.truncate()
            file.write(f"{secret}\n")
    return secret


# ── serving ──────────────────────────────────────────────────────────────────────────────────────


def _serve(host: str, port: int, shows: Shows, *, server: postgres.Server | None) -> None:
    environ = {**os.environ, "AMENDS_DEMO": "1"} if shows.demo else dict(os.environ)
    web = Child("web", ["web", "--host", host, "--port", str(port)], environ, _say)
    worker = Child("worker", ["worker"], environ, _say)
    orders = Child("orders", ["show-orders", str(shows.orders)], environ, _say)
    try:
        web.start()  # it says 503 until the schema is there
        house.set_up()
        house.migrate()
        if shows.demo:
            _show(server, _address(host, port))  # before there is a worker, so that it comes out the same each time
        worker.start()
        house.close()
        _keep([web, worker], server, _address(host, port), then=orders.start if shows.orders else None)
    finally:
        with suppress(ValueError):
            house.close()
        stop([web, worker, orders])


def _show(server: postgres.Server | None, address: str) -> None:
    """Tell the demonstration if it was not told yet, and print how to look at it."""
    from amends.stories import demonstration

    from . import session

    known = kept_secret(server, "demo_key", "") if server and (server.data / "demo_key").exists() else ""
    shown = demonstration.told(known, _say)
    if server is not None and shown.key != known:
        kept_secret(server, "demo_key", shown.key)
    _say(session.printed(address, shown))


def _address(host: str, port: int) -> str:
    """Where one who sits here finds it: a server that listens everywhere listens here too."""
    near = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{near}:{port}"


def _keep(
    children: list[Child], server: postgres.Server | None, address: str, *, then: Callable[[], None] | None
) -> None:
    """Watch over everything until Stopped. Says `ready` once the service answers, and does `then` what can wait."""
    ready = False
    look_at_database = time.monotonic() + DATABASE_TICK
    while True:
        for child in children:
            child.keep()
            if not ready and child.deaths >= HOPELESS:
                raise Trouble(
                    f"{child.name} has ended {child.deaths} times without ever answering; see what it said above."
                )
        if not ready and _answers(f"{address}/readyz"):
            ready = True
            _say(f"ready {address}")
            if then is not None:
                then()
        if server is not None and time.monotonic() >= look_at_database:
            _keep_database(server)
            look_at_database = time.monotonic() + DATABASE_TICK
        time.sleep(TICK)


def _keep_database(server: postgres.Server) -> None:
    from amends import postgres

    if server.status().state is postgres.State.RUNNING:
        return
    _say("PostgreSQL does not answer; it is started again.")
    address = server.use()
    _say(f"PostgreSQL answers again (process {address.pid}).")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


# ── signals and words ────────────────────────────────────────────────────────────────────────────


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """The first of these signals raises Stopped; those that come while we stop change nothing."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before: Mapping[signal.Signals, object] = {number: signal.getsignal(number) for number in numbers}

    def asked(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, lambda *_: None)
        _say(f"Stopping ({signal.Signals(number).name}).")
        raise Stopped

    for number in numbers:
        signal.signal(number, asked)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]


def _say(sentence: str) -> None:
    """On standard output. Whoever reads it may have gone (`amends up | head`); we have not.

    Not `print`: a signal may come in the middle of one, and it cannot be entered twice.
    """
    with suppress(BrokenPipeError):
        os.write(1, f"{sentence}\n".encode())


def _say_if(done: bool, sentence: str) -> None:
    if done:
        _say(sentence)
