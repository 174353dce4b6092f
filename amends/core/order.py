"""The aggregate: one order, its money, its protection and all of its disputes.

State is immutable. Small parts are named tuples; the two large ones are frozen dataclasses that `replace` copies
with some fields changed, which is what folding a life does most. Amounts are minor units of `Order.currency`.
Nothing here decides; `evolve` builds it from events, the rules read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .durations import Calendars
from .events import CorrectionProposed, RulingMade
from .policy import Policy
from .private import Private
from .values import DisputedPieces, Filed, LineAmount, Location, Offered, PaymentAmount, Wanted
from .vocabulary import (
    CountsAgainst,
    DeadlineName,
    DisputeStatus,
    Fault,
    FundedBy,
    Grounds,
    OrderStatus,
    Outcome,
    Party,
    Reason,
    RefundStatus,
    TrackState,
    WaitingOn,
    Wants,
)

if TYPE_CHECKING:
    from dataclasses import replace as replace  # noqa: PLC0414 — said to be exported
else:
    State = TypeVar("State")

    def replace(state: State, /, **changes: Any) -> State:
        """`dataclasses.replace` for states that check nothing when made: the same, an order of magnitude sooner."""
        copied = object.__new__(type(state))
        copied.__dict__.update(state.__dict__, **changes)
        return copied


Span = tuple[datetime, datetime | None]
"""From when until when; None while it lasts."""


class Line(NamedTuple):
    """One line of the order and where its money is: paid = held + refunded + released (+ what a bank took)."""

    id: str
    title: str
    quantity: int
    goods_minor: int
    shipping_minor: int
    held_minor: int
    settled: int = 0
    """Pieces whose money is decided."""
    confirmed_at: datetime | None = None

    @property
    def left(self) -> int:
        """Pieces about which nothing is decided yet."""
        return self.quantity - self.settled

    @property
    def paid_minor(self) -> int:
        return self.goods_minor + self.shipping_minor


class Payment(NamedTuple):
    reference: str
    method: str
    captured_minor: int
    refunded_minor: int = 0
    charged_back_minor: int = 0

    @property
    def left_minor(self) -> int:
        """What can still be refunded to it: a bank that took its part was served already (M4)."""
        return self.captured_minor - self.refunded_minor - self.charged_back_minor


class Shipment(NamedTuple):
    shipped_at: datetime
    tracking: Private | None = None
    carrier: str = ""
    delivery_due: datetime | None = None
    state: TrackState | None = None
    delivered_at: datetime | None = None
    elsewhere: bool = False
    """The number, or where it was delivered, is not this order's: a flag for whoever mediates."""
    unreadable_since: datetime | None = None
    """The first unreadable scan without a readable one after it."""

    @property
    def moving(self) -> bool:
        """On its way, as far as anybody knows."""
        return self.state not in (TrackState.DELIVERED, TrackState.RETURNED, TrackState.LOST)


class Terms(NamedTuple):
    """A claim or an offer. Claims and offers of a dispute share one count, from 1."""

    number: int
    by: Party
    wants: Wants
    amount_minor: int


class Settlement(NamedTuple):
    outcome: Outcome
    wants: Wants
    amount_minor: int


class Verdict(NamedTuple):
    """What happened, whose fault, whose money, whose record."""

    finding: Private | None
    fault: Fault
    funded_by: FundedBy
    counts_against: CountsAgainst


class Trip(NamedTuple):
    """Goods on their way back, or a replacement on its way to the buyer."""

    shipped_at: datetime
    tracking: Private
    scanned: bool = False
    delivered_at: datetime | None = None
    lost: bool = False


class Refund(NamedTuple):
    amount_minor: int
    parts: tuple[PaymentAmount, ...]
    scheduled_at: datetime
    due: date | None
    latest: date | None
    latest_at: datetime | None
    calendar: str
    to: str
    """The payment methods it goes to, joined."""
    target: Private | None = None
    """Another target an approved correction named."""
    status: RefundStatus = RefundStatus.SCHEDULED
    funded_by: FundedBy = FundedBy.ESCROW
    alarmed: bool = False

    @property
    def waited_for(self) -> bool:
        """It has not arrived, and nobody was told so yet."""
        return not self.alarmed and self.status is not RefundStatus.SUCCEEDED


class Review(NamedTuple):
    """One party's appeal against the way a dispute ended."""

    by: Party
    grounds: Grounds
    granted: bool | None = None
    """None while nobody has decided."""


class Lapsed(NamedTuple):
    name: DeadlineName
    at: datetime


