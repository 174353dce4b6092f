"""One door, one guarded write: who is first wins, who asks twice gets the same answer, and nothing is ever half."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from amends.core.events import DeadlineLapsed
from amends.core.vocabulary import RefusalCode
from amends.core.wire import record
from amends.orders import queries, store, trips
from amends.orders.handle import Outcome, bring_up, handle
from amends.orders.verify import verify

from .lives import CLAIM, PLACED, accepted, act, agreed, day, disputed, offered, place, shipped

Server = psycopg.Connection[tuple[Any, ...]]


def at_once(*acts: Callable[[], Outcome]) -> list[Outcome]:
    """All of them at the same moment, each on a thread and a connection of its own."""
    outcomes: list[Outcome | None] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            trips.driver()
            start.wait()
            outcomes[place] = acts[place]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(outcomes), "each of them is answered"
    return [outcome for outcome in outcomes if outcome is not None]


# ── what is written ──────────────────────────────────────────────────────────────────────────────


def test_an_agreed_refund_leaves_events_journal_intents_and_messages(shop: UUID, server: Server) -> None:
    outcome = agreed(shop)
    assert outcome.order is not None
    assert (outcome.order.refunded_minor, outcome.order.released_minor) == (2000, 2500)
    rows = {
        table: server.execute(f"SELECT count(*) FROM {table} WHERE marketplace = %s", [shop]).fetchone()  # noqa: S608
        for table in ("event", "outbox", "journal", "money_intent", "sealed_text")
    }
    assert rows == {
        "event": (outcome.version,),
        "outbox": (outcome.version,),
        "journal": (3,),  # paid in, refunded, released
        "money_intent": (2,),
        "sealed_text": (5,),  # two cities, a tracking number, a claim's text, an offer's
    }
    assert not verify(shop).broken


def test_the_chain_in_the_database_is_the_chain_of_the_core(shop: UUID, server: Server) -> None:
    agreed(shop)
    found = queries.order(shop, "O1", now=day(14))
    assert found is not None
    recorded = record(one.event for one in found.history)
    stored = server.execute(
        "SELECT encode(chain, 'hex') FROM event WHERE marketplace = %s ORDER BY number", [shop]
    ).fetchall()
    assert [one.hash for one in recorded] == [row[0] for row in stored]


def test_a_refund_that_arrives_settles_its_intent(shop: UUID, server: Server) -> None:
    agreed(shop)
    failed = accepted(act(shop, "payments", "refund_failed", 15, dispute=1, text="card closed", reference="r-1"))
    assert failed.order is not None
    state = "SELECT state, reference FROM money_intent WHERE marketplace = %s AND kind = 'refund'"
    assert server.execute(state, [shop]).fetchall() == [("failed", "r-1")]
    accepted(act(shop, "payments", "refund_succeeded", 16, dispute=1, reference="r-2"))
    assert server.execute(state, [shop]).fetchall() == [("succeeded", "r-2")]
    assert not verify(shop).broken


def test_a_refund_of_two_payments_is_two_movements_each_with_its_own_key(shop: UUID, server: Server) -> None:
    halves = [
        {"reference": "pay-1", "method": "card-4242", "amount": "20.00"},
        {"reference": "pay-2", "method": "voucher", "amount": "25.00"},
    ]
    accepted(place(shop, payments=halves))
    accepted(act(shop, "marketplace", "cancel_order", 1))
    rows = server.execute(
        "SELECT position, payment, target, amount_minor, provider_key FROM money_intent WHERE marketplace = %s"
        " ORDER BY position",
        [shop],
    ).fetchall()
    assert [row[:4] for row in rows] == [(1, 1, "pay-1", 2000), (2, 2, "pay-2", 2500)]
    assert len({row[4] for row in rows}) == 2
    assert not verify(shop).broken


def test_a_number_given_before_is_compared_though_it_is_kept_sealed(shop: UUID) -> None:
    disputed(shop)
    claim: dict[str, Any] = {"wants": "return_and_refund", "amount": "45.00"}
    accepted(act(shop, "seller", "offer", 13, dispute=1, **claim))
    accepted(act(shop, "buyer", "accept", 14, dispute=1))
    outcome = act(shop, "buyer", "ship_return", 15, dispute=1, tracking="RR123456785CN")
    assert outcome.refused is not None
    assert outcome.refused.code is RefusalCode.TRACKING_MISMATCH


# ── refusals and lapses ──────────────────────────────────────────────────────────────────────────


def test_what_lapsed_is_written_even_when_the_act_is_refused(shop: UUID) -> None:
    disputed(shop)
    late = act(shop, "seller", "offer", 18, dispute=1, wants="refund", amount="1.00")
    assert late.refused is not None
    assert late.refused.code is RefusalCode.DEADLINE_PASSED
    assert any(isinstance(recorded.event, DeadlineLapsed) for recorded in late.lapsed)
    found = queries.order(shop, "O1", now=day(18))
    assert found is not None
    assert (found.lapsed, len(found.history)) == (0, late.version)


def test_reading_folds_what_lapsed_and_writes_nothing(shop: UUID) -> None:
    before = disputed(shop).version
    found = queries.order(shop, "O1", now=day(40))
    assert found is not None
    assert found.lapsed > 0
    assert (len(found.history), found.order.version) == (before, before + found.lapsed)


def test_the_clock_takes_effect_once(shop: UUID) -> None:
    disputed(shop)
    assert tuple(key for _, key in queries.due(day(40), marketplace=shop)) == ("O1",)
    first = bring_up(shop, "O1", now=day(40))
    second = bring_up(shop, "O1", now=day(40))
    assert first is not None
    assert second is not None
    assert (len(first.lapsed) > 0, second.lapsed) == (True, ())
    assert not verify(shop).broken


def test_a_hint_that_is_wrong_is_put_right_and_changes_nothing_else(shop: UUID, server: Server) -> None:
    version = disputed(shop).version
    server.execute("UPDATE orders SET due_at = %s WHERE marketplace = %s", [PLACED, shop])
    bring_up(shop, "O1", now=day(13))
    row = server.execute("SELECT version, due_at > %s FROM orders WHERE marketplace = %s", [day(13), shop]).fetchone()
    assert row == (version, True)


@pytest.mark.parametrize(
    ("order_key", "why"),
    [("", "the order has no id"), ("x" * 201, "the order's id is too long"), ("a\nb", "control characters")],
)
def test_an_id_that_cannot_be_one_is_refused(shop: UUID, order_key: str, why: str) -> None:
    outcome = handle(shop, order_key, {"by": "buyer", "do": "confirm_receipt"}, now=PLACED)
    assert outcome.refused is not None
    assert why in outcome.refused.sentence


def test_an_unknown_order_and_an_unknown_marketplace_are_told_apart(shop: UUID) -> None:
    outcome = act(shop, "buyer", "confirm_receipt", 1, "nobody's")
    assert outcome.refused is not None
    assert outcome.refused.code is RefusalCode.UNKNOWN_ORDER
    with pytest.raises(store.NoMarketplace):
        act(UUID(int=7), "buyer", "confirm_receipt", 1)


def test_an_act_inside_somebody_elses_transaction_is_a_mistake(shop: UUID) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside atomic"):
        place(shop)


# ── asked twice ──────────────────────────────────────────────────────────────────────────────────


def test_the_same_key_and_body_get_the_same_answer(shop: UUID, server: Server) -> None:
    offered(shop)
    first = accepted(act(shop, "buyer", "accept", 14, dispute=1, key="k-1"))
    accepted(act(shop, "payments", "refund_succeeded", 15, dispute=1))
    again = accepted(act(shop, "buyer", "accept", 16, dispute=1, key="k-1"))
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.version, again.events, again.warnings, again.at) == (
        first.version,
        first.events,
        first.warnings,
        first.at,
    )
    assert server.execute("SELECT count(*) FROM journal WHERE marketplace = %s", [shop]).fetchone() == (3,)


def test_the_same_key_with_another_body_is_refused(shop: UUID) -> None:
    offered(shop)
    accepted(act(shop, "buyer", "message", 13.5, dispute=1, text="Hm.", key="k-1"))
    other = act(shop, "buyer", "accept", 14, dispute=1, key="k-1")
    assert other.refused is not None
    assert other.refused.code is RefusalCode.IDEMPOTENCY_KEY_REUSED


def test_keys_of_two_callers_and_of_two_orders_are_not_the_same(shop: UUID) -> None:
    for order_key in ("O1", "O2"):
        disputed(shop, order_key)
        for by in ("buyer", "seller"):
            said = act(shop, by, "message", 12.5, order_key, dispute=1, text=f"{by} speaks", key="k")
            assert not accepted(said).repeated


def test_a_refusal_is_not_kept_so_the_same_key_may_succeed_later(shop: UUID) -> None:
    disputed(shop)
    early = act(shop, "buyer", "accept", 12.5, dispute=1, key="k-1")
    assert early.refused is not None
    accepted(act(shop, "seller", "offer", 13, dispute=1, wants="refund", amount="20.00"))
    assert not accepted(act(shop, "buyer", "accept", 14, dispute=1, key="k-1")).repeated


def test_an_order_placed_twice_with_its_key_is_placed_once(shop: UUID) -> None:
    assert not accepted(place(shop, key="k")).repeated
    assert accepted(place(shop, key="k")).repeated
    twice = place(shop)
    assert twice.refused is not None
    assert twice.refused.code is RefusalCode.DUPLICATE_ORDER


def test_eight_senders_of_one_key_are_one_act(shop: UUID) -> None:
    offered(shop)
    outcomes = at_once(*[lambda: act(shop, "buyer", "accept", 14, dispute=1, key="k")] * 8)
    assert [outcome.refused for outcome in outcomes] == [None] * 8
    assert sum(not outcome.repeated for outcome in outcomes) == 1
    assert len({outcome.events for outcome in outcomes}) == 1


# ── who is first ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("attempt", range(10))
def test_of_two_accepts_exactly_one_wins(shop: UUID, attempt: int) -> None:
    offered(shop)
    outcomes = at_once(*[lambda: act(shop, "buyer", "accept", 14, dispute=1)] * 2)
    assert sorted(outcome.refused is None for outcome in outcomes) == [False, True]
    loser = next(outcome.refused for outcome in outcomes if outcome.refused)
    assert loser.code is RefusalCode.DISPUTE_CLOSED
    assert not verify(shop).broken


@pytest.mark.parametrize("attempt", range(10))
def test_an_accept_and_the_clock_do_not_both_end_a_dispute(shop: UUID, attempt: int) -> None:
    offered(shop)
    found = queries.order(shop, "O1", now=day(13))
    assert found is not None
    due = queries.due(day(60), marketplace=shop)
    assert due

    def lapse() -> Outcome:
        outcome = bring_up(shop, "O1", now=day(60))
        assert outcome is not None
        return outcome

    at_once(lambda: act(shop, "buyer", "accept", 14, dispute=1), lapse)
    report = verify(shop)
    assert not report.broken, report.broken


def test_messages_sent_at_once_are_all_kept(shop: UUID) -> None:
    version = disputed(shop).version
    said = [
        lambda number=number: act(shop, "buyer", "message", 12.5, dispute=1, text=f"message {number}")
        for number in range(4)
    ]
    outcomes = at_once(*said)
    kept = sum(outcome.refused is None for outcome in outcomes)
    found = queries.order(shop, "O1", now=day(12.5))
    assert found is not None
    assert (kept, found.order.version) == (4, version + 4)


def test_many_orders_of_one_new_buyer_agree_on_his_key(shop: UUID, server: Server) -> None:
    at_once(*[lambda number=number: place(shop, f"O{number}") for number in range(8)])
    keys = server.execute(
        "SELECT count(*) FROM amends_keys.person_key WHERE marketplace = %s AND owner = 'person:alice'", [shop]
    ).fetchone()
    assert keys == (1,)
    for number in range(8):
        found = queries.order(shop, f"O{number}", now=PLACED)
        assert found is not None
        assert found.order.destination is not None
        assert found.order.destination.city is not None
        assert found.order.destination.city.plain == "Gdansk"


def test_who_expects_another_version_is_told_and_changes_nothing(shop: UUID) -> None:
    version = offered(shop).version
    stale = handle(shop, "O1", _accept(), now=day(14), expected_version=version - 1)
    assert stale.refused is not None
    assert stale.refused.code is RefusalCode.VERSION_CONFLICT
    assert stale.version == version
    accepted(handle(shop, "O1", _accept(), now=day(14), expected_version=version))


def _accept() -> dict[str, Any]:
    return {"by": "buyer", "do": "accept", "dispute": 1}


# ── when the database is unwell ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_what_the_database_asks_to_try_again_is_tried_again(shop: UUID, server: Server, code: str) -> None:
    offered(shop)
    _trouble(server, shop, code, times=2)
    try:
        accepted(act(shop, "buyer", "accept", 14, dispute=1))
    finally:
        server.execute("DROP TRIGGER trouble ON event")
    assert not verify(shop).broken


def test_after_five_tries_somebody_else_was_first(shop: UUID, server: Server) -> None:
    version = offered(shop).version
    _trouble(server, shop, "40001", times=100)
    try:
        outcome = act(shop, "buyer", "accept", 14, dispute=1)
        assert server.execute("SELECT last_value FROM trouble").fetchone() == (5,)
    finally:
        server.execute("DROP TRIGGER trouble ON event")
    assert outcome.refused is not None
    assert outcome.refused.code is RefusalCode.VERSION_CONFLICT
    found = queries.order(shop, "O1", now=day(14))
    assert found is not None
    assert found.order.version == version


def _trouble(server: Server, shop: UUID, code: str, *, times: int) -> None:
    """The first writes of events of this shop fail, as they do when a distributed database is busy."""
    server.execute("DROP SEQUENCE IF EXISTS trouble")
    server.execute("CREATE SEQUENCE trouble")
    server.execute("GRANT ALL ON SEQUENCE trouble TO PUBLIC")
    server.execute(
        f"""CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.marketplace = '{shop}' AND nextval('trouble') <= {times} THEN
                RAISE EXCEPTION 'try again' USING ERRCODE = '{code}';
            END IF;
            RETURN NEW; END $$"""
    )
    server.execute("CREATE TRIGGER trouble BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION trouble()")


def test_a_connection_cut_in_the_middle_leaves_nothing_half(shop: UUID, server: Server) -> None:
    version = offered(shop).version
    outcomes: list[object] = []

    def accept() -> None:
        try:
            outcomes.append(act(shop, "buyer", "accept", 14, dispute=1, key="k"))
        except psycopg.OperationalError as away:
            outcomes.append(away)
        finally:
            connection.close()

    server.execute("BEGIN")
    # The write waits for this lock on its last table, with all its other rows already made.
    server.execute("LOCK TABLE money_intent IN EXCLUSIVE MODE")
    thread = threading.Thread(target=accept)
    thread.start()
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 20
    # Inside a transaction PostgreSQL shows the same activity again and again, unless it is told to look anew.
    while not (found := server.execute(waiting).fetchall()):
        assert thread.is_alive(), f"the write did not wait for the lock: {outcomes}"
        assert time.monotonic() < until, "the write never came to the lock"
        time.sleep(0.01)
        server.execute("SELECT pg_stat_clear_snapshot()")
    server.execute("SELECT pg_terminate_backend(%s)", found[0])
    thread.join()
    server.execute("COMMIT")
    assert isinstance(outcomes[0], psycopg.OperationalError)
    order = queries.order(shop, "O1", now=day(14))
    assert order is not None
    assert order.order.version == version
    assert not verify(shop).broken
    assert not accepted(act(shop, "buyer", "accept", 14, dispute=1, key="k")).repeated


def test_a_lost_connection_is_replaced_at_the_next_act(shop: UUID, server: Server) -> None:
    place(shop)
    server.execute("SELECT pg_terminate_backend(%s)", [trips.driver().info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        act(shop, "seller", "ship", 1, tracking="RR123456785CN")
    accepted(act(shop, "seller", "ship", 1, tracking="RR123456785CN"))


def test_a_block_set_while_an_act_is_decided_is_seen_by_its_guard(shop: UUID, server: Server) -> None:
    shipped(shop)
    loaded = store.load(shop, "O1", store.Wanted())
    assert loaded.blocked == []
    server.execute("INSERT INTO party_block VALUES (%s, 'alice', gen_random_uuid(), '', 'operator', '', now())", [shop])
    outcome = act(shop, "buyer", "open", 12, **CLAIM)
    assert outcome.refused is not None
    assert outcome.refused.code is RefusalCode.PARTY_BLOCKED
    # Had the act been decided on what was loaded before the block, its write would not have gone through either.
    assert not _open_decided_before(shop, loaded)


def _open_decided_before(shop: UUID, loaded: store.Loaded) -> bool:
    row = store.Row(
        version=loaded.version + 1,
        head=loaded.head,
        state_hash=loaded.head,
        policy_digest=loaded.policy_digest,
        status="shipped",
        buyer="alice",
        seller="bob",
        currency="USD",
        countries=[],
        holds=[],
        held_minor=0,
        refunded_minor=0,
        released_minor=0,
        open_disputes=1,
        opened_at=[],
        placed_at=PLACED,
        due_at=None,
        remind_at=None,
    )
    act = store.Write("O1", loaded.version, row, [], [], [], None, [], [], {}, None, "", PLACED, loaded.blocked, None)
    return store.write(shop, act)


def test_statements_that_somebody_threw_away_are_prepared_anew(shop: UUID) -> None:
    place(shop)
    trips.driver().execute("DEALLOCATE ALL")
    accepted(act(shop, "seller", "ship", 1, tracking="RR123456785CN"))
    assert not verify(shop).broken
