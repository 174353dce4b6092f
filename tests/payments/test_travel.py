"""A sandbox's clock moved far at once: what the provider would have answered on the way, he has answered."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from amends import policies
from amends.orders import clock, marketplaces, queries
from amends.payments import travel

from .desk import day, refund, ruled, sound

Server = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def shop(database: str) -> UUID:
    """Its clock stands at the day of the ruling; its provider answers an hour after he was called."""
    made = marketplaces.register(
        f"travels {uuid4()}",
        policies.load("alx-e"),
        sandbox=True,
        provider_settings={"answers_after": "PT1H"},
    )
    ruled(made.id, "100.00")
    clock.advance(made.id, day(21))
    return made.id


def late(shop: UUID) -> bool:
    found = queries.order(shop, "V1", now=day(200))
    assert found is not None
    return any(type(one.event).__name__ == "DeadlineLapsed" and one.event.name == "refund" for one in found.history)


def test_a_refund_arrives_in_its_time_however_far_the_clock_is_moved(shop: UUID) -> None:
    assert travel.advance(shop, day(200), now=day(900)) == day(200)
    assert refund(shop, 200) == "succeeded"
    assert not late(shop)
    sound(shop)


def test_the_clock_alone_would_have_rung_the_alarm(shop: UUID) -> None:
    clock.advance(shop, day(200))
    assert late(shop)


def test_going_back_is_refused_as_ever(shop: UUID) -> None:
    with pytest.raises(Exception, match="malformed"):
        travel.advance(shop, day(20), now=day(900))
