"""The marketplace's own pictures of what it lists: to compare with what came, and to know them again as evidence.

A listing's picture comes in by the same way as evidence: received, recognised, scanned, opened in the other process.
Kept are its measures, and what the vault made of it: reading size and thumbnail, not the file as it was sent. They lie
sealed in the same store, each picture under a key of its own, bound to marketplace, listing and picture. Taken away,
its key goes too: so it is gone from every copy, and from every order that was placed under the listing.

A picture is called by the SHA-256 of the file that was sent, so that sent twice it is there once. Which listing a line
was bought from, its order says when it is placed (`listing_id`).
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from amends.core.events import OrderPlaced
from amends.vault import facts as measured
from amends.vault import intake, storage
from amends.vault.facts import Facts
from amends.vault.faults import Unreachable
from amends.vault.intake import Piece
from amends.vault.limits import Limits
from amends.vault.sealed_file import Opened

from . import access, looking, people, trips
from . import evidence_desk as desk
from . import listing_statements as sql
from .doubts import keys_of
from .looking import NotShown, Shown
from .marketplaces import pinned_policy
from .queries import Found
from .sealing import listing_picture

log = logging.getLogger(__name__)

FORMS: Final = ("reading", "thumbnail")
"""As what a listing's picture is kept and shown."""
MOST: Final = 200
"""Pictures that are looked up at once."""


class Picture(NamedTuple):
    """One picture of a listing. `pieces` is empty where only its measures are known."""

    listing: str
    sha256: str
    """Of the file as it was sent: what the picture is called by."""
    facts: Facts
    received_at: datetime
    """By the marketplace's own clock."""
    key_id: UUID | None
    pieces: dict[str, Piece]


class Taken(NamedTuple):
    facts: Facts
    hints: tuple[str, ...]
    known_before: bool
    """This very file was the listing's already."""
    picture: Picture


def limits(marketplace: UUID) -> Limits:
    """What a listing's picture may be: as evidence of an order that is placed now. Raises `store.NoMarketplace`."""
    return desk.limits_of(pinned_policy(marketplace, access.about(marketplace).policy_digest))


def take(marketplace: UUID, listing: str, source: Path, *, name: str, declared: str, now: datetime) -> Taken:
    """A whole file, which is ours from here on: examined, measured, kept sealed, then known as the listing's.

    Raises as `evidence.take` does; nothing is known of the file then.
    """
    bounds = limits(marketplace)
    with intake.adopt(source, name=name, declared=declared, limits=bounds) as received:
        examined = intake.examine(received, workshop=desk.workshop(), limits=bounds, scanner=desk.scanner())
        if examined.stream is not None:
            examined.stream.unlink(missing_ok=True)
        known = find(marketplace, [listing], examined.facts.sha256)
        if known is None or not known.pieces:
            _keep(marketplace, listing, examined, source.parent, now)
    kept = known if known is not None and known.pieces else find(marketplace, [listing], examined.facts.sha256)
    if kept is None:
        raise Unreachable("The picture was taken away while it was examined.")
    return Taken(examined.facts, examined.hints, known is not None, kept)


def _keep(marketplace: UUID, listing: str, examined: intake.Examined, folder: Path, now: datetime) -> None:
    """Sealed and stored first, recorded after: what nothing refers to is an orphan, and swept."""
    facts = examined.facts
    key = people.key_of_listing_picture(marketplace, listing, facts.sha256)
    bound = about(marketplace, listing, facts.sha256)
    store = desk.store()
    pieces = {
        form: intake.sealed(io.BytesIO(content), folder, store, key.secret, bound)._asdict()
        for form, content in zip(FORMS, (examined.reading, examined.thumbnail), strict=True)
        if content is not None
    }
    values = {
        "m": marketplace,
        "listing": listing,
        "sha256": facts.sha256,
        "media_type": facts.kind.media_type,
        "size": facts.size,
        "facts": json.dumps(facts._asdict()),
        "at": now,
        "keys": list(keys_of(facts)),
        "owner": listing_picture(listing, facts.sha256),
        "key_id": key.id,
        "pieces": json.dumps(pieces),
    }
    trips.run(marketplace, sql.KEPT, values)


