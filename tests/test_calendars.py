"""The calendars we ship: against our own golden dates, and against published tables where those are at hand."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends import calendars
from amends.core.durations import (
    BusinessDays,
    Calendar,
    CalendarUnknown,
    add_business_days,
    due_date,
    parse_instant,
)

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "business_days.csv"
SHARED = ROOT.parent / "shared" / "data" / "calendar"
CHINESE_DAYS = SHARED / "cn_business_days_2007_2026.csv"
CHINESE_SUMS = SHARED / "cn_add_business_days_golden.csv"
STATE_COUNCIL = SHARED / "holiday-cn"
OTHER_COUNTRIES = SHARED / "public_holidays_BR_2016_2027_and_others_2024_2027.csv"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the published holiday tables are not at hand")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def days_of(calendar: Calendar) -> Iterator[date]:
    for number in range((calendar.known_until - calendar.known_from).days + 1):
        yield calendar.known_from + timedelta(days=number)


# --- standing alone ---


@pytest.mark.parametrize("row", rows(GOLDEN), ids=lambda row: " ".join(row.values()))
def test_a_due_date_is_as_worked_out_by_hand(row: dict[str, str]) -> None:
    answer = due_date(
        parse_instant(row["decided_at"]),
        BusinessDays(int(row["business_days"]), row["calendar"]),
        calendars.load([row["calendar"]]),
        makeup_days_count=row["makeup_days_count"] == "yes",
    )
    said = f"unknown {answer.date}" if isinstance(answer, CalendarUnknown) else str(answer)
    assert said == row["due"]


def test_china_2027_is_not_announced_whatever_the_library_says() -> None:
    china = calendars.calendar("CN")
    assert china.known_until == date(2026, 12, 31)
    assert not china.knows(date(2027, 1, 4))
    assert max(china.holidays | china.makeup) <= china.known_until
    answer = add_business_days(date(2026, 12, 31), 1, china, makeup_days_count=False)
    assert str(answer) == "the calendar CN is not announced for 2027-01-01"


@pytest.mark.parametrize("name", calendars.NAMES)
def test_every_calendar_keeps_its_own_promises(name: str) -> None:
    calendar = calendars.calendar(name)
    assert calendar.name == name
    assert isinstance(calendar.zone, ZoneInfo)
    assert all(calendar.knows(day) and day.weekday() not in calendar.weekend for day in calendar.holidays)
    assert all(calendar.knows(day) and day.weekday() in calendar.weekend for day in calendar.makeup)
    years = range(calendar.known_from.year, calendar.known_until.year + 1)
    assert {day.year for day in calendar.holidays} == set(years), "a year without a single holiday is a year unread"


def test_a_version_says_where_a_date_came_from() -> None:
    library, name, years = calendars.calendar("CN").version.split("/")
    assert library.startswith("holidays-0.")
    assert (name, years) == ("CN", "2007-2026")


def test_all_calendars_are_loaded_unless_some_are_named() -> None:
    assert tuple(calendars.load()) == calendars.NAMES
    assert list(calendars.load(["CN", "BR"])) == ["CN", "BR"]
    assert calendars.load(["CN"])["CN"] is calendars.calendar("CN")


def test_a_calendar_we_do_not_have_is_answered_with_those_we_do() -> None:
    with pytest.raises(calendars.UnknownCalendar, match='there is no calendar "XX"; there are BR, CN, DE'):
        calendars.load(["XX"])


def test_a_process_that_counts_no_business_day_never_loads_the_library() -> None:
    question = "import sys, amends.calendars; print('holidays' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.strip() == "False"


# --- against published tables ---


@needs_shared
def test_every_chinese_day_since_2007_is_worked_or_not_as_published() -> None:
    china = calendars.calendar("CN")
    published = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in rows(CHINESE_DAYS)}
    assert set(published) == set(days_of(china))
    wrong = [day for day, worked in published.items() if china.works_on(day, makeup_days_count=True) != worked]
    assert wrong == []


@needs_shared
def test_every_chinese_day_is_as_the_state_council_announced_it() -> None:
    china = calendars.calendar("CN")
    notices = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(STATE_COUNCIL.glob("20*.json")))
    announced = {date.fromisoformat(day["date"]): not day["isOffDay"] for notice in notices for day in notice["days"]}
    wrong = [
        day
        for day in days_of(china)
        if china.works_on(day, makeup_days_count=True) != announced.get(day, day.weekday() not in china.weekend)
    ]
    assert wrong == []


@needs_shared
def test_the_published_sums_count_makeup_days_and_guess_past_2026() -> None:
    """Seven of the 126 end in 2027, one of them on New Year's Day: the table took it for a working day, we ask."""
    china = calendars.calendar("CN")
    unknown = 0
    for row in rows(CHINESE_SUMS):
        start, result = date.fromisoformat(row["start_date_excluded"]), date.fromisoformat(row["result"])
        answer = add_business_days(start, int(row["business_days"]), china, makeup_days_count=True)
        if china.knows(result):
            assert answer == result, row
        else:
            unknown += 1
            assert answer == CalendarUnknown("CN", date(2027, 1, 1)), row
    assert (len(rows(CHINESE_SUMS)), unknown) == (126, 7)


@needs_shared
def test_the_holidays_of_ten_other_countries_are_as_published() -> None:
    published: dict[str, set[date]] = defaultdict(set)
    for row in rows(OTHER_COUNTRIES):
        published[row["country"]].add(date.fromisoformat(row["date"]))
    assert len(published) == 10
    for name, days in published.items():
        calendar = calendars.calendar(name)
        ours = {day for day in calendar.holidays if day >= min(days)}
        assert ours == {day for day in days if day.weekday() not in calendar.weekend}, name
