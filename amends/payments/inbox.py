"""What providers tell us, each event of theirs once, and its way to the order.

`keep` writes an event down, which is all an incoming call has to wait for; `apply` lets it have its effect. Every step
can be done again: the intent's state says what is known, the provider's event id is the idempotency key of the act.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core import commands as c
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import trips
from amends.orders.handle import handle
from amends.orders.recording import BrokenHistory

from .provider import Told

log = logging.getLogger(__name__)

CALLER = "payments"
LEASE = timedelta(minutes=1)


class Applied(NamedTuple):
    """How many events told of money that has arrived, and that could not."""

    succeeded: int
    failed: int


class Waiting(NamedTuple):
    """A kept event that has not had its effect, and the marketplace's clock."""

    marketplace: UUID
    provider: str
    event_id: str
    key: str
    said: str
    reference: str
    reason: str
    at: datetime


class About(NamedTuple):
    """The intent an event is about, as it stands once the event is noted on it."""

    order_key: str
    event: int
    position: int
    kind: str
    dispute: int | None
    refund: int | None
    payment: int | None
    amount_minor: int
    funded_by: str
    state: str
    reference: str
    noted: bool
    """This event is the one that brought it to its end; others of the same content change nothing."""


def keep(provider: str, told: Told) -> bool:
    """Write the event down, durably; False where it came before. Whoever tells us may be thanked after this."""
    values = {"m": told.marketplace, "provider": provider, **told._asdict()}
    return bool(trips.in_one_trip(told.marketplace, _KEEP, values, role=trips.WORKER, begin=True))


def apply(now: datetime, *, marketplace: UUID | None = None, most: int = 100) -> Applied:
    """Let events that wait have their effect: on their intents, and as acts by payments on the orders."""
    values = {"now": now, "m": marketplace, "most": most, "lease": LEASE}
    good = bad = 0
    for row in trips.in_one_trip(None, _CLAIM, values, role=trips.WORKER, begin=True):
        one = Waiting(*row)
        done = _applied(one)
        good += done and one.said == "succeeded"
        bad += done and one.said == "failed"
    return Applied(good, bad)


def _applied(one: Waiting) -> bool:
    """Whether the event has had its effect now; else it waits, or is set aside with the reason."""
    values = {"reference": one.reference or one.key, "at": one.at}
    _trip(one, _NOTE if one.said != "sent" else _TAKEN, values)
    rows = _trip(one, _ABOUT, values)
    if not rows:
        return _aside(one, "no intent has the key it names")
    about = About(*rows[0])
    if one.said == "sent":
        return _done(one)
    if about.state != one.said:
        why = f"The provider says that this {about.kind} has {one.said}; it counts as {about.state} here. Find out."
        _trip(one, _TO_A_HUMAN, {"why": why})
        return _aside(one, f"the intent counts as {about.state}")
    command = _act(one, about) if about.noted else None  # else it was known already, and so the order knows
    return _done(one) if command is None else _acted(one, about, command)


def _acted(one: Waiting, about: About, command: c.Command) -> bool:
    key = f"{one.provider} {one.event_id}"
    try:
        outcome = handle(one.marketplace, about.order_key, command, now=one.at, caller=CALLER, key=key)
    except BrokenHistory as broken:
        log.error("A provider's event waits for a person: %s", broken)
        return _aside(one, str(broken))
    refused = outcome.refused
    if refused is None or refused.code is RefusalCode.NOT_ALLOWED:  # not allowed: somebody has told the order already
        return _done(one)
    if refused.code is RefusalCode.VERSION_CONFLICT:
        # Others were first five times running, or a file is looked at: it comes up again when its lease is over.
        return False
    _trip(one, _TO_A_HUMAN, {"why": f"The order did not take what the provider said: {refused.sentence}"})
    return _aside(one, f"refused {refused.code}")


def _act(one: Waiting, about: About) -> c.Command | None:
    """What the order is to be told; None where nothing is, or not yet: a refund has arrived when all its parts have."""
    if about.kind == "release":
        if one.said == "failed":
            _trip(one, _TO_A_HUMAN, {"why": f"The payout failed: {one.reason or 'no reason was given'}."})
            return None
        if about.funded_by != "escrow":
            return None  # the platform's own money; the books have it on its way, and no account waits for it
        return c.SucceedPayout(by=Party.PAYMENTS, amount=about.amount_minor, reference=about.reference)
    of = about._asdict()
    newest: dict[Any, Any] = dict(_trip(one, _PARTS, of))  # the last of each part stands
    if one.said == "failed":
        if _trip(one, _REPLACED, of):
            return None  # another way was taken for this part meanwhile
        return c.FailRefund(
            by=Party.PAYMENTS,
            text=one.reason or "The provider gave no reason.",
            dispute=about.dispute,
            reference=about.reference,
            refund=about.refund or 0,
        )
    if set(newest.values()) != {"succeeded"}:
        return None
    return c.SucceedRefund(
        by=Party.PAYMENTS, dispute=about.dispute, reference=about.reference, refund=about.refund or 0
    )


