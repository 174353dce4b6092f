"""People at their browsers: each has a client of his own, and a seat in one sandbox whose clock is set by hand."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from amends import policies
from amends.core.durations import format_instant
from amends.core.order import Order
from amends.core.vocabulary import Party
from amends.orders import clock, marketplaces, queries
from amends.orders.handle import Outcome, handle
from amends.orders.queries import Found
from amends.web import seats

START = datetime(2026, 3, 20, 9, tzinfo=UTC)
NAMES = {Party.BUYER: "alice", Party.SELLER: "bob", Party.MEDIATOR: "mia", Party.OPERATOR: "olga"}

WAREHOUSE = {
    "country": "CN",
    "city": "Shenzhen",
    "name": "Bob's Kettles",
    "lines": ["Building 4, 12 Keji Road", "Nanshan District"],
    "postcode": "518057",
}
"""Where goods go back to in the orders of `Market`."""


class Market:
    """A sandbox; days count from START. `order()` places and ships one that Alice bought from Bob for 45.00 USD."""

    def __init__(self, policy: str = "alx-d", *, live: bool = False, **changes: Any) -> None:
        """`live`: its clock is never set, so time runs there as it does everywhere; its people act `ago`."""
        self.name = f"market {uuid.uuid4()}"
        self.policy = policies.load(policy, changes)
        registered = marketplaces.register(self.name, self.policy, sandbox=True)
        self.marketplace: UUID = registered.id
        self.key = registered.key
        if not live:
            clock.advance(self.marketplace, START)
        self.live, self.ago = live, timedelta(0)

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) - self.ago if self.live else clock.now_of(self.marketplace, START)

    def day(self, day: float) -> None:
        """Move the sandbox's clock forward to so many days after START."""
        clock.advance(self.marketplace, START + timedelta(days=day))

    def do(self, party: Party | str, verb: str, order: str = "O-1", **fields: Any) -> Outcome:
        """One act now; the answer whatever it is."""
        by = Party(party)
        document = {"do": verb, "by": by.value, **fields}
        return handle(self.marketplace, order, document, now=self.now, caller=by.value)

    def done(self, party: Party | str, verb: str, order: str = "O-1", **fields: Any) -> Order:
        """One act now, which must be accepted."""
        outcome = self.do(party, verb, order, **fields)
        assert outcome.refused is None, outcome.refused
        assert outcome.order is not None
        return outcome.order

    def found(self, order: str = "O-1") -> Found:
        """The order as it stands now."""
        found = queries.order(self.marketplace, order, now=self.now)
        assert found is not None, "there is no such order"
        return found

    def order(self, order: str = "O-1", *, shipped: bool = True, **changed: Any) -> Order:
        fields: dict[str, Any] = {
            "id": order,
            "buyer": NAMES[Party.BUYER],
            "seller": NAMES[Party.SELLER],
            "currency": "USD",
            "lines": [{"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1}],
            "payments": [{"reference": f"pay-{order}", "method": "card", "amount": "45.00"}],
            "destination": {"country": "BR", "city": "Recife"},
            "return_to": WAREHOUSE,
            "paid_at": format_instant(self.now),
            **changed,
        }
        placed = self.done(Party.MARKETPLACE, "place_order", order, **fields)
        if not shipped:
            return placed
        return self.done(Party.SELLER, "ship", order, tracking="LP00112233445566", carrier="Post")

    def seat(
        self,
        party: Party | str,
        name: str = "",
        *,
        language: str = "en",
        zone: str = "UTC",
        client: Client | None = None,
    ) -> AtSeat:
        """A browser at which that person sits."""
        by = Party(party)
        return AtSeat(self, by, name or NAMES[by], language, zone, client)


class AtSeat:
    """One person at a browser. Addresses are below the seat: `get("orders/")`."""

    def __init__(
        self, market: Market, party: Party, name: str, language: str, zone: str, client: Client | None = None
    ) -> None:
        self.client = client or Client(enforce_csrf_checks=False)
        request = HttpRequest()
        store = import_module(settings.SESSION_ENGINE).SessionStore
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        request.session = store(cookie.value if cookie else None)
        self.seat = seats.take(
            request,
            marketplace=market.marketplace,
            party=party,
            name=name,
            sandbox=True,
            language=language,
            zone=zone,
        )
        request.session.save()
        self.client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key

    def url(self, path: str = "") -> str:
        return f"/at/{self.seat.id}/{path}"

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(self.url(path), query)

    def post(self, path: str, **fields: Any) -> Any:
        return self.client.post(self.url(path), fields)
