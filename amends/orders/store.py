"""The rows, and their only user: one select that loads an order, one guarded statement that writes it.

Both go out pipelined, in one round trip each. The guard is the order's version, and whatever else the decision
looked at; no row back means that somebody was first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from amends.core.journal import Transfer

from . import waits
from .evidence_statements import Linked
from .intents import REFUND, RELEASE, Fresh, Intent, Settled, Taken, fresh, provider_key
from .sealing import Key, Text
from .statements import Parts, loading, writing
from .trips import APP, WORKER, in_one_trip


class Row(NamedTuple):
    """The copy of an order that pages and sweeps read: everything in it is folded from its events."""

    version: int
    head: bytes
    state_hash: bytes
    policy_digest: str
    status: str
    buyer: str
    seller: str
    currency: str
    countries: list[str]
    holds: list[str]
    held_minor: int
    refunded_minor: int
    released_minor: int
    open_disputes: int
    opened_at: list[datetime]
    placed_at: datetime
    due_at: datetime | None
    remind_at: datetime | None
    """The earliest reminder of a deadline that runs; whoever sends reminders moves it on to the next."""
    desk: list[dict[str, Any]] | None = None
    """What of it lies on a mediator's desk, as `recording.on_the_desk` writes it; None for nearly every order."""


class Wanted(NamedTuple):
    """What a command needs to have loaded beside its order."""

    caller: str = ""
    key: str = ""
    parties: tuple[str, str] | None = None
    """Buyer and seller of an order that is yet to be placed."""
    texts: bool = False
    history: bool = False
    number: str = ""
    """A tracking number, normalised: whose is it?"""


class Loaded(NamedTuple):
    """An order as it is stored, and what else was asked for. `version` 0: there is no such order."""

    sandbox: bool
    clock_at: datetime | None
    current_policy: str
    version: int
    head: bytes
    policy_digest: str
    due_at: datetime | None
    events: list[str]
    keys: dict[str, Key]
    blocked: list[str]
    pauses: list[dict[str, Any]]
    stored: tuple[bytes, dict[str, Any]] | None
    texts: list[tuple[str, bytes, UUID, bytes]]
    """Reference, ciphertext, id of its key, the key."""
    opened: list[datetime]
    placed: list[datetime]
    number_of: str | None
    """The first order that was shipped under the number asked for."""
    pseudonyms: Mapping[str, str] = MappingProxyType({})
    """Brought with the texts: `buyer` or `seller`, where that person was erased, and what to show instead."""
    on_their_way: tuple[waits.OnTheWay, ...] = ()
    """Files and acts for which deadlines may have to wait (waits.py)."""
    last_at: datetime | None = None
    """When the last of its events happened."""


class Answered(NamedTuple):
    caller: str
    key: str
    body_hash: bytes
    answer: dict[str, Any]


class EventRow(NamedTuple):
    number: int
    at: datetime
    type: str
    body: str
    chain: bytes


class Posted(NamedTuple):
    """A journal row in its place: number of the event, position in it, its instant, the transfer."""

    event: int
    position: int
    at: datetime
    transfer: Transfer


class Write(NamedTuple):
    """Everything one act changes. `before` is the version it was decided on, 0 for a new order."""

    order_key: str
    before: int
    row: Row
    events: list[EventRow]
    journal: list[Posted]
    intents: list[Intent]
    settled: Settled | None
    taken: list[Taken]
    texts: list[Text]
    keys: dict[str, Key]
    answered: Answered | None
    number: str
    at: datetime
    blocked: list[str] | None
    """The blocked parties the decision knew of, where it asked."""
    regions: list[str] | None
    """The pauses of regions a placing knew of."""
    linked: tuple[Linked, ...] = ()
    removed: tuple[str, ...] = ()
    """Uploaded files that were taken back."""


class NoMarketplace(LookupError):
    """There is no marketplace of this id."""


# ── loading ──────────────────────────────────────────────────────────────────────────────────────


def load(marketplace: UUID, order_key: str, wanted: Wanted, *, role: str = APP, since: int = 0) -> Loaded:
    """The order with its events after number `since`, and what else a decision about it may look at.

    Raises NoMarketplace.
    """
    statement = loading(wanted.parties is not None, wanted.texts, wanted.history, bool(wanted.number))
    buyer, seller = wanted.parties or ("", "")
    values = {
        "m": marketplace,
        "o": order_key,
        "since": since,
        "caller": wanted.caller,
        "key": wanted.key,
        "buyer": buyer,
        "seller": seller,
        "number": wanted.number,
    }
    rows = in_one_trip(marketplace, statement, values, role=role, begin=False)
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    sandbox, clock_at, current, version, head, pinned, due_at, bodies, keys, blocked, body_hash, answer, *asked = rows[
        0
    ]
    pauses, texts, opened, placed, owner, pseudonyms, on_their_way, last_at = asked
    return Loaded(
        sandbox,
        clock_at,
        current,
        version or 0,
        head or b"",
        pinned or "",
        due_at,
        bodies.split("\n") if bodies else [],
        {name: Key(UUID(key_id), bytes.fromhex(secret)) for name, key_id, secret in json.loads(keys or "[]")},
        blocked,
        json.loads(pauses or "[]"),
        (body_hash, json.loads(answer)) if body_hash else None,
        [
            (ref, bytes.fromhex(ciphertext), UUID(key_id), bytes.fromhex(secret))
            for ref, ciphertext, key_id, secret in json.loads(texts or "[]")
        ],
        opened or [],
        placed or [],
        owner,
        json.loads(pseudonyms or "{}"),
        waits.read(on_their_way, moved=clock_at is not None),
        last_at,
    )


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


