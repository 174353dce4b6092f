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
from amends.core.money import format_minor
from amends.core.refusals import day_and_time

from . import glyphs

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


def render(copy: Copy, *, made_at: datetime) -> bytes:
    """The PDF. The same case gives the same bytes with the same version of typst.

    A picture that cannot be drawn must not cost the reader the whole copy: then it is set without pictures.
    """
    with tempfile.TemporaryDirectory(prefix="amends-case-") as folder:
        root = Path(folder)
        shutil.copy(TEMPLATE, root / "main.typ")
        pictures = _laid_out(copy.pictures, root)
        try:
            return _set(root, told(copy.documents, pictures), made_at)
        except typst.TypstError:
            if not pictures:
                raise
            return _set(root, told(copy.documents, {}), made_at)


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


def told(documents: Mapping[str, Any], pictures: Mapping[str, str]) -> dict[str, Any]:
    """What the template sets: strings only, amounts and dates already written out."""
    case, plain = documents["case.json"], _plain_texts(documents["texts.json"])
    page = {
        "case": {key: safe(str(case[key])) for key in ("marketplace", "order", "dispute", "buyer", "seller", "role")},
        "made_at": day_and_time(parse_instant(case["made_at"])),
        "policy": safe(f"{case['policy']['id']} version {case['policy']['version']}"),
        "totals": [[_word(name), _money(minor, case)] for name, minor in case["totals"].items() if minor],
        "timeline": [[_day(one["at"]), _said(one["sentence"])] for one in documents["timeline.json"]],
        "offers": [_terms(one, case) for one in documents["offers.json"]],
        "decision": [_decided(one, case, plain) for one in documents["decision.json"]],
        "evidence": [_file(one, documents["events.json"], plain, pictures) for one in documents["evidence.json"]],
        "journal": [_row(row, case) for row in documents["journal.json"]],
        "withheld": sum("withheld" in event for event in documents["events.json"]),
        "partly": any("withheld_fields" in event for event in documents["events.json"]),
    }
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


def _said(text: str) -> dict[str, Any]:
    """Somebody's words: from right to left where their first letter is."""
    if len(text) > _MOST_SHOWN:
        text = text[:_MOST_SHOWN] + f"… ({len(text):,} characters; the whole is in texts.json)"
    turned = next((unicodedata.bidirectional(x) for x in text if unicodedata.bidirectional(x) in ("L", "R", "AL")), "L")
    return {"text": safe(text), "rtl": turned != "L"}


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


def _plain_texts(texts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {text["ref"]: text.get("text", "(can no longer be read)") for text in texts}


def _text(sealed: Any, plain: Mapping[str, str]) -> str:
    return plain.get(sealed["ref"], "") if isinstance(sealed, Mapping) and "ref" in sealed else ""


def _terms(one: Mapping[str, Any], case: Mapping[str, Any]) -> list[str]:
    fields = one["fields"]
    amount = _money(fields["amount_minor"], case) if "amount_minor" in fields else ""
    options = "; ".join(
        f"{each['option']}: {_word(each['wants'])} {_money(each['amount_minor'], case)}"
        for each in fields.get("options", ())
    )
    what = f"{_word(fields['wants'])} {amount}" if "wants" in fields else options
    number = str(fields.get("number", "1" if fields["type"] == "DisputeOpened" else ""))
    return [_day(fields["at"]), fields["by"], _word(_spaced(fields["type"])), number, what]


def _decided(one: Mapping[str, Any], case: Mapping[str, Any], plain: Mapping[str, str]) -> dict[str, Any]:
    fields = one["fields"]
    facts = [_word(_spaced(fields["type"]))]
    facts += [_word(str(fields[key])) for key in ("outcome", "wants", "grounds") if key in fields]
    facts += [_money(fields["amount_minor"], case)] if "amount_minor" in fields else []
    facts += [f"option {fields['option']}"] if "option" in fields else []
    facts += [
        f"{_word(key)}: {_word(fields[key])}" for key in ("fault", "counts_against", "funded_by") if key in fields
    ]
    words = [_text(fields.get(key), plain) for key in ("finding", "text")]
    return {
        "at": _day(fields["at"]),
        "by": fields["by"],
        "facts": ", ".join(facts),
        "words": [_said(w) for w in words if w],
    }


def _file(
    one: Mapping[str, Any], events: list[Mapping[str, Any]], plain: Mapping[str, str], pictures: Mapping[str, str]
) -> dict[str, Any]:
    fields = events[one["event"] - 1]["fields"]
    carried = [*fields.get("files", ()), *([fields["file"]] if isinstance(fields.get("file"), Mapping) else [])]
    file = next(file for file in carried if file["id"] == one["file"])
    stem = one["forms"][0]["name"].rsplit("-", 1)[0] if one["forms"] else ""
    return {
        "number": f"{one['event']}",
        "kind": one["kind"],
        "by": one["by"],
        "at": _day(fields["at"]),
        "name": _said(_text(file.get("name"), plain)),
        "comment": _said(_text(file.get("comment"), plain)),
        "sha256": one.get("sha256", ""),
        "stored": ", ".join(form["name"] for form in one["forms"]) or "not kept",
        "picture": pictures.get(stem, ""),
    }


def _row(row: Mapping[str, Any], case: Mapping[str, Any]) -> list[str]:
    return [_day(row["at"]), row["debit"], row["credit"], _money(row["amount_minor"], case), safe(row["rule"])]


def _money(minor: int, case: Mapping[str, Any]) -> str:
    return f"{format_minor(minor, case['currency'])} {case['currency']}"


def _day(at: str) -> str:
    """Short enough for a column, seconds only where they matter."""
    instant = parse_instant(at)
    return f"{instant:%d %b %Y, %H:%M:%S}" if instant.second else f"{instant:%d %b %Y, %H:%M}"


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
