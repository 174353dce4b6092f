"""What each party may do at an instant: the verbs `rights` allows, with amounts and solutions as classes.

Nothing here decides whether an act is taken: each candidate goes through the core's door, and a refused one is no
move. What is left out on purpose is listed in docs/checking-policies.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from amends.core import commands as c
from amends.core.order import Dispute, Order, missing
from amends.core.policy import Policy
from amends.core.rights import rights
from amends.core.vocabulary import (
    DisputeStatus,
    FundedBy,
    Grounds,
    OrderStatus,
    Party,
    Reason,
    TrackState,
    Verb,
    Wants,
)

from .states import pending
from .worlds import OUTBOUND, REPLACED, RETURNED, Amounts, World, amounts, promises, solutions

S = DisputeStatus
ADDRESS = c.Place("CN", "Shenzhen")


class Plan(NamedTuple):
    """What a world's parties may ask for, worked out once."""

    policy: Policy
    world: World
    sums: Amounts
    claims: tuple[tuple[Wants, int], ...]
    offers: tuple[tuple[Wants, int], ...]
    appeals: bool
    """Whether anybody may appeal, and this world's parties do."""


def planned(policy: Policy, world: World) -> Plan:
    """The claims and offers of a world: every solution, in full and, for a mere refund, in part."""
    sums = amounts(policy)
    travelling = tuple((wants, sums.full) for wants in solutions(policy) if wants is not Wants.REFUND)
    if not world.free:
        return Plan(policy, world, sums, ((Wants.REFUND, sums.full), *travelling[:1]), (), appeals=False)
    claims = ((Wants.REFUND, sums.part), (Wants.REFUND, sums.full), *travelling)
    return Plan(policy, world, sums, claims, ((Wants.REFUND, sums.little), *travelling), bool(policy.appeal.grounds))


def moves(plan: Plan, order: Order, now: datetime) -> Iterator[c.Command]:
    """Every act worth trying now, by whoever may do it; the core may still refuse its particulars."""
    open_now = any(True for _ in order.open_disputes())
    if not open_now and order.status not in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
        yield from _on_order(plan, order, now)
    elif order.status is OrderStatus.PAID:  # a dispute before dispatch, where the policy knows one
        yield c.Ship(by=Party.SELLER, tracking=OUTBOUND)
    for dispute in order.disputes:
        if dispute.open or (plan.appeals and (dispute.clocks or pending(dispute))):
            yield from _on_dispute(plan, order, dispute, now)


# ── the order ────────────────────────────────────────────────────────────────────────────────────


def _on_order(plan: Plan, order: Order, now: datetime) -> Iterator[c.Command]:
    buyer, seller = (rights(order, None, party, now).can for party in (Party.BUYER, Party.SELLER))
    if Verb.SHIP in seller:
        for promise in promises(plan.policy) if plan.world.free else (None,):
            yield c.Ship(by=Party.SELLER, tracking=OUTBOUND, delivery_due=now + promise if promise else None)
    for party, can in ((Party.SELLER, seller), (Party.BUYER, buyer)):
        if Verb.CANCEL_ORDER in can:
            yield c.CancelOrder(by=party)
    if Verb.CANCEL_ORDER in rights(order, None, Party.MARKETPLACE, now).can:
        yield c.CancelOrder(by=Party.MARKETPLACE)
    if Verb.EXTEND_PROTECTION in seller and order.extended_at is None and plan.world.free:
        yield c.ExtendProtection(by=Party.SELLER, days=30)
    if Verb.CONFIRM_RECEIPT in buyer:
        yield c.ConfirmReceipt(by=Party.BUYER)
    if order.shipment is not None:
        yield from _outbound(plan, order)
    if Verb.OPEN in buyer:
        yield from openings(plan, order)


def _outbound(plan: Plan, order: Order) -> Iterator[c.Command]:
    """What the carrier says of the parcel: once where it is, and that it came."""
    assert order.shipment is not None
    if order.shipment.delivered_at is not None:
        return
    yield c.Track(by=Party.CARRIER, state=TrackState.DELIVERED)
    if order.shipment.state is None and plan.world.free:
        yield c.Track(by=Party.CARRIER, state=TrackState.LOST)
        if plan.policy.opening.unreadable_tracking_is_ground_after is not None:
            yield c.Track(by=Party.CARRIER, state=TrackState.UNREADABLE)


