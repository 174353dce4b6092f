"""Each browser sits only where it was given a seat; Sam, a stranger, learns nothing anywhere."""

from __future__ import annotations

from django.test import Client

from amends.core.vocabulary import Party
from amends.web import assets

from .people import Market


def test_a_stranger_learns_nothing_at_the_address_of_a_seat(market: Market) -> None:
    alice = market.seat(Party.BUYER)
    assert alice.get().status_code == 302
    sam = Client()
    assert sam.get(alice.url()).status_code == 404
    assert sam.get("/at/aaaaaaaaaaaaaaaa/").status_code == 404


def test_two_people_sit_at_one_browser_without_acting_for_each_other(market: Market) -> None:
    alice = market.seat(Party.BUYER)
    bob = market.seat(Party.SELLER, client=alice.client)
    assert alice.seat.id != bob.seat.id
    assert alice.get().status_code == bob.get().status_code == 302


def test_in_a_sandbox_one_browser_is_many_people_and_keeps_its_first_tab(market: Market) -> None:
    alice = market.seat(Party.BUYER)
    for number in range(40):
        market.seat(Party.BUYER, f"visitor {number}", client=alice.client)
    assert alice.get().status_code == 302


def test_style_and_script_stand_at_addresses_of_their_own_bytes(database: str) -> None:
    sam = Client()
    for name in ("app.css", "app.js", "htmx.min.js"):
        answer = sam.get(assets.address(name), headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer["Content-Encoding"] == "gzip"
        assert "immutable" in answer["Cache-Control"]
    assert sam.get("/static/000000000000/app.css").status_code == 404
    assert sam.get("/static/000000000000/..%2fapps.py").status_code == 404
