"""The specification's stories, told through the database: the same answers as the core in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from amends import policies
from amends.orders.verify import verify
from amends.stories.player import play
from amends.stories.reading import read_file

from .counter import StoreDriver

STORIES = Path(__file__).parents[3] / "shared" / "spec" / "stories"
FILES = sorted(STORIES.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES or [None], ids=lambda file: file.stem if file else "none")
def test_a_story_goes_through_the_store_as_through_the_core(
    database: str, shared: Callable[[str], Path], file: Path | None
) -> None:
    assert file is not None, shared("spec/stories")
    for story in read_file(file):
        driver = StoreDriver(policies.load(story.policy, story.overrides))
        result = play(story, driver)
        assert result.passed, f"{story.name}: {result.failure}"
        report = verify(driver.marketplace)
        assert report.orders == len(story.orders)
        assert not report.broken, "\n".join(map(str, report.broken))
