"""The core's own sentences, refusals and warnings and what silence does, for the reader."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends.core import deadlines
from amends.core.deadlines import Deadline
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.signals import SENTENCES as WARNINGS
from amends.core.silence import consequence
from amends.core.vocabulary import Flag, Party, Verb, WarningCode

from . import tables
from .saying import say, value


class Said(NamedTuple):
    """A refusal in words: why, what would work, and from when, where waiting helps."""

    code: str
    sentence: str
    way_out: str
    until: datetime | None


def refusal(refused: Refused) -> Said:
    """Amounts, instants and words of ours in it are the reader's; what somebody typed stays as it was typed."""
    facts = _Facts({name: _fact(name, fact) for name, fact in refused.facts.items()})
    facts["until"] = value(refused.until) if refused.until else _("a later date")
    sentence, way_out = (_(part).format_map(facts) for part in refused.words)
    return Said(refused.code.value, sentence, way_out, refused.until)


class _Facts(dict[str, str]):
    """A fact nobody gave is left out of the sentence, as the core does it."""

    def __missing__(self, name: str) -> str:
        return "…"


def _fact(name: str, fact: object) -> str:
    """A fact of a refusal. Some say a party or an act as plain text."""
    if not isinstance(fact, str):
        return value(fact)
    if name == "party" and fact in set(Party):
        return tables.role(Party(fact))
    if name == "verb" and fact in set(Verb):
        return tables.verb(Verb(fact))
    return say(fact) if name in ("why", "mend") else value(fact)


def warning(code: str) -> str:
    return _(WARNINGS[WarningCode(code)])


def flag(code: str) -> str:
    """A mark on a dispute; a warning about a message or an offer is said as the warning."""
    return _(tables.FLAGS[Flag(code)]) if code in set(Flag) else warning(code)


def silence(order: Order, deadline: Deadline) -> str:
    """What happens if nobody moves before the deadline."""
    return say(consequence(order, deadline).sentence)


def because(order: Order, deadline: Deadline) -> str:
    """Why the deadline is then: “5 days from the buyer's claim as it stands”."""
    return say(deadlines.because(order, deadline))
