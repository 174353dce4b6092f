"""The first page: what Amends is. Where it runs as a demonstration, with its people to step into and its clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from amends import words
from amends.orders import clock, marketplaces
from amends.orders.handle import MOST_KEY
from amends.stories import demonstration
from amends.web import brands, links, personas, telling, time_machine, visitors
from amends.web.here import Here, guarded, nothing_here, received
from amends.web.shown import first_page

Open = Callable[[HttpRequest, UUID], HttpResponseBase]


@require_safe
@guarded
def home(request: HttpRequest) -> HttpResponse:
    marketplace = _demonstration()
    with words.reader(visitors.language_of(request), visitors.zone_of(request)):
        if telling.being_told(marketplace):
            return telling.page(request)
        if marketplace is None:
            return render(request, "web/home.html", {})
        now = clock.now_of(marketplace, received(request))
        shown = first_page.demonstration(marketplace, now, begins=_asked(request))
        recorded = marketplaces.named(demonstration.RECORDED)
        return render(request, "web/demonstration.html", {"told": shown, "now": now, "recorded": recorded})


def _asked(request: HttpRequest) -> str:
    """What the visitor looks for among the orders placed here; what no order could be called is nothing."""
    given = request.GET.get("q", "").strip()
    return given if len(given) <= MOST_KEY and given.isprintable() else ""


def _demonstration(*, recorded: bool = False) -> UUID | None:
    """The marketplace anybody may play in; None where this service is no demonstration."""
    name = demonstration.RECORDED if recorded else demonstration.NAME
    return marketplaces.named(name) if settings.AMENDS_DEMO else None


def _open_to_all(view: Open) -> Callable[[HttpRequest], HttpResponseBase]:
    """A view of the demonstration, or of the recorded orders beside it. Nothing is there where this service is none."""

    @require_POST
    @guarded
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        recorded = request.POST.get("of") == "recorded"
        if telling.being_told(_demonstration()):
            return telling.page(request)
        marketplace = _demonstration(recorded=recorded)
        return nothing_here(request) if marketplace is None else view(request, marketplace)

    return answer


@_open_to_all
def step_in(request: HttpRequest, marketplace: UUID) -> HttpResponse:
    """Sit down as one of the demonstration's people, at the dispute the form names."""
    wanted = personas.asked_for(request, marketplace)
    if wanted is None:
        return nothing_here(request)
    there = Here(request, personas.sit(request, marketplace, *wanted))
    order, dispute = request.POST.get("order", ""), request.POST.get("dispute", "")
    if order and dispute.isascii() and dispute.isdigit() and len(dispute) < 6:
        return redirect(there.url("case", order=order, dispute=int(dispute)))
    return redirect(there.url("start"))


@_open_to_all
def time(request: HttpRequest, marketplace: UUID) -> HttpResponse:
    """Move the demonstration's clock."""
    time_machine.move(request, marketplace, real_now=received(request))
    return redirect("web:home")


@require_POST
@guarded
def language(request: HttpRequest) -> HttpResponse:
    """The language of pages without a seat."""
    visitors.choose(request, language=request.POST.get("language", ""))
    return redirect(visitors.back(request, "/"))


@guarded
def brand(request: HttpRequest, mark: str) -> HttpResponse:
    """The colours of a marketplace, as a stylesheet."""
    body = brands.stylesheet(mark)
    if body is None:
        return nothing_here(request)
    response = HttpResponse(body, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without our mark: written before a session ended, or not on our page at all."""
    with words.reader(visitors.language_of(request)):
        return render(request, "web/forged.html", {}, status=403)


urlpatterns = [
    path("", home, name="home"),
    path("step-in/", step_in, name="home_step_in"),
    path("time/", time, name="home_time"),
    path("language/", language, name="language"),
    path("in/<str:token>/", links.come_in, name="come_in"),
    path("brand/<slug:mark>.css", brand, name="brand"),
]
