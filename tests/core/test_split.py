"""The split shown to whoever decides is the split that then happens, to the minor unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amends.core.draft import Accepted
from amends.core.order import Order
from amends.core.rights import rights
from amends.core.split import split
from amends.core.vocabulary import FundedBy, Party, Verb, Wants
from tests.core import builders as b
from tests.core.builders import Life


def ruled(life: Life, minor: int, funded_by: FundedBy) -> tuple[Order, Order] | None:
    """The order before and after ruling so; None where the core refuses it."""
    before = life.order
    step = life.asks("mediator", "rule", wants="refund", amount=minor, funded_by=funded_by.value, dispute=number(life))
    return (before, life.order) if isinstance(step.answer, Accepted) and not life.dispute.waiting else None


def number(life: Life) -> int:
    return life.dispute.number


@pytest.mark.parametrize("funded_by", FundedBy)
@pytest.mark.parametrize("minor", [0, 1, 777, 3000])
@pytest.mark.parametrize("scenario", b.SCENARIOS.values(), ids=b.SCENARIOS)
def test_what_is_shown_is_what_happens(scenario: Callable[[], Life], minor: int, funded_by: FundedBy) -> None:
    life = scenario()
    if not life.order.disputes or Verb.RULE not in rights(life.order, life.dispute, Party.MEDIATOR, life.now).can:
        return
    if minor < life.dispute.given_back_minor:
        return
    shown = split(life.order, life.dispute, Wants.REFUND, minor, funded_by=funded_by, at=life.now)
    done = ruled(life, minor, funded_by)
    if done is None:
        return
    before, after = done
    was, then = before.disputes[number(life) - 1], after.disputes[number(life) - 1]
    assert shown.to_buyer_minor == then.given_back_minor - was.given_back_minor
    assert shown.before_minor == was.given_back_minor
    released = sum(part.amount_minor for part in then.released)
    assert shown.to_seller_minor == released + then.compensated_minor - was.compensated_minor
    assert not shown.goods_first


def test_a_return_moves_money_only_once_the_goods_are_back() -> None:
    life = Life("alx-e").at(1).does("seller", "ship").at(20).does("buyer", "open").at(21).does("buyer", "escalate")
    shown = split(life.order, life.dispute, Wants.RETURN_AND_REFUND, 3000, funded_by=FundedBy.ESCROW, at=life.now)
    assert shown.goods_first
    assert shown.to_buyer_minor == 3000
    assert shown.to_buyer_minor + shown.to_seller_minor == shown.most_minor


def test_the_platforms_money_leaves_the_seller_all_of_his() -> None:
    life = Life("alx-e").at(1).does("seller", "ship").at(20).does("buyer", "open").at(21).does("buyer", "escalate")
    shown = split(life.order, life.dispute, Wants.REFUND, 1000, funded_by=FundedBy.PLATFORM, at=life.now)
    assert (shown.to_buyer_minor, shown.by_platform_minor, shown.to_seller_minor) == (1000, 1000, shown.most_minor)
