"""What is read: everything its reader may see, what he may do, and what silence will bring. Reading changes nothing."""

from __future__ import annotations

import psycopg
import pytest

from amends.api import shapes
from amends.core.commands import COMMANDS
from amends.core.rights import ON_DISPUTE, ON_ORDER
from amends.core.vocabulary import Party

from . import service as real
from .client import Reply, at
from .people import People, instant, ok

DISPUTE = at("O1", "disputes", 1)


def test_every_party_is_told_all_it_may_do_and_why_not_the_rest(people: People) -> None:
    people.offered()
    for party in (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR, Party.MARKETPLACE, Party.CARRIER):
        for path, guards in ((at("O1"), ON_ORDER), (DISPUTE, ON_DISPUTE)):
            shown = ok(people.shop.acting(party.value).get(path)).body
            told = [*shown["available_actions"], *(one["action"] for one in shown["unavailable_actions"])]
            assert sorted(told) == sorted(verb.value for verb in guards if party in COMMANDS[verb].who)
            assert all(one["code"] and one["sentence"] and one["way_out"] for one in shown["unavailable_actions"])


def test_what_is_offered_works_and_what_is_not_is_refused_with_that_very_code(people: People) -> None:
    people.offered()
    alice = people.alice.get(DISPUTE).body
    assert {"accept", "reject", "revise", "withdraw", "message"} <= set(alice["available_actions"])
    for one in alice["unavailable_actions"]:
        if one["action"] in ("choose", "ship_return", "appeal"):
            body = {
                "choose": {"option": 1},
                "ship_return": {"tracking": "RE204383266SE"},
                "appeal": {"grounds": "no_mediator"},
            }
            assert people.alice.post(f"{DISPUTE}/{one['action']}", body[one["action"]]).code == one["code"]
    ok(people.alice.post(f"{DISPUTE}/accept", {}))


def test_from_when_something_will_be_possible(people: People) -> None:
    people.shipped()
    people.day(2)
    early = next(one for one in people.alice.get(at("O1")).body["unavailable_actions"] if one["action"] == "open")
    assert early["until"] is not None
    assert (
        early["code"]
        == people.alice.post(
            at("O1", "disputes"),
            {"lines": ["A"], "received": True, "reason": "low_quality", "wants": "refund", "amount": "45.00"},
        ).code
    )


def test_each_deadline_says_who_is_awaited_why_then_and_what_silence_brings(people: People) -> None:
    people.disputed()
    answer, *_ = people.alice.get(DISPUTE).body["deadlines"]
    assert answer == {
        "name": "seller_response",
        "dispute": 1,
        "at": instant(17),
        "awaits": ["seller"],
        "because": "5 days from the buyer's claim as it stands",
        "if_silent": {
            "action": "grant",
            "outcome": "granted_by_silence",
            "amount_minor": 4500,
            "sentence": "The dispute ends for the buyer: 45.00 USD goes back to the buyer.",
        },
    }
    people.day(17.5)
    assert people.alice.get(at("O1")).body["money"]["refunded"]["amount_minor"] == 4500


def test_silence_that_only_leads_on_promises_no_outcome(people: People) -> None:
    people.offered()
    deadlines = {one["name"]: one for one in people.alice.get(DISPUTE).body["deadlines"]}
    window = deadlines["negotiation"]["if_silent"]
    assert (window["action"], window["outcome"], window["amount_minor"]) == ("escalate", None, None)
    assert "mediator" in window["sentence"]


def test_reading_folds_what_has_lapsed_and_writes_nothing(
    service: real.Service, outside: object, people: People
) -> None:
    people.disputed()
    with psycopg.connect(service.database, autocommit=True) as admin:
        rows = (
            "SELECT count(*), max(version) FROM event JOIN orders USING (marketplace, order_key) WHERE order_key = 'O1'"
        )
        before = admin.execute(rows).fetchone()
        for path in (at("O1"), at("O1", "timeline"), DISPUTE, "/v1/orders"):
            ok(people.alice.get(path))
        assert admin.execute(rows).fetchone() == before


def test_messages_and_claims_are_read_where_the_dispute_is_read(people: People) -> None:
    acted = people.offered().body
    assert acted["dispute"]["messages"] is None
    assert "Keep it." not in str(acted)
    ok(people.bob.post(f"{DISPUTE}/message", {"text": "Well?"}))
    dispute = people.alice.get(DISPUTE).body
    assert dispute["claim"]["text"] == "The lid does not close."
    assert [(offer["number"], offer["text"], offer["standing"]) for offer in dispute["offers"]] == [
        (2, "Keep it.", True)
    ]
    assert [(said["by"], said["text"]) for said in dispute["messages"]] == [("seller", "Well?")]


