"""A mail server that hangs is the letters' own trouble: deadlines are in time, and no letter is lost."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from django.db import connection, connections, transaction
from django.test import override_settings

from amends.delivery import letters, mail, relay
from amends.delivery.receivers import Message
from amends.orders import contacts, upkeep
from amends.worker import loop
from amends.worker.tasks import letter_tasks
from tests.store.lives import agreed, day, disputed, place

from .test_the_loop import PAUSE, Server, lapsed, until

Went = list[str]


class Office:
    """A mail server on one port: well, or with a letter in its hands and not another word."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.held: Went = []
        self.got: Went = []
        self.hangs = True
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.open()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        if envelope.rcpt_tos != [self.address]:
            return "250 another test's"
        written = str(email.message_from_bytes(envelope.content)["Message-ID"])
        if self.hangs:
            self.held.append(written)
            await asyncio.Event().wait()
        self.got.append(written)
        return "250 taken"

    def open(self) -> None:
        self.server: Controller | None = Controller(self, hostname="127.0.0.1", port=self.port)
        self.server.start()

    def close(self) -> None:
        """Whoever was on the line hears nothing but the end of it."""
        if self.server is not None:
            self.server.stop()
            self.server = None

    def recover(self) -> None:
        self.close()
        self.hangs = False
        self.open()


@pytest.fixture
def office(shop: UUID, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Bob has an address, and the mail server hangs for longer than any of this takes.

    What other stories left in the outbox of this database is set aside: thousands of messages would come first.
    """
    others = "UPDATE outbox SET set_aside = 'another story' WHERE marketplace <> %s AND done_at IS NULL"
    server.execute(others, [shop])
    monkeypatch.setattr(mail, "SECONDS", 120)
    address = f"bob-{shop}@example.org"
    contacts.tell(shop, "bob", now=day(0), address=address)
    contacts.wish(shop, "bob", unwanted=(), digest=False, now=day(0))
    found = Office(address)
    smtp = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": found.port, "EMAIL_USE_TLS": False}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    try:
        with override_settings(EMAIL_BACKEND=backend, AMENDS_MAIL_FROM="amends@amends.example", **smtp):
            yield found
    finally:
        found.close()
        until(lambda: not posting())


class Hands:
    """Whoever moves them moves the worker's time."""

    def __init__(self, now: datetime) -> None:
        self.now = now


def posting() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name.endswith(" letters")]


@contextmanager
def working(hands: Hands) -> Iterator[threading.Thread]:
    """A whole worker beside the test. It stops within the three seconds it is given, whatever its letters wait for."""
    stop = threading.Event()

    def work() -> None:
        loop.run(stop, real_now=lambda: hands.now, pause=PAUSE)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield worker
    finally:
        stop.set()
        worker.join(10)
        assert not worker.is_alive()


def count(server: Server, statement: Any, shop: UUID) -> int:
    found = server.execute(statement, [shop]).fetchone()
    assert found is not None
    return int(found[0])


def waiting(server: Server, shop: UUID) -> int:
    return count(server, "SELECT count(*) FROM outbox WHERE marketplace = %s AND done_at IS NULL", shop)


def told(server: Server, shop: UUID) -> int:
    """How many letters Bob is due: one for each notice he has."""
    return count(server, "SELECT count(*) FROM notice WHERE marketplace = %s AND person = 'bob'", shop)


def heard() -> list[datetime]:
    """When whoever sends letters was heard of."""
    return [one.round_at for one in upkeep.beats(letters=True)]


def test_deadlines_lapse_while_a_mail_server_hangs_and_no_letter_is_lost(
    shop: UUID, server: Server, office: Office
) -> None:
    hands, after = Hands(day(13)), day(17.1)
    with working(hands):
        disputed(shop)
        until(lambda: office.held)
        hands.now = after
        until(lambda: lapsed(server, shop) == 1)
        disputed(shop, "O2")
        until(lambda: lapsed(server, shop) == 2)
        assert (len(office.held), office.got) == (1, []), "the same letter is still being handed over"
        until(lambda: upkeep.beats()[0].round_at == after)
        assert after not in heard(), "an operator sees that letters are behind"

        office.recover()
        until(lambda: after in heard())
        hands.now = after + timedelta(hours=1)
        until(lambda: waiting(server, shop) == 0)
    assert office.held[0] in office.got, "the one that hung comes again, under the same Message-ID"
    assert len(office.got) == len(set(office.got)) == told(server, shop)
    assert upkeep.beats(letters=True) == upkeep.beats() == []


