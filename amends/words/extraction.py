"""`python -m amends.words.extraction`: the catalogues brought up to date with the texts of the code.

Texts come from three places: gettext calls in Python, templates, and the tables of the core and of the vault, which
know no gettext. Translations that are there are kept; those of texts that are gone are kept aside in the .po file.

    python -m amends.words.extraction                      bring every catalogue up to date, and compile it
    python -m amends.words.extraction --missing ru         what has no translation yet, as JSON
    python -m amends.words.extraction --merge ru FILE      take translations from such a JSON file

In the JSON each text is an object: `text`, where it has them `context` and `plural`, and `translation`, a list with
one text a plural form (one where there is no plural).
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import django
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE: Final = Path(__file__).parents[1]
LOCALE: Final = PACKAGE / "words" / "locale"
LANGUAGES: Final = ("ru", "zh_Hans", "pt", "ar")
"""As the folders are called."""

TABLES: Final[Mapping[str, str]] = {
    "amends.core.refusals:WORDS": "",
    "amends.core.signals:SENTENCES": "",
    "amends.core.silence:SENTENCES": "",
    "amends.core.deadlines:CLOCKS": "",
    "amends.core.deadlines:MONEY_WORDS": "",
    "amends.core.leaflet_english:ENGLISH": "",
    "amends.words.event_sentences:SENTENCES": "",
    "amends.words.event_sentences:PARCELS": "",
    "amends.words.event_sentences:LAPSES": "",
    "amends.words.event_sentences:ACTIONS": "",
    "amends.words.tables:TURNS": "",
    "amends.words.tables:STANDS_STILL": "",
    "amends.words.tables:STAGES": "",
    "amends.words.tables:OUTCOMES": "",
    "amends.words.tables:APPEALED": "",
    "amends.words.tables:DEADLINES": "",
    "amends.words.tables:ORDERS": "",
    "amends.words.tables:REFUNDS": "",
    "amends.words.tables:PARTIES": "",
    "amends.words.tables:REASONS": "",
    "amends.words.tables:WANTS": "",
    "amends.words.tables:ROLES": "role",
    "amends.words.tables:SUBJECTS": "subject",
    "amends.words.tables:FAULTS": "",
    "amends.words.tables:COUNTS": "",
    "amends.words.tables:FUNDS": "",
    "amends.words.tables:GROUNDS": "",
    "amends.words.tables:KINDS": "",
    "amends.words.tables:TRACKS": "",
    "amends.words.tables:FLAGS": "",
    "amends.words.tables:VERBS": "button",
    "amends.words.clocks:YOURS": "",
    "amends.words.clocks:BUYERS": "",
    "amends.words.paying:METHODS": "",
    "amends.words.paying:ENDING": "",
    "amends.vault.sentences:ENGLISH": "",
    "amends.vault.casefile.frame:TEXTS": "",
    "amends.vault.casefile.frame:WORDS": "",
    "amends.vault.faults:SENTENCES": "",
    "amends.vault.faults:WORDS": "",
}
"""By place, with the context their texts have; they are read, not imported: the arrows of the house stay as they are.
"""
KEYWORDS: Final[Mapping[str, tuple[Any, ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CORE_CALLS: Final = ("told", "malformed")
"""Calls of the core whose literal texts are translated, and the keywords of a refusal that hold such texts:"""
CORE_FACTS: Final = ("why", "mend")
SPOKEN_TO_PEOPLE: Final = ("core", "orders", "vault")
"""The rooms where such calls are; what the API says to programs stays English."""


class Text(NamedTuple):
    """A text to translate."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.text, self.plural) if self.plural else self.text


@cache
def texts() -> Mapping[Text, list[str]]:
    """Every text of the house to be translated, with the files it stands in."""
    found: dict[Text, list[str]] = {}
    for text, place in (*_in_python(), *_in_templates(), *_in_calls(), *_in_tables()):
        if text.text and place not in found.setdefault(text, []):
            found[text].append(place)
    return found


# ── where texts are ──────────────────────────────────────────────────────────────────────────────


