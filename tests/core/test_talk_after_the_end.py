"""After the end people may write, but not without measure: each message is a letter to the other side."""

from __future__ import annotations

from datetime import timedelta

from amends.core.order import MOST_AFTER_THE_END
from amends.core.rights import rights
from amends.core.vocabulary import Party, RefusalCode, Verb

from . import builders as b
from .builders import Life

HOUR = 1 / 24


def writes(life: Life, by: str = "buyer", times: int = 1) -> None:
    for _ in range(times):
        life.does(by, "message", text="secret")


def closed() -> Life:
    return b.agreed().waits(70)


def test_a_day_holds_so_many_messages_of_a_side_and_then_says_from_when_again() -> None:
    life = closed()
    first = life.now
    writes(life)
    life.waits(70 + HOUR)
    writes(life, times=MOST_AFTER_THE_END - 1)
    refused = life.tries("buyer", "message", text="secret")
    assert (refused.code, refused.until) == (RefusalCode.RATE_LIMITED, first + timedelta(days=1))
    assert Verb.MESSAGE not in rights(life.order, life.dispute, Party.BUYER, life.now).can, "no box is offered"
    writes(life, "seller")
    writes(life, "mediator", MOST_AFTER_THE_END + 1)

    life.waits(71, seconds=-1)
    life.tries("buyer", "message", text="secret")
    life.waits(71)
    writes(life)
    refused = life.tries("buyer", "message", text="secret")
    assert refused.until == first + timedelta(hours=25), "the day goes with the messages, not with the calendar"
    assert len(life.dispute.written) == MOST_AFTER_THE_END + 1, "no more is kept than is asked"


def test_while_it_is_open_they_write_as_they_like_and_that_does_not_count_later() -> None:
    life = b.opened()
    writes(life, times=MOST_AFTER_THE_END + 5)
    life.does("buyer", "withdraw")
    writes(life, times=MOST_AFTER_THE_END)
    life.tries("buyer", "message", text="secret")
