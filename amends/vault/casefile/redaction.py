"""What a role may see of each event, and commitments that let the rest keep its place.

Every event is cut into its fields, also those that hold their default, so that a field's presence tells nothing. A
field's hash is salted; an event's hash is taken of its fields' hashes; the case chain runs over the events' hashes.
A field or a whole event that is withheld leaves its hash behind. So the chain ends in the same head in the buyer's
file, the seller's and the court's, and nobody can find a withheld choice or name by trying what it could be.

The store's own chain has no salts: between two of its hashes a short event could be guessed. It is therefore given
only where nothing is withheld, and elsewhere stands as a salted commitment to its head.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from amends.core import events as e
from amends.core import sight
from amends.core.order import Order
from amends.core.private import Private
from amends.core.sight import files_of
from amends.core.values import Filed
from amends.core.vocabulary import Party
from amends.core.wire import GENESIS, canonical

from .contents import Role
from .signing import Salts

STAFF_ONLY = frozenset({"actor", "flags", "warnings", "elsewhere"})
"""Fields `core.sight` thins out for parties. They are withheld whatever they hold, or their absence would tell."""

THINNED = ("flags", "warnings")
"""Those of them of which a party may see some."""

CARRIED = ("file", "files")
"""Fields of which a party may see some files, and of some files no name and no comment."""

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Shown(NamedTuple):
    """An event as a role gets it.

    `event` is what the role sees of it, None where all of it is withheld. `fields` are those shown as they are stored
    (absent ones left out), `salts` those of every field shown, `hashes` those of every field withheld; `partly` is
    what the role sees of some fields that are withheld, and for which the signature alone vouches.
    """

    number: int
    digest: str
    event: e.Event | None = None
    fields: Mapping[str, Any] = {}
    salts: Mapping[str, str] = {}
    hashes: Mapping[str, str] = {}
    partly: Mapping[str, Any] = {}

    @property
    def whole(self) -> bool:
        return self.event is not None and not self.hashes

    def written(self) -> dict[str, Any]:
        """For `events.json`; a withheld event is its number and its hash."""
        if self.event is None:
            return {"number": self.number, "withheld": self.digest}
        told: dict[str, Any] = {"number": self.number, "fields": self.fields, "salts": self.salts}
        if self.hashes:
            told["withheld_fields"] = self.hashes
        if self.partly:
            told["shown_in_part"] = self.partly
        return told


def shown_to(
    role: Role,
    order: Order,
    events: Sequence[e.Event],
    bodies: Sequence[str],
    salts: Salts,
    pseudonyms: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Shown, ...]:
    """Every event of the order as the role may see it, number 1 first. `events` are those of `bodies`.

    `pseudonyms` stand for the `buyer` or `seller` whose name parties are no longer told.
    """
    seen = _seen(role.viewer, order, events)
    placed = seen.get(1)
    if isinstance(placed, e.OrderPlaced) and pseudonyms and role.viewer not in sight.STAFF:
        buyer, seller = pseudonyms.get("buyer", placed.buyer), pseudonyms.get("seller", placed.seller)
        seen[1] = dataclasses.replace(placed, buyer=buyer, seller=seller)
    return tuple(
        _shown(role, number, event, seen.get(number), json.loads(body), salts)
        for number, (event, body) in enumerate(zip(events, bodies, strict=True), 1)
    )


def case_head(digests: Sequence[str]) -> str:
    """The last hash of the case chain."""
    head = GENESIS
    for digest in digests:
        head = hashlib.sha256(f"{head}\n{digest}".encode()).hexdigest()
    return head


def head_commitment(head: str, salt: bytes) -> str:
    """A commitment to the head of the store's chain."""
    return hashlib.sha256(b"amends store head\n" + salt + head.encode()).hexdigest()


def field_hash(name: str, salt: bytes, value: bytes) -> str:
    """`value` is the canonical JSON of what the field holds, empty where it holds its default."""
    return hashlib.sha256(b"amends case field\n" + salt + name.encode() + b"\n" + value).hexdigest()


