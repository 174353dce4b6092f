"""Refusals, warnings, clocks and policies in the reader's language; in English what the core itself says."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from amends import policies, words
from amends.core import deadlines, leaflet
from amends.core.leaflet_english import ENGLISH
from amends.core.money import Money
from amends.core.refusals import WORDS, Refused
from amends.core.silence import consequence
from amends.core.told import Told, recognised, told
from amends.core.vocabulary import Flag, Party, RefusalCode, Verb, WarningCode
from amends.vault import coach, faults
from amends.vault.sentences import ENGLISH as HINTS
from amends.vault.sentences import Advice
from amends.words import LANGUAGES, reader
from tests.core.test_refusals import refusals

from .told import orders

R = RefusalCode
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def raised() -> list[Refused]:
    return list(refusals())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_is_said_whole(language: str, raised: list[Refused]) -> None:
    with reader(language):
        for refused in raised:
            said = words.refusal(refused)
            for text in (said.sentence, said.way_out):
                assert text.strip(), refused
                assert not re.search(r"[{}]|%\(|\bNone\b", text), text
                assert "…" not in text.replace("1, 2, 3 …", "").replace("1、2、3 …", "").replace("1، 2، 3 …", ""), text


@pytest.mark.parametrize("language", ["ru", "zh-hans", "ar"])
def test_no_refusal_of_the_core_stays_english(language: str, raised: list[Refused]) -> None:
    """Not even in its facts: only what somebody typed is left in Latin letters, and names of fields."""
    with reader(language):
        for refused in raised:
            said = words.refusal(refused)
            shown = re.sub("[«“].*?[»”]", "", f"{said.sentence} {said.way_out}")  # what somebody typed
            assert not re.search(r"\b(the|of|is|was|and|or|by|no|you)\b", shown), f"{shown} {refused.facts}"


def an_amount(minor: int) -> Told:
    return Told(str(Money(minor, "USD")), Money(minor, "USD"))


def test_a_refusal_says_amounts_instants_and_words_as_the_reader_does() -> None:
    until = datetime(2026, 10, 7, 7, 0, tzinfo=UTC)
    above = Refused(
        R.AMOUNT_ABOVE_PAID, amount=Told("1234.50 USD", Money(123450, "USD")), most=Told("9.00 USD", Money(900, "USD"))
    )
    early = Refused(R.TOO_EARLY, until=until)
    never = Refused(R.NOT_ALLOWED, verb=Verb.OPEN, party=Party.SELLER, who="buyer")
    with reader("pt", "America/Sao_Paulo"):
        assert words.refusal(above).way_out == f"Peça no máximo 9,00{SPACE}USD."
        assert "1.234,50" in words.refusal(above).sentence
        assert "qua., 7 de out. de 2026, 04:00" in words.refusal(early).sentence
    with reader("ru", "Europe/Moscow"):
        assert words.refusal(never).sentence == "«Открыть спор»: продавец не может этого делать."
        assert "ср, 7 окт. 2026\N{NARROW NO-BREAK SPACE}г., 10:00" in words.refusal(early).sentence
    with reader("en"):
        assert words.refusal(never).sentence == "“Open a dispute” is not something the seller can do."
        assert words.refusal(early).until == until


def test_a_refusal_without_its_facts_is_said_all_the_same() -> None:
    with reader("zh-hans"):
        for code, variant in WORDS:
            assert "{" not in words.refusal(Refused(code, variant)).sentence


def test_the_core_itself_goes_on_in_english(raised: list[Refused]) -> None:
    with reader("ru"):
        assert all(re.search("[A-Za-z]", refused.sentence) for refused in raised)
        assert str(Refused(R.AMOUNT_ABOVE_PAID, amount="5.00 USD", most="4.00 USD")).startswith(
            "amount_above_paid: 5.00"
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_clock_says_why_and_what_silence_does(language: str) -> None:
    heard = set()
    for order in orders():
        for deadline in deadlines.running(order):
            with reader(language):
                why, then = words.because(order, deadline), words.silence(order, deadline)
            assert why, deadline
            assert then, deadline
            assert not re.search(r"[{}]", why + then)
            if language == "en":
                assert then.replace(SPACE, " ").replace(",", "") == consequence(order, deadline).sentence.replace(
                    ",", ""
                )
                assert why == deadlines.because(order, deadline)
            heard.add(deadline.name)
    assert len(heard) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_warning_and_flag_has_its_sentence(language: str) -> None:
    with reader(language):
        for code in (*WarningCode, *Flag):
            assert words.flag(code.value)
        for code in WarningCode:
            assert words.warning(code.value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", ["alx-a", "alx-b", "alx-c", "alx-d", "alx-e"])
def test_a_policy_is_a_leaflet_in_every_language(policy: str, language: str) -> None:
    loaded = policies.load(policy)
    with reader(language):
        told = words.leaflet(loaded)
        chapters = words.chapters(loaded)
    assert not re.search(r"[{}]", told)
    assert len(chapters) == 12
    assert all(chapter.points for chapter in chapters)
    if language == "en":
        assert told.replace(SPACE, " ") == leaflet.leaflet(loaded)
    else:
        assert told != leaflet.leaflet(loaded)


def test_a_leaflets_table_can_be_translated_as_a_whole() -> None:
    with reader("ru"):
        table = words.table(ENGLISH)
    assert table["section.refund"] == "Возврат денег"
    assert set(table) == set(ENGLISH)
    with reader("ar"):
        hints = words.table(HINTS)
    assert hints.advice[Advice.TOO_DARK].sentence == "الصورة معتمة جدًا."
    assert hints.wants.keys() == HINTS.wants.keys()


# ── the vault ────────────────────────────────────────────────────────────────────────────────────


def test_a_files_fault_is_said_with_its_facts() -> None:
    fault = faults.too_large(5_200_000, "video")
    with reader("ru"):
        assert words.say(fault.sentence) == (
            "Это видео больше предела в 5.2 МБ. Отправьте видео короче или хуже качеством."
        )
    with reader("en"):
        assert words.say(fault.sentence) == fault.sentence


def test_a_sentence_that_came_back_as_plain_text_is_recognised() -> None:
    """From the database, or from the process that decodes."""
    plain = str.__str__(faults.broken("video").sentence)
    assert type(plain) is str or not isinstance(plain, Told)
    with reader("ru"):
        assert words.say(faults.known(plain)).startswith("Файл повреждён (видео)")
        assert words.say(faults.known("something nobody says")) == "something nobody says"


@pytest.mark.parametrize("code", faults.SENTENCES)
def test_every_sentence_about_a_file_is_recognised_by_its_text(code: str) -> None:
    template = faults.SENTENCES[code]
    names = set(re.findall(r"\{(\w+)\}", template))
    said = told(template, **{name: f"x{at}" for at, name in enumerate(sorted(names))})
    found = recognised(str.__str__(said), faults.SENTENCES.values(), faults.WORDS)
    assert isinstance(found, Told)
    assert found.value == said.value


def test_a_hint_is_said_with_its_facts() -> None:
    hint = coach.as_hint(HINTS.wants[next(iter(HINTS.wants))][0])
    with reader("zh-hans"):
        assert words.say(hint.sentence) == "最好能展示：包裹在哪里。"
        assert words.say(hint.help) == "带有单号和日期的物流查询页截图。"
    with reader("en"):
        assert words.say(hint.sentence) == hint.sentence
