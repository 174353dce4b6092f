"""Mia's desk: what waits stands there by urgency, who is at it is seen, and deciding takes a second factor."""

from __future__ import annotations

import re
from typing import Any

from amends.core.order import Dispute
from amends.core.vocabulary import Outcome, Party
from amends.orders import desk as orders_desk
from amends.orders import queries, trips

from .people import AtSeat, Market
from .test_way_in import Account


def opened(market: Market, order: str = "O-1", **claim: Any) -> None:
    """Alice disputes her order now, Bob offers little, and she takes it to a mediator."""
    about: dict[str, Any] = {"reason": "defective", "wants": "refund", "amount": "45.00", **claim}
    files = [{"kind": "photo"}]
    text = "It does not heat."
    market.done(Party.BUYER, "open", order, lines=[{"line": "L1"}], received=True, text=text, files=files, **about)
    market.done(Party.SELLER, "offer", order, dispute=1, wants="refund", amount="10.00", text="Send a video.")
    market.done(Party.BUYER, "escalate", order, dispute=1)


def disputed(market: Market, order: str = "O-1", **claim: Any) -> None:
    """The same on the twelfth day of an order placed now."""
    market.order(order)
    market.day(12)
    opened(market, order, **claim)


def body(answer: Any) -> str:
    return str(answer.content.decode())


# ── the queue ────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_desk_says_what_will_come_here(market: Market) -> None:
    mia = market.seat(Party.MEDIATOR)
    answer = mia.get("desk/")
    assert answer.status_code == 200
    assert "Nothing waits for a mediator" in body(answer)


def test_a_new_case_stands_there_with_time_money_and_reason(market: Market) -> None:
    disputed(market)
    text = body(market.seat(Party.MEDIATOR).get("desk/"))
    assert "It does not work" in text
    assert "45.00\N{NO-BREAK SPACE}USD" in text
    assert "60 days left" in text
    assert "alice" in text
    assert "bob" in text


def test_a_row_names_the_goods_and_the_time_of_whoever_has_to_act(market: Market) -> None:
    lines = [
        {"id": "L1", "title": "Kettle", "price": "45.00", "quantity": 1},
        {"id": "L2", "title": "Cup <b>", "price": "5.00", "quantity": 3},
    ]
    market.order(lines=lines, payments=[{"reference": "pay", "method": "card", "amount": "60.00"}])
    market.day(12)
    about = {"reason": "defective", "wants": "refund", "received": True}
    market.done(Party.BUYER, "open", lines=[{"line": "L1"}], amount="45.00", files=[{"kind": "photo"}], **about)
    market.done(Party.BUYER, "revise", dispute=1, lines=[{"line": "L2", "quantity": 2}], amount="10.00", **about)
    market.done(Party.SELLER, "offer", dispute=1, wants="refund", amount="1.00")
    market.done(Party.BUYER, "escalate", dispute=1)
    market.done(Party.MEDIATOR, "request_evidence", dispute=1, of=["buyer"], text="A video", actor="mia")
    text = body(market.seat(Party.MEDIATOR).get("desk/"))
    row = text[text.index("<tbody>") :]
    assert "<bdi>Cup &lt;b&gt;</bdi> × 2" in row, "what the claim is about now"
    assert "Kettle" not in row
    assert "Your time" not in text, "it is the buyer's"
    market.day(40)
    text = body(market.seat(Party.MEDIATOR).get("desk/"))
    assert "Evidence is in, or its time is over" in text, "and none came"


