"""What can go wrong with somebody's export, as sentences.

`Unusable` ends the whole import (exit status 2); `BadCell` costs one row, which is refused and reported
while the others go on.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Unusable(Exception):
    """The file, its mapping or the place to write to cannot be used at all; the message says where and why."""


class BadCell(Exception):
    """One value cannot be read: `code` for programs, `sentence` for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "zone"?` where something known is near, else the empty string."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def shown(text: str, most: int = 40) -> str:
    """Somebody's text, safe and short enough to stand inside a sentence."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return '"' + "".join(c if c.isprintable() else "�" for c in cut) + '"'
