"""Is everything as it must be? Each order is told again from its events and compared with all that is stored of it.

`verify` only looks; `replay` also puts back the rows that pages read. Both go order by order, a few hundred in one
snapshot, so that the service goes on meanwhile.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, zip_longest
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core import laws
from amends.core.journal import Transfer
from amends.core.order import Order
from amends.core.private import Private
from amends.core.reminders import reminders_of
from amends.core.vocabulary import Party
from amends.core.wire import GENESIS, MalformedWire, read_event
from amends.ledger.books import Broken
from amends.ledger.books import check as check_books

from . import money_laws, store, trips
from .intents import Intent
from .marketplaces import SHELF, pinned_policy
from .money_laws import InboxRow, StoredIntent, Tell, differs
from .recording import Recorder, link, row
from .sealing import theirs

BATCH = 200


class CannotLook(PermissionError):
    """A check that cannot reach its data is not a pass."""


@dataclass
class Report:
    """What was looked at, and what is broken; `unenforced` says what the database could hold and does not."""

    orders: int = 0
    events: int = 0
    transfers: int = 0
    broken: list[Broken] = field(default_factory=list)
    rebuilt: list[tuple[UUID, str]] = field(default_factory=list)
    unenforced: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.broken


def verify(marketplace: UUID | None = None, *, fast: bool = False, most: int | None = None) -> Report:
    """Check every law the store can break, of one marketplace or of all; `fast`: orders written in the last day;
    `most`: only so many orders are told again."""
    report = Report()
    _protected(report)
    report.broken += check_books(_everywhere, marketplace=marketplace, lately=fast)
    report.broken += _strays(marketplace)
    report.broken += _orphans(marketplace)
    for stored in islice(_all(marketplace, lately=fast), most):
        _looked_at(stored, report)
    return report


def replay(marketplace: UUID) -> Report:
    """Build every order's row anew from its events, where it differs or is missing, and compare the journal."""
    report = Report()
    for stored in _all(marketplace, lately=False):
        told = _looked_at(stored, report)
        if told is None or told.order is None:
            continue
        if stored.row is None or not _same(stored.row, row(told.order, told.head), told.order):
            before = stored.row.version if stored.row else 0
            if store.rebuild(marketplace, stored.order_key, row(told.order, told.head), before=before):
                report.rebuilt.append((marketplace, stored.order_key))
    return report


# ── reading it all ───────────────────────────────────────────────────────────────────────────────


class Stored(NamedTuple):
    """Everything the database holds of one order."""

    marketplace: UUID
    order_key: str
    row: store.Row | None
    events: list[tuple[int, datetime, str, str, bytes]]
    journal: list[tuple[int, int, datetime, Transfer]]
    intents: list[StoredIntent]
    texts: dict[str, str]
    """Reference and SHA-256 of the ciphertext."""
    messages: list[int]
    """Events that have left their message."""
    others: list[tuple[int, str]]
    """The other messages: event, topic."""
    inbox: list[InboxRow]
    erased: int
    """Texts of events up to this version were removed when their time of keeping was over; 0 where none were."""
    under_the_order: frozenset[str]
    """References of texts that are sealed under the order's key."""
    erased_parties: frozenset[Party]


def _everywhere(statement: LiteralString, values: Any) -> list[tuple[Any, ...]]:
    return trips.in_one_trip(None, statement, values, role=trips.WORKER, begin=False)


def _all(marketplace: UUID | None, *, lately: bool) -> Iterator[Stored]:
    after: tuple[str, str] = ("00000000-0000-0000-0000-000000000000", "")
    while True:
        keys = _everywhere(
            """SELECT DISTINCT marketplace, order_key FROM (
                SELECT marketplace, order_key FROM orders WHERE NOT %(lately)s
                UNION ALL SELECT marketplace, order_key FROM event WHERE number = 1 AND NOT %(lately)s
                UNION ALL SELECT marketplace, order_key FROM event
                    WHERE %(lately)s AND written_at > now() - interval '1 day') k
            WHERE (%(m)s::uuid IS NULL OR marketplace = %(m)s) AND (marketplace, order_key) > (%(am)s::uuid, %(ao)s)
            ORDER BY marketplace, order_key LIMIT %(most)s""",
            {"m": marketplace, "lately": lately, "am": after[0], "ao": after[1], "most": BATCH},
        )
        if not keys:
            return
        yield from _together(keys)
        after = str(keys[-1][0]), keys[-1][1]


