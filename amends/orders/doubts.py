"""What a mediator should look at twice: the facts that the truth checks compare, gathered from the rows.

`remember` gives what a picture is found by later, `about` looks a dispute's files and numbers up across the cases and
listings of their marketplace. What comes of it is for staff only (`core.sight`), and decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from amends.core import events as e
from amends.core import tracking as numbers
from amends.core.order import Dispute, Evidence, Order
from amends.core.private import Private
from amends.core.values import Location
from amends.core.vocabulary import EvidenceKind, Party, TrackState
from amends.vault import truth
from amends.vault.facts import Facts, read
from amends.vault.kinds import Family
from amends.vault.likeness import lookup_keys, stored_keys
from amends.vault.sentences import Credentials
from amends.vault.truth import CaptureFacts, DoubtFlag, KnownPicture, ParcelFacts

from .doubt_statements import FILES, NUMBERS, PICTURES
from .queries import Found
from .trips import in_one_trip

OF_GOODS = frozenset({EvidenceKind.PHOTO, EvidenceKind.VIDEO})
"""What shows the goods themselves; screens and papers may well be older, and look alike."""


class PictureKey(NamedTuple):
    """A row of `picture_key`."""

    marketplace: UUID
    order_key: str
    file: str
    position: int
    key: int


class GivenFile(NamedTuple):
    """A file that was uploaded to an order and taken in."""

    id: str
    giver: str
    party: Party
    linked: bool
    """It is part of a dispute, and not taken back."""
    received_at: datetime
    facts: Facts


class Noticed(NamedTuple):
    """A flag, and what it is about: one `file` by its id, or the `parcel`, the `return`, the `replacement`."""

    flag: DoubtFlag
    about: str
    file: str | None = None


class Use(NamedTuple):
    """Another order that was sent under a number: when, and to which country ("" where its order does not say)."""

    order_key: str
    at: datetime
    country: str


def remember(marketplace: UUID, order_key: str, file: str, facts: Facts) -> list[PictureKey]:
    """What a file is found by when its picture turns up again: the rows to write with it, into `picture_key`.

    None for a PDF, whose pages look alike, and for a picture with nothing in it. A video is found by its poster.
    """
    return [
        PictureKey(marketplace, order_key, file, position, key) for position, key in enumerate(keys_of(facts), start=1)
    ]


def keys_of(facts: Facts) -> tuple[int, ...]:
    """As `likeness.stored_keys`; empty where the file is not to be found by its looks."""
    if facts.phash is None or facts.kind.family is Family.DOCUMENT:
        return ()
    return stored_keys(int(facts.phash, 16))


def files(marketplace: UUID, order_key: str) -> list[GivenFile]:
    """Every file of an order that was taken in and is there, in the order of arrival."""
    rows = in_one_trip(marketplace, FILES, {"m": marketplace, "o": order_key}, begin=False)
    return [
        GivenFile(file, giver, Party(party), linked, received_at, read(json.loads(facts)))
        for file, giver, party, linked, received_at, facts in rows
    ]


def about(marketplace: UUID, found: Found, dispute: Dispute) -> tuple[Noticed, ...]:
    """Everything that does not fit in one dispute, file by file, then parcel by parcel. Reads only.

    `found` is the order with its history, texts readable where their keys are kept: an erased person's numbers and
    cities raise nothing.
    """
    order = found.order
    there = {file.id: file for file in files(marketplace, order.id)}
    given = [(item, there[item.file.id]) for item in dispute.evidence if item.file.id in there]
    parcels = list(_parcels(found, dispute))
    shown = [(item, number) for item in dispute.evidence if (number := _number_shown(item))]
    uses = _uses(marketplace, order.id, [*(parcel.number for _, parcel in parcels), *(number for _, number in shown)])
    known = _seen(marketplace, order.id, [file.facts for _, file in given])
    return (
        *(
            Noticed(flag, "file", file.id)
            for item, file in given
            for flag in _of_file(order, dispute, item, file, given)
        ),
        *(Noticed(flag, "file", file.id) for item, file in given for flag in _elsewhere(order, item, file, known)),
        *(
            Noticed(flag, "file", item.file.id)
            for item, number in shown
            for flag in _of_number(order, item.by, number, parcels, uses)
        ),
        *(Noticed(flag, what, None) for what, parcel in parcels for flag in truth.parcel(_with_uses(parcel, uses))),
    )


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def _of_file(
    order: Order, dispute: Dispute, item: Evidence, file: GivenFile, given: Sequence[tuple[Evidence, GivenFile]]
) -> tuple[DoubtFlag, ...]:
    """When and with what it was made. Only what the buyer shows of goods that came cannot be older than they are."""
    of_goods = item.by is Party.BUYER and dispute.received and item.file.kind in OF_GOODS
    return truth.capture(
        _capture(file),
        ordered_at=order.placed_at,
        delivered_at=order.shipment.delivered_at if order.shipment else None,
        of_goods=of_goods,
        others=[_capture(other) for one, other in given if one.by is item.by and other.id != file.id],
    )


def _capture(file: GivenFile) -> CaptureFacts:
    facts = file.facts
    return CaptureFacts(
        file.received_at,
        _instant(facts.captured_at),
        facts.device or "",
        facts.edited_by or "",
        Credentials.PRESENT if facts.c2pa_present else Credentials.NONE,
    )


def _instant(written: str | None) -> datetime | None:
    """As the device wrote it; without a zone it is read as UTC, and `truth.CLOCK_SLACK` bears with that."""
    if written is None:
        return None
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _elsewhere(order: Order, item: Evidence, file: GivenFile, known: Sequence[KnownPicture]) -> tuple[DoubtFlag, ...]:
    photograph = item.file.kind in OF_GOODS
    mine = _likenesses(file.facts)
    return truth.pictures(mine, known, case=order.id, giver=file.giver, photograph=photograph, sha256=file.facts.sha256)


def _likenesses(facts: Facts) -> tuple[int, ...]:
    """As it is and mirrored, as `likeness.likenesses` has them; empty where its looks say nothing."""
    if not keys_of(facts):
        return ()
    return tuple(int(each, 16) for each in (facts.phash, facts.phash_mirrored) if each is not None)


def _seen(marketplace: UUID, order_key: str, those: Sequence[Facts]) -> list[KnownPicture]:
    """Pictures of other orders and of listings that may look like one of those, or are the very same file."""
    if not those:
        return []
    keys = {key for facts in those for each in _likenesses(facts) for key in lookup_keys(each)}
    values = {
        "m": marketplace,
        "o": order_key,
        "keys": sorted(keys),
        "hashes": sorted(facts.sha256 for facts in those),
    }
    rows: list[tuple[Any, ...]] = in_one_trip(marketplace, PICTURES, values, begin=False)
    return [
        KnownPicture(None if phash is None else int(phash, 16), where, name, giver, sha256)
        for where, name, giver, phash, sha256 in rows
    ]


# ── numbers and parcels ──────────────────────────────────────────────────────────────────────────


def _parcels(found: Found, dispute: Dispute) -> Iterator[tuple[str, ParcelFacts]]:
    """The parcel, what was sent back, and what was sent instead: where each was to go, and where it was brought."""
    order, events = found.order, [*(recorded.event for recorded in found.history), *found.due]
    home, away = _home(order), order.destination.country if order.destination else ""
    if order.shipment is not None:
        number, sent_at = _plain(order.shipment.tracking), order.shipment.shipped_at
        parcel = _parcel(number, sent_at, order.destination, _brought(events, e.ParcelTracked), home)
        yield "parcel", parcel._replace(first_scan_at=_first_scan(events))
    back, instead = dispute.trip, dispute.replacement
    if back is not None:
        came = _brought([one for one in events if _of(one, dispute)], e.ReturnTracked)
        yield "return", _parcel(back.tracking.plain, back.shipped_at, dispute.return_to or order.return_to, came, away)
    if instead is not None:
        came = _brought([one for one in events if _of(one, dispute)], e.ReplacementTracked)
        yield "replacement", _parcel(instead.tracking.plain, instead.shipped_at, order.destination, came, home)


def _home(order: Order) -> str:
    """Where the seller sends from, as far as anybody knows: where goods go back to, unless that is near the buyer."""
    return "" if order.local_return or order.return_to is None else order.return_to.country


def _first_scan(events: Iterable[e.Event]) -> datetime | None:
    """The earliest scan of the parcel: by the carrier's own time where he gives it, which may be before it was sent."""
    return min(
        (
            event.scanned_at or event.at
            for event in events
            if isinstance(event, e.ParcelTracked) and event.state is not TrackState.UNREADABLE
        ),
        default=None,
    )


