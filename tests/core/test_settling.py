"""How a dispute ends: what goes back, what goes on its way, when it is due, and who is said to have done it.

The stories tell the outcomes; this holds the last minor unit and the small print of the events.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta

import pytest

from amends.core import commands as c
from amends.core import events as e
from amends.core.deadlines import protection_ends
from amends.core.rules.amounts import at_stake
from amends.core.values import LineAmount
from amends.core.vocabulary import FundedBy, Outcome, Party, Wants
from tests.core import builders as b
from tests.core.builders import Life, day

CUP = (c.Pieces("B", 1),)
"""One of three cups: 15.00, with 1.66 of the delivery."""


def closing(life: Life) -> list[e.Event]:
    """The events of the life's last instant."""
    return [event for event in life.history if event.at == life.history[-1].at]


# ── who, when, which ─────────────────────────────────────────────────────────────────────────────


def accepted() -> Life:
    return b.opened().at(21).does("seller", "accept")


def fallen_silent() -> Life:
    return Life("alx-a").at(1).does("seller", "ship").at(20).does("buyer", "open").waits(26)


def platform_pays() -> Life:
    return b.escalated().at(30).does("mediator", "rule", amount="20.00", funded_by="platform")


ENDS = [
    (b.agreed, Party.BUYER, Outcome.AGREED),
    (b.ruled, Party.MEDIATOR, Outcome.RULED),
    (accepted, Party.SELLER, Outcome.ACCEPTED_BY_SELLER),
    (fallen_silent, Party.CLOCK, Outcome.GRANTED_BY_SILENCE),
    (platform_pays, Party.MEDIATOR, Outcome.RULED),
]


@pytest.mark.parametrize(("end", "by", "outcome"), ENDS, ids=[row[0].__name__ for row in ENDS])
def test_every_event_of_an_ending_has_its_instant_its_party_and_its_dispute(
    end: Callable[[], Life], by: Party, outcome: Outcome
) -> None:
    life = end()
    events = closing(life)
    kinds = [type(event) for event in events]
    assert kinds[-4:] == [e.DisputeSettled, e.RefundScheduled, e.FundsReleased, e.DisputeClosed]
    assert {event.by for event in events} == {by}
    settled, refund, released, closed = events[-4:]
    assert isinstance(settled, e.DisputeSettled)
    assert isinstance(refund, e.RefundScheduled)
    assert isinstance(released, e.FundsReleased)
    assert isinstance(closed, e.DisputeClosed)
    assert (settled.dispute, refund.dispute, released.dispute, closed.dispute) == (1, 1, 1, 1)
    assert (settled.outcome, settled.wants, closed.outcome) == (outcome, Wants.REFUND, outcome)
    assert settled.amount_minor == refund.amount_minor
    assert sum(part.amount_minor for part in released.lines) + life.order.refunded_minor == 5000
    assert (settled.flags, refund.actor) == (frozenset(), "")


def test_money_of_the_platforms_own_leaves_no_line_and_no_payment() -> None:
    refund = b.escalated().at(30).does("mediator", "rule", funded_by="platform", amount="20.00").last(e.RefundScheduled)
    assert (refund.funded_by, refund.lines, refund.parts, refund.to) == (
        FundedBy.PLATFORM,
        (),
        (),
        "card-4242 + voucher",
    )


def test_a_dismissed_dispute_pays_nothing_back_and_schedules_nothing() -> None:
    life = b.escalated().at(30).does("mediator", "dismiss")
    assert [type(event) for event in closing(life)] == [e.DisputeDismissed, e.FundsReleased, e.DisputeClosed]
    assert (life.order.refunded_minor, life.order.released_minor) == (0, 5000)


def test_a_single_cent_is_paid_back() -> None:
    life = b.opened(amount="0.01").at(21).does("seller", "accept")
    assert (life.order.refunded_minor, life.order.released_minor) == (1, 4999)
    assert life.last(e.RefundScheduled).parts == ((1, 1),)


def test_a_return_decided_by_silence_without_an_address_is_waived_and_paid() -> None:
    """Decision 19: hiding the address must not pay."""
    life = Life("alx-a", return_to=None).at(1).does("seller", "ship").at(20)
    life.does("buyer", "open", wants="return_and_refund").waits(26)
    assert life.last(e.DisputeSettled).flags == {"return_waived"}
    assert (life.dispute.status, life.dispute.outcome) == ("closed", "granted_by_silence")
    assert life.dispute.flags == {"return_waived"}
    assert life.order.refunded_minor == 3000


