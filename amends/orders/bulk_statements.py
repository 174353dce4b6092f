"""The statements of `bulk`: what a batch of orders meets in the database, and the one statement that writes them.

They do for many new orders what `statements.writing` does for one; values travel as JSON documents.
"""

# ruff: noqa: S608 (statements are put together from this package's constants; values travel beside them)

from __future__ import annotations

from typing import LiteralString

from . import intent_statements, statements

MEETING: LiteralString = """
SELECT m.policy_digest,
  (SELECT json_agg(json_build_array(o.order_key, o.buyer, o.seller, o.currency))::text FROM orders o
    WHERE o.marketplace = %(m)s AND o.order_key = ANY (%(orders)s::text[])),
  (SELECT json_agg(json_build_array(i.order_key, i.key, encode(i.body_hash, 'hex')))::text FROM idempotency i
    WHERE i.marketplace = %(m)s AND i.order_key = ANY (%(orders)s::text[]) AND i.caller = %(caller)s),
  (SELECT json_agg(json_build_array(p.owner, p.key_id, encode(p.key, 'hex')))::text FROM amends_keys.person_key p
    WHERE p.marketplace = %(m)s AND p.owner = ANY (%(owners)s::text[])),
  ARRAY(SELECT party FROM party_block b WHERE b.marketplace = %(m)s AND b.party = ANY (%(parties)s::text[])
    ORDER BY party),
  (SELECT json_agg(command ORDER BY hold)::text FROM region_pause r WHERE r.marketplace = %(m)s)
FROM marketplace m WHERE m.id = %(m)s"""
"""Which orders are there already, and which of their acts; keys of persons, blocked parties, regions standing still."""

_ACTS: LiteralString = statements.ACT.replace(
    "json_to_record(%(act)s::json) a (",
    "json_to_recordset(%(acts)s::json) a (order_key text, answers json,",
)
_INSERT: LiteralString = statements.INSERT.replace("%(o)s", "order_key")


def _each(part: LiteralString) -> LiteralString:
    """A part of the single order's write for every order that passed."""
    return part.replace("FROM guard, act,", "FROM guard JOIN act USING (order_key),")


WRITING: LiteralString = f"""
WITH {_ACTS},
new_keys AS (INSERT INTO amends_keys.person_key (marketplace, owner, key_id, key)
  SELECT %(m)s, k.o, k.i, decode(k.s, 'hex') FROM json_to_recordset(%(keys)s::json) k (o text, i uuid, s text)
  ORDER BY k.o ON CONFLICT DO NOTHING RETURNING 1),
guard AS ({_INSERT}
  WHERE (SELECT count(*) FROM new_keys) = json_array_length(%(keys)s::json)
    AND ARRAY(SELECT party FROM party_block b WHERE b.marketplace = %(m)s AND b.party = ANY (%(parties)s::text[])
      ORDER BY party) = %(blocked)s::text[]
    AND ARRAY(SELECT hold FROM region_pause r WHERE r.marketplace = %(m)s ORDER BY hold) = %(regions)s::text[]
  ORDER BY order_key ON CONFLICT DO NOTHING RETURNING marketplace, order_key),
{_each(statements.EVENTS)},
{_each(statements.JOURNAL)},
{_each(intent_statements.INTENTS)},
{_each(statements.SEALED)},
answered AS (INSERT INTO idempotency (marketplace, order_key, caller, key, body_hash, answer)
  SELECT guard.*, %(caller)s, a.k, decode(a.h, 'hex'), a.a FROM guard JOIN act USING (order_key),
    json_to_recordset(act.answers) a (k text, h text, a jsonb)),
shipped AS (INSERT INTO shipped_number (marketplace, order_key, digest, at)
  SELECT guard.*, sha256(m.number_secret || convert_to(act.number, 'UTF8')), act.at
  FROM guard JOIN act USING (order_key) JOIN marketplace m ON m.id = guard.marketplace WHERE act.number <> ''
  ON CONFLICT DO NOTHING)
SELECT order_key FROM guard"""
"""Each order is written whole or, where one of that id is there, not at all; it answers with those it wrote. Where a
key, a block or a region changed since the batch met them it writes none."""
