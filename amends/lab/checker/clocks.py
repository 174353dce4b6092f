"""The policy keys behind each clock: which of them say how long it runs, and what its silence does."""

from __future__ import annotations

from collections.abc import Iterable

from amends.core.order import Order
from amends.core.policy import KEYS
from amends.core.vocabulary import DeadlineName, DisputeStatus

from .states import STAFF_CLOCKS

N = DeadlineName
S = DisputeStatus

ANSWERS: dict[DeadlineName, tuple[str, str]] = {
    N.DISPATCH: ("dispatch.within", "dispatch.if_not_shipped"),
    N.PROTECTION: ("protection.lasts", "protection.if_nothing_happens"),
    N.RELEASE: ("protection.after_receipt", "protection.if_nothing_happens"),
    N.OPENING_WINDOW: ("opening.latest", "protection.if_nothing_happens"),
    N.SELLER_RESPONSE: ("negotiation.seller_response", "negotiation.if_seller_silent"),
    N.BUYER_RESPONSE: ("negotiation.buyer_response", "negotiation.if_buyer_silent"),
    N.NEGOTIATION: ("negotiation.lasts", "negotiation.if_window_ends"),
    N.NEGOTIATION_CAP: ("negotiation.at_most", "negotiation.if_window_ends"),
    N.REVIEW: ("review.decide_within", "review.if_undecided"),
    N.EVIDENCE: ("review.evidence_within", "review.if_evidence_missing"),
    N.CHOICE: ("review.choose_within", "review.if_no_choice"),
    N.RETURN_SHIPMENT: ("return.ship_within", "return.if_not_shipped"),
    N.FIRST_SCAN: ("return.first_scan_within", "return.if_no_scan"),
    N.RETURN_TRANSIT: ("return.transit_at_most", "return.if_transit_ends"),
    N.RETURN_INSPECTION: ("return.inspect_within", "return.if_not_inspected"),
    N.REPLACEMENT: ("return.replace_within", "return.if_not_replaced"),
    N.APPEAL_DECISION: ("appeal.decide_within", "appeal.if_undecided"),
    N.APPEAL: ("appeal.within", ""),
    N.REFUND: ("refund.latest", "refund.if_late"),
}


def keys_behind(order: Order) -> tuple[str, ...]:
    """Which clocks of the policy could have moved an order that stands still."""
    dispute = next(order.open_disputes(), None)
    status = dispute.status if dispute else None
    clocks: Iterable[DeadlineName]
    match status:
        case None:
            clocks = (N.DISPATCH,) if order.shipment is None else (N.PROTECTION, N.RELEASE)
        case S.AWAITING_SELLER | S.AWAITING_BUYER:
            clocks = (N.SELLER_RESPONSE, N.BUYER_RESPONSE, N.NEGOTIATION)
        case S.AWAITING_RETURN:
            clocks = (N.RETURN_SHIPMENT,)
        case S.RETURN_IN_TRANSIT:
            clocks = (N.FIRST_SCAN, N.RETURN_TRANSIT, N.RETURN_INSPECTION)
        case S.AWAITING_REPLACEMENT:
            clocks = (N.REPLACEMENT, N.RETURN_TRANSIT)
        case _:
            clocks = STAFF_CLOCKS
    keys = (*(key for clock in clocks for key in ANSWERS[clock]), *(("protection.starts",) if status is None else ()))
    return tuple(key for key in keys if key in KEYS)
