"""What the database itself holds: keys led by the shard, rights by role, rows by marketplace, history that stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections

import amends.ledger.migrations
import amends.orders.migrations
from amends import policies
from amends.orders import marketplaces, trips

from .lives import PLACED, agreed, place

Server = psycopg.Connection[tuple[Any, ...]]

OF_AN_ORDER = {
    "event",
    "orders",
    "journal",
    "idempotency",
    "outbox",
    "money_intent",
    "sealed_text",
    "shipped_number",
    "evidence_file",
    "evidence_view",
    "file_receipt",
    "picture_key",
    "order_erasure",
    "erased_party",
    "case_taken",
    "notice",
}
OF_A_MARKETPLACE = {
    "marketplace_key",
    "policy",
    "region_pause",
    "region_spread",
    "provider_inbox",
    "party_block",
    "person_key",
    "listing_picture",
    "listing_picture_key",
    "signing_key",
    "salting",
    "erasure",
    "legal_hold",
    "seller_template",
    "marketplace_brand",
    "staff_seat",
    "contact",
    "books_check",
}
OUTSIDE = {"marketplace", "worker_beat", "django_migrations", "staff_entry", "sign_in_cache"}
FURNITURE = ("auth_", "account_", "mfa_", "django_content_type", "django_session")
"""Tables of Django and allauth: accounts of staff and sessions, of no marketplace and no order."""


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def led(server: Server) -> list[tuple[str, str, list[str]]]:
    """Every primary key, unique index and foreign key: table, name, columns."""
    indexes = """SELECT c.relname, i.relname, array_agg(a.attname::text ORDER BY k.place)
        FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE x.indisunique AND c.relnamespace IN ('public'::regnamespace, 'amends_keys'::regnamespace)
        GROUP BY 1, 2"""
    foreign = """SELECT c.relname, f.conname, array_agg(a.attname::text ORDER BY k.place)
        FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
        CROSS JOIN LATERAL unnest(f.conkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
        WHERE f.contype = 'f' GROUP BY 1, 2"""
    return [*server.execute(indexes).fetchall(), *server.execute(foreign).fetchall()]


def test_marketplace_and_order_key_lead_every_key_of_an_orders_tables(server: Server) -> None:
    keys = [(table, name, columns) for table, name, columns in led(server) if table in OF_AN_ORDER]
    assert {table for table, _, _ in keys} == OF_AN_ORDER
    wrong = [key for key in keys if key[2][:2] != ["marketplace", "order_key"]]
    assert not wrong, "an order's rows could not be kept together on one shard"


def test_the_marketplace_leads_every_other_key(server: Server) -> None:
    keys = [(table, name, columns) for table, name, columns in led(server) if table in OF_A_MARKETPLACE]
    assert {table for table, _, _ in keys} == OF_A_MARKETPLACE
    assert not [key for key in keys if key[2][0] != "marketplace"]


def test_every_table_is_known_to_these_tests(server: Server) -> None:
    tables = server.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace IN ('public'::regnamespace, 'amends_keys'::regnamespace)"
    ).fetchall()
    ours = {name for (name,) in tables if not name.startswith(FURNITURE)}
    assert ours == OF_AN_ORDER | OF_A_MARKETPLACE | OUTSIDE


def test_no_sequence_is_a_key(server: Server) -> None:
    owned = """SELECT c.relname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        JOIN pg_class c ON c.oid = d.refobjid WHERE d.deptype IN ('a', 'i') AND c.relname <> 'django_migrations'"""
    assert [found for found in server.execute(owned).fetchall() if not found[0].startswith(FURNITURE)] == []


def test_the_schema_can_be_cut_into_hash_partitions(server: Server) -> None:
    name = f"amends_cut_{uuid.uuid4().hex[:8]}"
    server.execute(f'CREATE DATABASE "{name}"')
    try:
        with psycopg.connect(f"{server.info.dsn} dbname={name}", autocommit=True) as cut:
            for script in scripts():
                cut.execute(cut_up(script))
            partitioned = cut.execute("SELECT relname FROM pg_class WHERE relkind = 'p'").fetchall()
    finally:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert {table for (table,) in partitioned} == OF_AN_ORDER


def cut_up(script: str) -> str:
    """The same schema partitioned; a partitioned table itself stores nothing, so it takes no fill factor."""
    by = "PARTITION BY HASH (marketplace, order_key)"
    return script.replace("/*partitioned*/ WITH (fillfactor = 80)", by).replace("/*partitioned*/", by)


def scripts() -> list[str]:
    ledger, orders = (Path(str(room.__file__)).parent for room in (amends.ledger.migrations, amends.orders.migrations))
    return [
        file.read_text(encoding="utf-8")
        for file in (
            *(ledger / "roles.sql", ledger / "journal.sql"),
            *(orders / "schema.sql", orders / "privacy.sql", orders / "evidence.sql", orders / "desk.sql"),
            *(orders / "seller_templates.sql", orders / "way_in.sql", orders / "notices.sql"),
            orders / "listing_pictures.sql",
            orders / "receipts.sql",
            orders / "books_check.sql",
        )
    ]


# ── rows and models ──────────────────────────────────────────────────────────────────────────────


def test_the_models_are_the_tables(database: str, server: Server) -> None:
    for model in [*apps.get_app_config("orders").get_models(), *apps.get_app_config("ledger").get_models()]:
        stored = server.execute(
            "SELECT column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_name = %s",
            [model._meta.db_table],
        ).fetchall()
        written = {(field.column, field.null) for field in model._meta.local_concrete_fields}
        assert set(stored) == written, model.__name__


def test_the_migrations_say_what_the_models_say(database: str) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_database_of_the_first_release_is_brought_up_to_date_and_back(server: Server, database: str) -> None:
    name = f"amends_old_{uuid.uuid4().hex[:8]}"
    server.execute(f'CREATE DATABASE "{name}"')
    given = connections.databases["default"]
    connections.databases["old"] = {**given, "NAME": name, "OPTIONS": {**given["OPTIONS"], "pool": False}}
    try:
        call_command("migrate", "orders", "0001", database="old", verbosity=0)
        before = _tables(name, server)
        call_command("migrate", "orders", database="old", verbosity=0)
        now = _tables(name, server)
        call_command("migrate", "orders", "0001", database="old", verbosity=0)
        back = _tables(name, server)
    finally:
        connections["old"].close()
        del connections["old"], connections.databases["old"]
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    assert before == back
    assert now - before >= {"evidence_file", "evidence_view", "legal_hold", "erasure", "signing_key"}
    assert now == OF_AN_ORDER | OF_A_MARKETPLACE | OUTSIDE


def _tables(name: str, server: Server) -> set[str]:
    with psycopg.connect(f"{server.info.dsn} dbname={name}") as there:
        found = there.execute("SELECT tablename FROM pg_tables WHERE schemaname IN ('public', 'amends_keys')")
        return {table for (table,) in found.fetchall()}


# ── what stays ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", ["event", "journal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_what_only_grows(shop: UUID, server: Server, table: str, change: str) -> None:
    agreed(shop)
    with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        server.execute(change.format(table))


@pytest.mark.parametrize("table", ["event", "journal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now() RETURNING 1", "DELETE FROM {} RETURNING 1"])
@pytest.mark.parametrize("role", [trips.APP, trips.WORKER])
def test_the_service_has_no_right_to_change_them_either(shop: UUID, table: str, change: str, role: str) -> None:
    agreed(shop)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        trips.in_one_trip(shop, change.format(table), {}, role=role, begin=True)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"credit_after": 1}, "journal_balances"),
        ({"amount_minor": 0, "debit_after": 0, "credit_after": 0}, "journal_amount_minor_check"),
        ({"credit": "captured:1"}, "journal_two_accounts"),
        ({"debit": "escrow", "credit": "seller"}, "journal_nobody_below_zero"),
        ({"debit_before": 5, "debit_after": -95}, "journal_begins_at_nothing"),
        ({"currency": "usd"}, "journal_currency_check"),
    ],
)
def test_a_transfer_that_does_not_balance_is_refused(
    shop: UUID, server: Server, change: dict[str, object], constraint: str
) -> None:
    row: dict[str, object] = {
        "marketplace": shop,
        "order_key": "O1",
        "event": 1,
        "position": 1,
        "at": PLACED,
        "debit": "captured:1",
        "credit": "escrow",
        "amount_minor": 100,
        "currency": "USD",
        "rule": "place_order",
        "debit_version": 1,
        "debit_before": 0,
        "debit_after": -100,
        "credit_version": 1,
        "credit_before": 0,
        "credit_after": 100,
        **change,
    }
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        server.execute(f"INSERT INTO journal ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608
    assert refused.value.diag.constraint_name == constraint


def test_one_version_of_an_account_is_written_once(shop: UUID, server: Server) -> None:
    agreed(shop)
    copy = """INSERT INTO journal SELECT marketplace, order_key, event, position + 10::smallint, at, debit, credit,
        amount_minor, currency, rule, debit_version, debit_before, debit_after, credit_version, credit_before,
        credit_after FROM journal WHERE marketplace = %s AND event = 1"""
    with pytest.raises(psycopg.errors.UniqueViolation, match="once"):
        server.execute(copy, [shop])


# ── whose rows ───────────────────────────────────────────────────────────────────────────────────

TABLES = [
    *("event", "orders", "journal", "outbox", "money_intent", "sealed_text", "shipped_number", "idempotency"),
    *("policy", "marketplace_key", "amends_keys.person_key"),
]


@pytest.mark.parametrize("table", TABLES)
def test_a_marketplace_sees_its_own_rows_only(shop: UUID, table: str) -> None:
    agreed(shop)
    place(shop, "O2", key="k")
    other = marketplaces.register(f"other {uuid.uuid4()}", policies.load("alx-d")).id
    agreed(other)
    place(other, "O2", key="k")
    seen = f"SELECT DISTINCT marketplace FROM {table}"  # noqa: S608
    assert trips.in_one_trip(shop, seen, {}, begin=False) == [(shop,)]
    assert trips.in_one_trip(None, seen, {}, begin=False) == []
    everywhere = trips.in_one_trip(None, seen, {}, role=trips.WORKER, begin=False)
    assert {(shop,), (other,)} <= set(everywhere)


def test_a_marketplace_cannot_write_into_another(shop: UUID) -> None:
    other = marketplaces.register(f"other {uuid.uuid4()}", policies.load("alx-d")).id
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        trips.run(shop, "INSERT INTO outbox (marketplace, order_key, event) VALUES (%(m)s, 'O1', 1)", {"m": other})


def test_nothing_of_a_transaction_stays_on_the_connection(shop: UUID) -> None:
    place(shop)
    pg = trips.driver()
    left = psycopg.Cursor(pg).execute("SELECT current_setting('amends.marketplace', true), current_user").fetchone()
    assert left == ("", pg.info.user)


# ── keys of marketplaces ─────────────────────────────────────────────────────────────────────────


def test_a_key_opens_its_own_marketplace_until_it_is_revoked(database: str) -> None:
    made = marketplaces.register(f"shop {uuid.uuid4()}", policies.load("alx-d"))
    second = marketplaces.new_key(made.id)
    assert (marketplaces.authenticate(made.key), marketplaces.authenticate(second)) == (made.id, made.id)
    assert marketplaces.revoke_key(made.id, made.key)
    assert (marketplaces.authenticate(made.key), marketplaces.authenticate(second)) == (None, made.id)


@pytest.mark.parametrize(
    "bend",
    [
        lambda key: "",
        lambda key: "amk",
        lambda key: key[:-1],
        lambda key: key + "x",
        lambda key: key.replace("amk_", "amk_a"),
        lambda key: "amk_" + "ä" * 26 + "_x",
        lambda key: "amk_" + "1" * 26 + "_x",
    ],
)
def test_what_is_no_key_opens_nothing(database: str, bend: Callable[[str], str]) -> None:
    made = marketplaces.register(f"shop {uuid.uuid4()}", policies.load("alx-d"))
    assert marketplaces.authenticate(bend(made.key)) is None


def test_keys_are_kept_as_digests_only(database: str, server: Server) -> None:
    made = marketplaces.register(f"shop {uuid.uuid4()}", policies.load("alx-d"))
    stored = server.execute("SELECT marketplace_key::text FROM marketplace_key WHERE marketplace = %s", [made.id])
    assert made.key.rpartition("_")[2] not in str(stored.fetchall())


def test_an_order_keeps_its_policy_when_the_marketplace_adopts_another(shop: UUID) -> None:
    first = place(shop).order
    marketplaces.adopt(shop, policies.load("alx-a"))
    second = place(shop, "O2").order
    third = place(shop).order
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.policy.id, second.policy.id, third.policy.id) == ("alx-d", "alx-a", "alx-d")
