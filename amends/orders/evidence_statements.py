"""The statements about uploaded files: two parts of the one guarded write, and what `evidence.py` asks by itself.

An act makes an upload evidence in the very statement that writes its event, and only while the upload is loose: so no
file is evidence twice, and none is without its event.
"""

from __future__ import annotations

from typing import LiteralString, NamedTuple

from . import holds


class Linked(NamedTuple):
    """An upload that an event made evidence; `sha256` as the event says it, in hexadecimal."""

    file: str
    event: int
    sha256: str


# ── parts of an act's write ──────────────────────────────────────────────────────────────────────

_LINKED: LiteralString = "json_to_recordset(act.linked) k (file text, event int, sha256 text)"
_IS_LOOSE: LiteralString = "f.file = k.file AND f.state = 'kept' AND f.sha256 = decode(k.sha256, 'hex')"
STILL_LOOSE: LiteralString = f"""(SELECT count(*) FROM evidence_file f, {_LINKED}
    WHERE f.marketplace = %(m)s AND f.order_key = %(o)s AND {_IS_LOOSE}) = json_array_length(act.linked)"""  # noqa: S608
LINKED: LiteralString = f"""linked AS (UPDATE evidence_file f SET state = 'linked', linked_event = k.event
  FROM guard, act, {_LINKED}
  WHERE f.marketplace = guard.marketplace AND f.order_key = guard.order_key AND {_IS_LOOSE})"""  # noqa: S608
REMOVED: LiteralString = """removed AS (UPDATE evidence_file f SET state = 'removed' FROM guard, act
  WHERE f.marketplace = guard.marketplace AND f.order_key = guard.order_key AND f.file = ANY(act.removed)
    AND f.state = 'linked')"""

# ── one file ─────────────────────────────────────────────────────────────────────────────────────

PLACE: LiteralString = f"""
SELECT o.buyer, o.seller, o.policy_digest, n.loose, n.stays
FROM orders o CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE f.state IN ('arriving', 'kept')) AS loose,
    count(*) FILTER (WHERE f.state = 'removed' AND f.pieces IS NOT NULL AND EXISTS ({holds.ON_ORDER})) AS stays
  FROM evidence_file f
  WHERE f.marketplace = o.marketplace AND f.order_key = o.order_key AND f.party = %(party)s) n
WHERE o.marketplace = %(m)s AND o.order_key = %(o)s"""  # noqa: S608
_COLUMNS: LiteralString = """file, giver, party, state, key_id, name, kind, media_type, size, encode(sha256, 'hex'),
  pieces, facts, hints, begun_at, received_at, linked_event"""
FILE: LiteralString = f"""
SELECT {_COLUMNS} FROM evidence_file WHERE marketplace = %(m)s AND order_key = %(o)s AND file = %(file)s"""  # noqa: S608
FILES: LiteralString = f"""
SELECT {_COLUMNS} FROM evidence_file
WHERE marketplace = %(m)s AND order_key = %(o)s AND file = ANY(%(files)s)"""  # noqa: S608
WAITING: LiteralString = f"""
SELECT {_COLUMNS} FROM evidence_file
WHERE marketplace = %(m)s AND order_key = %(o)s AND party = %(party)s AND state = 'kept'
ORDER BY received_at, file"""  # noqa: S608
ANSWERED: LiteralString = """
SELECT 1 FROM idempotency WHERE marketplace = %(m)s AND order_key = %(o)s AND caller = %(caller)s AND key = %(key)s"""
BEGUN: LiteralString = """
INSERT INTO evidence_file (marketplace, order_key, file, giver, party, state, key_id, name)
VALUES (%(m)s, %(o)s, %(file)s, %(giver)s, %(party)s, 'arriving', %(key_id)s, %(name)s)"""
# Of a file that was examined while its giver was erased nothing is written: what is known of it stands in plain text.
KEPT: LiteralString = """
WITH kept AS (INSERT INTO evidence_file (marketplace, order_key, file, giver, party, state, key_id, name, kind,
    media_type, size, sha256, pieces, facts, hints, received_at)
  SELECT %(m)s, %(o)s, %(file)s, %(giver)s, %(party)s, 'kept', k.key_id, %(name)s, %(kind)s, %(media_type)s,
    %(size)s, decode(%(sha256)s, 'hex'), %(pieces)s::jsonb, %(facts)s::jsonb, %(hints)s::jsonb, %(received_at)s
  FROM amends_keys.person_key k
  WHERE k.marketplace = %(m)s AND k.owner = %(owner)s AND k.key_id = %(key_id)s
  ON CONFLICT (marketplace, order_key, file) DO UPDATE SET state = 'kept', key_id = excluded.key_id,
    name = excluded.name, kind = excluded.kind, media_type = excluded.media_type, size = excluded.size,
    sha256 = excluded.sha256, pieces = excluded.pieces, facts = excluded.facts, hints = excluded.hints,
    received_at = excluded.received_at
  WHERE evidence_file.state = 'arriving'
  RETURNING marketplace, order_key, file),
keys AS (INSERT INTO picture_key (marketplace, order_key, file, position, key)
  SELECT kept.*, k.position, k.key FROM kept, unnest(%(keys)s::int[]) WITH ORDINALITY k (key, position))
SELECT 1 FROM kept"""
_HELD: LiteralString = f"""EXISTS (SELECT FROM orders o
  WHERE o.marketplace = f.marketplace AND o.order_key = f.order_key AND EXISTS ({holds.ON_ORDER}))"""
