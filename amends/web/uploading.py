"""Sending files on pages: how they come in, what is said before, and the part `web/_upload.html` of any page.

A page that wants files makes `part(here, found, back=…)` its `upload` and includes `web/_upload.html`, outside of its
own forms. Files are sent one form at a time and wait; the page's own form takes them by the id it names:

    {"upload": uploading.part(here, found, form="claim", back=request.get_full_path(), reason=reason)}
    {% include "web/_upload.html" %}  <form id="claim" method="post" …>

That form then posts `files`, once for each file that is ticked, and what is written beside it (`Filled.handed`);
`acting.act` takes such ids (orders/handing_in.py).
With `dispute=` there is no other form: what is sent becomes evidence of that dispute at once.
"""

from __future__ import annotations

import logging
import re
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import Http404
from django.utils.translation import gettext as _

from amends import words
from amends.core import deadlines
from amends.core.events import EvidenceRequested
from amends.core.order import Dispute
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.rules.opening import room_for
from amends.core.vocabulary import DeadlineName, EvidenceKind, Reason, RefusalCode
from amends.orders import bodies, evidence
from amends.orders import evidence_desk as desk
from amends.orders.evidence import Place
from amends.orders.queries import Found
from amends.vault.faults import Damaged, NotTaken, Unreachable
from amends.vault.kinds import Kind

from . import coaching
from .here import Here
from .shown import case_evidence
from .shown import files as shown
from .shown.case_evidence import Thing

log = logging.getLogger(__name__)

ACCEPT: Final = ",".join((*(kind.media_type for kind in Kind), ".heic", ".heif", ".mov"))
FORM: Final = "upload-form"
"""The id of the part's own form."""
BESIDE: Final = 1 << 20
"""Bytes that a form may have beside its files."""
MOST_BACK: Final = 2000
_FORMS = re.compile(r"/at/[a-z2-7]{16}/orders/[^/]+/upload/")
_PIECES = re.compile(r"/at/[a-z2-7]{16}/orders/[^/]+/upload/[^/]+/")
OFFERED: Final = (
    *(EvidenceKind.PHOTO, EvidenceKind.VIDEO, EvidenceKind.SCREENSHOT, EvidenceKind.DOCUMENT),
    *(EvidenceKind.QUOTE, EvidenceKind.TRACKING),
)


def comes_as_a_file(method: str, path: str) -> bool:
    """Whether the front brings the body of this request as a file, after it has asked."""
    return bool((method == "POST" and _FORMS.fullmatch(path)) or (method == "PATCH" and _PIECES.fullmatch(path)))


# ── a form's files, on the disk ──────────────────────────────────────────────────────────────────


class OnDisk(UploadedFile):  # type: ignore[type-arg] # generic for the checker alone
    """A file of a form where files are looked at. It is gone with the request, unless somebody took it over."""

    def __init__(self, path: Path, name: str, declared: str, size: int) -> None:
        super().__init__(None, name, declared, size)
        self.path = path
        self.gone = weakref.finalize(self, path.unlink, missing_ok=True)

    def close(self) -> None:
        self.gone()


class ToDisk(FileUploadHandler):
    """Files of forms go to the disk piece by piece, and only at the addresses that take any."""

    def new_file(self, *about: Any, **named: Any) -> None:
        super().new_file(*about, **named)
        if not (self.request and comes_as_a_file("POST", self.request.path)):
            raise SkipFile
        try:
            self.path = bodies.fresh_place()
        except desk.NotSetUp:
            raise SkipFile from None  # the view says so
        self.target = self.path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.target.write(raw_data)

    def file_complete(self, file_size: int) -> OnDisk:
        self.target.close()
        return OnDisk(self.path, self.file_name or "", self.content_type or "", file_size)

    def upload_interrupted(self) -> None:
        if hasattr(self, "target"):
            self.target.close()
            self.path.unlink(missing_ok=True)


# ── who sends where ──────────────────────────────────────────────────────────────────────────────


def place_of(here: Here, order_key: str) -> Place:
    """The order for this seat's files. Http404 for one that is not this person's."""
    here.reach(order_key)
    where = evidence.place(here.marketplace, order_key, here.party)
    if where is None:
        raise Http404
    return where


def refuse_if_full(where: Place) -> None:
    """Nobody fills the disk with files that never become evidence. Raises Refused `evidence_limit`."""
    limit = where.policy.evidence.files_per_party
    if where.loose >= limit:
        raise Refused(RefusalCode.EVIDENCE_LIMIT, limit=limit)


def way_back(here: Here, given: str, order_key: str) -> str:
    """Where the form wants its sender to be led, if that is a page of his own seat; else the order's page."""
    order = here.url("order", order=order_key)
    if not given.startswith(here.url("start")) or not given.isprintable() or "\\" in given or len(given) > MOST_BACK:
        return order
    return order if ".." in urlsplit(given).path.split("/") else given


