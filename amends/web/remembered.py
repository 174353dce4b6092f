"""What a process remembers for a while of what was asked of it, by a digest of what was asked.

People's words are in it: so what is remembered is dropped when its time is over, whether somebody asks for it or not.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

Digest = bytes


def digest(*parts: str) -> Digest:
    """The same for the same parts only; the parts themselves cannot be read from it."""
    whole = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        whole.update(len(encoded).to_bytes(8, "big") + encoded)
    return whole.digest()


class Remembered:
    """Texts by digests, each for `seconds` at most, `most` of them with `characters` in all; the oldest go first."""

    def __init__(
        self, *, seconds: float, most: int, characters: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds: Final = seconds
        self._most: Final = most
        self._characters: Final = characters
        self._clock = clock
        self._kept: OrderedDict[Digest, tuple[float, str]] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def get(self, of: Digest) -> str | None:
        with self._lock:
            self._drop_old()
            found = self._kept.get(of)
            return found[1] if found else None

    def put(self, of: Digest, text: str) -> None:
        with self._lock:
            self._drop_old()
            self._drop(of)
            self._kept[of] = self._clock() + self._seconds, text
            self._held += len(text)
            while len(self._kept) > self._most or self._held > self._characters:
                self._drop(next(iter(self._kept)))
            self._wind()

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._held = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, of: Digest) -> None:
        _, text = self._kept.pop(of, (0.0, ""))
        self._held -= len(text)

    def _drop_old(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._drop(next(iter(self._kept)))

    def _wind(self) -> None:
        """One timer at a time, for the oldest: also a process that nobody asks any more forgets."""
        if self._kept and self._timer is None:
            left = next(iter(self._kept.values()))[0] - self._clock()
            self._timer = threading.Timer(max(left, 0.01), self._rung)
            self._timer.daemon = True
            self._timer.start()

    def _rung(self) -> None:
        with self._lock:
            self._timer = None
            self._drop_old()
            self._wind()


class Breaker:
    """Closed for `seconds` after a failure, and for more than `at_once` at the same time: who asks then is sent away
    at once, and does not wait in a request's thread for what does not answer.
    """

    def __init__(self, *, seconds: float, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds: Final = seconds
        self._at_once: Final = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._asking = 0
        self._closed_until = float("-inf")

    def enter(self) -> bool:
        """Whether one may ask now; who may says `leave` afterwards."""
        with self._lock:
            if self._asking >= self._at_once or self._clock() < self._closed_until:
                return False
            self._asking += 1
            return True

    def leave(self, *, failed: bool) -> None:
        with self._lock:
            self._asking -= 1
            if failed:
                self._closed_until = self._clock() + self._seconds

    def reset(self) -> None:
        with self._lock:
            self._closed_until = float("-inf")
