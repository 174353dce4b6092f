"""Saying in the reader's language what the core told in English: its template and, in it, each fact by its kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from amends.core.durations import BusinessDays, Period
from amends.core.money import Money
from amends.core.told import Sentence, Told

from . import tables
from .dates import day, instant
from .lengths import length
from .money import money

T = TypeVar("T")


def say(text: str) -> str:
    """A text of ours for the reader.

    A `Told` is said by its template and its facts; any other is looked up as it stands and, where it is none of
    ours, stays as it is.
    """
    if isinstance(text, Told):
        return value(text.value)
    return _(text) if text else ""


def value(fact: object) -> str:
    """A fact inside a sentence: amounts, instants and words of ours as the reader writes them, texts as they are."""
    match fact:
        case Told():
            return value(fact.value)
        case Sentence(template, facts):
            return _(template).format_map({name: value(one) for name, one in facts.items()})
        case Money(minor, currency):
            return money(minor, currency)
        case Period() | BusinessDays():
            return length(fact)
        case datetime():
            return instant(fact)
        case date():
            return day(fact)
        case StrEnum():
            return tables.word(fact)
        case tuple():
            return listed(value(one) for one in fact)
        case _:
            return str(fact)


def listed(parts: Iterable[str]) -> str:
    """One after the other, with what stands between them in the reader's language."""
    return pgettext("list", ", ").join(parts)


def table(english: T) -> T:
    """The same table (mappings, tuples, named tuples of texts) with every text in the reader's language."""
    found: T = _translated(english)
    return found


def _translated(part: Any) -> Any:
    match part:
        case StrEnum():
            return part
        case str():
            return say(part)
        case dict():
            return {key: _translated(one) for key, one in part.items()}
        case tuple():
            parts = [_translated(one) for one in part]
            return type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
        case _:
            return part
