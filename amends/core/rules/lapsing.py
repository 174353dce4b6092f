"""What silence does: the policy's answer to each deadline that passed, dated at the deadline (decision 28)."""

from __future__ import annotations

from collections.abc import Callable

from ..deadlines import Deadline
from ..draft import Draft
from ..events import AppealDenied, DeadlineLapsed, DisputeClosed, DisputeEscalated, FundsReleased, ReturnUnderReview
from ..order import Dispute
from ..values import LineAmount
from ..vocabulary import DeadlineName, Flag, Outcome, Party
from .ordering import cancel_and_refund
from .settling import close, settle

N = DeadlineName
ANSWERING = frozenset({Party.BUYER, Party.SELLER, Party.MEDIATOR})


def lapse(draft: Draft, deadline: Deadline) -> None:
    """Let a deadline that has passed take effect. `draft.now` must be the deadline's own instant."""
    draft.add(
        DeadlineLapsed(
            at=deadline.at,
            by=Party.CLOCK,
            name=deadline.name,
            action=deadline.if_silent,
            dispute=deadline.dispute,
            silent=tuple(party for party in deadline.awaited if party in ANSWERING),
        )
    )
    if deadline.dispute is None:
        _of_order(draft, deadline)
    else:
        dispute = draft.dispute(deadline.dispute)
        _ACTIONS[deadline.if_silent](draft, deadline, dispute)


def _of_order(draft: Draft, deadline: Deadline) -> None:
    if deadline.name is N.DISPATCH and deadline.if_silent == "cancel":
        for dispute in tuple(draft.order.open_disputes()):  # opened before dispatch: the cancelling gives it all back
            outcome = Outcome.GRANTED_BY_SILENCE
            draft.add(DisputeClosed(at=deadline.at, by=Party.CLOCK, dispute=dispute.number, outcome=outcome))
        cancel_and_refund(draft, at=deadline.at, by=Party.CLOCK)
    elif deadline.lines:
        held = {line.id: line.held_minor for line in draft.order.lines}
        parts = tuple(LineAmount(line, held[line]) for line in deadline.lines)
        draft.add(FundsReleased(at=deadline.at, by=Party.CLOCK, lines=parts))


# ── the words a policy may answer with ───────────────────────────────────────────────────────────


def _nothing(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    """Nothing changes; the event alone tells that the bell has rung, or that a right is over."""


def _grant(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    """The buyer's terms as they stand; where goods travel, the settlement that is under way."""
    if dispute.settlement is not None:
        _refund(draft, deadline, dispute)
        return
    claim = dispute.claim
    amount = max(claim.amount_minor, dispute.given_back_minor)
    settle(draft, dispute, Outcome.GRANTED_BY_SILENCE, claim.wants, amount, at=deadline.at, by=Party.CLOCK)


def _refund(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    """Money without more waiting. While a return or exchange runs the outcome stays that of the settlement."""
    settlement = dispute.settlement
    if settlement is not None:
        close(draft, dispute.number, settlement.outcome, settlement.amount_minor, at=deadline.at, by=Party.CLOCK)
        return
    amount = max(dispute.claim.amount_minor, dispute.given_back_minor)
    close(draft, dispute.number, Outcome.GRANTED_BY_SILENCE, amount, at=deadline.at, by=Party.CLOCK)


def _grant_offer(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    offer = dispute.standing_offer
    assert offer is not None, "the buyer's clock runs only while an offer stands"
    settle(draft, dispute, Outcome.AGREED, offer.wants, offer.amount_minor, at=deadline.at, by=Party.CLOCK)


def _escalate(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    draft.add(DisputeEscalated(at=deadline.at, by=Party.CLOCK, dispute=dispute.number))


def _close_for_seller(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    outcome = Outcome.RETURN_NOT_SENT if deadline.name is N.RETURN_SHIPMENT else Outcome.LAPSED_FOR_SELLER
    close(draft, dispute.number, outcome, dispute.given_back_minor, at=deadline.at, by=Party.CLOCK)


def _review(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    """To the mediator. Evidence and choices already lie with him; about a return he joins now."""
    if deadline.name in (N.EVIDENCE, N.CHOICE):
        return
    flags = frozenset({Flag.RETURN_UNVERIFIED.value} if deadline.name is N.FIRST_SCAN else ())
    draft.add(ReturnUnderReview(at=deadline.at, by=Party.CLOCK, dispute=dispute.number, flags=flags))


def _deny(draft: Draft, deadline: Deadline, dispute: Dispute) -> None:
    draft.add(AppealDenied(at=deadline.at, by=Party.CLOCK, dispute=dispute.number))


_ACTIONS: dict[str, Callable[[Draft, Deadline, Dispute], None]] = {
    "nothing": _nothing,
    "alert": _nothing,
    "final": _nothing,
    "grant": _grant,
    "refund": _refund,
    "grant_offer": _grant_offer,
    "escalate": _escalate,
    "close_for_seller": _close_for_seller,
    "review": _review,
    "deny": _deny,
}
