"""What a marketplace signs its case files with, made when it signs the first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from amends.vault.casefile.signing import Signer, fingerprint_of, new_signer

from .trips import WORKER, in_one_transaction, in_one_trip


class Published(NamedTuple):
    """A key as the marketplace publishes it: 64 hex digits, and the days it was used; `until` None: it is in use."""

    fingerprint: str
    since: datetime
    until: datetime | None


def signer(marketplace: UUID) -> Signer:
    """The key in use, and the salting, which stays the same for good. Both are made when there is none."""
    found = _stored(marketplace)
    if found is None:
        _make(marketplace)
        found = _stored(marketplace)
    assert found is not None, "it was made just now, by us or by somebody who was first"
    return found


def replace(marketplace: UUID) -> Signer:
    """A new key from now on; the old one's secret is destroyed, its fingerprint goes on being listed."""
    new = new_signer()
    in_one_transaction(
        marketplace,
        [
            (
                """UPDATE amends_keys.signing_key SET replaced_at = now(), secret = NULL
                WHERE marketplace = %(m)s AND replaced_at IS NULL""",
                {"m": marketplace},
            ),
            (_KEY, {"m": marketplace, "public": new.public, "secret": new.secret}),
            (_SALTING, {"m": marketplace, "salting": new.salting}),
        ],
        role=WORKER,
    )
    return signer(marketplace)


def published(marketplace: UUID) -> list[Published]:
    """Every key the marketplace ever signed with, the first one first."""
    rows = in_one_trip(
        marketplace,
        """SELECT public, made_at, replaced_at FROM amends_keys.signing_key WHERE marketplace = %(m)s
        ORDER BY made_at, public""",
        {"m": marketplace},
        begin=False,
    )
    return [Published(fingerprint_of(public), since, until) for public, since, until in rows]


def _stored(marketplace: UUID) -> Signer | None:
    rows = in_one_trip(
        marketplace,
        """SELECT k.secret, s.secret FROM amends_keys.signing_key k
        JOIN amends_keys.salting s ON s.marketplace = k.marketplace
        WHERE k.marketplace = %(m)s AND k.replaced_at IS NULL""",
        {"m": marketplace},
        begin=False,
    )
    return Signer(*rows[0]) if rows else None


def _make(marketplace: UUID) -> None:
    new = new_signer()
    in_one_transaction(
        marketplace,
        [
            (_KEY, {"m": marketplace, "public": new.public, "secret": new.secret}),
            (_SALTING, {"m": marketplace, "salting": new.salting}),
        ],
    )


_KEY = """INSERT INTO amends_keys.signing_key (marketplace, public, secret)
  VALUES (%(m)s, %(public)s, %(secret)s) ON CONFLICT DO NOTHING"""
_SALTING = (
    """INSERT INTO amends_keys.salting (marketplace, secret) VALUES (%(m)s, %(salting)s) ON CONFLICT DO NOTHING"""
)
