"""The evidence of the demonstration: small pictures and two films, drawn by this file, the same each time.

Nobody was photographed. They are plain, but each shows what its giver says it shows, so that a mediator has
something to look at.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import av
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE: Final = (960, 720)
FILM: Final = (480, 360)
Colour = tuple[int, int, int]


class Drawn(NamedTuple):
    """A file as somebody's phone would send it."""

    name: str
    media_type: str
    content: bytes


def drawn(what: str) -> Drawn:
    """One of `PICTURES` or `FILMS`. Raises KeyError for another."""
    if what in FILMS:
        return Drawn(f"{what}.mp4", "video/mp4", _film(what))
    name, draw = what, PICTURES[what]
    picture = _table(name)
    draw(picture)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(out, "JPEG", quality=82)
    return Drawn(f"{name}.jpg", "image/jpeg", out.getvalue())


# ── what they stand on ───────────────────────────────────────────────────────────────────────────


def _table(name: str) -> Image.Image:
    """A table top under a lamp, with the grain of a photograph; another one for each name."""
    chance = random.Random(name)  # noqa: S311 - the same picture each time
    wood: Colour = (chance.randint(150, 205), chance.randint(135, 180), chance.randint(110, 160))
    light = Image.radial_gradient("L").resize(SIZE)
    picture = Image.composite(
        Image.new("RGB", SIZE, tuple(part // 2 for part in wood)), Image.new("RGB", SIZE, wood), light
    )
    grain = Image.frombytes("L", (240, 180), chance.randbytes(240 * 180)).resize(SIZE)
    return Image.blend(picture, Image.merge("RGB", (grain, grain, grain)), 0.07)


def _pen(picture: Image.Image) -> ImageDraw.ImageDraw:
    return ImageDraw.Draw(picture)


def _write(picture: Image.Image, place: tuple[int, int], text: str, size: int, ink: Colour = (40, 40, 44)) -> None:
    _pen(picture).text(place, text, fill=ink, font=ImageFont.load_default(size))


def _shadow(picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    shade = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shade).ellipse((box[0], box[3] - 40, box[2] + 60, box[3] + 40), fill=110)
    picture.paste((30, 26, 22), mask=shade.filter(ImageFilter.GaussianBlur(18)))


def _crack(
    picture: Image.Image, start: tuple[int, int], length: int, ink: Colour, *, seed: str, width: int = 4
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same picture each time
    points, (x, y) = [start], start
    for _ in range(length // 16):
        x, y = x + chance.randint(-12, 18), y + chance.randint(6, 20)
        points.append((x, y))
    _pen(picture).line(points, fill=ink, width=width, joint="curve")


def _hole(picture: Image.Image, centre: tuple[int, int], size: int, *, edge: Colour, seed: str) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same picture each time
    for ink, reach in ((edge, 1.25), ((24, 18, 16), 1.0)):
        points = [
            (
                centre[0] + math.cos(turn / 8 * math.pi) * size * reach * chance.uniform(0.8, 1.15),
                centre[1] + math.sin(turn / 8 * math.pi) * size * 0.6 * reach * chance.uniform(0.8, 1.15),
            )
            for turn in range(16)
        ]
        _pen(picture).polygon(points, fill=ink)


def _ruler(picture: Image.Image, left: int, top: int, centimetres: int) -> None:
    pen = _pen(picture)
    pen.rectangle((left, top, left + centimetres * 40 + 20, top + 60), fill=(238, 214, 120), outline=(120, 100, 40))
    for step in range(centimetres * 2 + 1):
        pen.line(
            (left + 10 + step * 20, top, left + 10 + step * 20, top + (26 if step % 2 == 0 else 14)),
            fill=(60, 50, 20),
            width=2,
        )
        if step % 2 == 0 and step // 2 <= centimetres:
            _write(picture, (left + 4 + step * 20, top + 30), str(step // 2), 18)


# ── what they show ───────────────────────────────────────────────────────────────────────────────


def _kettle(picture: Image.Image) -> None:
    _shadow(picture, (250, 200, 700, 600))
    pen = _pen(picture)
    pen.arc((330, 90, 620, 380), 180, 360, fill=(60, 44, 34), width=26)
    pen.polygon([(640, 330), (790, 250), (800, 280), (680, 440)], fill=(168, 92, 52))
    pen.ellipse((250, 240, 700, 620), fill=(184, 104, 60), outline=(110, 58, 30), width=6)
    pen.ellipse((320, 280, 430, 460), fill=(222, 156, 108))
    pen.ellipse((390, 220, 560, 280), fill=(150, 80, 44), outline=(110, 58, 30), width=4)
    _crack(picture, (560, 330), 270, (44, 22, 14), seed="kettle", width=7)


def _plate(picture: Image.Image) -> None:
    """The name plate of a motor: made for other sockets."""
    pen = _pen(picture)
    pen.rounded_rectangle((130, 140, 830, 580), 18, fill=(188, 192, 196), outline=(92, 96, 100), width=6)
    for x in (165, 795):
        for y in (175, 545):
            pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=(120, 124, 128))
    _write(picture, (210, 190), "COFFEE GRINDER  CG-200", 40)
    _write(picture, (210, 290), "110 V ~   60 Hz   150 W", 54, (150, 30, 26))
    _write(picture, (210, 400), "Do not use with other voltage", 34)
    _write(picture, (210, 470), "SN 0731 0123 03", 30)


def _waves(picture: Image.Image) -> None:
    """A sound editor: right is clean, left crackles."""
    pen, chance = _pen(picture), random.Random("headphones")  # noqa: S311 - the same picture each time
    pen.rectangle((0, 0, *SIZE), fill=(26, 28, 34))
    _write(picture, (30, 24), "test tone 440 Hz, recorded at the ear pads", 30, (220, 222, 226))
    for top, name, rough in ((110, "L", True), (420, "R", False)):
        pen.rectangle((90, top, 930, top + 260), outline=(90, 94, 102))
        _write(picture, (30, top + 105), name, 44, (220, 222, 226))
        points = []
        for x in range(840):
            spike = chance.uniform(-115, 115) if rough and chance.random() < 0.12 else 0
            points.append((90 + x, top + 130 + math.sin(x / 9) * 48 + spike))
        pen.line(points, fill=(110, 200, 150), width=2)


def _mugs(picture: Image.Image) -> None:
    pen = _pen(picture)
    pen.rectangle((110, 120, 850, 620), fill=(176, 136, 92), outline=(110, 80, 50), width=8)
    for place in range(6):
        left, top = 140 + place % 3 * 240, 150 + place // 3 * 235
        pen.rectangle((left, top, left + 215, top + 210), fill=(140, 104, 68))
        if place not in (2, 4):
            pen.ellipse(
                (left + 25, top + 25, left + 165, top + 175), fill=(232, 234, 236), outline=(150, 156, 164), width=5
            )
            pen.ellipse((left + 50, top + 50, left + 140, top + 150), fill=(96, 128, 164))
            pen.arc((left + 140, top + 60, left + 205, top + 140), 270, 90, fill=(210, 212, 216), width=14)


def _tent(picture: Image.Image) -> None:
    pen = _pen(picture)
    pen.rectangle((0, 0, *SIZE), fill=(92, 128, 84))
    pen.polygon([(480, 40), (940, 720), (20, 720)], fill=(206, 112, 46))
    pen.polygon([(480, 200), (640, 720), (320, 720)], fill=(150, 74, 30))
    pen.line((480, 40, 480, 720), fill=(120, 60, 24), width=6)
    _hole(picture, (720, 560), 60, edge=(240, 190, 140), seed="tent")


def _tent_near(picture: Image.Image) -> None:
    _pen(picture).rectangle((0, 0, *SIZE), fill=(206, 112, 46))
    for x in range(0, SIZE[0], 14):
        _pen(picture).line((x, 0, x, SIZE[1]), fill=(192, 100, 40), width=1)
    _hole(picture, (470, 300), 230, edge=(244, 200, 150), seed="tent near")
    _ruler(picture, 150, 520, 16)


def _packed(picture: Image.Image) -> None:
    """The seller's own picture: the tent on the packing table, as it left."""
    pen = _pen(picture)
    _shadow(picture, (180, 260, 780, 520))
    pen.rounded_rectangle((180, 260, 780, 520), 120, fill=(206, 112, 46), outline=(130, 66, 26), width=6)
    for x in (300, 470, 640):
        pen.rectangle((x, 250, x + 26, 530), fill=(40, 40, 44))
    pen.rectangle((370, 560, 600, 660), fill=(250, 250, 246), outline=(120, 120, 120))
    _write(picture, (390, 580), "QC OK  2 Sep", 32)


def _watch(picture: Image.Image) -> None:
    pen = _pen(picture)
    pen.rectangle((400, 0, 560, 720), fill=(52, 40, 34))
    pen.ellipse((250, 130, 710, 590), fill=(196, 198, 202), outline=(110, 112, 118), width=10)
    pen.ellipse((310, 190, 650, 530), outline=(130, 132, 138), width=4)
    _write(picture, (350, 270), "SWISS MAED", 48, (70, 72, 78))
    _write(picture, (362, 345), "WATER RESIST", 34, (70, 72, 78))
    _write(picture, (395, 405), "No. 000000", 32, (150, 30, 26))


def _jacket(picture: Image.Image) -> None:
    pen = _pen(picture)
    pen.polygon(
        [
            (250, 140),
            (480, 90),
            (710, 140),
            (860, 420),
            (760, 470),
            (700, 330),
            (700, 700),
            (260, 700),
            (260, 330),
            (200, 470),
            (100, 420),
        ],
        fill=(64, 104, 148),
    )
    pen.line((480, 100, 480, 700), fill=(34, 56, 82), width=8)
    for x, y, size in ((290, 200, 70), (250, 290, 44), (680, 210, 60), (700, 300, 36)):
        pen.ellipse((x - size, y - size // 2, x + size, y + size), fill=(34, 62, 96))


def _coat(picture: Image.Image) -> None:
    pen = _pen(picture)
    pen.polygon(
        [
            (300, 100),
            (660, 100),
            (800, 460),
            (710, 480),
            (650, 300),
            (690, 700),
            (270, 700),
            (310, 300),
            (250, 480),
            (160, 460),
        ],
        fill=(112, 78, 50),
    )
    for y in (250, 370, 490, 610):
        pen.ellipse((465, y, 495, y + 30), fill=(60, 40, 26))
    pen.rectangle((700, 520, 930, 680), fill=(250, 250, 246), outline=(120, 120, 120), width=3)
    _write(picture, (720, 540), "COLOUR", 26)
    _write(picture, (720, 580), "GREEN", 44, (30, 104, 58))
    _write(picture, (720, 636), "SIZE M", 26)


def _boots(picture: Image.Image) -> None:
    _shadow(picture, (180, 200, 760, 600))
    pen = _pen(picture)
    pen.polygon(
        [(240, 140), (430, 140), (450, 380), (720, 440), (780, 540), (240, 540)],
        fill=(118, 82, 52),
        outline=(70, 46, 28),
    )
    for y in range(190, 380, 44):
        pen.line((300, y, 430, y + 16), fill=(220, 210, 190), width=8)
    pen.polygon([(240, 540), (560, 545), (790, 640), (770, 690), (540, 600), (240, 590)], fill=(38, 34, 32))
    _hole(picture, (650, 575), 70, edge=(90, 70, 54), seed="boots")


def _blanket(picture: Image.Image) -> None:
    pen = _pen(picture)
    for row in range(9):
        for column in range(12):
            ink = (148, 52, 58) if (row + column) % 2 else (206, 188, 158)
            pen.rectangle((column * 80, row * 80, column * 80 + 80, row * 80 + 80), fill=ink)
    _hole(picture, (480, 350), 90, edge=(92, 52, 26), seed="blanket")
    _ruler(picture, 330, 480, 7)


def _report(picture: Image.Image) -> None:
    """A letter of a workshop, photographed."""
    pen = _pen(picture)
    pen.rectangle((150, 20, 810, 710), fill=(252, 251, 246), outline=(170, 168, 160), width=2)
    _write(picture, (210, 70), "Liuteria Bianchi, Cremona", 36)
    pen.line((210, 122, 750, 122), fill=(120, 90, 50), width=3)
    lines = (
        "14 October 2026",
        "",
        "Violin, label 2019, brought by S. Moretti.",
        "The neck is loose at the heel. The joint",
        "was never glued on the bass side: there",
        "are no traces of old glue.",
        "This cannot come from use.",
        "",
        "Repair: 140 EUR.",
    )
    for number, line in enumerate(lines):
        _write(picture, (210, 150 + number * 46), line, 29)
    pen.line([(560, 640), (590, 600), (610, 650), (640, 605), (670, 645), (720, 610)], fill=(30, 40, 120), width=4)


PICTURES: Final[dict[str, Callable[[Image.Image], None]]] = {
    "kettle cracked": _kettle,
    "name plate": _plate,
    "left and right": _waves,
    "box of mugs": _mugs,
    "tent door": _tent,
    "hole measured": _tent_near,
    "as it was packed": _packed,
    "back of the watch": _watch,
    "wet shoulders": _jacket,
    "brown, not green": _coat,
    "sole came off": _boots,
    "burn in the middle": _blanket,
    "report of the luthier": _report,
}


# ── films ────────────────────────────────────────────────────────────────────────────────────────


class _Film(NamedTuple):
    """What stands still is drawn once, what moves on every frame."""

    still: Callable[[Image.Image], None]
    moving: Callable[[Image.Image, float], None]


def _thermometer(picture: Image.Image, second: float) -> None:
    """Switched on and waited for; nothing gets warm."""
    pen = _pen(picture)
    pen.rounded_rectangle((60, 80, 230, 190), 16, fill=(24, 28, 26), outline=(150, 154, 150), width=6)
    _write(picture, (84, 102), f"{19.4 + second / 20:.1f}°C", 44, (130, 230, 140))
    pen.rectangle((60, 205, 250, 260), fill=(30, 30, 30))
    _write(picture, (72, 212), f"{int(second * 60) // 60:02d}:{int(second * 60) % 60:02d} min", 36, (250, 250, 246))


def _drone(picture: Image.Image) -> None:
    _shadow(picture, (260, 260, 700, 480))
    pen = _pen(picture)
    for x, y in ((230, 200), (730, 200), (230, 520), (730, 520)):
        pen.line((480, 360, x, y), fill=(60, 62, 66), width=18)
        pen.ellipse((x - 90, y - 18, x + 90, y + 18), fill=(90, 94, 100))
    pen.rounded_rectangle((370, 290, 590, 430), 40, fill=(220, 222, 226), outline=(90, 94, 100), width=5)


def _lamp(picture: Image.Image, second: float) -> None:
    """The lamp blinks, the rotors stay."""
    lit = int(second * 4) % 2 == 0
    _pen(picture).ellipse((460, 340, 500, 380), fill=(220, 40, 36) if lit else (90, 30, 28))


FILMS: Final[dict[str, _Film]] = {
    "kettle with thermometer": _Film(_kettle, _thermometer),
    "drone does not start": _Film(_drone, _lamp),
}
_SECONDS, _RATE = 3, 8


def _film(name: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = *FILM, "yuv420p"
        stream.bit_rate = 400_000
        for picture in _frames(name):
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))  # type: ignore[no-untyped-call]
        film.mux(stream.encode())
    return out.getvalue()


def _frames(name: str) -> Iterator[Image.Image]:
    still = _table(name)
    FILMS[name].still(still)
    for number in range(_SECONDS * _RATE):
        picture = still.copy()
        FILMS[name].moving(picture, number / _RATE)
        yield picture.resize(FILM)
