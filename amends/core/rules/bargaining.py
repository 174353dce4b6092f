"""Bargaining: offers, acceptance, rejection, escalation, withdrawal, talk. Source: rulebook §9–§14, decision 2.

The guards (`may_…`) say what a party may do now; the rights shown to people and the acts themselves both ask them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .. import commands as c
from .. import events as e
from .. import values as v
from ..addresses import located
from ..deadlines import ends, next_of_dispute, protection_ends, protection_over
from ..draft import Draft
from ..order import MOST_AFTER_THE_END, Dispute, Order, Terms
from ..private import Private, private
from ..refusals import Refused
from ..signals import not_in_english, offer_warnings, promises_extension, read_message
from ..told import told
from ..vocabulary import (
    DeadlineName,
    DisputeStatus,
    Outcome,
    Party,
    RefusalCode,
    Wants,
    WarningCode,
)
from .amounts import allowed_solution, not_negative, payable, read_amount
from .opening import return_may_cost_more
from .ordering import malformed
from .settling import release_what_is_due, return_address, settle

R = RefusalCode
S = DisputeStatus
BARGAINING = frozenset({S.AWAITING_SELLER, S.AWAITING_BUYER})
IN_REVIEW = frozenset({S.UNDER_REVIEW, S.AWAITING_EVIDENCE, S.AWAITING_CHOICE})
LATE_OFFER = timedelta(hours=24)
"""An offer this short before the window would have ended is told as late (R210, R274)."""
A_DAY = timedelta(days=1)
LITTLE_PROTECTION = timedelta(days=3)
"""Withdrawing with less protection left than this is told (R050, R232)."""


# ── may a party act at all ───────────────────────────────────────────────────────────────────────


def may_act(order: Order, dispute: Dispute, by: Party, late: RefusalCode = R.DEADLINE_PASSED) -> None:
    """The dispute is open to this party's act: not frozen by a bank, not closed, not past his own silence."""
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    if not dispute.open:
        refuse_if_silent(dispute, by, late)
        raise Refused(R.DISPUTE_CLOSED)


def refuse_if_silent(dispute: Dispute, by: Party, late: RefusalCode = R.DEADLINE_PASSED) -> None:
    """To the party whose own silence made the last move: the deadline has passed (decision 1)."""
    if by in dispute.silent and dispute.lapsed is not None:
        raise Refused(late, due=dispute.lapsed.at)


def may_bargain(order: Order, dispute: Dispute, by: Party) -> None:
    may_act(order, dispute, by)
    if dispute.status not in BARGAINING:
        refuse_if_silent(dispute, by)
        raise Refused(R.FROZEN, "return" if dispute.returning else "")


# ── offers ───────────────────────────────────────────────────────────────────────────────────────


