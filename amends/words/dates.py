"""Instants and days as the reader writes them, in his own time zone; and what is left until one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .lengths import unit
from .reader import locale

UNITS: Final = ((24 * 60, "days"), (60, "hours"), (1, "minutes"))
"""How many minutes each has, the largest first."""
COUNTED: Final = 200
"""From here on every hundred is counted like the one before it, in each of our languages."""


def instant(at: datetime) -> str:
    """Weekday, day, time, in the reader's zone: “Tue, 7 Oct 2026, 09:00”."""
    there = timezone.localtime(at)
    clock = "HHmmss" if there.second else "HHmm"
    time = format_skeleton(clock, there, tzinfo=there.tzinfo, locale=locale())
    return pgettext("day and time", ", ").join((day(there.date()), time))


def day(when: date) -> str:
    """Weekday and day: “Tue, 7 Oct 2026”."""
    return format_skeleton("yMMMEd", when, locale=locale())


def left(until: datetime, now: datetime) -> str:
    """How long it is from now, in the largest unit there is and the next one: “2 days 9 hours left”, “1 day left”.

    At once, and of an instant that is over, “now”. A page that stays open counts on by the same rule (`ticking`).
    """
    minutes = (until - now) // timedelta(minutes=1)
    for at, (size, name) in enumerate(UNITS):
        if minutes < size:
            continue
        many, rest = divmod(minutes, size)
        below = next((unit(rest // less, under) for less, under in UNITS[at + 1 : at + 2] if rest >= less), "")
        return _framed(unit(many, name), below)
    return _("now")


def _framed(large: str, small: str) -> str:
    if small:
        return _("%(large)s %(small)s left") % {"large": large, "small": small}
    return _("%(time)s left") % {"time": large}


def ticking() -> str:
    """What `left` would say, for a script that counts on: its frames and the forms of its units, as JSON.

    `sizes` are the units in minutes; `words` the distinct forms, a unit after the other with `#` for the number;
    `form` names, a letter each from `a`, the one for 0, 1, 2 … and stands for all numbers, as COUNTED says.
    """
    forms = [tuple(unit(many, name).replace(str(many), "#") for _size, name in UNITS) for many in range(COUNTED)]
    distinct = list(dict.fromkeys(forms))
    told: dict[str, Any] = {
        "sizes": [size for size, _name in UNITS],
        "words": distinct,
        "form": "".join(_letters(distinct.index(form) for form in forms)),
        "one": _framed("#1", ""),
        "two": _framed("#1", "#2"),
        "now": _("now"),
    }
    return json.dumps(told, ensure_ascii=False)


def _letters(places: Iterator[int]) -> Iterator[str]:
    return (chr(ord("a") + place) for place in places)
