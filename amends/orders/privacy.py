"""Erasing a person, and what has been kept long enough. What is erased is gone for good; the chain still verifies.

A person's texts and files are sealed under the person's key, so destroying the key erases them in every copy. What
could still tell of them goes too: stored files, what is known about them, and answers kept under a hash of what was
sent. Ids of persons are the marketplace's own words and stand in the chain; people read a pseudonym from then on.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.vault.faults import Unreachable

from . import clock, trips
from . import evidence_desk as desk
from .evidence import PREFIX
from .holds import ON_ORDER, Held, Hold, Kind, locked
from .sealing import of_order, person

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Orders one round of retention takes of each policy."""


class Erased(NamedTuple):
    """What an erasure found. All zero: nothing was held of that person."""

    pseudonym: str
    keys: int
    orders: int
    files: int

    @property
    def anything(self) -> bool:
        return bool(self.keys or self.orders or self.files)


def erase(marketplace: UUID, name: str, *, reason: str, now: datetime) -> Erased:
    """Erase a person of the marketplace; a second time does no harm. `now` is real time.

    What the person writes afterwards is under a new key, and is there until the next erasure. Raises `Held`. If this
    is killed on the way, either nothing was erased, or all but stored files nobody can open, which the sweep removes.
    An upload that was begun and is not finished goes with the machine's next sweep, within a day.
    """
    values = {
        "m": marketplace,
        "p": name,
        "owner": person(name),
        "now": now,
        "reason": reason,
        "pseudonym": f"erased-{os.urandom(4).hex()}",
    }
    _, holds, keys, files, _, orders, *_ = trips.in_one_transaction(
        marketplace, [locked(marketplace), *((part, values) for part in _PERSON)], role=trips.WORKER
    )
    if holds:
        raise Held(name, [Hold(Kind(kind), *rest) for kind, *rest in holds])
    _removed(files)
    pseudonym = str(orders[0][0]) if orders else ""
    return Erased(pseudonym, len(keys), len(orders), len(files))


class Expired(NamedTuple):
    """Orders whose time of keeping was over. `more`: there are more than are taken at once."""

    orders: int
    more: bool


def expire(real_now: datetime, *, most: int = AT_ONCE, marketplace: UUID | None = None) -> Expired:
    """Erase texts and files of every order that its policy (`evidence.keep_after_closing`) keeps no longer.

    Counted from the last closing of its disputes, on the marketplace's own clock; orders that are disputed, hold
    money, wait for a deadline or stand under a legal hold are left alone. Of every marketplace, or of one.
    """
    orders, more = 0, False
    for one, digest, keep in _policies(marketplace):
        now = clock.now_of(one, real_now)
        found = _over(one, digest, keep, now, most)
        orders += sum(_expire(one, order_key, version, now) for order_key, version in found)
        more = more or len(found) == most
    return Expired(orders, more)


def _expire(marketplace: UUID, order_key: str, version: int, now: datetime) -> bool:
    """False where somebody acted on the order meanwhile, or put a hold on it."""
    values = {"m": marketplace, "o": order_key, "owner": of_order(order_key), "version": version, "now": now}
    _, done, files, *_ = trips.in_one_transaction(
        marketplace, [locked(marketplace), *((part, values) for part in _ORDER)], role=trips.WORKER
    )
    _removed(files)
    return bool(done)


def _policies(only: UUID | None) -> list[tuple[UUID, str, str]]:
    """Those that keep evidence for a time only: marketplace, digest, the time as ISO 8601."""
    return [
        (marketplace, digest, keep)
        for marketplace, digest, keep in trips.in_one_trip(
            None,
            """SELECT marketplace, digest, document::jsonb #>> '{evidence,keep_after_closing}' FROM policy
            WHERE document::jsonb #>> '{evidence,keep_after_closing}' <> ''
              AND (%(m)s::uuid IS NULL OR marketplace = %(m)s) ORDER BY marketplace, digest""",
            {"m": only},
            role=trips.WORKER,
            begin=False,
        )
    ]


