"""Alice writes after her dispute has ended: staff find it, answer it, and the way to an appeal stands beside it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from amends.core.vocabulary import Party
from amends.orders import verify

from .people import AtSeat, Market
from .test_case import CASE, part, text
from .test_desk import opened

APPEAL_TIME = {"appeal.grounds": ["new_evidence"], "appeal.by": ["buyer"], "appeal.within": "P10D"}


def closed(market: Market) -> Market:
    market.order()
    market.day(12)
    opened(market)
    market.done(Party.MEDIATOR, "rule", dispute=1, wants="refund", amount="10.00", text="Scratches.", fault="seller",
                finding="It has scratches.")  # fmt: skip
    return market


@pytest.fixture
def ended(market: Market) -> Market:
    return closed(market)


@pytest.fixture
def appealable(database: str) -> Market:
    return closed(Market("alx-d", **APPEAL_TIME))


def talk(seat: AtSeat) -> str:
    return part(seat.get(CASE), "talk-title")


def desk(market: Market, **query: Any) -> str:
    return text(market.seat(Party.MEDIATOR).get("desk/", **query))


def send(seat: AtSeat, said: str) -> None:
    page = seat.get(CASE).content.decode()
    key = re.search(r'name="_key" value="([^"]+)"', page)
    assert key
    answer = seat.post("orders/O-1/disputes/1/do/message/", text=said, _key=key[1])
    assert answer.status_code == 303, answer.content.decode()


def test_alice_writes_after_the_end_and_mia_finds_it_in_the_queue_and_answers(ended: Market) -> None:
    assert "Nothing waits for a mediator" in desk(ended)
    alice, mia = ended.seat(Party.BUYER), ended.seat(Party.MEDIATOR)
    send(alice, "The refund went to a card I lost.")
    said = desk(ended)
    assert "Messages about closed disputes 1" in said
    assert "A side wrote after the end, and nobody has answered." in said
    assert "Overdue" not in said
    assert "Messages about closed disputes" in desk(ended, **{"in": "message"})
    assert "is in the queue of the marketplace's staff" in talk(alice)
    assert "Your message answers it." in talk(mia)
    send(mia, "It arrives there all the same.")
    assert "Nothing waits for a mediator" in desk(ended)
    assert "in the queue" not in talk(alice)


def test_the_row_that_the_queue_is_read_from_is_what_a_replay_makes(ended: Market) -> None:
    ended.done(Party.SELLER, "message", dispute=1, text="May I have the kettle back?")
    assert verify.verify(ended.marketplace).holds
    report = verify.replay(ended.marketplace)
    assert report.holds
    assert report.rebuilt == []


def test_the_box_says_who_reads_it_before_and_after_the_end(market: Market) -> None:
    market.order()
    market.day(12)
    opened(market)
    alice = market.seat(Party.BUYER)
    assert "To the other side and, once there is one, the mediator" in talk(alice)
    market.done(Party.BUYER, "withdraw", dispute=1)
    said = talk(alice)
    assert "To the marketplace's staff; the other side can read it too" in said
    assert "To the other side" not in said
    assert "To both sides" in talk(market.seat(Party.MEDIATOR))


def test_the_appeal_stands_beside_the_box_until_its_time_is_over(appealable: Market) -> None:
    alice = appealable.seat(Party.BUYER)
    assert "Appeal against the result . You can do that until Sat, 11 Apr 2026, 09:00" in talk(alice)
    assert 'href="' + alice.url("orders/O-1/disputes/1/do/appeal/") in alice.get(CASE).content.decode()
    appealable.day(30)
    assert "The time to appeal ended on Sat, 11 Apr 2026, 09:00" in talk(alice)
    assert "Appeal against the result" not in talk(alice)


def test_a_side_that_cannot_appeal_is_told_so_and_staff_are_not(appealable: Market) -> None:
    assert "This decision cannot be appealed." in talk(appealable.seat(Party.SELLER))
    assert "appeal" not in talk(appealable.seat(Party.MEDIATOR))


def test_nothing_is_said_of_an_appeal_while_one_is_looked_at(appealable: Market) -> None:
    appealable.done(Party.BUYER, "appeal", dispute=1, grounds="new_evidence", text="See.", files=[{"kind": "photo"}])
    assert "cannot be appealed" not in talk(appealable.seat(Party.SELLER))