def about(marketplace: UUID, listing: str, sha256: str) -> bytes:
    """What the sealed pieces of a listing's picture are bound to."""
    return b"\n".join((marketplace.bytes, b"listing", listing.encode(), sha256.encode()))


# ── finding and looking ──────────────────────────────────────────────────────────────────────────


def of(marketplace: UUID, listings: Iterable[str]) -> list[Picture]:
    """The pictures of these listings, listing by listing, of each the one first known first; MOST at once."""
    return _asked(marketplace, listings, "")


def find(marketplace: UUID, listings: Iterable[str], sha256: str) -> Picture | None:
    """The picture of that SHA-256 (64 small hexadecimal digits) of one of these listings."""
    return next(iter(_asked(marketplace, listings, sha256)), None)


def named_by(found: Found) -> dict[str, str]:
    """From which listing each line of the order was bought, by the line's id; without those that do not say."""
    placed = found.history[0].event
    assert isinstance(placed, OrderPlaced), "an order's history begins with its placing"
    return {line.id: line.listing_id for line in placed.lines if line.listing_id}


def ordered_at(found: Found) -> datetime:
    """Before when the buyer must have looked at the listing: he paid then, or the order was placed."""
    placed = found.history[0].event
    assert isinstance(placed, OrderPlaced), "an order's history begins with its placing"
    return min(placed.at, placed.paid_at)


def show(marketplace: UUID, picture: Picture, form: str, *, wanted: str) -> Shown:
    """The picture in one of its FORMS, as safely as evidence leaves; `wanted` is a Range header, or "".

    Raises NotShown where it has no such form or was taken away, NotSatisfiable, and as `evidence.opened`.
    """
    piece = picture.pieces.get(form)
    owner = listing_picture(picture.listing, picture.sha256)
    rows = trips.in_one_trip(
        marketplace, sql.KEY, {"m": marketplace, "owner": owner, "key_id": picture.key_id}, begin=False
    )
    if piece is None or not rows:
        raise NotShown
    address, store = piece.sha256, desk.store()

    def read(start: int, stop: int) -> bytes:
        return storage.read(store, address, start, stop)

    bound = about(marketplace, picture.listing, picture.sha256)
    return looking.answer(Opened(read, piece.sealed_size, bytes(rows[0][0]), bound), wanted=wanted)


def _asked(marketplace: UUID, listings: Iterable[str], sha256: str) -> list[Picture]:
    values = {"m": marketplace, "listings": sorted(set(listings)), "sha256": sha256, "most": MOST}
    rows: list[tuple[Any, ...]] = trips.in_one_trip(marketplace, sql.OF_LISTINGS, values, begin=False)
    return [
        Picture(
            listing,
            digest,
            measured.read(json.loads(facts)),
            at,
            key_id,
            {form: Piece(**piece) for form, piece in json.loads(pieces or "{}").items()},
        )
        for listing, digest, facts, at, key_id, pieces in rows
    ]


# ── taking away ──────────────────────────────────────────────────────────────────────────────────


def forget(marketplace: UUID, listing: str, sha256: str) -> bool:
    """Take a picture away for good: row, measures, key, and what lies in the store; False where there is none."""
    values = {"m": marketplace, "listing": listing, "sha256": sha256, "owner": listing_picture(listing, sha256)}
    rows = trips.in_one_trip(marketplace, sql.GONE, values, begin=True)
    for (pieces,) in rows:
        try:
            for piece in json.loads(pieces or "{}").values():
                desk.store().delete(piece["sha256"])
        except (OSError, Unreachable) as fault:  # nobody can open it any more, and the sweep will try again
            log.warning("A listing's picture could not be removed (%s); it is swept.", type(fault).__name__)
    return bool(rows)
