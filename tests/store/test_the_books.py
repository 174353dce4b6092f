"""Whatever somebody did to the data by hand, the check names the law and the row; what is only a copy is built anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.orders import queries
from amends.orders.recording import BrokenHistory
from amends.orders.verify import replay, verify

from .lives import accepted, act, agreed, day, place

Server = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def tampered(server: Server) -> Server:
    """Somebody with all rights, past triggers and foreign keys."""
    server.execute("SET session_replication_role = replica")
    return server


@pytest.fixture
def unchecked(tampered: Server) -> Iterator[Server]:
    """The same past the journal's own CHECKs, as a dump restored by halves would be."""
    checks = tampered.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'journal'::regclass AND contype = 'c'"
    ).fetchall()
    for name, _ in checks:
        tampered.execute(f"ALTER TABLE journal DROP CONSTRAINT {name}")
    yield tampered
    for name, check in checks:
        tampered.execute(f"ALTER TABLE journal ADD CONSTRAINT {name} {check.removesuffix(' NOT VALID')} NOT VALID")


def lived(shop: UUID) -> None:
    agreed(shop)
    accepted(act(shop, "payments", "refund_succeeded", 15, dispute=1, key="k"))
    place(shop, "O2")


def test_sound_books_are_sound(shop: UUID) -> None:
    lived(shop)
    report = verify(shop)
    assert (report.orders, report.broken, report.unenforced) == (2, [], [])
    assert report.events > 8
    assert verify(shop, fast=True).orders == 2


TAMPERING = [
    ("M1", "UPDATE journal SET credit_after = credit_after + 1 WHERE {of} AND event = 1", "journal, event 1"),
    ("M3", "UPDATE journal SET debit_after = -1 WHERE {of} AND debit = 'escrow' AND credit = 'seller'", "stands at -1"),
    ("M5", "DELETE FROM journal WHERE {of} AND credit = 'seller'", "it is missing"),
    ("M5", "UPDATE journal SET debit_version = debit_version + 1 WHERE {of} AND credit = 'seller'", "version"),
    ("M6", "UPDATE journal SET currency = 'XXQ' WHERE {of}", "no currency is called XXQ"),
    ("M7", "DELETE FROM money_intent WHERE {of} AND kind = 'refund'", "it is missing"),
    ("M7", "UPDATE money_intent SET amount_minor = 9999 WHERE {of} AND kind = 'refund'", "9999"),
    ("M7", "UPDATE money_intent SET state = 'pending' WHERE {of} AND kind = 'refund'", "says that it succeeded"),
    ("C3", "UPDATE orders SET held_minor = 4500 WHERE {of}", "orders, held_minor"),
    ("C3", "UPDATE orders SET state_hash = sha256('') WHERE {of}", "orders, state_hash"),
    ("C3", "DELETE FROM orders WHERE {of}", "the row is missing"),
    ("C3", "DELETE FROM event WHERE {of} AND number = 2", "event 2 is missing"),
    ("C3", "UPDATE event SET type = 'OrderCancelled' WHERE {of} AND number = 2", "its columns say OrderCancelled"),
    ("E3", "UPDATE event SET body = replace(body, '2000', '2001') WHERE {of}", "the chain does not hold"),
    ("E3", "UPDATE event SET chain = sha256('') WHERE {of} AND number = 3", "event 3"),
    ("E1", "UPDATE sealed_text SET ciphertext = 'x' WHERE {of} AND ref = '1.1'", "not the one the event was written"),
    ("E1", "DELETE FROM sealed_text WHERE {of} AND ref = '1.1'", "it is missing"),
    ("D2", "DELETE FROM outbox WHERE {of} AND event = 2", "events [2]"),
    ("D2", "INSERT INTO outbox (marketplace, order_key, event) VALUES ('{shop}', 'O1', 99)", "events [99]"),
    ("A4", "UPDATE outbox SET order_key = 'O9' WHERE {of} AND event = 2", "no events here"),
    ("A4", "UPDATE idempotency SET order_key = 'O9' WHERE {of}", "no events here"),
]


@pytest.mark.parametrize(("law", "change", "told"), TAMPERING, ids=[f"{law} {sql[:40]}" for law, sql, _ in TAMPERING])
@pytest.mark.parametrize("fast", [False, True], ids=["full", "fast"])
def test_what_is_broken_is_named(shop: UUID, unchecked: Server, law: str, change: str, told: str, fast: bool) -> None:
    lived(shop)
    of = f"marketplace = '{shop}' AND order_key = 'O1'"
    done = unchecked.execute(change.format(of=of, shop=shop))
    assert done.rowcount > 0, "the tampering itself must have an effect"
    report = verify(shop, fast=fast)
    said = [str(broken) for broken in report.broken if broken.law == law]
    assert any(told in sentence for sentence in said), [str(broken) for broken in report.broken]
    assert all("O2" not in broken.order_key for broken in report.broken)


def test_guards_that_were_taken_away_are_missed(shop: UUID, server: Server) -> None:
    server.execute("ALTER TABLE journal DISABLE TRIGGER journal_append_only")
    server.execute("GRANT DELETE ON event TO amends_app")
    try:
        said = {(broken.law, broken.where) for broken in verify(shop).broken}
    finally:
        server.execute("ALTER TABLE journal ENABLE TRIGGER journal_append_only")
        server.execute("REVOKE DELETE ON event FROM amends_app")
    assert said == {("M8", "journal"), ("M8", "event")}


def test_rows_thrown_away_or_changed_are_built_anew_from_events(shop: UUID, server: Server) -> None:
    lived(shop)
    row = "SELECT o::text FROM orders o WHERE marketplace = %s ORDER BY order_key"
    before = server.execute(row, [shop]).fetchall()
    server.execute("DELETE FROM orders WHERE marketplace = %s AND order_key = 'O1'", [shop])
    server.execute("UPDATE orders SET seller = 'mallory', held_minor = 1, due_at = NULL WHERE marketplace = %s", [shop])
    report = replay(shop)
    assert sorted(key for _, key in report.rebuilt) == ["O1", "O2"]
    assert server.execute(row, [shop]).fetchall() == before
    assert not verify(shop).broken
    again = replay(shop)
    assert (again.orders, again.rebuilt, again.broken) == (2, [], [])


def test_a_replay_compares_the_journal_and_leaves_it_alone(shop: UUID, tampered: Server) -> None:
    lived(shop)
    tampered.execute("DELETE FROM journal WHERE marketplace = %s AND credit = 'seller'", [shop])
    report = replay(shop)
    assert [broken.law for broken in report.broken] == ["M5"]
    assert tampered.execute("SELECT count(*) FROM journal WHERE marketplace = %s", [shop]).fetchone() == (3,)


def test_an_order_with_a_broken_history_takes_no_act(shop: UUID, tampered: Server) -> None:
    agreed(shop)
    tampered.execute("UPDATE event SET body = replace(body, '2000', '2001') WHERE marketplace = %s", [shop])
    with pytest.raises(BrokenHistory, match="books --verify"):
        act(shop, "payments", "refund_succeeded", 15, dispute=1)
    with pytest.raises(BrokenHistory):
        queries.order(shop, "O1", now=day(15))


def test_the_check_goes_through_more_orders_than_one_batch(shop: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.orders.verify.BATCH", 3)
    for number in range(8):
        place(shop, f"O{number}")
    assert verify(shop).orders == 8
