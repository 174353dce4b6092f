"""What is acted while things crash: a few orders whose lives touch every part of the one write, and the clock's rounds.

Alice buys, Bob sells, Mia mediates, Olga operates. Each act has a key of its own, the same whenever it is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from amends.core.wire import read_command
from amends.delivery import relay, reminders
from amends.orders import clock, queries, wide
from amends.orders.handle import bring_up, handle
from amends.payments import work

PLACED = datetime(2026, 3, 20, 9, tzinfo=UTC)
CLAIM: dict[str, Any] = {
    "lines": ["A"],
    "received": True,
    "reason": "low_quality",
    "wants": "refund",
    "amount": "45.00",
    "text": "The lid does not close.",
}


class Step(NamedTuple):
    """An act on an order, or, with `do` one of ROUNDS, something that concerns all of them."""

    day: float
    order: str
    do: str
    by: str = ""
    fields: Mapping[str, Any] = {}

    @property
    def now(self) -> datetime:
        return PLACED + timedelta(days=self.day)

    @property
    def key(self) -> str:
        return f"{self.do}-{self.by}-{self.day}"


class Heard(NamedTuple):
    """What an actor was told: the version the order came to, the events of the act; or the code it was refused with."""

    version: int
    events: int
    lapsed: int
    refused: str = ""
    repeated: bool = False


def place(order: str, **fields: Any) -> Step:
    return Step(0, order, "place_order", "marketplace", {
        "id": order, "buyer": "alice", "seller": "bob", "currency": "USD",
        "lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1}],
        "payments": [{"reference": f"pay-{order}", "method": "card-4242", "amount": "45.00"}],
        "paid_at": "2026-03-20T09:00:00Z",
        "destination": {"country": "PL", "city": "Gdansk"},
        "return_to": {"country": "CN", "city": "Shenzhen"},
        **fields,
    })  # fmt: skip


def ship(order: str, number: str) -> Step:
    return Step(1, order, "ship", "seller", {"tracking": number})


def acted(act: Step, marketplace: UUID, *, keyless: bool = False) -> Heard:
    """Do it through the door, with its key or, to see what that is for, without."""
    document = {"do": act.do, "by": act.by, "actor": "mia" if act.by == "mediator" else "", **act.fields}
    outcome = handle(marketplace, act.order, document, now=act.now, caller=act.by, key="" if keyless else act.key)
    refused = outcome.refused.code.value if outcome.refused else ""
    return Heard(outcome.version, len(outcome.events), len(outcome.lapsed), refused, outcome.repeated)


def went_round(step: Step, marketplace: UUID) -> None:
    """Do what concerns more than one order."""
    match step.do:
        case "bring_up":
            for _, order in queries.due(step.now, marketplace=marketplace):
                bring_up(marketplace, order, now=step.now)
        case "sweep":
            while clock.sweep(step.now, marketplace=marketplace).taken:
                pass
        case "pay":
            work.once(step.now, marketplace=marketplace)
        case "deliver":
            reminders.once(step.now, marketplace=marketplace)
            relay.once(step.now, marketplace=marketplace)
        case "follow_up":
            wide.finish(marketplace, now=step.now)
        case _:
            command = read_command({"do": step.do, "by": "operator", **step.fields})
            acting: Any = wide.pause_region if step.do == "pause_clocks" else wide.resume_region
            acting(marketplace, command, now=step.now)


ITALY = {"destination": {"country": "IT", "city": "Bari"}}
OFFER = {"dispute": 1, "wants": "refund", "amount": "20.00", "text": "Keep it."}
RULING = {"dispute": 1, "wants": "refund", "amount": "30.00", "text": "It leaks.", "finding": "the lid is bent"}

STEPS: tuple[Step, ...] = (
    place("agreed"),
    ship("agreed", "RR100000017CN"),
    place("ruled"),
    ship("ruled", "RR100000025CN"),
    place("silent"),
    ship("silent", "RR100000034CN"),
    place("late"),
    ship("late", "RR100000048CN"),
    place("quiet", buyer="anna"),
    ship("quiet", "RR100000051CN"),
    place("cancelled"),
    Step(1, "cancelled", "cancel_order", "marketplace"),
    place("held", buyer="carla", **ITALY),
    ship("held", "RR100000065CN"),
    Step(2, "", "pause_clocks", "operator", {"countries": ["IT"], "text": "The post is on strike."}),
    place("born_held", buyer="carla", **ITALY)._replace(day=3),
    Step(5, "", "resume_clocks", "operator", {"countries": ["IT"]}),
    Step(12, "agreed", "open", "buyer", CLAIM),
    Step(12, "ruled", "open", "buyer", CLAIM),
    Step(12, "silent", "open", "buyer", CLAIM),
    Step(12, "late", "open", "buyer", CLAIM),
    Step(13, "agreed", "offer", "seller", {**OFFER, "amount": "10.00"}),
    Step(13, "ruled", "offer", "seller", OFFER),
    Step(13.5, "ruled", "message", "buyer", {"dispute": 1, "text": "Not even half?"}),
    Step(14, "agreed", "revise", "buyer", {"dispute": 1, "amount": "25.00"}),
    Step(14.5, "agreed", "offer", "seller", OFFER),
    Step(15, "agreed", "accept", "buyer", {"dispute": 1}),
    Step(15, "ruled", "escalate", "buyer", {"dispute": 1}),
    Step(16, "", "follow_up"),
    Step(16.5, "", "pay"),  # the provider is called, answers, and the orders hear that refunds have arrived
    Step(18, "late", "offer", "seller", OFFER),  # too late: refused, and what has lapsed is written all the same
    Step(19, "", "bring_up"),  # the silent seller's buyer is paid
    Step(20, "ruled", "rule", "mediator", RULING),
    Step(16.7, "", "deliver"),
    Step(21, "", "pay"),
    Step(70, "", "sweep"),  # protection ends: the quiet buyers' sellers are paid
    Step(71, "", "pay"),
    Step(72, "", "deliver"),
)
ROUNDS = frozenset({"pause_clocks", "resume_clocks", "follow_up", "bring_up", "sweep", "pay", "deliver"})
LAST = (Step(90, "", "sweep"), Step(91, "", "pay"), Step(92, "", "deliver"))
"""The rounds a recovery ends with."""
