"""Several answers at once: what was chosen is shown with its money first, done once, and told row by row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from amends.core.vocabulary import DisputeStatus, Outcome, Party
from amends.orders import queries
from amends.orders.handle import Outcome as Handled
from amends.web import acting

from .people import AtSeat, Market
from .test_record import CLAIM, opened
from .test_selling import bob, dispute, key_of, marks_of, text_of

__all__ = ["bob"]


def preview(bob: AtSeat, do: str, **fields: Any) -> Any:
    rows = marks_of(bob.get("selling/" if do == "extend" else "todo/"))
    return bob.client.post(bob.url("todo/bulk/"), {"do": do, "row": rows, "step": "preview", **fields})


def confirm(bob: AtSeat, page: Any, do: str, **fields: Any) -> Any:
    sent = {"do": do, "row": marks_of(page), "step": "confirm", "_key": key_of(page), **fields}
    return bob.client.post(bob.url("todo/bulk/"), sent)


def test_accepting_all_shows_the_money_first_and_then_does_each(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", "O-2", "O-3")
    page = preview(bob, "accept")
    assert "Accept 3 claims: 135.00 USD" in text_of(page)
    assert "from 0 of 3 orders (0.0%) to 3 of 3 orders (100.0%)" in text_of(page)
    assert dispute(market).open, "a preview does nothing"
    done = confirm(bob, page, "accept")
    assert "3 claims were accepted." in text_of(done)
    assert text_of(done).count("The dispute ends: 45.00 USD goes back to the buyer.") == 3
    ends = {dispute(market, order).outcome for order in ("O-1", "O-2", "O-3")}
    assert ends == {Outcome.ACCEPTED_BY_SELLER}


def test_a_share_is_rounded_down_and_each_buyer_gets_his_own_words(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", amount="44.99")
    fields = {"how": "share", "share": "50", "wants": "as_asked", "text": "For {order}: {amount} for the {product}."}
    page = preview(bob, "offer", **fields)
    assert "In all, you offer 22.49 USD." in text_of(page)
    assert "For O-1: 22.49 USD for the Kettle." in text_of(page)
    done = confirm(bob, page, "offer", **fields)
    assert "1 offer was sent." in text_of(done)
    assert dispute(market).standing_offer.amount_minor == 2249
    assert dispute(market).status is DisputeStatus.AWAITING_BUYER


def test_all_of_what_is_asked_is_an_acceptance_and_the_preview_says_so(market: Market, bob: AtSeat) -> None:
    opened(market)
    page = preview(bob, "offer", how="share", share="100", wants="as_asked")
    assert "The dispute ends: 45.00 USD goes back to the buyer." in text_of(page)


def test_what_cannot_be_done_is_named_with_its_reason_and_left_out(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", "O-2")
    rows = marks_of(bob.get("todo/"))
    market.done(Party.SELLER, "accept", "O-2", dispute=1)
    sent = {"do": "offer", "row": rows, "step": "preview", "how": "amount", "amount": "20", "wants": "refund"}
    page = bob.client.post(bob.url("todo/bulk/"), sent)
    said = text_of(page)
    assert "1 cannot be done, and is left out" in said
    assert "The dispute is closed." in said
    assert "Send 1 offer: 20.00 USD" in said
    assert [mark.rpartition(":")[2] for mark in marks_of(page)] == ["O-1"]


def test_whoever_was_first_is_told_row_by_row_and_nothing_is_half_told(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", "O-2")
    page = preview(bob, "reject", text="No.")
    market.done(Party.BUYER, "revise", "O-2", dispute=1, amount="40.00")
    done = confirm(bob, page, "reject", text="No.")
    said = text_of(done)
    assert "1 claim was turned down." in said
    assert "1 was not done." in said
    assert "Somebody else changed the order meanwhile." in said
    assert dispute(market, "O-1").status is DisputeStatus.AWAITING_BUYER
    assert dispute(market, "O-2").status is DisputeStatus.AWAITING_SELLER


def test_sent_twice_it_is_done_once(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", "O-2")
    page = preview(bob, "offer", how="share", share="10", wants="as_asked")
    fields = {"how": "share", "share": "10", "wants": "as_asked"}
    confirm(bob, page, "offer", **fields)
    again = confirm(bob, page, "offer", **fields)
    assert "2 offers were sent." in text_of(again)
    assert "nothing was done twice" in text_of(again)
    assert len(dispute(market).terms) == 2


def test_two_disputes_of_one_order_are_answered_together(market: Market, bob: AtSeat) -> None:
    lines = [
        {"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1},
        {"id": "L2", "title": "Cup", "price": "5.00", "quantity": 1},
    ]
    market.order(lines=lines, payments=[{"reference": "p", "method": "card", "amount": "50.00"}])
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    market.done(Party.BUYER, "open", **{**CLAIM, "lines": ["L2"], "amount": "5.00"})
    page = preview(bob, "accept")
    assert "Accept 2 claims: 50.00 USD" in text_of(page)
    done = text_of(confirm(bob, page, "accept"))
    assert "2 claims were accepted." in done
    assert "5.00 USD goes back to the buyer." in done
    assert not dispute(market, number=2).open


def test_sam_cannot_answer_for_bob(market: Market, bob: AtSeat) -> None:
    opened(market)
    rows = marks_of(bob.get("todo/"))
    sam = market.seat("seller", "sam")
    for step in ("preview", "confirm"):
        page = sam.client.post(sam.url("todo/bulk/"), {"do": "accept", "row": rows, "step": step})
        assert "1 chosen row is no longer there." in text_of(page)
        assert "Kettle" not in text_of(page)
    assert dispute(market).open


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"how": "share", "share": "0"}, "Write a whole number from 1 to 100."),
        ({"how": "share", "share": "half"}, "Write a whole number from 1 to 100."),
        ({"how": "amount", "amount": ""}, "Name an amount in USD."),
        ({"how": "amount", "amount": "twelve"}, "This is no amount."),
    ],
)
def test_what_cannot_be_read_is_asked_again_with_everything_kept(
    market: Market, bob: AtSeat, fields: dict[str, str], said: str
) -> None:
    opened(market)
    page = preview(bob, "offer", wants="as_asked", text="Dear buyer", **fields)
    assert page.status_code == 422
    assert said in text_of(page)
    assert "Dear buyer" in text_of(page)


def test_no_rows_too_many_rows_and_rows_nobody_wrote(market: Market, bob: AtSeat) -> None:
    opened(market)
    none = bob.client.post(bob.url("todo/bulk/"), {"do": "accept"})
    assert (none.status_code, "Choose at least one row." in text_of(none)) == (422, True)
    many = bob.client.post(bob.url("todo/bulk/"), {"do": "accept", "row": [f"1:1:O-{n}" for n in range(101)]})
    assert (many.status_code, "Choose at most 100 rows" in text_of(many)) == (422, True)
    odd = ["", "x", "1:2", "1:x:O-1", "-1:2:O-1", "1:2:", "9:4:O-1", "1:99999999999:O-1", "1:4:\x00"]
    page = bob.client.post(bob.url("todo/bulk/"), {"do": "accept", "row": odd, "step": "confirm"})
    assert page.status_code in (200, 422)
    assert bob.client.post(bob.url("todo/bulk/"), {"do": "rule", "row": ["1:4:O-1"]}).status_code == 302
    assert dispute(market).open


def test_where_the_database_goes_away_on_the_way_the_page_says_how_far_it_came(
    market: Market, bob: AtSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(market, "O-1", "O-2", "O-3")
    page = preview(bob, "accept")
    real = acting.handle

    def away_on_the_second(*args: Any, **named: Any) -> Handled:
        if args[1] == "O-2":
            raise psycopg.OperationalError("gone")
        return real(*args, **named)

    with monkeypatch.context() as gone:
        gone.setattr(acting, "handle", away_on_the_second)
        cut = confirm(bob, page, "accept")
    assert cut.status_code == 503
    said = text_of(cut)
    assert "1 claim was accepted." in said
    assert "Perhaps done." in said
    assert "Not tried." in said
    rest = confirm(bob, cut, "accept")
    assert "2 claims were accepted." in text_of(rest)
    assert not any(dispute(market, order).open for order in ("O-1", "O-2", "O-3"))


def test_what_people_wrote_is_text_and_nothing_else(market: Market, bob: AtSeat) -> None:
    line = {"id": "L1", "title": "<script>alert(1)</script>", "price": "45.00", "quantity": 1}
    market.order(lines=[line])
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    for page in (bob.get("todo/"), bob.get("selling/"), preview(bob, "accept")):
        assert "&lt;script&gt;alert(1)" in page.content.decode()
        assert "<script>alert" not in page.content.decode()


def test_requests_for_more_time_come_first_and_are_given_in_bulk(market: Market, bob: AtSeat) -> None:
    for order in ("O-1", "O-2"):
        market.order(order)
    market.done(Party.BUYER, "request_extension", "O-2", days=10)
    page = bob.get("selling/")
    assert "1 buyer asks for more time" in text_of(page)
    assert "Asks for 10 more days" in text_of(page)
    assert marks_of(page)[0].endswith(":O-2")
    before = queries.order(market.marketplace, "O-2", now=market.now)
    ahead = preview(bob, "extend", which="asked")
    assert "Protection lasts until" in text_of(ahead)
    assert "1 cannot be done" in text_of(ahead), "nobody asked for more time on O-1"
    done = confirm(bob, ahead, "extend", which="asked")
    assert "Protection of 1 order lasts longer now." in text_of(done)
    after = queries.order(market.marketplace, "O-2", now=market.now)
    assert before is not None
    assert after is not None
    assert after.order.protection_lasts == before.order.protection_lasts + timedelta(days=10)  # type: ignore[operator]


def test_orders_come_a_page_at_a_time(market: Market, bob: AtSeat) -> None:
    for number in range(22):
        market.order(f"O-{number:02}")
    first, second = bob.get("selling/"), bob.get("selling/", after="20")
    assert "?after=20" in first.content.decode()
    assert len(marks_of(first)) == 20
    assert len(marks_of(second)) == 2
    assert bob.get("selling/", after="x'--").status_code == 200
