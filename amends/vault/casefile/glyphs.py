"""Which characters our fonts can draw, read from the fonts themselves (OpenType, table `cmap`)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"


@cache
def drawable() -> frozenset[int]:
    """The code points at least one of our fonts has a glyph for."""
    return frozenset(point for path in sorted(FONTS.glob("*.[ot]tf")) for point in _points(path.read_bytes()))


def _points(font: bytes) -> Iterator[int]:
    """The code points of a font. Formats 4 and 12 are those fonts of today map Unicode with."""
    tables = struct.unpack_from(">H", font, 4)[0]
    for at in range(12, 12 + 16 * tables, 16):
        tag, _, offset, _ = struct.unpack_from(">4s3L", font, at)
        if tag == b"cmap":
            for record in range(struct.unpack_from(">H", font, offset + 2)[0]):
                start = offset + struct.unpack_from(">L", font, offset + 8 + 8 * record)[0]
                form = struct.unpack_from(">H", font, start)[0]
                if form == 4:
                    yield from _segments(font, start)
                elif form == 12:
                    yield from _groups(font, start)


def _segments(font: bytes, start: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    starts = struct.unpack_from(f">{count}H", font, start + 16 + 2 * count)
    for first, last in zip(starts, ends, strict=True):
        yield from (point for point in range(first, last + 1) if point != 0xFFFF)


def _groups(font: bytes, start: int) -> Iterator[int]:
    for group in range(struct.unpack_from(">L", font, start + 12)[0]):
        first, last, _ = struct.unpack_from(">3L", font, start + 16 + 12 * group)
        yield from range(first, last + 1)
