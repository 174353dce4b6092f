"""What staff see while they decide: both stories side by side, and the letter a decision becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core import events as e
from amends.core.deadlines import next_of_dispute
from amends.core.draft import Accepted
from amends.core.order import Order
from amends.core.private import Private
from amends.core.rules.appeals import NOTHING_TO_APPEAL
from amends.core.vocabulary import DeadlineName, Party
from amends.web.forms import Ahead, Form

from .case import Case
from .case_evidence import Item
from .case_matter import Matter
from .case_terms import COUNTS, FAULTS, FUNDS, Column
from .case_timeline import Entry

# ── the two stories ──────────────────────────────────────────────────────────────────────────────


class Story(NamedTuple):
    """What one side says and shows, the newest first."""

    title: str
    name: str
    column: Column | None
    """What it asks or offers now."""
    entries: tuple[Entry, ...]
    """What it wrote."""
    items: tuple[Item, ...]


def stories(matter: Matter, case: Case) -> tuple[Story, Story]:
    """The buyer's and the seller's."""
    claim = case.columns[0] if case.columns else None
    has_offer = any(terms.by is Party.SELLER for terms in matter.dispute.terms)
    offer = case.columns[1] if has_offer and len(case.columns) > 1 else None
    return (
        _story(matter, case, Party.BUYER, _("The buyer’s story"), matter.order.buyer, claim),
        _story(matter, case, Party.SELLER, _("The seller’s story"), matter.order.seller, offer),
    )


def _story(matter: Matter, case: Case, party: Party, title: str, name: str, column: Column | None) -> Story:
    by_number = {one.number: one.event.by for one in matter.history}
    mine = {item.file.id for item in matter.dispute.evidence if item.by is party}
    entries = tuple(one for one in case.timeline if by_number.get(one.number) is party and (one.texts or one.erased))
    return Story(title, name, column, entries, tuple(item for item in case.gallery.items if item.file in mine))


# ── the letter ───────────────────────────────────────────────────────────────────────────────────


class Pair(NamedTuple):
    label: str
    words: str


class Letter(NamedTuple):
    """What both sides will read."""

    title: str
    rows: tuple[Pair, ...]
    quotes: tuple[Pair, ...]
    """What was written, as it was written."""
    then: tuple[str, ...]
    """What happens next, by when, and what silence does."""
    for_staff: bool
    """Neither side reads it yet."""


def letter(title: str, ahead: Ahead) -> Letter | None:
    """The letter the act would become; None where the core would refuse it."""
    if not isinstance(ahead.answer, Accepted):
        return None
    rows: list[Pair] = []
    quotes: list[Pair] = []
    waits = False
    for event in ahead.answer.events:
        match event:
            case e.RulingMade():
                rows, quotes = _ruling(ahead.order, event)
                waits = event.waits
            case e.EvidenceRequested():
                rows, quotes = _question(ahead.order, event)
            case e.OptionsProposed():
                rows, quotes = _options(ahead.order, event), _quote(_("Why"), event.text)
            case e.DisputeDismissed() | e.AppealGranted() | e.AppealDenied():
                quotes = _quote(_("Why"), event.text)
            case e.CorrectionProposed():
                rows, quotes = _correction(ahead.order, event), _quote(_("Why"), event.text)
                waits = True
            case _:
                pass
    return Letter(title, tuple(rows), tuple(quotes), tuple(_then(ahead, waits)), waits)


def _ruling(order: Order, event: e.RulingMade) -> tuple[list[Pair], list[Pair]]:
    money = words.money(event.amount_minor, order.currency)
    rows = [
        Pair(_("Solution"), words.wants(event.wants) if event.amount_minor else _("No refund")),
        Pair(_("In all for the buyer"), money),
        Pair(_("Whose fault"), _(FAULTS[event.fault])),
        Pair(_("Whose money"), _(FUNDS[event.funded_by])),
        Pair(_("Record"), _(COUNTS[event.counts_against])),
    ]
    return rows, [*_quote(_("What was found"), event.finding), *_quote(_("Why"), event.text)]


def _question(order: Order, event: e.EvidenceRequested) -> tuple[list[Pair], list[Pair]]:
    both = len(event.of) > 1
    whom = _("The buyer and the seller") if both else words.party(event.of[0])
    rows = [Pair(_("Who is asked"), whom)]
    if event.proposal is not None:
        proposed = f"{words.wants(event.proposal.wants)}: {words.money(event.proposal.amount_minor, order.currency)}"
        rows.append(Pair(_("As things stand"), proposed))
    listed = [
        quote
        for number, thing in enumerate(event.wanted, 1)
        for quote in _quote(_("To show, number %(number)s") % {"number": number}, thing.text)
    ]
    return rows, [*_quote(_("What is wanted"), event.text), *listed]


def _options(order: Order, event: e.OptionsProposed) -> list[Pair]:
    return [
        Pair(
            _("Option %(number)s") % {"number": option.option},
            f"{words.wants(option.wants)}: {words.money(option.amount_minor, order.currency)}",
        )
        for option in event.options
    ]


def _correction(order: Order, event: e.CorrectionProposed) -> list[Pair]:
    rows = []
    if event.amount_minor is not None:
        rows.append(Pair(_("In all for the buyer"), words.money(event.amount_minor, order.currency)))
    if event.refund_to is not None:
        rows.append(Pair(_("The refund goes to"), event.refund_to.plain or ""))
    return rows or [Pair(_("Money"), _("None moves; only the record is put right."))]


def _quote(label: str, text: Private | None) -> list[Pair]:
    return [Pair(label, text.plain)] if text is not None and text.plain else []


def _then(ahead: Ahead, waits: bool) -> Iterator[str]:
    if waits:
        yield _("It takes effect when a second person agrees. Until then neither side reads it, and no money moves.")
        return
    if ahead.ends:
        yield from _ending(ahead)
    else:
        yield from _going_on(ahead)


def _ending(ahead: Ahead) -> Iterator[str]:
    order, dispute, before = ahead.order, ahead.dispute, ahead.asking.dispute
    assert dispute is not None, "it ends"
    assert before is not None, "it ends"
    refunds = dispute.refunds[len(before.refunds) :]
    for refund in refunds:
        facts = {"money": words.money(refund.amount_minor, order.currency), "way": refund.to}
        if refund.latest is None:
            yield _("%(money)s goes to the buyer (%(way)s).") % facts
        else:
            facts["day"] = words.day(refund.latest)
            yield _("%(money)s goes to the buyer (%(way)s) and arrives by %(day)s at the latest.") % facts
    if not refunds:
        yield _("Nothing goes to the buyer.")
    released = sum(part.amount_minor for part in dispute.released)
    if released:
        yield _("%(money)s goes to the seller.") % {"money": words.money(released, order.currency)}
    yield _appeal(ahead)


def _appeal(ahead: Ahead) -> str:
    dispute = ahead.dispute
    assert dispute is not None, "it ends"
    until = next_of_dispute(ahead.order, dispute)
    if not ahead.order.policy.appeal.grounds or dispute.outcome in NOTHING_TO_APPEAL:
        return _("The dispute is closed for good.")
    if until is not None and until.name is DeadlineName.APPEAL:
        return _("The dispute is closed. An appeal is possible until %(at)s.") % {"at": words.instant(until.at)}
    return _("The dispute is closed. An appeal is possible.")


def _going_on(ahead: Ahead) -> Iterator[str]:
    dispute = ahead.dispute
    if dispute is None:
        return
    yield words.stage(dispute.status)
    following = next_of_dispute(ahead.order, dispute)
    if following is not None:
        # A heading of ours and an instant: as on every page that shows a clock.
        yield f"{words.deadline(following.name)} {words.instant(following.at)}"
        yield _("If nothing comes until then: %(what)s") % {"what": words.silence(ahead.order, following)}


# ── fields that stand several times ──────────────────────────────────────────────────────────────


class OptionRow(NamedTuple):
    number: int
    wants: str
    amount: str
    wrong: str
    needed: bool


def option_rows(form: Form, numbers: range) -> list[OptionRow]:
    """The rows in which options are typed, two of which are needed."""
    return [
        OptionRow(
            number,
            form.values.get(f"wants_{number}", ""),
            form.values.get(f"amount_{number}", ""),
            form.wrong.get(f"amount_{number}", "") or form.wrong.get(f"wants_{number}", ""),
            number <= 2,
        )
        for number in numbers
    ]
