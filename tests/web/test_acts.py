"""Alice and Bob act on pages: one form a verb, the question once more with the money, and what is told afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from amends.core.vocabulary import DisputeStatus, Outcome, Party, Verb
from amends.web import forms, urls

from .acts_reading import form, said
from .people import AtSeat, Market

assert urls.urlpatterns, "what is imported there enters its forms"
CASE = "orders/O-1/disputes/1/"


def opened(market: Market, **changed: Any) -> None:
    """Alice has opened a dispute for 45.00 USD, ten days after the parcel left."""
    market.order()
    market.day(11)
    claim = {"lines": ["L1"], "received": True, "reason": "low_quality", "wants": "refund", "amount": "45.00"}
    market.done(Party.BUYER, "open", **{**claim, **changed})


def offered(market: Market, **changed: Any) -> None:
    """Bob has offered 20.00 USD."""
    opened(market)
    market.done(Party.SELLER, "offer", dispute=1, **{"wants": "refund", "amount": "20.00", **changed})


def do(verb: str) -> str:
    return f"{CASE}do/{verb}/"


def asked_and_done(seat: AtSeat, path: str, **filled: Any) -> Any:
    """Fill in the form, read the question, say yes; the answer to that."""
    answer = seat.get(path)
    assert answer.status_code == 200
    fields = form(answer) | filled
    if "This is what happens" not in said(answer):
        answer = seat.post(path, **fields)
        assert answer.status_code == 200, said(answer)
        assert "This is what happens" in said(answer)
        fields = form(answer) | {name: value for name, value in filled.items() if name.startswith("confirm")}
    return seat.post(path, **fields, sure="1")


def order_of(market: Market) -> Any:
    outcome = market.do(Party.BUYER, "message", dispute=1, text="…")
    assert outcome.order is not None
    return outcome.order


def test_every_verb_of_buyer_and_seller_has_a_form(database: str) -> None:
    parties = frozenset({Party.BUYER, Party.SELLER})
    from amends.core.commands import COMMANDS  # noqa: PLC0415
    from amends.core.rights import ON_DISPUTE, ON_ORDER  # noqa: PLC0415

    theirs = {verb for verb in (*ON_DISPUTE, *ON_ORDER) if COMMANDS[verb].who & parties} - {Verb.OPEN}
    assert theirs <= set(forms.FORMS)


def test_alice_accepts_and_is_asked_once_in_words_with_the_money(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    question = alice.get(do("accept"))
    words = said(question)
    assert "You accept a refund of 20.00 USD." in words
    assert "You get 20.00 USD back. The seller keeps 25.00 USD." in words
    assert "This ends the dispute for good." in words
    assert "Accept 20.00 USD" in words
    fields = form(question)
    asked_again = alice.post(do("accept"), **fields)
    assert asked_again.status_code == 200
    assert order_of(market).disputes[0].open
    done = alice.post(do("accept"), **form(asked_again), sure="1")
    assert done.status_code == 303
    assert done["Location"] == alice.url(CASE)
    dispute = order_of(market).disputes[0]
    assert (dispute.outcome, dispute.refunded_minor) == (Outcome.AGREED, 2000)
    led_to = alice.get(CASE)
    assert "You accepted: you get 20.00 USD back." in said(led_to)
    assert 'data-taken="1"' in led_to.content.decode()
    assert "You accepted: you get 20.00 USD back." not in said(alice.get(CASE))


def test_a_double_click_is_one_act(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"amount": "20", "wants": "refund"}
    first, second = bob.post(do("offer"), **fields), bob.post(do("offer"), **fields)
    assert first.status_code == second.status_code == 303
    assert [terms.amount_minor for terms in order_of(market).disputes[0].terms] == [4500, 2000]


def test_a_grave_act_sent_twice_is_done_once(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    fields = form(alice.get(do("accept")))
    first, second = alice.post(do("accept"), **fields, sure="1"), alice.post(do("accept"), **fields, sure="1")
    assert first.status_code == second.status_code == 303
    assert order_of(market).refunded_minor == 2000


def test_an_offer_of_the_buyers_own_terms_is_an_acceptance_and_says_so(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"amount": "45", "wants": "refund"}
    question = bob.post(do("offer"), **fields)
    assert "These are the buyer's own terms, so your offer accepts them." in said(question)
    assert "The buyer gets 45.00 USD back. You keep nothing of it." in said(question)
    assert bob.post(do("offer"), **form(question), sure="1").status_code == 303
    assert order_of(market).disputes[0].outcome is Outcome.ACCEPTED_BY_SELLER


def test_what_is_changed_from_the_question_back_is_still_there(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"wants": "refund", "amount": "0", "text": "It was fine when it left."}
    question = bob.post(do("offer"), **fields)
    assert "You turn the claim down: your offer is 0.00 USD." in said(question)
    assert "It was fine when it left." in said(question)
    again = bob.post(do("offer"), **form(question), _change="1")
    assert form(again)["text"] == "It was fine when it left."
    assert bob.post(do("offer"), **form(question), sure="1").status_code == 303
    assert order_of(market).disputes[0].terms[-1].amount_minor == 0


def test_turning_down_is_one_form_that_says_what_follows_and_two_where_there_is_a_trap(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    page = bob.get(do("reject"))
    assert "Where you do not agree, a mediator decides by the evidence." in said(page)
    assert bob.post(do("reject"), **form(page)).status_code == 303
    assert order_of(market).disputes[0].terms[-1].amount_minor == 0
    market.done(Party.BUYER, "message", dispute=1, text="We can make the refund outside the platform.")
    page = bob.get(do("reject"))
    question = bob.post(do("reject"), **form(page))
    assert question.status_code == 200
    assert "data-trap" in question.content.decode()
    assert bob.post(do("reject"), **form(question), sure="1").status_code == 303


def test_an_offer_of_zero_needs_a_tick_to_be_accepted(market: Market) -> None:
    offered(market, amount="0.00")
    alice = market.seat(Party.BUYER)
    question = alice.get(do("accept"))
    assert "The amount of this offer is zero" in said(question)
    assert "You get nothing back. The seller keeps 45.00 USD." in said(question)
    unticked = alice.post(do("accept"), **form(question), sure="1")
    assert unticked.status_code == 409
    assert "Tick this if it is what you want." in said(unticked)
    assert order_of(market).disputes[0].open
    ticked = alice.post(do("accept"), **form(unticked), confirm_zero="1", sure="1")
    assert ticked.status_code == 303
    assert order_of(market).disputes[0].outcome is Outcome.AGREED


def test_withdrawing_while_protected_says_what_becomes_of_the_money(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    question = alice.get(do("withdraw"))
    assert "confirm_final" not in question.content.decode()
    assert "You can open a dispute about it again only while you are protected" in said(question)
    assert "45.00 USD goes to the seller on Tue, 19 May 2026" in said(question)
    assert asked_and_done(alice, do("withdraw")).status_code == 303
    assert order_of(market).disputes[0].outcome is Outcome.WITHDRAWN


def test_withdrawing_for_good_is_done_only_with_the_tick(database: str) -> None:
    market = Market("alx-b")
    opened_with_file(market)
    alice = market.seat(Party.BUYER)
    question = alice.get(do("withdraw"))
    assert "you can never open a dispute about this again" in said(question).lower()
    refused = alice.post(do("withdraw"), **form(question), sure="1")
    assert refused.status_code == 409
    assert order_of(market).disputes[0].open
    assert alice.post(do("withdraw"), **form(refused), sure="1", confirm_final="1").status_code == 303
    assert order_of(market).disputes[0].outcome is Outcome.WITHDRAWN_FINAL


def opened_with_file(market: Market) -> None:
    opened(market, files=["photo"])


def test_a_change_of_the_claim_goes_to_the_seller_and_a_lower_one_is_asked_about(market: Market) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    path = do("revise")
    fields = form(alice.get(path))
    assert fields["amount"] == "45.00"
    same = alice.post(path, **fields)
    assert same.status_code == 422
    assert "Nothing is changed yet." in said(same)
    question = alice.post(path, **fields | {"amount": "30"})
    assert "You ask for less than before: 30.00 USD instead of 45.00 USD." in said(question)
    assert alice.post(path, **form(question), sure="1").status_code == 303
    assert order_of(market).disputes[0].claim.amount_minor == 3000
    assert "You ask for a refund of 30.00 USD." in said(alice.get(CASE))


def test_calling_the_mediator_says_what_goes_in_as_it_stands(market: Market) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    too_early = alice.get(do("escalate"))
    assert too_early.status_code == 200
    assert "This cannot be done now" in said(too_early)
    assert "<form" not in too_early.content.decode().partition("<main")[2].partition("</main>")[0]
    assert alice.post(do("escalate"), sure="1").status_code == 409
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="20.00")
    words = said(alice.get(do("escalate")))
    assert "You ask for 45.00 USD; the seller offers 20.00 USD." in words
    assert asked_and_done(alice, do("escalate")).status_code == 303
    assert order_of(market).disputes[0].status is DisputeStatus.UNDER_REVIEW


def test_a_return_is_settled_with_its_dates_and_costs(market: Market) -> None:
    offered(market, wants="return_and_refund", amount="45.00")
    alice = market.seat(Party.BUYER)
    words = said(alice.get(do("accept")))
    assert "You send the goods back first, until Fri, 10 Apr 2026" in words
    assert "You pay the postage." in words
    assert "Sending the goods back may cost you more than this refund brings" in words
    assert "You asked for a refund without a return" in words
    assert "Shenzhen" not in words
    assert asked_and_done(alice, do("accept")).status_code == 303
    sending = alice.get(do("ship_return"))
    assert "12 Keji Road Nanshan District 518057 Shenzhen China" in said(sending)
    wrong = alice.post(do("ship_return"), **form(sending) | {"tracking": "", "carrier": "Post"})
    assert wrong.status_code == 422
    assert form(wrong)["carrier"] == "Post"
    same = alice.post(do("ship_return"), **form(sending) | {"tracking": "LP00112233445566"})
    assert same.status_code == 422
    assert "That is the number of the parcel that came to you" in said(same)
    sent = alice.post(do("ship_return"), **form(same) | {"tracking": "HOME-MADE 7"})
    assert sent.status_code == 303
    assert "no format we know" in said(alice.get(CASE))
    bob = market.seat(Party.SELLER)
    question = said(bob.get(do("confirm_return")))
    assert "The buyer gets 45.00 USD back." in question
    assert asked_and_done(bob, do("confirm_return")).status_code == 303
    assert order_of(market).refunded_minor == 4500


def test_a_seller_without_a_return_address_is_asked_for_one(market: Market) -> None:
    market.order(return_to=None)
    market.day(11)
    claim = {"lines": ["L1"], "received": True, "reason": "low_quality", "amount": "45.00"}
    market.done(Party.BUYER, "open", **claim, wants="return_and_refund")
    bob = market.seat(Party.SELLER)
    page = bob.get(do("accept"))
    missing = bob.post(do("accept"), **form(page))
    assert missing.status_code == 422
    assert "Nobody has said where the goods should go back to." in said(missing)
    named = {"country": "CN", "city": "Shenzhen", "name": "Bob", "street": "12 Keji Road", "postcode": "518057"}
    done = asked_and_done(bob, do("accept"), **{f"return_{part}": text for part, text in named.items()})
    assert done.status_code == 303
    assert order_of(market).disputes[0].return_to.country == "CN"


def test_equal_choices_settle_and_different_ones_do_not(market: Market) -> None:
    offered(market)
    market.done(Party.BUYER, "escalate", dispute=1)
    options = [{"option": 1, "wants": "refund", "amount": "30.00"}, {"option": 2, "wants": "refund", "amount": "10.00"}]
    market.done(Party.MEDIATOR, "propose", dispute=1, options=options, actor="mia")
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    bobs = bob.get(do("choose"), option="1")
    assert form(bobs)["option"] == "1"
    assert asked_and_done(alice, do("choose"), option="1").status_code == 303
    question = bob.post(do("choose"), **form(bobs))
    assert "The buyer gets 30.00 USD back. You keep 15.00 USD." in said(question)
    assert bob.post(do("choose"), **form(question), sure="1").status_code == 303
    assert order_of(market).disputes[0].refunded_minor == 3000


def test_after_closing_a_complaint_is_led_to_the_appeal(database: str) -> None:
    market = Market("alx-e")
    offered(market)
    market.done(Party.BUYER, "accept", dispute=1, offer=2)
    alice = market.seat(Party.BUYER)
    page = said(alice.get(do("message")))
    assert "This dispute is closed." in page
    assert "appeal. You can do that until Thu, 30 Apr 2026" in page
    fields = form(alice.get(do("message"))) | {"text": "This is unfair, I have new evidence."}
    assert alice.post(do("message"), **fields).status_code == 303
    told = alice.get(CASE)
    assert "A message does not change the result." in said(told)
    assert alice.url(do("appeal")) in told.content.decode()
    thanks = form(alice.get(do("message"))) | {"text": "Thank you all."}
    assert alice.post(do("message"), **thanks).status_code == 303
    assert "A message does not change the result." not in said(alice.get(CASE))


def test_an_appeal_needs_its_ground_and_its_evidence(database: str) -> None:
    market = Market("alx-e")
    offered(market)
    market.done(Party.BUYER, "accept", dispute=1, offer=2)
    alice = market.seat(Party.BUYER)
    page = alice.get(do("appeal"))
    assert "There is new evidence" in said(page)
    assert "No mediator has looked at it" in said(page)
    empty = alice.post(do("appeal"), **form(page))
    assert empty.status_code == 422
    assert "Choose one of these." in said(empty)
    without = alice.post(do("appeal"), **form(page) | {"grounds": "new_evidence", "text": "See."})
    assert without.status_code == 422
    assert "An appeal for new evidence needs the evidence." in said(without)
    assert form(without)["text"] == "See."
    assert asked_and_done(alice, do("appeal"), grounds="no_mediator", text="Nobody looked.").status_code == 303
    assert order_of(market).disputes[0].appeals


@pytest.mark.parametrize(("many", "titles"), [(1, ["Kettle"]), (2, ["Kettle", "Lamp"])])
def test_receipt_is_confirmed_of_what_came(market: Market, many: int, titles: list[str]) -> None:
    lines = [{"id": f"L{at}", "title": title, "price": "45.00", "quantity": 1} for at, title in enumerate(titles, 1)]
    paid = [{"reference": "pay", "method": "card", "amount": f"{45 * many}.00"}]
    market.order(lines=lines, payments=paid)
    alice = market.seat(Party.BUYER)
    path = "orders/O-1/do/confirm_receipt/"
    filled = {"lines": "L1"} if many > 1 else {}
    page = alice.get(path)
    if many > 1:
        assert alice.post(path, **form(page)).status_code == 422
        page = alice.post(path, **form(page) | filled)
    words = said(page)
    assert "The carrier has not reported this parcel as delivered." in words
    assert "you cannot say that it did not come" in words
    assert "You say that this has come to you: Kettle." in words
    assert "45.00 USD goes to the seller on" in words
    done = alice.post(path, **form(page), sure="1")
    assert done.status_code == 303
    assert done["Location"] == alice.url("orders/O-1/")
    order = market.done(Party.BUYER, "request_extension", days=3)
    assert [line.confirmed_at is not None for line in order.lines] == [True, False][:many]


def test_whoever_would_confirm_a_broken_thing_is_shown_the_other_way(market: Market) -> None:
    market.order()
    alice = market.seat(Party.BUYER)
    early = alice.get("orders/O-1/do/confirm_receipt/")
    assert alice.url("orders/O-1/open/") not in early.content.decode()
    assert "You can open a dispute from Mon, 30 Mar 2026, 09:00." in said(early)
    market.day(11)
    page = alice.get("orders/O-1/do/confirm_receipt/")
    assert alice.url("orders/O-1/open/") in page.content.decode()
    assert "do not confirm. Open a dispute first." in said(page)


def test_time_is_asked_for_and_given(market: Market) -> None:
    market.order()
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    path = "orders/O-1/do/request_extension/"
    assert alice.post(path, **form(alice.get(path)) | {"days": "0"}).status_code == 422
    assert alice.post(path, **form(alice.get(path)) | {"days": "10"}).status_code == 303
    assert "until a new date is shown" in said(alice.get("orders/O-1/"))
    path = "orders/O-1/do/extend_protection/"
    assert bob.post(path, **form(bob.get(path)) | {"days": "10"}).status_code == 303
    order = market.done(Party.BUYER, "request_extension", days=1)
    assert order.protection_lasts is not None
    assert order.protection_lasts.days == 70


def test_the_seller_ships_and_cancels(market: Market) -> None:
    market.order(shipped=False)
    market.order("O-2", shipped=False)
    bob = market.seat(Party.SELLER)
    path = "orders/O-1/do/ship/"
    page = bob.get(path)
    assert "Recife, Brazil" in said(page)
    assert bob.post(path, **form(page)).status_code == 422
    filled = {"tracking": "LP00112233445566", "carrier": "Post", "delivery_due": "2026-04-30"}
    assert bob.post(path, **form(page) | filled).status_code == 303
    order = market.done(Party.BUYER, "request_extension", days=1)
    assert order.shipment is not None
    assert f"{order.shipment.delivery_due:%Y-%m-%d %H:%M:%S}" == "2026-04-30 23:59:59"
    path = "orders/O-2/do/cancel_order/"
    assert "the buyer gets 45.00 USD back" in said(bob.get(path))
    assert asked_and_done(bob, path).status_code == 303
    assert market.do(Party.BUYER, "request_extension", "O-2", days=1).order.status == "cancelled"  # type: ignore[union-attr]
