"""What the last request for evidence listed, and who has shown which of it.

Files that were taken back, and files that count for nothing, tick nothing off. Whether everybody has answered is
asked of `order.missing` alone: a list completes nothing (decision 6).
"""

from __future__ import annotations

from typing import NamedTuple

from . import sight
from .order import Dispute
from .private import Private
from .vocabulary import EvidenceKind, Party


class Item(NamedTuple):
    number: int
    """From 1; what `add_evidence` names as `answers`."""
    text: Private
    kind: EvidenceKind | None
    came_from: tuple[Party, ...]
    """Those who were asked and have given a file for it that counts and that the viewer may see."""


def wanted(dispute: Dispute, viewer: Party) -> tuple[Item, ...]:
    """The list as this viewer sees it; () where there is none, and for carriers and payment providers."""
    if viewer in sight.OUTSIDE:
        return ()
    seen = [(item.by, item.answers) for item in sight.evidence(dispute, viewer) if item.file.counts]
    return tuple(
        Item(
            number,
            thing.text,
            thing.kind,
            tuple(party for party in dispute.asked if (party, number) in seen),
        )
        for number, thing in enumerate(dispute.wanted, 1)
    )
