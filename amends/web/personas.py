"""The people of a sandbox, into whose seats whoever plays there may step.

A real marketplace has none: there a buyer comes by a link, and staff by signing in.
"""

from __future__ import annotations

from typing import Final, NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from amends.core.vocabulary import Party
from amends.orders import access, brands
from amends.orders.handle import MOST_KEY

from . import seats, visitors
from .seats import SITTING, Seat

STAFF: Final = {Party.MEDIATOR: "mia", Party.OPERATOR: "olga"}
"""What a sandbox's staff are called."""


class Persona(NamedTuple):
    """Somebody of a sandbox. `here`: this very seat."""

    party: Party
    name: str
    words: str
    here: bool

    @property
    def shown(self) -> str:
        """His name, where it is one the marketplace gave."""
        return "" if self.party in STAFF else self.name


def people(marketplace: UUID, order: str, seat: Seat | None = None) -> tuple[Persona, ...]:
    """Buyer and seller of the order, where there is one, and the staff."""
    parties = access.reach(marketplace, order) if order else None
    found = [(Party.BUYER, parties.buyer), (Party.SELLER, parties.seller)] if parties and parties.buyer else []
    if not found and seat is not None and not seat.staff:
        found = [(seat.party, seat.name)]
    every = [*found, *STAFF.items()]
    return tuple(Persona(party, name, called(party), _is(seat, party, name)) for party, name in every)


def sit(request: HttpRequest, marketplace: UUID, party: Party, name: str, *, like: Seat | None = None) -> Seat:
    """Step into somebody's seat. The caller has made sure that he may play there. Http404 outside a sandbox."""
    assert party in SITTING, "carriers and providers have no pages"
    if not brands.of(marketplace).sandbox:
        raise Http404
    return seats.take(
        request,
        marketplace=marketplace,
        party=party,
        name=name,
        sandbox=True,
        language=like.language if like else visitors.language_of(request),
        zone=like.zone if like else visitors.zone_of(request),
    )


def asked_for(request: HttpRequest, marketplace: UUID) -> tuple[Party, str] | None:
    """Whom a form wants to be: `party`, and of buyers and sellers whose order it is; None where there is nobody so."""
    word, order = request.POST.get("party", ""), request.POST.get("order", "")
    if word not in SITTING or len(order) > MOST_KEY or not order.isprintable():
        return None
    party = Party(word)
    if party in STAFF:
        return party, STAFF[party]
    if not order:
        return None
    parties = access.reach(marketplace, order)
    name = parties.buyer if party is Party.BUYER else parties.seller
    return (party, name) if name else None


def _is(seat: Seat | None, party: Party, name: str) -> bool:
    if seat is None or seat.party is not party:
        return False
    return seat.staff or seat.name == name


def called(party: Party) -> str:
    """“Buyer”."""
    return {
        Party.BUYER: gettext("Buyer"),
        Party.SELLER: gettext("Seller"),
        Party.MEDIATOR: gettext("Mediator"),
        Party.OPERATOR: gettext("Operator"),
    }[party]
