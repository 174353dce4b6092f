"""What may be asked and given for a line, and how it is shared out, to the last minor unit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core import commands as c
from amends.core.order import Order, replace
from amends.core.refusals import Refused
from amends.core.rules.amounts import (
    allowed_solution,
    at_stake,
    claimable,
    not_negative,
    over_lines,
    over_payments,
    payable,
    positive,
    read_amount,
    read_minor,
    say,
)
from amends.core.values import DisputedPieces, LineAmount
from amends.core.vocabulary import Reason, RefusalCode, Wants
from tests.core import builders as b
from tests.core.builders import Life

R = RefusalCode
ORDER = b.paid().order


def refused(code: RefusalCode, words: str = "") -> Any:
    class Raised:
        def __enter__(self) -> None:
            self.raises = pytest.raises(Refused)
            self.info = self.raises.__enter__()

        def __exit__(self, *error: Any) -> bool:
            done = bool(self.raises.__exit__(*error))
            assert self.info.value.code is code
            assert words in str(self.info.value)
            return done

    return Raised()


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("45.00", "", 4500), ("45.5", "", 4550), ("45", "USD", 4500), ("00000000000000045.00", "", 4500),
     (4500, "", 4500), (0, "USD", 0), ("45.00 USD", "", 4500), (" 45.00 USD ", "", 4500), (-5, "", -5),
     ("-0.05", "", -5)],
)  # fmt: skip
def test_an_amount_is_read_in_the_orders_currency(amount: c.Amount, currency: str, minor: int) -> None:
    assert read_amount(ORDER, amount, currency) == minor


@pytest.mark.parametrize("amount", ["", "45,00", "1e2", "4.500", "45.00  ", "USD 45.00", "NaN", "45.00 US D"])
def test_what_is_no_amount_is_refused_with_an_example(amount: str) -> None:
    with refused(R.AMOUNT_MALFORMED, "like 12.50"):
        read_amount(ORDER, amount)


@pytest.mark.parametrize(("amount", "currency"), [("45.00 EUR", ""), ("45.00", "EUR"), (4500, "EUR")])
def test_another_currency_is_refused_whichever_way_it_is_said(amount: c.Amount, currency: str) -> None:
    with refused(R.CURRENCY_MISMATCH, "in USD, but the amount is in EUR"):
        read_amount(ORDER, amount, currency)


def test_a_currency_has_as_many_decimals_as_it_has() -> None:
    assert read_minor("JPY", "1000") == 1000
    assert read_minor("KWD", "1.005") == 1005
    with refused(R.AMOUNT_MALFORMED, "like 1250"):
        read_minor("JPY", "10.00")


@pytest.mark.parametrize("limit", [positive, not_negative])
def test_the_most_is_still_taken_and_one_more_is_not(limit: Any) -> None:
    assert limit(ORDER, 5000, 5000) == 5000
    assert limit(ORDER, 1, 5000) == 1
    with refused(R.AMOUNT_ABOVE_PAID, "50.01 USD is more than the 50.00 USD"):
        limit(ORDER, 5001, 5000)


def test_a_claim_is_above_zero_and_an_offer_may_be_zero() -> None:
    with refused(R.AMOUNT_NOT_POSITIVE, "between 0.01 USD and 50.00 USD"):
        positive(ORDER, 0, 5000)
    with refused(R.AMOUNT_NOT_POSITIVE, "above zero"):
        positive(ORDER, -1, 5000)
    assert not_negative(ORDER, 0, 5000) == 0
    with refused(R.AMOUNT_NOT_POSITIVE, "below zero"):
        not_negative(ORDER, -1, 5000)
    assert say(ORDER, 5) == "0.05 USD"


def test_a_solution_is_a_word_of_ours_that_the_policy_knows() -> None:
    assert allowed_solution(ORDER, "refund") is Wants.REFUND
    assert allowed_solution(ORDER, "return_and_exchange") is Wants.RETURN_AND_EXCHANGE
    with refused(R.MALFORMED, "a pony"):
        allowed_solution(ORDER, "a pony")
    with refused(R.SETTLEMENT_NOT_ALLOWED, "exchange"):
        allowed_solution(Life("alx-a").order, "return_and_exchange")


# ── caps ─────────────────────────────────────────────────────────────────────────────────────────


def cups(treated: str, **order: Any) -> Order:
    """Line A is one lamp for 45.00, line B three cups for 45.00; 10.00 of delivery is shared half and half."""
    words = dict.fromkeys(("not_received", "received_problem", "delivery_method_mismatch"), treated)
    return Life("alx-e", {"refund.shipping": words}, **order).order


@pytest.mark.parametrize(
    ("shipping", "lamp", "cup", "two_cups", "all_cups"),
    [("none", 4500, 1500, 3000, 4500), ("pro_rata", 5000, 1666, 3333, 5000), ("all", 5000, 2000, 3500, 5000)],
)
def test_what_may_be_claimed_depends_on_how_delivery_is_treated(
    shipping: str, lamp: int, cup: int, two_cups: int, all_cups: int
) -> None:
    order = cups(shipping)

    def most(line: str, quantity: int) -> int:
        return claimable(order, [DisputedPieces(line, quantity)], Reason.DEFECTIVE)

    assert (most("A", 1), most("B", 1), most("B", 2), most("B", 3)) == (lamp, cup, two_cups, all_cups)
    both = claimable(order, [DisputedPieces("A", 1), DisputedPieces("B", 1)], Reason.DEFECTIVE)
    assert both == lamp + cup


def test_pieces_that_do_not_divide_are_floored() -> None:
    order = cups("none", lines=(c.OrderedLine("A", "Pens", "10.00", 1), c.OrderedLine("B", "Cap", "0.01", 7)),
                 discount="0.03", shipping=0, payments=())  # fmt: skip
    assert [line.goods_minor for line in order.lines] == [997, 7]
    assert claimable(order, [DisputedPieces("B", 3)], Reason.DEFECTIVE) == 3
    odd = cups("all", lines=(c.OrderedLine("A", "Pens", "10.00", 3),), discount="0.02", shipping="1.00", payments=())
    assert claimable(odd, [DisputedPieces("A", 1)], Reason.DEFECTIVE) == 999 + 100


def test_no_more_than_is_held_can_be_claimed() -> None:
    order = cups("all")
    lamp = order.lines[0]._replace(held_minor=123)
    assert claimable(replace(order, lines=(lamp, order.lines[1])), [DisputedPieces("A", 1)], Reason.DEFECTIVE) == 123


def test_at_stake_is_all_that_is_held_for_the_last_pieces_and_their_goods_with_the_delivery_before() -> None:
    life = b.opened(lines=(c.Pieces("B", 1),), amount="15.00")
    assert at_stake(life.order, life.dispute) == (LineAmount("B", 2000),)
    assert payable(life.order, life.dispute) == 2000
    whole = b.opened(lines=(c.Pieces("B"), c.Pieces("A")), amount="80.00")
    assert at_stake(whole.order, whole.dispute) == (LineAmount("B", 5000), LineAmount("A", 5000))
    assert payable(whole.order, whole.dispute) == 10000


def test_after_one_cup_is_settled_what_is_left_is_at_stake_for_the_other_two() -> None:
    life = b.opened(lines=(c.Pieces("B", 1),), amount="15.00").does("seller", "accept")
    assert (life.order.refunded_minor, life.order.released_minor) == (1500, 166), "a third of the delivery, floored"
    life.at(21).does("buyer", "open", lines=(c.Pieces("B"),), amount="30.00")
    assert life.dispute.pieces == (DisputedPieces("B", 2),)
    assert at_stake(life.order, life.dispute) == (LineAmount("B", 5000 - 1500 - 166),)


def test_after_a_granted_appeal_the_stake_is_what_was_taken_back_and_a_ruling_states_the_total() -> None:
    life = b.appeal_granted()
    assert at_stake(life.order, life.dispute) == (LineAmount("A", 3000),)
    assert payable(life.order, life.dispute) == 3000 + 2000
    lines = tuple(line._replace(held_minor=min(line.held_minor, 10)) for line in life.order.lines)
    assert at_stake(replace(life.order, lines=lines), life.dispute) == (LineAmount("A", 10),), "no more than is held"


# ── shares ───────────────────────────────────────────────────────────────────────────────────────

stakes = st.lists(st.integers(0, 10_000), min_size=1, max_size=5).map(
    lambda amounts: tuple(LineAmount("ABCDE"[at], amount) for at, amount in enumerate(amounts))
)


@given(stakes, st.data())
def test_an_amount_is_shared_over_lines_exactly_and_never_above_a_stake(
    given_stakes: tuple[LineAmount, ...], data: st.DataObject
) -> None:
    amount = data.draw(st.integers(0, sum(stake.amount_minor for stake in given_stakes)))
    shares = over_lines(amount, given_stakes)
    assert [share.line for share in shares] == [stake.line for stake in given_stakes]
    assert sum(share.amount_minor for share in shares) == amount
    assert all(0 <= share.amount_minor <= stake.amount_minor for share, stake in zip(shares, given_stakes, strict=True))


def paid_with(captured: list[int], refunded: list[int]) -> Order:
    payments = tuple(
        ORDER.payments[0]._replace(captured_minor=amount, refunded_minor=back)
        for amount, back in zip(captured, refunded, strict=True)
    )
    return replace(ORDER, payments=payments)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=4), st.data())
def test_a_refund_is_shared_over_payments_exactly_and_never_above_what_is_left_of_one(
    captured: list[int], data: st.DataObject
) -> None:
    refunded = [data.draw(st.integers(0, amount)) for amount in captured]
    left = [amount - back for amount, back in zip(captured, refunded, strict=True)]
    amount = data.draw(st.integers(0, sum(left)))
    parts = over_payments(paid_with(captured, refunded), amount)
    assert sum(part.amount_minor for part in parts) == amount
    assert all(part.amount_minor <= left[part.payment - 1] for part in parts)
    assert [part.payment for part in parts] == sorted({part.payment for part in parts})
    assert len(captured) == 1 or all(part.amount_minor for part in parts)


def test_a_single_payment_gets_all_of_it_and_several_their_share_with_ties_to_the_first() -> None:
    assert over_payments(paid_with([100], [0]), 7) == ((1, 7),)
    assert over_payments(paid_with([100, 100], [0, 0]), 7) == ((1, 4), (2, 3))
    assert over_payments(paid_with([100, 100], [100, 0]), 7) == ((2, 7),)
    assert over_lines(7, (LineAmount("A", 100), LineAmount("B", 100))) == (LineAmount("A", 4), LineAmount("B", 3))
    assert over_lines(7, (LineAmount("A", 3),)) == (LineAmount("A", 7),), "one line bears what the caller has capped"
