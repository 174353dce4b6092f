"""The laws of docs/quality.md that an order's own state and events can break, whoever looks: lab, tests, the books.

A law never asks why something happened, only whether what is true now can be true. Each yields what is broken; nothing
yielded means that it holds. Which law says what stands in `amends.lab.invariants` and in docs/money.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from . import events as e
from .deadlines import next_deadline
from .journal import may_be_negative
from .order import Dispute, Order, waiting_on
from .vocabulary import DeadlineName, DisputeStatus, FundedBy, OrderStatus, Party, WaitingOn

N = DeadlineName
S = DisputeStatus


class Broken(NamedTuple):
    """A law, and how it is broken, with the figures."""

    law: str
    why: str

    def __str__(self) -> str:
        return f"{self.law}: {self.why}"


# ── money ────────────────────────────────────────────────────────────────────────────────────────


def money_is_conserved(order: Order) -> Iterator[Broken]:
    """M2, M3, M4 and the lines' part of M9, from the order's figures and from its ledger."""
    held, refunded, released = order.held_minor, order.refunded_minor, order.released_minor
    if order.paid_in_minor != held + refunded + released or min(held, refunded, released) < 0:
        yield Broken("M2", f"paid in {order.paid_in_minor} = held {held} + refunded {refunded} + released {released}")
    for line in order.lines:
        if not 0 <= line.held_minor <= line.paid_minor:
            yield Broken("M9", f"line {line.id} holds {line.held_minor} of {line.paid_minor}")
        if not 0 <= line.settled <= line.quantity:
            yield Broken("M9", f"line {line.id} has {line.settled} of {line.quantity} pieces settled")
    yield from _ledger_agrees(order)
    for number, payment in enumerate(order.payments, 1):
        if payment.refunded_minor < 0 or payment.left_minor < 0:
            yield Broken(
                "M4", f"payment {number} of {payment.captured_minor} has {payment.left_minor} left to give back"
            )


def _ledger_agrees(order: Order) -> Iterator[Broken]:
    balances = {name: account.balance_minor for name, account in order.accounts.items()}
    captured = refunded = 0
    for name, balance in balances.items():
        if balance < 0 and not may_be_negative(name):
            yield Broken("M3", f"account {name} stands at {balance}")
        if name.startswith("captured:"):
            captured -= balance
        elif name.startswith("refunds:"):
            refunded += balance
    get = balances.get
    released = get("seller", 0) + get("paid_out", 0) + get("receivable", 0)
    # A chargeback takes from escrow, from what was released, and what is missing from the platform: two sums.
    refunded += get("chargebacks", 0)
    told = (order.paid_in_minor, order.held_minor, order.refunded_minor, order.released_minor)
    books = (captured, get("escrow", 0), refunded, released)
    if told != books:
        yield Broken("M2", f"paid in, held, refunded, released are {told}, in the ledger {books}")
    if order.owed_minor != -get("receivable", 0):
        yield Broken("M3", f"the seller owes {order.owed_minor}, in the ledger {-get('receivable', 0)}")
    if sum(balances.values()) != 0:
        yield Broken("M1", f"the ledger's accounts sum to {sum(balances.values())}")


def splits_are_exact(events: Iterable[e.Event]) -> Iterator[Broken]:
    """M6 and M9: whole amounts, and parts that sum to what was split."""
    for event in events:
        amount = getattr(event, "amount_minor", 0)
        if amount is not None and type(amount) is not int:
            yield Broken("M6", f"{type(event).__name__} carries {amount!r}")
        match event:
            case e.OrderPlaced():
                shares = sum(line.goods_minor + line.shipping_minor for line in event.lines)
                paid = sum(payment.amount_minor for payment in event.payments)
                least = min(min(line.goods_minor, line.shipping_minor) for line in event.lines)
                if shares != paid or least < 0:
                    yield Broken("M9", f"{paid} was paid, its shares sum to {shares}, the least is {least}")
            case e.RefundScheduled() if event.funded_by is FundedBy.ESCROW:
                lines = sum(part.amount_minor for part in event.lines)
                parts = sum(part.amount_minor for part in event.parts)
                if not event.amount_minor == lines == parts:
                    yield Broken("M9", f"a refund of {event.amount_minor} takes {lines} of lines, {parts} of payments")
            case e.ChargebackClosed(won_by=Party.BUYER):
                if min(event.from_seller_minor, event.from_platform_minor) < 0:
                    yield Broken("M9", "a chargeback takes less than nothing from somebody")
            case _:
                pass


def refunds_have_a_cause(history: Sequence[e.Event]) -> Iterator[Broken]:
    """M7: a refund stands beside the cancelling, or the closing of its dispute, that allowed it."""
    for at, event in enumerate(history):
        if isinstance(event, e.RefundScheduled):
            if event.dispute is None:
                allowed = isinstance(history[at - 1], e.OrderCancelled)
            else:
                later = (other for other in history[at + 1 :] if isinstance(other, e.DisputeClosed))
                closing = next(later, None)
                allowed = closing is not None and (closing.dispute, closing.at) == (event.dispute, event.at)
            if not allowed:
                yield Broken("M7", f"event {at + 1} refunds {event.amount_minor}, and nothing allowed it")


# ── cases ────────────────────────────────────────────────────────────────────────────────────────

_AFTER_CLOSING = frozenset({N.APPEAL, N.APPEAL_DECISION, N.REFUND})


def waits_on_somebody(order: Order, dispute: Dispute) -> Iterator[Broken]:
    """C1. Clocks that an alert or a `nothing` has used up are gone for good."""
    clocks = {name for name, _ in dispute.clocks}
    if dispute.status is S.CLOSED:
        if not clocks <= _AFTER_CLOSING:
            yield Broken("C1", f"dispute {dispute.number} is closed and its clocks {sorted(clocks)} run")
        if dispute.outcome is None or dispute.closed_at is None:
            yield Broken("C1", f"dispute {dispute.number} is closed without an outcome")
        return
    if waiting_on(dispute) is WaitingOn.NOBODY:
        yield Broken("C1", f"dispute {dispute.number} is open and waits on nobody")
    if order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
        yield Broken("C1", f"the order is {order.status} while dispute {dispute.number} is open")
    if dispute.outcome is not None:
        yield Broken("C1", f"dispute {dispute.number} is open and has the outcome {dispute.outcome}")
    for name in _owed(order, dispute):
        if name not in clocks:
            yield Broken("C1", f"dispute {dispute.number} is {dispute.status} and its {name} clock does not run")


def _owed(order: Order, dispute: Dispute) -> Iterator[DeadlineName]:
    """The clocks that must run in the dispute's status. One without a length in the policy runs without an end."""
    negotiation, review = order.policy.negotiation, order.policy.review
    if dispute.status in (S.AWAITING_SELLER, S.AWAITING_BUYER) and dispute.window_since is not None:
        yield N.NEGOTIATION_CAP
        yield N.NEGOTIATION
    match dispute.status:
        case S.AWAITING_SELLER:
            restarts = negotiation.seller_response_restarts_on_revision
            claimed_last = dispute.claimed == len(dispute.terms)
            if claimed_last and (restarts or not dispute.answered_at) and negotiation.if_seller_silent != "nothing":
                yield N.SELLER_RESPONSE
        case S.AWAITING_BUYER:
            yield N.BUYER_RESPONSE
        case S.UNDER_REVIEW:
            if review.if_undecided != "alert":
                yield N.REVIEW
        case S.AWAITING_EVIDENCE:
            yield N.EVIDENCE
        case S.AWAITING_CHOICE:
            yield N.CHOICE
        case S.AWAITING_RETURN:
            yield N.RETURN_SHIPMENT
        case S.RETURN_IN_TRANSIT:
            if dispute.trip is not None and dispute.trip.delivered_at is not None:
                yield N.RETURN_INSPECTION
            else:
                yield N.RETURN_TRANSIT
        case S.AWAITING_REPLACEMENT:
            yield N.RETURN_TRANSIT if dispute.replacement is not None else N.REPLACEMENT
        case S.CLOSED:
            pass


