"""A buyer's orders, disputes and payments in lists, and one order as its four readers see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from amends.core.durations import format_instant
from amends.core.vocabulary import OrderStatus, Party, RefundStatus
from amends.orders import lists, trips
from amends.orders.lists import Which
from amends.orders.queries import Money
from amends.web.shown.payments import money_of

from .people import START, AtSeat, Market
from .test_opening import standing, text_of

OPENING: dict[str, Any] = {
    "lines": [{"line": "L1"}],
    "received": True,
    "reason": "defective",
    "wants": "refund",
    "amount": "45.00",
}


@pytest.fixture
def alice(market: Market) -> AtSeat:
    return market.seat(Party.BUYER)


# ── the orders ───────────────────────────────────────────────────────────────────────────────────


def test_before_anything_is_bought_each_page_says_what_will_appear(alice: AtSeat) -> None:
    assert "Each order appears here as soon as the shop tells us that it is paid" in text_of(alice.get("orders/"))
    assert "It appears here from then on" in text_of(alice.get("disputes/"))
    assert "Once an order is paid, its money appears here" in text_of(alice.get("payments/"))


def test_protection_is_a_bar_that_becomes_a_sentence_with_two_buttons(market: Market, alice: AtSeat) -> None:
    market.order()
    market.day(30)
    page = alice.get("orders/")
    assert '<progress max="100" value="50"' in page.content.decode()
    assert "Protected until Tue, 19 May 2026, 09:00" in text_of(page)
    market.day(57.5)
    told = text_of(alice.get("orders/"))
    assert "Your protection ends on Tue, 19 May 2026, 09:00: 2 days 12 hours left." in told
    assert "If you do nothing: 45.00 USD goes to the seller." in told
    page = alice.get("orders/").content.decode()
    assert alice.url("orders/O-1/do/request_extension/") in page
    assert alice.url("orders/O-1/open/") in page


def test_the_most_urgent_order_stands_first(market: Market, alice: AtSeat) -> None:
    market.order("O-1")
    market.day(5)
    market.order("O-2")
    market.order("O-3", lines=[{"id": "L1", "title": "Lamp", "price": "45.00", "quantity": 1}])
    market.day(16)
    market.done(Party.BUYER, "open", "O-3", **OPENING)
    page = alice.get("orders/").content.decode()
    order = [page.index(alice.url(f"orders/{key}/")) for key in ("O-3", "O-1", "O-2")]
    assert order == sorted(order)
    assert "The seller" in text_of(alice.get("orders/"))


def test_a_dispute_that_waits_for_her_says_so(market: Market, alice: AtSeat) -> None:
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **OPENING)
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="20.00")
    for address in ("orders/", "disputes/", "orders/O-1/"):
        told = text_of(alice.get(address))
        assert "Your turn" in told
        assert "The seller offers a refund of 20.00 USD." in told
        assert alice.url("orders/O-1/disputes/1/") in alice.get(address).content.decode()
    assert "Your turn" not in text_of(market.seat(Party.SELLER).get("orders/O-1/"))


def test_a_list_is_one_trip_however_many_orders_it_has(market: Market, alice: AtSeat) -> None:
    now = market.now

    def trips_for(which: Which) -> int:
        seen: list[str] = []
        before, trips.boundary = trips.boundary, seen.append
        try:
            lists.of_person(market.marketplace, Party.BUYER, "alice", now=now, which=which)
        finally:
            trips.boundary = before
        return seen.count("before")

    market.order("O-1")
    lists.of_person(market.marketplace, Party.BUYER, "alice", now=market.now, which=Which.URGENT)  # reads the policy
    for number in range(2, 6):
        market.order(f"O-{number}")
    assert [trips_for(which) for which in Which] == [1, 1, 1]


def test_many_orders_come_a_page_at_a_time(market: Market, alice: AtSeat) -> None:
    for number in range(22):
        market.order(f"O-{number:02}", shipped=False)
    first = alice.get("orders/").content.decode()
    assert first.count('class="card ordered"') == 20
    assert 'href="?page=2"' in first
    second = alice.get("orders/", page="2").content.decode()
    assert second.count('class="card ordered"') == 2
    assert 'href="?page=1"' in second
    for wrong in ("0", "-1", "x", "99999", "١"):
        assert alice.get("orders/", page=wrong).status_code == 404


def test_what_is_still_to_come_stands_with_the_order(market: Market, alice: AtSeat) -> None:
    market.order("O-1", shipped=False)
    told = text_of(alice.get("orders/"))
    assert "The seller must send the parcel by Sun, 19 Apr 2026, 09:00." in told
    assert "If nobody acts until then: The order is cancelled and 45.00 USD goes back to the buyer." in told
    market.day(31)
    told = text_of(alice.get("orders/"))
    assert "Cancelled" in told
    assert "Your refund of 45.00 USD" in told


def test_a_person_sees_only_what_is_theirs(market: Market, alice: AtSeat) -> None:
    market.order("O-1")
    market.order("O-2", buyer="anna")
    page = text_of(alice.get("orders/"))
    assert "O-1" in page
    assert "O-2" not in page
    sam = market.seat(Party.BUYER, "sam")
    assert "O-1" not in text_of(sam.get("orders/"))
    assert sam.get("orders/O-1/").status_code == 404
    assert alice.get("orders/O-2/").status_code == 404
    bob, mia = market.seat(Party.SELLER), market.seat(Party.MEDIATOR)
    for address in ("orders/", "disputes/", "payments/"):
        assert bob.get(address).status_code == 404
        assert mia.get(address).status_code == 404
    assert market.seat(Party.SELLER, "ben").get("orders/O-1/").status_code == 404


def test_a_seller_has_lists_too(market: Market) -> None:
    market.order("O-1")
    market.order("O-2", seller="ben")
    found = lists.of_person(market.marketplace, Party.SELLER, "bob", now=market.now, which=Which.URGENT)
    assert [one.order.id for one in found.orders] == ["O-1"]
    assert not found.more


def test_what_lapsed_meanwhile_is_shown_as_it_is_before_anybody_wrote_it(market: Market, alice: AtSeat) -> None:
    market.order()
    later = START + timedelta(days=61)
    listed = lists.of_person(market.marketplace, Party.BUYER, "alice", now=later, which=Which.URGENT)
    assert listed.orders[0].order.status is OrderStatus.COMPLETED
    market.day(61)
    told = text_of(alice.get("orders/"))
    assert "Completed" in told
    assert "Protected until" not in told


# ── disputes ─────────────────────────────────────────────────────────────────────────────────────


def test_disputes_open_first_then_how_the_others_ended(market: Market, alice: AtSeat) -> None:
    for key in ("O-1", "O-2", "O-3"):
        market.order(key)
    market.day(12)
    for key in ("O-1", "O-2"):
        market.done(Party.BUYER, "open", key, **OPENING)
    market.done(Party.SELLER, "accept", "O-1", dispute=1, offer=1)
    told = text_of(alice.get("disputes/"))
    assert told.index("The seller's turn".replace("'", "&#x27;")) < told.index("You get 45.00 USD back")
    assert "The seller accepted what the buyer asked for." in told
    assert "O-3" not in told
    assert "until Mon, 6 Apr 2026, 09:00" in told
    assert "45.00 USD goes back to the buyer" in told, "what silence does"


# ── one order ────────────────────────────────────────────────────────────────────────────────────


def test_the_four_readers_of_an_order(market: Market, alice: AtSeat) -> None:
    market.order()
    market.day(12)
    for party in (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR):
        page = market.seat(party).get("orders/O-1/")
        assert page.status_code == 200, party
        told = text_of(page)
        assert "Kettle" in told
        assert "LP00112233445566" in told
        assert "Held 45.00 USD" in told
        assert "What happened" in told
    assert "card" in text_of(alice.get("orders/O-1/"))
    assert "paid by" not in text_of(market.seat(Party.SELLER).get("orders/O-1/")), "how she paid is not his business"
    assert "Recife" in text_of(alice.get("orders/O-1/"))
    assert "Recife" not in text_of(market.seat(Party.SELLER).get("orders/O-1/")), "it is sent; he need not know now"


def test_acts_are_what_rights_say_and_the_rest_says_why(market: Market, alice: AtSeat) -> None:
    market.order()
    page = alice.get("orders/O-1/")
    told, html = text_of(page), page.content.decode()
    assert "Open a dispute: It is too early" in told
    assert "Mon, 30 Mar 2026, 09:00" in told
    assert alice.url("orders/O-1/do/confirm_receipt/") in html
    assert alice.url("orders/O-1/do/request_extension/") in html
    assert f'href="{alice.url("orders/O-1/open/")}"' not in html
    assert "Cancel and get 45.00 USD back: " in told
    market.day(10)
    assert f'href="{alice.url("orders/O-1/open/")}"' in alice.get("orders/O-1/").content.decode()


def test_a_seller_who_has_not_sent_is_asked_to(market: Market) -> None:
    market.order(shipped=False)
    bob = market.seat(Party.SELLER)
    page = bob.get("orders/O-1/")
    assert bob.url("orders/O-1/do/ship/") in page.content.decode()
    told = text_of(page)
    assert "The seller has until Sun, 19 Apr 2026, 09:00 to send it." in told
    assert "45.00 USD goes back to the buyer" in told, "what silence does"
    assert "Recife" in told, "while it is to be sent"


def test_more_time_that_was_only_asked_for_is_no_time(market: Market, alice: AtSeat) -> None:
    market.order()
    market.done(Party.BUYER, "request_extension", days=10)
    assert "Only a new date here protects you." in text_of(alice.get("orders/O-1/"))
    market.done(Party.SELLER, "extend_protection", days=10)
    assert "Only a new date here protects you." not in text_of(alice.get("orders/O-1/"))


def test_while_clocks_stand_still_the_page_says_so(market: Market, alice: AtSeat) -> None:
    market.order()
    market.done(Party.OPERATOR, "pause_clocks", text="storm", actor="olga")
    assert "no time is lost" in text_of(alice.get("orders/"))
    assert "The clocks of this order stand still." in text_of(alice.get("orders/O-1/"))


def test_what_people_wrote_is_text(market: Market, alice: AtSeat) -> None:
    evil = "<script>alert(1)</script>"
    market.order(
        seller=evil,
        lines=[{"id": "L1", "title": evil, "price": "45.00", "quantity": 1}],
        payments=[{"reference": "pay", "method": evil, "amount": "45.00"}],
    )
    market.day(12)
    market.done(Party.BUYER, "open", **OPENING, text=evil)
    for address in ("orders/", "disputes/", "payments/", "orders/O-1/"):
        page = alice.get(address)
        assert page.status_code == 200
        assert evil not in page.content.decode(), address


@pytest.mark.parametrize("language", ["ar", "ru", "zh-hans", "pt"])
def test_every_page_is_there_in_every_language(market: Market, language: str) -> None:
    market.order()
    market.day(58)
    reader = market.seat(Party.BUYER, language=language)
    for address in ("orders/", "disputes/", "payments/", "orders/O-1/"):
        page = reader.get(address)
        assert page.status_code == 200
        assert ('dir="rtl"' in page.content.decode()) is (language == "ar")


# ── the money ────────────────────────────────────────────────────────────────────────────────────


def refunded(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **OPENING | {"amount": "20.00"})
    market.done(Party.SELLER, "accept", dispute=1, offer=1)


def test_a_refund_is_told_stage_by_stage(market: Market, alice: AtSeat) -> None:
    refunded(market)
    told = text_of(alice.get("payments/"))
    assert "Paid 45.00 USD Held 0.00 USD Refunded 20.00 USD Gone to the seller 25.00 USD" in told
    assert "Refund of 20.00 USD scheduled to card" in told
    assert "Decided Wed, 1 Apr 2026, 09:00" in told
    assert "Arrives at the latest Thu, 16 Apr 2026" in told
    assert "You need to do nothing." in told
    market.done(Party.PAYMENTS, "refund_succeeded", dispute=1)
    assert "Arrived" in text_of(alice.get("payments/"))
    assert "Arrives at the latest" not in text_of(alice.get("payments/"))


def test_a_refund_that_failed_says_what_happens_next(market: Market, alice: AtSeat) -> None:
    refunded(market)
    market.done(Party.PAYMENTS, "refund_failed", dispute=1, text="card closed")
    told = text_of(alice.get("payments/"))
    assert "It is still yours and does not go to the seller" in told
    assert "does not go to the seller" not in text_of(market.seat(Party.SELLER).get("orders/O-1/"))


def _intent(state: str, **changed: Any) -> Money:
    sent = START + timedelta(days=12, hours=1)
    fields: dict[str, Any] = {
        **dict.fromkeys(Money._fields),
        "event": 5,
        "position": 1,
        "kind": "refund",
        "dispute": 1,
        "refund": 1,
        "payment": 1,
        "amount_minor": 2000,
        "currency": "USD",
        "funded_by": "escrow",
        "target": "pay-O-1",
        "redirected": False,
        "state": state,
        "withdrawn_minor": 0,
        "sent_at": sent if state != "pending" else None,
        **changed,
    }
    return Money(**fields)


def test_a_refund_that_has_left_is_on_its_way(market: Market) -> None:
    refunded(market)
    order = standing(market)
    waits = money_of(order, [_intent("pending")], Party.BUYER).refunds[0]
    assert waits.status is RefundStatus.SCHEDULED
    assert [stage.kind for stage in waits.stages] == ["past", "next", "next"]
    left = money_of(order, [_intent("sent")], Party.BUYER).refunds[0]
    assert left.status is RefundStatus.SENT
    assert [stage.kind for stage in left.stages] == ["past", "past", "next"]
    half = money_of(order, [_intent("sent"), _intent("pending", position=2, payment=2)], Party.BUYER).refunds[0]
    assert half.status is RefundStatus.SCHEDULED, "half of it has not left yet"


def test_where_she_banks_and_where_his_money_goes_each_knows_his_own(market: Market) -> None:
    refunded(market)
    order = standing(market)
    payout = _intent("sent", kind="release", amount_minor=2500, dispute=1, refund=None)
    hers = money_of(order, [_intent("sent"), payout], Party.BUYER)
    his = money_of(order, [_intent("sent"), payout], Party.SELLER)
    assert (hers.refunds[0].to, hers.payouts) == ("card", ())
    assert his.refunds[0].to == ""
    assert not his.payments
    assert [one.sum.replace("\xa0", " ") for one in his.payouts] == ["25.00 USD"]


def test_money_intents_come_with_the_list(market: Market) -> None:
    refunded(market)
    listed = lists.of_person(market.marketplace, Party.BUYER, "alice", now=market.now, which=Which.NEWEST)
    kinds = sorted((one.kind, one.amount_minor, one.state) for one in listed.orders[0].money)
    assert kinds == [("refund", 2000, "pending"), ("release", 2500, "pending")]


def test_a_name_nobody_bears_has_no_orders(market: Market) -> None:
    market.order()
    assert not lists.of_person(market.marketplace, Party.BUYER, "", now=market.now, which=Which.URGENT).orders
    with pytest.raises(AssertionError):
        lists.of_person(UUID(int=1), Party.MEDIATOR, "mia", now=market.now, which=Which.URGENT)


def test_a_promised_day_stands_with_the_parcel(market: Market, alice: AtSeat) -> None:
    market.order(shipped=False)
    market.done(
        Party.SELLER,
        "ship",
        tracking="LP00112233445566",
        delivery_due=format_instant(START + timedelta(days=20)),
    )
    market.done(Party.CARRIER, "track", state="customs", country="BR")
    told = text_of(alice.get("orders/O-1/"))
    assert "Promised by Thu, 9 Apr 2026, 09:00" in told
    assert "Customs has it." in told
