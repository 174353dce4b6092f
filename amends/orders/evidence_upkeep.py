"""The store against its rows: what is recorded and not there any more, what lies there and is nobody's."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.vault import storage
from amends.vault.storage import LocalStore, Store, Stored
from amends.vault.uploads import HALF_BEGUN

from . import evidence_desk as desk
from . import evidence_statements as sql
from . import listing_statements, trips
from .evidence import RESUMABLE_FOR
from .evidence_deep import differs

UNUSED = timedelta(days=7)
"""How long a file may wait to become evidence."""
STALE = timedelta(days=1)
"""What is older and nobody's belongs to no write that is under way."""
AT_ONCE = 500


class Wrong(NamedTuple):
    """A stored piece that is not what was recorded."""

    marketplace: UUID
    order_key: str
    """Of what a listing shows: `listing` and its id,"""
    file: str
    """and the SHA-256 the picture is called by."""
    piece: str
    sentence: str


class Checked(NamedTuple):
    files: int
    pieces: int
    wrong: list[Wrong]
    orphans: list[Stored]


class Swept(NamedTuple):
    uploads: int
    """Uploads in pieces that were never finished."""
    files: int
    """Rows of files that never became evidence."""
    orphans: int
    """Stored pieces that nothing refers to."""
    leftovers: int
    """Halves of files and of uploads that somebody who was killed left behind."""


def verify(now: datetime, *, deep: bool = False) -> Checked:
    """Reads every kept piece anew and compares length and SHA-256; lists what nothing refers to. Changes nothing.

    `deep` also opens what was given and compares it with its row and its event (`evidence_deep`).
    """
    store = desk.store()
    files, pieces = 0, 0
    wrong: list[Wrong] = []
    for marketplace, order_key, file, recorded, given in chain(_recorded(), _listed()):
        files += 1
        pieces += len(recorded)
        expected = {piece["sha256"]: piece["sealed_size"] for piece in recorded.values()}
        called = {piece["sha256"]: name for name, piece in recorded.items()}
        broken = [
            Wrong(marketplace, order_key, file, called[found.sha256], found.sentence)
            for found in storage.verify(store, expected)
        ]
        if deep and given and not broken:
            broken = [Wrong(marketplace, order_key, file, *odd) for odd in differs(marketplace, order_key, file)]
        wrong += broken
    return Checked(files, pieces, wrong, list(_orphans(store, before=now - STALE)))


def sweep(now: datetime) -> Swept:
    """Throws away what became nothing. `now` is real time; what a write under way may still need is younger."""
    uploads = desk.uploads().sweep(now=now)
    values = {"arriving": now - RESUMABLE_FOR - STALE, "kept": now - UNUSED}
    files = _count(sql.NEVER_USED, values)
    _count(sql.TAKEN_BACK, {})
    store = desk.store()
    orphans = 0
    for stored in _orphans(store, before=now - STALE):
        store.delete(stored.sha256)
        orphans += 1
    return Swept(uploads, files, orphans, _leftovers(store, before=now - STALE))


def _leftovers(store: Store, *, before: datetime) -> int:
    """Halves of files, and uploads that were never told to anybody (`new-…`: their begin was cut short)."""
    gone = list(store.abandoned(before=before)) if isinstance(store, LocalStore) else []
    for folder in ("arriving", "uploads"):
        for place in desk.folder(folder).iterdir():
            with contextlib.suppress(FileNotFoundError):
                half = place.is_file() or place.name.startswith(HALF_BEGUN)
                if half and datetime.fromtimestamp(place.stat().st_mtime, UTC) < before:
                    gone.append(place)
    for place in gone:
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
    return len(gone)


def _recorded() -> Iterator[tuple[UUID, str, str, dict[str, Any], bool]]:
    """What is kept of every file, and that somebody gave it."""
    after: tuple[Any, str, str] = (UUID(int=0), "", "")
    while True:
        rows = _asked(sql.PIECES, {"am": after[0], "ao": after[1], "af": after[2], "most": AT_ONCE})
        yield from ((row[0], row[1], row[2], json.loads(row[3]), True) for row in rows)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][:3]


def _listed() -> Iterator[tuple[UUID, str, str, dict[str, Any], bool]]:
    """The same of what listings show."""
    after: tuple[Any, str, str] = (UUID(int=0), "", "")
    while True:
        values = {"am": after[0], "al": after[1], "ah": after[2], "most": AT_ONCE}
        rows = _asked(listing_statements.PIECES, values)
        yield from ((row[0], f"listing {row[1]}", row[2], json.loads(row[3]), False) for row in rows)
        if len(rows) < AT_ONCE:
            return
        after = rows[-1][:3]


def _orphans(store: Store, *, before: datetime) -> Iterator[Stored]:
    """What nothing refers to and is older than that instant: pieces are stored first, their row is written after."""
    old = (stored for stored in store.list() if stored.at < before)
    while batch := {stored.sha256: stored for stored in islice(old, AT_ONCE)}:
        for (address,) in _asked(sql.UNREFERENCED, {"addresses": list(batch)}):
            yield batch[address]


def _asked(statement: LiteralString, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=False)


def _count(statement: LiteralString, values: dict[str, Any]) -> int:
    return int(trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=True)[0][0])
