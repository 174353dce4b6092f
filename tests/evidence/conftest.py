"""The service over real HTTP with a folder for files of its own; Alice, Bob and the others in a sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.api import service as real
from tests.api.client import Client
from tests.api.conftest import zone  # sets Django up, and the odd zone anew
from tests.api.people import People
from tests.database import database, server, shop
from tests.store import cluster

__all__ = ["database", "people", "server", "shop", "vault"]
UPLOAD_SECONDS = 3
assert zone is not None, "imported for what it does"


class Vault(NamedTuple):
    service: real.Service
    files: Path


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Its own service, because others are started without AMENDS_FILES."""
    files = tmp_path_factory.mktemp("files")
    settings = {"AMENDS_FILES": str(files), "AMENDS_UPLOAD_SECONDS": str(UPLOAD_SECONDS), "AMENDS_LOG_LEVEL": "ERROR"}
    with ExitStack() as stack:
        url = stack.enter_context(cluster.running()).format(database="postgres")
        database = stack.enter_context(real.database_on(url))
        yield Vault(stack.enter_context(real.serving(database, **settings)), files)


@pytest.fixture
def people(vault: Vault) -> People:
    """Everybody in a sandbox of their own, whose clock stands at 20 March 2026, 09:00."""
    everybody = People(Client(vault.service.port, real.register(vault.service.database).key))
    everybody.day(0)
    return everybody
