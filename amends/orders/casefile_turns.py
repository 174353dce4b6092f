"""Whose turn it is to have a case file made: each opens all of a dispute's evidence and may fill gigabytes of disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

AT_ONCE: Final = 2
"""Case files that one process makes at the same time."""
RETRY_AFTER: Final = 10
"""Seconds; what somebody is told to wait."""

_making: set[tuple[UUID, str]] = set()
_lock = threading.Lock()


class Busy(Exception):
    """Nobody's turn: `own` where the same viewer has one made at this moment."""

    def __init__(self, *, own: bool) -> None:
        super().__init__("a case file is being made")
        self.own = own


@contextmanager
def turn(marketplace: UUID, viewer: str) -> Iterator[None]:
    """One at a time for a viewer, `AT_ONCE` for a process. Raises Busy at once: nobody waits in a request's thread."""
    mine = marketplace, viewer
    with _lock:
        if mine in _making or len(_making) >= AT_ONCE:
            raise Busy(own=mine in _making)
        _making.add(mine)
    try:
        yield
    finally:
        with _lock:
            _making.discard(mine)