def write(marketplace: UUID, act: Write, *, role: str = APP) -> bool:
    """Write all that an act changes, or nothing: False where somebody was first."""
    values = {"m": marketplace, "o": act.order_key, "act": json.dumps(document(marketplace, act))}
    try:
        return bool(in_one_trip(marketplace, writing(_parts(act)), values, role=role, begin=True))
    except psycopg.errors.UniqueViolation as twice:
        # The same key, accepted by another sender in between: he was first.
        if (twice.diag.table_name or "").startswith("idempotency"):
            return False
        raise


def rebuild(marketplace: UUID, order_key: str, row: Row, *, before: int) -> bool:
    """Put the row that events make in the place of the one that stood at `before`, 0 where it was missing.

    False where somebody acted on the order meanwhile; then his write has put the row right.
    """
    act = Write(order_key, before, row, [], [], [], None, [], [], {}, None, "", row.placed_at, None, None)
    statement = writing(_parts(act)._replace(whole=True))
    values = {"m": marketplace, "o": order_key, "act": json.dumps(document(marketplace, act))}
    return bool(in_one_trip(marketplace, statement, values, role=WORKER, begin=True))


def _parts(act: Write) -> Parts:
    return Parts(
        act.before == 0,
        bool(act.events),
        bool(act.journal),
        bool(act.intents),
        act.settled is not None and act.settled.kind == REFUND,
        act.settled is not None and act.settled.kind == RELEASE,
        bool(act.taken),
        bool(act.texts),
        bool(act.keys),
        act.answered is not None,
        bool(act.number),
        act.blocked is not None,
        act.regions is not None,
        linked=bool(act.linked),
        removed=bool(act.removed),
    )


def document(marketplace: UUID, act: Write) -> dict[str, Any]:
    """The act as the statement reads it; bytes are hexadecimal."""
    row = act.row
    made: dict[str, Any] = {
        **row._asdict(),
        "before": act.before,
        "head": row.head.hex(),
        "state_hash": row.state_hash.hex(),
        "opened_at": [at.isoformat() for at in row.opened_at],
        "placed_at": row.placed_at.isoformat(),
        "due_at": row.due_at.isoformat() if row.due_at else None,
        "remind_at": row.remind_at.isoformat() if row.remind_at else None,
        "events": [_event(event) for event in act.events],
        "at": act.at.isoformat(),
        "number": act.number,
        "blocked": act.blocked,
        "regions": act.regions,
    }
    if act.journal:
        made["journal"] = [_transfer(*row) for row in act.journal]
    if act.intents or act.taken:
        rows, left = fresh(act.intents, act.settled, act.taken)
        made["intents"] = [_intent(marketplace, act.order_key, one) for one in rows]
        made["taken"] = [{"n": place, "d": one.dispute, "a": one.amount_minor} for place, one in enumerate(left)]
    if act.settled is not None:
        made["settled"] = act.settled._asdict()
    if act.texts:
        made["texts"] = [
            {"n": text.event, "r": text.ref, "o": text.owner, "k": str(text.key_id), "c": text.ciphertext.hex()}
            for text in act.texts
        ]
    if act.keys:
        made["keys"] = [
            {"o": owner, "i": str(key.id), "s": key.secret.hex()}
            for owner, key in sorted(act.keys.items())  # in one order everywhere: two writers never wait in a circle
        ]
    if act.linked:
        made["linked"] = [one._asdict() for one in act.linked]
    if act.removed:
        made["removed"] = list(act.removed)
    if act.answered is not None:
        made |= {**act.answered._asdict(), "body_hash": act.answered.body_hash.hex()}
    return made


def _event(event: EventRow) -> dict[str, Any]:
    return {"n": event.number, "t": event.at.isoformat(), "y": event.type, "b": event.body, "c": event.chain.hex()}


def _transfer(event: int, position: int, at: datetime, transfer: Transfer) -> dict[str, Any]:
    names = ("d", "c", "a", "u", "r", "dv", "db", "da", "cv", "cb", "ca")
    return {"n": event, "p": position, "t": at.isoformat(), **dict(zip(names, transfer, strict=True))}


def _intent(marketplace: UUID, order_key: str, one: Fresh) -> dict[str, Any]:
    names = ("n", "p", "k", "d", "e", "y", "a", "u", "f", "t", "r")
    key = provider_key(marketplace, order_key, one.intent.event, one.intent.position)
    return {**dict(zip(names, one.intent, strict=True)), "x": key, "s": one.state, "w": one.withdrawn_minor}
