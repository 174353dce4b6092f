"""The books: every transfer balances and follows on, and they tell the same figures as the order itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.core import commands as c
from amends.core import events as e
from amends.core.journal import Move, Transfer, may_be_negative, moves, posted, transfers
from amends.core.laws import money_is_conserved
from amends.core.order import Order
from amends.core.values import PaymentAmount
from amends.core.vocabulary import Party, RefusalCode, TrackState
from tests.core import builders as b
from tests.core.builders import Life

CHART = {
    "captured": True, "escrow": False, "refunds": False, "chargebacks": False, "seller": False,
    "paid_out": False, "receivable": True, "platform": True, "goodwill": False,
}  # fmt: skip


def books(order: Order) -> dict[str, int]:
    return {name: account.balance_minor for name, account in order.accounts.items() if account.balance_minor}


def rows(life: Life) -> list[Transfer]:
    return [row for before, event in zip(life.before, life.history, strict=True) for row in transfers(before, event)]


def check_books(life: Life) -> None:
    """Every law of the journal, over a whole life."""
    ledger: dict[str, tuple[int, int]] = {}
    for row in rows(life):
        assert row.amount_minor > 0
        assert type(row.amount_minor) is int
        assert row.debit != row.credit
        assert row.currency == life.order.currency
        for account, version, before, after, change in (
            (row.debit, row.debit_version, row.debit_before, row.debit_after, -row.amount_minor),
            (row.credit, row.credit_version, row.credit_before, row.credit_after, row.amount_minor),
        ):
            assert account.partition(":")[0] in CHART
            assert (version - 1, before) == ledger.get(account, (0, 0)), f"{account} does not follow on"
            assert after == before + change
            assert after >= 0 or may_be_negative(account), f"{account} stands at {after}"
            ledger[account] = (version, after)
    assert {name: tuple(account) for name, account in life.order.accounts.items()} == ledger
    assert sum(balance for _, balance in ledger.values()) == 0
    check_figures(life.order)


def check_figures(order: Order) -> None:
    """Paid in = held + refunded + released, from the order's state and from its accounts."""
    get = {name: account.balance_minor for name, account in order.accounts.items()}
    assert order.paid_in_minor == order.held_minor + order.refunded_minor + order.released_minor
    assert min(order.held_minor, order.refunded_minor, order.released_minor) >= 0
    assert order.paid_in_minor == -sum(value for name, value in get.items() if name.startswith("captured:"))
    assert order.held_minor == get.get("escrow", 0)
    refunds = sum(value for name, value in get.items() if name.startswith("refunds:"))
    assert order.refunded_minor == refunds + get.get("chargebacks", 0)
    assert order.released_minor == get.get("seller", 0) + get.get("paid_out", 0) + get.get("receivable", 0)
    assert order.platform_paid_minor == get.get("goodwill", 0) == -get.get("platform", 0)


@pytest.mark.parametrize("scenario", b.SCENARIOS.values(), ids=b.SCENARIOS)
def test_the_books_hold_in_every_scenario(scenario: Any) -> None:
    check_books(scenario())


@pytest.mark.parametrize(("account", "negative"), CHART.items())
def test_only_what_is_owed_and_what_stands_outside_may_be_below_zero(account: str, negative: bool) -> None:
    name = f"{account}:1" if account in ("captured", "refunds") else account
    assert may_be_negative(name) is negative


# ── what each event moves ────────────────────────────────────────────────────────────────────────


def moved(life: Life, kind: type[e.Event]) -> list[tuple[object, ...]]:
    """The moves of the newest event of a kind."""
    at = max(at for at, event in enumerate(life.history) if isinstance(event, kind))
    return [tuple(move) for move in moves(life.before[at], life.history[at])]


def test_each_payment_comes_in_from_its_own_account() -> None:
    life = b.paid()
    assert moved(life, e.OrderPlaced) == [
        ("captured:1", "escrow", 8000, "place_order"),
        ("captured:2", "escrow", 2000, "place_order"),
    ]
    assert books(life.order) == {"captured:1": -8000, "captured:2": -2000, "escrow": 10000}


def test_a_refund_goes_back_to_the_payments_and_the_rest_to_the_seller() -> None:
    life = b.agreed()
    assert moved(life, e.RefundScheduled) == [
        ("escrow", "refunds:1", 800, "refund"),
        ("escrow", "refunds:2", 200, "refund"),
    ]
    assert moved(life, e.FundsReleased) == [("escrow", "seller", 4000, "rest of a dispute, line A")]
    assert books(life.waits(90).order) == {
        "captured:1": -8000, "captured:2": -2000, "refunds:1": 800, "refunds:2": 200, "seller": 9000,
    }  # fmt: skip
    assert moved(life, e.FundsReleased) == [("escrow", "seller", 5000, "release, line B")]


def test_a_cancelled_order_gives_everything_back() -> None:
    assert books(b.cancelled().order) == {
        "captured:1": -8000, "captured:2": -2000, "refunds:1": 8000, "refunds:2": 2000,
    }  # fmt: skip


