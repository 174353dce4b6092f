"""What one seller has to do with a shop order: lines, amounts, and a share of every payment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from amends.core.money import apportion, format_minor

from .faults import BadCell


class Payment(NamedTuple):
    """A payment as it was read: `minor` is None, and `fault` says why, where it has no figure."""

    position: int
    reference: str
    method: str
    minor: int | None
    fault: BadCell | None


class Item(NamedTuple):
    """An item row that could be read; amounts in minor units, `shipping` of the whole row."""

    position: int
    id: str
    product: str
    title: str
    seller: str
    price: int
    quantity: int
    shipping: int
    return_to: dict[str, str]


@dataclass(slots=True)
class Part:
    """What one seller has to do with a shop order; `total` is goods and delivery less discount."""

    key: str
    seller: str
    lines: list[dict[str, object]]
    items: list[Item]
    gross: int
    shipping: int
    discount: int = 0

    @property
    def total(self) -> int:
        return self.gross + self.shipping - self.discount


def lines(items: list[Item], currency: str) -> list[dict[str, object]]:
    """One line for each product; the same product again at the same price and delivery is a piece more."""
    found: dict[object, dict[str, object]] = {}
    counts: dict[object, int] = {}
    for item in items:
        same = (item.product, item.price, item.shipping, item.quantity) if item.product else item.id
        counts[same] = counts.get(same, 0) + item.quantity
        line = found.setdefault(
            same, {"id": item.id, "title": item.title, "price": format_minor(item.price, currency), "quantity": 0}
        )
        line["quantity"] = counts[same]
    return list(found.values())


def place(country: str, city: str) -> dict[str, str]:
    """A place as commands write it; empty without a country."""
    return {"country": country, "city": city} if country else {}


def shares(parts: list[Part], payments: Sequence[Payment]) -> list[list[tuple[Payment, int]]]:
    """For each part what of which payment is its own; payments of nothing, and shares of nothing, are left out."""
    if len(parts) == 1:
        return [[(payment, payment.minor) for payment in payments if payment.minor]]
    totals = [part.total for part in parts]
    found: list[list[tuple[Payment, int]]] = [[] for _ in parts]
    for payment in payments:
        for share, minor in zip(found, apportion(payment.minor or 0, totals), strict=True):
            if minor:
                share.append((payment, minor))
    return found
