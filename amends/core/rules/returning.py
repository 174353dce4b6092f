"""Goods that travel back, and the identical item that may come instead.

Source: rulebook §15; decisions 13, 19, 27, 28.
"""

from __future__ import annotations

from datetime import datetime

from .. import commands as c
from .. import events as e
from .. import values as v
from ..draft import Draft
from ..facts import Facts
from ..order import Dispute, Order
from ..private import Private, private
from ..refusals import Refused
from ..told import listed, told
from ..tracking import same_number
from ..vocabulary import (
    RETURN_STATES,
    DeadlineName,
    DisputeStatus,
    Flag,
    Party,
    RefusalCode,
    TrackState,
    Wants,
)
from .bargaining import may_act, refuse_if_silent
from .opening import filed, next_file, room_for
from .ordering import delivered_elsewhere, malformed, number_warnings
from .settling import close, return_address

R = RefusalCode
S = DisputeStatus


# ── the buyer sends ──────────────────────────────────────────────────────────────────────────────


def may_ship_return(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by, late=R.RETURN_DEADLINE_PASSED)
    if dispute.status is S.AWAITING_RETURN:
        return
    if dispute.trip is not None:
        raise Refused(R.ALREADY_SHIPPED)
    if dispute.lapsed is not None and dispute.lapsed.name is DeadlineName.RETURN_SHIPMENT:
        refuse_if_silent(dispute, by, R.RETURN_DEADLINE_PASSED)
    raise Refused(R.RETURN_NOT_DELIVERED, "not_sent")


def ship_return(draft: Draft, command: c.ShipReturn, dispute: Dispute, facts: Facts) -> None:
    """Goods sent and number entered, both in time (R315)."""
    order = draft.order
    may_ship_return(order, dispute, command.by, draft.now)
    draft.warnings |= number_warnings(command.tracking)
    outbound = order.shipment.tracking if order.shipment else None
    _not_the_number_of(outbound, command.tracking)
    draft.add(
        e.ReturnShipped(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            tracking=Private(command.tracking),
            carrier=command.carrier,
            flags=_elsewhere(facts),
        )
    )


def _not_the_number_of(parcel: Private | None, number: str) -> None:
    if parcel is not None and parcel.plain and same_number(parcel.plain, number):
        raise Refused(R.TRACKING_MISMATCH)


def _elsewhere(facts: Facts) -> frozenset[str]:
    return frozenset({Flag.TRACKING_MISMATCH.value} if facts.tracking_elsewhere else ())


