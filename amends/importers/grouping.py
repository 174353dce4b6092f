"""The commands of an import order by order, in bounded memory: what the database wants, as a file is by time.

A small file is grouped as it is. A large one is first dealt out to temporary files by the order's id, so that only a
part of the orders is in memory at a time.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

from amends.core.durations import MalformedInstant, parse_instant

from .faults import Unusable

PART: Final = 32 << 20
"""Bytes of commands that are grouped in memory at a time."""
MOST_PARTS: Final = 200


class OrderCommands(NamedTuple):
    """All commands of one order, in the order of the file. Each document has `at` and `order` in it."""

    order: str
    documents: tuple[dict[str, Any], ...]


def by_order(commands: Path, *, part: int = PART) -> Iterator[OrderCommands]:
    """The orders of a command file. Raises `Unusable`: the file or a line of it cannot be read, and why."""
    try:
        size = commands.stat().st_size
        if size <= part:
            with commands.open(encoding="utf-8") as file:
                yield from _grouped(commands, file)
        else:
            yield from _dealt(commands, min(MOST_PARTS, size // part + 1))
    except (OSError, UnicodeDecodeError) as wrong:
        raise Unusable(f"{commands}: it cannot be read: {wrong}") from None


def _grouped(commands: Path, lines: Iterator[str]) -> Iterator[OrderCommands]:
    orders: dict[str, list[dict[str, Any]]] = {}
    for number, line in enumerate(lines, 1):
        document = _read(commands, number, line)
        orders.setdefault(document["order"], []).append(document)
    for order, documents in orders.items():
        yield OrderCommands(order, tuple(documents))


def _dealt(commands: Path, parts: int) -> Iterator[OrderCommands]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-import-")))
        files = [stack.enter_context((folder / str(part)).open("w+", encoding="utf-8")) for part in range(parts)]
        with commands.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                order = _read(commands, number, line)["order"]
                files[zlib.crc32(order.encode()) % parts].write(line if line.endswith("\n") else f"{line}\n")
        for file in files:
            file.seek(0)
            yield from _grouped(commands, file)


def _read(commands: Path, number: int, line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
        parse_instant(document["at"])
        if not isinstance(document["order"], str) or not document["order"]:
            raise ValueError("order is no text")
    except (ValueError, KeyError, TypeError, MalformedInstant) as wrong:
        raise Unusable(f"{commands}, line {number}: no command with at and order: {wrong}") from None
    found: dict[str, Any] = document
    return found
