"""Whether silence pays the silent: who owed an answer when a deadline lapsed, and whose way the lapse decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from amends.core import events as e
from amends.core.commands import PARTIES
from amends.core.deadlines import of_dispute
from amends.core.decide import catch_up
from amends.core.evolve import evolve
from amends.core.order import Order, missing
from amends.core.vocabulary import DeadlineName, DisputeStatus, Outcome, Party

from .clocks import ANSWERS
from .counterexample import shown, story, way
from .exploring import Edge, Graph, State
from .findings import Code, Finding, Level
from .worlds import MOMENT

N = DeadlineName
S = DisputeStatus


class Lapse(NamedTuple):
    """One deadline that lapsed: the order before it, what it did, the order after it."""

    before: Order
    event: e.DeadlineLapsed
    after: Order


def lapses(state: State, edge: Edge) -> Iterator[Lapse]:
    """The deadlines that lapsed on a step, one by one."""
    order = before = state.order
    current: e.DeadlineLapsed | None = None
    for event in edge.events:
        if isinstance(event, e.DeadlineLapsed):
            if current is not None:
                yield Lapse(before, current, order)
            before, current = order, event
        order = evolve(order, event)
    if current is not None:
        yield Lapse(before, current, order)


def silence_never_pays(graph: Graph, name: str) -> Iterator[Finding]:
    """A lapse never pays the party that owed the answer, but where the policy declares it and says why."""
    declared = graph.policy.declared.silence_may_pay
    found: dict[str, Finding] = {}
    for state, edge in graph.edges():
        if edge.command is not None:
            continue
        for lapse in lapses(state, edge):
            key = ANSWERS[lapse.event.name][1]
            paid = owed(lapse) & gains(lapse)
            if paid and key not in found:
                found[key] = _paid_for_silence(graph, name, state, lapse, sorted(paid)[0], declared.get(key))
    yield from found.values()
    for key, why in declared.items():
        if key not in found:
            yield Finding(
                Level.WARNING,
                Code.DECLARATION_NOT_NEEDED,
                f"{key} is declared to pay the silent (“{why}”), and never does. Take the declaration out.",
                (f"declared.silence_may_pay.{key}", key),
            )


def owed(lapse: Lapse) -> frozenset[Party]:
    """Who owed the answer that did not come.

    That is whom the deadline awaited. Where it awaited nobody: of a window, whose turn it was; of money that is
    released, a seller who never sent the parcel; of goods on their way, the sender, as long as no carrier has seen
    them; of the mediator's time, whoever he waits for without a clock of their own.
    """
    name, order = lapse.event.name, lapse.before
    dispute = order.dispute(lapse.event.dispute)
    awaited = frozenset(lapse.event.silent) & PARTIES
    if awaited:
        return awaited
    if dispute is None:
        return frozenset({Party.SELLER} if order.shipment is None else ())
    if name in (N.NEGOTIATION, N.NEGOTIATION_CAP):
        return frozenset({Party.SELLER if dispute.status is S.AWAITING_SELLER else Party.BUYER})
    if name in (N.FIRST_SCAN, N.RETURN_TRANSIT):
        if dispute.replacement is not None:
            return frozenset() if dispute.replacement.scanned else frozenset({Party.SELLER})
        return frozenset() if dispute.trip is None or dispute.trip.scanned else frozenset({Party.BUYER})
    if name is N.REVIEW and not any(d.name in (N.EVIDENCE, N.CHOICE) for d in of_dispute(order, dispute)):
        return frozenset(missing(dispute))
    return frozenset()


_PAYS: dict[Outcome | None, Party] = {
    Outcome.GRANTED_BY_SILENCE: Party.BUYER,
    Outcome.LAPSED_FOR_SELLER: Party.SELLER,
    Outcome.RETURN_NOT_SENT: Party.SELLER,
    Outcome.AGREED: Party.SELLER,  # a lapse agrees to nothing but the seller's offer
}


def gains(lapse: Lapse) -> frozenset[Party]:
    """Whose way the lapse decided: that a claim's uncontested rest goes to the seller is no gain of his."""
    before, after = lapse.before, lapse.after
    refunded = after.refunded_minor > before.refunded_minor
    dispute, then = before.dispute(lapse.event.dispute), after.dispute(lapse.event.dispute)
    if dispute is None or then is None:
        if refunded:
            return frozenset({Party.BUYER})
        return frozenset({Party.SELLER} if after.released_minor > before.released_minor else ())
    if dispute.settlement is not None and not then.open:
        return frozenset({Party.BUYER if refunded else Party.SELLER})
    if then.settlement is not None and dispute.settlement is None:
        return frozenset({_PAYS[then.settlement.outcome]})
    if dispute.open and not then.open:
        return frozenset({_PAYS[then.outcome]})
    return frozenset()


def _paid_for_silence(graph: Graph, name: str, state: State, lapse: Lapse, party: Party, why: str | None) -> Finding:
    clock, key = ANSWERS[lapse.event.name]
    action, late = lapse.event.action, lapse.event.name.value
    sentence = f"{key} = “{action}” pays the {party.value}, who owed the answer when {late} lapsed"
    if why is not None:
        return Finding(Level.DECLARED, Code.SILENCE_NEVER_PAYS_THE_SILENT, f"{sentence}. Declared: {why}", (key,))
    at = lapse.event.at + MOMENT
    after, _ = catch_up(state.order, at)
    keys = ("status", "outcome", "lapsed", "order_status", "money")
    text = story(
        f"the {party.value} is silent and is paid",
        name,
        state.plan.world,
        way(graph, state.number),
        expect=shown(after, at, *keys),
        at=at,
    )
    return Finding(Level.ERROR, Code.SILENCE_NEVER_PAYS_THE_SILENT, f"{sentence}.", (key, clock), text)
