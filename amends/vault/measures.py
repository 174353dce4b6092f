"""What is measured on a normalised picture (upright, sRGB): two hashes of likeness, light, sharpness. In the child."""

from __future__ import annotations

from typing import NamedTuple

from PIL import Image, ImageFilter, ImageOps, ImageStat

from amends.vault.likeness import likeness


class Measures(NamedTuple):
    """The fields of `facts.Facts` by these names."""

    dhash: str | None
    phash: str | None
    phash_mirrored: str | None
    brightness: int
    sharpness: int


def of(picture: Image.Image) -> Measures:
    grey = picture.convert("L")
    middle = grey.copy()
    middle.thumbnail((512, 512))
    laplace = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)
    inside = (1, 1, middle.width - 1, middle.height - 1)  # the filter leaves the border as it was
    edges = ImageStat.Stat(middle.filter(laplace).crop(inside)).var[0] if min(middle.size) >= 3 else 0.0
    phash = likeness(picture)
    return Measures(
        None if phash is None else _dhash(grey),
        _hex(phash),
        _hex(likeness(ImageOps.mirror(picture))),
        int(ImageStat.Stat(middle).mean[0]),
        min(int(edges), 100_000),
    )


def _dhash(grey: Image.Image) -> str | None:
    """64 bits: whether it grows lighter from left to right, on eight rows of nine shades."""
    small = grey.resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = [small[row * 9 + column] < small[row * 9 + column + 1] for row in range(8) for column in range(8)]
    return _hex(sum(bit << (63 - place) for place, bit in enumerate(bits)))


def _hex(bits: int | None) -> str | None:
    return None if bits is None else f"{bits:016x}"
