"""Shares as the reader writes them."""

from __future__ import annotations

import copy
from decimal import Decimal

from .reader import locale


def percent(per_ten_thousand: int) -> str:
    """“3.1%”, “3,1 %”: of a count of ten thousandths, with one digit behind the point."""
    here = locale()
    pattern = copy.copy(here.percent_formats[None])
    pattern.frac_prec = (1, 1)
    written: str = pattern.apply(Decimal(per_ten_thousand) / 10_000, here)
    return written
