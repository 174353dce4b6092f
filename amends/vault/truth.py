"""Truth checks: what a mediator should look at twice. Flags, never verdicts.

Each takes facts somebody else gathered and gives flags with a sentence and a strength. No flag decides anything: a
camera's clock may be wrong, a stolen picture may be the buyer's own from the listing. Rulebook R158, R273.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from amends.core import tracking as numbers
from amends.core.refusals import day_and_time

from .likeness import NEAR, distance

CLOCK_SLACK = timedelta(days=1)
"""How wrong a camera's clock and an unsaid time zone may be together before it is worth a look."""


class Strength(StrEnum):
    """How much a flag says. `information` speaks neither for nor against anybody."""

    INFORMATION = "information"
    WEAK = "weak"
    STRONG = "strong"


class Doubt(StrEnum):
    SAME_PICTURE_ELSEWHERE = "same_picture_elsewhere"
    PICTURE_OF_A_LISTING = "picture_of_a_listing"
    TAKEN_BEFORE_THE_ORDER = "taken_before_the_order"
    TAKEN_BEFORE_DELIVERY = "taken_before_delivery"
    TAKEN_LATER_THAN_SENT = "taken_later_than_sent"
    OTHER_DEVICE = "other_device"
    EDITED = "edited"
    CONTENT_CREDENTIALS = "content_credentials"
    NUMBER_OF_ANOTHER_COUNTRY = "number_of_another_country"
    NUMBER_USED_BEFORE = "number_used_before"
    NUMBER_SCANNED_TOO_EARLY = "number_scanned_too_early"
    DELIVERED_TO_ANOTHER_CITY = "delivered_to_another_city"


class DoubtFlag(NamedTuple):
    """What was noticed; for mediators only."""

    code: Doubt
    sentence: str
    strength: Strength


class Credentials(StrEnum):
    """The state of a file's C2PA manifest, as a checker of its own reported it."""

    NONE = "none"
    VALID = "valid"
    VALID_UNKNOWN_SIGNER = "valid_unknown_signer"
    BROKEN = "broken"
    MADE_BY_A_MODEL = "made_by_a_model"


class CaptureFacts(NamedTuple):
    """What a file's original says of itself, before metadata was taken away. All of it can be forged."""

    received_at: datetime
    taken_at: datetime | None = None
    device: str = ""
    software: str = ""
    credentials: Credentials = Credentials.NONE


class KnownPicture(NamedTuple):
    """A picture seen before: its likeness, and where: `case` or `listing`, its id, and who gave it."""

    likeness: int
    where: str
    id: str
    given_by: str = ""


class ParcelFacts(NamedTuple):
    """What is known of a number and where it went; "" and None are not known, and raise no flag."""

    number: str
    destination_country: str
    destination_city: str = ""
    sent_at: datetime | None = None
    first_scan_at: datetime | None = None
    heading_for: str = ""
    """The country the carrier says it is for."""
    delivered_city: str = ""
    used_before: Sequence[tuple[str, datetime]] = ()
    """Earlier orders with this number, and when it was given there."""


def pictures(of_file: Iterable[int], known: Iterable[KnownPicture], *, case: str, giver: str) -> tuple[DoubtFlag, ...]:
    """The same picture in another case, or in a listing. `of_file` are its `likenesses`; `known` those `lookup_keys`
    found. The giver's own picture again in another of his cases says more than a listing's, which anybody can copy.
    """
    mine = tuple(of_file)
    flags = []
    for other in known:
        near = min((distance(each, other.likeness) for each in mine), default=64)
        if near <= NEAR and not (other.where == "case" and other.id == case):
            flags.append(_seen_before(other, giver, exact=near <= 2))
    return tuple(dict.fromkeys(flags))


def _seen_before(other: KnownPicture, giver: str, *, exact: bool) -> DoubtFlag:
    alike = "the same picture" if exact else "a picture that looks the same"
    if other.where == "listing":
        sentence = f"Listing {other.id} shows {alike}. It may be the shop's photograph, not one of the goods received."
        return DoubtFlag(Doubt.PICTURE_OF_A_LISTING, sentence, Strength.STRONG if exact else Strength.WEAK)
    who = "the same person" if giver and other.given_by == giver else "somebody else"
    sentence = f"In case {other.id} {who} gave {alike}."
    return DoubtFlag(Doubt.SAME_PICTURE_ELSEWHERE, sentence, Strength.STRONG if exact else Strength.WEAK)


def capture(
    facts: CaptureFacts,
    *,
    ordered_at: datetime,
    delivered_at: datetime | None = None,
    of_goods: bool = True,
    others: Sequence[CaptureFacts] = (),
) -> tuple[DoubtFlag, ...]:
    """When and with what a file says it was made. `of_goods`: it shows what came, so it cannot be older than that.

    `others` are the same person's other files in this case. Metadata are easily lost and easily forged, so a picture
    without any raises nothing, and none of this is more than weak, but for a picture older than the order.
    """
    return (
        *_when(facts, ordered_at, delivered_at if of_goods else None),
        *_with_what(facts, others),
        *_edited(facts),
        *_credentials(facts.credentials),
    )


