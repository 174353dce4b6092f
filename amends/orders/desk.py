"""The mediators' desk over the rows of one marketplace: the queue, who has taken what, and what helps to decide.

A case that is taken is nobody's alone: taking says who is at it, in a log that only grows, and gives no right.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party, Reason, Wants

from . import desk_statements as sql
from . import people, trips
from .sealing import Key, about, decrypt, encrypt

PAGE = 50
MOST_NAME = 200
MOST_REASON = 2000


class Place(StrEnum):
    """The groups of the queue; the first eight are a mediator's, in the order of their urgency."""

    OVERDUE = "overdue"
    NEW = "new"
    EVIDENCE = "evidence"
    CHOICES = "choices"
    RETURN = "return"
    APPEAL = "appeal"
    MESSAGE = "message"
    WAITING = "waiting"
    APPROVAL = "approval"
    REFUND = "refund"


MEDIATORS = tuple(place for place in Place if place is not Place.REFUND)
OPERATORS = (Place.APPROVAL, Place.REFUND)


class Piece(NamedTuple):
    title: str
    quantity: int


class Entry(NamedTuple):
    """One dispute in the queue, as its order's row last knew it; what has lapsed since is written within seconds."""

    order_key: str
    buyer: str
    seller: str
    currency: str
    dispute: int | None
    queue: str
    since: datetime
    due: datetime | None
    overdue: bool
    back: datetime | None
    awaited: tuple[Party, ...]
    reason: Reason | None
    wants: Wants | None
    stake_minor: int
    staff: str
    """Who has taken it; "" for nobody."""
    taken_at: datetime | None
    taken: int
    """The number of that entry in its log, 0 where nobody ever took it."""
    place: Place
    goods: tuple[Piece, ...]
    """What the claim is about; of a cancelled order's refund all its goods."""


class Listed(NamedTuple):
    """A page of the queue, and how many there are in each group."""

    entries: list[Entry]
    counts: dict[Place, int]
    more: bool


def queue(
    marketplace: UUID,
    now: datetime,
    *,
    places: Sequence[Place] = MEDIATORS,
    staff: str = "",
    page: int = 1,
    most: int = PAGE,
) -> Listed:
    """What waits for staff, the most urgent first, in one trip; `staff`: only what that person has taken."""
    values: dict[str, Any] = {
        "m": marketplace,
        "now": now,
        "places": [place.value for place in places],
        "staff": staff,
        "most": most + 1,
        "skipped": (page - 1) * most,
    }
    rows, counts = trips.in_one_snapshot(
        [(sql.QUEUE, values), (sql.COUNTS, values)], role=trips.APP, marketplace=marketplace
    )
    return Listed([_entry(row) for row in rows[:most]], {Place(name): many for name, many in counts}, len(rows) > most)


def _entry(row: tuple[Any, ...]) -> Entry:
    entry = Entry(*row)
    return entry._replace(
        awaited=tuple(Party(party) for party in entry.awaited or ()),
        reason=Reason(entry.reason) if entry.reason else None,
        wants=Wants(entry.wants) if entry.wants else None,
        place=Place(entry.place),
        goods=tuple(Piece(title, quantity) for title, quantity in json.loads(str(row[-1]))),
    )


# ── taking, and handing over ─────────────────────────────────────────────────────────────────────


class Taken(NamedTuple):
    """One line of a case's log: who has it since when; "" where it was given back to all."""

    number: int
    staff: str
    by: str
    at: datetime
    reason: str
    """"" where none was given, or nobody can read it any more."""


