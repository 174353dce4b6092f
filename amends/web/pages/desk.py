"""A mediator's desk: the queue, who has taken which case, and orders found by name."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from amends.core.vocabulary import Party
from amends.orders import desk as orders_desk
from amends.orders.desk import MEDIATORS, MOST_NAME, MOST_REASON, Taken
from amends.web import flash
from amends.web.here import Here, page
from amends.web.shown import desk as shown

MOST_PAGES = 200


@require_safe
@page(Party.MEDIATOR)
def desk(request: HttpRequest, here: Here) -> HttpResponse:
    """The queue by urgency; one group of it with `in`, one's own with `mine`."""
    wanted = [place for place in MEDIATORS if place.value == request.GET.get("in")]
    mine = request.GET.get("mine") == "1"
    number = page_number(request, MOST_PAGES)
    listed = orders_desk.queue(
        here.marketplace,
        here.now,
        places=wanted or MEDIATORS,
        staff=here.seat.name if mine else "",
        page=number,
    )
    return here.page(
        "desk",
        {
            "groups": shown.groups(listed.entries, listed.counts, me=here.seat.name, now=here.now),
            "tabs": shown.tabs(MEDIATORS, listed.counts),
            "total": sum(listed.counts.get(place, 0) for place in MEDIATORS),
            "wanted": wanted[0].value if wanted else "",
            "mine": mine,
            "page": number,
            "more": listed.more,
        },
    )


def page_number(request: HttpRequest, most: int) -> int:
    """`?page=`, from 1; what cannot be one is the first."""
    given = request.GET.get("page", "1")
    return min(max(int(given), 1), most) if given.isascii() and given.isdigit() and len(given) < 6 else 1


# ── who has it ───────────────────────────────────────────────────────────────────────────────────


@require_http_methods(["GET", "HEAD", "POST"])
@page(Party.MEDIATOR)
def taken(request: HttpRequest, here: Here, order: str, dispute: int) -> HttpResponseBase:
    """Who has the case and had it; POST takes it, hands it over, or gives it back to all."""
    here.dispute(order, dispute)
    if request.method == "POST":
        return _take(request, here, order, dispute)
    return _log(here, order, dispute)


def _log(here: Here, order: str, dispute: int, *, wrong: str = "", status: int = 200) -> HttpResponse:
    lines = orders_desk.taken(here.marketplace, order, dispute)
    newest = lines[0] if lines else None
    posted = here.request.POST
    return here.page(
        "desk_taken",
        {
            "order": order,
            "dispute": dispute,
            "log": shown.log(lines),
            "staff": newest.staff if newest else "",
            "since": newest.at if newest else None,
            "mine": newest is not None and newest.staff == here.seat.name,
            "seen": newest.number if newest else 0,
            "colleagues": [name for name in orders_desk.colleagues(here.marketplace) if name != here.seat.name],
            "wrong": wrong,
            "to": posted.get("to", ""),
            "name": posted.get("name", ""),
            "reason": posted.get("reason", ""),
        },
        status=status,
    )


def _take(request: HttpRequest, here: Here, order: str, dispute: int) -> HttpResponseBase:
    lines = orders_desk.taken(here.marketplace, order, dispute)
    newest = lines[0] if lines else None
    staff = _wanted(request, here)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:MOST_REASON]
    if staff is None:
        return _log(here, order, dispute, wrong=_("Write the name of the colleague who is to have it."), status=422)
    if staff not in ("", here.seat.name) and not orders_desk.mediates(here.marketplace, staff):
        return _log(here, order, dispute, wrong=_("No mediator of that name has a seat here."), status=422)
    if newest is not None and (newest.staff, newest.by) == (staff, here.seat.name):
        return _moved(request, here, order, dispute, staff)  # a second click on the same button
    if newest is not None and newest.number != _seen(request):
        return _log(here, order, dispute, wrong=_first(newest), status=409)
    if newest is not None and newest.staff and not reason:
        return _log(here, order, dispute, wrong=_("Say why, for those who read this log."), status=422)
    done = orders_desk.take(
        here.marketplace,
        order,
        dispute,
        staff=staff,
        by=here.seat.name,
        reason=reason,
        seen=_seen(request),
        now=here.now,
    )
    if not done:
        lines = orders_desk.taken(here.marketplace, order, dispute)
        return _log(here, order, dispute, wrong=_first(lines[0]) if lines else "", status=409)
    return _moved(request, here, order, dispute, staff)


def _wanted(request: HttpRequest, here: Here) -> str | None:
    """Who is to have it: "" for nobody; None where no name was written."""
    to = request.POST.get("to", "me")
    if to == "nobody":
        return ""
    if to != "other":
        return here.seat.name
    name = request.POST.get("name", "").strip()
    return name if 0 < len(name) <= MOST_NAME and name.isprintable() else None


def _seen(request: HttpRequest) -> int:
    """Which line of the log was the newest when the page was written."""
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _first(newest: Taken) -> str:
    if not newest.staff:
        return _("%(by)s gave the case back meanwhile. Look again, and choose anew.") % {"by": newest.by}
    return _("%(staff)s has the case meanwhile. Nothing was changed: speak with each other first.") % {
        "staff": newest.staff
    }


def _moved(request: HttpRequest, here: Here, order: str, dispute: int, staff: str) -> HttpResponseBase:
    if staff == here.seat.name:
        flash.tell(request, here.seat, flash.Flash(_("You have taken this case. Colleagues see that you are at it.")))
        return redirect(here.url("case", order=order, dispute=dispute))
    said = (
        _("The case is handed over to %(staff)s.") % {"staff": staff} if staff else _("The case is open to all again.")
    )
    flash.tell(request, here.seat, flash.Flash(said))
    return redirect(here.url("desk"))


# ── finding an order ─────────────────────────────────────────────────────────────────────────────


@require_safe
@page(Party.MEDIATOR, Party.OPERATOR)
def looking_up(request: HttpRequest, here: Here) -> HttpResponse:
    """Orders by the beginning of their id, or of a party's name."""
    asked = request.GET.get("q", "").strip()
    if not asked.isprintable() or len(asked) > MOST_NAME:
        raise Http404
    number = page_number(request, orders_desk.MOST_PAGES)
    hits = orders_desk.find(here.marketplace, asked, page=number)
    return here.page("find", {"asked": asked, "rows": shown.found(hits.found), "page": number, "more": hits.more})


urlpatterns = [
    path("desk/", desk, name="desk"),
    path("desk/<order_id:order>/<int:dispute>/", taken, name="desk_taken"),
    path("find/", looking_up, name="looking_up"),
]
"""Below `/at/<seat>/`."""
