"""`amends import`, `rehearse` and `demo`: real orders, and what becomes of them under a policy."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from .stories import played
from .trouble import Progress, Trouble, known_calendars

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from amends.lab.rehearsal import Book

DEMONSTRATION = Path(__file__).parent.parent / "stories" / "demonstration.yaml"


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    bring = commands.add_parser("import", help="read an export of orders into commands")
    bring.add_argument("file", metavar="FILE", type=Path)
    bring.add_argument("--mapping", required=True, metavar="NAME", help="a mapping file, or the name of a shipped one")
    bring.add_argument("--out", type=Path, default=Path("commands.jsonl"), metavar="FILE")
    bring.add_argument("--report", type=Path, default=Path("report.jsonl"), metavar="FILE")
    bring.add_argument("--complaints", type=Path, metavar="FILE", help="default: complaints.jsonl beside --out")
    bring.add_argument("--json", action="store_true")
    bring.set_defaults(command=_import)

    rehearse = commands.add_parser("rehearse", help="a recorded book under a policy, with simulated parties")
    rehearse.add_argument("file", metavar="FILE", type=Path, help="commands (JSON lines), or an export to import first")
    rehearse.add_argument("--mapping", default="olist", metavar="NAME", help="for an export (default: olist)")
    rehearse.add_argument("--policy", action="append", metavar="FILE", help="may be given several times; default: all")
    rehearse.add_argument("--seed", type=int, default=1, metavar="S")
    rehearse.add_argument("--json", action="store_true")
    rehearse.set_defaults(command=_rehearse)

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

    argv = [str(arguments.file), "--mapping", arguments.mapping]
    argv += ["--out", str(arguments.out), "--report", str(arguments.report)]
    if arguments.complaints:
        argv += ["--complaints", str(arguments.complaints)]
    return importers.main([*argv, "--json"] if arguments.json else argv)


def _rehearse(arguments: argparse.Namespace) -> int:
    from amends import policies

    names = arguments.policy or list(policies.preset_names())
    return _rehearsed(arguments.file, arguments.mapping, names, arguments.seed, as_json=arguments.json)


def _rehearsed(file: Path, mapping: str, names: Sequence[str], seed: int, *, as_json: bool = False) -> int:
    from amends import policies
    from amends.lab import rehearsal, rehearsal_report

    loaded = [policies.load(name) for name in names]
    calendars = known_calendars()
    try:
        book = _book(file, mapping)
    except rehearsal.BookError as error:
        raise Trouble(str(error)) from None
    results = []
    progress = Progress(sys.stderr)
    with ProcessPoolExecutor(max_workers=min(len(loaded), os.cpu_count() or 1)) as pool:
        for result in pool.map(rehearsal.rehearsed, *zip(*[(book, p, calendars, seed) for p in loaded], strict=True)):
            results.append(result)
            progress(f"rehearsed under {result.policy}: {result.steps:,} steps, {result.disputes:,} disputes")
    if as_json:
        print(json.dumps(rehearsal_report.document(book, seed, results), ensure_ascii=False, indent=1))
    else:
        print(rehearsal_report.table(book, seed, results))
    return 1 if any(result.broken for result in results) else 0


def _book(file: Path, mapping: str) -> Book:
    """The book in a file of commands, or in an export that is imported first."""
    from amends.importers import importing
    from amends.importers import mapping as mappings
    from amends.lab import rehearsal

    if file.suffix in (".jsonl", ".ndjson") and _holds_commands(file):
        return rehearsal.read_book(file)
    with tempfile.TemporaryDirectory(prefix="amends-") as folder:
        out = Path(folder) / "commands.jsonl"
        try:
            summary = importing.run(file, mappings.load(mapping), out, Path(folder) / "report.jsonl")
        except (importing.Unusable, mappings.MappingError) as unusable:
            raise Trouble(str(unusable)) from None
        print(summary.told(), file=sys.stderr)
        return rehearsal.read_book(out)


def _holds_commands(file: Path) -> bool:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return '"do"' in lines.readline()
    except OSError as wrong:
        raise Trouble(f"{file}: it cannot be read: {wrong.strerror}") from None


def _demo(arguments: argparse.Namespace) -> int:
    from amends import policies

    print("A dispute told from beginning to end\n")
    status = 1 if any(not result.passed for result in played([str(DEMONSTRATION)], print, timeline=True)) else 0
    print()
    if arguments.data is not None:
        names = list(policies.preset_names())
        return max(status, _rehearsed(arguments.data, arguments.mapping, names, arguments.seed))
    if arguments.stories:
        print("No real orders are at hand (give some with DATA=FILE); the project's own stories instead.\n")
        results = played(arguments.stories, print)
        failed = sum(1 for result in results if not result.passed)
        print(f"{len(results) - failed} passed, {failed} failed")
        return 1 if failed else status
    return status
