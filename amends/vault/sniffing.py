"""What a file is, by its bytes and never by its name; what is not on the allow-list is named and refused."""

from __future__ import annotations

import re
from typing import BinaryIO, Final, NamedTuple

import filetype  # type: ignore[import-untyped]

from amends.core.told import told
from amends.vault import boxes, ebml, faults, headers
from amends.vault.kinds import Family, Kind
from amends.vault.names import promises

HEAD: Final = 4096
"""Bytes that suffice to tell a kind."""

_PART: Final = 1 << 20

_MP4_BRANDS: Final = frozenset(
    b"isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 avc1 av01 hvc1 hev1 dash M4VH M4VP MSNV XAVC mmp4".split()
) | {b"M4V "}
_HEIC_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"))
_AVIF_BRANDS: Final = frozenset((b"avif", b"avis"))
_QUICKTIME_HEADS: Final = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))

_NAMED: Final = {
    "gif": "a GIF animation",
    "zip": "a ZIP archive",
    "docx": "a Word document",
    "xlsx": "an Excel sheet",
    "mkv": "a Matroska video (MKV)",
    "m4a": "a sound recording (M4A)",
    "mp3": "a sound recording (MP3)",
    "flv": "a Flash video",
    "exe": "a program",
    "elf": "a program",
    "tif": "a TIFF picture",
}
_OF_A_KIND: Final = {
    "audio": "a sound recording of the kind {ending}",
    "video": "a video of the kind {ending}",
    "image": "a picture of the kind {ending}",
}

_BYTES_A_PIXEL: Final = {Kind.HEIC: 5, Kind.AVIF: 4}
"""What a pixel takes while it is decoded; headers.py says it of the other pictures."""


class Header(NamedTuple):
    """What the structure of a file says, before anything is decoded."""

    kind: Kind
    width: int
    """Pixels as stored; 0 for a document."""
    height: int
    milliseconds: int | None
    """Length of a video; None where the file does not say, or is none."""
    tracks: int
    c2pa: bool
    """A C2PA manifest stands in it; whether that is true nobody has checked."""
    appended: bool
    """Something that is no part of the picture stands behind it."""
    data: int
    """Bytes of the picture itself, or of picture and sound; of a document all."""
    memory: int = 0
    """Bytes that opening a picture takes; 0 of others, which only opening shows."""


def kind_of(head: bytes) -> Kind | None:
    """The kind that the first `HEAD` bytes show; None where it is not on the allow-list, or cannot be told."""
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(headers.PNG_MAGIC):
        return Kind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(ebml.MAGIC):
        return Kind.WEBM if b"\x42\x82\x84webm" in head[:128] else None
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    return Kind.MOV if head[4:8] in _QUICKTIME_HEADS else None


def _of_brands(head: bytes) -> Kind | None:
    length = min(int.from_bytes(head[:4]), len(head), 512)
    main = head[8:12]
    all_brands = {main} | {head[place : place + 4] for place in range(16, length - 3, 4)}
    if main == b"qt  ":
        return Kind.MOV
    if main in _MP4_BRANDS:
        return Kind.MP4
    if all_brands & _AVIF_BRANDS:
        return Kind.AVIF
    if all_brands & _HEIC_BRANDS or main in (b"mif1", b"msf1"):
        return Kind.HEIC
    return None


def named(head: bytes) -> str:
    """What a file of no kind of ours is, as people say it, with its article."""
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").lower()
    if re.match(rb"<(\?xml|svg|!doctype svg|!entity)", text) or b"<svg" in text[:1024]:
        return "a drawing with program text (SVG)"
    if re.match(rb"<(!doctype|html|head|body|script|img|iframe|!--|[a-z]+[ >])", text):
        return "a web page"
    if text.startswith((b"#!", b"<?php", b"@echo")):
        return "a program text"
    guess = filetype.guess(head)
    if head[4:8] == b"ftyp" and (guess is None or guess.extension in ("mp4", "3gp")):
        return "a 3GP video" if head[8:10] == b"3g" else "of a kind that is not known here"
    if guess is not None:
        ending = str(guess.extension)
        family = str(guess.mime).partition("/")[0]
        if ending in _NAMED:
            return _NAMED[ending]
        return told(_OF_A_KIND.get(family, "a file of the kind {ending}"), ending=ending.upper())
    if head.isascii() and all(byte >= 32 or byte in b"\t\r\n\f" for byte in head):
        return "plain text"
    return "of a kind that is not known here"


def recognise(head: bytes, name: str) -> Kind:
    """The kind, from the first bytes. Raises `NotTaken` for what is not on the allow-list."""
    kind = kind_of(head)
    if kind is None:
        raise faults.not_allowed(named(head), name if promises(name) else None)
    return kind


def sniff(file: BinaryIO, size: int) -> Header:
    """The kind and structure of a whole file of `size` bytes, without decoding it.

    Raises `NotTaken` where it is not on the allow-list, cut off, or its structure contradicts itself.
    """
    if not size:
        raise faults.empty()
    file.seek(0)
    kind = recognise(file.read(HEAD), "")
    match kind.family:
        case Family.PICTURE:
            return _picture(file, size, kind)
        case Family.VIDEO:
            found = ebml.film(file, size) if kind is Kind.WEBM else boxes.film(file, size)
            size_of = found.width, found.height
            return Header(kind, *size_of, found.milliseconds, found.tracks, found.c2pa, False, found.data)
        case Family.DOCUMENT:
            return _document(file, size)


def _picture(file: BinaryIO, size: int, kind: Kind) -> Header:
    if kind in (Kind.HEIC, Kind.AVIF):
        still = boxes.still(file, size)
        memory = headers.AT_HAND + still.width * still.height * _BYTES_A_PIXEL[kind]
        behind = _archive_behind(file, size)
        return Header(kind, still.width, still.height, None, 0, still.c2pa, behind, still.data, memory)
    reader = {Kind.JPEG: headers.jpeg, Kind.PNG: headers.png, Kind.WEBP: headers.webp}[kind]
    head = reader(file, size)
    appended = head.behind > 0 or _archive_behind(file, size)
    return Header(kind, head.width, head.height, None, 0, head.c2pa, appended, head.data, head.memory)


def _archive_behind(file: BinaryIO, size: int) -> bool:
    """Whether the file could also be opened as a ZIP archive, whose directory stands at the end."""
    file.seek(max(0, size - 66_000))
    return b"PK\x05\x06" in file.read(66_000)


def _says(file: BinaryIO, words: bytes) -> bool:
    """Whether these bytes stand anywhere in the file."""
    file.seek(0)
    before = b""
    while part := file.read(_PART):
        if words in before + part:
            return True
        before = part[-len(words) :]
    return False


def _document(file: BinaryIO, size: int) -> Header:
    file.seek(max(0, size - 4096))
    if b"%%EOF" not in file.read(4096):
        raise faults.cut_off("PDF")
    return Header(Kind.PDF, 0, 0, None, 0, _says(file, b"/C2PA_Manifest"), _archive_behind(file, size), size)
