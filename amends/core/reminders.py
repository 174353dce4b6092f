"""Who is reminded of what, and when: before a party's own answer is due, and before the time to complain ends.

Pure, like the deadlines themselves: an instant here follows from the order as it stands. A deadline that moves takes
its reminders with it; one that was sent for the old instant says so, because it names that instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from .deadlines import Deadline, running
from .order import Order
from .vocabulary import DeadlineName, Party

BEFORE_PROTECTION_ENDS = (timedelta(days=3), timedelta(days=1))
BEFORE_AN_ANSWER = timedelta(days=1)
"""Or half of the time there is, where that is less."""

PROTECTING = frozenset({DeadlineName.PROTECTION, DeadlineName.OPENING_WINDOW})
"""The end of the time to complain, whichever of the two comes last under the policy."""
REMINDED = frozenset({Party.BUYER, Party.SELLER, Party.MEDIATOR})


class Reminder(NamedTuple):
    """At `at`, `before` the end of the deadline."""

    at: datetime
    before: timedelta
    deadline: Deadline

    @property
    def of(self) -> tuple[DeadlineName, int | None, datetime]:
        """The deadline it is about: name, dispute, and the instant it had."""
        return self.deadline.name, self.deadline.dispute, self.deadline.at


def reminders_of(order: Order, deadlines: Iterable[Deadline] | None = None) -> tuple[Reminder, ...]:
    """Every reminder of the deadlines the order is waiting on, earliest first; `deadlines` where they are known.

    Clocks that stand still have none. A reminder never lies before its clock was started.
    """
    found: list[Reminder] = []
    for deadline in running(order) if deadlines is None else deadlines:
        found.extend(
            Reminder(deadline.at - before, before, deadline)
            for before in _before(order, deadline)
            if (since := _since(order, deadline)) is None or deadline.at - before > since
        )
    # Lines whose protection ends together are one deadline to remind of.
    return tuple(sorted(set(found), key=lambda reminder: (reminder.at, reminder.deadline.rank)))


def due(reminders: Iterable[Reminder], now: datetime) -> tuple[Reminder, ...]:
    """The reminders to send at `now`: of each deadline that is not over yet the last one whose instant has come.

    One that was missed is made good by the next, not sent beside it.
    """
    last: dict[tuple[DeadlineName, int | None, datetime], Reminder] = {}
    for reminder in reminders:
        if reminder.at <= now < reminder.deadline.at:
            last[reminder.of] = reminder
    return tuple(last.values())


def after(reminders: Iterable[Reminder], now: datetime) -> datetime | None:
    """When to look again: the first reminder after `now`; None when there is none."""
    return min((reminder.at for reminder in reminders if reminder.at > now), default=None)


def _before(order: Order, deadline: Deadline) -> Iterator[timedelta]:
    if deadline.name in PROTECTING:
        yield from BEFORE_PROTECTION_ENDS
    elif REMINDED.intersection(deadline.awaited):
        since = _since(order, deadline)
        yield min(BEFORE_AN_ANSWER, (deadline.at - since) / 2) if since is not None else BEFORE_AN_ANSWER


def _since(order: Order, deadline: Deadline) -> datetime | None:
    return order.protection_since if deadline.name in PROTECTING else deadline.since
