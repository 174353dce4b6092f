"""A story's marketplace in the database: what the player walks, with the clock in its hand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from amends.core import commands as c
from amends.core.events import RefundRedirected
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.wire import read_command
from amends.orders import clock, marketplaces, queries, wide
from amends.orders.handle import handle
from amends.stories.player import Answer
from amends.stories.seen import seen
from amends.stories.telling import timeline


class StoreDriver:
    """Plays through `handle`. Each story has a sandbox marketplace of its own."""

    def __init__(self, policy: Policy) -> None:
        self.marketplace = marketplaces.register(f"story {uuid.uuid4()}", policy, sandbox=True).id
        self.now = datetime.min.replace(tzinfo=UTC)
        self.parties: dict[str, dict[str, str]] = {}

    def place(self, document: Mapping[str, Any], at: datetime) -> Answer:
        answer = self._handled(str(document["id"]), {**document, "do": "place_order", "by": "marketplace"}, at)
        self.parties.setdefault(str(document["id"]), {"buyer": document["buyer"], "seller": document["seller"]})
        return answer

    def act(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        try:
            command = read_command(document)
        except Refused as refused:
            return _refusal(refused)
        if isinstance(command, c.BlockParty | c.UnblockParty):
            name = self.parties[order].get(command.party, command.party)
            refused_block = wide.block(self.marketplace, _of(command, name), now=at)
            return _refusal(refused_block) if refused_block else Answer()
        if isinstance(command, c.PauseClocks) and command.countries:
            return _spread(wide.pause_region(self.marketplace, command, now=at))
        if isinstance(command, c.ResumeClocks) and command.countries:
            return _spread(wide.resume_region(self.marketplace, command, now=at))
        return self._handled(order, document, at)

    def _handled(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        key = str(document.get("key") or "")
        outcome = handle(self.marketplace, order, document, now=at, caller=str(document["by"]), key=key)
        if outcome.refused is not None:
            return _refusal(outcome.refused)
        assert outcome.order is not None
        return Answer(warnings=outcome.warnings, dispute=len(outcome.order.disputes))

    def advance(self, at: datetime) -> None:
        self.now = at
        clock.advance(self.marketplace, at)

    def look(self, order: str, dispute: int, at: datetime) -> Mapping[str, Any]:
        found = self._found(order, at)
        view = seen(found.order, found.order.dispute(dispute), at)
        # A redirected refund names the sealed text that says where it goes.
        names = {
            recorded.event.to.ref: recorded.event.to.plain
            for recorded in found.history
            if isinstance(recorded.event, RefundRedirected)
        }
        if view["refund"] and view["refund"]["to"] in names:
            view["refund"]["to"] = names[view["refund"]["to"]]
        return view

    def told(self, order: str) -> list[str]:
        found = queries.order(self.marketplace, order, now=self.now)
        return timeline(found.order, [recorded.event for recorded in found.history]) if found else []

    def _found(self, order: str, at: datetime) -> queries.Found:
        found = queries.order(self.marketplace, order, now=at)
        assert found is not None, f"no order {order}"
        return found


def _refusal(refused: Refused) -> Answer:
    return Answer(refused.code.value, refused.until, sentence=f"{refused.sentence} {refused.way_out}")


def _of(command: c.BlockParty | c.UnblockParty, name: str) -> c.BlockParty | c.UnblockParty:
    return type(command)(by=command.by, actor=command.actor, party=name, finding=command.finding)


def _spread(spread: wide.Spread) -> Answer:
    if spread.malformed is not None:
        return _refusal(spread.malformed)
    if not spread.reached:
        return _refusal(spread.refused[-1][1]) if spread.refused else Answer("malformed")
    return Answer()
