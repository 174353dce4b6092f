"""How a picture looks, in numbers: measured by measures.py where it is decoded, judged by coach.py anywhere."""

from __future__ import annotations

from typing import NamedTuple

from amends.vault.facts import Facts
from amends.vault.kinds import Family


class Looks(NamedTuple):
    """What was measured of a picture: size in pixels, the brightness (0 to 255) that a twentieth of it is below, and
    that a twentieth is above, sharpness (variance of the Laplacian at 512 pixels), likeness (see likeness.py), and the
    share, 0 to 1, that detail fills.
    """

    width: int
    height: int
    shade: int
    light: int
    sharpness: float
    likeness: int | None
    filled: float


def of_facts(facts: Facts) -> Looks | None:
    """Of a picture that was taken in, at the size it was sent in. None of a video and of a PDF: a poster is not what
    its maker aimed at, and paper is white without being too bright.
    """
    measured = (facts.shade, facts.light, facts.sharpness, facts.detail)
    if facts.kind.family is not Family.PICTURE or None in measured:
        return None
    shade, light, sharpness, detail = (number or 0 for number in measured)
    phash = None if facts.phash is None else int(facts.phash, 16)
    return Looks(facts.width, facts.height, shade, light, sharpness, phash, detail / 100)
