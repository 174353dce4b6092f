"""The real service for these tests: a PostgreSQL to throw away, `amends web` in its own processes, HTTP between us."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from . import running


@pytest.fixture(scope="session")
def service() -> Iterator[running.Running]:
    with running.service(os.environ.get("AMENDS_TEST_DATABASE_URL")) as found:
        yield found
