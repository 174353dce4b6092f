"""Amounts: what may be asked for a line, how it is read, and how it is shared out.

Delivery and discounts are shared over lines by gross value, largest remainder; part quantities that do not
divide are floored (decision 11). What was paid is the cap, also where payments do not add up (decision 24).
"""

from __future__ import annotations

from collections.abc import Iterable

from ..commands import Amount
from ..money import MalformedAmount, Money, apportion, floor_share, format_minor, parse_minor
from ..order import Dispute, Line, Order
from ..refusals import Refused
from ..told import Told, listed, told
from ..values import DisputedPieces, LineAmount, PaymentAmount
from ..vocabulary import Reason, RefusalCode, Wants


def read_amount(order: Order, amount: Amount, currency: str = "") -> int:
    """Minor units of the order's currency, or refused `amount_malformed`, `currency_mismatch`."""
    return read_minor(order.currency, amount, currency)


def read_minor(expected: str, amount: Amount, currency: str = "") -> int:
    if isinstance(amount, str) and " " in amount.strip():
        amount, currency = amount.strip().rsplit(" ", 1)
    minor: int | None = amount if isinstance(amount, int) else None
    if minor is None:
        try:
            minor = parse_minor(str(amount), expected)
        except MalformedAmount as malformed:
            raise Refused(
                RefusalCode.AMOUNT_MALFORMED,
                amount=amount,
                currency=expected,
                why=malformed.args[0],
                example=format_minor(1250, expected),
            ) from None
    if currency and currency != expected:
        raise Refused(RefusalCode.CURRENCY_MISMATCH, currency=expected, given=currency)
    return minor


def say(order: Order, minor: int) -> str:
    money = Money(minor, order.currency)
    return Told(str(money), money)


def positive(order: Order, minor: int, most: int) -> int:
    """A claim: above zero, at most what was paid."""
    if minor <= 0:
        raise Refused(RefusalCode.AMOUNT_NOT_POSITIVE, least=say(order, 1), most=say(order, most))
    return within(order, minor, most)


def not_negative(order: Order, minor: int, most: int) -> int:
    """An offer or a ruling: zero or more, at most what was paid."""
    if minor < 0:
        raise Refused(RefusalCode.AMOUNT_NOT_POSITIVE, "negative", most=say(order, most))
    return within(order, minor, most)


def within(order: Order, minor: int, most: int) -> int:
    if minor > most:
        raise Refused(RefusalCode.AMOUNT_ABOVE_PAID, amount=say(order, minor), most=say(order, most))
    return minor


# ── caps ─────────────────────────────────────────────────────────────────────────────────────────


def claimable(order: Order, pieces: Iterable[DisputedPieces], reason: Reason) -> int:
    """The most that may be claimed for these pieces for this reason, given how the policy treats delivery."""
    word = order.policy.refund.shipping_for(reason)
    return sum(_claimable(line, quantity, word) for line, quantity in _lines(order, pieces))


def _claimable(line: Line, quantity: int, shipping: str) -> int:
    goods = floor_share(line.goods_minor, quantity, line.quantity)
    if shipping == "all":
        goods += line.shipping_minor
    elif shipping == "pro_rata":
        goods += floor_share(line.shipping_minor, quantity, line.quantity)
    # What is held for the other pieces is theirs: delivery that went back once cannot go back again.
    others = floor_share(line.goods_minor, max(0, line.left - quantity), line.quantity)
    return max(0, min(goods, line.held_minor - others))


def payable(order: Order, dispute: Dispute) -> int:
    """The most an offer or a ruling may give for the dispute's lines: what was paid for them and is still there.

    After a granted appeal that includes what this dispute already gave back, because a ruling states the total.
    """
    stakes = sum(line.amount_minor for line in at_stake(order, dispute))
    return max(stakes + dispute.refunded_minor, dispute.given_back_minor)


def at_stake(order: Order, dispute: Dispute) -> tuple[LineAmount, ...]:
    """The held money a decision about this dispute can move, line by line.

    For some pieces of a line that is their goods and the line's whole delivery share, as far as it is held.
    """
    if dispute.stakes is not None:
        held = {line.id: line.held_minor for line in order.lines}
        return tuple(LineAmount(line, min(amount, held[line])) for line, amount in dispute.stakes)
    return tuple(
        LineAmount(line.id, _claimable(line, quantity, "all") if quantity < line.left else line.held_minor)
        for line, quantity in _lines(order, dispute.pieces)
    )


def _lines(order: Order, pieces: Iterable[DisputedPieces]) -> list[tuple[Line, int]]:
    found = {line.id: line for line in order.lines}
    return [(found[line], quantity) for line, quantity in pieces]


# ── shares ───────────────────────────────────────────────────────────────────────────────────────


def over_lines(amount_minor: int, stakes: tuple[LineAmount, ...]) -> tuple[LineAmount, ...]:
    """An amount shared over lines by what is at stake on each; never more than that on any."""
    if len(stakes) == 1:
        return (LineAmount(stakes[0].line, amount_minor),)
    shares = apportion(amount_minor, [stake.amount_minor for stake in stakes])
    return tuple(LineAmount(stake.line, share) for stake, share in zip(stakes, shares, strict=True))


def over_payments(order: Order, amount_minor: int) -> tuple[PaymentAmount, ...]:
    """A refund shared over the order's payments by what is left of each; never more than was captured (M4)."""
    if len(order.payments) == 1:
        return (PaymentAmount(1, amount_minor),)
    shares = apportion(amount_minor, [payment.left_minor for payment in order.payments])
    return tuple(PaymentAmount(number, share) for number, share in enumerate(shares, 1) if share)


def allowed_solution(order: Order, wants: str) -> Wants:
    """The solution as a word of ours; `settlement_not_allowed` for an exchange the policy does not know."""
    try:
        solution = Wants(wants)
    except ValueError:
        raise Refused(
            RefusalCode.MALFORMED,
            why=told("“{word}” is no solution we know", word=wants),
            mend=told("Choose one of: {known}.", known=listed(Wants)),
        ) from None
    ends_in = order.policy.return_.ends_in
    if solution is Wants.RETURN_AND_EXCHANGE and "exchange" not in ends_in:
        raise Refused(RefusalCode.SETTLEMENT_NOT_ALLOWED, "exchange")
    if solution is Wants.RETURN_AND_REFUND and "refund" not in ends_in:
        raise Refused(RefusalCode.SETTLEMENT_NOT_ALLOWED, "no_refund")
    return solution
