"""Keys of persons: made when first needed, and erased with their person."""

from __future__ import annotations

import os
from uuid import UUID

from . import trips
from .sealing import Key, encrypt, of_order, person, uuid7


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


def key_of(marketplace: UUID, name: str) -> Key:
    """The person's key, made where there is none."""
    return _key_of(marketplace, person(name))


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
