"""`amends import`, `rehearse` and `demo`: real orders, and what becomes of them under a policy."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from . import bringing, rehearsing
from .house import add_data
from .stories import played
from .trouble import Trouble

if TYPE_CHECKING:
    from argparse import _SubParsersAction


DEMONSTRATION = Path(__file__).parent.parent / "stories" / "demonstration.yaml"


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    bring = commands.add_parser("import", help="read an export of orders into commands")
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--mapping", metavar="NAME", help="a mapping file, or the name of a shipped one")
    bring.add_argument("--out", type=Path, default=Path("commands.jsonl"), metavar="FILE")
    bring.add_argument("--report", type=Path, default=Path("report.jsonl"), metavar="FILE")
    bring.add_argument("--complaints", type=Path, metavar="FILE", help="default: complaints.jsonl beside --out")
    bring.add_argument("--json", action="store_true")
    add_data(bring)
    bringing.add_options(bring)
    bring.set_defaults(command=_import)

    rehearsing.add_to(commands)

    demo = commands.add_parser(
        "demo", help="a story as a timeline, then the rehearsal on real orders where there are some"
    )
    demo.add_argument("--data", type=Path, metavar="FILE", help="an export of orders, or commands")
    demo.add_argument("--mapping", default="olist", metavar="NAME")
    demo.add_argument("--stories", action="append", default=[], metavar="FILE", help="played where there is no data")
    demo.add_argument("--seed", type=int, default=1, metavar="S")
    demo.set_defaults(command=_demo)


def _import(arguments: argparse.Namespace) -> int:
    from amends.importers import __main__ as importers

    commands = arguments.file.suffix in (".jsonl", ".ndjson") and rehearsing.holds_commands(arguments.file)
    if arguments.into and commands:
        return bringing.bring(arguments, arguments.file)
    if not arguments.mapping:
        raise Trouble("An export needs a mapping: add --mapping and the name of one, such as olist.")
    argv = [str(arguments.file), "--mapping", arguments.mapping]
    argv += ["--out", str(arguments.out), "--report", str(arguments.report)]
    if arguments.complaints:
        argv += ["--complaints", str(arguments.complaints)]
    status = importers.main([*argv, "--json"] if arguments.json else argv)
    return bringing.bring(arguments, arguments.out) if arguments.into and not status else status


def _demo(arguments: argparse.Namespace) -> int:
    from amends import policies

    print("A dispute told from beginning to end\n")
    status = 1 if any(not result.passed for result in played([str(DEMONSTRATION)], print, timeline=True)) else 0
    print()
    if arguments.data is not None:
        names = list(policies.preset_names())
        book = rehearsing.read_book(arguments.data, arguments.mapping)
        return max(status, rehearsing.in_memory(book, names, arguments.seed))
    if arguments.stories:
        print("No real orders are at hand (give some with DATA=FILE); the project's own stories instead.\n")
        results = played(arguments.stories, print)
        failed = sum(1 for result in results if not result.passed)
        print(f"{len(results) - failed} passed, {failed} failed")
        return 1 if failed else status
    return status
