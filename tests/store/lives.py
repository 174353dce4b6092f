"""Small lives of orders, acted through the door. Alice buys, Bob sells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from amends.orders.handle import Outcome, handle

PLACED = datetime(2026, 3, 20, 9, tzinfo=UTC)

CLAIM: dict[str, Any] = {
    "lines": ["A"],
    "received": True,
    "reason": "low_quality",
    "wants": "refund",
    "amount": "45.00",
}


def day(days: float) -> datetime:
    """That many days after the order was placed."""
    return PLACED + timedelta(days=days)


def place(shop: UUID, order_key: str = "O1", *, now: datetime = PLACED, key: str = "", **fields: Any) -> Outcome:
    document = {
        "do": "place_order",
        "by": "marketplace",
        "id": order_key,
        "buyer": "alice",
        "seller": "bob",
        "currency": "USD",
        "lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1}],
        "payments": [{"reference": "pay-1", "method": "card-4242", "amount": "45.00"}],
        "paid_at": "2026-03-20T09:00:00Z",
        "destination": {"country": "PL", "city": "Gdansk"},
        "return_to": {"country": "CN", "city": "Shenzhen"},
        **fields,
    }
    return handle(shop, order_key, document, now=now, caller="marketplace", key=key)


def act(shop: UUID, by: str, do: str, days: float, order_key: str = "O1", key: str = "", **fields: Any) -> Outcome:
    """`by` does `do`, that many days after the order was placed."""
    return handle(shop, order_key, {"by": by, "do": do, **fields}, now=day(days), caller=by, key=key)


def shipped(shop: UUID, order_key: str = "O1") -> Outcome:
    place(shop, order_key)
    return accepted(act(shop, "seller", "ship", 1, order_key, tracking="RR123456785CN"))


def disputed(shop: UUID, order_key: str = "O1") -> Outcome:
    """Alice has got the kettle, and asks on day 12 for all of her money."""
    shipped(shop, order_key)
    return accepted(act(shop, "buyer", "open", 12, order_key, text="The lid does not close.", **CLAIM))


def offered(shop: UUID, order_key: str = "O1") -> Outcome:
    disputed(shop, order_key)
    return accepted(
        act(shop, "seller", "offer", 13, order_key, dispute=1, wants="refund", amount="20.00", text="Keep it.")
    )


def agreed(shop: UUID, order_key: str = "O1") -> Outcome:
    """Bob offers 20.00 and Alice takes it."""
    offered(shop, order_key)
    return accepted(act(shop, "buyer", "accept", 14, order_key, dispute=1))


def accepted(outcome: Outcome) -> Outcome:
    assert outcome.refused is None, str(outcome.refused)
    return outcome
