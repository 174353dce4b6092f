"""A seller's record over HTTP: the same to every caller, of orders by when they were placed, without a buyer's name."""

from __future__ import annotations

import pytest

from amends.api import shapes

from .client import Client, at
from .people import People, ok

RECORD = "/v1/sellers/bob/record"
DISPUTE = at("O1", "disputes", 1)


def test_the_marketplace_reads_what_counts_and_what_does_not(people: People) -> None:
    people.disputed()
    before = ok(people.shop.get(RECORD)).body
    assert before["as_of"] == "2026-04-01T09:00:00Z"
    assert before["recent"]["since"] == "2026-01-01T09:00:00Z"
    assert before["all"] == {
        "since": None,
        "complete": True,
        "orders": 1,
        "disputes": 1,
        "counted": 0,
        "counted_orders": 0,
        "rate": "0.0000",
        "ended": {"open": 1},
        "not_counted": {"open": 1},
    }
    ok(people.bob.post(f"{DISPUTE}/accept", {}))
    after = ok(people.shop.get(RECORD)).body["all"]
    assert (after["counted"], after["rate"]) == (1, "1.0000")
    assert (after["ended"], after["not_counted"]) == ({"accepted_by_seller": 1}, {})


def test_every_caller_reads_the_same_and_no_buyer_is_named(people: People) -> None:
    people.disputed()
    seen = [ok(who.get(RECORD)).raw for who in (people.shop, people.alice, people.bob, people.sam, people.mia)]
    assert len(set(seen)) == 1
    assert b"alice" not in seen[0]
    assert b"O1" not in seen[0]


def test_after_ninety_days_an_order_is_only_in_all_of_it(people: People) -> None:
    people.shipped()
    people.day(91)
    found = ok(people.shop.get(RECORD)).body
    assert (found["recent"]["orders"], found["recent"]["rate"]) == (0, None)
    assert (found["all"]["orders"], found["all"]["rate"]) == (1, "0.0000")


def test_a_withdrawn_dispute_is_told_and_does_not_count(people: People) -> None:
    people.disputed()
    ok(people.alice.post(f"{DISPUTE}/withdraw", {}))
    found = ok(people.shop.get(RECORD)).body["recent"]
    assert (found["disputes"], found["counted"], found["not_counted"]) == (1, 0, {"withdrawn": 1})


def test_of_a_name_nobody_sold_under_everything_is_nothing(people: People) -> None:
    found = ok(people.shop.get("/v1/sellers/nobody%2Fat%20all/record")).body
    assert found["seller"] == "nobody/at all"
    assert (found["all"]["orders"], found["all"]["rate"]) == (0, None)


@pytest.mark.parametrize("name", ["%00", "a%0Ab", "x" * 201])
def test_what_can_be_no_name_is_nowhere(people: People, name: str) -> None:
    assert people.shop.get(f"/v1/sellers/{name}/record").status == 404


def test_another_marketplace_knows_nothing_of_it(people: People, outside: Client) -> None:
    people.disputed()
    assert ok(outside.get(RECORD)).body["all"]["orders"] == 0
    assert Client(people.shop.port, "").get(RECORD).status == 401


def test_the_answer_has_the_shape_the_document_says(people: People) -> None:
    people.disputed()
    shapes.SellerRecord.model_validate(ok(people.shop.get(RECORD)).body)
