"""A return address is the seller's, whoever names it; a destination is the buyer's. Each goes with its person."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core.values import Location
from amends.orders import addresses, privacy, queries
from amends.orders.verify import verify
from tests.store.lives import accepted, act, day, disputed

from .dump import everything, found_in

Server = psycopg.Connection[tuple[Any, ...]]
BOBS = {
    "country": "CN",
    "city": "Wuxi",
    "name": "Bobs-Warehouse",
    "lines": ["Bobs-Lane 12"],
    "postcode": "BOB214000",
    "phone": "BOB-0510",
}
WORDS = ("Bobs-Warehouse", "Bobs-Lane 12", "BOB214000", "BOB-0510", "Wuxi")


def label(shop: UUID) -> Location:
    found = queries.order(shop, "O1", now=day(15))
    assert found is not None
    place = found.order.disputes[0].return_to
    assert place is not None
    return place


def plain(place: Location) -> tuple[str | None, ...]:
    parts = (place.name, *place.lines, place.postcode, place.phone, place.city)
    return tuple(part.plain if part else "not there" for part in parts)


@pytest.mark.parametrize("by", ["seller", "mediator"])
def test_bobs_address_is_bobs_and_goes_with_him_alone(shop: UUID, server: Server, files: Path, by: str) -> None:
    disputed(shop)
    terms = {"wants": "return_and_refund", "amount": "45.00", "return_to": BOBS}
    accepted(act(shop, "seller", "offer", 13, dispute=1, wants="refund", amount="5.00"))
    if by == "mediator":
        accepted(act(shop, "buyer", "escalate", 13.5, dispute=1))
        accepted(act(shop, "mediator", "rule", 14, dispute=1, text="It is broken.", **terms))
    else:
        accepted(act(shop, "seller", "offer", 14, dispute=1, **terms))
    before = everything(server, files, shop)
    for word in WORDS:
        assert not found_in(before, word), f"{word} stands somewhere in the clear"
    assert plain(label(shop)) == WORDS
    privacy.erase(shop, "alice", reason="she asked", now=day(30))
    assert plain(label(shop)) == WORDS
    privacy.erase(shop, "bob", reason="he asked", now=day(30))
    assert plain(label(shop)) == (None,) * 5
    assert label(shop).country == "CN"
    assert addresses.last_named(shop, "bob") is None
    assert not verify(shop).broken


def test_the_address_that_is_remembered_is_the_sellers_own_and_the_last(shop: UUID) -> None:
    disputed(shop)
    assert addresses.last_named(shop, "bob") is None, "country and city are no address"
    terms = {"wants": "return_and_refund", "amount": "45.00"}
    accepted(act(shop, "seller", "offer", 13, dispute=1, **terms, return_to=BOBS))
    accepted(act(shop, "seller", "offer", 14, dispute=1, **terms, return_to=BOBS | {"name": "New-Warehouse"}))
    last = addresses.last_named(shop, "bob")
    assert last is not None
    assert plain(last) == ("New-Warehouse", *WORDS[1:])
    assert addresses.last_named(shop, "zoran") is None
