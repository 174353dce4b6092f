"""What happened with evidence and the mediator, up to a ruling. Others import it from `events`, which has them all."""

from __future__ import annotations

from dataclasses import dataclass

from .event import DisputeEvent
from .private import Private
from .values import Filed, Location, Offered, Provisional, Wanted
from .vocabulary import CountsAgainst, Fault, FundedBy, Party, Wants


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceAdded(DisputeEvent):
    """`answers`: which of the things the mediator listed it shows, counted from 1."""

    file: Filed
    flags: frozenset[str] = frozenset()
    answers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRemoved(DisputeEvent):
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRequested(DisputeEvent):
    of: tuple[Party, ...]
    text: Private | None = None
    proposal: Provisional | None = None
    wanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceComplete(DisputeEvent):
    """Everybody asked has sent a file that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsProposed(DisputeEvent):
    options: tuple[Offered, ...]
    text: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChosen(DisputeEvent):
    option: int
    return_to: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesDiffered(DisputeEvent):
    """Both have chosen, and not the same: the mediator decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingMade(DisputeEvent):
    """A decision with its four verdict fields. `waits` is true while a second person's consent is missing."""

    wants: Wants
    amount_minor: int
    fault: Fault
    funded_by: FundedBy
    counts_against: CountsAgainst
    finding: Private | None = None
    text: Private | None = None
    return_to: Location | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeDismissed(DisputeEvent):
    text: Private | None = None
