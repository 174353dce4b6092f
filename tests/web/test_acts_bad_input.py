"""What people send that the page did not mean: late, twice, somebody else's, empty, endless, hostile."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from amends.core.vocabulary import Party

from .acts_reading import form, said
from .people import Market
from .test_acts import CASE, do, offered, opened, order_of

XSS = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def test_a_stranger_and_the_other_side_learn_nothing(market: Market) -> None:
    offered(market)
    assert market.seat(Party.BUYER, "sam").get(do("accept")).status_code == 404
    bob, alice = market.seat(Party.SELLER), market.seat(Party.BUYER)
    for verb in ("withdraw", "revise", "ship_return", "rule", "place_order", "lapse", "nonsense"):
        assert bob.get(do(verb)).status_code == 404
        assert bob.post(do(verb), sure="1").status_code == 404
    for verb in ("offer", "confirm_return", "rule"):
        assert alice.post(do(verb), wants="refund", amount="0.01", sure="1").status_code == 404
    assert alice.get("orders/O-1/disputes/2/do/accept/").status_code == 404
    assert alice.get("orders/O-9/disputes/1/do/accept/").status_code == 404
    assert alice.get("orders/O-1/do/accept/").status_code == 404
    assert order_of(market).disputes[0].open


def test_accepting_what_is_no_longer_offered_shows_what_is(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    question = alice.get(do("accept"))
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="10.00")
    stale = alice.post(do("accept"), **form(question), sure="1")
    assert stale.status_code == 409
    words = said(stale)
    assert "Something changed while you had this page open" in words
    assert "The seller offered a refund of 10.00 USD" in words
    assert "You accept a refund of 10.00 USD." in words
    assert "The seller offered more before: 20.00 USD." in words
    assert order_of(market).disputes[0].open
    assert alice.post(do("accept"), **form(stale), sure="1").status_code == 303
    assert order_of(market).refunded_minor == 1000


def test_an_offer_on_a_claim_that_has_changed_keeps_what_was_written(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"amount": "20", "text": "The scratch is small."}
    market.done(Party.BUYER, "revise", dispute=1, amount="30.00")
    stale = bob.post(do("offer"), **fields)
    assert stale.status_code == 409
    assert "30.00 USD" in said(stale)
    again = form(stale)
    assert (again["amount"], again["text"]) == ("20", "The scratch is small.")
    assert bob.post(do("offer"), **again).status_code == 303
    assert order_of(market).disputes[0].standing_offer.amount_minor == 2000


def test_what_was_his_own_or_is_not_for_him_to_know_makes_no_page_stale(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"amount": "20"}
    market.done(Party.SELLER, "message", dispute=1, text="I am looking for the invoice.")
    market.done(Party.BUYER, "add_evidence", dispute=1, kind="photo", mediator_only=True)
    assert bob.post(do("offer"), **fields).status_code == 303
    assert order_of(market).disputes[0].standing_offer.amount_minor == 2000


def test_a_choice_tells_nothing_of_the_other_sides(market: Market) -> None:
    offered(market)
    market.done(Party.BUYER, "escalate", dispute=1)
    options = [{"option": at, "wants": "refund", "amount": f"{at}0.00"} for at in (1, 2)]
    market.done(Party.MEDIATOR, "propose", dispute=1, options=options, actor="mia")
    alice = market.seat(Party.BUYER)
    fields = form(alice.get(do("choose"))) | {"option": "1"}
    market.done(Party.SELLER, "choose", dispute=1, option=2)
    question = alice.post(do("choose"), **fields)
    assert question.status_code == 200
    assert alice.post(do("choose"), **form(question), sure="1").status_code == 303
    market.done(Party.MEDIATOR, "propose", dispute=1, options=options, actor="mia")
    late = alice.post(do("choose"), **fields)
    assert late.status_code == 422
    assert "The mediator has put other options meanwhile." in said(late)


def test_a_question_about_what_has_changed_says_so_before_it_is_answered(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    fields = form(bob.get(do("offer"))) | {"amount": "45"}
    market.done(Party.BUYER, "revise", dispute=1, wants="return_and_refund")
    market.done(Party.BUYER, "revise", dispute=1, wants="refund")
    question = bob.post(do("offer"), **fields)
    assert question.status_code == 200
    assert "Something changed while you had this page open" in said(question)
    assert bob.post(do("offer"), **form(question), sure="1").status_code == 303


def test_a_closed_dispute_refuses_in_the_words_of_the_door_and_gives_the_text_back(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER)
    fields = form(alice.get(do("revise"))) | {"amount": "30", "text": "Please think again."}
    market.done(Party.BUYER, "accept", dispute=1, offer=2)
    page = alice.get(do("revise"))
    assert page.status_code == 200
    assert "The dispute is closed." in said(page)
    late = alice.post(do("revise"), **fields)
    assert late.status_code == 409
    assert "The dispute is closed." in said(late)
    assert "Please think again." in late.content.decode()
    for verb in ("accept", "withdraw", "escalate", "reject"):
        refused = alice.post(do(verb), sure="1", offer="2")
        assert refused.status_code == 409, verb
        assert "The dispute is closed." in said(refused)


def test_a_page_from_before_sent_with_another_text_is_asked_about(market: Market) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    fields = form(alice.get(do("message")))
    assert alice.post(do("message"), **fields | {"text": "First."}).status_code == 303
    back = alice.post(do("message"), **fields | {"text": "Second."})
    assert back.status_code == 409
    assert "This page was sent once already" in said(back)
    assert form(back)["text"] == "Second."
    assert alice.post(do("message"), **form(back)).status_code == 303


def test_five_thousand_emoji_are_one_message(market: Market) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    text = "🫖" * 4000 + "👩‍👩‍👧‍👦" * 142 + "😡😡"
    assert len(text) >= 4996
    assert alice.post(do("message"), **form(alice.get(do("message"))) | {"text": text}).status_code == 303
    assert text in alice.get(CASE).content.decode()
    long = alice.post(do("message"), **form(alice.get(do("message"))) | {"text": "x" * 20_001})
    assert long.status_code == 422
    assert "too long by 1 characters" in said(long)
    assert form(long)["text"] == "x" * 20_001


@pytest.mark.parametrize("text", ["", "   ", "\r\n\t", "\u200b \x00"])
def test_an_empty_message_is_asked_for_again(market: Market, text: str) -> None:
    opened(market)
    alice = market.seat(Party.BUYER)
    empty = alice.post(do("message"), **form(alice.get(do("message"))) | {"text": text})
    assert empty.status_code in (409, 422)
    assert "This was not done" in said(empty)


GARBAGE = {
    "en": ["-5", "abc", "1.234.5", "20 EUR", "1e3", "NaN", "∞", "0x20", "20.005", "1,23,4", "--5", "9" * 70],
    "ru": ["-5,00", "двадцать", "1.234", "20,005", "5-3"],
    "pt": ["-1.234,50", "vinte", "1,234", "1.23.4,5", "20,5 EUR"],
    "zh-hans": ["负五", "－５", "二十", "1.234", "￥20"],
    "ar": ["-٥", "عشرون", "١٫٢٣٤", "۲۰٫۰۰۵"],
}


@pytest.mark.parametrize("language", GARBAGE)
def test_no_garbage_becomes_an_amount_in_any_language(market: Market, language: str) -> None:
    opened(market)
    bob = market.seat(Party.SELLER, language=language)
    page = form(bob.get(do("offer")))
    for typed in GARBAGE[language]:
        answer = bob.post(do("offer"), **page | {"amount": typed, "wants": "refund"})
        assert answer.status_code == 422, typed
        shown = answer.content.decode()
        assert 'id="amount-wrong"' in shown, typed
        assert 'href="#amount"' in shown
        assert form(answer)["amount"] == typed
    assert order_of(market).disputes[0].standing_offer is None


def test_more_than_was_paid_is_refused_beside_the_field(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    answer = bob.post(do("offer"), **form(bob.get(do("offer"))) | {"amount": "45.01"})
    assert answer.status_code == 422
    assert "more than the 45.00" in said(answer)
    assert 'aria-describedby="amount-hint amount-wrong"' in answer.content.decode()


def test_a_stranger_s_words_are_words_everywhere(market: Market) -> None:
    """HTML in every text field stands on the pages as text."""
    opened(market)
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    names = "text amount reason wants carrier tracking days option return_country return_city grounds id lines offer"
    names += " name comment kind delivery_due put_at _key files pieces-0"
    everywhere = dict.fromkeys(names.split(), XSS)
    verbs = (
        "offer accept reject message choose add_evidence remove_evidence revise withdraw escalate ship_return appeal"
    )
    paths = [do(verb) for verb in verbs.split()]
    verbs = "confirm_receipt request_extension ship extend_protection cancel_order"
    paths += [f"orders/O-1/do/{verb}/" for verb in verbs.split()]
    for seat in (alice, bob):
        for path in paths:
            for answer in (seat.post(path, **everywhere), seat.post(path, **everywhere, _change="1")):
                assert "<img src=x" not in answer.content.decode(), path
                assert "<script>alert" not in answer.content.decode(), path
    bob.post(do("offer"), **form(bob.get(do("offer"))) | {"amount": "20", "text": XSS})
    alice.post(do("message"), **form(alice.get(do("message"))) | {"text": XSS})
    for seat in (alice, bob):
        shown = seat.get(CASE).content.decode()
        assert "<img src=x" not in shown
        assert html.escape("<script>alert(1)</script>") in shown
    assert "<img" not in alice.get(do("message"), text=XSS).content.decode()


def test_markers_of_format_in_a_text_stay_as_they_are(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    text = "100% %(money)s {money} {{ here }} {% csrf_token %}"
    question = bob.post(do("offer"), **form(bob.get(do("offer"))) | {"wants": "refund", "amount": "0", "text": text})
    assert text in said(question)


def test_the_form_says_what_is_missing_above_and_beside(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    page = form(bob.get(do("offer")))
    answer = bob.post(do("offer"), **{key: value for key, value in page.items() if key.startswith("_")}, text="Why")
    shown = answer.content.decode()
    for name in ("amount", "wants"):
        assert f'href="#{name}"' in shown
        assert re.search(rf'id="{name}"', shown)
        assert f'id="{name}-wrong"' in shown
    assert form(answer)["text"] == "Why"
    assert form(answer)["amount"] == ""
    assert "data-filled" in shown


def test_a_get_writes_nothing(market: Market) -> None:
    offered(market)
    before = order_of(market).version
    alice = market.seat(Party.BUYER)
    for verb in ("accept", "withdraw", "escalate", "reject", "revise", "message", "add_evidence", "appeal"):
        assert alice.get(do(verb), sure="1", confirm_zero="1").status_code == 200
    assert order_of(market).version == before + 1  # the message by which it was looked up


def test_a_form_without_its_marks_still_counts_once_it_is_sent(market: Market) -> None:
    opened(market)
    bob = market.seat(Party.SELLER)
    assert bob.post(do("offer"), wants="refund", amount="20.00").status_code == 303
    missing: Any = market.seat(Party.BUYER).post(do("accept"), sure="1")
    assert missing.status_code == 422
    assert order_of(market).disputes[0].open


def test_in_arabic_the_question_stands_with_the_money(market: Market) -> None:
    offered(market)
    alice = market.seat(Party.BUYER, language="ar", zone="Asia/Riyadh")
    question = alice.get(do("accept"))
    assert 'dir="rtl"' in question.content.decode()
    assert "USD" in said(question)
    assert alice.post(do("accept"), **form(question), sure="1").status_code == 303


def test_two_browsers_race_and_one_act_stands(market: Market) -> None:
    offered(market)
    alice, bob = market.seat(Party.BUYER), market.seat(Party.SELLER)
    hers, his = form(alice.get(do("accept"))), form(bob.get(do("accept")))
    assert bob.post(do("accept"), **his, sure="1").status_code == 303
    late = alice.post(do("accept"), **hers, sure="1")
    assert late.status_code == 409
    assert "The dispute is closed." in said(late)
    assert order_of(market).refunded_minor == 4500
