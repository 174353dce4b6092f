"""Amounts as people type them; what could be two amounts is asked, never guessed."""

from __future__ import annotations

import pytest

from amends import words
from amends.web import typed

READ = [
    ("en", "USD", "20", "20"),
    ("en", "USD", "20.00", "20.00"),
    ("en", "USD", "20,00", "20.00"),
    ("en", "USD", "20,5", "20.5"),
    ("en", "USD", "1,234.50", "1234.50"),
    ("en", "USD", "1.234,50", "1234.50"),
    ("en", "USD", "1,234", "1234"),
    ("en", "USD", "1,234,567.89", "1234567.89"),
    ("en", "USD", "1 234.50", "1234.50"),
    ("en", "USD", "1'234.50", "1234.50"),
    ("en", "USD", "$20", "20"),
    ("en", "USD", "20 USD", "20"),
    ("en", "USD", "-$5", "-5"),
    ("en", "USD", "USD 20.5", "20.5"),
    ("en", "USD", " 20.00\u200e ", "20.00"),
    ("en", "USD", ".5", "0.5"),
    ("en", "USD", "007", "7"),
    ("en", "USD", "-5", "-5"),
    ("en", "USD", "−5,00", "-5.00"),
    ("en", "JPY", "1,234", "1234"),
    ("en", "KWD", "1.234", "1.234"),
    ("pt", "BRL", "1.234,50", "1234.50"),
    ("pt", "BRL", "1.234", "1234"),
    ("pt", "BRL", "R$ 20,00", "20.00"),
    ("pt", "USD", "20.00", "20.00"),
    ("pt", "USD", "US$ 20", "20"),
    ("ru", "RUB", "1 234,50 ₽", "1234.50"),
    ("ru", "RUB", "1\N{NO-BREAK SPACE}234,50 руб.", "1234.50"),
    ("zh-hans", "CNY", "１２．５０元", "12.50"),
    ("zh-hans", "CNY", "¥20", "20"),
    ("ar", "USD", "٢٠٫٥٠", "20.50"),
    ("ar", "USD", "١٬٢٣٤٫٥٠", "1234.50"),
    ("ar", "USD", "۲۰", "20"),
]
NOT_CLEAR = [
    ("en", "USD", "1.234"),
    ("pt", "USD", "1,234"),
    ("ru", "USD", "1.234"),
    ("en", "KWD", "1,234"),
    ("en", "JPY", "1.234"),
    ("en", "JPY", "20.50"),
    ("en", "USD", "20.005"),
    ("en", "USD", "0.005"),
    ("en", "USD", "1.2.3"),
    ("en", "USD", "1,2,3"),
    ("en", "USD", "1.234,567.89"),
    ("en", "USD", "12 34"),
    ("en", "USD", "20 EUR"),
    ("en", "USD", "€20"),
    ("en", "USD", "20-30"),
    ("en", "USD", "$"),
    ("en", "USD", "."),
    ("en", "USD", "+-5"),
    ("en", "USD", "1e5"),
    ("en", "USD", "twenty"),
    ("en", "USD", "20 USD USD"),
    ("en", "USD", "²0"),
    ("en", "USD", "1" * 61),
]


@pytest.mark.parametrize(("language", "currency", "given", "meant"), READ)
def test_what_is_clear_is_read(language: str, currency: str, given: str, meant: str) -> None:
    with words.reader(language):
        assert typed.amount(given, currency) == meant


@pytest.mark.parametrize(("language", "currency", "given"), NOT_CLEAR)
def test_what_is_not_clear_is_asked(language: str, currency: str, given: str) -> None:
    with words.reader(language), pytest.raises(typed.NotClear):
        typed.amount(given, currency)


def test_what_could_be_two_amounts_is_shown_as_both() -> None:
    with words.reader("en"), pytest.raises(typed.NotClear, match=r"1234\.00 if you mean the larger amount, or 1\.23\."):
        typed.amount("1.234", "USD")


@pytest.mark.parametrize("language", ["en", "ru", "pt", "zh-hans", "ar"])
@pytest.mark.parametrize("amount", ["0.00", "20.00", "1234.50", "999999.99"])
def test_what_stands_in_a_field_is_read_as_what_it_was(language: str, amount: str) -> None:
    with words.reader(language):
        assert typed.amount(typed.shown(amount), "USD") == amount
