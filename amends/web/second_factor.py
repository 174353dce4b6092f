"""Staff prove a second factor before they do anything: said here once, for forms, buttons and the one door.

Without one they read. A message in the mediator's name, or a request that starts a clock, is a thief's wish too.
"""

from __future__ import annotations

import logging

from django.urls import NoReverseMatch, reverse

from amends.core.commands import COMMANDS
from amends.core.vocabulary import Verb

from .seats import Seat

log = logging.getLogger(__name__)


class Missing(Exception):
    """Such an act was asked for without one; the page says so, and where one is set up."""


def owed(seat: Seat) -> bool:
    """Whether this seat's person only reads until he has proved a second factor."""
    return seat.staff and not seat.second_factor


def missing(seat: Seat, verb: Verb) -> bool:
    """Whether this seat may not act before its person has proved a second factor; whatever the verb, today."""
    return verb in COMMANDS and owed(seat)


def needed(seat: Seat, what: str) -> None:
    """Raises `Missing` where one is owed, and says in the log for what it was."""
    if owed(seat):
        log.info("refused on a page without a second factor: %s %s %s", seat.marketplace, seat.party.value, what)
        raise Missing


def way() -> str:
    """Where one is set up and given."""
    try:
        return reverse("mfa_index")
    except NoReverseMatch:  # a service without accounts of staff
        return reverse("web:home")
