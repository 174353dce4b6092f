"""Addresses a parcel can be sent to. Country and city say where a place is; a label needs more than that."""

from __future__ import annotations

from . import commands as c
from .private import Private, private
from .refusals import Refused
from .told import Told, told
from .values import Location
from .vocabulary import RefusalCode

MOST_LINES = 3
MOST_PART = 200
"""Characters of one part of an address."""
_WITHOUT = (
    "AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM DJ DM ER FJ GA GD GH GM GN GQ GY HK JM KI KM KN LC ML MO MR"
    " MW NR NU PA QA RW SB SC SL SR ST SY TD TF TG TK TL TO TT TV UG VU WS YE ZW"
)
WITHOUT_POSTCODES = frozenset(_WITHOUT.split())
"""Countries in which no, or hardly any, place has a postcode."""


def located(place: c.Place | None) -> Location | None:
    """The place somebody named, None where none. Raises `Refused` (malformed) where it is no address."""
    if place is None:
        return None
    lines = tuple(Private(line.strip()) for line in place.lines if line.strip())
    if len(lines) > MOST_LINES:
        raise _malformed(
            told("the address has {number} lines", number=len(lines)),
            told("Write street and house in at most {most} lines.", most=MOST_LINES),
        )
    if any(len(part) > MOST_PART for part in (place.name, *place.lines, place.postcode, place.region, place.phone)):
        raise _malformed(
            told("a part of the address is too long"), told("Write at most {most} characters.", most=MOST_PART)
        )
    return Location(
        place.country,
        private(place.city),
        private(place.name.strip()),
        lines,
        private(place.postcode.strip()),
        private(place.region.strip()),
        private(place.phone.strip()),
    )


def _malformed(why: Told, mend: Told) -> Refused:
    return Refused(RefusalCode.MALFORMED, why=why, mend=mend)


def lacking(place: Location | None) -> tuple[str, ...]:
    """What is missing before a parcel can be sent there, as the fields of a place are called; empty where nothing.

    Text of an erased person is there and cannot be read any more: that is missing too.
    """
    if place is None:
        return ("name", "lines", "city", "postcode", "country")
    said = {
        "name": place.name,
        "lines": next((line for line in place.lines if line.plain), None),
        "city": place.city,
        "postcode": place.postcode,
    }
    missing = [name for name, text in said.items() if text is None or not text.plain]
    if not wants_postcode(place.country) and "postcode" in missing:
        missing.remove("postcode")
    return (*missing, *(() if place.country else ("country",)))


def wants_postcode(country: str) -> bool:
    """Whether an address in this country has a postcode; one of two letters, as it comes."""
    return country.upper() not in WITHOUT_POSTCODES
