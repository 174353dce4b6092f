"""The clocks: what each is called in words, which comes first, and that stopped time is never lost or counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amends.core.deadlines import (
    CLOCKS,
    Deadline,
    anchored,
    because,
    elapse,
    has_lapsed,
    next_deadline,
    next_of_dispute,
    opening_window,
    protection_ends,
    protection_over,
    running,
    standing_still,
    unknown,
)
from amends.core.durations import CalendarUnknown
from amends.core.events import DeadlineLapsed
from amends.core.order import Order, Span
from amends.core.spans import standstill
from amends.core.vocabulary import PRECEDENCE, DeadlineName, Party, TrackState
from tests.core import builders as b
from tests.core.builders import Life

N = DeadlineName
EVERY_CLOCK = {
    **b.RICH,
    "negotiation.buyer_response": "P9D",
    "negotiation.at_most": "P30D",
    "negotiation.restarts_on": ["seller_offer"],
}


def clock(order: Order, name: DeadlineName) -> Deadline:
    return next(deadline for deadline in running(order) if deadline.name is name)


def due(order: Order, name: DeadlineName) -> datetime:
    return clock(order, name).at


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def bargaining() -> Life:
    """With a clock for everything a policy may set one for."""
    life = Life("alx-e", EVERY_CLOCK).at(1).does("seller", "ship").at(20).does("buyer", "open")
    return life.at(21).does("seller", "offer")


WORDS: list[tuple[Any, DeadlineName, str, float, str, tuple[Party, ...]]] = [
    (b.paid, N.DISPATCH, "30 days from the payment", 30, "cancel", (Party.SELLER,)),
    (b.shipped, N.PROTECTION, "buyer protection ends then", 61, "release", ()),
    (b.received, N.OPENING_WINDOW, "until then a dispute can still be opened", 61, "release", ()),
    (b.opened, N.SELLER_RESPONSE, "5 days from the buyer's claim as it stands", 25, "escalate", (Party.SELLER,)),
    (b.opened, N.NEGOTIATION, "15 days from the start of the time to bargain", 35, "escalate", ()),
    (bargaining, N.NEGOTIATION_CAP, "30 days from the first start of the time to bargain", 50, "escalate", ()),
    (bargaining, N.BUYER_RESPONSE, "9 days from the seller's offer", 30, "escalate", (Party.BUYER,)),
    (b.escalated, N.REVIEW, "60 days from the day the mediator joined", 82, "alert", (Party.MEDIATOR,)),
    (b.asked, N.EVIDENCE, "3 days from the mediator's request", 26, "review", (Party.BUYER, Party.SELLER)),
    (b.proposed, N.CHOICE, "3 days from the mediator's options", 26, "review", (Party.BUYER, Party.SELLER)),
    (b.one_chose, N.CHOICE, "3 days from the mediator's options", 26, "review", (Party.SELLER,)),
    (b.return_agreed, N.RETURN_SHIPMENT, "10 days from the day the return was agreed", 31, "close_for_seller",
     (Party.BUYER,)),
    (b.return_sent, N.FIRST_SCAN, "7 days from the day the return was sent", 29, "review", (Party.CARRIER,)),
    (b.return_sent, N.RETURN_TRANSIT, "60 days from the day the goods were sent", 82, "review", (Party.CARRIER,)),
    (b.return_delivered, N.RETURN_INSPECTION, "10 days from the day the return was delivered", 38, "refund",
     (Party.SELLER,)),
    (b.replacement_due, N.REPLACEMENT, "10 days from the day the return was confirmed", 41, "refund", (Party.SELLER,)),
    (b.agreed, N.APPEAL, "30 days from the day it was closed", 52, "final", ()),
    (b.agreed, N.REFUND, "that is the latest day for the refund to arrive", 37, "alert", (Party.PAYMENTS,)),
    (b.appealed, N.APPEAL_DECISION, "30 days from the day of the appeal", 62, "alert", (Party.MEDIATOR,)),
    (lambda: b.received().does("seller", "extend_protection", days=1).at(15), N.OPENING_WINDOW,
     "until then a dispute can still be opened", 62, "release", ()),
    (lambda: Life("alx-a", {"opening.latest": [{"after": "shipped", "within": "P1D"}]}).at(1).does("seller", "ship")
     .at(15).does("buyer", "confirm_receipt"),
     N.RELEASE, "the money is kept for a while after receipt was confirmed", 30, "release", ()),
]  # fmt: skip


@pytest.mark.parametrize(("life", "name", "words", "day", "silence", "awaited"), WORDS, ids=[row[1] for row in WORDS])
def test_each_deadline_says_in_words_why_it_is_when_it_is(
    life: Any, name: DeadlineName, words: str, day: float, silence: str, awaited: tuple[Party, ...]
) -> None:
    order = life().order
    found = clock(order, name)
    assert because(order, found) == words
    assert (found.at, found.if_silent, found.awaited) == (b.day(day), silence, awaited)
    assert found.since is None or b.MIDNIGHT <= found.since < found.at
    assert (found.since is None) is (name in (N.PROTECTION, N.RELEASE, N.OPENING_WINDOW))


def test_every_deadline_has_its_words_here() -> None:
    assert {row[1] for row in WORDS} == set(DeadlineName)
    assert set(CLOCKS) | {N.DISPATCH, N.PROTECTION, N.RELEASE, N.OPENING_WINDOW, N.REFUND} == set(DeadlineName)


def test_the_words_tell_that_clocks_stood_still() -> None:
    life = b.paused().at(24).does("operator", "resume_clocks")
    found = clock(life.order, N.NEGOTIATION)
    assert because(life.order, found) == (
        "15 days from the start of the time to bargain, without the time the clocks stood still"
    )
    assert found.at == b.day(35 + 2 + 2), "two days of the pause, two of grace"


# ── which comes first ────────────────────────────────────────────────────────────────────────────


def test_on_the_same_instant_a_partys_own_answer_comes_before_the_window_around_it() -> None:
    """The order of the vocabulary, "Time"; decision 12 for the last two pairs."""
    own = [N.SELLER_RESPONSE, N.EVIDENCE, N.CHOICE, N.RETURN_SHIPMENT, N.RETURN_INSPECTION, N.REPLACEMENT]
    windows = [N.NEGOTIATION, N.NEGOTIATION_CAP, N.PROTECTION, N.OPENING_WINDOW]
    assert max(PRECEDENCE[name] for name in own) < min(PRECEDENCE[name] for name in windows)
    assert PRECEDENCE[N.PROTECTION] < PRECEDENCE[N.OPENING_WINDOW]
    assert PRECEDENCE[N.NEGOTIATION_CAP] < PRECEDENCE[N.NEGOTIATION]
    assert sorted(PRECEDENCE.values()) == list(range(len(DeadlineName))), "no two are equal, none is missing"


@pytest.mark.parametrize("first", DeadlineName)
@pytest.mark.parametrize("second", DeadlineName)
def test_deadlines_sort_by_instant_then_precedence_then_dispute(first: DeadlineName, second: DeadlineName) -> None:
    early, late = Deadline(first, b.day(1), ""), Deadline(second, b.day(1, seconds=1), "")
    assert early.rank < late.rank
    assert (Deadline(first, b.day(1), "").rank < Deadline(second, b.day(1), "").rank) is (
        PRECEDENCE[first] < PRECEDENCE[second]
    )
    assert Deadline(first, b.day(1), "", dispute=1).rank < Deadline(first, b.day(1), "", dispute=2).rank


def test_deadlines_come_in_the_order_in_which_they_lapse() -> None:
    for scenario in b.SCENARIOS.values():
        order = scenario().order
        ranks = [deadline.rank for deadline in running(order)]
        assert ranks == sorted(ranks)
        assert next_deadline(order) == (running(order)[0] if ranks else None)


def test_two_disputes_lapse_in_the_order_of_their_numbers_at_the_same_instant() -> None:
    life = Life("alx-a").at(1).does("seller", "ship").at(20)
    life.does("buyer", "open", amount="1.00").does("buyer", "open", amount="2.00").waits(26)
    assert [event.dispute for event in life.history if isinstance(event, DeadlineLapsed)] == [1, 2]


def test_a_disputes_own_next_deadline_leaves_the_orders_out() -> None:
    life = b.escalated()
    first, own = next_deadline(life.order), next_of_dispute(life.order, life.dispute)
    assert first is not None
    assert own is not None
    assert (first.name, own.name) == (N.PROTECTION, N.REVIEW)
    answer = next_of_dispute(b.opened().order, b.opened().dispute)
    assert answer is not None
    assert answer.name is N.SELLER_RESPONSE, "day 25 comes before the window's day 35"
    assert next_of_dispute(b.withdrawn().order, b.withdrawn().dispute) is None
    assert next_of_dispute(b.paused().order, b.paused().dispute) is None


# ── the last instant ─────────────────────────────────────────────────────────────────────────────

TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("includes", "at_it"), [(True, False), (False, True)])
def test_the_last_instant_belongs_to_the_deadline_unless_the_policy_says_otherwise(includes: bool, at_it: bool) -> None:
    order = Life("alx-a", {"policy.deadline_includes_last_instant": includes}).order
    assert not has_lapsed(order, b.day(5), b.day(5) - TICK)
    assert has_lapsed(order, b.day(5), b.day(5)) is at_it
    assert has_lapsed(order, b.day(5), b.day(5) + TICK)


@pytest.mark.parametrize("includes", [True, False])
def test_protection_is_over_strictly_after_its_last_instant_or_at_it(includes: bool) -> None:
    life = Life("alx-a", {"policy.deadline_includes_last_instant": includes}).at(1).does("seller", "ship")
    assert not protection_over(life.order, b.day(61) - TICK)
    assert protection_over(life.order, b.day(61)) is not includes
    assert protection_over(life.order, b.day(61) + TICK)
    assert not protection_over(b.paid().order, b.day(500)), "before it has begun it is not over"


# ── running time ─────────────────────────────────────────────────────────────────────────────────

moments = st.integers(0, 200).map(lambda hours: b.MIDNIGHT + timedelta(hours=hours))
lengths = st.integers(0, 200).map(lambda hours: timedelta(hours=hours))


@st.composite
def closed_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Standstills that are over, in order, not overlapping."""
    edges = sorted(draw(st.lists(moments, min_size=0, max_size=8, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


includes = st.booleans()


def end_of(since: datetime, length: timedelta, spans: tuple[Span, ...], last: bool) -> datetime:
    end = elapse(since, length, spans, includes_last_instant=last)
    assert end is not None, "all standstills are over"
    return end


@given(moments, lengths, closed_spans(), includes)
def test_no_time_is_lost_and_none_is_won(since: datetime, length: timedelta, spans: Any, last: bool) -> None:
    end = end_of(since, length, spans, last)
    assert end - since - standstill(spans, since, end) == length


@given(moments, lengths, lengths, closed_spans(), includes)
def test_two_stretches_are_as_long_as_one(
    since: datetime, first: timedelta, second: timedelta, spans: Any, last: bool
) -> None:
    between = end_of(since, first, spans, last)
    assert end_of(between, second, spans, last) == end_of(since, first + second, spans, last)


@given(moments, moments, lengths, lengths, closed_spans(), includes)
def test_later_starts_and_longer_times_never_end_sooner(
    one: datetime, other: datetime, short: timedelta, more: timedelta, spans: Any, last: bool
) -> None:
    early, late = sorted((one, other))
    assert end_of(early, short, spans, last) <= end_of(late, short, spans, last)
    assert end_of(early, short, spans, last) <= end_of(early, short + more, spans, last)


@given(moments, lengths, closed_spans())
def test_a_clock_ends_in_running_time_and_never_while_it_stands(since: datetime, length: timedelta, spans: Any) -> None:
    end = end_of(since, length, spans, True)
    assert not any(stopped <= end < resumed for stopped, resumed in spans if stopped >= since)


@given(moments, lengths, moments, includes)
def test_a_clock_that_stands_has_no_end_as_long_as_time_is_left(
    since: datetime, length: timedelta, stopped: datetime, last: bool
) -> None:
    assume(stopped >= since)
    end = elapse(since, length, ((stopped, None),), includes_last_instant=last)
    if since + length < stopped or (since + length == stopped and not last):
        assert end == since + length
    else:
        assert end is None


def test_stopped_in_its_last_instant_a_clock_waits_for_the_end_of_the_pause() -> None:
    pause = ((b.day(5), b.day(9)),)
    five = timedelta(days=5)
    assert elapse(b.day(0), five, pause) == b.day(9)
    assert elapse(b.day(0), five, pause, includes_last_instant=False) == b.day(5)
    assert elapse(b.day(0), five - TICK, pause) == b.day(5) - TICK
    assert elapse(b.day(0), five + TICK, pause) == b.day(9) + TICK
    assert elapse(b.day(6), five, pause) == b.day(14), "started inside the pause it counts from the end of it"


# ── clocks that stand still ──────────────────────────────────────────────────────────────────────


def test_while_clocks_stand_still_nothing_is_due_and_what_would_run_is_told() -> None:
    life = b.paused()
    assert running(life.order) == ()
    assert next_deadline(life.order) is None
    assert (N.NEGOTIATION, 1) in standing_still(life.order)
    assert standing_still(b.offered().order) == ()
    life.waits(500)
    assert life.dispute.open, "nothing lapsed meanwhile"


def test_a_chargeback_stops_every_clock_and_gives_back_the_time_that_was_left() -> None:
    life = b.charged_back().waits(200)
    assert next_deadline(life.order) is None
    life.does("payments", "chargeback_closed", won_by="seller")
    assert due(life.order, N.NEGOTIATION) == b.day(200 + 35 - 22)
    assert due(life.order, N.PROTECTION) == b.day(200 + 61 - 22)


def test_a_pause_inside_a_chargeback_is_counted_once() -> None:
    life = b.charged_back().at(24).does("operator", "pause_clocks", countries=()).at(26)
    life.does("operator", "resume_clocks").at(30).does("payments", "chargeback_closed", won_by="seller")
    assert due(life.order, N.NEGOTIATION) == b.day(35 + 8)


def test_a_pause_that_outlives_a_chargeback_keeps_the_clocks_still() -> None:
    life = b.charged_back().at(24).does("operator", "pause_clocks", countries=()).at(26)
    life.does("payments", "chargeback_closed", won_by="seller")
    assert running(life.order) == ()
    life.at(30).does("operator", "resume_clocks")
    assert due(life.order, N.NEGOTIATION) == b.day(35 + 8)


def test_a_pause_that_begins_in_the_grace_of_the_last_one_is_one_long_pause() -> None:
    life = b.paused().at(24).does("operator", "resume_clocks").at(25)
    life.does("operator", "pause_clocks", countries=()).at(30).does("operator", "resume_clocks")
    assert due(life.order, N.NEGOTIATION) == b.day(35 + 8)


def test_two_regions_stand_still_until_the_second_goes_on() -> None:
    life = b.offered().at(22).does("operator", "pause_clocks", countries=("PL",))
    life.at(23).does("operator", "pause_clocks", countries=("CN",)).at(25)
    life.does("operator", "resume_clocks", countries=("PL",))
    assert running(life.order) == ()
    life.at(28).does("operator", "resume_clocks", countries=("CN",))
    assert due(life.order, N.NEGOTIATION) == b.day(35 + 6)


# ── protection that waits for the dispute ────────────────────────────────────────────────────────


def pausing(**overrides: object) -> Life:
    """Protection runs from day 1 to day 61, and stands still while a dispute is open."""
    life = Life("alx-e", {**b.RICH, "protection.while_disputed": "pauses", **overrides})
    return life.at(1).does("seller", "ship")


def test_protection_moves_by_the_length_of_the_dispute() -> None:
    life = pausing().at(20).does("buyer", "open")
    assert protection_ends(life.order) is None
    life.at(25).does("buyer", "withdraw")
    assert protection_ends(life.order) == b.day(61 + 5)


def test_two_disputes_at_once_move_it_by_the_time_any_was_open() -> None:
    life = pausing().at(20).does("buyer", "open").at(22).does("buyer", "open", amount="5.00")
    life.at(24).does("buyer", "withdraw", dispute=1).at(29).does("buyer", "withdraw", dispute=2)
    assert protection_ends(life.order) == b.day(61 + 9)


def test_a_chargeback_during_a_dispute_is_not_counted_a_second_time() -> None:
    life = pausing().at(20).does("buyer", "open").at(22).does("payments", "chargeback_opened", amount="1.00")
    life.at(30).does("payments", "chargeback_closed", won_by="seller").at(32).does("buyer", "withdraw")
    assert protection_ends(life.order) == b.day(61 + 12)


def test_a_chargeback_that_outlives_the_dispute_is_counted_to_its_own_end() -> None:
    life = pausing().at(20).does("buyer", "open").at(22).does("payments", "chargeback_opened", amount="40.00")
    life.at(30).does("payments", "chargeback_closed")
    assert not life.dispute.open, "the bank paid the claim"
    assert protection_ends(life.order) == b.day(61 + 10)


def test_an_extension_before_a_pause_lasts_as_long_after_it() -> None:
    life = pausing().at(10).does("seller", "extend_protection", days=10)
    assert protection_ends(life.order) == b.day(71)
    life.at(20).does("buyer", "open").at(25).does("buyer", "withdraw")
    assert protection_ends(life.order) == b.day(76)
    life.does("seller", "extend_protection", days=None, until=b.day(90))
    assert protection_ends(life.order) == b.day(90), "an extension names the day somebody saw"
    life.at(30).does("buyer", "open").at(33).does("buyer", "withdraw")
    assert protection_ends(life.order) == b.day(93)


def test_where_protection_runs_on_a_dispute_does_not_move_it() -> None:
    life = b.opened().at(25).does("buyer", "withdraw")
    assert protection_ends(life.order) == b.day(61)


# ── opening windows ──────────────────────────────────────────────────────────────────────────────


def test_of_the_anchors_that_exist_the_last_one_counts() -> None:
    life = Life("alx-a").at(1).does("seller", "ship", delivery_due=b.day(50))
    window = opening_window(life.order, life.order.lines[0])
    assert (window.at, window.by_protection) == (b.day(65), False)
    life = Life("alx-a").at(1).does("seller", "ship", delivery_due=b.day(20))
    window = opening_window(life.order, life.order.lines[0])
    assert (window.at, window.by_protection) == (b.day(61), True)


def test_a_window_that_hangs_on_protection_stands_still_with_it_and_no_longer() -> None:
    life = Life("alx-b").at(1).does("seller", "ship").at(10).does("operator", "pause_clocks", countries=())
    assert opening_window(life.order, life.order.lines[0]).at is None
    life.at(14).does("operator", "resume_clocks")
    assert opening_window(life.order, life.order.lines[0]).at == b.day(61 + 4 + 15)


def shipped_under(*latest: Mapping[str, object], **overrides: object) -> Life:
    """Sent on day 1, due on day 20, delivered on day 10; receipt not confirmed; protected until day 61."""
    life = Life("alx-e", {"opening.latest": list(latest), **overrides}, calendars=b.china())
    life.at(1).does("seller", "ship", delivery_due=b.day(20)).at(10)
    return life.does("carrier", "track", state=TrackState.DELIVERED)


@pytest.mark.parametrize(
    ("anchor", "counted_from"),
    [("paid", 0), ("shipped", 1), ("delivered", 10), ("delivery_due", 20), ("receipt_confirmed", 15),
     ("protection_ends", 61)],
)  # fmt: skip
def test_a_window_is_counted_from_what_the_policy_names(anchor: str, counted_from: float) -> None:
    life = shipped_under({"after": anchor, "within": "P90D"}).at(15).does("buyer", "confirm_receipt", lines=("A",))
    lamp, cups = life.order.lines
    assert opening_window(life.order, lamp) == (b.day(counted_from + 90), False)
    assert anchored(life.order, lamp, anchor) == b.day(counted_from)
    if anchor == "receipt_confirmed":
        assert anchored(life.order, cups, anchor) is None
        assert opening_window(life.order, cups) == (b.day(61), True), "no anchor exists: it ends with protection"


@pytest.mark.parametrize("anchor", ["shipped", "delivered", "delivery_due", "receipt_confirmed", "protection_ends"])
def test_before_it_is_sent_nothing_of_that_has_happened(anchor: str) -> None:
    order = Life("alx-e", {"opening.latest": [{"after": anchor, "within": "P9D"}]}).order
    assert anchored(order, order.lines[0], anchor) is None
    assert opening_window(order, order.lines[0]) == (None, True)
    assert protection_ends(order) is None


@pytest.mark.parametrize("turned", [False, True])
def test_at_the_same_instant_it_is_protection_that_ends_the_window(turned: bool) -> None:
    both: list[dict[str, object]] = [
        {"after": "protection_ends", "within": "P0D"}, {"after": "shipped", "within": "P60D"},
    ]  # fmt: skip
    life = shipped_under(*(reversed(both) if turned else both))
    assert opening_window(life.order, life.order.lines[0]) == (b.day(61), True)


def test_a_window_of_no_length_after_something_else_is_not_protections() -> None:
    life = shipped_under({"after": "delivered", "within": "P0D"})
    assert opening_window(life.order, life.order.lines[0]) == (b.day(10), False)


def test_a_window_nobody_can_name_yet_is_open() -> None:
    far = {"after": "shipped", "within": {"business_days": 300, "calendar": "CN"}}
    life = shipped_under({"after": "protection_ends", "within": "P0D"}, far)
    assert opening_window(life.order, life.order.lines[0]) == (None, False)
    still = shipped_under({"after": "protection_ends", "within": "P0D"}).does("operator", "pause_clocks", countries=())
    assert opening_window(still.order, still.order.lines[0]) == (None, False)


def test_money_waits_for_the_window_of_its_own_line() -> None:
    life = shipped_under({"after": "receipt_confirmed", "within": "P30D"}).at(15).does("buyer", "confirm_receipt")
    found = clock(life.order, N.OPENING_WINDOW)
    assert (found.at, found.lines) == (b.day(45), ("A", "B"))


def test_where_confirming_ends_everything_the_money_goes_at_once() -> None:
    life = shipped_under(
        {"after": "receipt_confirmed", "within": "P30D"},
        **{"protection.after_receipt": "P0D", "opening.after_confirmation": "refuse"},
    )
    life.at(15).does("buyer", "confirm_receipt")
    assert due(life.order, N.RELEASE) == b.day(15)
    assert life.waits(15, seconds=1).order.status == "completed"


# ── days nobody has announced ────────────────────────────────────────────────────────────────────


def test_a_clock_over_days_not_announced_yet_has_no_instant_and_says_which_day_is_missing() -> None:
    working = {"negotiation.seller_response": {"business_days": 300, "calendar": "CN"}}
    life = Life("alx-a", working, calendars=b.china()).at(1).does("seller", "ship").at(20).does("buyer", "open")
    assert N.SELLER_RESPONSE not in [deadline.name for deadline in running(life.order)]
    ((name, number, missing),) = unknown(life.order)
    assert (name, number, missing) == (N.SELLER_RESPONSE, 1, CalendarUnknown("CN", date(2027, 1, 1)))


def test_a_clock_over_announced_days_ends_on_the_last_of_them_at_the_hour_it_began() -> None:
    working = {"negotiation.seller_response": {"business_days": 3, "calendar": "CN"}}
    life = Life("alx-a", working, calendars=b.china()).at(1).does("seller", "ship").at(20).does("buyer", "open")
    assert unknown(life.order) == ()
    # Opened on Saturday 21 March at 08:00 in Xiamen: Monday, Tuesday, and Wednesday at 08:00.
    assert due(life.order, N.SELLER_RESPONSE) == b.day(24)
    found = clock(life.order, N.SELLER_RESPONSE)
    assert because(life.order, found) == "3 business days (CN) from the buyer's claim as it stands"


def test_a_calendar_that_is_not_there_at_all_is_unknown_too() -> None:
    working = {"negotiation.seller_response": {"business_days": 3, "calendar": "CN"}}
    life = Life("alx-a", working).at(1).does("seller", "ship").at(20).does("buyer", "open")
    assert [name for name, _, _ in unknown(life.order)] == [N.SELLER_RESPONSE]


# ── money's own deadlines ────────────────────────────────────────────────────────────────────────


def test_lines_that_are_released_together_share_one_deadline() -> None:
    assert clock(b.shipped().order, N.PROTECTION).lines == ("A", "B")
    assert clock(b.opened().order, N.PROTECTION).lines == ("B",), "a disputed line waits for its dispute"


def test_a_refund_rings_once_and_not_at_all_when_it_arrived() -> None:
    assert due(b.agreed().order, N.REFUND) == b.day(37)
    assert due(b.cancelled().order, N.REFUND) == b.day(15.5)
    assert N.REFUND not in [deadline.name for deadline in running(b.agreed().waits(38).order)]
    arrived = b.agreed().does("payments", "refund_succeeded")
    assert N.REFUND not in [deadline.name for deadline in running(arrived.order)]


def test_a_dispatch_that_was_missed_rings_once() -> None:
    life = Life("alx-a", {"dispatch.if_not_shipped": "alert"}).waits(31)
    assert life.order.dispatch_missed
    assert running(life.order) == ()
    life.does("seller", "ship").does("carrier", "track", state=TrackState.DELIVERED)
    assert N.PROTECTION in [deadline.name for deadline in running(life.order)]
