"""Reading. Nothing here writes: what has lapsed and is not written yet is folded in memory, as others will find it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.core.decide import catch_up
from amends.core.events import Event, OrderPlaced
from amends.core.order import Order
from amends.core.wire import Recorded

from . import store, trips, waits
from .marketplaces import SHELF, pinned_policy
from .recording import Recorder, read
from .sealing import Key, about, decrypt
from .standing import readable, standing_of


class Found(NamedTuple):
    """An order as it stands at an instant, and its stored history; personal text is readable where its key is kept.

    A party that was erased has a pseudonym, in the order and in its placing.
    """

    order: Order
    history: tuple[Recorded, ...]
    lapsed: int
    """How many of the order's events are not stored yet: they lapsed since."""
    due: tuple[Event, ...] = ()
    """Those events, which the next act or sweep will write."""


def order(marketplace: UUID, order_key: str, *, now: datetime) -> Found | None:
    """The order at `now`, less what must wait for a file that came in time (waits.py).

    None where the marketplace has none of that id. Raises `store.NoMarketplace`.
    """
    loaded = store.load(marketplace, order_key, store.Wanted(texts=True))
    standing = standing_of(marketplace, order_key, loaded)
    if standing is None:
        return None
    current, lapsed = catch_up(standing.order, waits.clocks_go(standing.order, now, loaded.on_their_way))
    history = _history(marketplace, order_key, loaded)
    shown = loaded.pseudonyms
    if shown:
        buyer, seller = shown.get("buyer", current.buyer), shown.get("seller", current.seller)
        current = dataclasses.replace(current, buyer=buyer, seller=seller)
        history = (_renamed(history[0], buyer, seller), *history[1:])
    return Found(current, history, len(lapsed), lapsed)


def _renamed(placed: Recorded, buyer: str, seller: str) -> Recorded:
    """The placing names the parties; of one who was erased it tells the pseudonym."""
    assert isinstance(placed.event, OrderPlaced), "an order's history begins with its placing"
    return placed._replace(event=dataclasses.replace(placed.event, buyer=buyer, seller=seller))


def _history(marketplace: UUID, order_key: str, loaded: store.Loaded) -> tuple[Recorded, ...]:
    recorder = Recorder(pinned_policy(marketplace, loaded.policy_digest), SHELF, None)
    for event in read(loaded.events, readable(marketplace, order_key, loaded)):
        recorder.add(event)
    return tuple(recorder.events)


def due(now: datetime, *, most: int = 500, marketplace: UUID | None = None) -> list[tuple[UUID, str]]:
    """Orders whose hint is at or before `now`, the longest overdue first: marketplace and order key."""
    return [
        (found, order_key)
        for found, order_key in trips.in_one_trip(
            marketplace,
            """SELECT marketplace, order_key FROM orders
            WHERE due_at <= %(now)s AND set_aside IS NULL AND (%(m)s::uuid IS NULL OR marketplace = %(m)s)
            ORDER BY due_at LIMIT %(most)s""",
            {"now": now, "most": most, "m": marketplace},
            role=trips.WORKER,
            begin=False,
        )
    ]


def order_keys(marketplace: UUID, *, after: str = "", most: int = 500) -> list[str]:
    """The keys of a marketplace's orders in their order, those after `after`."""
    return [
        order_key
        for (order_key,) in trips.in_one_trip(
            marketplace,
            """SELECT order_key FROM orders WHERE marketplace = %(m)s AND order_key > %(after)s
            ORDER BY order_key LIMIT %(most)s""",
            {"m": marketplace, "after": after, "most": most},
            begin=False,
        )
    ]


class Newest(NamedTuple):
    """The keys of some orders, and how many there are of them in all."""

    keys: tuple[str, ...]
    many: int


def newest(marketplace: UUID, *, but: Sequence[str] = (), begins: str = "", most: int = 10) -> Newest:
    """A marketplace's orders without those named, the last placed first.

    `begins`: only those whose id, buyer or seller is or begins with it; "" is all of them.
    """
    rows = trips.in_one_trip(
        marketplace,
        """SELECT order_key, count(*) OVER () FROM orders
        WHERE marketplace = %(m)s AND order_key <> ALL(%(but)s::text[])
          AND (starts_with(order_key, %(q)s) OR starts_with(buyer, %(q)s) OR starts_with(seller, %(q)s))
        ORDER BY placed_at DESC, order_key LIMIT %(most)s""",
        {"m": marketplace, "but": list(but), "q": begins, "most": most},
        begin=False,
    )
    return Newest(tuple(order_key for order_key, _ in rows), rows[0][1] if rows else 0)


class Money(NamedTuple):
    """Money on its way outside, as far as it is known: an intent and where it stands (docs/money.md)."""

    event: int
    """The event that allowed it."""
    position: int
    kind: str
    """`refund` or `release`."""
    dispute: int | None
    refund: int | None
    """The refund's position among its dispute's, or its order's, from 1."""
    payment: int | None
    amount_minor: int
    currency: str
    funded_by: str
    target: str
    """A refund's payment, or, where `redirected`, the reference of a sealed text; a release's seller."""
    redirected: bool
    state: str
    """`pending`, `sent`, `succeeded`, `failed` or `withdrawn`."""
    withdrawn_minor: int
    sent_at: datetime | None
    answered_at: datetime | None
    reference: str | None
    needs_human: str | None


def intents(marketplace: UUID, order_key: str) -> list[Money]:
    """All money of an order that has moved outside, is on its way or is to go, in the order of its events."""
    return [
        Money(*found)
        for found in trips.in_one_trip(
            marketplace,
            """SELECT event, position, kind, dispute, refund, payment, amount_minor, currency, funded_by, target,
              redirected, state, withdrawn_minor, sent_at, answered_at, reference, needs_human
            FROM money_intent WHERE marketplace = %(m)s AND order_key = %(o)s ORDER BY event, position""",
            {"m": marketplace, "o": order_key},
            begin=False,
        )
    ]


def text(marketplace: UUID, order_key: str, ref: str) -> str | None:
    """One sealed text of an order in plain; None where its person was erased. Raises `sealing.Unopened`."""
    found = trips.in_one_trip(
        marketplace,
        """SELECT t.ciphertext, p.key_id, p.key FROM sealed_text t JOIN amends_keys.person_key p
          ON p.marketplace = t.marketplace AND p.owner = t.owner AND p.key_id = t.key_id
        WHERE t.marketplace = %(m)s AND t.order_key = %(o)s AND t.ref = %(ref)s""",
        {"m": marketplace, "o": order_key, "ref": ref},
        begin=False,
    )
    if not found:
        return None
    ciphertext, key_id, secret = found[0]
    return decrypt(Key(key_id, secret), ciphertext, about(marketplace, order_key, ref))
