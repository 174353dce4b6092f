"""What lies on a mediator's desk, in which queue, and until when."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amends.core import commands as c
from amends.core.desk import AtDesk, Queue, at_desk
from amends.core.order import Order, waiting_on
from amends.core.vocabulary import Party, RefundStatus, WaitingOn
from tests.core import builders as b
from tests.core.builders import Life, day


def reviewed(overrides: dict[str, object] | None = None) -> Life:
    """Guide E: Alice takes her claim of 30.00 to the mediator on day 21, who has 60 days."""
    life = Life("alx-e", overrides).at(1).does("seller", "ship").at(20).does("buyer", "open")
    return life.at(21).does("buyer", "escalate")


def only(life: Life) -> AtDesk:
    (found,) = at_desk(life.order)
    return found


def test_an_order_without_a_mediator_is_on_no_desk() -> None:
    life = Life("alx-e").at(1).does("seller", "ship").at(20).does("buyer", "open")
    assert at_desk(life.order) == ()


def test_a_case_is_new_until_the_mediator_asks_and_comes_back_with_what_he_asked_for() -> None:
    life = reviewed()
    assert only(life) == AtDesk(1, Queue.NEW, day(21), day(81), False, None, (), 3000)
    life.at(22).does("mediator", "request_evidence", of=(Party.BUYER,), text="secret")
    waiting = only(life)
    assert (waiting.queue, waiting.awaited) == (Queue.WAITING, (Party.BUYER,))
    assert waiting.due == day(81), "his own time goes on meanwhile"
    assert waiting.back is not None
    life.at(23).does("buyer", "add_evidence", kind="video")
    assert only(life).queue is Queue.EVIDENCE


def test_a_case_comes_back_when_the_time_for_evidence_is_over() -> None:
    life = reviewed().at(22).does("mediator", "request_evidence", of=(Party.SELLER,), text="secret")
    back = only(life).back
    assert back is not None
    assert only(life.waits((back - b.MIDNIGHT).days + 1)).queue is Queue.EVIDENCE


def test_a_case_comes_back_when_the_choices_differ() -> None:
    options = (c.Option(1, "refund", 1000), c.Option(2, "refund", 2000))
    life = reviewed().at(22).does("mediator", "propose", options=options)
    life.does("buyer", "choose", option=2).does("seller", "choose", option=1)
    assert only(life).queue is Queue.CHOICES


def test_a_mediator_who_was_silent_is_overdue_since_his_deadline() -> None:
    found = only(reviewed().waits(82))
    assert (found.queue, found.overdue, found.due) == (Queue.NEW, True, day(81))


def test_an_appeal_is_on_the_desk_until_it_is_decided() -> None:
    life = reviewed().at(22).does("mediator", "rule", amount="10.00").at(23).does("buyer", "appeal")
    assert (only(life).queue, only(life).stake_minor) == (Queue.APPEAL, 2000)
    life.does("mediator", "grant_appeal")
    assert only(life).queue is Queue.APPEAL
    life.does("mediator", "rule", amount="20.00")
    assert at_desk(life.order) == ()


def ruled() -> Life:
    return reviewed().at(22).does("mediator", "rule", amount="10.00")


def test_what_a_party_writes_after_the_end_is_on_the_desk_until_staff_answer() -> None:
    life = ruled().at(24).does("seller", "message", text="secret")
    assert only(life) == AtDesk(1, Queue.MESSAGE, day(24), None, False, None, (), 2000)
    life.at(25).does("buyer", "message", text="secret")
    assert only(life).since == day(24), "the other side's word is no answer, and the first has waited longest"
    life.at(26).does("mediator", "message", text="secret")
    assert at_desk(life.order) == ()
    life.at(27).does("mediator", "message", text="secret")
    assert at_desk(life.order) == (), "staff wait for nobody's answer"
    assert only(life.at(28).does("buyer", "message", text="secret")).since == day(28)


def test_talk_before_the_end_waits_for_nobody() -> None:
    life = reviewed().does("buyer", "message", text="secret").at(22).does("mediator", "rule", amount="10.00")
    assert at_desk(life.order) == ()


@pytest.mark.parametrize("verb", ["deny_appeal", "grant_appeal"])
def test_an_answer_to_an_appeal_answers_what_was_written_before_it(verb: str) -> None:
    life = ruled().at(23).does("buyer", "message", text="secret").does("buyer", "appeal")
    assert only(life).queue is Queue.APPEAL
    life.at(24).does("mediator", verb)
    assert life.order.disputes[0].unanswered_at is None


def test_a_ruling_above_the_limit_waits_for_a_second_person() -> None:
    life = reviewed({"approval.second_person_above": {"USD": "5.00"}})
    life.at(22).does("mediator", "rule", amount="10.00", actor="mia")
    assert (only(life).queue, only(life).stake_minor) == (Queue.APPROVAL, 1000)
    life.does("operator", "approve", actor="olga")
    assert at_desk(life.order) == ()


def test_a_refund_that_failed_is_on_the_desk_until_it_has_arrived() -> None:
    life = reviewed().at(22).does("mediator", "rule", amount="10.00")
    life.at(23).does("payments", "refund_failed", text="secret", dispute=1)
    assert (only(life).queue, only(life).stake_minor) == (Queue.REFUND_FAILED, 1000)
    life.does("payments", "refund_succeeded", dispute=1)
    assert at_desk(life.order) == ()


@pytest.mark.parametrize("scenario", b.SCENARIOS.values(), ids=b.SCENARIOS)
def test_whatever_waits_for_a_mediator_is_on_the_desk(scenario: Callable[[], Life]) -> None:
    order = scenario().order
    found = {one.dispute for one in at_desk(order)}
    assert awaited(order) <= found
    assert found <= awaited(order) | touched(order) | {None}


def awaited(order: Order) -> set[int | None]:
    return {dispute.number for dispute in order.disputes if waiting_on(dispute) is WaitingOn.MEDIATOR}


def touched(order: Order) -> set[int | None]:
    """Those a mediator has to do with in another way."""
    return {
        dispute.number
        for dispute in order.disputes
        if dispute.status.value in ("awaiting_evidence", "awaiting_choice")
        or dispute.waiting
        or any(appeal.granted is None for appeal in dispute.appeals)
        or any(refund.alarmed or refund.status is RefundStatus.FAILED for refund in dispute.refunds)
    }