def event_hash(number: int, hashes: Mapping[str, str]) -> str:
    listed = "".join(f"{name} {hashes[name]}\n" for name in sorted(hashes))
    return hashlib.sha256(f"amends case event\n{number}\n{listed}".encode()).hexdigest()


def sealed_parts(value: Any) -> Iterator[Mapping[str, str]]:
    """Every sealed text in stored fields: its `ref` and its `sha256`."""
    if isinstance(value, Mapping):
        if set(value) == {"ref", "sha256"}:
            yield value
        else:
            for part in value.values():
                yield from sealed_parts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from sealed_parts(part)


def _seen(viewer: Party, order: Order, events: Sequence[e.Event]) -> dict[int, e.Event]:
    """By number. `sight.history` says what, not where from: so each event's instant is its number on the way."""
    tagged = [
        dataclasses.replace(event, at=_EPOCH + timedelta(seconds=number)) for number, event in enumerate(events, 1)
    ]
    seen = {}
    for event in sight.history(order, tagged, viewer):
        number = int((event.at - _EPOCH) / timedelta(seconds=1))
        seen[number] = dataclasses.replace(event, at=events[number - 1].at)
    return seen


def _shown(
    role: Role, number: int, event: e.Event, seen: e.Event | None, stored: Mapping[str, Any], salts: Salts
) -> Shown:
    names = ["type", *(field.name for field in dataclasses.fields(event))]
    hashes = {
        name: field_hash(name, salts.of(number, name), canonical(stored[name]) if name in stored else b"")
        for name in names
    }
    digest = event_hash(number, hashes)
    if seen is None:
        return Shown(number, digest)
    withheld = {name for name in names[1:] if _withholds(role, name, event, seen)}
    return Shown(
        number,
        digest,
        seen,
        fields={name: stored[name] for name in names if name in stored and name not in withheld},
        salts={name: salts.of(number, name).hex() for name in names if name not in withheld},
        hashes={name: hashes[name] for name in sorted(withheld)},
        partly={name: sorted(getattr(seen, name)) for name in THINNED if name in withheld and getattr(seen, name)}
        | {name: _files_left(stored[name], seen) for name in CARRIED if name in withheld and files_of(seen)},
    )


def carried(written: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The files in an event of `events.json`, as far as the role sees them; of a removal `file` is the id alone."""
    parts = written["fields"] | written.get("shown_in_part", {})
    one = parts.get("file")
    return (one,) if isinstance(one, Mapping) else tuple(parts.get("files", ()))


def _files_left(stored: Any, seen: e.Event) -> Any:
    """What the event holds of the files that are seen of it, without what is not seen of them."""
    if isinstance(stored, Mapping):
        (left,) = _files_left([stored], seen)
        return left
    shown = {file.id: file for file in files_of(seen)}
    return [
        {name: part for name, part in file.items() if not _unseen(name, shown[file["id"]])}
        for file in stored
        if file["id"] in shown
    ]


def _unseen(name: str, file: Filed) -> bool:
    return name in ("name", "comment") and getattr(file, name) is None


def _withholds(role: Role, name: str, event: e.Event, seen: e.Event) -> bool:
    viewer = role.viewer
    if viewer in sight.STAFF:
        return False
    return name in STAFF_ONLY or getattr(event, name) != getattr(seen, name)


def with_texts(event: e.Event, texts: Mapping[str, str]) -> e.Event:
    """The event with those of its sealed texts readable that are in `texts`, by reference."""
    opened: e.Event = _opened(event, texts)
    return opened


def _opened(value: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(value, Private):
        return Private(texts[value.ref], value.ref, value.digest) if value.ref in texts else value
    if isinstance(value, tuple):
        parts = [_opened(part, texts) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, e.Event):
        changes = {field.name: _opened(getattr(value, field.name), texts) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value