def _over(marketplace: UUID, digest: str, keep: str, now: datetime, most: int) -> list[tuple[str, int]]:
    """Orders under this policy that are kept no longer: key and version. Months are counted in UTC."""
    return [
        (order_key, version)
        for order_key, version in trips.in_one_trip(
            marketplace,
            f"""SELECT o.order_key, o.version FROM orders o
            WHERE o.marketplace = %(m)s AND o.policy_digest = %(digest)s AND {_AT_REST} AND NOT EXISTS ({ON_ORDER})
              AND NOT EXISTS (SELECT FROM order_erasure x WHERE x.marketplace = o.marketplace
                AND x.order_key = o.order_key AND x.version = o.version)
              AND (SELECT max(e.at) FROM event e WHERE e.marketplace = o.marketplace AND e.order_key = o.order_key
                AND e.type = 'DisputeClosed') AT TIME ZONE 'UTC' + %(keep)s::interval
                <= %(now)s::timestamptz AT TIME ZONE 'UTC'
            ORDER BY o.order_key LIMIT %(most)s""",
            {"m": marketplace, "digest": digest, "keep": keep, "now": now, "most": most},
            role=trips.WORKER,
            begin=False,
        )
    ]


def _removed(files: Iterable[tuple[Any, ...]]) -> None:
    """Take the stored pieces of erased files away. Nobody can open them any more; what resists is the sweep's."""
    for file, pieces in files:
        try:
            if pieces is None:
                desk.uploads().abandon(file.removeprefix(PREFIX))
            for piece in json.loads(pieces or "{}").values():
                desk.store().delete(piece["sha256"])
        except (OSError, Unreachable) as fault:
            log.warning("A stored file could not be removed (%s); the sweep will try again.", type(fault).__name__)


# ── statements ───────────────────────────────────────────────────────────────────────────────────

_AT_REST: LiteralString = """o.due_at IS NULL AND o.open_disputes = 0 AND o.held_minor = 0
  AND cardinality(o.opened_at) > 0"""
_THEIRS: LiteralString = (
    "SELECT o.order_key FROM orders o WHERE o.marketplace = %(m)s AND (o.buyer = %(p)s OR o.seller = %(p)s)"
)
_HOLDS: LiteralString = f"""SELECT h.kind, h.subject, h.placed_at, h.reason FROM legal_hold h
  WHERE h.marketplace = %(m)s AND h.lifted_at IS NULL
    AND (h.kind = 'person' AND h.subject = %(p)s OR h.kind = 'order' AND h.subject IN ({_THEIRS}))"""
_FREE: LiteralString = f"NOT EXISTS ({_HOLDS})"
_THERE: LiteralString = "(f.pieces IS NOT NULL OR f.state = 'arriving')"
# What is kept of a file: that there was one, of whom, in which event.
_FORGET: LiteralString = """UPDATE evidence_file f SET state = 'removed', name = '', kind = NULL, media_type = NULL,
    size = NULL, sha256 = NULL, pieces = NULL, facts = NULL, hints = NULL"""
# What a provider wrote; of an event that is on its way to the order the words are still to be sealed there.
_SAID: LiteralString = "(b.applied_at IS NOT NULL OR b.set_aside IS NOT NULL) AND b.reason <> ''"
# The same words where they brought a payout before people.
_TO_PEOPLE: LiteralString = """UPDATE money_intent i SET needs_human = 'The payout failed: no reason is kept.'
    WHERE i.marketplace = %(m)s AND i.needs_human LIKE 'The payout failed: %%' AND i.order_key"""

