"""The demonstration: a sandbox marketplace with a dispute in every stage, told from the stories beside this file.

The stories are woven into one by their instants and spoken through the door as their parties would, the sandbox's
clock moving along; what lapses on the way lapses by itself. Told twice, nothing changes: each act has a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from amends import policies
from amends.core.commands import COMMANDS
from amends.core.durations import format_instant
from amends.core.vocabulary import Verb
from amends.orders import clock, marketplaces
from amends.orders.handle import Outcome, handle
from amends.stories import reading

NAME: Final = "demo"
POLICY: Final = "alx-d"
"""What new orders are placed under once the stories are told."""
ENDS_AT: Final = datetime(2026, 10, 20, 9, tzinfo=UTC)
"""Where the sandbox's clock stands when the last story is told."""

PROVIDER_ANSWERS_AFTER: Final = "P3D"
"""By the sandbox's clock: so a refund is seen on its way, and arrives when the clock is moved."""

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
    elif marketplaces.authenticate(known_key) != marketplace:
        known_key = marketplaces.new_key(marketplace)
    if clock.now_of(marketplace, _NEVER_MOVED) < ENDS_AT:
        say("Telling the demonstration's stories …")
        _tell(marketplace)
    return Told(marketplace, known_key)


def stories() -> Iterator[reading.Story]:
    """The stories of the demonstration, as they are also played by `amends play`."""
    for path in reading.found([str(Path(__file__).parent)]):
        yield from reading.read_file(path)


def _tell(marketplace: UUID) -> None:
    numbers: dict[str, int] = {}
    """The dispute each story means by its D1: here it has only one at a time."""
    policy = ""
    for act in sorted((act for story in stories() for act in _acts(story)), key=lambda act: act.at):
        if clock.now_of(marketplace, _NEVER_MOVED) < act.at:
            clock.advance(marketplace, act.at)
        if act.number == 0 and act.policy != policy:
            policy = act.policy
            marketplaces.adopt(marketplace, policies.load(policy))
        outcome = _done(marketplace, act, numbers.get(act.story, 0))
        if act.document["do"] == Verb.OPEN and outcome.order is not None:
            numbers[act.story] = len(outcome.order.disputes)
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


def _done(marketplace: UUID, act: _Act, dispute: int) -> Outcome:
    document = dict(act.document)
    if document.pop("dispute", None) is not None and "dispute" in COMMANDS[Verb(document["do"])].__dataclass_fields__:
        document["dispute"] = dispute
    key = f"demonstration {act.story} {act.number}"
    outcome = handle(marketplace, act.order, document, now=act.at, caller=str(document["by"]), key=key)
    if outcome.refused is not None:
        raise CannotBeToldError(
            f"“{act.story}”, {format_instant(act.at)}, {document['do']}: {outcome.refused.sentence} "
            f"{outcome.refused.way_out}"
        )
    return outcome