def _when(facts: CaptureFacts, ordered_at: datetime, delivered_at: datetime | None) -> Iterator[DoubtFlag]:
    taken = facts.taken_at
    if taken is None:
        return
    told = f"Its camera says it was taken on {day_and_time(taken)}"
    if taken < ordered_at - CLOCK_SLACK:
        sentence = f"{told}, before the order was placed ({day_and_time(ordered_at)})."
        yield DoubtFlag(Doubt.TAKEN_BEFORE_THE_ORDER, sentence, Strength.STRONG)
    elif delivered_at is not None and taken < delivered_at - CLOCK_SLACK:
        sentence = f"{told}, before the parcel was delivered ({day_and_time(delivered_at)})."
        yield DoubtFlag(Doubt.TAKEN_BEFORE_DELIVERY, sentence, Strength.WEAK)
    elif taken > facts.received_at + CLOCK_SLACK:
        sentence = f"{told}, after it was sent in ({day_and_time(facts.received_at)}): that clock is wrong."
        yield DoubtFlag(Doubt.TAKEN_LATER_THAN_SENT, sentence, Strength.WEAK)


def _with_what(facts: CaptureFacts, others: Sequence[CaptureFacts]) -> Iterator[DoubtFlag]:
    usual = sorted({other.device for other in others if other.device})
    if facts.device and usual and facts.device not in usual:
        sentence = f"It was taken with {facts.device}; this person's other files with {', '.join(usual)}."
        yield DoubtFlag(Doubt.OTHER_DEVICE, sentence, Strength.WEAK)


_EDITORS = (
    "photoshop", "lightroom", "gimp", "snapseed", "picsart", "canva", "pixelmator", "affinity", "facetune",
    "luminar", "paint.net", "imagemagick", "meitu", "inpaint", "firefly", "midjourney", "stable diffusion", "dall",
)  # fmt: skip
"""In the tag `Software`. A phone writes its own system there, which says nothing."""


def _edited(facts: CaptureFacts) -> Iterator[DoubtFlag]:
    name = facts.software.casefold()
    if any(editor in name for editor in _EDITORS):
        sentence = f"It was saved by {facts.software[:60]}. That may be no more than cropping."
        yield DoubtFlag(Doubt.EDITED, sentence, Strength.WEAK)


_CREDENTIALS = {
    Credentials.VALID: "It carries valid content credentials (C2PA) of a known signer.",
    Credentials.VALID_UNKNOWN_SIGNER: "It carries content credentials (C2PA) that hold, of a signer nobody knows.",
    Credentials.BROKEN: "It carries content credentials (C2PA) that do not fit it: it was changed after them.",
    Credentials.MADE_BY_A_MODEL: "Its content credentials (C2PA) say that a program made it, not a camera.",
}


def _credentials(state: Credentials) -> Iterator[DoubtFlag]:
    """Information only: most honest pictures have none, and sending them through a chat breaks them."""
    if state is not Credentials.NONE:
        yield DoubtFlag(Doubt.CONTENT_CREDENTIALS, _CREDENTIALS[state], Strength.INFORMATION)


def parcel(facts: ParcelFacts) -> tuple[DoubtFlag, ...]:
    """Whether a tracking number can be this order's: R158, R273, a screenshot of somebody else's parcel."""
    return (*_for_where(facts), *_used(facts), *_arrived(facts))


def _for_where(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    shown = numbers.normalise(facts.number)[:40]
    if facts.heading_for and facts.heading_for != facts.destination_country:
        sentence = f"{shown} is on its way to {facts.heading_for}; the order goes to {facts.destination_country}."
        yield DoubtFlag(Doubt.NUMBER_OF_ANOTHER_COUNTRY, sentence, Strength.STRONG)
    if facts.sent_at and facts.first_scan_at and facts.first_scan_at < facts.sent_at - CLOCK_SLACK:
        sentence = (
            f"{shown} was first scanned on {day_and_time(facts.first_scan_at)}, before this parcel was sent "
            f"({day_and_time(facts.sent_at)})."
        )
        yield DoubtFlag(Doubt.NUMBER_SCANNED_TOO_EARLY, sentence, Strength.STRONG)


def _used(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    if facts.used_before:
        order, when = min(facts.used_before, key=lambda use: use[1])
        sentence = f"The same number was given for order {order} on {day_and_time(when)}."
        yield DoubtFlag(Doubt.NUMBER_USED_BEFORE, sentence, Strength.STRONG)


def _arrived(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    there, meant = _plain(facts.delivered_city), _plain(facts.destination_city)
    if there and meant and not _same_place(there, meant):
        sentence = f"It was delivered in {facts.delivered_city}; the order goes to {facts.destination_city}."
        same_script = there.isascii() == meant.isascii()
        strength = Strength.STRONG if same_script else Strength.WEAK  # “Москва” and “Moscow” may be one place
        yield DoubtFlag(Doubt.DELIVERED_TO_ANOTHER_CITY, sentence, strength)


def _plain(city: str) -> str:
    """Without case, marks, signs and what carriers hang on: “SÃO PAULO - SP” reads as “sao paulo sp”."""
    letters = unicodedata.normalize("NFKD", city.replace("ł", "l").replace("Ł", "L")).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def _same_place(one: str, other: str) -> bool:
    """One may hold more words than the other: a district, a state, a hub."""
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first