def test_what_is_paid_out_leaves_the_sellers_balance_and_still_counts_as_released() -> None:
    life = b.agreed().does("payments", "payout_succeeded", amount="15.00")
    assert moved(life, e.PayoutSucceeded) == [("seller", "paid_out", 1500, "payout")]
    assert (books(life.order)["seller"], books(life.order)["paid_out"]) == (2500, 1500)
    assert life.order.released_minor == 4000
    assert life.order.paid_out_minor == 1500


def test_a_granted_appeal_takes_back_what_is_there_and_advances_what_was_paid_out() -> None:
    life = b.ruled().does("payments", "payout_succeeded", amount="10.00").at(32).does("buyer", "appeal")
    life.at(33).does("mediator", "grant_appeal", actor="max")
    assert moved(life, e.DisputeReopened) == [
        ("seller", "escrow", 2000, "reopened"),
        ("receivable", "escrow", 1000, "reopened, advanced by the platform"),
    ]
    assert (books(life.order)["receivable"], life.order.owed_minor) == (-1000, 1000)
    assert (life.order.held_minor, life.order.released_minor) == (8000, 0)
    life.at(34).does("mediator", "rule", actor="max", amount="40.00").waits(100)
    check_books(life)
    assert books(life.order) == {
        "captured:1": -8000, "captured:2": -2000, "refunds:1": 3200, "refunds:2": 800,
        "seller": 5000, "paid_out": 1000,
    }  # fmt: skip
    assert life.order.owed_minor == 0, "what he owed is settled from what is released to him next"


def test_a_payout_that_was_on_its_way_when_it_was_taken_back_is_owed() -> None:
    life = b.ruled().at(32).does("buyer", "appeal").at(33).does("mediator", "grant_appeal", actor="max")
    assert (life.order.held_minor, life.order.owed_minor, life.order.recalled_minor) == (8000, 0, 3000)
    life.at(34)
    assert life.tries("payments", "payout_succeeded", amount="30.01").code is RefusalCode.AMOUNT_ABOVE_PAID
    life.does("payments", "payout_succeeded", amount="30.00")
    assert moved(life, e.PayoutSucceeded) == [("receivable", "paid_out", 3000, "payout of what had been taken back")]
    assert (life.order.held_minor, life.order.owed_minor, life.order.recalled_minor) == (8000, 3000, 0)
    assert life.tries("payments", "payout_succeeded", amount="0.01").code is RefusalCode.AMOUNT_ABOVE_PAID
    check_books(life)
    assert not list(money_is_conserved(life.order))


def test_an_appeal_that_takes_nothing_back_moves_nothing() -> None:
    life = b.escalated().at(30).does("mediator", "rule", actor="mia", amount="50.00", wants="return_and_refund")
    life.at(31).does("buyer", "ship_return").at(37).does("carrier", "track_return", state=TrackState.DELIVERED)
    life.at(38).does("seller", "confirm_return").at(39).does("seller", "appeal")
    life.at(40).does("mediator", "grant_appeal", actor="max")
    assert moved(life, e.DisputeReopened) == []
    check_books(life)


def test_a_chargeback_takes_what_is_held_first_then_what_was_released_then_what_is_owed() -> None:
    life = b.agreed().at(62).waits(62).does("payments", "payout_succeeded", amount="80.00")
    life.at(63).does("payments", "chargeback_opened").at(64).does("payments", "chargeback_closed")
    assert moved(life, e.ChargebackClosed) == [
        ("seller", "chargebacks", 1000, "chargeback, from what was released"),
        ("receivable", "chargebacks", 8000, "chargeback, owed by the seller"),
        ("platform", "goodwill", 1000, "chargeback on top of a refund"),
    ]
    assert (life.order.refunded_minor, life.order.released_minor, life.order.owed_minor) == (10000, 0, 8000)
    assert life.order.platform_paid_minor == 1000, "a bank takes the whole, also what was refunded before"
    check_books(life)


def test_a_chargeback_of_held_money_leaves_line_by_line() -> None:
    life = b.charged_back().at(23).does("payments", "chargeback_closed")
    assert moved(life, e.ChargebackClosed) == [("escrow", "chargebacks", 5000, "chargeback, line A")]
    assert books(life.order)["escrow"] == 5000
    check_books(life)


def test_a_chargeback_the_seller_wins_moves_nothing() -> None:
    life = b.charged_back().at(23).does("payments", "chargeback_closed", won_by="seller")
    assert moved(life, e.ChargebackClosed) == []
    assert life.order.held_minor == 10000


def test_platform_money_stands_outside_the_sum() -> None:
    life = b.escalated().at(30).does("mediator", "rule", actor="mia", amount="20.00", funded_by="platform")
    assert moved(life, e.RefundScheduled) == [("platform", "goodwill", 2000, "refund from the platform")]
    assert (life.order.refunded_minor, life.order.released_minor, life.order.platform_paid_minor) == (0, 5000, 2000)
    check_books(life)


