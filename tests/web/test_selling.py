"""Bob with many disputes before lunch: what silence costs, several answers at once, his orders, his texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from amends.core.vocabulary import Party
from amends.orders import queries, todo
from amends.web.shown import selling as shown

from .people import AtSeat, Market
from .test_record import CLAIM, opened


@pytest.fixture
def bob(market: Market) -> AtSeat:
    return market.seat("seller")


def text_of(page: Any) -> str:
    """What a reader reads: without tags, each run of spaces one."""
    bare = re.sub(r"</?(?:bdi|span|strong|time|q)\b[^>]*>", "", page.content.decode())
    bare = re.sub(r"<[^>]+>", " ", bare)
    return re.sub(r"\s+", " ", unescape(bare)).replace("\xa0", " ")


def marks_of(page: Any) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="row" value="([^"]+)"', page.content.decode())]


def key_of(page: Any) -> str:
    found = re.search(r'name="_key" value="([^"]+)"', page.content.decode())
    assert found is not None
    return found[1]


def dispute(market: Market, order: str = "O-1", number: int = 1) -> Any:
    found = queries.order(market.marketplace, order, now=market.now)
    assert found is not None
    return found.order.dispute(number)


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_says_what_silence_costs_today_and_by_when(market: Market, bob: AtSeat) -> None:
    opened(market, "O-1", "O-2")
    assert "Silence today would cost nothing" in text_of(bob.get("todo/"))
    market.day(16.5)
    page = text_of(bob.get("todo/"))
    assert "Silence today would cost 90.00 USD" in page
    assert "12 hours left" in page
    assert "The dispute ends for the buyer: 45.00 USD goes back to the buyer." in page
    market.done(Party.SELLER, "offer", "O-2", dispute=1, wants="refund", amount="10.00")
    page = text_of(bob.get("todo/"))
    assert "Silence today would cost 45.00 USD" in page
    assert "1 more dispute waits for somebody else" in page


def test_what_silence_costs_soonest_comes_first(market: Market) -> None:
    opened(market, "O-1")
    market.order("O-2", shipped=False)
    market.day(13)
    market.order("O-3")
    found = todo.of_seller(market.marketplace, "bob", now=market.now)
    groups = shown.todo(found.orders, market.now).groups
    untils = [row.until for group in groups for row in group.rows]
    assert untils == sorted(untils)  # type: ignore[type-var]
    assert {group.kind for group in groups} == {shown.Kind.ANSWER, shown.Kind.SHIP}
    assert [row.order for group in groups for row in group.rows if group.kind is shown.Kind.ANSWER] == ["O-1"]


def _evidence_asked(market: Market) -> None:
    _with_the_mediator(market)
    market.done(Party.MEDIATOR, "request_evidence", dispute=1, of=["seller"], text="A photo, please.")


def _with_the_mediator(market: Market) -> None:
    opened(market)
    market.done(Party.SELLER, "reject", dispute=1)
    market.done(Party.BUYER, "escalate", dispute=1)


def _options(market: Market) -> None:
    _with_the_mediator(market)
    options = [{"option": 1, "wants": "refund", "amount": "20.00"}, {"option": 2, "wants": "refund", "amount": "30.00"}]
    market.done(Party.MEDIATOR, "propose", dispute=1, options=options)


def _return_back(market: Market) -> None:
    opened(market, wants="return_and_refund")
    market.done(Party.SELLER, "accept", dispute=1)
    market.done(Party.BUYER, "ship_return", dispute=1, tracking="RE204383266SE")
    market.done(Party.CARRIER, "track_return", dispute=1, state="delivered")


def _more_time(market: Market) -> None:
    market.order()
    market.done(Party.BUYER, "request_extension", days=10)


def _to_ship(market: Market) -> None:
    market.order(shipped=False)


@pytest.mark.parametrize(
    ("told", "kind", "key", "address"),
    [
        (opened, shown.Kind.ANSWER, "a", "disputes/1/do/accept/"),
        (opened, shown.Kind.ANSWER, "o", "disputes/1/do/offer/"),
        (opened, shown.Kind.ANSWER, "r", "disputes/1/do/reject/"),
        (_evidence_asked, shown.Kind.EVIDENCE, "a", "disputes/1/do/add_evidence/"),
        (_options, shown.Kind.CHOICE, "a", "disputes/1/do/choose/"),
        (_return_back, shown.Kind.RETURN, "a", "disputes/1/do/confirm_return/"),
        (_return_back, shown.Kind.RETURN, "r", "disputes/1/do/contest_return/"),
        (_more_time, shown.Kind.TIME, "a", "O-1/do/extend_protection/"),
        (_to_ship, shown.Kind.SHIP, "a", "O-1/do/ship/"),
    ],
)
def test_each_thing_to_do_is_in_its_group_and_a_key_opens_its_form(
    market: Market, bob: AtSeat, told: Callable[[Market], None], kind: str, key: str, address: str
) -> None:
    told(market)
    page = bob.get("todo/").content.decode()
    assert f'id="group-{kind}"' in page
    assert re.search(rf'data-key="{key}" href="[^"]*{address}\?todo=1#', page)


def test_more_time_given_or_not_asked_for_is_nothing_to_do(market: Market, bob: AtSeat) -> None:
    _more_time(market)
    assert "10 more days of protection" in text_of(bob.get("todo/"))
    market.done(Party.SELLER, "extend_protection", days=10)
    assert "Nothing waits for you" in text_of(bob.get("todo/"))


def test_while_the_clocks_stand_still_silence_does_nothing(market: Market, bob: AtSeat) -> None:
    opened(market)
    market.done(Party.OPERATOR, "pause_clocks", text="Strike", grace="P1D")
    page = text_of(bob.get("todo/"))
    assert "Silence today would cost nothing" in page
    assert "The clocks stand still" in page


def test_the_list_is_bobs_alone(market: Market, bob: AtSeat) -> None:
    opened(market)
    assert "Nothing waits for you" in text_of(market.seat("seller", "sam").get("todo/"))
    assert market.seat("buyer").get("todo/").status_code == 404
    assert market.seat("mediator").get("todo/bulk/").status_code == 404
    bob.client.cookies.clear()
    assert bob.get("todo/").status_code == 404


# ── how much is asked of the database ────────────────────────────────────────────────────────────


def test_forty_disputes_take_no_more_trips_than_one(
    market: Market, bob: AtSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(market, "O-00")
    one = _trips(bob, monkeypatch)
    for number in range(1, 40):
        market.order(f"O-{number:02}")
    market.day(24)
    for number in range(1, 40):
        market.done(Party.BUYER, "open", f"O-{number:02}", **CLAIM)
    assert _trips(bob, monkeypatch) == one


def _trips(bob: AtSeat, monkeypatch: pytest.MonkeyPatch) -> int:
    from amends.orders import trips  # noqa: PLC0415

    many = 0

    def counted(moment: str) -> None:
        nonlocal many
        many += moment == "before"

    with monkeypatch.context() as counting:
        counting.setattr(trips, "boundary", counted)
        assert bob.get("todo/").status_code == 200
    return many
