"""What the process that decodes says is data from a stranger: read here field by field, believed in bounds."""

from __future__ import annotations

import io
import json
import re
from datetime import datetime
from typing import Any, BinaryIO, Final, NamedTuple

from amends.vault import headers
from amends.vault.faults import NotTaken, known
from amends.vault.limits import READING_SIDE, THUMBNAIL_SIDE

LARGEST: Final = 24_000_000
"""Bytes of a whole report: two pictures and some words."""
MARKS: Final = frozenset(("animated", "encrypted", "scripted", "attachments", "silent", "repacked", "not_repacked"))


class Blob(NamedTuple):
    """A derivative, made by the child: `reading` or `thumbnail`, always a JPEG."""

    name: str
    content: bytes


class Findings(NamedTuple):
    """What decoding found out. Hashes are 16 hexadecimal digits; empty where there is no picture."""

    width: int
    """Pixels as seen, after turning; of a document its first page in points."""
    height: int
    milliseconds: int | None = None
    pages: int | None = None
    captured_at: str | None = None
    """When the device says it was made: ISO 8601, with an offset only where the file has one."""
    device: str | None = None
    edited_by: str | None = None
    gps_present: bool = False
    dhash: str | None = None
    phash: str | None = None
    phash_mirrored: str | None = None
    brightness: int | None = None
    """Mean luminance of the picture, 0 black to 255 white."""
    sharpness: int | None = None
    """Variance of the Laplacian at 512 pixels; coach.py says from where on people call it blurred."""
    codecs: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    """Of `MARKS`."""
    shade: int | None = None
    """The brightness that a twentieth of the picture is below,"""
    light: int | None = None
    """and the one that a twentieth is above."""
    detail: int | None = None
    """How much of the picture has detail in it, of 100."""


class Report(NamedTuple):
    findings: Findings
    reading: bytes | None
    thumbnail: bytes | None


class Nonsense(Exception):
    """A report that no honest decoder writes."""


def read(file: BinaryIO) -> Report:
    """The report of the child. Raises `Nonsense` for anything but what `Findings` and two small JPEGs can be."""
    file.seek(0)
    text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise Nonsense("the report is too long")
    head, _, rest = text.partition(b"\n")
    fields = _object(head)
    pictures = _pictures(fields.pop("blobs", None), rest)
    return Report(_findings(fields), pictures.get("reading"), pictures.get("thumbnail"))


def refusal(file: BinaryIO) -> NotTaken:
    """The refusal that the child wrote. Raises `Nonsense`."""
    file.seek(0)
    fields = _object(file.read(4096))
    code, sentence = _text(fields.get("code"), 40), _text(fields.get("sentence"), 600)
    if code is None or sentence is None or not re.fullmatch("[a-z_]+", code):
        raise Nonsense("the refusal has no code or no sentence")
    return NotTaken(code, known(sentence))


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Nonsense("the report is not JSON") from None
    if not isinstance(found, dict):
        raise Nonsense("the report is not an object")
    return found


def _pictures(listed: object, content: bytes) -> dict[str, bytes]:
    sides = {"reading": READING_SIDE, "thumbnail": THUMBNAIL_SIDE}
    found: dict[str, bytes] = {}
    for entry in _list(listed, 2):
        pair = _list(entry, 2)
        if len(pair) != 2 or pair[0] not in sides or pair[0] in found or not _within(pair[1], 1, LARGEST):
            raise Nonsense("the report lists a picture that nobody asked for")
        found[pair[0]], content = content[: pair[1]], content[pair[1] :]
        _check_jpeg(found[pair[0]], sides[pair[0]])
    if content:
        raise Nonsense("the report has something behind its pictures")
    return found


def _check_jpeg(content: bytes, side: int) -> None:
    """A JPEG as our own encoder writes it: no more than `side` pixels, no metadata, nothing behind its end."""
    if not content.startswith(b"\xff\xd8\xff") or not content.endswith(b"\xff\xd9"):
        raise Nonsense("a picture is no JPEG")
    if any(mark in content[:4096] for mark in (b"Exif\0", b"http://ns.adobe.com", b"Photoshop")):
        raise Nonsense("a picture kept its metadata")
    try:
        head = headers.jpeg(io.BytesIO(content), len(content))
    except NotTaken:
        raise Nonsense("a picture is damaged") from None
    if max(head.width, head.height) > side:
        raise Nonsense("a picture is larger than asked for")


def _findings(fields: dict[str, Any]) -> Findings:
    if set(fields) != set(Findings._fields):
        raise Nonsense("the report has other fields than expected")
    width, height = fields["width"], fields["height"]
    if not (_within(width, 1, 100_000) and _within(height, 1, 100_000)):
        raise Nonsense("the size is none")
    if not isinstance(fields["gps_present"], bool):
        raise Nonsense("gps_present is not yes or no")
    marks = tuple(_list(fields["marks"], len(MARKS)))
    if not all(isinstance(mark, str) and mark in MARKS for mark in marks):
        raise Nonsense("there is a mark that nobody knows")
    codecs = tuple(_text(codec, 30) or "unknown" for codec in _list(fields["codecs"], 64))
    return Findings(
        width=width,
        height=height,
        milliseconds=_number(fields["milliseconds"], 100_000_000),
        pages=_number(fields["pages"], 1_000_000),
        captured_at=_instant(fields["captured_at"]),
        device=_text(fields["device"], 100),
        edited_by=_text(fields["edited_by"], 100),
        gps_present=fields["gps_present"],
        dhash=_hash(fields["dhash"]),
        phash=_hash(fields["phash"]),
        phash_mirrored=_hash(fields["phash_mirrored"]),
        brightness=_number(fields["brightness"], 255),
        sharpness=_number(fields["sharpness"], 100_000),
        codecs=codecs,
        marks=marks,
        shade=_number(fields["shade"], 255),
        light=_number(fields["light"], 255),
        detail=_number(fields["detail"], 100),
    )


def _list(value: object, longest: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > longest:
        raise Nonsense("a list is none, or too long")
    return value


def _within(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _number(value: object, most: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not _within(value, 0, most):
        raise Nonsense("a number is out of bounds")
    return value


def _text(value: object, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest or not value.isprintable():
        raise Nonsense("a text is too long, or not to be printed")
    return value


def _hash(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{16}", value):
        raise Nonsense("a perceptual hash is none")
    return value


def _instant(value: object) -> str | None:
    text = _text(value, 40)
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise Nonsense("an instant is none") from None
