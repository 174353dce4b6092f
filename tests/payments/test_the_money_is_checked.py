"""Damage by hand to money on its way, to messages and to whole histories: the check names the law and the row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core.wire import GENESIS, canonical
from amends.orders.handle import bring_up
from amends.orders.recording import link
from amends.orders.verify import verify
from amends.payments import check
from tests.store import lives
from tests.store.lives import accepted, act, disputed, offered

from . import desk
from .desk import day, market, ruled, work_at

Server = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def tampered(server: Server) -> Iterator[Server]:
    """Somebody with all rights, past triggers, foreign keys and the intents' own CHECKs."""
    server.execute("SET session_replication_role = replica")
    checks = server.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'money_intent'::regclass AND contype = 'c'"
    ).fetchall()
    for name, _ in checks:
        server.execute(f"ALTER TABLE money_intent DROP CONSTRAINT {name}")
    yield server
    for name, constraint in checks:
        server.execute(
            f"ALTER TABLE money_intent ADD CONSTRAINT {name} {str(constraint).removesuffix(' NOT VALID')} NOT VALID"
        )


def lived(database: str) -> UUID:
    """A refund in two parts that arrived, a release that was paid out."""
    shop = market(answers_after="P0D")
    ruled(shop, "30.00")
    work_at(shop, day(21))
    desk.sound(shop)
    assert not list(check.check(shop))
    return shop


INTENTS = [
    ("M7", "UPDATE money_intent SET state = 'sent' WHERE {of} AND payment = 1", "an event says that it succeeded"),
    ("M7", "UPDATE money_intent SET refund = 2 WHERE {of} AND payment = 1", "refund=2"),
    ("M7", "UPDATE money_intent SET provider_key = 'mine' WHERE {of} AND payment = 1", "'mine'"),
    ("M7", "UPDATE money_intent SET withdrawn_minor = 100 WHERE {of} AND kind = 'release'", "events took back 0"),
    ("M7", "UPDATE money_intent SET withdrawn_minor = 1 WHERE {of} AND payment = 1", "a refund is never taken back"),
    ("M7", "UPDATE money_intent SET state = 'withdrawn' WHERE {of} AND payment = 1", "no second way for anything"),
    ("D1", "UPDATE money_intent SET state = 'failed' WHERE {of} AND payment = 1", "the movement is failed"),
    (
        "D1",
        "INSERT INTO provider_inbox (marketplace, provider, event_id, provider_key, said, reference, reason, noted,"
        " applied_at) SELECT marketplace, provider, 'twin', provider_key, said, reference, reason, true, now()"
        " FROM provider_inbox WHERE marketplace = '{shop}' LIMIT 1",
        "2 events brought the same movement to its end",
    ),
    ("D1", "UPDATE provider_inbox SET provider_key = 'nobody' WHERE marketplace = '{shop}'", "no money intent has"),
    ("D2", "INSERT INTO outbox (marketplace, order_key, event, topic) VALUES ('{shop}', 'V1', 0, 'spam')", "spam"),
    (
        "D2",
        "INSERT INTO outbox (marketplace, order_key, event, topic) VALUES ('{shop}', 'V1', 0, 'reminder:review:7:x:y')",
        "nobody asked for this message",
    ),
    ("C3", "UPDATE orders SET remind_at = now() WHERE {of}", "orders, remind_at"),
]


@pytest.mark.parametrize(("law", "change", "told"), INTENTS, ids=[f"{law} {sql[:50]}" for law, sql, _ in INTENTS])
def test_what_is_broken_is_named(database: str, tampered: Server, law: str, change: str, told: str) -> None:
    shop = lived(database)
    done = tampered.execute(change.format(of=f"marketplace = '{shop}' AND order_key = 'V1'", shop=shop))
    assert done.rowcount > 0, "the tampering itself must have an effect"
    said = [str(broken) for broken in verify(shop).broken if broken.law == law]
    assert any(told in sentence for sentence in said), [str(broken) for broken in verify(shop).broken]


def test_money_that_went_out_twice_is_named(database: str, tampered: Server) -> None:
    shop = market(answers_after="P0D", fails={"pay-card": "closed"})
    ruled(shop, "100.00")
    work_at(shop, day(21))
    desk.redirected(shop, 22, "IBAN 1")
    work_at(shop, day(22))
    desk.sound(shop)
    tampered.execute(
        "UPDATE money_intent SET state = 'succeeded' WHERE marketplace = %s AND payment = 1 AND NOT redirected", [shop]
    )
    assert any("this money went out before" in broken.why for broken in verify(shop).broken)


