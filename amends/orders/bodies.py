"""How the front and the rooms behind it speak of a body that comes as a file: may it come, where is it, was it cut."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from django.http import HttpRequest

from amends.vault.intake import Gate

from . import evidence_desk as desk

ASKED: Final = "amends.asked"
"""Where the front asks, with an `Allowance`, before a body comes. Nothing of the body is there to be read then."""
ARRIVED: Final = "amends.arrived"
"""Where it names the body's file afterwards,"""
CUT: Final = "amends.cut"
"""and says that the body broke off, with a `Cut`."""
COMING: Final = "amends.coming"
"""Where it gives back what was noted of a file that was to come, a `Coming`."""


class Cut(NamedTuple):
    """Why a body broke off; empty where nobody is there any more to be told."""

    status: int = 0
    sentence: str = ""


class Coming:
    """A file that was noted as coming, under its id (receipts.py). What is never taken is to be dropped."""

    def __init__(self, file: str, drop: Callable[[], None]) -> None:
        self.file = file
        self.drop = drop
        self.taken = False


class Allowance:
    """What the front learns before an upload begins: whether it may come, how much, and of what kinds."""

    def __init__(self) -> None:
        self.granted = False
        self.most = 0
        self.form = False
        """The body is a form with files in it, and is read as such."""
        self.coming: Coming | None = None
        self._gate: Gate | None = None

    def grant(self, most: int, gate: Gate | None = None, *, form: bool = False) -> None:
        self.granted, self.most, self._gate, self.form = True, most, gate, form

    def looks_at(self, part: bytes) -> None:
        """Each part as it comes. Raises `NotTaken` as soon as it is certain."""
        if self._gate is not None:
            self._gate.passes(part)


def asking(request: HttpRequest) -> Allowance | None:
    """The front's question, where this request is one."""
    found = request.META.get(ASKED)
    return found if isinstance(found, Allowance) else None


@contextmanager
def received_file(request: HttpRequest) -> Iterator[Path]:
    """The request's body as a file, which may be taken over. Without the front it is read here."""
    given = request.META.get(ARRIVED)
    if isinstance(given, str):
        yield Path(given)
        return
    place = fresh_place()
    try:
        with place.open("xb") as target:
            while piece := request.read(1 << 20):
                target.write(piece)
        yield place
    finally:
        place.unlink(missing_ok=True)


def fresh_place() -> Path:
    """Where a whole file may lie while it is looked at. Raises `evidence_desk.NotSetUp`."""
    return desk.folder("arriving") / f"upload-{os.urandom(16).hex()}"
