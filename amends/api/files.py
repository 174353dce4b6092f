"""What is shown of a file, and to whom.

Nothing that was sent is ever shown as it was sent: pictures and clean videos are what the vault made of it, and the
original leaves as something to be saved. Who may see a file is `core.sight`'s to say; every look is noted.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from amends.core import sight
from amends.core.durations import format_instant
from amends.orders import evidence, queries
from amends.orders.evidence import File
from amends.vault.faults import Damaged, Unreachable

from .answers import Problem, Trouble, answer, nowhere
from .callers import Caller, caller_of

log = logging.getLogger(__name__)

FORMS: Final = {
    "reading": "A file as it is looked at: a picture of up to 2,000 pixels, a video's poster, a PDF's first page",
    "thumbnail": "The same, up to 320 pixels",
    "stream": "A video to be played, without what devices wrote into it",
    "original": "The file as it was sent, to be saved",
}
_SHOWN: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}


def read(request: HttpRequest, order: str, file: str) -> HttpResponse:
    """What is known of a file."""
    caller = caller_of(request)
    found = _seen(caller, order, file)
    return answer({"file": shown(caller, order, found), "warnings": []})


def shown_as(form: str) -> Callable[..., HttpResponseBase]:
    """The view that shows a file in one of its forms."""

    def show(request: HttpRequest, order: str, file: str) -> HttpResponseBase:
        return _show(request, order, file, form)

    return show


def _seen(caller: Caller, order: str, file: str) -> File:
    """The file, if this caller may see it; else the same 404 as if there were none."""
    now = caller.now(order)
    found = evidence.find(caller.marketplace, order, file)
    if found is not None and found.state in ("arriving", "kept") and found.party == caller.party.value:
        return found
    standing = queries.order(caller.marketplace, order, now=now)
    if standing is None:
        raise nowhere()
    if found is None or found.state != "linked":
        raise no_file()
    for dispute in standing.order.disputes:
        if any(item.file.id == file for item in sight.evidence(dispute, caller.party)):
            return found
    raise no_file()


def shown(caller: Caller, order: str, file: File) -> dict[str, Any]:
    """What is known of a file, to somebody who may see it; hints are for whoever gave it."""
    facts = file.facts or {}
    mine = caller.party.value == file.party
    return {
        "id": file.file,
        "state": file.state,
        "name": evidence.name_of(caller.marketplace, order, file),
        "kind": file.kind,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "received_at": format_instant(file.received_at) if file.received_at else None,
        **{name: facts.get(name) for name in ("width", "height", "milliseconds", "pages")},
        "forms": [form for form in FORMS if file.piece(form)],
        "hints": list(file.hints or ()) if mine else [],
        "offset": None,
        "length": None,
    }


def _show(request: HttpRequest, order: str, file: str, form: str) -> HttpResponseBase:
    caller = caller_of(request)
    found = _seen(caller, order, file)
    piece = found.piece(form)
    if piece is None:
        raise no_file()
    try:
        content = evidence.opened(caller.marketplace, order, found, piece)
    except (Damaged, FileNotFoundError) as fault:
        log.error("order %s, file %s, %s: %s", order, file, form, fault)
        raise Problem(
            Trouble.FILE_DAMAGED, "This file does not lie there as it was kept.", "Tell whoever operates this."
        ) from None
    except Unreachable as fault:
        raise Problem(Trouble.FILES_AWAY, str(fault), "Ask again in a minute.") from None
    if content is None:
        raise Problem(Trouble.FILE_ERASED, "Who gave this file was erased, and the file with him.", "")
    viewer = f"{caller.party.value}:{caller.name}" if caller.name else caller.party.value
    start, stop, partial = _range(request.headers.get("Range", ""), content.size)
    evidence.viewed(caller.marketplace, order, file, viewer=viewer, as_what=form)
    headers = {**_SHOWN, "Content-Length": str(stop - start), "Content-Disposition": "inline"}
    if form == "original":
        name = evidence.name_of(caller.marketplace, order, found) or "file"
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    if partial:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    kinds = {
        "stream": _PLAYED.get(found.kind or "", "application/octet-stream"),
        "original": "application/octet-stream",
    }
    return StreamingHttpResponse(
        content.read(start, stop),
        status=206 if partial else 200,
        content_type=kinds.get(form, "image/jpeg"),
        headers=headers,
    )


_PLAYED: Final = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
"""A MOV's clean copy is an MP4."""


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
        raise Problem(
            Trouble.RANGE_NOT_SATISFIABLE,
            f"The file has {size} bytes.",
            "Ask for a part of it.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return start, stop, True


def no_file() -> Problem:
    """The same for a file that is not there, is not shown to this caller, or was taken back."""
    return Problem(Trouble.UNKNOWN_FILE, "There is no such file here.", "Look at the dispute's list of files.")
