"""Marketplaces: their keys, and the policies their orders are pinned to."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from amends import calendars
from amends.core.durations import Calendar
from amends.core.policy import Policy, canonical

from .sealing import uuid7
from .store import NoMarketplace
from .trips import WORKER, in_one_trip

PREFIX = "amk"


class Registered(NamedTuple):
    """A new marketplace, and its key: shown once, kept as a digest only."""

    id: UUID
    key: str


def register(
    name: str,
    policy: Policy,
    *,
    sandbox: bool = False,
    provider: str = "sandbox",
    provider_settings: Mapping[str, Any] | None = None,
) -> Registered:
    """Make a marketplace whose new orders live under `policy`. Its name must be free, else IntegrityError.

    `provider` is who moves its money: `sandbox`, or `silent`, which never answers by itself (docs/money.md).
    """
    marketplace = uuid7()
    key, hashed = _fresh_key(marketplace)
    in_one_trip(
        None,
        """
        WITH made AS (INSERT INTO marketplace (id, name, policy_digest, number_secret, sandbox, provider,
                provider_settings)
            VALUES (%(m)s, %(name)s, %(digest)s, %(secret)s, %(sandbox)s, %(provider)s, %(settings)s::jsonb)
            RETURNING id),
        pinned AS (INSERT INTO policy (marketplace, digest, name, version, document)
            SELECT id, %(digest)s, %(policy)s, %(version)s, %(document)s FROM made)
        INSERT INTO marketplace_key (marketplace, digest) SELECT id, %(hashed)s FROM made RETURNING marketplace""",
        {
            "m": marketplace,
            "name": name,
            "digest": policy.digest,
            "secret": os.urandom(32),
            "sandbox": sandbox,
            "provider": provider,
            "settings": json.dumps(dict(provider_settings or {})),
            "policy": policy.id,
            "version": policy.version,
            "document": _document(policy),
            "hashed": hashed,
        },
        role=WORKER,
        begin=True,
    )
    return Registered(marketplace, key)


def adopt(marketplace: UUID, policy: Policy) -> None:
    """Place new orders under this policy from now on; older orders keep theirs."""
    changed = in_one_trip(
        marketplace,
        """
        WITH pinned AS (INSERT INTO policy (marketplace, digest, name, version, document)
            VALUES (%(m)s, %(digest)s, %(policy)s, %(version)s, %(document)s) ON CONFLICT DO NOTHING)
        UPDATE marketplace SET policy_digest = %(digest)s WHERE id = %(m)s RETURNING id""",
        {
            "m": marketplace,
            "digest": policy.digest,
            "policy": policy.id,
            "version": policy.version,
            "document": _document(policy),
        },
        role=WORKER,
        begin=True,
    )
    if not changed:
        raise NoMarketplace(f"there is no marketplace {marketplace}")


def authenticate(key: str) -> UUID | None:
    """The marketplace a key belongs to; None where it is no key, a foreign one, or revoked.

    A key names its marketplace, so that even this look-up is confined to it.
    """
    marketplace = named_by(key)
    if marketplace is None:
        return None
    found = in_one_trip(
        marketplace,
        "SELECT 1 FROM marketplace_key WHERE marketplace = %(m)s AND digest = %(digest)s AND revoked_at IS NULL",
        {"m": marketplace, "digest": hashlib.sha256(key.encode()).digest()},
        begin=False,
    )
    return marketplace if found else None


def new_key(marketplace: UUID) -> str:
    """One more key for the marketplace; older ones go on working until they are revoked."""
    key, hashed = _fresh_key(marketplace)
    in_one_trip(
        marketplace,
        "INSERT INTO marketplace_key (marketplace, digest) VALUES (%(m)s, %(digest)s) RETURNING 1",
        {"m": marketplace, "digest": hashed},
        role=WORKER,
        begin=True,
    )
    return key


def revoke_key(marketplace: UUID, key: str) -> bool:
    """Whether there was such a key to revoke."""
    return bool(
        in_one_trip(
            marketplace,
            """UPDATE marketplace_key SET revoked_at = now()
            WHERE marketplace = %(m)s AND digest = %(digest)s AND revoked_at IS NULL RETURNING 1""",
            {"m": marketplace, "digest": hashlib.sha256(key.encode()).digest()},
            role=WORKER,
            begin=True,
        )
    )


def named(name: str) -> UUID | None:
    """The marketplace of this name, for commands typed by an operator."""
    rows = in_one_trip(
        None, "SELECT id FROM marketplace WHERE name = %(name)s", {"name": name}, role=WORKER, begin=False
    )
    return rows[0][0] if rows else None


def every() -> list[tuple[UUID, str]]:
    """All marketplaces, id and name, in the order they were made."""
    return [
        (found, name)
        for found, name in in_one_trip(
            None, "SELECT id, name FROM marketplace ORDER BY id", {}, role=WORKER, begin=False
        )
    ]


def digest_of(key: str) -> str:
    """The SHA-256 a key is kept as, in hexadecimal: what tells it from the others once nobody shows it any more."""
    return hashlib.sha256(key.encode()).hexdigest()


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def _fresh_key(marketplace: UUID) -> tuple[str, bytes]:
    named = base64.b32encode(marketplace.bytes).decode().rstrip("=").lower()
    key = f"{PREFIX}_{named}_{secrets.token_urlsafe(32)}"
    return key, hashlib.sha256(key.encode()).digest()


def named_by(key: str) -> UUID | None:
    """The marketplace a key says it belongs to; None where it is no key. Nothing is proved by it."""
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or len(parts[1]) != 26 or not parts[1].isascii():
        return None
    try:
        return UUID(bytes=base64.b32decode(f"{parts[1].upper()}======"))
    except ValueError:
        return None


# ── policies and calendars ───────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1024)
def pinned_policy(marketplace: UUID, digest: str) -> Policy:
    """The policy of this digest. It never changes, so each process reads it once."""
    rows = in_one_trip(
        marketplace,
        "SELECT document FROM policy WHERE marketplace = %(m)s AND digest = %(digest)s",
        {"m": marketplace, "digest": digest},
        begin=False,
    )
    if not rows:
        raise LookupError(f"marketplace {marketplace} has no policy {digest}")
    policy = Policy.from_document(json.loads(rows[0][0]))
    assert policy.digest == digest, "the database checks that a document has its digest"
    return policy


def current_policy(marketplace: UUID) -> Policy:
    """The policy new orders are placed under. Raises `store.NoMarketplace`."""
    rows = in_one_trip(
        marketplace, "SELECT policy_digest FROM marketplace WHERE id = %(m)s", {"m": marketplace}, begin=False
    )
    if not rows:
        raise NoMarketplace(f"there is no marketplace {marketplace}")
    return pinned_policy(marketplace, rows[0][0])


def _document(policy: Policy) -> str:
    return canonical(policy.document).decode()


class Shelf(Mapping[str, Calendar]):
    """Every calendar we know, each made when first asked for: most orders never count a business day."""

    def __getitem__(self, name: str) -> Calendar:
        if name not in calendars.NAMES:
            raise KeyError(name)
        return calendars.calendar(name)

    def __iter__(self) -> Iterator[str]:
        return iter(calendars.NAMES)

    def __len__(self) -> int:
        return len(calendars.NAMES)


SHELF = Shelf()
