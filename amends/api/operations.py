"""Every address of /v1. The verbs are registered from the commands themselves, each as an operation of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import register_converter
from django.urls.converters import StringConverter
from ninja import NinjaAPI

from amends import __version__
from amends.core import commands as c
from amends.core.vocabulary import Verb
from amends.orders.looking import FORMS

from . import (
    acting,
    casefile,
    coach,
    contacts,
    faults,
    files,
    links,
    listings,
    reading,
    records,
    regions,
    shapes,
    uploads,
)
from .answers import HEADERS, encoded
from .callers import ACTING_AS, MAY_ACT, MarketplaceKey
from .requests import Json, body_of

ON_MARKETPLACE = (Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY, Verb.PAUSE_CLOCKS, Verb.RESUME_CLOCKS)
ELSEWHERE = frozenset({Verb.PLACE_ORDER, Verb.OPEN, Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY, Verb.LAPSE})
"""Verbs whose address is not /orders/{order}/{verb}; a deadline lapses by the clock alone."""
ON_ORDER = tuple(
    verb for verb, kind in c.COMMANDS.items() if verb not in ELSEWHERE and not issubclass(kind, c.OnDispute)
)
ON_DISPUTE = tuple(verb for verb, kind in c.COMMANDS.items() if issubclass(kind, c.OnDispute))

REFUSALS = {
    400: "The body is no JSON",
    401: "No key that works",
    403: "Never this party's act, or a blocked party",
    404: "No such order or dispute, as far as this caller may know",
    408: "The body came too slowly",
    409: "The order, as it stands, does not allow it; or somebody was first",
    413: "The body is too large",
    410: "The file's giver is erased",
    416: "The file ends before that range",
    422: "A field that cannot be read or meant",
    429: "Too many requests",
    500: "Unexpected; with a reference",
    503: "The database is away; with Retry-After",
}
ACTING_ENDS = tuple(status for status in REFUSALS if status not in (410, 416))
READING = (400, 401, 403, 404, 408, 413, 422, 500, 503)
PROBLEM: Json = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ORDER, DISPUTE = "/orders/{order_key:order}", "/orders/{order_key:order}/disputes/{int:dispute}"
SELLERS_RECORD = "A seller's disputes, how they ended, what counts and what does not; of 90 days, and of all"
View = Callable[..., HttpResponseBase]


class OrderKey(StringConverter):
    """An order's id in an address. The front leaves `%2F` and `%25` as they came, so ids may hold a slash."""

    def to_python(self, value: str) -> str:
        return unquote(value)


register_converter(OrderKey, "order_key")


class Api(NinjaAPI):
    """Django-ninja routes and documents; bodies and answers go around its models, which only describe them."""

    def get_openapi_schema(self, **named: Any) -> Any:
        schema = super().get_openapi_schema(**named)
        problem = shapes.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"]["Problem"] = problem
        return schema


def _header(name: str, schema: Json, description: str) -> Json:
    return {"in": "header", "name": name, "required": False, "schema": schema, "description": description}


def _query(name: str, schema: Json, description: str) -> Json:
    return {"in": "query", "name": name, "required": False, "schema": schema, "description": description}


ACTING = _header(
    ACTING_AS,
    {"type": "string", "pattern": f"^({'|'.join(MAY_ACT)})(:.+)?$"},
    "In a sandbox only: who acts, perhaps with a name, like buyer:alice",
)
SAFELY = (
    _header("Idempotency-Key", {"type": "string", "maxLength": 200}, "The same key and body get the same answer"),
    _header("If-Match", {"type": "string"}, 'The version the order must stand at, like "7"'),
)


PAGE = (
    _query("after", {"type": "string"}, "The “next” of the page before"),
    _query(
        "limit", {"type": "integer", "minimum": 1, "maximum": reading.MOST_ORDERS, "default": 50}, "At most so many"
    ),
    _query("due_before", {"type": "string", "format": "date-time"}, "Only orders with a deadline by this instant"),
)
FILE = (
    _header("Upload-Name", {"type": "string"}, "What the file is called; UTF-8"),
    _header("Upload-Length", {"type": "integer"}, "With an empty body: bytes of an upload that comes in pieces"),
)
OFFSET = _header("Upload-Offset", {"type": "integer"}, "Where this piece begins")
EVIDENCE = (
    _header("Upload-Dispute", {"type": "integer"}, "Add the file to this dispute, as of when all of it is here"),
    _header("Upload-Kind", {"type": "string"}, "With Upload-Dispute: as what, like screenshot"),
    _header("Upload-Comment", {"type": "string"}, "With Upload-Dispute: what it shows; UTF-8"),
    _header("Upload-Mediator-Only", {"type": "string", "enum": ["0", "1"]}, "With Upload-Dispute"),
    _header("Upload-Answers", {"type": "integer"}, "With Upload-Dispute: which of the dispute's `wanted` it shows"),
)
RANGE = _header("Range", {"type": "string"}, "One range of bytes, like bytes=0-99999")
PICTURE: Json = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    "required": True,
}
LINKS = "A short-lived link that lets one buyer or seller in (by marketplace)"
CONTACT = "Where a buyer or seller is written to, and in which words (by marketplace)"
BRAND = "Change what the marketplace looks like; what is not sent stays (by marketplace)"
LISTED = "What a listing shows, to compare with and to know it again as evidence (by marketplace)"
LISTING = "What a listing shows, the picture that came first first (by marketplace)"
UNLISTED = "Take a listing's picture away for good, by its SHA-256 (by marketplace)"
CLOCK_BODY: Json = {
    "type": "object",
    "properties": {"to": {"type": "string", "format": "date-time"}},
    "required": ["to"],
    "additionalProperties": False,
}


