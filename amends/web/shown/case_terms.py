"""Claim, offer and the mediator's options side by side: what differs is marked, with what it costs."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core import events as e
from amends.core import sight
from amends.core.order import Terms
from amends.core.private import Private
from amends.core.rules.amounts import payable
from amends.core.values import Location
from amends.core.vocabulary import CountsAgainst, Fault, FundedBy, Party, Wants, WarningCode
from amends.words.reader import locale

from .case_language import Reader, Tongue, tongue
from .case_matter import Matter

FAULTS = {
    Fault.SELLER: gettext_noop("The seller's fault"),
    Fault.BUYER: gettext_noop("The buyer's fault"),
    Fault.CARRIER: gettext_noop("The carrier's fault"),
    Fault.NOBODY: gettext_noop("Nobody's fault"),
}
FUNDS = {
    FundedBy.ESCROW: gettext_noop("From the money held for this order"),
    FundedBy.PLATFORM: gettext_noop("From the platform's own money"),
}
COUNTS = {
    CountsAgainst.SELLER: gettext_noop("Counts in the seller's record"),
    CountsAgainst.BUYER: gettext_noop("Counts in the buyer's record"),
    CountsAgainst.NOBODY: gettext_noop("Counts in nobody's record"),
}


class Row(NamedTuple):
    label: str
    was: str
    """What stood there before, or in the claim, where that differs; else empty."""
    now: str
    earlier: str = ""
    """Of an offer: what its maker offered just before, where that differs."""


class Column(NamedTuple):
    """One set of terms."""

    title: str
    mark: str
    """“on the table”, “turned down”, “you chose this”; empty for none."""
    rows: tuple[Row, ...]
    text: str
    erased: bool
    """Somebody wrote a text that nobody can read any more."""
    costs: tuple[str, ...]
    warnings: tuple[str, ...]
    strong: bool
    """It stands now."""
    tongue: Tongue | None = None
    """Where the text is in another language than the reader's."""


class Decision(NamedTuple):
    """A mediator's ruling or dismissal."""

    rows: tuple[Row, ...]
    finding: str
    text: str
    who: str
    """The name of who decided, for staff."""
    tongue: Tongue | None


def columns(matter: Matter, reader: Reader) -> tuple[Column, ...]:
    """The claim, the newest offer, what a mediator would propose as things stand, and his options."""
    found = [_claim(matter, reader)]
    offered = _offer(matter, reader)
    if offered is not None:
        found.append(offered)
    asked = matter.latest(e.EvidenceRequested)
    if asked is not None and asked.proposal is not None and matter.dispute.open:
        found.append(_column(matter, _("The mediator would propose"), Terms(0, Party.MEDIATOR, *asked.proposal)))
    return (*found, *_options(matter))


def _claim(matter: Matter, reader: Reader) -> Column:
    dispute = matter.dispute
    mine = matter.viewer is Party.BUYER
    title = _("You ask") if mine else _("The buyer asks")
    earlier = [one for one in dispute.terms[: dispute.claimed - 1] if one.by is Party.BUYER]
    event = next(
        (one for one in matter.newest(e.DisputeEvent) if isinstance(one, e.DisputeOpened | e.ClaimRevised)), None
    )
    column = _column(matter, title, dispute.claim, before=earlier[-1] if earlier else None)
    reason = Row(_("Reason"), "", words.reason(dispute.reason))
    return _said(column._replace(rows=(reason, *column.rows), strong=True), matter, reader, event)


def _offer(matter: Matter, reader: Reader) -> Column | None:
    dispute = matter.dispute
    standing = dispute.standing_offer
    last = standing or next((one for one in reversed(dispute.terms) if one.by is Party.SELLER), None)
    if last is None:
        return None
    title = _("You offer") if matter.viewer is Party.SELLER else _("The seller offers")
    event = next((one for one in matter.newest(e.OfferMade) if one.number == last.number), None)
    mark = "" if standing else _("turned down")
    column = _column(matter, title, last, before=dispute.claim)._replace(mark=mark, strong=standing is not None)
    column = column._replace(rows=_with_earlier(matter, column.rows, last))
    warned = tuple(warnings(event.flags)) if event is not None else ()
    return _said(column._replace(warnings=warned), matter, reader, event)


def _with_earlier(matter: Matter, rows: tuple[Row, ...], last: Terms) -> tuple[Row, ...]:
    """The rows of an offer, each with what the offer before it said there, so that a lower one is seen to be lower."""
    before = [one for one in matter.dispute.terms if one.by is Party.SELLER and one.number < last.number]
    if not before:
        return rows
    earlier = _column(matter, "", before[-1]).rows
    return tuple(
        row._replace(earlier=was.now if was.now != row.now else "") for row, was in zip(rows, earlier, strict=True)
    )


def _options(matter: Matter) -> list[Column]:
    dispute = matter.dispute
    chosen = sight.choices(dispute, matter.viewer)
    found = []
    for option in dispute.options:
        title = _("The mediator's option %(number)s") % {"number": option.option}
        terms = Terms(option.option, Party.MEDIATOR, option.wants, option.amount_minor)
        marks = [_chose(by, matter.viewer) for by, number in chosen if number == option.option]
        found.append(_column(matter, title, terms, before=dispute.claim)._replace(mark=", ".join(marks)))
    return found


