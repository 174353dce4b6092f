"""The laws of money outside and of messages, as far as rows can break them: M7, D1 and D2 for one order.

Events say what may move; intents say what has moved; the inbox says what providers told. A provider's event that has
not had its effect yet excuses a difference, for a moment: it is on its way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core.order import Order, Refund
from amends.core.vocabulary import DeadlineName, RefundStatus

from .intents import FAILED, REFUND, RELEASE, SUCCEEDED, WITHDRAWN, Intent, provider_key
from .recording import Recorder

Tell = Callable[[str, str, str], None]
"""Reports what is broken: the law, where, and why."""


class StoredIntent(NamedTuple):
    intent: Intent
    key: str
    state: str
    withdrawn_minor: int

    @property
    def where(self) -> str:
        return f"money intent, event {self.intent.event}, position {self.intent.position}"


class InboxRow(NamedTuple):
    """An event of a provider about one of the order's intents. `over`: it has had its effect, or was set aside."""

    event_id: str
    key: str
    said: str
    noted: bool
    over: bool


def check(
    marketplace: UUID, stored: Sequence[StoredIntent], inbox: Sequence[InboxRow], told: Recorder, broken: Tell
) -> None:
    """Compare the intents with what the events make, with what was told of them, and with each other."""
    order = told.order
    assert order is not None, "there is at least the placing"
    expected = [(i, provider_key(marketplace, order.id, i.event, i.position)) for i in told.intents]
    for had, need in zip_longest([(one.intent, one.key) for one in stored], expected):
        if had != need:
            intent = (had or need)[0]
            broken("M7", f"money intent, event {intent.event}, position {intent.position}", differs(had, need))
    on_its_way = {row.key for row in inbox if not row.over}
    for where, why in _refunds(order, stored, on_its_way):
        broken("M7", where, why)
    for where, why in [*_payouts(stored, told, on_its_way), *_withdrawals(stored, told)]:
        broken("M7", where, why)
    for where, why in _inbox(stored, inbox):
        broken("D1", where, why)


def differs(was: object, must: object) -> str:
    if was is None:
        return f"it is missing; the events make {must}"
    if must is None:
        return f"it stands there, and no event makes it: {was}"
    return f"it is {was}; the events make {must}"


# ── refunds ──────────────────────────────────────────────────────────────────────────────────────