def test_a_return_with_an_address_travels_first() -> None:
    life = Life("alx-a").at(1).does("seller", "ship").at(20).does("buyer", "open", wants="return_and_refund").waits(26)
    assert life.last(e.DisputeSettled).flags == frozenset()
    assert (life.dispute.status, life.order.refunded_minor) == ("awaiting_return", 0)


# ── the last minor unit ──────────────────────────────────────────────────────────────────────────


def test_the_last_pieces_of_a_line_leave_nothing_behind() -> None:
    life = b.opened(lines=CUP, amount="5.00").does("seller", "accept")
    assert life.last(e.FundsReleased).lines == (LineAmount("B", 1166),), "1.66 of delivery, floored, and 10.00"
    life.at(21).does("buyer", "open", lines=(c.Pieces("B"),), amount="10.00").does("seller", "accept")
    assert life.last(e.FundsReleased).lines == (LineAmount("B", 5000 - 1666 - 1000),)
    cups = life.order.line("B")
    assert cups is not None
    assert (cups.held_minor, cups.left) == (0, 0)


def test_the_last_pieces_are_worth_all_that_is_held_also_the_cents_flooring_left() -> None:
    odd = (c.OrderedLine("B", "Cup", "15.01", 3),)
    life = Life("alx-e", lines=odd, discount="0.02", shipping=0, payments=()).at(1).does("seller", "ship").at(20)
    life.does("buyer", "open", lines=CUP, amount="15.00").does("seller", "accept")
    life.does("buyer", "open", lines=(c.Pieces("B"),), amount="30.00")
    assert at_stake(life.order, life.dispute) == (LineAmount("B", 3001),), "45.01 less one floored third"


def test_an_offer_may_take_the_delivery_with_it_and_then_nothing_is_left_to_release() -> None:
    life = b.opened(lines=CUP, amount="15.00").does("seller", "offer", amount="20.00").does("buyer", "accept")
    assert [type(event) for event in closing(life)][-3:] == [e.DisputeSettled, e.RefundScheduled, e.DisputeClosed]
    assert (life.order.refunded_minor, life.order.released_minor, life.order.held_minor) == (2000, 0, 8000)


def test_after_an_appeal_what_was_taken_back_is_shared_out_and_no_more() -> None:
    life = b.opened(lines=CUP, amount="5.00").at(21).does("buyer", "escalate").does("mediator", "rule", amount="5.00")
    assert (life.order.refunded_minor, life.order.released_minor) == (500, 1166)
    life.at(22).does("buyer", "appeal").does("mediator", "grant_appeal", actor="max")
    life.at(23).does("mediator", "rule", amount="5.00", actor="max")
    assert life.last(e.FundsReleased).lines == (LineAmount("B", 1166),), "the two other cups stay held"
    assert (life.order.refunded_minor, life.order.released_minor, life.order.held_minor) == (500, 1166, 8334)


def test_a_buyers_appeal_paid_by_the_platform_owes_the_seller_nothing() -> None:
    life = b.appeal_granted().at(34).does("mediator", "rule", amount="40.00", funded_by="platform", actor="max")
    assert not any(isinstance(event, e.PlatformPaid) for event in life.history)
    assert life.order.platform_paid_minor == 2000, "the total is 40.00, and 20.00 of it came from escrow before"


def test_compensation_for_a_seller_is_told_with_its_dispute() -> None:
    life = b.appealed().at(33).does("mediator", "grant_appeal", actor="max")
    life.at(34).does("mediator", "rule", amount="20.00", funded_by="platform", actor="max")
    paid = life.last(e.PlatformPaid)
    assert (paid.at, paid.by, paid.dispute, paid.amount_minor) == (day(34), Party.MEDIATOR, 1, 2000)


# ── what had waited for the dispute ──────────────────────────────────────────────────────────────


def test_a_line_whose_time_came_during_its_dispute_is_released_when_that_is_withdrawn() -> None:
    life = b.escalated().waits(62)
    assert life.order.released_minor == 5000, "line B went at the end of protection"
    life = Life("alx-e", {**b.RICH, "negotiation.lasts": "P90D", "negotiation.seller_response": "P90D"})
    life.at(1).does("seller", "ship").at(20).does("buyer", "open").at(70).does("buyer", "withdraw")
    released = life.last(e.FundsReleased)
    assert (released.at, released.by, released.dispute) == (day(70), Party.BUYER, None)
    assert released.lines == (LineAmount("A", 5000),)
    assert (life.order.status, life.order.released_minor) == ("completed", 10000)


