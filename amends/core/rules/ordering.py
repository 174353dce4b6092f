"""The order's own acts: placing, cancelling, shipping, tracking, receipt, extending protection.

Source: rulebook §2, §3; decisions 10, 11, 15, 24.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .. import commands as c
from .. import events as e
from .. import values as v
from ..addresses import located
from ..deadlines import dispatch_due, protection_ends, protection_would_end
from ..draft import Draft
from ..evolve import begin
from ..facts import Facts
from ..money import MAX_MINOR, apportion, exponent
from ..order import Order
from ..private import private
from ..refusals import Refused
from ..told import Told, listed, told
from ..tracking import Verdict, check, same_number
from ..vocabulary import OrderStatus, Party, RefusalCode, TrackState, WarningCode
from .amounts import over_payments, read_minor
from .settling import scheduled

FARTHEST_DATE = timedelta(days=36_525)
LONGEST_EXTENSION = timedelta(days=3650)


# ── placing ──────────────────────────────────────────────────────────────────────────────────────


def place(command: c.PlaceOrder, now: datetime, facts: Facts) -> tuple[Order, e.OrderPlaced]:
    """A new order: from here the money is held. The policy in the facts is its policy for good."""
    if facts.order_exists:
        raise Refused(RefusalCode.DUPLICATE_ORDER)
    if Party.BUYER in facts.blocked or Party.SELLER in facts.blocked:
        raise Refused(RefusalCode.PARTY_BLOCKED)
    assert facts.policy is not None, "the edge chooses the policy of a new order"
    _known_currency(command.currency)
    _real(now, paid_at=command.paid_at)
    _sensible_lines(command)
    wanted, lines = _priced(command)
    payments = _payments(command, wanted)
    paid = sum(payment.amount_minor for payment in payments)
    if paid <= 0:
        raise Refused(RefusalCode.AMOUNT_NOT_POSITIVE, "unpaid")
    event = e.OrderPlaced(
        at=now,
        by=command.by,
        actor=command.actor,
        order=command.id,
        buyer=command.buyer,
        seller=command.seller,
        currency=command.currency,
        policy=v.PolicyPin(facts.policy.id, facts.policy.version, facts.policy.digest),
        lines=lines if paid == wanted else _scaled(lines, paid),
        payments=payments,
        paid_at=command.paid_at or now,
        destination=located(command.destination),
        return_to=located(command.return_to),
        local_return=command.local_return,
        shop_order=command.shop_order,
        unreconciled_minor=paid - wanted,
    )
    return begin(event, facts.policy, facts.calendars), event


def _known_currency(currency: str) -> None:
    try:
        exponent(currency)
    except ValueError:
        raise Refused(RefusalCode.CURRENCY_MISMATCH, "unknown", given=currency) from None


def _sensible_lines(command: c.PlaceOrder) -> None:
    ids = [line.id for line in command.lines]
    if not ids:
        raise malformed("the order has no lines", "Name at least one line.")
    if len(set(ids)) < len(ids):
        raise malformed("two lines have the same id", "Give each line an id of its own.")
    for line in command.lines:
        if line.quantity < 1:
            raise malformed(
                told("line {line} has {quantity} pieces", line=line.id, quantity=line.quantity),
                "Name one piece or more.",
            )


def _real(now: datetime, **dates: datetime | None) -> None:
    """A date no clock could reach is a slip of the pen, and would stop every clock of the order."""
    for name, date in dates.items():
        if date is not None and abs(date - now) > FARTHEST_DATE:
            raise malformed(told("{name} is more than a hundred years away", name=name), "Check the year.")


def malformed(why: str, mend: str) -> Refused:
    return Refused(RefusalCode.MALFORMED, why=why, mend=mend)


def _priced(command: c.PlaceOrder) -> tuple[int, tuple[v.PlacedLine, ...]]:
    """The sum asked for, and the lines with their shares of discount and delivery by gross value."""
    gross = [read_minor(command.currency, line.price) * line.quantity for line in command.lines]
    shipping = read_minor(command.currency, command.shipping)
    discount = read_minor(command.currency, command.discount)
    if min(*gross, shipping, discount) < 0:
        raise malformed("a price, the delivery or the discount is below zero", "Write amounts of zero or more.")
    if discount > sum(gross):
        raise malformed("the discount is above the price of all lines", "Write a discount the lines can bear.")
    delivery, off = apportion(shipping, gross), apportion(discount, gross)
    lines = tuple(
        v.PlacedLine(
            *(line.id, line.title, line.quantity, gross[at] - off[at], delivery[at]),
            listing=private(line.listing),
            listing_id=line.listing_id,
        )
        for at, line in enumerate(command.lines)
    )
    total = sum(gross) + shipping - discount
    if total > MAX_MINOR:
        raise malformed("the order's total is beyond any real one", "Check prices and quantities.")
    return total, lines


def _payments(command: c.PlaceOrder, wanted: int) -> tuple[v.PlacedPayment, ...]:
    if not command.payments:
        method = command.payment_method
        return (v.PlacedPayment(method, method, wanted),)
    payments = tuple(
        v.PlacedPayment(paid.reference, paid.method, read_minor(command.currency, paid.amount))
        for paid in command.payments
    )
    if any(payment.amount_minor < 0 for payment in payments):
        raise malformed("a payment is below zero", "Write what was captured.")
    return tuple(payment for payment in payments if payment.amount_minor) or payments[:1]


def _scaled(lines: tuple[v.PlacedLine, ...], paid: int) -> tuple[v.PlacedLine, ...]:
    """What was really paid, shared as the lines and their delivery were priced (decision 24)."""
    weights = [part for line in lines for part in (line.goods_minor, line.shipping_minor)]
    shares = apportion(paid, weights)
    return tuple(
        line._replace(goods_minor=shares[2 * at], shipping_minor=shares[2 * at + 1]) for at, line in enumerate(lines)
    )


# ── cancelling ───────────────────────────────────────────────────────────────────────────────────


def may_cancel(order: Order, by: Party, now: datetime) -> None:
    """Before dispatch seller and marketplace; the buyer once it is overdue; the marketplace also later."""
    _not_over(order)
    if order.charged_back:
        raise Refused(RefusalCode.FROZEN, "chargeback")
    if order.shipment is not None and by is not Party.MARKETPLACE:
        raise Refused(RefusalCode.ALREADY_SHIPPED)
    if by is Party.BUYER and not order.dispatch_missed:
        due = dispatch_due(order)
        if due is None:
            no_clock = order.policy.dispatch.within is None
            raise Refused(RefusalCode.DISPATCH_NOT_DUE, "no_clock" if no_clock else "standing_still")
        raise Refused(RefusalCode.DISPATCH_NOT_DUE, until=due)
    if any(True for _ in order.open_disputes()):
        raise Refused(RefusalCode.DISPUTE_OPEN)
    if order.released_minor:
        raise Refused(RefusalCode.ORDER_COMPLETED, "released")


def cancel(draft: Draft, command: c.CancelOrder) -> None:
    may_cancel(draft.order, command.by, draft.now)
    cancel_and_refund(draft, at=draft.now, by=command.by)


def cancel_and_refund(draft: Draft, *, at: datetime, by: Party) -> None:
    """Everything held goes back to where it came from."""
    order = draft.order
    held = order.held_minor
    lines = tuple(v.LineAmount(line.id, line.held_minor) for line in order.lines if line.held_minor)
    draft.add(e.OrderCancelled(at=at, by=by))
    if held:
        refund = e.RefundScheduled(at=at, by=by, amount_minor=held, lines=lines, parts=over_payments(order, held))
        draft.add(scheduled(order, refund))


def _not_over(order: Order) -> None:
    if order.status is OrderStatus.CANCELLED:
        raise Refused(RefusalCode.ORDER_CANCELLED)
    if order.status is OrderStatus.COMPLETED:
        raise Refused(RefusalCode.ORDER_COMPLETED)


# ── on the way ───────────────────────────────────────────────────────────────────────────────────


def may_ship(order: Order, by: Party, now: datetime) -> None:
    _not_over(order)
    if order.shipment is not None:
        raise Refused(RefusalCode.ALREADY_SHIPPED)


def ship(draft: Draft, command: c.Ship, facts: Facts) -> None:
    may_ship(draft.order, command.by, draft.now)
    _real(draft.now, delivery_due=command.delivery_due, protection_ends=command.protection_ends)
    if command.protection_ends is not None and command.protection_ends < draft.now:
        raise malformed("protection_ends lies before the parcel is sent", "Name a date after it.")
    warnings = number_warnings(command.tracking) if command.tracking else {WarningCode.TRACKING_UNVERIFIED.value}
    draft.warnings |= warnings
    draft.add(
        e.OrderShipped(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            tracking=private(command.tracking),
            carrier=command.carrier,
            delivery_due=command.delivery_due,
            protection_ends=command.protection_ends,
            warnings=frozenset(warnings),
            elsewhere=facts.tracking_elsewhere,
        )
    )


def number_warnings(number: str) -> set[str]:
    """Refuses a number with a wrong check digit; warns of one whose format nobody knows (decision 13)."""
    if not number.strip():
        raise Refused(RefusalCode.TRACKING_NUMBER_INVALID, "missing")
    found = check(number)
    if found.verdict is Verdict.WRONG_CHECK_DIGIT:
        raise Refused(
            RefusalCode.TRACKING_NUMBER_INVALID,
            number=number,
            carrier=_either(found.carriers) if found.carriers else told("a known carrier"),
            hint=told("Perhaps {number}?", number=found.hint) if found.hint else "",
        )
    return {WarningCode.TRACKING_UNVERIFIED.value} if found.verdict is Verdict.UNKNOWN_FORMAT else set()


def _either(carriers: tuple[str, ...]) -> Told:
    if len(carriers) == 1:
        return Told(carriers[0], carriers[0])
    return told("{one} or {other}", one=carriers[0], other=carriers[1])


def track(draft: Draft, command: c.Track) -> None:
    """What the carrier says, about the parcel or about a replacement whose number it names (decision 27)."""
    from .returning import replacement_tracked  # noqa: PLC0415 — returning needs this chapter's number checks

    if draft.order.shipment is None:
        raise Refused(RefusalCode.NOT_DISPATCHED)
    if command.scanned_at is not None and command.scanned_at > draft.now:
        raise malformed("the parcel was scanned later than now", "Send the instant that the carrier gives.")
    place = located(c.Place(command.country, command.city)) if command.country or command.city else None
    if command.tracking:
        for dispute in draft.order.disputes:
            trip = dispute.replacement
            if trip is not None and trip.tracking.plain and same_number(trip.tracking.plain, command.tracking):
                replacement_tracked(draft, dispute, command, place)
                return
    elsewhere = command.state is TrackState.DELIVERED and delivered_elsewhere(place, draft.order.destination)
    draft.add(
        e.ParcelTracked(
            at=draft.now,
            by=command.by,
            state=command.state,
            place=place,
            elsewhere=elsewhere,
            scanned_at=command.scanned_at,
        )
    )


def delivered_elsewhere(place: v.Location | None, wanted: v.Location | None) -> bool:
    """Whether a carrier names another country, or another city, than the one meant; unknown parts agree (R158)."""
    if place is None or wanted is None:
        return False
    if place.country and place.country != wanted.country:
        return True
    here, there = (where.city.plain if where.city else None for where in (place, wanted))
    return bool(here and there) and str(here).casefold().strip() != str(there).casefold().strip()


def may_confirm_receipt(order: Order, by: Party, now: datetime, lines: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Answers with the lines that would be confirmed: those named, or every line."""
    if order.status is OrderStatus.CANCELLED:
        raise Refused(RefusalCode.ORDER_CANCELLED)
    if order.shipment is None:
        raise Refused(RefusalCode.NOT_DISPATCHED)
    known = tuple(line.id for line in order.lines)
    for line in lines:
        if line not in known:
            raise Refused(RefusalCode.UNKNOWN_LINE, line=line, known=", ".join(known))
    chosen = lines or known
    if order.disputed_lines().intersection(chosen):
        raise Refused(RefusalCode.DISPUTE_OPEN)
    if order.status is OrderStatus.COMPLETED:
        raise Refused(RefusalCode.ORDER_COMPLETED)
    new = tuple(line.id for line in order.lines if line.id in chosen and line.left and line.confirmed_at is None)
    if not new:
        confirmed = next((line.confirmed_at for line in order.lines if line.id in chosen and line.confirmed_at), None)
        if confirmed is None:
            raise Refused(RefusalCode.LINE_ALREADY_DISPUTED, "decided")
        raise Refused(RefusalCode.RECEIPT_CONFIRMED, "already", confirmed=confirmed)
    return new


