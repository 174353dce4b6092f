"""Whether two pictures are the same picture: also re-encoded, made smaller, a little brighter, or mirrored.

A picture's likeness is 64 bits: which of its coarsest waves (a cosine transform of its grey 32 × 32 form) are above
their median. Two pictures of one origin differ in few of them; the distance is the number that differ. Cutting off a
tenth of a side moves every wave: a picture cropped so much is another picture here, and so are fine even patterns.

To find all within `NEAR` among millions without comparing each, a likeness is cut into four bands of 16 bits. Two that
differ in at most 7 bits differ in at most one bit in some band. So `stored_keys` are what a table is indexed by, four a
picture, and `lookup_keys` are what a picture is looked up with, 68: whatever is near shares one. What is found this way
is then compared by `distance`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageOps

NEAR = 7
"""The largest distance at which two pictures count as the same."""

_SIDE, _WAVES = 32, 8
_BANDS, _WIDTH = 4, 16


def likeness(picture: Image.Image) -> int | None:
    """64 bits, unsigned; None for a picture with so little in it that many others would look like it."""
    grey = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    if _plain(grey):
        return None
    waves = _waves([float(value) for value in grey.tobytes()])
    return _bits(waves)


def likenesses(picture: Image.Image) -> tuple[int, ...]:
    """What to look a picture up by: its own likeness and its mirrored one, the way a stolen photograph is hidden."""
    found = [likeness(picture), likeness(ImageOps.mirror(picture))]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def distance(one: int, other: int) -> int:
    """From 0, the same, to 64."""
    return (one ^ other).bit_count()


def stored_keys(of: int) -> tuple[int, ...]:
    """Four numbers below 2**18 to index a likeness by: each its band's number and its bits."""
    return tuple(band << _WIDTH | of >> band * _WIDTH & 0xFFFF for band in range(_BANDS))


def lookup_keys(of: int) -> frozenset[int]:
    """The keys of every likeness within `NEAR` share one of these (and some further away do too)."""
    return frozenset(key ^ flip for key in stored_keys(of) for flip in (0, *(1 << bit for bit in range(_WIDTH))))


def _plain(grey: Image.Image) -> bool:
    """Hardly any contrast: a wall, a white page, a lens cap."""
    values = grey.tobytes()
    return max(values) - min(values) < 24


@cache
def _cosines() -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(math.cos(math.pi * wave * (2 * at + 1) / (2 * _SIDE)) for at in range(_SIDE)) for wave in range(_WAVES)
    )


def _waves(values: Sequence[float]) -> list[float]:
    """The 8 × 8 coarsest coefficients of the two-dimensional cosine transform."""
    rows = [values[at : at + _SIDE] for at in range(0, _SIDE * _SIDE, _SIDE)]
    across = [[sum(map(float.__mul__, row, cosine)) for cosine in _cosines()] for row in rows]
    return [
        sum(across[at][wave] * cosine[at] for at in range(_SIDE)) for cosine in _cosines() for wave in range(_WAVES)
    ]


def _bits(waves: Sequence[float]) -> int:
    """The first wave is the mean brightness, which says nothing; it takes no part in the median."""
    middle = sorted(waves[1:])[len(waves) // 2]
    return sum(1 << at for at, wave in enumerate(waves) if at and wave > middle)
