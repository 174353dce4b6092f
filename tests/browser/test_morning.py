"""Bob's morning: a list of disputes, answered by keyboard only; with the keys of the list, and by links and Tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from amends.core.order import Dispute
from amends.core.vocabulary import Outcome, Party
from amends.orders import reply_templates
from tests.web.people import Market

from .people import Person

Sits = Callable[..., Person]


@pytest.fixture
def three(market: Market) -> Market:
    """Three kettles, each opened an hour after the one before: so they stand in this order."""
    for number in (1, 2, 3):
        market.order(f"O-{number}")
    for number in (1, 2, 3):
        market.day(12 + number / 24)
        market.done(
            Party.BUYER, "open", f"O-{number}", lines=["L1"], received=True, reason="defective", wants="refund",
            amount="45.00", text="The lid broke", files=["photo"],
        )  # fmt: skip
    return market


def dispute(market: Market, order: str) -> Dispute:
    (found,) = market.found(order).order.disputes
    return found


def current(bob: Person) -> str:
    """The row the keys are about."""
    row = bob.page.locator('tr[data-row][aria-current="true"]')
    assert row.count() == 1
    return row.inner_text()


def presses(bob: Person, *keys: str) -> None:
    """Keys that stay on the page, and a last one that leads to another."""
    for key in keys[:-1]:
        bob.page.keyboard.press(key)
    with bob.page.expect_navigation():
        bob.page.keyboard.press(keys[-1])


def test_bob_accepts_offers_and_turns_down_without_a_mouse(three: Market, sits: Sits) -> None:
    reply_templates.keep(three.marketplace, "bob", name="Sorry", text="Sorry for the {product}.")
    bob = sits("seller").go("todo/")
    assert "O-1" in current(bob)
    presses(bob, "a")
    presses(bob, "Enter")
    assert "/todo/#row-1" in bob.page.url
    bob.reads("You accepted the claim: the buyer gets 45.00 USD back.", "Look at Kettle, order O-1")
    assert dispute(three, "O-1").outcome is Outcome.ACCEPTED_BY_SELLER

    assert "O-2" in current(bob)
    assert bob.page.evaluate("document.activeElement.id") == "row-1"
    presses(bob, "j", "o")
    assert bob.page.evaluate("document.activeElement.id") == "amount"
    bob.page.keyboard.type("20")
    presses(bob, "Enter")
    bob.reads("20.00 USD", "Look at Kettle, order O-3")
    standing = dispute(three, "O-3").standing_offer
    assert standing is not None
    assert standing.amount_minor == 2000
    assert "O-2" in current(bob), "the last row is gone; what stands last now is current"

    presses(bob, "r")
    presses(bob, "Enter")
    bob.reads("You turned the claim down.", "Nothing waits for you")
    assert dispute(three, "O-2").terms[-1].amount_minor == 0
    assert bob.faults == []


def tabs_to(bob: Person, words: str, *, most: int = 4) -> None:
    """Tab goes on to what says so, and passes little on the way."""
    said = []
    for _ in range(most):
        bob.page.keyboard.press("Tab")
        said.append(bob.page.evaluate("document.activeElement.innerText || document.activeElement.value"))
        if said[-1].startswith(words):
            return
    raise AssertionError(f"on the way there was {said}, and no “{words}”")


def test_without_script_tab_goes_on_from_the_next_row(three: Market, sits: Sits) -> None:
    bob = sits("seller", script=False).go("todo/#row-2")
    tabs_to(bob, "Accept 45.00")
    presses(bob, "Enter")
    assert "/O-2/disputes/1/do/accept/" in bob.page.url
    bob.page.wait_for_function("document.activeElement.id === 'do'")
    presses(bob, "Enter")
    bob.reads("You accepted the claim: the buyer gets 45.00 USD back.")
    assert "/todo/#row-2" in bob.page.url
    tabs_to(bob, "Turn down", most=6)
    presses(bob, "Enter")
    assert "/O-3/disputes/1/do/reject/" in bob.page.url
    bob.click("Leave it")
    assert "/todo/#row-2" in bob.page.url
    assert len(dispute(three, "O-3").terms) == 1
    assert bob.faults == []


def test_one_box_chooses_every_row_of_its_table(three: Market, sits: Sits) -> None:
    bob = sits("seller").go("todo/")
    bob.page.keyboard.press("x")
    every = bob.page.get_by_label("Choose all")
    assert every.evaluate("one => one.indeterminate")
    every.check()
    bob.click("Turn down…").reads("Turn down 3 claims")
