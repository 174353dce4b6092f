"""What is known of a file, and the file itself in its forms (orders/looking.py), over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from amends.core.durations import format_instant
from amends.orders import evidence, looking
from amends.orders.evidence import File
from amends.vault.faults import Damaged, Unreachable

from .answers import Problem, Trouble, answer, nowhere
from .callers import Caller, caller_of

log = logging.getLogger(__name__)


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
    try:
        return looking.may_look(caller.marketplace, order, file, caller.party, caller.now(order))
    except looking.Nowhere:
        raise nowhere() from None
    except looking.NotShown:
        raise no_file() from None


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
        "forms": list(looking.forms(file, caller.party)),
        "hints": list(file.hints or ()) if mine else [],
        "offset": None,
        "length": None,
    }


def _show(request: HttpRequest, order: str, file: str, form: str) -> HttpResponseBase:
    caller = caller_of(request)
    found = _seen(caller, order, file)
    viewer = f"{caller.party.value}:{caller.name}" if caller.name else caller.party.value
    wanted = request.headers.get("Range", "")
    try:
        part = looking.show(caller.marketplace, order, found, form, party=caller.party, wanted=wanted, viewer=viewer)
    except looking.NotShown:
        raise no_file() from None
    except looking.Erased:
        raise Problem(Trouble.FILE_ERASED, "Who gave this file was erased, and the file with him.", "") from None
    except looking.NotSatisfiable as fault:
        raise Problem(
            Trouble.RANGE_NOT_SATISFIABLE,
            str(fault),
            "Ask for a part of it.",
            headers={"Content-Range": f"bytes */{fault.size}"},
        ) from None
    except (Damaged, FileNotFoundError) as fault:
        log.error("order %s, file %s, %s: %s", order, file, form, fault)
        raise Problem(
            Trouble.FILE_DAMAGED, "This file does not lie there as it was kept.", "Tell whoever operates this."
        ) from None
    except Unreachable as fault:
        raise Problem(Trouble.FILES_AWAY, str(fault), "Ask again in a minute.") from None
    status = 206 if part.partial else 200
    return StreamingHttpResponse(part.pieces, status=status, content_type=part.media_type, headers=part.headers)


def no_file() -> Problem:
    """The same for a file that is not there, is not shown to this caller, or was taken back."""
    return Problem(Trouble.UNKNOWN_FILE, "There is no such file here.", "Look at the dispute's list of files.")
