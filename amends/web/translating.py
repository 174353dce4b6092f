"""In which language something is written, and, where a translator is at hand, what it says in the reader's.

A text leaves this service only when a reader asks for its translation. What came back is kept in memory for
`KEPT_FOR` at most, by a digest of the text and never beside it, so that the text leaves once in that time: that is how
long a translation can outlive an erasure. The original always stays, and is shown.
"""

from __future__ import annotations

import json
import logging
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from amends.stories.demonstration.translations import translation
from amends.words.reader import locale

from .remembered import Breaker, Remembered, digest

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
KEPT: Final = 1000
"""Translations a process remembers."""
KEPT_FOR: Final = 3600.0
"""Seconds a process remembers one."""
MOST_KEPT: Final = 5_000_000
"""Characters of all it remembers."""
PAUSE: Final = 15.0
"""Seconds for which a translator that did not answer is not asked again."""
AT_ONCE: Final = 2
"""Requests that ask a translator at the same time; the others are told that it does not answer."""

_known: Final = Remembered(seconds=KEPT_FOR, most=KEPT, characters=MOST_KEPT)
_guessed: Final = Remembered(seconds=KEPT_FOR, most=10_000, characters=100_000)
_breaker: Final = Breaker(seconds=PAUSE, at_once=AT_ONCE)


class Untranslated(Exception):
    """There is no translation now; the message is for the reader."""


class Away(Untranslated):
    """The translator did not answer: for a while nobody is to wait for it."""


class Translator(Protocol):
    def translate(self, text: str, *, into: str) -> str:
        """The text in the language `into`, one of `words.LANGUAGES`. Raises Untranslated, Away."""
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
            raise Away(_("The translator does not answer at the moment. The original stands above.")) from None
        translated = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(translated, str) or not translated.strip():
            log.warning("The translator answered something else, of %s bytes", len(answer))
            raise Untranslated(_("The translator could not translate this. The original stands above."))
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


def possible(text: str, *, into: str) -> bool:
    """Whether this service has a translator for the text: of a demonstration without one, its own texts have."""
    return bool(_url()) or _demonstrated(text, into) is not None


def translate(text: str, *, into: str) -> str:
    """The text in the reader's language, asked for once in `KEPT_FOR` by a process. Raises Untranslated."""
    if _url():
        return _translated(_url(), text, into)
    told = _demonstrated(text, into)
    if told is None:
        raise Untranslated(_("There is no translator here. The original stands above."))
    return told


def _demonstrated(text: str, into: str) -> str | None:
    """What the demonstration's own texts say in another language; elsewhere nothing."""
    return translation(text, into) if settings.AMENDS_DEMO else None


def _url() -> str:
    url: str = settings.AMENDS_TRANSLATOR
    return url


def _translated(url: str, text: str, into: str) -> str:
    asked = digest(url, text, into)
    known = _known.get(asked)
    if known is not None:
        return known
    if not _breaker.enter():
        raise Away(_("The translator does not answer at the moment. The original stands above."))
    failed = True
    try:
        translated = LibreTranslate(url).translate(text, into=into)
        failed = False
    except Away:
        raise
    except Untranslated:
        failed = False
        raise
    finally:
        _breaker.leave(failed=failed)
    _known.put(asked, translated)
    return translated


def forget() -> None:
    """Nothing is remembered, and whoever did not answer is asked again."""
    _known.clear()
    _guessed.clear()
    _breaker.reset()


# ── in which language ────────────────────────────────────────────────────────────────────────────


def foreign(text: str, language: str) -> str:
    """The name of the text's language, in the reader's own; "" where it is his, or nobody can tell."""
    found = guess(text)
    if found is None or found == language.partition("-")[0]:
        return ""
    return str(locale().languages.get(found, found))


def guess(text: str) -> str | None:
    """The two letters of the language a text is most likely written in; None where it is too short to tell."""
    if len(text.strip()) < SHORTEST:
        return None
    asked = digest(text)
    known = _guessed.get(asked)
    if known is None:
        found, likely = _identifier().classify(text)
        known = str(found) if likely >= SURE else ""
        _guessed.put(asked, known)
    return known or None


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(AMONG))
    return identifier
