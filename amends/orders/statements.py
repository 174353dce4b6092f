"""The statements of the store: the select that loads an order, and the one guarded statement that writes it.

Each is put together from constants, of the parts an act has, and prepared once a connection.
"""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from functools import cache
from typing import LiteralString, NamedTuple

from .evidence_statements import LINKED, REMOVED, STILL_LOOSE
from .intent_statements import INTENTS, PAYOUT_ANSWERED, REFUND_ANSWERED, TAKEN_BACK
from .receipt_statements import OF_ORDER

MOST_HISTORY = 2000
"""How many of a buyer's orders a decision looks at, the newest first."""

# ── loading ──────────────────────────────────────────────────────────────────────────────────────


@cache
def loading(placing: bool, texts: bool, history: bool, number: bool) -> LiteralString:
    """The select, with nothing in place of what is not asked for. Bodies have no line breaks, so these part them."""
    who: LiteralString = "%(buyer)s, %(seller)s" if placing else "o.buyer, o.seller"
    owners: LiteralString = _OWNERS_NEW if placing else _OWNERS
    return f"""
SELECT m.sandbox, m.clock_at, m.policy_digest, o.version, o.head, o.policy_digest, o.due_at,
  (SELECT string_agg(e.body, E'\\n') FROM (SELECT body FROM event
    WHERE marketplace = %(m)s AND order_key = %(o)s AND number > %(since)s ORDER BY number) e),
  (SELECT json_agg(json_build_array(p.owner, p.key_id, encode(p.key, 'hex')))::text FROM amends_keys.person_key p
    WHERE p.marketplace = %(m)s AND p.owner IN ({owners}, 'order:' || %(o)s)),
  ARRAY(SELECT party FROM party_block b WHERE b.marketplace = %(m)s AND b.party IN ({who}) ORDER BY party),
  i.body_hash, i.answer::text,
  {_PAUSES if placing else "NULL"}, {_TEXTS if texts else "NULL"}, {_OPENED if history else "NULL"},
  {_PLACED if history else "NULL"}, {_NUMBER if number else "NULL"}, {_PSEUDONYMS if texts else "NULL"},
  {"NULL" if placing else OF_ORDER},
  (SELECT e.at FROM event e WHERE e.marketplace = o.marketplace AND e.order_key = o.order_key AND e.number = o.version)
FROM marketplace m
LEFT JOIN orders o ON o.marketplace = %(m)s AND o.order_key = %(o)s
LEFT JOIN idempotency i ON i.marketplace = %(m)s AND i.order_key = %(o)s AND i.caller = %(caller)s AND i.key = %(key)s
WHERE m.id = %(m)s"""


_OWNERS: LiteralString = "'person:' || o.buyer, 'person:' || o.seller"
_OWNERS_NEW: LiteralString = "'person:' || %(buyer)s, 'person:' || %(seller)s"
_PAUSES: LiteralString = (
    "(SELECT json_agg(command ORDER BY hold)::text FROM region_pause r WHERE r.marketplace = %(m)s)"
)
_TEXTS: LiteralString = """
  (SELECT json_agg(json_build_array(t.ref, encode(t.ciphertext, 'hex'), t.key_id, encode(p.key, 'hex')))::text
    FROM sealed_text t JOIN amends_keys.person_key p
      ON p.marketplace = t.marketplace AND p.owner = t.owner AND p.key_id = t.key_id
    WHERE t.marketplace = %(m)s AND t.order_key = %(o)s)"""
_PSEUDONYMS: LiteralString = """
  (SELECT json_object_agg(x.party, x.pseudonym)::text FROM erased_party x
    WHERE x.marketplace = %(m)s AND x.order_key = %(o)s)"""
_OPENED: LiteralString = f"""
  ARRAY(SELECT unnest(h.opened_at) FROM (SELECT x.order_key, x.opened_at FROM orders x
    WHERE x.marketplace = %(m)s AND x.buyer = o.buyer ORDER BY x.placed_at DESC LIMIT {MOST_HISTORY:d}) h
    WHERE h.order_key <> o.order_key)"""
