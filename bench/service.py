"""What the benchmarks of the service stand on: a PostgreSQL of their own with durability on, and the life they tell.

The server is the embedded one as a first run gets it; nothing is tuned for the occasion.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

START = datetime(2026, 3, 20, 9, tzinfo=UTC)
COMMANDS_A_LIFE = 6
AT_ONCE = {"opening.earliest.wait": "P0D"}
"""A dispute may be opened as soon as the parcel is on its way, so that a life needs no waiting."""


@contextmanager
def database() -> Iterator[str]:
    """A migrated database to throw away, as its URL; Django is set up on it, in this process and those it starts."""
    from amends import postgres

    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        place = Path(folder)
        place.chmod(0o755)  # as root, the server's account must reach its data
        with postgres.running(place / "data") as address:
            os.environ["DATABASE_URL"] = address.dsn
            os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
            os.environ.setdefault("AMENDS_LOG_LEVEL", "ERROR")
            import django

            django.setup()
            from django.core.management import call_command
            from django.db import connection

            call_command("migrate", verbosity=0)
            try:
                yield address.dsn
            finally:
                connection.close()
                connection.close_pool()


def life(order: str) -> list[dict[str, Any]]:
    """A dispute from placing to agreement: six commands, with text to seal, journal entries and a refund."""
    line = {"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1}
    claim = {"lines": ["A"], "received": True, "reason": "low_quality", "wants": "refund", "amount": "45.00"}
    return [
        {
            "by": "marketplace",
            "do": "place_order",
            "id": order,
            "buyer": f"buyer {order[-3:]}",
            "seller": f"seller {order[-2:]}",
            "currency": "USD",
            "lines": [line],
            "payments": [{"reference": f"pay {order}", "method": "card", "amount": "45.00"}],
            "destination": {"country": "PL", "city": "Gdansk"},
        },
        {"by": "seller", "do": "ship", "tracking": "RR123456785CN"},
        {"by": "buyer", "do": "open", **claim, "text": "The kettle stays cold."},
        {"by": "seller", "do": "offer", "dispute": 1, "wants": "refund", "amount": "20.00", "text": "A little warmth."},
        {"by": "buyer", "do": "message", "dispute": 1, "text": "It was to boil."},
        {"by": "buyer", "do": "accept", "dispute": 1},
    ]
