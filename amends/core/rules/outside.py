"""What comes from outside: banks, payment providers, and operators who stop the clocks of a region.

Source: decisions 8, 9; rulebook R332.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .. import commands as c
from .. import events as e
from .. import values as v
from ..draft import Draft
from ..durations import MalformedDuration, parse_period
from ..order import Dispute, Order
from ..private import private
from ..refusals import Refused
from ..told import told
from ..vocabulary import OrderStatus, Outcome, Party, RefundStatus, RefusalCode
from .amounts import at_stake, over_lines, read_amount, say
from .ordering import malformed
from .returning import catch_up_with_carrier
from .settling import close, release_what_is_due

R = RefusalCode


# ── pauses ───────────────────────────────────────────────────────────────────────────────────────


def hold_name(countries: tuple[str, ...]) -> str:
    return "region " + ",".join(sorted(countries)) if countries else "order"


def may_pause(order: Order, by: Party, now: datetime) -> None:
    if order.status is OrderStatus.CANCELLED:
        raise Refused(R.ORDER_CANCELLED)


def pause_clocks(draft: Draft, command: c.PauseClocks) -> None:
    """Every running clock of the order stands still until it is resumed, and then for the grace period more."""
    may_pause(draft.order, command.by, draft.now)
    hold = hold_name(command.countries)
    if hold in draft.order.holds:
        raise malformed("these clocks already stand still", "Resume them first.")
    if not command.text.strip():
        raise malformed("a pause needs its reason", "Say why the clocks stand still.")
    try:
        grace = parse_period(command.grace).elapsed
    except MalformedDuration as wrong:
        raise malformed(told("the grace period cannot be read: {why}", why=str(wrong)), "Write it like P2D.") from None
    draft.add(
        e.ClocksPaused(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            hold=hold,
            reason=private(command.text),
            grace=grace,
        )
    )


def may_resume(order: Order, by: Party, now: datetime) -> None:
    if not any(not hold.startswith("chargeback ") for hold in order.holds):
        raise malformed("no clock stands still here", "There is nothing to resume.")


def resume_clocks(draft: Draft, command: c.ResumeClocks) -> None:
    """Clocks go on with the time that was left once the grace period the pause named is over."""
    hold = hold_name(command.countries)
    if hold not in draft.order.holds:
        raise malformed("these clocks do not stand still", "Name what was paused.")
    grace = draft.order.graces[hold]
    draft.add(
        e.ClocksResumed(at=draft.now, by=command.by, actor=command.actor, hold=hold, stand_until=draft.now + grace)
    )
    # A dispute that ended meanwhile left money whose time had come before the pause.
    release_what_is_due(draft, at=draft.now, by=command.by)


# ── chargebacks ──────────────────────────────────────────────────────────────────────────────────


def open_chargeback(draft: Draft, command: c.OpenChargeback) -> None:
    """The cardholder asked his bank: everything of the order stands still until the bank has decided."""
    order = draft.order
    if command.dispute is not None:
        draft.dispute(command.dispute)
    if any(chargeback.reference == command.reference for chargeback in order.chargebacks):
        raise malformed(
            told("chargeback {reference} is already known", reference=command.reference), "Send each chargeback once."
        )
    minor = order.paid_in_minor if command.amount is None else read_amount(order, command.amount)
    if minor <= 0:
        raise Refused(R.AMOUNT_NOT_POSITIVE, least=say(order, 1), most=say(order, order.paid_in_minor))
    if minor > order.paid_in_minor:
        raise Refused(R.AMOUNT_ABOVE_PAID, amount=say(order, minor), most=say(order, order.paid_in_minor))
    draft.add(
        e.ChargebackOpened(
            at=draft.now,
            by=command.by,
            reference=command.reference,
            amount_minor=minor,
            dispute=command.dispute,
        )
    )


def close_chargeback(draft: Draft, command: c.CloseChargeback) -> None:
    """Won by the buyer: the amount leaves what is held first, what is missing becomes the seller's debt."""
    order = draft.order
    running = next((cb for cb in order.chargebacks if cb.reference == command.reference and cb.won_by is None), None)
    if running is None:
        raise malformed(
            told("no chargeback {reference} is running", reference=command.reference), "Check the reference."
        )
    if command.won_by not in (Party.BUYER, Party.SELLER):
        raise malformed(told("won_by is “{word}”", word=command.won_by), "Say buyer or seller.")
    won_by = Party(command.won_by)
    if won_by is Party.SELLER:
        draft.add(e.ChargebackClosed(at=draft.now, by=command.by, reference=command.reference, won_by=won_by))
        _go_on(draft, by=command.by)
        return
    lines = _taken(order, running.amount_minor, order.dispute(command.dispute or running.dispute))
    missing = running.amount_minor - sum(part.amount_minor for part in lines)
    from_seller = min(missing, order.released_minor)
    draft.add(
        e.ChargebackClosed(
            at=draft.now,
            by=command.by,
            reference=command.reference,
            won_by=won_by,
            lines=lines,
            from_seller_minor=from_seller,
            from_platform_minor=missing - from_seller,
            parts=_from_payments(order, running.amount_minor - (missing - from_seller)),
        )
    )
    due = {dispute.number: (dispute.settlement or dispute.claim).amount_minor for dispute in order.open_disputes()}
    _close_covered(draft, lines, due, at=draft.now, by=command.by)
    _go_on(draft, by=command.by)


