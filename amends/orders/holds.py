"""Legal holds: what must not be erased, whoever asks, until the hold is lifted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from . import trips


class Kind(StrEnum):
    """What is held: all of a person, whoever the other side is, or all of an order, whoever its parties are."""

    PERSON = "person"
    ORDER = "order"


class Hold(NamedTuple):
    kind: Kind
    subject: str
    placed_at: datetime
    reason: str
    lifted_at: datetime | None = None

    @property
    def told(self) -> str:
        called = self.subject if self.kind is Kind.PERSON else f"order {self.subject}"
        return f"{called}, since {self.placed_at:%d %B %Y} ({self.reason})"


class Held(Exception):
    """An erasure that a hold forbids: a sentence, and the holds."""

    def __init__(self, what: str, holds: list[Hold]) -> None:
        names = "; ".join(hold.told for hold in holds)
        super().__init__(
            f"{what} is not erased, because a legal hold stands on {names}. Lift it with `amends hold lift` first."
        )
        self.holds = holds


def hold(marketplace: UUID, kind: Kind, subject: str, *, reason: str, now: datetime) -> bool:
    """Let nothing of the person or order be erased from now on; False where a hold stands already."""
    values = {"m": marketplace, "kind": kind.value, "subject": subject, "reason": reason, "now": now}
    *_, placed = trips.in_one_transaction(
        marketplace,
        [
            locked(marketplace),
            (
                """INSERT INTO legal_hold (marketplace, kind, subject, placed_at, reason)
                VALUES (%(m)s, %(kind)s, %(subject)s, %(now)s, %(reason)s) ON CONFLICT DO NOTHING RETURNING 1""",
                values,
            ),
        ],
        role=trips.WORKER,
    )
    return bool(placed)


def lift(marketplace: UUID, kind: Kind, subject: str, *, now: datetime) -> bool:
    """End the hold, which stays on record; False where none stands."""
    return bool(
        trips.in_one_trip(
            marketplace,
            """UPDATE legal_hold SET lifted_at = %(now)s
            WHERE marketplace = %(m)s AND kind = %(kind)s AND subject = %(subject)s AND lifted_at IS NULL
            RETURNING 1""",
            {"m": marketplace, "kind": kind.value, "subject": subject, "now": now},
            role=trips.WORKER,
            begin=True,
        )
    )


def listed(marketplace: UUID) -> list[Hold]:
    """Every hold there is and was, in the order they were placed."""
    rows = trips.in_one_trip(
        marketplace,
        """SELECT kind, subject, placed_at, reason, lifted_at FROM legal_hold WHERE marketplace = %(m)s
        ORDER BY placed_at, kind, subject""",
        {"m": marketplace},
        begin=False,
    )
    return [Hold(Kind(kind), *rest) for kind, *rest in rows]


ON_ORDER: LiteralString = """SELECT FROM legal_hold h WHERE h.marketplace = o.marketplace AND h.lifted_at IS NULL
  AND (h.kind = 'order' AND h.subject = o.order_key OR h.kind = 'person' AND h.subject IN (o.buyer, o.seller))"""
"""The holds that stand on the order in row `o`, on its buyer or its seller."""


def beside(marketplace: UUID) -> tuple[LiteralString, Mapping[str, Any]]:
    """First in a transaction that no erasure may run through; any number of them run beside each other."""
    statement: LiteralString = "SELECT pg_advisory_xact_lock_shared(hashtextextended('amends hold ' || %(m)s::text, 0))"
    return statement, {"m": marketplace}


def locked(marketplace: UUID) -> tuple[LiteralString, Mapping[str, Any]]:
    """First in a transaction that places a hold or erases: a hold comes before an erasure or after it, never within."""
    return "SELECT pg_advisory_xact_lock(hashtextextended('amends hold ' || %(m)s::text, 0))", {"m": marketplace}