def may_offer(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_bargain(order, dispute, by)


def offer(draft: Draft, command: c.MakeOffer, dispute: Dispute) -> None:
    """Terms equal to the buyer's are an acceptance; zero is a refusal; anything else is a counter-offer."""
    order = draft.order
    may_offer(order, dispute, command.by, draft.now)
    minor = read_amount(order, command.amount, command.currency)
    not_negative(order, minor, payable(order, dispute))
    wants = allowed_solution(order, command.wants)
    if command.text and order.policy.messages.language == "en" and not_in_english(command.text):
        draft.warnings.add(WarningCode.NOT_IN_ENGLISH.value)
    if (wants, minor) == (dispute.claim.wants, dispute.claim.amount_minor):
        _accept_claim(draft, dispute, command.by, command.actor, located(command.return_to))
        return
    _make(draft, dispute, command, wants, minor, private(command.text), located(command.return_to))


def _make(
    draft: Draft,
    dispute: Dispute,
    command: c.MakeOffer | c.Reject,
    wants: Wants,
    minor: int,
    text: Private | None,
    return_to: v.Location | None,
) -> None:
    before = [terms.amount_minor for terms in dispute.terms if terms.by is Party.SELLER]
    flags = offer_warnings(
        claim_wants=dispute.claim.wants,
        wants=wants,
        amount_minor=minor,
        previous_minor=before[-1] if before else None,
        return_may_cost_more=return_may_cost_more(draft.order),
        late=_late(draft.order, dispute, draft.now),
    )
    said = read_message(command.text) if command.text else frozenset()
    draft.add(
        e.OfferMade(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            number=len(dispute.terms) + 1,
            wants=wants,
            amount_minor=minor,
            text=text,
            return_to=return_to,
            flags=frozenset(flag.value for flag in flags | said),
        )
    )


def _late(order: Order, dispute: Dispute, now: datetime) -> bool:
    if "seller_offer" not in order.policy.negotiation.restarts_on:
        return False
    deadline = next_of_dispute(order, dispute)
    return deadline is not None and deadline.at - now <= LATE_OFFER


def may_reject(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_bargain(order, dispute, by)
    if by is Party.BUYER and dispute.standing_offer is None:
        raise Refused(R.NO_STANDING_OFFER)


def reject(draft: Draft, command: c.Reject, dispute: Dispute) -> None:
    """By the seller an offer of 0; by the buyer the standing offer is turned down (R192, R280)."""
    may_reject(draft.order, dispute, command.by, draft.now)
    if command.by is Party.SELLER:
        _make(draft, dispute, command, Wants.REFUND, 0, private(command.text), None)
        return
    draft.add(
        e.OfferRejected(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            number=dispute.offered,
            text=private(command.text),
        )
    )
    if draft.order.policy.negotiation.on_buyer_reject == "escalate":
        draft.add(e.DisputeEscalated(at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number))


# ── acceptance ───────────────────────────────────────────────────────────────────────────────────


def may_accept(order: Order, dispute: Dispute, by: Party, now: datetime) -> Terms:
    """Answers with the terms on the table for this party: the claim for the seller, the offer for the buyer.

    Under review both sides may still take the other's frozen terms, where the policy lets them, but what
    happens about a return is not settled this way (decision 20).
    """
    may_act(order, dispute, by)
    if dispute.returning:
        refuse_if_silent(dispute, by)
        raise Refused(R.SETTLEMENT_NOT_ALLOWED, "return")
    if dispute.status in IN_REVIEW:
        if not order.policy.review.parties_may_settle or dispute.review_of_return:
            refuse_if_silent(dispute, by)
            raise Refused(R.SETTLEMENT_NOT_ALLOWED)
        if dispute.stakes is not None:  # reopened on appeal: only a ruling states a new total
            raise Refused(R.SETTLEMENT_NOT_ALLOWED)
    terms = dispute.claim if by is Party.SELLER else dispute.standing_offer
    if terms is None:
        raise Refused(R.NO_STANDING_OFFER)
    return terms


def accept(draft: Draft, command: c.Accept, dispute: Dispute) -> None:
    terms = may_accept_number(draft.order, dispute, command, draft.now)
    if command.by is Party.SELLER:
        _accept_claim(draft, dispute, command.by, command.actor, located(command.return_to))
        return
    if terms.amount_minor == 0 and not command.confirm_zero:
        raise Refused(R.ZERO_NEEDS_CONFIRMATION)
    if terms.wants is not Wants.REFUND and return_may_cost_more(draft.order):
        draft.warnings.add(WarningCode.RETURN_MAY_COST_MORE.value)
    # Where goods go back to is the seller's to say, not the buyer's.
    _take(draft, dispute, terms, Outcome.AGREED, command.by, command.actor, None)


def may_accept_number(order: Order, dispute: Dispute, command: c.Accept, now: datetime) -> Terms:
    try:
        terms = may_accept(order, dispute, command.by, now)
    except Refused as refused:
        if refused.code is R.NO_STANDING_OFFER and command.offer is not None:
            raise Refused(R.STALE_OFFER, given=command.offer, standing=told("no offer")) from None
        raise
    if command.offer is not None and command.offer != terms.number:
        raise Refused(R.STALE_OFFER, given=command.offer, standing=told("number {number}", number=terms.number))
    return terms


def _accept_claim(draft: Draft, dispute: Dispute, by: Party, actor: str, return_to: v.Location | None) -> None:
    _take(draft, dispute, dispute.claim, Outcome.ACCEPTED_BY_SELLER, by, actor, return_to)


def _take(
    draft: Draft,
    dispute: Dispute,
    terms: Terms,
    outcome: Outcome,
    by: Party,
    actor: str,
    return_to: v.Location | None,
) -> None:
    agree_on_address(draft.order, dispute, terms.wants, return_to)
    draft.add(
        e.TermsAccepted(
            at=draft.now, by=by, actor=actor, dispute=dispute.number, number=terms.number, return_to=return_to
        )
    )
    dispute = draft.dispute(dispute.number)
    settle(draft, dispute, outcome, terms.wants, terms.amount_minor, at=draft.now, by=by)


def agree_on_address(order: Order, dispute: Dispute, wants: Wants, named: v.Location | None) -> None:
    """A return needs an address when it is agreed, not later (decision 13)."""
    if wants is not Wants.REFUND and named is None and return_address(order, dispute) is None:
        raise Refused(R.RETURN_ADDRESS_MISSING)


# ── escalation ───────────────────────────────────────────────────────────────────────────────────


def may_escalate(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_bargain(order, dispute, by)
    escalation = order.policy.negotiation.escalation
    if by not in escalation.by:
        raise Refused(R.ESCALATION_NOT_AVAILABLE, party=by)
    if escalation.after is None:
        return
    if escalation.after == "first_answer":
        if dispute.answered_at is None:
            since = dispute.since(DeadlineName.SELLER_RESPONSE)
            lasts = order.policy.negotiation.seller_response
            until = ends(order, since, lasts) if since and lasts else None
            raise Refused(R.ESCALATION_NOT_YET, "" if until else "no_date", until=until)
        return
    at = ends(order, dispute.opened_at, escalation.after)
    if at is None or now < at:
        raise Refused(R.ESCALATION_NOT_YET, "wait", until=at)


def escalate(draft: Draft, command: c.Escalate, dispute: Dispute) -> None:
    may_escalate(draft.order, dispute, command.by, draft.now)
    draft.warnings.add(WarningCode.LAST_OFFER_COUNTS.value)
    draft.add(e.DisputeEscalated(at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number))


# ── withdrawal ───────────────────────────────────────────────────────────────────────────────────


def may_withdraw(order: Order, dispute: Dispute, by: Party, now: datetime) -> bool:
    """Answers whether it would be for good. Before escalation `negotiation` decides, then `review` (decision 7)."""
    may_act(order, dispute, by)
    if dispute.trip is not None:  # goods are on their way, or back
        raise Refused(R.FROZEN, "return")
    past = protection_over(order, now)
    ended = protection_ends(order)
    if dispute.escalated:
        rule = order.policy.review.buyer_may_withdraw
        if rule == "never":
            raise Refused(R.FROZEN)
        if rule == "while_protected" and past:
            raise Refused(R.WITHDRAWAL_AFTER_PROTECTION, ended=ended)
        if dispute.stakes is not None:  # reopened on appeal: only a ruling ends it
            raise Refused(R.FROZEN)
    elif past and order.policy.negotiation.after_withdrawal_past_protection == "refuse":
        raise Refused(R.WITHDRAWAL_AFTER_PROTECTION, ended=ended)
    # What a mediator has decided is not opened anew (R075): giving up a ruled return is for good.
    return past or order.policy.opening.again == "once_per_line" or dispute.verdict is not None


def withdraw(draft: Draft, command: c.Withdraw, dispute: Dispute) -> None:
    order, now = draft.order, draft.now
    final = may_withdraw(order, dispute, command.by, now)
    if final and not command.confirm_final:
        raise Refused(R.FINAL_NEEDS_CONFIRMATION)
    if final or order.policy.opening.again == "never_same_reason":
        draft.warnings.add(WarningCode.CANNOT_BE_REOPENED.value)
    if not final and _extension_only_promised(order, now):
        draft.warnings.add(WarningCode.PROTECTION_NOT_EXTENDED.value)
    outcome = Outcome.WITHDRAWN_FINAL if final else Outcome.WITHDRAWN
    draft.add(e.DisputeClosed(at=now, by=command.by, actor=command.actor, dispute=dispute.number, outcome=outcome))
    release_what_is_due(draft, at=now, by=command.by)


def _extension_only_promised(order: Order, now: datetime) -> bool:
    """More time was asked for or promised and is not there, or hardly any protection is left (R043, R232)."""
    promised = order.promised_extension_at
    if promised is not None and (order.extended_at is None or order.extended_at < promised):
        return True
    end = protection_ends(order)
    return end is not None and end - now < LITTLE_PROTECTION


# ── talk ─────────────────────────────────────────────────────────────────────────────────────────


def may_message(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """Talk is always possible, also after closing, except while a bank looks at the payment, or without any measure."""
    if order.charged_back and by is not Party.MEDIATOR:
        raise Refused(R.FROZEN, "chargeback")
    theirs = [at for party, at in dispute.written if party is by]
    if not dispute.open and len(theirs) >= MOST_AFTER_THE_END and now < theirs[0] + A_DAY:
        raise Refused(R.RATE_LIMITED, "messages", until=theirs[0] + A_DAY)


def message(draft: Draft, command: c.SendMessage, dispute: Dispute) -> None:
    """Never binding, never moves a clock (R212, R252); traps in it become flags shown to whom they protect."""
    may_message(draft.order, dispute, command.by, draft.now)
    if not command.text.strip():
        raise malformed("the message is empty", "Write something.")
    flags = read_message(command.text) if command.by in (Party.SELLER, Party.BUYER) else frozenset()
    if (
        command.by is not Party.MEDIATOR
        and draft.order.policy.messages.language == "en"
        and not_in_english(command.text)
    ):
        draft.warnings.add(WarningCode.NOT_IN_ENGLISH.value)
    draft.add(
        e.MessageSent(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=Private(command.text),
            flags=frozenset(flag.value for flag in flags),
            promises_extension=command.by is Party.SELLER and promises_extension(command.text),
        )
    )