def _in_python() -> Iterator[tuple[Text, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _gettext(path, path.read_bytes())


def _in_templates() -> Iterator[tuple[Text, str]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415 (wants settings, see `main`)

    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if path.suffix in (".html", ".txt"):
            yield from _gettext(path, templatize(path.read_text("utf-8"), origin=str(path)).encode())


def _gettext(path: Path, source: bytes) -> Iterator[tuple[Text, str]]:
    for _, message, _, context in extract("python", io.BytesIO(source), keywords=dict(KEYWORDS)):
        place = path.relative_to(PACKAGE.parent).as_posix()
        parts = message if isinstance(message, tuple) else (message,)
        yield Text(parts[0], parts[1] if len(parts) > 1 else "", context or ""), place


def _in_calls() -> Iterator[tuple[Text, str]]:
    for room in SPOKEN_TO_PEOPLE:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(call, ast.Call):
                    for text in _literals(call):
                        yield Text(text), path.relative_to(PACKAGE.parent).as_posix()


def _literals(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given: list[ast.expr] = []
    if name in CORE_CALLS:
        given = call.args[:1] if name == "told" else call.args
    given += [keyword.value for keyword in call.keywords if keyword.arg in CORE_FACTS]
    for argument in given:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def _in_tables() -> Iterator[tuple[Text, str]]:
    for place, context in TABLES.items():
        file = place.partition(":")[0].replace(".", "/") + ".py"
        for text in _strings(pkgutil.resolve_name(place)):
            yield Text(text, context=context), file


def _strings(part: object) -> Iterator[str]:
    """The texts in a table: values of mappings, members of tuples, never words of an enum."""
    if isinstance(part, str) and not isinstance(part, Enum):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _strings(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _strings(value)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _strings(getattr(part, field.name))


# ── catalogues ───────────────────────────────────────────────────────────────────────────────────


def catalogue(language: str) -> Catalog:
    """The catalogue as it lies there; an empty one for a language that has none yet."""
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language, project="Amends", version="1", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def missing(language: str) -> list[dict[str, Any]]:
    """What the code says and the catalogue has no translation for."""
    there = catalogue(language)
    return [_as_json(text) for text in texts() if not _translated(there, text)]


def _translated(there: Catalog, text: Text) -> bool:
    message = there.get(text.id, text.context or None)
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(forms) and len(forms) == (there.num_plurals if text.plural else 1)


def update(language: str) -> Catalog:
    """The catalogue with exactly the texts of the code; translations of others are kept aside."""
    old, new = catalogue(language), Catalog(locale=language, project="Amends", version="1", charset="utf-8")
    for text, places in sorted(texts().items(), key=lambda entry: (entry[1][0], entry[0])):
        was = old.get(text.id, text.context or None)
        new.add(text.id, was.string if was else None, [(place, 0) for place in places], context=text.context or None)
    for message in (*old.obsolete.values(), *old):
        if message.id and new.get(message.id, message.context) is None and message.string:
            new.obsolete[message.id] = message
    return new


def merge(language: str, entries: list[dict[str, Any]]) -> None:
    """Writes translations into the catalogue; raises ValueError for a text the code does not have."""
    there, known = update(language), texts()
    for entry in entries:
        text = Text(entry["text"], entry.get("plural", ""), entry.get("context", ""))
        if text not in known:
            raise ValueError(f"the code has no text {text}")
        given = tuple(entry["translation"])
        message = there.get(text.id, text.context or None)
        assert message is not None, "update holds every text of the code"
        message.string = given if text.plural else given[0]
    write(language, there)


def write(language: str, told: Catalog) -> None:
    """The .po file and, compiled from it, the .mo file. The same texts always give the same bytes."""
    path = _path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(told))
    path.with_suffix(".mo").write_bytes(compiled(language))


def written(told: Catalog) -> bytes:
    """A catalogue as its .po file holds it."""
    told.fuzzy = False
    told.header_comment = "# The words of Amends. Brought up to date by `python -m amends.words.extraction`."
    text = io.BytesIO()
    write_po(text, told, width=100, sort_output=False)
    return b"\n".join(line for line in text.getvalue().split(b"\n") if not line.startswith(_MOVING))


def compiled(language: str) -> bytes:
    """What the .po file is compiled to."""
    out, told = io.BytesIO(), catalogue(language)
    told.creation_date = told.revision_date = _NO_DATE
    write_mo(out, told)
    return out.getvalue()


_NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_MOVING: Final = (
    b'"POT-Creation-Date',
    b'"PO-Revision-Date',
    b'"Generated-By',
    b'"Report-Msgid-Bugs-To',
    b'"Last-Translator',
    b'"Language-Team',
)
"""Lines of the header that would change with every run, or that nobody fills in."""


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _as_json(text: Text) -> dict[str, Any]:
    return {name: part for name, part in text._asdict().items() if part} | {"translation": []}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m amends.words.extraction", description=__doc__.partition("\n")[0])
    parser.add_argument("--missing", choices=LANGUAGES, metavar="LANGUAGE", help="print what is missing, as JSON")
    parser.add_argument("--merge", nargs=2, metavar=("LANGUAGE", "FILE"), help="take translations from a JSON file")
    given = parser.parse_args(arguments)
    if given.missing:
        json.dump(missing(given.missing), sys.stdout, ensure_ascii=False, indent=1)
    elif given.merge:
        merge(given.merge[0], json.loads(Path(given.merge[1]).read_text("utf-8")))
    else:
        for language in LANGUAGES:
            write(language, update(language))
    return 0


if __name__ == "__main__":
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    django.setup()
    sys.exit(main())
