"""The way in, at a seat: where it starts, how it reads, leaving it; in a sandbox also its people and its clock."""

from __future__ import annotations

import zoneinfo
from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from amends import words
from amends.orders import arrivals
from amends.web import flash, personas, seats, time_machine, visitors
from amends.web.flash import Flash
from amends.web.here import Here, page
from amends.web.menu import first_page


@require_safe
@page()
def start(request: HttpRequest, here: Here) -> HttpResponse:
    """A seat's own first page."""
    return redirect(first_page(here))


AREAS = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/"),
    *("Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"),
)


# ── how he reads ─────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@page(unproved=True)
def settings(request: HttpRequest, here: Here) -> HttpResponse:
    """Language and time zone; `utc` shows every time in UTC for now, and the zone again."""
    if request.method != "POST":
        return _settings(here)
    language, zone = request.POST.get("language", ""), request.POST.get("zone", "").strip()
    if "utc" in request.POST:
        zone = "UTC" if request.POST["utc"] == "1" else visitors.zone_of(request)
    elif zone and zone not in _zones():
        return _settings(here, wrong=zone[:80])
    elif zone:
        visitors.choose(request, zone=zone)
    visitors.choose(request, language=language)
    seat = seats.changed(request, here.seat, language=language, zone=zone)
    if not seat.staff and "utc" not in request.POST:
        arrivals.on_arrival(seat.marketplace, seat.party, seat.name, seat.language, seat.zone)
    if "back" not in request.POST:
        with words.reader(seat.language, seat.zone):
            flash.tell(request, seat, Flash(_("Your language and time zone are kept.")))
    return redirect(visitors.back(request, here.url("settings")))


def _settings(here: Here, *, wrong: str = "") -> HttpResponse:
    about = {"languages": words.LANGUAGES.items(), "zones": _zones(), "wrong": wrong}
    return here.page("settings", about, status=422 if wrong else 200)


@cache
def _zones() -> tuple[str, ...]:
    """Zones people live in, and UTC: places are written Area/Place."""
    return ("UTC", *sorted(zone for zone in zoneinfo.available_timezones() if zone.startswith(AREAS)))


@require_http_methods(["GET", "HEAD", "POST"])
@page(unproved=True)
def leave(request: HttpRequest, here: Here) -> HttpResponse:
    """Give the seat up, so that nobody who comes to this browser later sits there."""
    if request.method != "POST":
        return here.page("leave", {})
    brand = here.brand
    seats.leave(request, here.seat)
    return render(request, "web/left.html", {"brand": brand})


# ── a sandbox's people and clock ─────────────────────────────────────────────────────────────────


@require_POST
@page()
def step_in(request: HttpRequest, here: Here) -> HttpResponse:
    """Become somebody else of the same sandbox, at a seat of his own, on the same order."""
    wanted = personas.asked_for(request, here.marketplace) if here.seat.sandbox else None
    if wanted is None:
        raise Http404
    seat = personas.sit(request, here.marketplace, *wanted, like=here.seat)
    there = Here(request, seat)
    order, dispute = request.POST.get("order", ""), request.POST.get("dispute", "")
    if order and dispute.isascii() and dispute.isdigit() and len(dispute) < 6:
        return redirect(there.url("case", order=order, dispute=int(dispute)))
    return redirect(there.url("start"))


@require_POST
@page()
def time(request: HttpRequest, here: Here) -> HttpResponse:
    """Move the sandbox's clock, and back to the page."""
    if not here.seat.sandbox:
        raise Http404
    now = time_machine.move(request, here.marketplace, real_now=here.received)
    if now is None:
        said = _("Nobody is waited for here, so there is no deadline to go to.")
    else:
        said = _("It is %(now)s here now. What was due by then has happened.") % {"now": words.instant(now)}
    flash.tell(request, here.seat, Flash(said))
    return redirect(visitors.back(request, here.url("start")))


urlpatterns = [
    path("", start, name="start"),
    path("settings/", settings, name="settings"),
    path("leave/", leave, name="leave"),
    path("as/", step_in, name="step_in"),
    path("time/", time, name="time"),
]
"""Below `/at/<seat>/`."""
