"""An upload on its way in: from the connection to a file, without a thread and without holding it in memory.

Its time grows with what has arrived, so that a large file over a slow line is taken and one that drips is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from amends.api.answers import Problem, Trouble
from amends.api.uploads import not_taken
from amends.orders import evidence_desk
from amends.orders.bodies import Allowance
from amends.vault.faults import NotTaken, in_words

RATE: Final = 64 * 1024
"""Bytes a second that a sender has to keep up, once his first seconds are over."""
FIELDS: Final = 1 << 18
"""Of a form that is too large as a whole so much is read: what was written in it comes before its files."""
DRAINED: Final = 20.0
"""Seconds for which the rest of a refused form is read and thrown away: browsers hear no answer while they send."""
_PIECE: Final = 1 << 18

Receive = Callable[[], Awaitable[Mapping[str, Any]]]


class Arrived(NamedTuple):
    path: Path
    whole: bool
    """The sender said that this was all."""
    at: datetime
    """When the last byte was here."""
    trouble: Problem | None = None
    """Why it was broken off, where he is still there to be told."""


class Arriving:
    """One body. `allowance` says what it may be, `seconds` what it has beside the time its size earns."""

    def __init__(self, allowance: Allowance, *, seconds: float) -> None:
        number, place = tempfile.mkstemp(dir=evidence_desk.folder("arriving"), prefix="upload-")
        self.path = Path(place)
        self.allowance = allowance
        self.seconds = seconds
        self._file = os.fdopen(number, "wb", buffering=0)
        self._size = 0
        self._waiting: list[bytes] = []
        self._waits = 0

    def discard(self) -> None:
        """The file is gone, unless somebody has taken it over; nothing happens the second time."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    async def received(self, receive: Receive, *, announced: int) -> Arrived:
        """The body as far as it comes. Raises Problem at once where more was announced than is taken; of a form the
        fields are read first, so that its page can keep them.
        """
        too_much = announced > self.allowance.most
        if too_much and not self.allowance.form:
            raise self._too_large()
        started, trouble, whole = asyncio.get_running_loop().time(), None, False
        try:
            while not whole:
                async with asyncio.timeout_at(started + self.seconds + self._size / RATE):
                    message = await receive()
                if message["type"] != "http.request":
                    break
                await self._take(message.get("body", b""))
                if too_much and self._size >= FIELDS:
                    raise self._too_large()
                whole = not message.get("more_body", False)
        except TimeoutError:
            trouble = Problem(
                Trouble.BODY_TOO_SLOW,
                f"Less than {RATE // 1024} kB a second arrived, so it was broken off.",
                "Send it over a better line, or in pieces (Upload-Length): then what has arrived stays.",
            )
        except Problem as found:
            trouble, whole = found, False
        at = datetime.now(UTC)
        await self._written()
        return Arrived(self.path, whole, at, trouble)

    async def _take(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self.allowance.most:
            raise self._too_large()
        try:
            self.allowance.looks_at(part)
        except NotTaken as fault:
            raise not_taken(fault) from None
        self._waiting.append(part)
        self._waits += len(part)
        if self._waits >= _PIECE:
            await self._written()

    async def _written(self) -> None:
        """Onto the disk in a thread: a disk that is slow holds up this sender, and nobody else."""
        content, self._waiting, self._waits = b"".join(self._waiting), [], 0
        if content:
            await asyncio.to_thread(self._write, content)

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[self._file.write(rest) :]

    def _too_large(self) -> Problem:
        return Problem(
            Trouble.BODY_TOO_LARGE,
            f"This file is larger than {in_words(self.allowance.most)}, which is the limit here.",
            "Send a smaller one; a shorter video, or one of lower quality.",
        )


async def drain(receive: Receive) -> None:
    """Read the rest of a body and throw it away, for as long as `DRAINED` says."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAINED):
            while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
                pass
