"""How people write the traps of rulebook §13: wordings in five languages, as data, one file a language.

A wording is written in a small language of its own, one wording a line; a line indented deeper continues the one
above. Blanks part the elements of a wording:

    word  a|b|c      one word, or one of several; `_` joins the words of one alternative: bank_transfer
    refund*          a word beginning so (three letters or more)      #    a number
    ...  ...7        up to four (seven) words between, inside one sentence; in Chinese up to six (seven) characters
    ...7+            the same, and the sentence may end between
    word?            may be missing                                   !a|b the next word is none of these
    {wallet}         the alternatives of that name, from NAMED of the same file
    >                at the head: an ask of the reader; does not count when the writer speaks of himself ("I will …")

Case, accents, ё, apostrophes and punctuation do not matter; currency signs are read as usd, eur, gbp, cny, rub, and
%, ⭐ as percent, star. A wording right behind a negation ("not a discount …") does not count. Chinese has no blanks
between words: there an element matches wherever its characters stand.

Add a wording where people use one, with its sentence in tests/core/test_signals.py, and beside it the ordinary
sentence that it must leave alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.phrases import en, es, pt, ru, zh
from amends.core.vocabulary import WarningCode

_FILES: Final = {"en": en, "ru": ru, "zh": zh, "pt": pt, "es": es}
LANGUAGES: Final = tuple(_FILES)

NAMED: Final[Mapping[str, Mapping[str, str]]] = {
    language: {name: "".join(words.split()) for name, words in file.NAMED.items()} for language, file in _FILES.items()
}
"""language -> name -> alternatives, parted by |."""


def _lines(table: str) -> tuple[str, ...]:
    """The wordings of a table; a line indented deeper than the first continues the one above."""
    written = [line for line in table.splitlines() if line.strip()]
    margin = min(len(line) - len(line.lstrip()) for line in written)
    joined: list[str] = []
    for line in written:
        words = line.strip()
        if len(line) - len(line.lstrip()) == margin:
            joined.append(words)
        else:
            joined[-1] += words if words.startswith("|") else f" {words}"
    return tuple(joined)


PHRASES: Final[Mapping[WarningCode, Mapping[str, tuple[str, ...]]]] = {
    code: {language: _lines(file.WORDINGS[code]) for language, file in _FILES.items()} for code in en.WORDINGS
}
"""warning -> language -> wordings."""

EXTENSION: Final[Mapping[str, tuple[str, ...]]] = {
    language: _lines(file.EXTENSION) for language, file in _FILES.items()
}
"""language -> wordings of a promise to extend the protection, or of the claim to have done so (R043)."""
