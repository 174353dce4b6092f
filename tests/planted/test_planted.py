"""Bugs planted into a copy of the core, and the simulator that finds them. The list with what was seen: README.md."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import amends

PACKAGE = Path(amends.__file__).parent


class Plant(NamedTuple):
    """A bug: in which file which line becomes which, and the laws that may name it."""

    file: str
    line: str
    becomes: str
    laws: frozenset[str]
    lives: int = 100


PLANTS = {
    "the last instant no longer belongs to the deadline": Plant(
        "core/deadlines.py",
        "return at < now or (at == now and not order.policy.deadline_includes_last_instant)",
        "return at <= now",
        frozenset({"C4"}),
    ),
    "the remainder of an apportionment is lost": Plant(
        "core/money.py", "            parts[position] += 1", "            pass", frozenset({"M2", "M9", "crash"})
    ),
    "a refund is counted twice": Plant(
        "core/folds/ordering.py",
        "refunded_minor=order.refunded_minor + event.amount_minor)",
        "refunded_minor=order.refunded_minor + 2 * event.amount_minor)",
        frozenset({"M2"}),
    ),
    "a stale offer can be accepted": Plant(
        "core/rules/bargaining.py",
        "if command.offer is not None and command.offer != terms.number:",
        "if command.offer is not None and command.offer > len(dispute.terms):",
        frozenset({"C5"}),
        lives=1_000,  # it takes two offers, and a buyer who has the first still on his screen
    ),
    "a lapsed clock keeps running": Plant(
        "core/folds/ordering.py",
        "clocks=without(dispute.clocks, event.name), lapsed=lapsed",
        "clocks=dispute.clocks, lapsed=lapsed",
        frozenset({"C4", "crash"}),
    ),
    "rights promise a rejection where no offer stands": Plant(
        "core/rights.py", "Verb.REJECT: bargaining.may_reject", "Verb.REJECT: _bargain", frozenset({"A1"})
    ),
}


@pytest.mark.parametrize("bug", PLANTS)
def test_the_simulator_finds_a_planted_bug(bug: str, tmp_path: Path) -> None:
    _plant(PLANTS[bug], tmp_path)
    report = _simulate(tmp_path, PLANTS[bug].lives)
    broken = {law.partition(":")[0] for failing in report["broken"] for law in failing["broken"]}
    assert report["broken"], f"{PLANTS[bug].lives} lives, and nobody noticed that {bug}"
    assert broken & PLANTS[bug].laws, broken
    assert report["broken"][0]["story"].startswith("story: random life")


def _plant(plant: Plant, folder: Path) -> None:
    shutil.copytree(PACKAGE, folder / "amends", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "amends" / plant.file
    text = file.read_text(encoding="utf-8")
    assert text.count(plant.line) == 1, f"{plant.file} changed; plant this bug anew: {plant.line}"
    file.write_text(text.replace(plant.line, plant.becomes), encoding="utf-8")


def _simulate(folder: Path, lives: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "amends.lab.simulator", "--lives", str(lives), "--processes", "1", "--json"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]
