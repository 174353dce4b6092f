"""What the metadata of a picture or video says, as far as it is worth something to a mediator. Runs in the child."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from PIL import ExifTags, Image

FAULTS: Final = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError),
    *(struct.error, ZeroDivisionError, OverflowError, EOFError, RuntimeError),
)
"""What Pillow raises over broken metadata. Metadata is optional: broken, it counts as none."""


class Origin(NamedTuple):
    captured_at: str | None = None
    device: str | None = None
    edited_by: str | None = None
    gps_present: bool = False


def of_picture(picture: Image.Image) -> Origin:
    """Where a picture says it comes from. Coordinates are not read out: that there are some suffices."""
    try:
        exif = picture.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        places = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except FAULTS:
        return Origin(edited_by=_of_xmp(picture))
    base, inner = ExifTags.Base, ExifTags.Base
    taken = details.get(inner.DateTimeOriginal) or exif.get(base.DateTimeOriginal)
    offset = details.get(inner.OffsetTimeOriginal) or details.get(inner.OffsetTime)
    return Origin(
        captured_at=_instant(taken, offset),
        device=_joined(exif.get(base.Make), exif.get(base.Model)),
        edited_by=_of_xmp(picture) or words(exif.get(base.Software)),
        gps_present=any(tag in places for tag in (1, 2, 3, 4)),
    )


def of_video(whole: Mapping[str, str], *tracks: Mapping[str, str]) -> Origin:
    """Where a video says it comes from, by the tags of its container, then of its tracks."""
    found = _by_last_word(whole)
    both = {key: value for mapping in (*reversed(tracks), whole) for key, value in _by_last_word(mapping).items()}
    return Origin(
        captured_at=_iso(both.get("creationdate") or both.get("creation_time")),
        device=_joined(both.get("make"), both.get("model")),
        edited_by=words(found.get("software") or found.get("encoder")),
        gps_present=any("location" in key for mapping in (whole, *tracks) for key in map(str.lower, mapping)),
    )


def _by_last_word(tags: Mapping[str, str]) -> dict[str, str]:
    """`com.apple.quicktime.make` as `make`."""
    return {key.lower().rpartition(".")[2]: value for key, value in tags.items()}


def words(value: object, longest: int = 80) -> str | None:
    """A text of metadata as one printable line; None where nothing is left of it."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if not isinstance(value, str):
        return None
    text = "".join(c if c.isprintable() else " " for c in value.partition("\0")[0])
    return " ".join(text.split())[:longest].strip() or None


def _joined(make: object, model: object) -> str | None:
    """Maker and model, the maker not twice: "Apple iPhone 13 Pro", "Canon PowerShot S40"."""
    first, second = words(make, 40) or "", words(model, 40) or ""
    if second.lower().startswith(first.lower()):
        first = ""
    return f"{first} {second}".strip() or None


def _instant(taken: object, offset: object) -> str | None:
    text = words(taken)
    found = re.fullmatch(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d).*", text or "")
    if not found:
        return None
    year, month, day, hour, minute, second = found.groups()
    zone = words(offset) or ""
    zone = zone if re.fullmatch(r"[+-]\d\d:\d\d", zone) else ""
    return _iso(f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")


def _iso(text: str | None) -> str | None:
    try:
        when = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    # Cameras without a clock write the first second of their epoch: that is no instant.
    return when.isoformat() if when and when.year > 1980 else None


def _of_xmp(picture: Image.Image) -> str | None:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    found = re.search(rb"(?:CreatorTool|softwareAgent)(?:=\"|>)([^\"<]{1,200})", packet[:1_000_000])
    return words(found.group(1)) if found else None
