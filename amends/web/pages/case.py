"""One dispute, as its four readers see it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe

from amends.core import sight
from amends.core.order import Dispute
from amends.core.vocabulary import Verb
from amends.orders import disputants, doubts, evidence, queries
from amends.web import coaching, translation_asked
from amends.web.here import Here, page
from amends.web.shown import case as shown
from amends.web.shown import listed

EVERY = 20
"""Seconds between two questions of a page whether something has changed."""


@require_safe
@page()
def case(request: HttpRequest, here: Here, order: str, dispute: int) -> HttpResponse:
    """The case page. With `?translate=<event>`, or of a file's comment `f-<file>`, that stands in his language too."""
    found, one = here.dispute(order, dispute)
    matter = shown.matter(found, one, here.party, here.now)
    about = {
        "order": found.order,
        "dispute": one,
        "case": shown.case(
            matter,
            _brought(here, found, one),
            reader=translation_asked.reader(here, matter),
            url=here.url,
        ),
        "wanted": _wanted(matter),
        "pictures": listed.pictures(here, found, one),
        "mark": _mark(here, order, found.order.version),
        "every": EVERY,
    }
    return here.page("case", about)


def _brought(here: Here, found: queries.Found, dispute: Dispute) -> shown.Brought:
    """What else is to be read, and only where there can be something: at most one trip each."""
    marketplace, order = here.marketplace, found.order
    staff = here.party in shown.STAFF
    files = [item.file.id for item in sight.evidence(dispute, here.party) if item.file.sha256]
    return shown.Brought(
        money=queries.intents(marketplace, order.id) if dispute.refunds else (),
        files=evidence.found(marketplace, order.id, files) if files else {},
        views=evidence.views(marketplace, order.id) if staff and files else (),
        noticed=doubts.about(marketplace, found, dispute) if staff else (),
        pasts=disputants.pasts(marketplace, order.id, buyer=order.buyer, seller=order.seller) if staff else (),
    )


def _wanted(matter: shown.Matter) -> tuple[coaching.Wanted, ...]:
    """What a mediator would ask of this party: what convinces for the reason and is not there yet; () for others."""
    dispute, viewer = matter.dispute, matter.viewer
    if matter.staff or not dispute.open or Verb.ADD_EVIDENCE not in matter.rights.can:
        return ()
    mine = [item.file.kind for item in dispute.evidence if item.by is viewer and item.file.counts]
    return coaching.wanted(dispute.reason, mine, viewer)


# ── whether something has changed ────────────────────────────────────────────────────────────────


@require_safe
@page()
def version(request: HttpRequest, here: Here, order: str, dispute: int) -> HttpResponse:
    """A piece of the page: nothing while it is as it was, else that there is something new, and a link to it.

    The order is read whole only where its version has moved; and only what the reader may see counts as new.
    """
    reach = here.reach(order)
    same = request.GET.get("mark", "") == _mark(here, order, reach.version)
    if same and (reach.due_at is None or here.now <= reach.due_at):
        return HttpResponse(status=204)
    found, one = here.dispute(order, dispute)
    matter = shown.matter(found, one, here.party, here.now)
    if request.GET.get("seen", "") == str(len(matter.history)):
        return HttpResponse(status=204)
    return here.page("_case_changed", {"order": found.order, "dispute": one})


def _mark(here: Here, order: str, version: int) -> str:
    """Stands for the order's version without telling it: that more has happened than he sees is not for everybody."""
    return salted_hmac("amends.web.case", f"{here.seat.id} {order} {version}").hexdigest()[:16]


urlpatterns = [
    path("orders/<order_id:order>/disputes/<int:dispute>/", case, name="case"),
    path("orders/<order_id:order>/disputes/<int:dispute>/version/", version, name="case_version"),
]
"""Below `/at/<seat>/`."""
