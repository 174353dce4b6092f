"""What a seller has to do: his orders on which something may be asked of him, brought and folded in one trip.

Personal texts stay sealed: a list shows none. What each order waits for is the core's to say; this only finds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core.decide import catch_up
from amends.core.evolve import fold
from amends.core.order import Order

from .marketplaces import SHELF, pinned_policy
from .recording import BrokenHistory, head_of, read
from .trips import in_one_trip

MOST = 200
"""Orders a list brings; those on which something lapses soonest come first."""
ASKED_WITHIN = timedelta(days=180)
"""How far back a request for more time is looked for."""


class Asked(NamedTuple):
    """The buyer's last request for more protection that nothing has answered yet."""

    at: datetime
    days: int


class Mine(NamedTuple):
    """One order of the seller as it stands at the instant that was asked for."""

    order: Order
    asked: Asked | None


class Found(NamedTuple):
    orders: tuple[Mine, ...]
    more: bool
    """There are more than were brought."""


def of_seller(marketplace: UUID, seller: str, *, now: datetime, most: int = MOST) -> Found:
    """His orders with an open dispute, those to be sent, and those whose buyer asked for more time.

    Raises BrokenHistory where an order's events do not lead to where its row stands.
    """
    values = {"m": marketplace, "seller": seller, "most": most + 1, "since": now - ASKED_WITHIN}
    rows = in_one_trip(marketplace, _TO_DO, values, begin=False)
    return Found(tuple(_mine(marketplace, now, *row) for row in rows[:most]), len(rows) > most)


def asked(marketplace: UUID, seller: str, *, now: datetime, most: int = MOST) -> Found:
    """Only those whose buyer asked for more time, and has no answer yet."""
    values = {"m": marketplace, "seller": seller, "most": most + 1, "since": now - ASKED_WITHIN}
    rows = in_one_trip(marketplace, _ASKED_ONLY, values, begin=False)
    found = (_mine(marketplace, now, *row) for row in rows[:most])
    return Found(tuple(one for one in found if one.asked), len(rows) > most)


def chosen(marketplace: UUID, seller: str, keys: Iterable[str], *, now: datetime) -> dict[str, Mine]:
    """Of these orders those that are his, by their keys."""
    values = {"m": marketplace, "seller": seller, "keys": sorted(set(keys))}
    rows = in_one_trip(marketplace, _CHOSEN, values, begin=False)
    return {row[0]: _mine(marketplace, now, *row) for row in rows}


def _mine(
    marketplace: UUID, now: datetime, order_key: str, version: int, head: bytes, policy_digest: str, told: str
) -> Mine:
    bodies = told.split("\n")
    if len(bodies) != version or head_of(bodies) != bytes(head).hex():
        raise BrokenHistory(
            f"order {order_key} of marketplace {marketplace} stands at version {version}, and its {len(bodies)}"
            " events do not lead there; run `amends books --verify`"
        )
    history = read(bodies, {})
    order, _ = catch_up(fold(history, pinned_policy(marketplace, policy_digest), SHELF), now)
    return Mine(order, _asked(history))


def _asked(history: Iterable[e.Event]) -> Asked | None:
    """A request that no extension has followed."""
    last = None
    for event in history:
        match event:
            case e.ExtensionRequested():
                last = Asked(event.at, event.days)
            case e.ProtectionExtended():
                last = None
            case _:
                pass
    return last


# ── statements ───────────────────────────────────────────────────────────────────────────────────

_TOLD: LiteralString = """SELECT o.order_key, o.version, o.head, o.policy_digest,
  (SELECT string_agg(e.body, E'\\n' ORDER BY e.number) FROM event e
    WHERE e.marketplace = %(m)s AND e.order_key = o.order_key)
FROM"""
_OPEN: LiteralString = """(SELECT x.order_key FROM orders x
    WHERE x.marketplace = %(m)s AND x.seller = %(seller)s AND (x.open_disputes > 0 OR x.status = 'paid')
    ORDER BY x.due_at NULLS LAST, x.order_key LIMIT %(most)s::int)"""
_ASKED: LiteralString = """(SELECT x.order_key FROM orders x WHERE x.marketplace = %(m)s AND x.seller = %(seller)s
    AND x.order_key IN (SELECT q.order_key FROM event q
      WHERE q.marketplace = %(m)s AND q.type = 'ExtensionRequested' AND q.at > %(since)s)
    AND x.status NOT IN ('completed', 'cancelled') ORDER BY x.due_at NULLS LAST, x.order_key LIMIT %(most)s::int)"""
_HIS: LiteralString = "orders o WHERE o.marketplace = %(m)s AND o.order_key IN"
_SOONEST: LiteralString = "ORDER BY o.due_at NULLS LAST, o.order_key LIMIT %(most)s::int"

_TO_DO: LiteralString = f"{_TOLD} {_HIS} ({_OPEN} UNION {_ASKED}) {_SOONEST}"
_ASKED_ONLY: LiteralString = f"{_TOLD} {_HIS} {_ASKED} {_SOONEST}"
_CHOSEN: LiteralString = f"""{_TOLD} orders o
WHERE o.marketplace = %(m)s AND o.order_key = ANY(%(keys)s::text[]) AND o.seller = %(seller)s"""
