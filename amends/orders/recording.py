"""From events to rows: what the one write puts down, and what a replay expects to find.

Both walk the same way, so that a row rebuilt from its events is the row that was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from amends.core import events as e
from amends.core.deadlines import running
from amends.core.desk import AtDesk, at_desk
from amends.core.durations import Calendars, format_instant
from amends.core.evolve import begin, evolve
from amends.core.journal import transfers
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.reminders import reminders_of
from amends.core.values import Filed
from amends.core.wire import GENESIS, Recorded, canonical, read_event, write_event

from .evidence_statements import Linked
from .intents import Intent, Settled, Taken, intents, settled, taken
from .sealing import opened
from .state import state_hash
from .store import EventRow, Posted, Row


def handed_in(events: Iterable[Recorded]) -> tuple[tuple[Linked, ...], tuple[str, ...]]:
    """The uploads that these events made evidence, and those they took back."""
    linked: list[Linked] = []
    removed: list[str] = []
    for recorded in events:
        files: tuple[Filed, ...] = ()
        match recorded.event:
            case e.EvidenceAdded(file=file):
                files = (file,)
            case e.EvidenceRemoved(file=name):
                removed.append(name)
            case e.DisputeOpened() | e.ClaimRevised() | e.AppealMade() | e.ReturnContested():
                files = recorded.event.files
            case _:
                pass
        linked += [Linked(file.id, recorded.number, file.sha256) for file in files if file.sha256]
    return tuple(linked), tuple(removed)


class BrokenHistory(ValueError):
    """The stored events are not what was written: which number, and what is wrong."""


class Recorder:
    """Takes events in their sealed form, one after the other, and keeps what each of them makes."""

    def __init__(self, policy: Policy, calendars: Calendars, order: Order | None, head: str = GENESIS) -> None:
        self.policy = policy
        self.calendars = calendars
        self.order = order
        self.head = head
        self.events: list[Recorded] = []
        self.rows: list[EventRow] = []
        self.journal: list[Posted] = []
        self.intents: list[Intent] = []
        self.settled: Settled | None = None
        self.taken: list[Taken] = []

    def add(self, event: e.Event, after: Order | None = None) -> Order:
        """Take one event. `after` is the order after it, where that was folded from this very event already."""
        body = canonical(write_event(event)).decode()
        self.head = link(self.head, body)
        before, after = self._folded(event) if after is None or self.order is None else (self.order, after)
        self.order = after
        self.events.append(Recorded(after.version, event, self.head))
        self.rows.append(EventRow(after.version, event.at, type(event).__name__, body, bytes.fromhex(self.head)))
        for position, transfer in enumerate(transfers(before, event), 1):
            self.journal.append(Posted(after.version, position, event.at, transfer))
        self.intents.extend(intents(before, event, after.version))
        self.settled = settled(before, event, after.version) or self.settled
        back = taken(before, event, after.version)
        if back is not None:
            self.taken.append(back)
        return after

    def _folded(self, event: e.Event) -> tuple[Order, Order]:
        if isinstance(event, e.OrderPlaced):
            placed = begin(event, self.policy, self.calendars)
            return placed, placed
        assert self.order is not None, "an order's history begins with its placing"
        return self.order, evolve(self.order, event)


def link(previous: str, body: str) -> str:
    """The chain's hash after a body that is canonical already; the same as `wire.chained`."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def head_of(bodies: Iterable[str], head: str = GENESIS) -> str:
    for body in bodies:
        head = link(head, body)
    return head


def read(bodies: Iterable[str], texts: Mapping[str, str]) -> list[e.Event]:
    """The events of stored bodies, with the personal texts that could be opened."""
    events = [read_event(json.loads(body)) for body in bodies]
    return [opened(event, texts) for event in events] if texts else events


def row(order: Order, head: str) -> Row:
    """The copy of an order that is kept beside its events."""
    places = (order.destination, order.return_to)
    deadlines = running(order)
    reminders = reminders_of(order, deadlines)
    return Row(
        version=order.version,
        head=bytes.fromhex(head),
        state_hash=state_hash(order),
        policy_digest=order.policy.digest,
        status=order.status.value,
        buyer=order.buyer,
        seller=order.seller,
        currency=order.currency,
        countries=sorted({place.country for place in places if place is not None}),
        holds=sorted(order.holds),
        held_minor=order.held_minor,
        refunded_minor=order.refunded_minor,
        released_minor=order.released_minor,
        open_disputes=sum(1 for _ in order.open_disputes()),
        opened_at=[dispute.opened_at for dispute in order.disputes],
        placed_at=order.placed_at,
        due_at=deadlines[0].at if deadlines else None,
        remind_at=reminders[0].at if reminders else None,
        desk=on_the_desk(order),
    )


def on_the_desk(order: Order) -> list[dict[str, Any]] | None:
    """What of the order waits for staff, as its row keeps it, with all a queue shows of it; None where nothing does."""
    return [_on_the_desk(order, one) for one in at_desk(order)] or None


def _on_the_desk(order: Order, one: AtDesk) -> dict[str, Any]:
    dispute = order.dispute(one.dispute)
    return {
        "dispute": one.dispute,
        "queue": one.queue.value,
        "since": format_instant(one.since),
        "due": format_instant(one.due) if one.due else None,
        "overdue": one.overdue,
        "back": format_instant(one.back) if one.back else None,
        "awaited": [party.value for party in one.awaited],
        "reason": dispute.reason.value if dispute else None,
        "wants": dispute.claim.wants.value if dispute else None,
        "stake": one.stake_minor,
    }
