"""Each broken policy has one flaw, and is caught for it by name; the story that comes with it really happens."""

import os
from pathlib import Path

import pytest

from amends import policies
from amends.lab import checker
from amends.lab.checker import restarting, values
from amends.lab.checker.findings import Code, Finding
from tests.lab.checker.checked import ALL, BROKEN, caught, expected, policy, report, shows

FILES = sorted(BROKEN.glob("*.toml"))
SHOWN_BY_A_STORY = {
    "silence_never_pays_the_silent",
    "silence_ends_every_order",
    "no_clock_restarts_without_limit",
}


def test_there_are_twenty_and_more() -> None:
    assert len(FILES) >= 20


READ = {
    "windows_that_close_before_they_open": values.windows,
    "values_contradict": values.contradictions,
    "no_clock_restarts_without_limit": lambda policy, known: restarting.no_clock_restarts_without_limit(
        policy, known, policy.id
    ),
}
"""What is found without walking through all states."""


def findings(path: Path) -> tuple[Finding, ...]:
    """The whole check, which walks for seconds. Of flaws found without that, only the first of each kind is checked
    whole; for the others the one look is enough, where it finds them."""
    wanted = expected(path)
    first = next(one for one in FILES if expected(one) == wanted)
    if wanted.code in READ and path != first:
        looked = tuple(READ[wanted.code](policy(path.stem), ALL))
        if caught(looked, wanted):
            return looked
    return report(path.stem).findings


def chosen() -> list[Path]:
    """Two of each kind of flaw, each walked for seconds; all of them in `make prove`."""
    if os.environ.get("AMENDS_PROVE"):
        return FILES
    return [path for path in FILES if path in [one for one in FILES if expected(one) == expected(path)][:2]]


@pytest.mark.parametrize("path", chosen(), ids=lambda path: path.stem)
def test_a_broken_policy_is_caught_by_name_and_its_story_plays(path: Path) -> None:
    wanted, said = expected(path), findings(path)
    found = caught(said, wanted)
    assert found, f"{wanted.level} {wanted.code}, among {[(f.level.value, f.code.value) for f in said]}"
    assert found[0].keys, "a finding says which keys to look at"
    if wanted.code in SHOWN_BY_A_STORY:
        assert found[0].counterexample
    for finding in said:
        if finding.counterexample:
            assert shows(finding.counterexample, policy(path.stem)) == ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_flaw_is_one_that_can_be_read_as_a_policy(path: Path) -> None:
    assert policies.load(path).id == path.stem


def test_the_story_of_a_silent_seller_shows_who_was_paid() -> None:
    (found,) = caught(report("silent-seller-is-paid").findings, expected(BROKEN / "silent-seller-is-paid.toml"))
    assert "released: '95.00'" in str(found.counterexample)
    assert "lapsed_for_seller" in str(found.counterexample)
    assert "negotiation.if_window_ends" in found.keys


def test_a_story_that_shows_a_flaw_fails_under_a_policy_without_it() -> None:
    (found,) = caught(report("silent-seller-is-paid").findings, expected(BROKEN / "silent-seller-is-paid.toml"))
    assert found.counterexample
    assert shows(found.counterexample, policy("alx-a")) != ""


def test_a_declared_exception_is_told_with_its_reason_and_is_no_error() -> None:
    declared = policies.load(
        BROKEN / "unseen-return-refunded.toml",
        {"declared.silence_may_pay": {"return.if_no_scan": "the label is ours, and so is its tracking"}},
    )
    found = checker.check(declared, ALL)
    assert not found.errors
    (exception,) = (finding for finding in found.findings if finding.level.value == "declared")
    assert exception.code is Code.SILENCE_NEVER_PAYS_THE_SILENT
    assert "the label is ours" in exception.sentence