def openings(plan: Plan, order: Order) -> Iterator[c.OpenDispute]:
    """Disputes a buyer may open: of each branch one reason, which stands for the others once it is open."""
    for line in plan.world.lines:
        for reason in (Reason.NOT_RECEIVED, Reason.DEFECTIVE):
            for wants, amount in plan.claims:
                yield opening(plan, line, reason, wants, amount)


def opening(plan: Plan, line: str, reason: Reason, wants: Wants, amount_minor: int) -> c.OpenDispute:
    """One opening, with as many photos as the policy asks for."""
    return c.OpenDispute(
        by=Party.BUYER,
        lines=(c.Pieces(line),),
        received=reason.branch.value != "not_received",
        reason=reason.value,
        wants=wants.value,
        amount=amount_minor,
        files=(c.Given("photo"),) * plan.policy.opening.files_needed(reason),
    )


# ── the dispute ──────────────────────────────────────────────────────────────────────────────────

Moves = Callable[[Plan, Order, Dispute, Party], Iterator[c.Command]]


def _on_dispute(plan: Plan, order: Order, dispute: Dispute, now: datetime) -> Iterator[c.Command]:
    parties: tuple[Party, ...] = (Party.BUYER, Party.SELLER, Party.MEDIATOR)
    if dispute.status in (S.RETURN_IN_TRANSIT, S.UNDER_REVIEW):
        parties += (Party.MARKETPLACE,)
    for party in parties:
        for verb in rights(order, dispute, party, now).can:
            make = _MOVES.get(verb)
            if make is not None:
                yield from make(plan, order, dispute, party)
    if dispute.waiting is not None:
        yield c.Approve(by=Party.OPERATOR, actor="second")
    yield from _carried(dispute)


def _carried(dispute: Dispute) -> Iterator[c.Command]:
    """What the carrier says of goods on their way back, or of a replacement."""
    number = dispute.number
    if dispute.status is S.RETURN_IN_TRANSIT and dispute.trip is not None and dispute.trip.delivered_at is None:
        if not dispute.trip.scanned:
            yield c.TrackReturn(by=Party.CARRIER, dispute=number, state=TrackState.IN_TRANSIT)
        yield c.TrackReturn(by=Party.CARRIER, dispute=number, state=TrackState.DELIVERED)
        yield c.TrackReturn(by=Party.CARRIER, dispute=number, state=TrackState.LOST)
    if dispute.status is S.AWAITING_REPLACEMENT and dispute.replacement is not None:
        yield c.Track(by=Party.CARRIER, state=TrackState.DELIVERED, tracking=REPLACED)
        yield c.Track(by=Party.CARRIER, state=TrackState.LOST, tracking=REPLACED)