def _together(keys: Sequence[tuple[Any, ...]]) -> Iterator[Stored]:
    """What is stored of these orders, as of one instant."""
    values = {"ms": [key[0] for key in keys], "os": [key[1] for key in keys]}
    found = trips.in_one_snapshot([(statement, values) for statement in _PARTS])
    by_key: list[dict[tuple[UUID, str], list[Any]]] = []
    for rows in found:
        grouped: dict[tuple[UUID, str], list[Any]] = defaultdict(list)
        for marketplace, order_key, *rest in rows:
            grouped[marketplace, order_key].append(rest)
        by_key.append(grouped)
    for marketplace, order_key in keys:
        rows, events, journal, intents, texts, messages, others, inbox, erased, parties = (
            part[marketplace, order_key] for part in by_key
        )
        yield Stored(
            marketplace,
            order_key,
            _kept(*rows[0]) if rows else None,
            [(number, at, kind, body, chain) for number, at, kind, body, chain in events],
            [(number, place, at, Transfer(*rest)) for number, place, at, *rest in journal],
            [StoredIntent(Intent(*rest), key, state, withdrawn) for key, state, withdrawn, *rest in intents],
            {ref: digest for ref, digest, _ in texts},
            [number for (number,) in messages],
            [(event, topic) for event, topic in others],
            [InboxRow(*one) for one in inbox],
            erased[0][0] if erased else 0,
            frozenset(ref for ref, _, under_the_order in texts if under_the_order),
            frozenset(Party(party) for (party,) in parties),
        )


def _kept(*columns: Any) -> store.Row:
    *plain, desk = columns
    return store.Row._make([*plain, json.loads(desk) if desk else None])


_WHICH: LiteralString = "JOIN unnest(%(ms)s::uuid[], %(os)s::text[]) k (m, o) ON marketplace = k.m AND order_key = k.o"
_PARTS: tuple[LiteralString, ...] = (
    f"""SELECT marketplace, order_key, version, head, state_hash, policy_digest, status, buyer, seller, currency,
    countries, holds, held_minor, refunded_minor, released_minor, open_disputes, opened_at, placed_at, due_at,
    remind_at, desk::text FROM orders {_WHICH}""",
    f"SELECT marketplace, order_key, number, at, type, body, chain FROM event {_WHICH} ORDER BY number",
    f"""SELECT marketplace, order_key, event, position, at, debit, credit, amount_minor, currency, rule, debit_version,
    debit_before, debit_after, credit_version, credit_before, credit_after
    FROM journal {_WHICH} ORDER BY event, position""",
    f"""SELECT marketplace, order_key, provider_key, state, withdrawn_minor, event, position, kind, dispute, refund,
    payment, amount_minor, currency, funded_by, target, redirected
    FROM money_intent {_WHICH} ORDER BY event, position""",
    f"""SELECT marketplace, order_key, ref, encode(sha256(ciphertext), 'hex'), owner = 'order:' || order_key
    FROM sealed_text {_WHICH}""",
    # Delivered messages of before `messages_from` may have been thrown away.
    f"""SELECT marketplace, order_key, event FROM outbox {_WHICH} WHERE topic = 'event'
    UNION SELECT marketplace, order_key, number FROM event {_WHICH}
    WHERE written_at < (SELECT messages_from FROM marketplace one WHERE one.id = k.m) ORDER BY event""",
    f"SELECT marketplace, order_key, event, topic FROM outbox {_WHICH} WHERE topic <> 'event' ORDER BY event, topic",
    """SELECT i.marketplace, i.order_key, b.event_id, b.provider_key, b.said, b.noted,
      b.applied_at IS NOT NULL OR b.set_aside IS NOT NULL
    FROM money_intent i
    JOIN unnest(%(ms)s::uuid[], %(os)s::text[]) k (m, o) ON i.marketplace = k.m AND i.order_key = k.o
    JOIN provider_inbox b ON b.marketplace = i.marketplace AND b.provider_key = i.provider_key
    ORDER BY b.came_at, b.event_id""",
    f"SELECT marketplace, order_key, version FROM order_erasure {_WHICH}",
    f"SELECT marketplace, order_key, party FROM erased_party {_WHICH}",
)


# ── one order ────────────────────────────────────────────────────────────────────────────────────


def _looked_at(stored: Stored, report: Report) -> Recorder | None:
    report.orders += 1
    report.events += len(stored.events)
    report.transfers += len(stored.journal)

    def broken(law: str, where: str, why: str) -> None:
        report.broken.append(Broken(law, stored.marketplace, stored.order_key, where, why))

    events = _read(stored, broken)
    if events is None:
        return None
    try:
        policy = pinned_policy(stored.marketplace, events.placed.policy.digest)
    except LookupError as missing:
        broken("C7", "event 1", str(missing))
        return None
    told = Recorder(policy, SHELF, None)
    for number, event in enumerate(events, 1):
        before = told.order
        after = told.add(event)
        for law, why in _of_event(before, event, after):
            broken(law, f"event {number}", why)
    assert told.order is not None, "there is at least the placing"
    for law, why in _of_life(events, told.order):
        broken(law, f"version {told.order.version}", why)
    _compare(stored, told, told.order, broken)
    return told


