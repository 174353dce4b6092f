"""One act over HTTP: the body becomes a command, the one door decides it, the answer says what stands now."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from amends.core import commands as c
from amends.core.refusals import Refused
from amends.core.sight import warnings
from amends.core.signals import SENTENCES
from amends.core.vocabulary import Verb, WarningCode
from amends.core.wire import read_command
from amends.orders.handle import Outcome, handle

from .answers import answer, malformed, refusal
from .callers import Caller, caller_of
from .handed_in import with_uploads
from .shown import View
from .talk import told

MADE = frozenset({Verb.PLACE_ORDER, Verb.OPEN})
"""Verbs that make something new: answered 201."""
VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The request's body, a JSON object; no body at all is an empty one."""
    if not request.body:
        return {}
    try:
        found = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise malformed("the body is no JSON", "Send a JSON object in UTF-8.", status=400) from None
    if not isinstance(found, dict):
        raise malformed("the body is no JSON object", "Send the fields as one object, like {}.", status=400)
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def command_of(
    request: HttpRequest, caller: Caller, verb: Verb, dispute: int | None = None, *, order: str = ""
) -> c.Command:
    """The command a body says for this verb. Who acts, on what, is the header's and the address' to say.

    On an `order` a body may name files that were uploaded to it.
    """
    body = body_of(request)
    known = fields_of(verb)
    for field in body:
        if field not in known:
            takes = f"It takes: {', '.join(known)}." if known else "It takes no fields."
            raise malformed(f"“{verb}” has no field “{field[:80]}” over HTTP", takes)
    if order:
        body = with_uploads(body, verb, caller, order, request.headers.get("Idempotency-Key", ""))
    about = {} if dispute is None else {"dispute": dispute}
    try:
        return read_command({**body, **about, "do": verb.value, "by": caller.party.value, "actor": caller.actor})
    except Refused as refused:
        raise refusal(refused) from None


def fields_of(verb: Verb) -> tuple[str, ...]:
    """What a body may hold: the command's own fields, without those that address and headers say."""
    kind = c.COMMANDS[verb]
    beside = {"by", "actor", "sha256"} | ({"dispute"} if issubclass(kind, c.OnDispute) else set())
    return tuple(field.name for field in dataclasses.fields(kind) if field.name not in beside)


def place(request: HttpRequest) -> HttpResponse:
    """Take a new order; its id stands in the body."""
    caller = caller_of(request)
    now = caller.now()
    command = command_of(request, caller, Verb.PLACE_ORDER)
    assert isinstance(command, c.PlaceOrder)
    return _answered(caller, command, _done(request, caller, command.id, command, now))


def act(request: HttpRequest, order: str, verb: Verb, dispute: int | None = None) -> HttpResponse:
    """Do `verb` on an order, or on one of its disputes."""
    caller = caller_of(request)
    now = caller.now(order)
    command = command_of(request, caller, verb, dispute, order=order)
    if isinstance(command, c.PauseClocks | c.ResumeClocks) and command.countries:
        raise malformed("one order was named, and countries too", "Send countries to /v1/marketplace.")
    return _answered(caller, command, _done(request, caller, order, command, now))


def _done(request: HttpRequest, caller: Caller, order: str, command: c.Command, now: datetime) -> Outcome:
    return handle(
        caller.marketplace,
        order,
        command,
        now=now,
        caller=caller.label,
        key=request.headers.get("Idempotency-Key", ""),
        expected_version=expected(request.headers.get("If-Match", "")),
    )


def expected(header: str) -> int | None:
    """The version `If-Match` asks for; None where any will do."""
    if not header or header == "*":
        return None
    found = VERSION.fullmatch(header.strip())
    if found is None:
        raise malformed("If-Match is no version of an order", 'Send the version you saw, like "7".')
    return int(found[1])


def _answered(caller: Caller, command: c.Command, outcome: Outcome) -> HttpResponse:
    refused, order = outcome.refused, outcome.order
    if refused is not None:
        raise refusal(refused, order_version=outcome.version)
    assert order is not None, "an accepted act leaves an order behind"
    view = View(order, caller.party, outcome.at)
    dispute = order.dispute(_dispute_of(command, len(order.disputes)))
    document = {
        "order": view.show(),
        "dispute": view.dispute(dispute) if dispute else None,
        "warnings": [warning(code) for code in sorted(warnings(outcome.warnings, caller.party))],
        "events": told(order, ((one.number, one.event) for one in outcome.events), caller.party),
        "lapsed": told(order, ((one.number, one.event) for one in outcome.lapsed), caller.party),
        "repeated": outcome.repeated,
    }
    return answer(document, 201 if command.verb in MADE else 200, {"ETag": f'"{order.version}"'})


def _dispute_of(command: c.Command, newest: int) -> int | None:
    if isinstance(command, c.OpenDispute):
        return newest
    number: int | None = getattr(command, "dispute", None)
    return number


def warning(code: str) -> dict[str, str]:
    return {"code": code, "sentence": SENTENCES[WarningCode(code)]}