class Evidence(NamedTuple):
    by: Party
    at: datetime
    file: Filed
    answers: int | None = None
    """Which of the dispute's `wanted` it shows, from 1."""


class Waiting(NamedTuple):
    """A decision that takes effect with a second person's consent: the number of its event, and the event."""

    event: int
    what: RulingMade | CorrectionProposed


class Chargeback(NamedTuple):
    reference: str
    amount_minor: int
    opened_at: datetime
    won_by: Party | None = None
    dispute: int | None = None
    """The dispute the provider named with it, which is served first."""


class Account(NamedTuple):
    """A ledger account as it stands after `version` entries."""

    version: int
    balance_minor: int


Clock = tuple[DeadlineName, datetime]
"""A running clock: its name and the instant it is counted from. How long it lasts is the policy's."""


MOST_AFTER_THE_END = 20
"""Messages a side may write about a closed dispute in 24 hours: each is a letter to the other."""


@dataclass(frozen=True)
class Dispute:
    number: int
    opened_at: datetime
    status: DisputeStatus
    pieces: tuple[DisputedPieces, ...]
    received: bool
    reason: Reason
    terms: tuple[Terms, ...]
    """Every claim and offer, in the order of their numbers."""
    claimed: int = 1
    """Number of the claim as it stands."""
    offered: int = 0
    """Number of the standing offer, 0 when there is none."""
    clocks: tuple[Clock, ...] = ()
    window_since: datetime | None = None
    """When the bargaining window was first started; its cap counts from here."""
    answered_at: datetime | None = None
    """When the seller first answered with an offer or a refusal."""
    escalated_at: datetime | None = None
    mediated: bool = False
    review_of_return: bool = False
    evidence: tuple[Evidence, ...] = ()
    asked: tuple[Party, ...] = ()
    sent: tuple[Party, ...] = ()
    """Those of `asked` who have sent a file that counts."""
    wanted: tuple[Wanted, ...] = ()
    """What the last request listed; files tick it off, and it completes nothing."""
    options: tuple[Offered, ...] = ()
    choices: tuple[tuple[Party, int], ...] = ()
    return_to: Location | None = None
    settlement: Settlement | None = None
    verdict: Verdict | None = None
    trip: Trip | None = None
    replacement: Trip | None = None
    refunds: tuple[Refund, ...] = ()
    refunded_minor: int = 0
    """What this dispute gave back from escrow so far."""
    platform_minor: int = 0
    """What the platform gave the buyer for it of its own money."""
    compensated_minor: int = 0
    """What the platform gave the seller for a refund that is never taken back."""
    released: tuple[LineAmount, ...] = ()
    """What its closing released to the seller; a granted appeal takes it back."""
    stakes: tuple[LineAmount, ...] | None = None
    """After a granted appeal: the money held again, line by line."""
    outcome: Outcome | None = None
    closed_at: datetime | None = None
    appeals: tuple[Review, ...] = ()
    waiting: Waiting | None = None
    flags: frozenset[str] = frozenset()
    reasons: frozenset[Reason] = frozenset()
    """Every reason it was ever about: a revision does not make one forgotten."""
    touched: frozenset[str] = frozenset()
    """Every line it was ever about."""
    lapsed: Lapsed | None = None
    silent: tuple[Party, ...] = ()
    """Whose own silence made the last move; empty once anybody has moved again."""
    unanswered_at: datetime | None = None
    """When a party wrote after the end, the first time that no staff has answered; None where all is answered."""
    written: tuple[tuple[Party, datetime], ...] = ()
    """What parties wrote after the end, and when: of each side the newest, as many as it may write in a day."""

    @property
    def open(self) -> bool:
        return self.status is not DisputeStatus.CLOSED

    @property
    def claim(self) -> Terms:
        return self.terms[self.claimed - 1]

    @property
    def standing_offer(self) -> Terms | None:
        return self.terms[self.offered - 1] if self.offered else None

    @property
    def escalated(self) -> bool:
        return self.escalated_at is not None

    @property
    def given_back_minor(self) -> int:
        """What the buyer has of this dispute, whoever paid it: part of every later total, never taken back."""
        return self.refunded_minor + self.platform_minor

    @property
    def returning(self) -> bool:
        """Goods are to travel, or travel, because of a settlement."""
        return self.settlement is not None and self.open

    def since(self, name: DeadlineName) -> datetime | None:
        """When the named clock was started, None when it does not run."""
        return next((since for clock, since in self.clocks if clock is name), None)

    def chosen(self, party: Party) -> int | None:
        return next((option for by, option in self.choices if by is party), None)

    def pieces_of(self, line: str) -> int:
        return sum(pieces.quantity for pieces in self.pieces if pieces.line == line)


