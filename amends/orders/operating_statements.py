"""The statements of `operating`: what an operator looks after in one marketplace."""

from __future__ import annotations

from typing import Final, LiteralString

ABOUT: Final[LiteralString] = """
SELECT name, sandbox, policy_digest, made_at, provider FROM marketplace WHERE id = %(m)s"""
POLICIES: Final[LiteralString] = """
SELECT digest, name, version, made_at FROM policy WHERE marketplace = %(m)s ORDER BY made_at DESC, digest LIMIT 200"""
KEYS: Final[LiteralString] = """
SELECT encode(digest, 'hex'), made_at, revoked_at FROM marketplace_key WHERE marketplace = %(m)s
ORDER BY revoked_at IS NOT NULL, made_at DESC, digest LIMIT 200"""
PAUSES: Final[LiteralString] = """
SELECT r.hold, r.countries, r.command ->> 'text', r.command ->> 'actor', r.started_at,
  EXISTS (SELECT FROM region_spread s WHERE s.marketplace = r.marketplace AND s.hold = r.hold)
FROM region_pause r WHERE r.marketplace = %(m)s ORDER BY r.started_at DESC, r.hold LIMIT 200"""
BLOCKS: Final[LiteralString] = """
SELECT b.party, b.by, b.actor, b.blocked_at, b.finding, p.key_id, p.key FROM party_block b
LEFT JOIN amends_keys.person_key p ON p.marketplace = b.marketplace AND p.owner = 'person:' || b.party
  AND p.key_id = b.key_id
WHERE b.marketplace = %(m)s ORDER BY b.blocked_at DESC, b.party LIMIT 200"""

ORDERS_ASIDE: Final[LiteralString] = """
SELECT order_key, set_aside, due_at FROM orders WHERE marketplace = %(m)s AND set_aside IS NOT NULL
ORDER BY due_at NULLS LAST, order_key LIMIT %(most)s"""
MESSAGES_ASIDE: Final[LiteralString] = """
SELECT order_key, event, topic, set_aside, written_at, attempts FROM outbox
WHERE marketplace = %(m)s AND set_aside IS NOT NULL ORDER BY written_at, order_key, event, topic LIMIT %(most)s"""
SAID_ASIDE: Final[LiteralString] = """
SELECT provider, event_id, said, set_aside, came_at FROM provider_inbox
WHERE marketplace = %(m)s AND set_aside IS NOT NULL ORDER BY came_at, provider, event_id LIMIT %(most)s"""
TIMELINESS: Final[LiteralString] = """
SELECT (SELECT min(due_at) FROM orders WHERE marketplace = %(m)s AND due_at < %(now)s AND set_aside IS NULL),
  (SELECT written_at FROM outbox WHERE marketplace = %(m)s AND done_at IS NULL AND set_aside IS NULL
    ORDER BY written_at LIMIT 1)"""
HOW_MANY: Final[LiteralString] = """
SELECT count(*) FROM (SELECT 1 FROM orders WHERE marketplace = %(m)s LIMIT %(most)s) few"""

REVOKE: Final[LiteralString] = """
UPDATE marketplace_key SET revoked_at = now()
WHERE marketplace = %(m)s AND digest = decode(%(digest)s, 'hex') AND revoked_at IS NULL RETURNING 1"""
TRY_ORDER: Final[LiteralString] = """
UPDATE orders SET set_aside = NULL, lease_until = NULL
WHERE marketplace = %(m)s AND order_key = %(o)s AND set_aside IS NOT NULL RETURNING 1"""
TRY_MESSAGE: Final[LiteralString] = """
UPDATE outbox SET set_aside = NULL, attempts = 0, lease_until = NULL
WHERE marketplace = %(m)s AND order_key = %(o)s AND event = %(e)s AND topic = %(t)s AND set_aside IS NOT NULL
RETURNING 1"""
TRY_SAID: Final[LiteralString] = """
UPDATE provider_inbox SET set_aside = NULL, lease_until = NULL
WHERE marketplace = %(m)s AND provider = %(provider)s AND event_id = %(event)s AND set_aside IS NOT NULL RETURNING 1"""
