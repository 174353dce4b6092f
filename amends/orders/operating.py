"""What an operator looks after in one marketplace: policies, keys, pauses, blocks, and what machines have given up.

Trying again undoes only the giving up: whatever it was is then done by whoever does it else, in its own time.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from . import operating_statements as sql
from . import trips
from .sealing import Key, decrypt
from .store import NoMarketplace

MOST = 100
"""Of each queue, the oldest first; more are seen when these are done."""


class About(NamedTuple):
    """The marketplace itself."""

    name: str
    sandbox: bool
    policy_digest: str
    made_at: datetime
    provider: str


class Pinned(NamedTuple):
    """A policy some order lives under, or new ones will."""

    digest: str
    name: str
    version: int
    made_at: datetime


class KeyMark(NamedTuple):
    """A key as far as anybody may know it afterwards: the SHA-256 it is recognised by."""

    digest: str
    made_at: datetime
    revoked_at: datetime | None


class Pause(NamedTuple):
    """A region whose clocks stand still; `spreading`: orders of it may not have heard yet."""

    hold: str
    countries: tuple[str, ...]
    text: str
    actor: str
    started_at: datetime
    spreading: bool


class Block(NamedTuple):
    """A party that may start nothing new, and why; "" where that can no longer be read."""

    party: str
    by: str
    actor: str
    blocked_at: datetime
    finding: str


class Overview(NamedTuple):
    about: About
    policies: list[Pinned]
    keys: list[KeyMark]
    pauses: list[Pause]
    blocks: list[Block]


def overview(marketplace: UUID) -> Overview:
    """What is set in this marketplace, in one trip. Raises `store.NoMarketplace`."""
    values = {"m": marketplace}
    about, pinned, keys, pauses, blocks = trips.in_one_snapshot(
        [(part, values) for part in (sql.ABOUT, sql.POLICIES, sql.KEYS, sql.PAUSES, sql.BLOCKS)],
        role=trips.APP,
        marketplace=marketplace,
    )
    if not about:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    return Overview(
        About(*about[0]),
        [Pinned(*row) for row in pinned],
        [KeyMark(*row) for row in keys],
        [
            Pause(hold, tuple(countries), text or "", actor or "", started_at, spreading)
            for hold, countries, text, actor, started_at, spreading in pauses
        ],
        [_block(marketplace, *row) for row in blocks],
    )


def _block(marketplace: UUID, party: str, by: str, actor: str, at: datetime, *sealed: Any) -> Block:
    finding, key_id, secret = sealed
    bound = f"{marketplace}\nblock\n{party}".encode()
    return Block(party, by, actor, at, decrypt(Key(key_id, secret), finding, bound) if key_id else "")


# ── what waits for a person ──────────────────────────────────────────────────────────────────────


class OrderAside(NamedTuple):
    """An order whose deadlines no longer lapse by themselves."""

    order_key: str
    why: str
    due_at: datetime | None


class MessageAside(NamedTuple):
    """A message nobody took."""

    order_key: str
    event: int
    topic: str
    why: str
    written_at: datetime
    attempts: int


class SaidAside(NamedTuple):
    """What a provider told and nobody could make sense of."""

    provider: str
    event_id: str
    said: str
    why: str
    came_at: datetime


class Aside(NamedTuple):
    orders: list[OrderAside]
    messages: list[MessageAside]
    said: list[SaidAside]


def aside(marketplace: UUID) -> Aside:
    """What was set aside, the oldest first, in one trip; `MOST` of each."""
    values = {"m": marketplace, "most": MOST}
    orders, messages, said = trips.in_one_snapshot(
        [(part, values) for part in (sql.ORDERS_ASIDE, sql.MESSAGES_ASIDE, sql.SAID_ASIDE)],
        role=trips.APP,
        marketplace=marketplace,
    )
    return Aside(
        [OrderAside(*row) for row in orders],
        [MessageAside(*row) for row in messages],
        [SaidAside(*row) for row in said],
    )


def try_order(marketplace: UUID, order_key: str) -> bool:
    """Let the clock take the order up again; False where it was not set aside."""
    return _again(marketplace, sql.TRY_ORDER, {"o": order_key})


def try_message(marketplace: UUID, order_key: str, event: int, topic: str) -> bool:
    """Let the message be sent anew, with all its attempts; False where it was not set aside."""
    return _again(marketplace, sql.TRY_MESSAGE, {"o": order_key, "e": event, "t": topic})


def try_said(marketplace: UUID, provider: str, event_id: str) -> bool:
    """Let what the provider told have its effect; False where it was not set aside."""
    return _again(marketplace, sql.TRY_SAID, {"provider": provider, "event": event_id})


def _again(marketplace: UUID, statement: LiteralString, values: dict[str, Any]) -> bool:
    found = trips.in_one_trip(marketplace, statement, {"m": marketplace, **values}, role=trips.WORKER, begin=True)
    return bool(found)


# ── in time ──────────────────────────────────────────────────────────────────────────────────────


class Timeliness(NamedTuple):
    """The oldest deadline that is over and not written yet, by the marketplace's clock; the oldest message waiting."""

    due_at: datetime | None
    message_at: datetime | None


def timeliness(marketplace: UUID, now: datetime) -> Timeliness:
    rows = trips.in_one_trip(marketplace, sql.TIMELINESS, {"m": marketplace, "now": now}, begin=False)
    return Timeliness(*rows[0])


def how_many(marketplace: UUID, *, most: int) -> int:
    """How many orders there are; counted up to `most`."""
    rows = trips.in_one_trip(marketplace, sql.HOW_MANY, {"m": marketplace, "most": most}, begin=False)
    return int(rows[0][0])


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────

DIGEST = re.compile("[0-9a-f]{64}")


def revoke(marketplace: UUID, digest: str) -> bool:
    """Revoke the key of exactly this SHA-256, in hexadecimal; False where there is none, or it was revoked before."""
    if not DIGEST.fullmatch(digest):
        return False
    values = {"m": marketplace, "digest": digest}
    return bool(trips.in_one_trip(marketplace, sql.REVOKE, values, role=trips.WORKER, begin=True))
