"""What the pages say to the very person who reads them: in the second person, with dates, and nothing that is false."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from amends import words
from amends.core.vocabulary import Party

from .people import START, AtSeat, Market
from .test_case import CASE, band, part, plain, text

ORDER = "orders/O-1/"


@pytest.fixture
def opened(market: Market) -> Market:
    """Alice asked for 45.00 USD on day 12."""
    market.order()
    market.day(12)
    _claims(market)
    return market


def _claims(market: Market, **changed: Any) -> None:
    asked = {"lines": ["L1"], "received": True, "reason": "low_quality", "wants": "refund", "amount": "45.00"}
    market.done(Party.BUYER, "open", **(asked | changed))


# ── the money of a withdrawn dispute ─────────────────────────────────────────────────────────────


def test_a_withdrawn_dispute_says_held_only_while_it_is_held(opened: Market) -> None:
    opened.done(Party.BUYER, "withdraw", dispute=1)
    alice = opened.seat(Party.BUYER)
    assert "what is held stays held until protection ends" in band(alice)
    opened.day(100)
    said = band(alice)
    assert "stays held" not in said
    assert re.search(r"The money went to the seller when protection ended on \w{3}, \d+ \w+ 2026, \d\d:\d\d\.", said)
    assert "Held 0.00 USD" in part(alice.get(CASE), "money-title")


def test_a_withdrawn_dispute_does_not_credit_protection_with_what_a_receipt_did(opened: Market) -> None:
    opened.done(Party.BUYER, "withdraw", dispute=1)
    opened.done(Party.BUYER, "confirm_receipt", lines=["L1"])
    opened.day(100)
    said = band(opened.seat(Party.BUYER))
    assert "The money has gone to the seller since." in said
    assert "when protection ended" not in said


def test_a_withdrawn_dispute_does_not_give_the_seller_what_a_later_one_gave_back(opened: Market) -> None:
    opened.done(Party.BUYER, "withdraw", dispute=1)
    _claims(opened, reason="defective", files=["photo"])
    opened.done(Party.SELLER, "accept", dispute=2, offer=1)
    said = band(opened.seat(Party.BUYER))
    assert "Nothing is held for it any more." in said
    assert "to the seller" not in said


def test_bob_who_gave_it_all_back_reads_that_and_no_reproach(opened: Market) -> None:
    opened.done(Party.SELLER, "accept", dispute=1, offer=1)
    said = band(opened.seat(Party.SELLER))
    assert said.startswith("The buyer gets 45.00 USD back The seller accepted")
    assert said.count("45.00 USD back") == 1


# ── the second person ────────────────────────────────────────────────────────────────────────────


def test_clocks_speak_to_whoever_reads_on_orders_acts_and_flashes(market: Market) -> None:
    market.order()
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    assert "You are protected until" in text(alice.get(ORDER))
    assert "The buyer is protected until" in text(bob.get(ORDER))
    asking = text(alice.get(f"{ORDER}do/request_extension/"))
    assert "You are protected until" in asking
    assert "The buyer is protected" not in asking
    assert "The buyer is protected until" in text(bob.get(f"{ORDER}do/extend_protection/"))
    market.day(12)
    _claims(market)
    refusing = text(bob.get(f"{CASE}do/reject/"))
    assert "You can answer until" in refusing
    assert "The seller may answer" not in refusing
    bob.post(f"{CASE}do/offer/", _key="k1", wants="refund", amount="5.00", text="", sure="1")
    flash = text(bob.get(CASE))
    assert "You both can bargain until" in flash
    assert "They may bargain" not in flash


def test_the_orders_story_speaks_to_whoever_reads(opened: Market) -> None:
    alice, mia = text(opened.seat(Party.BUYER).get(ORDER)), text(opened.seat(Party.MEDIATOR).get(ORDER))
    assert "You placed the order; the 45.00 USD you paid is held." in alice
    assert "The seller sent the parcel." in alice
    assert "The order was placed; the 45.00 USD the buyer paid is held." in mia
    assert "You sent the parcel." in text(opened.seat(Party.SELLER).get(ORDER))


def test_the_band_says_in_whose_time(opened: Market) -> None:
    assert "You can answer until Mon, 6 Apr 2026, 09:00 (UTC)" in band(opened.seat(Party.SELLER))
    said = band(opened.seat(Party.SELLER, zone="Asia/Tokyo"))
    assert "You can answer until Mon, 6 Apr 2026, 18:00 (Asia/Tokyo, your time)" in said
    settings = text(opened.seat(Party.SELLER, zone="Asia/Tokyo").get("settings/"))
    assert "“Show times in UTC”, at the foot of every page" in settings
    assert "Hold the pointer" not in settings


# ── what can and cannot be done ──────────────────────────────────────────────────────────────────


def test_what_no_policy_ever_gives_alice_is_not_listed_for_her(opened: Market) -> None:
    opened.done(Party.SELLER, "accept", dispute=1, offer=1)
    alice = opened.seat(Party.BUYER)
    for page in (alice.get(ORDER), alice.get(CASE)):
        assert "This policy does not let" not in text(page)
        assert "Cancel and get 0.00" not in text(page)
    assert "Cancel the order" in text(alice.get(ORDER))


def test_what_is_decided_needs_no_receipt_and_says_so(market: Market) -> None:
    lines = [
        {"id": "L1", "title": "Kettle", "price": "30.00", "quantity": 1},
        {"id": "L2", "title": "Filter", "price": "15.00", "quantity": 1},
    ]
    market.order(lines=lines)
    market.day(12)
    _claims(market, amount="30.00")
    market.done(Party.SELLER, "accept", dispute=1, offer=1)
    refused = market.do(Party.BUYER, "confirm_receipt", lines=["L1"]).refused
    assert refused is not None
    assert refused.code.value == "line_already_disputed"
    assert words.refusal(refused).sentence.startswith("The money of these goods is decided already")


def test_each_side_reads_what_the_other_can_do_now(opened: Market) -> None:
    said = band(opened.seat(Party.BUYER))
    assert "What bob can do now: Accept · Offer something else · Turn it down · " in said
    opened.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="20.00")
    said = band(opened.seat(Party.SELLER))
    assert "What alice can do now: Accept · Ask for something else · " in said
    assert "can do now:" not in band(opened.seat(Party.MEDIATOR))


def test_what_the_other_can_do_never_tells_that_he_has_chosen() -> None:
    market = Market("alx-d")
    market.order()
    market.day(12)
    _claims(market)
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="5.00")
    market.day(40)
    options = [{"option": at, "wants": "refund", "amount": f"{at}0.00"} for at in (1, 2)]
    market.done(Party.MEDIATOR, "propose", dispute=1, actor="mia", options=options)
    alice = market.seat(Party.BUYER)
    before = _theirs(alice)
    market.done(Party.SELLER, "choose", dispute=1, option=1)
    assert "Choose an option" in before
    assert _theirs(alice) == before


def _theirs(seat: AtSeat) -> str:
    found = re.search(r'<p class="small theirs">.*?</p>', seat.get(CASE).content.decode())
    assert found is not None, "nothing is said of the other side"
    return plain(found[0])


def test_what_a_mediator_would_ask_for_stands_there_until_it_is_given(opened: Market) -> None:
    asked = "What a mediator would ask you for, and is not here yet"
    alice = opened.seat(Party.BUYER)
    wanted = text(alice.get(CASE)).partition(asked)[2]
    assert wanted.lstrip().startswith("Photo.")
    assert asked not in text(opened.seat(Party.MEDIATOR).get(CASE))
    for _ in range(2):
        opened.done(Party.BUYER, "add_evidence", dispute=1, kind="photo")
    assert not text(alice.get(CASE)).partition(asked)[2].lstrip().startswith("Photo.")


def test_refusing_says_until_when_the_buyer_answers_and_what_silence_does(opened: Market) -> None:
    ahead = text(opened.seat(Party.SELLER).get(f"{CASE}do/reject/")).partition("Your reasons")[0]
    assert "Where you do not agree, a mediator decides by the evidence. You both can bargain until" in ahead
    assert re.search(r"until \w{3}, \d+ Apr 2026, \d\d:\d\d\. If nobody acts until then: The mediator joins", ahead)


def test_a_lowered_offer_shows_what_was_offered_before(opened: Market) -> None:
    opened.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="10.00")
    assert "offered before" not in part(opened.seat(Party.BUYER).get(CASE), "terms-title")
    opened.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="3.00")
    terms = part(opened.seat(Party.BUYER).get(CASE), "terms-title")
    assert "instead of 45.00 USD 3.00 USD offered before: 10.00 USD" in terms


def test_no_longer_needed_is_warned_of_by_the_policys_own_postage(market: Market) -> None:
    warned = "A change of mind is nobody's fault: you may get nothing back"
    for shop, postage in ((market, True), (Market("alx-d", **{"return.postage_paid_by": "seller"}), False)):
        shop.order()
        shop.day(12)
        alice = shop.seat(Party.BUYER)
        alice.post(f"{ORDER}open/", step="received", received="yes")
        asked = text(alice.get(f"{ORDER}open/", step="reason"))
        assert warned in asked
        assert ("Where the goods go back, you pay the postage." in asked) is postage


# ── dates and paper ──────────────────────────────────────────────────────────────────────────────


def test_a_page_on_paper_says_zone_day_and_policy(opened: Market) -> None:
    page = opened.seat(Party.BUYER, zone="Asia/Tokyo").get(CASE).content.decode()
    paper = " ".join(plain(one) for one in re.findall(r'<p class="print-only small">.*?</p>', page))
    assert "Policy of this order: alx-d , version 1." in paper
    assert "All times in Asia/Tokyo; printed Wed, 1 Apr 2026, 18:00 ." in paper


def test_what_is_left_is_handed_to_the_script_only_where_time_runs(opened: Market) -> None:
    assert "data-ticking" not in opened.seat(Party.BUYER).get(CASE).content.decode()
    live = Market(live=True)
    live.ago = timedelta(days=1)
    live.order()
    assert "data-ticking" in live.seat(Party.BUYER).get(ORDER).content.decode()
    assert live.now > START
