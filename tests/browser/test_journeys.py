"""Whole disputes, told with clicks only: what each reads on the way, and where every cent ends."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.web.people import Market

from .people import Person, Screen

Sits = Callable[..., Person]


def opened(alice: Person, *, wants: str = "refund", amount: str = "45.00") -> Person:
    """Through the six questions; the kettle came and is broken."""
    alice.go("orders/O-1/open/").fill(received="yes").click("Go on")
    alice.fill(reason="defective", text="The lid broke on the first day").click("Go on")
    alice.fill(wants=wants).click("Go on")
    alice.fill(amount=amount).click("Go on")
    with_photo(alice)
    alice.click("Go on").reads("What the seller will see", "lid.jpg", "What happens next")
    return alice.click(re.compile("^Send and ask for"))


def with_photo(alice: Person) -> None:
    """A photograph, where the policy asks for one."""
    from tests.vault import honest  # noqa: PLC0415

    picture = honest.encoded("JPEG", honest.photo(640, 480), quality=85)
    alice.page.locator('main input[type="file"]').first.set_input_files(
        {"name": "lid.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    if not alice.scripted:
        alice.page.locator("main form:has(input[type=file]) .acts button").first.click()
    alice.page.locator("[data-list] li").first.wait_for()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_open_counter_accept(market: Market, sits: Sits, script: bool) -> None:
    market.order()
    market.day(12)
    alice, bob = sits("buyer", screen=Screen.PHONE, script=script), sits("seller", script=script)
    opened(alice).reads("The seller's turn", "45.00 USD")
    bob.case().reads("Your turn", "45.00 USD", "If you do nothing:")
    bob.act("offer").fill(wants="refund", amount="20").send()
    alice.case().reads("Your turn", "20.00 USD")
    alice.act("accept").reads("You accept a refund of 20.00 USD").send()
    alice.reads("20.00 USD")
    order = market.found().order
    assert order.disputes[0].outcome == "agreed"
    assert (order.refunded_minor, order.released_minor) == (2000, 2500)
    assert alice.faults == bob.faults == []


def test_the_seller_is_silent_and_loses(market: Market, sits: Sits) -> None:
    market.order()
    market.day(12)
    alice = sits("buyer")
    opened(alice)
    market.day(30)
    alice.case().reads("45.00 USD")
    order = market.found().order
    assert order.disputes[0].outcome == "granted_by_silence"
    assert order.refunded_minor == 4500
    sits("seller").case().reads_not("Offer something else")
    assert alice.faults == []


def test_escalated_evidence_asked_options_put_a_ruling_and_the_refund_is_seen(market: Market, sits: Sits) -> None:
    market.order()
    market.day(12)
    alice, bob, mia = sits("buyer", screen=Screen.PHONE), sits("seller"), sits("mediator")
    opened(alice)
    bob.case().act("offer").fill(wants="refund", amount="5").send()
    market.day(14)
    alice.case().act("escalate").send()
    mia.go("desk/").reads("O-1")
    mia.go("orders/O-1/disputes/1/do/request_evidence/")
    mia.fill(of="buyer", text="A picture of the lid from close by").decides()
    alice.case().reads("A picture of the lid from close by")
    alice.act("add_evidence").reads("A picture of the lid from close by")
    with_photo(alice)
    alice.page.locator("main form:has(input[type=file]) .acts button.main").click()
    alice.case().reads("The mediator's turn")
    mia.go("orders/O-1/disputes/1/do/rule/").fill(
        wants="refund", amount="30", finding="The lid was broken when it came.", fault="seller", funded_by="escrow",
        counts_against="seller", text="The pictures show it.",
    ).decides()  # fmt: skip
    alice.case().reads("30.00 USD", "The pictures show it.")
    order = market.found().order
    assert order.disputes[0].outcome == "ruled"
    assert (order.refunded_minor, order.released_minor) == (3000, 1500)
    assert alice.faults == bob.faults == mia.faults == []


@pytest.mark.parametrize("late", [False, True], ids=["in time", "too late"])
def test_goods_go_back(market: Market, sits: Sits, late: bool) -> None:
    market.order()
    market.day(12)
    alice, bob = sits("buyer"), sits("seller")
    opened(alice, wants="return_and_refund")
    bob.case().act("accept").send()
    alice.case().reads("Your turn")
    if late:
        market.day(60)
        alice.case()
        order = market.found().order
        assert order.disputes[0].outcome == "return_not_sent"
        assert order.refunded_minor == 0
        return
    alice.act("ship_return").fill(tracking="RR123456785CN", carrier="Post").send()
    market.done("carrier", "track_return", dispute=1, state="delivered")
    bob.case().act("confirm_return").send()
    order = market.found().order
    assert order.refunded_minor == 4500
    alice.case().reads("45.00 USD")
    assert alice.faults == bob.faults == []


def test_withdrawn_and_opened_again(market: Market, sits: Sits) -> None:
    market.order()
    market.day(12)
    alice = sits("buyer")
    opened(alice)
    alice.case().act("withdraw").send()
    assert market.found().order.disputes[0].outcome == "withdrawn"
    alice.go("orders/O-1/open/").reads("Did it come?")
    assert alice.faults == []


def test_an_appeal_that_is_granted(site: object, sits: Sits) -> None:
    market = Market("alx-e")
    market.order()
    market.day(12)
    alice, mia = sits("buyer", market=market), sits("mediator", market=market)
    opened(alice)
    market.done("seller", "reject", dispute=1)
    market.done("buyer", "escalate", dispute=1)
    market.done(
        "mediator", "rule", dispute=1, wants="refund", amount="0.00", finding="Nothing is broken", fault="nobody",
        funded_by="escrow", counts_against="nobody", text="The pictures show no crack.",
    )  # fmt: skip
    alice.case().act("appeal")
    with_photo(alice)
    alice.fill(grounds="new_evidence", text="Here is the crack").send()
    alice.reads("appeal")
    mia.go("desk/").reads("O-1")
    mia.go("orders/O-1/disputes/1/do/grant_appeal/").fill(text="The new picture shows it.").decides()
    assert market.found().order.disputes[0].open
    assert alice.faults == mia.faults == []
