"""Spans of standing still: how much of a stretch they cover, and several told as one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.order import Span
from amends.core.spans import merged, protection_spans, standstill
from tests.core import builders as b
from tests.core.builders import Life, day

NOTHING = timedelta(0)
days = st.integers(0, 20)
spans = st.lists(
    st.tuples(days, st.none() | st.integers(0, 6)).map(
        lambda pair: (day(pair[0]), None if pair[1] is None else day(pair[0] + pair[1]))
    ),
    max_size=6,
).map(tuple)


def covered(given_spans: tuple[Span, ...]) -> set[int]:
    """The days from 0 to 29 in which a span holds, counted the slow way."""
    return {
        at
        for at in range(30)
        if any(since <= day(at) and (until is None or day(at) < until) for since, until in given_spans)
    }


@pytest.mark.parametrize(
    ("pieces", "still"),
    [
        ((), 0),
        (((day(2), day(5)),), 3),
        (((day(-9), day(5)),), 5),
        (((day(8), day(99)),), 2),
        (((day(-9), day(99)),), 10),
        (((day(8), None),), 2),
        (((day(-9), None),), 10),
        (((day(-9), day(0)),), 0),
        (((day(10), day(12)),), 0),
        (((day(10), None),), 0),
        (((day(-9), day(-1)), (day(11), None)), 0),
        (((day(1), day(2)), (day(4), day(7))), 4),
    ],
)
def test_only_what_lies_within_the_stretch_counts(pieces: tuple[Span, ...], still: int) -> None:
    assert standstill(pieces, day(0), day(10)) == timedelta(days=still)


def test_a_stretch_of_no_length_holds_no_standing_still() -> None:
    assert standstill(((day(0), None),), day(5), day(5)) == NOTHING
    assert standstill(((day(0), None),), day(5), day(4)) == NOTHING


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((), ()),
        (((day(1), day(2)),), ((day(1), day(2)),)),
        (((day(4), day(5)), (day(1), day(2))), ((day(1), day(2)), (day(4), day(5)))),
        (((day(1), day(3)), (day(2), day(5))), ((day(1), day(5)),)),
        (((day(1), day(3)), (day(3), day(5))), ((day(1), day(5)),)),
        (((day(1), day(9)), (day(2), day(3))), ((day(1), day(9)),)),
        (((day(1), None), (day(2), day(3))), ((day(1), None),)),
        (((day(1), day(3)), (day(2), None)), ((day(1), None),)),
        (((day(1), day(3)), (day(2), None), (day(8), day(9))), ((day(1), None),)),
        (((day(1), day(1)), (day(2), day(2))), ((day(1), day(1)), (day(2), day(2)))),
    ],
)
def test_spans_that_touch_become_one_in_order(pieces: tuple[Span, ...], told: tuple[Span, ...]) -> None:
    assert merged(pieces) == told


@given(spans)
def test_merging_covers_the_same_days_and_overlaps_nowhere(pieces: tuple[Span, ...]) -> None:
    together = merged(pieces)
    assert covered(together) == covered(pieces)
    ends: list[datetime] = [until for _, until in together if until is not None]
    assert all(until < since for until, (since, _) in zip(ends, together[1:], strict=False))
    assert merged(together) == together
    assert standstill(together, day(0), day(30)) == timedelta(days=len(covered(pieces)))


def test_protection_stands_still_with_the_clocks_and_where_the_policy_says_so_with_disputes() -> None:
    runs = b.charged_back()
    assert protection_spans(runs.order) == runs.order.standstills == ((day(22), None),)
    pauses = Life("alx-e", {"protection.while_disputed": "pauses"}).at(1).does("seller", "ship").at(20)
    pauses.does("buyer", "open").at(22).does("payments", "chargeback_opened", amount="1.00")
    assert protection_spans(pauses.order) == ((day(20), None),)
    pauses.at(25).does("payments", "chargeback_closed", won_by="seller").at(27).does("buyer", "withdraw")
    assert pauses.order.standstills == ((day(22), day(25)),)
    assert protection_spans(pauses.order) == ((day(20), day(27)),)
