"""Letters: each notice of a person with an address and the wish to have it, by SMTP.

At least once: a letter that was handed over is marked; who dies in between sends it again under the same Message-ID,
by which mail programs show it once.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection as database

from amends import words
from amends.core.order import Order
from amends.core.vocabulary import Party
from amends.orders import brands, clock, contacts, links, notices, queries
from amends.orders.contacts import Contact, Kind
from amends.orders.notices import Notice
from amends.orders.queries import Found

from . import letters, wishes
from .audience import awaited
from .letters import Letter, Place, Told
from .notices import REMINDER, deadline_of, seen_by
from .receivers import Message, Undelivered

log = logging.getLogger(__name__)

SECONDS = 10
"""A mail server that says nothing for so long is down."""
LATER = timedelta(minutes=10)
"""After so long a mail server that did not answer is handed a daily letter again."""
LINK_WORKS = timedelta(days=7)
"""Longer than a party link of the shop: a letter is read when there is time."""


class ServerDown(Undelivered):
    """The server does not answer anybody."""


class NeverTaken(Exception):
    """This address cannot be written to, now or later. The person is told on the pages; others are not held up."""


class Mail:
    """Sends what `Notices`, which comes before it, has noted. Without an SMTP server nothing is sent.

    Made anew for each round of the relay: once the server has not answered, the rest of the round does not ask it.
    """

    name = "mail"

    def __init__(self, real_now: datetime) -> None:
        self.real_now = real_now
        self.down = False

    def receive(self, message: Message) -> None:
        if not settings.AMENDS_MAIL_FROM:
            return
        waiting = notices.unmailed(message.marketplace, message.order_key, message.event, message.topic)
        if not waiting:
            return
        now = clock.now_of(message.marketplace, self.real_now)
        found = queries.order(message.marketplace, message.order_key, now=now)
        trouble = ""
        for notice in waiting:
            try:
                self._one(message, found, notice)
            except NeverTaken as why:
                log.warning("A letter of message %s cannot be delivered: %s.", message.id, why)
            except Undelivered as why:
                trouble = str(why)
                continue  # nobody waits for another's mailbox
            notices.mailed(message.marketplace, notice, now=self.real_now)
        if trouble:
            raise Undelivered(trouble)

    def _one(self, message: Message, found: Found | None, notice: Notice) -> None:
        """The letter of one notice, if its person has an address and wants it. Raises NeverTaken, Undelivered."""
        person = contacts.contact(message.marketplace, notice.person)
        if found is None or not person.address or not person.wants(notice.kind):
            return
        written = written_for(message.marketplace, found, notice, person, self.real_now)
        if written is None:
            return
        if self.down:
            raise Undelivered("the mail server did not answer a moment ago")
        fewer = wishes.address(message.marketplace, person.person, notice.kind)
        try:
            send(person.address, written, message_id(f"{message.id}\n{notice.person}"), fewer)
        except ServerDown:
            self.down = True
            raise


def written_for(marketplace: UUID, found: Found, notice: Notice, person: Contact, real_now: datetime) -> Letter | None:
    """The letter of one notice, as the person reads it; None for a reminder whose deadline no longer runs."""
    with words.reader(person.language, person.zone):
        told = told_by(found, notice)
        if told is None:
            return None
        return letters.letter(
            found.order, told, notice.kind, _place(marketplace, found.order, notice, person, real_now)
        )


def told_by(found: Found, notice: Notice) -> Told | None:
    """What a notice says, for the active reader and of what its party may see; None where it says nothing any more."""
    if notice.topic.startswith(REMINDER):
        deadline = deadline_of(found.order, notice.topic)
        return letters.of_deadline(found.order, deadline, notice.party) if deadline else None
    event = seen_by(notice.party, found, notice.event)
    return letters.of_event(found.order, event, notice.party) if event else None


def send(address: str, letter: Letter, message_id: str, fewer: str) -> None:
    """Hand one letter over, outside of any transaction. Raises Undelivered, ServerDown among them, and NeverTaken."""
    if database.in_atomic_block:
        raise RuntimeError("a mail server may take minutes; nobody's rows are held meanwhile")
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    if fewer:
        headers |= {"List-Unsubscribe": f"<{fewer}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.AMENDS_MAIL_FROM,
        [address],
        headers=headers,
        connection=get_connection(timeout=SECONDS),
    )
    mail.attach_alternative(letter.html, "text/html")
    # What a server or Django says of an address may repeat it; neither the log nor the outbox is a place for it.
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        if codes and all(code >= 500 for code in codes):
            raise NeverTaken("the mail server refuses the address") from None
        raise Undelivered("the mail server does not take letters for this address at the moment") from None
    except (ValueError, UnicodeError):
        raise NeverTaken("the address is none") from None
    except smtplib.SMTPResponseException as fault:
        raise Undelivered(f"the mail server did not take it ({fault.smtp_code})") from None
    except (OSError, smtplib.SMTPException) as fault:
        raise ServerDown(f"the mail server does not answer ({type(fault).__name__})") from None


def _place(marketplace: UUID, order: Order, notice: Notice, person: Contact, real_now: datetime) -> Place:
    brand = brands.of(marketplace)
    base = settings.AMENDS_ADDRESS.rstrip("/")
    if not base:
        return Place(brand.name, "", "")
    dispute = order.disputes[-1].number if order.disputes else 0
    link = links.Link(
        marketplace,
        notice.party,
        notice.person,
        real_now + LINK_WORKS,
        order.id,
        dispute,
        person.language,
        person.zone,
        links.own_mark(marketplace, person.address),
    )
    return Place(
        brand.name, f"{base}/in/{links.written(link)}/", wishes.address(marketplace, notice.person, notice.kind)
    )


def message_id(about: str) -> str:
    """The same whenever it is sent again; it tells nobody anything."""
    digest = hashlib.sha256(about.encode()).hexdigest()[:32]
    return f"<{digest}@{settings.AMENDS_MAIL_FROM.rpartition('@')[2].strip('> ') or 'amends'}>"


# ── the daily letter ─────────────────────────────────────────────────────────────────────────────


class Waiting(NamedTuple):
    """One thing that waits for a seller."""

    order: str
    title: str
    turn: str
    silence: str
    at: datetime


def digests(now: datetime, marketplace: UUID | None = None, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Send the daily letters that are due at `now`, real time; how many. Somebody for whom nothing waits gets none.

    A mail server that does not answer is left alone for `LATER`; the letter it was handed comes then, and so do all
    that were due. Once it is `enough`, asked between two letters, the rest is left for the next time.
    """
    if not settings.AMENDS_MAIL_FROM:
        return 0
    sent = 0
    for found, name in contacts.digests_due(now, marketplace=marketplace):
        person = contacts.contact(found, name)
        if person.address and person.digest and person.wants(Kind.DIGEST):
            try:
                sent += _daily(found, person, now)
            except ServerDown as why:
                log.warning("Daily letters wait: %s.", why)
                contacts.digests_later((found, name), now=now, until=now + LATER)
                break
        if enough():
            break
    return sent


