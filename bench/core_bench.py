"""B3: lives of disputes through the core, a second and core, with every law asked after each step; against SimPy.

`python -m bench.core_bench`. A benchmark life is what most disputes are, about ten steps: placed, shipped, delivered,
opened, offered, revised, offered again, and then accepted (half of them), left to silence (a quarter), or called to
the mediator, who rules (a quarter); at last the clock lets everything lapse. Its instants vary, its money is exact.

The yardstick is SimPy with a model of as many steps: one process a dispute that waits for each step's instant and,
where the core has a clock running, for whichever comes first of an answer and its timeout. It decides nothing, holds
no money, keeps no history. Both run in turns in one process; figures are medians of CPU time.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Generator, Sequence
from datetime import UTC, datetime, timedelta

import simpy

from amends import policies
from amends.core import commands as c
from amends.core.decide import act, catch_up, place
from amends.core.draft import Accepted
from amends.core.events import Event
from amends.core.facts import Facts
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.vocabulary import OrderStatus, Party, TrackState
from amends.lab.invariants import check_step

from .machine import machine

FLOOR, GOAL = 5_000, 20_000
LIVES, ROUNDS = 1_000, 7
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
Check = Callable[[Order | None, Sequence[Event], Order, datetime], Sequence[object]]


def measure(lives: int = LIVES, rounds: int = ROUNDS) -> dict[str, object]:
    """Lives a second and core with all laws and without, and SimPy's."""
    policy = policies.load("alx-a")
    plans = [_plan(random.Random(seed)) for seed in range(lives)]
    steps = sum(_live(policy, plan, check_step) for plan in plans)
    figures: dict[str, list[float]] = {"checked": [], "bare": [], "simpy": []}
    for _ in range(rounds):
        figures["checked"].append(_cpu(lambda: [_live(policy, plan, check_step) for plan in plans]))
        figures["bare"].append(_cpu(lambda: [_live(policy, plan, None) for plan in plans]))
        figures["simpy"].append(_cpu(lambda: _simulate(plans)))
    seconds = {name: statistics.median(values) for name, values in figures.items()}
    return {
        "benchmark": "B3 core: lives of disputes, all laws after each step",
        "life": "place, ship, track, open, offer, revise, offer, accept | silence | escalate and rule; lapses",
        "lives": lives,
        "steps_a_life": round(steps / lives, 1),
        "lives_per_second_per_core": round(lives / seconds["checked"]),
        "lives_per_second_per_core_without_laws": round(lives / seconds["bare"]),
        "simpy_lives_per_second_per_core": round(lives / seconds["simpy"]),
        "ratio_to_simpy": round(seconds["simpy"] / seconds["checked"], 3),
        "floor": FLOOR,
        "goal": GOAL,
        "rounds": rounds,
        "machine": machine(),
    }


# ── the core ─────────────────────────────────────────────────────────────────────────────────────

Plan = tuple[tuple[timedelta, c.Command], ...]
BUYER, SELLER, MEDIATOR = Party.BUYER, Party.SELLER, Party.MEDIATOR


def _plan(rng: random.Random) -> Plan:
    """The acts of one life, each with how long after the one before it comes."""
    claim, less = rng.randint(2_000, 4_500), rng.randint(100, 1_900)

    def hours(most: int) -> timedelta:
        return timedelta(hours=rng.randint(1, most))

    acts: list[tuple[timedelta, c.Command]] = [
        (hours(48), c.Ship(by=SELLER, tracking="RR100000017CN")),
        (9 * DAY + hours(48), c.Track(by=Party.CARRIER, state=TrackState.DELIVERED)),
        (
            DAY + hours(48),
            c.OpenDispute(
                by=BUYER, lines=(c.Pieces("A"),), received=True, reason="defective", wants="refund", amount=claim,
                text="It leaks.", files=("photo", "video"),
            ),
        ),
        (hours(72), c.MakeOffer(by=SELLER, dispute=1, wants="refund", amount=less, text="A part of it?")),
        (hours(48), c.Revise(by=BUYER, dispute=1, amount=claim - 50)),
        (hours(48), c.MakeOffer(by=SELLER, dispute=1, wants="refund", amount=less + 50)),
    ]  # fmt: skip
    match rng.randrange(4):
        case 0 | 1:
            acts.append((hours(48), c.Accept(by=BUYER, dispute=1, offer=4)))
        case 2:
            acts.append((hours(48), c.SendMessage(by=BUYER, dispute=1, text="I think about it.")))
        case _:
            acts.append((hours(48), c.Escalate(by=BUYER, dispute=1)))
            rule = c.Rule(by=MEDIATOR, dispute=1, wants="refund", amount=claim - 100, text="It leaks, as shown.")
            acts.append((hours(240), rule))
    return tuple(acts)


ORDER = c.PlaceOrder(
    by=Party.MARKETPLACE,
    id="O1",
    buyer="bo",
    seller="li",
    currency="USD",
    lines=(c.OrderedLine("A", "Kettle", "45.00", 1), c.OrderedLine("B", "Cup", "9.99", 3)),
    payments=(c.Paid("p1", "card", "74.97"),),
    destination=c.Place("PL"),
    return_to=c.Place("CN"),
)


def _live(policy: Policy, plan: Plan, check: Check | None) -> int:
    """Live the plan and then let everything lapse; answers with the number of steps."""
    answer = place(ORDER, START, Facts(policy=policy))
    assert isinstance(answer, Accepted)
    order, now, steps = answer.order, START, 2  # placing and lapsing
    if check is not None:
        assert not check(None, answer.events, order, now)
    for wait, command in plan:
        now += wait
        step = act(order, command, now)
        if check is not None:
            assert not check(order, step.events, step.order, now)
        order = step.order
        steps += 1
    now += 365 * DAY
    after, events = catch_up(order, now)
    if check is not None:
        assert not check(order, events, after, now)
    assert after.status is OrderStatus.COMPLETED or after.disputes, "a life comes to its end"
    return steps


# ── the yardstick ────────────────────────────────────────────────────────────────────────────────

Process = Generator[simpy.Event, object, None]


def _simulate(plans: Sequence[Plan]) -> None:
    environment = simpy.Environment()
    for plan in plans:
        environment.process(_case(environment, [wait.total_seconds() for wait, _ in plan]))
    environment.run()


def _case(environment: simpy.Environment, waits: Sequence[float]) -> Process:
    """Three steps before the dispute; then each step answers a clock of five days, and at last silence."""
    yield environment.timeout(1)
    for wait in waits[:3]:
        yield environment.timeout(wait)
    for wait in waits[3:]:
        answer = environment.process(_answer(environment, wait))
        yield answer | environment.timeout(5 * 86_400)
    yield environment.timeout(15 * 86_400)


def _answer(environment: simpy.Environment, wait: float) -> Process:
    yield environment.timeout(wait)


def _cpu(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=2)
