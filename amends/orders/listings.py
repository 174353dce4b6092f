"""The marketplace's own pictures of what it lists: so that a shop's photograph is known when it turns up as evidence.

A listing's picture comes in by the same way as evidence: received, recognised, scanned, opened in the other process.
Of what comes out only the measures are kept: the picture itself is the marketplace's, and is shown there.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from amends.vault import intake
from amends.vault.facts import Facts
from amends.vault.limits import Limits

from . import access
from . import evidence_desk as desk
from .doubt_statements import LISTING
from .doubts import keys_of
from .marketplaces import pinned_policy
from .trips import in_one_trip


class Taken(NamedTuple):
    facts: Facts
    hints: tuple[str, ...]
    known_before: bool
    """This very file was the listing's already."""


def limits(marketplace: UUID) -> Limits:
    """What a listing's picture may be: as evidence of an order that is placed now. Raises `store.NoMarketplace`."""
    return desk.limits_of(pinned_policy(marketplace, access.about(marketplace).policy_digest))


def take(marketplace: UUID, listing: str, source: Path, *, name: str, declared: str, now: datetime) -> Taken:
    """A whole file, which is ours from here on: examined and measured, then known as the listing's.

    Raises as `evidence.take` does; nothing is known of the file then.
    """
    bounds = limits(marketplace)
    with intake.adopt(source, name=name, declared=declared, limits=bounds) as received:
        examined = intake.examine(received, workshop=desk.workshop(), limits=bounds, scanner=desk.scanner())
    if examined.stream is not None:
        examined.stream.unlink(missing_ok=True)
    fresh = remember(marketplace, listing, examined.facts, now=now)
    return Taken(examined.facts, examined.hints, not fresh)


def remember(marketplace: UUID, listing: str, facts: Facts, *, now: datetime) -> bool:
    """Know this picture as one of the listing's from now on; False where it was known."""
    values = {
        "m": marketplace,
        "listing": listing,
        "sha256": facts.sha256,
        "media_type": facts.kind.media_type,
        "size": facts.size,
        "facts": json.dumps(facts._asdict()),
        "at": now,
        "keys": list(keys_of(facts)),
    }
    return bool(in_one_trip(marketplace, LISTING, values, begin=True))
