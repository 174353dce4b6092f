"""The service over real HTTP, once a run; a marketplace of its own for each test."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
zone = os.environ.get("TZ", "")
django.setup()
# Django moves the whole process to UTC; the other tests want the odd zone they were given.
os.environ["TZ"] = zone
time.tzset()

from tests.store import cluster  # noqa: E402

from . import service as real  # noqa: E402
from .client import Client  # noqa: E402
from .people import People  # noqa: E402


@pytest.fixture(scope="session")
def service() -> Iterator[real.Service]:
    given = os.environ.get("AMENDS_TEST_DATABASE_URL")
    if given:
        with real.database_on(given) as database, real.serving(database) as running:
            yield running
        return
    with ExitStack() as stack:
        url = stack.enter_context(cluster.running()).format(database="postgres")
        yield stack.enter_context(real.serving(stack.enter_context(real.database_on(url))))


@pytest.fixture
def shop(service: real.Service) -> real.Shop:
    """A sandbox under the policy alx-d."""
    return real.register(service.database)


@pytest.fixture
def people(service: real.Service, shop: real.Shop) -> People:
    """Everybody in that sandbox, whose clock stands at 20 March 2026, 09:00."""
    everybody = People(Client(service.port, shop.key))
    everybody.day(0)
    return everybody


@pytest.fixture
def outside(service: real.Service) -> Client:
    """The back end of an ordinary marketplace, which lives in real time."""
    return Client(service.port, real.register(service.database, sandbox=False).key)
