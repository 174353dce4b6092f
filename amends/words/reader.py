"""Who reads: a language and a time zone, active for as long as a page or a letter is written."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from babel import Locale
from django.utils import timezone, translation

LANGUAGES: Final = {
    "en": "English",
    "ru": "Русский",
    "zh-hans": "简体中文",
    "pt": "Português",
    "ar": "العربية",
}
"""Each in its own words. Arabic runs from right to left."""
_LOCALES: Final = {"en": "en_001", "zh-hans": "zh_Hans", "pt": "pt_BR"}
"""English as the world writes dates, day before month; amounts are the same in all of it."""


@contextmanager
def reader(language: str, zone: str = "UTC") -> Iterator[None]:
    """Everything written inside is for this reader. An unknown language is English, an unknown zone UTC."""
    with translation.override(known_language(language)), timezone.override(zoneinfo.ZoneInfo(known_zone(zone))):
        yield


def known_language(asked: str) -> str:
    """The language of ours that comes nearest to a tag like `pt-PT` or `zh-CN`; English where none does."""
    tag = asked.strip().lower().replace("_", "-")
    if tag in LANGUAGES:
        return tag
    first = tag.partition("-")[0]
    return "zh-hans" if first == "zh" else first if first in LANGUAGES else "en"


@lru_cache(maxsize=1024)
def known_zone(asked: str) -> str:
    """The zone itself where there is one of that name, else UTC."""
    try:
        zoneinfo.ZoneInfo(asked)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return "UTC"
    return asked


def locale() -> Locale:
    """The reader's locale, for numbers and dates."""
    language = translation.get_language() or "en"
    return _locale(_LOCALES.get(language, language))


@lru_cache(maxsize=16)
def _locale(name: str) -> Locale:
    return Locale.parse(name)
