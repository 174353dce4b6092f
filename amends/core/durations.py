"""Instants, ISO 8601 periods, and business days over a calendar given as data.

The core keeps no calendar and reads no clock: both are arguments. A day of a period is 24 hours in UTC; a business day
is a date in the calendar's own zone. A calendar that does not know a date answers ``CalendarUnknown``, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple, TypeAlias

_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_CENTURY: Final = timedelta(days=36_525)
_CENTURY_MONTHS: Final = 1200
_MOST_BUSINESS_DAYS: Final = 10_000
_SHOWN: Final = 40

_PERIOD: Final = re.compile(
    r"P(?=[0-9T])(?:(?P<weeks>[0-9]{1,6})W|"
    r"(?:(?P<years>[0-9]{1,6})Y)?(?:(?P<months>[0-9]{1,6})M)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,6})S)?)?)"
)
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)
_CALENDAR_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class MalformedDuration(ValueError):
    """A value that is neither an ISO 8601 period nor a number of business days; the message says what would be."""


class MalformedInstant(ValueError):
    """Text that is no instant: not ISO 8601, or without its zone."""


class Period(NamedTuple):
    """A stretch of time: calendar months and elapsed time.

    Months and years only matter for how long records are kept; clocks run on ``elapsed``. ``spelling`` is how the
    policy wrote it where that is not the plain form, so that "PT48H" is shown as 48 hours and not as 2 days. Two
    spellings of one length are two values: compare ``elapsed`` for lengths.
    """

    months: int = 0
    delta: timedelta = timedelta()
    spelling: str = ""

    @property
    def elapsed(self) -> timedelta:
        """The length for a clock. Raises ``MalformedDuration`` where months are in it: they have no one length."""
        if self.months:
            raise MalformedDuration(
                f'"{self}" counts months or years, which differ in length; a clock needs days or hours, '
                'such as "P30D" or "PT48H"'
            )
        return self.delta

    def __str__(self) -> str:
        """ISO 8601: as it was written, or the plain form where it was computed ("P5D", "PT36H", "P2Y")."""
        return self.spelling or _plain(self)


class BusinessDays(NamedTuple):
    """A number of working days of a named calendar: ``{business_days = 10, calendar = "CN"}``."""

    days: int
    calendar: str


Duration: TypeAlias = Period | BusinessDays


class Calendar(NamedTuple):
    """The working days of one place, as data, for the dates ``known_from`` to ``known_until`` (both included).

    ``holidays`` are weekdays off; ``makeup`` are weekend days worked in exchange (China, Russia), which count only
    where a policy says so. ``version`` is stored with each date worked out from it.
    """

    name: str
    version: str
    zone: tzinfo
    known_from: date
    known_until: date
    holidays: frozenset[date]
    makeup: frozenset[date]
    weekend: frozenset[int] = frozenset({5, 6})

    def knows(self, day: date) -> bool:
        """Whether the working days of that date's year have been announced."""
        return self.known_from <= day <= self.known_until

    def works_on(self, day: date, *, makeup_days_count: bool) -> bool:
        """Whether it is a working day. Only true or false of a day the calendar ``knows``."""
        if day.weekday() in self.weekend:
            return makeup_days_count and day in self.makeup
        return day not in self.holidays


Calendars: TypeAlias = Mapping[str, Calendar]


class CalendarUnknown(NamedTuple):
    """The answer where a calendar cannot say: it is not there, or not announced for that date. Not an exception."""

    calendar: str
    date: date

    def __str__(self) -> str:
        return f"the calendar {self.calendar} is not announced for {self.date.isoformat()}"


# --- reading and writing durations ---