def _daily(marketplace: UUID, person: Contact, now: datetime) -> bool:
    """Whether he was written to. Raises ServerDown."""
    with words.reader(person.language, person.zone):
        waiting = sorted(_waiting(marketplace, person.person, now), key=lambda one: one.at)
        if not waiting:
            return False
        place = Place(brands.of(marketplace).name, "", wishes.address(marketplace, person.person, Kind.DIGEST))
        written = letters.digest(waiting, place)
    about = f"{marketplace}\n{person.person}\n{now.date()}"
    try:
        send(person.address, written, message_id(about), place.fewer)
    except ServerDown:
        raise
    except (Undelivered, NeverTaken):
        return False  # tomorrow's tells the same, and what is urgent has letters of its own
    return True


def _waiting(marketplace: UUID, seller: str, real_now: datetime) -> Iterator[Waiting]:
    now = clock.now_of(marketplace, real_now)
    for key in notices.waiting_for(marketplace, seller):
        found = queries.order(marketplace, key, now=now)
        if found is None:
            continue
        deadline = awaited(found.order, Party.SELLER, None)
        if deadline is not None:
            told = letters.of_deadline(found.order, deadline, Party.SELLER)
            title = ", ".join(line.title for line in found.order.lines)
            yield Waiting(key, title, told.turn, told.silence, deadline.at)
