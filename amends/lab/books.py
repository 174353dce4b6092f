"""A recorded book: the commands an import wrote, in order of time, and the complaints that go with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from amends.core.durations import parse_instant

from .actors import Cast


class BookError(Exception):
    """A book that cannot be read: file, line, what is wrong."""


class Book(NamedTuple):
    """Recorded commands in order of time, and complaints; `ends` is the last recorded instant."""

    commands: tuple[dict[str, Any], ...]
    complaints: tuple[dict[str, Any], ...]
    ends: datetime


def read_book(commands: Path, complaints: Path | None = None) -> Book:
    """The files an import wrote. Complaints lie beside the commands unless named."""
    read = tuple(_lines(commands))
    if not read:
        raise BookError(f"{commands}: there is no command in it")
    beside = complaints or commands.with_name("complaints.jsonl")
    complained = tuple(_lines(beside)) if beside.exists() else ()
    ends = max(parse_instant(document["at"]) for document in (*read, *complained))
    return Book(read, complained, ends)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    document = json.loads(line)
                    document["at"], document["order"]
                except (ValueError, KeyError, TypeError) as wrong:
                    raise BookError(f"{path}, line {number}: no command with at and order: {wrong}") from None
                yield document
    except (OSError, UnicodeDecodeError) as wrong:
        raise BookError(f"{path}: it cannot be read: {wrong}") from None


def sampled(book: Book, orders: int, seed: int) -> Book:
    """The book with only so many of its orders, drawn by the seed, and what happened to them."""
    every = sorted({str(document["order"]) for document in book.commands})
    chosen = set(Cast(seed, "sample").chance.sample(every, min(orders, len(every))))
    commands, complaints = (
        tuple(document for document in documents if document["order"] in chosen)
        for documents in (book.commands, book.complaints)
    )
    return Book(commands, complaints, book.ends)
