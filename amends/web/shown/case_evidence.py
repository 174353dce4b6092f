"""The evidence a reader may see, what the mediator has asked for, and, for staff, who looked when and what is odd."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from amends import words
from amends.core import events as e
from amends.core import sight
from amends.core.order import Dispute, Evidence
from amends.core.vocabulary import Party, Verb
from amends.core.wanted import wanted
from amends.orders.doubts import Noticed
from amends.orders.evidence import File, View

from .case_language import FILE, Reader, Tongue, tongue
from .case_matter import STAFF, Matter


class Look(NamedTuple):
    at: datetime
    viewer: str
    as_what: str


class Item(NamedTuple):
    """One file, or what was written instead of one."""

    file: str
    kind: str
    name: str
    comment: str
    tongue: Tongue | None
    """Where the comment is in another language than the reader's."""
    by: str
    mine: bool
    at: datetime
    mediator_only: bool
    counts: bool
    """False for a link, which is kept as text."""
    shows: str
    """Which thing the mediator listed it was given for."""
    uploaded: bool
    """There is a file behind it; else the name is all there is."""
    thumbnail: bool
    thumb: str
    """Addresses of this seat, empty where there is nothing to be had."""
    look: str
    remove: str
    looks: tuple[Look, ...]
    doubts: tuple[str, ...]


class Asked(NamedTuple):
    """Whom the mediator asked, and whether it is here."""

    words: str
    here: bool


class Thing(NamedTuple):
    """One thing the mediator listed."""

    words: str
    kind: str
    here: bool
    """Everybody who was asked, or the reader if he was, has given a file for it."""
    asked: tuple[Asked, ...]
    """Each of those who were asked, where they are several."""


class Gallery(NamedTuple):
    items: tuple[Item, ...]
    asked_at: datetime | None
    asked_for: str
    """The mediator's words."""
    asked: tuple[Asked, ...]
    things: tuple[Thing, ...]
    given: int
    room: int
    """How many files each side may give."""
    large: str
    """Where the first picture is looked at large; empty where there is none."""


def uploads(matter: Matter) -> list[str]:
    """The ids of files behind which there may be an upload."""
    return [item.file.id for item in sight.evidence(matter.dispute, matter.viewer) if item.file.sha256]


def gallery(
    matter: Matter,
    url: Callable[..., str],
    reader: Reader,
    files: Mapping[str, File],
    views: Sequence[View] = (),
    noticed: Sequence[Noticed] = (),
) -> Gallery:
    """`views` and `noticed` are for staff only; without them nothing is said of either."""
    dispute, viewer = matter.dispute, matter.viewer
    items = tuple(_item(matter, one, url, reader, files, views, noticed) for one in sight.evidence(dispute, viewer))
    request = matter.latest(e.EvidenceRequested)
    return Gallery(
        items,
        request.at if request else None,
        (request.text.plain or "") if request and request.text else "",
        tuple(Asked(_whom(party, viewer), party in dispute.sent) for party in dispute.asked) if request else (),
        things(dispute, viewer),
        sum(one.by is viewer for one in dispute.evidence),
        matter.order.policy.evidence.files_per_party,
        next((item.look for item in items if item.thumbnail), ""),
    )


def things(dispute: Dispute, viewer: Party) -> tuple[Thing, ...]:
    """What the last request listed, ticked off as this reader sees it."""
    found = []
    for item in wanted(dispute, viewer):
        each = tuple(Asked(_whom(party, viewer), party in item.came_from) for party in dispute.asked)
        here = viewer in item.came_from if viewer in dispute.asked else all(one.here for one in each)
        kind = words.kind(item.kind) if item.kind else ""
        found.append(Thing(item.text.plain or "", kind, here, each if len(each) > 1 else ()))
    return tuple(found)


def _item(
    matter: Matter,
    one: Evidence,
    url: Callable[..., str],
    reader: Reader,
    files: Mapping[str, File],
    views: Sequence[View],
    noticed: Sequence[Noticed],
) -> Item:
    file, staff, mine = one.file, matter.staff, one.by is matter.viewer
    upload = files.get(file.id)
    pictured = upload is not None and upload.piece("thumbnail") is not None
    key, number = matter.order.id, matter.dispute.number
    removable = mine and Verb.REMOVE_EVIDENCE in matter.rights.can
    comment = (file.comment.plain or "") if file.comment else ""
    return Item(
        file.id,
        words.kind(file.kind),
        (file.name.plain or "") if file.name else "",
        comment,
        tongue(reader, f"{FILE}{file.id}", comment, mine=mine),
        who(one.by, matter.viewer),
        mine,
        one.at,
        file.mediator_only,
        file.counts,
        _shows(matter, one),
        upload is not None,
        pictured,
        url("file", order=key, file=file.id, form="thumbnail") if pictured else "",
        url("look", order=key, dispute=number, file=file.id) if upload is not None else "",
        f"{url('act', order=key, dispute=number, verb=Verb.REMOVE_EVIDENCE.value)}?{urlencode({'id': file.id})}"
        if removable
        else "",
        tuple(Look(view.at, view.viewer, view.as_what) for view in views if staff and view.file == file.id),
        tuple(each.flag.sentence for each in noticed if staff and each.file == file.id),
    )


def _shows(matter: Matter, one: Evidence) -> str:
    return matter.dispute.wanted[one.answers - 1].text.plain or "" if one.answers else ""


def _whom(party: Party, viewer: Party) -> str:
    if party is viewer:
        return _("From you")
    return _("From the buyer") if party is Party.BUYER else _("From the seller")


def who(party: Party, viewer: Party) -> str:
    """Whose something is: “You”, “The buyer”."""
    return _("You") if party is viewer and viewer not in STAFF else words.subject(party)
