"""Two people, one order, the same moment: exactly one of them has his way. `python -m tests.through.races` runs 200."""

from __future__ import annotations

import os

import pytest

from .races import RACES, Race, run
from .running import Running

ROUNDS = int(os.environ.get("AMENDS_TEST_RACES", "20"))


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name.replace(" ", "-"))
def test_exactly_one_wins_and_the_other_is_told_what_is_true_now(service: Running, race: Race) -> None:
    ran = run(service, race, ROUNDS)
    assert ran.wrong == ()
    assert sum(ran.won.values()) == ROUNDS
    assert set(ran.won) <= set(race.between)
