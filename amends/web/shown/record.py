"""A seller's record in words: how many orders were disputed, how that ended, what counts and what does not and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from amends import words
from amends.orders.reckoning import Effect, Ended, Excluded, Fact, Record, Share, effect_of, excluded
from amends.orders.records import Records

ENDINGS = {
    Ended.ACCEPTED: gettext_noop("The seller accepted the claim"),
    Ended.SILENCE: gettext_noop("The seller did not answer in time, so the buyer was paid back"),
    Ended.AGREED: gettext_noop("Both sides agreed"),
    Ended.RULED_FOR_BUYER: gettext_noop("A mediator gave the buyer money back"),
    Ended.RULED_FOR_SELLER: gettext_noop("A mediator left the money with the seller"),
    Ended.DISMISSED: gettext_noop("A mediator dismissed it: the reason given was no ground"),
    Ended.WITHDRAWN: gettext_noop("The buyer withdrew it"),
    Ended.RETURN_NOT_SENT: gettext_noop("The buyer did not send the goods back"),
    Ended.LAPSED_FOR_SELLER: gettext_noop("The time ran out, for the seller"),
    Ended.BANK: gettext_noop("The buyer's bank gave the money back"),
    Ended.OPEN: gettext_noop("Still open"),
}
WHY = {
    Excluded.OPEN: gettext_noop("Still open: nothing is decided yet"),
    Excluded.WITHDRAWN: gettext_noop("The buyer withdrew it"),
    Excluded.DISMISSED: gettext_noop("A mediator dismissed it: the reason given was no ground"),
    Excluded.BANK: gettext_noop("A bank decided it, not this marketplace"),
    Excluded.CARRIER: gettext_noop("A mediator found the carrier at fault"),
    Excluded.VERDICT: gettext_noop("A mediator decided that it does not count against the seller"),
    Excluded.PERSONAL: gettext_noop("The buyer only no longer wanted the goods"),
    Excluded.NOT_RETURNED: gettext_noop("The buyer did not send the goods back"),
    Excluded.NOTHING: gettext_noop("It ended without money for the buyer"),
}
FEW = 20
"""With fewer orders than this a rate says little, and the page says so."""


class Count(NamedTuple):
    words: str
    many: int


class Period(NamedTuple):
    """One record, as a part of the page."""

    id: str
    title: str
    since: datetime | None
    orders: int
    disputes: int
    counted: int
    share: str
    """“2 of 40 orders (5.0%)”; empty where there are no orders."""
    few: bool
    ended: tuple[Count, ...]
    excluded: tuple[Count, ...]
    whole: bool


class Counting(NamedTuple):
    """One of the seller's own disputes, and whether it counts."""

    order: str
    dispute: int
    counts: bool
    why: str


def periods(found: Records) -> tuple[Period, Period]:
    return (
        _period("recent", _("The last 90 days"), found.recent),
        _period("all", _("All orders"), found.all),
    )


def _period(name: str, title: str, record: Record) -> Period:
    return Period(
        name,
        title,
        record.since,
        record.orders,
        record.disputes,
        record.counted,
        share(record.share),
        0 < record.orders < FEW,
        _counts(ENDINGS, record.ended),
        _counts(WHY, record.excluded),
        record.whole,
    )


def _counts(
    said: Mapping[Ended, str] | Mapping[Excluded, str], many: Mapping[Ended, int] | Mapping[Excluded, int]
) -> tuple[Count, ...]:
    counts: dict[str, int] = {word.value: number for word, number in many.items()}
    return tuple(Count(_(text), counts[word.value]) for word, text in said.items() if counts.get(word.value))


def share(of: Share) -> str:
    """So many of so many, and the rate."""
    rate = of.per_ten_thousand
    if rate is None:
        return ""
    said = ngettext(
        "%(counted)s of %(orders)s order (%(rate)s)", "%(counted)s of %(orders)s orders (%(rate)s)", of.orders
    )
    return said % {"counted": of.counted, "orders": of.orders, "rate": words.percent(rate)}


def own(facts: tuple[Fact, ...], *, most: int = 50) -> tuple[Counting, ...]:
    """The seller's newest disputes, each with whether it counts; for himself only."""
    return tuple(
        Counting(fact.order, fact.number, why is None, _(WHY[why]) if why else _("It counts"))
        for fact, why in ((fact, excluded(fact)) for fact in facts[:most])
    )


# ── before acting ────────────────────────────────────────────────────────────────────────────────


def effect(found: Records, orders: tuple[tuple[str, datetime], ...]) -> Effect:
    """What it would do to the rate of the last 90 days if a dispute of each of these orders ended so that it counts.

    Each order comes with the instant it was placed: one from before that time changes nothing there.
    """
    return effect_of(found.recent, [order for order, placed_at in orders if found.of_time(placed_at)])


def effect_words(of: Effect) -> str:
    if of.before == of.after:
        return _("Your dispute rate stays as it is: %(before)s.") % {"before": share(of.before) or "0"}
    return _("Your dispute rate of the last 90 days goes from %(before)s to %(after)s.") % {
        "before": share(of.before),
        "after": share(of.after),
    }
