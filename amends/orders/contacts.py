"""Where a buyer or seller is written to: an address the marketplace gave us, his language, his time zone, his wishes.

The address is sealed under the person's key and goes with it. A person without an address is told on the pages only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final, LiteralString, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from amends.core.rules.ordering import malformed

from . import trips
from .arrivals import Arrival, listeners
from .people import key_of
from .sealing import Key, decrypt, encrypt, person

MOST_ADDRESS: Final = 254
_ADDRESS: Final = re.compile(r"[^@\s<>\"(),:;\[\]\\]+@[^@\s<>\"(),:;\[\]\\]+\.[^@\s<>\"(),:;\[\]\\]+")
MORNING: Final = time(8)
"""When the daily letter comes, in the person's own zone."""


class Kind(StrEnum):
    """What a letter is about."""

    TURN = "turn"
    """Your answer is awaited, and a clock runs."""
    RESULT = "result"
    """A dispute, an appeal or an order has ended."""
    MONEY = "money"
    """A refund is on its way, has arrived, or failed."""
    NEWS = "news"
    """The other side, the mediator or the carrier did something that asks nothing of you."""
    REMINDER = "reminder"
    """Protection ends soon."""
    DIGEST = "digest"
    """Once a day: what waits for you."""


NEEDED: Final = frozenset({Kind.TURN, Kind.RESULT})
"""Whoever does not read these loses money by it; so nobody can turn them off."""


class Contact(NamedTuple):
    """`address` "": none is known, or its person was erased."""

    person: str
    address: str
    language: str
    zone: str
    unwanted: frozenset[Kind]
    digest: bool

    def wants(self, kind: Kind) -> bool:
        return kind in NEEDED or kind not in self.unwanted


def contact(marketplace: UUID, name: str) -> Contact:
    """What is known of a person; of one nobody told us about, nothing. Raises `sealing.Unopened`."""
    rows = trips.in_one_trip(
        marketplace,
        """SELECT c.language, c.zone, c.unwanted, c.digest_at IS NOT NULL, c.address, k.key_id, k.key
        FROM contact c LEFT JOIN amends_keys.person_key k
          ON k.marketplace = c.marketplace AND k.owner = %(owner)s AND k.key_id = c.key_id
        WHERE c.marketplace = %(m)s AND c.person = %(p)s""",
        {"m": marketplace, "p": name, "owner": person(name)},
        begin=False,
    )
    if not rows:
        return Contact(name, "", "en", "UTC", frozenset(), digest=False)
    language, zone, unwanted, digest, sealed, key_id, secret = rows[0]
    address = decrypt(Key(key_id, secret), sealed, _about(marketplace, name)) if secret and sealed else ""
    wishes = frozenset(Kind(kind) for kind in unwanted if kind in set(Kind))
    return Contact(name, address, language or "en", zone or "UTC", wishes, digest)


def tell(
    marketplace: UUID, name: str, *, now: datetime, address: str | None = None, language: str = "", zone: str = ""
) -> Contact:
    """Keep what is given of a person; None and "" leave what is known. An address "" takes it away.

    Raises Refused `malformed` for an address nobody could be written to.
    """
    if not name or len(name) > 200 or not name.isprintable():
        raise malformed("the person has no name that fits", "Use the name the orders have for the buyer or seller.")
    values = {"m": marketplace, "p": name, "language": language, "zone": zone, "key": None, "address": None}
    if address:
        if not _can_be_written_to(address):
            raise malformed(f"“{address[:80]}” is no e-mail address", "Write it like alice@example.org.")
        key = key_of(marketplace, name)
        values |= {"key": key.id, "address": encrypt(key, address, _about(marketplace, name))}
    given = address is not None
    trips.run(marketplace, _TELL, values | {"given": given, "digest_at": _morning(now, zone)})
    return contact(marketplace, name)


def _can_be_written_to(address: str) -> bool:
    """Whether a letter can be addressed so at all; international domains come in their ASCII form."""
    if len(address) > MOST_ADDRESS or not address.isascii() or not address.isprintable():
        return False
    try:
        validate_email(address)
    except ValidationError:
        return False
    return bool(_ADDRESS.fullmatch(address))


