"""Orders from their placing to the refund, told over HTTP."""

from __future__ import annotations

from . import service as real
from .client import Client, at
from .people import People, instant, ok


def usd(minor: int) -> dict[str, object]:
    return {"amount_minor": minor, "currency": "USD"}


def test_alice_gets_twenty_dollars_back_and_bob_the_rest(people: People) -> None:
    placed = people.placed()
    assert placed.status == 201
    assert placed.body["order"]["money"]["held"] == usd(4500)

    opened = people.disputed("O2")
    assert opened.status == 201
    assert opened.body["dispute"]["status"] == "awaiting_seller"

    people.day(13)
    ok(people.bob.post(at("O2", "disputes", 1, "offer"), {"wants": "refund", "amount": "20.00"}))
    people.day(14)
    accepted = ok(people.alice.post(at("O2", "disputes", 1, "accept"), {})).body
    assert accepted["dispute"]["outcome"] == "agreed"
    assert accepted["order"]["money"] == {
        "paid_in": usd(4500),
        "held": usd(0),
        "refunded": usd(2000),
        "released": usd(2500),
    }
    assert [event["type"] for event in accepted["events"]][-1] == "DisputeClosed"

    refund = people.alice.get(at("O2", "disputes", 1)).body["refunds"][0]
    assert (refund["amount"], refund["status"], refund["position"]) == (usd(2000), "scheduled", 1)
    people.day(16)
    ok(people.provider.post(at("O2", "refund_succeeded"), {"dispute": 1}))
    assert people.alice.get(at("O2", "disputes", 1)).body["refunds"][0]["status"] == "succeeded"


def test_a_seller_silent_for_five_days_loses_the_claim_when_the_clock_is_moved(people: People) -> None:
    people.disputed()
    people.day(17.01)
    dispute = people.alice.get(at("O1", "disputes", 1)).body
    assert (dispute["status"], dispute["outcome"]) == ("closed", "granted_by_silence")
    assert dispute["last_lapse"] == {"name": "seller_response", "at": instant(17)}
    assert people.alice.get(at("O1")).body["money"]["refunded"] == usd(4500)


def test_mia_lists_what_she_wants_and_alice_names_what_her_file_shows(people: People) -> None:
    people.disputed()
    there = ("disputes", 1)
    people.day(13)
    ok(people.bob.post(at("O1", *there, "reject"), {"text": "No."}))
    people.day(14)
    ok(people.alice.post(at("O1", *there, "escalate"), {}))
    things = [{"text": "The lid", "kind": "video"}, {"text": "The plug"}]
    question = {"of": ["buyer", "seller"], "text": "Please show both.", "wanted": things}
    ok(people.mia.post(at("O1", *there, "request_evidence"), question))
    assert people.bob.get(at("O1", *there)).body["wanted"] == [
        {"number": 1, "text": "The lid", "kind": "video", "came_from": []},
        {"number": 2, "text": "The plug", "kind": None, "came_from": []},
    ]
    photo = {"kind": "photo", "answers": 2}
    refused = people.alice.post(at("O1", *there, "add_evidence"), {**photo, "answers": 3})
    assert (refused.status, refused.code) == (422, "malformed")
    ok(people.alice.post(at("O1", *there, "add_evidence"), photo))
    dispute = people.bob.get(at("O1", *there)).body
    assert [one["came_from"] for one in dispute["wanted"]] == [[], ["buyer"]]
    assert dispute["evidence"][-1]["answers"] == 2


class TestTheProviderOfASandbox:
    def test_answers_by_itself_when_the_clock_is_moved(self, service: real.Service) -> None:
        shop = real.register(service.database, provider="sandbox")
        people = People(Client(service.port, shop.key))
        people.day(0)
        people.offered()
        ok(people.alice.post(at("O1", "disputes", 1, "accept"), {}))
        people.day(60)
        refund = people.alice.get(at("O1", "disputes", 1)).body["refunds"][-1]
        assert refund["status"] == "succeeded"