def _extra(statuses: tuple[int, ...], headers: tuple[Json, ...] = (), body: Json | None = None) -> Json:
    extra: Json = {
        "parameters": [dict(header) for header in (ACTING, *headers)],
        "responses": {
            status: {"description": told, "content": PROBLEM} for status, told in REFUSALS.items() if status in statuses
        },
    }
    if body is not None:
        required = bool(body.get("required"))
        extra["requestBody"] = {"content": {"application/json": {"schema": body}}, "required": required}
    return extra


def _summary(verb: Verb) -> str:
    who = ", ".join(sorted(c.COMMANDS[verb].who))
    return f"{verb.value.replace('_', ' ').capitalize()} (by {who})"


def _operation(api: Api, method: str, path: str, view: View, **described: Any) -> None:
    api.api_operation([method], path, **described)(view)


def _add(api: Api, path: str, verb: Verb, view: View, shape: Any, *, named: str) -> None:
    """One verb as an operation of its own, its body described from the command's fields."""
    _operation(
        api,
        "POST",
        path,
        view,
        response={201 if verb in acting.MADE else 200: shape},
        operation_id=named,
        summary=_summary(verb),
        openapi_extra=_extra(ACTING_ENDS, SAFELY, body_of(verb)),
    )


def _on_order(verb: Verb) -> View:
    def act(request: HttpRequest, order: str) -> HttpResponse:
        return acting.act(request, order, verb)

    return act


def _on_dispute(verb: Verb) -> View:
    def act(request: HttpRequest, order: str, dispute: int) -> HttpResponse:
        return acting.act(request, order, verb, dispute)

    return act


def _on_marketplace(verb: Verb) -> View:
    def act(request: HttpRequest) -> HttpResponse:
        return regions.act(request, verb)

    return act


def _acts(api: Api) -> None:
    _add(api, "/orders", Verb.PLACE_ORDER, acting.place, shapes.Acted, named="place_order")
    _add(api, f"{ORDER}/disputes", Verb.OPEN, _on_order(Verb.OPEN), shapes.Acted, named="open")
    for verb in ON_ORDER:
        _add(api, f"{ORDER}/{verb.value}", verb, _on_order(verb), shapes.Acted, named=verb.value)
    for verb in ON_DISPUTE:
        _add(api, f"{DISPUTE}/{verb.value}", verb, _on_dispute(verb), shapes.Acted, named=verb.value)
    for verb in ON_MARKETPLACE:
        shape = shapes.Party if verb in (Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY) else shapes.Region
        named = f"marketplace_{verb.value}"
        _add(api, f"/marketplace/{verb.value}", verb, _on_marketplace(verb), shape, named=named)


def _reads(api: Api) -> None:
    for path, view, shape, summary, parameters in (
        ("/orders", reading.read_orders, shapes.Orders, "Orders in the order of their ids, a page at a time", PAGE),
        (ORDER, reading.read_order, shapes.Order, "An order as it stands now", ()),
        (f"{ORDER}/timeline", reading.read_timeline, shapes.Timeline, "What happened to an order", ()),
        (DISPUTE, reading.read_dispute, shapes.Dispute, "A dispute as it stands now", ()),
        (f"{DISPUTE}/doubts", coach.read_doubts, shapes.Doubts, "What does not fit, for mediator and operator", ()),
        ("/sellers/{order_key:seller}/record", records.read_record, shapes.SellerRecord, SELLERS_RECORD, ()),
        ("/marketplace", reading.read_marketplace, shapes.Marketplace, "The marketplace and its policy", ()),
        ("/sandbox/clock", reading.read_clock, shapes.Clock, "What time it is in a sandbox", ()),
    ):
        _operation(
            api,
            "GET",
            path,
            view,
            response=shape,
            operation_id=view.__name__,
            summary=summary,
            openapi_extra=_extra(READING, parameters),
        )


