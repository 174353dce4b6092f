"""Every hint and every doubt has its sentence and its line in the glossary, and says no more than it is told."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from amends.vault.sentences import ENGLISH, Advice, Credentials, Doubt

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def chapter(heading: str) -> list[str]:
    """The words a chapter of the glossary explains."""
    text = GLOSSARY.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^- `([^`]+)`", text, re.MULTILINE)


def test_every_code_has_its_sentence() -> None:
    assert set(ENGLISH.advice) == set(Advice)
    assert set(ENGLISH.doubts) == set(Doubt)
    assert set(ENGLISH.credentials) == set(Credentials)


@pytest.mark.parametrize(("heading", "codes"), [("Hints", Advice), ("Doubts", Doubt)])
def test_every_code_is_explained_in_the_glossary(heading: str, codes: type[Advice] | type[Doubt]) -> None:
    assert chapter(heading) == sorted(code.value for code in codes)


def test_sentences_begin_and_end_as_sentences_do() -> None:
    for said in ENGLISH.advice.values():
        assert all(text.endswith((".", "}")) for text in said)
    for sentence in ENGLISH.doubts.values():
        assert sentence.endswith((".", "}"))
        assert sentence[0].isupper() or sentence[0] == "{"


def test_what_is_filled_in_has_a_name() -> None:
    """A translation puts the words in another order."""
    told = [*ENGLISH.doubts.values(), *(text for said in ENGLISH.advice.values() for text in said)]
    names = [name for text in told for _, name, _, _ in Formatter().parse(text) if name is not None]
    assert names
    assert all(name.isidentifier() for name in names)
