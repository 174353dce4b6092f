"""Letters to Alice and Bob: over a real SMTP server, in their own words, once, and never what people wrote."""

from __future__ import annotations

import email
import email.policy
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from amends import words
from amends.core.deadlines import protection_ends
from amends.core.refusals import Refused
from amends.core.vocabulary import Party
from amends.delivery import letters, mail, relay, reminders, wishes
from amends.delivery.letters import Place
from amends.delivery.mail import Mail
from amends.delivery.notices import Notices
from amends.orders import contacts, links, notices, privacy, queries
from amends.orders.contacts import Kind
from tests.web.people import START, Market

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACE = Place("Kettles & Co", "https://disputes.example/in/abc", "https://disputes.example/letters/abc")


class Letterbox:
    """What a mail server was handed; it can be told to refuse."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refuse = False
        self.dead = ""

    async def handle_RCPT(self, server: object, session: object, envelope: Any, address: str, options: object) -> str:
        if address == self.dead:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        if self.refuse:
            return "451 try again later"
        self.got.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.got if one["To"] == address]


@pytest.fixture
def letterbox(database: str) -> Iterator[Letterbox]:
    box = Letterbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            EMAIL_USE_TLS=False,
            AMENDS_MAIL_FROM="Amends <disputes@amends.example>",
            AMENDS_ADDRESS="https://disputes.example",
        ):
            yield box
    finally:
        server.stop()


@pytest.fixture
def market(database: str) -> Market:
    found = Market()
    contacts.tell(found.marketplace, "alice", now=NOW, address="alice@example.org", zone="America/Recife")
    contacts.tell(
        found.marketplace, "bob", now=NOW, address="bob@example.org", language="zh-hans", zone="Asia/Shanghai"
    )
    return found


def post(market: Market, now: datetime = NOW) -> None:
    """The worker's round: what waits in the outbox is noted and sent."""
    while relay.once(now, marketplace=market.marketplace, receivers=(Notices(now), Mail(now))):
        pass


