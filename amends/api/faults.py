"""What becomes of everything that goes wrong: a problem a client can act on, and never a trace."""

from __future__ import annotations

import logging
import secrets

import psycopg
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from .answers import Problem, Trouble, database_away, problem
from .callers import not_authenticated

log = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
"""The server is gone, refuses, or gives no connection in time."""


def watch(api: NinjaAPI) -> None:
    """Have the API answer problems."""
    api.add_exception_handler(Problem, _refused)
    api.add_exception_handler(AuthenticationError, lambda request, fault: problem(not_authenticated()))
    for kind in AWAY:
        api.add_exception_handler(kind, away)
    api.add_exception_handler(Exception, _unexpected)


Fault = Exception | type[Exception]
"""What django-ninja may hand to a handler; it is always an instance."""


def _refused(request: HttpRequest, fault: Fault) -> HttpResponse:
    assert isinstance(fault, Problem), "registered for problems only"
    return problem(fault)


def away(request: HttpRequest, fault: Fault) -> HttpResponse:
    log.warning("%s %s: the database is away: %s", request.method, request.path, str(fault).strip().partition("\n")[0])
    _forget_dead_connections()
    return problem(database_away())


def _forget_dead_connections() -> None:
    """Connections from before an outage would fail one request each once the database is back."""
    pool = getattr(connection, "pool", None)
    if pool is not None and not pool.closed:
        pool.check()


def _unexpected(request: HttpRequest, fault: Fault) -> HttpResponse:
    return problem(_with_reference(request, fault))


def _with_reference(request: HttpRequest, fault: Fault | None) -> Problem:
    reference = secrets.token_hex(6)
    log.error(
        "%s %s: unexpected, reference %s",
        request.method,
        request.path,
        reference,
        exc_info=fault if isinstance(fault, Exception) else None,
    )
    return Problem(
        Trouble.UNEXPECTED,
        f"Something went wrong here that should not. Its reference is {reference}.",
        "Send the same request again with the same Idempotency-Key; if it stays so, tell whoever operates this.",
    )


# ── what happens before or beside the API ────────────────────────────────────────────────────────


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(Problem(Trouble.NOT_FOUND, "There is nothing at this address.", "See /v1/openapi.json."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(Problem(Trouble.BAD_REQUEST, "This request cannot be read.", "Check its address and headers."))


def server_error(request: HttpRequest) -> HttpResponse:
    return problem(_with_reference(request, None))


def method_not_allowed(allowed: str) -> HttpResponse:
    found = Problem(
        Trouble.METHOD_NOT_ALLOWED,
        "This address does not take that method.",
        f"It takes: {allowed}.",
        headers={"Allow": allowed},
    )
    return problem(found)
