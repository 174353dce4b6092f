"""Everything that happens in the stories, played once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from amends import calendars, policies
from amends.core.events import Event
from amends.core.order import Order
from amends.stories import reading
from amends.stories.player import CoreDriver, play

STORIES = Path(__file__).parents[1] / "stories"


class Happened(NamedTuple):
    order: Order
    event: Event


@cache
def everything() -> tuple[Happened, ...]:
    """Every event of every story, with its order as it ended."""
    known = calendars.load(["CN"])
    found = []
    for path in reading.found([str(STORIES)]):
        for story in reading.read_file(path):
            driver = CoreDriver(policies.load(story.policy, story.overrides), known)
            play(story, driver)
            for key, events in driver.world.history.items():
                found += [Happened(driver.world.orders[key], event) for event in events]
    return tuple(found)


@cache
def orders() -> tuple[Order, ...]:
    return tuple({id(one.order): one.order for one in everything()}.values())
