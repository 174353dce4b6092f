"""The statements about what listings show (listings.py)."""

from __future__ import annotations

from typing import Final, LiteralString

# A picture of which only the measures were kept gets its pieces when it is sent again; what is kept is never replaced.
# Of one that was taken away while it was examined nothing is written: its key is gone.
KEPT: Final[LiteralString] = """
WITH kept AS (INSERT INTO listing_picture AS p
    (marketplace, listing, sha256, media_type, size, facts, received_at, key_id, pieces)
  SELECT %(m)s, %(listing)s, decode(%(sha256)s, 'hex'), %(media_type)s, %(size)s, %(facts)s::jsonb, %(at)s,
    k.key_id, %(pieces)s::jsonb
  FROM amends_keys.person_key k
  WHERE k.marketplace = %(m)s AND k.owner = %(owner)s AND k.key_id = %(key_id)s
  ON CONFLICT (marketplace, listing, sha256) DO UPDATE SET key_id = excluded.key_id, pieces = excluded.pieces
    WHERE p.pieces IS NULL
  RETURNING marketplace, listing, sha256),
keyed AS (INSERT INTO listing_picture_key (marketplace, listing, sha256, position, key)
  SELECT kept.marketplace, kept.listing, kept.sha256, k.position, k.key
  FROM kept CROSS JOIN unnest(%(keys)s::integer[]) WITH ORDINALITY k (key, position)
  ON CONFLICT DO NOTHING)
SELECT 1 FROM kept"""
OF_LISTINGS: Final[LiteralString] = """
SELECT listing, encode(sha256, 'hex'), facts, received_at, key_id, pieces FROM listing_picture
WHERE marketplace = %(m)s AND listing = ANY(%(listings)s) AND (%(sha256)s = '' OR sha256 = decode(%(sha256)s, 'hex'))
ORDER BY listing, received_at, sha256 LIMIT %(most)s"""
GONE: Final[LiteralString] = """
WITH gone AS (DELETE FROM listing_picture
  WHERE marketplace = %(m)s AND listing = %(listing)s AND sha256 = decode(%(sha256)s, 'hex') RETURNING pieces),
keyed AS (DELETE FROM listing_picture_key
  WHERE marketplace = %(m)s AND listing = %(listing)s AND sha256 = decode(%(sha256)s, 'hex')),
secret AS (DELETE FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s)
SELECT pieces FROM gone"""
KEY: Final[LiteralString] = """
SELECT key FROM amends_keys.person_key WHERE marketplace = %(m)s AND owner = %(owner)s AND key_id = %(key_id)s"""

# ── all of them ──────────────────────────────────────────────────────────────────────────────────

PIECES: Final[LiteralString] = """
SELECT marketplace, listing, encode(sha256, 'hex'), pieces FROM listing_picture
WHERE pieces IS NOT NULL AND (marketplace, listing, sha256) > (%(am)s::uuid, %(al)s, decode(%(ah)s, 'hex'))
ORDER BY marketplace, listing, sha256 LIMIT %(most)s"""
