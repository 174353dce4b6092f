"""The store's tests stand on a database."""

from tests.database import database, server, shop

__all__ = ["database", "server", "shop"]
