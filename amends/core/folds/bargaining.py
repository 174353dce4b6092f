"""What claims, offers, evidence and the mediator's acts change in a dispute."""

from __future__ import annotations

from datetime import datetime

from .. import events as e
from ..order import MOST_AFTER_THE_END, Clock, Dispute, Evidence, Order, Settlement, Terms, Verdict, Waiting, replace
from ..vocabulary import WITHDRAWN_OUTCOMES, DeadlineName, DisputeStatus, Flag, Party
from .shared import completed, of, put, restarted, without

# ── one dispute ──────────────────────────────────────────────────────────────────────────────────


def opened(order: Order, event: e.DisputeOpened) -> Order:
    policy = order.policy.negotiation
    clocks: tuple[Clock, ...] = ((DeadlineName.SELLER_RESPONSE, event.at),)
    window_since = None
    if policy.counted_from == "opening":
        window_since = event.at
        clocks += ((DeadlineName.NEGOTIATION, event.at), (DeadlineName.NEGOTIATION_CAP, event.at))
    dispute = Dispute(
        number=event.dispute,
        opened_at=event.at,
        status=DisputeStatus.AWAITING_SELLER,
        pieces=event.lines,
        received=event.received,
        reason=event.reason,
        terms=(Terms(1, Party.BUYER, event.wants, event.amount_minor),),
        clocks=clocks,
        window_since=window_since,
        evidence=tuple(Evidence(Party.BUYER, event.at, file) for file in event.files),
        flags=event.flags,
        reasons=frozenset({event.reason}),
        touched=frozenset(pieces.line for pieces in event.lines),
    )
    if order.policy.protection.while_disputed == "pauses" and not any(True for _ in order.open_disputes()):
        order = replace(order, disputed=(*order.disputed, (event.at, None)))
    return replace(order, disputes=(*order.disputes, dispute))


def revised(order: Order, event: e.ClaimRevised) -> Order:
    policy = order.policy.negotiation
    dispute = of(order, event.dispute)
    clocks = without(dispute.clocks, DeadlineName.BUYER_RESPONSE)
    if policy.seller_response_restarts_on_revision:
        clocks = restarted(clocks, DeadlineName.SELLER_RESPONSE, event.at)
    if "buyer_revision" in policy.restarts_on and dispute.window_since is not None:
        clocks = restarted(clocks, DeadlineName.NEGOTIATION, event.at)
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.AWAITING_SELLER,
            pieces=event.lines,
            received=event.received,
            reason=event.reason,
            terms=(*dispute.terms, Terms(event.number, Party.BUYER, event.wants, event.amount_minor)),
            claimed=event.number,
            clocks=clocks,
            evidence=dispute.evidence + tuple(Evidence(Party.BUYER, event.at, file) for file in event.files),
            flags=dispute.flags | event.flags,
            reasons=dispute.reasons | {event.reason},
            touched=dispute.touched | {pieces.line for pieces in event.lines},
            silent=(),
        ),
    )


def offered(order: Order, event: e.OfferMade) -> Order:
    policy = order.policy.negotiation
    dispute = of(order, event.dispute)
    clocks = without(dispute.clocks, DeadlineName.SELLER_RESPONSE)
    window_since = dispute.window_since
    if window_since is None:
        window_since = event.at
        clocks += ((DeadlineName.NEGOTIATION, event.at), (DeadlineName.NEGOTIATION_CAP, event.at))
    elif "seller_offer" in policy.restarts_on:
        clocks = restarted(clocks, DeadlineName.NEGOTIATION, event.at)
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.AWAITING_BUYER,
            terms=(*dispute.terms, Terms(event.number, Party.SELLER, event.wants, event.amount_minor)),
            offered=event.number,
            clocks=restarted(clocks, DeadlineName.BUYER_RESPONSE, event.at),
            window_since=window_since,
            answered_at=dispute.answered_at or event.at,
            return_to=event.return_to or dispute.return_to,
            flags=dispute.flags | event.flags,
            silent=(),
        ),
    )


def turned_down(order: Order, event: e.OfferRejected) -> Order:
    dispute = of(order, event.dispute)
    clocks = without(dispute.clocks, DeadlineName.BUYER_RESPONSE)
    return put(order, replace(dispute, status=DisputeStatus.AWAITING_SELLER, offered=0, clocks=clocks, silent=()))


def accepted(order: Order, event: e.TermsAccepted) -> Order:
    dispute = of(order, event.dispute)
    return put(order, replace(dispute, return_to=event.return_to or dispute.return_to, silent=()))


def escalated(order: Order, event: e.DisputeEscalated) -> Order:
    dispute = of(order, event.dispute)
    return put(
        order,
        replace(
            dispute, status=DisputeStatus.UNDER_REVIEW, escalated_at=event.at, clocks=((DeadlineName.REVIEW, event.at),)
        ),
    )


def message(order: Order, event: e.MessageSent) -> Order:
    if event.promises_extension and event.by is Party.SELLER:
        order = replace(order, promised_extension_at=event.at)
    dispute = of(order, event.dispute)
    flags = dispute.flags | event.flags
    unanswered_at, written = _unanswered(dispute, event), _written(dispute, event)
    if (flags, unanswered_at, written) == (dispute.flags, dispute.unanswered_at, dispute.written):
        return order
    return put(order, replace(dispute, flags=flags, unanswered_at=unanswered_at, written=written))


