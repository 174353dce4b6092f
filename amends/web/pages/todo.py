"""A seller's list of what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from amends.core.vocabulary import Party
from amends.orders import todo
from amends.orders.records import records
from amends.web.here import Here, page
from amends.web.shown import record as shown_record
from amends.web.shown import selling as shown


@require_safe
@page(Party.SELLER)
def to_do(request: HttpRequest, here: Here) -> HttpResponse:
    return list_page(here)


def list_page(here: Here, *, wrong: str = "", status: int = 200) -> HttpResponse:
    """The list; `wrong` is what was the matter with a choice of rows."""
    found = todo.of_seller(here.marketplace, here.seat.name, now=here.now)
    listed = shown.todo(found.orders, here.now)
    kept = records(here.marketplace, here.seat.name, now=here.now)
    answering = {row.order for group in listed.groups if group.kind is shown.Kind.ANSWER for row in group.rows}
    placed = tuple((mine.order.id, mine.order.placed_at) for mine in found.orders if mine.order.id in answering)
    about = {
        "todo": listed,
        "more": found.more,
        "most": todo.MOST,
        "wrong": wrong,
        "rate": shown_record.share(kept.recent.share),
        "effect": shown_record.effect_words(shown_record.effect(kept, placed)) if placed else "",
    }
    return here.page("todo", about, status=status)


urlpatterns = [path("todo/", to_do, name="todo")]
