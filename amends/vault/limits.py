"""How much a file may be, hold and cost. A marketplace may narrow these; the defaults suit phones of today."""

from __future__ import annotations

from typing import Final, NamedTuple

from amends.vault import faults
from amends.vault.kinds import Family, Kind

MB: Final = 1_000_000

READING_SIDE: Final = 2_000
"""The longer side of the picture people look at, in pixels."""
THUMBNAIL_SIDE: Final = 320

MEMORY_FOR_ALL: Final = 48 * MB
"""What opening any file may cost. More has to be earned by the bytes a file brings."""
MEMORY_AT_MOST: Final = 768 * MB
PIXELS_A_BYTE: Final = 100
"""A photo brings a byte for some 2 to 20 pixels, a flat screenshot for 60; a bomb for thousands."""

_COST: Final = {
    Kind.JPEG: 3,  # is decoded at a half, a quarter or an eighth of its size
    Kind.PNG: 6,
    Kind.WEBP: 16,  # the decoder keeps two canvases besides the picture
    Kind.HEIC: 12,
    Kind.AVIF: 12,
    Kind.MP4: 24,  # up to 16 frames of reference, one and a half bytes a pixel
    Kind.MOV: 24,
    Kind.WEBM: 24,
}
"""Bytes of memory a pixel, while it is opened; measured by tests/vault/test_hostile.py."""


class Limits(NamedTuple):
    """Bytes, pixels, seconds, numbers; each is the largest that is still taken."""

    picture_bytes: int = 64 * MB
    video_bytes: int = 1_000 * MB
    document_bytes: int = 32 * MB
    picture_pixels: int = 64 * MB
    video_pixels: int = 10 * MB
    """Of one frame: 4096 by 2304 passes."""
    video_seconds: int = 600
    tracks: int = 8
    pages: int = 500

    def bytes_of(self, family: Family) -> int:
        match family:
            case Family.PICTURE:
                return self.picture_bytes
            case Family.VIDEO:
                return self.video_bytes
            case Family.DOCUMENT:
                return self.document_bytes

    @property
    def largest(self) -> int:
        """Nothing larger is read at all, whatever it turns out to be."""
        return max(self.picture_bytes, self.video_bytes, self.document_bytes)


class Budget(NamedTuple):
    """What the decoding process may use for one file."""

    memory: int
    """Bytes of address space beyond what the idle process has."""
    cpu_seconds: int
    wall_seconds: int


def check_pixels(kind: Kind, width: int, height: int, size: int, limits: Limits) -> None:
    """Refuses by what the header says, before anything is decoded. Raises `NotTaken`.

    Beside the plain limit, a picture that would cost more than `MEMORY_FOR_ALL` must bring its bytes: so a
    few kilobytes never make the decoder fill hundreds of megabytes, and a photo of 50 megapixels passes.
    """
    limit = limits.picture_pixels if kind.family is Family.PICTURE else limits.video_pixels
    pixels = width * height
    if pixels > limit:
        raise faults.too_many_pixels(width, height, limit)
    if pixels * _COST[kind] > MEMORY_FOR_ALL and pixels > size * PIXELS_A_BYTE:
        raise faults.swollen(kind.family.value, width, height, size)


def budget(kind: Kind, pixels: int, size: int) -> Budget:
    """What decoding a file of this kind, of so many pixels (a frame) and bytes may use."""
    # A page of a PDF may be a scan, which is compressed.
    earned = 40 * size if kind is Kind.PDF else pixels * _COST[kind]
    memory = min(MEMORY_FOR_ALL + earned, MEMORY_AT_MOST)
    seconds = 4 + pixels // (10 * MB) + size // (100 * MB)  # a video is also copied
    return Budget(memory, seconds, 4 * seconds)  # the wall clock also counts what others do on a busy machine
