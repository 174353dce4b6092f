"""What the frame of every page asks: the brand's stylesheet, languages and zones, and in a sandbox its people."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.http import HttpRequest
from django.urls import reverse

from amends import words
from amends.web import brands, personas, visitors
from amends.web.brands import Brand
from amends.web.here import Here

register = template.Library()


class Met(NamedTuple):
    """Somebody whose seat this browser has in the same sandbox."""

    words: str
    """“Seller”."""
    name: str
    address: str


class About(NamedTuple):
    """Of which order and dispute the page is, as its address says; empty where of none."""

    order: str
    dispute: int


@register.simple_tag
def brand_style(brand: Brand) -> str:
    """`{% brand_style here.brand as style %}`: the address of its colours; empty where it has none."""
    return brands.address(brand)


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Tag and name, each in its own words."""
    return list(words.LANGUAGES.items())


@register.simple_tag(takes_context=True)
def other_zone(context: dict[str, Any]) -> str:
    """The zone the reader would switch to: UTC, or from UTC the one he lives in; empty where there is no other."""
    own = visitors.zone_of(context["request"])
    if context["seat"].zone != "UTC":
        return "UTC"
    return own if own != "UTC" else ""


@register.simple_tag(takes_context=True)
def about(context: dict[str, Any]) -> About:
    request: HttpRequest = context["request"]
    named = request.resolver_match.kwargs if request.resolver_match else {}
    return About(str(named.get("order", "")), int(named.get("dispute", 0) or 0))


@register.simple_tag(takes_context=True)
def people(context: dict[str, Any], order: str) -> tuple[personas.Persona, ...]:
    """Into whose seats the reader may step: of the order the page is about, and the sandbox's staff."""
    here: Here = context["here"]
    return personas.people(here.marketplace, order, here.seat)


@register.simple_tag(takes_context=True)
def met(context: dict[str, Any]) -> list[Met]:
    """Buyers and sellers into whose seats the reader has stepped before, the last first."""
    here: Here = context["here"]
    seats = [one for one in here.others if not one.staff]
    return [Met(personas.called(one.party), one.name, reverse("web:start", kwargs={"seat": one.id})) for one in seats]