def take(
    marketplace: UUID, order_key: str, dispute: int, *, staff: str, by: str, reason: str, seen: int, now: datetime
) -> bool:
    """Write down that `staff` has the case from now on; False where somebody was first since line `seen`.

    `by` is who says so. A reason is sealed like everything that staff write about an order.
    """
    values: dict[str, Any] = {
        "m": marketplace,
        "o": order_key,
        "d": dispute,
        "seen": seen,
        "staff": staff,
        "by": by,
        "at": now,
        "key_id": None,
        "reason": None,
    }
    if reason:
        key = people.key_of_order(marketplace, order_key)
        bound = _bound(marketplace, order_key, dispute, seen + 1)
        values |= {"key_id": key.id, "reason": encrypt(key, reason, bound)}
    return bool(trips.in_one_trip(marketplace, sql.TAKE, values, begin=True))


def taken(marketplace: UUID, order_key: str, dispute: int) -> list[Taken]:
    """The case's log, the newest line first."""
    rows = trips.in_one_trip(marketplace, sql.TAKEN, {"m": marketplace, "o": order_key, "d": dispute}, begin=False)
    return [
        Taken(
            number,
            staff,
            by,
            at,
            decrypt(Key(key_id, key), reason, _bound(marketplace, order_key, dispute, number)) if key_id else "",
        )
        for number, staff, by, at, reason, key_id, key in rows
    ]


def _bound(marketplace: UUID, order_key: str, dispute: int, number: int) -> bytes:
    return about(marketplace, order_key, f"taken {dispute} {number}")


def colleagues(marketplace: UUID) -> list[str]:
    """The mediators who have a seat in the marketplace, by name."""
    rows = trips.in_one_trip(marketplace, sql.COLLEAGUES, {"m": marketplace}, begin=False)
    return [name for (name,) in rows]


def mediates(marketplace: UUID, name: str) -> bool:
    """Whether that is the name of a mediator who has a seat in the marketplace."""
    values = {"m": marketplace, "name": name}
    return bool(trips.in_one_trip(marketplace, sql.MEDIATES, values, begin=False))


# ── what helps to decide ─────────────────────────────────────────────────────────────────────────


class Precedent(NamedTuple):
    """A ruling of before about the same reason."""

    order_key: str
    dispute: int
    at: datetime
    wants: Wants
    amount_minor: int
    currency: str
    fault: str
    finding: str
    claimed_minor: int


def similar(marketplace: UUID, order_key: str, dispute: int, reason: Reason, *, most: int = 5) -> list[Precedent]:
    """What was ruled lately in this marketplace about the same reason, the newest first; for staff."""
    values = {"m": marketplace, "o": order_key, "d": dispute, "reason": reason.value, "most": most}
    rows = trips.in_one_trip(marketplace, sql.SIMILAR, values, begin=False)
    return [
        Precedent(
            key,
            number,
            at,
            Wants(wants),
            minor,
            currency,
            fault,
            decrypt(Key(key_id, secret), ciphertext, about(marketplace, key, ref)) if key_id else "",
            claimed,
        )
        for key, number, at, wants, minor, currency, fault, ref, ciphertext, key_id, secret, claimed in rows
    ]


# ── finding an order ─────────────────────────────────────────────────────────────────────────────


class Hit(NamedTuple):
    order_key: str
    buyer: str
    seller: str
    currency: str
    status: str
    held_minor: int
    refunded_minor: int
    released_minor: int
    disputes: int
    open_disputes: int
    placed_at: datetime


class Hits(NamedTuple):
    found: list[Hit]
    more: bool


MOST_PAGES = 20


def find(marketplace: UUID, begins: str, *, page: int = 1, most: int = PAGE) -> Hits:
    """Orders whose id, buyer or seller is or begins with the text, what is exactly it first; `MOST_PAGES` at most."""
    if not begins or page > MOST_PAGES:
        return Hits([], False)
    values = {
        "m": marketplace,
        "q": begins,
        "end": begins + "\U0010ffff",
        "some": most * page + 1,
        "most": most + 1,
        "skipped": (page - 1) * most,
    }
    rows = trips.in_one_trip(marketplace, sql.FIND, values, begin=False)
    return Hits([Hit(*row) for row in rows[:most]], len(rows) > most and page < MOST_PAGES)
