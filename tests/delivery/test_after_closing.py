"""What is written after a dispute has ended: the other side is told, and both hear what staff answer."""

from __future__ import annotations

from amends.core.vocabulary import Party
from amends.delivery import audience
from amends.orders.contacts import Kind
from tests.core.builders import Life


def told_of_the_last(life: Life) -> list[tuple[Party, Kind]]:
    return list(audience.told(life.order, life.history[-1]))


def test_a_message_after_the_end_asks_nothing_of_the_other_side() -> None:
    life = Life("alx-e").at(1).does("seller", "ship").at(20).does("buyer", "open").does("buyer", "withdraw")
    life.at(21).does("buyer", "message", text="secret")
    assert told_of_the_last(life) == [(Party.SELLER, Kind.NEWS)]
    life.does("mediator", "message", text="secret")
    assert told_of_the_last(life) == [(Party.BUYER, Kind.NEWS), (Party.SELLER, Kind.NEWS)]
