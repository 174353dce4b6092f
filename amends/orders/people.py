"""Keys of persons: made when first needed, and erased with their person."""

from __future__ import annotations

import os
from uuid import UUID

from . import trips
from .sealing import Key, decrypt, encrypt, listing_picture, of_order, person, uuid7


def erase_person(marketplace: UUID, name: str) -> bool:
    """Make everything this person wrote unreadable for good, backups of the data included; False where nothing was.

    The chain holds, as it was taken of the ciphertexts. What the person writes afterwards gets a new key.
    """
    return _erased(marketplace, person(name))


def erase_staff_texts(marketplace: UUID, order_key: str) -> bool:
    """The same for what staff, providers and carriers wrote about one order."""
    return _erased(marketplace, of_order(order_key))


def sealed_for(marketplace: UUID, name: str, text: str, *, about: str) -> tuple[UUID, bytes]:
    """A text about somebody that stands in no event: the id of its key, and the ciphertext."""
    key = _key_of(marketplace, person(name))
    return key.id, encrypt(key, text, f"{marketplace}\n{about}\n{name}".encode())


def opened_for(marketplace: UUID, name: str, key_id: UUID, sealed: bytes, *, about: str) -> str | None:
    """What `sealed_for` sealed; None where that person, or the key of then, is gone. Raises `sealing.Unopened`."""
    found = trips.in_one_trip(
        marketplace,
        """SELECT key FROM amends_keys.person_key
        WHERE marketplace = %(m)s AND owner = %(owner)s AND key_id = %(key_id)s""",
        {"m": marketplace, "owner": person(name), "key_id": key_id},
        begin=False,
    )
    if not found:
        return None
    return decrypt(Key(key_id, bytes(found[0][0])), sealed, f"{marketplace}\n{about}\n{name}".encode())


def key_of(marketplace: UUID, name: str) -> Key:
    """The person's key, made where there is none."""
    return _key_of(marketplace, person(name))


def key_of_order(marketplace: UUID, order_key: str) -> Key:
    """The key of what staff write about an order, made where there is none."""
    return _key_of(marketplace, of_order(order_key))


def key_of_listing_picture(marketplace: UUID, listing: str, sha256: str) -> Key:
    """The key of one picture of a listing, made where there is none."""
    return _key_of(marketplace, listing_picture(listing, sha256))


def _erased(marketplace: UUID, owner: str) -> bool:
    statement = "DELETE FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s RETURNING 1"
    return bool(trips.in_one_trip(marketplace, statement, {"m": marketplace, "owner": owner}, begin=True))


def _key_of(marketplace: UUID, owner: str) -> Key:
    values = {"m": marketplace, "owner": owner, "id": uuid7(), "secret": os.urandom(32)}
    trips.run(
        marketplace,
        """INSERT INTO amends_keys.person_key (marketplace, owner, key_id, key)
        VALUES (%(m)s, %(owner)s, %(id)s, %(secret)s) ON CONFLICT DO NOTHING""",
        values,
    )
    found = trips.in_one_trip(
        marketplace,
        "SELECT key_id, key FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s",
        values,
        begin=False,
    )
    return Key(*found[0])
