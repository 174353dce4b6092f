"""Truth checks: what a mediator should look at twice. Flags, never verdicts.

Each takes facts somebody else gathered and gives flags with a sentence and a strength. No flag decides anything: a
camera's clock may be wrong, a stolen picture may be the buyer's own from the listing. Rulebook R158, R273.
What is said: sentences.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from amends.core import tracking as numbers
from amends.core.refusals import day_and_time
from amends.core.told import Told, told

from .likeness import NEAR, distance
from .sentences import ENGLISH, Credentials, Doubt

CLOCK_SLACK = timedelta(days=1)
"""How wrong a camera's clock and an unsaid time zone may be together before it is worth a look."""
EXACT = 2
"""The largest distance of pictures that differ by no more than another encoding."""


class Strength(StrEnum):
    """How much a flag says. `information` speaks neither for nor against anybody."""

    INFORMATION = "information"
    WEAK = "weak"
    STRONG = "strong"


class DoubtFlag(NamedTuple):
    """What was noticed; for mediators only."""

    code: Doubt
    sentence: str
    strength: Strength


class CaptureFacts(NamedTuple):
    """What a file's original says of itself, before metadata was taken away. All of it can be forged."""

    received_at: datetime
    taken_at: datetime | None = None
    device: str = ""
    software: str = ""
    credentials: Credentials = Credentials.NONE


class KnownPicture(NamedTuple):
    """A picture seen before: its likeness where it has one, and where: `case` or `listing`, its id, who gave it, and
    the SHA-256 of the file.
    """

    likeness: int | None
    where: str
    id: str
    given_by: str = ""
    sha256: str = ""


class ParcelFacts(NamedTuple):
    """What is known of a number and where it went; "" and None are not known, and raise no flag."""

    number: str
    destination_country: str
    destination_city: str = ""
    sent_at: datetime | None = None
    first_scan_at: datetime | None = None
    heading_for: str = ""
    """The country the carrier says it is for."""
    sent_from: str = ""
    """The country of whoever sends it."""
    delivered_city: str = ""
    used_before: Sequence[tuple[str, datetime]] = ()
    """Earlier orders with this number, and when it was given there."""
    used_after: Sequence[tuple[str, datetime]] = ()
    """Later ones."""
    sent_under: Sequence[str] = ()
    """The numbers that this order's parcels were sent under; empty where the number is one of a parcel itself."""


def pictures(
    of_file: Iterable[int],
    known: Iterable[KnownPicture],
    *,
    case: str,
    giver: str,
    photograph: bool = True,
    sha256: str = "",
) -> tuple[DoubtFlag, ...]:
    """The same picture in another case, or in a listing. `of_file` are its `likenesses`; `known` those `lookup_keys`
    found. The giver's own picture again in another of his cases says more than a listing's, which anybody can copy.

    Screens and papers of one kind look alike whoever shows them. So without `photograph` only what looks exactly the
    same is told, and told as weak, unless it is the very file, by its `sha256`. Each place is told of once.
    """
    mine = tuple(of_file)
    nearest: dict[tuple[str, str, str], tuple[int, KnownPicture]] = {}
    for other in known:
        if other.where == "case" and other.id == case:
            continue
        found = _how_near(mine, sha256, other)
        place = (other.where, other.id, other.given_by)
        if found <= (NEAR if photograph else EXACT) and (place not in nearest or found < nearest[place][0]):
            nearest[place] = found, other
    return tuple(_seen_before(other, giver, found, photograph) for found, other in nearest.values())


def _how_near(mine: Sequence[int], sha256: str, other: KnownPicture) -> int:
    """The distance of two pictures; less than none where both are the very same file."""
    if sha256 and other.sha256 == sha256:
        return _SAME_FILE
    return 64 if other.likeness is None else min((distance(each, other.likeness) for each in mine), default=64)


_SAME_FILE = -1


