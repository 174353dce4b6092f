"""Boxes of ISO media files (MP4, MOV, HEIC, AVIF): read by hopping from head to head, never the contents."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from amends.vault.faults import NotTaken, broken, cut_off, no_picture_track

MOST_BOXES: Final = 4_000
C2PA_UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


class Box(NamedTuple):
    kind: bytes
    start: int
    """Where its body begins, in bytes from the head of the file."""
    stop: int


class Film(NamedTuple):
    """What the heads of an MP4 or MOV say; milliseconds None where they do not say."""

    width: int
    height: int
    milliseconds: int | None
    tracks: int
    c2pa: bool
    data: int
    """Bytes of pictures and sound."""


class Still(NamedTuple):
    """What the heads of a HEIC or AVIF say: the largest picture in it."""

    width: int
    height: int
    c2pa: bool
    data: int
    """Bytes of pictures."""


class Walker:
    """Hops through one file; counts, so that a million empty boxes end in a refusal and not in a long night."""

    def __init__(self, file: BinaryIO, size: int, what: str) -> None:
        self.file, self.size, self.what = file, size, what
        self.seen = 0

    def boxes(self, start: int, stop: int) -> Iterator[Box]:
        """The boxes between two places. Raises `NotTaken` where one does not fit in."""
        while start + 8 <= stop:
            self.seen += 1
            if self.seen > MOST_BOXES:
                raise broken(self.what)
            length, kind = struct.unpack(">I4s", self.read(start, 8))
            head = 8
            if length == 1:
                (length,) = struct.unpack(">Q", self.read(start + 8, 8))
                head = 16
            elif length == 0:
                length = stop - start
            if length < head:
                raise broken(self.what)
            if start + length > stop:
                raise cut_off(self.what) if stop == self.size else broken(self.what)
            yield Box(kind, start + head, start + length)
            start += length

    def all(self, where: Box, *path: bytes) -> Iterator[Box]:
        """Every box on that path below `where`."""
        for box in self.boxes(where.start, where.stop):
            if box.kind == path[0]:
                if len(path) == 1:
                    yield box
                else:
                    yield from self.all(box, *path[1:])

    def read(self, start: int, length: int) -> bytes:
        """Exactly so many bytes. Raises `NotTaken` where the file ends before."""
        self.file.seek(start)
        found = self.file.read(length)
        if len(found) < length:
            raise cut_off(self.what)
        return found


def brands(file: BinaryIO) -> tuple[bytes, ...]:
    """The brands of the first box, the main one first; empty where the file does not begin with them."""
    file.seek(0)
    head = file.read(512)
    if head[4:8] != b"ftyp" or len(head) < 16:
        return ()
    length = min(int.from_bytes(head[:4]), len(head))
    return (head[8:12], *(head[place : place + 4] for place in range(16, length - 3, 4)))


def film(file: BinaryIO, size: int) -> Film:
    """The heads of an MP4 or MOV. Raises `NotTaken` where they are missing, cut or contradict each other."""
    walk = Walker(file, size, "video")
    top = list(walk.boxes(0, size))
    moov = next((box for box in top if box.kind == b"moov"), None)
    if moov is None:
        raise cut_off("video") if any(box.kind == b"mdat" for box in top) else broken("video")
    if not any(box.kind in (b"mdat", b"moof") for box in top):
        raise broken("video")
    inside = list(walk.boxes(moov.start, moov.stop))
    sizes: list[tuple[int, int]] = []
    tracks = [box for box in inside if box.kind == b"trak"]
    for track in tracks:
        sizes += _track_size(walk, track)
    if not sizes:
        raise no_picture_track()
    lasts = [_lasts(walk, box) for box in inside if box.kind == b"mvhd"]
    lasts += [_lasts(walk, box) for track in tracks for box in walk.all(track, b"mdia", b"mdhd")]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    c2pa = any(box.kind == b"uuid" and walk.read(box.start, 16) == C2PA_UUID for box in top if _long(box))
    data = sum(box.stop - box.start for box in top if box.kind == b"mdat")
    return Film(width, height, max(lasts, default=0) or None, len(tracks), c2pa, data)


def _long(box: Box) -> bool:
    return box.stop - box.start >= 16


def _track_size(walk: Walker, track: Box) -> list[tuple[int, int]]:
    """Width and height of the pictures in a track, as its sample description says; empty for sound."""
    handler = next((walk.read(box.start + 8, 4) for box in walk.all(track, b"mdia", b"hdlr")), b"")
    if handler != b"vide":
        return []
    found = []
    for box in walk.all(track, b"mdia", b"minf", b"stbl", b"stsd"):
        for entry in walk.boxes(box.start + 8, box.stop):
            width, height = struct.unpack(">HH", walk.read(entry.start + 24, 4))
            found.append((width, height))
    return found


def _lasts(walk: Walker, box: Box) -> int:
    """Milliseconds in an mvhd or mdhd; 0 where it does not say."""
    version = walk.read(box.start, 1)[0]
    if version == 1:
        scale, length = struct.unpack(">IQ", walk.read(box.start + 20, 12))
        unknown = 0xFFFF_FFFF_FFFF_FFFF
    else:
        scale, length = struct.unpack(">II", walk.read(box.start + 12, 8))
        unknown = 0xFFFF_FFFF
    return 0 if length == unknown or not scale else int(length * 1000 // scale)


def still(file: BinaryIO, size: int) -> Still:
    """The heads of a HEIC or AVIF. Raises `NotTaken` where no picture is described."""
    walk = Walker(file, size, "picture")
    largest, c2pa, data = (0, 0), False, 0
    for box in _all_but_the_last_cut(walk, size):
        if box.kind == b"uuid" and _long(box):
            c2pa |= walk.read(box.start, 16) == C2PA_UUID
        data += box.stop - box.start if box.kind == b"mdat" else 0
        if box.kind != b"meta":
            continue
        inside = Box(b"meta", box.start + 4, box.stop)
        data += sum(idat.stop - idat.start for idat in walk.all(inside, b"idat"))
        for ispe in walk.all(inside, b"iprp", b"ipco", b"ispe"):
            found: tuple[int, int] = struct.unpack(">II", walk.read(ispe.start + 4, 8))
            largest = max(largest, found, key=lambda size: size[0] * size[1])
    if not all(largest):
        raise broken("picture")
    return Still(*largest, c2pa, data)


def _all_but_the_last_cut(walk: Walker, size: int) -> Iterator[Box]:
    """The boxes on top; cameras write a last one a few bytes too long, and the decoder minds what is truly missing."""
    try:
        yield from walk.boxes(0, size)
    except NotTaken as fault:
        if fault.code != "cut_off":
            raise
