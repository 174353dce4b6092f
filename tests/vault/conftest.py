"""A workshop and a folder, shared by what only looks."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from amends.vault import intake
from amends.vault.limits import Limits
from amends.vault.workshop import Workshop

LIMITS = Limits()


class Desk(NamedTuple):
    """Where files are handed in."""

    workshop: Workshop
    folder: Path

    def takes(self, content: bytes, name: str = "photo.jpg", *, limits: Limits = LIMITS) -> intake.Examined:
        """The file through receive and examine. Raises `NotTaken`; a video's copy is left in the folder."""
        chunks = (content[place : place + 65_536] for place in range(0, len(content), 65_536))
        with intake.receive(chunks, name=name, declared="", limits=limits, folder=self.folder) as received:
            return intake.examine(received, workshop=self.workshop, limits=limits)


@pytest.fixture(scope="session")
def workshop() -> Iterator[Workshop]:
    with Workshop() as workshop:
        yield workshop


@pytest.fixture
def desk(workshop: Workshop, tmp_path: Path) -> Desk:
    return Desk(workshop, tmp_path)
