"""How the two parties of an order have disputed before: how many disputes, and how they ended. For staff only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party

from .trips import in_one_trip

MOST = 1000
"""Disputed orders that are looked at, the newest first."""


class Past(NamedTuple):
    """One party's other orders in this marketplace. A case that was reopened counts once, as it stands now."""

    party: Party
    name: str
    orders: int
    disputes: int
    running: int
    endings: Mapping[str, int]
    """How many ended with each outcome."""


def pasts(marketplace: UUID, order_key: str, *, buyer: str, seller: str) -> tuple[Past, Past]:
    """The buyer's and the seller's, without the order itself; one trip."""
    values = {"m": marketplace, "o": order_key, "buyer": buyer, "seller": seller, "most": MOST}
    rows = in_one_trip(marketplace, _PASTS, values, begin=False)
    return _past(Party.BUYER, buyer, rows), _past(Party.SELLER, seller, rows)


def _past(party: Party, name: str, rows: list[tuple[str, str | None, int]]) -> Past:
    mine = [(ending, many) for side, ending, many in rows if side == party.value]
    orders = sum(many for ending, many in mine if ending == "orders")
    running = sum(many for ending, many in mine if ending is None)
    endings = {ending: many for ending, many in mine if ending is not None and ending != "orders"}
    return Past(party, name, orders, running + sum(endings.values()), running, endings)


_PASTS: LiteralString = """
WITH mine AS (
  SELECT 'buyer' AS side, order_key, cardinality(opened_at) > 0 AS disputed, placed_at FROM orders
  WHERE marketplace = %(m)s AND buyer = %(buyer)s AND order_key <> %(o)s
  UNION ALL
  SELECT 'seller', order_key, cardinality(opened_at) > 0, placed_at FROM orders
  WHERE marketplace = %(m)s AND seller = %(seller)s AND order_key <> %(o)s),
looked AS (SELECT side, order_key FROM mine WHERE disputed ORDER BY placed_at DESC, order_key LIMIT %(most)s),
last AS (
  SELECT DISTINCT ON (l.side, l.order_key, e.body::jsonb ->> 'dispute') l.side, e.body::jsonb ->> 'outcome' AS ending
  FROM looked l JOIN event e ON e.marketplace = %(m)s AND e.order_key = l.order_key
    AND e.type IN ('DisputeOpened', 'DisputeClosed', 'DisputeReopened')
  ORDER BY l.side, l.order_key, e.body::jsonb ->> 'dispute', e.number DESC)
SELECT side, ending, count(*) FROM last GROUP BY side, ending
UNION ALL
SELECT side, 'orders', count(*) FROM mine GROUP BY side"""
