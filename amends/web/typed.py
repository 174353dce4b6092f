"""Amounts as people type them, in their own language, read into the core's decimal text; what is not clear is asked.

“20”, “20,00”, “1.234,50”, “１２”, “٢٠٫٥٠”, “R$ 20” are amounts. “1.234” of a currency with two decimals is one only
where the reader's language groups digits by points; elsewhere nobody can say what was meant, and nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol
from django.utils.translation import gettext as _

from amends import words
from amends.core.money import exponent
from amends.words.reader import locale

MOST = 60
"""Characters, with everything around the digits."""
_GROUPED = re.compile(r"[0-9]{1,3}([^0-9][0-9]{3})+")
_APART = str.maketrans({"'": " ", "’": " ", "`": " ", "_": " ", "٬": " ", "٫": "\x00", "،": ","})
_MINUS = "-−–—﹣－"


class NotClear(ValueError):
    """What was typed is no amount, or could be two: the message asks for what would be clear."""


def amount(typed: str, currency: str) -> str:
    """The amount as decimal text (“1234.50”), perhaps below zero; its decimals are never rounded.

    Raises `NotClear` with a sentence for whoever typed it. Whether the amount may be asked for is the core's to say.
    """
    if len(typed) > MOST:
        raise NotClear(_no_amount(currency))
    bare = _without_currency(_plain(typed), currency)
    negative = bool(bare) and bare[0] in _MINUS
    digits = (bare[1:].strip() if negative else bare).translate(_APART)
    if not re.fullmatch(r"[0-9., \x00]*[0-9][0-9., \x00]*", digits):
        raise NotClear(_no_amount(currency))
    whole, fraction = _parts(digits, currency)
    if len(fraction) > exponent(currency):
        raise NotClear(_too_fine(currency))
    value = f"{int(whole or '0')}.{fraction}" if fraction else str(int(whole or "0"))
    return f"-{value}" if negative else value


def shown(minor_text: str) -> str:
    """A decimal text as the reader would type it, to stand in a field: “20.00”, “20,00”."""
    digits = len(minor_text.partition(".")[2])
    pattern = f"0.{'0' * digits}" if digits else "0"
    return format_decimal(Decimal(minor_text), format=pattern, locale=locale())


def _plain(typed: str) -> str:
    """ASCII digits and separators: wide and Arabic digits are digits, marks of writing direction are nothing."""
    found = []
    for letter in unicodedata.normalize("NFKC", _without_small_digits(typed)):
        kind = unicodedata.category(letter)
        if kind == "Nd":
            found.append(str(unicodedata.digit(letter)))
        elif kind == "Zs":
            found.append(" ")
        elif kind not in ("Cf", "Cc"):
            found.append(letter)
    return "".join(found).strip()


def _without_small_digits(typed: str) -> str:
    """“²” is not 2: what only looks like a digit stays no amount."""
    return "".join("?" if unicodedata.category(letter) in ("No", "Nl") else letter for letter in typed)


def _without_currency(text: str, currency: str) -> str:
    """The number alone. The order's own code or sign may stand beside it; another currency is not taken for it."""
    signs = {currency, get_currency_symbol(currency, locale()), *_SIGNS.get(currency, ())}
    for sign in sorted(signs, key=len, reverse=True):
        low = text.casefold()
        mark = sign.casefold()
        if low.startswith(mark):
            return text[len(mark) :].strip()
        if low.startswith(tuple(minus + mark for minus in _MINUS)):
            return text[0] + text[1 + len(mark) :].strip()
        if low.endswith(mark):
            return text[: -len(mark)].strip()
    if re.search(r"[^\W\d_]|[$€£¥₽₩₹₺]", text) and re.search(r"[0-9]", text):
        raise NotClear(_("The order was paid in %(currency)s. Write the amount in it.") % {"currency": currency})
    return text


_SIGNS = {
    "USD": ("$", "US$", "dollars", "dólares", "долларов", "долл.", "美元", "دولار"),
    "EUR": ("€", "euros", "euro", "евро", "欧元", "يورو"),
    "GBP": ("£",),
    "BRL": ("R$", "reais"),
    "RUB": ("₽", "руб.", "руб", "р.", "рублей"),
    "CNY": ("¥", "元", "人民币"),
    "JPY": ("¥", "円"),
}


def _parts(digits: str, currency: str) -> tuple[str, str]:
    """Whole units and decimals, by the marks between the digits."""
    digits = digits.strip()
    if "\x00" in digits:  # the Arabic decimal mark says it outright
        whole, _mark, fraction = digits.partition("\x00")
        return _joined(whole, currency, " ,."), _only_digits(fraction, currency)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last = max(digits.rfind("."), digits.rfind(","))
        if digits.count(digits[last]) > 1:
            raise NotClear(_no_amount(currency))
        group = "," if digits[last] == "." else "."
        return _joined(digits[:last], currency, " " + group), _only_digits(digits[last + 1 :], currency)
    if points + commas > 1:
        return _joined(digits, currency, ".,"), ""
    if points + commas == 1:
        return _one_mark(digits, "." if points else ",", currency)
    return _joined(digits, currency, " "), ""


def _one_mark(digits: str, mark: str, currency: str) -> tuple[str, str]:
    """One point or one comma: before one or two digits it is decimal; before three the language decides, or nobody."""
    whole, _mark, fraction = digits.partition(mark)
    fraction = _only_digits(fraction, currency)
    joined = _joined(whole, currency, " ")
    if len(fraction) != 3 or not 1 <= len(joined) <= 3 or joined.startswith("0"):
        return joined, fraction
    symbols = locale().number_symbols["latn"]
    decimals = exponent(currency) >= 3
    if mark == symbols["group"] and not decimals:
        return joined + fraction, ""
    if mark == symbols["decimal"] and decimals:
        return joined, fraction
    raise NotClear(
        _("“%(typed)s” can be read in two ways. Write %(large)s if you mean the larger amount, or %(small)s.")
        % {
            "typed": digits,
            "large": shown(joined + fraction + _zeros(currency)),
            "small": shown(f"{joined}.{fraction[: exponent(currency)]}") if exponent(currency) else joined,
        }
    )


def _zeros(currency: str) -> str:
    digits = exponent(currency)
    return f".{'0' * digits}" if digits else ""


def _joined(whole: str, currency: str, groups: str) -> str:
    """Digits without what groups them by threes; one kind of mark only."""
    whole = whole.strip()
    marks = set(whole) - set("0123456789")
    if not marks:
        return whole
    if len(marks) > 1 or not marks <= set(groups) or not _GROUPED.fullmatch(whole):
        raise NotClear(_no_amount(currency))
    return whole.replace(marks.pop(), "")


def _only_digits(fraction: str, currency: str) -> str:
    fraction = fraction.strip()
    if fraction and not fraction.isdecimal():
        raise NotClear(_no_amount(currency))
    return fraction


def _no_amount(currency: str) -> str:
    return _("This is no amount. Write it like %(example)s.") % {"example": words.money(_example(currency), currency)}


def _too_fine(currency: str) -> str:
    return _("%(currency)s has no such small part. Write the amount like %(example)s.") % {
        "currency": currency,
        "example": words.money(_example(currency), currency),
    }


def _example(currency: str) -> int:
    return 1250 if exponent(currency) == 2 else 20 * 10 ** exponent(currency)
