"""The plain page: Sam looks at the demonstration; elsewhere he learns nothing."""

import re
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from amends.core.vocabulary import DeadlineName, DisputeStatus, OrderStatus, Outcome, RefundStatus, WaitingOn
from amends.web import words
from tests.up.conftest import Start
from tests.up.service import Up, amends

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)


class Page(HTMLParser):
    """The tags and the visible text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(days=2, hours=9, minutes=5), "in 2 days 9 hours"),
        (timedelta(days=1), "in 1 day"),
        (timedelta(hours=1, minutes=1), "in 1 hour 1 minute"),
        (timedelta(seconds=59), "now"),
        (-timedelta(days=1), "now"),
    ],
)
def test_how_long_is_left_is_said_in_words(later: timedelta, said: str) -> None:
    assert words.left(NOW + later, NOW) == said


def test_there_are_words_for_everything_the_core_may_say() -> None:
    tables = {
        WaitingOn: words.TURNS,
        DisputeStatus: words.STAGES,
        Outcome: words.OUTCOMES,
        DeadlineName: words.DEADLINES,
        OrderStatus: words.ORDERS,
        RefundStatus: words.REFUNDS,
    }
    assert {kind: set(kind) - set(table) for kind, table in tables.items() if set(kind) - set(table)} == {}


@needs_proc
def test_the_first_page_says_whose_turn_it_is_until_when_and_what_silence_does(demonstration: Up) -> None:
    status, body = demonstration.get("/")
    page = Page(body)
    assert status == 200
    assert "Its clock stands at Tue 20 October 2026, 09:00 UTC" in page.text
    assert "Open disputes 9" in page.text
    assert "The seller may answer until Thu 22 October 2026, 18:05 UTC in 2 days 9 hours" in page.text
    assert (
        "If nobody moves: The dispute ends: 64.00 USD goes back to the buyer and 6.00 USD to the seller." in page.text
    )
    assert "Everything stands still" in page.text


@needs_proc
def test_an_order_tells_its_life_as_sentences_newest_first(demonstration: Up) -> None:
    text = Page(demonstration.get("/orders/kettle-2004")[1]).text
    assert "The mediator ruled a refund of 34.20 USD" in text
    assert text.index("The mediator ruled") < text.index("was placed by alice")
    assert re.search("Held ?25.57 USD", text)


@needs_proc
def test_nothing_on_a_page_is_a_script_and_the_header_says_so(demonstration: Up) -> None:
    for path in ("/", "/orders/tent-2001"):
        page = Page(demonstration.get(path)[1])
        assert not {"script", "style", "iframe", "form"} & set(page.tags)
        assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    headers = demonstration.headers("/")
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"


@needs_proc
def test_what_people_wrote_is_text_and_never_markup(demonstration: Up) -> None:
    said = "<script>alert('Mia')</script> & <b>now</b>"
    demonstration.ask("/v1/orders/headphones-1002/disputes/1/message", {"text": said}, by="buyer")
    body = demonstration.get("/orders/headphones-1002")[1]
    assert said in Page(body).text
    assert "<script" not in body
    assert "<b>" not in body


@needs_proc
@pytest.mark.parametrize("path", ["/orders/nothing", "/orders/", "/orders/%00", "/orders/..%2F..%2Fetc", "/somewhere"])
def test_an_unknown_address_is_not_found(demonstration: Up, path: str) -> None:
    status, body = demonstration.get(path)
    assert status == 404
    assert "Traceback" not in body


@needs_proc
def test_without_the_demonstration_strangers_find_no_order(start: Start) -> None:
    up = start().ready()
    made = amends("marketplace", "new", "demo", "--policy", "alx-d", "--sandbox", "--data", up.data)
    (up.data / "demo_key").write_text(made.stdout.split()[-1])
    order = {
        "id": "kettle",
        "buyer": "alice",
        "seller": "bob",
        "currency": "USD",
        "lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1}],
        "paid_at": "2026-03-20T09:00:00Z",
        "payment_method": "card-4242",
    }
    assert up.ask("/v1/orders", order)["order"]["id"] == "kettle"
    assert "Amends runs here" in up.get("/")[1]
    assert "kettle" not in up.get("/")[1].lower()
    unknown, known = up.get("/orders/nothing"), up.get("/orders/kettle")
    assert known == unknown, "an order that is there looks like one that is not"
    assert known[0] == 404
    up.stop()
