"""A rehearsal: a recorded book of orders under a policy, with simulated parties disputing what went wrong in it.

The orders, payments, parcels and complaints are as they were recorded. Who opens is: buyers whose parcel never
came, came late, or who complained; whether they may is the policy's answer, and refusals are counted. Sellers,
mediators, carriers and payment providers are simulated and seeded (`actors`). The book runs to its last recorded
day; then everybody goes on until nothing is open, and both parts are told apart.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from amends.core.deadlines import next_deadline
from amends.core.draft import Accepted
from amends.core.durations import Calendars, parse_instant
from amends.core.events import DeadlineLapsed
from amends.core.order import Dispute, Order
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.vocabulary import OrderStatus
from amends.core.wire import read_command
from amends.stories.world import World

from .actors import Cast
from .books import Book
from .invariants import check_history
from .retelling import Rehearsal as Whole
from .retelling import Told, standing

TICK = timedelta(seconds=1)
UNHAPPY = 2
"""A review of so many stars or fewer is a complaint."""
MOST_TRIES = 3
"""How often a buyer comes back when a refusal names a date."""
FAR = timedelta(days=3650)


class Money(NamedTuple):
    held: int = 0
    refunded: int = 0
    released: int = 0

    @property
    def total(self) -> int:
        return self.held + self.refunded + self.released


class Rehearsed(NamedTuple):
    """What came of one book under one policy. Money by currency, in minor units; durations in days."""

    policy: str
    orders: int
    refused_commands: Counter[str]
    paid_in: dict[str, int]
    at_book_end: dict[str, Money]
    statuses_at_book_end: Counter[str]
    open_at_book_end: int
    at_end: dict[str, Money]
    statuses: Counter[str]
    disputes: int
    outcomes: Counter[str]
    refunded_by_outcome: Counter[str]
    refusals: Counter[str]
    lapses: Counter[str]
    appeals: int
    days_open: tuple[float, ...]
    last_day: datetime
    steps: int
    broken: tuple[str, ...]


class _Due(NamedTuple):
    """Something that will happen: recorded commands before simulated acts of the same instant."""

    at: datetime
    rank: int
    number: int
    order: str
    what: str
    document: dict[str, Any]


class Rehearsal:
    """One run of one book under one policy."""

    def __init__(self, book: Book, policy: Policy, calendars: Calendars, seed: int) -> None:
        self.book = book
        self.seed = seed
        self.world = World(policy, calendars)
        self.casts: dict[str, Cast] = {}
        self.queue: list[_Due] = []
        self.count = 0
        self.steps = 0
        self.refused_commands: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.tries: Counter[str] = Counter()
        self.delivered: dict[str, datetime] = {}
        self.told: list[Told] = []
        """Every act, as `retelling` sends it to a service."""
        self.now = parse_instant(book.commands[0]["at"])

    # ── running ──────────────────────────────────────────────────────────────────────────────────

    def run(self, check: Callable[[World], tuple[str, ...]]) -> Rehearsed:
        """Play the book to its end, then on until nothing is open and nothing is held."""
        self._fill()
        self._until(self.book.ends)
        self.world.advance(self.book.ends)
        at_book_end, statuses = self._money(), self._statuses()
        still_open = sum(1 for order in self.world.orders.values() for _ in order.open_disputes())
        self._until(self.book.ends + FAR)
        self.world.advance(self.now)
        return self._result(at_book_end, statuses, still_open, check(self.world))

    def _fill(self) -> None:
        for document in self.book.commands:
            at = parse_instant(document["at"])
            self._put(at, 0, document["order"], "recorded", document)
            if document["do"] == "track" and document.get("state") == "delivered":
                self.delivered[document["order"]] = at
        for document in self._complaints():
            self._put(parse_instant(document["at"]), 1, document["order"], "complaint", document)

    def _complaints(self) -> Iterator[dict[str, Any]]:
        """Bad reviews. One review of an order split over several sellers is about one of them, nobody knows which."""
        about: dict[str, list[dict[str, Any]]] = {}
        for number, document in enumerate(self.book.complaints):
            if document.get("score") is None or document["score"] <= UNHAPPY:
                shared = document.get("shop_order")
                about.setdefault(f"{shared}/{document.get('id')}" if shared else str(number), []).append(document)
        for key, parts in about.items():
            yield parts[0] if len(parts) == 1 else Cast(self.seed, key).chance.choice(parts)

    def _put(self, at: datetime, rank: int, order: str, what: str, document: dict[str, Any]) -> None:
        self.count += 1
        heapq.heappush(self.queue, _Due(at, rank, self.count, order, what, document))

    def _until(self, end: datetime) -> None:
        while self.queue and self.queue[0].at <= end:
            due = heapq.heappop(self.queue)
            self.now = max(self.now, due.at)
            self._happen(due)
            self.steps += 1

    def _happen(self, due: _Due) -> None:
        match due.what:
            case "recorded":
                self._recorded(due)
            case "complaint" | "missing":
                self._opens(due)
            case "act":
                self._planned(due)
            case "refund":
                self._act(due.order, due.document, due.at)
            case _:
                self._clock(due)

    def whole(self) -> Whole:
        """All that happened, to be told once more elsewhere; after `run`."""
        return Whole(self.told, self.now, self.world.orders)

    # ── what was recorded ────────────────────────────────────────────────────────────────────────

    def _recorded(self, due: _Due) -> None:
        answer = self._act(due.order, due.document, due.at)
        if isinstance(answer, Refused):
            self.refused_commands[f"{due.document['do']}: {answer.code}"] += 1
            return
        order = answer.order
        if due.document["do"] == "ship" and order.shipment and order.shipment.delivery_due:
            arrived, promised = self.delivered.get(due.order), order.shipment.delivery_due
            if arrived is None or arrived > promised:
                wait = self._cast(due.order).after(promised, 0.1, 6)
                self._put(wait, 1, due.order, "missing", {})
        self._look(due.order)

    def _act(self, order_id: str, document: dict[str, Any], at: datetime) -> Accepted | Refused:
        try:
            answer = self.world.act(order_id, read_command(document), at)
        except Refused as refused:
            answer = refused
        if isinstance(answer, Refused):
            self.told.append(Told(at, order_id, document, answer.code.value, None))
        else:
            self.told.append(Told(at, order_id, document, None, standing(answer.order)))
        return answer

    def _cast(self, order_id: str) -> Cast:
        if order_id not in self.casts:
            self.casts[order_id] = Cast(self.seed, order_id)
        return self.casts[order_id]

    # ── buyers who have a reason ─────────────────────────────────────────────────────────────────

    def _opens(self, due: _Due) -> None:
        order = self.world.orders.get(due.order)
        cast = self._cast(due.order)
        if order is None or not cast.buyer_opens or any(True for _ in order.open_disputes()):
            return
        arrived = order.shipment is not None and order.shipment.delivered_at is not None
        if due.what == "missing" and arrived:
            return
        document = cast.opening(order, received=arrived)
        if document is None:
            return
        answer = self._act(due.order, document, due.at)
        if not isinstance(answer, Refused):
            self._look(due.order)
            return
        self.refusals[f"open: {answer.code}"] += 1
        self.tries[due.order] += 1
        if answer.until is not None and self.tries[due.order] < MOST_TRIES:
            self._put(max(answer.until, due.at) + TICK, 1, due.order, due.what, due.document)

    # ── simulated parties ────────────────────────────────────────────────────────────────────────

    def _look(self, order_id: str) -> None:
        """Everybody involved looks at the order and decides what to do next; the clock is set as well."""
        order = self.world.orders[order_id]
        for dispute in order.disputes:
            planned = self._cast(order_id).plan(order, dispute, self.now)
            if planned is not None:
                seen = {"document": planned.document, "state": _state(dispute)}
                self._put(max(planned.at, self.now + TICK), 2, order_id, "act", seen)
        refund = self._cast(order_id).refund(order, self.now)
        if refund is not None:
            self._put(refund.at, 2, order_id, "refund", refund.document)
        self._wake(order)

    def _wake(self, order: Order) -> None:
        deadline = next_deadline(order)
        if deadline is not None:
            self._put(deadline.at + TICK, 3, order.id, "clock", {"version": order.version})

    def _planned(self, due: _Due) -> None:
        order = self.world.orders[due.order]
        document = due.document["document"]
        dispute = order.dispute(document["dispute"])
        if dispute is None or _state(dispute) != due.document["state"]:
            return
        arrived = order.shipment is not None and order.shipment.delivered_at is not None
        if document["do"] == "reject" and not dispute.received and arrived:
            document = {"by": "buyer", "do": "withdraw", "dispute": dispute.number}
        before = order.version
        answer = self._act(due.order, document, due.at)
        if isinstance(answer, Refused):
            self.refusals[f"{document['do']}: {answer.code}"] += 1
        if self.world.orders[due.order].version != before:
            self._look(due.order)

    def _clock(self, due: _Due) -> None:
        order = self.world.orders[due.order]
        if order.version != due.document["version"]:
            return
        before = order.version
        self.world.advance_one(due.order, due.at)
        if self.world.orders[due.order].version != before:
            self._look(due.order)

    # ── the result ───────────────────────────────────────────────────────────────────────────────

    def _money(self) -> dict[str, Money]:
        totals: dict[str, Money] = {}
        for order in self.world.orders.values():
            held, refunded, released = totals.get(order.currency, Money())
            totals[order.currency] = Money(
                held + order.held_minor, refunded + order.refunded_minor, released + order.released_minor
            )
        return totals

    def _statuses(self) -> Counter[str]:
        return Counter(order.status.value for order in self.world.orders.values())

    def _result(
        self, at_book_end: dict[str, Money], statuses: Counter[str], still_open: int, broken: tuple[str, ...]
    ) -> Rehearsed:
        orders = self.world.orders.values()
        disputes = [dispute for order in orders for dispute in order.disputes]
        paid_in: Counter[str] = Counter()
        for order in orders:
            paid_in[order.currency] += order.paid_in_minor
        refunded: Counter[str] = Counter()
        for dispute in disputes:
            refunded[_outcome(dispute)] += dispute.refunded_minor
        lapses = Counter(
            event.name.value
            for history in self.world.history.values()
            for event in history
            if isinstance(event, DeadlineLapsed)
        )
        unfinished = tuple(
            f"order {order.id} ends {order.status} with {order.held_minor} held"
            for order in orders
            if order.held_minor or order.status not in (OrderStatus.COMPLETED, OrderStatus.CANCELLED)
        )
        return Rehearsed(
            policy=self.world.policy.id,
            orders=len(self.world.orders),
            refused_commands=self.refused_commands,
            paid_in=dict(paid_in),
            at_book_end=at_book_end,
            statuses_at_book_end=statuses,
            open_at_book_end=still_open,
            at_end=self._money(),
            statuses=self._statuses(),
            disputes=len(disputes),
            outcomes=Counter(_outcome(dispute) for dispute in disputes),
            refunded_by_outcome=refunded,
            refusals=self.refusals,
            lapses=lapses,
            appeals=sum(len(dispute.appeals) for dispute in disputes),
            days_open=tuple(sorted(_days(dispute) for dispute in disputes if dispute.closed_at)),
            last_day=self.now,
            steps=self.steps,
            broken=broken + unfinished,
        )


def _state(dispute: Dispute) -> tuple[object, ...]:
    """What a party looked at when it made its plan; another state, another plan."""
    return (
        dispute.status,
        len(dispute.terms),
        dispute.offered,
        len(dispute.choices),
        len(dispute.sent),
        dispute.trip,
        dispute.replacement,
        len(dispute.appeals),
        dispute.refunds[-1].status if dispute.refunds else None,
        dispute.closed_at,
    )


def _outcome(dispute: Dispute) -> str:
    return dispute.outcome.value if dispute.outcome else "still open"


def _days(dispute: Dispute) -> float:
    assert dispute.closed_at is not None
    return (dispute.closed_at - dispute.opened_at) / timedelta(days=1)


def rehearsed(book: Book, policy: Policy, calendars: Calendars, seed: int) -> Rehearsed:
    """One whole rehearsal, its histories verified; what a worker process runs."""
    return Rehearsal(book, policy, calendars, seed).run(verified)


def verified(world: World) -> tuple[str, ...]:
    """Every invariant that applies to a finished history, order by order; empty when all hold."""
    return tuple(
        f"order {order_id}: {broken}"
        for order_id, order in world.orders.items()
        for broken in check_history(world.history[order_id], order)
    )


def quantile(values: Iterable[float], part: float) -> float:
    """The value below which `part` of the sorted values lie; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0