def test_an_answer_the_order_was_never_told_is_missed(database: str, tampered: Server) -> None:
    shop = market()
    ruled(shop, "30.00")
    tampered.execute("UPDATE money_intent SET state = 'succeeded' WHERE marketplace = %s", [shop])
    said = {broken.why for broken in verify(shop).broken}
    assert "it succeeded, and the order counts the refund as scheduled" in said
    assert "7000 went out to the seller, and the order knows of 0" in said
    tampered.execute("UPDATE money_intent SET state = 'failed' WHERE marketplace = %s", [shop])
    assert "it failed, and the order was not told" in {broken.why for broken in verify(shop).broken}


def test_a_movement_no_intent_allowed_is_named(database: str, tampered: Server) -> None:
    shop = lived(database)
    tampered.execute("UPDATE amends_sandbox.movement SET amount_minor = 9999 WHERE marketplace = %s", [shop])
    assert {broken.law for broken in check.check(shop)} == {"M7"}
    tampered.execute(
        "INSERT INTO amends_sandbox.movement (marketplace, key, kind, amount_minor, currency, target, reference,"
        " taken_at, outcome, reason) VALUES (%s, 'rogue', 'release', 1, 'USD', 'mallory', 'r', now(), 'succeeded', '')",
        [shop],
    )
    assert any("rogue" in broken.where for broken in check.check(shop))


# ── histories that could not have happened, chained as if they had ───────────────────────────────

Bend = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


def retell(server: Server, shop: UUID, bend: Bend) -> None:
    """Put another history in place of O1's, chained soundly: only the laws can tell."""
    rows = server.execute("SELECT body FROM event WHERE marketplace = %s ORDER BY number", [shop]).fetchall()
    documents = bend([json.loads(str(body)) for (body,) in rows])
    server.execute("DELETE FROM event WHERE marketplace = %s", [shop])
    head = GENESIS
    for number, document in enumerate(documents, 1):
        body = canonical(document).decode()
        head = link(head, body)
        server.execute(
            "INSERT INTO event (marketplace, order_key, number, at, type, body, chain)"
            " VALUES (%s, 'O1', %s, %s, %s, %s, %s)",
            [shop, number, document["at"], document["type"], body, bytes.fromhex(head)],
        )


def laws_broken(shop: UUID) -> set[str]:
    return {broken.law for broken in verify(shop).broken if broken.where.startswith(("event", "version"))}


def test_a_closed_dispute_that_moves_more_money_breaks_c2(shop: UUID, tampered: Server) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "accept", 14, dispute=1))

    def more(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [closed] = [event for event in events if event["type"] == "DisputeClosed"]
        outcome = {**closed, "outcome": "dismissed"}
        return [*events, outcome]

    retell(tampered, shop, more)
    assert "C2" in laws_broken(shop)


def test_an_accept_of_terms_that_did_not_stand_breaks_c5(shop: UUID, tampered: Server) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "accept", 14, dispute=1))

    def other(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**event, "number": 1} if event["type"] == "TermsAccepted" else event for event in events]

    retell(tampered, shop, other)
    assert "C5" in laws_broken(shop)


def silent(shop: UUID) -> None:
    """Bob has not answered by day 17, and loses the claim."""
    disputed(shop)
    bring_up(shop, "O1", now=lives.day(18))


def test_a_dispute_without_its_clock_breaks_c1(shop: UUID, tampered: Server) -> None:
    silent(shop)

    def forgotten(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [lapse] = [at for at, event in enumerate(events) if event["type"] == "DeadlineLapsed"]
        return events[: lapse + 1]

    retell(tampered, shop, forgotten)
    assert laws_broken(shop) == {"C1"}


def test_a_lapse_that_happened_twice_breaks_c4(shop: UUID, tampered: Server) -> None:
    silent(shop)

    def twice(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        [lapse] = [event for event in events if event["type"] == "DeadlineLapsed"]
        return [*events, lapse]

    retell(tampered, shop, twice)
    assert "C4" in laws_broken(shop)


def test_a_refund_nothing_allowed_breaks_m7(shop: UUID, tampered: Server) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "accept", 14, dispute=1))

    def unclosed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [event for event in events if event["type"] != "DisputeClosed"]

    retell(tampered, shop, unclosed)
    assert {"M7", "C1"} & laws_broken(shop)
