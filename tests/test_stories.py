"""The stories are the specification that runs: each is played, and together they leave nothing untold.

Nothing untold means: no refusal, warning, deadline, outcome, status or flag without a story in tests/stories, and no
word a policy may choose that could be swapped for another one without some story noticing.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from amends import calendars, policies
from amends.core import vocabulary as words
from amends.core.durations import Calendars
from amends.core.policy import KEYS, Anchor, Policy, PolicyError
from amends.core.policy_schema import Key
from amends.stories import reading
from amends.stories.player import Failure, Result, play_in_core
from amends.stories.reading import Step, Story

OURS = Path(__file__).parent / "stories"
SHARED = Path(__file__).parents[2] / "shared" / "spec" / "stories"


def read(folder: Path) -> list[Story]:
    return [story for path in reading.found([str(folder)]) for story in reading.read_file(path)]


@cache
def calendars_known() -> Calendars:
    return calendars.load(["CN"])


@cache
def policy_of(name: str) -> Policy:
    story = next(story for story in STORIES + SHARED_STORIES if story.name == name)
    return policies.load(story.policy, story.overrides)


def play(story: Story) -> Result:
    return play_in_core(story, policy_of(story.name), calendars_known())


def explained(story: Story, failure: Failure) -> str:
    """A failure as a lawyer would want to read it."""
    told = "\n".join(f"    {line}" for line in failure.timeline)
    return (
        f"{story.name}\n  {story.file}, line {failure.line}\n  step      {failure.step}\n"
        f"  expected  {failure.expected}\n  got       {failure.got}\n  so far\n{told}"
    )


STORIES = read(OURS)
SHARED_STORIES = read(SHARED) if SHARED.is_dir() else []


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_our_story_goes_as_told(story: Story) -> None:
    failure = play(story).failure
    assert failure is None, explained(story, failure)


@pytest.mark.skipif(not SHARED_STORIES, reason="../shared/spec/stories does not lie beside this checkout")
@pytest.mark.parametrize("story", SHARED_STORIES, ids=lambda story: story.name)
def test_a_shared_story_goes_as_told(story: Story) -> None:
    failure = play(story).failure
    assert failure is None, explained(story, failure)


def test_the_example_in_the_manual_goes_as_told() -> None:
    manual = (Path(__file__).parents[1] / "docs" / "stories.md").read_text(encoding="utf-8")
    (story,) = reading.read_text(manual.partition("```yaml\n")[2].partition("```")[0], "docs/stories.md")
    policy = policies.load(story.policy, story.overrides)
    failure = play_in_core(story, policy, calendars_known()).failure
    assert failure is None, explained(story, failure)


def test_every_story_has_a_name_of_its_own_and_says_which_rules_it_shows() -> None:
    names = [story.name for story in STORIES]
    assert sorted(set(names)) == sorted(names)
    assert [story.name for story in STORIES if not story.rules] == []


def test_there_are_stories_under_every_preset_and_ten_for_alx_b() -> None:
    told = [story.policy for story in STORIES]
    assert {preset for preset in policies.preset_names() if preset not in told} == set()
    assert told.count("alx-b") >= 10
    assert len(told) >= 90


# ── no word of the trade is untold ───────────────────────────────────────────────────────────────

STEPS = [step for story in STORIES for step in story.steps]
EXPECTED = [step.expectation for step in STEPS if step.expectation]


def expected(key: str) -> Iterator[Any]:
    return (expectation[key] for expectation in EXPECTED if key in expectation)


def acts(steps: Iterable[Step], key: str) -> set[str]:
    return {str(step.document[key]) for step in steps if key in step.document}


def parts(key: str, part: str) -> set[str]:
    return {str(value[part]) for value in expected(key) if isinstance(value, Mapping) and part in value}


def untold(kind: Iterable[str], told: Iterable[object]) -> list[str]:
    return sorted(set(kind) - {str(word) for word in told})


def test_every_refusal_the_core_can_give_is_told() -> None:
    assert untold(set(words.RefusalCode) - words.SERVICE_ONLY_REFUSALS, acts(STEPS, "refused")) == []


@pytest.mark.parametrize("code", ["too_early", "in_transit_wait", "dispatch_not_due", "escalation_not_yet"])
def test_a_refusal_that_waiting_lifts_is_told_with_its_date(code: str) -> None:
    assert any(step.document.get("refused") == code and "refused_until" in step.document for step in STEPS)


def test_every_warning_is_told() -> None:
    warned = [code for step in STEPS for code in step.document.get("warns") or ()]
    flagged = [flag for flags in expected("flags") for flag in flags]
    assert untold(words.WarningCode, warned + flagged) == []


def test_every_flag_is_told() -> None:
    assert untold(words.Flag, [flag for flags in expected("flags") for flag in flags]) == []


def test_every_deadline_is_told_while_it_runs_and_once_it_has_lapsed() -> None:
    assert untold(words.DeadlineName, parts("deadline", "name")) == []
    assert untold(words.DeadlineName, parts("lapsed", "name")) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (words.DisputeStatus, set(expected("status"))),
        (words.Outcome, set(expected("outcome"))),
        (words.WaitingOn, set(expected("waiting_on"))),
        (words.OrderStatus, set(expected("order")) | set(expected("order_status"))),
        (set(words.RefundStatus) - {words.RefundStatus.SENT}, parts("refund", "status")),  # sent: only a service sends
        (words.Verb, acts(STEPS, "do")),
        (words.Party, acts(STEPS, "by")),
        (words.Reason, acts(STEPS, "reason")),
        (words.Wants, acts(STEPS, "wants")),
        (words.TrackState, acts(STEPS, "state")),
        (words.Grounds, acts(STEPS, "grounds")),
        (words.Fault, acts(STEPS, "fault")),
        (words.FundedBy, acts(STEPS, "funded_by")),
        (words.CountsAgainst, acts(STEPS, "counts_against")),
        (reading.EXPECTATIONS, {key for expectation in EXPECTED for key in expectation}),
    ],
    ids=lambda value: getattr(value, "__name__", "") or "told",
)
def test_every_word_of_the_trade_is_told(kind: Iterable[str], told: set[str]) -> None:
    assert untold(kind, told) == []


# ── no word of a policy is untold ────────────────────────────────────────────────────────────────

Choice = tuple[str, object]
"""A key of the policy and a word it may hold."""

SAYS_NOTHING_TO_AN_ORDER: dict[Choice | str, str] = {
    "policy.grade": "how far to trust the numbers; no rule reads it",
    "messages.weigh_in_review": "how the mediator's page shows messages",
    ("messages.language", "any"): "warns of less; a story expects only what is there",
    ("return.postage_paid_by", "seller"): "warns of less; a story expects only what is there",
    ("return.ends_in", "refund"): "every return may end in money; the word is only written out",
    ("opening.not_received_waits_for", "paid"): "has happened before any parcel moves, so nothing waits for it",
    ("opening.not_received_waits_for", "shipped"): "has happened before any parcel moves, so nothing waits for it",
    ("opening.not_received_waits_for", "delivered"): "a parcel that was delivered moves no more",
    ("opening.not_received_waits_for", "receipt_confirmed"): "what was confirmed cannot be claimed as not received",
}
ONLY_ONE_WORD = {
    "protection.if_nothing_happens": words.DeadlineName.PROTECTION,
    "return.if_not_replaced": words.DeadlineName.REPLACEMENT,
    "refund.if_late": words.DeadlineName.REFUND,
}
"""Keys with a single word cannot be swapped; a story expects the word with the deadline it answers."""


def choices(path: str, key: Key) -> Iterator[Choice]:
    """Every word the key may hold: words, yes and no, no clock, and those of the tables in it."""
    if path == "opening.latest":
        yield from ((path, anchor) for anchor in get_args(Anchor))
    if key.kind == "flag":
        yield from ((path, value) for value in (True, False))
    yield from ((path, word) for word in key.words)
    if key.kind == "word" and key.optional:
        yield path, ""
    for name, part in (key.parts or {}).items():
        yield from choices(f"{path}.{name}", part)


ALL_CHOICES = [
    choice
    for path, key in KEYS.items()
    for choice in choices(path, key)
    if path not in SAYS_NOTHING_TO_AN_ORDER and choice not in SAYS_NOTHING_TO_AN_ORDER and path not in ONLY_ONE_WORD
]


def others(path: str, word: object) -> list[Any]:
    """What could stand there instead."""
    head = ".".join(path.split(".")[:2])
    rivals = [other for at, other in choices(head, KEYS[head]) if at == path and other != word]
    return rivals or [""]  # “first_answer” is the one word beside durations


def swapped(document: Mapping[str, Any], choice: Choice) -> Iterator[dict[str, Any]]:
    """The policy with the word swapped for each other one, or left out of the list it stands in."""
    path, word = choice
    *tables, name = path.split(".")
    place: Any = document
    for table in tables:
        place = place.get(table, {})
    value = place.get(name)
    if isinstance(value, list) and word in value:
        yield changed(document, path, [other for other in value if other != word])
    elif isinstance(value, list):
        for at, entry in enumerate(value):
            if isinstance(entry, Mapping) and entry["after"] == word:
                for other in others(path, word):
                    yield changed(document, path, [*value[:at], {**entry, "after": other}, *value[at + 1 :]])
    elif isinstance(value, Mapping):
        for key in (key for key, held in value.items() if held == word):
            for other in others(path, word):
                yield changed(document, path, {**value, key: other})
    elif value == word:
        for other in others(path, word):
            yield changed(document, path, other)


def changed(document: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    after = copy.deepcopy(dict(document))
    *tables, name = path.split(".")
    place = after
    for table in tables:
        place = place[table]
    place[name] = value
    return after


def notices(story: Story, choice: Choice) -> bool:
    """Whether the story goes another way once the word it was told under is swapped."""
    for document in swapped(policy_of(story.name).document, choice):
        try:
            policy = Policy.from_document(document)
        except PolicyError:
            continue  # no such policy, so nobody could choose it
        if not play_in_core(story, policy, calendars_known()).passed:
            return True
    return False


@pytest.mark.parametrize("choice", ALL_CHOICES, ids=lambda choice: f"{choice[0]}={choice[1]!s}")
def test_a_policy_word_cannot_be_swapped_without_a_story_noticing(choice: Choice) -> None:
    path = ".".join(choice[0].split(".")[:2])
    likely = sorted(STORIES, key=lambda story: not any(key.startswith(path) for key in story.overrides))
    assert any(notices(story, choice) for story in likely), f"no story tells what {choice[0]} = {choice[1]!r} does"


CLOCKS_NO_ORDER_HEARS = {
    "refund.schedule_within": "how soon a service must tell the provider; the core schedules at once",
    "evidence.keep_after_closing": "when a service erases",
}
CLOCKS = [path for path, key in KEYS.items() if key.kind in ("clock", "duration") and path not in CLOCKS_NO_ORDER_HEARS]


@pytest.mark.parametrize("path", CLOCKS)
def test_a_clock_cannot_be_set_otherwise_without_a_story_noticing(path: str) -> None:
    table, key = path.split(".")
    likely = sorted(STORIES, key=lambda story: path not in story.overrides)
    assert any(
        not play_in_core(story, otherwise, calendars_known()).passed
        for story in likely
        if policy_of(story.name).document[table][key] != ""
        for otherwise in [Policy.from_document(changed(policy_of(story.name).document, path, "P999D"))]
    ), f"no story tells how long {path} lasts"


@pytest.mark.parametrize(("path", "name"), ONLY_ONE_WORD.items())
def test_a_key_with_one_word_is_told_with_its_deadline(path: str, name: words.DeadlineName) -> None:
    (word,) = KEYS[path].words
    assert any(
        isinstance(deadline, Mapping) and (deadline.get("name"), deadline.get("if_silent")) == (name, word)
        for deadline in expected("deadline")
    )
