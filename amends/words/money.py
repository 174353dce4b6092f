"""Amounts as the reader writes them; the currency's code always stands with them."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from amends.core.money import format_minor

from .reader import locale


def money(minor: int, currency: str) -> str:
    """“1,234.50 USD”, “1.234,50 BRL”: digits by the reader's locale, as many as the currency has."""
    exact = format_minor(minor, currency)
    digits = len(exact.partition(".")[2])
    shown = format_decimal(Decimal(exact), format=f"#,##0.{'0' * digits}" if digits else "#,##0", locale=locale())
    # Between Arabic letters the mark keeps the digits before their code, as in every other language.
    mark = "\N{LEFT-TO-RIGHT MARK}" if locale().language == "ar" else ""
    return f"{mark}{shown}\N{NO-BREAK SPACE}{currency}"