def _seen_before(other: KnownPicture, giver: str, near: int, photograph: bool) -> DoubtFlag:
    strong = near == _SAME_FILE or (near <= EXACT and photograph)
    strength = Strength.STRONG if strong else Strength.WEAK
    said = "the_same_file" if near == _SAME_FILE else "the_same_picture" if near <= EXACT else "looks_the_same"
    alike = told(ENGLISH.words[said])
    if other.where == "listing":
        return _flag(Doubt.PICTURE_OF_A_LISTING, strength, listing=other.id, alike=alike)
    who = told(ENGLISH.words["the_same_person" if giver and other.given_by == giver else "somebody_else"])
    return _flag(Doubt.SAME_PICTURE_ELSEWHERE, strength, case=other.id, who=who, alike=alike)


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
    without any raises nothing, and none of this is more than weak, but for goods shown before they were ordered.
    """
    return (
        *_when(facts, ordered_at, delivered_at, of_goods=of_goods),
        *_with_what(facts, others),
        *_edited(facts),
        *_credentials(facts.credentials),
    )


def _when(
    facts: CaptureFacts, ordered_at: datetime, delivered_at: datetime | None, *, of_goods: bool
) -> Iterator[DoubtFlag]:
    taken = facts.taken_at
    if taken is None:
        return
    told = _instant(taken)
    if taken < ordered_at - CLOCK_SLACK:
        strength = Strength.STRONG if of_goods else Strength.WEAK
        yield _flag(Doubt.TAKEN_BEFORE_THE_ORDER, strength, taken=told, ordered=_instant(ordered_at))
    elif of_goods and delivered_at is not None and taken < delivered_at - CLOCK_SLACK:
        yield _flag(Doubt.TAKEN_BEFORE_DELIVERY, Strength.WEAK, taken=told, delivered=_instant(delivered_at))
    elif taken > facts.received_at + CLOCK_SLACK:
        received = _instant(facts.received_at)
        yield _flag(Doubt.TAKEN_LATER_THAN_SENT, Strength.WEAK, taken=told, received=received)


def _with_what(facts: CaptureFacts, others: Sequence[CaptureFacts]) -> Iterator[DoubtFlag]:
    usual = sorted({other.device for other in others if other.device})
    if facts.device and usual and facts.device not in usual:
        yield _flag(Doubt.OTHER_DEVICE, Strength.WEAK, device=facts.device, usual=", ".join(usual))


_EDITORS = (
    "photoshop", "lightroom", "gimp", "snapseed", "picsart", "canva", "pixelmator", "affinity", "facetune",
    "premiere", "after effects", "capcut", "davinci", "imovie", "final cut", "inshot", "kinemaster", "filmora",
    "clipchamp", "kdenlive", "shotcut", "openshot", "vegas pro", "videoleap", "youcut", "powerdirector",
    "luminar", "paint.net", "imagemagick", "meitu", "inpaint", "firefly", "midjourney", "stable diffusion", "dall",
)  # fmt: skip
"""In the tag `Software`, or that of a video's encoder. A phone writes its own system there, which says nothing."""


def _edited(facts: CaptureFacts) -> Iterator[DoubtFlag]:
    name = facts.software.casefold()
    if any(editor in name for editor in _EDITORS):
        yield _flag(Doubt.EDITED, Strength.WEAK, program=facts.software[:60])


def _credentials(state: Credentials) -> Iterator[DoubtFlag]:
    """Information only: most honest pictures have none, and sending them through a chat breaks them."""
    if state is not Credentials.NONE:
        yield _flag(Doubt.CONTENT_CREDENTIALS, Strength.INFORMATION, state=told(ENGLISH.credentials[state]))


def parcel(facts: ParcelFacts) -> tuple[DoubtFlag, ...]:
    """Whether a tracking number can be this order's: R158, R273, a screenshot of somebody else's parcel."""
    return (*_for_where(facts), *_used(facts), *_arrived(facts))


def _for_where(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    shown = numbers.normalise(facts.number)[:40]
    if facts.sent_under and not any(numbers.same_number(facts.number, each) for each in facts.sent_under):
        yield _flag(Doubt.NUMBER_NOT_OF_THIS_ORDER, Strength.WEAK, number=shown)
    if facts.heading_for and facts.destination_country and facts.heading_for != facts.destination_country:
        meant = facts.destination_country
        code = Doubt.NUMBER_OF_ANOTHER_COUNTRY
        yield _flag(code, Strength.STRONG, number=shown, country=facts.heading_for, meant=meant)
    origin = numbers.check(facts.number).country
    if origin and facts.sent_from and origin != facts.sent_from:
        yield _flag(Doubt.NUMBER_POSTED_ELSEWHERE, Strength.WEAK, number=shown, country=origin, home=facts.sent_from)
    if facts.sent_at and facts.first_scan_at and facts.first_scan_at < facts.sent_at - CLOCK_SLACK:
        scanned, sent = _instant(facts.first_scan_at), _instant(facts.sent_at)
        yield _flag(Doubt.NUMBER_SCANNED_TOO_EARLY, Strength.STRONG, number=shown, scanned=scanned, sent=sent)


def _used(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    """Whoever gave a number first may not know who gave it after him: the later use is a weak flag here."""
    before, after = facts.used_before, facts.used_after
    for code, strength, uses in (
        (Doubt.NUMBER_USED_BEFORE, Strength.STRONG, before),
        (Doubt.NUMBER_USED_ELSEWHERE, Strength.WEAK, () if before else after),
    ):
        if uses:
            order, when = min(uses, key=lambda use: use[1])
            yield _flag(code, strength, order=order, given=_instant(when))


def _arrived(facts: ParcelFacts) -> Iterator[DoubtFlag]:
    there, meant = _plain(facts.delivered_city), _plain(facts.destination_city)
    if there and meant and not _same_place(there, meant):
        same_script = there.isascii() == meant.isascii()
        strength = Strength.STRONG if same_script else Strength.WEAK  # “Москва” and “Moscow” may be one place
        code = Doubt.DELIVERED_TO_ANOTHER_CITY
        yield _flag(code, strength, city=facts.delivered_city, meant=facts.destination_city)


def _instant(at: datetime) -> Told:
    return Told(day_and_time(at), at)


def _flag(code: Doubt, strength: Strength, **values: str) -> DoubtFlag:
    return DoubtFlag(code, told(ENGLISH.doubts[code], **values), strength)


def _plain(city: str) -> str:
    """Without case, marks, signs and what carriers hang on: “SÃO PAULO - SP” reads as “sao paulo sp”."""
    letters = unicodedata.normalize("NFKD", city.replace("ł", "l").replace("Ł", "L")).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in letters if not unicodedata.combining(letter))
    return " ".join(kept.split())


def _same_place(one: str, other: str) -> bool:
    """One may hold more words than the other: a district, a state, a hub."""
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first
