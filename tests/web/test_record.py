"""A seller's record: what counts, what does not and why, and who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amends.core.vocabulary import CountsAgainst, Fault, Outcome, Party, Reason
from amends.orders import queries
from amends.orders.reckoning import (
    Ended,
    Excluded,
    Fact,
    Share,
    effect_of,
    ended,
    excluded,
    of_dispute,
    record,
)
from amends.orders.records import RECENT, records

from .people import Market

CLAIM: dict[str, Any] = {
    "lines": ["L1"],
    "received": True,
    "reason": "low_quality",
    "wants": "refund",
    "amount": "45.00",
    "text": "The lid does not close.",
}
NOBODY: dict[str, Any] = {"fault": "nobody", "funded_by": "escrow", "counts_against": "nobody"}


def opened(market: Market, *orders: str, **changed: Any) -> None:
    """Alice has kettles with bad lids, and says so twelve days after she paid for them."""
    for order in orders or ("O-1",):
        market.order(order)
    market.day(12)
    for order in orders or ("O-1",):
        market.done(Party.BUYER, "open", order, **{**CLAIM, **changed})


# ── the figures alone ────────────────────────────────────────────────────────────────────────────

facts = st.builds(
    Fact,
    order=st.sampled_from(["A", "B", "C", "D"]),
    number=st.integers(1, 3),
    reasons=st.frozensets(st.sampled_from(Reason), min_size=1, max_size=3),
    outcome=st.none() | st.sampled_from(Outcome),
    amount_minor=st.integers(0, 5000),
    against=st.none() | st.sampled_from(CountsAgainst),
    fault=st.none() | st.sampled_from(Fault),
)


@given(st.lists(facts, max_size=20), st.integers(0, 50))
def test_every_dispute_is_told_once_and_the_rate_is_a_share(found: list[Fact], orders: int) -> None:
    made = record(orders, found)
    assert sum(made.ended.values()) == made.disputes == len(found)
    assert made.counted + sum(made.excluded.values()) == made.disputes
    assert made.ended.get(Ended.OPEN, 0) == made.excluded.get(Excluded.OPEN, 0)
    assert 0 <= made.share.counted <= made.share.orders
    rate = made.share.per_ten_thousand
    assert rate is None if not made.orders else rate is not None and 0 <= rate <= 10_000
    assert record(orders, reversed(found)) == made


@given(st.lists(facts, max_size=20), st.integers(0, 50), st.lists(st.sampled_from(["A", "B", "X", "Y"])))
def test_acting_never_makes_a_rate_better_and_is_what_the_record_then_says(
    found: list[Fact], orders: int, acting: list[str]
) -> None:
    made = record(orders, found)
    effect = effect_of(made, acting)
    assert effect.before == made.share
    assert effect.after.counted >= effect.before.counted
    lost = [Fact(order, 9, frozenset({Reason.DEFECTIVE}), Outcome.ACCEPTED_BY_SELLER, 100) for order in acting]
    # The orders are among those counted already: a dispute makes no order.
    assert effect.after.counted == record(orders, [*found, *lost]).share.counted


@given(facts)
def test_what_does_not_count_changes_no_rate(fact: Fact) -> None:
    with_it = record(10, [fact])
    assert (with_it.share == Share(0, 10)) is (excluded(fact) is not None)


def test_a_rate_is_rounded_to_the_nearest_hundredth_of_a_percent() -> None:
    assert Share(1, 3).per_ten_thousand == 3333
    assert Share(2, 3).per_ten_thousand == 6667
    assert Share(1, 32).per_ten_thousand == 313
    assert Share(0, 0).per_ten_thousand is None


def fact(outcome: Outcome | None, **changed: Any) -> Fact:
    return Fact("A", 1, frozenset({Reason.DEFECTIVE}), outcome, 1000)._replace(**changed)


def test_what_counts_and_what_does_not() -> None:
    counts = [Outcome.ACCEPTED_BY_SELLER, Outcome.GRANTED_BY_SILENCE, Outcome.AGREED]
    assert [excluded(fact(outcome)) for outcome in counts] == [None, None, None]
    assert excluded(fact(Outcome.RULED, against=CountsAgainst.SELLER)) is None
    assert excluded(fact(Outcome.RULED, against=CountsAgainst.BUYER)) is Excluded.VERDICT
    assert excluded(fact(Outcome.RULED, against=CountsAgainst.NOBODY, fault=Fault.CARRIER)) is Excluded.CARRIER
    assert excluded(fact(Outcome.DISMISSED)) is Excluded.DISMISSED
    assert excluded(fact(Outcome.WITHDRAWN_FINAL)) is Excluded.WITHDRAWN
    assert excluded(fact(Outcome.REFUNDED_ELSEWHERE)) is Excluded.BANK
    assert excluded(fact(Outcome.RETURN_NOT_SENT)) is Excluded.NOT_RETURNED
    assert excluded(fact(Outcome.AGREED, amount_minor=0)) is Excluded.NOTHING
    assert excluded(fact(None)) is Excluded.OPEN


def test_a_reason_changed_to_a_personal_one_keeps_no_record_clean() -> None:
    from_the_first_day = frozenset({Reason.NOT_NEEDED})
    swapped = frozenset({Reason.NOT_NEEDED, Reason.DEFECTIVE})
    assert excluded(fact(Outcome.ACCEPTED_BY_SELLER, reasons=from_the_first_day)) is Excluded.PERSONAL
    assert excluded(fact(Outcome.ACCEPTED_BY_SELLER, reasons=swapped)) is None


# ── from orders ──────────────────────────────────────────────────────────────────────────────────


def test_the_record_read_from_rows_is_the_one_folded_from_whole_orders(market: Market) -> None:
    market.order("O-5")
    market.order("O-6", shipped=False)
    market.done(Party.SELLER, "cancel_order", "O-6")
    opened(market, "O-1", "O-2", "O-3", "O-4")
    market.done(Party.SELLER, "accept", "O-1", dispute=1)
    market.done(Party.BUYER, "withdraw", "O-2", dispute=1)
    market.done(Party.SELLER, "reject", "O-3", dispute=1)
    market.done(Party.BUYER, "escalate", "O-3", dispute=1)
    ruling = {**NOBODY, "wants": "refund", "amount": "10.00", "text": "The carrier broke it.", "fault": "carrier"}
    market.done(Party.MEDIATOR, "rule", "O-3", dispute=1, **ruling)
    market.done(Party.BUYER, "revise", "O-4", dispute=1, reason="defective")
    found = records(market.marketplace, "bob", now=market.now)
    folded = []
    for order in ("O-1", "O-2", "O-3", "O-4"):
        whole = queries.order(market.marketplace, order, now=market.now)
        assert whole is not None
        folded += [of_dispute(whole.order, dispute) for dispute in whole.order.disputes]
    assert set(found.facts) == set(folded)
    assert (found.recent.orders, found.recent.disputes, found.recent.counted) == (5, 4, 1)
    assert dict(found.recent.excluded) == {Excluded.WITHDRAWN: 1, Excluded.CARRIER: 1, Excluded.OPEN: 1}
    assert [ended(one) for one in folded] == [Ended.ACCEPTED, Ended.WITHDRAWN, Ended.RULED_FOR_BUYER, Ended.OPEN]


def test_a_dispute_belongs_to_the_time_of_its_order(market: Market) -> None:
    opened(market)
    market.done(Party.SELLER, "accept", dispute=1)
    market.day(RECENT / timedelta(days=1) + 1)
    found = records(market.marketplace, "bob", now=market.now)
    assert (found.recent.orders, found.recent.disputes) == (0, 0)
    assert (found.all.orders, found.all.counted) == (1, 1)


def test_of_a_seller_with_more_disputes_than_are_read_the_record_says_so(market: Market) -> None:
    for days, order in enumerate(("O-1", "O-2", "O-3")):
        market.day(days)
        market.order(order)
    market.day(14)
    for order in ("O-1", "O-2", "O-3"):
        market.done(Party.BUYER, "open", order, **CLAIM)
    found = records(market.marketplace, "bob", now=market.now, most=2)
    assert (found.all.whole, found.all.orders, found.all.disputes) == (False, 2, 2)
    assert not found.recent.whole


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_alice_sees_bobs_record_before_she_buys_and_no_name_but_his(market: Market) -> None:
    opened(market)
    market.done(Party.SELLER, "accept", dispute=1)
    page = market.seat("buyer", "zoe").get("sellers/bob/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "1 of 1 order (100.0%)" in text
    assert "The seller accepted the claim" in text
    assert "alice" not in text
    assert "O-1" not in text


def test_bob_sees_which_of_his_disputes_make_it(market: Market) -> None:
    opened(market)
    market.done(Party.BUYER, "withdraw", dispute=1)
    text = market.seat("seller").get("record/").content.decode()
    assert "0 of 1 order (0.0%)" in text
    assert "O-1" in text
    assert "The buyer withdrew it" in text


def test_of_a_seller_nobody_knows_the_page_says_nothing_good_and_nothing_bad(market: Market) -> None:
    page = market.seat("buyer").get("sellers/%3Cb%3Enobody/")
    assert page.status_code == 200
    assert "No orders of this seller are known here" in page.content.decode()
    assert "<b>nobody" not in page.content.decode()


def test_only_a_seller_has_a_record_of_his_own_and_strangers_see_none(market: Market) -> None:
    assert market.seat("buyer").get("record/").status_code == 404
    bob = market.seat("seller")
    bob.client.cookies.clear()
    assert bob.get("record/").status_code == 404
    assert bob.get("sellers/bob/").status_code == 404
