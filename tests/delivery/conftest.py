"""The store's database, here too."""

from __future__ import annotations

from tests.database import database, server, shop

__all__ = ["database", "server", "shop"]
