"""The receiver that notes who is told of a message: what people find on their notices page, and letters are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from amends.core import events as e
from amends.core import sight
from amends.core.deadlines import Deadline, running
from amends.core.durations import parse_instant
from amends.core.order import Order
from amends.core.vocabulary import Party
from amends.orders import clock, notices, queries
from amends.orders.notices import Notice
from amends.orders.queries import Found

from . import audience
from .receivers import Message

REMINDER = "reminder:"


class Notices(NamedTuple):
    """Writes a row for each person a message is for. Told twice, nothing changes."""

    real_now: datetime
    name: str = "notices"

    def receive(self, message: Message) -> None:
        now = clock.now_of(message.marketplace, self.real_now)
        found = queries.order(message.marketplace, message.order_key, now=now)
        if found is not None:
            notices.note(message.marketplace, list(_for(message, found, now)))


def event_of(found: Found, number: int) -> e.Event | None:
    """The event as it is stored; what is told of it to a party is `seen_by`'s."""
    return found.history[number - 1].event if 0 < number <= len(found.history) else None


def seen_by(party: Party, found: Found, number: int) -> e.Event | None:
    """The event of that number as this party may see it; None where there is none, or none for him."""
    events = (recorded.event for recorded in found.history)
    return next((event for at, event in sight.numbered(found.order, events, party) if at == number - 1), None)


def deadline_of(order: Order, topic: str) -> Deadline | None:
    """The deadline a reminder is about; None where it no longer runs, or at another instant."""
    name, dispute, rest = topic.removeprefix(REMINDER).split(":", 2)
    instant = parse_instant(rest.rpartition(":")[0])
    return next(
        (
            one
            for one in running(order)
            if one.name.value == name and str(one.dispute or "") == dispute and one.at == instant
        ),
        None,
    )


def _for(message: Message, found: Found, now: datetime) -> Iterator[Notice]:
    order = found.order
    names = {Party.BUYER: order.buyer, Party.SELLER: order.seller}
    if message.topic.startswith(REMINDER):
        deadline = deadline_of(order, message.topic)
        told, at = (audience.reminded(deadline) if deadline else iter(())), now
    else:
        event = event_of(found, message.event)
        if event is None:
            return
        concerned = audience.told(order, event)
        told, at = (one for one in concerned if seen_by(one[0], found, message.event)), event.at
    for party, kind in told:
        yield Notice(message.order_key, names[party], message.event, message.topic, party, kind, at)
