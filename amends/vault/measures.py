"""What is measured on a normalised picture (upright, sRGB): likeness, light, sharpness, detail. In the child.

`look` is the measuring; `of` is the same as whole numbers, as a report carries them. coach.py says what they mean.
"""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageFilter, ImageOps, ImageStat

from amends.vault.likeness import likeness
from amends.vault.looks import Looks

_SHARP_AT = 512
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class Measures(NamedTuple):
    """The fields of `facts.Facts` by these names."""

    dhash: str | None
    phash: str | None
    phash_mirrored: str | None
    brightness: int
    shade: int
    light: int
    sharpness: int
    detail: int


def of(picture: Image.Image) -> Measures:
    seen = look(picture)
    grey = picture.convert("L")
    return Measures(
        None if seen.likeness is None else _dhash(grey),
        _hex(seen.likeness),
        _hex(likeness(ImageOps.mirror(grey))),
        int(ImageStat.Stat(grey).mean[0]),
        seen.shade,
        seen.light,
        min(int(seen.sharpness), 100_000),
        round(seen.filled * 100),
    )


def look(picture: Image.Image) -> Looks:
    """Measure a picture. Reads it once, in well under a second for 2,000 pixels a side."""
    grey = picture.convert("L")
    grey.thumbnail((_SHARP_AT, _SHARP_AT), Image.Resampling.BILINEAR)
    edges = grey.filter(_LAPLACIAN)
    if min(edges.size) > 2:
        edges = edges.crop((1, 1, edges.width - 1, edges.height - 1))  # the filter leaves the rim as it was
    return Looks(
        picture.width,
        picture.height,
        *_spread(grey),
        ImageStat.Stat(edges).var[0],
        likeness(picture),
        _filled(edges),
    )


def _spread(grey: Image.Image) -> tuple[int, int]:
    """The brightness a twentieth of the picture is below, and the one a twentieth is above."""
    reached, shares = 0, []
    for count in grey.histogram():
        reached += count
        shares.append(reached / (grey.width * grey.height))
    return next(at for at, share in enumerate(shares) if share >= 0.05), next(
        at for at, share in enumerate(shares) if share >= 0.95
    )


def _filled(edges: Image.Image) -> float:
    """How much of the picture has detail in it, by an eighth of its sides."""
    width, height = max(1, edges.width // 8), max(1, edges.height // 8)
    tiles = [edges.crop((x * width, y * height, (x + 1) * width, (y + 1) * height)) for x in range(8) for y in range(8)]
    return sum(ImageStat.Stat(tile).stddev[0] > 4 for tile in tiles) / len(tiles)


def _dhash(grey: Image.Image) -> str | None:
    """64 bits: whether it grows lighter from left to right, on eight rows of nine shades."""
    small = grey.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = [small[row * 9 + column] < small[row * 9 + column + 1] for row in range(8) for column in range(8)]
    return _hex(sum(bit << (63 - place) for place, bit in enumerate(bits)))


def _hex(bits: int | None) -> str | None:
    return None if bits is None else f"{bits:016x}"
