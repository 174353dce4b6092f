"""The reading statements of `doubts`, and the one that writes a listing's picture."""

from __future__ import annotations

from typing import Final, LiteralString

FILES: Final[LiteralString] = """
SELECT file, giver, party, state = 'linked', received_at, facts::text FROM evidence_file
WHERE marketplace = %(m)s AND order_key = %(o)s AND state IN ('kept', 'linked') ORDER BY received_at, file"""

# Evidence that was taken back still tells where a picture comes from; what was never handed in tells nothing.
PICTURES: Final[LiteralString] = """
SELECT 'case', f.order_key, f.giver, f.facts ->> 'phash', encode(f.sha256, 'hex')
FROM evidence_file f WHERE f.marketplace = %(m)s AND f.order_key <> %(o)s
  AND f.sha256 IN (SELECT decode(h, 'hex') FROM unnest(%(hashes)s::text[]) h) AND f.linked_event IS NOT NULL
UNION
(SELECT 'case', f.order_key, f.giver, f.facts ->> 'phash', encode(f.sha256, 'hex')
FROM picture_key k
JOIN evidence_file f ON f.marketplace = k.marketplace AND f.order_key = k.order_key AND f.file = k.file
WHERE k.marketplace = %(m)s AND k.key = ANY(%(keys)s::integer[]) AND k.order_key <> %(o)s
  AND f.facts IS NOT NULL AND f.linked_event IS NOT NULL)
UNION
SELECT 'listing', p.listing, '', p.facts ->> 'phash', encode(p.sha256, 'hex')
FROM listing_picture p WHERE p.marketplace = %(m)s
  AND p.sha256 IN (SELECT decode(h, 'hex') FROM unnest(%(hashes)s::text[]) h)
UNION
(SELECT 'listing', p.listing, '', p.facts ->> 'phash', encode(p.sha256, 'hex')
FROM listing_picture_key k
JOIN listing_picture p ON p.marketplace = k.marketplace AND p.listing = k.listing AND p.sha256 = k.sha256
WHERE k.marketplace = %(m)s AND k.key = ANY(%(keys)s::integer[]))
ORDER BY 1, 2"""

# An order's first event says where it goes; the country stands there in plain text, the city does not.
NUMBERS: Final[LiteralString] = """
SELECT n.number, s.order_key, s.at, e.body::jsonb #>> '{destination,country}'
FROM marketplace m CROSS JOIN unnest(%(numbers)s::text[]) n (number)
JOIN shipped_number s ON s.marketplace = m.id AND s.order_key <> %(o)s
  AND s.digest = sha256(m.number_secret || convert_to(n.number, 'UTF8'))
LEFT JOIN event e ON e.marketplace = s.marketplace AND e.order_key = s.order_key AND e.number = 1
WHERE m.id = %(m)s ORDER BY s.at, s.order_key"""
