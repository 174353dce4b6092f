"""What happens when both parties fall silent: does every order end, and after how many days at the latest.

Staff act by their deadlines: a mediator who has one decides in time, and an alert is answered. The carrier reports
whatever makes it longest. Source: decision 26, invariant C6.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from amends.core import commands as c
from amends.core import events as e
from amends.core.deadlines import of_dispute
from amends.core.order import Order
from amends.core.vocabulary import Party, Verb, Wants

from .clocks import keys_behind
from .counterexample import shown, story, way
from .exploring import Edge, Graph, State
from .findings import Code, Finding, Level
from .states import STAFF_CLOCKS
from .worlds import LONG

DECIDES = frozenset({Verb.RULE, Verb.DISMISS, Verb.GRANT_APPEAL, Verb.DENY_APPEAL, Verb.APPROVE})


class Silence(NamedTuple):
    """How long an order lasts at most after both parties have fallen silent, and a state in which it never ends."""

    longest: timedelta
    stuck: State | None


def silent_steps(state: State) -> Iterator[Edge]:
    """The steps that happen without the buyer and the seller."""
    if state.ended:
        return
    for edge in state.edges:
        command = edge.command
        if command is None:
            if not _late_staff(edge):
                yield edge
        elif command.by is Party.CARRIER or (_obliged(state.order, command) and not _repeats(state.order, command)):
            yield edge


def _late_staff(edge: Edge) -> bool:
    return any(
        isinstance(event, e.DeadlineLapsed) and event.name in STAFF_CLOCKS and event.action == "alert"
        for event in edge.events
    )


def _obliged(order: Order, command: c.Command) -> bool:
    """Whether it is the platform's turn, with a deadline that makes it act or an alert that has already rung."""
    if isinstance(command, c.CancelOrder):
        return command.by is Party.MARKETPLACE and order.dispatch_missed
    if command.verb not in DECIDES:
        return False
    if isinstance(command, c.Approve):
        return True
    dispute = order.dispute(getattr(command, "dispute", None))
    assert dispute is not None
    known = {deadline.name for deadline in of_dispute(order, dispute)}
    return not any(name in STAFF_CLOCKS and name not in known for name, _ in dispute.clocks)


def _repeats(order: Order, command: c.Command) -> bool:
    """A mediator who looks at a return decides about the money, and does not order the same return once more."""
    if not isinstance(command, c.Rule) or command.wants == Wants.REFUND.value:
        return False
    dispute = order.dispute(command.dispute)
    return dispute is not None and dispute.review_of_return


def longest_silence(graph: Graph) -> Silence:
    """The bound over all states reached, or where there is none."""
    steps = {state.number: list(silent_steps(state)) for state in graph.states}
    longest: dict[int, timedelta] = {}
    for group in _groups(steps):
        inside, lasts, leaves, comes_back = set(group), timedelta(0), False, False
        for number in group:
            state = graph.states[number]
            leaves = leaves or state.ended
            for edge in steps[number]:
                took = edge.at - state.now
                if edge.target in inside:
                    comes_back = comes_back or took > timedelta(0)
                elif edge.target in longest:
                    leaves = leaves or _forced(edge)
                    lasts = max(lasts, took + longest[edge.target])
        if leaves and not comes_back:
            longest |= dict.fromkeys(group, lasts)
    return Silence(max(longest.values(), default=timedelta(0)), _stuck(graph, steps, longest))


def _stuck(graph: Graph, steps: dict[int, list[Edge]], longest: dict[int, timedelta]) -> State | None:
    """The first state from which nothing leads on by itself; failing that, the first of a round without end."""
    endless = [state for state in graph.states if state.number not in longest]
    dead = (state for state in endless if not any(_forced(edge) for edge in steps[state.number]))
    return next(dead, endless[0] if endless else None)


def _forced(edge: Edge) -> bool:
    """Whether the step comes by itself: time passes, or staff have to decide. A carrier may stay silent too."""
    return edge.command is None or edge.command.verb in DECIDES or edge.command.verb is Verb.CANCEL_ORDER


def _groups(steps: dict[int, list[Edge]]) -> Iterator[list[int]]:
    """Strongly connected groups of states, each after all that can be reached from it (Tarjan, without recursion)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on: set[int] = set()
    stack: list[int] = []
    for root in steps:
        if root in index:
            continue
        work: list[tuple[int, int]] = [(root, 0)]
        while work:
            number, at = work.pop()
            if at == 0:
                index[number] = low[number] = len(index)
                stack.append(number)
                on.add(number)
            pushed = False
            for position in range(at, len(steps[number])):
                target = steps[number][position].target
                if target not in index:
                    work += [(number, position + 1), (target, 0)]
                    pushed = True
                    break
                if target in on:
                    low[number] = min(low[number], index[target])
            if pushed:
                continue
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[number])
            if low[number] == index[number]:
                group = []
                while True:
                    member = stack.pop()
                    on.discard(member)
                    group.append(member)
                    if member == number:
                        break
                yield group


def silence_ends_every_order(graph: Graph, silence: Silence, name: str) -> Iterator[Finding]:
    """Refuted by the first state in which silence lasts for ever."""
    state = silence.stuck
    if state is None:
        return
    dispute = next(state.order.open_disputes(), None)
    where = f"the dispute is {dispute.status.value}" if dispute else f"the order is {state.order.status.value}"
    at = state.now + LONG
    keys = ("status", "order_status", "money", "deadline")
    text = story(
        "silence for ever",
        name,
        state.plan.world,
        way(graph, state.number),
        expect=shown(state.order, at, *keys),
        at=at,
    )
    yield Finding(
        Level.ERROR,
        Code.SILENCE_ENDS_EVERY_ORDER,
        f"When both parties fall silent while {where}, no deadline ever ends it.",
        keys_behind(state.order),
        text,
    )