def _chose(by: Party, viewer: Party) -> str:
    if by is viewer:
        return _("you chose this")
    return _("the buyer chose this") if by is Party.BUYER else _("the seller chose this")


def _column(matter: Matter, title: str, terms: Terms, before: Terms | None = None) -> Column:
    wants, amount = words.wants(terms.wants), _money(matter, terms.amount_minor)
    rows = [
        Row(_("Solution"), words.wants(before.wants) if before and before.wants is not terms.wants else "", wants),
        Row(
            _("Amount"),
            _money(matter, before.amount_minor) if before and before.amount_minor != terms.amount_minor else "",
            amount,
        ),
    ]
    if terms.amount_minor == 0:
        rows[0] = Row(_("Solution"), words.wants(before.wants) if before else "", _("No refund"))
    return Column(title, "", tuple(rows), "", erased=False, costs=_costs(matter, terms), warnings=(), strong=False)


def _said(column: Column, matter: Matter, reader: Reader, event: e.Event | None) -> Column:
    """The column with what was written beside its terms."""
    text: Private | None = getattr(event, "text", None)
    if event is None or text is None:
        return column
    plain = text.plain or ""
    return column._replace(text=plain, erased=text.plain is None, tongue=_tongue(matter, reader, event, plain))


def _tongue(matter: Matter, reader: Reader, event: e.Event, text: str) -> Tongue | None:
    number = next(one.number for one in matter.history if one.event is event)
    return tongue(reader, str(number), text, mine=event.by is matter.viewer)


def _money(matter: Matter, minor: int) -> str:
    return words.money(minor, matter.order.currency)


def _costs(matter: Matter, terms: Terms) -> tuple[str, ...]:
    """What these terms cost the reader beyond their amount, and what they leave to the seller."""
    told = []
    if terms.wants is not Wants.REFUND and terms.amount_minor:
        told.append(_postage(matter))
    left = payable(matter.order, matter.dispute) - terms.amount_minor
    if matter.dispute.open and left > 0:
        facts = {"money": _money(matter, left)}
        told.append(
            _("You would keep %(money)s.") % facts
            if matter.viewer is Party.SELLER
            else _("The seller would keep %(money)s.") % facts
        )
    return tuple(told)


def _postage(matter: Matter) -> str:
    paid_by = matter.order.policy.return_.postage_paid_by
    if paid_by == "by_fault":
        return _("Who pays the postage back depends on whose fault it is.")
    if paid_by == "seller":
        if matter.viewer is Party.SELLER:
            return _("You would pay the postage back.")
        return _("The seller would pay the postage back.")
    if matter.viewer is not Party.BUYER:
        return _("The buyer would pay the postage back.")
    address = sight.return_address(matter.order, matter.dispute, matter.viewer)
    if address is not None:
        return _("You would pay the postage to %(place)s.") % {"place": place(address)}
    if matter.order.local_return:
        return _("You would pay the postage back, within your country.")
    return _("You would pay the postage back to the seller; from abroad that can cost more than the goods.")


def place(address: Location) -> str:
    """City and country, in the reader's language."""
    country = locale().territories.get(address.country.upper(), address.country)
    city = address.city.plain if address.city is not None else None
    return _("%(city)s, %(country)s") % {"city": city, "country": country} if city else country


def warnings(flags: frozenset[str]) -> list[str]:
    """The sentences of those flags that are warnings, in a fixed order."""
    return [words.warning(flag) for flag in sorted(flags) if flag in set(WarningCode)]


# ── what was decided ─────────────────────────────────────────────────────────────────────────────


def decision(matter: Matter, reader: Reader) -> Decision | None:
    """The newest ruling or dismissal the reader may see; a ruling that waits for a second person only staff sees."""
    for event in matter.newest(e.DisputeEvent):
        if isinstance(event, e.DisputeDismissed):
            text = _plain(event.text)
            return Decision((), "", text, event.actor, _tongue(matter, reader, event, text))
        if isinstance(event, e.RulingMade):
            return _ruling(matter, reader, event)
    return None


def _ruling(matter: Matter, reader: Reader, event: e.RulingMade) -> Decision:
    rows = [
        Row(_("Solution"), "", words.wants(event.wants) if event.amount_minor else _("No refund")),
        Row(_("Amount"), "", _money(matter, event.amount_minor)),
        Row(_("Whose fault"), "", _(FAULTS[event.fault])),
        Row(_("Whose money"), "", _(FUNDS[event.funded_by])),
        Row(_("Record"), "", _(COUNTS[event.counts_against])),
    ]
    finding, text = _plain(event.finding), _plain(event.text)
    whole = "\n\n".join(part for part in (finding, text) if part)
    return Decision(tuple(rows), finding, text, event.actor, _tongue(matter, reader, event, whole))


def _plain(text: Private | None) -> str:
    return (text.plain or "") if text is not None else ""
