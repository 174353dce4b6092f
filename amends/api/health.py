"""Whether the process lives, and whether it can do its work."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from .answers import Problem, Trouble, answer, problem
from .faults import AWAY, away

_known = {"migrated": False}
"""Migrations are only ever added: once they are applied they stay so, for the life of this process."""


def healthz(request: HttpRequest) -> HttpResponse:
    return answer({"status": "alive"})


def readyz(request: HttpRequest) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _known["migrated"]:
            _known["migrated"] = _migrated()
    except AWAY as fault:
        return away(request, fault)
    if not _known["migrated"]:
        found = Problem(
            Trouble.DATABASE_AWAY, "The database is there, but its tables are not up to date.", "Run `amends migrate`."
        )
        return problem(found)
    return answer({"status": "ready"})


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
