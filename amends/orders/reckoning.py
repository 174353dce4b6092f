"""What a seller's disputes say about him: which of them count, which do not and why, and the rate they make.

Nothing here reads a row or a clock: facts come in, figures go out. A dispute counts once it has ended for a reason
that was the seller's to make good. What does not count is named with its reason, never left out in silence.
Sources: R302, R351 and R354 (records weigh, and within a time), R352 (a personal reason keeps a record clean, so one
that was only put on later does not), and the verdict's own `counts_against`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from amends.core import events as e
from amends.core.order import Dispute, Order
from amends.core.vocabulary import (
    WITHDRAWN_OUTCOMES,
    Branch,
    CountsAgainst,
    Fault,
    Outcome,
    Reason,
)


class Ended(StrEnum):
    """How a dispute ended, as a record tells it."""

    OPEN = "open"
    ACCEPTED = "accepted_by_seller"
    SILENCE = "granted_by_silence"
    AGREED = "agreed"
    RULED_FOR_BUYER = "ruled_for_buyer"
    RULED_FOR_SELLER = "ruled_for_seller"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    RETURN_NOT_SENT = "return_not_sent"
    LAPSED_FOR_SELLER = "lapsed_for_seller"
    BANK = "refunded_elsewhere"


class Excluded(StrEnum):
    """Why a dispute does not count. The first that applies is told."""

    OPEN = "open"
    """Nothing is decided yet."""
    WITHDRAWN = "withdrawn"
    DISMISSED = "dismissed"
    BANK = "bank"
    """The bank gave the money back; nobody here found anything."""
    CARRIER = "carrier"
    """A mediator found the carrier at fault."""
    VERDICT = "verdict"
    """A mediator decided that it counts against the buyer, or against nobody."""
    PERSONAL = "personal"
    """The buyer no longer wanted the goods, and said so from the first day."""
    NOT_RETURNED = "not_returned"
    """The buyer did not send the goods back."""
    NOTHING = "nothing"
    """It ended without anything going back to the buyer."""


class Fact(NamedTuple):
    """What a record knows of one dispute."""

    order: str
    number: int
    reasons: frozenset[Reason]
    """Every reason it was ever about."""
    outcome: Outcome | None = None
    """None while it is open."""
    amount_minor: int = 0
    """What it was settled at."""
    against: CountsAgainst | None = None
    """Of the mediator's ruling, where one stands."""
    fault: Fault | None = None


class Share(NamedTuple):
    """So many of so many. The rate is undefined where there are no orders."""

    counted: int
    orders: int

    @property
    def per_ten_thousand(self) -> int | None:
        """Rounded half up: 312 is 3.12 %."""
        return (self.counted * 20_000 + self.orders) // (2 * self.orders) if self.orders else None


class Record(NamedTuple):
    """Of the orders placed from `since` on (None: of all), how many were disputed, and how that ended."""

    since: datetime | None
    orders: int
    """Not counting cancelled ones."""
    disputes: int
    counted: int
    """Disputes that count."""
    counting: frozenset[str]
    """The orders they are about: an order with two of them counts once in the rate."""
    ended: Mapping[Ended, int]
    excluded: Mapping[Excluded, int]
    whole: bool = True
    """False where a seller has more disputed orders than are read: then `since` is where reading stopped."""

    @property
    def share(self) -> Share:
        return Share(len(self.counting), self.orders)


class Effect(NamedTuple):
    """The rate as it is, and as it would be."""

    before: Share
    after: Share


# ── one dispute ──────────────────────────────────────────────────────────────────────────────────


def excluded(fact: Fact) -> Excluded | None:
    """Why the dispute does not count; None where it does.

    A ruling's own word (`counts_against`) comes before everything but what undid the ruling. A personal reason excuses
    only where there was never another one: a seller who has the reason changed keeps the mark (R267, R352).
    """
    if fact.outcome is None:
        return Excluded.OPEN
    if fact.outcome in WITHDRAWN_OUTCOMES:
        return Excluded.WITHDRAWN
    if fact.outcome is Outcome.DISMISSED:
        return Excluded.DISMISSED
    if fact.outcome is Outcome.REFUNDED_ELSEWHERE:
        return Excluded.BANK
    if fact.against is not None:
        if fact.against is CountsAgainst.SELLER:
            return None
        return Excluded.CARRIER if fact.fault is Fault.CARRIER else Excluded.VERDICT
    if all(reason.branch is Branch.PERSONAL for reason in fact.reasons):
        return Excluded.PERSONAL
    if fact.outcome is Outcome.RETURN_NOT_SENT:
        return Excluded.NOT_RETURNED
    if fact.outcome is Outcome.LAPSED_FOR_SELLER or not fact.amount_minor:
        return Excluded.NOTHING
    return None


