"""A seller's disputes by what silence costs soonest; his orders; his record, and any seller's as others see it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from amends.core.deadlines import protection_ends
from amends.core.order import Order
from amends.core.rights import rights
from amends.core.vocabulary import OrderStatus, Party, Verb
from amends.orders import lists, todo
from amends.orders.handle import MOST_KEY
from amends.orders.lists import FARTHEST, Which
from amends.orders.records import Records, records
from amends.web.here import Here, page
from amends.web.shown import record as shown_record
from amends.web.shown import selling as shown
from amends.web.shown.orders import OrderLine, order_line

from . import bulk, reply_templates
from . import todo as to_do

# ── orders ───────────────────────────────────────────────────────────────────────────────────────


class Sold(NamedTuple):
    """One order of the seller's list."""

    line: OrderLine
    mark: str
    may_extend: bool
    asked: int | None
    """Days of protection the buyer asks for."""
    ends: datetime | None
    """When protection ends, where undisputed money does not say it."""
    unsent: bool


@require_safe
@page(Party.SELLER)
def selling(request: HttpRequest, here: Here) -> HttpResponse:
    """Requests for more time first, then every order: with open disputes, then by what lapses soonest."""
    after = _after(request)
    asked = todo.asked(here.marketplace, here.seat.name, now=here.now) if not after else todo.Found((), False)
    found = lists.of_person(
        here.marketplace, Party.SELLER, here.seat.name, now=here.now, which=Which.URGENT, after=after
    )
    requests = tuple(_sold(mine.order, here.now, mine.asked) for mine in asked.orders)
    above = {mine.order.id for mine in asked.orders}
    orders = tuple(_sold(one.order, here.now, None) for one in found.orders if one.order.id not in above)
    about = {
        "requests": requests,
        "orders": orders,
        "next": after + lists.MOST if found.more and after + lists.MOST <= FARTHEST else None,
        "before": max(0, after - lists.MOST) if after else None,
        "may_extend": any(one.may_extend for one in (*requests, *orders)),
    }
    return here.page("selling", about)


def _after(request: HttpRequest) -> int:
    given = request.GET.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _sold(order: Order, now: datetime, asked: todo.Asked | None) -> Sold:
    may = Verb.EXTEND_PROTECTION in rights(order, None, Party.SELLER, now).can
    line = order_line(order, Party.SELLER, now)
    ends = protection_ends(order) if any(part.held_minor for part in order.lines) else None
    unsent = order.status is OrderStatus.PAID
    return Sold(line, shown.mark(order, None), may, asked.days if asked else None, ends, unsent)


# ── records ──────────────────────────────────────────────────────────────────────────────────────


@require_safe
@page(Party.SELLER)
def own_record(request: HttpRequest, here: Here) -> HttpResponse:
    """The seller's own: the figures everybody sees, and which of his disputes make them."""
    return _record(here, here.seat.name, own=True)


@require_safe
@page()
def record(request: HttpRequest, here: Here, seller: str) -> HttpResponse:
    """A seller's record as anybody of the marketplace may see it before buying; no buyer's name, no order."""
    if not 0 < len(seller) <= MOST_KEY or not seller.isprintable():
        raise Http404
    return _record(here, seller, own=False)


def _record(here: Here, seller: str, *, own: bool) -> HttpResponse:
    found: Records = records(here.marketplace, seller, now=here.now)
    about = {
        "seller": seller,
        "own": own,
        "periods": shown_record.periods(found),
        "disputes": shown_record.own(found.facts) if own else (),
        "nothing": not found.all.orders,
    }
    return here.page("record", about)


urlpatterns = [
    *to_do.urlpatterns,
    *bulk.urlpatterns,
    *reply_templates.urlpatterns,
    path("selling/", selling, name="selling"),
    path("record/", own_record, name="own_record"),
    path("sellers/<order_id:seller>/", record, name="record"),
]
"""Below `/at/<seat>/`."""
