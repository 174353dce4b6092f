"""One random life: an order is placed, everybody acts, both parties fall silent, staff bring it to its end.

Written once for lives that are drawn and lives that are told again: a `Plan` without steps draws them, one with
steps takes those. How staff act at the end is drawn from the seed alone, so dropping a step does not change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any, NamedTuple

from amends import calendars
from amends.core import commands as c
from amends.core.deadlines import next_deadline
from amends.core.decide import act, catch_up, place
from amends.core.draft import Accepted
from amends.core.durations import Calendars
from amends.core.events import DeadlineLapsed, DisputeClosed, Event
from amends.core.facts import NOTHING, Facts
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.rights import ON_DISPUTE, ON_ORDER, rights
from amends.core.vocabulary import Party, RefusalCode, Verb
from amends.policies import load, preset_names

from .ending import Ending
from .invariants import Broken, accepts_what_was_named, check_history, check_refusal, check_step
from .random_moves import random_order
from .random_policy import loaded, random_policy
from .random_steps import Step, drawn_instant, drawn_step

BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
LIVES_A_POLICY = 16
"""So many seeds in a row share a random policy: reading one costs more than living under it."""


class Taken(NamedTuple):
    """A step, what was known beyond the order, and the refusal it met, None where it was accepted."""

    step: Step
    facts: Facts
    refused: Refused | None


class Plan(NamedTuple):
    """Everything a life comes from. Without `steps` they are drawn from the seed."""

    seed: int
    preset: str
    overrides: Mapping[str, Any]
    order: c.PlaceOrder
    steps: tuple[Step, ...] | None = None

    @property
    def policy(self) -> Policy:
        return _policy(self.preset) if not self.overrides else loaded(self.preset, self.overrides)


class Seen:
    """How often each word was met, by kind: what lives have covered."""

    KINDS = ("verbs", "statuses", "order statuses", "deadlines", "outcomes", "refusals", "events")

    def __init__(self) -> None:
        self.words: dict[str, Counter[str]] = {kind: Counter() for kind in self.KINDS}

    def __getitem__(self, kind: str) -> Counter[str]:
        return self.words[kind]

    def add(self, other: Seen) -> None:
        for kind, words in other.words.items():
            self.words[kind].update(words)


class Life(NamedTuple):
    """A life that was lived: its steps (those of the ending behind the drawn ones) and what it broke."""

    plan: Plan
    taken: tuple[Taken, ...]
    drawn: int
    """How many of `taken` came before both parties fell silent."""
    order: Order | None
    history: tuple[Event, ...]
    broken: tuple[Broken, ...]
    seen: Seen


# ── before anybody has acted ─────────────────────────────────────────────────────────────────────


def plan_of(seed: int, policy: str | None = None) -> Plan:
    """The plan of a seed: which policy, which order. `policy` names a preset or a file that it must be under."""
    rng = Random(seed)
    overrides: Mapping[str, Any] = {}
    if policy is None:
        policy = rng.choice(preset_names())
        if rng.random() < 0.6:
            policy, overrides = _drawn_policy(seed // LIVES_A_POLICY)
    paid_at = BEGINNING + timedelta(hours=rng.randint(0, 24 * 300))
    return Plan(seed, policy, overrides, random_order(rng, paid_at, wild=rng.random() < 0.02))


@cache
def _drawn_policy(seed: int) -> tuple[str, Mapping[str, Any]]:
    return random_policy(Random(f"policy {seed}"))


@cache
def _policy(name: str) -> Policy:
    return load(name)


@cache
def _calendars(names: tuple[str, ...]) -> Calendars:
    return calendars.load(names)


@cache
def calendars_of(policy: Policy) -> Calendars:
    """The day sets that the policy's business days are counted over."""
    return _calendars(tuple(sorted(set(_named(policy.document)))))


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("calendar"), str):
            yield value["calendar"]
        for part in value.values():
            yield from _named(part)
    elif isinstance(value, list):
        for part in value:
            yield from _named(part)


# ── living ───────────────────────────────────────────────────────────────────────────────────────


def live(plan: Plan) -> Life:
    """Live the plan to its end, or until a law is broken. The same plan always gives the same life."""
    walk = _Walk(plan)
    try:
        walk.whole()
    except Exception as crash:  # noqa: BLE001 — a crash of the core is a finding with a seed, not the simulator's end
        walk.broken.append(Broken("crash", f"{type(crash).__name__}: {crash}"))
    return walk.life()


