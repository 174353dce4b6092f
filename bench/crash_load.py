"""PostgreSQL killed, all of it at once, while eight processes write: what was acknowledged must be there afterwards."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any
from uuid import UUID

from . import crash_actor as actor
from .crash_actor import Pipe
from .crash_points import PATIENCE, asked, processes
from .crash_scenario import Heard
from .crash_server import Victim, victim

WRITERS = 8
BETWEEN = (0.3, 0.9)
"""Seconds of work between two kills, by chance."""

OFF = {"synchronous_commit": "off", "wal_writer_delay": "10000ms", "wal_writer_flush_after": "1GB"}
"""The server says "done" before its log is written, and writes it as late as it can."""

Act = tuple[str, str, str]
"""Order, caller, key."""


@dataclass
class Load:
    """What the writers heard, and what was found after each restart."""

    heard: dict[Act, Heard] = field(default_factory=dict)
    kills: int = 0
    acknowledged: int = 0
    in_flight: int = 0
    """Acts whose sender did not hear what became of them."""
    had_committed: int = 0
    """Those of them that had been done: the same key got the stored answer."""
    lost: set[Act] = field(default_factory=set)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)


class Writers:
    """Eight processes in one marketplace, heard and held as one."""

    def __init__(self, url: str, marketplace: UUID, load: Load) -> None:
        self.load = load
        self.up = True
        self.pipes: list[Pipe] = []
        self.away: dict[Pipe, bool] = {}
        self.children = []
        for writer in range(WRITERS):
            mine, its = processes.Pipe()
            child = processes.Process(target=actor.write_for_ever, args=(its, url, marketplace, writer))
            child.start()
            its.close()
            self.pipes.append(mine)
            self.children.append(child)

    def listen(self, until: float) -> None:
        """Take down what they hear until then, or until none of them has more to say."""
        while talking := [pipe for pipe in self.pipes if not self.away.get(pipe)]:
            ready: list[Any] = wait(talking, max(0.0, until - time.monotonic()))
            if not ready:
                return
            for pipe in ready:
                self._take(pipe, pipe.recv())

    def warm_up(self) -> None:
        """Until each of them has been heard."""
        for pipe in self.pipes:
            assert pipe.poll(PATIENCE), "a writer has not begun"
            self._take(pipe, pipe.recv())

    def _take(self, pipe: Pipe, word: tuple[Any, ...]) -> None:
        match word:
            case ("heard", str(order), str(caller), str(key), Heard() as heard):
                assert not heard.refused, f"{order} {key} was refused: {heard.refused}"
                self.load.had_committed += heard.repeated
                self.load.heard[order, caller, key] = heard
            case ("away",) if self.up:  # by a connection that had waited in the pool since before the kill
                pipe.send("go on")
            case ("away" | "ended",):
                self.away[pipe] = True
            case _:
                raise AssertionError(f"a writer told {word}")

    def all_away(self) -> None:
        """Wait until each of them has noticed that the server is gone."""
        self.listen(time.monotonic() + PATIENCE)
        assert all(self.away.get(pipe) for pipe in self.pipes), "a writer has not noticed that the server is gone"
        self.load.in_flight += len(self.pipes)

    def go_on(self) -> None:
        self.up = True
        self.away.clear()
        for pipe in self.pipes:
            pipe.send("go on")

    def end(self) -> None:
        """Let each finish its order."""
        for pipe in self.pipes:
            pipe.send("end")
        self.listen(time.monotonic() + PATIENCE)
        assert all(self.away.values()), "a writer has not come to its end"

    def gone(self) -> None:
        for child in self.children:
            child.kill()
            child.join()


@contextmanager
def writing(server: Victim, load: Load) -> Iterator[tuple[Writers, UUID]]:
    """The writers at work in a new marketplace."""
    marketplace: UUID = asked(actor.register, server.address.dsn)
    writers = Writers(server.address.dsn, marketplace, load)
    try:
        writers.warm_up()
        yield writers, marketplace
    finally:
        writers.gone()


def kill_under_load(kills: int, seed: int) -> Load:
    """Kill the server so many times under load; after each restart, look for everything that was acknowledged."""
    chance, load = random.Random(seed), Load()
    with victim() as server, writing(server, load) as (writers, marketplace):
        for _ in range(kills):
            writers.listen(time.monotonic() + chance.uniform(*BETWEEN))
            _killed(server, writers, load)
            _missed(asked(actor.count, server.address.dsn, marketplace)[0], load)
            writers.go_on()
        writers.listen(time.monotonic() + BETWEEN[0])
        writers.end()
        answers, orders = asked(actor.count, server.address.dsn, marketplace)
        _missed(answers, load)
        _judge(answers, orders, load)
        load.stuck += asked(actor.check, server.address.dsn, marketplace)
    load.acknowledged = len(load.heard)
    return load


def kill_with_durability_off(most: int, seed: int) -> Load:
    """The same with a server that answers before its log is written, until an acknowledged act is lost: a proof that
    cannot fail is none. What came after a loss would stand on nothing, so each kill has its own marketplace."""
    chance, load = random.Random(seed), Load()
    with victim(OFF) as server:
        for _ in range(most):
            one = Load()
            with writing(server, one) as (writers, marketplace):
                writers.listen(time.monotonic() + chance.uniform(*BETWEEN))
                _killed(server, writers, one)
                _missed(asked(actor.count, server.address.dsn, marketplace)[0], one)
            load.kills += one.kills
            load.acknowledged += len(one.heard)
            load.lost |= one.lost
            if load.lost:
                break
    return load


def _killed(server: Victim, writers: Writers, load: Load) -> None:
    writers.up = False
    server.kill()
    load.kills += 1
    writers.all_away()
    server.start()


def _missed(answers: dict[Act, tuple[int, int]], load: Load) -> None:
    """What somebody was told is done must be there: the stored answer, and the events up to its version."""
    for act, heard in load.heard.items():
        if answers.get(act) != (heard.version, heard.version):
            load.lost.add(act)


def _judge(answers: dict[Act, tuple[int, int]], orders: dict[str, tuple[int, int, int]], load: Load) -> None:
    """Every order has lived the same life, once; all of them were acknowledged in the end."""
    version = max(version for version, _, _ in orders.values())
    load.doubled += [f"{order} stands at {row}" for order, row in orders.items() if row[0] > version]
    load.stuck += [f"{order} stands at {row}" for order, row in orders.items() if row[0] < version]
    load.stuck += [f"{act} was never answered" for act in answers.keys() - load.heard.keys()]