@dataclass(frozen=True)
class Order:
    policy: Policy
    calendars: Calendars
    id: str
    buyer: str
    seller: str
    currency: str
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    placed_at: datetime
    paid_at: datetime
    destination: Location | None = None
    return_to: Location | None = None
    local_return: bool = False
    shop_order: str = ""
    status: OrderStatus = OrderStatus.PAID
    before_completed: OrderStatus = OrderStatus.SHIPPED
    """The status a granted appeal brings the order back to."""
    shipment: Shipment | None = None
    protection_since: datetime | None = None
    protection_lasts: timedelta | None = None
    disputes: tuple[Dispute, ...] = ()
    accounts: Mapping[str, Account] = field(default_factory=dict)
    refund: Refund | None = None
    """The refund of a cancelled order."""
    waiting: Waiting | None = None
    """A correction of that refund which a second person has not agreed to yet."""
    chargebacks: tuple[Chargeback, ...] = ()
    holds: frozenset[str] = frozenset()
    """What stops the clocks at the moment."""
    graces: Mapping[str, timedelta] = field(default_factory=dict)
    """For each pause that lasts: how much longer clocks stand still once it is over."""
    standstills: tuple[Span, ...] = ()
    stand_until: datetime | None = None
    """The latest end of a grace period."""
    disputed: tuple[Span, ...] = ()
    """When disputes were open; kept only where the policy pauses protection meanwhile."""
    dispatch_missed: bool = False
    promised_extension_at: datetime | None = None
    extended_at: datetime | None = None
    lapsed: Lapsed | None = None
    paid_in_minor: int = 0
    refunded_minor: int = 0
    released_minor: int = 0
    """What went to the seller, less what he owes back."""
    owed_minor: int = 0
    recalled_minor: int = 0
    """What was taken back from the seller's balance; as much may have been on its way to him already."""
    platform_paid_minor: int = 0
    version: int = 0
    """How many events made this."""

    @property
    def held_minor(self) -> int:
        return sum(line.held_minor for line in self.lines)

    @property
    def paid_out_minor(self) -> int:
        account = self.accounts.get("paid_out")
        return account.balance_minor if account else 0

    @property
    def standing_still(self) -> bool:
        return bool(self.holds)

    @property
    def charged_back(self) -> bool:
        """A bank is looking at the payment."""
        return any(chargeback.won_by is None for chargeback in self.chargebacks)

    def line(self, line_id: str) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def dispute(self, number: int | None) -> Dispute | None:
        return self.disputes[number - 1] if number and 0 < number <= len(self.disputes) else None

    def open_disputes(self) -> Iterator[Dispute]:
        return (dispute for dispute in self.disputes if dispute.status is not DisputeStatus.CLOSED)

    def disputed_lines(self) -> frozenset[str]:
        """Ids of the lines with an open dispute."""
        return frozenset(pieces.line for dispute in self.open_disputes() for pieces in dispute.pieces)


_TURN = {
    DisputeStatus.AWAITING_SELLER: WaitingOn.SELLER,
    DisputeStatus.AWAITING_BUYER: WaitingOn.BUYER,
    DisputeStatus.UNDER_REVIEW: WaitingOn.MEDIATOR,
    DisputeStatus.AWAITING_RETURN: WaitingOn.BUYER,
    DisputeStatus.CLOSED: WaitingOn.NOBODY,
}


def missing(dispute: Dispute) -> tuple[Party, ...]:
    """The parties whose file or choice the dispute waits for; empty in every other status."""
    if dispute.status is DisputeStatus.AWAITING_EVIDENCE:
        return tuple(party for party in dispute.asked if party not in dispute.sent)
    if dispute.status is DisputeStatus.AWAITING_CHOICE:
        return tuple(party for party in (Party.BUYER, Party.SELLER) if dispute.chosen(party) is None)
    return ()


def waiting_on(dispute: Dispute) -> WaitingOn:
    """Whose act the dispute waits for."""
    turn = _TURN.get(dispute.status)
    if turn is not None:
        return turn
    if dispute.status is DisputeStatus.RETURN_IN_TRANSIT:
        return WaitingOn.SELLER if dispute.trip and dispute.trip.delivered_at else WaitingOn.CARRIER
    if dispute.status is DisputeStatus.AWAITING_REPLACEMENT:
        return WaitingOn.CARRIER if dispute.replacement else WaitingOn.SELLER
    parties = missing(dispute)
    if len(parties) == 1:
        return WaitingOn(parties[0].value)
    return WaitingOn.BOTH if parties else WaitingOn.MEDIATOR