def test_a_seller_wronged_by_a_refund_is_paid_by_the_platform_not_by_the_buyer() -> None:
    life = b.appealed().at(33).does("mediator", "grant_appeal", actor="max")
    life.at(34).does("mediator", "rule", actor="max", amount="20.00", funded_by="platform")
    assert moved(life, e.PlatformPaid) == [("platform", "goodwill", 2000, "compensation for the seller")]
    assert (life.order.refunded_minor, life.order.platform_paid_minor) == (2000, 2000)
    check_books(life)


def test_what_is_not_money_moves_nothing_and_makes_no_row() -> None:
    life = b.escalated()
    quiet = [event for event in life.history if not isinstance(event, e.OrderPlaced)]
    for event in quiet:
        assert transfers(life.order, event) == ()
        assert posted(life.order, event) is life.order.accounts


def test_posting_never_changes_the_accounts_it_was_given() -> None:
    life = b.paid()
    before = dict(life.order.accounts)
    life.does("marketplace", "cancel_order")
    refund = life.last(e.RefundScheduled)
    at = life.history.index(refund)
    assert dict(life.before[at].accounts) == before
    after = posted(life.before[at], refund)
    assert after == life.order.accounts
    assert dict(life.before[at].accounts) == before


def test_two_moves_of_one_event_on_one_account_follow_each_other() -> None:
    """The second row of an event starts where its first one ended."""
    refund = transfers(b.paid().order, _refund_of(100, 200))
    assert [(row.debit_version, row.debit_before, row.debit_after) for row in refund] == [
        (3, 10000, 9900),
        (4, 9900, 9700),
    ]
    assert [(row.credit_version, row.credit_before, row.credit_after) for row in refund] == [(1, 0, 100), (1, 0, 200)]


def _refund_of(first: int, second: int) -> e.RefundScheduled:
    parts = (PaymentAmount(1, first), PaymentAmount(2, second))
    return e.RefundScheduled(at=b.MIDNIGHT, by=Party.CLOCK, amount_minor=first + second, lines=(), parts=parts)


def test_a_part_of_nothing_is_no_row() -> None:
    assert [move.credit for move in moves(b.paid().order, _refund_of(0, 5))] == ["refunds:2"]
    assert moves(b.paid().order, _refund_of(0, 5)) == (Move("escrow", "refunds:2", 5, "refund"),)


# ── whatever is done ─────────────────────────────────────────────────────────────────────────────

acts: Iterable[tuple[str, str, dict[str, Any]]] = [
    ("buyer", "open", {"amount": "45.00"}),
    ("buyer", "open", {"lines": (c.Pieces("B", 1),), "amount": "7.01"}),
    ("buyer", "open", {"wants": "return_and_refund", "amount": "0.01"}),
    ("seller", "offer", {"amount": "12.34"}),
    ("buyer", "accept", {}),
    ("seller", "accept", {}),
    ("buyer", "escalate", {}),
    ("mediator", "rule", {"amount": "33.33"}),
    ("mediator", "rule", {"amount": "20.00", "funded_by": "platform"}),
    ("mediator", "dismiss", {}),
    ("buyer", "ship_return", {}),
    ("seller", "confirm_return", {}),
    ("buyer", "appeal", {}),
    ("seller", "appeal", {}),
    ("mediator", "grant_appeal", {}),
    ("operator", "correct", {}),
    ("operator", "approve", {"actor": "otto"}),
    ("payments", "payout_succeeded", {"amount": "10.00"}),
    ("payments", "payout_succeeded", {"amount": "40.00"}),
    ("payments", "chargeback_opened", {"amount": "60.00"}),
    ("payments", "chargeback_closed", {}),
    ("payments", "chargeback_closed", {"won_by": "seller"}),
    ("payments", "chargeback_opened", {"reference": "cb-2"}),
    ("payments", "chargeback_closed", {"reference": "cb-2"}),
    ("buyer", "confirm_receipt", {}),
    ("marketplace", "cancel_order", {}),
    ("buyer", "withdraw", {}),
]


steps = st.lists(st.tuples(st.sampled_from(list(acts)), st.sampled_from([0, 0.1, 1, 6, 40])), max_size=12)
beginnings = st.sampled_from([b.shipped, b.offered, b.escalated, b.agreed, b.ruled, b.return_sent, b.appeal_granted])


@settings(max_examples=150)
@given(beginnings, steps)
def test_the_books_hold_whatever_is_done(
    begin: Callable[[], Life], then: list[tuple[tuple[str, str, dict[str, Any]], float]]
) -> None:
    life = begin()
    today: float = (life.now - b.MIDNIGHT).days
    for (by, verb, fields), later in then:
        today += later
        life.at(today).asks(by, verb, **fields)
        check_figures(life.order)
    check_books(life.waits(today + 300))
