"""What may be asked: one frozen class a verb, one closed union.

A command carries what somebody typed, not what it means: amounts as written, reasons and kinds as words.
The rules give them meaning, in the order the vocabulary fixes, so that the refusal is the first that applies.
`parse` in `amends.core.wire` reads a command from a document and refuses what cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from .asked import Amount, Given, Option, OrderedLine, Paid, Pieces, Place, Proposal, WantedThing
from .vocabulary import DeadlineName, Party, TrackState, Verb

# What commands are made of belongs to them: others write `commands.Place`.
__all__ = ["Amount", "Given", "Option", "OrderedLine", "Paid", "Pieces", "Place", "Proposal", "WantedThing"]

STAFF = frozenset({Party.MEDIATOR, Party.OPERATOR})
PARTIES = frozenset({Party.BUYER, Party.SELLER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`by` is the role that acts; `actor` who exactly, where staff must be two different people."""

    by: Party
    actor: str = ""

    verb: ClassVar[Verb]
    who: ClassVar[frozenset[Party]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDispute(Command):
    """An act on one dispute of the order; `dispute` is its number, from 1."""

    dispute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder(Command):
    id: str
    buyer: str
    seller: str
    currency: str
    lines: tuple[OrderedLine, ...]
    shipping: Amount = 0
    discount: Amount = 0
    payments: tuple[Paid, ...] = ()
    payment_method: str = ""
    destination: Place | None = None
    return_to: Place | None = None
    local_return: bool = False
    paid_at: datetime | None = None
    shop_order: str = ""
    verb = Verb.PLACE_ORDER
    who = frozenset({Party.MARKETPLACE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(Command):
    verb = Verb.CANCEL_ORDER
    who = frozenset({Party.MARKETPLACE, Party.SELLER, Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ship(Command):
    tracking: str = ""
    carrier: str = ""
    delivery_due: datetime | None = None
    protection_ends: datetime | None = None
    verb = Verb.SHIP
    who = frozenset({Party.SELLER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Track(Command):
    state: TrackState
    country: str = ""
    city: str = ""
    tracking: str = ""
    scanned_at: datetime | None = None
    """When the carrier says it was; no clock goes by it."""
    verb = Verb.TRACK
    who = frozenset({Party.CARRIER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReceipt(Command):
    lines: tuple[str, ...] = ()
    verb = Verb.CONFIRM_RECEIPT
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Command):
    days: int
    verb = Verb.REQUEST_EXTENSION
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendProtection(Command):
    days: int | None = None
    until: datetime | None = None
    verb = Verb.EXTEND_PROTECTION
    who = frozenset({Party.SELLER, Party.BUYER, Party.MARKETPLACE, Party.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute(Command):
    lines: tuple[Pieces, ...]
    received: bool
    reason: str
    wants: str
    amount: Amount
    currency: str = ""
    text: str = ""
    files: tuple[Given, ...] = ()
    verb = Verb.OPEN
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(OnDispute):
    """Fields left None stay as they stood."""

    lines: tuple[Pieces, ...] | None = None
    received: bool | None = None
    reason: str | None = None
    wants: str | None = None
    amount: Amount | None = None
    currency: str = ""
    text: str = ""
    files: tuple[Given, ...] = ()
    verb = Verb.REVISE
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOffer(OnDispute):
    wants: str
    amount: Amount
    currency: str = ""
    text: str = ""
    return_to: Place | None = None
    verb = Verb.OFFER
    who = frozenset({Party.SELLER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(OnDispute):
    offer: int | None = None
    confirm_zero: bool = False
    return_to: Place | None = None
    verb = Verb.ACCEPT
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(OnDispute):
    text: str = ""
    verb = Verb.REJECT
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(OnDispute):
    confirm_final: bool = False
    verb = Verb.WITHDRAW
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(OnDispute):
    verb = Verb.ESCALATE
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage(OnDispute):
    text: str
    verb = Verb.MESSAGE
    who = PARTIES | {Party.MEDIATOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEvidence(OnDispute):
    kind: str
    name: str = ""
    id: str = ""
    comment: str = ""
    mediator_only: bool = False
    sha256: str = ""
    """Of the upload that `id` names; whoever takes uploads in says it, never who sends the act."""
    answers: int | None = None
    """Which of the things the mediator listed it shows, counted from 1."""
    verb = Verb.ADD_EVIDENCE
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEvidence(OnDispute):
    id: str
    verb = Verb.REMOVE_EVIDENCE
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEvidence(OnDispute):
    of: tuple[Party, ...]
    text: str
    proposal: Proposal | None = None
    wanted: tuple[WantedThing, ...] = ()
    verb = Verb.REQUEST_EVIDENCE
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(OnDispute):
    options: tuple[Option, ...]
    text: str = ""
    verb = Verb.PROPOSE
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(OnDispute):
    option: int
    return_to: Place | None = None
    verb = Verb.CHOOSE
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(OnDispute):
    wants: str
    amount: Amount
    text: str
    currency: str = ""
    finding: str = ""
    fault: str = "nobody"
    funded_by: str = "escrow"
    counts_against: str = "nobody"
    return_to: Place | None = None
    verb = Verb.RULE
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismiss(OnDispute):
    text: str
    verb = Verb.DISMISS
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipReturn(OnDispute):
    tracking: str
    carrier: str = ""
    verb = Verb.SHIP_RETURN
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackReturn(OnDispute):
    state: TrackState
    city: str = ""
    verb = Verb.TRACK_RETURN
    who = frozenset({Party.CARRIER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReturn(OnDispute):
    verb = Verb.CONFIRM_RETURN
    who = frozenset({Party.SELLER, Party.MARKETPLACE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestReturn(OnDispute):
    text: str
    files: tuple[Given, ...] = ()
    verb = Verb.CONTEST_RETURN
    who = frozenset({Party.SELLER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipReplacement(OnDispute):
    tracking: str
    carrier: str = ""
    verb = Verb.SHIP_REPLACEMENT
    who = frozenset({Party.SELLER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReplacement(OnDispute):
    verb = Verb.CONFIRM_REPLACEMENT
    who = frozenset({Party.BUYER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal(OnDispute):
    grounds: str
    text: str = ""
    files: tuple[Given, ...] = ()
    verb = Verb.APPEAL
    who = PARTIES


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAppeal(OnDispute):
    text: str = ""
    verb = Verb.GRANT_APPEAL
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyAppeal(OnDispute):
    text: str = ""
    verb = Verb.DENY_APPEAL
    who = frozenset({Party.MEDIATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseClocks(Command):
    """Without `countries` this order alone; with them the edge asks it of every order of the region."""

    text: str
    grace: str = "P0D"
    countries: tuple[str, ...] = ()
    verb = Verb.PAUSE_CLOCKS
    who = frozenset({Party.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeClocks(Command):
    countries: tuple[str, ...] = ()
    verb = Verb.RESUME_CLOCKS
    who = frozenset({Party.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockParty(Command):
    party: str
    finding: str
    verb = Verb.BLOCK_PARTY
    who = STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class UnblockParty(Command):
    party: str
    finding: str
    verb = Verb.UNBLOCK_PARTY
    who = STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Command):
    """`event` is the number of the event that waits; None means the one that has waited longest."""

    event: int | None = None
    verb = Verb.APPROVE
    who = frozenset({Party.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Command):
    """Without `dispute`, a correction of the cancelled order's refund."""

    text: str
    dispute: int | None = None
    wants: str | None = None
    amount: Amount | None = None
    currency: str = ""
    refund_to: str = ""
    verb = Verb.CORRECT
    who = frozenset({Party.OPERATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse(Command):
    """The clock asks whether the named deadline has lapsed; whatever has, has already taken effect."""

    name: DeadlineName
    dispute: int | None = None
    verb = Verb.LAPSE
    who = frozenset({Party.CLOCK})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenChargeback(Command):
    reference: str
    amount: Amount | None = None
    dispute: int | None = None
    verb = Verb.CHARGEBACK_OPENED
    who = frozenset({Party.PAYMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseChargeback(Command):
    reference: str
    won_by: str
    dispute: int | None = None
    verb = Verb.CHARGEBACK_CLOSED
    who = frozenset({Party.PAYMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedRefund(Command):
    """Without `dispute`, the refund of a cancelled order.

    `refund` is its position among the dispute's, from 1; 0 means the oldest that has not arrived.
    """

    dispute: int | None = None
    reference: str = ""
    refund: int = 0
    verb = Verb.REFUND_SUCCEEDED
    who = frozenset({Party.PAYMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class FailRefund(Command):
    text: str
    dispute: int | None = None
    reference: str = ""
    refund: int = 0
    verb = Verb.REFUND_FAILED
    who = frozenset({Party.PAYMENTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class SucceedPayout(Command):
    amount: Amount
    reference: str = ""
    verb = Verb.PAYOUT_SUCCEEDED
    who = frozenset({Party.PAYMENTS})


COMMANDS: dict[Verb, type[Command]] = {
    kind.verb: kind
    for kind in (
        PlaceOrder, CancelOrder, Ship, Track, ConfirmReceipt, RequestExtension, ExtendProtection,
        OpenDispute, Revise, MakeOffer, Accept, Reject, Withdraw, Escalate, SendMessage,
        AddEvidence, RemoveEvidence, RequestEvidence, Propose, Choose, Rule, Dismiss,
        ShipReturn, TrackReturn, ConfirmReturn, ContestReturn, ShipReplacement, ConfirmReplacement,
        Appeal, GrantAppeal, DenyAppeal, PauseClocks, ResumeClocks, BlockParty, UnblockParty,
        Approve, Correct, Lapse, OpenChargeback, CloseChargeback, SucceedRefund, FailRefund, SucceedPayout,
    )
}  # fmt: skip