def test_mia_reads_how_each_earlier_dispute_ended_and_opens_it(market: Market) -> None:
    for number in range(1, 13):
        market.order(f"E-{number:02}")
    market.order("F-1", buyer="frieda", seller="fritz")
    elsewhere = Market()
    elsewhere.order("X-1")
    for market_ in (market, elsewhere):
        market_.day(12)
    about = {"reason": "defective", "wants": "refund", "received": True, "lines": [{"line": "L1"}]}
    for number in range(1, 13):
        market.day(12 + number / 100)
        market.done(Party.BUYER, "open", f"E-{number:02}", amount="45.00", files=[{"kind": "photo"}], **about)
    for strange, at in (("F-1", market), ("X-1", elsewhere)):
        at.done(Party.BUYER, "open", strange, amount="45.00", files=[{"kind": "photo"}], **about)
    market.day(13)
    market.done(Party.SELLER, "accept", "E-01", dispute=1)
    mia = market.seat(Party.MEDIATOR)
    text = body(mia.get("orders/E-12/disputes/1/"))
    told = text[text.index("How both have disputed before") :]
    told = told[: told.index("</section>")]
    buyers, sellers = told.split("<div><p><b>")[1:]
    for side in (buyers, sellers):
        linked = re.findall(r"/orders/([^/]+)/disputes/1/", side)
        assert linked == ["E-01", *(f"E-{number:02}" for number in range(11, 2, -1))], "ten, the newest first"
    assert "Still open" in told
    buyers = buyers[buyers.index("<details>") :]
    assert buyers.index("E-01") < buyers.index("The seller accepted the claim.") < buyers.index("E-11")
    opened_ = re.search(r'href="(/at/[^"]*/orders/E-01/disputes/1/)"', buyers)
    assert opened_
    assert mia.client.get(opened_[1]).status_code == 200


def test_nobody_else_learns_that_there_is_a_desk(market: Market) -> None:
    disputed(market)
    for party in (Party.BUYER, Party.SELLER):
        them = market.seat(party)
        for path in ("desk/", "desk/O-1/1/", "find/?q=O-1", "operating/"):
            assert them.get(path).status_code == 404
            assert them.post(path, to="me", seen="0").status_code in (404, 405)
    assert orders_desk.taken(market.marketplace, "O-1", 1) == []


def test_the_queue_goes_from_overdue_to_waiting(market: Market) -> None:
    disputed(market, "C-late")
    market.day(58)
    for order in ("A-asked", "B-new"):
        market.order(order)
    market.day(71)
    for order in ("A-asked", "B-new"):
        opened(market, order)
    market.done(Party.MEDIATOR, "request_evidence", "A-asked", dispute=1, of=["buyer"], text="A video", actor="mia")
    market.day(73)
    text = body(market.seat(Party.MEDIATOR).get("desk/"))
    places = [text.index(f"<bdi>{order}</bdi>") for order in ("C-late", "B-new", "A-asked")]
    assert places == sorted(places)
    titles = [text.index(f'<h2 id="{name}">') for name in ("overdue", "new", "waiting")]
    assert titles == sorted(titles)
    assert titles[0] < places[0] < titles[1] < places[1] < titles[2] < places[2]
    assert "The buyer is to answer" in text
    only = body(market.seat(Party.MEDIATOR).get("desk/?in=waiting"))
    assert "A-asked" in only
    assert "B-new" not in only


# ── taking, and handing over ─────────────────────────────────────────────────────────────────────


def test_mia_takes_a_case_and_hands_it_over_with_a_reason(market: Market) -> None:
    disputed(market)
    Account(market, name="max")
    mia, max_ = market.seat(Party.MEDIATOR), market.seat(Party.MEDIATOR, "max")
    assert mia.post("desk/O-1/1/", to="me", seen="0").status_code == 302
    assert "<strong>You</strong>" in body(mia.get("desk/"))
    assert "<bdi>mia</bdi>" in body(max_.get("desk/"))
    silent = mia.post("desk/O-1/1/", to="other", name="max", seen="1")
    assert silent.status_code == 422
    assert "Say why" in body(silent)
    moved = mia.post("desk/O-1/1/", to="other", name="max", seen="1", reason="I know the seller.")
    assert moved.status_code == 302
    assert "I know the seller." in body(max_.get("desk/O-1/1/"))
    assert [line.staff for line in orders_desk.taken(market.marketplace, "O-1", 1)] == ["max", "mia"]


