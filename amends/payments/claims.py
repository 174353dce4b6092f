"""Taking intents to work on, and putting down what became of them: short statements, none open during a call."""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.orders import trips

LEASE = timedelta(minutes=5)
"""Real time: how long an intent is one worker's own. It must outlast a batch of calls."""
ASK_AFTER = timedelta(hours=20)
"""By the marketplace's clock. Providers forget idempotency keys after a day, so after this nothing is sent again."""


class Claimed(NamedTuple):
    """An intent this worker alone works on while its lease lives."""

    marketplace: UUID
    order_key: str
    event: int
    position: int
    kind: str
    amount_minor: int
    """What is to move: less than was allowed where some was taken back before."""
    currency: str
    target: str
    redirected: bool
    key: str
    reference: str
    attempts: int
    sent_at: datetime
    ask_at: datetime
    at: datetime
    """The marketplace's clock."""
    provider: str
    settings: Mapping[str, Any]


def to_send(now: datetime, *, marketplace: UUID | None, most: int) -> list[Claimed]:
    """Intents to call a provider about, those without any word from him among them. They are marked as sent before
    the call: a call whose end nobody saw must never look like one that was not made."""
    return _claimed(_TO_SEND, now, marketplace, most)


def to_ask(now: datetime, *, marketplace: UUID | None, most: int) -> list[Claimed]:
    """Intents a provider has taken and not answered for too long."""
    return _claimed(_TO_ASK, now, marketplace, most)


def taken(one: Claimed, reference: str) -> None:
    """The provider has it; he is asked if he says nothing for another while."""
    _put(one, _TAKEN, {"reference": reference, "ask_at": one.at + ASK_AFTER})


def later(one: Claimed, until: datetime) -> None:
    """Nobody could be reached: leave it alone until then (real time)."""
    _put(one, "UPDATE money_intent i SET lease_until = %(until)s " + _THE_ONE, {"until": until})


def to_a_human(one: Claimed, why: str) -> None:
    """Only a person can find out how it goes on."""
    _put(one, "UPDATE money_intent i SET needs_human = %(why)s, lease_until = NULL " + _THE_ONE, {"why": why})


def _claimed(statement: LiteralString, now: datetime, marketplace: UUID | None, most: int) -> list[Claimed]:
    values = {"now": now, "m": marketplace, "most": most, "lease": LEASE, "ask_after": ASK_AFTER}
    rows = trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=True)
    return [Claimed._make((*row[:-1], json.loads(row[-1]))) for row in rows]  # jsonb comes as text


def _put(one: Claimed, statement: LiteralString, values: dict[str, Any]) -> None:
    key = {"m": one.marketplace, "o": one.order_key, "e": one.event, "p": one.position}
    trips.run(one.marketplace, statement, {**key, **values}, role=trips.WORKER)


_THE_ONE: LiteralString = """WHERE i.marketplace = %(m)s AND i.order_key = %(o)s AND i.event = %(e)s
  AND i.position = %(p)s AND i.state = 'sent'"""
_TAKEN: LiteralString = (
    "UPDATE money_intent i SET reference = %(reference)s, ask_at = %(ask_at)s, lease_until = NULL " + _THE_ONE
)
_PICKED: LiteralString = """
WITH picked AS (SELECT one.*, coalesce(m.clock_at, %(now)s::timestamptz) AS at, m.provider, m.provider_settings
  FROM marketplace m CROSS JOIN LATERAL (SELECT i.marketplace, i.order_key, i.event, i.position FROM money_intent i
    WHERE i.marketplace = m.id AND i.needs_human IS NULL AND (i.lease_until IS NULL OR i.lease_until < %(now)s)
      AND """
_LIMITED: LiteralString = """
    LIMIT %(most)s FOR UPDATE SKIP LOCKED) one
  WHERE %(m)s::uuid IS NULL OR m.id = %(m)s::uuid LIMIT %(most)s)
UPDATE money_intent i SET lease_until = %(now)s::timestamptz + %(lease)s::interval, attempts = i.attempts + 1,
  state = 'sent', sent_at = coalesce(i.sent_at, p.at), ask_at = coalesce(i.ask_at, p.at + %(ask_after)s::interval)
FROM picked p
WHERE i.marketplace = p.marketplace AND i.order_key = p.order_key AND i.event = p.event AND i.position = p.position
RETURNING i.marketplace, i.order_key, i.event, i.position, i.kind, i.amount_minor - i.withdrawn_minor, i.currency,
  i.target, i.redirected, i.provider_key, coalesce(i.reference, ''), i.attempts, i.sent_at, i.ask_at, p.at,
  p.provider, p.provider_settings"""
_TO_SEND: LiteralString = (
    _PICKED + "(i.state = 'pending' OR i.state = 'sent' AND i.reference IS NULL)\n    ORDER BY i.written_at" + _LIMITED
)
_TO_ASK: LiteralString = (
    _PICKED
    + """i.state = 'sent' AND i.reference IS NOT NULL AND i.ask_at <= coalesce(m.clock_at, %(now)s::timestamptz)
    ORDER BY i.ask_at"""
    + _LIMITED
)
