"""Every story over real HTTP, as the parties would: the same answers as the core in memory."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from amends import policies
from amends.stories.client import Client
from amends.stories.player import Result, play
from amends.stories.reading import Story, read_file
from amends.stories.service import ServiceDriver

from .running import Running

HERE = Path(__file__).parents[1] / "stories"
THERE = Path(__file__).parents[3] / "shared" / "spec" / "stories"
FILES = sorted([*HERE.rglob("*.yaml"), *THERE.glob("*.yaml")])
AT_ONCE = 4


def played(service: Running, story: Story, folder: Path) -> tuple[Result, list[str]]:
    """What came of one story on a sandbox of its own, and what is wrong with its books afterwards."""
    policy = policies.load(story.policy, story.overrides, folders=(folder,))
    sandbox = service.keeper.sandbox(policy.document)
    with Client(service.url, sandbox.keys[0]) as client:
        result = play(story, ServiceDriver(client))
    return result, service.keeper.broken(sandbox.id)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_story_goes_through_the_service_as_through_the_core(service: Running, file: Path) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(lambda story: played(service, story, file.parent), read_file(file)))
    assert told
    for result, broken in told:
        assert result.passed, f"{result.story}: {result.failure}"
        assert not broken, f"{result.story}: {broken}"


def test_a_story_that_goes_another_way_is_found_out(service: Running, shared: Callable[[str], Path]) -> None:
    """Alice's claim is for 45.00; a story that says 44.00 must fail here too."""
    (story,) = read_file(shared("spec/stories/s05-offer-of-zero.yaml"))
    wrong = story.steps[-2]._replace(document={"expect": {"dispute": "D1", "claim": {"amount": "44.00"}}})
    result, _ = played(service, story._replace(steps=(*story.steps[:-2], wrong)), THERE)
    assert result.failure is not None
    assert "44.00" in result.failure.expected
    assert "45.00" in result.failure.got
    assert any("opened dispute" in line for line in result.failure.timeline)