def _refunds(order: Order, stored: Sequence[StoredIntent], on_its_way: set[str]) -> Iterator[tuple[str, str]]:
    """Each part of a refund succeeds at most once, and the order knows what its parts say together."""
    parts: dict[tuple[int | None, int | None], dict[int | None, list[StoredIntent]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in stored:
        if one.intent.kind == REFUND:
            parts[one.intent.dispute, one.intent.refund][one.intent.payment].append(one)
    for (dispute, position), ways in parts.items():
        for tries in ways.values():
            succeeded = [one for one in tries if one.state == SUCCEEDED]
            if len(succeeded) > 1:
                yield succeeded[1].where, f"this money went out before, at event {succeeded[0].intent.event}"
        newest = [live[-1] for tries in ways.values() if (live := [one for one in tries if one.state != WITHDRAWN])]
        refund = _refund(order, dispute, position)
        if refund is not None and newest and not on_its_way.intersection(one.key for one in newest):
            yield from _agrees(refund, newest)


def _refund(order: Order, dispute: int | None, position: int | None) -> Refund | None:
    found = order.dispute(dispute)
    if found is None:
        return order.refund
    return found.refunds[position - 1] if position and position <= len(found.refunds) else None


def _agrees(refund: Refund, newest: Sequence[StoredIntent]) -> Iterator[tuple[str, str]]:
    states = {one.state for one in newest}
    if refund.status is RefundStatus.SUCCEEDED and states != {SUCCEEDED}:
        odd = next(one for one in newest if one.state != SUCCEEDED)
        yield odd.where, f"it is {odd.state}; an event says that it succeeded"
    elif refund.status is not RefundStatus.SUCCEEDED and states == {SUCCEEDED}:
        yield newest[0].where, f"it succeeded, and the order counts the refund as {refund.status}"
    elif refund.status is RefundStatus.FAILED and FAILED not in states:
        yield newest[0].where, f"it is {newest[0].state}; an event says that the refund failed"
    elif refund.status is RefundStatus.SCHEDULED and FAILED in states:
        odd = next(one for one in newest if one.state == FAILED)
        yield odd.where, "it failed, and the order was not told"


# ── payouts ──────────────────────────────────────────────────────────────────────────────────────


def _payouts(stored: Sequence[StoredIntent], told: Recorder, on_its_way: set[str]) -> Iterator[tuple[str, str]]:
    """What releases moved to the seller, the order's payouts say."""
    paid = sum(one.event.amount_minor for one in told.events if isinstance(one.event, e.PayoutSucceeded))
    done = [
        one
        for one in stored
        if one.intent.kind == RELEASE and one.intent.funded_by == "escrow" and one.state == SUCCEEDED
    ]
    out = sum(one.intent.amount_minor - one.withdrawn_minor for one in done if one.key not in on_its_way)
    if out > paid:
        yield done[-1].where, f"{out} went out to the seller, and the order knows of {paid}"


def _withdrawals(stored: Sequence[StoredIntent], told: Recorder) -> Iterator[tuple[str, str]]:
    """Nothing stays here that no event took back, and no part of a refund without another way for it."""
    back = sum(one.amount_minor for one in told.taken)
    kept = [one for one in stored if one.withdrawn_minor]
    if sum(one.withdrawn_minor for one in kept) > back:
        yield kept[-1].where, f"{sum(one.withdrawn_minor for one in kept)} was withdrawn; events took back {back}"
    for one in stored:
        if one.intent.kind == REFUND and one.withdrawn_minor:
            yield one.where, "a refund is never taken back"
        if one.state == WITHDRAWN and one.intent.kind == REFUND and not one.intent.redirected:
            yield one.where, "it was withdrawn, and is no second way for anything"
        if one.state == WITHDRAWN and one.intent.kind == RELEASE and one.withdrawn_minor < one.intent.amount_minor:
            yield one.where, f"it was withdrawn, and {one.intent.amount_minor - one.withdrawn_minor} of it is not"


# ── what providers told ──────────────────────────────────────────────────────────────────────────


def _inbox(stored: Sequence[StoredIntent], inbox: Sequence[InboxRow]) -> Iterator[tuple[str, str]]:
    """D1: one event at most brought each intent to its end, and that is the end it has."""
    states = {one.key: one.state for one in stored}
    ended = Counter(row.key for row in inbox if row.noted)
    for row in inbox:
        where = f"provider's event {row.event_id}"
        if row.noted and ended[row.key] > 1:
            yield where, f"{ended[row.key]} events brought the same movement to its end"
        # A person may say later that money arrived after all, so a failure is not the last word; a success is.
        if row.noted and states.get(row.key) not in {row.said, SUCCEEDED}:
            yield where, f"it said {row.said}; the movement is {states.get(row.key)}"


# ── messages ─────────────────────────────────────────────────────────────────────────────────────

_DEADLINES = frozenset(DeadlineName)


def odd_topics(order: Order, topics: Sequence[tuple[int, str]]) -> Iterator[tuple[str, str]]:
    """D2: messages that are no event's are reminders of a deadline the order could have."""
    for event, topic in topics:
        kind, _, rest = topic.partition(":")
        name, _, rest = rest.partition(":")
        dispute = rest.partition(":")[0]
        of = order.dispute(int(dispute)) if dispute.isdigit() else None
        if event or kind != "reminder" or name not in _DEADLINES or (dispute and of is None):
            yield f"outbox, event {event}, {topic}", "nobody asked for this message"
