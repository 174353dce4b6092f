"""What happened: one frozen class a fact, in the past tense, one closed union.

Events are the truth; golden files pin their written form (`amends.core.wire`). Fields are only ever added, with a
default; classes keep their names. Amounts are minor units. `at` dates the fact: a lapse at its deadline, however late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .event import DisputeEvent, Event
from .mediation_events import (
    ChoicesDiffered,
    DisputeDismissed,
    EvidenceAdded,
    EvidenceComplete,
    EvidenceRemoved,
    EvidenceRequested,
    OptionChosen,
    OptionsProposed,
    RulingMade,
)
from .private import Private
from .values import (
    DisputedPieces,
    Filed,
    LineAmount,
    Location,
    PaymentAmount,
    PlacedLine,
    PlacedPayment,
    PolicyPin,
)
from .vocabulary import (
    DeadlineName,
    FundedBy,
    Grounds,
    Outcome,
    Party,
    Reason,
    TrackState,
    Wants,
)

# Every event is to be had here: others write `events.RulingMade`.
__all__ = [
    "ChoicesDiffered",
    "DisputeDismissed",
    "DisputeEvent",
    "Event",
    "EvidenceAdded",
    "EvidenceComplete",
    "EvidenceRemoved",
    "EvidenceRequested",
    "OptionChosen",
    "OptionsProposed",
    "RulingMade",
]


# ── the order ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    order: str
    buyer: str
    seller: str
    currency: str
    policy: PolicyPin
    lines: tuple[PlacedLine, ...]
    payments: tuple[PlacedPayment, ...]
    paid_at: datetime
    destination: Location | None = None
    return_to: Location | None = None
    local_return: bool = False
    shop_order: str = ""
    unreconciled_minor: int = 0
    """Payments minus lines, delivery and discount: a reconciliation item where it is not zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    tracking: Private | None = None
    carrier: str = ""
    delivery_due: datetime | None = None
    protection_ends: datetime | None = None
    warnings: frozenset[str] = frozenset()
    elsewhere: bool = False
    """The number belongs to another order too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelTracked(Event):
    """`elsewhere`: delivered, but not where the order was to go. `scanned_at`: when, by the carrier's own word."""

    state: TrackState
    place: Location | None = None
    elsewhere: bool = False
    scanned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptConfirmed(Event):
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRequested(Event):
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectionExtended(Event):
    """`until_after_standstill`: given while protection stood still; the end moves by what is left of that."""

    until: datetime
    until_after_standstill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FundsReleased(Event):
    """Money that goes to the seller: on the normal path (`dispute` None) or as a dispute's rest."""

    lines: tuple[LineAmount, ...]
    dispute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundScheduled(Event):
    """Escrow (or the platform's money) that goes back to the buyer, payment by payment.

    `due` and `latest` are dates, None where the calendar is not announced yet (`calendar` then says which).
    """

    amount_minor: int
    lines: tuple[LineAmount, ...]
    parts: tuple[PaymentAmount, ...]
    dispute: int | None = None
    due: date | None = None
    latest: date | None = None
    latest_at: datetime | None = None
    calendar: str = ""
    funded_by: FundedBy = FundedBy.ESCROW
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded(Event):
    """`refund` is the position of the refund in its dispute, from 1; 0 for the only one."""

    dispute: int | None = None
    reference: str = ""
    refund: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(Event):
    failure: Private | None = None
    dispute: int | None = None
    reference: str = ""
    refund: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRedirected(Event):
    """An approved correction sends a failed refund to another target."""

    to: Private
    dispute: int | None = None
    refund: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSucceeded(Event):
    amount_minor: int
    reference: str = ""
    advanced_minor: int = 0  # taken back while it was on its way to the seller: he owes it now


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackOpened(Event):
    reference: str
    amount_minor: int
    dispute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackClosed(Event):
    """Won by the cardholder: what left `held` line by line, what left `released`, what the platform lost."""

    reference: str
    won_by: Party
    lines: tuple[LineAmount, ...] = ()
    from_seller_minor: int = 0
    from_platform_minor: int = 0
    parts: tuple[PaymentAmount, ...] = ()
    """From which payments the bank took what was not refunded to them before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksPaused(Event):
    hold: str
    """What stops the clocks: "order", or the countries of the region."""
    reason: Private | None = None
    grace: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksResumed(Event):
    hold: str
    stand_until: datetime


# ── the dispute: claim, offers, messages ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOpened(DisputeEvent):
    lines: tuple[DisputedPieces, ...]
    received: bool
    reason: Reason
    wants: Wants
    amount_minor: int
    text: Private | None = None
    files: tuple[Filed, ...] = ()
    warnings: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRevised(DisputeEvent):
    """The whole claim as it stands from now on, under its new number."""

    number: int
    lines: tuple[DisputedPieces, ...]
    received: bool
    reason: Reason
    wants: Wants
    amount_minor: int
    text: Private | None = None
    files: tuple[Filed, ...] = ()
    warnings: frozenset[str] = frozenset()
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(DisputeEvent):
    number: int
    wants: Wants
    amount_minor: int
    text: Private | None = None
    return_to: Location | None = None
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRejected(DisputeEvent):
    number: int
    text: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAccepted(DisputeEvent):
    number: int
    return_to: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEscalated(DisputeEvent):
    """The mediator joins; the last claim and the last offer stand frozen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(DisputeEvent):
    text: Private
    flags: frozenset[str] = frozenset()
    promises_extension: bool = False


# ── the dispute: the end of it ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(DisputeEvent):
    """It is decided how the dispute ends; where goods go back first, the money waits for them."""

    outcome: Outcome
    wants: Wants
    amount_minor: int
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeClosed(DisputeEvent):
    outcome: Outcome


# ── returns and replacements ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnShipped(DisputeEvent):
    tracking: Private
    carrier: str = ""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnTracked(DisputeEvent):
    state: TrackState
    city: Private | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnConfirmed(DisputeEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContested(DisputeEvent):
    text: Private | None = None
    files: tuple[Filed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnUnderReview(DisputeEvent):
    """Something about the goods on their way is for the mediator to decide."""

    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementShipped(DisputeEvent):
    tracking: Private
    carrier: str = ""
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementTracked(DisputeEvent):
    state: TrackState
    place: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementConfirmed(DisputeEvent):
    pass


# ── after closing ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealMade(DisputeEvent):
    grounds: Grounds
    text: Private | None = None
    files: tuple[Filed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealGranted(DisputeEvent):
    text: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeReopened(DisputeEvent):
    """A closed case is with the mediator again; what had gone to the seller for it is held again.

    `taken_back` is that money line by line, `advanced_minor` the part of it the seller already had paid out
    and now owes.
    """

    taken_back: tuple[LineAmount, ...]
    advanced_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDenied(DisputeEvent):
    text: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionProposed(Event):
    """An operator's correction; it takes effect with a second person's consent.

    Without a dispute it is about the cancelled order's refund.
    """

    text: Private
    dispute: int | None = None
    wants: Wants | None = None
    amount_minor: int | None = None
    refund_to: Private | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Event):
    event: int
    dispute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPaid(DisputeEvent):
    """The platform's own money to the seller, who was wronged by a refund that is never taken back."""

    amount_minor: int


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineLapsed(Event):
    """A deadline passed and the policy's answer to silence took effect, dated at the deadline."""

    name: DeadlineName
    action: str
    dispute: int | None = None
    silent: tuple[Party, ...] = ()
    """The parties whose own answer was due and did not come."""


EVENTS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        OrderPlaced, OrderCancelled, OrderShipped, ParcelTracked, ReceiptConfirmed, ExtensionRequested,
        ProtectionExtended, FundsReleased, RefundScheduled, RefundSucceeded, RefundFailed, RefundRedirected,
        PayoutSucceeded, ChargebackOpened, ChargebackClosed, ClocksPaused, ClocksResumed,
        DisputeOpened, ClaimRevised, OfferMade, OfferRejected, TermsAccepted, DisputeEscalated, MessageSent,
        EvidenceAdded, EvidenceRemoved, EvidenceRequested, EvidenceComplete, OptionsProposed, OptionChosen,
        ChoicesDiffered, RulingMade, DisputeDismissed, DisputeSettled, DisputeClosed,
        ReturnShipped, ReturnTracked, ReturnConfirmed, ReturnContested, ReturnUnderReview,
        ReplacementShipped, ReplacementTracked, ReplacementConfirmed,
        AppealMade, AppealGranted, DisputeReopened, AppealDenied, CorrectionProposed, Approved, PlatformPaid,
        DeadlineLapsed,
    )
}  # fmt: skip
