"""Everything that is held of a person, as one zip for that person: readable JSON, and the files as they were given.

Orders are told as the person may see them (`core.sight`): what others wrote to the person is in it, what they wrote
for the mediator alone is not. Files are the person's own.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, LiteralString, NamedTuple
from uuid import UUID

from amends.core import sight
from amends.core.durations import Period, format_instant
from amends.core.events import Event
from amends.core.order import Order
from amends.core.private import Private
from amends.core.vocabulary import Party
from amends.vault.kinds import Kind

from . import access, evidence, holds, queries, reply_templates, trips
from . import evidence_desk as desk
from .casefiles import kept_bytes
from .sealing import Key, decrypt, person

A_PAGE = 200
AS_WHAT = "what is held of a person"
"""As what a look is noted where somebody gets such a zip."""


class Held(NamedTuple):
    """What was found, and is in the zip."""

    orders: int
    files: int


def export(marketplace: UUID, name: str, out: BinaryIO, *, tell: Callable[[Order, Event], str], now: datetime) -> Held:
    """Write the zip. `tell` puts an event into a sentence; `now` is the marketplace's time.

    Of each file in it a look is noted. Raises `sealing.Unopened` or `vault.faults.Damaged` where what is stored was
    damaged.
    """
    files = list(_files(marketplace, name))
    orders = 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for orders, document in enumerate(_orders(marketplace, name, tell, now), 1):
            zipped.writestr(f"orders/{orders:04}.json", _json(document))
        told = [_file(marketplace, name, order_key, file, zipped) for order_key, file in files]
        about = _about(marketplace, name)
        zipped.writestr("person.json", _json({"person": name, "made_at": now, "orders": orders, **about}))
        zipped.writestr("files.json", _json(told))
    given = [(one["order"], one["file"]) for one in told if one["in_zip"]]
    evidence.handed_over(marketplace, given, viewer=f"operator, for {name}", as_what=AS_WHAT)
    return Held(orders, len(files))


def _json(document: Any) -> str:
    return json.dumps(_plain(document), ensure_ascii=False, indent=2) + "\n"


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def _orders(
    marketplace: UUID, name: str, tell: Callable[[Order, Event], str], now: datetime
) -> Iterator[dict[str, Any]]:
    for party in (Party.BUYER, Party.SELLER):
        for order_key in _keys(marketplace, name, party):
            found = queries.order(marketplace, order_key, now=now)
            assert found is not None, "orders are never removed"
            history = [recorded.event for recorded in found.history]
            yield {
                "order": order_key,
                "as": party,
                "status": found.order.status,
                "events": [
                    _event(at + 1, event, tell(found.order, event))
                    for at, event in sight.numbered(found.order, history, party)
                ],
            }


def _keys(marketplace: UUID, name: str, party: Party) -> Iterator[str]:
    after = ""
    buyer, seller = (name, "") if party is Party.BUYER else ("", name)
    while page := access.order_keys(marketplace, after=after, most=A_PAGE, buyer=buyer, seller=seller):
        yield from page
        after = page[-1]


def _event(number: int, event: Event, sentence: str) -> dict[str, Any]:
    data = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return {"number": number, "type": type(event).__name__, "sentence": sentence, "data": data}


def _plain(value: Any) -> Any:
    """As JSON, with texts as they were written; one that can no longer be read is null."""
    match value:
        case Private():
            return value.plain
        case datetime():
            return format_instant(value)
        case date():
            return value.isoformat()
        case timedelta():
            return str(Period(delta=value))
        case frozenset():
            return sorted(value)
        case dict():
            return {key: _plain(part) for key, part in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return {key: _plain(part) for key, part in value._asdict().items()}
        case tuple() | list():
            return [_plain(part) for part in value]
        case _:
            return value


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def _files(marketplace: UUID, name: str) -> Iterator[tuple[str, evidence.File]]:
    rows = trips.in_one_trip(
        marketplace,
        """SELECT order_key, file FROM evidence_file WHERE marketplace = %(m)s AND giver = %(p)s
          AND party IN ('buyer', 'seller') AND pieces IS NOT NULL ORDER BY order_key, file""",
        {"m": marketplace, "p": name},
        begin=False,
    )
    for order_key, file in rows:
        found = evidence.find(marketplace, order_key, file)
        if found is not None and _lies_there(found):
            yield order_key, found


def _lies_there(file: evidence.File) -> bool:
    """What was taken back goes with the next sweep, unless a hold stands; until then it is held, and handed out."""
    piece = file.piece("original")
    return piece is not None and (file.state != "removed" or desk.store().size(piece.sha256) is not None)


def _file(marketplace: UUID, name: str, order_key: str, file: evidence.File, zipped: zipfile.ZipFile) -> dict[str, Any]:
    """What is known of a file; its original goes into the zip, under a name that is never one somebody gave."""
    media_type = file.media_type or ""
    original = kept_bytes(marketplace, order_key, file, "original", media_type)
    place = None
    if original is not None and file.kind is not None:
        place = f"files/{file.file}{Kind(file.kind).extensions[0]}"
        with original.open() as source, zipped.open(place, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target)
    return {
        "order": order_key,
        "file": file.file,
        "name": evidence.name_of(marketplace, order_key, file),
        "as": file.party,
        "state": file.state,
        "media_type": media_type,
        "size": file.size,
        "sha256": file.sha256,
        "received_at": file.received_at,
        "facts": file.facts,
        "hints": file.hints,
        "in_zip": place,
    }


# ── the person ───────────────────────────────────────────────────────────────────────────────────


def _about(marketplace: UUID, name: str) -> dict[str, Any]:
    values = {"m": marketplace, "p": name, "owner": person(name)}
    blocks, erasures, views = trips.in_one_snapshot(
        [(part, values) for part in _PARTS], role=trips.APP, marketplace=marketplace
    )
    return {
        "blocked": [
            {"since": since, "by": by, "finding": _finding(marketplace, name, finding, key_id, secret)}
            for since, by, finding, key_id, secret in blocks
        ],
        "legal_holds": [
            {"since": hold.placed_at, "until": hold.lifted_at}
            for hold in holds.listed(marketplace)
            if hold.kind is holds.Kind.PERSON and hold.subject == name
        ],
        "erasures": [{"at": at, "reason": reason} for at, reason in erasures],
        "templates": [{"name": one.name, "text": one.text} for one in reply_templates.templates(marketplace, name)],
        "looked_at": [
            {"order": order_key, "file": file, "at": at, "as": as_what} for order_key, file, at, as_what in views
        ],
    }


def _finding(marketplace: UUID, name: str, finding: bytes, key_id: UUID, secret: bytes | None) -> str | None:
    if secret is None:
        return None
    return decrypt(Key(key_id, secret), finding, f"{marketplace}\nblock\n{name}".encode())


_PARTS: tuple[LiteralString, ...] = (
    """SELECT b.blocked_at, b.by, b.finding, b.key_id, k.key FROM party_block b LEFT JOIN amends_keys.person_key k
      ON k.marketplace = b.marketplace AND k.owner = %(owner)s AND k.key_id = b.key_id
    WHERE b.marketplace = %(m)s AND b.party = %(p)s""",
    "SELECT erased_at, reason FROM erasure WHERE marketplace = %(m)s AND person = %(p)s ORDER BY erased_at",
    """SELECT order_key, file, at, as_what FROM evidence_view WHERE marketplace = %(m)s
      AND viewer IN (%(p)s, 'buyer:' || %(p)s, 'seller:' || %(p)s) ORDER BY at, order_key, file""",
)