class _Walk:
    """Where a life has come to."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.order: Order | None = None
        self.history: list[Event] = []
        self.taken: list[Taken] = []
        self.broken: list[Broken] = []
        self.blocked: set[Party] = set()
        self.seen = Seen()
        self.drawn = 0
        self.now = plan.order.paid_at or BEGINNING

    def life(self) -> Life:
        taken, history, broken = tuple(self.taken), tuple(self.history), tuple(self.broken)
        return Life(self.plan, taken, self.drawn, self.order, history, broken, self.seen)

    def whole(self) -> None:
        if not self._placed():
            return
        for step in self.plan.steps if self.plan.steps is not None else self._draw():
            self._take(step)
            if self.broken:
                return
        self.drawn = len(self.taken)
        self._end()
        assert self.order is not None
        if not self.broken:
            self.broken.extend(check_history(self.history, self.order))
            self.broken.extend(self._reading_changes_nothing(self.order))
            self.broken.extend(decided_again(self.life()))

    def _placed(self) -> bool:
        answer = _answer_to_placing(self.plan)
        if isinstance(answer, Refused):
            self.seen["refusals"][answer.code.value] += 1
            return False
        self.seen["verbs"][Verb.PLACE_ORDER.value] += 1
        self._look(answer.order, answer.events)
        self.broken.extend(check_step(None, answer.events, answer.order, self.now))
        return True

    # ── one step ─────────────────────────────────────────────────────────────────────────────────

    def _take(self, step: Step) -> None:
        before = self.order
        assert before is not None
        self.now = step.at
        command = step.command
        if isinstance(command, c.BlockParty | c.UnblockParty):
            self._block(step, command)
            return
        may = self._rights(before, step)
        facts = Facts(blocked=frozenset(self.blocked)) if self.blocked else NOTHING
        result = act(before, command, step.at, facts)
        self._look(result.order, result.events)
        self.broken.extend(check_step(before, result.events, result.order, step.at))
        refused = result.answer if isinstance(result.answer, Refused) else None
        if refused is not None:
            self.broken.extend(check_refusal(before, result.lapsed, result.order))
            self.seen["refusals"][refused.code.value] += 1
            assert refused.sentence, "a refusal says something"
            assert refused.way_out, "and what would work"
        else:
            self.seen["verbs"][command.verb.value] += 1
        if isinstance(command, c.Accept):
            self.broken.extend(accepts_what_was_named(command.offer, result.events))
        self.broken.extend(kept_its_word(may, command, refused))
        self.taken.append(Taken(step, facts, refused))

    def _look(self, order: Order, events: tuple[Event, ...]) -> None:
        """Keep what happened, and count the words met."""
        self.order = order
        self.history.extend(events)
        self.seen["order statuses"][order.status.value] += 1
        for dispute in order.disputes:
            self.seen["statuses"][dispute.status.value] += 1
        for event in events:
            self.seen["events"][type(event).__name__] += 1
            if isinstance(event, DeadlineLapsed):
                self.seen["deadlines"][event.name.value] += 1
            elif isinstance(event, DisputeClosed):
                self.seen["outcomes"][event.outcome.value] += 1

    def _block(self, step: Step, command: c.BlockParty | c.UnblockParty) -> None:
        """Blocks are the marketplace's, not the order's: here they only become facts."""
        if command.by not in command.who:
            refused = Refused(RefusalCode.NOT_ALLOWED, verb=command.verb, party=command.by)
            self.taken.append(Taken(step, NOTHING, refused))
            return
        change = self.blocked.add if isinstance(command, c.BlockParty) else self.blocked.discard
        change(Party(command.party))
        self.seen["verbs"][command.verb.value] += 1
        self.taken.append(Taken(step, NOTHING, None))

    def _rights(self, order: Order, step: Step) -> tuple[bool, Refused | None] | None:
        """Whether the act is among the party's rights, None where nobody was asked."""
        command = step.command
        if command.by not in command.who:
            return None
        named = getattr(command, "dispute", None)
        dispute = order.dispute(named) if command.verb in ON_DISPUTE else None
        if dispute is None and (named is not None or command.verb not in ON_ORDER):
            return None
        told = rights(order, dispute, command.by, step.at)
        return command.verb in told.can, told.why_not(command.verb)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────

    def _draw(self) -> Iterator[Step]:
        rng = Random(f"steps {self.plan.seed}")
        for _ in range(rng.choice((5, 12, 20, 30, 50))):
            assert self.order is not None
            self.now = drawn_instant(rng, self.order, self.now)
            current, _lapsed = catch_up(self.order, self.now)
            yield drawn_step(rng, current, self.now)
            if self.order.held_minor == 0 and next_deadline(self.order) is None and rng.random() < 0.3:
                return

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def _end(self) -> None:
        """C6: both parties are silent, staff act by their deadlines, and the order ends within its bound."""
        assert self.order is not None
        ending = Ending(Random(f"end {self.plan.seed}"), self.order, self.now)
        while (command := ending.next(self.order)) is not None:
            self._take(Step(ending.now, command))
            if self.broken:
                return
        if ending.stuck is not None:
            self.broken.append(Broken("C6", ending.stuck))

    def _reading_changes_nothing(self, order: Order) -> Iterator[Broken]:
        """A3: what was looked at stays as it was."""
        before = repr(order)
        for party in Party:
            rights(order, None, party, self.now)
            for dispute in order.disputes:
                rights(order, dispute, party, self.now)
        catch_up(order, self.now + timedelta(days=400))
        if repr(order) != before:
            yield Broken("A3", "reading the order's rights changed it")


