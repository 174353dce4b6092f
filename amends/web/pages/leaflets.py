"""A policy in plain words: that of an order for whoever sees the order, that of new orders for every seat."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from amends import words
from amends.core.policy import Policy
from amends.core.vocabulary import Party
from amends.orders import marketplaces, operating
from amends.web.here import Here, page


@require_safe
@page()
def of_order(request: HttpRequest, here: Here, order: str) -> HttpResponse:
    """The policy the order was placed under, which is its own for ever. 404 for whoever does not see the order."""
    found = here.order(order)
    return _leaflet(here, found.order.policy, order=order)


@require_safe
@page()
def of_new_orders(request: HttpRequest, here: Here) -> HttpResponse:
    """The policy an order placed now would be under."""
    return _leaflet(here, marketplaces.current_policy(here.marketplace))


@require_safe
@page(Party.OPERATOR)
def of_digest(request: HttpRequest, here: Here, digest: str) -> HttpResponse:
    """Any policy this marketplace has or had; 404 for one it never had."""
    if not operating.DIGEST.fullmatch(digest):
        raise Http404
    try:
        policy = marketplaces.pinned_policy(here.marketplace, digest)
    except LookupError:
        raise Http404 from None
    return _leaflet(here, policy, back="operating")


def _leaflet(here: Here, policy: Policy, *, order: str = "", back: str = "") -> HttpResponse:
    about = {
        "policy": policy,
        "digest": policy.digest,
        "chapters": words.chapters(policy),
        "order_id": order,
        "back": here.url(back) if back else "",
    }
    return here.page("leaflet", about)


urlpatterns = [
    path("orders/<order_id:order>/policy/", of_order, name="order_policy"),
    path("policy/", of_new_orders, name="policy"),
    path("leaflet/<str:digest>/", of_digest, name="leaflet"),
]
"""Below `/at/<seat>/`."""
