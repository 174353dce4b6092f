"""Heads of JPEG, PNG and WebP: width, height and marks, before anything is decoded."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final, NamedTuple

from amends.vault.faults import broken, cut_off

PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
MOST_PARTS: Final = 4_000
_FRAME_HEADS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH: Final = frozenset(range(0xD0, 0xD9)) | {0x01}


class Head(NamedTuple):
    """Pixels as stored (not turned), whether a C2PA manifest is there, and bytes behind the end of the picture."""

    width: int
    height: int
    c2pa: bool
    behind: int = 0


def jpeg(file: BinaryIO, size: int) -> Head:
    """The head of a JPEG, up to its scan. Raises `NotTaken`.

    Cameras and old programs leave junk between segments; it is stepped over, as decoders do, but not for ever.
    """
    width = height = 0
    c2pa, place, junk = False, 2, 0
    for _ in range(MOST_PARTS):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4:
            raise cut_off("picture")
        if head[0] != 0xFF or head[1] in (0x00, 0xFF):
            junk += 1
            place += 1
            continue
        marker = head[1]
        if marker == 0xDA:
            break
        if marker in _WITHOUT_LENGTH:
            place += 2
            continue
        length = int.from_bytes(head[2:])
        if marker in _FRAME_HEADS:
            found = file.read(5)
            if len(found) < 5 or length < 8:
                raise broken("picture")
            high, wide = struct.unpack(">HH", found[1:])
            width, height = max(width, wide), max(height, high)
        elif marker == 0xEB:
            c2pa |= b"c2pa" in file.read(min(length, 256))
        place += 2 + max(length, 2)
    if place >= size:
        raise cut_off("picture")
    if not width or not height:
        raise broken("picture")
    return Head(width, height, c2pa)


def png(file: BinaryIO, size: int) -> Head:
    """The chunks of a PNG, from head to end. Raises `NotTaken` where one does not fit, or there is no end."""
    width = height = 0
    c2pa, place = False, len(PNG_MAGIC)
    for number in range(MOST_PARTS * 10):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            raise cut_off("picture")
        length, kind = struct.unpack(">I4s", head)
        if number == 0:
            if kind != b"IHDR" or length != 13:
                raise broken("picture")
            width, height = struct.unpack(">II", file.read(8).ljust(8, b"\0"))
        c2pa |= kind == b"caBX"
        place += 12 + length
        if place > size:
            raise cut_off("picture")
        if kind == b"IEND":
            break
    else:
        raise broken("picture")
    if not width or not height:
        raise broken("picture")
    return Head(width, height, c2pa, size - place)


def webp(file: BinaryIO, size: int) -> Head:
    """The chunks of a WebP. Raises `NotTaken`."""
    file.seek(0)
    stop = int.from_bytes(file.read(8)[4:], "little") + 8
    if stop > size + 1:
        raise cut_off("picture")
    width = height = 0
    c2pa, place = False, 12
    for _ in range(MOST_PARTS):
        file.seek(place)
        head = file.read(18)
        if place + 8 > min(stop, size):
            break
        kind, length = head[:4], int.from_bytes(head[4:8], "little")
        if place + 8 + length > size:
            raise cut_off("picture")
        wide, high = _webp_size(kind, head[8:])
        width, height = max(width, wide), max(height, high)
        c2pa |= kind == b"C2PA"
        place += 8 + length + length % 2
    else:
        raise broken("picture")
    if not width or not height:
        raise broken("picture")
    return Head(width, height, c2pa, max(0, size - stop))


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    """Width and height that a chunk names; 0, 0 for others."""
    if len(body) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8 ":
        wide, high = struct.unpack("<HH", body[6:10])
        return wide & 0x3FFF, high & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return 0, 0
