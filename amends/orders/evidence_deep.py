"""Kept files opened and held against the chain: what a row says can be changed, what its event says cannot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import LiteralString, NamedTuple
from uuid import UUID

from amends.core.sight import files_of
from amends.core.wire import read_event
from amends.vault import storage
from amends.vault.faults import Damaged

from . import evidence, trips


class Odd(NamedTuple):
    """A piece that is not what it should be, and why."""

    piece: str
    sentence: str


def differs(marketplace: UUID, order_key: str, name: str) -> Iterator[Odd]:
    """Open every piece of the file and compare its original with its row and with the event that made it evidence.

    Nothing of a file that was erased, thrown away or taken back while this ran. Raises `vault.faults.Unreachable`.
    """
    file = evidence.find(marketplace, order_key, name)
    if file is None or file.pieces is None:
        return
    found: dict[str, str] = {}
    for piece in file.pieces:
        try:
            found[piece] = _opened(marketplace, order_key, file, piece)
        except (Damaged, FileNotFoundError) as fault:
            yield Odd(piece, f"It cannot be opened. {fault}")
    original = found.get("original")
    if original is not None and original != file.sha256:
        yield Odd("original", f"Opened, it has SHA-256 {original}; its row says {file.sha256}.")
    if file.state == "linked":
        said = _said(marketplace, order_key, file)
        if said is None:
            yield Odd("original", f"Event {file.linked_event}, of which its row says so, did not make it evidence.")
        elif said != (original or said) or said != file.sha256:
            yield Odd("original", f"It is not the file that was given: event {file.linked_event} says SHA-256 {said}.")


def _opened(marketplace: UUID, order_key: str, file: evidence.File, piece: str) -> str:
    """The SHA-256 of what was sealed, read to its end."""
    kept = file.piece(piece)
    assert kept is not None, "asked of the pieces the row has"
    opened = evidence.opened(marketplace, order_key, file, kept)
    if opened is None:
        raise Damaged("The key it was sealed with is not there.")
    return storage.hashed(opened.read())[0]


def _said(marketplace: UUID, order_key: str, file: evidence.File) -> str | None:
    """The SHA-256 of the file by its event; None where that event carries no such file."""
    rows = trips.in_one_trip(
        marketplace, _EVENT, {"m": marketplace, "o": order_key, "number": file.linked_event}, begin=False
    )
    carried = files_of(read_event(json.loads(rows[0][0]))) if rows else ()
    return next((one.sha256 for one in carried if one.id == file.file), None)


_EVENT: LiteralString = """
SELECT body FROM event WHERE marketplace = %(m)s AND order_key = %(o)s AND number = %(number)s"""