def test_the_timeline_tells_the_whole_story_in_sentences(people: People) -> None:
    people.offered()
    told = people.alice.get(at("O1", "timeline")).body["timeline"]
    assert [one["type"] for one in told] == ["OrderPlaced", "OrderShipped", "DisputeOpened", "OfferMade"]
    assert [one["number"] for one in told] == [1, 2, 3, 4]
    assert told[2]["sentence"].endswith("asking for a refund of 45.00 USD: “The lid does not close.”")
    assert told[2]["data"]["amount_minor"] == 4500
    assert (told[0]["dispute"], told[2]["dispute"]) == (None, 1)


def test_each_sees_his_own(people: People) -> None:
    people.disputed()
    files = f"{DISPUTE}/add_evidence"
    ok(people.alice.post(files, {"kind": "photo", "name": "secret.jpg", "mediator_only": True}))
    assert [one["name"] for one in people.alice.get(DISPUTE).body["evidence"]] == ["secret.jpg"]
    assert [one["name"] for one in people.mia.get(DISPUTE).body["evidence"]] == ["secret.jpg"]
    assert people.bob.get(DISPUTE).body["evidence"] == []
    assert "secret.jpg" not in people.bob.get(at("O1", "timeline")).raw.decode()
    assert people.bob.get(at("O1")).body["payments"] == []
    assert people.bob.get(at("O1")).body["destination"] is None
    place = people.alice.get(at("O1")).body["destination"]
    assert (place["country"], place["city"], place["lines"], place["postcode"]) == ("PL", "Gdansk", [], None)
    carrier = people.carrier.get(at("O1")).body
    assert (carrier["buyer"], carrier["money"], carrier["lines"], carrier["disputes"]) == (None, None, [], [])
    assert carrier["shipment"]["tracking"] == "RR123456785CN"


def test_a_whole_return_address_is_read_by_alice_once_it_is_agreed(people: People) -> None:
    whole = {
        "country": "CN", "city": "Suzhou", "name": "Bob's", "lines": ["88 Canal Street"], "postcode": "215000",
        "region": "Jiangsu", "phone": None,
    }  # fmt: skip
    people.disputed()
    people.day(13)
    back = {"wants": "return_and_refund", "amount": "45.00"}
    named = {name: part for name, part in whole.items() if part is not None}
    ok(people.bob.post(f"{DISPUTE}/offer", back | {"return_to": named}))
    assert "Canal Street" not in people.alice.get(DISPUTE).raw.decode()
    assert "Canal Street" not in people.alice.get(at("O1", "timeline")).raw.decode()
    ok(people.alice.post(f"{DISPUTE}/accept", {"offer": 2}))
    assert people.alice.get(DISPUTE).body["return"]["address"] == whole
    assert people.sam.get(DISPUTE).status == 404


def test_a_list_of_orders_a_page_at_a_time(people: People) -> None:
    for number in range(5):
        people.placed(f"O{number}")
    first = people.shop.get("/v1/orders?limit=2").body
    assert ([one["id"] for one in first["orders"]], first["next"]) == (["O0", "O1"], "O1")
    last = people.shop.get("/v1/orders?limit=3&after=O1").body
    assert ([one["id"] for one in last["orders"]], last["next"]) == (["O2", "O3", "O4"], None)
    assert people.shop.get(f"/v1/orders?due_before={instant(0)}").body["orders"] == []
    assert len(people.shop.get(f"/v1/orders?due_before={instant(300)}").body["orders"]) == 5


def test_the_marketplace_shows_its_policy(people: People) -> None:
    shown = people.shop.get("/v1/marketplace").body
    assert shown["sandbox"] is True
    assert (shown["policy"]["id"], shown["policy"]["document"]["policy"]["id"]) == ("alx-d", "alx-d")


def test_every_answer_has_the_shape_the_document_promises(people: People) -> None:
    acted = people.offered()
    ok(people.alice.post(f"{DISPUTE}/accept", {}))
    people.day(30)
    shaped(shapes.Acted, acted)
    for client in (people.alice, people.bob, people.mia, people.olga, people.carrier, people.provider, people.shop):
        shaped(shapes.Order, client.get(at("O1")))
        shaped(shapes.Dispute, client.get(DISPUTE))
        shaped(shapes.Timeline, client.get(at("O1", "timeline")))
    shaped(shapes.Orders, people.shop.get("/v1/orders"))
    shaped(shapes.Marketplace, people.shop.get("/v1/marketplace"))
    shaped(shapes.Clock, people.shop.get("/v1/sandbox/clock"))
    problem = people.sam.get(at("O1"))
    shapes.Problem.model_validate(problem.body)


def shaped(shape: type[shapes.Shape], reply: Reply) -> None:
    """The answer has every field of the shape and no other."""
    shape.model_validate_json(ok(reply).raw)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_the_service_says_how_it_is(people: People, path: str) -> None:
    assert people.shop.get(path).status == 200
