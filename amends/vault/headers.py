"""Heads of JPEG, PNG and WebP: width, height, marks, and what opening them takes, before anything is decoded."""

from __future__ import annotations

import re
import struct
from typing import BinaryIO, Final, NamedTuple

from amends.vault.faults import broken, cut_off, swollen
from amends.vault.limits import MB, READING_SIDE, jpeg_scale

PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
MOST_PARTS: Final = 4_000
AT_HAND: Final = 16 * MB
"""Bytes that the picture of reading size takes, 2,000 by 2,000 pixels at the most."""
_FRAME_HEADS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_IN_PASSES: Final = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_WITHOUT_LENGTH: Final = frozenset(range(0xD0, 0xD9)) | {0x01}
_START, _END = 0xDA, 0xD9
_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]", re.DOTALL)
_DENSEST_JPEG: Final = 512
"""Pixels that a byte of a JPEG can hold: a bit for 64 of them."""
_DENSEST_PNG: Final = 1_040
"""Bytes that a byte can swell to in a PNG: 1,032, and what is rounded."""
CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of the kinds of colour that a PNG may have."""


class Head(NamedTuple):
    """Pixels as stored (not turned), whether a C2PA manifest is there, and bytes behind the end of the picture."""

    width: int
    height: int
    c2pa: bool
    data: int
    """Bytes of the picture itself: no metadata, nothing that is stepped over."""
    memory: int
    """Bytes that decoding it takes."""
    behind: int = 0


class _Frame(NamedTuple):
    """What a JPEG says of its pixels: `samples` of all components together; whether they come in passes."""

    width: int
    height: int
    samples: int
    parts: int
    in_passes: bool


def jpeg(file: BinaryIO, size: int) -> Head:
    """The segments of a JPEG, up to its end. Raises `NotTaken`.

    Cameras and old programs leave junk between segments; it is stepped over, as decoders do, but not for ever.
    """
    frame: _Frame | None = None
    c2pa, place, data = False, 2, 0
    for _ in range(MOST_PARTS):
        file.seek(place)
        head = file.read(4)
        if len(head) < 4 and not data:
            raise cut_off("picture")
        if len(head) < 4 or (head[0] == 0xFF and head[1] == _END):
            break
        if head[0] != 0xFF or head[1] in (0x00, 0xFF):
            place += 1
            continue
        marker, length = head[1], max(int.from_bytes(head[2:]), 2)
        if marker in _WITHOUT_LENGTH:
            place += 2
            continue
        if marker in _FRAME_HEADS:
            found = _frame(file.read(length - 2), in_passes=marker in _IN_PASSES)
            frame = found if frame is None else max(frame, found, key=lambda frame: frame.samples)
        elif marker == 0xEB:
            c2pa |= b"c2pa" in file.read(min(length, 256))
        elif marker == _START and frame is not None:
            # Whoever sends the components one after the other makes the decoder keep them, as passes do.
            frame = frame._replace(in_passes=frame.in_passes or file.read(1) != bytes([frame.parts]))
        place += 2 + length
        if marker == _START:
            behind = _next_marker(file, place, size)
            data, place = data + behind - place, behind
    return _jpeg_head(frame, c2pa=c2pa, data=data)


def _jpeg_head(frame: _Frame | None, *, c2pa: bool, data: int) -> Head:
    if frame is None or not frame.width or not frame.height:
        raise broken("picture")
    if not data:
        raise cut_off("picture")
    pixels = frame.width * frame.height
    if pixels > _DENSEST_JPEG * data:
        raise swollen("picture", frame.width, frame.height, data)
    shown = pixels // jpeg_scale(frame.width, frame.height) ** 2
    kept = 2 * frame.samples if frame.in_passes else 0
    return Head(frame.width, frame.height, c2pa, data, AT_HAND + 4 * shown + kept)


def _frame(body: bytes, *, in_passes: bool) -> _Frame:
    """The head of a frame: precision, height, width, and how often each component is sampled."""
    if len(body) < 6:
        raise broken("picture")
    height, width, parts = struct.unpack(">HHB", body[1:6])
    rates = [(body[place] >> 4, body[place] & 15) for place in range(7, min(len(body), 6 + 3 * parts), 3)]
    wide = max((rate[0] for rate in rates), default=0)
    high = max((rate[1] for rate in rates), default=0)
    if not wide or not high:
        raise broken("picture")
    samples = sum(width * height * rate[0] * rate[1] for rate in rates) // (wide * high)
    return _Frame(width, height, samples, parts, in_passes)


def _next_marker(file: BinaryIO, place: int, size: int) -> int:
    """Where the data of a scan that begins at `place` ends: at the next marker, or with the file."""
    step = 1 << 12
    while place < size:
        file.seek(place)
        part = file.read(step)
        found = _MARKER.search(part)
        if found:
            return place + found.start()
        place += max(len(part) - 1, 1)  # a marker may stand across two parts
        step = min(2 * step, 1 << 20)
    return size


def png(file: BinaryIO, size: int) -> Head:
    """The chunks of a PNG, from head to end. Raises `NotTaken` where one does not fit, or there is no end."""
    c2pa, place, data = False, len(PNG_MAGIC), 0
    first = b""
    for number in range(MOST_PARTS * 10):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            raise cut_off("picture")
        length, kind = struct.unpack(">I4s", head)
        if number == 0:
            if kind != b"IHDR" or length != 13:
                raise broken("picture")
            first = file.read(13).ljust(13, b"\0")
        c2pa |= kind == b"caBX"
        data += length if kind == b"IDAT" else 0
        place += 12 + length
        if place > size:
            raise cut_off("picture")
        if kind == b"IEND":
            break
    else:
        raise broken("picture")
    return _png_head(first, c2pa=c2pa, data=data, behind=size - place)


def _png_head(first: bytes, *, c2pa: bool, data: int, behind: int) -> Head:
    width, height, depth, colour, _method, _filter, woven = struct.unpack(">IIBBBBB", first)
    if not width or not height or colour not in CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise broken("picture")
    row = 1 + (width * depth * CHANNELS[colour] + 7) // 8
    if row * height > _DENSEST_PNG * data:
        raise swollen("picture", width, height, data)
    if woven:  # it has to be whole, and is turned into colours then
        memory = AT_HAND + width * height * (8 if colour in (3, 4) else 5)
    else:  # read in stripes: of those a few copies, and what is gathered from them at up to twice its height
        memory = 3 * AT_HAND + 8 * max(MB, row * (max(width, height) // READING_SIDE))
    return Head(width, height, c2pa, data, memory, behind)


def webp(file: BinaryIO, size: int) -> Head:
    """The chunks of a WebP. Raises `NotTaken`."""
    file.seek(0)
    stop = int.from_bytes(file.read(8)[4:], "little") + 8
    if stop > size + 1:
        raise cut_off("picture")
    width = height = data = 0
    c2pa, place, kinds = False, 12, set()
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
        kinds.add(kind)
        data += length if kind in _WEBP_BYTES else 0
        place += 8 + length + length % 2
    else:
        raise broken("picture")
    if not width or not height:
        raise broken("picture")
    a_pixel = max((_WEBP_BYTES[kind] for kind in kinds if kind in _WEBP_BYTES), default=0)
    return Head(width, height, c2pa, data, AT_HAND + width * height * a_pixel, max(0, size - stop))


_WEBP_BYTES: Final = {b"VP8 ": 3, b"ALPH": 5, b"VP8L": 8, b"ANMF": 16}
"""Bytes a pixel takes while it is decoded; a picture that moves is composed on two canvases."""


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
