"""Telling events as sentences with subject, verb and amount: the timeline a lawyer can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from amends.core import events as e
from amends.core import values as v
from amends.core.durations import Period, words
from amends.core.money import format_minor
from amends.core.order import Order
from amends.core.private import Private
from amends.core.refusals import day_and_time
from amends.core.vocabulary import FundedBy, Party, Wants

NAMES = {
    Party.BUYER: "The buyer",
    Party.SELLER: "The seller",
    Party.MEDIATOR: "The mediator",
    Party.OPERATOR: "An operator",
    Party.CARRIER: "The carrier",
    Party.PAYMENTS: "The payment provider",
    Party.CLOCK: "The clock",
    Party.MARKETPLACE: "The marketplace",
}
SOLUTIONS = {
    Wants.REFUND: "a refund of",
    Wants.RETURN_AND_REFUND: "a return and a refund of",
    Wants.RETURN_AND_EXCHANGE: "a return and an exchange, or else",
}


def timeline(order: Order, history: Iterable[e.Event]) -> list[str]:
    """One line an event: the day and time, then what happened."""
    return [f"{day_and_time(event.at)}  {sentence(order, event)}" for event in history]


def sentence(order: Order, event: e.Event) -> str:
    """What happened, as one sentence. Personal text appears only where it is at hand in plain form."""
    told = _TOLD[type(event)](_Teller(order, event), event)
    return told[:-1] if told.endswith((".”.", "!”.", "?”.")) else told


class _Teller:
    def __init__(self, order: Order, event: e.Event) -> None:
        self.order = order
        self.who = NAMES[event.by]

    def money(self, minor: int) -> str:
        return f"{format_minor(minor, self.order.currency)} {self.order.currency}"

    def terms(self, wants: Wants, minor: int) -> str:
        return f"{SOLUTIONS[wants]} {self.money(minor)}"

    def total(self, parts: Iterable[v.LineAmount]) -> str:
        return self.money(sum(part.amount_minor for part in parts))


def _said(text: Private | None) -> str:
    return f": “{text.plain}”" if text is not None and text.plain else ""


def _words(word: str) -> str:
    return word.replace("_", " ")


def _placed(t: _Teller, ev: e.OrderPlaced) -> str:
    paid = t.money(sum(payment.amount_minor for payment in ev.payments))
    return f"Order {ev.order} was placed by {ev.buyer} with {ev.seller}; {paid} is held."


def _refund(t: _Teller, ev: e.RefundScheduled) -> str:
    source = " from the platform's own money" if ev.funded_by is FundedBy.PLATFORM else ""
    due = f", due {ev.due}, at the latest {ev.latest}" if ev.due and ev.latest else ", date unknown: calendar unknown"
    return f"A refund of {t.money(ev.amount_minor)}{source} to {ev.to} was scheduled{due}."


def _lapse(t: _Teller, ev: e.DeadlineLapsed) -> str:
    who = " and ".join(NAMES[party].lower() for party in ev.silent)
    silent = f"; {who} had not answered" if who else ""
    return f"The deadline {ev.name} passed{silent}. The policy says: {_words(ev.action)}."


def _opened(t: _Teller, ev: e.DisputeOpened) -> str:
    lines = ", ".join(f"{pieces.quantity} of {pieces.line}" for pieces in ev.lines)
    files = f", {len(ev.files)} file{'s' if len(ev.files) > 1 else ''}" if ev.files else ""
    terms = t.terms(ev.wants, ev.amount_minor)
    about = f"{lines}: {_words(ev.reason)}, asking for {terms}{files}{_said(ev.text)}"
    return f"{t.who} opened dispute {ev.dispute} about {about}."


def _revised(t: _Teller, ev: e.ClaimRevised) -> str:
    terms = t.terms(ev.wants, ev.amount_minor)
    return f"{t.who} changed the claim (number {ev.number}): {_words(ev.reason)}, asking for {terms}{_said(ev.text)}."


def _offer(t: _Teller, ev: e.OfferMade) -> str:
    if ev.amount_minor == 0:
        return f"{t.who} refused: an offer of 0 (number {ev.number}){_said(ev.text)}."
    return f"{t.who} offered {t.terms(ev.wants, ev.amount_minor)} (number {ev.number}){_said(ev.text)}."


def _ruling(t: _Teller, ev: e.RulingMade) -> str:
    waits = " It takes effect once a second person agrees." if ev.waits else ""
    money = "the platform's money" if ev.funded_by is FundedBy.PLATFORM else "the money held"
    return (
        f"{t.who} ruled {t.terms(ev.wants, ev.amount_minor)}, from {money}; fault: {ev.fault}, "
        f"counts against: {ev.counts_against}{_said(ev.finding)}{_said(ev.text)}.{waits}"
    )


def _requested(t: _Teller, ev: e.EvidenceRequested) -> str:
    things = "".join(f"; {number}{_said(one.text)}" for number, one in enumerate(ev.wanted, 1))
    return f"{t.who} asked the {' and the '.join(ev.of)} for evidence{_said(ev.text)}{things}."


def _options(t: _Teller, ev: e.OptionsProposed) -> str:
    options = "; ".join(f"{o.option}: {t.terms(o.wants, o.amount_minor)}" for o in ev.options)
    return f"{t.who} put options to both: {options}."


def _reopened(t: _Teller, ev: e.DisputeReopened) -> str:
    return f"{t.who} opened the dispute again; {t.total(ev.taken_back)} is held again."


def _chargeback_closed(t: _Teller, ev: e.ChargebackClosed) -> str:
    if ev.won_by is Party.SELLER:
        return f"Chargeback {ev.reference} was won by the seller; clocks go on with the time that was left."
    return (
        f"Chargeback {ev.reference} was won by the buyer: {t.total(ev.lines)} from what was held, "
        f"{t.money(ev.from_seller_minor)} from the seller."
    )


def _paused(t: _Teller, ev: e.ClocksPaused) -> str:
    return f"{t.who} stopped the clocks ({ev.hold}){_said(ev.reason)}; grace afterwards: {_length(ev.grace)}."


def _length(length: timedelta) -> str:
    return words(Period(delta=length)) if length else "none"


def _extended(t: _Teller, ev: e.ProtectionExtended) -> str:
    return f"{t.who} extended protection until {day_and_time(ev.until)}."


def _shipped(t: _Teller, ev: e.OrderShipped) -> str:
    number = f", number {ev.tracking.plain}" if ev.tracking and ev.tracking.plain else ""
    return f"{t.who} sent the parcel{number}."


_TOLD: dict[type[e.Event], Callable[[_Teller, Any], str]] = {
    e.OrderPlaced: _placed,
    e.OrderCancelled: lambda t, ev: f"{t.who} cancelled the order.",
    e.OrderShipped: _shipped,
    e.ParcelTracked: lambda t, ev: f"{t.who} reported the parcel: {_words(ev.state)}.",
    e.ReceiptConfirmed: lambda t, ev: f"{t.who} confirmed receipt of {', '.join(ev.lines)}.",
    e.ExtensionRequested: lambda t, ev: f"{t.who} asked for {ev.days} more days of protection.",
    e.ProtectionExtended: _extended,
    e.FundsReleased: lambda t, ev: f"{t.total(ev.lines)} was released to the seller.",
    e.RefundScheduled: _refund,
    e.RefundSucceeded: lambda t, ev: "The refund arrived.",
    e.RefundFailed: lambda t, ev: f"The refund failed{_said(ev.failure)}.",
    e.RefundRedirected: lambda t, ev: "The refund goes to another target now.",
    e.PayoutSucceeded: lambda t, ev: f"{t.money(ev.amount_minor)} was paid out to the seller.",
    e.ChargebackOpened: lambda t, ev: f"Chargeback {ev.reference} over {t.money(ev.amount_minor)}: all stands still.",
    e.ChargebackClosed: _chargeback_closed,
    e.ClocksPaused: _paused,
    e.ClocksResumed: lambda t, ev: f"{t.who} let the clocks go on ({ev.hold}).",
    e.DisputeOpened: _opened,
    e.ClaimRevised: _revised,
    e.OfferMade: _offer,
    e.OfferRejected: lambda t, ev: f"{t.who} turned down offer {ev.number}{_said(ev.text)}.",
    e.TermsAccepted: lambda t, ev: f"{t.who} accepted number {ev.number}.",
    e.DisputeEscalated: lambda t, ev: f"Dispute {ev.dispute} went to the mediator; claim and offer stand frozen.",
    e.MessageSent: lambda t, ev: f"{t.who} wrote{_said(ev.text)}",
    e.EvidenceAdded: lambda t, ev: f"{t.who} added evidence: {ev.file.kind}{_said(ev.file.name)}.",
    e.EvidenceRemoved: lambda t, ev: f"{t.who} removed the file {ev.file}.",
    e.EvidenceRequested: _requested,
    e.EvidenceComplete: lambda t, ev: "Everything asked for is there; the mediator goes on.",
    e.OptionsProposed: _options,
    e.OptionChosen: lambda t, ev: f"{t.who} chose option {ev.option}.",
    e.ChoicesDiffered: lambda t, ev: "The choices differ; the mediator decides.",
    e.RulingMade: _ruling,
    e.DisputeDismissed: lambda t, ev: f"{t.who} dismissed the dispute: the reason is no ground{_said(ev.text)}.",
    e.DisputeSettled: lambda t, ev: f"Settled ({_words(ev.outcome)}): {t.terms(ev.wants, ev.amount_minor)}.",
    e.DisputeClosed: lambda t, ev: f"Dispute {ev.dispute} was closed: {_words(ev.outcome)}.",
    e.ReturnShipped: lambda t, ev: f"{t.who} sent the goods back{_said(ev.tracking)}.",
    e.ReturnTracked: lambda t, ev: f"{t.who} reported the return: {_words(ev.state)}.",
    e.ReturnConfirmed: lambda t, ev: f"{t.who} confirmed that the goods are back.",
    e.ReturnContested: lambda t, ev: f"{t.who} says something is wrong with the goods that came back{_said(ev.text)}.",
    e.ReturnUnderReview: lambda t, ev: "The return went to the mediator.",
    e.ReplacementShipped: lambda t, ev: f"{t.who} sent the replacement{_said(ev.tracking)}.",
    e.ReplacementTracked: lambda t, ev: f"{t.who} reported the replacement: {_words(ev.state)}.",
    e.ReplacementConfirmed: lambda t, ev: f"{t.who} confirmed that the replacement came.",
    e.AppealMade: lambda t, ev: f"{t.who} appealed: {_words(ev.grounds)}{_said(ev.text)}.",
    e.AppealGranted: lambda t, ev: f"{t.who} granted the appeal{_said(ev.text)}.",
    e.DisputeReopened: _reopened,
    e.AppealDenied: lambda t, ev: f"The appeal was denied{_said(ev.text)}.",
    e.CorrectionProposed: lambda t, ev: f"{t.who} proposed a correction{_said(ev.text)}; a second person must agree.",
    e.Approved: lambda t, ev: f"{t.who} agreed to event {ev.event} as the second person.",
    e.PlatformPaid: lambda t, ev: f"The platform pays the seller {t.money(ev.amount_minor)} of its own money.",
    e.DeadlineLapsed: _lapse,
}
