"""`amends policy check`: what a policy promises is proved by walking every state the core can reach under it.

`check` explores with the core itself and answers with a `Report`; `run` prints one. Source: docs/checking-policies.md.
"""

from __future__ import annotations

import json as json_module
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from amends.calendars import NAMES
from amends.calendars import load as load_calendars
from amends.core.durations import Calendars
from amends.core.policy import Policy, PolicyError
from amends.policies import load

from . import paying, properties, refusals, restarting, silence, values
from .exploring import MOST_STATES, Graph, explore
from .findings import Code, Finding, Level, Report
from .reporting import told
from .worlds import known

_DAY = timedelta(days=1)

__all__ = ["Code", "Finding", "Level", "Report", "check", "run"]


def check(policy: Policy, calendars: Calendars, *, name: str = "", most_states: int = MOST_STATES) -> Report:
    """Everything that can be proved or refuted of a policy.

    `name` is how a story finds the policy again: a file or a preset; by default the policy's id. A policy whose
    calendars are not all there is not explored, since its clocks have no ends.
    """
    began = time.perf_counter()
    name = name or policy.id
    findings = [*values.unknown_calendars(policy, calendars), *values.contradictions(policy, calendars)]
    findings += values.windows(policy, calendars)
    findings += values.longer_than_other_schemes(policy, calendars)
    graph = (
        explore(policy, calendars, most_states=most_states) if known(policy, calendars) else Graph(policy, [], False)
    )
    quiet = silence.longest_silence(graph) if graph.complete else silence.Silence(timedelta(0), None)
    findings += _explored(graph)
    if graph.complete:
        findings += examine(graph, quiet, name)
        findings += restarting.no_clock_restarts_without_limit(policy, calendars, name)
    order = list(Level)
    bound = None
    if graph.complete and quiet.stuck is None:
        bound = -(-(quiet.longest + values.slack(policy, calendars)) // _DAY)
    return Report(
        policy=policy.id,
        findings=tuple(sorted(findings, key=lambda finding: order.index(finding.level))),
        bound_days=bound,
        states=len(graph.states),
        moves=graph.moves,
        seconds=time.perf_counter() - began,
    )


def _explored(graph: Graph) -> Iterator[Finding]:
    if not graph.complete:
        sentence = (
            f"The exploration stopped at {len(graph.states):,} states and proves nothing."
            if graph.states
            else "Without its calendars the policy cannot be explored, and nothing is proved."
        )
        yield Finding(Level.ERROR, Code.EXPLORED_TO_THE_END, sentence)


def examine(graph: Graph, quiet: silence.Silence, name: str) -> Iterator[Finding]:
    """Every property of the states that were reached, in the order of the report."""
    yield from properties.every_state_can_end(graph, name)
    yield from silence.silence_ends_every_order(graph, quiet, name)
    yield from properties.money_adds_up(graph, name)
    yield from paying.silence_never_pays(graph, name)
    yield from properties.depends_on_staff(graph)
    yield from refusals.refusals_that_never_lift(graph, name)
    yield from refusals.reasons_nobody_can_use(graph)
    yield from properties.appeals_that_cannot_be_heard(graph)


def run(path: str | Path, out: TextIO, json: bool = False) -> int:
    """Check the policy in a file, or a preset by name, and print the report.

    Answers with 0: nothing refutes it; 1: an error was found; 2: it cannot be read, and a sentence says why.
    """
    try:
        policy = load(path)
    except PolicyError as error:
        problem = {"policy": str(path), "unreadable": str(error)}
        out.write(json_module.dumps(problem, ensure_ascii=False) + "\n" if json else f"{error}\n")
        return 2
    report = check(policy, load_calendars(NAMES), name=str(path))
    if json:
        out.write(json_module.dumps(report.document(), ensure_ascii=False, indent=1) + "\n")
    else:
        out.write(told(report))
    return 1 if report.errors else 0
