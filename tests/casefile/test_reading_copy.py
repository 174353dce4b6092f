"""The reading copy says what people wrote, in their letters, and never does what they wrote."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdfium2
import pytest

from amends.vault.casefile.building import build
from amends.vault.casefile.contents import Role
from amends.vault.casefile.reading_copy import Copy, missing_glyphs, render, safe

from .cases import MADE, SIGNER, lamp, lamp_file
from .tampering import checked, unpacked

NAME = "reading-copy.pdf"


def read(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without what a line break in the PDF may have put between letters."""
    return re.sub(r"[\s\u200b\ufffe\u00ad]+", "", text)


def copy_of(sentence: str) -> Copy:
    """A case in which one sentence is written everywhere a person may write."""
    text = {"ref": "1.1", "sha256": "0" * 64, "text": sentence}
    sealed = {"ref": "1.1", "sha256": "0" * 64}
    fields = {"type": "RulingMade", "at": "2026-06-01T10:00:00Z", "by": "buyer", "finding": sealed, "text": sealed}
    filed = {"id": "F", "kind": "photo", "name": sealed, "comment": sealed}
    case: dict[str, Any] = dict.fromkeys(("marketplace", "order", "buyer", "seller"), sentence)
    case |= {"dispute": 1, "role": "court", "made_at": "2026-09-01T12:00:00Z", "currency": "EUR"}
    case |= {"policy": {"id": sentence, "version": 1}, "totals": {"paid_in_minor": 6_000}}
    documents = {
        "case.json": case,
        "events.json": [{"number": 1, "fields": fields | {"file": filed}}],
        "timeline.json": [{"event": 1, "at": "2026-06-01T10:00:00Z", "by": "buyer", "sentence": sentence}],
        "offers.json": [],
        "decision.json": [{"event": 1, "fields": fields}],
        "journal.json": [],
        "texts.json": [text],
        "evidence.json": [{"event": 1, "file": "F", "by": "buyer", "kind": "photo", "forms": []}],
    }
    return Copy(documents, {})


def test_a_case_file_has_its_reading_copy_signed_with_the_rest() -> None:
    whole = lamp_file(Role.COURT, with_pdf=True)
    assert checked(whole).code == 0
    text = read(unpacked(whole)[NAME])
    for words in ("Dispute 1 of order L-1", "45.00 EUR", "The lamp is dead.", "Plugged in, and dark.", "escrow"):
        assert words in text


def test_letters_of_four_scripts_are_printed() -> None:
    text = squeezed(read(unpacked(lamp_file(Role.COURT, with_pdf=True))[NAME]))
    assert "Лампанегорит" in text
    assert "灯不亮" in text
    assert "المصباح" in text
    assert missing_glyphs(["Straße, Gdańsk, Łódź, Лампа не горит, المصباح لا يعمل, 灯不亮。燈不亮，裁決 ₽€¥"]) == ()


def test_arabic_is_set_from_right_to_left() -> None:
    """In the PDF the first word stands to the right of the last."""
    document = pypdfium2.PdfDocument(render(copy_of("المصباح لا يعمل"), made_at=MADE))
    page = document[0].get_textpage()
    boxes = {}
    for word in ("المصباح", "يعمل"):
        search = page.search(word)
        found = search.get_next()
        assert found is not None, word
        boxes[word] = page.get_charbox(found[0])[0]
        search.close()
    assert boxes["المصباح"] > boxes["يعمل"]


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        '#{ panic("stop") }',
        '#import "@preview/x:1.0.0": *',
        "*/ /* // $x^2$ `raw` _under_ *star* <label> @ref",
        "back\\slash \\u{41} \\ end",
        "\"quoted\" 'single' ] ) } [ ( {",
        "= Not a heading\n- not a list\n+ nor one\n/ term: x",
        "---, ..., ~, http://example.org",
        '{"json": "inside"}',
    ],
)
def test_hostile_words_come_out_as_they_were_written(hostile: str) -> None:
    text = read(render(copy_of(hostile), made_at=MADE))
    assert squeezed(text).count(squeezed(hostile)) >= 8


def test_what_turns_or_hides_letters_is_written_out() -> None:
    assert safe("photo\u202egnp.exe") == "photo[U+202E]gnp.exe"
    assert safe("a\x00b\x1b[2J") == "a[U+0000]b[U+001B][2J"
    assert safe("line\nline\ttab") == "line\nline\ttab"
    assert "[U+202E]" in read(render(copy_of("photo\u202egnp.exe"), made_at=MADE))


def test_a_word_without_end_stays_on_the_page() -> None:
    document = pypdfium2.PdfDocument(render(copy_of("x" * 3_000), made_at=MADE))
    for page in document:
        text = page.get_textpage()
        width = page.get_width()
        assert all(text.get_charbox(at)[2] < width for at in range(text.count_chars()))


def test_a_character_no_font_has_is_named() -> None:
    text = read(render(copy_of("Broken 💔 ក"), made_at=MADE))
    assert missing_glyphs(["Broken 💔 ក"]) == ("ក", "💔")
    assert "U+1780, U+1F494" in text


def test_a_very_long_text_is_cut_and_says_where_the_rest_is() -> None:
    text = squeezed(read(render(copy_of("word " * 3_000), made_at=MADE)))
    assert "thewholeisintexts.json" in text


def test_the_same_case_makes_the_same_pages() -> None:
    again = build(lamp(), role=Role.COURT, signer=SIGNER, made_at=MADE)
    assert unpacked(again)[NAME] == unpacked(lamp_file(Role.COURT, with_pdf=True))[NAME]


def test_what_bob_may_not_see_is_not_in_his_copy() -> None:
    text = read(unpacked(lamp_file(Role.BUYER, with_pdf=True))[NAME])
    assert "the buyer's letter" not in text
    assert "withheld" in text


def test_a_picture_that_cannot_be_drawn_is_left_out() -> None:
    copy = copy_of("x")
    copy.documents["evidence.json"][0]["forms"] = [
        {"what": "reading", "media_type": "image/jpeg", "name": "evidence/0001-1-reading.jpg"}
    ]
    broken = copy._replace(pictures={"evidence/0001-1": lambda: io.BytesIO(b"\xff\xd8 no picture")})
    assert "evidence/0001-1-reading.jpg" in read(render(broken, made_at=MADE))
