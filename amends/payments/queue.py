"""What only a person can settle: movements nobody knows the end of, and payouts that failed.

A person ends one by an act of payments (`refund_succeeded`, `refund_failed`, `payout_succeeded`), or, where the
provider says that he never had it, by sending it again.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.orders import trips


class Waiting(NamedTuple):
    """An intent that waits for a person, and the sentence that says why."""

    order_key: str
    event: int
    position: int
    kind: str
    state: str
    amount_minor: int
    currency: str
    sent_at: datetime | None
    reference: str | None
    why: str


def waiting(marketplace: UUID, *, most: int = 100) -> list[Waiting]:
    """The queue of one marketplace, the oldest first."""
    return [
        Waiting(*row)
        for row in trips.in_one_trip(
            marketplace,
            """SELECT order_key, event, position, kind, state, amount_minor - withdrawn_minor, currency, sent_at,
              reference, needs_human
            FROM money_intent WHERE marketplace = %(m)s AND needs_human IS NOT NULL
            ORDER BY written_at, order_key, event, position LIMIT %(most)s""",
            {"m": marketplace, "most": most},
            begin=False,
        )
    ]


def send_again(marketplace: UUID, order_key: str, event: int, position: int) -> bool:
    """Call the provider anew, with the same key: for one he never had. False where nothing waits there to be sent."""
    return bool(
        trips.in_one_trip(
            marketplace,
            """UPDATE money_intent SET needs_human = NULL, reference = NULL, sent_at = NULL, ask_at = NULL, attempts = 0
            WHERE marketplace = %(m)s AND order_key = %(o)s AND event = %(e)s AND position = %(p)s
              AND state = 'sent' AND needs_human IS NOT NULL RETURNING 1""",
            {"m": marketplace, "o": order_key, "e": event, "p": position},
            begin=True,
        )
    )