def decided_again(life: Life) -> Iterator[Broken]:
    """C7: the same commands at the same instants with the same facts decide the same."""
    placed = _answer_to_placing(life.plan)
    assert isinstance(placed, Accepted)
    order, events = placed.order, list(placed.events)
    for (at, command), facts, _ in life.taken:
        if not isinstance(command, c.BlockParty | c.UnblockParty):
            result = act(order, command, at, facts)
            order = result.order
            events.extend(result.events)
    if tuple(events) != life.history or order != life.order:
        yield Broken("C7", "deciding again from the recorded facts gave another history")


def _answer_to_placing(plan: Plan) -> Accepted | Refused:
    policy = plan.policy
    return place(plan.order, plan.order.paid_at or BEGINNING, Facts(policy=policy, calendars=calendars_of(policy)))


# ── rights ───────────────────────────────────────────────────────────────────────────────────────

R = RefusalCode
STATE_CODES = frozenset(
    {
        R.DEADLINE_PASSED, R.DISPUTE_CLOSED, R.FROZEN, R.NO_STANDING_OFFER, R.ESCALATION_NOT_AVAILABLE,
        R.ESCALATION_NOT_YET, R.EVIDENCE_NOT_REQUESTED, R.EVIDENCE_DEADLINE_PASSED, R.NOT_IN_REVIEW,
        R.ALREADY_CHOSEN, R.RETURN_DEADLINE_PASSED, R.RETURN_NOT_DELIVERED, R.DISPUTE_OPEN, R.ALREADY_SHIPPED,
        R.DISPATCH_NOT_DUE, R.ORDER_CANCELLED, R.ORDER_COMPLETED, R.NOT_DISPATCHED, R.WITHDRAWAL_AFTER_PROTECTION,
        R.UNKNOWN_DISPUTE,
    }
)  # fmt: skip
"""Refusals that come from how things stand, whatever the act carries."""
_BY_LINE = frozenset({Verb.OPEN, Verb.CONFIRM_RECEIPT})
"""Rights say whether any line can, or all lines can: the act names its own."""


def kept_its_word(
    may: tuple[bool, Refused | None] | None, command: c.Command, refused: Refused | None
) -> Iterator[Broken]:
    """A1: what the rights say can be done is not refused for how things stand, and nothing else is accepted."""
    if may is None:
        return
    can, why_not = may
    if can and refused is not None and refused.code in STATE_CODES and command.verb not in _BY_LINE:
        yield Broken("A1", f"{command.by} may {command.verb}, and was refused {refused.code}")
    if not can and refused is None and not getattr(command, "lines", ()):
        code = why_not.code if why_not else "nothing"
        yield Broken("A1", f"{command.by} may not {command.verb} ({code}), and it was accepted")
    if not can and why_not is None:
        yield Broken("A1", f"{command.by} neither may nor may not {command.verb}")
