"""What is done in a round, one kind of work after the other; a fault in one stops no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from amends.delivery import mail, relay, reminders
from amends.delivery.mail import Mail
from amends.delivery.notices import Notices
from amends.delivery.receivers import Log
from amends.payments import work

from . import books
from .patience import AWAY

log = logging.getLogger(__name__)

LETTERS = 100
"""So many orders' messages a round: letters take their time, and a lease must outlast them."""
ENOUGH = relay.LEASE / 2
"""After so long a round of letters takes no further message, however slow the mail server is."""


class Task(NamedTuple):
    """Something done in each round: told the real time, it answers with how much there was to do."""

    name: str
    do: Callable[[datetime], int]


def standard_tasks() -> tuple[Task, ...]:
    """All there is beside the deadlines, in the order in which one makes work for the next: a round in one thread."""
    messages, daily = letter_tasks(threading.Event())
    payments, reminding = clock_tasks()
    return payments, messages, reminding, daily


def clock_tasks() -> tuple[Task, Task]:
    """What is done beside the deadlines in their own thread: it asks no mail server."""
    return Task("payments", _payments), Task("reminders", reminders.once)


def letter_tasks(stop: threading.Event) -> tuple[Task, Task]:
    """What may have to wait for a mail server. Once `stop` is set, no further message or letter is begun."""
    return (
        Task("messages", lambda now: _messages(now, stop)),
        Task("daily letters", lambda now: mail.digests(now, enough=stop.is_set)),
    )


def beside_tasks(stop: threading.Event) -> tuple[Task, ...]:
    """What a worker does in its second thread: letters, and whatever may take longer than a clock should wait."""
    return (*letter_tasks(stop), Task("books", books.once))


def do_all(tasks: Iterable[Task], now: datetime, stop: threading.Event) -> int:
    """Each task once; how much there was to do. Raises what `AWAY` names where the database is away."""
    done = 0
    for task in tasks:
        if stop.is_set():
            break
        try:
            done += task.do(now)
        except AWAY:
            raise
        except Exception:
            # The outermost guard: a fault in one kind of work must not stop the others, least of all the clocks.
            log.exception("This round's %s failed; they are tried again in the next one.", task.name)
    return done


def _messages(now: datetime, stop: threading.Event) -> int:
    """To the log, to the pages, and by letter to whoever wants one: in this order, as a letter tells what was noted."""
    until = time.monotonic() + ENOUGH.total_seconds()
    receivers = (Log(), Notices(now), Mail(now))
    return relay.once(now, most=LETTERS, receivers=receivers, enough=lambda: stop.is_set() or time.monotonic() > until)


def _payments(now: datetime) -> int:
    worked = work.once(now)
    return worked.sent + worked.answered
