"""Everything that is kept anywhere: every row of every table, every file, as one heap of bytes to search in."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg


def everything(server: psycopg.Connection[tuple[Any, ...]], folder: Path, shop: UUID) -> bytes:
    """Of one marketplace, and whatever belongs to none."""
    tables = server.execute(
        """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""
    ).fetchall()
    heap = []
    for schema, table in tables:
        mine = "coalesce(to_jsonb(t) ->> 'marketplace', %(m)s) = %(m)s"
        rows = server.execute(f'SELECT t::text FROM "{schema}"."{table}" t WHERE {mine}', {"m": str(shop)}).fetchall()  # noqa: S608
        heap += [str(row[0]).encode() for row in rows]
    heap += [place.read_bytes() for place in sorted(folder.rglob("*")) if place.is_file()]
    return b"\n".join(heap)


def found_in(heap: bytes, word: str) -> bool:
    """In the clear, or as PostgreSQL writes bytes."""
    return word.encode() in heap or word.encode().hex().encode() in heap
