"""The case page: what a person sees first, what he may do, and that it asks the database little."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from amends.core.vocabulary import Party, Verb
from amends.orders import queries, trips
from amends.web.shown import case as shown
from amends.words import reader

from .people import AtSeat, Market

CASE = "orders/O-1/disputes/1/"


def text(answer: Any) -> str:
    """The page's words, one space between them."""
    assert answer.status_code == 200
    return plain(answer.content.decode().partition('<main id="main">')[2])


def plain(written: str) -> str:
    words = html.unescape(re.sub(r"<[^>]+>", " ", written)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", words).strip()


def part(answer: Any, css: str) -> str:
    """The words of the first section of that class or title."""
    found = re.search(rf"<section[^>]*{css}.*?</section>", answer.content.decode(), re.DOTALL)
    assert found, f"there is no {css}"
    return plain(found[0])


def band(seat: AtSeat) -> str:
    return part(seat.get(CASE), "case-band")


@pytest.fixture
def opened(market: Market) -> Market:
    """Alice asked for 45.00 USD on day 12."""
    market.order()
    market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00",
        text="It came scratched.",
    )  # fmt: skip
    return market


@pytest.fixture
def offered(opened: Market) -> Market:
    opened.day(13)
    opened.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="20.00", text="Small scratches.")
    return opened


# ── the band ─────────────────────────────────────────────────────────────────────────────────────


def test_bob_is_told_that_it_is_his_turn_until_when_and_what_silence_costs(opened: Market) -> None:
    said = band(opened.seat(Party.SELLER))
    assert said.startswith("Your turn 5 days left The buyer asks for a refund of 45.00 USD. You have not answered yet.")
    assert "You can answer until Mon, 6 Apr 2026, 09:00" in said
    assert "If you do nothing: The dispute ends for the buyer: 45.00 USD goes back to the buyer." in said
    assert "You lose nothing by waiting" not in said


def test_alice_waits_and_loses_nothing_by_it(opened: Market) -> None:
    said = band(opened.seat(Party.BUYER))
    assert said.startswith("The seller's turn 5 days left You ask for a refund of 45.00 USD.")
    assert "If nothing happens by then: The dispute ends for the buyer" in said
    assert "You lose nothing by waiting." in said


def test_the_offer_is_on_the_table_with_what_accepting_means(offered: Market) -> None:
    said = band(offered.seat(Party.BUYER))
    assert said.startswith("Your turn")
    assert "The seller offers a refund of 20.00 USD. You ask for a refund of 45.00 USD." in said
    assert "you get 20.00 USD, the seller keeps 25.00 USD" in said
    assert "The mediator joins and decides; no money moves before that. You lose nothing by waiting." in said


def test_instants_are_in_the_readers_zone_and_language(opened: Market) -> None:
    assert "Mon, 6 Apr 2026, 18:00" in band(opened.seat(Party.SELLER, zone="Asia/Tokyo"))
    page = opened.seat(Party.SELLER, language="ar").get(CASE).content.decode()
    assert 'dir="rtl"' in page
    assert 'data-until="2026-04-06T09:00:00Z"' in page


def test_the_result_says_who_gets_what_and_when_it_arrives(offered: Market) -> None:
    offered.done(Party.BUYER, "accept", dispute=1, offer=2)
    said = band(offered.seat(Party.BUYER))
    assert said.startswith("You get 20.00 USD back Both sides agreed. The seller gets 25.00 USD.")
    assert re.search(r"Your refund of 20.00 USD .* \w{3}, \d+ Apr 2026", said)
    assert "The result is final. You can still write messages here." in said
    assert band(offered.seat(Party.SELLER)).startswith("You get 25.00 USD Both sides agreed. The buyer gets 20.00 USD")
    assert band(offered.seat(Party.MEDIATOR)).startswith("20.00 USD goes to the buyer, 25.00 USD to the seller")


def test_nothing_back_is_said_in_so_many_words(offered: Market) -> None:
    offered.done(Party.SELLER, "reject", dispute=1)
    assert "The seller refuses: the offer on the table is 0.00 USD." in band(offered.seat(Party.BUYER))
    offered.done(Party.BUYER, "accept", dispute=1, offer=3, confirm_zero=True)
    assert band(offered.seat(Party.BUYER)).startswith("You get nothing back Both sides agreed.")


def test_an_appeal_that_waits_keeps_the_result_and_says_until_when_it_is_decided() -> None:
    market = Market("alx-e")
    _ruled(market)
    said = band(market.seat(Party.BUYER))
    assert "You can appeal until" in said
    assert "The result becomes final." in said
    market.done(Party.BUYER, "appeal", dispute=1, grounds="new_evidence", text="A video.", files=[{"kind": "video"}])
    said = band(market.seat(Party.BUYER))
    assert "You have appealed. Until a mediator has decided about that, the result stays as it is." in said
    assert "You can appeal until" not in said
    assert "You decide about the appeal by" in band(market.seat(Party.MEDIATOR))
    assert "The buyer has appealed." in band(market.seat(Party.SELLER))


