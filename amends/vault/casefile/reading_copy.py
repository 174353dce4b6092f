"""The reading copy: the case as a PDF to be read and printed, set by typst.

The template never changes; everything about the case reaches it as JSON data. So what somebody wrote is set as it
stands, also where it looks like typst code. Fonts lie beside this file and no others are used, so that the same case
gives the same pages everywhere. What no font has a glyph for is said on the last page.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import typst

from amends.core.durations import parse_instant

from . import glyphs
from .frame import ENGLISH, TEXTS, Frame
from .redaction import carried

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "reading_copy.typ"
MOST_PICTURES = 60
"""More would make a file nobody prints; the rest is listed without its picture."""

_LONG_WORD = re.compile(r"(\S{48})(?=\S)")
_MOST_SHOWN = 4_000


class Copy(NamedTuple):
    """The documents of a case file by name, and its pictures (JPEG or PNG) by stem, like `evidence/0007-1`."""

    documents: Mapping[str, Any]
    pictures: Mapping[str, Callable[[], BinaryIO]]
    frame: Frame = ENGLISH


def render(copy: Copy, *, made_at: datetime) -> bytes:
    """The PDF. The same case gives the same bytes with the same version of typst.

    A picture that cannot be drawn must not cost the reader the whole copy: then it is set without pictures.
    """
    with tempfile.TemporaryDirectory(prefix="amends-case-") as folder:
        root = Path(folder)
        shutil.copy(TEMPLATE, root / "main.typ")
        pictures = _laid_out(copy.pictures, root)
        try:
            return _set(root, told(copy.documents, pictures, copy.frame), made_at)
        except typst.TypstError:
            if not pictures:
                raise
            return _set(root, told(copy.documents, {}, copy.frame), made_at)


def _set(root: Path, page: Mapping[str, Any], made_at: datetime) -> bytes:
    """`root` is all that typst may read."""
    pdf = typst.compile(
        root / "main.typ",
        root=root,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"case": json.dumps(page, ensure_ascii=False)},
        timestamp=made_at.replace(microsecond=0),
    )
    assert isinstance(pdf, bytes), "one input, no output path: typst answers with bytes"
    return pdf


def missing_glyphs(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters in the texts that no font of ours can draw, each once, by code point."""
    unseen = {letter for text in texts for letter in text if unicodedata.category(letter)[0] not in "CZ"}
    return tuple(sorted(letter for letter in unseen if ord(letter) not in glyphs.drawable()))


def told(documents: Mapping[str, Any], pictures: Mapping[str, str], frame: Frame = ENGLISH) -> dict[str, Any]:
    """What the template sets: strings only, amounts and dates already written out."""
    page = _Page(documents, pictures, frame).whole()
    lost = missing_glyphs(_strings(page))
    return page | {"missing": [f"U+{ord(letter):04X}" for letter in lost]}


def safe(text: str) -> str:
    """The text as it can be set: what turns or hides letters is written out, words without end may break."""
    shown = "".join(_visible(letter) for letter in text)
    return _LONG_WORD.sub("\\1\u200b", shown)


def _visible(letter: str) -> str:
    kind = unicodedata.category(letter)
    turns = unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    if turns or (kind in ("Cc", "Co", "Cs", "Cn") and letter not in "\n\t"):
        return f"[U+{ord(letter):04X}]"
    return letter


def _laid_out(pictures: Mapping[str, Callable[[], BinaryIO]], root: Path) -> dict[str, str]:
    """Copies the pictures to where typst may read; answers with their paths there."""
    places = {}
    for number, (stem, open_) in enumerate(list(pictures.items())[:MOST_PICTURES], 1):
        with open_() as stream:
            content = stream.read()
        suffix = "png" if content.startswith(b"\x89PNG") else "jpg"
        (root / f"{number}.{suffix}").write_bytes(content)
        places[stem] = f"/{number}.{suffix}"
    return places


