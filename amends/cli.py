"""The command line: `amends play | policy | simulate | import | rehearse | demo`.

Exit status 0: done. 1: done, and something is not as it should be (a story failed, a policy is refuted, an
invariant is broken). 2: it could not be done, and a sentence says why and what would work.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from amends import __version__

if TYPE_CHECKING:
    from amends.core.durations import Calendar
    from amends.lab.rehearsal import Book
    from amends.stories.player import Result

DEMONSTRATION = Path(__file__).parent / "stories" / "demonstration.yaml"


class Trouble(Exception):
    """Something a person can mend: printed as a sentence, exit status 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers with its exit status."""
    from amends.core.policy import PolicyError
    from amends.core.refusals import Refused

    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments))
    except (Trouble, PolicyError) as trouble:
        print(f"amends: {trouble}", file=sys.stderr)
    except Refused as refused:
        print(f"amends: {refused.sentence} {refused.way_out}", file=sys.stderr)
    except BrokenPipeError:
        sys.stderr.close()
    except KeyboardInterrupt:
        print("amends: stopped", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="amends", description="Buyer protection and disputes for marketplaces.")
    parser.add_argument("--version", action="version", version=f"amends {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    play = commands.add_parser("play", help="play stories and say which went as told")
    play.add_argument("paths", nargs="+", metavar="FILE", help="story files, or folders of them")
    play.add_argument("--through", choices=["core"], default="core", help="what they are played on")
    play.add_argument("--json", action="store_true", help="print the results as JSON")
    play.add_argument("--timeline", action="store_true", help="print each story's timeline as well")
    play.set_defaults(command=_play)

    policy = commands.add_parser("policy", help="show a policy, or prove it before it runs")
    verbs = policy.add_subparsers(required=True, metavar="show|check")
    show = verbs.add_parser("show", help="print the leaflet in plain words")
    show.add_argument("policy", metavar="FILE", help="a policy file, or the name of a preset")
    show.set_defaults(command=_policy_show)
    check = verbs.add_parser("check", help="prove that no path strands money, or show one that does")
    check.add_argument("policy", metavar="FILE", nargs="+", help="policy files, or names of presets")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_policy_check)

    simulate = commands.add_parser("simulate", help="tell random lives, and check every invariant after each step")
    simulate.add_argument("--lives", type=_positive, default=1000, metavar="N")
    simulate.add_argument("--seed", type=int, default=1, metavar="S")
    simulate.add_argument("--policy", metavar="FILE", help="only this policy")
    simulate.add_argument("--json", action="store_true")
    simulate.set_defaults(command=_simulate)

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
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it must be 1 or more")
    return number


# ── stories ──────────────────────────────────────────────────────────────────────────────────────


def _play(arguments: argparse.Namespace) -> int:
    results = _played(arguments.paths, print if not arguments.json else _silent, timeline=arguments.timeline)
    failed = sum(1 for result in results if not result.passed)
    if arguments.json:
        print(json.dumps([_result(result) for result in results], ensure_ascii=False, indent=1))
    else:
        print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


def _silent(*_: object) -> None:
    """For --json: nothing but the document."""


def _result(result: Result) -> dict[str, object]:
    failure = result.failure._asdict() if result.failure else None
    return {"story": result.story, "file": result.file, "passed": result.passed, "failure": failure}


def _played(paths: Sequence[str], say: Callable[..., None], *, timeline: bool = False) -> list[Result]:
    from amends import policies
    from amends.stories import player, reading

    results = []
    try:
        for path in reading.found(list(paths)):
            for story in reading.read_file(path):
                policy = policies.load(story.policy, story.overrides, folders=(path.parent,))
                driver = player.CoreDriver(policy, _calendars())
                result = player.play(story, driver)
                results.append(result)
                say(f"{'passed' if result.passed else 'FAILED'}  {result.story}")
                if result.failure:
                    _say_failure(result, say)
                elif timeline:
                    for order in driver.world.orders:
                        for line in driver.told(order):
                            say(f"    {line}")
    except reading.StoryError as error:
        raise Trouble(str(error)) from None
    return results


def _say_failure(result: Result, say: Callable[..., None]) -> None:
    failure = result.failure
    assert failure is not None
    say(f"  {result.file}, line {failure.line}")
    say(f"  step      {failure.step}")
    say(f"  expected  {failure.expected}")
    say(f"  got       {failure.got}")
    if failure.timeline:
        say("  what had happened:")
        for line in failure.timeline:
            say(f"    {line}")


def _calendars() -> dict[str, Calendar]:
    """The day sets the presets count by; a policy that names another calendar answers "calendar unknown"."""
    from amends import calendars

    return dict(calendars.load(["CN"]))


# ── policies ─────────────────────────────────────────────────────────────────────────────────────


def _policy_show(arguments: argparse.Namespace) -> int:
    from amends import policies
    from amends.core.leaflet import leaflet

    print(leaflet(policies.load(arguments.policy)))
    return 0


def _policy_check(arguments: argparse.Namespace) -> int:
    from amends.lab import checker

    return max(checker.run(path, sys.stdout, json=arguments.json) for path in arguments.policy)


def _simulate(arguments: argparse.Namespace) -> int:
    from amends.lab import simulator

    return simulator.run(arguments.lives, arguments.seed, sys.stdout, policy=arguments.policy, as_json=arguments.json)


# ── real orders ──────────────────────────────────────────────────────────────────────────────────


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
    calendars = _calendars()
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


class Progress:
    """Plain lines, each with the seconds so far."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.since = time.monotonic()

    def __call__(self, line: str) -> None:
        seconds = time.monotonic() - self.since
        print(f"{line} ({seconds:.0f} s)", file=self.out, flush=True)


# ── the demonstration ────────────────────────────────────────────────────────────────────────────


def _demo(arguments: argparse.Namespace) -> int:
    from amends import policies

    print("A dispute told from beginning to end\n")
    status = 1 if any(not result.passed for result in _played([str(DEMONSTRATION)], print, timeline=True)) else 0
    print()
    if arguments.data is not None:
        names = list(policies.preset_names())
        return max(status, _rehearsed(arguments.data, arguments.mapping, names, arguments.seed))
    if arguments.stories:
        print("No real orders are at hand (give some with DATA=FILE); the project's own stories instead.\n")
        results = _played(arguments.stories, print)
        failed = sum(1 for result in results if not result.passed)
        print(f"{len(results) - failed} passed, {failed} failed")
        return 1 if failed else status
    return status


if __name__ == "__main__":
    sys.exit(main())
