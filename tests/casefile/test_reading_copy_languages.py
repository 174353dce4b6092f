"""The reading copy in the reader's language: the same case, other words around it, and what people wrote unchanged."""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest

import tests.database  # noqa: F401 (sets Django up, and keeps the odd time zone)
from amends import words
from amends.vault.casefile.building import build
from amends.vault.casefile.contents import Role
from amends.vault.casefile.frame import TEXTS, Frame
from amends.vault.casefile.reading_copy import missing_glyphs

from .cases import MADE, SIGNER, lamp
from .tampering import unpacked


def page_of(language: str) -> str:
    with words.reader(language):
        frame = Frame(language.partition("-")[0], words.say, words.instant, words.instant, words.money)
        case = lamp()._replace(tell=words.retold, frame=frame)
        whole = build(case, role=Role.COURT, signer=SIGNER, made_at=MADE)
    with pypdfium2.PdfDocument(io.BytesIO(unpacked(whole)["reading-copy.pdf"])) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"[\s\u200b\ufffe\u00ad]+", "", text)


@pytest.mark.parametrize(
    ("language", "heading", "money"),
    [
        ("ru", "Спор 1 по заказу L-1", "45,00"),
        ("zh-hans", "订单 L-1 的纠纷 1", "45.00"),
        ("pt", "Disputa 1 do pedido L-1", "45,00"),
    ],
)
def test_the_frame_is_in_the_readers_language(language: str, heading: str, money: str) -> None:
    text = page_of(language)
    assert heading.replace(" ", "") in text
    assert money in text
    assert "Claimsandoffers" not in text
    assert "Thelampisdead." in text, "what somebody wrote stays as it was written"


def test_arabic_pages_are_made_too() -> None:
    text = page_of("ar")
    assert "45.00" in text
    assert "Claimsandoffers" not in text


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_our_fonts_can_draw_every_word_of_the_frame(language: str) -> None:
    with words.reader(language):
        assert missing_glyphs(words.say(text) for text in TEXTS.values()) == ()
