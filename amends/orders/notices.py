"""What a person was told about an order: one row an event or reminder; read or not, sent as a letter or not.

The words are made anew whenever they are read, in the reader's language and from what he may still see.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party

from . import trips
from .contacts import Kind


class Notice(NamedTuple):
    order_key: str
    person: str
    event: int
    """Its number; 0 for a reminder."""
    topic: str
    party: Party
    kind: Kind
    at: datetime
    """On the marketplace's own clock."""
    read_at: datetime | None = None
    mailed_at: datetime | None = None


def note(marketplace: UUID, notices: Sequence[Notice]) -> None:
    """Keep these; one that is there already stays as it is."""
    for one in notices:
        values = {"m": marketplace, **one._asdict()} | {"party": one.party.value, "kind": one.kind.value}
        trips.run(marketplace, _NOTE, values, role=trips.WORKER)


def of_person(marketplace: UUID, name: str, *, before: datetime | None = None, most: int = 50) -> list[Notice]:
    """The newest first; those earlier than `before`, where it is given."""
    rows = trips.in_one_trip(
        marketplace, _OF_PERSON, {"m": marketplace, "p": name, "before": before, "most": most}, begin=False
    )
    return [_read(row) for row in rows]


def unread(marketplace: UUID, name: str) -> int:
    """How many he has not read, counted up to 100."""
    rows = trips.in_one_trip(marketplace, _UNREAD, {"m": marketplace, "p": name}, begin=False)
    return int(rows[0][0])


def all_read(marketplace: UUID, name: str, *, now: datetime) -> None:
    """He has seen what there is."""
    trips.run(marketplace, _ALL_READ, {"m": marketplace, "p": name, "now": now})


def unmailed(marketplace: UUID, order_key: str, event: int, topic: str) -> list[Notice]:
    """Those of one message that no letter has told yet."""
    values = {"m": marketplace, "o": order_key, "event": event, "topic": topic}
    rows = trips.in_one_trip(marketplace, _UNMAILED, values, role=trips.WORKER, begin=False)
    return [_read(row) for row in rows]


def mailed(marketplace: UUID, notice: Notice, *, now: datetime) -> None:
    """A letter told it, or none is wanted. `now` is real time."""
    values = {"m": marketplace, "o": notice.order_key, "p": notice.person, "event": notice.event}
    trips.run(marketplace, _MAILED, {**values, "topic": notice.topic, "now": now}, role=trips.WORKER)


def waiting_for(marketplace: UUID, seller: str, *, most: int = 500) -> list[str]:
    """Orders of a seller that may wait for him, the soonest deadline first."""
    rows = trips.in_one_trip(
        marketplace,
        """SELECT order_key FROM orders WHERE marketplace = %(m)s AND seller = %(p)s
          AND (open_disputes > 0 OR status = 'paid') ORDER BY due_at NULLS LAST LIMIT %(most)s""",
        {"m": marketplace, "p": seller, "most": most},
        role=trips.WORKER,
        begin=False,
    )
    return [order_key for (order_key,) in rows]


def _read(row: tuple[object, ...]) -> Notice:
    order_key, name, event, topic, party, kind, at, read_at, mailed_at = row
    return Notice(order_key, name, event, topic, Party(party), Kind(kind), at, read_at, mailed_at)  # type: ignore[arg-type]


_FIELDS: LiteralString = "order_key, person, event, topic, party, kind, at, read_at, mailed_at"
_NOTE: LiteralString = """INSERT INTO notice (marketplace, order_key, person, event, topic, party, kind, at)
VALUES (%(m)s, %(order_key)s, %(person)s, %(event)s, %(topic)s, %(party)s, %(kind)s, %(at)s) ON CONFLICT DO NOTHING"""
_OF_PERSON: LiteralString = (
    "SELECT "
    + _FIELDS
    + """ FROM notice WHERE marketplace = %(m)s AND person = %(p)s
AND (%(before)s::timestamptz IS NULL OR at < %(before)s) ORDER BY at DESC, event DESC LIMIT %(most)s"""
)
_UNREAD: LiteralString = """SELECT count(*) FROM (SELECT 1 FROM notice
WHERE marketplace = %(m)s AND person = %(p)s AND read_at IS NULL LIMIT 100) unread"""
_ALL_READ: LiteralString = """UPDATE notice SET read_at = %(now)s
WHERE marketplace = %(m)s AND person = %(p)s AND read_at IS NULL"""
_UNMAILED: LiteralString = (
    "SELECT "
    + _FIELDS
    + """ FROM notice WHERE marketplace = %(m)s AND order_key = %(o)s AND event = %(event)s
AND topic = %(topic)s AND mailed_at IS NULL ORDER BY party"""
)
_MAILED: LiteralString = """UPDATE notice SET mailed_at = %(now)s WHERE marketplace = %(m)s AND order_key = %(o)s
AND person = %(p)s AND event = %(event)s AND topic = %(topic)s"""
