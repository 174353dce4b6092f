"""Periods in words, business days over a calendar in the hand, instants with their zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.durations import (
    BusinessDays,
    Calendar,
    CalendarUnknown,
    Duration,
    MalformedDuration,
    MalformedInstant,
    Period,
    add_business_days,
    due_date,
    duration_document,
    duration_words,
    end_of_day,
    ends_at,
    format_instant,
    parse_duration,
    parse_instant,
    parse_period,
    words,
)

DAY = timedelta(days=1)

# A little country: Wednesday 7 January 2026 is off, Saturday 10 January is worked in exchange.
SHANGHAI = Calendar(
    name="XX",
    version="hand-1",
    zone=ZoneInfo("Asia/Shanghai"),
    known_from=date(2026, 1, 1),
    known_until=date(2026, 1, 31),
    holidays=frozenset({date(2026, 1, 1), date(2026, 1, 7)}),
    makeup=frozenset({date(2026, 1, 10)}),
)
NEW_YORK = SHANGHAI._replace(
    name="NY", zone=ZoneInfo("America/New_York"), known_until=date(2026, 12, 31), holidays=frozenset()
)
CALENDARS = {"XX": SHANGHAI, "NY": NEW_YORK}


def at(text: str) -> datetime:
    return parse_instant(text)


# --- periods ---


@pytest.mark.parametrize(
    ("text", "elapsed", "said"),
    [
        ("P5D", timedelta(days=5), "5 days"),
        ("P1D", timedelta(days=1), "1 day"),
        ("PT24H", timedelta(hours=24), "24 hours"),
        ("PT36H", timedelta(hours=36), "36 hours"),
        ("P1DT12H", timedelta(hours=36), "1 day 12 hours"),
        ("P2W", timedelta(days=14), "2 weeks"),
        ("PT90M", timedelta(minutes=90), "90 minutes"),
        ("PT1H1M1S", timedelta(seconds=3661), "1 hour 1 minute 1 second"),
        ("P0D", timedelta(), "no time"),
    ],
)
def test_a_period_is_read_and_said_as_the_policy_wrote_it(text: str, elapsed: timedelta, said: str) -> None:
    period = parse_period(text)
    assert period.elapsed == elapsed
    assert words(period) == said
    assert str(period) == text


@pytest.mark.parametrize(("text", "months", "said"), [("P2Y", 24, "2 years"), ("P6M", 6, "6 months")])
def test_months_and_years_are_for_keeping_records_not_for_clocks(text: str, months: int, said: str) -> None:
    period = parse_period(text)
    assert (period.months, words(period), str(period)) == (months, said, text)
    with pytest.raises(MalformedDuration, match="differ in length"):
        _ = period.elapsed


@pytest.mark.parametrize(
    ("period", "plain"),
    [
        (Period(delta=timedelta(days=5)), "P5D"),
        (Period(delta=timedelta(hours=36)), "PT36H"),
        (Period(delta=timedelta(hours=24)), "P1D"),
        (Period(delta=timedelta(minutes=90)), "PT1H30M"),
        (Period(months=18), "P1Y6M"),
        (Period(months=1, delta=timedelta(hours=25)), "P1MT25H"),
        (Period(), "P0D"),
    ],
)
def test_a_computed_period_has_one_plain_form(period: Period, plain: str) -> None:
    assert str(period) == plain
    assert parse_period(plain) == period


@pytest.mark.parametrize(
    "text",
    ["5 days", "5", "", "P", "PT", "P1DT", "p5d", "-P5D", "P-5D", "P1W2D", "P5D ", "P5D\n", "PT1.5H", "P٥D", "P1D2M"],
)
def test_what_is_no_period_is_refused_with_two_that_are(text: str) -> None:
    with pytest.raises(MalformedDuration, match='is no ISO 8601 period; write whole days as "P5D" or hours as "PT36H"'):
        parse_period(text)


@pytest.mark.parametrize("text", ["PT0H", "P0W", "P0Y", "P0DT0S"])
def test_no_time_at_all_is_written_one_way(text: str) -> None:
    with pytest.raises(MalformedDuration, match='write "P0D"'):
        parse_period(text)


@pytest.mark.parametrize("text", ["P101Y", "P1201M", "P36526D", "PT999999H"])
def test_nobody_waits_a_hundred_years(text: str) -> None:
    with pytest.raises(MalformedDuration, match="a hundred years"):
        parse_period(text)


@given(months=st.integers(0, 1200), seconds=st.integers(0, 36_525 * 86_400))
def test_every_period_survives_its_text(months: int, seconds: int) -> None:
    period = Period(months, timedelta(seconds=seconds))
    assert parse_period(str(period)) == period


# --- durations in a policy ---


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("P5D", "5 days"),
        ("PT48H", "48 hours"),
        ({"business_days": 10, "calendar": "CN"}, "10 business days (CN)"),
        ({"business_days": 1, "calendar": "GB-ENG"}, "1 business day (GB-ENG)"),
    ],
)
def test_a_policy_writes_a_period_or_business_days(value: object, said: str) -> None:
    duration = parse_duration(value)
    assert duration_words(duration) == said
    assert duration_document(duration) == value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (5, '5 is no duration; write "P5D"'),
        (None, "None is no duration"),
        (["P5D"], "is no duration"),
        ({}, "found none"),
        ({"business_days": 10}, "found business_days"),
        ({"business_days": 10, "calendar": "CN", "hours": 1}, "no other; found business_days, calendar, hours"),
        ({"business_days": "10", "calendar": "CN"}, "business_days is '10'; write a whole number from 1"),
        ({"business_days": 10.0, "calendar": "CN"}, "business_days is 10.0"),
        ({"business_days": True, "calendar": "CN"}, "business_days is True"),
        ({"business_days": 0, "calendar": "CN"}, "business_days is 0"),
        ({"business_days": -1, "calendar": "CN"}, "business_days is -1"),
        ({"business_days": 10, "calendar": "../etc"}, "calendar is '../etc'; write the name of a calendar"),
        ({"business_days": 10, "calendar": 5}, "calendar is 5"),
        ("x" * 500, "x" * 40 + "…"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(value: object, why: str) -> None:
    with pytest.raises(MalformedDuration) as refused:
        parse_duration(value)
    assert why in str(refused.value)
    assert len(str(refused.value)) < 200


# --- business days ---


@pytest.mark.parametrize(
    ("start", "days", "makeup", "due"),
    [
        (date(2026, 1, 5), 1, False, date(2026, 1, 6)),  # Monday: Tuesday
        (date(2026, 1, 6), 1, False, date(2026, 1, 8)),  # over the holiday
        (date(2026, 1, 9), 1, False, date(2026, 1, 12)),  # Friday: Monday
        (date(2026, 1, 9), 1, True, date(2026, 1, 10)),  # Friday: the Saturday worked in exchange
        (date(2026, 1, 10), 1, False, date(2026, 1, 12)),  # decided on a Saturday
        (date(2026, 1, 7), 0, False, date(2026, 1, 7)),  # nothing to wait for
    ],
)
def test_business_days_start_the_day_after(start: date, days: int, makeup: bool, due: date) -> None:
    assert add_business_days(start, days, SHANGHAI, makeup_days_count=makeup) == due


def test_a_calendar_says_how_far_it_is_announced() -> None:
    """Friday 30 January plus one is Monday 2 February, which nobody has announced; nor the Sunday before it."""
    answer = add_business_days(date(2026, 1, 30), 1, SHANGHAI, makeup_days_count=False)
    assert answer == CalendarUnknown("XX", date(2026, 2, 1))
    assert str(answer) == "the calendar XX is not announced for 2026-02-01"
    assert add_business_days(date(2026, 1, 29), 1, SHANGHAI, makeup_days_count=False) == date(2026, 1, 30)


def test_nor_does_it_know_the_days_before_its_first() -> None:
    long_ago = add_business_days(date(2025, 12, 30), 1, SHANGHAI, makeup_days_count=False)
    assert long_ago == CalendarUnknown("XX", date(2025, 12, 31))
    assert add_business_days(date(2025, 12, 31), 1, SHANGHAI, makeup_days_count=False) == date(2026, 1, 2)


def test_the_last_date_there_is_has_no_tomorrow() -> None:
    answer = add_business_days(date.max, 1, SHANGHAI, makeup_days_count=False)
    assert answer == CalendarUnknown("XX", date.max)


def test_business_days_do_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="cannot count -1"):
        add_business_days(date(2026, 1, 5), -1, SHANGHAI, makeup_days_count=False)


january = st.dates(date(2026, 1, 1), date(2026, 1, 31))
few = st.integers(0, 25)


@given(start=january, first=few, then=few, makeup=st.booleans())
def test_waiting_twice_is_waiting_once_for_the_sum(start: date, first: int, then: int, makeup: bool) -> None:
    at_once = add_business_days(start, first + then, SHANGHAI, makeup_days_count=makeup)
    halfway = add_business_days(start, first, SHANGHAI, makeup_days_count=makeup)
    if isinstance(halfway, CalendarUnknown):
        assert at_once == halfway
    else:
        assert add_business_days(halfway, then, SHANGHAI, makeup_days_count=makeup) == at_once


@given(start=january, days=st.integers(1, 25), makeup=st.booleans())
def test_nothing_is_due_on_a_day_off(start: date, days: int, makeup: bool) -> None:
    due = add_business_days(start, days, SHANGHAI, makeup_days_count=makeup)
    if isinstance(due, CalendarUnknown):
        assert not SHANGHAI.knows(due.date)
        return
    between = [start + DAY * n for n in range(1, (due - start).days + 1)]
    worked = [day for day in between if SHANGHAI.works_on(day, makeup_days_count=makeup)]
    assert len(worked) == days
    assert worked[-1] == due


# --- due dates ---


def test_business_days_are_dates_where_the_calendar_hangs() -> None:
    """16:30 UTC on Monday is half past midnight on Tuesday in Shanghai, so the next working day is Thursday."""
    one = BusinessDays(1, "XX")
    assert due_date(at("2026-01-05T15:59:59Z"), one, CALENDARS) == date(2026, 1, 6)
    assert due_date(at("2026-01-05T16:30:00Z"), one, CALENDARS) == date(2026, 1, 8)


def test_makeup_days_count_only_where_the_policy_says_so() -> None:
    friday, one = at("2026-01-09T04:00:00Z"), BusinessDays(1, "XX")
    assert due_date(friday, one, CALENDARS) == date(2026, 1, 12)
    assert due_date(friday, one, CALENDARS, makeup_days_count=True) == date(2026, 1, 10)


def test_a_period_is_due_on_a_utc_date() -> None:
    assert due_date(at("2026-01-05T23:30:00Z"), parse_period("PT1H"), {}) == date(2026, 1, 6)
    assert due_date(at("2026-01-06T07:30:00+08:00"), parse_period("P15D"), {}) == date(2026, 1, 20)


@pytest.mark.parametrize("ask", [due_date, ends_at])
def test_a_calendar_nobody_gave_is_unknown(ask: object) -> None:
    assert callable(ask)
    answer = ask(at("2026-01-05T00:00:00Z"), BusinessDays(3, "CN"), CALENDARS)
    assert answer == CalendarUnknown("CN", date(2026, 1, 5))


# --- clocks ---


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-05T09:00:00Z", Period(delta=timedelta(days=5)), "2026-01-10T09:00:00Z"),
        ("2026-01-05T09:00:00.000001+08:00", Period(delta=timedelta(hours=36)), "2026-01-06T13:00:00.000001Z"),
        ("2026-01-06T09:00:00Z", BusinessDays(1, "XX"), "2026-01-08T09:00:00Z"),
        ("2026-01-05T16:30:00Z", BusinessDays(1, "XX"), "2026-01-07T16:30:00Z"),  # 00:30 Tuesday to 00:30 Thursday
        # Friday 10:00 in New York is Monday 10:00 there, an hour earlier in UTC: clocks went forward in between.
        ("2026-03-06T15:00:00Z", BusinessDays(1, "NY"), "2026-03-09T14:00:00Z"),
    ],
)
def test_a_clock_ends(start: str, duration: Duration, end: str) -> None:
    ends = ends_at(at(start), duration, CALENDARS)
    assert isinstance(ends, datetime)
    assert format_instant(ends) == end
    assert ends.tzinfo is UTC


def test_a_clock_over_a_repeated_or_skipped_hour_takes_the_later_instant() -> None:
    """If Sundays were worked in New York: 01:30 happens twice on 1 November, and 02:30 never on 8 March."""
    daily = {"NY": NEW_YORK._replace(weekend=frozenset())}
    one = BusinessDays(1, "NY")
    assert ends_at(at("2026-10-31T01:30:00-04:00"), one, daily) == at("2026-11-01T01:30:00-05:00")
    assert ends_at(at("2026-03-07T02:30:00-05:00"), one, daily) == at("2026-03-08T03:30:00-04:00")


def test_a_clock_over_an_unannounced_day_is_unknown() -> None:
    assert ends_at(at("2026-01-30T09:00:00Z"), BusinessDays(1, "XX"), CALENDARS) == CalendarUnknown(
        "XX", date(2026, 2, 1)
    )


def test_a_naive_datetime_is_a_mistake_not_the_machines_zone() -> None:
    naive = at("2026-01-05T09:00:00Z").replace(tzinfo=None)
    for ask in (due_date, ends_at):
        with pytest.raises(ValueError, match="has no time zone"):
            ask(naive, parse_period("P1D"), {})
    with pytest.raises(ValueError, match="has no time zone"):
        format_instant(naive)


def test_a_day_ends_where_it_is_lived() -> None:
    assert format_instant(end_of_day(date(2026, 1, 6), UTC)) == "2026-01-06T23:59:59.999999Z"
    assert format_instant(end_of_day(date(2026, 1, 6), SHANGHAI.zone)) == "2026-01-06T15:59:59.999999Z"
    assert format_instant(end_of_day(date(2026, 1, 6), timezone(-timedelta(hours=3)))) == "2026-01-07T02:59:59.999999Z"


def test_a_day_whose_last_hour_comes_twice_ends_the_second_time() -> None:
    """São Paulo, 17 February 2018: at midnight the clocks went back to 23:00."""
    night = end_of_day(date(2018, 2, 17), ZoneInfo("America/Sao_Paulo"))
    assert format_instant(night) == "2018-02-18T02:59:59.999999Z"


# --- instants ---


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-25T10:00:00Z", "2026-03-25T10:00:00Z"),
        ("2026-03-25T10:00Z", "2026-03-25T10:00:00Z"),
        ("2026-03-25T18:00:00+08:00", "2026-03-25T10:00:00Z"),
        ("2026-03-25T10:00:00.5Z", "2026-03-25T10:00:00.500000Z"),
        ("2026-03-25T10:00:00.000001Z", "2026-03-25T10:00:00.000001Z"),
    ],
)
def test_an_instant_is_read_with_its_zone_and_written_in_utc(text: str, utc: str) -> None:
    instant = parse_instant(text)
    assert instant.tzinfo is UTC
    assert format_instant(instant) == utc


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_instant_survives_its_text(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


def test_an_instant_without_its_zone_is_a_guess() -> None:
    with pytest.raises(MalformedInstant, match='does not say its time zone; write "2026-03-25T10:00:00Z" for UTC'):
        parse_instant("2026-03-25T10:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "", "25 March 2026", "2026-03-25", "2026-03-25 10:00:00Z", "20260325T100000Z", "2026-W13-3T10:00:00Z",
        "2026-03-25T24:00:00Z", "2026-03-25T10:00:00z", "2026-03-25T10:00:00.1234567Z", "2026-03-25T10:00:00+0800",
        "2026-02-30T10:00:00Z", "2026-03-25T10:60:00Z", "2026-03-25T10:00:00+25:00",
        "0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "٢٠٢٦-03-25T10:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(MalformedInstant):
        parse_instant(text)
