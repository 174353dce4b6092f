"""Lives that once broke a law, shrunk and kept: each is lived again under all laws, with the answers it should get."""

from pathlib import Path

import pytest

from amends import calendars, policies
from amends.lab.life import live
from amends.lab.shrinking import heard, told
from amends.stories.player import play_in_core
from amends.stories.reading import Story, found, read_file

STORIES = [story for path in found([str(Path(__file__).parent / "failing_seeds")]) for story in read_file(path)]
NAMES = [Path(story.file).stem for story in STORIES]


@pytest.mark.parametrize("story", STORIES, ids=NAMES)
def test_a_life_that_once_broke_a_law_breaks_none(story: Story) -> None:
    life = live(heard(story))
    assert not life.broken, told(life)


@pytest.mark.parametrize("story", STORIES, ids=NAMES)
def test_its_acts_get_the_answers_they_should(story: Story) -> None:
    result = play_in_core(story, policies.load(story.policy, story.overrides), calendars.load(["CN"]))
    assert result.passed, result.failure
