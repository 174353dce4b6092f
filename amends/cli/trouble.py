"""What every command shares: how trouble and progress are said, and the calendars at hand."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from amends.core.durations import Calendar


class Trouble(Exception):
    """Something a person can mend: printed as a sentence, exit status 2."""


class Progress:
    """Plain lines, each with the seconds so far."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.since = time.monotonic()

    def __call__(self, line: str) -> None:
        seconds = time.monotonic() - self.since
        print(f"{line} ({seconds:.0f} s)", file=self.out, flush=True)


def known_calendars() -> dict[str, Calendar]:
    """The day sets the presets count by; a policy that names another calendar answers "calendar unknown"."""
    from amends import calendars

    return dict(calendars.load(["CN"]))
