"""Party links: what a marketplace's key mints, and a browser shows, so that one buyer or seller comes in.

A link says who comes, where to, how he reads, and until when; it is signed with the service's secret, and names the
key it was minted by, so that a revoked key takes its links with it.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core import signing

from amends.core.vocabulary import Party

from .contacts import contact
from .trips import in_one_trip

SALT: Final = "amends.party-link"
USUAL: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)
LONGEST_TOKEN: Final = 4000
OWN: Final = "letter"
"""Begins what stands where a key's mark would in links that our own letters carry; the mark of the address follows."""


class Link(NamedTuple):
    """Who comes, and where to. `dispute` 0: to the order; no order: to where his seat starts."""

    marketplace: UUID
    party: Party
    name: str
    """The marketplace's own name for the buyer or seller."""
    until: datetime
    """Real time, also in a sandbox."""
    order: str = ""
    dispute: int = 0
    language: str = ""
    zone: str = ""
    key: str = ""
    """The mark of the marketplace's key that minted it."""


def mark_of(key: str) -> str:
    """What a link says of the key that minted it: enough to find it among the marketplace's, nothing to use."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


def written(link: Link) -> str:
    """The link as one part of an address."""
    document = {
        "m": link.marketplace.hex,
        "p": link.party.value,
        "n": link.name,
        "u": int(link.until.timestamp()),
        "k": link.key,
        **{
            name: value
            for name, value in (("o", link.order), ("d", link.dispute), ("l", link.language), ("z", link.zone))
            if value
        },
    }
    return signing.Signer(salt=SALT).sign_object(document, compress=True)


def read(token: str) -> Link | None:
    """What a link says, however old it is; None for what we never signed, or for somebody who has no pages."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        document: dict[str, Any] = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return Link(
        UUID(document["m"]),
        Party(document["p"]),
        document["n"],
        datetime.fromtimestamp(document["u"], UTC),
        document.get("o", ""),
        document.get("d", 0),
        document.get("l", ""),
        document.get("z", ""),
        document["k"],
    )


def works(link: Link, now: datetime) -> bool:
    """Whether it still lets in: its time is not over, and the key that minted it was not revoked. `now` is real."""
    return now <= link.until and still_good(link.marketplace, link.name, link.key)


def still_good(marketplace: UUID, name: str, key: str) -> bool:
    """Whether what a link came by still is: the key not revoked, or the letter's address still that person's."""
    if key.startswith(OWN):
        mark = own_mark(marketplace, contact(marketplace, name).address)
        return bool(mark) and hmac.compare_digest(key, mark)
    return _known(marketplace, key)


def own_mark(marketplace: UUID, address: str) -> str:
    """What a letter's link says of the address it goes to; "" never fits, so who has no address has no such link."""
    about = f"{marketplace} {address}"
    return f"{OWN}:{mark_of(about)}" if address else ""


def _known(marketplace: UUID, mark: str) -> bool:
    return bool(
        in_one_trip(
            marketplace,
            """SELECT 1 FROM marketplace_key WHERE marketplace = %(m)s AND revoked_at IS NULL
            AND encode(substring(digest FROM 1 FOR 8), 'hex') = %(mark)s""",
            {"m": marketplace, "mark": mark},
            begin=False,
        )
    )
