"""What a tracking number says about itself: whether it can be right, who carries it, where it was posted.

Three answers, because a shop does three different things with them (decision 13): a `valid` number is taken in
silence, one of an `unknown_format` is taken with the warning tracking_unverified, and `wrong_check_digit` is refused.
Refusing is the costly mistake: somebody with a parcel in hand cannot go on. So a number is called wrong only when

* its shape belongs to a carrier that has a check digit, and the digit is wrong;
* no other known shape fits, not even one without a check digit;
* the shape is telling: it has a letter in it (S10, 1Z…), or an application identifier of one carrier at the head.
  Ten to eighteen bare digits are never called wrong, since carriers we do not know number their parcels so too.

A shape without a check digit makes a number `valid` where the carrier's own letters stand in it (TBA…, JJD…), and
`unknown_format` where it is loose: any fourteen digits prove nothing, nor does one digit repeated. An S10 number with
a right check digit from a country that has no post is no S10 number, and nothing else either: `unknown_format`, not
refused, because the fault is not the check digit's and no list of posts is complete.

Source: decision 13; shapes in tracking_formats.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from amends.core.tracking_formats import FORMATS, POSTS, Format, Trust


class Verdict(StrEnum):
    """What is known of a number. Only `wrong_check_digit` is a reason to refuse it."""

    VALID = "valid"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    UNKNOWN_FORMAT = "unknown_format"


class TrackingCheck(NamedTuple):
    """A number, looked at.

    `normal` is the number as machines write it: ASCII capitals and digits, nothing between. `carriers` are those
    whose shape it has (for S10, the post that issued it), empty when there are none. `country` is the S10 number's
    country of posting (ISO 3166, two letters), else None. `hint` is a right number one slip away: with letters read as
    the digits they look like, or with the check digit the other digits ask for; "" when the number is right or
    nothing fits. It is a proposal to look at the label again, never a correction to make without asking.
    """

    normal: str
    verdict: Verdict
    carriers: tuple[str, ...]
    country: str | None
    hint: str


def check(number: str) -> TrackingCheck:
    """Look at a tracking number as a person typed it. Never raises; rubbish is of an unknown format.

    Spaces, dashes, case, full-width and other scripts' digits, and Cyrillic letters that look Latin do not matter.
    Source: decision 13.
    """
    normal = normalise(number)
    verdict, carriers, country = _judge(normal)
    hint = "" if verdict is Verdict.VALID else _hint(normal, verdict)
    return TrackingCheck(normal, verdict, carriers, country, hint)


def same_number(a: str, b: str) -> bool:
    """Whether two people wrote the same parcel's number; False when either wrote nothing.

    The letter O is read as the digit 0 and I as 1, and a label's routing prefix (420 and the ZIP code) is left out:
    no carrier has two parcels that differ only there. Source: decision 13, `tracking_mismatch`.
    """
    one = _identity(normalise(a))
    return one != "" and one == _identity(normalise(b))


def fits(format_id: str, number: str) -> bool:
    """Whether the number has this one format's shape, and its right check digit where the format has one.

    Raises KeyError for a format that is not in `tracking_formats.FORMATS`.
    """
    known = _BY_ID[format_id]
    return _accepted(known, known.pattern.fullmatch(normalise(number)))


class PostalShape(NamedTuple):
    """Two letters, digits, two letters: how many digits, and the country that the last letters name."""

    digits: int
    country: str


POSTAL_DIGITS: Final = 9
"""Of an S10 number, the check digit counted."""


def postal_shape(normal: str) -> PostalShape | None:
    """What looks like a post's (S10) number, also of a post that there is none of, or with a digit too few or too
    many; None for everything else.
    """
    found = _POSTAL.fullmatch(normal)
    return PostalShape(len(found[1]), found[2]) if found else None


def normalise(number: str) -> str:
    """The number as machines write it. Characters no tracking number has stay, so that they are seen, not lost."""
    plain = number if number.isascii() else _to_ascii(number)
    return plain.translate(_SEPARATORS).upper()


# ---------------------------------------------------------------- the judgement


def _judge(normal: str) -> tuple[Verdict, tuple[str, ...], str | None]:
    right: list[str] = []
    loose: list[str] = []
    wrong: list[str] = []
    country: str | None = None
    refusable = not normal.isdigit()
    if normal.strip(normal[:1]) == "":
        return Verdict.UNKNOWN_FORMAT, (), None  # nothing at all, or fifteen zeros, which satisfy many a sum
    for known in _BY_LENGTH.get(len(normal), ()):
        match = known.pattern.fullmatch(normal)
        if match is None:
            continue
        if known.id == "s10":
            if (code := match["country"]) not in POSTS:
                continue  # no such post: not an S10 number, and so no check digit of S10 to be wrong either
            country, carrier = code, POSTS[code]
        else:
            carrier = known.carrier
        if known.trust is Trust.LOOSE:
            loose.append(carrier)
        elif _accepted(known, match):
            right.append(carrier)
        else:
            wrong.append(carrier)
            refusable = refusable or known.telling
    if right:
        return Verdict.VALID, _unique(right), country
    if wrong and refusable and not loose:
        return Verdict.WRONG_CHECK_DIGIT, _unique(wrong), country
    return Verdict.UNKNOWN_FORMAT, _unique(loose), None


def _accepted(known: Format, match: re.Match[str] | None) -> bool:
    if match is None:
        return False
    if known.id == "s10" and match["country"] not in POSTS:
        return False
    if known.trust is not Trust.CHECKED:
        return True
    return _CHECKSUMS[known.checksum](match["serial"]) == match["check"]


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


# ---------------------------------------------------------------- what was probably meant


def _hint(normal: str, verdict: Verdict) -> str:
    """A right number one slip away. Swapped neighbours are not tried: with S10's sum several swaps fit by accident."""
    if len(normal) > _LONGEST:
        return ""
    misread = next((other for other in _letters_read_as_digits(normal) if _is_right(other)), "")
    if misread or verdict is not Verdict.WRONG_CHECK_DIGIT:
        return misread
    return next((other for other in _check_digit_mended(normal) if _is_right(other)), "")