_PLACED: LiteralString = f"""
  ARRAY(SELECT x.placed_at FROM orders x
    WHERE x.marketplace = %(m)s AND x.buyer = o.buyer ORDER BY x.placed_at DESC LIMIT {MOST_HISTORY:d})"""
_NUMBER: LiteralString = """
  (SELECT s.order_key FROM shipped_number s WHERE s.marketplace = %(m)s
    AND s.digest = sha256(m.number_secret || convert_to(%(number)s, 'UTF8')) ORDER BY s.at, s.order_key LIMIT 1)"""


# ── writing ──────────────────────────────────────────────────────────────────────────────────────


class Parts(NamedTuple):
    """Which parts a statement has; a part that would write no row is left out of it."""

    new: bool
    events: bool
    journal: bool
    intents: bool
    refund: bool
    payout: bool
    taken: bool
    texts: bool
    keys: bool
    answered: bool
    number: bool
    blocked: bool
    regions: bool
    whole: bool = False
    linked: bool = False
    removed: bool = False


@cache
def writing(parts: Parts) -> LiteralString:
    """The one statement, of the parts this act has. Its values travel as one JSON document, so that each statement is
    prepared once, whatever the size of its numbers, and lists cost no more than single values."""
    chosen: list[tuple[bool, LiteralString]] = [
        (parts.keys, _KEYS),
        (True, f"guard AS ({_guard(parts)} RETURNING orders.marketplace, orders.order_key)"),
        (parts.events, EVENTS),
        (parts.journal, JOURNAL),
        (parts.refund, REFUND_ANSWERED),
        (parts.payout, PAYOUT_ANSWERED),
        (parts.taken, TAKEN_BACK),
        (parts.intents, INTENTS),
        (parts.texts, SEALED),
        (parts.answered, _ANSWERED),
        (parts.number, _SHIPPED),
        (parts.linked, LINKED),
        (parts.removed, REMOVED),
    ]
    ctes: list[LiteralString] = [ACT, *(cte for there, cte in chosen if there)]
    return "WITH " + ",\n".join(ctes) + "\nSELECT 1 FROM guard"


def _guard(parts: Parts) -> LiteralString:
    conditions: list[LiteralString] = ["TRUE"] if parts.new else [_STILL_THERE]
    if parts.keys:
        conditions.append("(SELECT count(*) FROM new_keys) = json_array_length(act.keys)")
    if parts.blocked:
        conditions.append(_SAME_BLOCKS)
    if parts.regions:
        conditions.append(_SAME_REGIONS)
    if parts.linked:
        conditions.append(STILL_LOOSE)
    guarded: LiteralString = " AND ".join(conditions)
    return (
        f"{INSERT} WHERE {guarded} ON CONFLICT DO NOTHING"
        if parts.new
        else f"{UPDATE}{_WHOLE if parts.whole else ''} FROM act WHERE {guarded}"
    )


ACT: LiteralString = """act AS MATERIALIZED (SELECT * FROM json_to_record(%(act)s::json) a (
    before int, version int, head text, state_hash text, policy_digest text, status text, buyer text, seller text,
    currency text, countries text[], holds text[], held_minor bigint, refunded_minor bigint, released_minor bigint,
    open_disputes smallint, opened_at timestamptz[], placed_at timestamptz, due_at timestamptz,
    remind_at timestamptz, desk jsonb, events json, journal json, intents json, settled json, taken json,
    texts json, keys json, caller text, key text, body_hash text,
    answer jsonb, number text, at timestamptz, blocked text[], regions text[], linked json, removed text[]))"""
INSERT: LiteralString = """INSERT INTO orders (marketplace, order_key, version, head, state_hash, policy_digest,
    status, buyer, seller, currency, countries, holds, held_minor, refunded_minor, released_minor, open_disputes,
    opened_at, placed_at, due_at, remind_at, desk)
  SELECT %(m)s, %(o)s, version, decode(head, 'hex'), decode(state_hash, 'hex'), policy_digest, status, buyer,
    seller, currency, countries, holds, held_minor, refunded_minor, released_minor, open_disputes, opened_at,
    placed_at, due_at, remind_at, desk
  FROM act"""
