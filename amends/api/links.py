"""What a marketplace's back end does so that its people come in: links for buyers and sellers, and its own look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from amends.core.durations import format_instant
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import brands, links, queries
from amends.orders.links import LONGEST, USUAL, Link
from amends.words import LANGUAGES, known_language, known_zone

from .acting import body_of
from .answers import answer, malformed, refusal
from .callers import NAMED, Caller, caller_of, readable
from .requests import Json

MOST_NAME = 100
MOST_MINUTES = LONGEST // timedelta(minutes=1)
FIELDS = ("party", "name", "order", "dispute", "language", "zone", "minutes")
LINK_BODY: Json = {
    "type": "object",
    "properties": {
        "party": {"type": "string", "enum": sorted(party.value for party in NAMED)},
        "name": {"type": "string", "maxLength": MOST_NAME, "description": "As the orders name the buyer or seller"},
        "order": {"type": "string", "description": "Leads to this order, which must be theirs"},
        "dispute": {"type": "integer", "minimum": 1, "description": "With an order: leads to this dispute of it"},
        "language": {"type": "string", "description": f"How they read: {', '.join(LANGUAGES)}, or a tag near one"},
        "zone": {"type": "string", "description": "Their time zone, like Europe/Warsaw"},
        "minutes": {"type": "integer", "minimum": 1, "maximum": MOST_MINUTES, "default": 15},
    },
    "required": ["party", "name"],
    "additionalProperties": False,
}
BRAND_BODY: Json = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": brands.MOST_NAME},
        "accent_light": {"type": "string", "pattern": "^(#[0-9a-fA-F]{6})?$"},
        "accent_dark": {"type": "string", "pattern": "^(#[0-9a-fA-F]{6})?$"},
        "shop": {"type": "string", "format": "uri"},
        "support": {"type": "string", "description": "A page, or an e-mail address"},
    },
    "additionalProperties": False,
}


def mint_link(request: HttpRequest) -> HttpResponse:
    """A link that lets one buyer or seller in for a while."""
    caller = _marketplace(request, "make links")
    body = body_of(request)
    for field in body:
        if field not in FIELDS:
            raise malformed(f"“{field[:80]}” is no field of a link", f"It takes: {', '.join(FIELDS)}.")
    order, dispute = _leads_to(caller, body)
    link = Link(
        caller.marketplace,
        _party(body.get("party")),
        _name(body.get("name")),
        caller.received + timedelta(minutes=_minutes(body.get("minutes", USUAL // timedelta(minutes=1)))),
        order,
        dispute,
        _language(body.get("language", "")),
        _zone(body.get("zone", "")),
        links.mark_of(request.headers["Authorization"].partition(" ")[2].strip()),
    )
    if order and not _theirs(caller, link):
        raise refusal(Refused(RefusalCode.UNKNOWN_ORDER))
    until = link.until.replace(microsecond=0)
    address = _base(request) + reverse("web:come_in", kwargs={"token": links.written(link)})
    return answer({"url": address, "expires_at": format_instant(until)}, 201)


def _base(request: HttpRequest) -> str:
    """Where people find us: as the operator said, else where the marketplace found us."""
    if settings.AMENDS_ADDRESS:
        return str(settings.AMENDS_ADDRESS)
    try:
        host = request.get_host()
    except DisallowedHost:
        raise malformed(
            "this service does not know the name it was called by",
            "Call it by one of AMENDS_ALLOWED_HOSTS, or let its operator set AMENDS_ADDRESS.",
            status=400,
        ) from None
    return f"{'https' if settings.AMENDS_HTTPS else request.scheme}://{host}"


def _marketplace(request: HttpRequest, verb: str) -> Caller:
    caller = caller_of(request)
    if caller.party is not Party.MARKETPLACE:
        raise refusal(Refused(RefusalCode.NOT_ALLOWED, verb=verb, party=caller.party, who="marketplace"))
    return caller


def _party(value: object) -> Party:
    if value not in NAMED:
        raise malformed("“party” is neither buyer nor seller", "Staff sign in; they need no link.")
    return Party(str(value))


def _name(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_NAME or not value.isprintable():
        raise malformed("“name” names nobody", "Send the buyer or seller as the orders name them.")
    return value


def _minutes(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_MINUTES:
        raise malformed("“minutes” is no time a link may last", f"Write a whole number from 1 to {MOST_MINUTES}.")
    return value


def _language(value: object) -> str:
    if value == "":
        return ""
    known = known_language(value) if isinstance(value, str) else ""
    if not isinstance(value, str) or _first(known) != _first(value.strip().lower()):
        raise malformed("“language” is none of ours", f"Write one of: {', '.join(LANGUAGES)}; or leave it out.")
    return known


def _first(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0]


def _zone(value: object) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or known_zone(value) != value:
        raise malformed("“zone” is no time zone", "Write one like Europe/Warsaw, or UTC.")
    return value


def _leads_to(caller: Caller, body: dict[str, Any]) -> tuple[str, int]:
    order, dispute = body.get("order", ""), body.get("dispute", 0)
    if order != "" and (not isinstance(order, str) or not readable(order)):
        raise malformed("“order” is no order's id", "Send it as a text.")
    if not isinstance(dispute, int) or isinstance(dispute, bool) or dispute < 0 or (dispute and not order):
        raise malformed("“dispute” is no dispute's number", "Send it as a number from 1, with its order.")
    return order, dispute


def _theirs(caller: Caller, link: Link) -> bool:
    """Whether the order, and the dispute where one is named, are the person's."""
    found = queries.order(caller.marketplace, link.order, now=caller.now())
    if found is None:
        return False
    owner = found.order.buyer if link.party is Party.BUYER else found.order.seller
    return owner == link.name and (not link.dispute or found.order.dispute(link.dispute) is not None)


# ── its own look ─────────────────────────────────────────────────────────────────────────────────


def change_brand(request: HttpRequest) -> HttpResponse:
    """Name, colours, shop and help, as its people see them; what is not sent stays."""
    caller = _marketplace(request, "change the brand")
    try:
        return answer(brand_document(brands.change(caller.marketplace, body_of(request))))
    except Refused as refused:
        raise refusal(refused) from None


def read_brand(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    return answer(brand_document(brands.of(caller.marketplace)))


def brand_document(brand: brands.Brand) -> dict[str, str]:
    return {field: getattr(brand, field) for field in brands.FIELDS}
