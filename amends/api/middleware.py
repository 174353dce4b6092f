"""The last hand on an answer of the API: one face for every error, whoever made it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .answers import HEADERS
from .faults import bad_request, method_not_allowed, not_found, server_error

PREFIX = "/v1/"
Handler = Callable[[HttpRequest], HttpResponse]


def one_face(handle: Handler) -> Handler:
    """Errors below /v1/ are problems even where Django made them, also while it is being debugged."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if not request.path.startswith(PREFIX):
            return response
        if response.status_code >= 400 and "json" not in response.get("Content-Type", ""):
            response = _as_problem(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    match response.status_code:
        case 404:
            return not_found(request)
        case 405:
            return method_not_allowed(response.get("Allow", ""))
        case status if status >= 500:
            return server_error(request)
        case _:
            return bad_request(request)
