"""What is asked of every state that was reached. Each property answers with findings, the shortest way first.

The rules are the core's: here is only asked whether what they did is what a marketplace may promise.
"""

from __future__ import annotations

from collections.abc import Iterator

from amends.core import commands as c
from amends.core import events as e
from amends.core.decide import catch_up
from amends.core.order import Order
from amends.core.vocabulary import DeadlineName, DisputeStatus, Grounds, Outcome, Party
from amends.lab.invariants import money_is_conserved

from .clocks import ANSWERS, keys_behind
from .counterexample import shown, story, way
from .exploring import Graph, State
from .findings import Code, Finding, Level
from .worlds import LONG

N = DeadlineName
S = DisputeStatus
# ── every state can end ───────────────────────────────────────────────────────────────────────


def every_state_can_end(graph: Graph, name: str) -> Iterator[Finding]:
    """From every state some continuation ends the order. The first state without one refutes it."""
    back: dict[int, list[int]] = {}
    for state, edge in graph.edges():
        back.setdefault(edge.target, []).append(state.number)
    can = {state.number for state in graph.states if state.ended}
    waiting = list(can)
    while waiting:
        for number in back.get(waiting.pop(), ()):
            if number not in can:
                can.add(number)
                waiting.append(number)
    stuck = next((state for state in graph.states if state.number not in can), None)
    if stuck is not None:
        yield Finding(
            Level.ERROR,
            Code.EVERY_STATE_CAN_END,
            f"Nothing anybody may do ends an order that is {_status(stuck.order)}.",
            keys_behind(stuck.order),
            _standing(graph, stuck, name, "nothing ends this order"),
        )


# ── money ─────────────────────────────────────────────────────────────────────────────────────


def money_adds_up(graph: Graph, name: str) -> Iterator[Finding]:
    """M2 in every state; at an end nothing is held."""
    for state in graph.states:
        broken = [str(law) for law in money_is_conserved(state.order)]
        if state.ended and state.order.held_minor:
            broken.append(f"the order is over and {state.order.held_minor} minor units are still held")
        if broken:
            text = story(
                "money that is nowhere",
                name,
                state.plan.world,
                way(graph, state.number),
                expect=shown(state.order, state.now, "order_status", "money"),
                at=state.now,
            )
            yield Finding(Level.ERROR, Code.MONEY_IS_CONSERVED, "; ".join(broken) + ".", (), text)
            return


# ── staff ─────────────────────────────────────────────────────────────────────────────────────


def depends_on_staff(graph: Graph) -> Iterator[Finding]:
    """Which of the platform's own clocks are answered by an alert: then staff end the order, or nobody does."""
    rung: dict[str, str] = {}
    for state, edge in graph.edges():
        for event in edge.events:
            if isinstance(event, e.DeadlineLapsed) and event.action == "alert" and event.name is not N.REFUND:
                rung[event.name.value] = ANSWERS[event.name][1]
        if any(dispute.waiting is not None for dispute in state.order.disputes):
            rung["approval"] = "approval.second_person_above"
    if rung:
        names = ", ".join(sorted(rung))
        sentence = f"Depends on staff: {names}. When they are late an alert may ring, and nothing else ends the wait."
        yield Finding(Level.NOTE, Code.DEPENDS_ON_STAFF, sentence, tuple(sorted(set(rung.values()))))


# ── appeals ──────────────────────────────────────────────────────────────────────────────────


def appeals_that_cannot_be_heard(graph: Graph) -> Iterator[Finding]:
    """Every ground can be used by somebody, and everybody listed can appeal, and not only against his own consent."""
    policy = graph.policy.appeal
    used: dict[Grounds, set[Party]] = {grounds: set() for grounds in policy.grounds}
    by_silence = False
    for state, edge in graph.edges():
        if isinstance(edge.command, c.Appeal):
            used[Grounds(edge.command.grounds)].add(edge.command.by)
            outcome = state.order.disputes[edge.command.dispute - 1].outcome
            by_silence = by_silence or (edge.command.grounds == Grounds.NO_MEDIATOR and _silent(outcome))
    for grounds in sorted(used):
        who = ", ".join(sorted(policy.by - used[grounds])) or "anybody"
        if not used[grounds] or policy.by - used[grounds]:
            yield Finding(
                Level.ERROR,
                Code.APPEALS_THAT_CANNOT_BE_HEARD,
                f"An appeal on “{grounds.value}” by {who} can never be made.",
                ("appeal.grounds", "appeal.by", "appeal.within", "evidence.files_per_party"),
            )
        elif grounds is Grounds.NO_MEDIATOR and not by_silence:
            yield Finding(
                Level.WARNING,
                Code.APPEALS_THAT_CANNOT_BE_HEARD,
                "A mediator takes part wherever the parties do not agree: “no_mediator” lets them appeal only "
                "against what they agreed to themselves.",
                ("appeal.grounds", "negotiation.if_seller_silent", "negotiation.if_window_ends"),
            )


def _silent(outcome: Outcome | None) -> bool:
    return outcome in (Outcome.GRANTED_BY_SILENCE, Outcome.LAPSED_FOR_SELLER, Outcome.RETURN_NOT_SENT)


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────


def _status(order: Order) -> str:
    dispute = next(order.open_disputes(), None)
    return f"{order.status.value}, its dispute {dispute.status.value}" if dispute else order.status.value


def _standing(graph: Graph, state: State, name: str, title: str) -> str:
    """The way to a state, and that it is still the same ten years later."""
    at = state.now + LONG
    after, _ = catch_up(state.order, at)
    keys = ("status", "order_status", "money", "deadline")
    return story(title, name, state.plan.world, way(graph, state.number), expect=shown(after, at, *keys), at=at)
