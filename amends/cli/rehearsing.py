"""`amends rehearse`: a recorded book under a policy, in memory or once more through a real service."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .trouble import Progress, Trouble, known_calendars

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from amends.core.policy import Policy
    from amends.lab.books import Book
    from amends.lab.rehearsal import Rehearsed
    from amends.lab.retelling import Rehearsal, Retold

    from .scratch import Service

SANDBOXES = 8
"""Told at the same time, each with its own share of the buyers and a clock of its own."""
SHOWN = 20
"""So many differences are told."""


def add_to(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    rehearse = commands.add_parser("rehearse", help="a recorded book under a policy, with simulated parties")
    rehearse.add_argument("file", metavar="FILE", type=Path, help="commands (JSON lines), or an export to import first")
    rehearse.add_argument("--mapping", default="olist", metavar="NAME", help="for an export (default: olist)")
    rehearse.add_argument("--policy", action="append", metavar="FILE", help="may be given several times; default: all")
    rehearse.add_argument("--seed", type=int, default=1, metavar="S")
    rehearse.add_argument("--orders", type=int, metavar="N", help="only so many orders of the book, drawn by the seed")
    rehearse.add_argument(
        "--through",
        choices=["core", "service"],
        default="core",
        help="service: every act once more over HTTP, every answer compared",
    )
    rehearse.add_argument("--url", metavar="URL", help="with --through service: one that runs already, on DATABASE_URL")
    rehearse.add_argument("--json", action="store_true")
    rehearse.set_defaults(command=_rehearse)


def _rehearse(arguments: argparse.Namespace) -> int:
    from amends import policies
    from amends.lab import books

    names = arguments.policy or list(policies.preset_names())
    if arguments.url and arguments.through != "service":
        raise Trouble("--url is the address of a service; add --through service.")
    if arguments.orders is not None and arguments.orders < 1:
        raise Trouble("--orders is how many orders to take; write 1 or more.")
    book = read_book(arguments.file, arguments.mapping)
    if arguments.orders:
        book = books.sampled(book, arguments.orders, arguments.seed)
    if arguments.through == "service":
        return through_service(book, names, arguments.seed, url=arguments.url, as_json=arguments.json)
    return in_memory(book, names, arguments.seed, as_json=arguments.json)


def in_memory(book: Book, names: Sequence[str], seed: int, *, as_json: bool = False) -> int:
    """The book under each policy, side by side."""
    from amends import policies
    from amends.lab import rehearsal

    loaded = [policies.load(name) for name in names]
    calendars = known_calendars()
    results = []
    progress = Progress(sys.stderr)
    with ProcessPoolExecutor(max_workers=min(len(loaded), os.cpu_count() or 1)) as pool:
        for result in pool.map(rehearsal.rehearsed, *zip(*[(book, p, calendars, seed) for p in loaded], strict=True)):
            results.append(result)
            progress(f"rehearsed under {result.policy}: {result.steps:,} steps, {result.disputes:,} disputes")
    _tell(book, seed, results, as_json=as_json)
    return 1 if any(result.broken for result in results) else 0


def _tell(book: Book, seed: int, results: Sequence[Rehearsed], *, as_json: bool) -> None:
    from amends.lab import rehearsal_report

    if as_json:
        print(json.dumps(rehearsal_report.document(book, seed, results), ensure_ascii=False, indent=1))
    else:
        print(rehearsal_report.table(book, seed, results))


# ── through the service ──────────────────────────────────────────────────────────────────────────


def through_service(
    book: Book, names: Sequence[str], seed: int, *, url: str | None = None, as_json: bool = False
) -> int:
    """Each policy in memory first, then act by act over HTTP; 1 where anything differs or a book is broken."""
    from amends import policies
    from amends.lab import rehearsal
    from amends.stories.client import ServiceError

    from .scratch import service

    loaded = [policies.load(name) for name in names]
    progress = Progress(sys.stderr)
    failed = False
    results, compared = [], []
    with service(url) as running:
        for policy in loaded:
            one = rehearsal.Rehearsal(book, policy, known_calendars(), seed)
            results.append(one.run(rehearsal.verified))
            progress(f"rehearsed under {policy.id} in memory: {len(one.told):,} acts")
            try:
                retold = _retold(running, policy, one.whole())
            except ServiceError as error:
                raise Trouble(str(error)) from None
            progress(f"told again under {policy.id} through the service, and its books verified")
            failed |= bool(retold.told.differences or retold.broken)
            compared += retold.lines(policy.id)
    _tell(book, seed, results, as_json=as_json)
    print("\n".join(["", *compared]), file=sys.stderr if as_json else sys.stdout)
    return 1 if failed or any(result.broken for result in results) else 0


class _Retold(NamedTuple):
    told: Retold
    seconds: float
    broken: list[str]

    def lines(self, policy: str) -> list[str]:
        """The comparison: what both say of the end, then what they differ in."""
        told, rate = self.told, self.told.acts / self.seconds
        figures = sorted(told.memory.keys() | told.service.keys())
        width = max(map(len, figures), default=0)
        return [
            f"{policy} once more through the service: {told.acts:,} acts on {told.orders:,} orders over HTTP, "
            f"{self.seconds:.0f} s, {rate:,.0f} a second",
            f"  {'':{width}}  {'in memory':>16}  {'service':>16}",
            *(f"  {name:{width}}  {told.memory[name]:>16,}  {told.service[name]:>16,}" for name in figures),
            f"  {len(told.differences):,} differences, {len(self.broken):,} laws of the books broken",
            *(f"  different  {line}" for line in told.differences[:SHOWN]),
            *(f"  broken     {line}" for line in self.broken[:SHOWN]),
        ]


def _retold(running: Service, policy: Policy, whole: Rehearsal) -> _Retold:
    """Tell it on sandboxes of its own, and look at their books."""
    from amends.lab import retelling
    from amends.stories.client import Client

    sandboxes = [running.sandbox(policy) for _ in range(SANDBOXES)]
    since = time.monotonic()
    with ExitStack() as stack:
        clients = [
            stack.enter_context(Client(running.url, sandbox.key, patience=retelling.PATIENCE)) for sandbox in sandboxes
        ]
        told = retelling.retell(whole, clients, "rehearsal")
    seconds = time.monotonic() - since
    return _Retold(told, seconds, [line for sandbox in sandboxes for line in running.broken(sandbox.id)])


# ── the book ─────────────────────────────────────────────────────────────────────────────────────


def read_book(file: Path, mapping: str) -> Book:
    """The book in a file of commands, or in an export that is imported first. Raises Trouble."""
    from amends.importers import importing
    from amends.importers import mapping as mappings
    from amends.lab import books

    try:
        if file.suffix in (".jsonl", ".ndjson") and holds_commands(file):
            return books.read_book(file)
        with tempfile.TemporaryDirectory(prefix="amends-") as folder:
            out = Path(folder) / "commands.jsonl"
            summary = importing.run(file, mappings.load(mapping), out, Path(folder) / "report.jsonl")
            print(summary.told(), file=sys.stderr)
            return books.read_book(out)
    except (importing.Unusable, mappings.MappingError, books.BookError) as unusable:
        raise Trouble(str(unusable)) from None


def holds_commands(file: Path) -> bool:
    """Whether a file of JSON lines is one of commands, and no export."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            return '"do"' in lines.readline()
    except OSError as wrong:
        raise Trouble(f"{file}: it cannot be read: {wrong.strerror}") from None
