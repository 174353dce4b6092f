"""Whole sentences for what the core says in single words. None is put together from fragments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from amends.core.vocabulary import DeadlineName as N
from amends.core.vocabulary import DisputeStatus, OrderStatus, Outcome, RefundStatus, WaitingOn

TURNS: Final = {
    WaitingOn.SELLER: "The seller's turn",
    WaitingOn.BUYER: "The buyer's turn",
    WaitingOn.BOTH: "Both sides' turn",
    WaitingOn.MEDIATOR: "The mediator's turn",
    WaitingOn.CARRIER: "On the road",
    WaitingOn.NOBODY: "Nobody's turn",
}
STANDS_STILL: Final = "Everything stands still"
STAGES: Final = {
    DisputeStatus.AWAITING_SELLER: "The seller is to answer the claim.",
    DisputeStatus.AWAITING_BUYER: "The buyer is to answer the offer.",
    DisputeStatus.UNDER_REVIEW: "A mediator is to decide.",
    DisputeStatus.AWAITING_EVIDENCE: "The mediator has asked for evidence.",
    DisputeStatus.AWAITING_CHOICE: "The mediator has put options to both.",
    DisputeStatus.AWAITING_RETURN: "The buyer is to send the goods back.",
    DisputeStatus.RETURN_IN_TRANSIT: "The goods are on their way back.",
    DisputeStatus.AWAITING_REPLACEMENT: "The goods are back; a replacement is to come.",
    DisputeStatus.CLOSED: "Closed.",
}
OUTCOMES: Final = {
    Outcome.ACCEPTED_BY_SELLER: "The seller accepted the claim.",
    Outcome.GRANTED_BY_SILENCE: "Silence granted it to the buyer.",
    Outcome.AGREED: "Both sides agreed.",
    Outcome.RULED: "A mediator ruled.",
    Outcome.DISMISSED: "A mediator dismissed it.",
    Outcome.WITHDRAWN: "The buyer withdrew it.",
    Outcome.WITHDRAWN_FINAL: "The buyer withdrew it for good.",
    Outcome.RETURN_NOT_SENT: "The goods were not sent back.",
    Outcome.LAPSED_FOR_SELLER: "It lapsed, for the seller.",
    Outcome.REFUNDED_ELSEWHERE: "The bank gave the money back.",
}
APPEALED: Final = "An appeal waits for the mediator."
DEADLINES: Final = {
    N.SELLER_RESPONSE: "The seller may answer until",
    N.BUYER_RESPONSE: "The buyer may answer until",
    N.NEGOTIATION: "They may bargain until",
    N.NEGOTIATION_CAP: "They may bargain, at the longest, until",
    N.EVIDENCE: "Evidence is awaited until",
    N.CHOICE: "A choice is awaited until",
    N.REVIEW: "The mediator decides by",
    N.RETURN_SHIPMENT: "The goods must be sent back by",
    N.FIRST_SCAN: "The carrier must have seen the parcel by",
    N.RETURN_TRANSIT: "The goods must arrive by",
    N.RETURN_INSPECTION: "The seller may look at the goods until",
    N.REPLACEMENT: "The replacement must be sent by",
    N.APPEAL: "An appeal is possible until",
    N.APPEAL_DECISION: "The appeal is decided by",
    N.DISPATCH: "The seller must send the parcel by",
    N.PROTECTION: "The buyer is protected until",
    N.OPENING_WINDOW: "A dispute may be opened until",
    N.RELEASE: "The money is kept until",
    N.REFUND: "The refund arrives, at the latest,",
}
ORDERS: Final = {
    OrderStatus.PAID: "Paid, to be sent",
    OrderStatus.SHIPPED: "Sent",
    OrderStatus.RECEIVED: "Received",
    OrderStatus.COMPLETED: "Completed",
    OrderStatus.CANCELLED: "Cancelled",
}
REFUNDS: Final = {
    RefundStatus.SCHEDULED: "scheduled",
    RefundStatus.SENT: "on its way",
    RefundStatus.SUCCEEDED: "arrived",
    RefundStatus.FAILED: "failed",
}


def left(until: datetime, now: datetime) -> str:
    """How long it is from now, in the two largest units that matter: “2 days 9 hours”; at once is “now”."""
    minutes = (until - now) // timedelta(minutes=1)
    if minutes < 1:
        return "now"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), (minutes if not days else 0, "minute")]
    return "in " + " ".join(_counted(many, unit) for many, unit in parts if many)


def _counted(many: int, unit: str) -> str:
    return f"{many} {unit}" if many == 1 else f"{many} {unit}s"
