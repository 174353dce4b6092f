"""What the people of the demonstration wrote, in every language its pages speak.

A sandbox needs no translator outside it: its own texts stand here, and of anything else nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_WHERE = Path(__file__).with_suffix(".json")
BETWEEN = "\n\n"
"""Stands between the parts of one act: what was found, and the reasons."""


def translation(text: str, into: str) -> str | None:
    """The told text in the language `into`, one of `words.LANGUAGES`; None where a part of it was not told."""
    found = [_known().get(part.strip(), {}).get(into) for part in text.split(BETWEEN)]
    parts = [part for part in found if part is not None]
    return BETWEEN.join(parts) if len(parts) == len(found) else None


@cache
def _known() -> Mapping[str, Mapping[str, str]]:
    """Each text, in whichever language it is written, and what it says in all of them."""
    rows: list[dict[str, str]] = json.loads(_WHERE.read_text(encoding="utf-8"))
    return {text: row for row in rows for text in row.values()}
