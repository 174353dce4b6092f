"""Elements of WebM: kind, tracks, pixels and length, from the head of the file only."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from amends.vault.boxes import Film
from amends.vault.faults import broken, cut_off, no_picture_track

MAGIC: Final = b"\x1a\x45\xdf\xa3"
MOST_ELEMENTS: Final = 2_000
_DOC_TYPE, _SEGMENT, _INFO, _TRACKS, _CLUSTER = 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
_SCALE, _DURATION, _ENTRY, _VIDEO, _WIDTH, _HEIGHT = 0x2AD7B1, 0x4489, 0xAE, 0xE0, 0xB0, 0xBA


class Element(NamedTuple):
    id: int
    start: int
    stop: int


class _Reader:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file, self.size = file, size
        self.seen = 0

    def elements(self, start: int, stop: int) -> Iterator[Element]:
        """Elements between two places; one of unknown length reaches to `stop`."""
        while start < stop:
            self.seen += 1
            if self.seen > MOST_ELEMENTS:
                raise broken("video")
            self.file.seek(start)
            head = self.file.read(12)
            name, first = _number(head, keep_marker=True)
            length, second = _number(head[first:], keep_marker=False)
            body = start + first + second
            unknown = length == (1 << 7 * second) - 1
            if not unknown and body + length > stop:
                raise cut_off("video") if stop == self.size else broken("video")
            yield Element(name, body, stop if unknown else body + length)
            start = stop if unknown else body + length

    def value(self, element: Element) -> bytes:
        """The body of a small element."""
        if element.stop - element.start > 64:
            raise broken("video")
        self.file.seek(element.start)
        return self.file.read(element.stop - element.start)


def _number(head: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """A number of variable length, and its length in bytes."""
    if not head or not head[0]:
        raise broken("video")
    length = 9 - head[0].bit_length()
    if len(head) < length:
        raise cut_off("video")
    value = int.from_bytes(head[:length])
    return (value if keep_marker else value & ((1 << 7 * length) - 1)), length


def doc_type(file: BinaryIO, size: int) -> str:
    """`webm`, `matroska`, or empty."""
    reader = _Reader(file, size)
    for head in reader.elements(0, min(size, 4096)):
        for element in reader.elements(head.start, head.stop):
            if element.id == _DOC_TYPE:
                return reader.value(element).rstrip(b"\0").decode("ascii", "replace")
        break
    return ""


def film(file: BinaryIO, size: int) -> Film:
    """What the head of a WebM says. Raises `NotTaken` where it holds no picture, or is broken before its first one."""
    reader = _Reader(file, size)
    sizes: list[tuple[int, int]] = []
    tracks, lasts = 0, 0
    for segment in reader.elements(0, size):
        if segment.id != _SEGMENT:
            continue
        for part in reader.elements(segment.start, segment.stop):
            if part.id == _CLUSTER:
                break
            if part.id == _INFO:
                lasts = _milliseconds(reader, part)
            if part.id == _TRACKS:
                for track in reader.elements(part.start, part.stop):
                    tracks += track.id == _ENTRY
                    sizes += _sizes(reader, track)
        break
    if not tracks:
        raise broken("video")
    if not sizes:
        raise no_picture_track()
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return Film(width, height, lasts or None, tracks, False, size)


def _sizes(reader: _Reader, track: Element) -> Iterator[tuple[int, int]]:
    if track.id != _ENTRY:
        return
    for element in reader.elements(track.start, track.stop):
        if element.id == _VIDEO:
            found = {
                inner.id: int.from_bytes(reader.value(inner))
                for inner in reader.elements(element.start, element.stop)
                if inner.id in (_WIDTH, _HEIGHT)
            }
            yield found.get(_WIDTH, 0), found.get(_HEIGHT, 0)


def _milliseconds(reader: _Reader, info: Element) -> int:
    scale, length = 1_000_000, 0.0  # nanoseconds a tick; ticks
    for element in reader.elements(info.start, info.stop):
        if element.id == _SCALE:
            scale = int.from_bytes(reader.value(element))
        elif element.id == _DURATION:
            value = reader.value(element)
            if len(value) in (4, 8):
                (length,) = struct.unpack(">f" if len(value) == 4 else ">d", value)
    return int(length * scale / 1_000_000) if math.isfinite(length) and length > 0 else 0
