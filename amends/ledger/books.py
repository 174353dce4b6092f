"""The check of the books, from the journal alone: each law of docs/quality.md that transfers can break.

The database refuses such rows when they are written; this finds what came in past it, by a restored dump or a hand.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core.money import EXPONENTS

Run = Callable[[LiteralString, Mapping[str, Any]], list[tuple[Any, ...]]]
"""Runs a statement across all marketplaces and brings its rows."""


class Broken(NamedTuple):
    """A law, the row that breaks it, and how."""

    law: str
    marketplace: UUID
    order_key: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.law}: order {self.order_key} of {self.marketplace}, {self.where}: {self.why}"


def check(run: Run, *, marketplace: UUID | None = None, lately: bool = False) -> Iterator[Broken]:
    """Every transfer that breaks a law; with `lately`, of orders the journal grew for in the last day."""
    values = {"m": marketplace, "lately": lately, "currencies": list(EXPONENTS)}
    for law, statement in _LAWS:
        for found, order_key, where, why in run(statement, values):
            yield Broken(law, found, order_key, where, why)


_SCOPE: LiteralString = """looked AS (
  SELECT * FROM journal j WHERE (%(m)s::uuid IS NULL OR j.marketplace = %(m)s)
    AND (NOT %(lately)s OR EXISTS (SELECT FROM journal l WHERE l.written_at > now() - interval '1 day'
      AND l.marketplace = j.marketplace AND l.order_key = j.order_key))),
sides AS (
  SELECT marketplace, order_key, event, position, debit AS account, debit_version AS version,
    debit_before AS before, debit_after AS after FROM looked
  UNION ALL
  SELECT marketplace, order_key, event, position, credit, credit_version, credit_before, credit_after FROM looked),
entries AS (
  SELECT *, row_number() OVER account AS expected, lag(after, 1, 0::bigint) OVER account AS stood,
    format('journal, event %%s, transfer %%s', event, position) AS place
  FROM sides WINDOW account AS (PARTITION BY marketplace, order_key, account ORDER BY version, event, position))"""

_LAWS: tuple[tuple[str, LiteralString], ...] = (
    (
        "M1",
        f"""WITH {_SCOPE}
SELECT marketplace, order_key, format('journal, event %%s, transfer %%s', event, position),
  format('%%s leaves %%s (%%s to %%s), and %%s arrives at %%s', debit_before - debit_after, debit, debit_before,
    debit_after, credit_after - credit_before, credit)
FROM looked WHERE amount_minor <= 0 OR debit = credit
  OR debit_before - debit_after <> amount_minor OR credit_after - credit_before <> amount_minor""",
    ),
    (
        "M3",
        f"""WITH {_SCOPE}
SELECT marketplace, order_key, place, format('account %%s stands at %%s', account, after) FROM entries
WHERE after < 0 AND account NOT LIKE 'captured:%%' AND account NOT IN ('receivable', 'platform')""",
    ),
    (
        "M5",
        f"""WITH {_SCOPE}
SELECT marketplace, order_key, place, format('account %%s has version %%s, balance %%s before; it must be %%s, %%s',
  account, version, before, expected, stood)
FROM entries WHERE version <> expected OR before <> stood""",
    ),
    (
        "M6",
        f"""WITH {_SCOPE}
SELECT marketplace, order_key, format('journal, event %%s, transfer %%s', event, position),
  format('no currency is called %%s', currency)
FROM looked WHERE currency <> ALL (%(currencies)s::text[])""",
    ),
)
