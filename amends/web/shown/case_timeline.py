"""What happened, the newest first: acts as sentences, messages as talk, warnings beside what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from amends import words
from amends.core import events as e
from amends.core.private import Private
from amends.core.vocabulary import Party
from amends.web import translating

from .case_evidence import who
from .case_matter import Matter, Numbered
from .case_terms import warnings

QUOTED = ("finding", "text", "reason")
"""Fields somebody wrote: they stand below the sentence, as he wrote them."""


class Translated(NamedTuple):
    """What came of a reader's wish to read something in his language."""

    number: int
    text: str
    trouble: str


class Entry(NamedTuple):
    number: int
    at: datetime
    talk: bool
    mine: bool
    who: str
    actor: str
    """The name of who of the staff did it; the history keeps it from everybody else."""
    sentence: str
    """Of an act; of a message it is empty."""
    tracking: str
    """The number a parcel was given, where one was."""
    texts: tuple[str, ...]
    erased: bool
    """Something was written that nobody can read any more."""
    warnings: tuple[str, ...]
    language: str
    """In which it is written, where that is another than the reader's; else empty."""
    translatable: bool
    translated: Translated | None


def timeline(matter: Matter, language: str, translated: Translated | None = None) -> tuple[Entry, ...]:
    """Everything the reader may see, lapses that are due but not written included. `language` is the reader's."""
    return tuple(_entry(matter, one, language, translated) for one in reversed(matter.history))


def written(matter: Matter, number: int) -> str | None:
    """What somebody wrote with the event of that number; None where there is none, or not for this reader."""
    event = next((one.event for one in matter.history if one.number == number), None)
    if event is None:
        return None
    return "\n\n".join(text.plain for text in _texts(event) if text.plain) or None


def _entry(matter: Matter, one: Numbered, language: str, translated: Translated | None) -> Entry:
    event = one.event
    talk = isinstance(event, e.MessageSent)
    texts = list(_texts(event))
    plain = tuple(text.plain for text in texts if text.plain)
    foreign = "" if event.by is matter.viewer else translating.foreign("\n".join(plain), language)
    mine = event.by is matter.viewer and not matter.staff  # the colleague who did it is somebody else
    flags: frozenset[str] = getattr(event, "flags", frozenset())
    return Entry(
        one.number,
        event.at,
        talk,
        mine,
        who(event.by, matter.viewer),
        event.actor,
        "" if talk else _told(matter, event),
        _number(event),
        plain,
        any(text.plain is None for text in texts),
        () if _beside_its_terms(matter, event) else tuple(warnings(flags)),
        foreign,
        bool(foreign) and translating.possible(),
        translated if translated is not None and translated.number == one.number else None,
    )


def _told(matter: Matter, event: e.Event) -> str:
    if matter.staff:
        return words.event(matter.order, event, None, names=True)
    return words.event(matter.order, event, matter.viewer)


def _beside_its_terms(matter: Matter, event: e.Event) -> bool:
    """The newest offer stands with its warnings beside the claim; they are not said twice."""
    newest = max((one.number for one in matter.dispute.terms if one.by is Party.SELLER), default=0)
    return isinstance(event, e.OfferMade) and event.number == newest


def _number(event: e.Event) -> str:
    tracking = getattr(event, "tracking", None)
    return (tracking.plain or "") if isinstance(tracking, Private) else ""


def _texts(event: e.Event) -> Iterator[Private]:
    for name in QUOTED:
        text = getattr(event, name, None)
        if isinstance(text, Private):
            yield text
    if isinstance(event, e.EvidenceAdded) and event.file.comment is not None:
        yield event.file.comment
