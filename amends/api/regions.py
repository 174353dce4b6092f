"""Acts on the whole marketplace: blocked parties, and regions whose clocks stand still."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from amends.core import commands as c
from amends.core.vocabulary import Verb
from amends.orders import wide

from .acting import command_of
from .answers import answer, malformed, refusal
from .callers import caller_of

MOST_TOLD = 100
"""Orders that refused a region's act, as far as an answer lists them."""


def act(request: HttpRequest, verb: Verb) -> HttpResponse:
    caller = caller_of(request)
    now = caller.now()
    command = command_of(request, caller, verb)
    match command:
        case c.BlockParty() | c.UnblockParty():
            refused = wide.block(caller.marketplace, command, now=now)
            if refused is not None:
                raise refusal(refused)
            return answer({"party": command.party, "blocked": isinstance(command, c.BlockParty)})
        case c.PauseClocks() | c.ResumeClocks():
            if not command.countries:
                raise malformed("a region needs its countries", "Write countries like [“PL”, “CN”].")
            pausing = isinstance(command, c.PauseClocks)
            return _spread(
                wide.pause_region(caller.marketplace, command, now=now)
                if isinstance(command, c.PauseClocks)
                else wide.resume_region(caller.marketplace, command, now=now),
                command.countries,
                paused=pausing,
            )
        case _:
            raise AssertionError(f"{verb} is no act on a marketplace")


def _spread(spread: wide.Spread, countries: tuple[str, ...], *, paused: bool) -> HttpResponse:
    if spread.malformed is not None:
        raise refusal(spread.malformed)
    return answer(
        {
            "countries": sorted(countries),
            "paused": paused,
            "reached": len(spread.reached),
            "refused": [
                {"order": order, "code": refused.code.value, "sentence": refused.sentence}
                for order, refused in spread.refused[:MOST_TOLD]
            ],
        }
    )
