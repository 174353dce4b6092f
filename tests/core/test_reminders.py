"""Whom to remind, and when: read off the order like the deadlines themselves."""

from __future__ import annotations

from datetime import timedelta

from amends.core.deadlines import running
from amends.core.reminders import after, due, reminders_of
from amends.core.vocabulary import DeadlineName
from tests.core import builders as b

DAY = timedelta(days=1)


def names(life: b.Life) -> list[tuple[str, timedelta]]:
    return [(reminder.deadline.name.value, reminder.before) for reminder in reminders_of(life.order)]


def test_protection_has_two_and_an_answer_has_one() -> None:
    assert names(b.shipped()) == [("protection", 3 * DAY), ("protection", DAY)]
    assert names(b.received()) == [("opening_window", 3 * DAY), ("opening_window", DAY)], "whichever comes last"
    assert ("seller_response", DAY) in names(b.opened())


def test_what_nobody_owes_reminds_nobody() -> None:
    for life in (b.opened(), b.agreed(), b.return_sent()):
        quiet = {"negotiation", "negotiation_cap", "refund", "appeal", "return_transit", "first_scan", "release"}
        assert not quiet & {name for name, _ in names(life)}


def test_a_short_clock_reminds_when_half_of_it_is_over() -> None:
    life = b.opened()
    [answer] = [one for one in running(life.order) if one.name is DeadlineName.SELLER_RESPONSE]
    assert answer.since is not None
    short = answer._replace(at=answer.since + timedelta(hours=10))
    [reminder] = reminders_of(life.order, [short])
    assert (reminder.before, reminder.at) == (timedelta(hours=5), answer.since + timedelta(hours=5))


def test_of_each_deadline_the_last_that_has_come_is_due_and_none_once_it_is_over() -> None:
    reminders = [one for one in reminders_of(b.received().order) if one.deadline.name is DeadlineName.OPENING_WINDOW]
    first, second = reminders
    ends = first.deadline.at
    assert due(reminders, first.at - timedelta(seconds=1)) == ()
    assert due(reminders, first.at) == (first,)
    assert due(reminders, second.at) == (second,)
    assert due(reminders, ends) == ()
    assert (after(reminders, first.at), after(reminders, second.at)) == (second.at, None)


def test_clocks_that_stand_still_have_no_reminder() -> None:
    assert reminders_of(b.paused().order) == ()


def test_a_reminder_never_lies_before_its_clock_was_started() -> None:
    for scenario in (b.opened, b.offered, b.asked, b.proposed, b.return_agreed, b.replacement_due, b.appealed):
        for reminder in reminders_of(scenario().order):
            since = reminder.deadline.since
            assert since is None or since < reminder.at < reminder.deadline.at
