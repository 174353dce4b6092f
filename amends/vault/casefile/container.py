"""A zip of which every byte follows from its entries' names and contents.

Entries are stored, not deflated, in a fixed order, dated 1 January 1980, without comments, extra fields or data
descriptors. So a reader that knows the entries can say what each byte must be, nothing can be hidden between them,
and a small file cannot unpack to a large one. Ordinary unpackers read it as any other zip.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import BinaryIO, NamedTuple

LARGEST = 0xFFFFFFFF
"""Bytes of a whole zip without the extension for larger ones."""
_CHUNK = 1 << 20


class TooLarge(ValueError):
    """More evidence than one case file can hold."""


class ChangedMeanwhile(ValueError):
    """A file that gave other bytes when it was read a second time."""


class Entry(NamedTuple):
    """A named content that can be read more than once, and what the first reading found."""

    name: str
    open: Callable[[], BinaryIO]
    size: int
    crc: int
    sha256: str


def entry(name: str, open_: Callable[[], BinaryIO]) -> Entry:
    """Reads the content once, in pieces."""
    size, crc, digest = 0, 0, hashlib.sha256()
    with open_() as stream:
        while piece := stream.read(_CHUNK):
            size, crc = size + len(piece), zlib.crc32(piece, crc)
            digest.update(piece)
    return Entry(name, open_, size, crc, digest.hexdigest())


def entry_of(name: str, content: bytes) -> Entry:
    return entry(name, lambda: io.BytesIO(content))


def refuse_if_too_large(total: int, entries: int) -> None:
    """Raises `TooLarge` where one zip cannot hold that many bytes, or that many entries."""
    if total > LARGEST or entries > 0xFFFF:
        raise TooLarge(
            f"The case file would have {total:,} bytes in {entries} entries; one file holds 4 GiB and 65,535. "
            "Leave out the originals of long videos, they can be asked for one by one."
        )


def write(entries: Sequence[Entry], out: BinaryIO) -> None:
    """Write the zip. Raises `TooLarge` before anything is written, `ChangedMeanwhile` if an entry was not stable."""
    refuse_if_too_large(sum(each.size + 76 + 2 * len(each.name) for each in entries) + 22, len(entries))
    offset, directory = 0, b""
    for each in entries:
        directory += _listed(each, offset)
        out.write(_header(each))
        _copy(each, out)
        offset += 30 + len(each.name) + each.size
    out.write(directory)
    out.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(entries), len(entries), len(directory), offset, 0))


def _copy(each: Entry, out: BinaryIO) -> None:
    digest = hashlib.sha256()
    with each.open() as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != each.sha256:
        raise ChangedMeanwhile(f"{each.name} changed while the case file was written. Make the file again.")


# version 2.0, no flags, stored, midnight of 1 January 1980
_FIXED = struct.pack("<5H", 20, 0, 0, 0, 33)


def _header(each: Entry) -> bytes:
    name = each.name.encode("ascii")
    return b"PK\3\4" + _FIXED + struct.pack("<3L2H", each.crc, each.size, each.size, len(name), 0) + name


def _listed(each: Entry, offset: int) -> bytes:
    """In the directory: made on Unix, an ordinary file everybody may read."""
    name = each.name.encode("ascii")
    sizes = struct.pack("<3L5H2L", each.crc, each.size, each.size, len(name), 0, 0, 0, 0, 0o100644 << 16, offset)
    return b"PK\1\2" + struct.pack("<H", 0x0314) + _FIXED + sizes + name
