"""The case page in every state the told stories come through, for all four readers, in English and in Arabic."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from amends import policies
from amends.core.order import Dispute, Order
from amends.core.vocabulary import DisputeStatus, Outcome, Party
from amends.orders import queries
from amends.stories.player import Answer, play
from amends.stories.reading import Story, read_file
from tests.store.counter import StoreDriver

from .people import AtSeat, Market

OURS = Path(__file__).parents[1] / "stories"
SHARED = Path(__file__).parents[3] / "shared" / "spec" / "stories"
READERS = (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR)
HOLES = re.compile(r"\{[a-z_{%]|%\([a-z_]+\)s|\{\}")
"""A fact that was not filled in, or a tag that was not read."""


class State(NamedTuple):
    """What makes one page differ from another."""

    status: str
    outcome: str
    appealed: bool
    standing_still: bool
    about_return: bool
    waiting: bool
    offered: bool
    platform: bool

    @staticmethod
    def of(order: Order, dispute: Dispute) -> State:
        return State(
            dispute.status.value,
            str(dispute.outcome or ""),
            bool(dispute.appeals),
            bool(order.holds),
            dispute.review_of_return,
            dispute.waiting is not None,
            dispute.standing_offer is not None,
            bool(dispute.platform_minor),
        )


class Watched(StoreDriver):
    """A story's marketplace, at whose orders somebody looks after each act that was accepted."""

    def __init__(self, story: Story, look: Callable[[Watched, str], None]) -> None:
        super().__init__(policies.load(story.policy, story.overrides))
        self.looking = look

    def act(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        answer = super().act(order, document, at)
        if answer.refused is None and order in self.parties:
            self.looking(self, order)
        return answer

    def look(self, order: str, dispute: int, at: datetime) -> Mapping[str, Any]:
        """What only lapsed is looked at where the story itself looks."""
        self.looking(self, order)
        return super().look(order, dispute, at)


class Reader:
    """Looks at the page of every dispute whose state was not seen before."""

    def __init__(self) -> None:
        self.seen: set[State] = set()

    def look(self, driver: Watched, order: str) -> None:
        found = queries.order(driver.marketplace, order, now=driver.now)
        assert found is not None
        for dispute in found.order.disputes:
            state = State.of(found.order, dispute)
            if state not in self.seen:
                self.seen.add(state)
                for party in READERS:
                    self.read(driver, found.order, dispute.number, party, state)

    def read(self, driver: Watched, order: Order, number: int, party: Party, state: State) -> None:
        name = {Party.BUYER: order.buyer, Party.SELLER: order.seller}.get(party, party.value)
        market = Market.__new__(Market)  # a seat asks nothing of it but which marketplace it is
        market.marketplace = driver.marketplace
        client = None
        for language, side in (("en", "ltr"), ("ar", "rtl")):
            seat = AtSeat(market, party, name, language, "UTC", client)
            client = seat.client
            answer = seat.get(f"orders/{order.id}/disputes/{number}/")
            page = answer.content.decode()
            about = f"{party} in {language}: {state}"
            assert answer.status_code == 200, about
            assert page.count('class="band case-band') == 1, about
            assert f'dir="{side}"' in page, about
            assert not HOLES.search(page), f"{about}: {HOLES.findall(page)}"


def test_every_state_of_every_story_has_its_page_for_each_reader(database: str) -> None:
    reader = Reader()
    for file in [*sorted(OURS.glob("*.yaml")), *sorted(SHARED.glob("*.yaml"))]:
        for story in read_file(file):
            play(story, Watched(story, reader.look))
    assert {state.status for state in reader.seen} == set(DisputeStatus)
    assert {state.outcome for state in reader.seen} - {""} == set(Outcome)
