"""`amends db start | stop | status | psql`: the embedded PostgreSQL by hand.

Exit status 0: done, or running. 1: `status` found it not running, or psql said so. `Unusable` is the caller's to
print, with status 2.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .folder import default_data
from .server import Server, State

if TYPE_CHECKING:
    from argparse import _SubParsersAction

Say = Callable[[str], object]


def add_to(commands: _SubParsersAction[argparse.ArgumentParser], say: Say) -> None:
    """Enter `db` and its verbs; each sets `command`, a function from the arguments to the exit status."""
    db = commands.add_parser("db", help="the embedded PostgreSQL: start, stop, status, psql")
    add_verbs(db, say)


def add_verbs(parser: argparse.ArgumentParser, say: Say) -> None:
    """The four verbs on a parser of their own."""
    verbs = parser.add_subparsers(required=True, metavar="start|stop|status|psql")
    start = verbs.add_parser("start", help="start it, and leave it running until `stop`")
    start.add_argument("--port", type=int, metavar="N", help="open this port of 127.0.0.1 as well, with a password")
    start.set_defaults(command=lambda arguments: _start(arguments, say))
    stop = verbs.add_parser("stop", help="shut it down")
    stop.set_defaults(command=lambda arguments: _stop(arguments, say))
    status = verbs.add_parser("status", help="say whether it runs, and where the data is (status 1: it does not)")
    status.set_defaults(command=lambda arguments: _status(arguments, say))
    psql = verbs.add_parser("psql", help="psql on its database")
    psql.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- ARGUMENT", help="handed to psql, after --")
    psql.set_defaults(command=_psql)
    for verb in (start, stop, status, psql):
        verb.add_argument(
            "--data", type=Path, metavar="DIR", help=f"default: AMENDS_DATA, else {_default_data()}", default=None
        )


def _default_data() -> Path:
    return default_data(os.environ, root=hasattr(os, "geteuid") and os.geteuid() == 0)


def _server(arguments: argparse.Namespace) -> Server:
    return Server(arguments.data or _default_data(), getattr(arguments, "port", None))


def _start(arguments: argparse.Namespace, say: Say) -> int:
    address = _server(arguments).start()
    say(address.told())
    say(f"DATABASE_URL='{address.dsn}'")
    return 0


def _stop(arguments: argparse.Namespace, say: Say) -> int:
    server = _server(arguments)
    stopped = server.stop()
    say(f"PostgreSQL has stopped. The data stays in {server.data}." if stopped else server.status().told())
    return 0


def _status(arguments: argparse.Namespace, say: Say) -> int:
    status = _server(arguments).status()
    say(status.told())
    return 0 if status.state is State.RUNNING else 1


def _psql(arguments: argparse.Namespace) -> int:
    argv = arguments.argv
    return _server(arguments).psql(argv[1:] if argv[:1] == ["--"] else argv)
