"""Who is let in, and what a stranger does not learn."""

from __future__ import annotations

import time
from base64 import b32encode
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from . import service as real
from .client import Client, Reply, at
from .people import CLAIM, People, ok, order


def unauthenticated(reply: Reply) -> bool:
    return (
        reply.status == 401
        and reply.headers["WWW-Authenticate"] == "Bearer"
        and reply.headers["Content-Type"] == "application/problem+json"
        and reply.code == "not_authenticated"
    )


def test_no_key_a_wrong_one_and_half_of_one_open_nothing(service: real.Service, shop: real.Shop) -> None:
    unknown = "amk_" + b32encode(uuid4().bytes).decode().rstrip("=").lower() + "_secret"
    for key in ("", "nonsense", "amk_", unknown, shop.key[:-1], f"{shop.key}x", "amk_" + "é" * 26 + "_x"):
        for path in ("/v1/orders", at("O1"), "/v1/marketplace"):
            assert unauthenticated(Client(service.port, "").send("GET", path, Authorization=f"Bearer {key}".strip()))
    assert unauthenticated(Client(service.port, "").get("/v1/orders"))
    assert unauthenticated(Client(service.port, "").get("/v1/orders", Authorization=f"Basic {shop.key}"))


def test_a_revoked_key_works_for_a_few_seconds_at_most(service: real.Service) -> None:
    shop = real.register(service.database)
    client = Client(service.port, shop.key)
    ok(client.get("/v1/marketplace"))
    real.revoke(service.database, shop)
    end = time.monotonic() + 5
    while time.monotonic() < end and client.get("/v1/marketplace").status == 200:
        time.sleep(0.2)
    assert unauthenticated(client.get("/v1/marketplace"))


def test_another_marketplace_order_is_not_there_at_all(service: real.Service, people: People) -> None:
    people.disputed("HERS")
    stranger = Client(service.port, real.register(service.database).key)
    for method, parts, body in (
        ("GET", (), None),
        ("GET", ("timeline",), None),
        ("GET", ("disputes", 1), None),
        ("POST", ("ship",), b"{}"),
        ("POST", ("cancel_order",), b"{}"),
        ("POST", ("disputes",), b"{}"),
        ("POST", ("disputes", 1, "accept"), b"{}"),
    ):
        hers = stranger.send(method, at("HERS", *parts), body)
        nobodys = stranger.send(method, at("NOBODYS", *parts), body)
        assert (hers.status, hers.code) == (404, "unknown_order")
        assert hers.raw == nobodys.raw
    assert stranger.get("/v1/orders").body == {"orders": [], "next": None}


def test_an_ordinary_marketplace_learns_as_little_about_another(
    service: real.Service, people: People, outside: Client
) -> None:
    people.placed("HERS")
    for path in ((), ("timeline",), ("cancel_order",), ("ship",)):
        method = "POST" if path and path[0] != "timeline" else "GET"
        hers, nobodys = outside.send(method, at("HERS", *path)), outside.send(method, at("NOBODYS", *path))
        assert hers.status == 404
        assert hers.raw == nobodys.raw


def test_sam_does_not_even_learn_that_alices_order_exists(people: People) -> None:
    people.disputed()
    for acting_as in ("buyer:sam", "seller:sam"):
        sam = people.shop.acting(acting_as)
        for path in ((), ("timeline",), ("disputes", 1)):
            assert sam.get(at("O1", *path)).raw == sam.get(at("NOBODYS", *path)).raw
        refused = sam.post(at("O1", "disputes", 1, "accept"), {"offer": 1})
        assert refused.status == 404
        assert refused.raw == sam.post(at("NOBODYS", "disputes", 1, "accept"), {"offer": 1}).raw
        assert sam.get("/v1/orders").body["orders"] == []
    assert [one["id"] for one in people.alice.get("/v1/orders").body["orders"]] == ["O1"]
    assert people.alice.get(at("O1", "disputes", 1)).body["status"] == "awaiting_seller"


def test_outside_a_sandbox_nobody_acts_as_a_party(outside: Client) -> None:
    ok(outside.post("/v1/orders", order(paid_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")))
    for acting_as in ("buyer", "buyer:alice", "marketplace", "nonsense"):
        refused = outside.acting(acting_as).get(at("O1"))
        assert (refused.status, refused.code) == (403, "not_allowed")
    for path, body in ((at("O1", "ship"), {}), (at("O1", "disputes"), CLAIM)):
        refused = outside.post(path, body)
        assert (refused.status, refused.code) == (403, "not_allowed")
    for path in ("/v1/sandbox/clock", "/v1/marketplace/block_party"):
        refused = outside.post(
            path, {"party": "sam", "finding": "rude"} if "block" in path else {"to": "2030-01-01T00:00:00Z"}
        )
        assert (refused.status, refused.code) == (403, "not_allowed")
    assert outside.get("/v1/sandbox/clock").status == 403
    assert outside.post(at("O1", "cancel_order"), {}).body["order"]["status"] == "cancelled"


@pytest.mark.parametrize("acting_as", ["clock", "nobody", "buyer;alice", f"buyer:{'x' * 500}", ":alice"])
def test_a_party_that_is_none_is_refused_in_words(people: People, acting_as: str) -> None:
    refused = people.shop.acting(acting_as).get("/v1/orders")
    assert (refused.status, refused.code) == (422, "malformed")


def test_a_name_is_read_as_unicode(people: People) -> None:
    people.placed("O1", buyer="Алиса")
    acting_as = "buyer:Алиса".encode().decode("latin-1")
    assert people.shop.acting(acting_as).get(at("O1")).status == 200
    assert people.alice.get(at("O1")).status == 404
