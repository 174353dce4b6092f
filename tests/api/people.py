"""Alice buys, Bob sells, Mia mediates, Olga operates, Sam is a stranger; and small lives of orders they lead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .client import Client, Reply, at

PLACED = datetime(2026, 3, 20, 9, tzinfo=UTC)
CLAIM: dict[str, Any] = {
    "lines": ["A"],
    "received": True,
    "reason": "low_quality",
    "wants": "refund",
    "amount": "45.00",
}


def instant(days: float) -> str:
    return f"{PLACED + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def order(order_id: str = "O1", **fields: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "buyer": "alice",
        "seller": "bob",
        "currency": "USD",
        "lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1}],
        "payments": [{"reference": "pay-1", "method": "card-4242", "amount": "45.00"}],
        "paid_at": instant(0),
        "destination": {"country": "PL", "city": "Gdansk"},
        "return_to": {"country": "CN", "city": "Shenzhen"},
        **fields,
    }


class People:
    def __init__(self, shop: Client) -> None:
        self.shop = shop
        self.alice = shop.acting("buyer:alice")
        self.bob = shop.acting("seller:bob")
        self.mia = shop.acting("mediator:mia")
        self.olga = shop.acting("operator:olga")
        self.sam = shop.acting("buyer:sam")
        self.provider = shop.acting("payments")
        self.carrier = shop.acting("carrier")

    def day(self, days: float) -> Reply:
        """Move the sandbox's clock to that many days after the order was placed."""
        reply = self.shop.post("/v1/sandbox/clock", {"to": instant(days)})
        return ok(reply)

    def placed(self, order_id: str = "O1", **fields: Any) -> Reply:
        return ok(self.shop.post("/v1/orders", order(order_id, **fields)))

    def shipped(self, order_id: str = "O1") -> Reply:
        self.placed(order_id)
        self.day(1)
        return ok(self.bob.post(at(order_id, "ship"), {"tracking": "RR123456785CN"}))

    def disputed(self, order_id: str = "O1") -> Reply:
        """Alice has the kettle, and on day 12 asks for all her money."""
        self.shipped(order_id)
        self.day(12)
        return ok(self.alice.post(at(order_id, "disputes"), CLAIM | {"text": "The lid does not close."}))

    def offered(self, order_id: str = "O1") -> Reply:
        self.disputed(order_id)
        self.day(13)
        offer = {"wants": "refund", "amount": "20.00", "text": "Keep it."}
        return ok(self.bob.post(at(order_id, "disputes", 1, "offer"), offer))


def ok(reply: Reply) -> Reply:
    assert reply.status in (200, 201), reply.raw.decode()
    return reply