def _ruled(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="low_quality", wants="refund", amount="45.00"
    )  # fmt: skip
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="5.00")
    if market.do(Party.BUYER, "escalate", dispute=1).refused is not None:
        market.day(60)
    market.done(
        Party.MEDIATOR, "rule", dispute=1, actor="mia", wants="refund", amount="10.00", text="A small scratch.",
        finding="One scratch.", fault="seller", funded_by="escrow", counts_against="seller",
    )  # fmt: skip


def test_while_a_bank_looks_everything_stands_still_and_no_date_is_named(opened: Market) -> None:
    opened.done(Party.PAYMENTS, "chargeback_opened", reference="cb-1")
    said = band(opened.seat(Party.SELLER))
    assert said.startswith("Everything stands still")
    assert "The cardholder's bank is looking at this payment." in said
    assert "until" not in said.partition("What you cannot do now")[0].replace("Until it has decided", "")


def test_a_pause_is_said_with_its_reason(opened: Market) -> None:
    opened.done(Party.OPERATOR, "pause_clocks", text="Floods in Recife.", actor="olga")
    answer = opened.seat(Party.BUYER).get(CASE)
    assert part(answer, "case-band").startswith("Everything stands still")
    assert "Nobody loses time by that" in part(answer, "case-band")
    assert "Floods in Recife." in text(answer)


def test_the_band_alone_serves_lists(offered: Market) -> None:
    found = queries.order(offered.marketplace, "O-1", now=offered.now)
    assert found is not None
    with reader("en"):
        made = shown.band(found.order, found.order.disputes[0], Party.BUYER, offered.now)
    assert (made.kind, made.whose, made.calm) == ("yours", "Your turn", True)
    assert made.until is not None


# ── the arc, the terms, the money ────────────────────────────────────────────────────────────────


def test_the_arc_names_the_date_a_mediator_joins(offered: Market) -> None:
    arc = part(offered.seat(Party.BUYER).get(CASE), 'aria-labelledby="arc-title"')
    assert re.search(r"opened Wed, 1 Apr 2026, 09:00 has happened the seller answered .* has happened", arc)
    assert "a mediator joins, if you do not agree Fri, 17 Apr 2026, 09:00 may come" in arc
    assert re.search(r"decision by \w+, \d+ \w+ 2026, 09:00 may come", arc)


def test_what_differs_is_marked_where_it_differs(opened: Market) -> None:
    opened.done(Party.SELLER, "offer", dispute=1, wants="return_and_refund", amount="20.00", text="Send it back.")
    page = opened.seat(Party.BUYER).get(CASE).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"Refund, keep the goods</del> <ins>Return the goods, then refund</ins>", page)
    assert re.search(r"45.00 USD</del> <ins>20.00 USD</ins>", page)
    terms = part(opened.seat(Party.BUYER).get(CASE), 'aria-labelledby="terms-title"')
    assert "You would pay the postage back to the seller" in terms
    assert "you get money only once the goods are back" in terms


def test_money_and_refund_stand_with_their_stages(offered: Market) -> None:
    money = part(offered.seat(Party.BUYER).get(CASE), 'aria-labelledby="money-title"')
    assert "Paid 45.00 USD Held 45.00 USD Refunded 0.00 USD Released to the seller 0.00 USD" in money
    offered.done(Party.BUYER, "accept", dispute=1, offer=2)
    money = part(offered.seat(Party.BUYER).get(CASE), 'aria-labelledby="money-title"')
    assert "Held 0.00 USD Refunded 20.00 USD Released to the seller 25.00 USD" in money
    assert re.search(r"scheduled Thu, 2 Apr 2026, 09:00 .* at the latest \w+, \d+ \w+ 2026", money)
    offered.done(Party.PAYMENTS, "refund_succeeded", dispute=1)
    assert "The refund of 20.00 USD has arrived." in band(offered.seat(Party.BUYER))


# ── acts ─────────────────────────────────────────────────────────────────────────────────────────


def buttons(seat: AtSeat) -> list[tuple[str, str]]:
    """Classes and words of the buttons, in their order."""
    found = re.search(r'<div class="acts">(.*?)</div>', seat.get(CASE).content.decode(), re.DOTALL)
    return (
        re.findall(r'class="button ?(\w*)"[^>]*>([^<]+)<', found[1].replace("\N{NO-BREAK SPACE}", " ")) if found else []
    )


def test_the_main_button_says_the_act_with_its_money(offered: Market) -> None:
    shown = buttons(offered.seat(Party.BUYER))
    assert shown[0] == ("main", "Accept 20.00 USD")
    assert [words for _, words in shown[1:3]] == ["Ask for something else", "Turn down 20.00 USD"]
    assert ("grave", "Withdraw the dispute") in shown
    assert buttons(offered.seat(Party.SELLER))[0][1] == "Refund 45.00 USD"


