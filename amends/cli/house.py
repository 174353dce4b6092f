"""The way to a database for one command: somebody's at DATABASE_URL, else the embedded one, for as long as it takes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from .trouble import Trouble

if TYPE_CHECKING:
    from uuid import UUID

SETTINGS = "amends.config.settings"


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option that names the data folder of the embedded PostgreSQL."""
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the embedded PostgreSQL's folder (default: AMENDS_DATA, else one of its own)",
    )


def add_child(parser: argparse.ArgumentParser) -> None:
    """For `amends up` only: end when it does."""
    parser.add_argument("--child-of", type=int, default=0, metavar="PROCESS", help=argparse.SUPPRESS)


def data_folder(arguments: argparse.Namespace) -> Path:
    from amends import postgres

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return arguments.data or postgres.default_data(os.environ, root=root)


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[None]:
    """Django, set up on a database that answers: started if need be, and stopped if nobody else uses it.

    Raises Trouble where there is none.
    """
    from amends import postgres
    from amends.postgres import url

    try:
        given = os.environ.get("DATABASE_URL", "").strip()
        if given:
            url.check(url.read(given))
            set_up()
            yield
            return
        with postgres.running(data_folder(arguments)) as address:
            os.environ["DATABASE_URL"] = address.dsn
            name_files(data_folder(arguments))
            _name_secret(data_folder(arguments))
            set_up()
            try:
                yield
            finally:
                close()
    except postgres.Unusable as unusable:
        raise Trouble(str(unusable)) from None


def name_files(data: Path) -> None:
    """Evidence lies in the data folder of the embedded database, unless somebody named another place."""
    os.environ.setdefault("AMENDS_FILES", str(data.expanduser().resolve() / "files"))


def _name_secret(data: Path) -> None:
    """What is signed here must be known to `amends up` on the same folder, which keeps its secret there."""
    from amends import postgres

    from .up import kept_secret

    if not os.environ.get("AMENDS_SECRET_KEY"):
        os.environ["AMENDS_SECRET_KEY"] = kept_secret(postgres.Server(data), "secret_key")


def set_up() -> None:
    """Django, for the commands that need it: those of the core start without."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        django.setup()
    except ImproperlyConfigured as nonsense:
        raise Trouble(str(nonsense)) from None


def close() -> None:
    """Leave no connection behind: a server that is to stop would have to cut it."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def check_schema() -> None:
    """Raises Trouble where the tables are missing or of another version; changes nothing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Trouble("The tables of this database are missing or not up to date. Run `amends migrate` first.")


def migrate() -> None:
    """Bring the schema up to date, one at a time: the second of two waits, and finds nothing to do."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('amends migrate'))")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('amends migrate'))")


def marketplace_called(name: str) -> UUID:
    """Raises Trouble where there is none of that name."""
    from amends.orders import marketplaces

    found = marketplaces.named(name)
    if found is None:
        names = ", ".join(sorted(known for _, known in marketplaces.every())) or "none yet"
        raise Trouble(f"There is no marketplace called {name}. There are: {names}.")
    return found
