"""What was done a moment ago, told once, on the page a person is led to after an act.

It waits in the session under the seat it is for, signed for that seat: two people at one browser do not read each
other's.
"""

from __future__ import annotations

from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest

from .seats import Seat

_SESSION = "told"
MOST_AGE = 3600
"""Seconds: an old one would tell of what everybody has forgotten."""


class Flash(NamedTuple):
    done: str
    """What was done, in a sentence."""
    then: tuple[str, ...] = ()
    """What happens next, by when, and what silence does."""
    warnings: tuple[str, ...] = ()
    """What whoever acted should know of it."""
    link: str = ""
    """An address of this seat that helps on, and its words."""
    link_words: str = ""


def tell(request: HttpRequest, seat: Seat, flash: Flash) -> None:
    """The next page of the seat will say it."""
    signed = signing.dumps(list(flash), salt=_salt(seat), compress=True)
    request.session[_SESSION] = {**request.session.get(_SESSION, {}), seat.id: signed}


def taken(request: HttpRequest, seat: Seat) -> Flash | None:
    """What waits for this seat, and no longer does."""
    waiting = dict(request.session.get(_SESSION, {}))
    signed = waiting.pop(seat.id, None)
    if signed is None:
        return None
    request.session[_SESSION] = waiting
    try:
        done, then, warnings, link, link_words = signing.loads(signed, salt=_salt(seat), max_age=MOST_AGE)
    except (signing.BadSignature, ValueError):
        return None
    return Flash(done, tuple(then), tuple(warnings), link, link_words)


def _salt(seat: Seat) -> str:
    return f"amends.web.flash {seat.id}"
