"""Nothing is missing: every text of the code has its translation, with the same facts, in all four languages."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import Catalog

from amends.words import LANGUAGES as SPOKEN
from amends.words import extraction
from amends.words.extraction import LANGUAGES, Text

FORMS = {"ru": 3, "zh_Hans": 1, "pt": 2, "ar": 6}
FACTS = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


@pytest.fixture(scope="module")
def texts() -> Mapping[Text, list[str]]:
    return extraction.texts()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def catalogue(language: str) -> Catalog:
    return extraction.catalogue(language)


def forms(catalogue: Catalog, text: Text) -> tuple[str, ...]:
    message = catalogue.get(text.id, text.context or None)
    given = message.string if message else ""
    return tuple(given) if isinstance(given, tuple | list) else (given,)


def facts(text: str) -> set[tuple[str, ...]]:
    return set(FACTS.findall(text))


def spoken(compiled: bytes) -> dict[object, str]:
    """The texts of a .mo file, without its header: that names the version of who wrote it."""
    found = dict(vars(GNUTranslations(io.BytesIO(compiled)))["_catalog"])
    found.pop("")
    return found


def test_every_language_we_offer_has_a_catalogue() -> None:
    assert len(LANGUAGES) == len(SPOKEN) - 1, "English stands in the code"
    assert {name.lower().replace("_", "-") for name in LANGUAGES} | {"en"} == set(SPOKEN)


def test_nothing_is_missing(language: str) -> None:
    """`python -m amends.words.extraction --missing ru` lists what is; docs/languages.md says how to mend it."""
    lacking = [entry["text"] for entry in extraction.missing(language)]
    assert lacking == [], f"{len(lacking)} texts have no translation into {language}"


def test_no_catalogue_translates_what_nobody_says(catalogue: Catalog, texts: Mapping[Text, list[str]]) -> None:
    said = {(text.id, text.context or None) for text in texts}
    ids = [(tuple(m.id) if isinstance(m.id, list | tuple) else m.id, m.context) for m in catalogue if m.id]
    assert [one for one in ids if one not in said] == []


def test_a_translation_names_the_same_facts(catalogue: Catalog, texts: Mapping[Text, list[str]]) -> None:
    for text in texts:
        for form in forms(catalogue, text):
            assert not form or facts(form) == facts(text.text) | facts(text.plural), f"{text.text} → {form}"


def test_a_plural_has_as_many_forms_as_the_language(
    language: str, catalogue: Catalog, texts: Mapping[Text, list[str]]
) -> None:
    assert catalogue.num_plurals == FORMS[language]
    for text in texts:
        given = forms(catalogue, text)
        assert not any(given) or len(given) == (FORMS[language] if text.plural else 1), text


def test_what_is_read_at_run_time_is_what_was_translated(language: str) -> None:
    """Django reads the .mo file, people the .po file."""
    compiled = (extraction.LOCALE / language / "LC_MESSAGES" / "django.mo").read_bytes()
    assert spoken(compiled) == spoken(extraction.compiled(language)), "run `make messages`"


def test_writing_what_was_read_changes_nothing(language: str) -> None:
    path = extraction.LOCALE / language / "LC_MESSAGES" / "django.po"
    assert extraction.written(extraction.catalogue(language)) == path.read_bytes()


def test_a_merged_translation_comes_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "LOCALE", tmp_path)
    extraction.merge("ru", [{"text": "a later date", "translation": ["более поздняя дата"]}])
    extraction.merge(
        "ru",
        [
            {
                "text": "%(many)s day",
                "plural": "%(many)s days",
                "translation": ["%(many)s a", "%(many)s b", "%(many)s c"],
            }
        ],
    )
    left = {entry["text"] for entry in extraction.missing("ru")}
    assert {"a later date", "%(many)s day"} & left == set()
    assert "The parcel was delivered." in left


def test_a_text_the_code_does_not_have_is_not_merged() -> None:
    with pytest.raises(ValueError, match="no text"):
        extraction.merge("ru", [{"text": "nobody says this", "translation": ["…"]}])
