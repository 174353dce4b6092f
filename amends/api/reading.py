"""Reading orders, disputes, timelines, the marketplace and its clock. Nothing here writes but moving the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from amends.core.durations import MalformedInstant, format_instant, parse_instant
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import access, queries
from amends.orders.marketplaces import pinned_policy
from amends.payments import travel

from .acting import body_of
from .answers import answer, malformed, nowhere, refusal
from .callers import Caller, caller_of, readable
from .shown import View
from .talk import Talk

MOST_ORDERS = 100


def read_order(request: HttpRequest, order: str) -> HttpResponse:
    caller = caller_of(request)
    view = _view(caller, order, caller.now(order))
    return answer(view.show(), headers={"ETag": f'"{view.order.version}"'})


def read_dispute(request: HttpRequest, order: str, dispute: int) -> HttpResponse:
    caller = caller_of(request)
    view = _view(caller, order, caller.now(order))
    found = view.order.dispute(dispute)
    if found is None:
        raise refusal(Refused(RefusalCode.UNKNOWN_DISPUTE))
    return answer(view.dispute(found), headers={"ETag": f'"{view.order.version}"'})


def read_timeline(request: HttpRequest, order: str) -> HttpResponse:
    caller = caller_of(request)
    view = _view(caller, order, caller.now(order))
    assert view.talk is not None, "reading brings the history"
    return answer({"timeline": view.talk.timeline()})


def _view(caller: Caller, key: str, now: datetime) -> View:
    """The order at `now`, with the lapses nobody has written yet, as the caller may see it."""
    found = queries.order(caller.marketplace, key, now=now)
    if found is None:
        raise nowhere()
    history = [*(recorded.event for recorded in found.history), *found.due]
    return View(found.order, caller.party, now, Talk(found.order, history, caller.party))


def read_orders(request: HttpRequest) -> HttpResponse:
    """A page of orders in the order of their keys; a named buyer or seller sees his own."""
    caller = caller_of(request)
    after, limit, due_before = _page(request)
    now = caller.now()
    keys = access.order_keys(
        caller.marketplace,
        after=after,
        most=limit + 1,
        buyer=caller.name if caller.party is Party.BUYER else "",
        seller=caller.name if caller.party is Party.SELLER else "",
        due_before=due_before,
    )
    shown = [_view(caller, key, now).show() for key in keys[:limit]]
    return answer({"orders": shown, "next": keys[limit - 1] if len(keys) > limit else None})


def _page(request: HttpRequest) -> tuple[str, int, datetime | None]:
    given = request.GET
    for name in given:
        if name not in ("after", "limit", "due_before"):
            raise malformed(f"“{name[:80]}” is no field of this list", "It takes: after, limit, due_before.")
    after, limit, due = given.get("after", ""), given.get("limit", "50"), given.get("due_before", "")
    if after and not readable(after):
        raise malformed("“after” is no order's id", "Send the “next” of the page before.")
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MOST_ORDERS):
        raise malformed("“limit” is no number that fits", f"Write a whole number from 1 to {MOST_ORDERS}.")
    return after, int(limit), _instant(due, "due_before") if due else None


def _instant(text: object, field: str) -> datetime:
    try:
        return parse_instant(text if isinstance(text, str) else "")
    except MalformedInstant:
        right = "Write an instant with its zone, like 2026-03-20T09:00:00Z."
        raise malformed(f"“{field}” is no instant", right) from None


# ── the marketplace ──────────────────────────────────────────────────────────────────────────────


def read_marketplace(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    about = access.about(caller.marketplace)
    policy = pinned_policy(caller.marketplace, about.policy_digest)
    document: dict[str, Any] = {
        "id": str(caller.marketplace),
        "name": about.name,
        "sandbox": about.sandbox,
        "clock": format_instant(about.clock_at) if about.clock_at else None,
        "policy": {
            "id": policy.id,
            "version": policy.version,
            "digest": policy.digest,
            "document": dict(policy.document),
        },
    }
    return answer(document)


def read_clock(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    _only_a_sandbox(caller)
    return answer({"now": format_instant(caller.now())})


def move_clock(request: HttpRequest) -> HttpResponse:
    """Answers once everything due by then has been done."""
    caller = caller_of(request)
    _only_a_sandbox(caller)
    body = body_of(request)
    if set(body) != {"to"}:
        raise malformed("the clock is moved by one field", "Send {“to”: “2026-03-20T09:00:00Z”}.")
    try:
        now = travel.advance(caller.marketplace, _instant(body["to"], "to"), now=caller.received)
    except Refused as refused:
        raise refusal(refused) from None
    return answer({"now": format_instant(now)})


def _only_a_sandbox(caller: Caller) -> None:
    if not caller.sandbox:
        raise refusal(Refused(RefusalCode.NOT_ALLOWED, verb="clock", party="marketplace", who="sandboxes"))