def test_a_worker_told_to_stop_does_not_wait_for_a_letter_and_the_next_one_sends_it(
    shop: UUID, server: Server, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    with working(Hands(day(13))):
        disputed(shop)
        until(lambda: office.held)
    assert len(office.held) == 1
    assert "It is sent again" in caplog.text
    assert upkeep.beats(letters=True) == []
    office.recover()
    until(lambda: not posting())
    loop.run_once(day(14))
    assert waiting(server, shop) == 0
    assert office.held[0] in office.got
    assert len(office.got) == len(set(office.got)) == told(server, shop)


def test_one_round_by_itself_sends_letters_too_and_in_order(shop: UUID, server: Server, office: Office) -> None:
    office.recover()
    disputed(shop)
    loop.run_once(day(13))
    assert (waiting(server, shop), len(office.got)) == (0, told(server, shop))


def test_letters_whose_thread_breaks_off_go_on_when_the_database_lets_them(
    shop: UUID, server: Server, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.recover()
    server.execute("""
        CREATE FUNCTION no_letters() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$;
        CREATE TRIGGER no_letters BEFORE INSERT OR UPDATE ON worker_beat FOR EACH ROW
          WHEN (new.worker LIKE '% letters') EXECUTE FUNCTION no_letters()
    """)
    try:
        with working(Hands(day(18))):
            until(lambda: "letters broke off" in caplog.text)
            disputed(shop)
            until(lambda: lapsed(server, shop) == 1)
            assert office.got == []
            server.execute("DROP FUNCTION no_letters CASCADE")
            until(lambda: waiting(server, shop) == 0)
    finally:
        server.execute("DROP FUNCTION IF EXISTS no_letters CASCADE")
    assert len(office.got) == told(server, shop)


def test_both_threads_of_a_worker_find_back_to_a_database_that_was_away(
    shop: UUID, server: Server, office: Office
) -> None:
    office.recover()
    with working(Hands(day(18))):
        until(lambda: upkeep.beats(letters=True) and upkeep.beats())
        connection.close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s",
            [server.info.backend_pid],
        )
        disputed(shop)
        until(lambda: lapsed(server, shop) == 1)
        until(lambda: waiting(server, shop) == 0)
    assert len(office.got) == told(server, shop)


def test_no_mail_server_is_asked_inside_a_transaction(shop: UUID, office: Office) -> None:
    office.recover()
    letter = letters.Letter("It is your turn", "text", "<p>text</p>")
    with transaction.atomic(), pytest.raises(RuntimeError, match="rows are held"):
        mail.send(office.address, letter, "<1@amends.example>", "")
    mail.send(office.address, letter, "<1@amends.example>", "")
    assert office.got == ["<1@amends.example>"]


def test_a_round_that_has_had_enough_gives_the_rest_back_at_once(shop: UUID) -> None:
    agreed(shop)
    place(shop, "O2")
    seen: list[str] = []

    class Witness:
        name = "witness"

        def receive(self, message: Message) -> None:
            seen.append(message.id)

    witness = (Witness(),)
    assert relay.once(day(20), marketplace=shop, receivers=witness, enough=lambda: len(seen) == 2) == 2
    rest = relay.once(day(20), marketplace=shop, receivers=witness)
    assert rest > 1
    assert len(seen) == len(set(seen)) == rest + 2, "not a lease later, and none twice"


def test_a_stopped_worker_begins_no_letter(shop: UUID, server: Server, office: Office) -> None:
    disputed(shop)
    stop = threading.Event()
    stop.set()
    for task in letter_tasks(stop):
        task.do(day(13))
    assert office.held == []
    assert waiting(server, shop) > 0


def test_a_daily_letter_that_met_a_server_which_is_down_comes_ten_minutes_later(shop: UUID, office: Office) -> None:
    disputed(shop)
    contacts.wish(shop, "bob", unwanted=(), digest=True, now=day(12))
    office.close()
    assert mail.digests(day(13), shop) == 0
    assert mail.digests(day(13) + timedelta(minutes=9), shop) == 0
    office.recover()
    assert mail.digests(day(13) + timedelta(minutes=9), shop) == 0, "it is left alone for a while"
    assert mail.digests(day(13) + timedelta(minutes=10), shop) == 1
    assert len(office.got) == 1
