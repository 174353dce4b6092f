"""Random lives: one order each, everybody does anything at any instant, and the laws are asked after each step.

A life comes from its seed alone: a preset or a random policy, a random order, random acts at random instants,
and then both parties fall silent and staff act until the order has ended. Life k of `lives(n, seed)` is the
life of seed + k, so any of them can be told again. A broken life is shrunk and told as a story (`shrinking`).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from os import cpu_count
from typing import Any, NamedTuple, TextIO

from amends.core.vocabulary import (
    SERVICE_ONLY_REFUSALS,
    DeadlineName,
    DisputeStatus,
    OrderStatus,
    Outcome,
    RefusalCode,
    Verb,
)

from .life import Seen, live, plan_of
from .shrinking import shrunk, told

CHUNK = 100
"""Lives handed to a process at once."""
SHRUNK = 2
"""So many broken lives of a chunk are made small; where everything breaks, two stories tell it."""
ELSEWHERE = SERVICE_ONLY_REFUSALS | {RefusalCode.UNKNOWN_ORDER}
"""Refusals that only somebody who keeps several orders can give."""
EVERYTHING = {
    "verbs": frozenset(Verb),
    "statuses": frozenset(DisputeStatus),
    "order statuses": frozenset(OrderStatus),
    "deadlines": frozenset(DeadlineName),
    "outcomes": frozenset(Outcome),
    "refusals": frozenset(RefusalCode) - ELSEWHERE,
}


class Failing(NamedTuple):
    """A life that broke a law: its seed, what broke, and the shrunk life as a story."""

    seed: int
    broken: tuple[str, ...]
    story: str


class Report(NamedTuple):
    """What many lives came to."""

    lives: int
    steps: int
    seconds: float
    seen: Seen
    failing: tuple[Failing, ...]

    @property
    def missing(self) -> dict[str, list[str]]:
        """Words of the vocabulary that no life reached."""
        return {
            kind: sorted(word.value for word in words if not self.seen[kind][word.value])
            for kind, words in EVERYTHING.items()
        }


def lives(count: int, seed: int, *, processes: int | None = None, policy: str | None = None) -> Report:
    """Live `count` lives of the seeds from `seed` on, spread over processes; the same seed gives the same lives.

    `policy` names a preset or a policy file that all of them live under; without it presets and random
    policies take turns. `processes` is by default one a core; 1 stays in this process.
    """
    started = time.perf_counter()
    chunks = [(range(low, min(low + CHUNK, seed + count)), policy) for low in range(seed, seed + count, CHUNK)]
    processes = min(processes or cpu_count() or 1, len(chunks) or 1)
    if processes == 1:
        results = [_live_chunk(chunk) for chunk in chunks]
    else:
        with ProcessPoolExecutor(processes) as pool:
            results = list(pool.map(_live_chunk, chunks))
    seen = Seen()
    for result in results:
        seen.add(result.seen)
    failing = tuple(chain.from_iterable(result.failing for result in results))
    return Report(count, sum(result.steps for result in results), time.perf_counter() - started, seen, failing)


def _live_chunk(chunk: tuple[range, str | None]) -> Report:
    seeds, policy = chunk
    seen, steps = Seen(), 0
    failing: list[Failing] = []
    for seed in seeds:
        life = live(plan_of(seed, policy))
        steps += len(life.taken)
        seen.add(life.seen)
        if life.broken:
            smallest = shrunk(life) if len(failing) < SHRUNK else life
            failing.append(Failing(seed, tuple(map(str, smallest.broken)), told(smallest)))
    return Report(len(seeds), steps, 0.0, seen, tuple(failing))


# ── the command line ─────────────────────────────────────────────────────────────────────────────


def run(
    count: int,
    seed: int,
    out: TextIO,
    *,
    policy: str | None = None,
    as_json: bool = False,
    processes: int | None = None,
) -> int:
    """Live them, print what they came to; 1 where a law was broken, else 0."""
    report = lives(count, seed, processes=processes, policy=policy)
    lines = [json.dumps(as_document(report, seed), indent=2)] if as_json else _printed(report, seed)
    for line in lines:
        print(line, file=out)
    return 1 if report.failing else 0


def as_document(report: Report, seed: int) -> dict[str, Any]:
    """The report as JSON data."""
    return {
        "seed": seed,
        "lives": report.lives,
        "steps": report.steps,
        "seconds": round(report.seconds, 3),
        "lives_per_second": round(report.lives / report.seconds),
        "seen": {kind: dict(sorted(words.items())) for kind, words in report.seen.words.items()},
        "never_seen": report.missing,
        "broken": [failing._asdict() for failing in report.failing],
    }


def _printed(report: Report, seed: int) -> Iterator[str]:
    yield (
        f"{report.lives:,} lives from seed {seed}: {report.steps:,} steps in {report.seconds:.1f} s "
        f"({report.lives / report.seconds:,.0f} lives/s)"
    )
    yield "Refusals:"
    for code, times in report.seen["refusals"].most_common():
        yield f"  {times:>9,}  {code}"
    yield "Coverage:"
    for kind, words in EVERYTHING.items():
        missing = report.missing[kind]
        never = f"; never: {', '.join(missing)}" if missing else ""
        yield f"  {kind:<15} {len(words) - len(missing):>3} of {len(words)}{never}"
    yield f"Invariants broken: {len(report.failing)}"
    for failing in report.failing:
        yield ""
        yield f"# seed {failing.seed}: {'; '.join(failing.broken)}"
        yield failing.story


def simulate_main(argv: Sequence[str]) -> int:
    """`amends simulate --lives N --seed S [--policy P] [--processes N] [--json]`."""
    parser = argparse.ArgumentParser(prog="amends simulate", description="Random lives against the invariants.")
    parser.add_argument("--lives", type=int, default=1_000, metavar="N", help="how many lives (1,000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="the first life's seed (1)")
    parser.add_argument("--policy", metavar="P", help="a preset or a policy file for all of them")
    parser.add_argument("--processes", type=int, metavar="N", help="by default one a core")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    given = parser.parse_args(argv)
    return run(given.lives, given.seed, sys.stdout, policy=given.policy, as_json=given.json, processes=given.processes)


if __name__ == "__main__":
    sys.exit(simulate_main(sys.argv[1:]))
