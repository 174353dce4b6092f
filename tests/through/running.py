"""Starting the real service for a test or a run by hand."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg

from amends.cli import scratch
from tests.store import cluster

from .keeper import Keeper, keeping


class Running(NamedTuple):
    """Where the service answers, who holds its database, and that database."""

    url: str
    keeper: Keeper
    database: str


@contextmanager
def service(server: str | None = None) -> Iterator[Running]:
    """A service on a database of its own: on the server named, else on one to throw away."""
    with ExitStack() as stack:
        server = server or stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(_database(server))
        keeper = stack.enter_context(keeping(database))
        url = stack.enter_context(scratch.web({**os.environ, "DATABASE_URL": database, "AMENDS_LOG_LEVEL": "ERROR"}))
        yield Running(url, keeper, database)


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"amends_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
