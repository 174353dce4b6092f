"""An event as whole sentences for its reader: who did what, with the money. What people wrote is shown beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from amends.core import events as e
from amends.core.durations import Period
from amends.core.money import Money
from amends.core.order import Order
from amends.core.private import Private
from amends.core.values import LineAmount
from amends.core.vocabulary import FundedBy, Party, Wants

from . import tables
from .event_sentences import ACTIONS, LAPSES, PARCELS, SENTENCES
from .saying import value


def event(order: Order, happened: e.Event, viewer: Party | None = None, names: bool = False) -> str:
    """“You offered a refund of 20.00 USD.” where the viewer did it, else “The seller offered …”.

    `order` is the order with or after the event. With `names` the people are named, for the staff. Texts, files'
    names and tracking numbers are not part of it.
    """
    told = _TOLD[type(happened)](_Teller(order, happened, viewer, names), happened)
    return pgettext("sentences", " ").join(told) if isinstance(told, list) else told


def retold(order: Order, happened: e.Event) -> str:
    """The same for a file that somebody keeps: people by name, and what they wrote behind it."""
    texts = [getattr(happened, name, None) for name in ("finding", "text", "failure", "reason")]
    written = [text.plain for text in texts if isinstance(text, Private) and text.plain]
    quoted = (_("“{text}”").format(text=text) for text in written)
    return pgettext("sentences", " ").join((event(order, happened, names=True), *quoted))


Told = str | list[str]


class _Teller:
    def __init__(self, order: Order, event: e.Event, viewer: Party | None, names: bool) -> None:
        self.order = order
        self.event = event
        self.viewer = viewer
        self.names = names

    def say(self, key: str, **facts: object) -> str:
        return _(SENTENCES[key]).format_map({name: value(fact) for name, fact in facts.items()})

    def by(self, key: str, **facts: object) -> str:
        """The sentence for whoever did it: “You …” where that is the reader."""
        if self.event.by is self.viewer:
            return self.say(f"{key}.you", **facts)
        return self.say(key, who=self.who(), **facts)

    def to(self, party: Party, key: str, **facts: object) -> str:
        """The sentence for money that goes to a party: “… to you” where that is the reader."""
        return self.say(f"{key}.to_you" if party is self.viewer else key, **facts)

    def who(self) -> str:
        who = tables.subject(self.event.by)
        named = {Party.BUYER: self.order.buyer, Party.SELLER: self.order.seller}.get(self.event.by, self.event.actor)
        return self.say("named", who=who, name=named) if self.names and named else who

    def money(self, minor: int) -> Money:
        return Money(minor, self.order.currency)

    def total(self, parts: Iterable[LineAmount]) -> Money:
        return self.money(sum(part.amount_minor for part in parts))


def _terms(key: str, wants: Wants, minor: int) -> str:
    """The variant of a sentence by what is given; where nothing goes back and nothing is paid, `nothing`."""
    return f"{key}.nothing" if not minor and wants is not Wants.RETURN_AND_EXCHANGE else f"{key}.{wants}"


def _placed(t: _Teller, ev: e.OrderPlaced) -> Told:
    paid = t.money(sum(payment.amount_minor for payment in ev.payments))
    if t.names:
        return t.say("OrderPlaced.names", order=ev.order, buyer=ev.buyer, seller=ev.seller, paid=paid)
    return t.say("OrderPlaced.you" if t.viewer is Party.BUYER else "OrderPlaced", paid=paid)


def _shipped(t: _Teller, ev: e.OrderShipped) -> Told:
    due = [t.say("OrderShipped.due", due=ev.delivery_due)] if ev.delivery_due else []
    return [t.by("OrderShipped"), *due]


def _received(t: _Teller, ev: e.ReceiptConfirmed) -> Told:
    part = len(ev.lines) < len(t.order.lines)
    return t.by("ReceiptConfirmed.part" if part else "ReceiptConfirmed.all")


def _refund(t: _Teller, ev: e.RefundScheduled) -> Told:
    told = [t.to(Party.BUYER, "RefundScheduled", amount=t.money(ev.amount_minor))]
    if ev.funded_by is FundedBy.PLATFORM:
        told.append(tables.funded_by(ev.funded_by))
    if ev.due is None or ev.latest is None:
        return [*told, t.say("RefundScheduled.unknown")]
    if ev.due == ev.latest:
        return [*told, t.say("RefundScheduled.due", due=ev.due)]
    return [*told, t.say("RefundScheduled.latest", due=ev.due, latest=ev.latest)]


def _chargeback_closed(t: _Teller, ev: e.ChargebackClosed) -> Told:
    if ev.won_by is Party.SELLER:
        return t.say("ChargebackClosed.seller", reference=ev.reference)
    seller, platform = t.money(ev.from_seller_minor), t.money(ev.from_platform_minor)
    told = [t.say("ChargebackClosed.buyer", reference=ev.reference, held=t.total(ev.lines), seller=seller)]
    return [*told, t.say("ChargebackClosed.platform", amount=platform)] if platform.minor else told


def _paused(t: _Teller, ev: e.ClocksPaused) -> Told:
    grace = [t.say("ClocksPaused.grace", time=Period(delta=ev.grace))] if ev.grace else []
    return [t.by("ClocksPaused"), *grace]


def _claimed(key: str) -> Callable[[_Teller, e.DisputeOpened | e.ClaimRevised], Told]:
    def told(t: _Teller, ev: e.DisputeOpened | e.ClaimRevised) -> Told:
        amount = t.money(ev.amount_minor)
        files = [t.say("files", files=len(ev.files))] if ev.files else []
        return [t.by(f"{key}.{ev.wants}", number=ev.dispute, reason=ev.reason, amount=amount), *files]

    return told


def _offered(t: _Teller, ev: e.OfferMade) -> Told:
    return t.by(_terms("OfferMade", ev.wants, ev.amount_minor), amount=t.money(ev.amount_minor))


def _accepted(t: _Teller, ev: e.TermsAccepted) -> Told:
    return t.by("TermsAccepted.claim" if ev.by is Party.SELLER else "TermsAccepted.offer", number=ev.number)


def _by_clock(key: str) -> Callable[[_Teller, e.Event], Told]:
    """What a party may do, and time may do too."""
    return lambda t, ev: t.say(f"{key}.clock") if ev.by is Party.CLOCK else t.by(key)


def _asked(t: _Teller, ev: e.EvidenceRequested) -> Told:
    if ev.of == (t.viewer,):
        told = [t.say("EvidenceRequested.of_you", who=t.who())]
    else:
        told = [t.by(f"EvidenceRequested.{'both' if len(ev.of) > 1 else ev.of[0]}")]
    if ev.proposal:
        told.append(t.say(f"proposal.{ev.proposal.wants}", amount=t.money(ev.proposal.amount_minor)))
    return told


def _options(t: _Teller, ev: e.OptionsProposed) -> Told:
    options = (t.say(f"option.{o.wants}", option=o.option, amount=t.money(o.amount_minor)) for o in ev.options)
    return [t.by("OptionsProposed"), *options]


def _ruled(t: _Teller, ev: e.RulingMade) -> Told:
    told = [t.by(_terms("RulingMade", ev.wants, ev.amount_minor), amount=t.money(ev.amount_minor))]
    if ev.amount_minor:
        told.append(tables.funded_by(ev.funded_by))
    told += [tables.fault(ev.fault), tables.counts_against(ev.counts_against)]
    return [*told, t.say("RulingMade.waits")] if ev.waits else told


def _settled(t: _Teller, ev: e.DisputeSettled) -> Told:
    terms = t.say(_terms("DisputeSettled", ev.wants, ev.amount_minor), amount=t.money(ev.amount_minor))
    return [tables.outcome(ev.outcome), terms]


def _reopened(t: _Teller, ev: e.DisputeReopened) -> Told:
    told = [t.say("DisputeReopened", amount=t.total(ev.taken_back))]
    advanced = t.money(ev.advanced_minor)
    return [*told, t.say("DisputeReopened.advanced", amount=advanced)] if advanced.minor else told


def _lapsed(t: _Teller, ev: e.DeadlineLapsed) -> Told:
    told = [_(LAPSES[ev.name])]
    return [*told, _(ACTIONS[ev.action])] if ev.action in ACTIONS else told


def _chargeback(t: _Teller, ev: e.ChargebackOpened) -> Told:
    return t.say("ChargebackOpened", amount=t.money(ev.amount_minor), reference=ev.reference)


_TOLD: dict[type[e.Event], Callable[[_Teller, Any], Told]] = {
    e.OrderPlaced: _placed,
    e.OrderCancelled: lambda t, ev: t.by("OrderCancelled"),
    e.OrderShipped: _shipped,
    e.ParcelTracked: lambda t, ev: _(PARCELS[ev.state]),
    e.ReceiptConfirmed: _received,
    e.ExtensionRequested: lambda t, ev: t.by("ExtensionRequested", time=_days(ev.days)),
    e.ProtectionExtended: lambda t, ev: t.by("ProtectionExtended", until=ev.until),
    e.FundsReleased: lambda t, ev: t.to(Party.SELLER, "FundsReleased", amount=t.total(ev.lines)),
    e.RefundScheduled: _refund,
    e.RefundSucceeded: lambda t, ev: t.say("RefundSucceeded"),
    e.RefundFailed: lambda t, ev: t.say("RefundFailed"),
    e.RefundRedirected: lambda t, ev: t.by("RefundRedirected"),
    e.PayoutSucceeded: lambda t, ev: t.to(Party.SELLER, "PayoutSucceeded", amount=t.money(ev.amount_minor)),
    e.ChargebackOpened: _chargeback,
    e.ChargebackClosed: _chargeback_closed,
    e.ClocksPaused: _paused,
    e.ClocksResumed: lambda t, ev: t.by("ClocksResumed", until=ev.stand_until),
    e.DisputeOpened: _claimed("DisputeOpened"),
    e.ClaimRevised: _claimed("ClaimRevised"),
    e.OfferMade: _offered,
    e.OfferRejected: lambda t, ev: t.by("OfferRejected", number=ev.number),
    e.TermsAccepted: _accepted,
    e.DisputeEscalated: _by_clock("DisputeEscalated"),
    e.MessageSent: lambda t, ev: t.by("MessageSent"),
    e.EvidenceAdded: lambda t, ev: t.by("EvidenceAdded", kind=ev.file.kind),
    e.EvidenceRemoved: lambda t, ev: t.by("EvidenceRemoved"),
    e.EvidenceRequested: _asked,
    e.EvidenceComplete: lambda t, ev: t.say("EvidenceComplete"),
    e.OptionsProposed: _options,
    e.OptionChosen: lambda t, ev: t.by("OptionChosen", option=ev.option),
    e.ChoicesDiffered: lambda t, ev: t.say("ChoicesDiffered"),
    e.RulingMade: _ruled,
    e.DisputeDismissed: lambda t, ev: t.by("DisputeDismissed"),
    e.DisputeSettled: _settled,
    e.DisputeClosed: lambda t, ev: [t.say("DisputeClosed", number=ev.dispute), tables.outcome(ev.outcome)],
    e.ReturnShipped: lambda t, ev: t.by("ReturnShipped"),
    e.ReturnTracked: lambda t, ev: t.say("ReturnTracked", state=ev.state),
    e.ReturnConfirmed: lambda t, ev: t.by("ReturnConfirmed"),
    e.ReturnContested: lambda t, ev: t.by("ReturnContested"),
    e.ReturnUnderReview: lambda t, ev: t.say("ReturnUnderReview"),
    e.ReplacementShipped: lambda t, ev: t.by("ReplacementShipped"),
    e.ReplacementTracked: lambda t, ev: t.say("ReplacementTracked", state=ev.state),
    e.ReplacementConfirmed: lambda t, ev: t.by("ReplacementConfirmed"),
    e.AppealMade: lambda t, ev: t.by(f"AppealMade.{ev.grounds}"),
    e.AppealGranted: lambda t, ev: t.by("AppealGranted"),
    e.DisputeReopened: _reopened,
    e.AppealDenied: _by_clock("AppealDenied"),
    e.CorrectionProposed: lambda t, ev: t.by("CorrectionProposed"),
    e.Approved: lambda t, ev: t.by("Approved"),
    e.PlatformPaid: lambda t, ev: t.to(Party.SELLER, "PlatformPaid", amount=t.money(ev.amount_minor)),
    e.DeadlineLapsed: _lapsed,
}


def _days(days: int) -> Period:
    return Period(delta=timedelta(days=days))