def test_of_two_who_take_at_once_the_second_is_told_who_has_it(market: Market) -> None:
    disputed(market)
    mia, max_ = market.seat(Party.MEDIATOR), market.seat(Party.MEDIATOR, "max")
    assert mia.post("desk/O-1/1/", to="me", seen="0").status_code == 302
    late = max_.post("desk/O-1/1/", to="me", seen="0")
    assert late.status_code == 409
    assert "mia has the case meanwhile" in body(late)
    assert not orders_desk.take(
        market.marketplace, "O-1", 1, staff="max", by="max", reason="", seen=0, now=market.now
    ), "also where both had looked before either wrote"
    assert mia.post("desk/O-1/1/", to="me", seen="0").status_code == 302, "a second click is the same click"
    assert len(orders_desk.taken(market.marketplace, "O-1", 1)) == 1


def test_what_a_colleague_was_told_lies_sealed(market: Market) -> None:
    disputed(market)
    market.seat(Party.MEDIATOR).post("desk/O-1/1/", to="me", seen="0", reason="the buyer is my neighbour")
    statement = "SELECT reason FROM case_taken WHERE marketplace = %(m)s"
    ((kept,),) = trips.in_one_trip(market.marketplace, statement, {"m": market.marketplace}, begin=False)
    assert b"neighbour" not in bytes(kept)


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────

RULING = {
    "wants": "refund",
    "amount": "20,00",
    "finding": "The photograph shows a scratch.",
    "fault": "seller",
    "funded_by": "escrow",
    "counts_against": "seller",
    "text": "It works, and is worth less.",
}


def read_letter(seat: AtSeat, path: str, **fields: Any) -> dict[str, Any]:
    """Fill in the form and read the letter; what has to be sent with it then."""
    first = body(seat.get(path))
    answer = seat.post(path, _step="preview", _version=hidden(first, "_version"), **fields)
    assert answer.status_code == 200, body(answer)
    text = body(answer)
    marks = {name: hidden(text, name) for name in ("_key", "_version", "_read")}
    return {**fields, **marks, "_step": "send"}


