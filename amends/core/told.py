"""English texts that remember what they were made of, so that somebody else can say the same in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import Formatter
from typing import NamedTuple


class Sentence(NamedTuple):
    """A text with names in braces, and what stands there. The template is what is translated."""

    template: str
    facts: Mapping[str, object]


class Told(str):
    """Text as English readers read it, with the value it tells beside it: a `Sentence`, `Money`, a word of ours."""

    value: object

    def __new__(cls, text: str, value: object) -> Told:
        made = super().__new__(cls, text)
        made.value = value
        return made


def told(template: str, **facts: object) -> Told:
    """The template filled in. Translated by its template, so write that as a literal."""
    return Told(template.format(**facts), Sentence(template, facts))


def listed(words: Iterable[str]) -> Told:
    """Words of ours one after the other: "buyer, seller"."""
    listed = tuple(words)
    return Told(", ".join(listed), listed)


def recognised(text: str, templates: Iterable[str], words: Iterable[str] = ()) -> str:
    """A text that lost its template on the way, through a table or another process: with it again, where one fits.

    The facts come back as text; those among `words` are ours and can be translated too.
    """
    if isinstance(text, Told):
        return text
    for template in sorted(templates, key=len, reverse=True):  # the longest says the most, where two would fit
        found = _pattern(template).fullmatch(text)
        if found:
            known = frozenset(words)
            facts = {name: told(fact) if fact in known else fact for name, fact in found.groupdict().items()}
            return Told(text, Sentence(template, facts))
    return text


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
    return re.compile("".join(parts), re.DOTALL)
