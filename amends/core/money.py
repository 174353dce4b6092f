"""Money as whole minor units: parsing, writing and sharing out, exact to the last cent.

Nothing here knows a float. The core mostly keeps a bare ``int`` beside the order's one currency;
``Money`` is for the places where the two travel together.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from .told import told

MAX_MINOR: Final = 10**15 - 1
"""The largest amount taken, either side of zero: beyond it somebody mistyped, or is probing."""

_MAX_TEXT: Final = 20
_AMOUNT: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")

# ISO 4217 list one as of 2026. Codes are only ever added: an order paid in a currency that was withdrawn later must
# stay readable. Metals, drawing rights and test codes (XAU, XDR, XTS …) have no minor unit and buy nothing here.
# These are the digits of ISO; a payment provider that counts differently is its adapter's business.
_NO_MINOR_UNIT: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_HUNDREDTHS: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
    "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
    "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
    "YER ZAR ZMW ZWG"
)
_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"
_TEN_THOUSANDTHS: Final = "CLF UYW"

EXPONENTS: Final[Mapping[str, int]] = MappingProxyType(
    dict.fromkeys(_NO_MINOR_UNIT.split(), 0)
    | dict.fromkeys(_HUNDREDTHS.split(), 2)
    | dict.fromkeys(_THOUSANDTHS.split(), 3)
    | dict.fromkeys(_TEN_THOUSANDTHS.split(), 4)
)
"""Digits after the decimal point, by currency code. The one table in the house."""


class UnknownCurrency(ValueError):
    """A code that is not in ``EXPONENTS``; the message names the nearest one that is."""


class MalformedAmount(ValueError):
    """Text that is no amount of its currency; the message says why and what would be."""


class Money(NamedTuple):
    """An amount with its currency: ``Money(4500, "USD")`` is 45.00 USD."""

    minor: int
    currency: str

    @classmethod
    def of(cls, text: str, currency: str) -> Money:
        """Read a decimal string, as ``parse_minor`` does."""
        return cls(parse_minor(text, currency), currency)

    def decimal(self) -> str:
        """The exact decimal string, with as many digits as the currency has: "45.00", "1001", "10.005"."""
        return format_minor(self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal()} {self.currency}"


def exponent(currency: str) -> int:
    """How many digits the currency's minor unit has: 2 for USD, 0 for JPY, 3 for KWD.

    Codes are upper case. Raises ``UnknownCurrency``.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(_unknown(currency)) from None


def parse_minor(text: str, currency: str) -> int:
    """Minor units of a decimal string: "45.00", "45" and "45.0" USD are 4500, "-5.00" is -500.

    Refuses with ``MalformedAmount`` anything a till could not print: more decimals than the currency has,
    exponents, NaN, spaces, signs other than one minus, thousands separators, more than 20 characters, and amounts
    beyond ``MAX_MINOR``. A number that is not text (a float above all) is a ``TypeError``: it may already be wrong.
    """
    if not isinstance(text, str):
        raise TypeError(f'an amount is text such as "{_example(currency)}", not the {type(text).__name__} {text!r}')
    digits = exponent(currency)
    if len(text) > _MAX_TEXT:
        raise MalformedAmount(
            told(
                '"{text}…" is no amount: it has {length} characters, more than any amount has; '
                'write it like "{example}"',
                text=text[:_MAX_TEXT],
                length=len(text),
                example=_example(currency),
            )
        )
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise MalformedAmount(
            told(
                '"{text}" is no amount in {currency}; write digits with a point before the decimals, like "{example}"',
                text=text,
                currency=currency,
                example=_example(currency),
            )
        )
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    if len(fraction) > digits:
        raise MalformedAmount(
            told(
                '"{text}" has more decimals ({decimals}) than {currency} has ({digits}); write it like "{example}"',
                text=text,
                decimals=len(fraction),
                currency=currency,
                digits=digits,
                example=_example(currency),
            )
        )
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > MAX_MINOR:
        most = format_minor(MAX_MINOR, currency)
        raise MalformedAmount(
            told("{text} {currency} is beyond {most}, the most we take", text=text, currency=currency, most=most)
        )
    return -minor if sign else minor


def format_minor(minor: int, currency: str) -> str:
    """The exact decimal string of an amount, without its currency: 4500 USD is "45.00", 1001 JPY is "1001"."""
    digits = exponent(currency)
    if not digits:
        return str(minor)
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{'-' if minor < 0 else ''}{whole}.{fraction:0{digits}d}"


def apportion(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Share ``total`` out in proportion to ``weights`` by largest remainder; ties go to the earlier position.

    The parts always sum to ``total``, a larger weight never gets a smaller part, and where ``total`` is at most the
    sum of the weights no part exceeds its weight: so payments can be weights and caps at once. Weights that are all
    zero put everything on the first; no weights and nothing to share is ``()``.

    Not monotone in ``total``: one unit more can move a unit from one part to another (the Alabama paradox). What was
    shared before must be kept as it was, never worked out again from a new total.

    Raises ``ValueError`` for a negative total or weight, and for something to share among nobody.
    Source: ../spec/decisions.md 11.
    """
    if total < 0:
        raise ValueError(f"cannot share out {total}: a total is zero or more")
    if not weights:
        if total:
            raise ValueError(f"cannot share {total} out among nobody")
        return ()
    if min(weights) < 0:
        raise ValueError(f"cannot share out by {tuple(weights)}: a weight is zero or more")
    whole = sum(weights)
    if whole == 0:
        return (total, *(0 for _ in weights[1:]))
    if whole == total:
        return tuple(weights)
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        # Fewer units are left than parts were rounded down, so only those get one: that is what keeps the caps.
        # sorted() is stable, which is the tie rule.
        for position in sorted(range(len(parts)), key=lambda i: -(total * weights[i] % whole))[:left]:
            parts[position] += 1
    return tuple(parts)


def floor_share(amount: int, part: int, whole: int) -> int:
    """``part`` of ``whole`` of an amount, rounded down: the price of 1 of 3 at 10.00 is 3.33.

    ``amount`` and ``part`` zero or more, ``whole`` at least one. Source: ../spec/decisions.md 11.
    """
    return amount * part // whole


def _unknown(currency: str) -> str:
    near = difflib.get_close_matches(currency.upper(), EXPONENTS, n=1)
    hint = f"did you mean {near[0]}?" if near else "write its three letters, such as EUR or USD"
    return f'"{currency[:_MAX_TEXT]}" is no currency of ISO 4217; {hint}'


def _example(currency: str) -> str:
    return format_minor(45 * 10 ** exponent(currency), currency)
