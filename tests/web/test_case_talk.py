"""Messages on the case page: talk beside acts, warnings where they bite, translated only when somebody asks."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from amends import words
from amends.core.vocabulary import Party
from amends.stories import demonstration
from amends.stories.demonstration import translations
from amends.web import translating

from .people import Market
from .test_case import CASE, plain, text

RUSSIAN = "Мы очень сожалеем, что чайник пришёл с царапинами. Давайте договоримся."


@pytest.fixture
def talking(market: Market) -> Market:
    market.order()
    market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00"
    )  # fmt: skip
    market.done(Party.SELLER, "message", dispute=1, text=RUSSIAN)
    return market


class Server(ThreadingHTTPServer):
    """A LibreTranslate of our own, which remembers what it was asked."""

    def __init__(self, status: int = 200, answer: Any = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, Any]] = []
        self.status = status
        self.answer = {"translatedText": "We are very sorry."} if answer is None else answer


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append({"path": self.path, **json.loads(body)})
        written = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def translator(**how: Any) -> Iterator[Server]:
    server = Server(**how)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    translating.forget()
    try:
        with override_settings(AMENDS_TRANSLATOR=f"http://127.0.0.1:{server.server_port}/"):
            yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def translation(page: str) -> str:
    found = re.search(r'<div class="translated">(.*?)</div></div>', page, re.DOTALL)
    return plain(found[1]) if found else ""


# ── talk ─────────────────────────────────────────────────────────────────────────────────────────


def test_talk_looks_unlike_an_act_and_is_said_not_to_bind(talking: Market) -> None:
    answer = talking.seat(Party.BUYER).get(CASE)
    assert f'<div class="talk" dir="auto">{RUSSIAN}</div>' in answer.content.decode()
    assert "The seller wrote · Russian" in text(answer)
    assert "Messages are not binding. Only an offer in this dispute counts." in text(answer)
    assert "You wrote" in text(talking.seat(Party.SELLER).get(CASE))


def test_a_message_is_sent_from_the_page(talking: Market) -> None:
    alice = talking.seat(Party.BUYER)
    page = alice.get(CASE).content.decode()
    address = re.search(r'<form id="message" method="post" action="([^"]+)"', page)
    key = re.search(r'name="_key" value="([^"]+)"', page)
    assert address
    assert key
    fields = {"text": "Please send me a new lid.", "_key": key[1]}
    assert alice.client.post(address[1], fields).status_code == 303
    assert alice.client.post(address[1], fields).status_code == 303  # a double click
    assert text(talking.seat(Party.SELLER).get(CASE)).count("Please send me a new lid.") == 1


def test_a_trick_is_named_to_whom_it_would_hurt(talking: Market) -> None:
    talking.done(Party.SELLER, "message", dispute=1, text="Close the dispute and I pay you by PayPal.")
    said = "This message speaks of money outside this order"
    assert said in text(talking.seat(Party.BUYER).get(CASE))
    assert said not in text(talking.seat(Party.SELLER).get(CASE))
    assert f"The reader is warned: {said}" in text(talking.seat(Party.MEDIATOR).get(CASE))


def test_what_people_write_is_never_markup(talking: Market) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="a()">{{ here }}{% now "Y" %}'
    talking.done(Party.SELLER, "message", dispute=1, text=evil)
    talking.done(Party.BUYER, "add_evidence", dispute=1, kind="photo", name=evil, comment=evil)
    talking.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="1.00", text=evil)
    for party in (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR):
        page = talking.seat(party).get(CASE).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert page.count("&lt;script&gt;alert(1)") >= 4
        assert "{{ here }}" in page


# ── translation ──────────────────────────────────────────────────────────────────────────────────


def test_without_a_translator_there_is_no_link(talking: Market) -> None:
    page = talking.seat(Party.BUYER).get(CASE).content.decode()
    assert "Russian" in page
    assert "?translate=" not in page


def test_a_text_leaves_only_when_asked_for_and_only_once(talking: Market) -> None:
    alice = talking.seat(Party.BUYER)
    with translator() as server:
        page = alice.get(CASE).content.decode()
        number = re.search(r"\?translate=(\d+)#event-\1", page)
        assert number
        assert not server.asked
        for _ in range(2):
            page = alice.get(CASE, translate=number[1]).content.decode()
            assert "We are very sorry." in translation(page)
            assert RUSSIAN in page
        assert server.asked == [
            {"path": "/translate", "q": RUSSIAN, "source": "auto", "target": "en", "format": "text"}
        ]


def test_a_russian_reader_needs_no_translation(talking: Market) -> None:
    with translator():
        assert "?translate=" not in talking.seat(Party.BUYER, language="ru").get(CASE).content.decode()


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (500, {}, "The translator does not answer at the moment. The original stands above."),
        (200, {"error": "no"}, "The translator could not translate this. The original stands above."),
        (200, ["what"], "The translator could not translate this. The original stands above."),
    ],
)
def test_a_translator_that_fails_is_said_and_the_original_stays(
    talking: Market, status: int, answer: Any, said: str
) -> None:
    with translator(status=status, answer=answer):
        page = talking.seat(Party.BUYER).get(CASE, translate="4")
        assert said in text(page)
        assert RUSSIAN in page.content.decode()


def test_a_translator_that_is_away_is_said(talking: Market) -> None:
    with override_settings(AMENDS_TRANSLATOR="http://127.0.0.1:1"):
        said = text(talking.seat(Party.BUYER).get(CASE, translate="4"))
    assert "The translator does not answer at the moment." in said


def test_what_a_reader_may_not_see_is_not_sent_anywhere(talking: Market) -> None:
    talking.done(
        Party.BUYER, "add_evidence", dispute=1, kind="photo", comment="Только для посредника, пожалуйста.",
        mediator_only=True,
    )  # fmt: skip
    with translator() as server:
        for number in ("5", "0", "99", "-1", "x", "9" * 40):
            assert talking.seat(Party.SELLER).get(CASE, translate=number).status_code == 200
        assert not server.asked
        talking.seat(Party.MEDIATOR).get(CASE, translate="5")
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("Мы отправили вам новую посылку сегодня", "ru"),
        ("The kettle is broken and does not heat", "en"),
        ("A caixa chegou vazia, quero meu dinheiro de volta", "pt"),
        ("我们已经退款了，请您关闭这个纠纷，谢谢您的理解和支持。", "zh"),
        ("ok ok ok ok ok ok ok ok", None),
        ("Das ist kaputt", None),
        ("👍" * 30, None),
    ],
)
def test_the_language_is_guessed_only_where_one_can(written: str, language: str | None) -> None:
    assert translating.guess(written) == language


# ── a demonstration without a translator ─────────────────────────────────────────────────────────

CHINESE = "亲，可能是线的问题。请您先取消纠纷，我们私下给您补偿。"


def told_texts() -> set[str]:
    """Whatever somebody writes in the stories of the demonstration."""
    acts = (step.document for story in demonstration.stories() for step in story.steps if step.expectation is None)
    return {act[name] for act in acts for name in ("text", "finding", "comment") if name in act}


def test_every_told_text_is_there_in_every_language() -> None:
    assert len(told_texts()) > 20
    for written in told_texts():
        for language in words.LANGUAGES:
            assert translations.translation(written, language), (language, written)
    assert translations.translation(CHINESE, "zh-hans") == CHINESE


def test_the_demonstration_translates_what_its_people_wrote_and_nothing_else(talking: Market) -> None:
    talking.done(Party.SELLER, "message", dispute=1, text=CHINESE)
    alice = talking.seat(Party.BUYER)
    with override_settings(AMENDS_DEMO=True):
        page = alice.get(CASE).content.decode()
        assert re.findall(r"\?translate=(\d+)", page) == ["5"], "the Russian message was never told"
        assert "Nobody is set up here to translate it." in page
        assert "Please cancel the dispute first" in translation(alice.get(CASE, translate="5").content.decode())
        assert "There is no translator here." in text(alice.get(CASE, translate="4"))
    assert "?translate=" not in alice.get(CASE).content.decode(), "a marketplace has no such texts"


# ── beside claim and offer, evidence, and where staff decide ─────────────────────────────────────


PORTUGUESE = "A caixa chegou vazia, quero meu dinheiro de volta."


def test_the_texts_of_claim_offer_and_evidence_name_their_language_and_are_translated(talking: Market) -> None:
    claim = {"wants": "refund", "amount": "40.00", "reason": "low_quality"}
    talking.done(Party.BUYER, "revise", dispute=1, text=PORTUGUESE, **claim)
    talking.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="5.00", text=RUSSIAN)
    talking.done(
        Party.BUYER,
        "add_evidence",
        dispute=1,
        kind="photo",
        comment="A rachadura está do lado esquerdo, não dá para usar.",
    )
    talking.done(Party.BUYER, "escalate", dispute=1)
    mia = talking.seat(Party.MEDIATOR)
    for path in (CASE, f"{CASE}do/rule/"):
        with translator() as server:
            page = mia.get(path).content.decode()
            [comment] = set(re.findall(r"\?translate=(f-[^#&\"]+)#", page))
            for asked in (comment, "5", "6"):
                assert f"?translate={asked}#" in page
                assert "We are very sorry." in translation(mia.get(path, translate=asked).content.decode())
            assert [one["q"] for one in server.asked][1:] == [
                PORTUGUESE,
                RUSSIAN,
            ]
            assert plain(page).count("Portuguese") >= 2


def test_a_comment_for_the_mediator_only_is_translated_for_him_alone(talking: Market) -> None:
    talking.done(Party.BUYER, "add_evidence", dispute=1, kind="photo", comment=RUSSIAN, mediator_only=True)
    with translator() as server:
        [asked] = set(re.findall(r"\?translate=(f-[^#&\"]+)#", talking.seat(Party.MEDIATOR).get(CASE).content.decode()))
        talking.seat(Party.SELLER).get(CASE, translate=asked)
        assert not server.asked
        talking.seat(Party.MEDIATOR).get(CASE, translate=asked)
        assert [one["q"] for one in server.asked] == [RUSSIAN]
