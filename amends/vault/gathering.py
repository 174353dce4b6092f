"""A large picture brought to reading size without ever being whole: it is handed over in stripes. In the child.

The result is that of scaling the whole: first by a whole number, then across, in the end up and down.
"""

from __future__ import annotations

from typing import Final

from PIL import Image

from amends.vault.limits import READING_SIDE, reading_size

_BAND: Final = 128
"""Rows of the result that are made at once."""


class Gathering:
    """Takes the stripes of a picture of `width` by `height` pixels, all L or RGB, from above."""

    def __init__(self, width: int, height: int) -> None:
        self.whole = width, height
        self.factor = max(1, max(width, height) // READING_SIDE)
        """A stripe has a multiple of so many rows, or is the last."""
        self._goal = reading_size(width, height)
        self._filled = 0
        self._tall: Image.Image | None = None

    def rows(self, most: int) -> int:
        """How many rows a stripe may have where `most` are wanted."""
        return max(1, most // self.factor) * self.factor

    def add(self, stripe: Image.Image) -> None:
        """The next rows."""
        if self._tall is None:
            self._tall = Image.new(stripe.mode, (self._goal[0], -(-self.whole[1] // self.factor)))
        small = stripe.reduce(self.factor) if self.factor > 1 else stripe
        if small.width != self._goal[0]:
            small = small.resize((self._goal[0], small.height), Image.Resampling.LANCZOS)
        self._tall.paste(small, (0, self._filled))
        self._filled += small.height

    def picture(self) -> Image.Image:
        """The picture at reading size. Raises ValueError where rows are missing."""
        if self._tall is None or self._filled < self._tall.height:
            raise ValueError("rows are missing")
        return scaled(self._tall, self._goal)


def scaled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture at another size, made band by band: beside both, next to nothing is held."""
    if picture.size == size:
        return picture
    width, height = size
    a_row = picture.height / height
    out = Image.new(picture.mode, size)
    for top in range(0, height, _BAND):
        below = min(top + _BAND, height)
        box = (0, top * a_row, picture.width, below * a_row if below < height else picture.height)
        out.paste(picture.resize((width, below - top), Image.Resampling.LANCZOS, box, reducing_gap=2.0), (0, top))
    return out


def on_white(picture: Image.Image) -> Image.Image:
    """In RGB, and white where it was see-through."""
    if picture.mode != "RGBA":
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground
