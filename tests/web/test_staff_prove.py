"""Who has only Mia's password reads: every change of a staff's seat, and every original, takes her second factor."""

from __future__ import annotations

import pytest

from amends.core.vocabulary import Party
from amends.orders import desk as orders_desk

from .people import Market
from .test_case import CASE
from .test_case_file import names, saved
from .test_desk import body, disputed, without_second_factor
from .test_way_in import Account

TAKEN = "desk/O-1/1/"
CHANGES = (
    (Party.MEDIATOR, TAKEN, {"to": "me", "seen": "0"}),
    (Party.MEDIATOR, TAKEN, {"to": "nobody", "seen": "0"}),
    (Party.MEDIATOR, TAKEN, {"to": "other", "name": "nobody at all", "seen": "0"}),
    (Party.MEDIATOR, f"{CASE}do/message/", {"text": "Send it to this address."}),
    (Party.MEDIATOR, "as/", {"party": "buyer", "order": "O-1"}),
    (Party.MEDIATOR, "time/", {"step": "PT1H"}),
    (Party.OPERATOR, "operating/pause/", {"countries": "BR"}),
    (Party.OPERATOR, "time/", {"step": "PT1H"}),
)


@pytest.mark.parametrize(("party", "path", "form"), CHANGES)
def test_without_the_factor_nothing_is_changed(market: Market, party: Party, path: str, form: dict[str, str]) -> None:
    disputed(market)
    seat = market.seat(party)
    without_second_factor(seat)
    before = (market.now, len(market.found().history))
    answer = seat.post(path, **form)
    assert answer.status_code == 403
    assert "proves first who he is" in body(answer)
    assert orders_desk.taken(market.marketplace, "O-1", 1) == []
    assert (market.now, len(market.found().history)) == before


def test_what_concerns_this_browser_only_is_left_to_her(market: Market) -> None:
    disputed(market)
    mia = market.seat(Party.MEDIATOR)
    without_second_factor(mia)
    assert mia.get(TAKEN).status_code == 200, "she reads"
    assert mia.post("settings/", language="pt", zone="UTC").status_code == 302
    assert mia.post("leave/").status_code == 200
    assert mia.get(TAKEN).status_code == 404


@pytest.mark.parametrize("party", [Party.MEDIATOR, Party.OPERATOR])
def test_the_case_file_and_its_originals_are_for_who_has_shown_it(market: Market, party: Party) -> None:
    disputed(market)
    seat = market.seat(party)
    assert names(saved(seat)), "it is there"
    without_second_factor(seat)
    assert seat.get(CASE).status_code == 200
    assert seat.get(CASE + "case-file/").status_code == 403
    assert seat.get("orders/O-1/files/0123456789/original/").status_code == 403
    names(saved(market.seat(Party.BUYER)))


def test_a_case_is_handed_over_to_a_colleague_and_to_nobody_else(market: Market) -> None:
    disputed(market)
    Account(market, name="max")
    Account(market, Party.OPERATOR, name="olga")
    Account(Market(), name="ivo")
    mia = market.seat(Party.MEDIATOR)
    for name in ("nobody at all", "olga", "ivo", "Max"):
        answer = mia.post(TAKEN, to="other", name=name, seen="0")
        assert answer.status_code == 422, name
        assert "No mediator of that name" in body(answer)
    assert orders_desk.taken(market.marketplace, "O-1", 1) == []
    assert mia.post(TAKEN, to="other", name="max", seen="0").status_code == 302
    assert [line.staff for line in orders_desk.taken(market.marketplace, "O-1", 1)] == ["max"]
