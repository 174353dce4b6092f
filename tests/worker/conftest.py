"""The store's database, also for the worker; and a sandbox for each test that moves a clock."""

from __future__ import annotations

import uuid
from uuid import UUID

import pytest

from amends import policies
from amends.orders import marketplaces
from tests.database import database, server, shop

__all__ = ["database", "sandbox", "server", "shop"]


@pytest.fixture
def sandbox(database: str) -> UUID:
    """A sandbox of its own for each test, under the policy alx-d; nobody has moved its clock yet."""
    return marketplaces.register(f"sandbox {uuid.uuid4()}", policies.load("alx-d"), sandbox=True).id