def test_a_line_still_disputed_waits_on_when_another_is_released() -> None:
    life = Life("alx-e", {**b.RICH, "negotiation.lasts": "P90D", "negotiation.seller_response": "P90D"})
    life.at(1).does("seller", "ship").at(20).does("buyer", "open").does("buyer", "open", amount="5.00")
    life.at(70).does("buyer", "withdraw", dispute=1)
    assert life.last(e.FundsReleased).lines == (LineAmount("A", 5000),)
    assert life.order.held_minor == 5000


def test_a_line_whose_time_has_not_come_stays_held() -> None:
    assert b.withdrawn().order.held_minor == 10000
    assert b.withdrawn().waits(61).order.held_minor == 10000, "the last instant still protects"
    assert b.withdrawn().waits(61, seconds=1).order.held_minor == 0


@pytest.mark.parametrize(("includes", "ends"), [(True, None), (False, day(61))])
def test_a_bank_that_asks_in_the_last_instant_still_finds_the_money_held_where_that_instant_counts(
    includes: bool, ends: object
) -> None:
    life = Life("alx-e", {"policy.deadline_includes_last_instant": includes}).at(1).does("seller", "ship")
    life.at(61).does("payments", "chargeback_opened", amount="5.00")
    assert life.order.held_minor == (10000 if includes else 0)
    assert protection_ends(life.order) == ends


# ── when a refund is due ─────────────────────────────────────────────────────────────────────────


def refund(days: object, latest: object = None, *, calendars: bool = True, **order: object) -> e.RefundScheduled:
    overrides = {"refund.due": days, "refund.latest": latest or days}
    known = b.china() if calendars else None
    life = Life("alx-e", overrides, calendars=known, **order).at(1).does("seller", "ship").at(20)
    found = life.does("buyer", "open").at(21).does("seller", "accept").last(e.RefundScheduled)
    assert isinstance(found, e.RefundScheduled)
    return found


def working(days: int) -> dict[str, object]:
    return {"business_days": days, "calendar": "CN"}


def test_a_refund_in_plain_days_is_due_on_a_date_and_rings_at_the_hour_it_was_decided() -> None:
    found = refund("P5D", "P15D")
    assert (found.due, found.latest, found.calendar) == (date(2026, 3, 27), date(2026, 4, 6), "")
    assert found.latest_at == day(21 + 15)
    assert found.latest_at.tzinfo is UTC


def test_a_refund_in_working_days_counts_those_of_the_calendar_and_names_its_version() -> None:
    found = refund(working(3), working(11))
    # Decided on Sunday 22 March; Monday 6 April is the holiday after the festival of the dead.
    assert (found.due, found.latest) == (date(2026, 3, 25), date(2026, 4, 7))
    assert found.calendar == b.china()["CN"].version
    end = day(38) - timedelta(hours=8)  # midnight after 7 April in Shanghai
    assert found.latest_at is not None
    assert timedelta(0) <= end - found.latest_at < timedelta(seconds=1)


def test_weekends_worked_in_exchange_count_only_where_the_policy_says_so() -> None:
    """Saturday 9 May 2026 is worked for the days off in the week before."""
    for counts, latest in ((False, date(2026, 5, 11)), (True, date(2026, 5, 9))):
        overrides = {"refund.due": working(1), "refund.latest": working(1), "refund.makeup_days_count": counts,
                     "protection.lasts": "P90D"}  # fmt: skip
        life = Life("alx-e", overrides, calendars=b.china()).at(1).does("seller", "ship").at(66).does("buyer", "open")
        found = life.at(68.2).does("seller", "accept").last(e.RefundScheduled)
        assert (found.due, found.latest) == (latest, latest)


def test_a_calendar_that_is_not_there_is_said_and_no_date_is_guessed() -> None:
    found = refund(working(3), calendars=False)
    assert (found.due, found.latest, found.latest_at) == (None, None, None)
    assert found.calendar == "calendar unknown: CN"


def test_a_year_that_is_not_announced_is_said_and_what_is_known_stays() -> None:
    found = refund(working(3), working(300))
    assert (found.due, found.latest, found.latest_at) == (date(2026, 3, 25), None, None)
    assert found.calendar == f"calendar unknown: {b.china()['CN'].version}"


def test_a_refund_goes_to_the_payments_it_came_from() -> None:
    assert refund("P5D").to == "card-4242 + voucher"
    assert refund("P5D", payments=(), payment_method="card-1").to == "card-1"
    voucher = (c.Paid("p-1", "card", "99.99"), c.Paid("p-2", "voucher", "0.01"))
    assert refund("P5D", payments=voucher).to == "card", "a part of nothing is none"