class _Page:
    def __init__(self, documents: Mapping[str, Any], pictures: Mapping[str, str], frame: Frame) -> None:
        self.documents = documents
        self.pictures = pictures
        self.frame = frame
        self.case: Mapping[str, Any] = documents["case.json"]
        gone = frame.text("unreadable")
        self.plain = {text["ref"]: text.get("text", gone) for text in documents["texts.json"]}

    def whole(self) -> dict[str, Any]:
        documents, frame, case = self.documents, self.frame, self.case
        named = {key: safe(str(case[key])) for key in ("marketplace", "order", "dispute", "buyer", "seller")}
        made_at = frame.instant(parse_instant(case["made_at"]))
        about = {"made_at": made_at, "role": self.word(str(case["role"]))}
        withheld = sum("withheld" in event for event in documents["events.json"])
        partly = any("withheld_fields" in event for event in documents["events.json"])
        policy = {"id": case["policy"]["id"], "version": case["policy"]["version"]}
        return {
            "lang": frame.language,
            "say": {name: frame.text(name) for name in _PLAIN},
            "title": frame.text("title", **named),
            "heading": frame.text("heading", **named),
            "made": frame.text("made", marketplace=named["marketplace"], **about),
            "case": named,
            "policy": safe(frame.text("version", **policy)),
            "totals": [[self.capital(name), self.money(minor)] for name, minor in case["totals"].items() if minor],
            "timeline": [[self.day(one["at"]), self.said(one["sentence"])] for one in documents["timeline.json"]],
            "offers": [self.terms(one) for one in documents["offers.json"]],
            "decision": [self.decided(one) for one in documents["decision.json"]],
            "evidence": [self.file(one) for one in documents["evidence.json"]],
            "journal": [self.row(row) for row in documents["journal.json"]],
            "withheld": self.withheld(withheld) if withheld or partly else "",
        }

    def withheld(self, count: int) -> str:
        return self.frame.text("withheld.one" if count == 1 else "withheld.many", count=count)

    def said(self, text: str) -> dict[str, Any]:
        """Somebody's words: from right to left where their first letter is."""
        if len(text) > _MOST_SHOWN:
            text = f"{text[:_MOST_SHOWN]}… {self.frame.text('longer', characters=f'{len(text):,}')}"
        turns = (unicodedata.bidirectional(letter) for letter in text)
        return {"text": safe(text), "rtl": next((turn for turn in turns if turn in ("L", "R", "AL")), "L") != "L"}

    def text(self, sealed: Any) -> str:
        return self.plain.get(sealed["ref"], "") if isinstance(sealed, Mapping) and "ref" in sealed else ""

    def terms(self, one: Mapping[str, Any]) -> list[str]:
        fields = one["fields"]
        amount = self.money(fields["amount_minor"]) if "amount_minor" in fields else ""
        options = "; ".join(
            f"{each['option']}: {self.word(each['wants'])} {self.money(each['amount_minor'])}"
            for each in fields.get("options", ())
        )
        what = f"{self.word(fields['wants'])} {amount}" if "wants" in fields else options
        number = str(fields.get("number", "1" if fields["type"] == "DisputeOpened" else ""))
        return [self.day(fields["at"]), self.word(fields["by"]), self.word(_spaced(fields["type"])), number, what]

    def decided(self, one: Mapping[str, Any]) -> dict[str, Any]:
        fields = one["fields"]
        facts = [self.word(_spaced(fields["type"]))]
        facts += [self.word(str(fields[key])) for key in ("outcome", "wants", "grounds") if key in fields]
        facts += [self.money(fields["amount_minor"])] if "amount_minor" in fields else []
        facts += [self.frame.text("option", option=fields["option"])] if "option" in fields else []
        facts += [
            f"{self.word(key)}: {self.word(fields[key])}"
            for key in ("fault", "counts_against", "funded_by")
            if key in fields
        ]
        words = [self.text(fields.get(key)) for key in ("finding", "text")]
        return {
            "at": self.day(fields["at"]),
            "by": self.word(fields["by"]),
            "facts": ", ".join(facts),
            "words": [self.said(w) for w in words if w],
        }

    def file(self, one: Mapping[str, Any]) -> dict[str, Any]:
        event = self.documents["events.json"][one["event"] - 1]
        fields = event["fields"]
        file = next(file for file in carried(event) if file["id"] == one["file"])
        stem = one["forms"][0]["name"].rsplit("-", 1)[0] if one["forms"] else ""
        kind = self.word(one["kind"])
        about = {"kind": kind, "by": self.word(one["by"]), "at": self.day(fields["at"]), "number": one["event"]}
        return {
            "kind": kind,
            "given": self.frame.text("given", **about),
            "name": self.said(self.text(file.get("name"))),
            "comment": self.said(self.text(file.get("comment"))),
            "sha256": one.get("sha256", ""),
            "stored": ", ".join(form["name"] for form in one["forms"]) or self.frame.text("not_kept"),
            "picture": self.pictures.get(stem, ""),
        }

    def row(self, row: Mapping[str, Any]) -> list[str]:
        amount = self.money(row["amount_minor"])
        return [self.day(row["at"]), row["debit"], row["credit"], amount, safe(row["rule"])]

    def money(self, minor: int) -> str:
        return self.frame.money(minor, self.case["currency"])

    def day(self, at: str) -> str:
        return self.frame.short(parse_instant(at))

    def word(self, word: str) -> str:
        return self.frame.say(_word(word))

    def capital(self, word: str) -> str:
        said = self.word(word)
        return said[:1].upper() + said[1:]


_PLAIN = tuple(name for name, text in TEXTS.items() if "{" not in text)


def _word(word: str) -> str:
    return word.removesuffix("_minor").replace("_", " ")


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