def _is_right(normal: str) -> bool:
    return _judge(normal)[0] is Verdict.VALID


def _letters_read_as_digits(normal: str) -> Iterator[str]:
    """O, I, L, S, B, Z read as digits behind a head of 0 to 5 letters, up to a tail of none or two."""
    for head in range(6):
        for tail in (0, 2):
            middle = normal[head : len(normal) - tail]
            read = middle.translate(_LOOKS_LIKE_A_DIGIT)
            if read != middle:
                yield normal[:head] + read + normal[len(normal) - tail :]


def _check_digit_mended(normal: str) -> Iterator[str]:
    for known in _BY_LENGTH.get(len(normal), ()):
        match = known.pattern.fullmatch(normal)
        if match and known.trust is Trust.CHECKED:
            yield (
                normal[: match.start("check")]
                + _CHECKSUMS[known.checksum](match["serial"])
                + normal[match.end("check") :]
            )


# ---------------------------------------------------------------- check digits: what the digit ought to be


def _mod10(serial: str, evens: int, odds: int) -> str:
    """GS1's sum, weights by place from the left; a letter counts as its code less three (UPS)."""
    total = 0
    for at, letter in enumerate(serial):
        total += (int(letter) if letter.isdigit() else (ord(letter) - 3) % 10) * (odds if at % 2 else evens)
    return str(-total % 10)


def _mod7(serial: str) -> str:
    return str(int(serial) % 7)


def _luhn(serial: str) -> str:
    total = 0
    for at, digit in enumerate(reversed(serial)):
        total += int(digit) if at % 2 else sum(divmod(2 * int(digit), 10))
    return str(-total % 10)


def _s10(serial: str) -> str:
    a, b, c, d, e, f, g, h = map(int, serial)
    remainder = 11 - (8 * a + 6 * b + 4 * c + 2 * d + 3 * e + 5 * f + 9 * g + 7 * h) % 11
    return "0" if remainder == 10 else "5" if remainder == 11 else str(remainder)


def _weighted(serial: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(serial, weights, strict=True)) % 11 % 10)


_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _mod37_36(serial: str) -> str:
    """ISO 7064, MOD 37,36, as DPD's parcel label specification writes it."""
    product = 36
    for letter in serial:
        total = product + _ALPHABET.index(letter)
        product = (total - 36 if total > 36 else total) * 2
        product = product - 37 if product > 36 else product
    return _ALPHABET[(37 - product) % 36]


_CHECKSUMS: Final[dict[str, Callable[[str], str]]] = {
    "s10": _s10,
    "luhn": _luhn,
    "mod7": _mod7,
    "mod37_36": _mod37_36,
    "mod10_3_1": lambda serial: _mod10(serial, 3, 1),
    "mod10_1_3": lambda serial: _mod10(serial, 1, 3),
    "mod10_1_2": lambda serial: _mod10(serial, 1, 2),
    # OnTrac and the older labels of USPS leave out a head that the sum nevertheless counts.
    "mod10_c": lambda serial: _mod10(serial if serial.startswith("4") else "4" + serial, 1, 2),
    "mod10_d": lambda serial: _mod10(serial if serial.startswith("5") else "5" + serial, 1, 2),
    "mod10_91": lambda serial: _mod10(serial if serial.startswith("91") else "91" + serial, 3, 1),
    "weights_317": lambda serial: _weighted(serial, (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)),
    "weights_173": lambda serial: _weighted(serial, (1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)),
}


# ---------------------------------------------------------------- writing a number one way


def _to_ascii(number: str) -> str:
    """Full-width letters, digits of any script, dashes of any length, Cyrillic and Greek capitals that look Latin."""
    written = []
    for letter in unicodedata.normalize("NFKC", number).upper().translate(_LOOKS_LATIN):
        kind = unicodedata.category(letter)
        if kind == "Nd":
            written.append(str(unicodedata.decimal(letter)))
        elif kind not in ("Cf", "Pd", "Zs", "Mn"):
            written.append(letter)
    return "".join(written)


def _identity(normal: str) -> str:
    routed = _ROUTED.fullmatch(normal)
    return (routed[1] if routed else normal).translate(_O_IS_ZERO)


_LONGEST: Final = 45
_BY_ID: Final = {known.id: known for known in FORMATS}
_BY_LENGTH: Final = {
    length: tuple(known for known in FORMATS if length in known.lengths) for length in range(1, _LONGEST + 1)
}
_SEPARATORS: Final = {ord(mark): None for mark in " \t\r\n\v\f-_./,:;#"}
_LOOKS_LATIN: Final = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
_LOOKS_LIKE_A_DIGIT: Final = str.maketrans("OQDILSBZ", "00011582")
_O_IS_ZERO: Final = str.maketrans("OI", "01")
_POSTAL: Final = re.compile(r"[A-Z]{2}(\d{7,11})([A-Z]{2})", re.ASCII)
_ROUTED: Final = re.compile(r"420\d{5}(?:\d{4})?(9[1-5]\d{20}(?:\d{4})?)")