def _files(api: Api) -> None:
    """Uploads, and what is shown of them."""
    for method, path, view, status, summary, headers in (
        ("POST", "/uploads", uploads.send, 201, "Upload a file, or begin one in pieces", (*FILE, *EVIDENCE)),
        ("PATCH", "/uploads/{file}", uploads.go_on, 200, "The next piece of an upload", (OFFSET, *EVIDENCE)),
        ("HEAD", "/uploads/{file}", uploads.standing, 200, "Upload-Offset: how much of it is here", ()),
        ("GET", "/files/{file}", files.read, 200, "What is known of a file", ()),
    ):
        body = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
        extra = _extra(ACTING_ENDS, headers) | ({"requestBody": body} if method in ("POST", "PATCH") else {})
        _operation(
            api,
            method,
            f"{ORDER}{path}",
            view,
            response={status: shapes.Uploaded},
            operation_id=f"{view.__name__}_file",
            summary=summary,
            openapi_extra=extra,
        )
    for form in FORMS:
        _operation(
            api,
            "GET",
            f"{ORDER}/files/{{file}}/{form}",
            files.shown_as(form),
            operation_id=f"file_{form}",
            summary=FORMS[form],
            openapi_extra=_extra((*READING, 410, 416), (RANGE,)),
        )


def _clock(api: Api) -> None:
    _operation(
        api,
        "POST",
        "/sandbox/clock",
        reading.move_clock,
        response=shapes.Clock,
        operation_id="move_clock",
        summary="Move a sandbox's clock forward; answers once everything due by then is done",
        openapi_extra=_extra(READING, body=CLOCK_BODY),
    )


def _way_in(api: Api) -> None:
    path = "/marketplace/brand"
    for method, address, view, status, shape, summary, body in (
        (*("POST", "/party-links", links.mint_link, 201, shapes.PartyLink), LINKS, links.LINK_BODY),
        (*("GET", path, links.read_brand, 200, shapes.Brand), "What the marketplace looks like to its people", None),
        (*("PATCH", path, links.change_brand, 200, shapes.Brand), BRAND, links.BRAND_BODY),
        (*("PUT", "/contacts", contacts.keep_contact, 200, shapes.Contact), CONTACT, contacts.BODY),
    ):
        _operation(
            api,
            method,
            address,
            view,
            response={status: shape},
            operation_id=view.__name__,
            summary=summary,
            openapi_extra=_extra(READING if method == "GET" else ACTING_ENDS, body=body),
        )


def _coach(api: Api) -> None:
    _operation(
        api,
        "POST",
        f"{ORDER}/coach",
        coach.read_coach,
        response=shapes.Coached,
        operation_id="read_coach",
        summary="What evidence would convince, and what to do better before it is sent; writes nothing",
        openapi_extra=_extra(ACTING_ENDS, body=coach.BODY),
    )


def _listings(api: Api) -> None:
    """What listings show, by marketplace."""
    sent = _extra(ACTING_ENDS, FILE[:1]) | {"requestBody": PICTURE}
    shown, taken = shapes.ListingPictures, shapes.ListingPictureTaken
    for method, path, view, status, shape, summary, extra in (
        ("POST", "", listings.send_listing_picture, 201, taken, LISTED, sent),
        ("GET", "", listings.read_listing_pictures, 200, shown, LISTING, _extra(READING)),
        ("DELETE", "/{picture}", listings.remove_listing_picture, 200, shown, UNLISTED, _extra(ACTING_ENDS)),
    ):
        _operation(
            api,
            method,
            f"/listings/{{order_key:listing}}/pictures{path}",
            view,
            response={status: shape},
            operation_id=view.__name__,
            summary=summary,
            openapi_extra=extra,
        )


def _case_file(api: Api) -> None:
    extra = _extra((*READING, 413))
    made = {
        "description": "A signed zip",
        "content": {casefile.ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
    extra["responses"][200] = made
    _operation(
        api,
        "GET",
        f"{DISPUTE}/case-file",
        casefile.read_case_file,
        operation_id="read_case_file",
        summary="The dispute as one signed file, as the caller may see it; to be checked offline",
        openapi_extra=extra,
    )


def _document(request: HttpRequest) -> HttpResponse:
    """This document."""
    return HttpResponse(encoded(api.get_openapi_schema()), content_type="application/json", headers=HEADERS)


def _built() -> Api:
    made = Api(
        title="Amends",
        version=__version__,
        description="Buyer protection and dispute resolution for marketplaces.",
        openapi_url=None,
        docs_url=None,
        urls_namespace="v1",
        auth=MarketplaceKey(),
    )
    faults.watch(made)
    _acts(made)
    _reads(made)
    _case_file(made)
    _coach(made)
    _listings(made)
    _files(made)
    _clock(made)
    _way_in(made)
    made.get("/openapi.json", auth=None, include_in_schema=False)(_document)
    return made


api = _built()
