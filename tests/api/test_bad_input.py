"""What is sent wrongly is refused in words that name it; and nothing that goes wrong shows its insides."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest

from . import service as real
from .client import Client, at
from .people import CLAIM, People, ok, order


def refused(reply: object) -> tuple[int, str]:
    return reply.status, reply.code  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_00,
        b'{"a":' * 10_000,
        b"1" * 5000,
        b'"text"',
        b"[]",
        b"null",
    ],
)
def test_a_body_that_is_no_json_object(people: People, body: bytes) -> None:
    reply = people.shop.send("POST", "/v1/orders", body)
    assert refused(reply) == (400, "malformed")
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"buyer": 7}, "buyer"),
        ({"lines": "A"}, "lines"),
        ({"lines": [{"id": "A", "title": "Kettle", "price": 45.0, "quantity": 1}]}, "lines[0].price"),
        ({"lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": True}]}, "lines[0].quantity"),
        ({"lines": [{"id": "A", "title": "Kettle", "price": "45.00", "quantity": 1, "colour": "red"}]}, "colour"),
        ({"paid_at": "yesterday"}, "paid_at"),
        ({"paid_at": "2026-03-20T09:00:00"}, "paid_at"),
        ({"destination": "Poland"}, "destination"),
        ({"id": None}, "id"),
        ({"colour": "red"}, "colour"),
        ({"by": "operator"}, "by"),
        ({"do": "ship"}, "do"),
        ({"dispute": 1}, "dispute"),
        ({"buyer": "\ud800"}, "buyer"),
        ({"\ud800": 1}, "no field"),
        ({"buyer": "a\0b"}, "buyer"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(people: People, changes: dict[str, object], named: str) -> None:
    reply = people.shop.post("/v1/orders", order() | changes)
    assert refused(reply) == (422, "malformed")
    assert named in reply.body["detail"]
    assert reply.body["way_out"]


def test_a_field_that_is_missing_is_named(people: People) -> None:
    document = order()
    del document["seller"]
    reply = people.shop.post("/v1/orders", document)
    assert refused(reply) == (422, "malformed")
    assert "seller" in reply.body["detail"]


@pytest.mark.parametrize("key", ["x" * 201, "a\x7fb", " ", "ы\0"[:1] * 300])
def test_an_order_id_nothing_can_have_is_not_there(people: People, key: str) -> None:
    assert people.shop.get(at(key)).status == 404
    assert people.shop.post(at(key, "cancel_order"), {}).status == 404


@pytest.mark.parametrize("key", ["a/b", "100%", "a%2Fb", "50%25", "Größe 7", "a?b#c", "..", "a;b+c"])
def test_an_order_id_may_hold_what_addresses_do_not_like(people: People, key: str) -> None:
    people.placed(key)
    assert ok(people.shop.get(at(key))).body["id"] == key
    assert ok(people.shop.post(at(key, "cancel_order"), {})).body["order"]["id"] == key


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=-1", "due_before=soon", "colour=red", "after=%00"]
)
def test_a_list_is_asked_for_properly(people: People, query: str) -> None:
    assert refused(people.shop.get(f"/v1/orders?{query}")) == (422, "malformed")


@pytest.mark.parametrize("body", [{}, {"to": 5}, {"to": "soon"}, {"to": "2026-01-01T00:00:00Z"}, {"to": "2027-01-01"}])
def test_a_clock_goes_forward_to_an_instant_only(people: People, body: dict[str, object]) -> None:
    assert refused(people.shop.post("/v1/sandbox/clock", body)) == (422, "malformed")


def test_addresses_and_methods_that_are_not_there(people: People) -> None:
    for path in ("/v1/", "/v1/nonsense", at("O1", "dance"), at("O1", "lapse"), at("O1", "disputes", "x"), "/nonsense"):
        reply = people.shop.get(path)
        assert refused(reply) == (404, "not_found"), path
    for method, path in (("DELETE", at("O1")), ("PUT", "/v1/orders"), ("GET", at("O1", "ship"))):
        reply = people.shop.send(method, path)
        assert refused(reply) == (405, "method_not_allowed")
        assert reply.headers["Allow"]


def test_nothing_is_kept_by_others(people: People) -> None:
    for reply in (people.placed(), people.alice.get(at("O1")), people.sam.get(at("O1")), people.shop.get("/v1/x")):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "no-store"


def test_nobody_smuggles_an_acting_party_in_with_an_underscore(service: real.Service, outside: Client) -> None:
    head = f"GET /v1/orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {outside.key}\r\n"
    with socket.create_connection(("127.0.0.1", service.port), 5) as raw:
        raw.sendall(f"{head}Amends_Acting_As: buyer\r\nConnection: close\r\n\r\n".encode())
        assert raw.recv(100).startswith(b"HTTP/1.1 200")


# ── large, slow and broken off ───────────────────────────────────────────────────────────────────


def test_a_body_that_is_too_large(service: real.Service, people: People) -> None:
    large = json.dumps({"id": "x" * real.BODY_BYTES}).encode()
    assert refused(people.shop.send("POST", "/v1/orders", large)) == (413, "body_too_large")
    with socket.create_connection(("127.0.0.1", service.port), 10) as raw:
        raw.sendall(b"POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        answer = _pushed(raw, b"8000\r\n" + b"x" * 0x8000 + b"\r\n", times=40)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer


def _pushed(raw: socket.socket, part: bytes, *, times: int) -> bytes:
    """What comes back while the part is sent again and again; the other side may hang up."""
    try:
        for _ in range(times):
            raw.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        return raw.recv(4096)
    except ConnectionResetError:
        return b"HTTP/1.1 413 body_too_large (hung up)"


def test_thirty_two_dripping_clients_do_not_hold_up_a_fast_one(service: real.Service, people: People) -> None:
    head = b"POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", service.port), 10) for _ in range(32)]
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.2):
            for one in slow:
                try:
                    one.sendall(b" ")
                except OSError:
                    return

    for one in slow:
        one.sendall(head)
    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        started = time.monotonic()
        for number in range(5):
            people.placed(f"FAST-{number}")
        assert time.monotonic() - started < 3 * real.BODY_SECONDS, "held up, the first would wait for eight rounds"
        for one in slow[:3]:
            answer = one.recv(4096)
            assert answer.startswith(b"HTTP/1.1 408")
            assert b"body_too_slow" in answer
        assert time.monotonic() - started < real.BODY_SECONDS + 20
    finally:
        stop.set()
        dripping.join()
        for one in slow:
            one.close()


def test_a_head_that_drips_is_hung_up_on(service: real.Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), 10) as raw:
        raw.sendall(b"GET /v1/orders HTT")
        started = time.monotonic()
        raw.settimeout(30)
        raw.recv(4096)
        assert time.monotonic() - started < 20


@pytest.mark.parametrize("framing", ["Content-Length: 900", "Transfer-Encoding: chunked"])
def test_a_client_that_leaves_in_the_middle_has_done_nothing(
    service: real.Service, people: People, framing: str
) -> None:
    people.offered()
    head = f"POST {at('O1', 'disputes', 1, 'accept')} HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(("127.0.0.1", service.port), 5) as raw:
        raw.sendall(
            f"{head}Authorization: Bearer {people.shop.key}\r\nAmends-Acting-As: buyer\r\n{framing}\r\n\r\n".encode()
        )
        time.sleep(0.2)
    time.sleep(0.5)
    assert people.alice.get(at("O1", "disputes", 1)).body["status"] == "awaiting_buyer"


def test_no_answer_shows_a_trace(people: People) -> None:
    people.disputed()
    for reply in (
        people.shop.send("POST", "/v1/orders", b"{"),
        people.alice.post(at("O1", "disputes"), CLAIM | {"amount": "1" * 20_000}),
        people.alice.post(at("O1", "request_extension"), {"days": 2**62}),
        people.alice.post(at("O1", "extend_protection"), {"until": "9999-12-31T23:59:59Z"}),
        people.olga.post(at("O1", "pause_clocks"), {"text": "war", "grace": "P999999999D"}),
        people.bob.post(at("O1", "disputes", 2**70, "accept"), {}),
        people.shop.post("/v1/orders", order("O9", paid_at="0001-01-01T00:00:00+14:00")),
        people.shop.post("/v1/orders", order("O8", paid_at="9999-12-31T23:59:59Z")),
    ):
        assert b"Traceback" not in reply.raw
        assert b".py" not in reply.raw
        assert reply.status < 500, reply.raw.decode()
