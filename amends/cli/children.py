"""The processes `amends up` keeps running: started, started again when they end, and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

Say = Callable[[str], None]

SHORTEST_WAIT: Final = 0.1
LONGEST_WAIT: Final = 10.0
"""Seconds before one that ended is started again; doubled each time, and short again once it has held out."""
HELD_OUT: Final = 30.0
"""Seconds."""
PATIENCE: Final = 5.0
"""Seconds a child has to end by itself before it is killed."""


class Child:
    """One `amends COMMAND` in a session of its own, so that a Ctrl-C reaches us alone and we stop things in order.

    It is killed by the kernel when we are (see `parting`).
    """

    def __init__(self, name: str, arguments: Sequence[str], environ: Mapping[str, str], say: Say) -> None:
        self.name = name
        self.deaths = 0
        """How often it ended in a row without holding out."""
        self._argv = [sys.executable, "-m", "amends.cli", *arguments, "--child-of", str(os.getpid())]
        self._environ = dict(environ)
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._again_at = 0.0

    @property
    def pid(self) -> int:
        """Of the running process; 0 where there is none."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - ourselves, no shell
            self._argv, env=self._environ, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def keep(self) -> None:
        """See whether it still runs; start it again once its time has come. To be called again and again."""
        now = time.monotonic()
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return
            self._bury(status, now)
        if now >= self._again_at:
            self.start()

    def _bury(self, status: int, now: float) -> None:
        self._kill()
        self.deaths = 1 if now - self._started > HELD_OUT else self.deaths + 1
        wait = min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** (self.deaths - 1))
        self._again_at = now + wait
        self._say(f"{self.name} ended ({_ending(status)}); it is started again in {wait:.1f} s.")

    def end(self) -> None:
        """Ask it to end; does not wait."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def wait(self, until: float) -> None:
        """Wait until it has ended, and whatever it started with it; kill what is left at the instant `until`."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.01, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._say(f"{self.name} did not end in time and is killed.")
        self._kill()

    def _kill(self) -> None:
        """It and its whole session: a web server's workers must not outlive the one that started them."""
        assert self._process is not None
        with suppress(ProcessLookupError, PermissionError):  # macOS says “not permitted” of a group of dead processes
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def stop(children: Sequence[Child]) -> None:
    """Stop all of them at once, and return when none is left."""
    until = time.monotonic() + PATIENCE
    for child in children:
        child.end()
    for child in children:
        child.wait(until)


def _ending(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"
