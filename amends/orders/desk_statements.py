"""The statements of `desk`: what waits for staff, who has taken it, and what was decided before in cases like it."""

# ruff: noqa: S608 (statements are put together from this file's constants; values travel beside them)

from __future__ import annotations

from typing import Final, LiteralString

MOST_RULINGS: Final = 500
"""So many rulings are looked through for those about the same reason, the newest first."""

# Whoever was erased is shown under his pseudonym.
_PARTY: Final[LiteralString] = """
  LEFT JOIN erased_party xb ON xb.marketplace = o.marketplace AND xb.order_key = o.order_key AND xb.party = 'buyer'
  LEFT JOIN erased_party xs ON xs.marketplace = o.marketplace AND xs.order_key = o.order_key AND xs.party = 'seller'"""
_NEWEST: Final[LiteralString] = """
  LEFT JOIN LATERAL (SELECT t.staff, t.taken_at, t.number FROM case_taken t
    WHERE t.marketplace = o.marketplace AND t.order_key = o.order_key AND t.dispute = coalesce(d.dispute, 0)
    ORDER BY t.number DESC LIMIT 1) t ON true"""
_LISTED: Final[LiteralString] = f"""
WITH listed AS MATERIALIZED (SELECT o.order_key, coalesce(xb.pseudonym, o.buyer) AS buyer,
    coalesce(xs.pseudonym, o.seller) AS seller, o.currency, d.*, coalesce(t.staff, '') AS staff, t.taken_at,
    coalesce(t.number, 0) AS taken,
    CASE WHEN d.queue = 'approval' THEN 'approval' WHEN starts_with(d.queue, 'refund') THEN 'refund'
      WHEN d.overdue OR d.due < %(now)s THEN 'overdue' ELSE d.queue END AS place
  FROM orders o CROSS JOIN LATERAL jsonb_to_recordset(o.desk) d (dispute int, queue text, since timestamptz,
    due timestamptz, overdue boolean, back timestamptz, awaited text[], reason text, wants text, stake bigint)
  {_PARTY}{_NEWEST}
  WHERE o.marketplace = %(m)s AND o.desk IS NOT NULL)"""
# What the newest claim of the dispute is about; of a cancelled order all of it.
_GOODS: Final[LiteralString] = """
  CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'lines' AS lines FROM event e
    WHERE e.marketplace = %(m)s AND e.order_key = p.order_key AND e.type = 'OrderPlaced'
    ORDER BY e.number LIMIT 1) placed
  LEFT JOIN LATERAL (SELECT c.body::jsonb -> 'lines' AS lines FROM event c WHERE c.marketplace = %(m)s
    AND c.order_key = p.order_key AND c.type IN ('DisputeOpened', 'ClaimRevised')
    AND (c.body::jsonb ->> 'dispute')::int = p.dispute ORDER BY c.number DESC LIMIT 1) claim ON true
  CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(jsonb_build_array(line ->> 'title', (piece ->> 'quantity')::int)
      ORDER BY at), '[]') AS goods
    FROM jsonb_array_elements(coalesce(claim.lines, placed.lines)) WITH ORDINALITY pieces (piece, at)
    JOIN jsonb_array_elements(placed.lines) line
      ON line ->> 'id' = coalesce(piece ->> 'line', piece ->> 'id')) meant"""
QUEUE: Final[LiteralString] = f"""{_LISTED}, page AS MATERIALIZED (
SELECT listed.*, row_number() OVER (ORDER BY array_position(%(places)s::text[], place),
  coalesce(due, back) NULLS LAST, since, order_key, dispute) AS rank
FROM listed
WHERE place = ANY (%(places)s::text[]) AND (%(staff)s = '' OR staff = %(staff)s)
ORDER BY rank LIMIT %(most)s OFFSET %(skipped)s)
SELECT p.order_key, buyer, seller, currency, p.dispute, queue, since, due, overdue, back, awaited, reason, wants, stake,
  staff, taken_at, taken, place, meant.goods
FROM page p {_GOODS} ORDER BY p.rank"""
COUNTS: Final[LiteralString] = f"""{_LISTED}
SELECT place, count(*) FROM listed WHERE %(staff)s = '' OR staff = %(staff)s GROUP BY place"""

