"""In which language something is written, and its translation for whoever cannot read it."""

from __future__ import annotations

from typing import NamedTuple

from amends.core import sight
from amends.core.private import Private
from amends.web import translating

from .case_matter import Matter

FILE = "f-"
"""Before a file's id: its comment is asked for. A number alone asks for what was written with that event."""


class Translated(NamedTuple):
    """What came of a reader's wish to read something in his language."""

    what: str
    text: str
    trouble: str


class Reader(NamedTuple):
    """In which language somebody reads, and what he has asked for."""

    language: str
    translated: Translated | None = None


class Tongue(NamedTuple):
    """What stands beside a text that is in another language than the reader's."""

    what: str
    """What to ask for, as in `Translated`."""
    language: str
    """Its name, in the reader's."""
    possible: bool
    """Somebody can translate it."""
    translated: Translated | None


def tongue(reader: Reader, what: str, text: str, *, mine: bool) -> Tongue | None:
    """None where it is his language, his own text, or nobody can tell."""
    language = "" if mine or not text else translating.foreign(text, reader.language)
    if not language:
        return None
    known = reader.translated if reader.translated is not None and reader.translated.what == what else None
    return Tongue(what, language, translating.possible(text, into=reader.language), known)


def comment(matter: Matter, what: str) -> str | None:
    """The comment on a file the reader may see; None where there is none."""
    wanted = what.removeprefix(FILE)
    found = (one.file.comment for one in sight.evidence(matter.dispute, matter.viewer) if one.file.id == wanted)
    text: Private | None = next(found, None)
    return text.plain or None if text is not None else None
