"""Sessions, CSRF, compression and staff accounts, for pages only: the API has neither sessions nor cookies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from allauth.account.middleware import AccountMiddleware
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.utils.functional import SimpleLazyObject

from amends import words
from amends.orders.bodies import asking

NO_PAGES = ("/v1/", "/healthz", "/readyz", "/static/", "/brand/")
STAFF = "/staff/"
Handler = Callable[[HttpRequest], Any]


def is_page(request: HttpRequest) -> bool:
    return not request.path.startswith(NO_PAGES)


class Sessions(SessionMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        if not is_page(request):
            return self.get_response(request)
        if settings.AMENDS_HTTPS:
            request.META["wsgi.url_scheme"] = "https"  # TLS ends before us, and nobody gets here without
        response: Any = super().__call__(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response


class Csrf(CsrfViewMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_page(request) else self.get_response(request)

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        if request.method == "POST" and asking(request) is not None and "X-CSRFToken" not in request.headers:
            return None  # the front asks before the form is here; its mark is looked at when it is
        return super().process_view(request, callback, callback_args, callback_kwargs) if is_page(request) else None


class Compression(GZipMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_page(request) else self.get_response(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pictures, videos and parts of them go as they are."""
        return response if response.streaming else super().process_response(request, response)


class StaffOnly:
    """allauth around /staff/: who is signed in, in whose language, and the headers every page has."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.accounts = AccountMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path.startswith(STAFF):
            return self.get_response(request)
        from . import visitors  # noqa: PLC0415 - pages are there once the applications are
        from .here import with_headers  # noqa: PLC0415

        request.user = SimpleLazyObject(lambda: get_user(request))  # type: ignore[assignment]  # as Django does it
        with words.reader(visitors.language_of(request), visitors.zone_of(request)):
            return with_headers(self.accounts(request))

    def process_view(
        self, request: HttpRequest, callback: Callable[..., Any], callback_args: Any, callback_kwargs: Any
    ) -> HttpResponse | None:
        """Pages of second factors are open to whoever may be there; one that allauth brings anew is closed at first."""
        if not request.path.startswith(STAFF) or request.resolver_match is None:
            return None
        from . import factors  # noqa: PLC0415 - pages are there once the applications are

        return factors.barred(request, request.resolver_match.url_name)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if not request.path.startswith(STAFF):
            return None
        if isinstance(fault, psycopg.OperationalError | OperationalError):
            from .here import away  # noqa: PLC0415

            return away(request, fault)
        response: HttpResponse | None = self.accounts.process_exception(request, fault)
        return response
