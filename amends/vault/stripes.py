"""PNG read in stripes: a sheet of 64 million pixels takes no more memory than a small one. In the child.

The rows are inflated here, a stripe at a time. Undoing the filters is left to Pillow: a stripe, begun with the last
row of the one before, is a picture of bytes by itself.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from PIL import Image

from amends.vault.gathering import Gathering, on_white
from amends.vault.headers import CHANNELS, PNG_MAGIC

_STRIPE: Final = 1 << 20
"""Bytes of rows that are undone at once, or one row where it is longer."""
_MOST_WORDS: Final = 4_000_000
"""Bytes of metadata that are looked at."""
_WORDS: Final = frozenset((b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"iCCP"))
_BYTES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""Modes of Pillow of so many bytes a pixel."""


class Sheet(NamedTuple):
    """A PNG but for its pixels."""

    width: int
    height: int
    depth: int
    colour: int
    woven: bool
    palette: bytes
    clear: bytes
    """What is see-through, as the chunk tRNS says it."""
    moves: bool
    words: bytes
    """A PNG of one pixel with the metadata of this one."""


def sheet(file: BinaryIO) -> Sheet:
    """All but the pixels. The structure has been walked before (headers.py)."""
    first, found, moves = b"", {b"PLTE": b"", b"tRNS": b""}, False
    words: list[bytes] = []
    for kind, length in _chunks(file):
        if kind == b"IHDR":
            first = file.read(13)
        elif kind in found and length <= 768:
            found[kind] = file.read(length)
        elif kind == b"acTL":
            moves = int.from_bytes(file.read(4)) > 1
        elif kind in _WORDS and length + sum(map(len, words)) < _MOST_WORDS:
            words.append(struct.pack(">I4s", length, kind) + file.read(length + 4))
    width, height, depth, colour, _method, _filter, woven = struct.unpack(">IIBBBBB", first)
    seed = PNG_MAGIC + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2 if colour & 2 else 0, 0, 0, 0))
    seed += b"".join(words) + _chunk(b"IDAT", zlib.compress(bytes(4 if colour & 2 else 2))) + _chunk(b"IEND", b"")
    return Sheet(width, height, depth, colour, bool(woven), found[b"PLTE"], found[b"tRNS"], moves, seed)


def picture(file: BinaryIO, about: Sheet) -> Image.Image:
    """A PNG that is not woven, at reading size, L or RGB, on white. Raises OSError where it is cut off, ValueError."""
    gathering = Gathering(about.width, about.height)
    lanes = CHANNELS[about.colour] * max(1, about.depth // 8)
    stored = (about.width * about.depth * CHANNELS[about.colour] + 7) // 8
    before = b""
    for filtered in _stripes(file, 1 + stored, about.height, gathering.rows(_STRIPE // (1 + stored))):
        rows, row, across = filtered, stored, lanes
        if about.depth == 16:
            # Filters know nothing of their neighbours' other halves: the lower eight bits can be left out before.
            rows = b"".join(
                rows[place : place + 1] + rows[place + 1 : place + 1 + stored : 2]
                for place in range(0, len(rows), 1 + stored)
            )
            row, across = stored // 2, lanes // 2
        plain = _undone(rows, row, across, before or bytes(row))
        before = plain[-row:]
        gathering.add(_coloured(plain, about))
    return gathering.picture()


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Kind and length of each chunk; the file stands at its body then."""
    place = len(PNG_MAGIC)
    while True:
        file.seek(place)
        head = file.read(8)
        length, kind = struct.unpack(">I4s", head.ljust(8, b"\0"))
        if len(head) < 8 or kind == b"IEND":
            return
        yield kind, length
        place += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _stripes(file: BinaryIO, row: int, rows: int, at_once: int) -> Iterator[bytes]:
    """The filtered rows, `at_once` together, the last fewer. Raises OSError where they end before."""
    inflating, due, kept = zlib.decompressobj(), row * rows, bytearray()
    for packed in _packed_until_the_end(file):
        rest = packed
        while due:
            wanted = min(row * at_once, due)
            kept += inflating.decompress(rest, wanted - len(kept))
            rest = inflating.unconsumed_tail
            if len(kept) == wanted:
                due -= wanted
                yield bytes(kept)
                kept.clear()
            elif not rest:
                break
        if not due:
            return
    raise OSError("truncated")


def _packed_until_the_end(file: BinaryIO) -> Iterator[bytes]:
    """The deflated rows piece by piece, and an empty piece to fetch what is still to come out."""
    for kind, length in _chunks(file):
        for place in range(0, length if kind == b"IDAT" else 0, 65_536):
            yield file.read(min(length - place, 65_536))
    yield b""


def _undone(rows: bytes, row: int, lanes: int, before: bytes) -> bytes:
    """Rows without their filters; `before` is the row above them."""
    size = row // lanes, len(rows) // (1 + row) + 1
    packed = zlib.compress(b"\0" + before + rows, 0)
    return Image.frombytes(_BYTES[lanes], size, packed, "zip", _BYTES[lanes]).tobytes()[row:]


def _coloured(plain: bytes, about: Sheet) -> Image.Image:
    """A stripe of plain rows in L or RGB, on white."""
    depth = min(about.depth, 8)
    high = len(plain) // ((about.width * depth * CHANNELS[about.colour] + 7) // 8)
    size = about.width, high
    if about.colour == 3:
        stripe = Image.frombytes("P", size, plain, "raw", "P" if depth == 8 else f"P;{depth}")
        stripe.putpalette(about.palette or bytes(3))
        if not about.clear:
            return stripe.convert("RGB")
        stripe.info["transparency"] = about.clear
        return on_white(stripe.convert("RGBA"))
    if about.colour in (4, 6):
        return on_white(Image.frombytes(_BYTES[CHANNELS[about.colour]], size, plain).convert("RGBA"))
    if about.colour == 2:
        stripe = Image.frombytes("RGB", size, plain)
    elif depth == 1:
        stripe = Image.frombytes("1", size, plain, "raw", "1").convert("L")
    else:
        stripe = Image.frombytes("L", size, plain, "raw", "L" if depth == 8 else f"L;{depth}")
    return _cleared(stripe, about)


def _cleared(stripe: Image.Image, about: Sheet) -> Image.Image:
    """White where the one colour is that stands for nothing."""
    parts = CHANNELS[about.colour]
    if about.depth == 16 or len(about.clear) != 2 * parts:
        return stripe
    shades = [value * 255 // ((1 << about.depth) - 1) for value in struct.unpack(f">{parts}H", about.clear)]
    stripe.info["transparency"] = tuple(shades) if parts > 1 else shades[0]
    return on_white(stripe.convert("RGBA"))
