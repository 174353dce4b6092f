"""Who may reach what: whose key it is, what a marketplace is, and whose an order is.

What somebody may do there is the core's to say (`core.rights`), and so is what he sees (`core.sight`).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party

from .marketplaces import named_by
from .store import NoMarketplace
from .trips import in_one_trip


class Holder(NamedTuple):
    """Whose key it is. Neither changes while the key lives."""

    marketplace: UUID
    sandbox: bool


class Reach(NamedTuple):
    """A marketplace's clock where it has one of its own, and buyer and seller of an order; "" where there is none."""

    clock_at: datetime | None
    buyer: str
    seller: str
    version: int = 0
    """How many of the order's events are written."""
    due_at: datetime | None = None
    """When something may lapse that is not written yet."""

    def theirs(self, party: Party, name: str) -> bool:
        """Whether the order is there, and, where a buyer or seller is named, his."""
        if not self.buyer:
            return False
        owner = {Party.BUYER: self.buyer, Party.SELLER: self.seller}.get(party)
        return not name or owner is None or owner == name


class About(NamedTuple):
    """What a marketplace is, as its key's holder may know."""

    name: str
    sandbox: bool
    clock_at: datetime | None
    policy_digest: str


def holder(key: str) -> Holder | None:
    """Whose key it is; None where it is no key, an unknown one, or revoked."""
    marketplace = named_by(key)
    if marketplace is None:
        return None
    found = in_one_trip(
        marketplace,
        """SELECT m.sandbox FROM marketplace_key k JOIN marketplace m ON m.id = k.marketplace
        WHERE k.marketplace = %(m)s AND k.digest = %(digest)s AND k.revoked_at IS NULL""",
        {"m": marketplace, "digest": hashlib.sha256(key.encode()).digest()},
        begin=False,
    )
    return Holder(marketplace, found[0][0]) if found else None


def reach(marketplace: UUID, order_key: str = "") -> Reach:
    """The marketplace's clock and the order's parties, in one trip. Raises `store.NoMarketplace`."""
    rows = in_one_trip(
        marketplace,
        """SELECT m.clock_at, o.buyer, o.seller, o.version, o.due_at FROM marketplace m
        LEFT JOIN orders o ON o.marketplace = m.id AND o.order_key = %(o)s WHERE m.id = %(m)s""",
        {"m": marketplace, "o": order_key},
        begin=False,
    )
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    clock_at, buyer, seller, version, due_at = rows[0]
    return Reach(clock_at, buyer or "", seller or "", version or 0, due_at)


def about(marketplace: UUID) -> About:
    """Raises `store.NoMarketplace`."""
    rows = in_one_trip(
        marketplace,
        "SELECT name, sandbox, clock_at, policy_digest FROM marketplace WHERE id = %(m)s",
        {"m": marketplace},
        begin=False,
    )
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    return About(*rows[0])


def order_keys(
    marketplace: UUID,
    *,
    after: str,
    most: int,
    buyer: str = "",
    seller: str = "",
    due_before: datetime | None = None,
) -> list[str]:
    """Keys of the marketplace's orders after `after`, in their order: of one buyer or seller where one is named,
    and with a deadline at or before `due_before` where that is given.
    """
    rows = in_one_trip(
        marketplace,
        """SELECT order_key FROM orders WHERE marketplace = %(m)s AND order_key > %(after)s
        AND (%(buyer)s = '' OR buyer = %(buyer)s) AND (%(seller)s = '' OR seller = %(seller)s)
        AND (%(due)s::timestamptz IS NULL OR due_at <= %(due)s) ORDER BY order_key LIMIT %(most)s""",
        {"m": marketplace, "after": after, "buyer": buyer, "seller": seller, "due": due_before, "most": most},
        begin=False,
    )
    return [order_key for (order_key,) in rows]
