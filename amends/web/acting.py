"""A form becomes a command, and the one door decides it, whatever the page had offered.

Every form carries `_key`, made when the page was, so that a double click is one act; forms about terms also carry
`_version`, so that an answer to what no longer stands is told so.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest

from amends import words
from amends.core import sight
from amends.core.refusals import EXAMINING, Refused
from amends.core.vocabulary import RefusalCode, Verb
from amends.core.wire import read_command
from amends.orders.handing_in import Giver, with_uploads
from amends.orders.handle import Outcome, handle

from . import second_factor
from .here import Here

log = logging.getLogger(__name__)

MOST_KEY = 80


class Done(NamedTuple):
    """What came of a form. `refused` None: it was accepted, and `warnings` are told to whoever acted."""

    outcome: Outcome
    refused: words.Said | None
    warnings: tuple[str, ...]
    """Their codes."""

    @property
    def stale(self) -> bool:
        """Somebody else was first: the page was about something that no longer stands."""
        stale = (RefusalCode.VERSION_CONFLICT.value, RefusalCode.STALE_OFFER.value)
        return not self.early and self.refused is not None and self.refused.code in stale

    @property
    def early(self) -> bool:
        """Nobody can say yet what holds; the very same is to be sent again in a minute."""
        refused = self.outcome.refused
        return refused is not None and refused.variant in EXAMINING


def fresh_key() -> str:
    """For a form's `_key`."""
    return f"page {secrets.token_urlsafe(16)}"


def act(
    here: Here,
    order_key: str,
    verb: Verb,
    fields: Mapping[str, Any],
    *,
    dispute: int | None = None,
    key: str = "",
    version: int | None = None,
) -> Done:
    """Do `verb` as the seat's person. The caller has made sure that the order is within the seat's reach.

    Files that `fields` name by the ids of their uploads (`files`, or `id` of add_evidence) are looked up.

    What is refused is recorded in the log, with who asked for what; never with what he wrote. Raises
    `second_factor.Missing`, which `here.page` answers.
    """
    if second_factor.missing(here.seat, verb):
        log.info("refused on a page without a second factor: %s %s %s", here.marketplace, order_key, verb.value)
        raise second_factor.Missing
    about = {} if dispute is None else {"dispute": dispute}
    giver = Giver(here.marketplace, order_key, here.party, here.seat.caller, key)
    try:
        given = with_uploads(fields, verb, giver)
        command = read_command({**given, **about, "do": verb.value, "by": here.party.value, "actor": here.seat.actor})
    except Refused as refused:
        return _done(here, order_key, verb, Outcome(None, here.now, refused))
    outcome = handle(
        here.marketplace,
        order_key,
        command,
        now=here.now,
        caller=here.seat.caller,
        key=key,
        expected_version=version,
    )
    return _done(here, order_key, verb, outcome)


def _done(here: Here, order_key: str, verb: Verb, outcome: Outcome) -> Done:
    refused = outcome.refused
    if refused is not None:
        who = (here.marketplace, order_key, here.seat.party.value)
        log.info("refused on a page: %s %s %s: %s %s", *who, verb.value, refused.code.value)
    told = sorted(sight.warnings(outcome.warnings, here.party))
    return Done(outcome, words.refusal(refused) if refused else None, tuple(told))


def form_key(request: HttpRequest) -> str:
    """The form's `_key`; a form that lost it gets one, and loses only its protection against a double click."""
    given = request.POST.get("_key", "")
    return given if 0 < len(given) <= MOST_KEY and given.isprintable() else fresh_key()


def form_version(request: HttpRequest) -> int | None:
    """The version of the order the form was written for; None where it carries none."""
    given = request.POST.get("_version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
