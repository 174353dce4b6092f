"""A sandbox's clock, moved by a button: an hour, a day, or to where the next deadline has lapsed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from amends.core.deadlines import running
from amends.orders import clock, queries
from amends.orders.handle import MOST_KEY
from amends.payments import travel

STEPS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
LAPSED: Final = timedelta(seconds=1)
"""A deadline includes its last instant; so we go beyond it."""


def move(request: HttpRequest, marketplace: UUID, *, real_now: datetime) -> datetime | None:
    """Do what the form's `step` says; the instant the clock stands at now, None where there is nothing to go to.

    Raises Refused where it is no sandbox.
    """
    step, order = request.POST.get("step", ""), request.POST.get("order", "")
    now = clock.now_of(marketplace, real_now)
    to = now + STEPS[step] if step in STEPS else _after_next_deadline(marketplace, order, now)
    return travel.advance(marketplace, to, now=real_now) if to is not None else None


def _after_next_deadline(marketplace: UUID, order: str, now: datetime) -> datetime | None:
    """Of the order, where one is named and waits for something; else of the whole marketplace."""
    found = queries.order(marketplace, order, now=now) if 0 < len(order) <= MOST_KEY and order.isprintable() else None
    own = [one.at for one in running(found.order)] if found else []
    at = min(own) if own else travel.next_deadline(marketplace, now)
    return at + LAPSED if at is not None else None