UPDATE: LiteralString = """UPDATE orders SET version = act.version, head = decode(act.head, 'hex'),
    state_hash = decode(act.state_hash, 'hex'), status = act.status, holds = act.holds, held_minor = act.held_minor,
    refunded_minor = act.refunded_minor, released_minor = act.released_minor,
    open_disputes = act.open_disputes, opened_at = act.opened_at,
    due_at = act.due_at, remind_at = act.remind_at, desk = act.desk, lease_until = NULL, set_aside = NULL"""
# What an act never changes, and only a row built anew brings.
_WHOLE: LiteralString = """, policy_digest = act.policy_digest, buyer = act.buyer, seller = act.seller,
    currency = act.currency, countries = act.countries, placed_at = act.placed_at"""
_STILL_THERE: LiteralString = (
    "orders.marketplace = %(m)s AND orders.order_key = %(o)s AND orders.version = (SELECT before FROM act)"
)
_SAME_BLOCKS: LiteralString = """ARRAY(SELECT party FROM party_block b WHERE b.marketplace = %(m)s
    AND b.party IN (act.buyer, act.seller) ORDER BY party) = act.blocked"""
_SAME_REGIONS: LiteralString = """ARRAY(SELECT hold FROM region_pause r WHERE r.marketplace = %(m)s ORDER BY hold)
    = act.regions"""
# A key for somebody who had none. Two acts may both make one; the second then loses the guard and takes the first's.
_KEYS: LiteralString = """new_keys AS (INSERT INTO amends_keys.person_key (marketplace, owner, key_id, key)
  SELECT %(m)s, k.o, k.i, decode(k.s, 'hex') FROM act, json_to_recordset(act.keys) k (o text, i uuid, s text)
  ORDER BY k.o ON CONFLICT DO NOTHING RETURNING 1)"""
EVENTS: LiteralString = """written AS (INSERT INTO event (marketplace, order_key, number, at, type, body, chain)
  SELECT guard.*, e.n, e.t, e.y, e.b, decode(e.c, 'hex') FROM guard, act,
    json_to_recordset(act.events) e (n int, t timestamptz, y text, b text, c text)
  RETURNING marketplace, order_key, number),
messages AS (INSERT INTO outbox (marketplace, order_key, event) SELECT * FROM written)"""
JOURNAL: LiteralString = """transfers AS (INSERT INTO journal (marketplace, order_key, event, position, at, debit,
    credit, amount_minor, currency, rule, debit_version, debit_before, debit_after, credit_version,
    credit_before, credit_after)
  SELECT guard.*, j.* FROM guard, act, json_to_recordset(act.journal) j (n int, p smallint, t timestamptz, d text,
    c text, a bigint, u text, r text, dv int, db bigint, da bigint, cv int, cb bigint, ca bigint))"""
SEALED: LiteralString = """sealed AS (INSERT INTO sealed_text (marketplace, order_key, event, ref, owner, key_id,
    ciphertext)
  SELECT guard.*, t.n, t.r, t.o, t.k, decode(t.c, 'hex') FROM guard, act,
    json_to_recordset(act.texts) t (n int, r text, o text, k uuid, c text))"""
_ANSWERED: LiteralString = """answered AS (INSERT INTO idempotency (marketplace, order_key, caller, key, body_hash,
    answer)
  SELECT guard.*, act.caller, act.key, decode(act.body_hash, 'hex'), act.answer FROM guard, act)"""
_SHIPPED: LiteralString = """shipped AS (INSERT INTO shipped_number (marketplace, order_key, digest, at)
  SELECT guard.*, sha256(m.number_secret || convert_to(act.number, 'UTF8')), act.at
  FROM guard JOIN marketplace m ON m.id = guard.marketplace, act ON CONFLICT DO NOTHING)"""
