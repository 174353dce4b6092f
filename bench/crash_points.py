"""One crash point: act until it strikes, bring everything up again, send the unanswered, and look at what is there."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from . import crash_actor as actor
from .crash_actor import Fault, Left
from .crash_scenario import STEPS, Heard
from .crash_server import Victim
from .crash_wire import Wire

PATIENCE = 120
"""Seconds any one process may take."""

processes = multiprocessing.get_context("forkserver")


@dataclass
class Run:
    """What came of one run of the scenario. `struck`: the fault came; else it passed untouched."""

    marketplace: UUID | None = None
    heard: dict[int, Heard | None] = field(default_factory=dict)
    struck: bool = False
    trips: int = 0
    reached: dict[int, int] = field(default_factory=dict)
    """How many trips there had been when each step was answered."""
    said: str = ""
    """What the actor was told, where he lived to hear it."""


@dataclass
class Verdict:
    """What is wrong after a recovery; all empty when nothing is."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)

    def add(self, other: Verdict) -> None:
        self.lost += other.lost
        self.doubled += other.doubled
        self.stuck += other.stuck


@dataclass
class Stage:
    """Where points are run: the server, the wire to it, and the URL that leads over the wire."""

    victim: Victim
    wire: Wire
    url: str
    keyless: bool = False


def run_point(stage: Stage, fault: Fault | None) -> tuple[Run, Left]:
    """Run the scenario with this fault, or with none, and recover."""
    run = _crashed(stage, fault)
    stage.victim.start()
    assert run.marketplace is not None, "the marketplace is made before the first point"
    left: Left = asked(actor.recover, stage.url, run.marketplace, run.heard, stage.keyless)[1]
    return run, left


def _crashed(stage: Stage, fault: Fault | None) -> Run:
    run = Run()

    def strike(mode: str) -> None:
        run.struck = True
        if mode == "server gone":
            stage.victim.kill()
        else:
            stage.wire.lose_next(stage.victim.kill if mode == "server gone after" else lambda: None)

    def told(pipe: Any, word: tuple[Any, ...]) -> None:
        match word:
            case ("marketplace", UUID() as marketplace):
                run.marketplace = marketplace
            case ("heard", int(number), answer, int(trips)):
                run.heard[number] = answer
                run.reached[number] = trips
            case ("strike", str(mode)):
                strike(mode)
                pipe.send("struck")
            case ("away", str(said)):
                run.said = said
            case ("finished", int(trips)):
                run.trips = trips
            case _:
                raise AssertionError(f"the actor told {word}")

    status = talk(actor.act_until_crash, told, stage.url, fault, stage.keyless)
    run.struck = run.struck or status == -9
    assert run.struck or run.trips, f"the actor failed (status {status}): {run.said}"
    assert run.struck is (fault is not None and not run.trips), "a fault that came ends the run"
    return run


def talk(target: Callable[..., None], told: Callable[[Any, tuple[Any, ...]], None], *arguments: Any) -> int:
    """Run a process, hand on everything it tells, and bring its status: -9 where SIGKILL ended it."""
    mine, its = processes.Pipe()
    process = processes.Process(target=target, args=(its, *arguments))
    process.start()
    its.close()
    with suppress(EOFError):
        while mine.poll(PATIENCE):
            told(mine, mine.recv())
    process.join(PATIENCE)
    assert process.exitcode is not None, "it never ended"
    return process.exitcode


def asked(target: Callable[..., None], *arguments: Any) -> Any:
    """Run a process that tells one thing, and bring that."""
    answers: list[Any] = []
    status = talk(target, lambda _, word: answers.append(word), *arguments)
    assert status == 0, f"{target.__name__} failed with status {status}"
    (answer,) = answers
    return answer


def trips_of(run: Run, do: str) -> list[int]:
    """The trips of an untouched run that belong to steps which do this, or all of them."""
    before = {number: run.reached.get(number - 1, 0) for number in run.reached}
    return [
        n
        for number, reached in run.reached.items()
        if do in ("", STEPS[number].do)
        for n in range(before[number] + 1, reached + 1)
    ]


# ── judging ──────────────────────────────────────────────────────────────────────────────────────


def judge(run: Run, left: Left, untouched: Left) -> Verdict:
    """Compare with the untouched run, answer by answer and row by row."""
    verdict = Verdict()
    for number, heard in run.heard.items():
        again = left.again.get(number)
        if (
            left.again
            and heard
            and not heard.refused
            and (again is None or not again.repeated or again[:3] != heard[:3])
        ):
            verdict.lost.append(f"{_named(number)}: the actor heard {heard}; sent again it is {again}")
    for number, answer in left.heard.items():
        expected = untouched.heard[number]
        if answer and expected and _said(answer) != _said(expected):
            verdict.stuck.append(f"{_named(number)}: answered {answer}; untouched {expected}")
    for place in sorted(left.rows.keys() | untouched.rows.keys()):
        is_there, must = Counter(left.rows.get(place, ())), Counter(untouched.rows.get(place, ()))
        # The one row of an order is a copy: where it differs the order has ended elsewhere.
        of_order = place.endswith(" orders")
        more, less = (list((a - b).elements()) for a, b in ((is_there, must), (must, is_there)))
        if more and len(more) > len(less) and not of_order:
            verdict.doubled.append(f"{place}: {more}")
        elif more or less:
            verdict.stuck.append(f"{place}: {more or 'nothing'} in the place of {less}")
    verdict.stuck += left.broken
    return verdict


def _said(answer: Heard) -> tuple[object, ...]:
    """What must be the same in every run. An act that is refused writes what has lapsed; sent again, nothing has."""
    return (answer.version, answer.refused) if answer.refused else answer[:4]


def _named(number: int) -> str:
    step = STEPS[number]
    return f"step {number}, {step.by} {step.do} {step.order}".rstrip()
