"""A rehearsal told once more through the running service, every act of it over HTTP, every answer compared.

What was rehearsed in memory is sent act by act, in its order, with the clock moved to each act's instant: same seed,
same cast. The service must answer each act as the core did (accepted or refused, the same events, the same money),
and in the end every order must stand the same. Orders of one buyer share facts, so each buyer's orders go to one
sandbox marketplace; several of those are told at the same time.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import reduce
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from amends.core.order import Order
from amends.stories.client import Client, Reply, ServiceError
from amends.stories.service import LOOKS, acting_as, addressed

PAGE = 100
PATIENCE = 60.0
"""Seconds a service that is away is waited for: every act has a key, so it may be sent again."""


class Standing(NamedTuple):
    """Where an order stands: its version, its status, and its money in minor units (held, refunded, released).

    `money` is None where whoever acted may not see it: a carrier, a payment provider.
    """

    version: int
    status: str
    money: tuple[int, int, int] | None


class End(NamedTuple):
    """How one order ends: where it stands, and its disputes."""

    currency: str
    standing: Standing
    cases: tuple[Case, ...]

    def counted(self) -> Counter[str]:
        """What it adds to the figures of the whole."""
        counts = Counter([f"orders {self.standing.status}"])
        counts.update(f"disputes {case.outcome or 'still open'}" for case in self.cases)
        for name, minor in zip(("held", "refunded", "released"), self.standing.money or (0, 0, 0), strict=True):
            counts[f"{name}, {self.currency} minor units"] += minor
        return counts


class Case(NamedTuple):
    """How one dispute stands."""

    number: int
    status: str
    outcome: str | None


class Told(NamedTuple):
    """One act of a rehearsal, and what came of it: refused with a code, or where the order stood after it."""

    at: datetime
    order: str
    document: Mapping[str, Any]
    refused: str | None
    standing: Standing | None


class Rehearsal(NamedTuple):
    """All of it: the acts in the order of their instants, the last instant, and every order as it stands in the end."""

    acts: Sequence[Told]
    ends: datetime
    orders: Mapping[str, Order]


class Retold(NamedTuple):
    """What came of it: how many acts and orders were compared, each difference as a sentence, and two countings of
    the end, in memory and by the service: orders by status, disputes by outcome, money in minor units."""

    acts: int
    orders: int
    differences: tuple[str, ...]
    memory: Counter[str]
    service: Counter[str]

    def with_another(self, other: Retold) -> Retold:
        return Retold(
            self.acts + other.acts,
            self.orders + other.orders,
            self.differences + other.differences,
            self.memory + other.memory,
            self.service + other.service,
        )


def standing(order: Order) -> Standing:
    money = (order.held_minor, order.refunded_minor, order.released_minor)
    return Standing(order.version, order.status.value, money)


def end(order: Order) -> End:
    cases = tuple(Case(d.number, d.status.value, d.outcome.value if d.outcome else None) for d in order.disputes)
    return End(order.currency, standing(order), cases)


def retell(rehearsal: Rehearsal, clients: Sequence[Client], name: str) -> Retold:
    """Tell all of it through the service, one client and marketplace a share of the buyers, and compare.

    `name` makes the idempotency keys: told again under the same name, nothing is done twice.
    """
    shares = shared_out(rehearsal, len(clients))
    with ThreadPoolExecutor(len(clients)) as pool:
        told = pool.map(lambda share, client: _Teller(client, name).tell(share), shares, clients)
        return reduce(Retold.with_another, told)


def shared_out(rehearsal: Rehearsal, parts: int) -> list[Rehearsal]:
    """The same in several parts, all orders of a buyer in one."""
    buyers = {act.order: str(act.document["buyer"]) for act in rehearsal.acts if act.document["do"] == "place_order"}
    part = {order: zlib.crc32(buyer.encode()) % parts for order, buyer in buyers.items()}
    return [
        Rehearsal(
            [act for act in rehearsal.acts if part.get(act.order, 0) == number],
            rehearsal.ends,
            {order_id: order for order_id, order in rehearsal.orders.items() if part.get(order_id, 0) == number},
        )
        for number in range(parts)
    ]


class _Teller:
    """One share of the buyers, on one sandbox marketplace."""

    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name
        self.now: datetime | None = None
        self.differences: list[str] = []

    def tell(self, rehearsal: Rehearsal) -> Retold:
        for number, act in enumerate(rehearsal.acts, 1):
            self._tell(number, act)
        self._advance(rehearsal.ends)
        seen = dict(self._orders())
        expected = {order_id: end(order) for order_id, order in rehearsal.orders.items()}
        for order_id in sorted(seen.keys() | expected.keys()):
            if seen.get(order_id) != expected.get(order_id):
                self.differences.append(
                    f"order {order_id} ends {seen.get(order_id)}, in memory {expected.get(order_id)}"
                )
        return Retold(
            len(rehearsal.acts),
            len(expected),
            tuple(self.differences),
            _counted(expected.values()),
            _counted(seen.values()),
        )

    def _tell(self, number: int, act: Told) -> None:
        self._advance(act.at)
        path, body = addressed(act.order, act.document)
        key = f"{self.name}/{number}"
        reply = self.client.post(path, body, acting=acting_as(act.document), key=key)
        came = self._came(reply)
        expected = act.refused if act.refused is not None else act.standing
        if came != expected and not _as_far_as_seen(came, act.standing):
            where = f"act {number} ({act.document['do']} on {act.order} at {act.at:%Y-%m-%dT%H:%M:%SZ})"
            self.differences.append(f"{where} came to {came}, in memory to {expected}")

    def _advance(self, to: datetime) -> None:
        if self.now is None or to > self.now:
            reply = self.client.move_clock(to)
            if not reply.ok:
                raise ServiceError(f"the sandbox's clock was not moved: {reply.status} {reply.document}")
            self.now = to

    def _came(self, reply: Reply) -> Standing | str:
        if reply.ok:
            return _standing(reply.document["order"])
        if reply.status >= 500 or "code" not in reply.document:
            raise ServiceError(f"the service answered {reply.status} without a code: {reply.document}")
        return str(reply.document["code"])

    def _orders(self) -> Iterator[tuple[str, End]]:
        after: str | None = ""
        while after is not None:
            asked = urlencode({"limit": PAGE} | ({"after": after} if after else {}), quote_via=quote)
            reply = self.client.get(f"/v1/orders?{asked}", acting=LOOKS)
            if not reply.ok:
                raise ServiceError(f"the orders cannot be listed: {reply.status} {reply.document}")
            for order in reply.document["orders"]:
                disputes = tuple(Case(one["number"], one["status"], one["outcome"]) for one in order["disputes"])
                yield order["id"], End(order["currency"], _standing(order), disputes)
            after = reply.document["next"]


def _counted(ends: Iterable[End]) -> Counter[str]:
    return sum((one.counted() for one in ends), Counter())


def _as_far_as_seen(came: Standing | str, expected: Standing | None) -> bool:
    """The same, but for the money that whoever acted is not shown."""
    if isinstance(came, str) or expected is None or came.money is not None:
        return False
    return came == expected._replace(money=None)


def _standing(order: Mapping[str, Any]) -> Standing:
    money = order["money"]
    if money is None:
        return Standing(order["version"], order["status"], None)
    held, refunded, released = (money[name]["amount_minor"] for name in ("held", "refunded", "released"))
    return Standing(order["version"], order["status"], (held, refunded, released))
