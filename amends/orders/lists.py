"""Lists of one person's orders, a page at a time: chosen and sorted by the orders' rows, and brought in one trip.

What a list shows beyond the row (titles, protection, whose turn) is folded from the events that come along: a page
holds few orders, and so nothing is stored twice. Personal texts stay sealed: no list shows any.
"""

# ruff: noqa: S608 (the statement is put together from this file's constants; values travel beside it)

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core.decide import catch_up
from amends.core.durations import parse_instant
from amends.core.evolve import fold
from amends.core.order import Order
from amends.core.vocabulary import Party

from .marketplaces import SHELF, pinned_policy
from .queries import Money
from .recording import BrokenHistory, head_of, read
from .trips import in_one_trip

MOST = 20
"""Orders on a page."""
FARTHEST = 10_000
"""Orders that may be passed over: nobody turns more pages than that by hand."""


class Which(StrEnum):
    """What is listed, and in which order."""

    URGENT = "urgent"
    """Every order: those with an open dispute, then those on which something lapses soonest, then the newest."""
    DISPUTED = "disputed"
    """Orders that were ever disputed: open ones by what lapses soonest, then the last opened."""
    NEWEST = "newest"
    """Every order, the newest first."""


class Listed(NamedTuple):
    """One order as it stands at the instant that was asked for, and its money on its way outside."""

    order: Order
    money: tuple[Money, ...]


class Page(NamedTuple):
    orders: tuple[Listed, ...]
    more: bool
    """Others follow."""


def of_person(
    marketplace: UUID, party: Party, name: str, *, now: datetime, which: Which, after: int = 0, most: int = MOST
) -> Page:
    """The orders a buyer made or a seller received, without the first `after`. Empty for a name nobody bears.

    A party that was erased is told by its pseudonym. Raises BrokenHistory where an order's events do not lead to
    where its row stands.
    """
    assert party in (Party.BUYER, Party.SELLER), "others have no orders of their own"
    values = {"m": marketplace, "name": name, "after": min(after, FARTHEST), "most": most + 1}
    rows = in_one_trip(marketplace, _statement(party, which), values, begin=False)
    return Page(tuple(_listed(marketplace, now, *row) for row in rows[:most]), len(rows) > most)


def _listed(
    marketplace: UUID,
    now: datetime,
    order_key: str,
    version: int,
    head: bytes,
    policy_digest: str,
    events: str,
    money: str | None,
    pseudonyms: str | None,
) -> Listed:
    bodies = events.split("\n")
    if len(bodies) != version or head_of(bodies) != bytes(head).hex():
        raise BrokenHistory(
            f"order {order_key} of marketplace {marketplace} stands at version {version}, and its {len(bodies)}"
            " events do not lead there; run `amends books --verify`"
        )
    order, _ = catch_up(fold(read(bodies, {}), pinned_policy(marketplace, policy_digest), SHELF), now)
    shown = json.loads(pseudonyms or "{}")
    if shown:
        order = dataclasses.replace(
            order, buyer=shown.get("buyer", order.buyer), seller=shown.get("seller", order.seller)
        )
    return Listed(order, tuple(_money(told) for told in json.loads(money or "[]")))


_INSTANTS = ("sent_at", "answered_at")


def _money(told: list[Any]) -> Money:
    """JSON has no instants: they came as text."""
    found = dict(zip(Money._fields, told, strict=True))
    for name in _INSTANTS:
        found[name] = parse_instant(found[name]) if found[name] else None
    return Money(**found)


# ── the statement ────────────────────────────────────────────────────────────────────────────────


@cache
def _statement(party: Party, which: Which) -> LiteralString:
    """Orders first, then what belongs to each of the few: the sort never touches an event."""
    owner: LiteralString = "x.buyer" if party is Party.BUYER else "x.seller"
    return f"""
SELECT o.order_key, o.version, o.head, o.policy_digest,
  (SELECT string_agg(e.body, E'\\n' ORDER BY e.number) FROM event e
    WHERE e.marketplace = %(m)s AND e.order_key = o.order_key),
  (SELECT json_agg(json_build_array(i.event, i.position, i.kind, i.dispute, i.refund, i.payment, i.amount_minor,
      i.currency, i.funded_by, i.target, i.redirected, i.state, i.withdrawn_minor, {_WRITTEN["sent_at"]},
      {_WRITTEN["answered_at"]}, i.reference, i.needs_human) ORDER BY i.event, i.position)::text
    FROM money_intent i WHERE i.marketplace = %(m)s AND i.order_key = o.order_key),
  (SELECT json_object_agg(p.party, p.pseudonym)::text FROM erased_party p
    WHERE p.marketplace = %(m)s AND p.order_key = o.order_key)
FROM (SELECT x.order_key, x.version, x.head, x.policy_digest, row_number() OVER (ORDER BY {_SORTED[which]}) AS place
  FROM orders x WHERE x.marketplace = %(m)s AND {owner} = %(name)s AND {_CHOSEN[which]}
  ORDER BY place LIMIT %(most)s::int OFFSET %(after)s::int) o
ORDER BY o.place"""


_WRITTEN: dict[str, LiteralString] = {
    "sent_at": """to_char(i.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "answered_at": """to_char(i.answered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
_SORTED: dict[Which, LiteralString] = {
    Which.URGENT: "x.open_disputes > 0 DESC, x.due_at ASC NULLS LAST, x.placed_at DESC, x.order_key",
    Which.DISPUTED: "x.open_disputes > 0 DESC, CASE WHEN x.open_disputes > 0 THEN x.due_at END ASC NULLS LAST,"
    " x.opened_at[cardinality(x.opened_at)] DESC, x.order_key",
    Which.NEWEST: "x.placed_at DESC, x.order_key",
}
_CHOSEN: dict[Which, LiteralString] = {
    Which.URGENT: "true",
    Which.DISPUTED: "cardinality(x.opened_at) > 0",
    Which.NEWEST: "true",
}
