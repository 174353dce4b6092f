"""Turning letters off: from a link in the letter itself, without signing in, and only that kind."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core import signing

from amends.orders import contacts
from amends.orders.contacts import NEEDED, Kind

SALT = "amends.fewer-letters"


class Wish(NamedTuple):
    marketplace: UUID
    person: str
    kind: Kind


def address(marketplace: UUID, person: str, kind: Kind) -> str:
    """Where letters of this kind are turned off; "" where they cannot be, or nobody said where the pages are."""
    base = settings.AMENDS_ADDRESS.rstrip("/")
    if not base or kind in NEEDED:
        return ""
    token = signing.Signer(salt=SALT).sign_object({"m": marketplace.hex, "p": person, "k": kind.value}, compress=True)
    return f"{base}/letters/{token}"


def read(token: str) -> Wish | None:
    """What a link is about; None for what we never signed."""
    try:
        said = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return Wish(UUID(said["m"]), said["p"], Kind(said["k"]))


def grant(wish: Wish, *, now: datetime) -> None:
    """No more letters of this kind; the others stay as they are."""
    known = contacts.contact(wish.marketplace, wish.person)
    digest = known.digest and wish.kind is not Kind.DIGEST
    unwanted = known.unwanted | {wish.kind}
    contacts.wish(wish.marketplace, wish.person, unwanted=unwanted, digest=digest, now=now)
