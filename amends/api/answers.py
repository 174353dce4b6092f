"""Answers as JSON, and refusals as problems (RFC 9457): one table says which status a code has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from amends.core.durations import format_instant
from amends.core.refusals import EXAMINING, Refused
from amends.core.vocabulary import RefusalCode as R

RETRY_AFTER = 2
"""Seconds; what a client is told to wait while the database is away."""
EXAMINED_AFTER = 60
"""Seconds; while something that came earlier is looked at."""


class Trouble(StrEnum):
    """What only HTTP can refuse, beside the refusals of the core."""

    NOT_AUTHENTICATED = "not_authenticated"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BAD_REQUEST = "bad_request"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TOO_SLOW = "body_too_slow"
    DATABASE_AWAY = "database_away"
    UNKNOWN_FILE = "unknown_file"
    FILE_ERASED = "file_erased"
    FILE_DAMAGED = "file_damaged"
    FILES_AWAY = "files_away"
    BUSY = "busy"
    UPLOAD_OFFSET = "upload_offset"
    RANGE_NOT_SATISFIABLE = "range_not_satisfiable"
    UNEXPECTED = "unexpected"


STATUS: dict[str, int] = {
    Trouble.BAD_REQUEST: 400,
    Trouble.NOT_AUTHENTICATED: 401,
    R.NOT_ALLOWED: 403,
    R.PARTY_BLOCKED: 403,
    R.UNKNOWN_ORDER: 404,
    R.UNKNOWN_DISPUTE: 404,
    R.NOT_A_PARTY: 404,
    Trouble.NOT_FOUND: 404,
    Trouble.UNKNOWN_FILE: 404,
    Trouble.METHOD_NOT_ALLOWED: 405,
    Trouble.BODY_TOO_SLOW: 408,
    Trouble.FILE_ERASED: 410,
    Trouble.BODY_TOO_LARGE: 413,
    Trouble.RANGE_NOT_SATISFIABLE: 416,
    R.MALFORMED: 422,
    R.UNKNOWN_LINE: 422,
    R.UNKNOWN_REASON: 422,
    R.UNKNOWN_OPTION: 422,
    R.AMOUNT_MALFORMED: 422,
    R.AMOUNT_NOT_POSITIVE: 422,
    R.CURRENCY_MISMATCH: 422,
    R.EVIDENCE_TYPE_REFUSED: 422,
    R.TRACKING_NUMBER_INVALID: 422,
    R.RATE_LIMITED: 429,
    Trouble.UNEXPECTED: 500,
    Trouble.FILE_DAMAGED: 500,
    Trouble.FILES_AWAY: 503,
    Trouble.BUSY: 503,
    Trouble.DATABASE_AWAY: 503,
}
OTHERWISE = 409
"""The order, as it stands, does not allow it: what every other refusal means."""

HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class Problem(Exception):
    """Raised wherever a request cannot be answered; becomes `application/problem+json`."""

    def __init__(
        self,
        code: str,
        detail: str,
        way_out: str = "",
        *,
        status: int | None = None,
        until: datetime | None = None,
        order_version: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status or STATUS.get(code, OTHERWISE)
        self.headers = dict(headers or {})
        self.document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": str(code),
            "detail": detail,
            "way_out": way_out,
        }
        if until is not None:
            self.document["until"] = format_instant(until)
        if order_version:
            self.document["order_version"] = order_version


def refusal(refused: Refused, *, order_version: int = 0, status: int | None = None) -> Problem:
    """A refusal of the core in HTTP's words."""
    return Problem(
        refused.code.value,
        refused.sentence,
        refused.way_out,
        status=status,
        until=refused.until,
        order_version=order_version,
        headers={"Retry-After": str(EXAMINED_AFTER)} if refused.variant in EXAMINING else None,
    )


def malformed(why: str, mend: str, *, status: int | None = None) -> Problem:
    return refusal(Refused(R.MALFORMED, why=why, mend=mend), status=status)


def nowhere() -> Problem:
    """The same words for an order that is not there, somebody else's, and another marketplace's."""
    return refusal(Refused(R.UNKNOWN_ORDER))


def encoded(document: object) -> bytes:
    """JSON as it leaves; half characters, which a sentence may quote from what was sent, become question marks."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(
        encoded(document), status=status, content_type="application/json", headers={**HEADERS, **(headers or {})}
    )


def problem(found: Problem) -> HttpResponse:
    response = HttpResponse(
        encoded(found.document),
        status=found.status,
        content_type="application/problem+json",
        headers={**HEADERS, **found.headers},
    )
    # A refusal is an answer: Django would write a warning to the log for each of them.
    setattr(response, "_has_been_logged", True)  # noqa: B010 (Django's own mark, which its types do not know)
    return response


def database_away() -> Problem:
    return Problem(
        Trouble.DATABASE_AWAY,
        "The database cannot be reached at the moment, so nobody can say whether this was done.",
        "Send the same request again, with the same Idempotency-Key, after the seconds Retry-After says.",
        headers={"Retry-After": str(RETRY_AFTER)},
    )
