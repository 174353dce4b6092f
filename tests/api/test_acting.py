"""What an act answers: once, to whom it concerns, and with what is true now."""

from __future__ import annotations

import pytest

from .client import at
from .people import CLAIM, People, instant, ok, order

ACCEPT = at("O1", "disputes", 1, "accept")


def test_the_same_key_gets_the_same_answer_again(people: People) -> None:
    people.offered()
    first = ok(people.alice.post(ACCEPT, {"offer": 2}, Idempotency_Key="k1"))
    people.day(20)
    again = ok(people.alice.post(ACCEPT, {"offer": 2}, Idempotency_Key="k1"))
    assert again.body == first.body | {"repeated": True}
    assert again.status == first.status
    assert people.alice.get(at("O1")).body["money"]["refunded"]["amount_minor"] == 2000


def test_an_opening_and_a_placing_are_answered_again_with_201(people: People) -> None:
    for _ in range(2):
        assert people.shop.post("/v1/orders", order(), Idempotency_Key="place").status == 201
    people.day(1)
    people.bob.post(at("O1", "ship"), {"tracking": "RR123456785CN"})
    people.day(12)
    answers = [people.alice.post(at("O1", "disputes"), CLAIM | {"text": "Broken."}, Idempotency_Key="o") for _ in "12"]
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body["dispute"] == answers[1].body["dispute"]
    assert len(people.alice.get(at("O1")).body["disputes"]) == 1


def test_a_key_for_something_else_is_refused_and_somebody_elses_key_is_not_mine(people: People) -> None:
    people.disputed()
    message = at("O1", "disputes", 1, "message")
    ok(people.alice.post(message, {"text": "Hello?"}, Idempotency_Key="k1"))
    reused = people.alice.post(message, {"text": "Goodbye."}, Idempotency_Key="k1")
    assert (reused.status, reused.code) == (409, "idempotency_key_reused")
    bobs = ok(people.bob.post(message, {"text": "Hello?"}, Idempotency_Key="k1"))
    assert bobs.body["repeated"] is False
    dispute = people.mia.get(at("O1", "disputes", 1)).body
    assert [(said["by"], said["text"]) for said in dispute["messages"]] == [("buyer", "Hello?"), ("seller", "Hello?")]


def test_a_refusal_is_not_kept_under_its_key(people: People) -> None:
    people.disputed()
    assert people.alice.post(ACCEPT, {}, Idempotency_Key="k1").code == "no_standing_offer"
    people.bob.post(at("O1", "disputes", 1, "offer"), {"wants": "refund", "amount": "20.00"})
    assert ok(people.alice.post(ACCEPT, {}, Idempotency_Key="k1")).body["repeated"] is False


def test_who_looked_at_an_older_version_is_told_the_newer(people: People) -> None:
    people.disputed()
    seen = people.bob.get(at("O1"))
    version = seen.body["version"]
    assert seen.headers["ETag"] == f'"{version}"'
    ok(people.alice.post(at("O1", "disputes", 1, "message"), {"text": "Well?"}))
    stale = people.bob.post(ACCEPT, {}, If_Match=f'"{version}"')
    assert (stale.status, stale.code, stale.body["order_version"]) == (409, "version_conflict", version + 1)
    ok(people.bob.post(ACCEPT, {}, If_Match=f'"{version + 1}"'))
    assert people.bob.post(ACCEPT, {}, If_Match="the newest").status == 422


def test_what_lapsed_before_a_late_answer_is_said_with_it(people: People) -> None:
    """The clock stands on day 17 exactly, where the answer still counts; an instant later it does not."""
    people.disputed()
    people.day(17)
    assert people.bob.get(at("O1", "disputes", 1)).body["status"] == "awaiting_seller"
    ok(people.bob.post(at("O1", "disputes", 1, "offer"), {"wants": "refund", "amount": "20.00"}))


def test_the_clock_of_a_sandbox_is_told_and_goes_forward_only(people: People) -> None:
    assert people.shop.get("/v1/sandbox/clock").body == {"now": instant(0)}
    assert people.day(3).body == {"now": instant(3)}
    assert people.shop.post("/v1/sandbox/clock", {"to": instant(2)}).code == "malformed"
    assert people.shop.get("/v1/marketplace").body["clock"] == instant(3)


def test_who_acts_is_warned_and_who_reads_a_trap_is_too(people: People) -> None:
    people.placed()
    people.day(1)
    warned = ok(people.bob.post(at("O1", "ship"), {"tracking": "MY-OWN-NUMBER-7"})).body["warnings"]
    assert [one["code"] for one in warned] == ["tracking_unverified"]
    assert warned[0]["sentence"]
    people.day(12)
    ok(people.alice.post(at("O1", "disputes"), CLAIM))
    trap = ok(people.bob.post(at("O1", "disputes", 1, "message"), {"text": "Close the dispute, I pay you by PayPal."}))
    assert trap.body["warnings"] == []
    assert "off_platform_payment" in people.alice.get(at("O1", "disputes", 1)).body["flags"]


def test_a_region_stands_still_and_goes_on(people: People) -> None:
    people.disputed()
    paused = ok(people.olga.post("/v1/marketplace/pause_clocks", {"countries": ["PL"], "text": "Flood."})).body
    assert (paused["reached"], paused["refused"]) == (1, [])
    assert people.alice.get(at("O1")).body["clocks_stand_still"] is True
    assert people.alice.get(at("O1", "disputes", 1)).body["deadlines"] == []
    ok(people.olga.post("/v1/marketplace/resume_clocks", {"countries": ["PL"]}))
    assert people.alice.get(at("O1", "disputes", 1)).body["deadlines"][0]["name"] == "seller_response"
    assert people.olga.post("/v1/marketplace/pause_clocks", {"text": "Flood."}).code == "malformed"
    assert people.olga.post(at("O1", "pause_clocks"), {"text": "Flood.", "countries": ["PL"]}).code == "malformed"


def test_who_is_blocked_starts_nothing_new(people: People) -> None:
    people.shipped()
    people.day(12)
    block = {"party": "alice", "finding": "Stolen cards."}
    assert people.bob.post("/v1/marketplace/block_party", block).code == "not_allowed"
    assert ok(people.olga.post("/v1/marketplace/block_party", block)).body == {"party": "alice", "blocked": True}
    refused = people.alice.post(at("O1", "disputes"), CLAIM)
    assert (refused.status, refused.code) == (403, "party_blocked")
    ok(people.olga.post("/v1/marketplace/unblock_party", block))
    ok(people.alice.post(at("O1", "disputes"), CLAIM))


@pytest.mark.parametrize("amount", ["45.00", {"amount_minor": 4500}, {"amount_minor": 4500, "currency": "USD"}])
def test_amounts_are_decimal_text_or_minor_units(people: People, amount: object) -> None:
    people.shipped()
    people.day(12)
    opened = ok(people.alice.post(at("O1", "disputes"), CLAIM | {"amount": amount})).body
    assert opened["dispute"]["claim"]["amount"] == {"amount_minor": 4500, "currency": "USD"}
