"""What one reader looks at: a dispute of an order, as it stands now, and as much of its history as is his to see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

from amends.core import events as e
from amends.core import sight
from amends.core.order import Dispute, Order
from amends.core.rights import Rights, rights
from amends.core.vocabulary import Party
from amends.orders.queries import Found

AnEvent = TypeVar("AnEvent", bound=e.Event)
STAFF = frozenset({Party.MEDIATOR, Party.OPERATOR})


class Numbered(NamedTuple):
    """An event under its number in the order's history, from 1."""

    number: int
    event: e.Event


class Matter(NamedTuple):
    order: Order
    dispute: Dispute
    viewer: Party
    now: datetime
    history: tuple[Numbered, ...]
    """What the viewer may see of the order, without what is another dispute's, what has lapsed unwritten included."""
    rights: Rights
    """On the dispute."""
    order_rights: Rights

    @property
    def staff(self) -> bool:
        return self.viewer in STAFF

    @property
    def other(self) -> Party:
        """The party on the other side; of staff the seller, who answers."""
        return Party.BUYER if self.viewer is Party.SELLER else Party.SELLER

    def latest(self, kind: type[AnEvent]) -> AnEvent | None:
        """The newest event of that kind the viewer may see."""
        return next(self.newest(kind), None)

    def newest(self, kind: type[AnEvent]) -> Iterator[AnEvent]:
        return (one.event for one in reversed(self.history) if isinstance(one.event, kind))


def matter(found: Found, dispute: Dispute, viewer: Party, now: datetime) -> Matter:
    """Put together from one reading of the order."""
    order = found.order
    events = [*(recorded.event for recorded in found.history), *found.due]
    seen = (Numbered(at + 1, event) for at, event in sight.numbered(order, events, viewer))
    mine = tuple(one for one in seen if _about(one.event) in (None, dispute.number))
    on_dispute = rights(order, dispute, viewer, now)
    return Matter(order, dispute, viewer, now, mine, on_dispute, rights(order, None, viewer, now))


def _about(event: e.Event) -> int | None:
    """The dispute the event names; None where it is the order's."""
    number: int | None = getattr(event, "dispute", None)
    return number
