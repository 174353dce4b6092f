"""One round trip to the database: what is sent together is one transaction of one marketplace and role."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

from .exchange import exchange, forget

log = logging.getLogger(__name__)

APP, WORKER = "amends_app", "amends_worker"
"""The first serves one marketplace at a time; the second sweeps across them."""


def _go_on(moment: str) -> None:
    """Nothing happens at a boundary, unless a proof puts something there."""


boundary: Callable[[str], None] = _go_on
"""Called around every trip: "before" nothing of it is sent yet, "after" its answer is here and nobody has heard it."""


def driver() -> psycopg.Connection[Any]:
    """The driver's connection below Django's. A write is a transaction of its own, so none may be open."""
    if connection.in_atomic_block:
        raise RuntimeError("an act on an order is a transaction of its own; call it outside atomic()")
    connection.ensure_connection()
    pg: psycopg.Connection[Any] = connection.connection
    return pg


def in_one_trip(
    marketplace: UUID | None, statement: LiteralString, values: Mapping[str, Any], *, role: str = APP, begin: bool
) -> list[tuple[Any, ...]]:
    """Run one statement confined to the marketplace, and bring its rows; one round trip.

    A statement that writes says so with `begin`: it stands between BEGIN and COMMIT. One that reads needs neither,
    as everything sent in one pipeline is one transaction.
    """
    return _sent(marketplace, [(statement, values)], role, "BEGIN" if begin else None)[0]


def in_one_snapshot(
    statements: Sequence[tuple[LiteralString, Mapping[str, Any]]],
    *,
    role: str = WORKER,
    marketplace: UUID | None = None,
) -> list[list[tuple[Any, ...]]]:
    """Several reads that see the same instant of one marketplace, or of all where none is named, in one round trip."""
    return _sent(marketplace, statements, role, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def in_one_transaction(
    marketplace: UUID, statements: Sequence[tuple[LiteralString, Mapping[str, Any]]], *, role: str = APP
) -> list[list[tuple[Any, ...]]]:
    """Several writes, all or none, each seeing what those before it wrote; one round trip."""
    return _sent(marketplace, statements, role, "BEGIN")


def _sent(
    marketplace: UUID | None,
    statements: Sequence[tuple[LiteralString, Mapping[str, Any]]],
    role: str,
    begin: LiteralString | None,
) -> list[list[tuple[Any, ...]]]:
    pg = driver()
    confine = (_CONFINE, {"marketplace": str(marketplace or ""), "role": _role(role)})
    sent = [(begin, {}), confine, *statements, ("COMMIT", {})] if begin else [confine, *statements]
    boundary("before")
    try:
        try:
            rows = exchange(pg, sent)
        except psycopg.errors.InvalidSqlStatementName:
            # Somebody else on this connection threw prepared statements away. Nothing was done; so once more.
            _leave_clean(pg)
            forget(pg)
            rows = exchange(pg, sent)
    except psycopg.Error:
        _leave_clean(pg)
        raise
    boundary("after")
    first = 2 if begin else 1
    return rows[first : first + len(statements)]


def run(marketplace: UUID, statement: LiteralString, values: Mapping[str, Any], *, role: str = APP) -> None:
    """The same for a statement that brings nothing back."""
    in_one_trip(marketplace, statement, values, role=role, begin=True)


_CONFINE: LiteralString = (
    "SELECT set_config('amends.marketplace', %(marketplace)s, true), set_config('role', %(role)s, true)"
)


def _leave_clean(pg: psycopg.Connection[Any]) -> None:
    """After an error: end the transaction, or, where the server is gone, let Django open a connection anew."""
    if pg.closed:
        connection.close()
    elif pg.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        exchange(pg, [("ROLLBACK", {})])


def _role(role: str) -> str:
    return role if _may_become(role) else "none"


_known: dict[tuple[str, ...], bool] = {}


def _may_become(role: str) -> bool:
    """Whether this login can act as the role; asked once a process, and said aloud where it cannot."""
    login = connection.settings_dict
    asked = (login["HOST"], login["PORT"], login["NAME"], login["USER"], role)
    known = _known.get(asked)
    if known is None:
        with connection.cursor() as cursor:
            if not _known:
                _say_what_is_off(cursor)
            cursor.execute(
                "SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = %s AND pg_has_role(oid, 'MEMBER')",
                [role],
            )
            known = _known[asked] = cursor.fetchone() is not None
        if not known:
            log.warning("This database login cannot become %s: privileges are not enforced by the database.", role)
    return known


def _say_what_is_off(cursor: CursorWrapper) -> None:
    """Said aloud once a process: without these settings "done" is a hope (docs/crash-proof.md)."""
    cursor.execute(
        "SELECT s FROM unnest(ARRAY['fsync', 'full_page_writes', 'synchronous_commit']) s"
        " WHERE current_setting(s) = 'off'"
    )
    for (name,) in cursor.fetchall():
        log.warning("PostgreSQL runs with %s = off: a crash can lose what was answered as done. Turn it on.", name)
