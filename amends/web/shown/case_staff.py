"""What staff sees beside what the parties see: flags explained, what does not fit, how both disputed before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from amends import words
from amends.core import sight
from amends.core.vocabulary import Flag, Outcome
from amends.orders.disputants import Earlier, Past
from amends.orders.doubts import Noticed

from .case_matter import Matter

ABOUT = {
    "parcel": gettext_noop("The parcel"),
    "return": gettext_noop("The return"),
    "replacement": gettext_noop("The replacement"),
}


class Oddity(NamedTuple):
    about: str
    sentence: str
    strength: str


class Told(NamedTuple):
    """An earlier dispute of the same person, in a row that links to it."""

    order: str
    dispute: int
    at: datetime
    result: str


class Record(NamedTuple):
    who: str
    name: str
    sentence: str
    endings: tuple[str, ...]
    newest: tuple[Told, ...] = ()


class Desk(NamedTuple):
    flags: tuple[str, ...]
    warned: tuple[str, ...]
    """What a reader was warned of, in the words he read."""
    oddities: tuple[Oddity, ...]
    """About parcels and numbers; what is odd about a file stands with the file."""
    records: tuple[Record, ...]


def desk(matter: Matter, noticed: Sequence[Noticed], pasts: Sequence[Past]) -> Desk:
    assert matter.staff, "of the parties nobody reads this"
    shown = sorted(sight.flags(matter.dispute, matter.viewer))
    flags = tuple(words.flag(flag) for flag in shown if flag in set(Flag))
    warned = tuple(words.warning(flag) for flag in shown if flag not in set(Flag))
    odd = tuple(
        Oddity(_(ABOUT.get(one.about, one.about)), one.flag.sentence, one.flag.strength.value)
        for one in noticed
        if one.file is None
    )
    return Desk(flags, warned, odd, tuple(_record(past) for past in pasts))


def _record(past: Past) -> Record:
    who = words.subject(past.party)
    if not past.orders:
        return Record(who, past.name, _("This is the only order here."), ())
    facts = {"disputes": past.disputes, "orders": past.orders}
    sentence = (
        ngettext(
            "%(disputes)s other dispute; %(orders)s other orders.",
            "%(disputes)s other disputes; %(orders)s other orders.",
            past.disputes,
        )
        % facts
        if past.disputes
        else ngettext(
            "No dispute on the %(orders)s other order.", "No dispute on the %(orders)s other orders.", past.orders
        )
        % facts
    )
    endings = tuple(
        _("%(many)s × %(ending)s") % {"many": many, "ending": words.outcome(Outcome(ending))}
        for ending, many in sorted(past.endings.items())
    )
    running = (_("%(many)s × still open") % {"many": past.running},) if past.running else ()
    return Record(who, past.name, sentence, (*endings, *running), tuple(_told(one) for one in past.newest))


def _told(one: Earlier) -> Told:
    return Told(one.order, one.dispute, one.at, words.outcome(one.ending) if one.ending else _("Still open"))
