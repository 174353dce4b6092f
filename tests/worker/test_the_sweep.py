"""Nobody does anything, and what the policy says of silence happens: once, at its instant, for each order by itself."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from amends import policies
from amends.orders import batches, clock, marketplaces, queries, trips
from amends.orders.verify import verify
from tests.store.lives import accepted, act, agreed, day, disputed, place, shipped

Server = psycopg.Connection[tuple[Any, ...]]

# Alice opens on day 12; alx-d gives Bob five days.
SILENT = day(17) + timedelta(microseconds=1)


def all_of(shop: UUID) -> tuple[int, list[clock.SetAside]]:
    """Sweep until nothing is due any more: orders moved, and those set aside."""
    moved, aside = 0, list[clock.SetAside]()
    for _ in range(100):
        swept = clock.sweep(SILENT, marketplace=shop)
        moved += swept.moved
        aside += swept.set_aside
        if not swept.taken:
            return moved, aside
    raise AssertionError("the sweep does not come to an end")


def lapses(shop: UUID, server: Server) -> Counter[str]:
    """How often each order's claim lapsed."""
    rows = server.execute(
        "SELECT order_key FROM event WHERE marketplace = %s AND type = 'DeadlineLapsed'", [shop]
    ).fetchall()
    return Counter(str(order_key) for (order_key,) in rows)


def one(server: Server, shop: UUID, columns: str, order_key: str = "O1") -> Any:
    statement = f"SELECT {columns} FROM orders WHERE marketplace = %s AND order_key = %s"  # noqa: S608
    return server.execute(statement, [shop, order_key]).fetchone()


def test_bob_is_silent_for_five_days_and_alice_has_her_money(shop: UUID, server: Server) -> None:
    disputed(shop)
    assert clock.sweep(day(17), marketplace=shop).taken == 0, "the last instant is Bob's"
    swept = clock.sweep(SILENT, marketplace=shop)
    assert (swept.taken, swept.moved, swept.set_aside) == (1, 1, ())
    assert swept.late_by == timedelta(microseconds=1)
    found = queries.order(shop, "O1", now=SILENT)
    assert found is not None
    assert (found.lapsed, found.order.refunded_minor, found.order.held_minor) == (0, 4500, 0)
    told = server.execute(
        "SELECT type, at FROM event WHERE marketplace = %s AND number > 3 ORDER BY number", [shop]
    ).fetchall()
    assert told == [
        (name, day(17)) for name in ("DeadlineLapsed", "DisputeSettled", "RefundScheduled", "DisputeClosed")
    ]
    intent = server.execute("SELECT kind, amount_minor FROM money_intent WHERE marketplace = %s", [shop]).fetchall()
    assert intent == [("refund", 4500)]
    assert not verify(shop).broken


def test_sweeping_twice_changes_nothing(shop: UUID, server: Server) -> None:
    disputed(shop)
    assert all_of(shop) == (1, [])
    before = one(server, shop, "orders::text")
    assert all_of(shop) == (0, [])
    assert one(server, shop, "orders::text") == before


def test_a_stale_hint_is_put_right_and_nothing_else(shop: UUID, server: Server) -> None:
    disputed(shop)
    server.execute("UPDATE orders SET due_at = %s WHERE marketplace = %s", [day(1), shop])
    swept = clock.sweep(day(13), marketplace=shop)
    assert (swept.taken, swept.moved) == (1, 0)
    assert one(server, shop, "version, due_at, lease_until") == (3, day(17), None)
    assert clock.sweep(day(13), marketplace=shop).taken == 0


def test_the_ordinary_door_and_the_sweep_write_the_same(shop: UUID, server: Server) -> None:
    other = marketplaces.register(f"other {uuid.uuid4()}", policies.load("alx-d")).id
    disputed(shop)
    disputed(other)
    all_of(shop)
    act(other, "buyer", "accept", 17.5, dispute=1)  # refused; what has lapsed is written all the same
    row = "status, version, held_minor, refunded_minor, released_minor, open_disputes, opened_at, due_at, state_hash"
    assert one(server, shop, row)[:-1] == one(server, other, row)[:-1]
    texts = "SELECT type, at FROM event WHERE marketplace = %s ORDER BY number"
    assert server.execute(texts, [shop]).fetchall() == server.execute(texts, [other]).fetchall()
    moves = """SELECT debit, credit, amount_minor, rule, debit_version, credit_version FROM journal
        WHERE marketplace = %s ORDER BY event, position"""
    assert server.execute(moves, [shop]).fetchall() == server.execute(moves, [other]).fetchall()


# ── several workers ──────────────────────────────────────────────────────────────────────────────


def test_two_workers_share_200_orders_and_no_deadline_lapses_twice(shop: UUID, server: Server) -> None:
    for number in range(200):
        disputed(shop, f"O{number}")
    taken: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        while (swept := clock.sweep(SILENT, most=20, marketplace=shop)).taken:
            taken.append(swept.taken)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(taken) == 200, "an order was taken twice, or never"
    assert lapses(shop, server) == {f"O{number}": 1 for number in range(200)}
    report = verify(shop)
    assert (report.orders, report.broken) == (200, [])


def test_a_killed_worker_holds_its_orders_until_its_lease_is_over(shop: UUID, server: Server) -> None:
    for number in range(3):
        disputed(shop, f"O{number}")
    assert len(batches.claim(SILENT, most=2, marketplace=shop)) == 2  # and then nothing is heard of it
    assert clock.sweep(SILENT, marketplace=shop).moved == 1, "what it had not leased is free"
    assert clock.sweep(SILENT, marketplace=shop).taken == 0
    leases = server.execute(
        "SELECT lease_until - now() FROM orders WHERE marketplace = %s AND lease_until IS NOT NULL", [shop]
    ).fetchall()
    assert all(timedelta(0) < lease <= batches.LEASE for (lease,) in leases)
    server.execute("UPDATE orders SET lease_until = now() - interval '1 ms' WHERE lease_until IS NOT NULL")
    assert all_of(shop) == (2, [])
    assert set(lapses(shop, server).values()) == {1}


