"""A marketplace in memory: orders, blocked parties, paused regions. Stories and simulations act on it.

It is the edge that a service is with a database: it gathers the facts a decision may look at, keeps the
histories, and knows the time only because it is told.
"""

from __future__ import annotations

from datetime import datetime

from amends.core import commands as c
from amends.core.decide import act, catch_up, place
from amends.core.draft import Accepted
from amends.core.durations import Calendars
from amends.core.events import Event
from amends.core.facts import Facts
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.tracking import normalise
from amends.core.vocabulary import Party, RefusalCode


class World:
    """One marketplace under one policy. Every order's whole history is kept in `history`."""

    def __init__(self, policy: Policy, calendars: Calendars) -> None:
        self.policy = policy
        self.calendars = calendars
        self.orders: dict[str, Order] = {}
        self.history: dict[str, list[Event]] = {}
        self.blocked: dict[str, str] = {}
        self.paused: dict[frozenset[str], c.PauseClocks] = {}
        self._orders_of: dict[str, list[str]] = {}
        self._order_of_number: dict[str, str] = {}

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def advance(self, now: datetime) -> None:
        """Every deadline of every order that has lapsed by `now` takes effect."""
        for order_id, order in self.orders.items():
            after, events = catch_up(order, now)
            if events:
                self._keep(order_id, after, events)

    def advance_one(self, order_id: str, now: datetime) -> None:
        """The same for one order."""
        after, events = catch_up(self.orders[order_id], now)
        if events:
            self._keep(order_id, after, events)

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def place(self, command: c.PlaceOrder, now: datetime) -> Accepted | Refused:
        facts = Facts(
            policy=self.policy,
            calendars=self.calendars,
            order_exists=command.id in self.orders,
            blocked=self._blocked(command.buyer, command.seller),
        )
        answer = place(command, now, facts)
        if isinstance(answer, Accepted):
            self._keep(command.id, answer.order, answer.events)
            self._orders_of.setdefault(command.buyer, []).append(command.id)
            for pause in self.paused.values():
                if self._in_region(answer.order, pause.countries):
                    self._act(command.id, pause, now)
        return answer

    def act(self, order_id: str, command: c.Command, now: datetime) -> Accepted | Refused:
        """One act on one order, or, for blocks and regions, on the marketplace."""
        if isinstance(command, c.BlockParty | c.UnblockParty):
            return self._block(order_id, command)
        if isinstance(command, c.PauseClocks | c.ResumeClocks) and command.countries:
            return self._region(command, now)
        if isinstance(command, c.PlaceOrder):
            return self.place(command, now)
        if order_id not in self.orders:
            return Refused(RefusalCode.UNKNOWN_ORDER)
        return self._act(order_id, command, now)

    def _act(self, order_id: str, command: c.Command, now: datetime) -> Accepted | Refused:
        step = act(self.orders[order_id], command, now, self.facts(order_id, command))
        self._keep(order_id, step.order, step.events)
        if isinstance(command, c.Ship) and command.tracking and isinstance(step.answer, Accepted):
            self._order_of_number.setdefault(normalise(command.tracking), order_id)
        return step.answer

    def _keep(self, order_id: str, order: Order, events: tuple[Event, ...]) -> None:
        self.orders[order_id] = order
        self.history.setdefault(order_id, []).extend(events)

    # ── facts ────────────────────────────────────────────────────────────────────────────────────

    def facts(self, order_id: str, command: c.Command) -> Facts:
        """What a decision about the order may look at beyond it."""
        order = self.orders[order_id]
        blocked = self._blocked(order.buyer, order.seller)
        if not isinstance(command, c.OpenDispute):
            number = getattr(command, "tracking", "") or getattr(command, "name", "")
            return Facts(blocked=blocked, tracking_elsewhere=self._number_of_another(order, number))
        mine = [self.orders[other] for other in self._orders_of.get(order.buyer, ())]
        opened = tuple(dispute.opened_at for other in mine if other is not order for dispute in other.disputes)
        return Facts(blocked=blocked, disputes_opened=opened, orders_placed=tuple(other.placed_at for other in mine))

    def _number_of_another(self, order: Order, number: str) -> bool:
        owner = self._order_of_number.get(normalise(number)) if number else None
        return owner is not None and owner != order.id

    def _blocked(self, buyer: str, seller: str) -> frozenset[Party]:
        return frozenset(
            party for party, name in ((Party.BUYER, buyer), (Party.SELLER, seller)) if name in self.blocked
        )

    # ── what concerns more than one order ────────────────────────────────────────────────────────

    def _block(self, order_id: str, command: c.BlockParty | c.UnblockParty) -> Accepted | Refused:
        """`party` is the marketplace's name for somebody, or buyer or seller of the order meant."""
        if command.by not in command.who:
            who = ", ".join(sorted(command.who))
            return Refused(RefusalCode.NOT_ALLOWED, verb=command.verb, party=command.by, who=who)
        if not command.finding.strip():
            return Refused(RefusalCode.MALFORMED, why="a block needs its finding", mend="Say why.")
        order = self.orders.get(order_id) or next(iter(self.orders.values()))
        name = {"buyer": order.buyer, "seller": order.seller}.get(command.party, command.party)
        if isinstance(command, c.BlockParty):
            self.blocked[name] = command.finding
        else:
            self.blocked.pop(name, None)
        return Accepted(order, ())

    def _region(self, command: c.PauseClocks | c.ResumeClocks, now: datetime) -> Accepted | Refused:
        region = frozenset(command.countries)
        if isinstance(command, c.PauseClocks):
            self.paused[region] = command
        else:
            self.paused.pop(region, None)
        answer: Accepted | Refused = Refused(
            RefusalCode.MALFORMED, why="no order lies in that region", mend="Check the countries."
        )
        for order_id, order in list(self.orders.items()):
            if self._in_region(order, command.countries):
                answer = self._act(order_id, command, now)
        return answer

    @staticmethod
    def _in_region(order: Order, countries: tuple[str, ...]) -> bool:
        """A region stops an order that is sent to it or whose returns go there."""
        places = (order.destination, order.return_to)
        return any(place is not None and place.country in countries for place in places)
