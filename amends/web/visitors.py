"""Somebody without a seat: he reads the language he chose here, else the one his browser asks for."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from amends.words import LANGUAGES, known_language, known_zone

_LANGUAGE, _ZONE = "language", "zone"


def language_of(request: HttpRequest) -> str:
    chosen = request.session.get(_LANGUAGE) if hasattr(request, "session") else None
    return known_language(str(chosen)) if chosen else _asked(request.headers.get("Accept-Language", ""))


def zone_of(request: HttpRequest) -> str:
    chosen = request.session.get(_ZONE) if hasattr(request, "session") else None
    return known_zone(str(chosen)) if chosen else "UTC"


def choose(request: HttpRequest, *, language: str = "", zone: str = "") -> None:
    """Keep it for this browser: for pages without a seat, and for the seats it takes here."""
    if language:
        request.session[_LANGUAGE] = known_language(language)
    if zone:
        request.session[_ZONE] = known_zone(zone)


def back(request: HttpRequest, otherwise: str) -> str:
    """The page of ours a form names as `back`; `otherwise` where it names none, or somebody else's."""
    wanted = request.POST.get("back", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and len(wanted) < 2000 and wanted.isprintable() else otherwise


def _asked(header: str) -> str:
    """The first of the browser's languages that is one of ours."""
    return next((known_language(tag) for tag in _tags(header) if _ours(tag)), "en")


def _ours(tag: str) -> bool:
    return known_language(tag).partition("-")[0] == tag.lower().partition("-")[0]


def _tags(header: str) -> Iterator[str]:
    """The tags a browser asks for, the one it likes most first."""
    weighed = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    return (tag for _, _, tag in sorted(weighed))


__all__ = ["LANGUAGES", "back", "choose", "language_of", "zone_of"]
