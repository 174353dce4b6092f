"""What goes wrong in real life: two at once, old pages, double clicks, lost sessions, wrong clocks, hostile words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings

from amends.core import events as e
from amends.orders import links
from tests.web.people import START, Market

from .people import Person, Site

Sits = Callable[..., Person]
HOSTILE = '<script>document.title="taken"</script><img src=x onerror="document.title=\'taken\'">"\'&{{ 7|add:7 }}'


def offered(market: Market) -> None:
    market.order()
    market.day(12)
    market.done(
        "buyer", "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00",
        text="It leaks", files=["photo"],
    )  # fmt: skip
    market.done("seller", "offer", dispute=1, wants="refund", amount="20.00")


def offers(market: Market) -> int:
    return sum(isinstance(one.event, e.OfferMade) for one in market.found().history)


def test_two_browsers_at_once_one_is_told_what_changed(market: Market, sits: Sits) -> None:
    offered(market)
    alice, bob = sits("buyer"), sits("seller")
    alice.case().act("accept").reads("You accept a refund of 20.00 USD")
    bob.case().act("offer").fill(wants="refund", amount="10").send()
    alice.press().reads("10.00 USD", "20.00 USD")
    order = market.found().order
    assert order.disputes[0].open, "she never agreed to less"
    assert order.refunded_minor == 0
    assert bob.faults == []


def test_a_page_that_lies_open_says_that_something_changed(market: Market, sits: Sits) -> None:
    offered(market)
    alice = sits("buyer").case()
    market.done("seller", "offer", dispute=1, wants="refund", amount="25.00")
    alice.page.get_by_text(re.compile("changed")).first.wait_for(timeout=40_000)


def test_a_double_click_is_one_act(market: Market, sits: Sits) -> None:
    offered(market)
    alice = sits("buyer", script=False).go("orders/O-1/disputes/1/do/message/").fill(text="Are you there?")
    alice.page.locator("#do").dblclick(no_wait_after=True)
    alice.page.wait_for_url(re.compile("/disputes/1/$"))
    alice.page.wait_for_load_state("networkidle")
    said = [one for one in market.found().history if isinstance(one.event, e.MessageSent)]
    assert len(said) == 1


def test_the_back_button_brings_no_second_offer(market: Market, sits: Sits) -> None:
    offered(market)
    bob = sits("seller", script=False).case().act("offer").fill(wants="refund", amount="22").send()
    before = offers(market)
    for _ in range(3):
        bob.page.go_back()
    assert offers(market) == before
    assert bob.go("orders/O-1/disputes/1/").reads("22.00 USD").faults == []


def test_what_she_was_writing_survives_a_lost_session(market: Market, sits: Sits, site: Site) -> None:
    offered(market)
    alice = sits("buyer").go("orders/O-1/disputes/1/do/message/").fill(text="I had written so much")
    cookies = alice.context.cookies()
    alice.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    alice.page.locator("#do").click()
    alice.page.wait_for_load_state("load")
    alice.reads_not("I had written so much")
    alice.context.add_cookies([one for one in cookies if one["name"] == settings.SESSION_COOKIE_NAME])  # type: ignore[misc]
    alice.go("orders/O-1/disputes/1/do/message/")
    assert alice.page.locator('main [name="text"]').input_value() == "I had written so much"


def test_a_link_that_is_over_says_kindly_where_to_get_another(market: Market, sits: Sits) -> None:
    market.order()
    from amends.core.vocabulary import Party  # noqa: PLC0415

    over = links.Link(market.marketplace, Party.BUYER, "alice", START - timedelta(days=900), "O-1", key=links.OWN)
    alice = sits("buyer").go(f"/in/{links.written(over)}/")
    assert "/at/" not in alice.page.url
    assert "link" in alice.text
    stranger = sits("buyer").go("/in/nonsense/")
    assert "There is nothing at this address" in stranger.text


def test_the_clock_of_her_phone_decides_nothing(market: Market, sits: Sits) -> None:
    offered(market)
    alice = sits("buyer")
    alice.page.clock.set_fixed_time("2031-01-01T00:00:00Z")
    shown = alice.case().page.locator("[data-until]").first.inner_text()
    right = sits("buyer").case().page.locator("[data-until]").first.inner_text()
    assert shown == right


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_five_thousand_signs_are_one_message(market: Market, sits: Sits, script: bool) -> None:
    offered(market)
    long = "\N{CRYING FACE}\N{ARABIC LETTER BEH}!" * 1667
    alice = sits("buyer", script=script).go("orders/O-1/disputes/1/do/message/").fill(text=long).send()
    assert alice.overflow() <= 0
    said = [one.event for one in market.found().history if isinstance(one.event, e.MessageSent)]
    assert [one.text.plain for one in said] == [long]


def test_hostile_words_stay_words_everywhere(market: Market, sits: Sits) -> None:
    market.order(lines=[{"id": "L1", "title": HOSTILE, "price": "45.00", "quantity": 1}])
    market.day(12)
    market.done(
        "buyer", "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00", text=HOSTILE,
        files=["photo"],
    )  # fmt: skip
    market.done("seller", "offer", dispute=1, wants="refund", amount="20.00", text=HOSTILE)
    market.done("buyer", "message", dispute=1, text=HOSTILE)
    market.done("buyer", "escalate", dispute=1)
    market.done("mediator", "request_evidence", dispute=1, of=["buyer"], text=HOSTILE)
    pages = {
        "buyer": ("orders/", "orders/O-1/", "disputes/", "payments/", "orders/O-1/disputes/1/", "notices/"),
        "seller": ("todo/", "selling/", "orders/O-1/disputes/1/"),
        "mediator": ("desk/", "orders/O-1/disputes/1/", "orders/O-1/disputes/1/do/rule/", "find/?q=O-1"),
        "operator": ("operating/", "orders/O-1/"),
    }
    for party, paths in pages.items():
        person = sits(party)
        for path in paths:
            person.go(path)
            assert person.page.title() != "taken", path
            assert person.page.locator("main img[src=x]").count() == 0, path
            assert person.overflow() <= 0, path
        assert person.faults == [], person.faults
    assert "{{ 7|add:7 }}" in sits("buyer").case().text


def test_what_the_page_forbade_is_refused_in_the_same_words(market: Market, sits: Sits) -> None:
    offered(market)
    bob = sits("seller").go("orders/O-1/disputes/1/do/escalate/")
    assert bob.page.locator("#do").count() == 0, "it is not offered"
    answer = bob.seat.post("orders/O-1/disputes/1/do/escalate/", sure="1")
    assert answer.status_code == 409
    sentence = re.search(r"<(?:p|strong)[^>]*>([^<]{30,}?)<", answer.content.decode().partition("<main")[2])
    assert sentence
    assert sentence[1].strip()[:40] in bob.text
    assert market.found().order.disputes[0].open
