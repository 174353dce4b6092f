"""Pages are asked through Django's own client on a real PostgreSQL; browsers look at them in tests/browser."""

from __future__ import annotations

import pytest

from tests.database import database, server

from .people import Market

__all__ = ["database", "server"]


@pytest.fixture
def market(database: str) -> Market:
    """A sandbox under the policy alx-d, at START."""
    return Market()
