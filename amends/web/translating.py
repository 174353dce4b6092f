"""In which language something is written, and, where a translator is at hand, what it says in the reader's.

A text leaves this service only when a reader asks for its translation; what he asked for is kept in memory, so that
it leaves once. The original always stays, and is shown.
"""

from __future__ import annotations

import json
import logging
from functools import cache, lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from amends.words.reader import locale

log = logging.getLogger(__name__)

SHORTEST = 20
"""Characters; of fewer nobody can tell the language."""
SURE: Final = 0.85
"""How likely a language must be before it is named."""
AMONG: Final = (
    *("en", "ru", "zh", "pt", "ar", "es", "fr", "de", "it", "nl", "pl", "tr", "uk", "ja", "ko", "vi", "id", "th"),
    *("he", "cs", "ro", "hu", "sv", "el", "hi", "fa", "bg", "fi", "da", "no", "ms", "bn", "ur", "kk"),
)
SECONDS = 6
MOST_ANSWER = 1_000_000
KEPT = 1000
"""Translations a process remembers."""


class Untranslated(Exception):
    """There is no translation now; the message is for the reader."""


class Translator(Protocol):
    def translate(self, text: str, *, into: str) -> str:
        """The text in the language `into`, one of `words.LANGUAGES`. Raises Untranslated."""
        ...


class LibreTranslate:
    """A LibreTranslate server, spoken to over HTTP; it finds out by itself what the text is written in."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port
        self.path = f"{parts.path.rstrip('/')}/translate"
        self.seconds = seconds

    def translate(self, text: str, *, into: str) -> str:
        asked = {"q": text, "source": "auto", "target": into.partition("-")[0], "format": "text"}
        try:
            answer = self._asked(json.dumps(asked).encode())
            found = json.loads(answer)
        except (OSError, HTTPException, ValueError) as trouble:
            log.warning("The translator did not answer: %s", trouble)
            raise Untranslated(_("The translator does not answer at the moment. The original stands below.")) from None
        translated = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(translated, str) or not translated.strip():
            log.warning("The translator answered something else, of %s bytes", len(answer))
            raise Untranslated(_("The translator could not translate this. The original stands below."))
        return translated

    def _asked(self, body: bytes) -> bytes:
        """The answer's body. Raises OSError, HTTPException."""
        kind: type[HTTPConnection] = HTTPSConnection if self.secure else HTTPConnection
        connection = kind(self.host, self.port, timeout=self.seconds)
        try:
            connection.request("POST", self.path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            if response.status != 200:
                raise HTTPException(f"status {response.status}")
            return response.read(MOST_ANSWER)
        finally:
            connection.close()


def possible() -> bool:
    """Whether this service has a translator."""
    return bool(_url())


def translate(text: str, *, into: str) -> str:
    """The text in the reader's language, asked for once a process. Raises Untranslated."""
    if not possible():
        raise Untranslated(_("There is no translator here. The original stands below."))
    return _translated(_url(), text, into)


def _url() -> str:
    url: str = settings.AMENDS_TRANSLATOR
    return url


@lru_cache(maxsize=KEPT)
def _translated(url: str, text: str, into: str) -> str:
    return LibreTranslate(url).translate(text, into=into)


# ── in which language ────────────────────────────────────────────────────────────────────────────


def foreign(text: str, language: str) -> str:
    """The name of the text's language, in the reader's own; "" where it is his, or nobody can tell."""
    found = guess(text)
    if found is None or found == language.partition("-")[0]:
        return ""
    return str(locale().languages.get(found, found))


@lru_cache(maxsize=10_000)
def guess(text: str) -> str | None:
    """The two letters of the language a text is most likely written in; None where it is too short to tell."""
    if len(text.strip()) < SHORTEST:
        return None
    found, likely = _identifier().classify(text)
    return str(found) if likely >= SURE else None


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(AMONG))
    return identifier