def may_track_return(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    if dispute.trip is None:
        raise Refused(R.RETURN_NOT_DELIVERED, "not_sent")


def track_return(draft: Draft, command: c.TrackReturn, dispute: Dispute) -> None:
    """The carrier's word. `lost` goes to review at once; a local warehouse's receipt refunds (R326)."""
    may_track_return(draft.order, dispute, command.by, draft.now)
    if command.state not in RETURN_STATES:
        raise malformed(
            told("a return knows no state “{state}”", state=command.state),
            told("Send one of: {known}.", known=listed(RETURN_STATES)),
        )
    delivered = command.state is TrackState.DELIVERED
    draft.add(
        e.ReturnTracked(
            at=draft.now,
            by=command.by,
            dispute=dispute.number,
            state=command.state,
            city=private(command.city),
            elsewhere=delivered and _elsewhere_delivered(draft.order, dispute, command.city),
        )
    )
    if not draft.order.charged_back:
        catch_up_with_carrier(draft, dispute.number, at=draft.now, by=command.by)


def _elsewhere_delivered(order: Order, dispute: Dispute, city: str) -> bool:
    address = return_address(order, dispute)
    return address is not None and delivered_elsewhere(v.Location("", private(city)), address)


def catch_up_with_carrier(draft: Draft, number: int, *, at: datetime, by: Party) -> None:
    """Let what the carrier has reported take effect: at once, or after a bank's look at the payment is over."""
    dispute = draft.dispute(number)
    trip, replacement = dispute.trip, dispute.replacement
    if replacement is not None and dispute.status is S.AWAITING_REPLACEMENT:
        if replacement.delivered_at is not None:
            _replaced(draft, dispute, at=at, by=by)
        elif replacement.lost:
            draft.add(e.ReturnUnderReview(at=at, by=by, dispute=number))
    elif trip is not None and replacement is None and dispute.returning:
        travelling = dispute.status is S.RETURN_IN_TRANSIT
        if trip.delivered_at is not None and _refunds_on_arrival(draft.order):
            if travelling or dispute.review_of_return:
                _arrived(draft, number, at=at, by=by)
        elif trip.lost and travelling:
            draft.add(e.ReturnUnderReview(at=at, by=by, dispute=number))


def _refunds_on_arrival(order: Order) -> bool:
    return order.local_return and order.policy.return_.local_warehouse_receipt_refunds


# ── the seller receives ──────────────────────────────────────────────────────────────────────────


def may_confirm_return(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """While the return travels, and while a mediator looks at it: that the goods came ends the question."""
    may_act(order, dispute, by)
    looked_at = dispute.review_of_return and dispute.trip is not None and dispute.replacement is None
    if dispute.status is S.RETURN_IN_TRANSIT or looked_at:
        return
    refuse_if_silent(dispute, by)
    raise Refused(R.RETURN_NOT_DELIVERED, "not_sent")


def confirm_return(draft: Draft, command: c.ConfirmReturn, dispute: Dispute) -> None:
    may_confirm_return(draft.order, dispute, command.by, draft.now)
    warehouse = command.by is Party.MARKETPLACE and draft.order.local_return
    if warehouse and not draft.order.policy.return_.local_warehouse_receipt_refunds:
        # Under such a policy the warehouse only says that the parcel is there; the seller still looks inside.
        draft.add(e.ReturnTracked(at=draft.now, by=command.by, dispute=dispute.number, state=TrackState.DELIVERED))
        return
    _arrived(draft, dispute.number, at=draft.now, by=command.by, actor=command.actor)


def _arrived(draft: Draft, number: int, *, at: datetime, by: Party, actor: str = "") -> None:
    """The goods are back: refund, or, under an exchange, the seller's turn to send the identical item."""
    draft.add(e.ReturnConfirmed(at=at, by=by, actor=actor, dispute=number))
    settlement = draft.dispute(number).settlement
    assert settlement is not None
    if settlement.wants is not Wants.RETURN_AND_EXCHANGE:
        close(draft, number, settlement.outcome, settlement.amount_minor, at=at, by=by)


def may_contest_return(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by)
    if dispute.status is S.RETURN_IN_TRANSIT and dispute.trip is not None and dispute.trip.delivered_at is not None:
        return
    refuse_if_silent(dispute, by)
    if dispute.review_of_return:
        raise Refused(R.FROZEN)
    raise Refused(R.RETURN_NOT_DELIVERED, "" if dispute.status is S.RETURN_IN_TRANSIT else "not_sent")


def contest_return(draft: Draft, command: c.ContestReturn, dispute: Dispute) -> None:
    """Something is wrong with what came back: the mediator looks at it (R317)."""
    may_contest_return(draft.order, dispute, command.by, draft.now)
    if not command.text.strip():
        raise malformed("it does not say what is wrong", "Say what is wrong with the goods that came back.")
    room_for(draft.order, dispute, command.by, len(command.files))
    draft.add(
        e.ReturnContested(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=private(command.text),
            files=filed(command.files, start=next_file(dispute), prefix="return", there=dispute.evidence),
        )
    )
    draft.add(e.ReturnUnderReview(at=draft.now, by=command.by, dispute=dispute.number))


# ── exchange ─────────────────────────────────────────────────────────────────────────────────────


def may_ship_replacement(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by)
    if dispute.status is not S.AWAITING_REPLACEMENT:
        refuse_if_silent(dispute, by)
        raise Refused(R.RETURN_NOT_DELIVERED, "not_sent" if dispute.trip is None else "")
    if dispute.replacement is not None:
        raise Refused(R.ALREADY_SHIPPED)


def ship_replacement(draft: Draft, command: c.ShipReplacement, dispute: Dispute, facts: Facts) -> None:
    may_ship_replacement(draft.order, dispute, command.by, draft.now)
    draft.warnings |= number_warnings(command.tracking)
    _not_the_number_of(dispute.trip.tracking if dispute.trip else None, command.tracking)
    _not_the_number_of(draft.order.shipment.tracking if draft.order.shipment else None, command.tracking)
    draft.add(
        e.ReplacementShipped(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            tracking=Private(command.tracking),
            carrier=command.carrier,
            flags=_elsewhere(facts),
        )
    )


def replacement_tracked(draft: Draft, dispute: Dispute, command: c.Track, place: v.Location | None) -> None:
    """The carrier's word about the replacement: delivered closes the dispute as it was settled (decision 27)."""
    draft.add(
        e.ReplacementTracked(at=draft.now, by=command.by, dispute=dispute.number, state=command.state, place=place)
    )
    if not draft.order.charged_back:
        catch_up_with_carrier(draft, dispute.number, at=draft.now, by=command.by)


def may_confirm_replacement(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by)
    if dispute.replacement is None or not (dispute.status is S.AWAITING_REPLACEMENT or dispute.review_of_return):
        raise Refused(R.RETURN_NOT_DELIVERED, "not_sent")


def confirm_replacement(draft: Draft, command: c.ConfirmReplacement, dispute: Dispute) -> None:
    may_confirm_replacement(draft.order, dispute, command.by, draft.now)
    draft.add(e.ReplacementConfirmed(at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number))
    _replaced(draft, dispute, at=draft.now, by=command.by)


def _replaced(draft: Draft, dispute: Dispute, *, at: datetime, by: Party) -> None:
    """The buyer has his item: nothing is paid back, the money goes to the seller."""
    assert dispute.settlement is not None
    close(draft, dispute.number, dispute.settlement.outcome, dispute.given_back_minor, at=at, by=by)
