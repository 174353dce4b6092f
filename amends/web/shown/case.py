"""One dispute as one reader sees it, in plain texts: what the case page shows, from top to bottom.

`band` alone is what lists of disputes show of each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends.core import sight
from amends.core.order import Order
from amends.core.vocabulary import DisputeStatus, Party
from amends.orders.disputants import Past
from amends.orders.doubts import Noticed
from amends.orders.evidence import File, View
from amends.orders.queries import Money

from .acts_address import label, not_enough
from .case_acts import Acts, acts
from .case_arc import Point, arc
from .case_band import Band, band
from .case_evidence import Gallery, gallery, uploads
from .case_language import Reader, Translated
from .case_matter import STAFF, Matter, matter
from .case_money import Purse, purse
from .case_result import refund_sentence
from .case_staff import Desk, desk
from .case_talk import Box, box
from .case_terms import Column, Decision, columns, decision
from .case_timeline import Entry, timeline, written

__all__ = [
    "STAFF",
    "Band",
    "Brought",
    "Case",
    "Matter",
    "Reader",
    "Translated",
    "band",
    "case",
    "matter",
    "refund_sentence",
    "uploads",
    "written",
]


class Piece(NamedTuple):
    title: str
    quantity: int
    of: int


class Return(NamedTuple):
    """What somebody who sends or awaits goods must know."""

    to: tuple[str, ...]
    """Where they go, line by line; empty where nobody said or it is not for this reader."""
    number: str
    """Under which they travel; empty before they were sent."""
    missing: str = ""
    """What to do where nothing can be sent there."""


class Brought(NamedTuple):
    """What stands in other tables than the order's own, gathered by the page; empty where it was not asked."""

    money: Sequence[Money] = ()
    files: Mapping[str, File] = {}
    views: Sequence[View] = ()
    noticed: Sequence[Noticed] = ()
    pasts: Sequence[Past] = ()


class Case(NamedTuple):
    """Everything the page shows; nothing in it is more than the reader may see."""

    pieces: tuple[Piece, ...]
    other: str
    """The name of the party on the other side; of staff empty: both stand there."""
    band: Band
    arc: tuple[Point, ...]
    acts: Acts
    columns: tuple[Column, ...]
    decision: Decision | None
    back: Return | None
    instead: Return | None
    """The replacement."""
    money: Purse
    gallery: Gallery
    box: Box
    timeline: tuple[Entry, ...]
    seen: int
    """How many events the reader sees: what the page asks about when it asks whether something changed."""
    desk: Desk | None
    """For staff."""


def case(
    matter: Matter,
    brought: Brought,
    *,
    reader: Reader,
    url: Callable[..., str],
) -> Case:
    """`url` makes addresses of the reader's seat."""
    order, dispute, viewer = matter.order, matter.dispute, matter.viewer
    top = band(order, dispute, viewer, matter.now)
    return Case(
        pieces=_pieces(matter),
        other="" if matter.staff else order.buyer if viewer is Party.SELLER else order.seller,
        band=top,
        arc=arc(order, dispute, viewer, matter.now, brought.money),
        acts=acts(matter, url, yours=top.kind == "yours"),
        columns=columns(matter, reader),
        decision=decision(matter, reader),
        back=_back(matter),
        instead=_instead(matter),
        money=purse(matter, brought.money),
        gallery=gallery(matter, url, reader, brought.files, brought.views, brought.noticed),
        box=box(matter, url),
        timeline=timeline(matter, reader),
        seen=len(matter.history),
        desk=desk(matter, brought.noticed, brought.pasts) if matter.staff else None,
    )


def _pieces(matter: Matter) -> tuple[Piece, ...]:
    return tuple(_piece(matter.order, each.line, each.quantity) for each in matter.dispute.pieces)


def _piece(order: Order, line_id: str, quantity: int) -> Piece:
    line = order.line(line_id)
    assert line is not None, "disputes are about lines of their order"
    return Piece(line.title, quantity, line.quantity)


def _back(matter: Matter) -> Return | None:
    """The return, once one is agreed."""
    dispute = matter.dispute
    if not sight.return_agreed(dispute):
        return None
    address = sight.return_address(matter.order, dispute, matter.viewer)
    number = (dispute.trip.tracking.plain or _("no longer readable")) if dispute.trip is not None else ""
    return Return(label(address), number, not_enough(matter.order, dispute, matter.viewer))


def _instead(matter: Matter) -> Return | None:
    sent = matter.dispute.replacement
    if sent is None or matter.dispute.status is DisputeStatus.AWAITING_RETURN:
        return None
    return Return((), sent.tracking.plain or _("no longer readable"))
