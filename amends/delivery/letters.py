"""A letter: what happened, whose turn it is, until when, and what silence does; in the reader's words.

What people wrote to each other is not in it: letters lie in mailboxes nobody here can lock. It says that there is
something to read, and where.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _

from amends import words
from amends.core import events as e
from amends.core.deadlines import Deadline, next_deadline, next_of_dispute
from amends.core.order import Order
from amends.core.vocabulary import Party
from amends.orders.contacts import NEEDED, Kind

from .audience import awaited

LONGEST_SUBJECT = 120


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


class Told(NamedTuple):
    """What a letter or a notice says of one order, in whole sentences."""

    headline: str
    """What happened, or of what is reminded."""
    turn: str
    """Whose turn it is and until when; "" where nobody is awaited."""
    silence: str
    """What happens if nothing comes; "" where no clock runs."""


class Place(NamedTuple):
    """Where the reader goes from here. Empty: there is no such address."""

    marketplace: str
    """As people know it."""
    address: str
    """Of the order's page, for him alone."""
    fewer: str
    """Where letters of this kind are turned off."""


def of_event(order: Order, event: e.Event, party: Party) -> Told:
    """The event as `party` is told it, and how the order stands now. Give it the event as he may see it."""
    dispute = event.dispute if isinstance(event, e.DisputeEvent) else getattr(event, "dispute", None)
    return _standing(order, words.event(order, event, party), party, dispute)


def of_deadline(order: Order, deadline: Deadline, party: Party) -> Told:
    """A reminder of a deadline that runs."""
    said = _("%(about)s %(until)s.") % {"about": words.deadline(deadline.name), "until": words.instant(deadline.at)}
    return _standing(order, said, party, deadline.dispute, deadline)


def letter(order: Order, told: Told, kind: Kind, place: Place) -> Letter:
    """The whole letter. It is written for the active reader; see `words.reader`."""
    if kind is Kind.TURN:
        subject = _("%(marketplace)s: your answer is awaited. %(headline)s")
    else:
        subject = _("%(marketplace)s: %(headline)s")
    subject %= {"marketplace": place.marketplace, "headline": told.headline}
    about = {
        "told": told,
        "order": order,
        "title": ", ".join(line.title for line in order.lines),
        "can_be_turned_off": kind not in NEEDED,
        **_frame(place),
    }
    text = render_to_string("delivery/letter.txt", about)
    return Letter(_one_line(subject), text, render_to_string("delivery/letter.html", about))


class Waiting(Protocol):
    """One thing that waits for the reader of a daily letter."""

    @property
    def order(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def turn(self) -> str: ...
    @property
    def silence(self) -> str: ...


def digest(waiting: Sequence[Waiting], place: Place) -> Letter:
    """Once a day: everything that waits for the reader, the most urgent first."""
    many = len(waiting)
    subject = ngettext(
        "%(marketplace)s: %(many)s order waits for your answer",
        "%(marketplace)s: %(many)s orders wait for your answer",
        many,
    ) % {"marketplace": place.marketplace, "many": many}
    about = {
        "waiting": waiting,
        "headline": _one_line(subject),
        **_frame(place),
    }
    html = render_to_string("delivery/digest.html", about)
    return Letter(_one_line(subject), render_to_string("delivery/digest.txt", about), html)


def _frame(place: Place) -> dict[str, object]:
    """What every letter says of itself to its active reader: whence it comes, and how its words and times are read."""
    return {
        "place": place,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
        "zone": timezone.get_current_timezone_name(),
    }


def _standing(order: Order, headline: str, party: Party, dispute: int | None, deadline: Deadline | None = None) -> Told:
    mine = awaited(order, party, dispute)
    about = order.dispute(dispute) if dispute is not None else None
    clock = deadline or mine or (next_of_dispute(order, about) if about else next_deadline(order))
    if order.holds and about is not None and about.open:
        return Told(
            headline, _("All clocks of this order stand still for now; nobody can miss anything meanwhile."), ""
        )
    if clock is None:
        return Told(headline, "", "")
    return Told(headline, _turn(clock, party), words.silence(order, clock))


def _turn(clock: Deadline, party: Party) -> str:
    until: dict[str, object] = {"until": words.instant(clock.at)}
    if party in clock.awaited:
        return _("It is your turn. You have until %(until)s.") % until
    if clock.awaited:
        others = {
            Party.BUYER: _("It is the buyer's turn, until %(until)s."),
            Party.SELLER: _("It is the seller's turn, until %(until)s."),
            Party.MEDIATOR: _("It is the mediator's turn, until %(until)s."),
        }
        return others.get(clock.awaited[0], _("Nobody has to do anything. The next date is %(until)s.")) % until
    return _("Nobody has to do anything. The next date is %(until)s.") % until


def _one_line(subject: str) -> str:
    """A header: no line breaks whatever an order's words hold, and not longer than people read."""
    line = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"
