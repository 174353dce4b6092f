"""The pages. Reading only, and only the demonstration: whoever else asks for an order finds nothing here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from django.conf import settings
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from amends.core import sight
from amends.core.refusals import day_and_time
from amends.core.vocabulary import Party
from amends.orders import clock, marketplaces, queries

from .shown import shown, timeline

log = logging.getLogger(__name__)

DEMONSTRATION = "demo"
"""The one marketplace whose orders anybody may look at, and only where AMENDS_DEMO is set."""
A_PAGE = 50

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
STYLE = Path(__file__).parent / "style.css"

Page = Callable[..., HttpResponse]


class Shop(NamedTuple):
    """The demonstration and what time it is there."""

    marketplace: UUID
    now: datetime


def _guarded(page: Page) -> Page:
    """Headers of every page; and a page that says so where the database is away."""

    @wraps(page)
    def answer(request: HttpRequest, *args: Any, **words: Any) -> HttpResponse:
        try:
            response = page(request, *args, **words)
        except (psycopg.OperationalError, OperationalError) as away:
            log.warning("The database is away: %s", away)
            response = _rendered(request, "away", {}, status=503)
            response["Retry-After"] = "5"
        response["Content-Security-Policy"] = CONTENT_POLICY
        response["X-Content-Type-Options"] = "nosniff"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return require_safe(answer)


@_guarded
def home(request: HttpRequest) -> HttpResponse:
    """What runs here; with a demonstration its orders, the most urgent first, fifty a page."""
    shop = _demonstration()
    if shop is None:
        return _rendered(request, "welcome", {})
    after = request.GET.get("after", "")
    keys = queries.order_keys(shop.marketplace, after=after, most=A_PAGE + 1) if after.isprintable() else []
    found = [queries.order(shop.marketplace, key, now=shop.now) for key in keys[:A_PAGE]]
    orders = sorted((shown(one.order, shop.now) for one in found if one), key=lambda order: order.urgent)
    return _rendered(
        request,
        "home",
        {
            "now": day_and_time(shop.now),
            "disputed": [order for order in orders if order.open],
            "settled": [order for order in orders if order.disputes and not order.open],
            "calm": [order for order in orders if not order.disputes],
            "next": keys[A_PAGE - 1] if len(keys) > A_PAGE else "",
            "later": bool(after),
        },
    )


@_guarded
def order(request: HttpRequest, key: str) -> HttpResponse:
    """One order with its clocks and its timeline; 404 for any that is not the demonstration's."""
    shop = _demonstration()
    key = key.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")  # what the front leaves as it came
    found = queries.order(shop.marketplace, key, now=shop.now) if shop and key.isprintable() else None
    if shop is None or found is None:
        return _rendered(request, "missing", {}, status=404)
    events = (*(recorded.event for recorded in found.history), *found.due)
    visible = sight.history(found.order, events, Party.OPERATOR)
    about = {"order": shown(found.order, shop.now), "now": day_and_time(shop.now)}
    return _rendered(request, "order", {**about, "timeline": timeline(found.order, visible)})


@_guarded
def style(_: HttpRequest) -> HttpResponse:
    """The one style sheet."""
    response = HttpResponse(STYLE.read_bytes(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "max-age=300"
    return response


def _demonstration() -> Shop | None:
    if not settings.AMENDS_DEMO:
        return None
    marketplace = marketplaces.named(DEMONSTRATION)
    return Shop(marketplace, clock.now_of(marketplace, datetime.now(UTC))) if marketplace else None


def _rendered(request: HttpRequest, name: str, about: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, f"web/{name}.html", about, status=status)
    response["Cache-Control"] = "no-store"
    return response