def _parcel(
    number: str | None, sent_at: datetime, to: Location | None, came: Location | None, sent_from: str
) -> ParcelFacts:
    return ParcelFacts(
        number or "",
        to.country if to else "",
        _plain(to.city if to else None) or "",
        sent_at=sent_at,
        heading_for=came.country if came else "",
        sent_from=sent_from,
        delivered_city=_plain(came.city if came else None) or "",
    )


def _of(event: e.Event, dispute: Dispute) -> bool:
    return isinstance(event, e.DisputeEvent) and event.dispute == dispute.number


def _brought(events: Iterable[e.Event], kind: type[e.Event]) -> Location | None:
    """Where the carrier says that it was delivered, by his last word; the country may not be said."""
    place = None
    for event in events:
        match event:
            case e.ParcelTracked(state=TrackState.DELIVERED) | e.ReplacementTracked(state=TrackState.DELIVERED):
                if isinstance(event, kind):
                    place = event.place or place
            case e.ReturnTracked(state=TrackState.DELIVERED, city=city) if kind is e.ReturnTracked:
                place = Location("", city)
            case _:
                pass
    return place


def _plain(text: Private | None) -> str | None:
    return text.plain if text is not None else None


def _number_shown(item: Evidence) -> str:
    """The tracking number somebody gave as evidence; a file's name is none."""
    name = _plain(item.file.name) or ""
    if item.file.kind is not EvidenceKind.TRACKING or not name:
        return ""
    return name if numbers.check(name).carriers else ""


