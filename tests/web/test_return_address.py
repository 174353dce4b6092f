"""Bob says where a parcel can be sent; Alice reads it once a return is agreed, and not before."""

from __future__ import annotations

from typing import Any

from amends.core.vocabulary import Party

from .acts_reading import form, said
from .people import WAREHOUSE, AtSeat, Market
from .test_acts import asked_and_done, do

CLAIM = {"lines": ["L1"], "received": True, "reason": "low_quality", "amount": "45.00", "wants": "return_and_refund"}
TYPED = {
    "return_name": "Bob's Kettles",
    "return_street": "Building 4\r\n12 Keji Road",
    "return_postcode": "518057",
    "return_city": "Shenzhen",
    "return_country": "CN",
}
STREET = "12 Keji Road"


def claimed(market: Market, order: str = "O-1", **changed: Any) -> None:
    """Alice wants to send the kettle back; of Bob only the city is known."""
    market.order(order, **{"return_to": {"country": "CN", "city": "Shenzhen"}, **changed})
    market.day((market.now - market.now.replace(month=3, day=20)).days + 11)
    market.done(Party.BUYER, "open", order, **CLAIM)


def accepting(order: str = "O-1") -> str:
    return do("accept").replace("O-1", order)


def test_bob_is_asked_for_what_a_parcel_needs_and_alice_reads_it_then(market: Market) -> None:
    claimed(market)
    bob, alice = market.seat(Party.SELLER), market.seat(Party.BUYER)
    page = bob.get(do("accept"))
    assert "So far only this is known: Shenzhen, China." in said(page)
    assert (form(page)["return_city"], form(page)["return_country"]) == ("Shenzhen", "CN")
    short = bob.post(do("accept"), **form(page) | {"return_name": "Bob's Kettles"})
    assert short.status_code == 422
    assert "Write street and house number." in said(short)
    assert "Write the postcode." in said(short)
    assert form(short)["return_name"] == "Bob's Kettles"
    assert STREET not in said(alice.get("orders/O-1/disputes/1/"))
    assert asked_and_done(bob, do("accept"), **TYPED).status_code == 303
    for page_of_alice in (do("ship_return"), "orders/O-1/disputes/1/"):
        words = said(alice.get(page_of_alice))
        assert "Bob's Kettles Building 4 12 Keji Road 518057 Shenzhen China" in words
    assert '<address class="label">' in alice.get(do("ship_return")).content.decode()
    assert market.seat(Party.BUYER, "sam").get(do("ship_return")).status_code == 404
    assert STREET in said(market.seat(Party.MEDIATOR).get("orders/O-1/disputes/1/"))


def test_a_country_without_postcodes_needs_none(market: Market) -> None:
    claimed(market, return_to=None)
    bob = market.seat(Party.SELLER)
    done = asked_and_done(bob, do("accept"), **TYPED | {"return_country": "HK", "return_postcode": ""})
    assert done.status_code == 303


def test_bob_types_it_once(market: Market) -> None:
    claimed(market)
    bob = market.seat(Party.SELLER)
    assert asked_and_done(bob, do("accept"), **TYPED).status_code == 303
    claimed(market, "O-2", return_to=None)
    page = bob.get(accepting("O-2"))
    assert "This is the address that was named last." in said(page)
    assert form(page)["return_street"].split("\n") == ["Building 4", STREET]
    assert asked_and_done(bob, accepting("O-2")).status_code == 303
    assert STREET in said(market.seat(Party.BUYER).get(do("ship_return").replace("O-1", "O-2")))
    claimed(market, "O-3", return_to={"country": "CN", "city": "Xiamen"})
    assert form(bob.get(accepting("O-3")))["return_city"] == "Xiamen", "these goods go to another city"


def test_nobody_is_asked_for_what_is_known_or_not_needed(market: Market) -> None:
    claimed(market, return_to=WAREHOUSE)
    bob = market.seat(Party.SELLER)
    assert "return_name" not in form(bob.get(do("accept")))
    claimed(market, "O-2")
    offer = do("offer").replace("O-1", "O-2")
    assert "return_name" in form(bob.get(offer))
    refund = bob.post(offer, **form(bob.get(offer)) | {"wants": "refund", "amount": "5.00"})
    assert refund.status_code == 303, "money without goods needs no address"
    assert market.found("O-2").order.disputes[0].return_to is None


def test_alice_is_told_what_to_do_where_silence_left_only_a_city(market: Market) -> None:
    claimed(market)
    market.day(18)
    words = said(market.seat(Party.BUYER).get(do("ship_return")))
    assert "Shenzhen, China" in words
    assert "No whole address was named. Ask the seller for it in a message before you send anything." in words
    assert "Write name, street and postcode in a message." in said(
        market.seat(Party.SELLER).get("orders/O-1/disputes/1/")
    )


def test_mia_names_a_whole_address_or_none(market: Market) -> None:
    claimed(market)
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="5.00")
    market.done(Party.BUYER, "escalate", dispute=1)
    mia = market.seat(Party.MEDIATOR)
    ruling = {
        "wants": "return_and_refund", "amount": "45.00", "finding": "It leaks.", "fault": "seller",
        "funded_by": "escrow", "counts_against": "seller", "text": "The picture shows it.",
    }  # fmt: skip
    half = _decides(mia, ruling | {"return_country": "CN", "return_city": "Shenzhen"})
    assert half.status_code == 422
    assert "Write street and house number." in said(half)
    assert _decides(mia, ruling | TYPED).status_code == 200
    assert _decides(mia, ruling).status_code == 200, "the city is known, so Mia need name nothing"


def _decides(mia: AtSeat, fields: dict[str, str]) -> Any:
    return mia.post(do("rule"), **form(mia.get(do("rule"))) | fields)
