"""Policies checked once a run: an exploration takes seconds, and several tests look at the same one."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from amends import calendars, policies
from amends.core.policy import Policy
from amends.lab import checker
from amends.lab.checker.exploring import Graph, explore
from amends.lab.checker.findings import Finding, Report
from amends.stories import player, reading

BROKEN = Path(__file__).parents[2] / "policies" / "broken"
ALL = calendars.load()


class Expected(NamedTuple):
    """What the header of a broken policy says it is caught for."""

    level: str
    code: str


def expected(path: Path) -> Expected:
    line = next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# expect: "))
    return Expected(*line.removeprefix("# expect: ").split())


def policy(name: str) -> Policy:
    """A broken policy by its name, or a preset."""
    path = BROKEN / f"{name}.toml"
    return policies.load(path if path.is_file() else name)


@cache
def report(name: str) -> Report:
    return checker.check(policy(name), ALL, name=name)


@cache
def graph(name: str) -> Graph:
    return explore(policy(name), ALL)


def caught(findings: tuple[Finding, ...], wanted: Expected) -> list[Finding]:
    return [found for found in findings if (found.level.value, found.code.value) == wanted]


def shows(story: str, under: Policy) -> str:
    """Empty where the story plays to its last step as it is written; else where it went another way."""
    (told,) = reading.read_text(story)
    failure = player.play_in_core(told, under, ALL).failure
    return "" if failure is None else f"{failure.step}: expected {failure.expected}, got {failure.got}"
