"""The demonstration: a sandbox marketplace with a dispute in every stage, told from the stories beside this file.

The stories are woven into one by their instants and spoken through the door as their parties would, the sandbox's
clock moving along; what lapses on the way lapses by itself. Told twice, nothing changes: each act has a key.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from amends import policies
from amends.core.commands import COMMANDS
from amends.core.durations import format_instant
from amends.core.vocabulary import Party, Verb
from amends.orders import brands, clock, evidence, evidence_desk, listings, marketplaces
from amends.orders.handle import Outcome, handle
from amends.stories import reading
from amends.vault.faults import Unreachable

from .pictures import drawn
from .shop_pictures import SHOWN

NAME: Final = "demo"
SHOWN_AS: Final = "Lantern Market"
RECORDED: Final = "real orders"
"""A second sandbox, for orders that somebody recorded (`amends up --orders`)."""
POLICY: Final = "alx-d"
"""What new orders are placed under once the stories are told."""
ENDS_AT: Final = datetime(2026, 10, 20, 9, tzinfo=UTC)
"""Where the sandbox's clock stands when the last story is told."""

PROVIDER_ANSWERS_AFTER: Final = "P3D"
"""By the sandbox's clock: so a refund is seen on its way, and arrives when the clock is moved."""

MEDIATOR: Final = "mia"
"""Who decides in the stories."""
EVIDENCE: Final = {
    "grinder-1001": ("name plate",),
    "headphones-1002": ("left and right",),
    "mugs-1004": ("box of mugs",),
    "tent-2001": ("tent door", "hole measured", "as it was packed"),
    "watch-2002": ("back of the watch",),
    "jacket-2003": ("wet shoulders",),
    "kettle-2004": ("kettle cracked", "kettle with thermometer"),
    "violin-2005": ("report of the luthier",),
    "drone-2006": ("drone does not start",),
    "coat-3001": ("brown, not green",),
    "boots-3002": ("sole came off",),
    "blanket-3003": ("burn in the middle",),
}
"""Of each order the files its parties give, in the order in which they do (pictures.py)."""

_NEVER_MOVED: Final = datetime.min.replace(tzinfo=UTC)


class Told(NamedTuple):
    """The marketplace, and a key to it: the one that was known, or a new one."""

    marketplace: UUID
    key: str


class _Act(NamedTuple):
    """One step of one story: `number` counts from 0, which is the placing."""

    at: datetime
    story: str
    policy: str
    number: int
    order: str
    document: Mapping[str, Any]


class CannotBeToldError(Exception):
    """An act of the demonstration was refused: a story no longer goes with the rules."""


def told(known_key: str, say: Callable[[str], object]) -> Told:
    """Make the marketplace and tell its stories, or go on where it was interrupted, or find it all told."""
    marketplace = marketplaces.named(NAME)
    if marketplace is None:
        marketplace, known_key = marketplaces.register(
            NAME, policies.load(POLICY), sandbox=True, provider_settings={"answers_after": PROVIDER_ANSWERS_AFTER}
        )
        brands.change(marketplace, {"name": SHOWN_AS})
    elif marketplaces.authenticate(known_key) != marketplace:
        known_key = marketplaces.new_key(marketplace)
    if not is_told(marketplace):
        say("Telling the demonstration's stories …")
        _tell(marketplace)
    return Told(marketplace, known_key)


def is_told(marketplace: UUID) -> bool:
    """Whether the last of its stories has been told; from then on it stays so."""
    return clock.now_of(marketplace, _NEVER_MOVED) >= ENDS_AT


@cache
def orders() -> tuple[str, ...]:
    """The ids of the stories' orders, one of each, in the order in which the stories stand."""
    return tuple(dict.fromkeys(str(order["id"]) for story in stories() for order in story.orders))


def stories() -> Iterator[reading.Story]:
    """The stories of the demonstration, as they are also played by `amends play`."""
    for path in reading.found([str(Path(__file__).parent)]):
        yield from reading.read_file(path)


