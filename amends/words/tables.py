"""Whole sentences, labels and buttons for what the core says in single words. None is glued from fragments.

English stands here; `extraction.py` takes every text from here into the catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext, pgettext

from amends.core.vocabulary import (
    CountsAgainst,
    DisputeStatus,
    EvidenceKind,
    Fault,
    Flag,
    FundedBy,
    Grounds,
    OrderStatus,
    Outcome,
    Party,
    Reason,
    RefundStatus,
    TrackState,
    Verb,
    WaitingOn,
    Wants,
)
from amends.core.vocabulary import DeadlineName as N

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

PARTIES: Final = {
    Party.BUYER: "the buyer",
    Party.SELLER: "the seller",
    Party.MEDIATOR: "the mediator",
    Party.OPERATOR: "an operator",
    Party.CARRIER: "the carrier",
    Party.PAYMENTS: "the payment provider",
    Party.CLOCK: "the clock",
    Party.MARKETPLACE: "the marketplace",
}
REASONS: Final = {
    Reason.NOT_RECEIVED: "It has not come",
    Reason.PROTECTION_ENDED_IN_TRANSIT: "Protection ends and it is still on its way",
    Reason.RETURNED_TO_SENDER: "It went back to the sender",
    Reason.NO_TRACKING_INFORMATION: "The tracking number shows nothing",
    Reason.CUSTOMS_PROBLEM: "Customs keeps it",
    Reason.WRONG_ADDRESS: "It was sent to a wrong address",
    Reason.DEFECTIVE: "It does not work",
    Reason.INCOMPLETE: "Something is missing",
    Reason.NOT_AS_DESCRIBED: "It is not as described",
    Reason.WRONG_ITEM: "It is another item",
    Reason.LOW_QUALITY: "Its quality is poor",
    Reason.DELIVERY_METHOD_MISMATCH: "It was not sent as promised",
    Reason.COUNTERFEIT: "It is a counterfeit",
    Reason.NOT_NEEDED: "It is no longer needed",
}
WANTS: Final = {
    Wants.REFUND: "Refund, keep the goods",
    Wants.RETURN_AND_REFUND: "Return the goods, then refund",
    Wants.RETURN_AND_EXCHANGE: "Return the goods, then exchange",
}
ROLES: Final = {
    Party.BUYER: "buyer",
    Party.SELLER: "seller",
    Party.MEDIATOR: "mediator",
    Party.OPERATOR: "operator",
    Party.CARRIER: "carrier",
    Party.PAYMENTS: "payment provider",
    Party.CLOCK: "clock",
    Party.MARKETPLACE: "marketplace",
}
"""The party as one word, for a list or after its article."""
SUBJECTS: Final = {
    Party.BUYER: "The buyer",
    Party.SELLER: "The seller",
    Party.MEDIATOR: "The mediator",
    Party.OPERATOR: "An operator",
    Party.CARRIER: "The carrier",
    Party.PAYMENTS: "The payment provider",
    Party.CLOCK: "The clock",
    Party.MARKETPLACE: "The marketplace",
}
"""The party at the beginning of a sentence about what it did."""
FAULTS: Final = {
    Fault.SELLER: "The seller is at fault.",
    Fault.BUYER: "The buyer is at fault.",
    Fault.CARRIER: "The carrier is at fault.",
    Fault.NOBODY: "Nobody is at fault.",
}
COUNTS: Final = {
    CountsAgainst.SELLER: "It counts against the seller.",
    CountsAgainst.BUYER: "It counts against the buyer.",
    CountsAgainst.NOBODY: "It counts against nobody.",
}
FUNDS: Final = {
    FundedBy.ESCROW: "It is paid from the money held.",
    FundedBy.PLATFORM: "The platform pays it from its own money.",
}
GROUNDS: Final = {
    Grounds.NEW_EVIDENCE: "There is new evidence",
    Grounds.NO_MEDIATOR: "No mediator took part",
}
KINDS: Final = {
    EvidenceKind.PHOTO: "Photo",
    EvidenceKind.VIDEO: "Video",
    EvidenceKind.DOCUMENT: "Document",
    EvidenceKind.SCREENSHOT: "Screenshot",
    EvidenceKind.TRACKING: "Tracking page",
    EvidenceKind.QUOTE: "Cost estimate",
    EvidenceKind.LINK: "Link",
}
TRACKS: Final = {
    TrackState.ACCEPTED: "accepted by the carrier",
    TrackState.IN_TRANSIT: "on its way",
    TrackState.ARRIVED_IN_COUNTRY: "in the country of destination",
    TrackState.CUSTOMS: "at customs",
    TrackState.DELIVERED: "delivered",
    TrackState.RETURNED: "went back to the sender",
    TrackState.LOST: "lost",
    TrackState.UNREADABLE: "nothing can be read from the number",
}
FLAGS: Final = {
    Flag.EVIDENCE_MISSING: "Evidence the mediator asked for is missing.",
    Flag.RETURN_UNVERIFIED: "Nobody can confirm that the goods went back.",
    Flag.RETURN_WAIVED: "The goods need not go back.",
    Flag.APPEAL_PENDING: APPEALED,
    Flag.CONTRADICTS_RECEIPT: "Receipt was confirmed, and the claim says otherwise.",
    Flag.TRACKING_MISMATCH: "The tracking number belongs to another parcel.",
    Flag.OFF_PLATFORM_PAYMENT: "Somebody spoke of money outside this order.",
    Flag.REORDER_TRICK: "Somebody asked to order again.",
    Flag.FREQUENT_DISPUTES: "This buyer disputes more orders than most.",
}
"""For the staff and, of those about the process, for the parties; warnings have sentences of their own."""
VERBS: Final = {
    Verb.PLACE_ORDER: "Place an order",
    Verb.CANCEL_ORDER: "Cancel the order",
    Verb.SHIP: "Say that it was sent",
    Verb.TRACK: "Report where the parcel is",
    Verb.CONFIRM_RECEIPT: "Confirm receipt",
    Verb.REQUEST_EXTENSION: "Ask for longer protection",
    Verb.EXTEND_PROTECTION: "Extend the protection",
    Verb.OPEN: "Open a dispute",
    Verb.REVISE: "Change the claim",
    Verb.OFFER: "Make an offer",
    Verb.ACCEPT: "Accept",
    Verb.REJECT: "Turn down",
    Verb.WITHDRAW: "Withdraw the dispute",
    Verb.ESCALATE: "Call the mediator",
    Verb.MESSAGE: "Send a message",
    Verb.ADD_EVIDENCE: "Add evidence",
    Verb.REMOVE_EVIDENCE: "Take evidence back",
    Verb.REQUEST_EVIDENCE: "Ask for evidence",
    Verb.PROPOSE: "Propose options",
    Verb.CHOOSE: "Choose an option",
    Verb.RULE: "Rule",
    Verb.DISMISS: "Dismiss the dispute",
    Verb.SHIP_RETURN: "Say that the goods were sent back",
    Verb.TRACK_RETURN: "Report where the return is",
    Verb.CONFIRM_RETURN: "Confirm the return",
    Verb.CONTEST_RETURN: "Say what is wrong with the return",
    Verb.SHIP_REPLACEMENT: "Say that the replacement was sent",
    Verb.CONFIRM_REPLACEMENT: "Confirm the replacement",
    Verb.APPEAL: "Appeal",
    Verb.GRANT_APPEAL: "Grant the appeal",
    Verb.DENY_APPEAL: "Deny the appeal",
    Verb.PAUSE_CLOCKS: "Stop the clocks",
    Verb.RESUME_CLOCKS: "Let the clocks go on",
    Verb.BLOCK_PARTY: "Block the account",
    Verb.UNBLOCK_PARTY: "Unblock the account",
    Verb.APPROVE: "Agree as the second person",
    Verb.CORRECT: "Correct",
    Verb.LAPSE: "Let a deadline lapse",
    Verb.CHARGEBACK_OPENED: "Report a chargeback",
    Verb.CHARGEBACK_CLOSED: "Report how a chargeback ended",
    Verb.REFUND_SUCCEEDED: "Report that a refund arrived",
    Verb.REFUND_FAILED: "Report that a refund failed",
    Verb.PAYOUT_SUCCEEDED: "Report a payout",
}
"""As a button says it; an amount stands behind it where there is one."""


def word(one: StrEnum) -> str:
    """A word of the core inside a sentence or a list; one without a text of its own as it is written."""
    match one:
        case Party():
            return role(one)
        case Verb():
            return verb(one)
        case Reason() | Wants() | EvidenceKind() | TrackState() | Grounds() | Fault() | CountsAgainst() | FundedBy():
            table: Mapping[StrEnum, str] = _TABLES[type(one)]
            return gettext(table[one])
        case _:
            return one.value


_TABLES: Final[Mapping[type[StrEnum], Any]] = {
    Reason: REASONS,
    Wants: WANTS,
    EvidenceKind: KINDS,
    TrackState: TRACKS,
    Grounds: GROUNDS,
    Fault: FAULTS,
    CountsAgainst: COUNTS,
    FundedBy: FUNDS,
}


def turn(word: WaitingOn) -> str:
    return gettext(TURNS[word])


def stage(word: DisputeStatus) -> str:
    return gettext(STAGES[word])


def outcome(word: Outcome) -> str:
    return gettext(OUTCOMES[word])


def deadline(word: N) -> str:
    """“The seller may answer until”: what a clock is about, before its instant."""
    return gettext(DEADLINES[word])


def order_status(word: OrderStatus) -> str:
    return gettext(ORDERS[word])


def refund_status(word: RefundStatus) -> str:
    return gettext(REFUNDS[word])


def party(word: Party) -> str:
    return gettext(PARTIES[word])


def reason(word: Reason) -> str:
    return gettext(REASONS[word])


def wants(word: Wants) -> str:
    return gettext(WANTS[word])


def role(one: Party) -> str:
    """“buyer”: as one word."""
    return pgettext("role", ROLES[one])


def subject(one: Party) -> str:
    """“The buyer”: at the beginning of a sentence."""
    return pgettext("subject", SUBJECTS[one])


def verb(one: Verb) -> str:
    """“Call the mediator”: on a button."""
    return pgettext("button", VERBS[one])


def fault(one: Fault) -> str:
    return gettext(FAULTS[one])


def counts_against(one: CountsAgainst) -> str:
    return gettext(COUNTS[one])


def funded_by(one: FundedBy) -> str:
    return gettext(FUNDS[one])


def grounds(one: Grounds) -> str:
    return gettext(GROUNDS[one])


def kind(one: EvidenceKind) -> str:
    return gettext(KINDS[one])


def track(one: TrackState) -> str:
    """Where a parcel is, as a label: “on its way”."""
    return gettext(TRACKS[one])