class Trouble(Exception):
    """A file was not kept, and why, in words for its sender."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@contextmanager
def told() -> Iterator[None]:
    """What the vault raises, as Trouble."""
    try:
        yield
    except NotTaken as fault:
        raise Trouble(413 if fault.code == "too_large" else 422, words.say(fault.sentence)) from None
    except desk.NotSetUp:
        raise Trouble(503, _("No files are taken here. Say in words what a file would have shown.")) from None
    except Refused as refused:
        said = words.refusal(refused)
        raise Trouble(409, f"{said.sentence} {said.way_out}") from None
    except (Unreachable, Damaged, OSError) as fault:
        log.error("an upload failed: %s: %s", type(fault).__name__, fault)
        said_now = _("The file could not be looked at and kept just now; nothing of it was kept. Send it again soon.")
        raise Trouble(503, said_now) from None


# ── the part of a page ───────────────────────────────────────────────────────────────────────────


class Asked(NamedTuple):
    """What a mediator asked this person to show."""

    text: str
    until: datetime | None
    sent: bool
    silence: str
    things: tuple[Thing, ...] = ()
    """What of it is listed, each ticked off once this person has given a file for it."""


class Choice(NamedTuple):
    value: str
    words: str
    chosen: bool


class Part(NamedTuple):
    """What `web/_upload.html` shows."""

    order: str
    dispute: int | None
    """The dispute that what is sent becomes evidence of at once."""
    back: str
    form: str
    """The id of the form that takes the waiting files along."""
    own_form: str
    accept: str
    limits: tuple[str, ...]
    largest: int
    """Bytes: more of one file is never taken."""
    left: int | None
    """How many files this person can still give; None where that is not counted yet."""
    full: words.Said | None
    asked: Asked | None
    wanted: tuple[coaching.Wanted, ...]
    together: tuple[str, ...]
    waiting: tuple[shown.Loose, ...]
    unticked: frozenset[str]
    kinds: tuple[Choice, ...]
    answers: tuple[Choice, ...]
    """The things the mediator listed, one of which files are given for."""
    values: dict[str, str]
    wrong: tuple[str, ...]


def part(
    here: Here,
    found: Found,
    *,
    back: str,
    dispute: Dispute | None = None,
    form: str = FORM,
    reason: Reason | None = None,
    values: dict[str, str] | None = None,
    wrong: tuple[str, ...] = (),
    unticked: frozenset[str] = frozenset(),
    remarks: Mapping[str, shown.Remark] = MappingProxyType({}),
) -> Part:
    """The part for a page of this seat. `back` is where its sender is led afterwards; `reason` what the coach goes by
    (a dispute's own, where none is named). `values` and `wrong` are of a form that was refused; `unticked` are waiting
    files that the page's form does not take along, `remarks` what is written beside them. At most five trips to the
    database.
    """
    order = found.order
    files = evidence.waiting(here.marketplace, order.id, here.party)
    names = evidence.names(here.marketplace, order.id, files)
    coached = coaching.coached(here, found, reason or (dispute.reason if dispute else None), files)
    filled = values or {}
    asked = _asked(found, dispute, here) if dispute else None
    return Part(
        order.id,
        dispute.number if dispute else None,
        back,
        form,
        FORM,
        ACCEPT,
        limits(order.policy),
        desk.limits_of(order.policy).largest,
        _left(found, dispute, here),
        _full(found, dispute, here),
        asked,
        coached.wanted,
        coached.together,
        tuple(
            shown.loose(
                file,
                names[file.file],
                (*map(words.say, file.hints or ()), *coached.of_file.get(file.file, ())),
                remarks.get(file.file),
            )
            for file in files
        ),
        unticked,
        tuple(Choice(kind.value, words.kind(kind), filled.get("kind") == kind.value) for kind in OFFERED),
        _answers(asked, filled),
        filled,
        wrong,
    )


def limits(policy: Policy) -> tuple[str, ...]:
    """What is taken, before anything is chosen."""
    bounds = desk.limits_of(policy)
    return (
        _("Photos and screenshots: JPEG, PNG, WebP, HEIC or AVIF, up to %(size)s each.")
        % {"size": shown.size(bounds.picture_bytes)},
        _("Videos: MP4, MOV or WebM, up to %(size)s and %(time)s.")
        % {"size": shown.size(bounds.video_bytes), "time": shown.lasts(bounds.video_seconds)},
        _("Documents: PDF, up to %(size)s.") % {"size": shown.size(bounds.document_bytes)},
    )


def _left(found: Found, dispute: Dispute | None, here: Here) -> int | None:
    """How many more the core has room for; asked of its own guard, the largest first."""
    most = found.order.policy.evidence.files_per_party
    if dispute is None:
        return most
    for files in range(most, 0, -1):
        with suppress(Refused):
            room_for(found.order, dispute, here.party, files)
            return files
    return 0


def _full(found: Found, dispute: Dispute | None, here: Here) -> words.Said | None:
    if dispute is None:
        return None
    try:
        room_for(found.order, dispute, here.party)
    except Refused as refused:
        return words.refusal(refused)
    return None


def _asked(found: Found, dispute: Dispute, here: Here) -> Asked | None:
    """The mediator's last request to this person, while it is open."""
    if here.party not in dispute.asked or dispute.since(DeadlineName.EVIDENCE) is None:
        return None
    events = (recorded.event for recorded in reversed(found.history))
    for event in events:
        if isinstance(event, EvidenceRequested) and event.dispute == dispute.number:
            text = event.text.plain or "" if event.text else ""
            running = (one for one in deadlines.of_dispute(found.order, dispute) if one.name is DeadlineName.EVIDENCE)
            clock = next(running, None)
            silence = words.silence(found.order, clock) if clock else ""
            at, sent = clock.at if clock else None, here.party in dispute.sent
            return Asked(text, at, sent, silence, case_evidence.things(dispute, here.party))
    return None


def _answers(asked: Asked | None, filled: Mapping[str, str]) -> tuple[Choice, ...]:
    """One of the listed things to give files for: what was chosen before, else the first that has no tick."""
    things = asked.things if asked else ()
    first = next((str(number) for number, thing in enumerate(things, 1) if not thing.here), "")
    chosen = filled.get("answers", first)
    return tuple(Choice(str(number), thing.words, str(number) == chosen) for number, thing in enumerate(things, 1))
