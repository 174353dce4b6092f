"""The first page: what runs here; and of a demonstration one dispute in each stage, to step into and to wait for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, override_settings

from amends.core.vocabulary import DisputeStatus, Party
from amends.orders import clock, evidence, queries
from amends.stories import demonstration
from amends.web import seats
from amends.words.tables import APPEALED, OUTCOMES, STAGES, STANDS_STILL

from .people import START, Market


class Told(Market):
    """The demonstration as a market of these tests."""

    def __init__(self, marketplace: UUID) -> None:
        self.marketplace = marketplace
        self.live = False


@pytest.fixture(scope="module")
def told(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[UUID]:
    """The demonstration, told with its files, on a service that is one."""
    files = tmp_path_factory.mktemp("files")
    with override_settings(AMENDS_DEMO=True, AMENDS_FILES=str(files)):
        yield demonstration.told("", lambda _: None).marketplace


def home() -> str:
    answer = Client().get("/", SERVER_NAME="localhost")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_demonstration_it_says_what_runs_here_and_shows_no_order(database: str) -> None:
    with override_settings(AMENDS_DEMO=False):
        page = home()
        assert "Amends runs here" in page
        assert "amends staff add" in page
        for path in ("/step-in/", "/time/"):
            assert Client().post(path, {"party": "mediator", "step": "day"}).status_code == 404


def test_it_speaks_the_language_the_browser_asks_for_until_another_is_chosen(database: str) -> None:
    browser = Client(headers={"Accept-Language": "xx, ar;q=0.8, en;q=0.5"})
    assert '<html lang="ar" dir="rtl"' in browser.get("/").content.decode()
    browser.post("/language/", {"language": "zh-hans", "back": "/"})
    assert '<html lang="zh-hans"' in browser.get("/").content.decode()
    assert '<html lang="en"' in Client(headers={"Accept-Language": ";;q=x,,"}).get("/").content.decode()


def test_every_stage_is_on_the_first_page_and_what_waits_least_stands_first(told: UUID) -> None:
    page = home()
    for status in DisputeStatus:
        if status is not DisputeStatus.CLOSED:
            assert STAGES[status] in page, status
    for ending in ("ruled", "granted_by_silence", "agreed", "withdrawn"):
        assert next(said for outcome, said in OUTCOMES.items() if outcome == ending) in page
    assert APPEALED in page
    assert STANDS_STILL in page, "the bank was asked about the drone"
    assert "is on its way to the buyer" in page
    assert "has arrived with the buyer" in page
    untils = re.findall(r'data-until="([^"]+)"', page)
    assert untils == sorted(untils)
    assert len(untils) >= 8
    assert "Sandbox" not in page
    assert "Orders without a dispute" in page


def test_while_it_is_told_its_pages_say_so_and_nobody_moves_its_clock(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.order()
    alice = market.seat("buyer")
    with override_settings(AMENDS_DEMO=True):
        assert "The demonstration is being told" not in alice.get("orders/").content.decode(), "another sandbox"
        monkeypatch.setattr(demonstration, "NAME", "no such marketplace")
        assert 'http-equiv="refresh" content="3"' in home()
        telling = Market()
        bob = telling.seat("seller")
        monkeypatch.setattr(demonstration, "NAME", telling.name)
        for page in (home(), bob.get("todo/").content.decode()):
            assert "The demonstration is being told" in page
            assert 'http-equiv="refresh" content="3"' in page
        moved = Client().post("/time/", {"step": "day"}).content.decode()
        assert 'content="3;url=/"' in moved
        assert telling.now == START
        clock.advance(telling.marketplace, demonstration.ENDS_AT)
        assert "Somebody bought something" in home()
        assert "To do" in bob.get("todo/").content.decode()


def test_the_evidence_of_the_stories_is_there_to_be_looked_at(told: UUID) -> None:
    for order, names in demonstration.EVIDENCE.items():
        found = queries.order(told, order, now=demonstration.ENDS_AT)
        assert found is not None
        given = [one.file.id for dispute in found.order.disputes for one in dispute.evidence]
        files = evidence.found(told, order, given)
        assert len(files) == len(names), order
        assert {file.state for file in files.values()} == {"linked"}
        called = {evidence.name_of(told, order, file) for file in files.values()}
        assert {str(name).rpartition(".")[0] for name in called} == set(names)


def test_sam_steps_into_both_sides_of_a_dispute_and_its_mediator(told: UUID) -> None:
    sam = Client(SERVER_NAME="localhost")
    for party, name in (("buyer", "Alice Nowak"), ("seller", "Bob Chen"), ("mediator", "mia")):
        stepped = sam.post("/step-in/", {"party": party, "order": "grinder-1001", "dispute": "1"})
        seat = seats.seat_id(told, Party(party), name)
        assert stepped["Location"] == f"/at/{seat}/orders/grinder-1001/disputes/1/"
        assert sam.get(stepped["Location"]).status_code == 200
    for nobody in ({"party": "buyer"}, {"party": "buyer", "order": "O-99"}, {"party": "payments"}, {}):
        assert sam.post("/step-in/", nobody).status_code == 404


def test_every_page_of_a_sandbox_leads_to_the_other_side(told: UUID) -> None:
    sam = Client(SERVER_NAME="localhost")
    case = sam.post("/step-in/", {"party": "buyer", "order": "grinder-1001", "dispute": "1"})["Location"]
    page = sam.get(case).content.decode()
    bar = page[page.index('<aside class="sandbox') : page.index("</aside>")]
    assert "Alice Nowak" in bar
    assert re.search(r"Seller <bdi>Bob Chen</bdi></button>", bar)
    assert "Mediator" in bar
    assert "Operator" in bar


def test_told_orders_stay_first_however_many_a_visitor_places_and_his_are_found_by_name(told: UUID) -> None:
    mine = Told(told)
    for number in range(41):
        mine.order(f"A-{number:02}", buyer="zoe" if number == 7 else "alice", shipped=False)
    page = home()
    before, _, own = page.partition('id="own"')
    assert "grinder-1001" in before
    assert "drone-2006" in before
    assert "(41)" in own
    assert "Shown are 10 of 41." in own
    for asked in ("zoe", "A-07"):
        found = Client().get("/", {"q": asked}).content.decode().partition('id="own"')[2]
        assert re.findall(r'name="order" value="(A-[^"]+)"', found) == ["A-07"]
        assert "Shown are 1 of 1." in found
    none = Client().get("/", {"q": "grinder"}).content.decode()
    assert "No order that was placed here begins with “<bdi>grinder</bdi>”" in none, "that one is told"


def test_whom_sam_looked_as_before_stands_folded_in_the_bar_with_his_role(told: UUID) -> None:
    sam = Client(SERVER_NAME="localhost")
    sam.post("/step-in/", {"party": "buyer", "order": "grinder-1001"})
    page = sam.post("/step-in/", {"party": "seller", "order": "tent-2001"})["Location"]
    bar = sam.get(page, follow=True).content.decode().partition('<details class="met">')[2].partition("</details>")[0]
    assert re.search(r">Buyer <bdi>Alice Nowak</bdi></a>", bar)


def test_a_form_from_elsewhere_moves_no_clock(told: UUID) -> None:
    before = clock.now_of(told, demonstration.ENDS_AT)
    forged = Client(enforce_csrf_checks=True).post("/time/", {"step": "day"})
    assert forged.status_code == 403
    assert "This form can no longer be sent" in forged.content.decode()
    assert clock.now_of(told, demonstration.ENDS_AT) == before


def test_time_is_let_go_by_and_what_was_awaited_lapses(told: UUID) -> None:
    """The last of this file: the demonstration is another afterwards."""
    now = clock.now_of(told, demonstration.ENDS_AT)
    sam = Client()
    sam.post("/time/", {"step": "hour"})
    assert clock.now_of(told, now) == now + timedelta(hours=1)
    sam.post("/time/", {"step": "deadline"})
    assert status(told, "jacket-2003") is DisputeStatus.UNDER_REVIEW, "nobody else chose, so the mediator decides"
    for _ in range(3):
        sam.post("/time/", {"step": "day"})
    assert status(told, "grinder-1001") is DisputeStatus.CLOSED, "Bob was silent for five days"


def status(marketplace: UUID, order: str) -> Any:
    found = queries.order(marketplace, order, now=clock.now_of(marketplace, demonstration.ENDS_AT))
    assert found is not None
    return found.order.disputes[0].status
