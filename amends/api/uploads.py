"""Uploads: whole files and files in pieces. The front brings each body as a file (config/front.py)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse

from amends.core import commands as c
from amends.core import sight
from amends.core.refusals import Refused
from amends.core.vocabulary import RefusalCode
from amends.core.wire import read_command
from amends.orders import evidence, receipts
from amends.orders import evidence_desk as desk
from amends.orders.bodies import CUT, asking, received_file
from amends.orders.evidence import File, Place
from amends.orders.handle import handle
from amends.orders.receipts import Waiting
from amends.vault.faults import Damaged, NotTaken, Unreachable
from amends.vault.intake import Gate
from amends.vault.uploads import UnknownUpload, WrongOffset

from .acting import warning
from .answers import RETRY_AFTER, Problem, Trouble, answer, malformed, nowhere, refusal
from .callers import RECEIVED, Caller, caller_of, header_text
from .files import no_file, shown

log = logging.getLogger(__name__)

UPLOADS: Final = re.compile(r"/v1/(orders/[^/]+/uploads(/[^/]+)?|listings/[^/]+/pictures)")
"""The addresses whose bodies the front brings as files."""
_MOST_TEXT = 4000


# ── sending ──────────────────────────────────────────────────────────────────────────────────────


def send(request: HttpRequest, order: str) -> HttpResponse:
    """A whole file as the body; or, with Upload-Length and no body, the beginning of one in pieces."""
    caller, where, now = _giving(request, order)
    name = header_text(request, "Upload-Name")[:1000]
    length = _number(request, "Upload-Length")
    with told_as_problems():
        asked = asking(request)
        if asked is not None:
            _room(where)
            desk.folder("arriving")
            limits = desk.limits_of(where.policy)
            if length is not None:
                asked.grant(0)
            else:
                gate = Gate(name, limits)
                receipts.expect(where, asked, most=limits.largest, asked_at=now)
                asked.grant(limits.largest, gate)
            return answer({}, 200)
        declared = request.headers.get("Content-Type", "")[:100]
        if length is not None:
            _room(where)
            begun = evidence.begin(where, length=length, name=name, declared=declared, now=_real(request))
            file = _file(where, evidence.PREFIX + begun.id)
            told = shown(caller, where.order_key, file) | {"offset": 0, "length": begun.length}
            headers = {"Upload-Offset": "0", "Location": f"{request.path}/{file.file}"}
            return answer({"file": told, "warnings": []}, 201, headers)
        with receipts.clocks_wait(where, received_at=now, request=request) as waiting, received_file(request) as source:
            file = evidence.take(where, source, name=name, declared=declared, received_at=now, file=waiting.file)
            return _taken(request, caller, where, file, now, 201, waiting)


def go_on(request: HttpRequest, order: str, file: str) -> HttpResponse:
    """The next piece; with the last one the file is whole."""
    caller, where, now = _giving(request, order)
    real = _real(request)
    offset = _number(request, "Upload-Offset")
    if offset is None:
        raise malformed("Upload-Offset is missing", "Send where this piece begins; HEAD tells where to go on.")
    with told_as_problems():
        row = _file(where, file, states=("arriving",))
        upload = evidence.standing(file, now=real)
        if upload.offset != offset:
            raise WrongOffset(upload.offset)
        asked = asking(request)
        if asked is not None:
            receipts.expect(where, asked, most=upload.length - offset, asked_at=now, file=file)
            asked.grant(upload.length - offset)
            return answer({}, 200)
        with received_file(request) as source:
            upload = evidence.append(file, source, offset=offset, now=real)
        if not upload.complete or request.META.get(CUT):
            told = shown(caller, where.order_key, row) | {"offset": upload.offset, "length": upload.length}
            return answer({"file": told, "warnings": []}, 200, {"Upload-Offset": str(upload.offset)})
        with receipts.clocks_wait(where, received_at=now, request=request, file=file) as waiting:
            taken = evidence.finish(where, file, now=real, received_at=now)
            return _taken(request, caller, where, taken, now, 200, waiting)


def standing(request: HttpRequest, order: str, file: str) -> HttpResponse:
    """Where to go on with an upload in pieces."""
    _, where, _ = _giving(request, order)
    with told_as_problems():
        row = _file(where, file, states=("arriving", "kept", "linked"))
        if row.state != "arriving":
            return HttpResponse(headers={"Upload-Offset": str(row.size), "Upload-Length": str(row.size)})
        upload = evidence.standing(file, now=_real(request))
    return HttpResponse(headers={"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.length)})


def _taken(
    request: HttpRequest, caller: Caller, where: Place, file: File, now: datetime, status: int, waiting: Waiting
) -> HttpResponse:
    """The file is kept; where the request says so it becomes evidence at once, as of when all of it was here."""
    dispute = _number(request, "Upload-Dispute")
    warnings: list[dict[str, str]] = []
    if dispute is not None:
        outcome = handle(where.marketplace, where.order_key, _adding(request, caller, where, file, dispute), now=now)
        if outcome.refused is not None:
            waiting.stays = outcome.refused.code is RefusalCode.VERSION_CONFLICT
            evidence.forget(where.marketplace, where.order_key, file.file)
            raise refusal(outcome.refused, order_version=outcome.version)
        warnings = [warning(code) for code in sorted(sight.warnings(outcome.warnings, caller.party))]
        file = _file(where, file.file)
    size = str(file.size)
    document = {"file": shown(caller, where.order_key, file), "warnings": warnings}
    return answer(document, status, {"Upload-Offset": size, "Upload-Length": size})


def _adding(request: HttpRequest, caller: Caller, where: Place, file: File, dispute: int) -> c.Command:
    kind = request.headers.get("Upload-Kind", "") or file.kinds[0].value
    if kind not in file.kinds:
        raise malformed(f"this file is no {kind[:80]}", f"Give it as one of: {', '.join(file.kinds)}.")
    document = {
        "do": "add_evidence",
        "by": caller.party.value,
        "actor": caller.actor,
        "dispute": dispute,
        "kind": kind,
        "id": file.file,
        "name": evidence.name_of(where.marketplace, where.order_key, file) or "",
        "comment": header_text(request, "Upload-Comment")[:_MOST_TEXT],
        "mediator_only": request.headers.get("Upload-Mediator-Only", "0") == "1",
        "sha256": file.sha256,
        "answers": _number(request, "Upload-Answers"),
    }
    try:
        return read_command(document)
    except Refused as refused:
        raise refusal(refused) from None


def _giving(request: HttpRequest, order: str) -> tuple[Caller, Place, datetime]:
    """Who uploads, where, and the instant the request counts as sent. Raises Problem for whoever never may."""
    caller = caller_of(request)
    now = caller.now(order)
    where = evidence.place(caller.marketplace, order, caller.party)
    if where is None:
        raise nowhere()
    if caller.party not in c.PARTIES:
        refused = Refused(RefusalCode.NOT_ALLOWED, verb="upload", party=caller.party.value, who="buyer, seller")
        raise refusal(refused)
    return caller, where, now


def _room(where: Place) -> None:
    """Nobody fills the disk with files that never become evidence."""
    limit = where.policy.evidence.files_per_party
    if where.loose >= limit:
        raise refusal(Refused(RefusalCode.EVIDENCE_LIMIT, limit=limit))


def _file(where: Place, file: str, states: tuple[str, ...] = ("arriving", "kept", "linked")) -> File:
    row = evidence.find(where.marketplace, where.order_key, file)
    if row is None or row.party != where.party.value or row.state not in states:
        raise no_file()
    return row


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.headers.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise malformed(f"{name} is no whole number", "Write digits only.")
    return int(text)


def _real(request: HttpRequest) -> datetime:
    """Real time, also in a sandbox: how long pieces may take."""
    received = request.META.get(RECEIVED)
    return received if isinstance(received, datetime) else datetime.now(UTC)


# ── what goes wrong ──────────────────────────────────────────────────────────────────────────────


def not_taken(fault: NotTaken) -> Problem:
    """A file that was refused, in the words its sender understands."""
    status = 413 if fault.code == "too_large" else 422
    sentence, _, way_out = fault.sentence.partition(". ")
    return Problem(f"file_{fault.code}", f"{sentence.rstrip('.')}.", way_out, status=status)


@contextmanager
def told_as_problems() -> Iterator[None]:
    """What the vault raises, as problems."""
    try:
        yield
    except NotTaken as fault:
        raise not_taken(fault) from None
    except desk.NotSetUp as fault:
        raise Problem(Trouble.FILES_AWAY, str(fault), "Go on without a file.") from None
    except (Unreachable, Damaged, OSError) as fault:
        log.error("an upload failed: %s: %s", type(fault).__name__, fault)
        raise Problem(
            Trouble.FILES_AWAY,
            "The file could not be looked at and kept at the moment; nothing of it was kept.",
            "Send it again in a minute.",
            headers={"Retry-After": str(RETRY_AFTER)},
        ) from None
    except UnknownUpload:
        raise no_file() from None
    except WrongOffset as fault:
        raise Problem(
            Trouble.UPLOAD_OFFSET,
            str(fault),
            "Ask with HEAD where to go on.",
            status=409,
            headers={"Upload-Offset": str(fault.offset)},
        ) from None