def _of_number(
    order: Order, by: Party, number: str, parcels: Sequence[tuple[str, ParcelFacts]], uses: dict[str, list[Use]]
) -> tuple[DoubtFlag, ...]:
    """A number shown as evidence: of none of this order's parcels, of another order, of a parcel to another country."""
    under = [parcel.number for _, parcel in parcels if parcel.number]
    mine = any(numbers.same_number(number, each) for each in under)
    home = _home(order) if by is Party.SELLER else ""
    meant = order.destination.country if order.destination else ""
    facts = ParcelFacts(number, meant, sent_from=home, sent_under=under)
    return () if mine else truth.parcel(_with_uses(facts, uses))


def _with_uses(parcel: ParcelFacts, uses: dict[str, list[Use]]) -> ParcelFacts:
    """The parcel with the other orders its number was given for: before it was sent here, and after."""
    others = uses.get(numbers.normalise(parcel.number), [])
    before = [one for one in others if parcel.sent_at is None or one.at <= parcel.sent_at]
    first = min(before, key=lambda one: one.at).country if before else ""
    return parcel._replace(
        heading_for=parcel.heading_for or first,
        used_before=[(one.order_key, one.at) for one in before],
        used_after=[(one.order_key, one.at) for one in others if one not in before],
    )


def _uses(marketplace: UUID, order_key: str, given: Iterable[str]) -> dict[str, list[Use]]:
    """By number, normalised: the other orders of this marketplace that were sent under it."""
    wanted = sorted({numbers.normalise(number) for number in given if number})
    if not wanted:
        return {}
    values = {"m": marketplace, "o": order_key, "numbers": wanted}
    found: dict[str, list[Use]] = {}
    for number, other, at, country in in_one_trip(marketplace, NUMBERS, values, begin=False):
        found.setdefault(number, []).append(Use(other, at, country or ""))
    return found
