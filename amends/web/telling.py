"""The demonstration while its stories are being told: its pages say so, and look again by themselves.

A page that showed half of it would show deadlines that lapse in the next second, and a clock somebody may move from
under the stories.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from amends.orders import marketplaces
from amends.stories import demonstration

LOOKS_AGAIN_AFTER = 3
"""Seconds."""

_settled: set[UUID] = set()
"""Marketplaces whose stories are told, or that have none: neither changes, so each process asks once."""


def being_told(marketplace: UUID | None) -> bool:
    """Whether this is the demonstration, and not told to its end; None is one that is not even made yet.

    False where this service is no demonstration.
    """
    if not settings.AMENDS_DEMO or marketplace in _settled:
        return False
    if marketplace is None:
        return True
    if marketplaces.named(demonstration.NAME) == marketplace and not demonstration.is_told(marketplace):
        return True
    _settled.add(marketplace)
    return False


def page(request: HttpRequest) -> HttpResponse:
    """The page that says it, and asks again for what was asked; after a form, for the first page.

    200: nothing is amiss, and the log of somebody's first minute need not say so.
    """
    address = "" if request.method in ("GET", "HEAD") else reverse("web:home")
    response = render(request, "web/telling.html", {"seconds": LOOKS_AGAIN_AFTER, "address": address})
    response["Cache-Control"] = "no-store"
    return response
