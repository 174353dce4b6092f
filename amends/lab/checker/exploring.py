"""Walking every state a policy lets an order reach, breadth first, so that the first way found is a shortest one.

A state is an order at an instant. From it lead every act somebody may do now, and time: to the last instant before
the next thing changes, and to the first one after it. Two orders that `seen` cannot tell apart are one
state, the one whose clocks run longest standing for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from amends.core import commands as c
from amends.core.decide import catch_up, decide, place
from amends.core.draft import Accepted
from amends.core.durations import Calendars
from amends.core.events import Event
from amends.core.facts import Facts
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.vocabulary import Reason, RefusalCode
from amends.core.wire import read_command

from .moves import Plan, moves, opening, planned
from .states import Key, ended, next_instant, seen
from .worlds import START, World, worlds

Known = dict[Key, list[tuple[tuple[int, ...], int]]]
"""For each key the states that have it: how long their clocks run, and their numbers."""

MOST_STATES = 60_000
"""More than this and the exploration says that it is not finished, instead of pretending."""


class Probe(NamedTuple):
    """What the core answered to an opening for one reason: None was accepted."""

    refused: RefusalCode | None = None
    until: datetime | None = None


class Edge(NamedTuple):
    """A step from a state: an act (`command`), or time passing up to the target's instant (None)."""

    command: c.Command | None
    target: int
    events: tuple[Event, ...]
    at: datetime
    """When the act was done, or until when time passed. The target's own instant may differ: it stands for all."""


@dataclass(slots=True)
class State:
    """One state with the first order found in it, and the way there."""

    number: int
    order: Order
    now: datetime
    plan: Plan
    parent: int | None
    by: c.Command | None
    edges: list[Edge] = field(default_factory=list)
    probes: dict[Reason, Probe] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        return ended(self.order)


@dataclass(slots=True)
class Graph:
    """Everything that was reached. `complete` is false where the limit of states was hit."""

    policy: Policy
    states: list[State] = field(default_factory=list)
    complete: bool = True

    @property
    def moves(self) -> int:
        return sum(len(state.edges) for state in self.states)

    def edges(self) -> Iterator[tuple[State, Edge]]:
        return ((state, edge) for state in self.states for edge in state.edges)

    def way_to(self, number: int) -> list[State]:
        """The states on a shortest way, from the order just placed."""
        way = [self.states[number]]
        while (parent := way[-1].parent) is not None:
            way.append(self.states[parent])
        return way[::-1]


def explore(policy: Policy, calendars: Calendars, *, most_states: int = MOST_STATES) -> Graph:
    """All that can be reached under the policy, in every world of `worlds`."""
    graph = Graph(policy)
    known: Known = {}
    waiting: deque[int] = deque()
    for world in worlds(policy):
        plan = planned(policy, world)
        waiting.append(
            _enter(graph, known, (world.name,), placed(world, policy, calendars), START, plan, None, None)[0]
        )
    while waiting:
        if len(graph.states) >= most_states:
            graph.complete = False
            break
        _expand(graph, known, waiting, graph.states[waiting.popleft()])
    return graph


def placed(world: World, policy: Policy, calendars: Calendars) -> Order:
    """The world's order just after it was placed and paid."""
    command = read_command({**world.order, "do": "place_order", "by": "marketplace"})
    assert isinstance(command, c.PlaceOrder)
    answer = place(command, START, Facts(policy=policy, calendars=calendars))
    assert isinstance(answer, Accepted), f"the order of the world “{world.name}” is refused: {answer}"
    return answer.order


def _enter(
    graph: Graph,
    known: Known,
    kind: Key,
    order: Order,
    now: datetime,
    plan: Plan,
    parent: int | None,
    by: c.Command | None,
) -> tuple[int, bool]:
    """The number of the state this order is in, and whether it is new."""
    found = seen(order, now, plan.sums, appeals=plan.appeals)
    same = known.setdefault((*kind, *found.key), [])
    for left, number in same:
        if all(mine <= theirs for mine, theirs in zip(found.left, left, strict=True)):
            return number, False
    number = len(graph.states)
    same.append((found.left, number))
    graph.states.append(State(number, order, now, plan, parent, by))
    return number, True


def _expand(graph: Graph, known: Known, waiting: deque[int], state: State) -> None:
    order, now, plan = state.order, state.now, state.plan
    kind = (plan.world.name,)

    def follow(command: c.Command | None, after: Order, at: datetime, events: tuple[Event, ...]) -> int:
        target, new = _enter(graph, known, kind, after, at, plan, state.number, command)
        if target == state.number:
            return target
        state.edges.append(Edge(command, target, events, at))
        if new:
            waiting.append(target)
        return target

    for command in moves(plan, order, now):
        answer = decide(order, command, now)
        if isinstance(answer, Accepted):
            follow(command, answer.order, now, answer.events)
    _wait(state, follow)
    # A seller may always make protection longer; what can be opened must not depend on it.
    quiet = order.shipment is not None and order.extended_at is None and not any(True for _ in order.open_disputes())
    if plan.world.free and quiet:
        state.probes = dict(_probes(plan, order, now))


def _wait(state: State, follow: Callable[[c.Command | None, Order, datetime, tuple[Event, ...]], int]) -> None:
    """Time passes, over instants at which nothing the rules can see has changed."""
    order = state.order
    events: tuple[Event, ...] = ()
    at = next_instant(order, state.now, appeals=state.plan.appeals)
    while at is not None:
        order, lapsed = catch_up(order, at)
        events += lapsed
        if follow(None, order, at, events) != state.number:
            return
        at = next_instant(order, at, appeals=state.plan.appeals)


def _probes(plan: Plan, order: Order, now: datetime) -> Iterator[tuple[Reason, Probe]]:
    """For which reasons a dispute could be opened now. Only whether: `openings` leads on."""
    wants, amount = plan.claims[0]
    for reason in Reason:
        answer = decide(order, opening(plan, plan.world.lines[0], reason, wants, amount), now)
        yield reason, Probe(answer.code, answer.until) if isinstance(answer, Refused) else Probe()