def _accept(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.Accept(by=by, dispute=dispute.number, confirm_zero=by is Party.BUYER)
    if by is Party.SELLER and plan.world.named_return:
        yield c.Accept(by=by, dispute=dispute.number, return_to=ADDRESS)


def _offer(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    for wants, amount in plan.offers:
        if (wants, amount) != dispute.claim[2:]:
            yield c.MakeOffer(by=by, dispute=dispute.number, wants=wants.value, amount=amount)


def _revise(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    for wants, amount in plan.claims:
        if (wants, amount) != dispute.claim[2:]:
            yield c.Revise(by=by, dispute=dispute.number, wants=wants.value, amount=amount)


def _reject(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.Reject(by=by, dispute=dispute.number)


def _withdraw(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.Withdraw(by=by, dispute=dispute.number, confirm_final=True)


def _escalate(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.Escalate(by=by, dispute=dispute.number)


def _add_evidence(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    if by in missing(dispute):
        yield c.AddEvidence(by=by, dispute=dispute.number, kind="photo")


def _asks(plan: Plan, dispute: Dispute) -> bool:
    first_look = dispute.status is S.UNDER_REVIEW and dispute.stakes is None and dispute.waiting is None
    return plan.world.free and first_look


def _request_evidence(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    """Asked once a review: a second request starts no other clock than the first."""
    if dispute.asked or not _asks(plan, dispute):
        return
    both = (Party.BUYER, Party.SELLER)
    for of in (both[:1], both[1:], both):
        yield c.RequestEvidence(by=by, dispute=dispute.number, of=of, text="Show it once more.")


def _propose(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    """Proposed once a review, for the same reason."""
    if dispute.options or not _asks(plan, dispute):
        return
    options = (
        c.Option(1, Wants.REFUND.value, plan.sums.part),
        c.Option(2, Wants.RETURN_AND_REFUND.value, plan.sums.full),
    )
    yield c.Propose(by=by, dispute=dispute.number, options=options)


def _choose(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    for option in (1, 2):
        yield c.Choose(by=by, dispute=dispute.number, option=option)


def _rule(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    rulings = [(Wants.REFUND, 0), (Wants.REFUND, plan.sums.part), (Wants.REFUND, plan.sums.full)]
    rulings += [(wants, plan.sums.full) for wants in solutions(plan.policy) if wants is not Wants.REFUND]
    if dispute.waiting is not None:
        return
    # While evidence or choices are awaited a ruling is the same act as under review: one stands for all.
    thorough = plan.world.free and dispute.status is S.UNDER_REVIEW
    for wants, amount in rulings if thorough else rulings[2:]:
        yield c.Rule(by=by, dispute=dispute.number, wants=wants.value, amount=amount, text="Decided.", actor="first")
    if thorough:
        yield c.Rule(
            by=by,
            dispute=dispute.number,
            wants=Wants.REFUND.value,
            amount=plan.sums.little,
            text="The platform pays.",
            funded_by=FundedBy.PLATFORM.value,
            actor="first",
        )


def _dismiss(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.Dismiss(by=by, dispute=dispute.number, text="No ground.")


def _ship_return(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.ShipReturn(by=by, dispute=dispute.number, tracking=RETURNED)


def _confirm_return(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.ConfirmReturn(by=by, dispute=dispute.number)


def _contest_return(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.ContestReturn(by=by, dispute=dispute.number, text="The box is empty.")


def _ship_replacement(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.ShipReplacement(by=by, dispute=dispute.number, tracking=REPLACED)


def _confirm_replacement(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.ConfirmReplacement(by=by, dispute=dispute.number)


def _appeal(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    for grounds in sorted(plan.policy.appeal.grounds):
        files = (c.Given("photo"),) if grounds is Grounds.NEW_EVIDENCE else ()
        yield c.Appeal(by=by, dispute=dispute.number, grounds=grounds.value, files=files)


def _grant_appeal(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.GrantAppeal(by=by, dispute=dispute.number)


def _deny_appeal(plan: Plan, order: Order, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    yield c.DenyAppeal(by=by, dispute=dispute.number)


_MOVES: dict[Verb, Moves] = {
    Verb.ACCEPT: _accept,
    Verb.OFFER: _offer,
    Verb.REVISE: _revise,
    Verb.REJECT: _reject,
    Verb.WITHDRAW: _withdraw,
    Verb.ESCALATE: _escalate,
    Verb.ADD_EVIDENCE: _add_evidence,
    Verb.REQUEST_EVIDENCE: _request_evidence,
    Verb.PROPOSE: _propose,
    Verb.CHOOSE: _choose,
    Verb.RULE: _rule,
    Verb.DISMISS: _dismiss,
    Verb.SHIP_RETURN: _ship_return,
    Verb.CONFIRM_RETURN: _confirm_return,
    Verb.CONTEST_RETURN: _contest_return,
    Verb.SHIP_REPLACEMENT: _ship_replacement,
    Verb.CONFIRM_REPLACEMENT: _confirm_replacement,
    Verb.APPEAL: _appeal,
    Verb.GRANT_APPEAL: _grant_appeal,
    Verb.DENY_APPEAL: _deny_appeal,
}
