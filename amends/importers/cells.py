"""One cell at a time: text from an export becomes an amount, an instant, an id or a number, or says why not.

Cells come here without the blanks around them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

from amends.core.money import MalformedAmount, parse_minor

from .faults import BadCell, shown

LONGEST_ID: Final = 128
MOST_PIECES: Final = 1_000_000
FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100

_LAST_SECOND: Final = time(23, 59, 59)
_TO_LAST_SECOND: Final = timedelta(hours=23, minutes=59, seconds=59)
_WHOLE: Final = re.compile(r"[0-9]{1,9}")


class Instant(NamedTuple):
    """A moment in UTC. `doubt` is `time_ambiguous` or `time_nonexistent` where a clock change made the text unsure."""

    at: datetime
    doubt: str = ""
    sentence: str = ""


def identifier(text: str, what: str) -> str:
    """An id as it stands. Refuses empty, unprintable and absurdly long ones."""
    if not text:
        raise BadCell("missing_value", f"The {what} is empty; every row needs one.")
    if len(text) > LONGEST_ID or not text.isprintable():
        raise BadCell(
            "id_malformed",
            f"The {what} {shown(text)} is no id: at most {LONGEST_ID} characters, all of them printable.",
        )
    return text


def pieces(text: str) -> int:
    """A quantity: a whole number from 1 to a million; an empty cell is one piece."""
    if not text:
        return 1
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= MOST_PIECES:
        raise BadCell("quantity_malformed", f"The quantity {shown(text)} is no whole number from 1 to {MOST_PIECES:,}.")
    return int(text)


def score(text: str) -> int | None:
    """A rating as a whole number; None where the cell is empty."""
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise BadCell("score_malformed", f"The score {shown(text)} is no whole number.")
    return int(text)


class Till:
    """Reads amounts as an export writes them: with its decimal mark and, perhaps, its grouping of digits."""

    def __init__(self, decimal_mark: str, grouping: str) -> None:
        self._mark = decimal_mark
        self._grouping = grouping
        self._plain = decimal_mark == "." and not grouping
        group = re.escape(grouping)
        whole = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if grouping else "[0-9]+"
        self._shape = re.compile(rf"-?(?:{whole})(?:{re.escape(decimal_mark)}[0-9]+)?")

    def minor(self, text: str, currency: str) -> int:
        """Minor units, negative ones too; an empty cell is nothing.

        Refuses with `amount_malformed` what is no amount, is absurdly large, or has more decimals than `currency`.
        """
        if not text:
            return 0
        if not self._plain:
            if not self._shape.fullmatch(text):
                raise BadCell("amount_malformed", f"{shown(text)} is no amount; the mapping says {self._expected()}.")
            text = (text.replace(self._grouping, "") if self._grouping else text).replace(self._mark, ".")
        try:
            return parse_minor(text, currency)
        except MalformedAmount as fault:
            said = "".join(c if c.isprintable() else "�" for c in str(fault))
            raise BadCell("amount_malformed", f"{said[:1].upper()}{said[1:]}.") from None

    def _expected(self) -> str:
        grouped = f"1{self._grouping}234" if self._grouping else "1234"
        return f"amounts look like {grouped}{self._mark}50"


class Clock:
    """Reads times as an export writes them; those without a zone are local times of `zone`."""

    def __init__(self, zone: tzinfo | None, pattern: str) -> None:
        """`pattern` is "iso", or one of `datetime.strptime`."""
        self._zone = zone
        self._pattern = "" if pattern == "iso" else pattern
        self._days: dict[int, tuple[datetime, datetime] | None] = {}

    def instant(self, text: str) -> Instant | None:
        """The moment a cell names; None for an empty cell.

        A local time that happened twice (clocks went back) is read as the first; one that never happened (clocks
        went forward) as if they had not been moved. Both say so in `doubt`.
        """
        local = self._read(text)
        if local is None:
            return None
        if local.tzinfo is not None:
            return Instant(local.astimezone(UTC))
        known = self._steady(local, text)
        if known is None:
            return self._placed(local, text)
        midnight, midnight_utc = known
        return Instant(midnight_utc + (local - midnight))

    def end_of_day(self, text: str) -> Instant | None:
        """The last second of the day a cell names, in local time: what "by the 1st of August" promises."""
        local = self._read(text)
        if local is None:
            return None
        if local.tzinfo is None and (known := self._steady(local, text)):
            return Instant(known[1] + _TO_LAST_SECOND)
        zone = local.tzinfo or self._zone
        # fold=1: where the day's last hour happens twice, the promise lasts to the end of the second.
        last = datetime.combine(local.date(), _LAST_SECOND, tzinfo=self._known(zone, text))
        return Instant(last.replace(fold=1).astimezone(UTC))

    def _steady(self, local: datetime, text: str) -> tuple[datetime, datetime] | None:
        """The day's midnight, local and in UTC; None where the clocks change near it. Most days are asked for often."""
        day = local.toordinal()
        if day not in self._days:
            self._days[day] = self._midnight(local, text)
        return self._days[day]

    def _midnight(self, local: datetime, text: str) -> tuple[datetime, datetime] | None:
        zone = self._known(self._zone, text)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        ends = [
            at.replace(tzinfo=zone, fold=fold) for at in (midnight, midnight + timedelta(days=1)) for fold in (0, 1)
        ]
        steady = len({at.utcoffset() for at in ends}) == 1
        return (midnight, ends[0].astimezone(UTC)) if steady else None

    def _placed(self, local: datetime, text: str) -> Instant:
        first = local.replace(tzinfo=self._known(self._zone, text))
        first_offset, second_offset = first.utcoffset(), first.replace(fold=1).utcoffset()
        at = first.astimezone(UTC)
        if first_offset == second_offset or first_offset is None or second_offset is None:
            return Instant(at)
        if first_offset > second_offset:
            return Instant(
                at, "time_ambiguous", f"{text} happened twice when the clocks went back; the first is taken."
            )
        return Instant(
            at,
            "time_nonexistent",
            f"{text} never happened: the clocks went forward past it; taken as if they had not been moved.",
        )

    def _read(self, text: str) -> datetime | None:
        if not text:
            return None
        try:
            read = datetime.strptime(text, self._pattern) if self._pattern else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            expected = f"written as {self._pattern}" if self._pattern else "such as 2026-03-20 09:00:00"
            raise BadCell("time_malformed", f"{shown(text)} is no time; the mapping says {expected}.") from None
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            raise BadCell(
                "time_absurd", f"{shown(text)} is outside {FIRST_YEAR} to {LAST_YEAR}; somebody mistyped the year."
            )
        return read

    @staticmethod
    def _known(zone: tzinfo | None, text: str) -> tzinfo:
        if zone is None:
            raise BadCell(
                "time_without_zone",
                f'{shown(text)} has no zone and the mapping names none; add zone = "Europe/Warsaw" or yours.',
            )
        return zone


def written(at: datetime) -> str:
    """An instant as the command file writes it: `2017-07-09T21:57:05Z`."""
    return at.isoformat()[:-6] + "Z"
