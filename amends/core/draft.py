"""A decision being made: the events so far, and the order as it stands after them."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .events import Event
from .evolve import evolve
from .order import Dispute, Order
from .refusals import Refused
from .vocabulary import RefusalCode


class Draft:
    """Local to one decision. A rule reads `order`, and adds what it decides; a refusal throws all of it away."""

    __slots__ = ("events", "now", "order", "orders", "warnings")

    def __init__(self, order: Order, now: datetime) -> None:
        self.order = order
        self.now = now
        self.events: list[Event] = []
        self.orders: list[Order] = []
        self.warnings: set[str] = set()

    def add(self, event: Event) -> None:
        self.order = evolve(self.order, event)
        self.events.append(event)
        self.orders.append(self.order)

    def dispute(self, number: int | None) -> Dispute:
        """The dispute as it stands now; refused `unknown_dispute` where the order has none of that number."""
        dispute = self.order.dispute(number)
        if dispute is None:
            raise Refused(RefusalCode.UNKNOWN_DISPUTE)
        return dispute


class Accepted(NamedTuple):
    """The door's yes: what happened, the order after it, and what the party should know."""

    order: Order
    events: tuple[Event, ...]
    warnings: frozenset[str] = frozenset()
