"""What must hold of every order, whatever anybody did to it: the laws of docs/quality.md that apply to the core.

The laws that state and events alone can break are in `amends.core.laws`; the books are checked by the same ones.
`check_step` looks at what one step changed and is cheap enough to run after each; `check_history` retells a
whole life and is run once at its end; `check` is both. A law never asks why something happened, only
whether what is true now can be true. An empty answer means that nothing is broken.

| law | says |
|-----|------|
| M1, M5 | a transfer takes from one account what it gives another; versions run 1..n, each with its before and after |
| M2 | paid in = held + refunded + released, each zero or more, in the order's own figures and in its ledger |
| M3 | no account that holds somebody's money is below zero |
| M4 | a payment never gives back more than was captured |
| M6 | amounts are whole minor units |
| M7 | a refund names the event that allowed it |
| M9 | the parts of a split sum to the whole; no line holds less than nothing |
| C1 | an open dispute waits on somebody, with every clock its policy gives; a closed one waits on nobody |
| C2 | after closing only a granted appeal or an approved correction changes outcome or money |
| C3 | the history retells the order, also once it was sealed, written and read back; the chain holds |
| C4 | a deadline takes effect once, in its order, dated at its own instant, and none is left behind |
| C5 | one open dispute a line (or an order); who accepts names terms that stand |
| N1 | a refusal changes nothing but what had lapsed before it |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import datetime

from amends.core import events as e
from amends.core.deadlines import next_deadline
from amends.core.evolve import evolve, fold
from amends.core.journal import transfers
from amends.core.laws import (
    Broken,
    accepts_what_stands,
    closed_stays_closed,
    lapses_in_turn,
    lapses_once,
    money_is_conserved,
    one_dispute_a_line,
    refunds_have_a_cause,
    splits_are_exact,
    waits_on_somebody,
)
from amends.core.order import Order, replace
from amends.core.private import Private
from amends.core.wire import broken_link, read_event, record, seal, write_event

__all__ = [
    "Broken",
    "accepts_what_was_named",
    "check",
    "check_history",
    "check_refusal",
    "check_step",
    "lapses_once",
    "money_is_conserved",
]


def check(
    before: Order | None,
    events: Sequence[e.Event],
    after: Order,
    history: Sequence[e.Event] = (),
    now: datetime | None = None,
) -> list[Broken]:
    """Everything that one step broke and, where the whole `history` is given, that the life broke.

    `before` is None for the step that placed the order; `now` is when the step was taken, by default the
    instant of its last event.
    """
    at = now or (events[-1].at if events else after.placed_at)
    return [*check_step(before, events, after, at), *(check_history(history, after) if history else ())]


def check_step(before: Order | None, events: Sequence[e.Event], after: Order, now: datetime) -> list[Broken]:
    """What one step broke: the order before it (None: it was placed), its events, the order after it."""
    broken: list[Broken] = []
    if before is not None and before is after:
        broken.extend(_nothing_overdue(after, now))
        return broken
    if before is None or before.accounts is not after.accounts or before.lines is not after.lines:
        broken.extend(money_is_conserved(after))
        broken.extend(_transfers_follow(before, events, after))
    broken.extend(splits_are_exact(events))
    if before is None or before.disputes is not after.disputes:
        for dispute in after.disputes:
            broken.extend(waits_on_somebody(after, dispute))
        broken.extend(one_dispute_a_line(after))
    if before is not None:
        broken.extend(closed_stays_closed(before, events, after))
        broken.extend(accepts_what_stands(before, events))
        if after.version != before.version + len(events):
            broken.append(Broken("C3", f"{len(events)} events led from version {before.version} to {after.version}"))
    broken.extend(_dated_in_order(before, events, now))
    broken.extend(_nothing_overdue(after, now))
    return broken


def check_refusal(before: Order, lapsed: Sequence[e.Event], after: Order) -> list[Broken]:
    """N1: after a refusal the order is what the deadlines that had lapsed made of it, and nothing else."""
    expected = before
    for event in lapsed:
        expected = evolve(expected, event)
    return [] if expected == after else [Broken("N1", "a refused act left its mark on the order")]


def check_history(history: Sequence[e.Event], order: Order) -> list[Broken]:
    """What a whole life broke: its events from the first, and the order as it stands."""
    broken = list(_retold(history, order))
    broken.extend(_read_back(history, order))
    broken.extend(lapses_once(history))
    broken.extend(refunds_have_a_cause(history))
    return broken


# ── money ────────────────────────────────────────────────────────────────────────────────────────


def _transfers_follow(before: Order | None, events: Iterable[e.Event], after: Order) -> Iterator[Broken]:
    """M1, M5: each account's entries follow one another from where it stood to where it stands."""
    ledger: dict[str, tuple[int, int]] = {}
    if before is not None:
        ledger = {name: (account.version, account.balance_minor) for name, account in before.accounts.items()}
    books = before if before is not None else replace(after, accounts={})
    for event in events:
        for row in transfers(books, event):
            if row.amount_minor <= 0 or row.debit == row.credit:
                yield Broken("M1", f"{row.amount_minor} went from {row.debit} to {row.credit}")
            sides = (
                (row.debit, -row.amount_minor, row.debit_version, row.debit_before, row.debit_after),
                (row.credit, row.amount_minor, row.credit_version, row.credit_before, row.credit_after),
            )
            for account, change, version, was, becomes in sides:
                last, balance = ledger.get(account, (0, 0))
                if (version, was, becomes) != (last + 1, balance, balance + change):
                    yield Broken(
                        "M5", f"{account}: entry {version} goes from {was} to {becomes} after {last}: {balance}"
                    )
                ledger[account] = (version, becomes)
        books = books if before is None else evolve(books, event)
    stand = {name: (account.version, account.balance_minor) for name, account in after.accounts.items()}
    if stand != ledger:
        yield Broken("M5", f"the accounts stand at {stand}, their entries end at {ledger}")