def disputed(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(
        "buyer", "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00",
        text="It leaks all over the table", files=["photo"],
    )  # fmt: skip


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    found: str = part.get_content()
    return found


# ── one letter ───────────────────────────────────────────────────────────────────────────────────


def test_bob_is_told_whose_turn_it_is_until_when_and_what_silence_does(market: Market, letterbox: Letterbox) -> None:
    contacts.tell(market.marketplace, "bob", now=NOW, language="en", zone="UTC")
    disputed(market)
    post(market)
    opened = [one for one in letterbox.to("bob@example.org") if "awaited" in str(one["Subject"])]
    assert len(opened) == 1
    said = text_of(opened[0])
    assert "45.00 USD" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "It is your turn. You have until" in said
    assert "If nothing comes:" in said
    assert "https://disputes.example/in/" in said
    assert "It leaks" not in said, "what people write stays on the page"
    assert "It leaks" not in text_of(opened[0], "html")
    assert opened[0]["Auto-Submitted"] == "auto-generated"


def test_the_link_in_a_letter_lets_its_reader_in_and_nobody_else(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    post(market)
    said = text_of(letterbox.to("bob@example.org")[-1])
    token = said.partition("https://disputes.example/in/")[2].split()[0].rstrip("/")
    link = links.read(token)
    assert link is not None
    assert (link.party, link.name, link.order, link.dispute) == (Party.SELLER, "bob", "O-1", 1)
    assert links.works(link, NOW)
    assert not links.works(link, NOW + timedelta(days=8))
    contacts.tell(market.marketplace, "bob", now=NOW, address="new@example.org")
    assert not links.works(link, NOW), "whoever reads the old mailbox gets in no more"


def test_nobody_is_written_to_about_what_he_did_himself(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    post(market)
    assert not [one for one in letterbox.to("alice@example.org") if "opened" in text_of(one)]


def test_a_letter_is_in_the_readers_language_and_time(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    post(market)
    newest = letterbox.to("bob@example.org")[-1]
    assert 'lang="zh-hans"' in text_of(newest, "html")
    order = market.done("seller", "message", dispute=1, text="Sorry")
    with words.reader("zh-hans", "Asia/Shanghai"):
        shanghai = words.instant(order.disputes[0].clocks[0][1] + timedelta(days=5))
    assert shanghai.split()[-1] in text_of(newest)


# ── at least once, and no more than wanted ───────────────────────────────────────────────────────


def test_told_twice_a_letter_is_sent_once(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    post(market)
    before = len(letterbox.got)
    found = relay.Message(market.marketplace, "O-1", 3, "event", "DisputeOpened", NOW)
    Notices(NOW).receive(found)
    Mail(NOW).receive(found)
    assert len(letterbox.got) == before


def test_what_the_server_did_not_take_is_sent_later_under_the_same_id(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    letterbox.refuse = True
    post(market)
    assert letterbox.got == []
    letterbox.refuse = False
    post(market, NOW + timedelta(hours=2))
    ids = [one["Message-ID"] for one in letterbox.to("bob@example.org")]
    assert ids
    assert len(set(ids)) == len(ids)


def test_a_dead_mailbox_costs_nobody_else_his_letters(market: Market, letterbox: Letterbox) -> None:
    letterbox.dead = "alice@example.org"
    disputed(market)
    market.done("seller", "message", dispute=1, text="What leaks?")
    post(market)
    assert letterbox.to("bob@example.org"), "he would have lost by silence"
    assert letterbox.to("alice@example.org") == []
    assert notices.unread(market.marketplace, "alice") >= 1, "she is told on the pages"


@pytest.mark.parametrize("address", ["a@x..y.org", "a@x.org.", f"a@{'x' * 64}.org", "a\x00@x.org", "a", "a b@x.org"])
def test_an_address_nobody_can_be_written_to_is_not_taken(market: Market, address: str) -> None:
    with pytest.raises(Refused):
        contacts.tell(market.marketplace, "bob", now=NOW, address=address)


def test_who_turned_news_off_gets_what_is_awaited_of_him_all_the_same(market: Market, letterbox: Letterbox) -> None:
    contacts.tell(market.marketplace, "bob", now=NOW, language="en", zone="UTC")
    wish = wishes.read(wishes.address(market.marketplace, "bob", Kind.NEWS).rpartition("/")[2])
    assert wish is not None
    wishes.grant(wish, now=NOW)
    disputed(market)
    market.done("seller", "offer", dispute=1, wants="refund", amount="20.00")
    post(market)
    letterbox.got.clear()
    market.done("buyer", "message", dispute=1, text="Hello?")
    post(market)
    assert letterbox.to("bob@example.org") == []
    market.done("buyer", "revise", dispute=1, amount="40.00")
    post(market)
    assert len(letterbox.to("bob@example.org")) == 1
    assert wishes.address(market.marketplace, "bob", Kind.TURN) == "", "that kind cannot be turned off"


def test_a_letter_that_can_be_turned_off_says_how(market: Market, letterbox: Letterbox) -> None:
    market.order()
    post(market)
    shipped = letterbox.to("alice@example.org")[-1]
    assert shipped["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "https://disputes.example/letters/" in shipped["List-Unsubscribe"]
    assert "https://disputes.example/letters/" in text_of(shipped)


def test_an_erased_person_is_written_to_no_more(market: Market, letterbox: Letterbox) -> None:
    disputed(market)
    privacy.erase(market.marketplace, "bob", reason="asked", now=NOW)
    post(market)
    assert letterbox.to("bob@example.org") == []
    assert contacts.contact(market.marketplace, "bob").address == ""


def test_a_reminder_comes_before_protection_ends(market: Market, letterbox: Letterbox) -> None:
    order = market.order()
    post(market)
    letterbox.got.clear()
    ends = protection_ends(order)
    assert ends is not None
    market.day((ends - START).total_seconds() / 86_400 - 2.5)
    reminders.once(NOW, marketplace=market.marketplace)
    post(market)
    assert len(letterbox.to("alice@example.org")) == 1
    assert notices.unread(market.marketplace, "alice") >= 1


def test_once_a_day_a_seller_hears_what_waits(market: Market, letterbox: Letterbox) -> None:
    contacts.tell(market.marketplace, "bob", now=NOW, language="en", zone="UTC")
    disputed(market)
    assert mail.digests(NOW, market.marketplace) == 0, "not before the morning"
    morning = datetime(2026, 11, 24, 8, 1, tzinfo=UTC)
    mail.digests(morning, market.marketplace)
    daily = letterbox.to("bob@example.org")
    assert [str(one["Subject"]) for one in daily] == [f"{market.name}: 1 order waits for your answer"]
    assert "O-1" in text_of(daily[0])
    mail.digests(morning + timedelta(minutes=1), market.marketplace)
    assert len(letterbox.to("bob@example.org")) == 1, "tomorrow again"
    assert letterbox.to("alice@example.org") == []


# ── golden ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", sorted(words.LANGUAGES))
def test_the_letter_of_an_opened_dispute_is_what_it_was(database: str, language: str) -> None:
    """To write them anew after a change that is meant: WRITE_GOLDEN=1."""
    market = Market()
    disputed(market)
    found = queries.order(market.marketplace, "O-1", now=market.now)
    assert found is not None
    with words.reader(language, "Asia/Kathmandu"):
        opened = next(one.event for one in found.history if type(one.event).__name__ == "DisputeOpened")
        told = letters.of_event(found.order, opened, Party.SELLER)
        written = letters.letter(found.order, told, Kind.TURN, PLACE)
    for ending, content in (("txt", f"{written.subject}\n\n{written.text}"), ("html", written.html)):
        path = GOLDEN / f"opened.{language}.{ending}"
        if os.environ.get("WRITE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == content
