"""An address where nothing is: a program reads a problem, a person a page; one that forgot its last slash is led on."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import is_valid_path
from django.utils.http import escape_leading_slashes

from amends.api import faults
from amends.web.here import guarded, nothing_here
from amends.web.middleware import is_page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """404, in the words of whoever asks: below /v1/, or with a key, that is a program.

    Of a page's address that lacks only its slash: where it is, for GET and HEAD. Led on is only to a path of ours that
    some page answers, never to another host.
    """
    if not is_page(request) or request.path == "/v1" or "Authorization" in request.headers:
        return faults.not_found(request, exception)
    if request.method in ("GET", "HEAD") and _lacks_its_slash(request.path):
        return redirect(escape_leading_slashes(request.get_full_path(force_append_slash=True)))
    return guarded(nothing_here)(request)


def _lacks_its_slash(path: str) -> bool:
    """The percent sign is never in a page's address (addresses.py): one that holds it came doubly written."""
    return not path.endswith("/") and "%" not in path and bool(is_valid_path(f"{path}/"))