def test_an_act_between_lease_and_write_wins(shop: UUID, server: Server) -> None:
    disputed(shop)
    disputed(shop, "O2")
    lapsed, _ = batches.lapse(batches.load(batches.claim(SILENT, most=9, marketplace=shop)))
    accepted(act(shop, "seller", "offer", 13, dispute=1, wants="refund", amount="20.00", text="Keep it."))
    assert batches.write(lapsed) == ({(shop, "O2")}, [])
    assert lapses(shop, server) == {"O2": 1}
    assert not verify(shop).broken


def test_a_backlog_starves_no_other_marketplace(server: Server) -> None:
    server.execute("UPDATE orders SET lease_until = now() + interval '1 hour'")  # what other tests left behind
    crowd, small = (marketplaces.register(f"shop {uuid.uuid4()}", policies.load("alx-d")).id for _ in range(2))
    for number in range(30):
        disputed(crowd, f"O{number}")
    shipped(small)
    accepted(act(small, "buyer", "open", 15, lines=["A"], received=True, reason="low_quality", wants="refund",
                 amount="45.00", text="It came later, and is due later."))  # fmt: skip
    taken = batches.claim(day(21), most=4, marketplace=None)
    assert len([one for one in taken if one.marketplace == crowd]) >= 1
    assert [one.order_key for one in taken if one.marketplace == small] == ["O1"]


# ── poison ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def tampered(server: Server) -> Server:
    """Somebody with all rights, past triggers and foreign keys."""
    server.execute("SET session_replication_role = replica")
    return server


def test_an_order_with_a_broken_history_is_set_aside_and_the_others_go_on(
    shop: UUID, tampered: Server, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(5):
        disputed(shop, f"O{number}")
    tampered.execute(
        "UPDATE event SET body = replace(body, '4500', '9900') WHERE marketplace = %s AND order_key = 'O3'", [shop]
    )
    moved, aside = all_of(shop)
    assert moved == 4
    assert [(one.marketplace, one.order_key) for one in aside] == [(shop, "O3")]
    assert "BrokenHistory" in aside[0].why
    assert "O3" in caplog.text
    assert one(tampered, shop, "set_aside, version", "O3") == (aside[0].why, 3)
    assert lapses(shop, tampered) == {f"O{number}": 1 for number in (0, 1, 2, 4)}
    assert all_of(shop) == (0, []), "it is not tried again and again"


def test_a_batch_the_database_refuses_is_halved_until_the_poison_stands_alone(shop: UUID, tampered: Server) -> None:
    for number in range(9):
        disputed(shop, f"O{number}")
    # A transfer stands already where O6's refund would write its own.
    tampered.execute(
        """INSERT INTO journal SELECT marketplace, order_key, 6, position, at, debit, 'nobody', amount_minor,
        currency, rule, 77, 0, -amount_minor, 1, 0, amount_minor
        FROM journal WHERE marketplace = %s AND order_key = 'O6' AND event = 1""",
        [shop],
    )
    moved, aside = all_of(shop)
    assert moved == 8
    assert [one.order_key for one in aside] == ["O6"]
    assert aside[0].why.startswith("UniqueViolation (23505)")
    assert "journal" in aside[0].why
    assert set(lapses(shop, tampered).values()) == {1}
    assert len(lapses(shop, tampered)) == 8


def test_an_order_the_core_cannot_bear_is_set_aside_without_a_word_of_anybody(shop: UUID, tampered: Server) -> None:
    disputed(shop)
    disputed(shop, "O2")
    tampered.execute("UPDATE orders SET policy_digest = 'Alice lives at 5 Dluga' WHERE order_key = 'O2'")
    moved, aside = all_of(shop)
    assert (moved, [one.order_key for one in aside]) == (1, ["O2"])
    assert "LookupError" in aside[0].why
    assert "Dluga" not in aside[0].why


def test_an_act_takes_an_order_back_that_was_set_aside(shop: UUID, server: Server) -> None:
    disputed(shop)
    server.execute("UPDATE orders SET set_aside = 'a fault that was mended' WHERE marketplace = %s", [shop])
    assert all_of(shop) == (0, [])
    accepted(act(shop, "buyer", "message", 13, dispute=1, text="Is anybody there?"))
    assert one(server, shop, "set_aside") == (None,)
    assert all_of(shop) == (1, [])


def test_a_fault_of_the_database_itself_sets_nothing_aside(shop: UUID, server: Server) -> None:
    disputed(shop)
    server.execute("REVOKE INSERT ON journal FROM amends_worker")
    try:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            clock.sweep(SILENT, marketplace=shop)
    finally:
        server.execute("GRANT INSERT ON journal TO amends_worker")
    assert one(server, shop, "set_aside, version") == (None, 3)


def test_a_sweep_takes_few_trips_whatever_the_size_of_its_batch(shop: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        disputed(shop, f"O{number}")
    all_trips: list[str] = []
    monkeypatch.setattr(trips, "boundary", all_trips.append)
    assert clock.sweep(SILENT, marketplace=shop).moved == 7
    assert all_trips.count("before") == 3, "claim, load, write"


def test_the_sweep_takes_what_an_appeal_can_do_without_anybody(shop: UUID) -> None:
    agreed(shop)
    place(shop, "O2")
    assert clock.sweep(day(400), marketplace=shop).moved == 2
    assert clock.sweep(day(400), marketplace=shop).taken == 0
    assert not verify(shop).broken
