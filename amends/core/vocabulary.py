"""The words of the trade, one enum each.

Every other room speaks in these: policy files, stories, the event log, the API and the pages.
A value is the word as it is written everywhere outside Python. Source: docs/glossary.md.
"""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    """Who acts. A mediator and an operator are staff and no party to the dispute."""

    BUYER = "buyer"
    SELLER = "seller"
    MEDIATOR = "mediator"
    OPERATOR = "operator"
    CARRIER = "carrier"
    PAYMENTS = "payments"
    CLOCK = "clock"
    MARKETPLACE = "marketplace"


class Verb(StrEnum):
    """What may be asked of an order or of a dispute."""

    PLACE_ORDER = "place_order"
    CANCEL_ORDER = "cancel_order"
    SHIP = "ship"
    TRACK = "track"
    CONFIRM_RECEIPT = "confirm_receipt"
    REQUEST_EXTENSION = "request_extension"
    EXTEND_PROTECTION = "extend_protection"
    OPEN = "open"
    REVISE = "revise"
    OFFER = "offer"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"
    MESSAGE = "message"
    ADD_EVIDENCE = "add_evidence"
    REMOVE_EVIDENCE = "remove_evidence"
    REQUEST_EVIDENCE = "request_evidence"
    PROPOSE = "propose"
    CHOOSE = "choose"
    RULE = "rule"
    DISMISS = "dismiss"
    SHIP_RETURN = "ship_return"
    TRACK_RETURN = "track_return"
    CONFIRM_RETURN = "confirm_return"
    CONTEST_RETURN = "contest_return"
    SHIP_REPLACEMENT = "ship_replacement"
    CONFIRM_REPLACEMENT = "confirm_replacement"
    APPEAL = "appeal"
    GRANT_APPEAL = "grant_appeal"
    DENY_APPEAL = "deny_appeal"
    PAUSE_CLOCKS = "pause_clocks"
    RESUME_CLOCKS = "resume_clocks"
    BLOCK_PARTY = "block_party"
    UNBLOCK_PARTY = "unblock_party"
    APPROVE = "approve"
    CORRECT = "correct"
    LAPSE = "lapse"
    CHARGEBACK_OPENED = "chargeback_opened"
    CHARGEBACK_CLOSED = "chargeback_closed"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    PAYOUT_SUCCEEDED = "payout_succeeded"  # ours: what was paid out can no longer be taken back (decision 8)


