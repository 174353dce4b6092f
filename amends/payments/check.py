"""M7 from the other side: what the sandbox provider has in its own books, compared with the intents.

A real provider's reports are compared likewise; its books are not in this database.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

from amends.ledger.books import Broken
from amends.orders import trips, verify


def looked(marketplace: UUID, *, whole: bool, most: int) -> verify.Report:
    """Every law of one marketplace's books, its provider's among them, on the orders of the last day or on all.

    `most`: only so many orders are told again. Raises `verify.CannotLook`.
    """
    report = verify.verify(marketplace, fast=not whole, most=most)
    report.broken += check(marketplace)
    return report


def check(marketplace: UUID | None = None) -> Iterator[Broken]:
    """Every movement of a sandbox that no intent allowed, or that moved something else."""
    rows = trips.in_one_trip(None, _ODD, {"m": marketplace}, role=trips.WORKER, begin=False)
    for owner, order_key, key, why in rows:
        yield Broken("M7", owner, order_key, f"movement {key} of the sandbox provider", why)


_ODD: LiteralString = """
SELECT v.marketplace, coalesce(i.order_key, ''), v.key,
  CASE WHEN i.provider_key IS NULL THEN
      format('%%s %%s went to %%s, and no intent allowed it', v.amount_minor, v.currency, v.target)
    WHEN i.state = 'pending' THEN 'the money moved, and the intent counts as not sent'
    WHEN i.state = 'withdrawn' THEN 'the money moved, and the intent counts as withdrawn'
    ELSE format('%%s %%s of %%s moved; the intent is a %%s of %%s %%s', v.kind, v.amount_minor, v.currency, i.kind,
      i.amount_minor - i.withdrawn_minor, i.currency) END
FROM amends_sandbox.movement v
LEFT JOIN money_intent i ON i.marketplace = v.marketplace AND i.provider_key = v.key
WHERE (%(m)s::uuid IS NULL OR v.marketplace = %(m)s)
  AND (i.provider_key IS NULL OR i.state IN ('pending', 'withdrawn')
    OR (v.kind, v.amount_minor, v.currency) <> (i.kind, i.amount_minor - i.withdrawn_minor, i.currency))
ORDER BY v.marketplace, v.key"""
