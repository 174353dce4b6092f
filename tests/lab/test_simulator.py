"""Random lives: a thousand of them under all laws, and what makes a life worth the name: same seed, same life."""

import io
import json

from hypothesis import given
from hypothesis import strategies as st

from amends import calendars, policies
from amends.lab.life import live, plan_of
from amends.lab.shrinking import fewest, heard, told
from amends.lab.simulator import EVERYTHING, lives, run
from amends.stories.player import play_in_core
from amends.stories.reading import read_text


def test_a_thousand_lives_break_no_law() -> None:
    report = lives(1_000, seed=1, processes=2)
    assert not report.failing, "\n\n".join(failing.story for failing in report.failing)
    assert report.lives == 1_000
    # So many lives go nearly everywhere; `make prove` goes the rest of the way.
    missing = {kind: words for kind, words in report.missing.items() if len(words) > len(EVERYTHING[kind]) // 5}
    assert not missing


def test_the_same_seed_gives_the_same_life() -> None:
    first, second = live(plan_of(77)), live(plan_of(77))
    assert (first.history, first.order) == (second.history, second.order)
    assert [taken.step for taken in first.taken] == [taken.step for taken in second.taken]


def test_processes_share_the_lives_and_change_nothing() -> None:
    alone, shared = lives(120, seed=5, processes=1), lives(120, seed=5, processes=2)
    assert alone.steps == shared.steps
    assert alone.seen.words == shared.seen.words


def test_a_life_is_a_story_that_plays_with_the_same_answers() -> None:
    known = calendars.load(["CN"])
    for seed in range(300, 330):
        life = live(plan_of(seed))
        if life.order is None:  # the order itself was refused
            continue
        (story,) = read_text(told(life))
        result = play_in_core(story, policies.load(story.policy, story.overrides), known)
        assert result.passed, (seed, result.failure)


def test_a_told_life_is_lived_again_to_the_same_history() -> None:
    life = live(plan_of(42))
    (story,) = read_text(told(life._replace(taken=life.taken[: life.drawn])))
    again = live(heard(story)._replace(seed=42))
    assert [event for event in again.history if event.by != "clock"] == [e for e in life.history if e.by != "clock"]


def test_under_one_policy_all_lives_are_its_own() -> None:
    assert {plan_of(seed, "alx-e").preset for seed in range(20)} == {"alx-e"}


@given(st.sets(st.integers(0, 40), max_size=4), st.integers(1, 41))
def test_shrinking_keeps_what_is_needed_and_nothing_else(needed: set[int], count: int) -> None:
    needed = {item for item in needed if item < count}
    assert set(fewest(tuple(range(count)), lambda some: needed <= set(some))) == needed


def test_the_printed_report_names_what_was_never_seen() -> None:
    out = io.StringIO()
    assert run(20, 1, out, processes=1) == 0
    text = out.getvalue()
    assert text.startswith("20 lives from seed 1: ")
    assert "never: " in text
    assert "Invariants broken: 0" in text


def test_the_report_as_json_holds_the_same() -> None:
    out = io.StringIO()
    assert run(20, 1, out, as_json=True, processes=1) == 0
    document = json.loads(out.getvalue())
    assert document["lives"] == 20
    assert document["broken"] == []
    assert set(document["never_seen"]) == set(EVERYTHING)
