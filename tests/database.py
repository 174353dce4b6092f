"""A real PostgreSQL for tests: one to throw away, or that of AMENDS_TEST_DATABASE_URL; a database of its own.

A folder of tests that needs it imports these fixtures in its conftest. A process that runs several such folders gets
one database, because Django has one.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import django
import psycopg
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
zone = os.environ.get("TZ", "")
django.setup()
# Django moves the whole process to UTC; the other tests want the odd zone they were given.
os.environ["TZ"] = zone
time.tzset()

# Only now that Django is set up can what stands on it be imported.
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from amends import policies  # noqa: E402
from amends.config.environment import Environment, databases  # noqa: E402
from amends.orders import marketplaces  # noqa: E402
from tests.store import cluster  # noqa: E402

_made: list[str] = []


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database that nobody else uses; Django is set up on it."""
    if _made:
        yield _made[0]
        return
    with ExitStack() as stack:
        if request.config.pluginmanager.hasplugin("django"):  # it would keep tests from any database but its own
            stack.enter_context(request.getfixturevalue("django_db_blocker").unblock())
        given = os.environ.get("AMENDS_TEST_DATABASE_URL")
        url = given or stack.enter_context(cluster.running()).format(database="postgres")
        name = f"amends_test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        _use(own)
        call_command("migrate", verbosity=0)
        _made.append(own)
        yield own
        _made.clear()
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _use(url: str) -> None:
    """Django was set up before there was a database; now it gets one."""
    found = databases(Environment({"DATABASE_URL": url, "AMENDS_DATABASE_CONNECTIONS": "40"}))
    connections.settings = connections.configure_settings(found)
    with suppress(AttributeError):  # nobody had asked for one yet
        del connections["default"]


@pytest.fixture
def server(database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection beside the service's own, as the administrator."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def shop(database: str) -> UUID:
    """A marketplace of its own for each test, under the policy alx-d."""
    return marketplaces.register(f"shop {uuid.uuid4()}", policies.load("alx-d")).id
