"""The real service on a free port: granian serving the front, on a database of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from django.db import connections

from amends import policies
from amends.config.environment import Environment, databases
from amends.orders import marketplaces

THREADS = 4
BODY_SECONDS = 3
BODY_BYTES = 65_536


class Service(NamedTuple):
    port: int
    database: str
    """Its URL."""
    log: str
    """Where the service's own log is."""


class Shop(NamedTuple):
    id: UUID
    key: str


@contextmanager
def database_on(server: str) -> Iterator[str]:
    """A migrated database of its own on a server, by its URL."""
    name = f"amends_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    own = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=_environment(own), check=True, timeout=60
    )
    try:
        yield own
    finally:
        with suppress(psycopg.OperationalError), psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def serving(database: str, application: str = "amends.config.front:application", **settings: str) -> Iterator[Service]:
    """The service, ready to answer; gone afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--no-ws", "--http1-header-read-timeout", "3000", application]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        process = subprocess.Popen(command, env=_environment(database) | settings, stdout=log, stderr=log)
        try:
            _until_ready(port, process, log.name)
            yield Service(port, database, log.name)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "amends.config.settings",
        "DATABASE_URL": database,
        "AMENDS_THREADS": str(THREADS),
        "AMENDS_BODY_SECONDS": str(BODY_SECONDS),
        "AMENDS_BODY_BYTES": str(BODY_BYTES),
    }


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _until_ready(port: int, process: subprocess.Popen[bytes], log: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with (
            suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5),
        ):
            return
        time.sleep(0.05)
    with open(log, encoding="utf-8") as said:
        raise RuntimeError(f"the service did not come up:\n{said.read()}")


def register(database: str, policy: str = "alx-d", *, sandbox: bool = True, provider: str = "silent") -> Shop:
    """A marketplace of its own in the service's database, with its key. Its provider waits to be spoken for."""
    with _django_on(database):
        name = f"shop {uuid.uuid4()}"
        made = marketplaces.register(name, policies.load(policy), sandbox=sandbox, provider=provider)
        return Shop(made.id, made.key)


def revoke(database: str, shop: Shop) -> None:
    with _django_on(database):
        assert marketplaces.revoke_key(shop.id, shop.key)


@contextmanager
def _django_on(database: str) -> Iterator[None]:
    """This process' Django on the service's database for a moment: other tests may have theirs open."""
    settings, open_one = connections.settings, connections["default"]
    found = databases(Environment({"DATABASE_URL": database, "AMENDS_DATABASE_CONNECTIONS": "2"}))
    found["default"]["OPTIONS"].pop("pool")
    connections.settings = connections.configure_settings(found)
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings = settings
        connections["default"] = open_one