def _of_event(before: Order | None, event: e.Event, after: Order) -> Iterator[laws.Broken]:
    """What an event may never break. In the middle of an act a dispute may wait on nobody until the next event."""
    yield from laws.money_is_conserved(after)
    yield from laws.splits_are_exact((event,))
    if before is not None:
        yield from laws.lapses_in_turn(before, event)
        yield from laws.accepts_what_stands(before, (event,))
        yield from laws.closed_stays_closed(before, (event,), after)


def _of_life(events: Sequence[e.Event], order: Order) -> Iterator[laws.Broken]:
    """What is broken in an order as it stands, and in its history as a whole."""
    for dispute in order.disputes:
        yield from laws.waits_on_somebody(order, dispute)
    yield from laws.one_dispute_a_line(order)
    yield from laws.lapses_once(events)
    yield from laws.refunds_have_a_cause(events)


def _read(stored: Stored, broken: Tell) -> _History | None:
    """The stored events, if they are a history at all: numbered from 1, chained, readable, begun by a placing."""
    head = GENESIS
    events: list[e.Event] = []
    for expected, (number, at, kind, body, chain) in enumerate(stored.events, 1):
        if number != expected:
            broken("C3", f"event {number}", f"event {expected} is missing")
            return None
        head = link(head, body)
        if bytes.fromhex(head) != chain:
            broken("E3", f"event {number}", "the chain does not hold: this event or its hash was changed")
            return None
        try:
            event = read_event(json.loads(body))
        except (MalformedWire, ValueError) as wrong:
            broken("C3", f"event {number}", f"it cannot be read: {wrong}")
            return None
        if (type(event).__name__, event.at) != (kind, at):
            broken("C3", f"event {number}", f"its columns say {kind} at {at}")
        events.append(event)
    if not events or not isinstance(events[0], e.OrderPlaced):
        broken("C3", "event 1", "there is no placing: the row stands without its history")
        return None
    if events[0].order != stored.order_key:
        broken("A4", "event 1", f"it places the order {events[0].order}")
    return _History(events[0], events[1:])


class _History(list[e.Event]):
    """Events, the first of which is known to be the placing."""

    def __init__(self, placed: e.OrderPlaced, later: Sequence[e.Event]) -> None:
        super().__init__([placed, *later])
        self.placed = placed


def _compare(stored: Stored, told: Recorder, order: Order, broken: Tell) -> None:
    _row(stored, row(order, told.head), order, broken)
    for was, must in zip_longest(stored.journal, map(tuple, told.journal)):
        if was != must:
            place = was or must
            broken("M5", f"journal, event {place[0]}, transfer {place[1]}", differs(was, must))
    money_laws.check(stored.marketplace, stored.intents, stored.inbox, told, broken)
    for where, why in money_laws.odd_topics(order, stored.others):
        broken("D2", where, why)
    _texts(stored, told, broken)
    if stored.messages != list(range(1, len(stored.events) + 1)):
        odd = sorted(set(stored.messages) ^ set(range(1, len(stored.events) + 1)))
        broken("D2", f"outbox, events {odd}", "each event leaves one message, and no message is without its event")


def _texts(stored: Stored, told: Recorder, broken: Tell) -> None:
    """Each text lies there as it was sealed, unless it was erased; and what was to be erased is gone."""
    references = _references(told)
    of_erased = {
        ref: party for one in told.events for ref, party in theirs(one.event) if party in stored.erased_parties
    }
    for ref, digest in references.items():
        if int(ref.partition(".")[0]) <= stored.erased:
            if ref in stored.texts:
                broken("E4", f"sealed text {ref}", "it is still there, though its order's time of keeping is over")
        elif ref in of_erased and ref in stored.under_the_order:
            why = f"it is the erased {of_erased[ref]}'s and still under the order's key; run `amends erase` again"
            broken("E4", f"sealed text {ref}", why)
        elif stored.texts.get(ref) != digest and (ref in stored.texts or ref not in of_erased):
            why = "it is not the one the event was written with" if ref in stored.texts else "it is missing"
            broken("E1", f"sealed text {ref}", why)
    for ref in stored.texts.keys() - references.keys():
        broken("E1", f"sealed text {ref}", "no event refers to it")


