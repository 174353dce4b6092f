"""Opening a dispute, one question a screen: Alice can, Bob cannot, Sam does not even learn that there is an order."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from amends.core.durations import format_instant
from amends.core.order import Order
from amends.core.vocabulary import Party, Reason, Wants
from amends.orders import evidence, queries
from tests.vault import honest

from .people import START, AtSeat, Market

OPEN = "orders/O-1/open/"
TWO_LINES = [
    {"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1},
    {"id": "L2", "title": "Cup", "price": "5.00", "quantity": 3},
]


def standing(market: Market, order: str = "O-1") -> Order:
    found = queries.order(market.marketplace, order, now=market.now)
    assert found is not None
    return found.order


def text_of(answer: Any) -> str:
    """What can be read on a page, as one line; tags inside a line part no words."""
    line = re.sub(r"</?(?:a|b|bdi|small|span|strong|time)\b[^>]*>", "", answer.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)).replace("\xa0", " ")


def step_after(answer: Any) -> str:
    assert answer.status_code == 303, text_of(answer)[200:1500]
    found: str = answer["Location"].partition("step=")[2]
    return found


def go(alice: AtSeat, step: str, order: str = "O-1", **fields: Any) -> Any:
    return alice.post(f"orders/{order}/open/", step=step, **fields)


def answered(alice: AtSeat, *, text: str = "It does not switch on.", amount: str = "20") -> None:
    """Everything up to the last screen, about an order of one piece."""
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective", text=text)
    go(alice, "wish", wants="refund")
    go(alice, "amount", amount=amount)
    assert step_after(go(alice, "show")) == "review"


def key_on(answer: Any) -> str:
    found = re.search(r'name="_key" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


@pytest.fixture
def alice(market: Market) -> AtSeat:
    """Her kettle was sent on day 0 and disputes may be opened from day 10; today is day 12."""
    market.order()
    market.day(12)
    return market.seat(Party.BUYER)


def test_alice_is_asked_one_question_a_screen_and_opens_a_dispute(market: Market, alice: AtSeat) -> None:
    first = alice.get(OPEN)
    assert first.status_code == 200
    assert "Did it come?" in text_of(first)
    assert "Nothing is sent yet" in text_of(first)
    assert step_after(go(alice, "received", received="yes")) == "reason"
    assert step_after(go(alice, "reason", reason="defective", text="It does not switch on.")) == "wish"
    assert "At most 45.00 USD" not in text_of(alice.get(OPEN, step="wish")), "one question a screen"
    assert step_after(go(alice, "wish", wants="refund")) == "amount"
    assert "At most 45.00 USD" in text_of(alice.get(OPEN, step="amount"))
    assert step_after(go(alice, "amount", amount="20")) == "show"
    assert step_after(go(alice, "show")) == "review"
    review = alice.get(OPEN)
    told = text_of(review)
    assert "The buyer asks for a refund of 20.00 USD." in told
    assert "It does not switch on." in told
    assert "You ask for 20.00 USD; you could ask for up to 45.00 USD." in told
    assert "Mon, 6 Apr 2026, 09:00" in told, "the seller has five days"
    assert not standing(market).disputes, "nothing is sent before the last screen"
    sent = go(alice, "review", _key=key_on(review))
    assert sent.status_code == 303
    assert sent["Location"] == alice.url("orders/O-1/disputes/1/")
    dispute = standing(market).disputes[0]
    assert (dispute.reason, dispute.claim.wants, dispute.claim.amount_minor) == (Reason.DEFECTIVE, Wants.REFUND, 2000)


def test_it_is_too_early_and_the_first_screen_says_from_when(market: Market) -> None:
    market.order()
    market.day(3)
    alice = market.seat(Party.BUYER)
    told = text_of(alice.get(OPEN))
    assert "You can open a dispute from Mon, 30 Mar 2026, 09:00" in told
    assert "Did it come?" not in told
    refused = go(alice, "received", received="no")
    assert refused.status_code == 409
    assert "Mon, 30 Mar 2026, 09:00" in text_of(refused)


def test_answers_are_kept_between_screens_and_after_a_lost_page(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective", text="Scorched socket")
    assert "What do you want?" in text_of(alice.get(OPEN)), "she comes back and goes on where she was"
    back = alice.get(OPEN, step="reason").content.decode()
    assert "Scorched socket" in back
    assert re.search(r'value="defective" checked', back)
    assert 'data-filled="1"' in back
    assert step_after(go(alice, "received", received="no")) == "reason", "goods that did not come are not defective"
    assert "Scorched socket" in alice.get(OPEN, step="reason").content.decode()


def test_going_back_keeps_what_was_written_on_the_way(market: Market, alice: AtSeat) -> None:
    """The button sends the form: also where nothing of a script keeps what she types."""
    assert go(alice, "received", received="yes", back="1")["Location"] == alice.url("orders/O-1/")
    assert re.search(r'value="yes" checked', alice.get(OPEN, step="received").content.decode())
    assert step_after(go(alice, "reason", text="Scorched socket", back="1")) == "received", "no reason is chosen yet"
    assert "Scorched socket" in alice.get(OPEN, step="reason").content.decode()
    go(alice, "reason", reason="defective", text="Scorched socket")
    go(alice, "wish", wants="return_and_refund")
    assert step_after(go(alice, "amount", amount="30", back="1")) == "wish"
    assert 'value="30"' in alice.get(OPEN, step="amount").content.decode()
    assert step_after(go(alice, "amount", amount="99", back="1")) == "wish", "what cannot be is no reason to stay"
    assert 'value="30"' in alice.get(OPEN, step="amount").content.decode()
    assert re.search(r'value="return_and_refund" checked', alice.get(OPEN, step="wish").content.decode())
    assert not standing(market).disputes


def test_what_she_wrote_waits_sealed_and_nobody_else_at_her_browser_reads_it(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective", text="Scorched socket")
    assert "Scorched" not in str(dict(alice.client.session))
    other = market.seat(Party.BUYER, "anna", client=alice.client)
    market.order("O-2", buyer="anna")
    assert other.get("orders/O-1/open/").status_code == 404


def test_a_screen_cannot_be_jumped_to(market: Market, alice: AtSeat) -> None:
    assert step_after(alice.get(OPEN, step="review")) == "received"
    assert step_after(go(alice, "review", _key="page x")) == "received"
    assert step_after(go(alice, "wish", wants="refund")) == "received"
    assert step_after(go(alice, "amount", amount="20")) == "received"
    assert not standing(market).disputes


def test_an_unanswered_screen_is_asked_again(market: Market, alice: AtSeat) -> None:
    again = go(alice, "received")
    assert again.status_code == 422
    assert "Choose one of these." in text_of(again)
    go(alice, "received", received="yes")
    again = go(alice, "reason", reason="bored", text="<b>Kept</b>")
    assert again.status_code == 422
    assert "&lt;b&gt;Kept&lt;/b&gt;" in again.content.decode()


def test_more_than_was_paid_is_refused_where_it_is_asked(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective")
    assert go(alice, "wish", wants="gold").status_code == 422
    go(alice, "wish", wants="refund")
    again = go(alice, "amount", amount="45.01")
    assert again.status_code == 422
    assert "45.01 USD is more than the 45.00 USD" in text_of(again)
    assert 'value="45.01"' in again.content.decode()
    assert go(alice, "amount", amount="0").status_code == 422
    assert go(alice, "amount", amount="lots").status_code == 422
    assert step_after(alice.get(OPEN, step="show")) == "amount", "nothing of it was taken"


def test_only_solutions_the_policy_knows_can_be_chosen(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective")
    page = alice.get(OPEN, step="wish").content.decode()
    assert 'value="return_and_refund"' in page
    assert 'value="return_and_exchange"' not in page
    forbidden = go(alice, "wish", wants="return_and_exchange")
    assert forbidden.status_code == 422
    assert "exchange" in text_of(forbidden)


def test_evidence_the_policy_requires_is_said_before_and_asked_for(database: str) -> None:
    market = Market(**{"opening.evidence": {"received_problem": 1, "not_received": 0}})
    market.order()
    market.day(12)
    alice = market.seat(Party.BUYER)
    go(alice, "received", received="yes")
    assert "At least 1 photo, video or document is needed." in text_of(alice.get(OPEN))
    go(alice, "reason", reason="defective")
    go(alice, "wish", wants="refund")
    go(alice, "amount", amount="45")
    assert "At least 1 photo, video or document is needed." in text_of(alice.get(OPEN))
    again = go(alice, "show")
    assert again.status_code == 422
    assert "at least 1 photo, video or document is needed; 0 was given" in text_of(again)
    assert step_after(go(alice, "review", _key="page x")) == "show"


def uploaded(alice: AtSeat, name: str) -> None:
    picture = honest.encoded("JPEG", honest.photo(800, 640), quality=85)
    file = SimpleUploadedFile(name, picture, "image/jpeg")
    answer = alice.post("orders/O-1/upload/", file=file, back=alice.url(OPEN) + "?step=show")
    assert answer.status_code == 303


def test_her_photo_goes_along_and_what_she_leaves_out_does_not(database: str, tmp_path: Path) -> None:
    market = Market(**{"opening.evidence": {"received_problem": 1, "not_received": 0}})
    market.order()
    market.day(12)
    alice = market.seat(Party.BUYER)
    with override_settings(AMENDS_FILES=str(tmp_path)):
        go(alice, "received", received="yes")
        go(alice, "reason", reason="defective")
        go(alice, "wish", wants="refund")
        go(alice, "amount", amount="45")
        uploaded(alice, "crack.jpg")
        uploaded(alice, "cat.jpg")
        crack, cat = (one.file for one in evidence.waiting(market.marketplace, "O-1", Party.BUYER))
        page = alice.get(OPEN).content.decode()
        assert len(re.findall(r'name="files" value="f_[0-9a-f]+" form="open-show" checked', page)) == 2
        assert step_after(go(alice, "show", offered=[crack, cat], files=[crack])) == "review"
        uploaded(alice, "third.jpg")
        page = alice.get(OPEN, step="show").content.decode()
        ticks = re.findall(r'name="files" value="(f_[0-9a-f]+)" form="open-show"( checked)?', page)
        assert [ticked for _, ticked in ticks] == [" checked", "", " checked"], "what is new is meant to go along"
        review = alice.get(OPEN, step="review")
        assert "crack.jpg" in text_of(review)
        assert "cat.jpg" not in text_of(review)
        key = key_on(review)
        sent = go(alice, "review", _key=key)
        assert sent["Location"] == alice.url("orders/O-1/disputes/1/")
        assert [item.file.id for item in standing(market).disputes[0].evidence] == [crack]


def test_she_says_of_each_file_what_it_shows_and_keeps_one_for_the_mediator(market: Market, tmp_path: Path) -> None:
    """What stands beside a file that waits goes along with it, at the opening and with a change of the claim."""
    market.order()
    market.day(12)
    alice = market.seat(Party.BUYER)
    with override_settings(AMENDS_FILES=str(tmp_path)):
        go(alice, "received", received="yes")
        go(alice, "reason", reason="defective", text="It does not switch on.")
        go(alice, "wish", wants="refund")
        go(alice, "amount", amount="45")
        uploaded(alice, "crack.jpg")
        uploaded(alice, "letter.jpg")
        crack, letter = (one.file for one in evidence.waiting(market.marketplace, "O-1", Party.BUYER))
        said = {f"comment-{crack}": "The crack in the lid.", f"comment-{letter}": "My doctor's letter."}
        answer = go(alice, "show", files=[crack, letter], **said, **{f"mediator_only-{letter}": "1"})
        assert step_after(answer) == "review"
        again = alice.get(OPEN, step="show").content.decode()
        assert "The crack in the lid.</textarea>" in again, "what was written stands there again"
        assert re.search(rf'name="mediator_only-{letter}" value="1" form="open-show" checked', again)
        review = alice.get(OPEN, step="review")
        assert "The crack in the lid." in text_of(review)
        assert text_of(review).count("for the mediator only") == 1
        sent = go(alice, "review", _key=key_on(review))
        assert sent["Location"] == alice.url("orders/O-1/disputes/1/")
        seen = text_of(market.seat(Party.SELLER).get("orders/O-1/disputes/1/"))
        assert "The crack in the lid." in seen
        assert "doctor" not in seen
        assert "My doctor's letter." in text_of(market.seat(Party.MEDIATOR).get("orders/O-1/disputes/1/")).replace(
            "&#x27;", "'"
        )
        uploaded(alice, "third.jpg")
        (third,) = (one.file for one in evidence.waiting(market.marketplace, "O-1", Party.BUYER))
        assert f'name="comment-{third}"' in alice.get("orders/O-1/disputes/1/do/revise/").content.decode()
        changed = {"wants": "refund", "amount": "40", "reason": "defective", "files": third, "sure": "1"}
        alice.post("orders/O-1/disputes/1/do/revise/", **changed, **{f"comment-{third}": "From below."})
        given = [item.file for item in standing(market).disputes[0].evidence]
        assert [(one.id, one.comment.plain if one.comment else "", one.mediator_only) for one in given] == [
            (crack, "The crack in the lid.", False),
            (letter, "My doctor's letter.", True),
            (third, "From below.", False),
        ]


def test_somebody_elses_file_is_none_of_hers(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="yes")
    go(alice, "reason", reason="defective")
    go(alice, "wish", wants="refund")
    go(alice, "amount", amount="45")
    again = go(alice, "show", files=["f_" + "0" * 32])
    assert again.status_code == 422
    assert "of yours on this order" in text_of(again)


def test_of_two_lines_and_several_pieces_some_are_meant(market: Market) -> None:
    market.order(lines=TWO_LINES, payments=[{"reference": "pay", "method": "card", "amount": "60.00"}])
    market.day(12)
    alice = market.seat(Party.BUYER)
    assert "Which goods is it about?" in text_of(alice.get(OPEN))
    assert go(alice, "goods").status_code == 422
    too_many = {"line-1": "1", "many-1": "4"}
    assert go(alice, "goods", **too_many).status_code == 422
    assert step_after(go(alice, "goods", **{"line-1": "1", "many-1": "2"})) == "received"
    go(alice, "received", received="yes")
    go(alice, "reason", reason="low_quality")
    go(alice, "wish", wants="refund")
    assert "At most 10.00 USD" in text_of(alice.get(OPEN))
    go(alice, "amount", amount="10")
    go(alice, "show")
    review = alice.get(OPEN)
    assert "Cup × 2" in text_of(review)
    go(alice, "review", _key=key_on(review))
    assert standing(market).disputes[0].pieces == (("L2", 2),)
    told = text_of(alice.get(OPEN))
    assert "Cup: A dispute about this is already open." in told
    assert "Kettle" in told


def test_fewer_pieces_lower_what_was_asked(market: Market) -> None:
    market.order(lines=TWO_LINES, payments=[{"reference": "pay", "method": "card", "amount": "60.00"}])
    market.day(12)
    alice = market.seat(Party.BUYER)
    go(alice, "goods", **{"line-0": "1", "line-1": "1", "many-1": "3"})
    go(alice, "received", received="yes")
    go(alice, "reason", reason="low_quality")
    go(alice, "wish", wants="refund")
    go(alice, "amount", amount="60")
    go(alice, "show")
    assert step_after(go(alice, "goods", **{"line-1": "1", "many-1": "1"})) == "amount"


def test_a_double_click_is_one_dispute(market: Market, alice: AtSeat) -> None:
    answered(alice)
    key = key_on(alice.get(OPEN))
    first, second = go(alice, "review", _key=key), go(alice, "review", _key=key)
    assert first["Location"] == second["Location"] == alice.url("orders/O-1/disputes/1/")
    assert len(standing(market).disputes) == 1
    assert "already open" in text_of(alice.get(OPEN))


def test_a_double_click_at_the_very_same_moment_is_one_dispute(market: Market, alice: AtSeat) -> None:
    answered(alice)
    key = key_on(alice.get(OPEN))
    before = dict(alice.client.session)
    first = go(alice, "review", _key=key)
    session = alice.client.session
    session["written claims"] = before["written claims"]  # the second request had read its answers already
    session.save()
    second = go(alice, "review", _key=key)
    assert first["Location"] == second["Location"]
    assert len(standing(market).disputes) == 1


def test_refused_at_the_last_moment_everything_she_wrote_is_kept(market: Market, alice: AtSeat) -> None:
    answered(alice)
    key = key_on(alice.get(OPEN))
    market.done(
        Party.BUYER, "open", lines=[{"line": "L1"}], received=True, reason="defective", wants="refund", amount="45"
    )
    refused = go(alice, "review", _key=key)
    assert refused.status_code == 409
    told = text_of(refused)
    assert "It was not sent." in told
    assert "already open" in told
    assert "It does not switch on." in told


def test_the_time_runs_out_while_she_writes(market: Market, alice: AtSeat) -> None:
    answered(alice)
    market.day(80)
    refused = go(alice, "review", _key="page late")
    assert refused.status_code == 409
    assert "It does not switch on." in text_of(refused)
    assert not standing(market).disputes


def test_weak_reasons_and_confirmed_receipts_say_so(market: Market, alice: AtSeat) -> None:
    market.done(Party.BUYER, "confirm_receipt")
    told = text_of(alice.get(OPEN))
    assert "Receipt of this line was confirmed on" in told
    assert go(alice, "received", received="no").status_code == 422


def test_a_weak_reason_is_named_as_one(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="no")
    page = alice.get(OPEN).content.decode()
    assert re.search(r'value="customs_problem".*?class="warned"', page)
    assert 'value="defective"' not in page


@pytest.mark.parametrize(("delivery", "said"), [("none", "and nothing for the delivery."), ("all", "nothing back.")])
def test_a_change_of_mind_is_warned_of_by_what_the_policy_gives_back(database: str, delivery: str, said: str) -> None:
    market = Market(**{"refund.shipping": {"not_needed": delivery}})
    market.order()
    market.day(12)
    alice = market.seat(Party.BUYER)
    go(alice, "received", received="yes")
    page = text_of(alice.get(OPEN)).replace("&#x27;", "'")
    warned = page[page.index("A change of mind is nobody's fault:") :]
    assert said in warned[: warned.index(".") + 1]


def test_a_return_of_what_has_not_come_is_not_offered(market: Market, alice: AtSeat) -> None:
    go(alice, "received", received="no")
    go(alice, "reason", reason="not_received")
    page = alice.get(OPEN).content.decode()
    assert 'value="return_and_refund"' not in page
    assert re.search(r'value="refund" checked', page)


def test_she_starts_again(market: Market, alice: AtSeat) -> None:
    answered(alice, text="Scorched")
    assert alice.post(OPEN, again="1").status_code == 303
    told = text_of(alice.get(OPEN))
    assert "Your answers are gone. Nothing was sent." in told
    assert "Did it come?" in told


def test_bob_mia_and_sam_have_no_such_page(market: Market, alice: AtSeat) -> None:
    for seat in (market.seat(Party.SELLER), market.seat(Party.MEDIATOR), market.seat(Party.BUYER, "sam")):
        assert seat.get(OPEN).status_code == 404
        assert go(seat, "received", received="yes").status_code == 404
    assert alice.get("orders/O-9/open/").status_code == 404


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "😀" * 5000])
def test_whatever_she_writes_is_text(market: Market, alice: AtSeat, text: str) -> None:
    answered(alice, text=text)
    review = alice.get(OPEN)
    assert "<script>alert" not in review.content.decode()
    assert "<img src=x" not in review.content.decode()
    go(alice, "review", _key=key_on(review))
    assert len(standing(market).disputes) == 1


def test_titles_and_sellers_of_all_kinds_are_text(market: Market) -> None:
    market.order(
        "O/1%",
        seller="<b>bob</b>",
        lines=[{"id": "<i>", "title": "<script>alert(1)</script>", "price": "45.00", "quantity": 2}],
        payments=[{"reference": "pay", "method": "<u>card</u>", "amount": "90.00"}],
    )
    market.day(12)
    alice = market.seat(Party.BUYER)
    page = alice.get("orders/O~2F1~25/open/")
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert step_after(alice.post("orders/O~2F1~25/open/", step="goods", **{"many-0": "1"})) == "received"


def test_every_screen_reads_from_right_to_left_in_arabic(market: Market, alice: AtSeat) -> None:
    layla = market.seat(Party.BUYER, language="ar", zone="Asia/Riyadh", client=alice.client)
    answered(layla)
    for step in ("received", "reason", "wish", "amount", "show", "review"):
        page = layla.get(OPEN, step=step)
        assert page.status_code == 200
        assert 'lang="ar" dir="rtl"' in page.content.decode()


def test_amounts_are_read_as_the_reader_writes_them(market: Market, alice: AtSeat) -> None:
    paulo = market.seat(Party.BUYER, language="pt", client=alice.client)
    answered(paulo, amount="20,50")
    go(paulo, "review", _key=key_on(paulo.get(OPEN)))
    assert standing(market).disputes[0].claim.amount_minor == 2050


def test_the_parcel_may_still_come_in_time(database: str) -> None:
    market = Market(**{"opening.not_received_waits_for": "delivery_due"})
    due = START + timedelta(days=20)
    market.order(shipped=False)
    market.done(Party.SELLER, "ship", tracking="LP00112233445566", delivery_due=format_instant(due))
    market.day(12)
    alice = market.seat(Party.BUYER)
    waits = "It has not come: The parcel is on its way and most arrive in time"
    assert waits in text_of(alice.get(OPEN)), "said on the first screen"
    go(alice, "received", received="no")
    told = text_of(alice.get(OPEN))
    assert waits in told
    assert "Thu, 9 Apr 2026" in told
    assert go(alice, "reason", reason="not_received").status_code == 422
    assert step_after(go(alice, "reason", reason="wrong_address")) == "wish"
