"""What the shop showed of the goods that a dispute is about: its words, and its pictures as they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from amends.core.events import OrderPlaced
from amends.core.order import Dispute
from amends.orders import listings
from amends.orders.listings import Picture
from amends.orders.queries import Found
from amends.vault.kinds import Family
from amends.vault.limits import READING_SIDE

from ..here import Here

MOST: Final = 12
"""Pictures of a line that a page shows; those known when it was ordered come first."""


class Pictured(NamedTuple):
    """A picture of a listing, to be compared with."""

    number: int
    """Its place among all of them on the page, from 1."""
    many: int
    title: str
    """Of the line that was bought from the listing."""
    at: datetime
    """When it was taken in."""
    known: bool
    """It was there when the order was placed. Of any other nobody knows here whether the buyer saw it."""
    alt: str
    small: str
    large: str
    """Addresses of this seat: the thumbnail, and the picture at reading size."""
    width: int
    height: int
    """Of the picture at reading size; 0 where nobody knows before it is there."""


class Bought(NamedTuple):
    """A line of the order that a dispute is about, as the shop described it."""

    title: str
    listing: str
    """What the shop said of it, or where; "" where it said nothing, or it may not be read any more."""


def bought(found: Found, dispute: Dispute) -> tuple[Bought, ...]:
    """The lines of the dispute, in the order's own words."""
    placed = next((one.event for one in found.history if isinstance(one.event, OrderPlaced)), None)
    lines = {line.id: line for line in placed.lines} if placed else {}
    about = [lines[pieces.line] for pieces in dispute.pieces if pieces.line in lines]
    return tuple(Bought(line.title, line.listing.plain or "" if line.listing else "") for line in about)


def pictures(here: Here, found: Found, dispute: Dispute) -> tuple[Pictured, ...]:
    """What the listings of the dispute's lines show; at most one trip, and none where no line names its listing."""
    named = listings.named_by(found)
    about = {named[pieces.line]: pieces.line for pieces in dispute.pieces if pieces.line in named}
    if not about:
        return ()
    ordered_at = listings.ordered_at(found)
    titles = {line.id: line.title for line in found.order.lines}
    kept = [one for one in listings.of(here.marketplace, about) if len(one.pieces) == len(listings.FORMS)]
    chosen = [
        (titles[line], one)
        for listing, line in about.items()
        for one in _first(one for one in kept if one.listing == listing)
    ]
    chosen.sort(key=lambda pair: pair[1].received_at > ordered_at)
    return tuple(
        _pictured(title, one, number, len(chosen), one.received_at <= ordered_at, _addresses(here, found))
        for number, (title, one) in enumerate(chosen, start=1)
    )


def _first(those: Iterable[Picture]) -> list[Picture]:
    return sorted(those, key=lambda one: one.received_at)[:MOST]


def _addresses(here: Here, found: Found) -> Callable[[Picture, str], str]:
    order = found.order.id
    return lambda picture, form: here.url("listing_picture", order=order, picture=picture.sha256, form=form)


def _pictured(
    title: str, one: Picture, number: int, many: int, known: bool, address: Callable[[Picture, str], str]
) -> Pictured:
    said = {"title": title, "number": number, "many": many}
    alt = (
        _("What the shop showed of %(title)s, picture %(number)s of %(many)s")
        if known
        else _("What the shop's listing of %(title)s showed later, picture %(number)s of %(many)s")
    )
    return Pictured(
        *(number, many, title, one.received_at, known, alt % said),
        *(address(one, "thumbnail"), address(one, "reading")),
        *reading_size(one.facts.kind.family, one.facts.width, one.facts.height),
    )


def reading_size(family: Family, width: int | None, height: int | None) -> tuple[int, int]:
    """Width and height of a picture at reading size; 0, 0 where only the picture itself tells."""
    if family is not Family.PICTURE or not width or not height:
        return 0, 0
    scale = min(1.0, READING_SIDE / max(width, height))
    return round(width * scale), round(height * scale)
