"""The statements about files and acts on their way in (receipts.py): each one trip; none touches an order's version."""

from __future__ import annotations

from typing import LiteralString

OF_ORDER: LiteralString = """
  (SELECT json_agg(json_build_array(r.party, r.file, r.asked_at, r.received_at, r.named_until))::text
    FROM file_receipt r WHERE r.marketplace = o.marketplace AND r.order_key = o.order_key
      AND CASE WHEN r.named_until IS NULL THEN r.waits_until > clock_timestamp()
        ELSE EXISTS (SELECT FROM evidence_file f WHERE f.marketplace = r.marketplace AND f.order_key = r.order_key
          AND f.file = r.file AND f.state = 'kept') END)"""
"""Of an order `o`, whatever its clocks may have to wait for."""
ON_ITS_WAY: LiteralString = """EXISTS (SELECT FROM file_receipt r
  WHERE r.marketplace = o.marketplace AND r.order_key = o.order_key)"""
"""Of an order `o`: its deadlines may have something to wait for, or had a short time ago."""

_OF_FILE: LiteralString = "marketplace = %(m)s AND order_key = %(o)s AND file = %(file)s"
_LET_GO: LiteralString = """freed AS (UPDATE orders SET lease_until = NULL
    WHERE marketplace = %(m)s AND order_key = %(o)s AND lease_until IS NOT NULL)"""
EXPECTED: LiteralString = """
INSERT INTO file_receipt (marketplace, order_key, file, party, asked_at, waits_until)
VALUES (%(m)s, %(o)s, %(file)s, %(party)s, %(asked_at)s, clock_timestamp() + %(lasts)s::interval)
ON CONFLICT (marketplace, order_key, file) DO UPDATE SET asked_at = excluded.asked_at,
  waits_until = excluded.waits_until WHERE file_receipt.received_at IS NULL"""
DROPPED: LiteralString = f"""
WITH {_LET_GO} DELETE FROM file_receipt WHERE {_OF_FILE} AND received_at IS NULL"""  # noqa: S608
RECEIVED: LiteralString = """
INSERT INTO file_receipt AS r (marketplace, order_key, file, party, asked_at, received_at, waits_until)
VALUES (%(m)s, %(o)s, %(file)s, %(party)s, %(received_at)s, %(received_at)s, clock_timestamp() + %(bound)s::interval)
ON CONFLICT (marketplace, order_key, file) DO UPDATE SET received_at = excluded.received_at,
  waits_until = excluded.waits_until WHERE r.received_at IS NULL OR r.waits_until < clock_timestamp()"""
RECOGNISED: LiteralString = f"""
WITH failed AS (DELETE FROM file_receipt WHERE marketplace = %(m)s AND order_key = %(o)s AND party = %(party)s
    AND file <> %(file)s AND sha256 = decode(%(sha256)s, 'hex') AND named_until IS NULL
    AND waits_until > clock_timestamp() RETURNING received_at, waits_until)
UPDATE file_receipt SET sha256 = decode(%(sha256)s, 'hex'),
  received_at = least(received_at, (SELECT min(received_at) FROM failed)),
  waits_until = least(waits_until, (SELECT min(waits_until) FROM failed))
WHERE {_OF_FILE} RETURNING received_at"""  # noqa: S608
DECIDED: LiteralString = f"""
WITH {_LET_GO}, loose AS (SELECT 1 FROM evidence_file WHERE {_OF_FILE} AND state = 'kept'),
named AS (UPDATE file_receipt SET named_until = %(named_until)s WHERE {_OF_FILE} AND EXISTS (SELECT FROM loose))
DELETE FROM file_receipt WHERE {_OF_FILE} AND NOT EXISTS (SELECT FROM loose)"""  # noqa: S608
OVER: LiteralString = """
WITH gone AS (DELETE FROM file_receipt WHERE waits_until < clock_timestamp() - interval '1 day' RETURNING 1)
SELECT count(*) FROM gone"""
"""Rows that hold nothing any more, of every marketplace whose clock runs by itself or was left so long."""