_ONE: LiteralString = "f.marketplace = %(m)s AND f.order_key = %(o)s AND f.file = %(file)s"
# Under a legal hold a whole file is put out of sight, and stays.
FORGOTTEN: LiteralString = f"""
WITH held AS (UPDATE evidence_file f SET state = 'removed' WHERE {_ONE} AND f.state = 'kept' AND {_HELD})
DELETE FROM evidence_file f WHERE {_ONE} AND (f.state = 'arriving' OR f.state = 'kept' AND NOT {_HELD})
RETURNING 1"""  # noqa: S608
VIEWED: LiteralString = """
INSERT INTO evidence_view (marketplace, order_key, file, at, viewer, as_what)
SELECT %(m)s, v.order_key, v.file, date_trunc('minute', clock_timestamp()), %(viewer)s, %(as_what)s
FROM unnest(%(orders)s::text[], %(files)s::text[]) v (order_key, file)
ON CONFLICT DO NOTHING"""
VIEWS: LiteralString = """
SELECT file, at, viewer, as_what FROM evidence_view WHERE marketplace = %(m)s AND order_key = %(o)s
ORDER BY at DESC, viewer, file, as_what LIMIT 1000"""
KEY: LiteralString = """
SELECT key FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s AND key_id = %(key_id)s"""

# ── all of them ──────────────────────────────────────────────────────────────────────────────────

PIECES: LiteralString = f"""
SELECT marketplace, order_key, file, pieces FROM evidence_file f
WHERE (f.state IN ('kept', 'linked') OR f.pieces IS NOT NULL AND {_HELD})
  AND (marketplace, order_key, file) > (%(am)s::uuid, %(ao)s, %(af)s)
ORDER BY marketplace, order_key, file LIMIT %(most)s"""  # noqa: S608
NEVER_USED: LiteralString = f"""
WITH gone AS (DELETE FROM evidence_file f WHERE f.state = 'arriving' AND f.begun_at < %(arriving)s::timestamptz
    OR f.state = 'kept' AND f.begun_at < %(kept)s::timestamptz AND NOT {_HELD}
  RETURNING marketplace, order_key, file),
keys AS (DELETE FROM picture_key p USING gone g
  WHERE p.marketplace = g.marketplace AND p.order_key = g.order_key AND p.file = g.file)
SELECT count(*) FROM gone"""  # noqa: S608
# What is kept of a file that was taken back: that there was one, of whom, in which event.
TAKEN_BACK: LiteralString = f"""
WITH gone AS (UPDATE evidence_file f SET name = '', kind = NULL, media_type = NULL, size = NULL, sha256 = NULL,
    pieces = NULL, facts = NULL, hints = NULL
  WHERE f.state = 'removed' AND f.pieces IS NOT NULL AND NOT {_HELD}
  RETURNING f.marketplace, f.order_key, f.file),
keys AS (DELETE FROM picture_key p USING gone g
  WHERE p.marketplace = g.marketplace AND p.order_key = g.order_key AND p.file = g.file)
SELECT count(*) FROM gone"""  # noqa: S608
# What a file refers to, whatever its state: one that was taken back refers to nothing once `TAKEN_BACK` has run.
UNREFERENCED: LiteralString = """
SELECT s.sha256 FROM unnest(%(addresses)s::text[]) s (sha256) WHERE NOT EXISTS (SELECT FROM evidence_file f
  WHERE f.pieces @> jsonb_build_object('original', jsonb_build_object('sha256', s.sha256))
    OR f.pieces @> jsonb_build_object('reading', jsonb_build_object('sha256', s.sha256))
    OR f.pieces @> jsonb_build_object('thumbnail', jsonb_build_object('sha256', s.sha256))
    OR f.pieces @> jsonb_build_object('stream', jsonb_build_object('sha256', s.sha256)))
  AND NOT EXISTS (SELECT FROM listing_picture p
  WHERE p.pieces @> jsonb_build_object('reading', jsonb_build_object('sha256', s.sha256))
    OR p.pieces @> jsonb_build_object('thumbnail', jsonb_build_object('sha256', s.sha256)))"""