class OrderStatus(StrEnum):
    PAID = "paid"
    SHIPPED = "shipped"
    RECEIVED = "received"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DisputeStatus(StrEnum):
    """Whose turn it is."""

    AWAITING_SELLER = "awaiting_seller"
    AWAITING_BUYER = "awaiting_buyer"
    UNDER_REVIEW = "under_review"
    AWAITING_EVIDENCE = "awaiting_evidence"
    AWAITING_CHOICE = "awaiting_choice"
    AWAITING_RETURN = "awaiting_return"
    RETURN_IN_TRANSIT = "return_in_transit"
    AWAITING_REPLACEMENT = "awaiting_replacement"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a dispute was settled."""

    ACCEPTED_BY_SELLER = "accepted_by_seller"
    GRANTED_BY_SILENCE = "granted_by_silence"
    AGREED = "agreed"
    RULED = "ruled"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    WITHDRAWN_FINAL = "withdrawn_final"
    RETURN_NOT_SENT = "return_not_sent"
    LAPSED_FOR_SELLER = "lapsed_for_seller"
    REFUNDED_ELSEWHERE = "refunded_elsewhere"


WITHDRAWN_OUTCOMES = frozenset({Outcome.WITHDRAWN, Outcome.WITHDRAWN_FINAL})
"""Endings that decide nothing: the money stays on its normal path."""


class WaitingOn(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    BOTH = "both"
    MEDIATOR = "mediator"
    CARRIER = "carrier"
    NOBODY = "nobody"


class Wants(StrEnum):
    """The solution asked for, offered or ordered."""

    REFUND = "refund"
    RETURN_AND_REFUND = "return_and_refund"
    RETURN_AND_EXCHANGE = "return_and_exchange"


class Branch(StrEnum):
    """The first fork of the reasons: policy tables (evidence, shipping) are keyed by it."""

    NOT_RECEIVED = "not_received"
    RECEIVED_PROBLEM = "received_problem"
    PERSONAL = "personal"


class Reason(StrEnum):
    NOT_RECEIVED = "not_received"
    PROTECTION_ENDED_IN_TRANSIT = "protection_ended_in_transit"
    RETURNED_TO_SENDER = "returned_to_sender"
    NO_TRACKING_INFORMATION = "no_tracking_information"
    CUSTOMS_PROBLEM = "customs_problem"
    WRONG_ADDRESS = "wrong_address"
    DEFECTIVE = "defective"
    INCOMPLETE = "incomplete"
    NOT_AS_DESCRIBED = "not_as_described"
    WRONG_ITEM = "wrong_item"
    LOW_QUALITY = "low_quality"
    DELIVERY_METHOD_MISMATCH = "delivery_method_mismatch"
    COUNTERFEIT = "counterfeit"
    NOT_NEEDED = "not_needed"

    @property
    def branch(self) -> Branch:
        if self in NOT_RECEIVED_REASONS:
            return Branch.NOT_RECEIVED
        return Branch.PERSONAL if self is Reason.NOT_NEEDED else Branch.RECEIVED_PROBLEM


NOT_RECEIVED_REASONS = frozenset(
    {
        Reason.NOT_RECEIVED,
        Reason.PROTECTION_ENDED_IN_TRANSIT,
        Reason.RETURNED_TO_SENDER,
        Reason.NO_TRACKING_INFORMATION,
        Reason.CUSTOMS_PROBLEM,
        Reason.WRONG_ADDRESS,
    }
)
WEAK_REASONS = frozenset({Reason.NO_TRACKING_INFORMATION, Reason.CUSTOMS_PROBLEM})


class TrackState(StrEnum):
    """What a carrier reports. A return knows only accepted, in_transit, delivered and lost."""

    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    ARRIVED_IN_COUNTRY = "arrived_in_country"
    CUSTOMS = "customs"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LOST = "lost"
    UNREADABLE = "unreadable"


RETURN_STATES = frozenset({TrackState.ACCEPTED, TrackState.IN_TRANSIT, TrackState.DELIVERED, TrackState.LOST})


class EvidenceKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"
    SCREENSHOT = "screenshot"
    TRACKING = "tracking"
    QUOTE = "quote"
    LINK = "link"  # kept as text, counts for nothing (R167)


class Fault(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    CARRIER = "carrier"
    NOBODY = "nobody"


class FundedBy(StrEnum):
    ESCROW = "escrow"
    PLATFORM = "platform"


class CountsAgainst(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    NOBODY = "nobody"


class Grounds(StrEnum):
    """Why a closed dispute should be looked at again."""

    NEW_EVIDENCE = "new_evidence"
    NO_MEDIATOR = "no_mediator"


class RefundStatus(StrEnum):
    SCHEDULED = "scheduled"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DeadlineName(StrEnum):
    """The clocks. The first ten compete at the same instant in the order `PRECEDENCE` says."""

    SELLER_RESPONSE = "seller_response"
    EVIDENCE = "evidence"
    CHOICE = "choice"
    RETURN_SHIPMENT = "return_shipment"
    RETURN_INSPECTION = "return_inspection"
    REPLACEMENT = "replacement"
    NEGOTIATION = "negotiation"
    NEGOTIATION_CAP = "negotiation_cap"
    PROTECTION = "protection"
    OPENING_WINDOW = "opening_window"
    DISPATCH = "dispatch"
    RELEASE = "release"
    APPEAL_DECISION = "appeal_decision"
    REVIEW = "review"
    APPEAL = "appeal"
    REFUND = "refund"
    FIRST_SCAN = "first_scan"
    RETURN_TRANSIT = "return_transit"
    BUYER_RESPONSE = "buyer_response"


# Who wins at the same instant: an answer owed by a party, then everything else, then the windows that
# enclose it; a cap before the window it caps, protection before the opening window (vocabulary, "Time").
PRECEDENCE: dict[DeadlineName, int] = {
    name: rank
    for rank, name in enumerate(
        (
            DeadlineName.SELLER_RESPONSE,
            DeadlineName.BUYER_RESPONSE,
            DeadlineName.EVIDENCE,
            DeadlineName.CHOICE,
            DeadlineName.RETURN_SHIPMENT,
            DeadlineName.RETURN_INSPECTION,
            DeadlineName.REPLACEMENT,
            DeadlineName.FIRST_SCAN,
            DeadlineName.RETURN_TRANSIT,
            DeadlineName.DISPATCH,
            DeadlineName.APPEAL_DECISION,
            DeadlineName.REVIEW,
            DeadlineName.APPEAL,
            DeadlineName.REFUND,
            DeadlineName.NEGOTIATION_CAP,
            DeadlineName.NEGOTIATION,
            DeadlineName.PROTECTION,
            DeadlineName.RELEASE,
            DeadlineName.OPENING_WINDOW,
        )
    )
}


class RefusalCode(StrEnum):
    """Why something was refused. The first block is the order in which an opening is tried."""

    DUPLICATE_ORDER = "duplicate_order"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_DISPUTE = "unknown_dispute"
    UNKNOWN_LINE = "unknown_line"
    PARTY_BLOCKED = "party_blocked"
    ORDER_CANCELLED = "order_cancelled"
    NOT_DISPATCHED = "not_dispatched"
    TOO_LATE = "too_late"
    PROTECTION_ENDED = "protection_ended"
    ORDER_COMPLETED = "order_completed"
    TOO_EARLY = "too_early"
    IN_TRANSIT_WAIT = "in_transit_wait"
    RECEIPT_CONFIRMED = "receipt_confirmed"
    ALREADY_DISPUTED = "already_disputed"
    LINE_ALREADY_DISPUTED = "line_already_disputed"
    SAME_REASON_ALREADY_DISPUTED = "same_reason_already_disputed"
    UNKNOWN_REASON = "unknown_reason"
    REASON_NEEDS_RECEIPT = "reason_needs_receipt"
    REASON_CONTRADICTS_RECEIPT = "reason_contradicts_receipt"
    NOT_A_GROUND = "not_a_ground"
    EVIDENCE_REQUIRED = "evidence_required"
    EVIDENCE_LIMIT = "evidence_limit"
    EVIDENCE_TYPE_REFUSED = "evidence_type_refused"
    QUANTITY_ABOVE_ORDERED = "quantity_above_ordered"
    AMOUNT_MALFORMED = "amount_malformed"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    AMOUNT_ABOVE_PAID = "amount_above_paid"
    CURRENCY_MISMATCH = "currency_mismatch"

    MALFORMED = "malformed"
    VERSION_CONFLICT = "version_conflict"
    NOT_A_PARTY = "not_a_party"
    NOT_ALLOWED = "not_allowed"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    RATE_LIMITED = "rate_limited"
    NOTHING_LAPSED = "nothing_lapsed"

    DEADLINE_PASSED = "deadline_passed"
    DISPUTE_CLOSED = "dispute_closed"
    FROZEN = "frozen"
    STALE_OFFER = "stale_offer"
    NO_STANDING_OFFER = "no_standing_offer"
    ZERO_NEEDS_CONFIRMATION = "zero_needs_confirmation"
    FINAL_NEEDS_CONFIRMATION = "final_needs_confirmation"
    WITHDRAWAL_AFTER_PROTECTION = "withdrawal_after_protection"
    ESCALATION_NOT_AVAILABLE = "escalation_not_available"
    ESCALATION_NOT_YET = "escalation_not_yet"
    SETTLEMENT_NOT_ALLOWED = "settlement_not_allowed"
    EVIDENCE_NOT_REQUESTED = "evidence_not_requested"
    EVIDENCE_DEADLINE_PASSED = "evidence_deadline_passed"
    NOT_IN_REVIEW = "not_in_review"
    UNKNOWN_OPTION = "unknown_option"
    ALREADY_CHOSEN = "already_chosen"
    RULING_ABOVE_CLAIM = "ruling_above_claim"

    RETURN_ADDRESS_MISSING = "return_address_missing"
    TRACKING_NUMBER_INVALID = "tracking_number_invalid"
    TRACKING_MISMATCH = "tracking_mismatch"
    RETURN_DEADLINE_PASSED = "return_deadline_passed"
    RETURN_NOT_DELIVERED = "return_not_delivered"
    DISPUTE_OPEN = "dispute_open"
    APPEAL_NOT_AVAILABLE = "appeal_not_available"
    APPEAL_NEEDS_EVIDENCE = "appeal_needs_evidence"
    ALREADY_SHIPPED = "already_shipped"
    DISPATCH_NOT_DUE = "dispatch_not_due"
    NOT_AN_EXTENSION = "not_an_extension"


# Refusals of a service. Of these the core knows one: the limit on messages after the end is `rate_limited` too.
SERVICE_ONLY_REFUSALS = frozenset(
    {
        RefusalCode.VERSION_CONFLICT,
        RefusalCode.IDEMPOTENCY_KEY_REUSED,
        RefusalCode.RATE_LIMITED,
        RefusalCode.NOT_A_PARTY,
    }
)


class WarningCode(StrEnum):
    """Accepted, but somebody should know. About a message or an offer it is also a flag of the dispute."""

    WEAK_REASON = "weak_reason"
    OFF_PLATFORM_PAYMENT = "off_platform_payment"
    REORDER_TRICK = "reorder_trick"
    REVIEW_FOR_REFUND = "review_for_refund"
    PITY = "pity"
    REPAIR_OFFER = "repair_offer"
    RESEND_OFFER = "resend_offer"
    DISCOUNT_OFFER = "discount_offer"
    REASON_SWAP = "reason_swap"
    ZERO_OFFER = "zero_offer"
    LOWER_THAN_BEFORE = "lower_than_before"
    REFUND_SWAPPED_FOR_RETURN = "refund_swapped_for_return"
    RETURN_MAY_COST_MORE = "return_may_cost_more"
    LATE_COUNTER_OFFER = "late_counter_offer"
    PROTECTION_NOT_EXTENDED = "protection_not_extended"
    WAIT_LONGER = "wait_longer"
    OFF_PLATFORM_RETURN = "off_platform_return"
    PRESSURE_TO_REDUCE = "pressure_to_reduce"
    ENDLESS_EVIDENCE_DEMANDS = "endless_evidence_demands"
    PRIVATE_AGREEMENT = "private_agreement"
    CANNOT_BE_REOPENED = "cannot_be_reopened"
    LAST_OFFER_COUNTS = "last_offer_counts"
    LINK_IS_NO_EVIDENCE = "link_is_no_evidence"
    TRACKING_UNVERIFIED = "tracking_unverified"
    FREQUENT_DISPUTES = "frequent_disputes"
    CONTRADICTS_RECEIPT = "contradicts_receipt"
    NOT_IN_ENGLISH = "not_in_english"


class Flag(StrEnum):
    """Marks on a dispute, beside every warning about a message or an offer under its own code."""

    EVIDENCE_MISSING = "evidence_missing"
    RETURN_UNVERIFIED = "return_unverified"
    RETURN_WAIVED = "return_waived"
    APPEAL_PENDING = "appeal_pending"
    CONTRADICTS_RECEIPT = "contradicts_receipt"
    TRACKING_MISMATCH = "tracking_mismatch"
    OFF_PLATFORM_PAYMENT = "off_platform_payment"
    REORDER_TRICK = "reorder_trick"
    FREQUENT_DISPUTES = "frequent_disputes"