def _done(one: Waiting) -> bool:
    _trip(one, f"UPDATE provider_inbox SET applied_at = now(), lease_until = NULL {_THIS}", {})
    return True


def _aside(one: Waiting, why: str) -> bool:
    log.error("Event %s of %s is set aside: %s.", one.event_id, one.provider, why)
    _trip(one, f"UPDATE provider_inbox SET set_aside = %(why)s, lease_until = NULL {_THIS}", {"why": why})
    return False


def _trip(one: Waiting, statement: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    known = {"m": one.marketplace, "provider": one.provider, "event_id": one.event_id, "key": one.key, "said": one.said}
    return trips.in_one_trip(one.marketplace, statement, {**known, **values}, role=trips.WORKER, begin=True)


_THIS: LiteralString = "WHERE marketplace = %(m)s AND provider = %(provider)s AND event_id = %(event_id)s"
_KEEP: LiteralString = """
INSERT INTO provider_inbox (marketplace, provider, event_id, provider_key, said, reference, reason)
VALUES (%(m)s, %(provider)s, %(event_id)s, %(key)s, %(said)s, %(reference)s, %(reason)s)
ON CONFLICT DO NOTHING RETURNING 1"""
_CLAIM: LiteralString = """
WITH picked AS (SELECT b.marketplace, b.provider, b.event_id, coalesce(m.clock_at, %(now)s::timestamptz) AS at
  FROM provider_inbox b JOIN marketplace m ON m.id = b.marketplace
  WHERE b.applied_at IS NULL AND b.set_aside IS NULL AND (b.lease_until IS NULL OR b.lease_until < %(now)s)
    AND (%(m)s::uuid IS NULL OR b.marketplace = %(m)s)
  ORDER BY b.came_at LIMIT %(most)s FOR UPDATE OF b SKIP LOCKED)
UPDATE provider_inbox b SET lease_until = %(now)s::timestamptz + %(lease)s::interval FROM picked p
WHERE b.marketplace = p.marketplace AND b.provider = p.provider AND b.event_id = p.event_id
RETURNING b.marketplace, b.provider, b.event_id, b.provider_key, b.said, b.reference, b.reason, p.at"""
_INTENT: LiteralString = """i.order_key, i.event, i.position, i.kind, i.dispute, i.refund, i.payment,
  i.amount_minor - i.withdrawn_minor, i.funded_by, i.state, coalesce(i.reference, '')"""
_ABOUT: LiteralString = f"""
SELECT {_INTENT}, b.noted FROM money_intent i, provider_inbox b
WHERE i.marketplace = %(m)s AND i.provider_key = %(key)s AND b.marketplace = %(m)s AND b.provider = %(provider)s
  AND b.event_id = %(event_id)s"""
_TAKEN: LiteralString = """
UPDATE money_intent i SET reference = coalesce(i.reference, %(reference)s)
WHERE i.marketplace = %(m)s AND i.provider_key = %(key)s"""
_NOTE: LiteralString = f"""
WITH ended AS (UPDATE money_intent i SET reference = coalesce(i.reference, %(reference)s), state = %(said)s,
    answered_at = %(at)s, lease_until = NULL, needs_human = NULL
  WHERE i.marketplace = %(m)s AND i.provider_key = %(key)s AND i.state IN ('pending', 'sent') RETURNING 1)
UPDATE provider_inbox SET noted = true {_THIS} AND EXISTS (SELECT FROM ended)"""
_TO_A_HUMAN: LiteralString = """
UPDATE money_intent i SET needs_human = %(why)s WHERE i.marketplace = %(m)s AND i.provider_key = %(key)s"""
_OF_THE_REFUND: LiteralString = """
FROM money_intent i WHERE i.marketplace = %(m)s AND i.order_key = %(order_key)s AND i.kind = 'refund'
  AND i.dispute IS NOT DISTINCT FROM %(dispute)s::int AND i.refund = %(refund)s AND i.state <> 'withdrawn'"""
_PARTS: LiteralString = f"SELECT i.payment, i.state {_OF_THE_REFUND} ORDER BY i.event"
_REPLACED: LiteralString = f"""SELECT 1 {_OF_THE_REFUND}
  AND i.payment IS NOT DISTINCT FROM %(payment)s::int AND i.event > %(event)s LIMIT 1"""