def _tell(marketplace: UUID) -> None:
    _show(marketplace)
    numbers: dict[str, int] = {}
    """The dispute each story means by its D1: here it has only one at a time."""
    waiting = {order: list(names) for order, names in EVIDENCE.items()}
    policy = ""
    for act in sorted((act for story in stories() for act in _acts(story)), key=lambda act: act.at):
        if clock.now_of(marketplace, _NEVER_MOVED) < act.at:
            clock.advance(marketplace, act.at)
        if act.number == 0 and act.policy != policy:
            policy = act.policy
            marketplaces.adopt(marketplace, policies.load(policy))
        outcome = _done(marketplace, act, numbers.get(act.story, 0), waiting.get(act.order, []))
        if act.document["do"] == Verb.OPEN and outcome.order is not None:
            numbers[act.story] = len(outcome.order.disputes)
    evidence_desk.workshop().close()
    marketplaces.adopt(marketplace, policies.load(POLICY))
    clock.advance(marketplace, ENDS_AT)


def _acts(story: reading.Story) -> Iterator[_Act]:
    (order,) = story.orders
    placing = {**order, "paid_at": format_instant(order["paid_at"]), "do": "place_order", "by": "marketplace"}
    yield _Act(order["paid_at"], story.name, story.policy, 0, str(order["id"]), placing)
    for number, step in enumerate(story.steps, 1):
        if step.expectation is None:
            document = {name: value for name, value in step.document.items() if name != "at"}
            yield _Act(step.at, story.name, story.policy, number, str(order["id"]), document)


def _done(marketplace: UUID, act: _Act, dispute: int, waiting: list[str]) -> Outcome:
    document = dict(act.document)
    if document.pop("dispute", None) is not None and "dispute" in COMMANDS[Verb(document["do"])].__dataclass_fields__:
        document["dispute"] = dispute
    by, key = str(document["by"]), f"demonstration {act.story} {act.number}"
    if by == Party.MEDIATOR:
        document["actor"] = MEDIATOR
    given = [waiting.pop(0) for _ in range(_files(document)) if waiting]
    if given and not evidence.answered(marketplace, act.order, by, key):
        document = _with_files(marketplace, act, document, given)
    outcome = handle(marketplace, act.order, document, now=act.at, caller=by, key=key)
    if outcome.refused is not None:
        raise CannotBeToldError(
            f"“{act.story}”, {format_instant(act.at)}, {document['do']}: {outcome.refused.sentence} "
            f"{outcome.refused.way_out}"
        )
    return outcome


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────


def _files(document: Mapping[str, Any]) -> int:
    """How many files an act gives."""
    return 1 if document["do"] == Verb.ADD_EVIDENCE else len(document.get("files", ()))


def _with_files(marketplace: UUID, act: _Act, document: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The act with real files in the place of kinds; as it was where no files are taken here."""
    try:
        files = [_uploaded(marketplace, act, Party(document["by"]), name) for name in names]
    except Unreachable:
        return document
    if document["do"] == Verb.ADD_EVIDENCE:
        return {**document, "id": files[0].file, "sha256": files[0].sha256}
    kinds = document["files"]
    given = [{"kind": kind, "id": file.file, "sha256": file.sha256} for kind, file in zip(kinds, files, strict=True)]
    return {**document, "files": given}


def _show(marketplace: UUID) -> None:
    """The shop's own pictures, each as of its day; none where no files are taken here."""
    with suppress(Unreachable):
        for one in SHOWN:
            file = one.drawn()
            place = _laid(file.content)
            listings.take(marketplace, one.listing, place, name=file.name, declared=file.media_type, now=one.at)


def _uploaded(marketplace: UUID, act: _Act, party: Party, name: str) -> evidence.File:
    where = evidence.place(marketplace, act.order, party)
    assert where is not None, "the story has placed its order"
    file = drawn(name)
    place = _laid(file.content)
    return evidence.take(where, place, name=file.name, declared=file.media_type, received_at=act.at)


def _laid(content: bytes) -> Path:
    """Where what arrives lies while it is looked at. Raises Unreachable where no files are taken here."""
    number, place = tempfile.mkstemp(dir=evidence_desk.folder("arriving"), prefix="demonstration-")
    with os.fdopen(number, "wb") as out:
        out.write(content)
    return Path(place)