def ended(fact: Fact) -> Ended:
    if fact.outcome is None:
        return Ended.OPEN
    if fact.outcome in WITHDRAWN_OUTCOMES:
        return Ended.WITHDRAWN
    if fact.outcome is Outcome.RULED:
        return Ended.RULED_FOR_BUYER if fact.amount_minor else Ended.RULED_FOR_SELLER
    return Ended(fact.outcome.value)


# ── many ─────────────────────────────────────────────────────────────────────────────────────────


def record(orders: int, facts: Iterable[Fact], *, since: datetime | None = None, whole: bool = True) -> Record:
    """The record these disputes make among so many orders; every dispute is in `ended` once, and counted or excluded.

    `orders` can be fewer than the facts tell of where one was placed in between; it is then as many as they do.
    """
    found = tuple(facts)
    why = [excluded(fact) for fact in found]
    return Record(
        since,
        max(orders, len({fact.order for fact in found})),
        len(found),
        sum(reason is None for reason in why),
        frozenset(fact.order for fact, reason in zip(found, why, strict=True) if reason is None),
        Counter(ended(fact) for fact in found),
        Counter(reason for reason in why if reason is not None),
        whole,
    )


def effect_of(record: Record, orders: Iterable[str]) -> Effect:
    """What it would do to the rate if a dispute of each of these orders ended so that it counts.

    The orders are of the record's own time; one that counts already changes nothing.
    """
    after = record.counting | frozenset(orders)
    return Effect(record.share, Share(len(after), max(record.orders, len(after))))


# ── from what happened ───────────────────────────────────────────────────────────────────────────


def of_dispute(order: Order, dispute: Dispute) -> Fact:
    """The fact a folded dispute is."""
    verdict = dispute.verdict if dispute.outcome not in (None, Outcome.DISMISSED) and not dispute.open else None
    return Fact(
        order.id,
        dispute.number,
        dispute.reasons or frozenset({dispute.reason}),
        None if dispute.open else dispute.outcome,
        dispute.settlement.amount_minor if dispute.settlement and not dispute.open else 0,
        verdict.counts_against if verdict else None,
        verdict.fault if verdict else None,
    )


TELLING = (
    e.DisputeOpened,
    e.ClaimRevised,
    e.RulingMade,
    e.DisputeSettled,
    e.DisputeClosed,
    e.DisputeReopened,
)
"""The events that make a fact; all others say nothing about a record."""


def told(order: str, events: Iterable[e.Event]) -> tuple[Fact, ...]:
    """The facts of one order's disputes, from its events in their order; those that tell nothing may be missing."""
    found: dict[int, Fact] = {}
    for event in events:
        if isinstance(event, e.DisputeEvent):
            known = found.get(event.dispute) or Fact(order, event.dispute, frozenset())
            found[event.dispute] = _after(known, event)
    return tuple(_shown(fact) for fact in found.values())


def _shown(fact: Fact) -> Fact:
    """While a dispute is open, and where it was dismissed, nothing that was settled or ruled before stands."""
    if fact.outcome is None:
        return fact._replace(amount_minor=0, against=None, fault=None)
    return fact._replace(against=None, fault=None) if fact.outcome is Outcome.DISMISSED else fact


def _after(fact: Fact, event: e.DisputeEvent) -> Fact:
    match event:
        case e.DisputeOpened() | e.ClaimRevised():
            return fact._replace(reasons=fact.reasons | {event.reason})
        case e.RulingMade() if not event.waits:
            return fact._replace(against=event.counts_against, fault=event.fault)
        case e.DisputeSettled():
            return fact._replace(amount_minor=event.amount_minor)
        case e.DisputeClosed():
            return fact._replace(outcome=event.outcome)
        case e.DisputeReopened():
            return fact._replace(outcome=None, amount_minor=0)
        case _:
            return fact
