"""The one door to an order in the database: load, decide, write; and once more from the load if somebody was first.

`handle` takes a command, `bring_up` what the clock does. Nothing is locked and no transaction is open while the core
decides: the one statement at the end writes everything the act changes, or finds that the order has moved on.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import errors

from amends.core import commands as c
from amends.core.decide import Step, act, catch_up, place
from amends.core.draft import Accepted
from amends.core.durations import format_instant, parse_instant
from amends.core.facts import Facts
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.rules.ordering import malformed
from amends.core.rules.outside import hold_name
from amends.core.tracking import normalise
from amends.core.vocabulary import Party, RefusalCode
from amends.core.wire import Recorded, canonical, read_command, write_command

from . import handing_in, receipts, store, waits
from . import standing as standings
from .marketplaces import SHELF, pinned_policy
from .recording import Recorder, handed_in, read, row
from .sealing import Key, Sealer
from .standing import Standing, readable
from .trips import WORKER

TRIES = 5
MOST_WAIT = 0.016
"""Seconds; doubled with every try, and then a random part of it."""
MOST_KEY = 200
READS_TEXTS = (c.Track, c.ShipReturn, c.ShipReplacement)
"""Acts that compare a number with one given before, which is kept sealed."""
NEW_BUSINESS = (c.PlaceOrder, c.OpenDispute)
"""Acts a blocked party may not do; so a block set meanwhile must be seen."""


class Outcome(NamedTuple):
    """What came of an act. `refused` None: it was accepted. Lapses were written in either case."""

    order: Order | None
    """As it stands after the act; None where there is no such order."""
    at: datetime
    refused: Refused | None = None
    lapsed: tuple[Recorded, ...] = ()
    events: tuple[Recorded, ...] = ()
    """What the act itself made, in its sealed form."""
    warnings: frozenset[str] = frozenset()
    repeated: bool = False
    """The key had been used for the very same act: this is that answer."""

    @property
    def version(self) -> int:
        return self.order.version if self.order else 0


class Asked(NamedTuple):
    """One act on one order, read and checked, with what the edge knows about it."""

    marketplace: UUID
    order_key: str
    command: c.Command
    now: datetime
    caller: str
    key: str
    body_hash: bytes
    expected_version: int | None
    facts: Facts | None

    @property
    def wanted(self) -> store.Wanted:
        command = self.command
        return store.Wanted(
            self.caller,
            self.key,
            (command.buyer, command.seller) if isinstance(command, c.PlaceOrder) else None,
            texts=isinstance(command, READS_TEXTS),
            history=isinstance(command, c.OpenDispute) and self.facts is None,
            number=_number_given(command),
        )


def handle(
    marketplace: UUID,
    order_key: str,
    command: c.Command | Mapping[str, Any],
    *,
    now: datetime,
    caller: str = "",
    key: str = "",
    expected_version: int | None = None,
    facts: Facts | None = None,
) -> Outcome:
    """Do one act on one order, durably, or refuse it.

    `command` may be the document it came as. `caller` and `key` make it safe to send again: the same key and body
    get the same answer, another body `idempotency_key_reused`. With `expected_version` the order must stand there
    (lapses that are due counted), else `version_conflict`. `facts` are gathered here unless the edge brings them.
    While it cannot be said what holds at `now`, because a file that came before a deadline is still examined, it is
    `version_conflict` at once, in one of the variants `EXAMINING`. What the buyer or the seller then sends again within
    `waits.AGAIN_WITHIN` counts as of the first time. An `add_evidence` that names such a file counts as of its receipt.
    Raises `store.NoMarketplace`, and psycopg's OperationalError where the database is away; then nobody can say whether
    the act was done, and the same key may be sent again.
    """
    try:
        asked = _asked(marketplace, order_key, command, now, caller, key, expected_version, facts)
    except Refused as refused:
        return Outcome(None, now, refused)
    for attempt in range(TRIES):
        if attempt:
            _wait(attempt)
        try:
            outcome = _once(asked)
        except (errors.SerializationFailure, errors.DeadlockDetected):
            continue
        except waits.StillExamined:
            return Outcome(None, now, _put_off(asked))
        if outcome is not None:
            return outcome
    return Outcome(None, now, Refused(RefusalCode.VERSION_CONFLICT))


def bring_up(marketplace: UUID, order_key: str, *, now: datetime) -> Outcome | None:
    """What the clock does: let everything lapse that is due by `now`, and put the order's hint right.

    What must wait for a file that came in time is left for later (waits.py). None where there is no such order, or
    where others were first five times running: the next sweep finds it again.
    """
    for attempt in range(TRIES):
        if attempt:
            _wait(attempt)
        loaded, standing = standings.load(marketplace, order_key, store.Wanted(), role=WORKER)
        if standing is None:
            return None
        after, lapsed = catch_up(standing.order, waits.clocks_go(standing.order, now, loaded.on_their_way))
        step = Step(after, lapsed, Accepted(after, ()))
        change, outcome = _change(marketplace, order_key, standing, loaded.keys, step, now)
        if not lapsed and change.row.due_at == loaded.due_at:
            return outcome
        try:
            if store.write(marketplace, change, role=WORKER):
                return outcome
        except (errors.SerializationFailure, errors.DeadlockDetected):
            continue
    return None


def _wait(attempt: int) -> None:
    time.sleep(random.uniform(0, MOST_WAIT * 2**attempt))  # noqa: S311 (only so that two do not meet again)


# ── what is asked ────────────────────────────────────────────────────────────────────────────────


def _asked(
    marketplace: UUID,
    order_key: str,
    command: c.Command | Mapping[str, Any],
    now: datetime,
    caller: str,
    key: str,
    expected_version: int | None,
    facts: Facts | None,
) -> Asked:
    for name, text in (("the order's id", order_key), ("the idempotency key", key), ("the caller", caller)):
        if len(text) > MOST_KEY or not text.isprintable():
            raise malformed(f"{name} is too long or holds control characters", f"Write at most {MOST_KEY} characters.")
    if not order_key:
        raise malformed("the order has no id", "Give the marketplace's own id of the order.")
    read = command if isinstance(command, c.Command) else read_command(command)
    if isinstance(read, c.PlaceOrder) and read.id != order_key:
        raise malformed("the order is placed under one id and called by another", "Give the same id twice.")
    written = {"order": order_key, "command": write_command(read), "version": expected_version}
    body_hash = hashlib.sha256(canonical(written)).digest() if key else b""
    return Asked(marketplace, order_key, read, now, caller, key, body_hash, expected_version, facts)


def _number_given(command: c.Command) -> str:
    """The tracking number an act gives, or what may be one; "" where it gives none."""
    match command:
        case c.ShipReturn() | c.ShipReplacement():
            return normalise(command.tracking)
        case c.AddEvidence():
            return normalise(command.name)
        case _:
            return ""


# ── one try ──────────────────────────────────────────────────────────────────────────────────────


def _once(asked: Asked) -> Outcome | None:
    """Load, decide, write. None where somebody was first."""
    loaded, standing = standings.load(asked.marketplace, asked.order_key, asked.wanted)
    if loaded.stored is not None:
        return _again(asked, store.load(asked.marketplace, asked.order_key, asked.wanted), *loaded.stored)
    if isinstance(asked.command, c.PlaceOrder):
        return _place(asked, asked.command, loaded, standing)
    if standing is None:
        return Outcome(None, asked.now, Refused(RefusalCode.UNKNOWN_ORDER))
    outcome = _on_order(asked, loaded, standing)
    before = waits.put_off(asked.command, loaded.on_their_way)
    if before and outcome and not (outcome.refused and outcome.refused.code is RefusalCode.VERSION_CONFLICT):
        receipts.act_decided(asked.marketplace, asked.order_key, before.party)
    return outcome


def _put_off(asked: Asked) -> Refused:
    """The answer where nobody can say yet what holds; of buyer and seller it is noted when they acted first."""
    party = asked.command.by
    if party not in waits.PUT_OFF:
        return Refused(RefusalCode.VERSION_CONFLICT, "examining_others")
    receipts.put_off(asked.marketplace, asked.order_key, party, asked.now)
    return Refused(RefusalCode.VERSION_CONFLICT, "examining")


def _on_order(asked: Asked, loaded: store.Loaded, standing: Standing) -> Outcome | None:
    instant = waits.instant_of(standing.order, asked.command, asked.now, loaded.on_their_way, loaded.last_at)
    asked = asked._replace(now=instant)
    facts = asked.facts or _facts(asked, loaded, standing.order.buyer, standing.order.seller)
    step = _with_files(asked, standing.order, _decided(asked, standing.order, facts), sandbox=loaded.sandbox)
    if not step.events and (isinstance(step.answer, Refused) or not asked.key):
        return _refused_or_nothing(asked, step)
    change, outcome = _change(
        asked.marketplace, asked.order_key, standing, loaded.keys, step, asked.now, asked=asked, loaded=loaded
    )
    return outcome if store.write(asked.marketplace, change) else None


def _refused_or_nothing(asked: Asked, step: Step) -> Outcome:
    answer = step.answer
    if isinstance(answer, Refused):
        return Outcome(step.order, asked.now, answer)
    return Outcome(step.order, asked.now, warnings=answer.warnings)


def _decided(asked: Asked, order: Order, facts: Facts) -> Step:
    if asked.expected_version is not None:
        current, lapsed = catch_up(order, asked.now)
        if current.version != asked.expected_version:
            return Step(current, lapsed, Refused(RefusalCode.VERSION_CONFLICT))
    return act(order, asked.command, asked.now, facts)


def _with_files(asked: Asked, order: Order, step: Step, *, sandbox: bool) -> Step:
    """The step; refused `evidence_required` where a party gave a kind of evidence without the file (R166).

    Only where everything else would have been taken, and not in a sandbox: there a word may stand for a file.
    """
    refused = None if sandbox or isinstance(step.answer, Refused) else handing_in.without_a_file(asked.command)
    return step if refused is None else Step(catch_up(order, asked.now)[0], step.lapsed, refused)


def _place(asked: Asked, command: c.PlaceOrder, loaded: store.Loaded, standing: Standing | None) -> Outcome | None:
    facts = asked.facts or _facts(asked, loaded, command.buyer, command.seller)
    # Also a policy the edge brings must be one the marketplace keeps, or the order could never be read again.
    policy = pinned_policy(asked.marketplace, facts.policy.digest if facts.policy else loaded.current_policy)
    facts = facts._replace(policy=policy, calendars=facts.calendars or SHELF, order_exists=standing is not None)
    answer = place(command, asked.now, facts)
    if isinstance(answer, Refused):
        return Outcome(standing.order if standing else None, asked.now, answer)
    answer = paused(answer, loaded.pauses, asked.now)
    step = Step(answer.order, (), answer)
    change, outcome = _change(
        asked.marketplace, asked.order_key, None, loaded.keys, step, asked.now, asked=asked, loaded=loaded
    )
    return outcome if store.write(asked.marketplace, change) else None


def paused(placed: Accepted, pauses: list[dict[str, Any]], now: datetime) -> Accepted:
    """A new order of a region whose clocks stand still begins standing still."""
    for document in pauses:
        pause = read_command(document)
        assert isinstance(pause, c.PauseClocks), "only pauses are kept there"
        if concerns(placed.order, pause.countries):
            answer = act(placed.order, pause, now).answer
            if isinstance(answer, Accepted):
                placed = Accepted(answer.order, placed.events + answer.events, placed.warnings)
    return placed


def concerns(order: Order, countries: tuple[str, ...]) -> bool:
    """A region concerns an order that is sent to it or whose returns go there."""
    return any(place is not None and place.country in countries for place in (order.destination, order.return_to))


def _facts(asked: Asked, loaded: store.Loaded, buyer: str, seller: str) -> Facts:
    return Facts(
        blocked=frozenset(
            party for party, name in ((Party.BUYER, buyer), (Party.SELLER, seller)) if name in loaded.blocked
        ),
        disputes_opened=tuple(loaded.opened),
        orders_placed=tuple(loaded.placed),
        tracking_elsewhere=loaded.number_of is not None and loaded.number_of != asked.order_key,
    )


def _again(asked: Asked, loaded: store.Loaded, body_hash: bytes, answer: Mapping[str, Any]) -> Outcome:
    """The stored answer, or `idempotency_key_reused`. The order is shown as it stood after the act."""
    if body_hash != asked.body_hash:
        return Outcome(None, asked.now, Refused(RefusalCode.IDEMPOTENCY_KEY_REUSED))
    version, first = answer["version"], answer["first"]
    policy = pinned_policy(asked.marketplace, loaded.policy_digest)
    recorder = Recorder(policy, SHELF, None)
    for event in read(loaded.events[:version], readable(asked.marketplace, asked.order_key, loaded)):
        recorder.add(event)
    lapsed = answer["lapsed"]
    return Outcome(
        recorder.order,
        parse_instant(answer["at"]),
        lapsed=tuple(recorder.events[first - 1 : first - 1 + lapsed]),
        events=tuple(recorder.events[first - 1 + lapsed :]),
        warnings=frozenset(answer["warnings"]),
        repeated=True,
    )


# ── what is written ──────────────────────────────────────────────────────────────────────────────


def _change(
    marketplace: UUID,
    order_key: str,
    standing: Standing | None,
    keys: Mapping[str, Key],
    step: Step,
    now: datetime,
    *,
    asked: Asked | None = None,
    loaded: store.Loaded | None = None,
) -> tuple[store.Write, Outcome]:
    """Everything the step changes, as rows, and the answer it makes once they are written."""
    before = standing.order.version if standing else 0
    recorder = _recorded(marketplace, order_key, standing, keys, step)
    order = recorder.recorder.order
    assert order is not None, "a step leaves an order behind"
    split = len(step.lapsed)
    outcome = Outcome(
        order,
        now,
        step.answer if isinstance(step.answer, Refused) else None,
        tuple(recorder.recorder.events[:split]),
        tuple(recorder.recorder.events[split:]),
        step.answer.warnings if isinstance(step.answer, Accepted) else frozenset(),
    )
    command = asked.command if asked and outcome.refused is None else None
    change = store.Write(
        order_key,
        before,
        row(order, recorder.recorder.head),
        recorder.recorder.rows,
        recorder.recorder.journal,
        recorder.recorder.intents,
        recorder.recorder.settled,
        recorder.recorder.taken,
        recorder.sealer.texts,
        recorder.sealer.made,
        _answered(asked, before, outcome) if asked and asked.key and outcome.refused is None else None,
        normalise(command.tracking) if isinstance(command, c.Ship) and command.tracking else "",
        now,
        loaded.blocked if loaded and isinstance(command, NEW_BUSINESS) else None,
        regions(loaded.pauses) if loaded and isinstance(command, c.PlaceOrder) else None,
        *handed_in(outcome.events),
    )
    return change, outcome


class _Recorded(NamedTuple):
    recorder: Recorder
    sealer: Sealer


def _recorded(
    marketplace: UUID, order_key: str, standing: Standing | None, keys: Mapping[str, Key], step: Step
) -> _Recorded:
    """The step's events sealed and folded once more in that form, because that is how they will be read."""
    sealer = Sealer(marketplace, order_key, keys)
    policy, calendars = step.order.policy, step.order.calendars
    recorder = (
        Recorder(policy, calendars, standing.order, standing.head) if standing else Recorder(policy, calendars, None)
    )
    number = standing.order.version if standing else 0
    for event in step.events:
        number += 1
        recorder.add(sealer.seal(event, number, buyer=step.order.buyer, seller=step.order.seller))
    return _Recorded(recorder, sealer)


def _answered(asked: Asked, before: int, outcome: Outcome) -> store.Answered:
    answer = {
        "version": outcome.version,
        "first": before + 1,
        "lapsed": len(outcome.lapsed),
        "warnings": sorted(outcome.warnings),
        "at": format_instant(outcome.at),
    }
    return store.Answered(asked.caller, asked.key, asked.body_hash, answer)


def regions(pauses: list[dict[str, Any]]) -> list[str]:
    """The names of the pauses a placing knew of, as its guard compares them."""
    return sorted(hold_name(tuple(document["countries"])) for document in pauses)
