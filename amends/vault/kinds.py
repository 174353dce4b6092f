"""The kinds of file that are taken, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Family(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"
    DOCUMENT = "document"


class Kind(StrEnum):
    """A kind of file on the allow-list; what is not here is not taken."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"
    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    PDF = "pdf"

    @property
    def family(self) -> Family:
        return _ABOUT[self].family

    @property
    def media_type(self) -> str:
        return _ABOUT[self].media_type

    @property
    def called(self) -> str:
        """As people say it, with its article: "a PNG", "an MP4"."""
        return _ABOUT[self].called

    @property
    def extensions(self) -> tuple[str, ...]:
        """What a name of this kind may end in, the usual one first, with the dot."""
        return _ABOUT[self].extensions


class _About(NamedTuple):
    family: Family
    media_type: str
    called: str
    extensions: tuple[str, ...]


_ABOUT: Final[Mapping[Kind, _About]] = {
    Kind.JPEG: _About(Family.PICTURE, "image/jpeg", "a JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo")),
    Kind.PNG: _About(Family.PICTURE, "image/png", "a PNG", (".png", ".apng")),
    Kind.WEBP: _About(Family.PICTURE, "image/webp", "a WebP", (".webp",)),
    Kind.HEIC: _About(Family.PICTURE, "image/heic", "a HEIC", (".heic", ".heif", ".hif")),
    Kind.AVIF: _About(Family.PICTURE, "image/avif", "an AVIF", (".avif",)),
    Kind.MP4: _About(Family.VIDEO, "video/mp4", "an MP4", (".mp4", ".m4v")),
    Kind.MOV: _About(Family.VIDEO, "video/quicktime", "a MOV", (".mov", ".qt")),
    Kind.WEBM: _About(Family.VIDEO, "video/webm", "a WebM", (".webm",)),
    Kind.PDF: _About(Family.DOCUMENT, "application/pdf", "a PDF", (".pdf",)),
}