_PERSON: tuple[LiteralString, ...] = (
    _HOLDS,
    f"DELETE FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s AND {_FREE} RETURNING 1",
    f"""WITH theirs AS MATERIALIZED (SELECT marketplace, order_key, file, pieces FROM evidence_file f
      WHERE marketplace = %(m)s AND giver = %(p)s AND party IN ('buyer', 'seller') AND {_THERE} AND {_FREE}),
    keys AS (DELETE FROM picture_key k USING theirs t
      WHERE k.marketplace = t.marketplace AND k.order_key = t.order_key AND k.file = t.file),
    gone AS ({_FORGET} FROM theirs t
      WHERE f.marketplace = t.marketplace AND f.order_key = t.order_key AND f.file = t.file)
    SELECT file, pieces::text FROM theirs""",
    f"""INSERT INTO erased_party (marketplace, order_key, party, pseudonym)
    SELECT marketplace, order_key, CASE buyer WHEN %(p)s THEN 'buyer' ELSE 'seller' END, %(pseudonym)s FROM orders
    WHERE marketplace = %(m)s AND (buyer = %(p)s OR seller = %(p)s) AND {_FREE} ON CONFLICT DO NOTHING RETURNING 1""",
    f"""SELECT x.pseudonym FROM erased_party x JOIN orders o ON o.marketplace = x.marketplace
      AND o.order_key = x.order_key AND (CASE x.party WHEN 'buyer' THEN o.buyer ELSE o.seller END) = %(p)s
    WHERE x.marketplace = %(m)s AND {_FREE}""",
    f"DELETE FROM idempotency WHERE marketplace = %(m)s AND order_key IN ({_THEIRS}) AND {_FREE}",
    f"""UPDATE provider_inbox b SET reason = '' FROM money_intent i WHERE i.marketplace = %(m)s
    AND i.order_key IN ({_THEIRS}) AND b.marketplace = i.marketplace AND b.provider_key = i.provider_key
    AND {_SAID} AND {_FREE}""",
    f"{_TO_PEOPLE} IN ({_THEIRS}) AND {_FREE}",
    f"""INSERT INTO erasure (marketplace, person, erased_at, reason) SELECT %(m)s, %(p)s, %(now)s, %(reason)s
    WHERE {_FREE} ON CONFLICT DO NOTHING""",
    f"DELETE FROM seller_template WHERE marketplace = %(m)s AND seller = %(p)s AND {_FREE}",
    f"DELETE FROM contact WHERE marketplace = %(m)s AND person = %(p)s AND {_FREE}",
    f"DELETE FROM notice WHERE marketplace = %(m)s AND person = %(p)s AND {_FREE}",
    # What was once sealed under the order's key although it is the person's (sealing.THEIRS). The events hash the
    # ciphertext, so it cannot be sealed anew; what of it is gone, `books --verify` knows.
    f"""DELETE FROM sealed_text t USING event e, orders o
    WHERE o.marketplace = %(m)s AND (o.buyer = %(p)s OR o.seller = %(p)s)
      AND e.marketplace = o.marketplace AND e.order_key = o.order_key
      AND t.marketplace = e.marketplace AND t.order_key = e.order_key AND t.event = e.number
      AND t.owner = 'order:' || t.order_key AND t.ref = ANY (
        CASE WHEN o.buyer = %(p)s THEN ARRAY[e.body::jsonb #>> '{{refund_to,ref}}', e.body::jsonb #>> '{{to,ref}}',
          e.body::jsonb #>> '{{failure,ref}}', e.body::jsonb #>> '{{destination,city,ref}}'] END
        || CASE WHEN o.seller = %(p)s THEN ARRAY[e.body::jsonb #>> '{{return_to,city,ref}}'] END) AND {_FREE}""",
)

_DONE: LiteralString = """EXISTS (SELECT FROM order_erasure x WHERE x.marketplace = %(m)s AND x.order_key = %(o)s
  AND x.version = %(version)s AND x.erased_at = %(now)s)"""
_ORDER: tuple[LiteralString, ...] = (
    f"""INSERT INTO order_erasure (marketplace, order_key, version, erased_at)
    SELECT o.marketplace, o.order_key, o.version, %(now)s FROM orders o
    WHERE o.marketplace = %(m)s AND o.order_key = %(o)s AND o.version = %(version)s AND {_AT_REST}
      AND NOT EXISTS ({ON_ORDER})
    ON CONFLICT (marketplace, order_key) DO UPDATE SET version = excluded.version, erased_at = excluded.erased_at
    RETURNING 1""",
    f"""WITH theirs AS MATERIALIZED (SELECT marketplace, order_key, file, pieces FROM evidence_file f
      WHERE marketplace = %(m)s AND order_key = %(o)s AND {_THERE} AND {_DONE}),
    keys AS (DELETE FROM picture_key k USING theirs t
      WHERE k.marketplace = t.marketplace AND k.order_key = t.order_key AND k.file = t.file),
    gone AS ({_FORGET} FROM theirs t
      WHERE f.marketplace = t.marketplace AND f.order_key = t.order_key AND f.file = t.file)
    SELECT file, pieces::text FROM theirs""",
    f"""DELETE FROM sealed_text WHERE marketplace = %(m)s AND order_key = %(o)s AND event <= %(version)s AND {_DONE}""",
    f"DELETE FROM idempotency WHERE marketplace = %(m)s AND order_key = %(o)s AND {_DONE}",
    f"DELETE FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s AND {_DONE}",
    f"""UPDATE provider_inbox b SET reason = '' FROM money_intent i WHERE i.marketplace = %(m)s
    AND i.order_key = %(o)s AND b.marketplace = i.marketplace AND b.provider_key = i.provider_key
    AND {_SAID} AND {_DONE}""",
    f"{_TO_PEOPLE} = %(o)s AND {_DONE}",
)
