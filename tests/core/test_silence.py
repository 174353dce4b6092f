"""What silence is said to bring is what it then brings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from amends.core.deadlines import Deadline, running
from amends.core.decide import catch_up
from amends.core.draft import Draft
from amends.core.order import Order
from amends.core.rules.lapsing import lapse
from amends.core.silence import SENTENCES, Consequence, consequence
from amends.core.vocabulary import DeadlineName, Outcome
from tests.core import builders as b
from tests.core.builders import Life

N = DeadlineName
LATER = timedelta(microseconds=1)


def of(life: Life, name: DeadlineName) -> Consequence:
    return consequence(life.order, next(one for one in running(life.order) if one.name is name))


def claimed(wants: str) -> Life:
    """Guide D, where a silent seller grants the claim: Alice asks for 30.00 on day 15."""
    return Life("alx-d").at(1).does("seller", "ship").at(15).does("buyer", "open", wants=wants)


@pytest.mark.parametrize("scenario", b.SCENARIOS.values(), ids=b.SCENARIOS)
def test_the_next_silence_brings_what_was_said(scenario: Callable[[], Life]) -> None:
    """Told beforehand, and then let happen by the clock itself."""
    order = scenario().order
    for deadline in running(order)[:1]:
        told = consequence(order, deadline)
        after, _ = catch_up(order, deadline.at + LATER)
        if alone(order, deadline, after):
            assert told.to_seller_minor == after.released_minor - order.released_minor
            dispute, before = after.dispute(deadline.dispute), order.dispute(deadline.dispute)
            ended = dispute is not None and before is not None and before.open and not dispute.open
            assert told.outcome == (dispute.outcome if ended and dispute else None)
            if told.amount_minor is not None:
                given = after.refunded_minor + after.platform_paid_minor
                assert told.amount_minor == given - order.refunded_minor - order.platform_paid_minor
        assert told.action == deadline.if_silent
        assert told.sentence
        assert "{" not in told.sentence


def alone(order: Order, deadline: Deadline, after: Order) -> bool:
    """Whether nothing but this deadline lapsed."""
    draft = Draft(order, deadline.at)
    lapse(draft, deadline)
    return draft.order.version == after.version


def test_every_deadline_of_every_scenario_has_its_consequence_and_none_changes_the_order() -> None:
    told = set()
    for scenario in b.SCENARIOS.values():
        order = scenario().order
        version = order.version
        for deadline in running(order):
            found = consequence(order, deadline)
            told.add(found.sentence.split(" ")[0])
            assert found.outcome is None or found.amount_minor is not None
            assert (found.amount_minor or 0) >= 0
            assert found.to_seller_minor >= 0
        assert order.version == version
    assert len(told) >= 4, told


def test_a_silent_seller_loses_the_claim() -> None:
    found = of(claimed("refund"), N.SELLER_RESPONSE)
    assert (found.action, found.outcome, found.amount_minor) == ("grant", Outcome.GRANTED_BY_SILENCE, 3000)
    assert found.sentence.startswith("The dispute ends: 30.00 USD goes back to the buyer and")


def test_a_window_that_ends_calls_the_mediator_and_promises_nothing() -> None:
    found = of(b.offered(), N.NEGOTIATION)
    assert (found.action, found.outcome, found.amount_minor) == ("escalate", None, None)
    assert found.sentence == SENTENCES["mediated"]


def test_an_order_nobody_sends_is_paid_back() -> None:
    found = of(b.paid(), N.DISPATCH)
    assert (found.action, found.outcome, found.amount_minor) == ("cancel", None, 10000)
    assert found.sentence == "The order is cancelled and 100.00 USD goes back to the buyer."


def test_protection_that_ends_pays_the_seller() -> None:
    order = b.shipped().order
    found = next(consequence(order, one) for one in running(order) if one.lines)
    assert (found.outcome, found.amount_minor, found.to_seller_minor) == (None, 0, 10000)
    assert found.sentence == "100.00 USD goes to the seller."


def test_a_return_nobody_sends_gives_the_money_to_the_seller() -> None:
    found = of(b.return_agreed(), N.RETURN_SHIPMENT)
    assert (found.outcome, found.amount_minor) == (Outcome.RETURN_NOT_SENT, 0)
    assert found.to_seller_minor > 0


def test_a_claim_for_a_return_is_settled_first_and_paid_later() -> None:
    found = of(claimed("return_and_refund"), N.SELLER_RESPONSE)
    assert (found.action, found.outcome, found.amount_minor) == ("grant", None, None)
    assert found.sentence == SENTENCES["goods_go_back"].format(settled="30.00 USD")


def test_a_mediator_who_decides_late_is_only_reported() -> None:
    found = of(b.escalated(), N.REVIEW)
    assert (found.action, found.outcome, found.sentence) == ("alert", None, SENTENCES["alert"])


def test_the_time_to_appeal_makes_the_result_final() -> None:
    found = of(b.ruled(), N.APPEAL)
    assert (found.outcome, found.amount_minor, found.sentence) == (None, None, SENTENCES["final"])
