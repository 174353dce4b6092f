"""Sealing personal text: encrypted under its person's own key, so that erasing the key erases the person.

An event carries a reference and the SHA-256 of what is stored; that and the keys have tables of their own. What is
stored begins with a commitment to the plain text (`amends.vault.casefile.opening`), so that a case file can open one
text to a stranger without a key; and it is bound to its marketplace, order and reference: moved elsewhere it does not
open.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from amends.core import events as e
from amends.core.private import Private
from amends.core.vocabulary import Party
from amends.core.wire import seal
from amends.vault.casefile import opening

Sealable = TypeVar("Sealable")


class Key(NamedTuple):
    id: UUID
    secret: bytes


class Text(NamedTuple):
    """A sealed text as it is kept; `event` is the number of the event that carries it."""

    event: int
    ref: str
    owner: str
    key_id: UUID
    ciphertext: bytes


class Unopened(ValueError):
    """A ciphertext that is not what was sealed: changed, moved, or under another key."""


def person(name: str) -> str:
    """The owner of what a person of the marketplace wrote, or of what says where he lives."""
    return f"person:{name}"


def of_order(order_key: str) -> str:
    """The owner of what staff and outsiders wrote about an order, which belongs to neither side alone."""
    return f"order:{order_key}"


def listing_picture(listing: str, sha256: str) -> str:
    """The owner of one picture of a listing, which is the marketplace's and goes by itself."""
    return f"listing:{sha256}:{listing}"


def uuid7() -> UUID:
    """A surrogate key that sorts by the time it was made (RFC 9562)."""
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10))
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


THEIRS: Mapping[str, Party] = {
    "destination": Party.BUYER,
    "return_to": Party.SELLER,
    "refund_to": Party.BUYER,
    "to": Party.BUYER,
    "failure": Party.BUYER,
}
"""Fields of events that are a party's own whoever acts: an operator names the buyer's account, a mediator the seller's
city, a provider why a card was refused. Older ones lie under the order's key: an erasure removes them (privacy.py)."""


class Sealer:
    """Seals the events of one write. Collects the texts to keep, and the keys that had to be made for them."""

    def __init__(self, marketplace: UUID, order_key: str, keys: Mapping[str, Key]) -> None:
        self.marketplace = marketplace
        self.order_key = order_key
        self.keys = dict(keys)
        self.made: dict[str, Key] = {}
        self.texts: list[Text] = []

    def seal(self, event: e.Event, number: int, *, buyer: str, seller: str) -> e.Event:
        """The event as number `number` of its order, with every personal text in it sealed for whose it is."""
        event = self._of_the_parties(event, number, buyer=buyer, seller=seller)
        if isinstance(event, e.OrderPlaced):
            return self._sealed(event, number, person(seller))
        by_owner = {Party.BUYER: person(buyer), Party.SELLER: person(seller), Party.CARRIER: person(buyer)}
        return self._sealed(event, number, by_owner.get(event.by, of_order(self.order_key)))

    def _of_the_parties(self, event: e.Event, number: int, *, buyer: str, seller: str) -> e.Event:
        """What is a party's whoever writes it down: where he lives, his account, what his bank says."""
        names = {Party.BUYER: buyer, Party.SELLER: seller}
        changes: dict[str, Any] = {}
        for field, party in THEIRS.items():
            old = getattr(event, field, None)
            new = seal(old, partial(self._text, number=number, owner=person(names[party])))
            if new is not old:
                changes[field] = new
        return dataclasses.replace(event, **changes) if changes else event

    def _sealed(self, event: e.Event, number: int, owner: str) -> e.Event:
        return seal(event, partial(self._text, number=number, owner=owner))

    def _text(self, plain: str, number: int, owner: str) -> Private:
        ref = f"{number}.{sum(text.event == number for text in self.texts) + 1}"
        key = self.keys.get(owner)
        if key is None:
            key = self.keys[owner] = self.made[owner] = Key(uuid7(), os.urandom(32))
        sealed = encrypt(key, plain, about(self.marketplace, self.order_key, ref))
        self.texts.append(Text(number, ref, owner, key.id, sealed))
        return Private(plain, ref, hashlib.sha256(sealed).hexdigest())


def theirs(event: e.Event) -> Iterator[tuple[str, Party]]:
    """The references of sealed texts in an event that are a party's own, and which party's."""
    for field, party in THEIRS.items():
        for part in _private_in(getattr(event, field, None)):
            if part.sealed:
                yield part.ref, party


def _private_in(value: object) -> Iterator[Private]:
    """Every personal text in a field, however deep."""
    if isinstance(value, Private):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _private_in(part)


def about(marketplace: UUID, order_key: str, ref: str) -> bytes:
    """What a ciphertext is bound to."""
    return b"\n".join((marketplace.bytes, order_key.encode(), ref.encode()))


def encrypt(key: Key, plain: str, bound_to: bytes) -> bytes:
    return opening.encrypt(key.secret, plain, bound_to)


def decrypt(key: Key, ciphertext: bytes, bound_to: bytes) -> str:
    """The text that was sealed. Raises `Unopened`."""
    return disclosed(key, ciphertext, bound_to)[1]


def disclosed(key: Key, ciphertext: bytes, bound_to: bytes) -> tuple[bytes, str]:
    """The blind that proves to anybody which text was sealed, and the text. Raises `Unopened`."""
    try:
        return opening.decrypt(key.secret, ciphertext, bound_to)
    except opening.NotWhatWasSealed:
        raise Unopened(f"a text under key {key.id} is not what was sealed") from None


def opened(value: Sealable, texts: Mapping[str, str]) -> Sealable:
    """The same event with the texts that could be opened readable again; an erased person's stay closed."""
    found: Sealable = _opened(value, texts)
    return found


def _opened(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, Private):
        return Private(texts[value.ref], value.ref, value.digest) if value.ref in texts else value
    if isinstance(value, tuple):
        parts = [_opened(part, texts) for part in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, e.Event):
        changes: dict[str, Any] = {}
        for field in dataclasses.fields(value):
            old = getattr(value, field.name)
            new = _opened(old, texts)
            if new is not old:
                changes[field.name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value
