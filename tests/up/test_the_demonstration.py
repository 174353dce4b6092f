"""What `make run` shows: a dispute in every stage, a session that works when pasted, books that verify."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from amends import policies
from amends.cli.trouble import known_calendars
from amends.stories import player, reading

from .conftest import Start
from .service import Up, amends, environment, until

STORIES = Path(__file__).parents[2] / "amends" / "stories" / "demonstration"

ORDER = {"order": "R-1", "id": "R-1", "buyer": "ana", "seller": "leo", "currency": "BRL"}
RECORDED = (
    {
        **ORDER,
        "at": "2018-03-01T10:00:00Z",
        "do": "place_order",
        "by": "marketplace",
        "lines": [{"id": "1", "title": "Lamp", "price": "80.00", "quantity": 1}],
        "payments": [{"reference": "p1", "method": "boleto", "amount": "80.00"}],
        "destination": {"country": "BR", "city": "Recife"},
        "paid_at": "2018-03-01T10:00:00Z",
    },
    {"order": "R-1", "at": "2018-03-03T10:00:00Z", "do": "ship", "by": "seller", "tracking": "LX731042693BR"},
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def test_its_stories_are_true_in_the_core_too() -> None:
    for path in reading.found([str(STORIES)]):
        for story in reading.read_file(path):
            result = player.play(story, player.CoreDriver(policies.load(story.policy), known_calendars()))
            assert result.passed, result


def test_every_stage_is_there(demonstration: Up) -> None:
    orders = demonstration.ask("/v1/orders?limit=50")["orders"]
    disputes = {order["id"]: [(d["status"], d["outcome"]) for d in order["disputes"]] for order in orders}
    stages = {status for found in disputes.values() for status, _ in found}
    assert stages == {
        "awaiting_seller", "awaiting_buyer", "under_review", "awaiting_evidence", "awaiting_choice", "awaiting_return",
        "return_in_transit", "awaiting_replacement", "closed",
    }  # fmt: skip
    outcomes = {outcome for found in disputes.values() for _, outcome in found if outcome}
    assert outcomes == {"granted_by_silence", "agreed", "withdrawn", "ruled", "dismissed"}
    kettle = demonstration.ask("/v1/orders/kettle-2004/disputes/1")
    assert kettle["refunds"][0]["status"] in ("scheduled", "sent")
    assert "appeal_pending" in demonstration.ask("/v1/orders/violin-2005/disputes/1", by="mediator:mia")["flags"]
    assert demonstration.ask("/v1/orders/drone-2006")["deadlines"] == [], "the bank was asked: all stands still"


def test_the_first_page_explains_and_lets_step_in(demonstration: Up) -> None:
    status, page = demonstration.get("/")
    assert status == 200
    assert "It is Tue, 20 Oct 2026, 09:00 here." in re.sub("<[^>]+>", "", page)
    assert "Coffee grinder" in page
    for by in ("buyer", "seller", "mediator", "operator"):
        assert "The plate on the motor says 110 V" in demonstration.case("grinder-1001", by=by)


def test_recorded_orders_are_brought_beside_it(start: Start, tmp_path: Path) -> None:
    recorded = tmp_path / "orders.jsonl"
    recorded.write_text("".join(json.dumps(document) + "\n" for document in RECORDED))
    up = start("--demo", "--orders", str(recorded)).ready()
    until(lambda: "Orders: 1 are in “real orders”; 0 of their recorded acts were refused." in up.said, "brought")
    assert "What really happened at a marketplace once" in up.get("/")[1]
    up.stop()
    again = start("--demo", "--orders", str(recorded)).ready()
    until(lambda: "Orders: orders.jsonl was brought before." in again.said, "known")
    again.stop()


def test_the_link_that_is_printed_for_staff_sets_a_password_here(demonstration: Up) -> None:
    place = ("--marketplace", "demo", "--role", "mediator", "--name", "noa")
    where = ("--data", demonstration.data, "--address", demonstration.address)
    added = amends("staff", "add", "noa@example.com", *place, *where)
    assert added.returncode == 0, added.stderr
    link = added.stdout.splitlines()[-1].removeprefix(demonstration.address)
    assert demonstration.headers(link)["location"].endswith("-set-password/"), "the link is good for this service"
    assert "noa@example.com  never signed in" in amends("staff", "list", "--data", demonstration.data).stdout
    second = amends("staff", "add", "other@example.com", *place, *where)
    assert second.returncode == 2
    assert "Choose another name with --name" in second.stderr


def test_the_books_hold_and_every_row_is_what_its_events_make(demonstration: Up) -> None:
    books = amends("books", "--verify", "--data", demonstration.data)
    assert books.returncode == 0, books.stdout + books.stderr
    assert books.stdout.splitlines()[-1].startswith("books: 15 orders, ")
    assert books.stdout.endswith("every invariant holds\n")
    again = amends("replay", "--data", demonstration.data)
    assert again.stdout.endswith(" 0 differences\n"), again.stdout


def test_messages_of_the_worker_do_not_bury_what_was_printed(demonstration: Up) -> None:
    messages = demonstration.data / "messages.log"
    until(lambda: messages.exists() and "kettle-2004" in messages.read_text(), "the worker has relayed messages")
    assert "amends.outgoing" not in demonstration.said
    assert "OrderPlaced" not in demonstration.said


def test_the_printed_session_works_when_pasted(start: Start) -> None:
    up = start("--demo").ready()
    _, session, _ = up.said.split("─" * 78)
    pasted = subprocess.run(
        ["bash", "-e"], input=session, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert pasted.returncode == 0, pasted.stderr
    orders, before, offered, clock, after = (json.loads(line) for line in pasted.stdout.splitlines())
    assert len(orders["orders"]) == 3
    assert before["status"] == "awaiting_seller"
    assert "withdraw" in before["available_actions"]
    assert before["deadlines"][0]["if_silent"]["action"] == "grant"
    assert offered["dispute"]["status"] == "awaiting_buyer"
    assert clock["now"] == "2026-10-23T09:00:00Z"
    assert after["offers"][0]["amount"] == {"amount_minor": 2000, "currency": "USD"}
    assert "accept" in after["available_actions"]

    page = up.case("grinder-1001", by="buyer").replace("\xa0", " ")
    assert "20.00 USD" in page
    assert "Keep it, and take 20." in page
    up.stop()
    again = start("--demo").ready()
    assert again.case("grinder-1001", by="seller").count("Keep it, and take 20.") == page.count("Keep it, and take 20.")
    assert again.ask("/v1/sandbox/clock")["now"] == "2026-10-23T09:00:00Z", "and its clock stands where it was put"
    again.stop()
