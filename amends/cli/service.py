"""`amends up`, its parts one by one (`web`, `worker`, `migrate`, `db`), and the marketplaces it serves."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .house import add_child, add_data, check_schema, marketplace_called, migrate, opened, set_up
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction

FRONT = "amends.config.front:application"
WORKERS = 2
"""Web processes; each decides as many requests at once as AMENDS_THREADS says."""
HEADER_MILLISECONDS = 10_000
"""Within which a request's head must be here; its body has a time of its own, AMENDS_BODY_SECONDS."""
BRAND = {"shown-as": "TEXT", "accent-light": "#RRGGBB", "accent-dark": "#RRGGBB", "shop": "URL", "support": "ADDRESS"}
"""Options of `marketplace brand`."""
PAUSE = timedelta(seconds=1)
"""Between two rounds of the worker that found nothing to do."""


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser("up", help="database, web and worker together, until Ctrl-C")
    _add_address(up)
    add_data(up)
    up.add_argument("--demo", action="store_true", help="with a marketplace to look at, told in stories")
    up.add_argument("--orders", type=Path, metavar="FILE", help="with --demo: recorded orders to look at, too")
    up.set_defaults(command=_up)

    web = commands.add_parser("web", help="the web server alone (needs DATABASE_URL)")
    _add_address(web)
    add_child(web)
    web.set_defaults(command=_web)

    worker = commands.add_parser("worker", help="the worker alone (needs DATABASE_URL); any number may run")
    add_child(worker)
    worker.set_defaults(command=_worker)

    bring = commands.add_parser("migrate", help="bring the database's schema up to date")
    add_data(bring)
    bring.set_defaults(command=_migrate)

    commands.add_parser("db", help="the embedded PostgreSQL: start, stop, status, psql")
    commands.choices["db"] = _DatabaseParser(prog="amends db", description="The embedded PostgreSQL.")
    _add_marketplaces(commands)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", type=_port, default=8000, metavar="N", help="default: 8000")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) < 65_536:
        raise argparse.ArgumentTypeError(f"{text} is no port; choose a number from 1 to 65535")
    return int(text)


class _DatabaseParser(argparse.ArgumentParser):
    """Learns its verbs when it is first used: they bring a database driver that no other command should wait for."""

    def add_subparsers(self, **words: Any) -> Any:
        return super().add_subparsers(parser_class=argparse.ArgumentParser, **words)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        from amends.postgres import command

        if self._subparsers is None:
            command.add_verbs(self, print)
        read, rest = super().parse_known_args(args, namespace)
        read.command = _mendable(read.command)
        return read, rest


def _mendable(verb: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        from amends.postgres import Unusable

        try:
            return verb(arguments)
        except Unusable as unusable:
            raise Trouble(str(unusable)) from None

    return run


def _add_marketplaces(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    marketplace = commands.add_parser("marketplace", help="make and list marketplaces, and give them keys")
    verbs = marketplace.add_subparsers(required=True, metavar="new|list|key")
    new = verbs.add_parser("new", help="make one, and print its id and its key, which is shown only this once")
    new.add_argument("name", metavar="NAME")
    new.add_argument("--policy", required=True, metavar="FILE", help="a policy file, or the name of a preset")
    new.add_argument("--sandbox", action="store_true", help="with a clock of its own; its key may act as anybody")
    new.add_argument(
        "--provider", choices=["sandbox", "silent"], default="sandbox", help="silent: payments are never answered"
    )
    new.set_defaults(command=_new)
    listed = verbs.add_parser("list", help="id and name of each")
    listed.set_defaults(command=_list)
    key = verbs.add_parser("key", help="one more key; those it has go on working")
    key.add_argument("name", metavar="NAME")
    key.set_defaults(command=_key)
    brand = verbs.add_parser("brand", help="what its people see: name, colours, shop, help; empty takes one away")
    brand.add_argument("name", metavar="NAME")
    for option, meant in BRAND.items():
        brand.add_argument(f"--{option}", metavar=meant)
    brand.set_defaults(command=_brand)
    for verb in (new, listed, key, brand):
        add_data(verb)


# ── running ──────────────────────────────────────────────────────────────────────────────────────


def _up(arguments: argparse.Namespace) -> int:
    from . import up

    if arguments.orders and not arguments.demo:
        raise Trouble("--orders brings orders to look at, so it needs --demo; `amends import --into` brings others.")
    if arguments.orders and not arguments.orders.is_file():
        raise Trouble(f"There is no file {arguments.orders}.")
    shows = up.Shows(demo=arguments.demo, orders=arguments.orders)
    return up.run(arguments.host, arguments.port, arguments.data, shows)


def _web(arguments: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _needs_database()
    _part_of(arguments)
    server = Granian(
        FRONT,
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.ASGINL,
        workers=WORKERS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS),
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=4,
        log_level=LogLevels.warning,
    )
    _front(FRONT)  # before the web processes are forked: they share what it takes, and start at once
    server.serve(target_loader=load_front)
    return 0


def load_front(target: str) -> Any:
    """The application, in a web process of its own, which ends with the one that started it."""
    from .parting import die_with

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # the parent's would only set a flag of the parent's
    die_with(os.getppid())
    return _front(target)


def _front(target: str) -> Any:
    from importlib import import_module

    set_up()
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def _worker(arguments: argparse.Namespace) -> int:
    _needs_database()
    _part_of(arguments)
    set_up()
    from amends.worker import loop

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    loop.run(stop, real_now=lambda: datetime.now(UTC), pause=PAUSE)
    return 0


def _part_of(arguments: argparse.Namespace) -> None:
    from .parting import die_with

    if arguments.child_of:
        die_with(arguments.child_of)


def _needs_database() -> None:
    if not os.environ.get("DATABASE_URL", "").strip():
        raise Trouble("DATABASE_URL is not set. Set it to a PostgreSQL, or use `amends up`, which brings its own.")


def _migrate(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        migrate()
    print("The schema is up to date.")
    return 0


# ── marketplaces ─────────────────────────────────────────────────────────────────────────────────


def _new(arguments: argparse.Namespace) -> int:
    from amends import policies

    policy = policies.load(arguments.policy)
    with opened(arguments):
        from django.db.utils import IntegrityError as DjangoIntegrityError
        from psycopg.errors import UniqueViolation

        from amends.orders import marketplaces

        check_schema()
        try:
            made = marketplaces.register(arguments.name, policy, sandbox=arguments.sandbox, provider=arguments.provider)
        except (UniqueViolation, DjangoIntegrityError):
            raise Trouble(
                f"There is a marketplace called {arguments.name} already. Choose another name, or make one more key "
                f"for it with `amends marketplace key {arguments.name}`."
            ) from None
    print(f"id   {made.id}\nkey  {made.key}")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import marketplaces

        check_schema()
        for marketplace, name in marketplaces.every():
            print(f"{marketplace}  {name}")
    return 0


def _key(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import marketplaces

        check_schema()
        print(marketplaces.new_key(marketplace_called(arguments.name)))
    return 0


def _brand(arguments: argparse.Namespace) -> int:
    with opened(arguments):
        from amends.orders import brands

        check_schema()
        marketplace = marketplace_called(arguments.name)
        read = {option.replace("-", "_"): getattr(arguments, option.replace("-", "_")) for option in BRAND}
        given = {"name" if field == "shown_as" else field: value for field, value in read.items() if value is not None}
        shown = brands.change(marketplace, given) if given else brands.of(marketplace)
        for field in brands.FIELDS:
            print(f"{field:13} {getattr(shown, field) or '(ours)'}")
    return 0