def _written(dispute: Dispute, event: e.MessageSent) -> tuple[tuple[Party, datetime], ...]:
    """With this message, where a party wrote it after the end; what no later limit can ask about is dropped."""
    if dispute.open or event.by not in (Party.BUYER, Party.SELLER):
        return dispute.written
    theirs = [one for one in dispute.written if one[0] is event.by][1 - MOST_AFTER_THE_END :]
    return (*(one for one in dispute.written if one[0] is not event.by), *theirs, (event.by, event.at))


def _unanswered(dispute: Dispute, event: e.MessageSent) -> datetime | None:
    """Since when a party waits for staff's word about a closed dispute."""
    if dispute.open or event.by not in (Party.BUYER, Party.SELLER):
        return None
    return dispute.unanswered_at or event.at


def asked_for_time(order: Order, event: e.ExtensionRequested) -> Order:
    return replace(order, promised_extension_at=event.at)


def evidence(order: Order, event: e.EvidenceAdded) -> Order:
    dispute = of(order, event.dispute)
    sent = dispute.sent
    if event.by in dispute.asked and event.by not in sent and event.file.counts:
        sent = (*sent, event.by)
    evidence = (*dispute.evidence, Evidence(event.by, event.at, event.file, event.answers))
    return put(order, replace(dispute, evidence=evidence, sent=sent, flags=dispute.flags | event.flags))


def evidence_removed(order: Order, event: e.EvidenceRemoved) -> Order:
    dispute = of(order, event.dispute)
    evidence = tuple(item for item in dispute.evidence if item.file.id != event.file)
    return put(order, replace(dispute, evidence=evidence))


def evidence_asked(order: Order, event: e.EvidenceRequested) -> Order:
    dispute = of(order, event.dispute)
    clocks = restarted(without(dispute.clocks, DeadlineName.CHOICE), DeadlineName.EVIDENCE, event.at)
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.AWAITING_EVIDENCE,
            asked=event.of,
            sent=(),
            wanted=event.wanted,
            # Numbers are of the list they were given for; a new request has a list of its own.
            evidence=tuple(item._replace(answers=None) for item in dispute.evidence),
            clocks=clocks,
            mediated=True,
            silent=(),
        ),
    )


def back_to_review(order: Order, event: e.DisputeEvent) -> Order:
    dispute = of(order, event.dispute)
    clocks = without(dispute.clocks, DeadlineName.EVIDENCE, DeadlineName.CHOICE)
    return put(order, replace(dispute, status=DisputeStatus.UNDER_REVIEW, clocks=clocks))


def proposed(order: Order, event: e.OptionsProposed) -> Order:
    dispute = of(order, event.dispute)
    clocks = restarted(without(dispute.clocks, DeadlineName.EVIDENCE), DeadlineName.CHOICE, event.at)
    return put(
        order,
        replace(
            dispute,
            status=DisputeStatus.AWAITING_CHOICE,
            options=event.options,
            choices=(),
            clocks=clocks,
            mediated=True,
            silent=(),
        ),
    )


def chosen(order: Order, event: e.OptionChosen) -> Order:
    dispute = of(order, event.dispute)
    choices = (*dispute.choices, (event.by, event.option))
    return put(order, replace(dispute, choices=choices, return_to=event.return_to or dispute.return_to))


def ruled(order: Order, event: e.RulingMade) -> Order:
    dispute = of(order, event.dispute)
    if event.waits:
        waiting = Waiting(order.version + 1, event)
        return put(order, replace(dispute, waiting=waiting, mediated=True, silent=()))
    verdict = Verdict(event.finding, event.fault, event.funded_by, event.counts_against)
    return put(
        order,
        replace(
            dispute,
            verdict=verdict,
            mediated=True,
            return_to=event.return_to or dispute.return_to,
            silent=(),
            waiting=None,
        ),
    )


def dismissed(order: Order, event: e.DisputeDismissed) -> Order:
    return put(order, replace(of(order, event.dispute), mediated=True, silent=()))


def settled(order: Order, event: e.DisputeSettled) -> Order:
    dispute = of(order, event.dispute)
    dispute = replace(
        dispute,
        settlement=Settlement(event.outcome, event.wants, event.amount_minor),
        flags=dispute.flags | event.flags,
        waiting=None,
    )
    if event.wants.value != "refund" and Flag.RETURN_WAIVED not in event.flags:
        dispute = replace(
            dispute,
            status=DisputeStatus.AWAITING_RETURN,
            clocks=((DeadlineName.RETURN_SHIPMENT, event.at),),
            review_of_return=False,
            trip=None,
            replacement=None,
        )
    return put(order, dispute)


def closed(order: Order, event: e.DisputeClosed) -> Order:
    dispute = of(order, event.dispute)
    order = put(
        order,
        replace(
            dispute,
            status=DisputeStatus.CLOSED,
            outcome=event.outcome,
            closed_at=event.at,
            clocks=() if event.outcome in WITHDRAWN_OUTCOMES else ((DeadlineName.APPEAL, event.at),),
            review_of_return=False,
            waiting=None,
        ),
    )
    if event.outcome not in WITHDRAWN_OUTCOMES:
        settled = {pieces.line: pieces.quantity for pieces in dispute.pieces}
        order = replace(
            order, lines=tuple(line._replace(settled=line.settled + settled.get(line.id, 0)) for line in order.lines)
        )
    if order.disputed and order.disputed[-1][1] is None and not any(True for _ in order.open_disputes()):
        order = replace(order, disputed=(*order.disputed[:-1], (order.disputed[-1][0], event.at)))
    return completed(order)
