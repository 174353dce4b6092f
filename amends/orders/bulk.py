"""Bringing recorded orders in: many at a time, each decided in the core and written as the ordinary door would.

A new order with all its acts is decided in memory, each act at its recorded instant, and batches of such orders go
out in one statement. An order that is there already, or acts that are rare, go through the ordinary door. Every act
has a key made of what it says and when, so whatever was done once is not done again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from amends.core import commands as c
from amends.core.decide import act, place
from amends.core.draft import Accepted
from amends.core.durations import format_instant
from amends.core.facts import Facts
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.tracking import normalise
from amends.core.vocabulary import Party, RefusalCode, Verb
from amends.core.wire import canonical, read_command, write_command

from . import store, trips
from .bulk_statements import MEETING, WRITING
from .handle import handle, paused, regions
from .marketplaces import SHELF, pinned_policy
from .queries import order as found_order
from .recording import Recorder, row
from .sealing import Key, Sealer, person

CALLER = "import"
BATCH = 500
"""Orders a statement: enough to make its own cost small, few enough to decide again where somebody was first."""
TRIES = 5
IN_BULK = frozenset({Verb.PLACE_ORDER, Verb.SHIP, Verb.TRACK, Verb.CONFIRM_RECEIPT, Verb.CANCEL_ORDER})
"""Acts that look at nothing beyond their order but blocked parties; an order with others takes the ordinary door."""


class Recorded(NamedTuple):
    """One act as it was recorded: its document (`do`, `by` and the verb's fields), and when it happened, UTC."""

    at: datetime
    document: Mapping[str, Any]


class Brought(NamedTuple):
    """What became of one act. `refused` None: it is there; `repeated`: it was there before."""

    order_key: str
    at: datetime
    do: str
    refused: Refused | None = None
    repeated: bool = False


class _Act(NamedTuple):
    recorded: Recorded
    command: c.Command
    key: str
    body_hash: str


class _Wanted(NamedTuple):
    """An order to bring: the acts that can be read, in their order, and those that cannot."""

    order_key: str
    acts: tuple[_Act, ...]
    malformed: tuple[Brought, ...]

    @property
    def placing(self) -> c.PlaceOrder | None:
        first = self.acts[0].command if self.acts else None
        return first if isinstance(first, c.PlaceOrder) else None


class _Met(NamedTuple):
    """What the batch met: see `bulk_statements.MEETING`."""

    policy_digest: str
    there: dict[str, tuple[str, str, str]]
    done: dict[tuple[str, str], str]
    keys: dict[str, Key]
    blocked: list[str]
    pauses: list[dict[str, Any]]


def bring(
    marketplace: UUID, orders: Iterable[tuple[str, Sequence[Recorded]]], *, now: datetime, batch: int = BATCH
) -> Iterator[Brought]:
    """Bring orders with their recorded acts into a marketplace; tells what became of each act, batch by batch.

    An act is told only once it is durable, so whoever stops reading, or is killed, may begin again from the start.
    What is refused is told with its reason and stops nothing else; an order whose placing is refused gets none of its
    later acts. Instants after `now` are refused. Raises `store.NoMarketplace`.
    """
    waiting: list[_Wanted] = []
    for order_key, acts in orders:
        waiting.append(_read(order_key, acts, now))
        if len(waiting) >= batch:
            yield from _brought(marketplace, waiting)
            waiting = []
    if waiting:
        yield from _brought(marketplace, waiting)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def _read(order_key: str, acts: Sequence[Recorded], now: datetime) -> _Wanted:
    good: list[_Act] = []
    bad: list[Brought] = []
    for recorded in sorted(acts, key=lambda one: one.at):
        try:
            good.append(_act(order_key, recorded, now))
        except Refused as refused:
            bad.append(Brought(order_key, recorded.at, str(recorded.document.get("do")), refused))
    return _Wanted(order_key, tuple(good), tuple(bad))


def _act(order_key: str, recorded: Recorded, now: datetime) -> _Act:
    command = read_command(recorded.document)
    if recorded.at > now:
        raise Refused(
            RefusalCode.MALFORMED, why="it is dated after today", mend="Bring what has happened, not what will."
        )
    if isinstance(command, c.PlaceOrder) and command.id != order_key:
        raise Refused(RefusalCode.MALFORMED, why="the order is placed under another id", mend="Give the same id twice.")
    body = canonical({"order": order_key, "command": write_command(command), "version": None})
    key = hashlib.sha256(format_instant(recorded.at).encode() + b"\n" + body).hexdigest()[:40]
    return _Act(recorded, command, key, hashlib.sha256(body).hexdigest())


# ── a batch ──────────────────────────────────────────────────────────────────────────────────────


def _brought(marketplace: UUID, batch: Sequence[_Wanted]) -> Iterator[Brought]:
    """All of one batch: what is new in one statement, the rest each through the ordinary door."""
    for wanted in batch:
        yield from wanted.malformed
    counted = Counter(wanted.order_key for wanted in batch)
    twice = {order_key for order_key, many in counted.items() if many > 1}
    left = [wanted for wanted in batch if wanted.acts]
    met = _meet(marketplace, left)
    for attempt in range(TRIES):
        met = _meet(marketplace, left) if attempt else met
        new = [w for w in left if w.order_key not in met.there and w.order_key not in twice and _in_bulk(w)]
        written, told = _written(marketplace, new, met) if new else (set(), [])
        yield from told
        left = [w for w in left if w.order_key not in written]
        if len(written) == len(new):
            break
    for wanted in left:
        yield from _through_the_door(marketplace, wanted, met)


def _in_bulk(wanted: _Wanted) -> bool:
    return wanted.placing is not None and all(one.command.verb in IN_BULK for one in wanted.acts)


def _meet(marketplace: UUID, batch: Sequence[_Wanted]) -> _Met:
    parties = _parties(batch)
    values = {
        "m": marketplace,
        "orders": [wanted.order_key for wanted in batch],
        "caller": CALLER,
        "owners": [person(name) for name in parties],
        "parties": parties,
    }
    rows = trips.in_one_trip(marketplace, MEETING, values, begin=False)
    if not rows:
        raise store.NoMarketplace(f"there is no marketplace {marketplace}")
    digest, there, done, keys, blocked, pauses = rows[0]
    return _Met(
        digest,
        {order_key: (buyer, seller, currency) for order_key, buyer, seller, currency in json.loads(there or "[]")},
        {(order_key, key): body_hash for order_key, key, body_hash in json.loads(done or "[]")},
        {owner: Key(UUID(key_id), bytes.fromhex(secret)) for owner, key_id, secret in json.loads(keys or "[]")},
        blocked,
        json.loads(pauses or "[]"),
    )


def _parties(batch: Sequence[_Wanted]) -> list[str]:
    return sorted({name for w in batch if w.placing for name in (w.placing.buyer, w.placing.seller)})


def _written(marketplace: UUID, new: Sequence[_Wanted], met: _Met) -> tuple[set[str], list[Brought]]:
    """Decide and write new orders. Answers with those that are done, written or refused, and what became of acts."""
    keys, made = dict(met.keys), dict[str, Key]()
    decided = [_Life(marketplace, wanted, met, keys, made).decided() for wanted in new]
    documents = [life.document() for life in decided if life.recorder is not None]
    parties = _parties(new)
    values = {
        "m": marketplace,
        "caller": CALLER,
        "acts": json.dumps(documents),
        "keys": json.dumps([{"o": owner, "i": str(key.id), "s": key.secret.hex()} for owner, key in made.items()]),
        "parties": parties,
        "blocked": [name for name in met.blocked if name in set(parties)],
        "regions": regions(met.pauses),
    }
    stored = (
        {order_key for (order_key,) in trips.in_one_trip(marketplace, WRITING, values, begin=True)}
        if documents
        else set()
    )
    done = [life for life in decided if life.recorder is None or life.wanted.order_key in stored]
    return {life.wanted.order_key for life in done}, [one for life in done for one in life.told]


# ── one new order ────────────────────────────────────────────────────────────────────────────────


class _Life:
    """A new order told in memory from its placing to its last recorded act."""

    def __init__(
        self, marketplace: UUID, wanted: _Wanted, met: _Met, keys: dict[str, Key], made: dict[str, Key]
    ) -> None:
        self.marketplace = marketplace
        self.wanted = wanted
        self.met = met
        self.keys = keys
        self.made = made
        self.told: list[Brought] = []
        self.answers: list[dict[str, Any]] = []
        self.recorder: Recorder | None = None
        self.number = ""
        self.shipped_at: datetime | None = None

    def decided(self) -> _Life:
        placing = self.wanted.placing
        assert placing is not None, "only an order that begins with its placing is brought in bulk"
        names = {person(placing.buyer), person(placing.seller)}
        self.sealer = Sealer(
            self.marketplace, self.wanted.order_key, {name: self.keys[name] for name in names if name in self.keys}
        )
        order: Order | None = None
        for one in self.wanted.acts:
            order = self._act(one, order)
            if order is None:
                break
        self.keys |= self.sealer.made
        self.made |= self.sealer.made
        return self

    def _act(self, one: _Act, order: Order | None) -> Order | None:
        """The order after the act; None where there is none, because its placing was refused."""
        lapsed: tuple[Any, ...] = ()
        answer: Accepted | Refused
        if order is None:
            assert isinstance(one.command, c.PlaceOrder), "an order's acts begin with its placing"
            policy = pinned_policy(self.marketplace, self.met.policy_digest)
            answer = place(
                one.command, one.recorded.at, Facts(policy=policy, calendars=SHELF, blocked=self._blocked(one.command))
            )
            if isinstance(answer, Accepted):
                answer = paused(answer, self.met.pauses, one.recorded.at)
                self.recorder = Recorder(policy, SHELF, None)
        else:
            step = act(order, one.command, one.recorded.at, Facts(blocked=self._blocked(self.wanted.placing)))
            order, lapsed, answer = step.order, step.lapsed, step.answer
        if isinstance(answer, Accepted):
            order = answer.order
        self._keep(one, order, lapsed, answer)
        return order

    def _keep(self, one: _Act, order: Order | None, lapsed: tuple[Any, ...], answer: Accepted | Refused) -> None:
        refused = answer if isinstance(answer, Refused) else None
        self.told.append(Brought(self.wanted.order_key, one.recorded.at, one.command.verb.value, refused))
        if order is None or self.recorder is None:
            return
        before = self.recorder.order.version if self.recorder.order else 0
        for event in lapsed + (answer.events if isinstance(answer, Accepted) else ()):
            number = (self.recorder.order.version if self.recorder.order else 0) + 1
            self.recorder.add(self.sealer.seal(event, number, buyer=order.buyer, seller=order.seller))
        if not isinstance(answer, Accepted):
            return
        if isinstance(one.command, c.Ship) and one.command.tracking:
            self.number, self.shipped_at = normalise(one.command.tracking), one.recorded.at
        said = {
            "version": self.recorder.order.version if self.recorder.order else 0,
            "first": before + 1,
            "lapsed": len(lapsed),
            "warnings": sorted(answer.warnings),
            "at": format_instant(one.recorded.at),
        }
        self.answers.append({"k": one.key, "h": one.body_hash, "a": said})

    def _blocked(self, placing: c.PlaceOrder | None) -> frozenset[Party]:
        assert placing is not None
        named = ((Party.BUYER, placing.buyer), (Party.SELLER, placing.seller))
        return frozenset(party for party, name in named if name in self.met.blocked)

    def document(self) -> dict[str, Any]:
        """The order's row and everything beside it, as the statement reads them."""
        recorder = self.recorder
        assert recorder is not None, "a refused order is not written"
        assert recorder.order is not None, "it begins with its placing"
        assert recorder.settled is None, "no act brought in bulk settles or takes back a movement of money"
        change = store.Write(
            order_key=self.wanted.order_key,
            before=0,
            row=row(recorder.order, recorder.head),
            events=recorder.rows,
            journal=recorder.journal,
            intents=recorder.intents,
            settled=None,
            taken=[],
            texts=self.sealer.texts,
            keys={},
            answered=None,
            number=self.number,
            at=self.shipped_at or self.wanted.acts[0].recorded.at,
            blocked=None,
            regions=None,
        )
        return store.document(self.marketplace, change) | {
            "order_key": self.wanted.order_key,
            "answers": self.answers,
        }


# ── an order that is there already ───────────────────────────────────────────────────────────────


def _through_the_door(marketplace: UUID, wanted: _Wanted, met: _Met) -> Iterator[Brought]:
    """Each act the ordinary way: those done before are not done again, the rest at their own instants or, where the
    order has gone on since, as of its last event."""
    placing = wanted.placing
    there = met.there.get(wanted.order_key)
    stranger = there is not None and placing is not None and there != (placing.buyer, placing.seller, placing.currency)
    for one in wanted.acts:
        told = Brought(wanted.order_key, one.recorded.at, one.command.verb.value)
        if met.done.get((wanted.order_key, one.key)) == one.body_hash:
            yield told._replace(repeated=True)
            continue
        if stranger:
            yield told._replace(refused=Refused(RefusalCode.DUPLICATE_ORDER))
            return
        at = one.recorded.at
        if not isinstance(one.command, c.PlaceOrder):
            found = found_order(marketplace, wanted.order_key, now=at)
            at = max([at, *(recorded.event.at for recorded in found.history)]) if found else at
        outcome = handle(marketplace, wanted.order_key, one.command, now=at, caller=CALLER, key=one.key)
        yield told._replace(refused=outcome.refused, repeated=outcome.repeated)
        if outcome.refused is not None and isinstance(one.command, c.PlaceOrder) and there is None:
            return
