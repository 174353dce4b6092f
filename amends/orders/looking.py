"""What is shown of a file, to whom, and as what it leaves; the API and the pages show alike.

Nothing that was sent is ever shown as it was sent: pictures and clean videos are what the vault made of it, and the
original leaves as something to be saved. Who may see a file, and who may have its original, is `core.sight`'s to say;
every look is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote
from uuid import UUID

from amends.core import sight
from amends.core.vocabulary import Party
from amends.vault.kinds import Kind
from amends.vault.sealed_file import Opened

from . import evidence, queries
from .evidence import File
from .queries import Found

FORMS: Final = {
    "reading": "A file as it is looked at: a picture of up to 2,000 pixels, a video's poster, a PDF's first page",
    "thumbnail": "The same, up to 320 pixels",
    "stream": "A video to be played, without what devices wrote into it",
    "original": "The file as it was sent, to be saved: by its giver, by staff, and of a PDF by the other side too",
}
HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}
JPEG: Final = "image/jpeg"
PLAYED: Final[Mapping[str, str]] = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
"""A MOV's clean copy is an MP4."""


class Nowhere(Exception):
    """There is no such order here."""


class NotShown(Exception):
    """The same for a file that is not there, is not shown to this viewer, or was taken back."""


class Erased(Exception):
    """Who gave this file was erased, and the file with him."""


class NotSatisfiable(Exception):
    """The part that was asked for lies behind the file's end; `size` is its length."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes.")
        self.size = size


class Shown(NamedTuple):
    """One answer: some bytes of a file, and what is said of them."""

    pieces: Iterator[bytes]
    partial: bool
    media_type: str
    headers: dict[str, str]


def may_look(marketplace: UUID, order_key: str, file: str, party: Party, now: datetime) -> File:
    """The file, if this party may see it: what was given by `core.sight`, else only what is one's own.

    Raises Nowhere, NotShown.
    """
    found = evidence.find(marketplace, order_key, file)
    if found is not None and found.state in ("arriving", "kept") and found.party == party.value:
        return found
    standing = queries.order(marketplace, order_key, now=now)
    if standing is None:
        raise Nowhere
    if found is None or not _given(standing, found, party):
        raise NotShown
    return found


def _given(standing: Found, file: File, party: Party) -> bool:
    return file.state == "linked" and any(
        item.file.id == file.file for dispute in standing.order.disputes for item in sight.evidence(dispute, party)
    )


def forms(file: File, party: Party) -> tuple[str, ...]:
    """The FORMS in which a party that may see the file can have it.

    The original says where and with what it was made: the other side gets what was made of it. A PDF's other pages
    can be read in no other form, so it goes out as it is.
    """
    whole = sight.original(Party(file.party), party) or file.kind == Kind.PDF
    return tuple(form for form in FORMS if file.piece(form) and (whole or form != "original"))


def show(marketplace: UUID, order_key: str, file: File, form: str, *, party: Party, wanted: str, viewer: str) -> Shown:
    """The file in one of its FORMS; `wanted` is a Range header, or "". The look is noted.

    Raises NotShown where there is no such form for this party, Erased, NotSatisfiable, and as `evidence.opened`.
    """
    piece = file.piece(form) if form in forms(file, party) else None
    if piece is None:
        raise NotShown
    content = evidence.opened(marketplace, order_key, file, piece)
    if content is None:
        raise Erased
    shown = answer(content, wanted=wanted, media_type=_kinds(file).get(form, JPEG))
    evidence.viewed(marketplace, order_key, file.file, viewer=viewer, as_what=form)
    if form == "original":
        name = evidence.name_of(marketplace, order_key, file) or "file"
        shown.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return shown


def answer(content: Opened, *, wanted: str, media_type: str = JPEG) -> Shown:
    """What was sealed, or the part of it a Range header wants ("" for all). Raises NotSatisfiable."""
    start, stop, partial = _range(wanted, content.size)
    headers = {**HEADERS, "Content-Length": str(stop - start), "Content-Disposition": "inline"}
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    return Shown(content.read(start, stop), partial, media_type, headers)


def _kinds(file: File) -> Mapping[str, str]:
    return {
        "stream": PLAYED.get(file.kind or "", "application/octet-stream"),
        "original": "application/octet-stream",
    }


def _range(header: str, size: int) -> tuple[int, int, bool]:
    """From where to before where, and whether that is a part. What cannot be read means the whole (RFC 9110)."""
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", header.strip())
    if found is None or found[1] == found[2] == "":
        return 0, size, False
    if not found[1]:
        start, stop = max(0, size - int(found[2])), size
    else:
        start, stop = int(found[1]), min(int(found[2] or size) + 1, size)
        if found[2] and int(found[2]) < start:
            return 0, size, False
    if start >= stop:
        raise NotSatisfiable(size)
    return start, stop, True
