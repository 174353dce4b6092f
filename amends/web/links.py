"""A party link is shown: whoever has it sits down as that buyer or seller, for some hours, and is led to his case."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from amends import words
from amends.orders import arrivals, brands, links
from amends.orders.links import Link
from amends.orders.store import NoMarketplace

from . import seats, visitors
from .here import guarded, nothing_here


@require_safe
@guarded
def come_in(request: HttpRequest, token: str) -> HttpResponse:
    """Set the seat, and lead to what the link names. 410 where its time is over, 404 for what we never signed."""
    link = links.read(token)
    if link is None:
        return nothing_here(request)
    language = link.language or visitors.language_of(request)
    zone = link.zone or visitors.zone_of(request)
    try:
        shown = brands.of(link.marketplace)
    except NoMarketplace:
        return nothing_here(request)
    if not links.works(link, datetime.now(UTC)):
        with words.reader(language, zone):
            return render(request, "web/link_over.html", {"brand": shown}, status=410)
    seat = seats.take(
        request,
        marketplace=link.marketplace,
        party=link.party,
        name=link.name,
        sandbox=shown.sandbox,
        language=language,
        zone=zone,
        key=link.key,
    )
    visitors.choose(request, language=link.language, zone=link.zone)
    request.session.cycle_key()  # whoever knew this browser's session before does not know it now
    if request.method == "GET" and not link.key.startswith(links.OWN):  # a letter knows what was chosen by then
        arrivals.on_arrival(link.marketplace, link.party, link.name, link.language, link.zone)
    return redirect(_leads_to(seat, link))


def _leads_to(seat: seats.Seat, link: Link) -> str:
    if not link.order:
        return reverse("web:start", kwargs={"seat": seat.id})
    if not link.dispute:
        return reverse("web:order", kwargs={"seat": seat.id, "order": link.order})
    return reverse("web:case", kwargs={"seat": seat.id, "order": link.order, "dispute": link.dispute})
