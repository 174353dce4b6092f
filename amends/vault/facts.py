"""The truth about a file: what later checks compare, and what the case file states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from amends.vault.kinds import Kind


class Facts(NamedTuple):
    """Measured on the original as it arrived. None where a file does not say, or where it makes no sense for its kind.

    What devices and programs wrote (captured_at, device, edited_by, c2pa_present) is a claim, shown as information:
    whoever can make a file can write anything there.
    """

    sha256: str
    """Of the original as sent, 64 hexadecimal digits."""
    size: int
    """Bytes of the original."""
    kind: Kind
    width: int
    """Pixels as seen, after turning; of a document its first page in points."""
    height: int
    milliseconds: int | None
    pages: int | None
    captured_at: str | None
    """ISO 8601; without an offset where the device wrote none: then the zone is unknown."""
    device: str | None
    edited_by: str | None
    gps_present: bool
    """Whether it said where it was made. The place itself is not kept."""
    c2pa_present: bool
    dhash: str | None
    """64 bits as 16 hexadecimal digits, of the normalised picture or poster: edges from left to right."""
    phash: str | None
    """The same for coarse waves: `int(phash, 16)` is what likeness.py compares. None for a picture without shapes."""
    phash_mirrored: str | None
    brightness: int | None
    """The mean, 0 black to 255 white."""
    sharpness: int | None
    """Variance of the Laplacian at 512 pixels."""
    codecs: tuple[str, ...]
    """Of a video: picture, then sounds."""
    marks: tuple[str, ...]
    """Of reports.MARKS: animated, encrypted, scripted, attachments, silent, repacked, not_repacked."""
    shade: int | None = None
    """The brightness that a twentieth of the picture is below,"""
    light: int | None = None
    """and the one that a twentieth is above."""
    detail: int | None = None
    """How much of the picture has detail in it, of 100."""

    @property
    def has_sound(self) -> bool:
        return len(self.codecs) > 1


def read(document: Mapping[str, Any]) -> Facts:
    """The facts from their JSON form (`Facts._asdict()`). Fields of a later version are left out."""
    known = {name: document[name] for name in Facts._fields if name in document}
    lists = {name: tuple(known[name]) for name in ("codecs", "marks")}
    return Facts(**{**known, **lists, "kind": Kind(known["kind"])})