TAKE: Final[LiteralString] = """
INSERT INTO case_taken (marketplace, order_key, dispute, number, staff, by, taken_at, key_id, reason)
SELECT %(m)s::uuid, %(o)s::text, %(d)s::int, %(seen)s::int + 1, %(staff)s::text, %(by)s::text, %(at)s::timestamptz,
  %(key_id)s::uuid, %(reason)s::bytea
WHERE %(seen)s = (SELECT coalesce(max(number), 0) FROM case_taken
  WHERE marketplace = %(m)s AND order_key = %(o)s AND dispute = %(d)s)
ON CONFLICT DO NOTHING RETURNING number"""
"""Where somebody was first the number is taken, and nothing is written."""
TAKEN: Final[LiteralString] = """
SELECT t.number, t.staff, t.by, t.taken_at, t.reason, p.key_id, p.key FROM case_taken t
LEFT JOIN amends_keys.person_key p ON p.marketplace = t.marketplace AND p.owner = 'order:' || t.order_key
  AND p.key_id = t.key_id
WHERE t.marketplace = %(m)s AND t.order_key = %(o)s AND t.dispute = %(d)s ORDER BY t.number DESC LIMIT 50"""
COLLEAGUES: Final[LiteralString] = """
SELECT DISTINCT name FROM staff_seat WHERE marketplace = %(m)s AND role = 'mediator' ORDER BY name LIMIT 200"""

MEDIATES: Final[LiteralString] = """
SELECT 1 FROM staff_seat WHERE marketplace = %(m)s AND role = 'mediator' AND name = %(name)s LIMIT 1"""

SIMILAR: Final[LiteralString] = f"""
WITH rulings AS MATERIALIZED (SELECT order_key, number, at, body::jsonb AS ruling FROM event
  WHERE marketplace = %(m)s AND type = 'RulingMade' ORDER BY at DESC LIMIT {MOST_RULINGS:d})
SELECT r.order_key, (r.ruling ->> 'dispute')::int, r.at, r.ruling ->> 'wants', (r.ruling ->> 'amount_minor')::bigint,
  o.currency, r.ruling ->> 'fault', r.ruling #>> '{{finding,ref}}', t.ciphertext, p.key_id, p.key,
  (claim.body ->> 'amount_minor')::bigint
FROM rulings r JOIN orders o ON o.marketplace = %(m)s AND o.order_key = r.order_key
CROSS JOIN LATERAL (SELECT c.body::jsonb AS body FROM event c WHERE c.marketplace = %(m)s
  AND c.order_key = r.order_key AND c.number < r.number AND c.type IN ('DisputeOpened', 'ClaimRevised')
  AND c.body::jsonb ->> 'dispute' = r.ruling ->> 'dispute' ORDER BY c.number DESC LIMIT 1) claim
LEFT JOIN sealed_text t ON t.marketplace = %(m)s AND t.order_key = r.order_key
  AND t.ref = r.ruling #>> '{{finding,ref}}'
LEFT JOIN amends_keys.person_key p ON p.marketplace = %(m)s AND p.owner = t.owner AND p.key_id = t.key_id
WHERE claim.body ->> 'reason' = %(reason)s AND coalesce(r.ruling ->> 'waits', 'false') = 'false'
  AND (r.order_key, (r.ruling ->> 'dispute')::int) <> (%(o)s, %(d)s)
ORDER BY r.at DESC LIMIT %(most)s"""

FIND: Final[LiteralString] = f"""
WITH hits AS (
  (SELECT o.order_key, 1 AS how FROM orders o
    WHERE o.marketplace = %(m)s AND o.order_key >= %(q)s AND o.order_key < %(end)s ORDER BY o.order_key LIMIT %(some)s)
  UNION ALL (SELECT o.order_key, 2 FROM orders o
    WHERE o.marketplace = %(m)s AND o.buyer >= %(q)s AND o.buyer < %(end)s
    ORDER BY o.buyer, o.placed_at DESC LIMIT %(some)s)
  UNION ALL (SELECT o.order_key, 3 FROM orders o
    WHERE o.marketplace = %(m)s AND o.seller >= %(q)s AND o.seller < %(end)s
    ORDER BY o.seller, o.placed_at DESC LIMIT %(some)s)),
best AS (SELECT order_key, min(how) AS how, array_agg(how) AS ways FROM hits GROUP BY order_key)
SELECT o.order_key, coalesce(xb.pseudonym, o.buyer), coalesce(xs.pseudonym, o.seller), o.currency, o.status,
  o.held_minor, o.refunded_minor, o.released_minor, cardinality(o.opened_at), o.open_disputes, o.placed_at
FROM best b JOIN orders o ON o.marketplace = %(m)s AND o.order_key = b.order_key {_PARTY}
WHERE 1 = ANY (b.ways) OR (2 = ANY (b.ways) AND xb.pseudonym IS NULL) OR (3 = ANY (b.ways) AND xs.pseudonym IS NULL)
ORDER BY (o.order_key = %(q)s OR o.buyer = %(q)s OR o.seller = %(q)s) DESC, b.how, o.placed_at DESC, o.order_key
LIMIT %(most)s OFFSET %(skipped)s"""
"""By the beginning of an order's id or of a party's name; an erased person is found by neither of his names."""
