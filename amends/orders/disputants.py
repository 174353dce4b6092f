"""How the two parties of an order have disputed before: how many disputes, and how they ended. For staff only."""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core.vocabulary import Outcome, Party

from . import trips

MOST = 1000
"""Disputed orders that are looked at, the newest first."""
NEWEST = 10
"""Disputes of each party that are told one by one."""


class Earlier(NamedTuple):
    """One of those disputes, as it stands now."""

    order: str
    dispute: int
    at: datetime
    """When it ended, or was opened where it still runs."""
    ending: Outcome | None
    """None while it runs."""


class Past(NamedTuple):
    """One party's other orders in this marketplace. A case that was reopened counts once, as it stands now."""

    party: Party
    name: str
    orders: int
    disputes: int
    running: int
    endings: Mapping[str, int]
    """How many ended with each outcome."""
    newest: tuple[Earlier, ...] = ()
    """The last `NEWEST` that moved, the newest first."""


def pasts(marketplace: UUID, order_key: str, *, buyer: str, seller: str) -> tuple[Past, Past]:
    """The buyer's and the seller's in this marketplace, without the order itself; one trip."""
    values = {"m": marketplace, "o": order_key, "buyer": buyer, "seller": seller, "most": MOST, "newest": NEWEST}
    rows, newest = trips.in_one_snapshot([(_PASTS, values), (_NEWEST, values)], role=trips.APP, marketplace=marketplace)
    return _past(Party.BUYER, buyer, rows, newest), _past(Party.SELLER, seller, rows, newest)


def _past(party: Party, name: str, rows: list[tuple[Any, ...]], newest: list[tuple[Any, ...]]) -> Past:
    mine = [(ending, many) for side, ending, many in rows if side == party.value]
    orders = sum(many for ending, many in mine if ending == "orders")
    running = sum(many for ending, many in mine if ending is None)
    endings = {ending: many for ending, many in mine if ending is not None and ending != "orders"}
    told = tuple(
        Earlier(order, dispute, at, Outcome(ending) if ending else None)
        for side, order, dispute, at, ending in newest
        if side == party.value
    )
    return Past(party, name, orders, running + sum(endings.values()), running, endings, told)


_LAST: LiteralString = """
WITH mine AS (
  SELECT 'buyer' AS side, order_key, cardinality(opened_at) > 0 AS disputed, placed_at FROM orders
  WHERE marketplace = %(m)s AND buyer = %(buyer)s AND order_key <> %(o)s
  UNION ALL
  SELECT 'seller', order_key, cardinality(opened_at) > 0, placed_at FROM orders
  WHERE marketplace = %(m)s AND seller = %(seller)s AND order_key <> %(o)s),
looked AS (SELECT side, order_key FROM mine WHERE disputed ORDER BY placed_at DESC, order_key LIMIT %(most)s),
last AS (
  SELECT DISTINCT ON (l.side, l.order_key, e.body::jsonb ->> 'dispute') l.side, e.body::jsonb ->> 'outcome' AS ending,
    l.order_key, (e.body::jsonb ->> 'dispute')::int AS dispute, e.at
  FROM looked l JOIN event e ON e.marketplace = %(m)s AND e.order_key = l.order_key
    AND e.type IN ('DisputeOpened', 'DisputeClosed', 'DisputeReopened')
  ORDER BY l.side, l.order_key, e.body::jsonb ->> 'dispute', e.number DESC)"""
_PASTS: LiteralString = f"""{_LAST}
SELECT side, ending, count(*) FROM last GROUP BY side, ending
UNION ALL
SELECT side, 'orders', count(*) FROM mine GROUP BY side"""
_NEWEST: LiteralString = f"""{_LAST},
ranked AS (SELECT *, row_number() OVER (PARTITION BY side ORDER BY at DESC, order_key, dispute DESC) AS rank FROM last)
SELECT side, order_key, dispute, at, ending FROM ranked WHERE rank <= %(newest)s ORDER BY side, rank"""