def wish(marketplace: UUID, name: str, *, unwanted: Collection[Kind], digest: bool, now: datetime) -> None:
    """Which letters a person wants; those nobody may turn off are sent whatever is said here."""
    known = contact(marketplace, name)
    values = {
        "m": marketplace,
        "p": name,
        "unwanted": sorted(set(unwanted) - NEEDED),
        "digest_at": _morning(now, known.zone) if digest else None,
    }
    trips.run(
        marketplace,
        """INSERT INTO contact (marketplace, person, unwanted, digest_at)
        VALUES (%(m)s, %(p)s, %(unwanted)s::text[], %(digest_at)s)
        ON CONFLICT (marketplace, person) DO UPDATE
          SET unwanted = excluded.unwanted, digest_at = excluded.digest_at, changed_at = now()""",
        values,
    )


# ── the daily letter ─────────────────────────────────────────────────────────────────────────────


def digests_due(now: datetime, *, marketplace: UUID | None = None, most: int = 200) -> Iterator[tuple[UUID, str]]:
    """Persons whose daily letter is due, each claimed as it is given: the next is set for his next morning.

    `now` is real time. Who stops asking has claimed nobody but those he was given.
    """
    rows = trips.in_one_trip(
        None,
        """SELECT marketplace, person, zone FROM contact WHERE digest_at <= %(now)s AND address IS NOT NULL
          AND (%(m)s::uuid IS NULL OR marketplace = %(m)s) ORDER BY digest_at LIMIT %(most)s""",
        {"now": now, "most": most, "m": marketplace},
        role=trips.WORKER,
        begin=False,
    )
    for found, name, zone in rows:
        taken = trips.in_one_trip(
            None,
            """UPDATE contact SET digest_at = %(next)s WHERE marketplace = %(m)s AND person = %(p)s
              AND digest_at <= %(now)s RETURNING 1""",
            {"m": found, "p": name, "now": now, "next": _morning(now, zone)},
            role=trips.WORKER,
            begin=True,
        )
        if taken:
            yield found, name


def digests_later(claimed: tuple[UUID, str], *, now: datetime, until: datetime) -> None:
    """Put a claimed daily letter off, and with it all that are due; who wants none any more stays without."""
    marketplace, name = claimed
    trips.in_one_trip(
        None,
        """UPDATE contact SET digest_at = %(until)s
        WHERE digest_at <= %(now)s OR (marketplace = %(m)s AND person = %(p)s AND digest_at IS NOT NULL)""",
        {"m": marketplace, "p": name, "now": now, "until": until},
        role=trips.WORKER,
        begin=True,
    )


def _morning(now: datetime, zone: str) -> datetime:
    """The next morning there."""
    there = now.astimezone(ZoneInfo(zone or "UTC"))
    today = datetime.combine(there.date(), MORNING, there.tzinfo)
    return (today if today > there else today + timedelta(days=1)).astimezone(UTC)


# ── what arrivals tell ───────────────────────────────────────────────────────────────────────────


def _remember(arrival: Arrival) -> None:
    if arrival.language or arrival.zone:
        values = {"m": arrival.marketplace, "p": arrival.name, "language": arrival.language, "zone": arrival.zone}
        trips.run(arrival.marketplace, _READS, values)


listeners.append(_remember)


def _about(marketplace: UUID, name: str) -> bytes:
    return f"{marketplace}\ncontact\n{name}".encode()


_READS: LiteralString = """INSERT INTO contact AS c (marketplace, person, language, zone)
VALUES (%(m)s, %(p)s, %(language)s, %(zone)s) ON CONFLICT (marketplace, person) DO UPDATE
  SET language = coalesce(nullif(excluded.language, ''), c.language),
    zone = coalesce(nullif(excluded.zone, ''), c.zone), changed_at = now()"""
_TELL: LiteralString = """INSERT INTO contact AS c (marketplace, person, language, zone, key_id, address, digest_at)
VALUES (%(m)s, %(p)s, %(language)s, %(zone)s, %(key)s, %(address)s, %(digest_at)s)
ON CONFLICT (marketplace, person) DO UPDATE
  SET language = coalesce(nullif(excluded.language, ''), c.language),
    zone = coalesce(nullif(excluded.zone, ''), c.zone),
    key_id = CASE WHEN %(given)s::boolean THEN excluded.key_id ELSE c.key_id END,
    address = CASE WHEN %(given)s::boolean THEN excluded.address ELSE c.address END, changed_at = now()"""