def parse_period(text: str) -> Period:
    """Read "P5D", "PT36H", "P1DT12H", "P2W", "PT90M", "P6M", "P2Y".

    Whole numbers, upper case, a hundred years at most; nothing at all is written "P0D" and no other way.
    Raises ``MalformedDuration``.
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise MalformedDuration(
            f'"{_shown(text)}" is no ISO 8601 period; write whole days as "P5D" or hours as "PT36H"'
        )
    part = {unit: int(number) for unit, number in match.groupdict(default="0").items()}
    months = part.pop("years") * 12 + part.pop("months")
    delta = timedelta(**part)
    if not months and not delta and text != "P0D":
        raise MalformedDuration(f'"{text}" is no time at all; if that is meant, write "P0D"')
    if months > _CENTURY_MONTHS or delta > _CENTURY:
        raise MalformedDuration(f'"{text}" is more than a hundred years; write a period somebody can wait for')
    plain = Period(months, delta)
    return plain if str(plain) == text else plain._replace(spelling=text)


def parse_duration(value: object) -> Duration:
    """Read a duration from a policy document: a period as text, or ``{business_days = 10, calendar = "CN"}``.

    Raises ``MalformedDuration`` with a sentence to put behind the key's name.
    """
    if isinstance(value, str):
        return parse_period(value)
    if isinstance(value, Mapping):
        return _business_days(value)
    raise MalformedDuration(
        f'{_shown(repr(value))} is no duration; write "P5D", "PT36H", or {{business_days = 10, calendar = "CN"}}'
    )


def counted(period: Period) -> list[tuple[int, str]]:
    """What the period is made of, the largest unit first: ``[(1, "days"), (12, "hours")]``; empty for no time."""
    match = _PERIOD.fullmatch(str(period))
    assert match is not None, f"a Period's text is always a period, not {period!s}"
    # The groups stand in the order people say them.
    parts = ((int(number), unit) for unit, number in match.groupdict(default="0").items())
    return [(number, unit) for number, unit in parts if number]


def words(period: Period) -> str:
    """The period as people say it: "5 days", "36 hours", "1 day 12 hours", "2 years"; "no time" for zero."""
    return " ".join(_count(number, unit) for number, unit in counted(period)) or "no time"


def duration_words(duration: Duration) -> str:
    """The duration as people say it: "5 days", "10 business days (CN)"."""
    if isinstance(duration, Period):
        return words(duration)
    return f"{_count(duration.days, 'business days')} ({duration.calendar})"


def duration_document(duration: Duration) -> str | dict[str, int | str]:
    """The duration as a policy document writes it: the inverse of ``parse_duration``."""
    if isinstance(duration, Period):
        return str(duration)
    return {"business_days": duration.days, "calendar": duration.calendar}


# --- counting ---


def add_business_days(start: date, days: int, calendar: Calendar, *, makeup_days_count: bool) -> date | CalendarUnknown:
    """The ``days``-th working day after ``start``, which itself never counts; ``start`` for zero days.

    Every day looked at must be announced, or the first that is not is the answer.
    Raises ``ValueError`` for a negative number. Source: ../spec/decisions.md 16.
    """
    if days < 0:
        raise ValueError(f"cannot count {days} business days: the number is zero or more")
    day = start
    while days:
        if day >= calendar.known_until:
            # Said before stepping: the day after the last date there is cannot be written.
            return CalendarUnknown(calendar.name, day + _DAY if day < date.max else day)
        day += _DAY
        if not calendar.knows(day):
            return CalendarUnknown(calendar.name, day)
        days -= calendar.works_on(day, makeup_days_count=makeup_days_count)
    return day


def due_date(
    decided_at: datetime, duration: Duration, calendars: Calendars, *, makeup_days_count: bool = False
) -> date | CalendarUnknown:
    """The date something is due that was decided at an instant.

    A period ends on a UTC date. Business days end on a date in the calendar's own zone, counted from the day after the
    decision there: 22:00 UTC in London is already tomorrow in Beijing. Source: ../spec/decisions.md 16.
    """
    if isinstance(duration, Period):
        return (_utc(decided_at) + duration.elapsed).date()
    calendar = calendars.get(duration.calendar)
    if calendar is None:
        return CalendarUnknown(duration.calendar, _utc(decided_at).date())
    decided_on = _utc(decided_at).astimezone(calendar.zone).date()
    return add_business_days(decided_on, duration.days, calendar, makeup_days_count=makeup_days_count)


def ends_at(
    start: datetime, duration: Duration, calendars: Calendars, *, makeup_days_count: bool = False
) -> datetime | CalendarUnknown:
    """The instant (UTC) a clock lapses that starts at an instant.

    A period is elapsed time, in 24-hour days. Business days end at the same time of day on the calendar's clocks;
    where they show that time twice or skip it, at the later instant, which harms nobody who was waiting.
    """
    if isinstance(duration, Period):
        return _utc(start) + duration.elapsed
    day = due_date(start, duration, calendars, makeup_days_count=makeup_days_count)
    if isinstance(day, CalendarUnknown):
        return day
    zone = calendars[duration.calendar].zone
    return _later(day, _utc(start).astimezone(zone).time(), zone)


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last instant (UTC) of a date in a zone: 23:59:59.999999, the second one where clocks go back at midnight."""
    return _later(day, time.max, zone)