def may_confirm_some(order: Order, by: Party, now: datetime) -> None:
    """Whether receipt of any line could be confirmed; disputed ones are left out where others are not."""
    free = tuple(line.id for line in order.lines if line.id not in order.disputed_lines() and not line.confirmed_at)
    may_confirm_receipt(order, by, now, free)


def confirm_receipt(draft: Draft, command: c.ConfirmReceipt) -> None:
    lines = may_confirm_receipt(draft.order, command.by, draft.now, command.lines)
    draft.add(e.ReceiptConfirmed(at=draft.now, by=command.by, actor=command.actor, lines=lines))


# ── protection ───────────────────────────────────────────────────────────────────────────────────


def may_request_extension(order: Order, by: Party, now: datetime) -> None:
    _not_over(order)
    if order.protection_since is None:
        raise Refused(RefusalCode.NOT_DISPATCHED)


def request_extension(draft: Draft, command: c.RequestExtension) -> None:
    may_request_extension(draft.order, command.by, draft.now)
    if command.days < 1:
        raise malformed(told("{days} days are no time", days=command.days), "Ask for one day or more.")
    draft.add(e.ExtensionRequested(at=draft.now, by=command.by, actor=command.actor, days=command.days))


def may_extend(order: Order, by: Party, now: datetime) -> None:
    allowed = order.policy.protection.extendable_by
    if by not in allowed:
        raise Refused(RefusalCode.NOT_ALLOWED, "policy", party=by, who=listed(sorted(allowed)) or told("nobody"))
    _not_over(order)
    if order.protection_since is None:
        raise Refused(RefusalCode.NOT_DISPATCHED)


def extend_protection(draft: Draft, command: c.ExtendProtection) -> None:
    """Any number of times, also during a dispute, never backwards (R042, R044; decision 15)."""
    order, now = draft.order, draft.now
    may_extend(order, command.by, now)
    ends = protection_would_end(order, now)
    if (command.days is None) == (command.until is None):
        raise malformed("an extension names either days or a date", "Write days, or until, and not both.")
    assert ends is not None, "may_extend refuses before protection has started"
    if command.days is not None and not -3650 <= command.days <= LONGEST_EXTENSION.days:
        raise malformed(told("{days} days are too many", days=command.days), "Name at most 3650 days.")
    until = command.until or ends + timedelta(days=command.days or 0)
    if until <= max(ends, now) or until > now + LONGEST_EXTENSION:
        raise Refused(RefusalCode.NOT_AN_EXTENSION, ends=ends)
    draft.add(
        e.ProtectionExtended(
            at=now,
            by=command.by,
            actor=command.actor,
            until=until,
            until_after_standstill=protection_ends(order) is None,
        )
    )
