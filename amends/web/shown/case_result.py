"""A closed dispute in sentences: who gets what, when it arrives, and what can still be done."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core.deadlines import protection_ends
from amends.core.order import Dispute, Order, Refund
from amends.core.rights import rights
from amends.core.vocabulary import (
    WITHDRAWN_OUTCOMES,
    Flag,
    FundedBy,
    OrderStatus,
    Outcome,
    Party,
    RefundStatus,
    Verb,
)

ENDINGS = {
    Outcome.ACCEPTED_BY_SELLER: gettext_noop("The seller accepted what the buyer asked for."),
    Outcome.GRANTED_BY_SILENCE: gettext_noop(
        "The time ran out without an answer, and the rules then give the money to the buyer."
    ),
    Outcome.AGREED: gettext_noop("Both sides agreed."),
    Outcome.RULED: gettext_noop("A mediator decided."),
    Outcome.DISMISSED: gettext_noop("A mediator dismissed it: the reason given is no ground under the rules."),
    Outcome.WITHDRAWN: gettext_noop("The buyer withdrew it."),
    Outcome.WITHDRAWN_FINAL: gettext_noop("The buyer withdrew it for good; it cannot be opened again."),
    Outcome.RETURN_NOT_SENT: gettext_noop("The goods were not sent back in time."),
    Outcome.LAPSED_FOR_SELLER: gettext_noop("The time ran out, and the rules then leave the money with the seller."),
    Outcome.REFUNDED_ELSEWHERE: gettext_noop("The cardholder's bank gave the money back."),
}
PENDING_YOURS = gettext_noop("You have appealed. Until a mediator has decided about that, the result stays as it is.")
PENDING_BUYERS = gettext_noop(
    "The buyer has appealed. Until a mediator has decided about that, the result stays as it is."
)
PENDING_SELLERS = gettext_noop(
    "The seller has appealed. Until a mediator has decided about that, the result stays as it is."
)


def headline(order: Order, dispute: Dispute, viewer: Party) -> str:
    """The result in a few words, from where the reader stands: “You get 20.00 USD back”."""
    if dispute.outcome in WITHDRAWN_OUTCOMES:
        return _("Withdrawn")
    back, kept = dispute.given_back_minor, sum(part.amount_minor for part in dispute.released)
    if dispute.outcome is Outcome.REFUNDED_ELSEWHERE:
        return _("The bank gave the money back")
    facts = {"back": words.money(back, order.currency), "kept": words.money(kept, order.currency)}
    if viewer is Party.BUYER:
        return _("You get %(back)s back") % facts if back else _("You get nothing back")
    if viewer is Party.SELLER:
        if kept:
            return _("You get %(kept)s") % facts
        return _("The buyer gets %(back)s back") % facts if back else _("No money moves")
    return _("%(back)s goes to the buyer, %(kept)s to the seller") % facts


def sentences(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> tuple[str, ...]:
    """How it ended, what everybody gets, each refund with its dates, and what can still be done."""
    assert dispute.outcome is not None, "asked of closed disputes"
    told = [_(ENDINGS[dispute.outcome]), *_shares(order, dispute, viewer)]
    told += [refund_sentence(order, refund, viewer) for refund in dispute.refunds]
    if Flag.RETURN_WAIVED.value in dispute.flags:
        told.append(_("Nobody had named an address for the return, so the goods need not go back."))
    told += _afterwards(order, dispute, viewer, now)
    return tuple(sentence for sentence in told if sentence)


def _shares(order: Order, dispute: Dispute, viewer: Party) -> list[str]:
    back, kept = dispute.given_back_minor, sum(part.amount_minor for part in dispute.released)
    facts = {"back": words.money(back, order.currency), "kept": words.money(kept, order.currency)}
    told = []
    if viewer is Party.BUYER and kept:
        told.append(_("The seller gets %(kept)s.") % facts)
    if viewer is Party.SELLER and back and kept:  # else it is the headline
        told.append(_("The buyer gets %(back)s back.") % facts)
    if dispute.platform_minor:
        paid = {"paid": words.money(dispute.platform_minor, order.currency)}
        told.append(_("%(paid)s of it is the platform's own money; the seller does not pay it.") % paid)
    if dispute.compensated_minor and viewer is not Party.BUYER:
        paid = {"paid": words.money(dispute.compensated_minor, order.currency)}
        told.append(_("The platform pays the seller %(paid)s of its own money.") % paid)
    return told


def refund_sentence(order: Order, refund: Refund, viewer: Party) -> str:
    """Where one refund is and when it arrives."""
    facts = {"money": words.money(refund.amount_minor, order.currency)}
    if refund.status is RefundStatus.SUCCEEDED:
        return _("The refund of %(money)s has arrived.") % facts
    if refund.status is RefundStatus.FAILED:
        return (
            _(
                "The refund of %(money)s did not go through. It stays owed; the platform looks for another way and"
                " tells the buyer."
            )
            % facts
        )
    if refund.due is None or refund.latest is None:
        return (
            _(
                "The refund of %(money)s is scheduled. Its latest day cannot be named yet, because the holidays of that"
                " year are not announced."
            )
            % facts
        )
    facts |= {"due": words.day(refund.due), "latest": words.day(refund.latest)}
    if refund.due == refund.latest:
        if viewer is Party.BUYER:
            return _("Your refund of %(money)s arrives by %(latest)s at the latest.") % facts
        return _("The refund of %(money)s arrives by %(latest)s at the latest.") % facts
    if viewer is Party.BUYER:
        return _("Your refund of %(money)s should arrive by %(due)s, at the latest on %(latest)s.") % facts
    return _("The refund of %(money)s should arrive by %(due)s, at the latest on %(latest)s.") % facts


def _afterwards(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> list[str]:
    """What can still be done, each where it can."""
    told = []
    if dispute.outcome is Outcome.WITHDRAWN:
        ends = protection_ends(order)
        told.append(_money_since(order, dispute, ends, now))
        can = viewer is Party.BUYER and rights(order, None, viewer, now).why_not(Verb.OPEN) is None
        if can and ends is not None and order.status is not OrderStatus.COMPLETED:
            facts = {"when": words.instant(ends)}
            told.append(_("If the problem stays, you can open a dispute again. Protection ends on %(when)s.") % facts)
    elif dispute.outcome is Outcome.WITHDRAWN_FINAL:
        told.append(_("The money goes its normal way."))
    if any(appeal.granted is False for appeal in dispute.appeals):
        told.append(_("An appeal was turned down; the result stays."))
    if viewer in (Party.BUYER, Party.SELLER) and dispute.outcome not in WITHDRAWN_OUTCOMES:
        told += _still_open(order, dispute, viewer, now)
    return told


def _money_since(order: Order, dispute: Dispute, ends: datetime | None, now: datetime) -> str:
    """Where the money of withdrawn pieces is now: held, or gone with everything else, and when."""
    lines = [line for line in order.lines if line.id in {pieces.line for pieces in dispute.pieces}]
    if any(line.held_minor for line in lines) and order.status is not OrderStatus.COMPLETED:
        return _("No money has moved because of it: what is held stays held until protection ends.")
    if order.released_minor < order.paid_in_minor:  # a later dispute, a cancellation or a bank took a part
        return _("Nothing is held for it any more. Where the money went stands below, under “Money of this order”.")
    if ends is not None and ends <= now and not any(line.confirmed_at for line in lines):
        return _("The money went to the seller when protection ended on %(when)s.") % {"when": words.instant(ends)}
    return _("The money has gone to the seller since.")


def _still_open(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> list[str]:
    can = rights(order, dispute, viewer, now).can
    if Verb.APPEAL in can or any(appeal.granted is None for appeal in dispute.appeals):
        return []
    if Verb.MESSAGE in can:
        return [_("The result is final. You can still write messages here.")]
    return [_("The result is final.")]


def may_appeal(order: Order, dispute: Dispute, viewer: Party, now: datetime) -> bool:
    return Verb.APPEAL in rights(order, dispute, viewer, now).can


def appealed(dispute: Dispute, viewer: Party) -> str:
    """That an appeal waits, and whose."""
    by = dispute.appeals[-1].by
    if by is viewer:
        return _(PENDING_YOURS)
    return _(PENDING_BUYERS) if by is Party.BUYER else _(PENDING_SELLERS)


def funded(refund: Refund) -> str:
    """Whose money a refund is."""
    return _("the platform's own money") if refund.funded_by is FundedBy.PLATFORM else _("the money held")
