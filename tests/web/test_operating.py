"""Olga's page: whether all is in time and in order, what waits for a person, keys shown once, regions and blocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from amends import policies
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import access, books_checks, brands, marketplaces, operating, staff, trips, upkeep
from amends.orders.upkeep import Beat
from amends.orders.verify import verify
from amends.words import instant, reader

from .people import AtSeat, Market
from .test_desk import RULING, body, disputed, without_second_factor
from .test_way_in import Account


def run(market: Market, statement: Any, **values: Any) -> None:
    """Something no page and no act does: what a machine or an accident leaves behind."""
    found = {"m": market.marketplace, **values}
    trips.in_one_trip(market.marketplace, statement, found, role=trips.WORKER, begin=True)


def test_the_overview_says_that_no_worker_runs_and_that_nothing_waits(market: Market) -> None:
    for beat in (*upkeep.beats(), *upkeep.beats(letters=True)):
        upkeep.leave(beat.worker)
    text = body(market.seat(Party.OPERATOR).get("operating/"))
    assert "No worker runs." in text
    assert "Nobody sends letters and notices." in text
    assert "No deadline is overdue." in text
    assert "Nothing. Decisions above the limit" in text
    assert "Nobody has looked at the books" in text


def test_letters_may_be_behind_while_deadlines_are_in_time(market: Market) -> None:
    olga, now, moment = market.seat(Party.OPERATOR), datetime.now(UTC), timedelta(0)
    upkeep.beat(Beat("w", now, now, moment))
    told = {
        (timedelta(seconds=45), moment): "Letters and notices are behind: they were last worked on",
        (moment, timedelta(seconds=90)): "Letters and notices are behind: the oldest has waited for 90 seconds.",
        (moment, moment): "Letters and notices are in time.",
    }
    for (silent, late), said in told.items():
        upkeep.beat(Beat(upkeep.letters_of("w"), now, now - silent, late))
        text = body(olga.get("operating/"))
        assert said in text
        assert "The worker is in time." in text
    for name in ("w", upkeep.letters_of("w")):
        upkeep.leave(name)


def test_only_an_operator_sees_it(market: Market) -> None:
    paths = ("operating/", "operating/pause/", "operating/block/", f"leaflet/{market.policy.digest}/")
    for party in (Party.BUYER, Party.SELLER, Party.MEDIATOR):
        them = market.seat(party)
        assert {them.get(path).status_code for path in paths} == {404}
        assert them.post("operating/keys/", _key="k").status_code == 404
    sam = market.seat(Party.OPERATOR)
    sam.client.cookies.clear()
    assert {sam.get(path).status_code for path in paths} == {404}


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def made(olga: AtSeat) -> tuple[str, str]:
    """A new key, and the form it was made with."""
    form = re.search(r'name="_key" value="([^"]+)"', body(olga.get("operating/")))
    assert form
    answer = olga.post("operating/keys/", _key=form[1])
    assert answer.status_code == 200
    key = re.search(r'<code class="key">([^<]+)</code>', body(answer))
    assert key
    return key[1], form[1]


def test_a_key_is_shown_once_and_works(market: Market) -> None:
    olga = market.seat(Party.OPERATOR)
    key, form = made(olga)
    assert access.holder(key) is not None
    assert key not in body(olga.get("operating/"))
    assert marketplaces.digest_of(key)[:12] in body(olga.get("operating/"))
    before = len(operating.overview(market.marketplace).keys)
    again = olga.post("operating/keys/", _key=form)
    assert again.status_code == 302, "reloading the page makes no second key"
    assert len(operating.overview(market.marketplace).keys) == before


def test_a_key_is_revoked_after_asking_once_more(market: Market) -> None:
    olga = market.seat(Party.OPERATOR)
    key, _ = made(olga)
    path = f"operating/keys/{marketplaces.digest_of(key)}/revoke/"
    assert "refused at once" in body(olga.get(path))
    assert access.holder(key) is not None, "asking revokes nothing"
    assert olga.post(path).status_code == 302
    assert access.holder(key) is None
    assert access.holder(market.key) is not None, "the other key goes on working"
    assert olga.get("operating/keys/" + "0" * 64 + "/revoke/").status_code == 404


def test_nobody_revokes_another_marketplaces_key(market: Market) -> None:
    other = Market()
    olga = market.seat(Party.OPERATOR)
    assert olga.post(f"operating/keys/{marketplaces.digest_of(other.key)}/revoke/").status_code == 404
    assert access.holder(other.key) is not None
    assert not operating.revoke(market.marketplace, marketplaces.digest_of(other.key))


def test_without_a_second_factor_olga_looks_and_changes_nothing(market: Market) -> None:
    olga = market.seat(Party.OPERATOR)
    without_second_factor(olga)
    assert olga.get("operating/").status_code == 200
    assert olga.post("operating/keys/", _key="k").status_code == 403
    assert olga.post("operating/block/", party="bob", finding="x").status_code == 403
    assert len(operating.overview(market.marketplace).keys) == 1


# ── policies, books ──────────────────────────────────────────────────────────────────────────────


def test_every_policy_an_order_lives_under_can_be_read(market: Market) -> None:
    newer = policies.load("alx-e")
    marketplaces.adopt(market.marketplace, newer)
    olga = market.seat(Party.OPERATOR)
    text = body(olga.get("operating/"))
    assert text.index(newer.digest) < text.index(market.policy.digest), "the one for new orders stands first"
    for policy in (newer, market.policy):
        assert policy.title in body(olga.get(f"leaflet/{policy.digest}/"))
    assert olga.get(f"leaflet/{'0' * 64}/").status_code == 404
    assert olga.get("leaflet/nothing/").status_code == 404


def test_the_books_are_looked_at_when_asked_and_name_what_is_broken(market: Market) -> None:
    disputed(market)
    olga = market.seat(Party.OPERATOR)
    assert olga.post("operating/books/", which="all").status_code == 302
    assert "The books hold" in body(olga.get("operating/"))
    run(market, "UPDATE orders SET desk = NULL WHERE marketplace = %(m)s")
    olga.post("operating/books/", which="lately")
    text = body(olga.get("operating/"))
    assert "The books do not hold" in text
    assert "orders, desk" in text
    again = body(market.seat(Party.OPERATOR).get("operating/"))
    assert "orders, desk" in again, "at another browser, too"


def test_the_page_shows_what_the_worker_found_and_when(market: Market) -> None:
    disputed(market)
    olga, now = market.seat(Party.OPERATOR), datetime.now(UTC)
    books_checks.keep(market.marketplace, verify(market.marketplace), whole=False, at=now - timedelta(hours=3))
    text = body(olga.get("operating/"))
    assert "The books hold" in text
    assert f"written in the last day, on {plain_instant(now - timedelta(hours=3))}" in text
    books_checks.keep(market.marketplace, verify(market.marketplace), whole=False, at=now - timedelta(hours=27))
    text = body(olga.get("operating/"))
    assert f"Nobody has looked at the books since {plain_instant(now - timedelta(hours=27))}" in text
    assert "The books hold" not in text


def plain_instant(at: datetime) -> str:
    with reader("en", "UTC"):
        return instant(at)


def test_it_is_headed_by_the_name_people_know(market: Market) -> None:
    brands.change(market.marketplace, {"name": "Lantern Market"})
    text = body(market.seat(Party.OPERATOR).get("operating/"))
    assert "<h1><bdi>Lantern Market</bdi></h1>" in text
    assert market.name in text


def test_olga_finds_every_marketplace_she_sits_in_and_no_other(market: Market) -> None:
    others = [Market(), Market(), Market()]
    olga = market.seat(Party.OPERATOR)
    there = others[0].seat(Party.OPERATOR, client=olga.client)
    others[1].seat(Party.MEDIATOR, client=olga.client)
    text = body(olga.get("operating/"))
    assert f'<a href="{there.url("operating/")}"><bdi>{others[0].name}</bdi></a>' in text
    assert others[1].name not in text
    assert others[2].name not in text
    assert "Nobody has looked at its books yet." in text


def test_an_operator_with_an_account_sits_down_in_the_next_marketplace_from_here(market: Market) -> None:
    olga, other, third = Account(market, Party.OPERATOR, "olga"), Market(), Market()
    staff.give(other.marketplace, olga.user.pk, Party.OPERATOR, "olga")
    staff.give(third.marketplace, olga.user.pk, Party.MEDIATOR, "olga")
    olga.set_password()
    olga.sign_in()
    text = body(olga.browser.get(olga.sit() + "operating/"))
    place = f"/staff/places/{other.marketplace}/operator/"
    assert f'<form method="post" action="{place}"' in text
    assert third.name not in text
    assert olga.browser.post(place, follow=True).status_code == 200
    again = body(olga.browser.get(olga.sit() + "operating/"))
    there = re.search(r'<a href="([^"]+)"><bdi>' + re.escape(other.name), again)
    assert there
    assert other.name in body(olga.browser.get(there[1]))


# ── what waits for a person ──────────────────────────────────────────────────────────────────────


def test_a_decision_above_the_limit_waits_here(database: str) -> None:
    market = Market(**{"approval.second_person_above": {"USD": "10.00"}})
    disputed(market)
    market.done(Party.MEDIATOR, "rule", dispute=1, actor="mia", **{**RULING, "amount": "20.00"})
    text = body(market.seat(Party.OPERATOR).get("operating/"))
    assert "Waiting for a second person" in text
    assert "Read it, and agree" in text


def test_an_order_whose_clock_was_given_up_is_taken_up_again(market: Market) -> None:
    market.order()
    run(market, "UPDATE orders SET set_aside = 'its history is broken' WHERE marketplace = %(m)s")
    olga = market.seat(Party.OPERATOR)
    assert "its history is broken" in body(olga.get("operating/"))
    assert "take up order O-1" in body(olga.get("operating/again/order/?order=O-1"))
    assert operating.aside(market.marketplace).orders, "asking changes nothing"
    assert olga.post("operating/again/order/", order="O-1").status_code == 302
    assert not operating.aside(market.marketplace).orders
    assert olga.post("operating/again/order/", order="O-1").status_code == 302, "and a second time nothing waits"


def test_money_nobody_knows_the_end_of_is_sent_again(market: Market) -> None:
    disputed(market)
    market.done(Party.MEDIATOR, "rule", dispute=1, actor="mia", **{**RULING, "amount": "20.00"})
    why = "UPDATE money_intent SET state = 'sent', needs_human = 'The provider does not know it.'"
    run(market, f"{why} WHERE marketplace = %(m)s AND kind = 'refund'")
    olga = market.seat(Party.OPERATOR)
    text = body(olga.get("operating/"))
    assert "The provider does not know it." in text
    link = re.search(r"operating/again/movement/\?order=O-1&amp;event=([0-9]+)&amp;position=([0-9]+)", text)
    assert link
    sent = olga.post("operating/again/movement/", order="O-1", event=link[1], position=link[2])
    assert sent.status_code == 302
    assert "The provider does not know it." not in body(olga.get("operating/"))


def test_a_late_refund_waits_here(market: Market) -> None:
    disputed(market)
    market.done(Party.MEDIATOR, "rule", dispute=1, actor="mia", **{**RULING, "amount": "20.00"})
    market.day(60)
    assert "Refunds that failed or are late" in body(market.seat(Party.OPERATOR).get("operating/"))


def test_what_cannot_be_tried_again_is_not_there(market: Market) -> None:
    assert market.seat(Party.OPERATOR).get("operating/again/everything/").status_code == 404


# ── regions and blocks ───────────────────────────────────────────────────────────────────────────


def test_olga_stops_the_clocks_of_a_region_and_lets_them_go_on(market: Market) -> None:
    assert market.order().holds == frozenset()
    olga = market.seat(Party.OPERATOR)
    wrong = olga.post("operating/pause/", countries="Brazil", text="Floods.", grace="2")
    assert wrong.status_code == 422
    assert "Floods." in body(wrong), "what was written is kept"
    assert olga.post("operating/pause/", countries="br", text="Floods.", grace="2").status_code == 302
    (pause,) = operating.overview(market.marketplace).pauses
    assert (pause.countries, pause.text, pause.actor) == (("BR",), "Floods.", "olga")
    assert "Brazil" in body(olga.get("operating/"))
    assert "the time that was left" in body(olga.get("operating/resume/", hold=pause.hold))
    assert olga.post("operating/resume/", hold=pause.hold).status_code == 302
    assert not operating.overview(market.marketplace).pauses


def test_a_blocked_buyer_starts_nothing_new_until_the_block_is_lifted(market: Market) -> None:
    market.order()
    market.day(12)
    olga = market.seat(Party.OPERATOR)
    assert olga.post("operating/block/", party="alice", finding="").status_code == 422
    assert olga.post("operating/block/", party="alice", finding="The same photo nine times.").status_code == 302
    assert "The same photo nine times." in body(olga.get("operating/"))
    claim = {"lines": [{"line": "L1"}], "received": True, "reason": "defective", "wants": "refund", "amount": "45.00"}
    refused = market.do(Party.BUYER, "open", text="It does not heat.", files=[{"kind": "photo"}], **claim).refused
    assert refused is not None
    assert refused.code is RefusalCode.PARTY_BLOCKED
    assert olga.post("operating/block/", lift="1", party="alice", finding="It was her sister.").status_code == 302
    market.done(Party.BUYER, "open", text="It does not heat.", files=[{"kind": "photo"}], **claim)
