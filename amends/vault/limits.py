"""How much a file may be, hold and cost. A marketplace may narrow these; the defaults suit phones of today."""

from __future__ import annotations

from typing import Final, NamedTuple

from amends.vault import faults
from amends.vault.kinds import Family, Kind

MB: Final = 1_000_000

READING_SIDE: Final = 2_000
"""The longer side of the picture people look at, in pixels."""
THUMBNAIL_SIDE: Final = 320

MEMORY_FOR_ALL: Final = 64 * MB
"""What opening any file may cost. More has to be earned by the bytes a file brings."""
EARNED: Final = 64
"""Bytes of memory that each byte of picture data earns: a photo of 50 megapixels brings megabytes, a bomb does not."""
MEMORY_AT_MOST: Final = 512 * MB
_FOR_A_DOCUMENT: Final = 48 * MB
"""What opening any PDF may cost: of its large library more comes into use than is asked for."""

_WHOLE: Final = 10_500_000
"""Pixels of a JPEG that are decoded as they are; of more, every second, fourth or eighth."""
_FRAMES: Final = 24
"""Bytes a pixel of a video may take at most: sixteen frames of reference, one and a half bytes a pixel."""


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


def reading_size(width: int, height: int, side: int = READING_SIDE) -> tuple[int, int]:
    """Width and height at which a picture is looked at: as it is, or with `side` pixels on its longer side."""
    longer = max(width, height)
    if longer <= side:
        return width, height
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


def jpeg_scale(width: int, height: int) -> int:
    """1, 2, 4 or 8: only every so many pixels of a JPEG are decoded, each way. What is left is about reading size or
    more, and never more than `_WHOLE`: of a large square picture three quarters of the reading size.
    """
    longer = max(width, height)
    scale = next((scale for scale in (8, 4, 2) if longer * 20 >= scale * READING_SIDE * 19), 1)
    while scale < 8 and width * height > _WHOLE * scale * scale:
        scale *= 2
    return scale


def check_pixels(kind: Kind, width: int, height: int, *, data: int, memory: int, limits: Limits) -> None:
    """Refuses by what the header says, before anything is decoded. Raises `NotTaken`.

    Beside the plain limit, a picture that takes more `memory` than `MEMORY_FOR_ALL` must bring its bytes: `data` are
    those of the picture alone. So a few hundred kilobytes never make the decoder fill hundreds of megabytes.
    """
    limit = limits.picture_pixels if kind.family is Family.PICTURE else limits.video_pixels
    if width * height > limit:
        raise faults.too_many_pixels(width, height, limit)
    if memory > MEMORY_AT_MOST:
        raise faults.too_many_pixels(width, height, width * height * MEMORY_AT_MOST // memory)
    if memory > MEMORY_FOR_ALL + EARNED * data:
        raise faults.swollen(kind.family.value, width, height, data)


def budget(kind: Kind, pixels: int, size: int, *, data: int, memory: int) -> Budget:
    """What decoding a file of this kind, of so many pixels (a frame) and bytes may use; `data` and `memory` as its
    header says them (`sniffing.Header`).
    """
    most = {
        Family.PICTURE: max(MEMORY_FOR_ALL, memory * 3 // 2),  # more is mapped than is used
        Family.VIDEO: MEMORY_FOR_ALL + pixels * _FRAMES,
        Family.DOCUMENT: MEMORY_AT_MOST,  # a page of a PDF may be a scan, which is compressed
    }[kind.family]
    free = _FOR_A_DOCUMENT if kind.family is Family.DOCUMENT else MEMORY_FOR_ALL
    allowed = min(free + EARNED * data, most, MEMORY_AT_MOST)
    seconds = 4 + pixels // (10 * MB) + size // (100 * MB)  # a video is also copied
    return Budget(allowed, seconds, 4 * seconds)  # the wall clock also counts what others do on a busy machine
