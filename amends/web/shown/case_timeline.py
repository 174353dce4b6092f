"""What happened, the newest first: acts as sentences, messages as talk, warnings beside what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from amends import words
from amends.core import events as e
from amends.core.private import Private
from amends.core.vocabulary import Party

from .case_evidence import who
from .case_language import FILE, Reader, Tongue, comment, tongue
from .case_matter import Matter, Numbered
from .case_terms import warnings

QUOTED = ("finding", "text", "reason")
"""Fields somebody wrote: they stand below the sentence, as he wrote them."""


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
    tongue: Tongue | None
    """Where it is in another language than the reader's."""


def timeline(matter: Matter, reader: Reader) -> tuple[Entry, ...]:
    """Everything the reader may see, lapses that are due but not written included."""
    return tuple(_entry(matter, one, reader) for one in reversed(matter.history))


def written(matter: Matter, what: str) -> str | None:
    """What somebody wrote, by `Translated.what`; None where there is nothing, or not for this reader."""
    if what.startswith(FILE):
        return comment(matter, what)
    event = next((one.event for one in matter.history if str(one.number) == what), None)
    return _whole([text.plain for text in _texts(event) if text.plain]) if event is not None else None


def _whole(texts: Iterable[str]) -> str | None:
    return "\n\n".join(texts) or None


def _entry(matter: Matter, one: Numbered, reader: Reader) -> Entry:
    event = one.event
    talk = isinstance(event, e.MessageSent)
    texts = list(_texts(event))
    plain = tuple(text.plain for text in texts if text.plain)
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
        tongue(reader, str(one.number), _whole(plain) or "", mine=event.by is matter.viewer),
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
    if isinstance(event, e.EvidenceRequested):
        yield from (thing.text for thing in event.wanted)
