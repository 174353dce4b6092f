"""Money, instants and lengths as each language writes them. Golden: a change here is one every reader sees."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from amends import words
from amends.core.durations import BusinessDays, parse_period
from amends.words import known_language, known_zone, reader

AT = datetime(2026, 10, 7, 6, 0, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
LRM = "\N{LEFT-TO-RIGHT MARK}"


@pytest.mark.parametrize(
    ("language", "dollars", "yen", "dinars", "less"),
    [
        ("en", "1,234.50", "1,000", "10.005", "-5.00"),
        ("ru", f"1{NBSP}234,50", f"1{NBSP}000", "10,005", "-5,00"),
        ("zh-hans", "1,234.50", "1,000", "10.005", "-5.00"),
        ("pt", "1.234,50", "1.000", "10,005", "-5,00"),
        ("ar", f"{LRM}1,234.50", f"{LRM}1,000", f"{LRM}10.005", f"{LRM}-5.00"),
    ],
)
def test_money_is_digits_with_its_code(language: str, dollars: str, yen: str, dinars: str, less: str) -> None:
    with reader(language):
        assert words.money(123450, "USD") == f"{dollars}{NBSP}USD"
        assert words.money(1000, "JPY") == f"{yen}{NBSP}JPY"
        assert words.money(10005, "KWD") == f"{dinars}{NBSP}KWD"
        assert words.money(-500, "USD") == f"{less}{NBSP}USD"


@pytest.mark.parametrize(
    ("language", "instant", "day"),
    [
        ("en", "Wed, 7 Oct 2026, 09:00", "Wed, 7 Oct 2026"),
        ("ru", f"ср, 7 окт. 2026{NARROW}г., 09:00", f"ср, 7 окт. 2026{NARROW}г."),
        ("zh-hans", "2026年10月7日周三 09:00", "2026年10月7日周三"),
        ("pt", "qua., 7 de out. de 2026, 09:00", "qua., 7 de out. de 2026"),
        ("ar", "الأربعاء، 7 أكتوبر 2026، 09:00", "الأربعاء، 7 أكتوبر 2026"),
    ],
)
def test_an_instant_is_in_the_readers_zone_and_writing(language: str, instant: str, day: str) -> None:
    with reader(language, "Europe/Moscow"):
        assert words.instant(AT) == instant
        assert words.day(date(2026, 10, 7)) == day


def test_the_same_instant_is_another_day_elsewhere() -> None:
    late = datetime(2026, 10, 7, 22, 30, 5, tzinfo=UTC)
    with reader("en", "Asia/Shanghai"):
        assert words.instant(late) == "Thu, 8 Oct 2026, 06:30:05"
    with reader("en", "America/Sao_Paulo"):
        assert words.instant(late) == "Wed, 7 Oct 2026, 19:30:05"
    with reader("en", "Nowhere/Atall"):
        assert words.instant(late) == "Wed, 7 Oct 2026, 22:30:05"


@pytest.mark.parametrize(
    ("language", "long", "short", "now"),
    [
        ("en", "2 days 9 hours left", "1 minute left", "now"),
        ("ru", "ещё 2 дня 9 часов", "ещё 1 минута", "сейчас"),
        ("zh-hans", "还剩 2 天 9 小时", "还剩 1 分钟", "现在"),
        ("pt", "tempo restante: 2 dias e 9 horas", "tempo restante: 1 minuto", "agora"),
        ("ar", "بقي 2 يوم و9 ساعات", "بقي 1 دقيقة", "الآن"),
    ],
)
def test_what_is_left_is_counted_in_the_two_largest_units(language: str, long: str, short: str, now: str) -> None:
    with reader(language):
        assert words.left(AT + timedelta(days=2, hours=9, minutes=5), AT) == long
        assert words.left(AT + timedelta(seconds=119), AT) == short
        assert words.left(AT + timedelta(seconds=59), AT) == now
        assert words.left(AT - timedelta(days=1), AT) == now


@pytest.mark.parametrize(
    ("language", "days", "mixed", "business"),
    [
        ("en", "5 days", "1 day 12 hours", "10 business days (CN)"),
        ("ru", "5 дней", "1 день 12 часов", "10 рабочих дней (CN)"),
        ("zh-hans", "5 天", "1 天 12 小时", "10 个工作日（CN）"),
        ("pt", "5 dias", "1 dia e 12 horas", "10 dias úteis (CN)"),
        ("ar", "5 أيام", "1 يوم و12 ساعة", "10 أيام عمل (CN)"),
    ],
)
def test_lengths_are_counted_as_the_language_counts(language: str, days: str, mixed: str, business: str) -> None:
    with reader(language):
        assert words.length(parse_period("P5D")) == days
        assert words.length(parse_period("P1DT12H")) == mixed
        assert words.length(BusinessDays(10, "CN")) == business


@pytest.mark.parametrize(("many", "said"), [(1, "1 день"), (3, "3 дня"), (11, "11 дней"), (21, "21 день")])
def test_russian_counts_by_the_last_digits(many: int, said: str) -> None:
    with reader("ru"):
        assert words.length(parse_period(f"P{many}D")) == said


@pytest.mark.parametrize(
    ("asked", "found"),
    [("pt-PT", "pt"), ("zh-CN", "zh-hans"), ("zh_TW", "zh-hans"), ("AR", "ar"), ("de", "en"), ("", "en")],
)
def test_a_language_we_have_not_is_the_nearest_one(asked: str, found: str) -> None:
    assert known_language(asked) == found


def test_a_zone_nobody_knows_is_utc() -> None:
    assert known_zone("Europe/Moscow") == "Europe/Moscow"
    assert known_zone("../../etc/passwd") == "UTC"
    assert known_zone("") == "UTC"
