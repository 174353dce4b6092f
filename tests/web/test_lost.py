"""An address where nothing is: a person reads a page, a program a problem; a forgotten slash leads to the page."""

from __future__ import annotations

import pytest
from django.test import Client

from .people import Market


@pytest.mark.parametrize("path", ["/nope", "/nope/", "/at/x/", "/staff/nope", "/%0d%0aSet-Cookie:a=b"])
def test_a_person_reads_a_page_in_his_language(database: str, path: str) -> None:
    sam = Client(headers={"Accept-Language": "ru"})
    answer = sam.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert '<html lang="ru"' in page
    assert 'href="/"' in page


@pytest.mark.parametrize("path", ["/v1", "/v1/nope", "/v1/orders/", "/healthz/", "/static/x", "/brand/x"])
def test_a_program_reads_a_problem(database: str, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code in (401, 404)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_link_without_its_last_slash_leads_on(market: Market) -> None:
    market.order()
    alice = market.seat("buyer")
    for path in ("orders/O-1", "orders", ""):
        address = alice.url(path).rstrip("/")
        answer = alice.client.get(f"{address}?page=2")
        assert (answer.status_code, answer["Location"]) == (302, f"{address}/?page=2")
        assert alice.client.head(address).status_code == 302
    assert Client().get("/in/a-token")["Location"] == "/in/a-token/"
    assert Client().get("/staff/login")["Location"] == "/staff/login/"


def test_what_is_sent_is_not_led_on(market: Market) -> None:
    market.order()
    alice = market.seat("buyer")
    assert alice.client.post(alice.url("orders/O-1/do/confirm_receipt")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "//evil.example/in/token", "/%2Fevil.example/in/x", "/in/%2Fevil.example"],
)
def test_nobody_is_led_to_another_house(database: str, path: str) -> None:
    answer = Client().get("/", PATH_INFO=path)  # as the front says it
    assert answer.status_code == 404
    assert "Location" not in answer