def _same(had: store.Row, must: store.Row, order: Order) -> bool:
    """Whether the row is what the events make. The hint of reminders moves on as they are sent."""
    hints = {None, must.remind_at, *(reminder.at for reminder in reminders_of(order))}
    return had._replace(remind_at=must.remind_at) == must and had.remind_at in hints


def _row(stored: Stored, must: store.Row, order: Order, broken: Tell) -> None:
    if stored.row is None:
        broken("C3", "orders", "the row is missing; `amends replay` builds it anew")
        return
    if _same(stored.row, must, order):
        return
    for name, was, becomes in zip(store.Row._fields, stored.row, must, strict=True):
        if was != becomes:
            broken("C3", f"orders, {name}", differs(was, becomes))


def _references(told: Recorder) -> dict[str, str]:
    """Every sealed text the events refer to: reference and SHA-256 of the ciphertext."""
    found: dict[str, str] = {}
    for recorded in told.events:
        _collect(recorded.event, found)
    return found


def _collect(value: Any, found: dict[str, str]) -> None:
    if isinstance(value, Private):
        found[value.ref] = value.digest
    elif isinstance(value, tuple):
        for part in value:
            _collect(part, found)
    elif isinstance(value, e.Event):
        for name in value.__dataclass_fields__:
            _collect(getattr(value, name), found)


# ── the whole ────────────────────────────────────────────────────────────────────────────────────


def _strays(marketplace: UUID | None) -> Iterator[Broken]:
    """A4: rows that belong to no order of their marketplace."""
    for table in ("journal", "outbox", "idempotency", "sealed_text", "money_intent", "shipped_number"):
        found = _everywhere(_stray(table), {"m": marketplace})
        for owner, order_key, many in found:
            yield Broken("A4", owner, order_key, table, f"{many} rows of an order that has no events here")


def _orphans(marketplace: UUID | None) -> Iterator[Broken]:
    """D1: what a provider told, and of what movement nobody knows; those that were set aside are reported already."""
    found = _everywhere(
        """SELECT b.marketplace, b.event_id, b.provider_key FROM provider_inbox b
        WHERE (%(m)s::uuid IS NULL OR b.marketplace = %(m)s) AND b.applied_at IS NOT NULL AND NOT EXISTS (
          SELECT FROM money_intent i WHERE i.marketplace = b.marketplace AND i.provider_key = b.provider_key)""",
        {"m": marketplace},
    )
    for owner, event_id, key in found:
        yield Broken("D1", owner, "", f"provider's event {event_id}", f"no money intent has its key {key}")


def _stray(table: LiteralString) -> LiteralString:
    return f"""SELECT marketplace, order_key, count(*) FROM {table} t
    WHERE (%(m)s::uuid IS NULL OR marketplace = %(m)s) AND NOT EXISTS (SELECT FROM event e
      WHERE e.marketplace = t.marketplace AND e.order_key = t.order_key AND e.number = 1)
    GROUP BY marketplace, order_key"""


def _protected(report: Report) -> None:
    """M8: what only grows refuses to change, by trigger and by privilege."""
    blind = "SELECT current_user <> 'amends_worker' AND row_security_active('event')"
    if _everywhere(blind, {}) == [(True,)]:
        raise CannotLook(
            "This database login sees the rows of no marketplace, so nothing can be checked."
            " Grant it amends_worker, or check as the owner of the tables."
        )
    nobody = UUID(int=0)
    for table, guards in _everywhere(
        """SELECT t.name, count(g.oid) FROM unnest(ARRAY['event', 'journal']) t (name)
        LEFT JOIN pg_trigger g ON g.tgrelid = t.name::regclass AND g.tgenabled IN ('O', 'A')
          AND g.tgfoid = 'amends_append_only'::regproc GROUP BY t.name""",
        {},
    ):
        if guards < 2:
            report.broken.append(Broken("M8", nobody, "", table, "its triggers against change are missing or off"))
    roles = _everywhere(
        """SELECT r.rolname, t.name, has_table_privilege(r.oid, t.name, 'UPDATE, DELETE, TRUNCATE')
        FROM pg_roles r, unnest(ARRAY['event', 'journal']) t (name)
        WHERE r.rolname IN ('amends_app', 'amends_worker')""",
        {},
    )
    for role, table, may in roles:
        if may:
            report.broken.append(Broken("M8", nobody, "", table, f"{role} may change what only grows"))
    if len(roles) < 4:
        report.unenforced.append("the roles amends_app and amends_worker are not there; only triggers protect")