def _go_on(draft: Draft, *, by: Party) -> None:
    """Facts that came while everything stood still take effect now, and money whose time had come is released."""
    if draft.order.charged_back:
        return
    for dispute in tuple(draft.order.open_disputes()):
        catch_up_with_carrier(draft, dispute.number, at=draft.now, by=by)
    release_what_is_due(draft, at=draft.now, by=by)


def _from_payments(order: Order, amount_minor: int) -> tuple[v.PaymentAmount, ...]:
    """Which payments the bank took: the first ones as far as they go. Nobody tells us more than the amount."""
    parts = []
    for number, payment in enumerate(order.payments, 1):
        part = min(amount_minor, payment.left_minor)
        amount_minor -= part
        if part:
            parts.append(v.PaymentAmount(number, part))
    return tuple(parts)


def _taken(order: Order, amount_minor: int, dispute: Dispute | None) -> tuple[v.LineAmount, ...]:
    """From which lines a chargeback leaves: those in dispute first, the rest by what they hold."""
    left = min(amount_minor, order.held_minor)
    taken: dict[str, int] = {}
    disputes = [dispute] if dispute is not None and dispute.open else []
    disputes += [other for other in order.open_disputes() if other not in disputes]
    for one in disputes:
        stakes = tuple(
            stake._replace(amount_minor=stake.amount_minor - taken.get(stake.line, 0)) for stake in at_stake(order, one)
        )
        part = min(left, sum(stake.amount_minor for stake in stakes))
        for line, minor in over_lines(part, stakes):
            taken[line] = taken.get(line, 0) + minor
        left -= part
    held = tuple(v.LineAmount(line.id, line.held_minor - taken.get(line.id, 0)) for line in order.lines)
    for line, minor in over_lines(left, held):
        taken[line] = taken.get(line, 0) + minor
    return tuple(v.LineAmount(line.id, taken[line.id]) for line in order.lines if taken.get(line.id))


def _close_covered(
    draft: Draft, lines: tuple[v.LineAmount, ...], due: Mapping[int, int], *, at: datetime, by: Party
) -> None:
    """Disputes whose claim or settlement, as it stood before, the bank has paid are over; so are empty ones."""
    taken = {part.line: part.amount_minor for part in lines}
    for dispute in tuple(draft.order.open_disputes()):
        covered = sum(taken.get(pieces.line, 0) for pieces in dispute.pieces)
        left = sum(stake.amount_minor for stake in at_stake(draft.order, dispute))
        if left == 0 or covered >= due[dispute.number]:
            close(draft, dispute.number, Outcome.REFUNDED_ELSEWHERE, dispute.given_back_minor, at=at, by=by)


# ── refunds and payouts as the provider reports them ─────────────────────────────────────────────


def _refund_of(draft: Draft, number: int | None, named: int) -> int:
    """The position, from 1, of the refund a provider speaks of: the one it names, else the oldest under way."""
    dispute = None if number is None else draft.dispute(number)
    refunds = dispute.refunds if dispute else tuple(filter(None, (draft.order.refund,)))
    under_way = [at for at, refund in enumerate(refunds, 1) if refund.status is not RefundStatus.SUCCEEDED]
    if not under_way or (named and named not in under_way):
        raise Refused(R.NOT_ALLOWED, "no_refund")
    if named:
        return named
    return next((at for at in under_way if refunds[at - 1].status is not RefundStatus.FAILED), under_way[0])


def refund_succeeded(draft: Draft, command: c.SucceedRefund) -> None:
    draft.add(
        e.RefundSucceeded(
            at=draft.now,
            by=command.by,
            dispute=command.dispute,
            reference=command.reference,
            refund=_refund_of(draft, command.dispute, command.refund),
        )
    )


def refund_failed(draft: Draft, command: c.FailRefund) -> None:
    """The money could not arrive: it stays owed to the buyer, and somebody looks for another target."""
    draft.add(
        e.RefundFailed(
            at=draft.now,
            by=command.by,
            dispute=command.dispute,
            failure=private(command.text),
            refund=_refund_of(draft, command.dispute, command.refund),
            reference=command.reference,
        )
    )


def payout_succeeded(draft: Draft, command: c.SucceedPayout) -> None:
    """What was released has left for the seller; from now on it can only be owed back.

    Part of it may have been taken back while it was on its way. It has arrived all the same, so he owes that part.
    """
    order = draft.order
    minor = read_amount(order, command.amount)
    balance = order.accounts.get("seller")
    at_hand = balance.balance_minor if balance else 0
    most = at_hand + order.recalled_minor
    if minor <= 0:
        raise Refused(R.AMOUNT_NOT_POSITIVE, least=say(order, 1), most=say(order, most))
    if minor > most:
        raise Refused(R.AMOUNT_ABOVE_PAID, amount=say(order, minor), most=say(order, most))
    draft.add(
        e.PayoutSucceeded(
            at=draft.now,
            by=command.by,
            amount_minor=minor,
            reference=command.reference,
            advanced_minor=max(0, minor - at_hand),
        )
    )