# ── cases ────────────────────────────────────────────────────────────────────────────────────────


def accepts_what_was_named(named: int | None, events: Iterable[e.Event]) -> Iterator[Broken]:
    """C5: whoever says which number he accepts has accepted that one or nothing."""
    for event in events:
        if isinstance(event, e.TermsAccepted) and named is not None and event.number != named:
            yield Broken("C5", f"number {event.number} was accepted for the {event.by} who named {named}")


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────


def _dated_in_order(before: Order | None, events: Sequence[e.Event], now: datetime) -> Iterator[Broken]:
    """C4: events never go back in time, and each lapse is the deadline that was next, at its own instant."""
    last: datetime | None = None
    for event in events:
        if event.at > now or (last is not None and event.at < last):
            yield Broken("C4", f"{type(event).__name__} is dated {event.at}, after {last} and by {now}")
        last = event.at
    if before is None or not any(type(event) is e.DeadlineLapsed for event in events):
        return
    order = before
    for event in events:
        if isinstance(event, e.DeadlineLapsed):
            yield from lapses_in_turn(order, event)
            if event.at == now and order.policy.deadline_includes_last_instant:
                yield Broken("C4", f"{event.name} took effect in its last instant, which still belongs to it")
        order = evolve(order, event)


def _nothing_overdue(order: Order, now: datetime) -> Iterator[Broken]:
    """C4: what is past has taken effect."""
    due = next_deadline(order)
    if due is not None and due.at < now:
        yield Broken("C4", f"{due.name} of {due.at} has not taken effect by {now}")


# ── histories ────────────────────────────────────────────────────────────────────────────────────


def _retold(history: Sequence[e.Event], order: Order) -> Iterator[Broken]:
    """C3: folding the history gives the order, twice the same."""
    if order.version != len(history):
        yield Broken("C3", f"{len(history)} events made version {order.version}")
    first = fold(history, order.policy, order.calendars)
    if first != order:
        yield Broken("C3", f"folding the history gives another order: {_differing(first, order)}")
    if fold(history, order.policy, order.calendars) != first:
        yield Broken("C3", "folding the history twice gives two orders")


def _differing(first: Order, second: Order) -> str:
    names = [field.name for field in fields(Order) if getattr(first, field.name) != getattr(second, field.name)]
    return ", ".join(names)


def _read_back(history: Sequence[e.Event], order: Order) -> Iterator[Broken]:
    """C3, E3: sealed, written, read and folded it is still the same order, and the chain holds."""
    sealed = [seal(event, _sealed) for event in history]
    documents = [json.loads(json.dumps(write_event(event))) for event in sealed]
    read = [read_event(document) for document in documents]
    for number, (wrote, got) in enumerate(zip(sealed, read, strict=True), 1):
        if wrote != got:
            yield Broken("C3", f"event {number} reads back as {got!r}, it was {wrote!r}")
    if broken_link(record(read)) is not None or record(read) != record(sealed):
        yield Broken("C3", "the chain does not hold once it was read back")
    if fold(read, order.policy, order.calendars) != fold(sealed, order.policy, order.calendars):
        yield Broken("C3", "the history that was read back tells another order")


def _sealed(text: str) -> Private:
    """A stand-in for encryption: who looks at equality needs only that a text always seals the same."""
    return Private(text, f"text-{len(text)}", hashlib.sha256(text.encode()).hexdigest())
