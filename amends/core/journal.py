"""The journal: double-entry, one row a transfer, balanced by its shape.

A transfer takes an amount above zero from one account (debit) and gives it to another (credit), and carries both
accounts' version and balance before and after. So an order's books can be checked row by row without a sum, and a
gap or a doubled row shows. Chart of accounts (per order, in the order's currency):

| account          | what it holds                                            | may be below zero |
|------------------|----------------------------------------------------------|-------------------|
| `captured:N`     | payment N as the provider captured it (outside)          | yes               |
| `escrow`         | the buyer's money, held                                  | no                |
| `refunds:N`      | what goes back to payment N                              | no                |
| `chargebacks`    | what the cardholder's bank took back                     | no                |
| `seller`         | what was released to the seller and not paid out yet     | no                |
| `paid_out`       | what was paid out to the seller                          | no                |
| `receivable`     | what the seller owes: below zero while he does           | yes               |
| `platform`       | the platform's own money (outside)                       | yes               |
| `goodwill`       | the platform's money on its way to buyer or seller       | no                |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from . import events as e
from .order import Account, Order
from .vocabulary import FundedBy

ESCROW, SELLER, PAID_OUT, RECEIVABLE = "escrow", "seller", "paid_out", "receivable"
CHARGEBACKS, PLATFORM, GOODWILL = "chargebacks", "platform", "goodwill"


class Move(NamedTuple):
    """An amount above zero that goes from one account to another, and which rule says so."""

    debit: str
    credit: str
    amount_minor: int
    rule: str


class Transfer(NamedTuple):
    """A move as it is written down: with both accounts' versions and balances."""

    debit: str
    credit: str
    amount_minor: int
    currency: str
    rule: str
    debit_version: int
    debit_before: int
    debit_after: int
    credit_version: int
    credit_before: int
    credit_after: int


def may_be_negative(account: str) -> bool:
    """Accounts outside the books, and what the seller owes."""
    return account.startswith("captured:") or account in (RECEIVABLE, PLATFORM)


def moves(order: Order, event: e.Event) -> tuple[Move, ...]:
    """What the event moves, given the order before it; empty for everything that is not money."""
    entries = _MOVES.get(type(event))
    return tuple(move for move in entries(order, event) if move.amount_minor) if entries else ()


def transfers(order: Order, event: e.Event) -> tuple[Transfer, ...]:
    """The journal rows the event makes, given the order before it (for `OrderPlaced`, the order it makes)."""
    accounts = {} if isinstance(event, e.OrderPlaced) else dict(order.accounts)
    rows = []
    for move in moves(order, event):
        debit = accounts.get(move.debit, Account(0, 0))
        accounts[move.debit] = debited = Account(debit.version + 1, debit.balance_minor - move.amount_minor)
        credit = accounts.get(move.credit, Account(0, 0))
        accounts[move.credit] = credited = Account(credit.version + 1, credit.balance_minor + move.amount_minor)
        rows.append(
            Transfer(
                *move[:3],
                order.currency,
                move.rule,
                debited.version,
                debit.balance_minor,
                debited.balance_minor,
                credited.version,
                credit.balance_minor,
                credited.balance_minor,
            )
        )
    return tuple(rows)


def posted(order: Order, event: e.Event) -> Mapping[str, Account]:
    """The accounts after the event, given the order before it. The mapping is never changed in place."""
    if type(event) not in _MOVES:
        return order.accounts
    accounts = dict(order.accounts)
    for move in moves(order, event):
        _post(accounts, move.debit, -move.amount_minor)
        _post(accounts, move.credit, move.amount_minor)
    return accounts


def _post(accounts: dict[str, Account], name: str, amount_minor: int) -> None:
    before = accounts.get(name)
    version, balance = before or (0, 0)
    accounts[name] = Account(version + 1, balance + amount_minor)


# ── what each event moves ────────────────────────────────────────────────────────────────────────


def _placed(order: Order, event: e.OrderPlaced) -> Iterator[Move]:
    for number, payment in enumerate(event.payments, 1):
        yield Move(f"captured:{number}", ESCROW, payment.amount_minor, "place_order")


def _refunded(order: Order, event: e.RefundScheduled) -> Iterator[Move]:
    if event.funded_by is FundedBy.PLATFORM:
        yield Move(PLATFORM, GOODWILL, event.amount_minor, "refund from the platform")
        return
    for part in event.parts:
        yield Move(ESCROW, f"refunds:{part.payment}", part.amount_minor, "refund")


def _released(order: Order, event: e.FundsReleased) -> Iterator[Move]:
    """What the seller owes is settled first."""
    rule = "release" if event.dispute is None else "rest of a dispute"
    owed = order.owed_minor
    for part in event.lines:
        settled = min(part.amount_minor, owed)
        owed -= settled
        yield Move(ESCROW, RECEIVABLE, settled, f"{rule}, line {part.line}, against what the seller owes")
        yield Move(ESCROW, SELLER, part.amount_minor - settled, f"{rule}, line {part.line}")


def _paid_out(order: Order, event: e.PayoutSucceeded) -> Iterator[Move]:
    yield Move(SELLER, PAID_OUT, event.amount_minor - event.advanced_minor, "payout")
    yield Move(RECEIVABLE, PAID_OUT, event.advanced_minor, "payout of what had been taken back")


def _taken_back(order: Order, event: e.DisputeReopened) -> Iterator[Move]:
    total = sum(part.amount_minor for part in event.taken_back)
    yield Move(SELLER, ESCROW, total - event.advanced_minor, "reopened")
    yield Move(RECEIVABLE, ESCROW, event.advanced_minor, "reopened, advanced by the platform")


def _charged_back(order: Order, event: e.ChargebackClosed) -> Iterator[Move]:
    for part in event.lines:
        yield Move(ESCROW, CHARGEBACKS, part.amount_minor, f"chargeback, line {part.line}")
    seller = order.accounts.get(SELLER)
    at_hand = min(event.from_seller_minor, seller.balance_minor if seller else 0)
    yield Move(SELLER, CHARGEBACKS, at_hand, "chargeback, from what was released")
    yield Move(RECEIVABLE, CHARGEBACKS, event.from_seller_minor - at_hand, "chargeback, owed by the seller")
    yield Move(PLATFORM, GOODWILL, event.from_platform_minor, "chargeback on top of a refund")


def _compensated(order: Order, event: e.PlatformPaid) -> Iterator[Move]:
    yield Move(PLATFORM, GOODWILL, event.amount_minor, "compensation for the seller")


_MOVES: dict[type[e.Event], Callable[[Order, Any], Iterator[Move]]] = {
    e.OrderPlaced: _placed,
    e.RefundScheduled: _refunded,
    e.FundsReleased: _released,
    e.PayoutSucceeded: _paid_out,
    e.DisputeReopened: _taken_back,
    e.ChargebackClosed: _charged_back,
    e.PlatformPaid: _compensated,
}
