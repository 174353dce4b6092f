"""A real service to throw away: database, migrations and web server for one command, gone with it.

The database is the embedded one in a temporary folder or, where DATABASE_URL names a server, a new one on it. The
web server is `amends web` in processes of its own; this process makes marketplaces and looks at the books.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from .house import close, migrate, set_up
from .trouble import Trouble

if TYPE_CHECKING:
    from amends.core.policy import Policy

PATIENCE: Final = 60.0
"""Seconds the web server has to answer."""
DURABILITY_OFF: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""A database that is thrown away at the end need not outlive the machine's."""


class Sandbox(NamedTuple):
    """A marketplace with a clock of its own; its key is shown only here."""

    id: UUID
    key: str


class Service:
    """A running service: where it answers, and marketplaces made on it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def sandbox(self, policy: Policy) -> Sandbox:
        """A new sandbox marketplace under the policy, whose provider never answers by itself."""
        from amends.orders import marketplaces

        made = marketplaces.register(f"sandbox {uuid.uuid4()}", policy, sandbox=True, provider="silent")
        return Sandbox(made.id, made.key)

    def broken(self, marketplace: UUID) -> list[str]:
        """What is wrong with the books of a marketplace, a line each; empty when all of it holds."""
        from amends.orders.verify import verify

        return [str(broken) for broken in verify(marketplace).broken]


@contextmanager
def service(url: str | None = None) -> Iterator[Service]:
    """A service for as long as the block lasts. With `url` one that runs already, on the database of DATABASE_URL.

    Raises Trouble where database or web server do not come up.
    """
    from amends import postgres

    with ExitStack() as stack:
        try:
            if url is None:
                os.environ["DATABASE_URL"] = stack.enter_context(_database())
                os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")  # it is to be thrown away, and need not be safe
            elif not os.environ.get("DATABASE_URL"):
                raise Trouble(
                    "--url needs DATABASE_URL as well, the database of that service, to make sandboxes there."
                )
            set_up()
            stack.callback(close)
            if url is None:
                migrate()
                url = stack.enter_context(web(os.environ))
            yield Service(url)
        except postgres.Unusable as unusable:
            raise Trouble(str(unusable)) from None


@contextmanager
def _database() -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "").strip()
    with _own(given) if given else _embedded() as dsn:
        try:
            yield dsn
        finally:
            os.environ.pop("DATABASE_URL", None)
            if given:
                os.environ["DATABASE_URL"] = given


@contextmanager
def _embedded() -> Iterator[str]:
    from amends import postgres

    folder = Path(tempfile.mkdtemp(prefix="amends-"))
    folder.chmod(0o711)  # root's PostgreSQL runs as somebody else, who must get through
    try:
        with postgres.running(folder / "data", settings=DURABILITY_OFF) as address:
            yield address.dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _own(server: str) -> Iterator[str]:
    """A database of our own beside the one that is named."""
    import psycopg
    from psycopg import sql

    name = f"amends_scratch_{uuid.uuid4().hex[:12]}"
    try:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.Error as fault:
        raise Trouble(f"DATABASE_URL's server gives no database to try things on: {fault}") from None
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def web(environ: Mapping[str, str]) -> Iterator[str]:
    """`amends web` on a free port, in processes of its own with these settings; its address, once it answers."""
    port = free_port()
    argv = [sys.executable, "-m", "amends.cli", "web", "--port", str(port), "--child-of", str(os.getpid())]
    process = subprocess.Popen(  # noqa: S603 - ourselves, no shell
        argv, env=dict(environ), stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_until_ready(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once requests are answered. Raises Trouble where the process ends first, or takes too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Trouble(f"The web server ended with status {process.returncode}; what it said stands above.")
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise Trouble(f"The web server did not answer within {PATIENCE:.0f} seconds.")
