"""A buyer's orders, and one order: protection, receipt, more time, payments."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from amends.core.vocabulary import Party, Verb
from amends.orders import lists, queries
from amends.orders.lists import MOST, Which
from amends.web.here import Here, page
from amends.web.shown.order import order_shown
from amends.web.shown.orders import by_urgency, dispute_line, goods_of, order_line
from amends.web.shown.payments import money_of


class Leaf(NamedTuple):
    """One page of a list; 0 where there is none before or after it."""

    number: int
    before: int
    after: int


@require_safe
@page(Party.BUYER)
def orders(request: HttpRequest, here: Here) -> HttpResponse:
    """Everything bought, what is most urgent first."""
    found, leaf = _leaf(request, here, Which.URGENT)
    return here.page("orders", {"orders": [order_line(one.order, here.party, here.now) for one in found], "leaf": leaf})


@require_safe
@page(Party.BUYER)
def disputes(request: HttpRequest, here: Here) -> HttpResponse:
    """Returns and disputes: open ones by urgency, then how the others ended."""
    found, leaf = _leaf(request, here, Which.DISPUTED)
    every = [dispute_line(one.order, dispute, here.party, here.now) for one in found for dispute in one.order.disputes]
    closed = sorted((one for one in every if not one.open), key=lambda one: one.closed_at or here.now, reverse=True)
    about = {"open": by_urgency(one for one in every if one.open), "closed": closed, "leaf": leaf}
    return here.page("disputes", about)


@require_safe
@page(Party.BUYER)
def payments(request: HttpRequest, here: Here) -> HttpResponse:
    """Each order's money: paid, held, on its way back, released."""
    found, leaf = _leaf(request, here, Which.NEWEST)
    shown = [
        {
            "id": one.order.id,
            "goods": goods_of(one.order),
            "other": one.order.seller,
            "placed_at": one.order.placed_at,
            "money": money_of(one.order, one.money, here.party),
        }
        for one in found
    ]
    return here.page("payments", {"orders": shown, "leaf": leaf})


def _leaf(request: HttpRequest, here: Here, which: Which) -> tuple[tuple[lists.Listed, ...], Leaf]:
    """The page the address asks for; Http404 for one that nobody leads to."""
    asked = request.GET.get("page", "1")
    if not (asked.isascii() and asked.isdigit() and 0 < len(asked) < 5 and int(asked)):
        raise Http404
    number = int(asked)
    after = (number - 1) * MOST
    found = lists.of_person(here.marketplace, here.party, here.seat.name, now=here.now, which=which, after=after)
    return found.orders, Leaf(number, number - 1, number + 1 if found.more else 0)


@require_safe
@page()
def order(request: HttpRequest, here: Here, order: str) -> HttpResponse:
    """One order, as each of its four readers may see it."""
    found = here.order(order)
    money = queries.intents(here.marketplace, order)

    def address(verb: Verb) -> str:
        if verb is Verb.OPEN:
            return here.url("open", order=order)
        return here.url("order_act", order=order, verb=verb.value)

    shown = order_shown(found, money, here.rights(found, None), here.party, here.now, address)
    return here.page("order", {"order": shown})


urlpatterns = [
    path("orders/", orders, name="orders"),
    path("disputes/", disputes, name="disputes"),
    path("payments/", payments, name="payments"),
    path("orders/<order_id:order>/", order, name="order"),
]
"""Below `/at/<seat>/`."""
