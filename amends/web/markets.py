"""The marketplaces one operator looks after: every place of an account, or in sandboxes the seats of this browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from amends.core.vocabulary import Party
from amends.orders import books_checks, staff
from amends.web import brands
from amends.web.here import Here
from amends.web.seats import every_seat, seat_id
from amends.web.shown import operating as shown


class _Place(NamedTuple):
    marketplace: UUID
    called: str
    sandbox: bool
    name: str


def of(request: HttpRequest, here: Here) -> list[shown.Market]:
    """By name, with what the last look at the books of each said; the one whose page this is among them."""
    sitting = {seat.id for seat in every_seat(request)}
    return [_market(here, place, sitting) for place in sorted(_places(request, here), key=lambda one: one.called)]


def _places(request: HttpRequest, here: Here) -> Iterator[_Place]:
    if here.seat.account:
        for one in staff.of_account(here.seat.account):
            if one.role is Party.OPERATOR:
                yield _Place(one.marketplace, one.called, one.sandbox, one.name)
        return
    for seat in every_seat(request):  # a persona of a sandbox: those are this browser's, and nobody else's
        if seat.party is Party.OPERATOR and not seat.account:
            yield _Place(seat.marketplace, brands.brand(seat.marketplace).name, seat.sandbox, seat.name)


def _market(here: Here, place: _Place, sitting: set[str]) -> shown.Market:
    seat = seat_id(place.marketplace, Party.OPERATOR, place.name)
    about = {"marketplace": place.marketplace, "role": Party.OPERATOR.value}
    return shown.market(
        place.called,
        place.sandbox,
        here=place.marketplace == here.marketplace,
        address=reverse("web:operating", kwargs={"seat": seat}) if seat in sitting else "",
        place="" if seat in sitting else reverse("staff_place", kwargs=about),
        books=shown.books(books_checks.last(place.marketplace), here.received),
    )
