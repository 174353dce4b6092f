"""The service over real HTTP with a folder for files, once a run; a marketplace of its own for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.api import service as real
from tests.api.client import Client
from tests.api.conftest import cluster
from tests.api.people import People


@pytest.fixture(scope="session")
def coached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real.Service]:
    files = str(tmp_path_factory.mktemp("files"))
    given = os.environ.get("AMENDS_TEST_DATABASE_URL")
    with ExitStack() as stack:
        url = given or stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(real.database_on(url))
        yield stack.enter_context(real.serving(database, AMENDS_FILES=files))


@pytest.fixture
def people(coached: real.Service) -> People:
    """Everybody in a sandbox whose clock stands at 20 March 2026, 09:00."""
    return _everybody(coached)


@pytest.fixture
def elsewhere(coached: real.Service) -> People:
    """The same people in another marketplace."""
    return _everybody(coached)


def _everybody(service: real.Service) -> People:
    everybody = People(Client(service.port, real.register(service.database).key))
    everybody.day(0)
    return everybody
