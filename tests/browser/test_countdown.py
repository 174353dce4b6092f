"""A countdown on a page that stays open says what the server would say, by the same rule and in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from amends import words
from amends.core.durations import parse_instant
from amends.core.vocabulary import Party
from tests.web.people import Market

from .people import Person

LEFT = ".case-band .left"


def disputed(market: Market) -> None:
    """Alice asks now for 45.00 USD: what she bought twelve days ago came broken."""
    market.ago = timedelta(days=12)
    market.order()
    market.ago = timedelta(0)
    if not market.live:
        market.day(12)
    market.done(
        Party.BUYER, "open", lines=["L1"], received=True, reason="defective", wants="refund", amount="45.00",
        files=[{"kind": "photo"}],
    )  # fmt: skip


def written(person: Person) -> str:
    """What the server wrote, before any script."""
    page = person.seat.get("orders/O-1/disputes/1/").content.decode()
    found = re.search(r'class="left[^"]*" data-until="[^"]+">([^<]+)<', page)
    assert found is not None, "there is no countdown"
    return found[1]


def shown(person: Person) -> str:
    return person.page.locator(LEFT).inner_text()


def instants(person: Person) -> tuple[datetime, datetime]:
    """Until when, and when the page was written."""
    until = person.page.locator(LEFT).get_attribute("data-until")
    now = person.page.locator("html").get_attribute("data-now")
    assert until is not None
    assert now is not None
    return parse_instant(until), parse_instant(now)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_that_stays_open_counts_on_in_the_servers_own_words(sits: Callable[..., Person], language: str) -> None:
    market = Market("alx-d", live=True)
    disputed(market)
    bob = sits("seller", language=language, market=market)
    bob.page.clock.install()
    bob.case()
    assert shown(bob) == written(bob)
    until, then = instants(bob)
    # Days without hours, hours without minutes, minutes, nothing: where two rules would differ.
    passed = timedelta(seconds=20)
    for step in (45, 90, 22 * 60, 4275, 1395, 15, 59, 2):
        passed += timedelta(minutes=step)
        bob.page.clock.fast_forward(step * 60_000 + (20_000 if passed < timedelta(hours=1) else 0))
        with words.reader(language):
            assert shown(bob) == words.left(until, then + passed), passed
    assert until < then + passed
    # To a page whose clock jumps, the question whether something changed seems to take days.
    assert [one for one in bob.faults if "timeout" not in one] == []


def test_where_the_clock_of_a_sandbox_stands_still_nothing_ticks(sits: Callable[..., Person], market: Market) -> None:
    disputed(market)
    bob = sits("seller")
    bob.page.clock.install()
    bob.case()
    before = shown(bob)
    assert before == written(bob) == "5 days left"
    bob.page.clock.run_for("05:00")
    assert shown(bob) == before
