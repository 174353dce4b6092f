"""`amends up --orders FILE`: recorded orders to look at, in a sandbox of their own, brought while the service runs.

Its clock stands at the first recorded instant while they come, so that nothing lapses ahead of what was recorded,
and at the last one afterwards. No money moves: the provider is one that never answers.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from .house import add_child, set_up
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from uuid import UUID

MAPPING: Final = "olist"
SAID_EVERY: Final = 2000
"""Orders between two words about how far it is."""


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    show = commands.add_parser("show-orders", help="what `amends up --orders` does (needs DATABASE_URL)")
    show.add_argument("file", type=Path, metavar="FILE")
    show.add_argument("--mapping", default=MAPPING, metavar="NAME")
    add_child(show)
    show.set_defaults(command=_show)


def _show(arguments: argparse.Namespace) -> int:
    from .parting import die_with

    if arguments.child_of:
        die_with(arguments.child_of)
    set_up()
    from amends import policies
    from amends.importers.faults import Unusable
    from amends.orders import clock, marketplaces
    from amends.stories import demonstration

    with TemporaryDirectory(prefix="amends-orders-") as folder:
        _say(f"Orders: reading {arguments.file.name} in the background …")
        commands = _commands(arguments, Path(folder))
        first, last = _instants(commands)
        marketplace = marketplaces.named(demonstration.RECORDED)
        if marketplace is None:
            policy = policies.load(demonstration.POLICY)
            marketplace = marketplaces.register(demonstration.RECORDED, policy, sandbox=True, provider="silent").id
            clock.advance(marketplace, first)
        if clock.now_of(marketplace, first) > first:
            _say(f"Orders: {arguments.file.name} was brought before.")
            return 0
        try:
            orders, refused = _brought(marketplace, commands)
        except Unusable as fault:
            raise Trouble(str(fault)) from None
        clock.advance(marketplace, last)
    _say(f"Orders: {orders:,} are in “{demonstration.RECORDED}”; {refused:,} of their recorded acts were refused.")
    return 0


def _commands(arguments: argparse.Namespace, folder: Path) -> Path:
    """The export as commands; a file that holds commands already is taken as it is."""
    from amends.importers import importing
    from amends.importers.mapping import MappingError, load

    from .rehearsing import holds_commands

    if arguments.file.suffix in (".jsonl", ".ndjson") and holds_commands(arguments.file):
        return Path(arguments.file)
    out = folder / "commands.jsonl"
    try:
        complaints = folder / "complaints.jsonl"
        importing.run(arguments.file, load(arguments.mapping), out, folder / "report.jsonl", complaints=complaints)
    except (MappingError, importing.Unusable) as fault:
        raise Trouble(f"{arguments.file.name}: {fault}") from None
    return out


def _instants(commands: Path) -> tuple[datetime, datetime]:
    """The first and the last recorded instant."""
    from amends.core.durations import parse_instant

    try:
        with commands.open(encoding="utf-8") as lines:
            said = [str(json.loads(line)["at"]) for line in lines if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Trouble(f"{commands.name} holds no commands with their instants: {fault}") from None
    if not said:
        raise Trouble(f"{commands.name} holds no orders.")
    instants = [parse_instant(at) for at in (min(said), max(said))]
    return instants[0], instants[1]


def _brought(marketplace: UUID, commands: Path) -> tuple[int, int]:
    """How many orders came, and how many of their acts were refused."""
    from amends.orders import bulk

    from .bringing import Part, recorded_orders

    part = Part(commands, marketplace, 0, 1, datetime.now(UTC), commands)
    orders, refused, last = 0, 0, ""
    for one in bulk.bring(marketplace, recorded_orders(part), now=part.now):
        if one.order_key != last:
            orders, last = orders + 1, one.order_key
            if orders % SAID_EVERY == 0:
                _say(f"Orders: {orders:,} so far …")
        refused += one.refused is not None
    return orders, refused


def _say(sentence: str) -> None:
    print(sentence, flush=True)
