"""One request for a page: who sits there, what time it is in his marketplace, and the way to his orders.

`@page(Party.BUYER, …)` makes a view of a function that takes the request and a `Here`; for anybody else, and for
whoever has no such seat, there is nothing at that address.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

import psycopg
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from amends import words
from amends.core.order import Dispute
from amends.core.rights import Rights, rights
from amends.core.vocabulary import Party
from amends.orders import access, clock, queries
from amends.orders.handle import MOST_KEY
from amends.orders.store import NoMarketplace

from . import brands, second_factor, telling, visitors
from . import flash as flashes
from .menu import Entry, menu
from .seats import SITTING, Seat, every_seat, seat_of

log = logging.getLogger(__name__)

RECEIVED = "amends.received"
"""Where the front puts the instant at which the whole request had arrived."""
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., HttpResponseBase]


class Here:
    """What every page of one seat needs. Nothing is read before it is asked for."""

    def __init__(self, request: HttpRequest, seat: Seat) -> None:
        self.request = request
        self.seat = seat
        self.received = received(request)

    @property
    def marketplace(self) -> UUID:
        return self.seat.marketplace

    @property
    def party(self) -> Party:
        return self.seat.party

    @cached_property
    def now(self) -> datetime:
        """The marketplace's time: a sandbox's own clock where it has one, else when the request was received."""
        return clock.now_of(self.marketplace, self.received) if self.seat.sandbox else self.received

    @property
    def running(self) -> bool:
        """Whether time runs there by itself; the clock of a sandbox that was set stands still until it is moved."""
        return self.now == self.received

    @cached_property
    def brand(self) -> brands.Brand:
        return brands.brand(self.marketplace)

    def reach(self, order_key: str) -> access.Reach:
        """Where the order stands. Http404 for one that is not this person's, as if there were none."""
        if not 0 < len(order_key) <= MOST_KEY or not order_key.isprintable():
            raise Http404
        found = access.reach(self.marketplace, order_key)
        if not found.theirs(self.party, "" if self.seat.staff else self.seat.name):
            raise Http404
        return found

    def order(self, order_key: str) -> queries.Found:
        """The order as it stands now. Http404 as `reach` says."""
        self.reach(order_key)
        found = queries.order(self.marketplace, order_key, now=self.now)
        if found is None:
            raise Http404
        return found

    def dispute(self, order_key: str, number: int) -> tuple[queries.Found, Dispute]:
        """The order and its dispute of that number. Http404."""
        found = self.order(order_key)
        dispute = found.order.dispute(number)
        if dispute is None:
            raise Http404
        return found, dispute

    def rights(self, found: queries.Found, dispute: Dispute | None) -> Rights:
        """What this seat may do now: the one source of buttons."""
        return rights(found.order, dispute, self.party, self.now)

    def url(self, name: str, **about: object) -> str:
        """An address of this seat: `here.url("case", order=key, dispute=1)`."""
        return reverse(f"web:{name}", kwargs={"seat": self.seat.id, **about})

    def page(self, name: str, about: Mapping[str, object], *, status: int = 200) -> HttpResponse:
        """`templates/web/<name>.html` with `here` and what the view found out."""
        response = render(self.request, f"web/{name}.html", {"here": self, "seat": self.seat, **about}, status=status)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def flash(self) -> flashes.Flash | None:
        """What was done a moment ago, for the first whole page that asks; then it is gone."""
        return flashes.taken(self.request, self.seat)

    @property
    def menu(self) -> list[Entry]:
        return menu(self)

    @cached_property
    def others(self) -> tuple[Seat, ...]:
        """The other seats of this browser in the same marketplace, for the switcher."""
        seats = every_seat(self.request)
        return tuple(one for one in seats if one.marketplace == self.marketplace and one.id != self.seat.id)


def page(*parties: Party, unproved: bool = False) -> Callable[[View], View]:
    """A page for the seats of these parties, or of any where none is named. Everybody else gets 404.

    Whatever changes something takes a second factor of staff; `unproved` says that this page changes nothing but how
    this browser reads.
    """
    allowed = frozenset(parties) or SITTING

    def made(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, seat: str, *args: Any, **named: Any) -> HttpResponseBase:
            found = seat_of(request, seat)
            if found is None or found.party not in allowed:
                return nothing_here(request)
            with words.reader(found.language, found.zone):
                if found.sandbox and telling.being_told(found.marketplace):
                    return telling.page(request)
                try:
                    if request.method not in READING and not unproved:
                        second_factor.needed(found, view.__name__)
                    return view(request, Here(request, found), *args, **named)
                except second_factor.Missing:
                    return Here(request, found).page("second_factor", {"way": second_factor.way()}, status=403)
                except (Http404, NoMarketplace):
                    return nothing_here(request)

        return guarded(answer)

    return made


def guarded(view: View) -> View:
    """Headers of every page, in the visitor's language; and a page that says so where the database is away."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        try:
            with words.reader(visitors.language_of(request), visitors.zone_of(request)):
                response = view(request, *args, **named)
        except (psycopg.OperationalError, OperationalError) as fault:
            response = away(request, fault)
        return with_headers(response)

    return answer


def with_headers(response: HttpResponseBase) -> HttpResponseBase:
    """What every page says of itself, unless its view said otherwise."""
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def away(request: HttpRequest, fault: Exception) -> HttpResponse:
    """The database does not answer; nothing can be said but that."""
    log.warning("The database is away: %s", fault)
    response = render(request, "web/away.html", {}, status=503)
    response["Retry-After"] = "5"
    return response


def nothing_here(request: HttpRequest) -> HttpResponse:
    """What a stranger sees, whatever there is."""
    return render(request, "web/missing.html", {}, status=404)


def received(request: HttpRequest) -> datetime:
    """The instant at which the whole request had arrived."""
    at: datetime = request.META.get(RECEIVED) or datetime.now(UTC)
    return at
