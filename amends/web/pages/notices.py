"""In-app notices, and which letters a person wants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from amends import words
from amends.core.durations import parse_instant
from amends.core.vocabulary import Party
from amends.delivery import mail, wishes
from amends.orders import contacts, notices, queries
from amends.orders.contacts import NEEDED, Kind
from amends.orders.notices import Notice
from amends.web.here import Here, guarded, nothing_here, page, received

A_PAGE = 30


class Line(NamedTuple):
    """One notice in words."""

    headline: str
    turn: str
    silence: str
    at: datetime
    address: str
    new: bool
    yours: bool
    title: str


class Choice(NamedTuple):
    """One kind of letter: whether it is wanted, and whether that can be changed."""

    kind: str
    label: str
    hint: str
    wanted: bool
    needed: bool


def labels() -> dict[Kind, tuple[str, str]]:
    """What each kind of letter is called, and what it is for."""
    return {
        Kind.TURN: (_("Your answer is awaited"), _("Always sent: a clock runs, and silence has a consequence.")),
        Kind.RESULT: (_("A dispute or an order has ended"), _("Always sent: some results can be appealed for a time.")),
        Kind.MONEY: (_("Money moves"), _("A refund or a payment is on its way, has arrived, or failed.")),
        Kind.NEWS: (_("News that ask nothing of you"), _("Messages, evidence, parcels and decisions on the way.")),
        Kind.REMINDER: (_("Your protection ends soon"), _("Three days and one day before.")),
        Kind.DIGEST: (_("Once a day: what waits for you"), _("In the morning, only when something does.")),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.BUYER, Party.SELLER)
def notice_list(request: HttpRequest, here: Here) -> HttpResponseBase:
    """What this person was told, the newest first; below it, which letters he wants."""
    name = here.seat.name
    if request.method == "POST":
        if "read" in request.POST:
            notices.all_read(here.marketplace, name, now=here.received)
        else:
            wanted = set(request.POST.getlist("wanted"))
            unwanted = [kind for kind in Kind if kind.value not in wanted]
            digest = Kind.DIGEST.value in wanted
            contacts.wish(here.marketplace, name, unwanted=unwanted, digest=digest, now=here.received)
        return redirect(here.url("notices"))
    found = notices.of_person(here.marketplace, name, before=_before(request), most=A_PAGE + 1)
    person = contacts.contact(here.marketplace, name)
    about = {
        "lines": list(_lines(here, found[:A_PAGE])),
        "more": found[A_PAGE - 1].at if len(found) > A_PAGE else None,
        "unread": any(one.read_at is None for one in found),
        "address": person.address,
        "choices": [
            Choice(kind.value, *labels()[kind], wanted=_wanted(person, kind), needed=kind in NEEDED)
            for kind in Kind
            if kind is not Kind.DIGEST or here.party is Party.SELLER
        ],
    }
    return here.page("notices", about)


def _wanted(person: contacts.Contact, kind: Kind) -> bool:
    return person.wants(kind) and (kind is not Kind.DIGEST or person.digest)


def _before(request: HttpRequest) -> datetime | None:
    try:
        return parse_instant(request.GET.get("before", ""))
    except ValueError:
        return None


def _lines(here: Here, found: list[Notice]) -> Iterator[Line]:
    """Orders are read once each; a reminder of what no longer runs is left out."""
    orders: dict[str, queries.Found | None] = {}
    for one in found:
        if one.party is not here.party:
            continue
        if one.order_key not in orders:
            orders[one.order_key] = queries.order(here.marketplace, one.order_key, now=here.now)
        order = orders[one.order_key]
        told = mail.told_by(order, one) if order else None
        if order is None or told is None:
            continue
        dispute = order.order.disputes[-1].number if order.order.disputes else 0
        address = (
            here.url("case", order=one.order_key, dispute=dispute)
            if dispute
            else here.url("order", order=one.order_key)
        )
        title = ", ".join(line.title for line in order.order.lines)
        newest = one == found[0] or all(
            other.order_key != one.order_key or other.at <= one.at for other in found[: found.index(one)]
        )
        yield Line(
            told.headline,
            told.turn if newest else "",
            told.silence if newest else "",
            one.at,
            address,
            one.read_at is None,
            one.kind is Kind.TURN and newest,
            title,
        )


@csrf_exempt  # one click in a mail program (RFC 8058): the signature in the address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def fewer(request: HttpRequest, token: str) -> HttpResponse:
    """No more letters of one kind. GET asks, POST does: what looks at links in letters must change nothing."""
    wish = wishes.read(token)
    if wish is None:
        return nothing_here(request)
    person = contacts.contact(wish.marketplace, wish.person)
    with words.reader(person.language, person.zone):
        if request.method == "POST":
            wishes.grant(wish, now=received(request))
        about = {"kind": labels()[wish.kind][0], "done": request.method == "POST"}
        return render(request, "web/fewer_letters.html", about)


urlpatterns = [path("notices/", notice_list, name="notices")]
"""Below `/at/<seat>/`."""
letter_patterns = [path("letters/<str:token>", fewer, name="fewer_letters")]
