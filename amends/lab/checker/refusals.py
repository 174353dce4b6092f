"""Whether what a policy offers can ever be had: refusals that lift, reasons that can be used, windows that open."""

from __future__ import annotations

from collections.abc import Iterator

from amends.core import commands as c
from amends.core.decide import catch_up, decide
from amends.core.draft import Accepted
from amends.core.refusals import Refused
from amends.core.vocabulary import Reason, RefusalCode, Verb

from .counterexample import Told, story, way
from .exploring import Graph, Probe, State
from .findings import Code, Finding, Level
from .moves import opening
from .states import BARGAINING, next_instant
from .worlds import MOMENT

_LATE = frozenset(
    {RefusalCode.TOO_LATE, RefusalCode.PROTECTION_ENDED, RefusalCode.ORDER_COMPLETED, RefusalCode.ORDER_CANCELLED}
)
_BEHIND = {
    RefusalCode.TOO_EARLY: ("opening.earliest", "opening.latest", "protection.lasts"),
    RefusalCode.IN_TRANSIT_WAIT: ("opening.not_received_waits_for", "opening.latest", "protection.lasts"),
    RefusalCode.EVIDENCE_LIMIT: ("opening.evidence", "evidence.files_per_party"),
    RefusalCode.EVIDENCE_REQUIRED: ("opening.evidence", "evidence.files_per_party"),
    RefusalCode.NOT_DISPATCHED: ("opening.needs", "opening.earliest", "protection.starts"),
}


def refusals_that_never_lift(graph: Graph, name: str) -> Iterator[Finding]:
    """A refusal that names a date holds its promise; who may escalate can, some time."""
    yield from _windows_never_open(graph, name)
    if _ever_opened(graph):
        yield from _broken_promises(graph, name)
    yield from _escalation(graph)


def _ever_opened(graph: Graph) -> bool:
    return any(probe.refused is None for state in graph.states for probe in state.probes.values())


def _windows_never_open(graph: Graph, name: str) -> Iterator[Finding]:
    if _ever_opened(graph):
        return
    state = next((state for state in graph.states if state.probes), None)
    if state is None:
        return
    acts = [*way(graph, state.number), *_tries(state, Reason.DEFECTIVE)]
    yield Finding(
        Level.ERROR,
        Code.WINDOWS_THAT_CLOSE_BEFORE_THEY_OPEN,
        "No dispute can ever be opened: the time for it is over before it begins.",
        ("opening.earliest", "opening.latest", "protection.lasts", "protection.starts"),
        story("a dispute that can never be opened", name, state.plan.world, acts),
    )


def _tries(state: State, reason: Reason) -> list[Told]:
    """The buyer tries again whenever something changes, and is refused each time, until it is too late."""
    order, now = state.order, state.now
    command = _opening(state, reason)
    told: list[Told] = []
    while len(told) < 20:
        answer = decide(order, command, now)
        if not isinstance(answer, Refused):
            break
        if not told or told[-1].refused != answer.code.value:
            told.append(Told(now, command, answer.code.value, answer.until))
        at = next_instant(order, now, appeals=False)
        if at is None or answer.code in _LATE:
            break
        (order, _), now = catch_up(order, at), at
    return told


def _opening(state: State, reason: Reason) -> c.OpenDispute:
    wants, amount = state.plan.claims[0]
    return opening(state.plan, state.plan.world.lines[0], reason, wants, amount)


def _broken_promises(graph: Graph, name: str) -> Iterator[Finding]:
    found: set[RefusalCode] = set()
    for state in graph.states:
        # Seen from the day the parcel is sent: what a carrier reports on the last day may well come too late.
        shipment = state.order.shipment
        if shipment is None or shipment.shipped_at != state.now or state.order.disputes:
            continue
        for reason, probe in state.probes.items():
            code = _broken_promise(state, reason, probe)
            if code is not None and code not in found:
                found.add(code)
                yield _never_lifted(graph, name, state, reason, code)


def _broken_promise(state: State, reason: Reason, probe: Probe) -> RefusalCode | None:
    """The refusal whose date, once it has come, is too late; None where the dates lead to an opening."""
    command = _opening(state, reason)
    refused, until = probe.refused, probe.until
    while refused is not None and until is not None:
        answer: Accepted | Refused | None = None
        for at in (until, until + MOMENT):
            answer = decide(catch_up(state.order, at)[0], command, at)
            if isinstance(answer, Accepted):
                return None
        assert isinstance(answer, Refused)
        if answer.code in _LATE:
            return refused
        refused, until = (answer.code, answer.until) if answer.until != until else (None, None)
    return None


def _never_lifted(graph: Graph, name: str, state: State, reason: Reason, code: RefusalCode) -> Finding:
    acts = [*way(graph, state.number), *_tries(state, reason)]
    sentence = (
        f"“{reason.value}” is refused with {code.value} and a date from which it should be possible; "
        "on that date it is too late."
    )
    text = story("a refusal that names a date and never lifts", name, state.plan.world, acts)
    keys = _BEHIND.get(code, ("opening.latest",))
    return Finding(Level.ERROR, Code.REFUSALS_THAT_NEVER_LIFT, sentence, keys, text)


def _escalation(graph: Graph) -> Iterator[Finding]:
    escalated = {
        edge.command.by for _, edge in graph.edges() if edge.command is not None and edge.command.verb is Verb.ESCALATE
    }
    bargained = any(d.status in BARGAINING for state in graph.states for d in state.order.open_disputes())
    for party in sorted(graph.policy.negotiation.escalation.by) if bargained else ():
        if party not in escalated:
            yield Finding(
                Level.ERROR,
                Code.REFUSALS_THAT_NEVER_LIFT,
                f"The {party.value} may call the mediator, says the policy, and never can: bargaining is over by then.",
                ("negotiation.escalation", "negotiation.lasts", "negotiation.seller_response"),
            )


def reasons_nobody_can_use(graph: Graph) -> Iterator[Finding]:
    """Every reason is accepted some time, unless the policy refuses it in so many words."""
    if not _ever_opened(graph):
        return
    for reason in Reason:
        answers = {state.probes[reason].refused for state in graph.states if reason in state.probes}
        others = {code for code in answers if code is not None and code not in _LATE}
        if not answers or None in answers or RefusalCode.NOT_A_GROUND in others:
            continue
        code = sorted(others, key=list(RefusalCode).index)[-1] if others else RefusalCode.TOO_LATE
        yield Finding(
            Level.ERROR,
            Code.REASONS_NOBODY_CAN_USE,
            f"Nobody can ever open a dispute for “{reason.value}”: it is refused with {code.value}.",
            _BEHIND.get(code, ("opening.latest",)),
        )