def hidden(text: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', text)
    assert found, f"the page has no {name}"
    return found[1]


def standing(market: Market, order: str = "O-1") -> Dispute:
    found = queries.order(market.marketplace, order, now=market.now)
    assert found is not None
    return found.order.disputes[0]


PATH = "orders/O-1/disputes/1/do/"


def test_mia_asks_for_evidence_proposes_and_rules(market: Market) -> None:
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    asked = read_letter(mia, PATH + "request_evidence/", of="buyer", text="A video of the kettle.")
    assert mia.post(PATH + "request_evidence/", **asked).status_code == 302
    assert standing(market).asked == (Party.BUYER,)

    options = {"wants_1": "refund", "amount_1": "20", "wants_2": "return_and_refund", "amount_2": "45"}
    proposed = read_letter(mia, PATH + "propose/", **options)
    assert mia.post(PATH + "propose/", **proposed).status_code == 302
    assert [option.amount_minor for option in standing(market).options] == [2000, 4500]

    letter = body(mia.post(PATH + "rule/", _step="preview", **RULING))
    for said in ("The photograph shows a scratch.", "It works, and is worth less.", "fault", "The letter both sides"):
        assert said in letter
    split = letter[letter.index('id="split"') :]
    assert (
        split.index("To the buyer")
        < split.index("20.00\N{NO-BREAK SPACE}USD")
        < split.index("25.00\N{NO-BREAK SPACE}USD")
    )
    assert standing(market).open, "reading a letter sends nothing"
    done = mia.post(PATH + "rule/", **read_letter(mia, PATH + "rule/", **RULING))
    assert done.status_code == 302
    assert "Your decision is sent" in body(mia.client.get(done["Location"]))
    ruled = standing(market)
    assert ruled.outcome is Outcome.RULED
    assert ruled.refunded_minor == 2000


def test_the_money_is_split_as_soon_as_there_is_an_amount(market: Market) -> None:
    """Nothing else is written yet: the page's script asks with a header, a browser without one presses the button."""
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    begun = {"wants": "refund", "amount": "20", "funded_by": "escrow", "_step": "preview"}
    live = mia.client.post(mia.url(PATH + "rule/"), begun, headers={"X-Live": "1"})
    assert live.status_code == 200
    pressed = mia.post(PATH + "rule/", **begun)
    assert pressed.status_code == 422
    for answer in (live, pressed):
        text = body(answer)
        split = text[text.index('id="split"') :]
        assert "25.00\N{NO-BREAK SPACE}USD" in split
        assert "The letter both sides will read" not in text
        assert 'value="send"' not in text
    assert "Fill this in." not in body(live), "nobody is blamed while he still writes"
    assert "Fill this in." in body(pressed)


def test_the_head_of_the_queue_stands_beside_the_case(market: Market) -> None:
    for order in ("O-1", "O-2"):
        market.order(order, lines=[{"id": "L1", "title": f"Pot {order}", "price": "45.00", "quantity": 1}])
    market.day(12)
    opened(market)
    alone = body(market.seat(Party.MEDIATOR).get(PATH + "rule/"))
    assert 'class="strip' not in alone, "there is nothing but this case"
    opened(market, "O-2")
    mia = market.seat(Party.MEDIATOR)
    text = body(mia.get(PATH + "rule/"))
    strip = text[text.index('class="strip') : text.index("</nav>", text.index('class="strip'))]
    assert re.findall(r"/orders/([^/]+)/disputes/1/", strip) == ["O-2"]
    assert '<li aria-current="true"><strong><bdi>Pot O-1</bdi>' in strip
    olga = market.seat(Party.OPERATOR)
    assert 'class="strip' not in body(olga.get("orders/O-1/do/correct/")), "the queue is the mediators'"


def test_only_what_was_read_is_sent(market: Market) -> None:
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    read = read_letter(mia, PATH + "rule/", **RULING)
    other = mia.post(PATH + "rule/", **{**read, "amount": "40"})
    assert "You have changed it since you read it" in body(other)
    assert mia.post(PATH + "rule/", **{**RULING, "_step": "send"}).status_code == 200
    assert standing(market).open


def test_a_double_click_decides_once(market: Market) -> None:
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    read = read_letter(mia, PATH + "rule/", **RULING)
    assert [mia.post(PATH + "rule/", **read).status_code for _ in range(2)] == [302, 302]
    assert standing(market).refunded_minor == 2000


def test_of_two_mediators_the_second_sees_what_the_first_did_and_keeps_his_words(market: Market) -> None:
    disputed(market)
    mia, max_ = market.seat(Party.MEDIATOR), market.seat(Party.MEDIATOR, "max")
    hers = read_letter(mia, PATH + "request_evidence/", of="seller", text="The listing as it was.")
    his = read_letter(max_, PATH + "rule/", **RULING)
    assert mia.post(PATH + "request_evidence/", **hers).status_code == 302
    late = max_.post(PATH + "rule/", **his)
    assert late.status_code == 409
    text = body(late)
    assert "The case has changed while you wrote" in text
    assert "The listing as it was." in text
    assert RULING["text"] in text
    assert standing(market).open


def test_whatever_staff_do_takes_a_second_factor(market: Market) -> None:
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    read = read_letter(mia, PATH + "rule/", **RULING)
    without_second_factor(mia)
    for answer in (mia.get(PATH + "rule/"), mia.post(PATH + "rule/", **read)):
        assert answer.status_code == 403
        assert "proves first who he is" in body(answer)
    assert standing(market).open
    assert mia.get(PATH + "request_evidence/").status_code == 403, "a question starts a clock"
    assert mia.get("orders/O-1/disputes/1/").status_code == 200, "she reads"


def without_second_factor(at: AtSeat) -> None:
    session = at.client.session
    session["seats"] = {at.seat.id: {**session["seats"][at.seat.id], "second_factor": False}}
    session.save()


def test_a_ruling_above_the_limit_waits_for_olga(database: str) -> None:
    market = Market(**{"approval.second_person_above": {"USD": "10.00"}})
    disputed(market)
    mia, olga = market.seat(Party.MEDIATOR), market.seat(Party.OPERATOR)
    text = body(mia.post(PATH + "rule/", _step="preview", **RULING))
    assert "when a second person agrees" in text
    mia.post(PATH + "rule/", **read_letter(mia, PATH + "rule/", **RULING))
    assert standing(market).waiting is not None
    waiting = re.search('value="([0-9]+)" checked', body(olga.get("orders/O-1/do/approve/")))
    assert waiting
    agreed = read_letter(olga, "orders/O-1/do/approve/", event=waiting[1])
    assert olga.post("orders/O-1/do/approve/", **agreed).status_code == 302
    assert standing(market).refunded_minor == 2000


def test_an_appeal_is_turned_down_with_reasons(database: str) -> None:
    market = Market("alx-e")
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    mia.post(PATH + "rule/", **read_letter(mia, PATH + "rule/", **RULING))
    market.done(Party.BUYER, "appeal", dispute=1, grounds="new_evidence", text="See", files=[{"kind": "photo"}])
    assert '<h2 id="appeal">' in body(mia.get("desk/"))
    denied = read_letter(mia, PATH + "deny_appeal/", text="It shows the same.")
    assert mia.post(PATH + "deny_appeal/", **denied).status_code == 302
    assert standing(market).appeals[-1].granted is False
    assert '<h2 id="appeal">' not in body(mia.get("desk/"))


def test_parties_cannot_decide(market: Market) -> None:
    disputed(market)
    for party in (Party.BUYER, Party.SELLER):
        assert market.seat(party).post(PATH + "rule/", _step="send", **RULING).status_code == 404
    olga = market.seat(Party.OPERATOR)
    assert olga.post(PATH + "rule/", _step="send", **RULING).status_code == 404, "who repairs does not rule"
    assert standing(market).open


def test_the_page_to_decide_has_both_stories_and_cases_like_it(market: Market) -> None:
    disputed(market, "O-0")
    ruling = {**RULING, "amount": "15.00"}
    market.done(Party.MEDIATOR, "rule", "O-0", dispute=1, actor="mia", **ruling)
    market.order()
    market.day(25)
    opened(market)
    text = body(market.seat(Party.MEDIATOR).get(PATH + "rule/"))
    for said in ("It does not heat.", "Send a video.", "The buyer’s story", "The seller’s story"):
        assert said in text
    assert "15.00\N{NO-BREAK SPACE}USD" in text
    assert "The photograph shows a scratch." in text


def test_what_cannot_be_decided_now_says_why(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(
        Party.BUYER,
        "open",
        lines=[{"line": "L1"}],
        received=True,
        reason="defective",
        wants="refund",
        amount="45.00",
        text="x",
        files=[{"kind": "photo"}],
    )
    mia = market.seat(Party.MEDIATOR)
    assert 'id="decision"' not in body(mia.get(PATH + "rule/"))
    above = mia.post(PATH + "rule/", _step="preview", **RULING)
    assert above.status_code == 422


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


def test_an_order_is_found_by_its_id_and_by_either_party(market: Market) -> None:
    market.order("KETTLE-1")
    market.order("KETTLE-2", buyer="carol")
    mia, olga = market.seat(Party.MEDIATOR), market.seat(Party.OPERATOR)
    assert "KETTLE-2" in body(mia.get("find/", q="KETTLE"))
    only = body(olga.get("find/", q="carol"))
    assert "KETTLE-2" in only
    assert "KETTLE-1" not in only
    assert "KETTLE-1" in body(mia.get("find/", q="bo"))
    assert "Nothing found" in body(mia.get("find/", q="zzz"))


def test_a_marketplace_never_finds_another_ones_orders(market: Market) -> None:
    other = Market()
    other.order("THEIRS")
    assert "Nothing found" in body(market.seat(Party.MEDIATOR).get("find/", q="THEIRS"))
