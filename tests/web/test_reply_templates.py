"""Texts Bob keeps ready: his alone, sealed, gone with him; put into offers and filled when they are sent."""

from __future__ import annotations

from html import unescape
from typing import Any

import psycopg
import pytest

from amends.orders import privacy, reply_templates

from .people import AtSeat, Market
from .test_record import opened
from .test_selling import bob, dispute, marks_of, text_of

__all__ = ["bob"]


def test_a_text_is_kept_changed_put_in_and_taken_away(market: Market, bob: AtSeat) -> None:
    opened(market)
    kept = bob.post("todo/templates/", do="keep", name="Sorry", text="Sorry about the {product}.")
    assert kept.status_code == 303
    (template,) = reply_templates.templates(market.marketplace, "bob")
    bob.post("todo/templates/", do="keep", template=str(template.id), name="So sorry", text="Sorry about {order}.")
    rows = marks_of(bob.get("todo/"))
    sent = {"do": "offer", "row": rows, "step": "use", "template": str(template.id), "share": "30"}
    page = bob.client.post(bob.url("todo/bulk/"), sent)
    assert "Sorry about {order}." in text_of(page)
    assert 'value="30"' in page.content.decode()
    bob.post("todo/templates/", do="forget", template=str(template.id))
    assert reply_templates.templates(market.marketplace, "bob") == ()


def test_texts_are_sealed_and_nobody_elses(market: Market, bob: AtSeat, server: psycopg.Connection[Any]) -> None:
    bob.post("todo/templates/", do="keep", name="Sorry", text="Dear buyer, forgive me.")
    (template,) = reply_templates.templates(market.marketplace, "bob")
    stored = server.execute("SELECT seller_template::text, sealed FROM seller_template").fetchall()
    assert not any("forgive" in row or b"forgive" in sealed for row, sealed in stored)
    sam = market.seat("seller", "sam")
    assert "forgive" not in text_of(sam.get("todo/templates/"))
    sam.post("todo/templates/", do="keep", template=str(template.id), name="Mine", text="Mine")
    sam.post("todo/templates/", do="forget", template=str(template.id))
    (still,) = reply_templates.templates(market.marketplace, "bob")
    assert still.text == "Dear buyer, forgive me."


def test_they_go_with_the_person(market: Market, bob: AtSeat, server: psycopg.Connection[Any]) -> None:
    bob.post("todo/templates/", do="keep", name="Sorry", text="Dear buyer")
    privacy.erase(market.marketplace, "bob", reason="asked", now=market.now)
    assert reply_templates.templates(market.marketplace, "bob") == ()
    left = server.execute("SELECT count(*) FROM seller_template WHERE marketplace = %s", [market.marketplace])
    assert left.fetchone() == (0,)


@pytest.mark.parametrize(("name", "text"), [("", "x"), ("x", ""), ("n" * 81, "x"), ("x", "t" * 2001), ("a\x00b", "x")])
def test_a_text_that_cannot_be_kept_is_shown_again_with_the_reason(bob: AtSeat, name: str, text: str) -> None:
    page = bob.post("todo/templates/", do="keep", name=name, text=text)
    assert page.status_code == 422
    assert 'role="alert"' in page.content.decode()
    assert unescape(page.content.decode()).count(text) >= 1


def test_nobody_keeps_more_than_fifty(market: Market, bob: AtSeat) -> None:
    for number in range(reply_templates.MOST):
        reply_templates.keep(market.marketplace, "bob", name=f"{number}", text="x")
    page = bob.post("todo/templates/", do="keep", name="One more", text="x")
    assert (page.status_code, "there are 50 templates already" in text_of(page)) == (422, True)


def test_before_bob_accepts_he_is_told_what_it_does_to_his_rate(market: Market, bob: AtSeat) -> None:
    opened(market)
    page = text_of(bob.get("orders/O-1/disputes/1/do/accept/"))
    assert "A dispute you accept counts." in page
    assert "from 0 of 1 order (0.0%) to 1 of 1 order (100.0%)" in page
    assert "counts for nothing by itself" in text_of(bob.get("orders/O-1/disputes/1/do/reject/"))
    assert "dispute rate" not in text_of(market.seat("buyer").get("orders/O-1/disputes/1/do/revise/"))


def test_a_ready_text_is_put_into_one_offer_and_filled_when_it_is_sent(market: Market, bob: AtSeat) -> None:
    opened(market)
    reply_templates.keep(market.marketplace, "bob", name="Sorry", text="For {order}: {amount} for the {product}.")
    (ready,) = reply_templates.templates(market.marketplace, "bob")
    address = "orders/O-1/disputes/1/do/offer/"
    page = bob.post(address, wants="refund", amount="12.50", text="", _ready=str(ready.id), _use="1")
    assert "For {order}: {amount} for the {product}." in text_of(page)
    assert 'value="12.50"' in page.content.decode()
    assert dispute(market).standing_offer is None
    bob.post(address, wants="refund", amount="12.50", text=ready.text)
    case = text_of(market.seat("buyer").get("orders/O-1/disputes/1/"))
    assert "For O-1: 12.50 USD for the Kettle." in case