def test_an_offer_of_nothing_is_not_the_main_button(offered: Market) -> None:
    offered.done(Party.SELLER, "reject", dispute=1)
    shown = buttons(offered.seat(Party.BUYER))
    assert shown[0] == ("main", "Ask for something else")
    assert ("grave", "Accept 0.00 USD and end the dispute") in shown


@pytest.mark.parametrize("party", [Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR])
def test_buttons_are_exactly_the_rights_and_the_rest_is_explained(offered: Market, party: Party) -> None:
    seat = offered.seat(party)
    found = queries.order(offered.marketplace, "O-1", now=offered.now)
    assert found is not None
    matter = shown.matter(found, found.order.disputes[0], party, offered.now)
    page = seat.get(CASE).content.decode()
    on_dispute = {Verb(verb) for verb in re.findall(r"disputes/1/do/(\w+)/", page)}
    on_order = {Verb(verb) for verb in re.findall(r"orders/O-1/do/(\w+)/", page)}
    assert on_dispute >= set(matter.rights.can) - {Verb.REMOVE_EVIDENCE}
    assert on_dispute <= set(matter.rights.can)
    assert on_order == set(matter.order_rights.can) - {Verb.OPEN}
    refused = [one for one in (*matter.rights.cannot, *matter.order_rights.cannot) if one.refusal.variant != "policy"]
    explained = page.partition('<ul class="cannot">')[2].partition("</ul>")[0]
    assert explained.count("<li><b>") == len(refused)


def test_what_is_impossible_says_why_and_from_when(opened: Market) -> None:
    said = band(opened.seat(Party.BUYER))
    assert "What you cannot do now, and why" in said
    assert "There is no offer on the table." in said


# ── strangers, and what it costs ─────────────────────────────────────────────────────────────────


def test_sam_learns_nothing(opened: Market) -> None:
    for party, name in ((Party.BUYER, "sam"), (Party.SELLER, "sam")):
        sam = opened.seat(party, name)
        assert sam.get(CASE).status_code == 404
        assert sam.get(f"{CASE}version/", seen="1").status_code == 404
    assert opened.seat(Party.BUYER).get("orders/O-1/disputes/2/").status_code == 404


@contextmanager
def counted() -> Iterator[list[str]]:
    """The trips to the database meanwhile."""
    made: list[str] = []
    before = trips.boundary
    trips.boundary = lambda moment: made.append(moment) if moment == "before" else None
    try:
        yield made
    finally:
        trips.boundary = before


@pytest.mark.parametrize(("party", "most"), [(Party.BUYER, 6), (Party.SELLER, 6), (Party.MEDIATOR, 11)])
def test_the_page_asks_the_database_a_bounded_number_of_times(offered: Market, party: Party, most: int) -> None:
    seat = offered.seat(party)
    seat.get(CASE)
    for number in range(8):
        offered.done(Party.BUYER, "message", dispute=1, text=f"Message {number}")
        offered.done(Party.BUYER, "add_evidence", dispute=1, kind="photo", name=f"{number}.jpg")
    offered.done(Party.BUYER, "accept", dispute=1, offer=2)
    with counted() as made:
        assert seat.get(CASE).status_code == 200
    assert len(made) <= most


# ── liveness ─────────────────────────────────────────────────────────────────────────────────────


def test_the_page_learns_that_something_changed_and_is_not_swapped(opened: Market) -> None:
    alice = opened.seat(Party.BUYER)
    asked = re.search(r'hx-get="([^"]+version/[^"]+)"', alice.get(CASE).content.decode())
    assert asked
    address = asked[1].replace("&amp;", "&")
    with counted() as made:
        assert alice.client.get(address).status_code == 204
    assert len(made) <= 2
    opened.done(Party.SELLER, "message", dispute=1, text="Sorry.")
    changed = alice.client.get(address)
    assert changed.status_code == 200
    assert "Something changed since you loaded this page." in changed.content.decode()
    assert "<html" not in changed.content.decode()


def test_what_lapsed_but_is_not_written_is_told_already(opened: Market) -> None:
    seat = opened.seat(Party.BUYER)
    found = queries.order(opened.marketplace, "O-1", now=opened.now.replace(month=5))
    assert found is not None
    assert found.due
    with reader("en"):
        matter = shown.matter(found, found.order.disputes[0], Party.BUYER, opened.now.replace(month=5))
        made = shown.case(matter, shown.Brought(), reader=shown.Reader("en"), url=lambda name, **about: name)
    assert made.band.whose == "You get 45.00\N{NO-BREAK SPACE}USD back"
    assert len(made.timeline) == len(found.history) + len(found.due)
    assert seat.get(CASE).status_code == 200