# --- instants ---


def parse_instant(text: str) -> datetime:
    """Read ISO 8601 with its zone ("2026-03-25T10:00:00Z", "2026-03-25T18:00+08:00"); the answer is in UTC.

    Seconds may be left out, a fraction has up to six digits. Raises ``MalformedInstant``, also where the zone is
    missing: an instant without one is a guess.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise MalformedInstant(f'"{_shown(text)}" is no ISO 8601 instant; write it like "2026-03-25T10:00:00Z"')
    if match["zone"] is None:
        raise MalformedInstant(
            f'"{text}" does not say its time zone; write "{text}Z" for UTC, or an offset as in "{text}+08:00"'
        )
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as no_such_instant:
        raise MalformedInstant(f'"{text}" is on no calendar or clock: {no_such_instant}') from None


def format_instant(instant: datetime) -> str:
    """Write an instant in UTC: "2026-03-25T10:00:00Z", with microseconds only where there are any."""
    return _utc(instant).replace(tzinfo=None).isoformat() + "Z"


# --- leaves ---


def _utc(instant: datetime) -> datetime:
    # A naive datetime would silently take the machine's zone.
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; pass an aware datetime in UTC")
    return instant.astimezone(UTC)


def _later(day: date, clock: time, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, clock, tzinfo=zone)
    return max(wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _business_days(document: Mapping[object, object]) -> BusinessDays:
    if set(document) != {"business_days", "calendar"}:
        raise MalformedDuration(
            f'business days are written {{business_days = 10, calendar = "CN"}}, with these two keys and no other; '
            f"found {_shown(', '.join(sorted(map(str, document))) or 'none')}"
        )
    days, calendar = document["business_days"], document["calendar"]
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _MOST_BUSINESS_DAYS:
        raise MalformedDuration(
            f"business_days is {_shown(repr(days))}; write a whole number from 1 to {_MOST_BUSINESS_DAYS}"
        )
    if not isinstance(calendar, str) or not _CALENDAR_NAME.fullmatch(calendar):
        raise MalformedDuration(f'calendar is {_shown(repr(calendar))}; write the name of a calendar, such as "CN"')
    return BusinessDays(days, calendar)


def _plain(period: Period) -> str:
    seconds, fraction = divmod(period.delta, _SECOND)
    assert seconds >= 0, f"a period does not run backwards, as {period.delta} does"
    assert not fraction, f"a period is whole seconds, not {period.delta}"
    years, months = divmod(period.months, 12)
    days = 0
    if seconds % 86_400 == 0:
        days, seconds = seconds // 86_400, 0
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    on_dates = _joined((years, "Y"), (months, "M"), (days, "D"))
    on_clocks = _joined((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "P" + (on_dates + ("T" + on_clocks if on_clocks else "") or "0D")


def _joined(*parts: tuple[int, str]) -> str:
    return "".join(f"{number}{letter}" for number, letter in parts if number)


def _count(number: int, plural: str) -> str:
    return f"{number} {plural.removesuffix('s') if number == 1 else plural}"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
