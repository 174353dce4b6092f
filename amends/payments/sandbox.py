"""A provider to try things with. What it knows stands in tables of its own, as an outside system's would.

`provider_settings` of a marketplace bend it: `answers_after` (a period, by the marketplace's clock; default PT1H, P0D
answers at once), `fails` (target to reason), `unreachable_every` (each n-th call is not heard), `reply_lost_every`
(each n-th call is done and its answer lost). The provider `silent` takes everything and never answers by itself.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core.durations import MalformedDuration, parse_period
from amends.orders import trips

from .provider import Answer, Answered, Failed, Movement, NotKnown, Sent, Told, Unreachable

NAME, SILENT = "sandbox", "silent"


class BadSettings(Unreachable):
    """`provider_settings` that cannot be meant; nothing is sent until they are put right."""


class Settings(NamedTuple):
    answers_after: timedelta | None = timedelta(hours=1)
    """None: never by itself."""
    fails: Mapping[str, str] = {}
    unreachable_every: int = 0
    reply_lost_every: int = 0

    @classmethod
    def read(cls, document: Mapping[str, Any], *, silent: bool) -> Settings:
        """Raises BadSettings, naming the key."""
        unknown = sorted(document.keys() - set(cls._fields))
        if unknown:
            raise BadSettings(f"provider_settings: there is no “{unknown[0]}”; there are {', '.join(cls._fields)}.")
        try:
            after = parse_period(str(document.get("answers_after", "PT1H"))).elapsed
        except MalformedDuration as wrong:
            raise BadSettings(f"provider_settings.answers_after: {wrong}; write it like PT1H.") from None
        fails = document.get("fails", {})
        if not isinstance(fails, Mapping) or not all(isinstance(why, str) and why for why in fails.values()):
            raise BadSettings('provider_settings.fails: write targets with their reasons, {"pay-1": "expired card"}.')
        every = [document.get(name, 0) for name in ("unreachable_every", "reply_lost_every")]
        if not all(type(number) is int and number >= 0 for number in every):
            raise BadSettings("provider_settings: “every” is a whole number, 0 for never.")
        return cls(None if silent else after, fails, *every)


class Sandbox:
    """The provider of one marketplace, set up as `settings` say."""

    def __init__(self, settings: Settings, *, name: str = NAME) -> None:
        self.name = name
        self.settings = settings

    def refund(self, movement: Movement, now: datetime) -> Answer:
        return self._move("refund", movement, now)

    def release(self, movement: Movement, now: datetime) -> Answer:
        return self._move("release", movement, now)

    def ask(self, marketplace: UUID, key: str, reference: str, now: datetime) -> Answer | NotKnown:
        self._ring(marketplace)
        rows = _trip(marketplace, f"SELECT {_STANDS} FROM amends_sandbox.movement v WHERE {_OF}", {"key": key})
        return _answer(key, now, *rows[0]) if rows else NotKnown()

    def _move(self, kind: str, movement: Movement, now: datetime) -> Answer:
        lost = self._ring(movement.marketplace)
        after = self.settings.answers_after
        reason = self.settings.fails.get(movement.target, "")
        rows = _trip(
            movement.marketplace,
            _MOVE,
            {
                "key": movement.key,
                "kind": kind,
                "amount": movement.amount_minor,
                "currency": movement.currency,
                "target": movement.target,
                "reference": f"sbx_{hashlib.sha256(movement.key.encode()).hexdigest()[:20]}",
                "now": now,
                "answers_at": None if after is None else now + after,
                "outcome": "failed" if reason else "succeeded",
                "reason": reason,
            },
        )
        same, *stands = rows[0]
        assert same, "one key is for one movement: the same kind, amount and target"
        if lost:
            raise Unreachable("the sandbox's answer was lost on its way")
        return _answer(movement.key, now, *stands)

    def _ring(self, marketplace: UUID) -> bool:
        """Count the call. Raises Unreachable where it is not heard; answers whether its reply will be lost."""
        never, lost = self.settings.unreachable_every, self.settings.reply_lost_every
        if not never and not lost:
            return False
        [(calls,)] = _trip(marketplace, _RING, {})
        if never and calls % never == 0:
            raise Unreachable("the sandbox did not hear us")
        return bool(lost and calls % lost == 0)


def news(now: datetime, *, marketplace: UUID | None, most: int) -> list[Told]:
    """What sandboxes have to tell by now and were not thanked for: again and again, as providers do."""
    rows = _trip(marketplace, _NEWS, {"now": now, "most": most})
    return [
        Told(found, _event_id(key), key, outcome, reference, reason) for found, key, outcome, reference, reason in rows
    ]


def thank(told: list[Told]) -> None:
    """These need not be told again."""
    values = {"ms": [one.marketplace for one in told], "keys": [one.key for one in told]}
    _trip(None, _THANK, values)


def _answer(
    key: str, now: datetime, reference: str, answers_at: datetime | None, outcome: str, reason: str
) -> Sent | Answered | Failed:
    if answers_at is None or answers_at > now:
        return Sent(reference)
    if outcome == "failed":
        return Failed(reference, _event_id(key), reason)
    return Answered(reference, _event_id(key))


def _event_id(key: str) -> str:
    return f"evt_{key}"


def _trip(marketplace: UUID | None, statement: LiteralString, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(marketplace, statement, {"m": marketplace, **values}, role=trips.WORKER, begin=True)


_STANDS: LiteralString = "v.reference, v.answers_at, v.outcome, v.reason"
_OF: LiteralString = "v.marketplace = %(m)s AND v.key = %(key)s"
_MOVE: LiteralString = f"""
INSERT INTO amends_sandbox.movement AS v (marketplace, key, kind, amount_minor, currency, target, reference, taken_at,
  answers_at, outcome, reason)
VALUES (%(m)s, %(key)s, %(kind)s, %(amount)s, %(currency)s, %(target)s, %(reference)s, %(now)s, %(answers_at)s,
  %(outcome)s, %(reason)s)
ON CONFLICT (marketplace, key) DO UPDATE SET calls = v.calls + 1
RETURNING
  (v.kind, v.amount_minor, v.currency, v.target) = (%(kind)s, %(amount)s, %(currency)s, %(target)s), {_STANDS}"""
_RING: LiteralString = """
INSERT INTO amends_sandbox.line AS l (marketplace, calls) VALUES (%(m)s, 1)
ON CONFLICT (marketplace) DO UPDATE SET calls = l.calls + 1 RETURNING calls"""
_NEWS: LiteralString = """
SELECT v.marketplace, v.key, v.outcome, v.reference, v.reason
FROM marketplace m CROSS JOIN LATERAL (SELECT * FROM amends_sandbox.movement v
  WHERE v.marketplace = m.id AND v.told_at IS NULL AND v.answers_at <= coalesce(m.clock_at, %(now)s::timestamptz)
  ORDER BY v.answers_at LIMIT %(most)s) v
WHERE %(m)s::uuid IS NULL OR m.id = %(m)s::uuid LIMIT %(most)s"""
_THANK: LiteralString = """
UPDATE amends_sandbox.movement v SET told_at = now()
FROM unnest(%(ms)s::uuid[], %(keys)s::text[]) k (m, key)
WHERE v.marketplace = k.m AND v.key = k.key AND v.told_at IS NULL"""
