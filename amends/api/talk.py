"""The timeline: events as sentences and data, and what people wrote, as one viewer may see them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from amends.core import events as e
from amends.core import sight
from amends.core.durations import Period, format_instant
from amends.core.order import Order
from amends.core.private import Private
from amends.core.vocabulary import Party
from amends.stories.telling import sentence

Numbered = tuple[int, e.Event]
BESIDE = frozenset({"at", "by", "dispute"})


class Talk:
    """An order's history as `viewer` may see it: which texts stand in it, and where."""

    def __init__(self, order: Order, history: Sequence[e.Event], viewer: Party) -> None:
        self.order = order
        self.events: tuple[Numbered, ...] = tuple(
            (at + 1, event) for at, event in sight.numbered(order, history, viewer)
        )

    def timeline(self) -> list[dict[str, Any]]:
        return [
            {
                "number": number,
                "at": format_instant(event.at),
                "by": event.by.value,
                "type": type(event).__name__,
                "sentence": sentence(self.order, event),
                "dispute": getattr(event, "dispute", None),
                "data": _data(event),
            }
            for number, event in self.events
        ]

    def messages(self, dispute: int) -> list[dict[str, Any]]:
        return [
            {"number": number, "at": format_instant(event.at), "by": event.by.value, "text": event.text.plain}
            for number, event in self.events
            if isinstance(event, e.MessageSent) and event.dispute == dispute
        ]

    def terms(self, dispute: int, number: int) -> str | None:
        """What was written with the claim or offer of that number."""
        for _, event in self.events:
            match event:
                case e.DisputeOpened(dispute=found, text=text) if found == dispute and number == 1:
                    return text.plain if text else None
                case (
                    e.ClaimRevised(dispute=found, number=counted, text=text)
                    | e.OfferMade(dispute=found, number=counted, text=text)
                ) if found == dispute and counted == number:
                    return text.plain if text else None
                case _:
                    pass
        return None


def told(order: Order, events: Iterable[tuple[int, e.Event]], viewer: Party) -> list[dict[str, Any]]:
    """What an act made, without anybody's own words: an answer that is given again must be the same again."""
    numbers, made = [], []
    for number, event in events:
        numbers.append(number)
        made.append(wordless(event))
    return [
        {
            "number": numbers[at],
            "type": type(event).__name__,
            "at": format_instant(event.at),
            "sentence": sentence(order, event),
        }
        for at, event in sight.numbered(order, made, viewer)
    ]


def wordless(event: e.Event) -> e.Event:
    """The event without the plain form of any personal text."""
    bare: e.Event = _wordless(event)
    return bare


def _wordless(value: Any) -> Any:
    if isinstance(value, Private):
        return Private(None, value.ref, value.digest) if value.plain is not None else value
    if isinstance(value, tuple):
        parts = [_wordless(part) for part in value]
        if all(new is old for new, old in zip(parts, value, strict=True)):
            return value
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, e.Event):
        changes = {field.name: _wordless(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value


def _data(event: e.Event) -> dict[str, Any]:
    """The event's own fields; those that stand at their default are left out, as in the stored form."""
    return {
        field.name: _plain(value)
        for field in dataclasses.fields(event)
        if field.name not in BESIDE and (value := getattr(event, field.name)) != field.default
    }


def _plain(value: Any) -> Any:
    match value:
        case Private():
            return value.plain
        case datetime():
            return format_instant(value)
        case date():
            return value.isoformat()
        case timedelta():
            return str(Period(delta=value))
        case frozenset():
            return sorted(value)
        case tuple() if hasattr(value, "_asdict"):
            return {name: _plain(part) for name, part in value._asdict().items()}
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value
