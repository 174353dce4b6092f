"""Photographs for the coach: painted ones that are always there, and real ones where ../shared/data lies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

MEDIA = Path(__file__).parents[3] / "shared" / "data" / "media" / "ok"
REAL = (
    "filetype__sample.png",
    "piexif__large.jpg",
    "pillow__flower.jpg",
    "pillow__flower2.jpg",
    "pillow__hopper.jpg",
    "pillow__exif.png",
    "pillow__rot1mir0.avif",
    "pillow__xmp_test.jpg",
)


def real() -> dict[str, Image.Image]:
    """Real photographs of different things."""
    if not MEDIA.is_dir():
        pytest.skip("../shared/data/media does not lie beside this checkout, so no real photographs are looked at")
    return {name: ImageOps.exif_transpose(Image.open(MEDIA / name)).convert("RGB") for name in REAL}


def painted(seed: int, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Something with shapes, edges, texture and light, different for every seed."""
    dice = random.Random(seed)
    picture = Image.new("RGB", size, tuple(dice.randrange(60, 200) for _ in range(3)))
    brush = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        width, height = dice.randrange(20, size[0] // 3), dice.randrange(20, size[1] // 3)
        colour = tuple(dice.randrange(256) for _ in range(3))
        draw = dice.choice([brush.ellipse, brush.rectangle])
        draw((x, y, x + width, y + height), fill=colour, outline=(0, 0, 0))
    return picture.filter(ImageFilter.GaussianBlur(0.6))
