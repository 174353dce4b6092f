"""What a mediator lists when he asks for evidence, and which of it a file shows (rulebook §8)."""

from __future__ import annotations

from typing import Final

from .. import commands as c
from .. import values as v
from ..order import Dispute
from ..private import Private
from ..told import told
from ..vocabulary import DisputeStatus
from .opening import evidence_kind
from .ordering import malformed

MOST_THINGS: Final = 5
"""So many things can be listed in one request."""
MOST_WORDS: Final = 200
"""Characters of one of them."""


def listed_things(things: tuple[c.WantedThing, ...]) -> tuple[v.Wanted, ...]:
    """The list as the event keeps it; () for a request without one.

    Refused `malformed` for too many things, and for one that says nothing or too much; `evidence_type_refused` for a
    kind nobody knows.
    """
    if len(things) > MOST_THINGS:
        why = told("{many} things are listed", many=len(things))
        raise malformed(why, told("List at most {most} things.", most=MOST_THINGS))
    found = []
    for thing in things:
        said = thing.text.strip()
        if not said or len(said) > MOST_WORDS:
            mend = told("Say it in 1 to {most} characters.", most=MOST_WORDS)
            raise malformed("one of the things listed says nothing, or too much", mend)
        found.append(v.Wanted(Private(said), evidence_kind(thing.kind) if thing.kind else None))
    return tuple(found)


def answered(dispute: Dispute, number: int | None) -> None:
    """Refused `malformed` where a file is to show a thing that is on no list, or on one that is not asked for now."""
    if number is None:
        return
    there = len(dispute.wanted) if dispute.status is DisputeStatus.AWAITING_EVIDENCE else 0
    if not 1 <= number <= there:
        why = told("nothing with the number {number} is asked for", number=number)
        raise malformed(why, "Name the number of a thing the mediator listed, or none.")
