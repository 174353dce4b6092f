"""What the demonstration's shop shows of three of its goods, drawn as its evidence is (pictures.py)."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from .pictures import SIZE, Colour, Drawn

WHITE: Final[Colour] = (250, 250, 248)
BLACK: Final[Colour] = (38, 38, 42)
GREEN: Final[Colour] = (34, 98, 60)


class Listed(NamedTuple):
    """A picture of a listing, and when the shop handed it over."""

    listing: str
    at: datetime
    name: str
    draw: Callable[[ImageDraw.ImageDraw], None]

    def drawn(self) -> Drawn:
        picture = Image.new("RGB", SIZE, WHITE)
        self.draw(ImageDraw.Draw(picture))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=82)
        return Drawn(f"{self.name}.jpg", "image/jpeg", out.getvalue())


def _write(pen: ImageDraw.ImageDraw, place: tuple[int, int], text: str, size: int, ink: Colour = BLACK) -> None:
    pen.text(place, text, fill=ink, font=ImageFont.load_default(size))


def _grinder(pen: ImageDraw.ImageDraw, label: str) -> None:
    pen.rounded_rectangle((330, 90, 590, 250), 40, fill=(214, 220, 224), outline=BLACK, width=4)
    pen.rectangle((300, 250, 620, 600), fill=(58, 60, 66))
    pen.rounded_rectangle((270, 590, 650, 650), 16, fill=BLACK)
    pen.ellipse((430, 480, 490, 540), fill=(200, 60, 50))
    pen.rectangle((340, 300, 580, 430), fill=WHITE)
    _write(pen, (362, 316), "CG-200", 40)
    _write(pen, (362, 370), label, 34)


def _grinder_before(pen: ImageDraw.ImageDraw) -> None:
    """With the round pins of a European plug."""
    _grinder(pen, "230 V ~ 50 Hz")
    pen.ellipse((730, 430, 880, 580), fill=BLACK)
    for x in (775, 825):
        pen.ellipse((x - 10, 495, x + 10, 515), fill=(206, 208, 212))


def _grinder_later(pen: ImageDraw.ImageDraw) -> None:
    """The listing as it was changed once there was a dispute."""
    _grinder(pen, "110 V ~ 60 Hz")
    pen.rounded_rectangle((730, 430, 880, 580), 24, fill=BLACK)
    for x in (775, 825):
        pen.rectangle((x - 6, 480, x + 6, 530), fill=(206, 208, 212))


def _tent(pen: ImageDraw.ImageDraw) -> None:
    """Whole, on a meadow; both doors closed."""
    pen.rectangle((0, 0, SIZE[0], 430), fill=(168, 206, 232))
    pen.rectangle((0, 430, *SIZE), fill=(110, 156, 84))
    pen.polygon([(250, 560), (420, 260), (590, 560)], fill=(214, 120, 52))
    pen.polygon([(590, 560), (420, 260), (700, 290), (800, 520)], fill=(178, 92, 40))
    pen.line((420, 262, 420, 560), fill=(120, 60, 24), width=5)
    for start, end in (((250, 560), (190, 600)), ((800, 520), (860, 556))):
        pen.line((*start, *end), fill=BLACK, width=3)
    _write(pen, (40, 640), "2 persons · 2.1 kg", 40, WHITE)


def _coat(pen: ImageDraw.ImageDraw) -> None:
    """Seen from the front and from the back, in forest green."""
    for left in (90, 510):
        pen.arc((left + 140, 40, left + 220, 110), 180, 90, fill=BLACK, width=6)
        pen.polygon(
            [(left + x, y) for x, y in ((110, 110), (250, 110), (360, 420), (300, 440), (300, 640), (60, 640))]
            + [(left + 60, 440), (left, 420)],
            fill=GREEN,
        )
    pen.line((270, 120, 270, 640), fill=BLACK, width=4)
    for y in range(180, 620, 100):
        pen.ellipse((282, y, 302, y + 20), fill=(212, 190, 140))
    _write(pen, (380, 662), "forest green", 36, GREEN)


SHOWN: Final = (
    Listed("LM-2000", datetime(2026, 8, 20, 9, tzinfo=UTC), "grinder", _grinder_before),
    Listed("LM-2000", datetime(2026, 10, 18, 3, 30, tzinfo=UTC), "grinder, new", _grinder_later),
    Listed("LM-2100", datetime(2026, 7, 2, 9, tzinfo=UTC), "tent", _tent),
    Listed("LM-3100", datetime(2026, 8, 28, 9, tzinfo=UTC), "coat", _coat),
)
"""By listing; the one of 18 October came when the grinder had long been sold."""
