"""What would make evidence convince, said before it is handed in: the coach, beside what an order has already.

It writes nothing and refuses no file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from amends.core import sight
from amends.core.order import Order
from amends.core.private import Private
from amends.core.vocabulary import EvidenceKind, Party, Reason
from amends.vault import coach
from amends.vault.coach import FileFacts, Hint
from amends.vault.facts import Facts
from amends.vault.sentences import ENGLISH, Language, Want

from .doubts import GivenFile


class Upload(NamedTuple):
    """A file that is to be handed in as `kind`."""

    file: str
    facts: Facts
    kind: EvidenceKind


class Advised(NamedTuple):
    """What would convince and is not there yet, and what to do better: about one file by its id, or about all."""

    wanted: tuple[Want, ...]
    hints: tuple[tuple[Hint, str | None], ...]


def advise(
    order: Order,
    there: dict[str, GivenFile],
    viewer: Party,
    reason: Reason,
    uploads: Iterable[Upload],
    *,
    kind: EvidenceKind,
    kinds: Iterable[EvidenceKind] = (),
    tracking: str = "",
    comment: str = "",
    shows_date: bool | None = None,
    language: Language = ENGLISH,
) -> Advised:
    """About the number, about each upload beside those before it, about all together.

    `there` are the order's files (`doubts.files`); `kind` is what is to come, `kinds` what is to come too;
    `shows_date` what the sender says of his screenshots. To the seller it says what a seller shows; to everybody else
    what the buyer does. Hints and wants are in `language`.
    """
    mine = [(upload, coach.known(upload.facts, upload.kind, comment, shows_date=shows_date)) for upload in uploads]
    given = list(_given(order, there, viewer))
    told: list[tuple[Hint, str | None]] = [(hint, None) for hint in coach.of_number(tracking, language)]
    if kind is EvidenceKind.LINK:
        told += [(hint, None) for hint in coach.of_file(kind, FileFacts("", kind), (), language)]
    for at, (upload, file) in enumerate(mine):
        before = [*given, *(one for _, one in mine[:at])]
        told += [(hint, upload.file) for hint in coach.of_file(upload.kind, file, before, language)]
    files = [*(one for _, one in mine), *given]
    together = [(file, file.kind) for file in files]
    told += [(hint, None) for hint in coach.of_the_set(reason, together, language, viewer)]
    return Advised(coach.wants(reason, [*(file.kind for file in files), *kinds], language, viewer), tuple(told))


def _given(order: Order, there: dict[str, GivenFile], viewer: Party) -> list[FileFacts]:
    """What this side, or to staff either side, has given in disputes that are open."""
    return [
        coach.known(there[item.file.id].facts, item.file.kind, _said(item.file.comment))
        for dispute in order.disputes
        if dispute.open
        for item in sight.evidence(dispute, viewer)
        if item.file.id in there and (viewer not in sight.PARTIES or item.by is viewer)
    ]


def _said(comment: Private | None) -> str:
    return (comment.plain or "") if comment is not None else ""
