"""What people write is theirs: unreadable in the data, readable through the door, gone with its key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.core.events import DisputeOpened, EvidenceRequested, MessageSent, OfferMade, RefundFailed
from amends.orders import people, queries
from amends.orders.sealing import Key, Unopened, about, decrypt, encrypt, uuid7
from amends.orders.verify import verify

from .lives import PLACED, accepted, act, agreed, day, offered

Server = psycopg.Connection[tuple[Any, ...]]

WORDS = ["The lid does not close.", "Keep it.", "Gdansk", "Shenzhen", "RR123456785CN", "a secret finding"]


def everything_stored(server: Server, shop: UUID) -> str:
    found = []
    for table in (
        "event",
        "orders",
        "journal",
        "outbox",
        "money_intent",
        "sealed_text",
        "shipped_number",
        "idempotency",
    ):
        found += server.execute(f"SELECT t::text FROM {table} t WHERE marketplace = %s", [shop]).fetchall()  # noqa: S608
    return "\n".join(row for (row,) in found)


def test_no_personal_text_stands_in_the_data_in_the_clear(shop: UUID, server: Server) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "message", 13.5, dispute=1, text="a secret finding", key="k"))
    stored = everything_stored(server, shop)
    assert "DisputeOpened" in stored
    for word in WORDS:
        assert word not in stored
        assert word.encode().hex() not in stored


def test_an_erased_person_is_unreadable_and_the_chain_still_verifies(shop: UUID) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "message", 13.5, dispute=1, text="I live in Gdansk."))
    assert said(shop) == ("The lid does not close.", "I live in Gdansk.", "Keep it.")
    assert people.erase_person(shop, "alice")
    assert said(shop) == (None, None, "Keep it.")
    report = verify(shop)
    assert not report.broken, report.broken
    assert not people.erase_person(shop, "alice")


def test_who_writes_again_after_the_erasure_gets_a_new_key(shop: UUID) -> None:
    offered(shop)
    people.erase_person(shop, "alice")
    accepted(act(shop, "buyer", "message", 13.5, dispute=1, text="Here again."))
    assert said(shop) == (None, "Here again.", "Keep it.")
    assert not verify(shop).broken


def test_what_staff_write_is_under_the_orders_own_key(shop: UUID) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "reject", 13.5, dispute=1, text="No."))
    accepted(act(shop, "buyer", "escalate", 14, dispute=1))
    accepted(act(shop, "mediator", "request_evidence", 15, dispute=1, of=["buyer"], text="Show the lid."))
    people.erase_person(shop, "alice")
    people.erase_person(shop, "bob")
    assert asked_for(shop) == "Show the lid."
    assert people.erase_staff_texts(shop, "O1")
    assert asked_for(shop) is None
    assert not verify(shop).broken


def test_what_her_bank_says_of_alice_is_hers(shop: UUID) -> None:
    agreed(shop)
    accepted(act(shop, "payments", "refund_failed", 15, dispute=1, text="Her card was closed."))
    assert failure(shop) == "Her card was closed."
    people.erase_person(shop, "alice")
    assert failure(shop) is None
    assert not verify(shop).broken


def said(shop: UUID) -> tuple[str | None, ...]:
    """The claim, the message, the offer, as they can be read."""
    found = queries.order(shop, "O1", now=day(13.5))
    assert found is not None
    events = [recorded.event for recorded in found.history]
    claim = next(event.text for event in events if isinstance(event, DisputeOpened))
    message = next(event.text for event in events if isinstance(event, MessageSent))
    offer = next(event.text for event in events if isinstance(event, OfferMade))
    return tuple(text.plain if text else None for text in (claim, message, offer))


def asked_for(shop: UUID) -> str | None:
    found = queries.order(shop, "O1", now=day(15))
    assert found is not None
    event = found.history[-1].event
    assert isinstance(event, EvidenceRequested)
    assert event.text is not None
    return event.text.plain


def failure(shop: UUID) -> str | None:
    found = queries.order(shop, "O1", now=day(15))
    assert found is not None
    event = found.history[-1].event
    assert isinstance(event, RefundFailed)
    assert event.failure is not None
    return event.failure.plain


# ── the sealing itself ───────────────────────────────────────────────────────────────────────────

KEY = Key(uuid7(), bytes(range(32)))
SHOP = UUID(int=7)


@given(st.text())
def test_what_is_sealed_can_be_opened(text: str) -> None:
    bound = about(SHOP, "O1", "1.1")
    assert decrypt(KEY, encrypt(KEY, text, bound), bound) == text


def test_the_same_text_is_never_sealed_the_same_way() -> None:
    assert encrypt(KEY, "yes", b"") != encrypt(KEY, "yes", b"")


@pytest.mark.parametrize("place", [about(UUID(int=8), "O1", "1.1"), about(SHOP, "O2", "1.1"), about(SHOP, "O1", "1.2")])
def test_a_text_moved_elsewhere_does_not_open(place: bytes) -> None:
    sealed = encrypt(KEY, "yes", about(SHOP, "O1", "1.1"))
    with pytest.raises(Unopened):
        decrypt(KEY, sealed, place)


def test_surrogate_keys_sort_by_the_time_they_were_made() -> None:
    made = [uuid7() for _ in range(50)]
    assert {(key.version, key.variant) for key in made} == {(7, "specified in RFC 4122")}
    assert [key.int >> 80 for key in made] == sorted(key.int >> 80 for key in made)
    assert len(set(made)) == 50
    assert PLACED.timestamp() * 1000 < made[0].int >> 80