def one_dispute_a_line(order: Order) -> Iterator[Broken]:
    """C5, first half; and no more pieces are disputed or settled than there are."""
    disputed = [pieces for dispute in order.open_disputes() for pieces in dispute.pieces]
    if len({pieces.line for pieces in disputed}) < len(disputed):
        yield Broken("C5", "two open disputes are about one line")
    if order.policy.opening.per == "order" and sum(1 for _ in order.open_disputes()) > 1:
        yield Broken("C5", "two disputes are open where the policy allows one an order")
    for line_id, quantity in disputed:
        line = order.line(line_id)
        if line is None or quantity > line.left:
            yield Broken("C5", f"{quantity} pieces of line {line_id} are disputed, more than are left")


def accepts_what_stands(before: Order, events: Iterable[e.Event]) -> Iterator[Broken]:
    """C5, second half: a party accepts the other side's newest terms."""
    for event in events:
        if isinstance(event, e.TermsAccepted):
            dispute = before.disputes[event.dispute - 1]
            stands = dispute.claimed if event.by is Party.SELLER else dispute.offered
            if event.number != stands:
                yield Broken("C5", f"the {event.by} accepted number {event.number} while {stands} stood")


def closed_stays_closed(before: Order, events: Iterable[e.Event], after: Order) -> Iterator[Broken]:
    """C2. A chargeback moves the order's money, never a closed dispute's."""
    for was, becomes in zip(before.disputes, after.disputes, strict=False):
        if was is becomes or was.open or _ending(was) == _ending(becomes):
            continue
        excused = any(isinstance(x, e.DisputeReopened | e.Approved) and x.dispute == was.number for x in events)
        if not excused:
            yield Broken("C2", f"closed dispute {was.number} went from {_ending(was)} to {_ending(becomes)}")


def _ending(dispute: Dispute) -> tuple[object, ...]:
    return dispute.status.value, dispute.outcome, dispute.refunded_minor, dispute.released, len(dispute.refunds)


# ── clocks ───────────────────────────────────────────────────────────────────────────────────────


def lapses_in_turn(order: Order, event: e.Event) -> Iterator[Broken]:
    """C4: a lapse is that of the deadline that was next, at its own instant. `order` is the one before it."""
    if not isinstance(event, e.DeadlineLapsed):
        return
    due = next_deadline(order)
    if due is None or (due.name, due.at, due.dispute) != (event.name, event.at, event.dispute):
        yield Broken("C4", f"{event.name} of {event.at} took effect while the next deadline was {due}")


def lapses_once(history: Iterable[e.Event]) -> Iterator[Broken]:
    """C4: a dispute's deadline takes effect once; that of refunds once for each of them."""
    seen: Counter[tuple[object, ...]] = Counter()
    refunds: Counter[int | None] = Counter()
    for event in history:
        if isinstance(event, e.RefundScheduled):
            refunds[event.dispute] += 1
        elif isinstance(event, e.DeadlineLapsed):
            # Lines of an order may reach the ends of their windows in groups, each with its own lapse.
            rings_once = event.dispute is not None or event.name is N.REFUND
            lapse = (event.name, event.dispute) if event.name is N.REFUND else (event.name, event.dispute, event.at)
            seen[lapse] += 1
            if rings_once and seen[lapse] > (refunds[event.dispute] if event.name is N.REFUND else 1):
                yield Broken("C4", f"{event.name} of {event.at} took effect twice")
