"""A property that is taken out catches nothing: so each of the tests above can fail.

And two properties that no policy can break are shown on a graph with a hole in it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from amends import policies
from amends.core.deadlines import CLOCKS
from amends.core.order import replace
from amends.core.policy import KEYS
from amends.lab import checker
from amends.lab.checker import paying, properties, refusals, restarting, silence, values
from amends.lab.checker.clocks import ANSWERS
from amends.lab.checker.exploring import Graph, State, explore
from amends.lab.checker.findings import Code, Finding
from tests.lab.checker.checked import ALL, BROKEN, caught, expected, graph, policy

HOLES: list[tuple[str, object, str]] = [
    ("silent-seller-is-paid", paying, "silence_never_pays"),
    ("return-never-sent", silence, "silence_ends_every_order"),
    ("transit-outlasts-the-window", refusals, "refusals_that_never_lift"),
    ("proof-nobody-can-give", refusals, "reasons_nobody_can_use"),
    ("new-evidence-without-files", properties, "appeals_that_cannot_be_heard"),
]


def examined(name: str) -> tuple[Finding, ...]:
    reached = graph(name)
    return tuple(checker.examine(reached, silence.longest_silence(reached), name))


@pytest.mark.parametrize(("name", "room", "function"), HOLES, ids=[function for _, _, function in HOLES])
def test_without_its_property_a_broken_policy_is_not_caught(
    name: str, room: object, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = expected(BROKEN / f"{name}.toml")
    assert caught(examined(name), wanted)
    monkeypatch.setattr(room, function, lambda *_: iter(()))
    assert not caught(examined(name), wanted)


def test_a_clock_that_restarts_is_only_found_by_playing_it() -> None:
    name = "window-restarts-for-ever"
    assert list(restarting.no_clock_restarts_without_limit(policy(name), ALL, name))
    assert not caught(examined(name), expected(BROKEN / f"{name}.toml"))


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("refund-due-after-its-latest-day", values.contradictions),
        ("evidence-after-the-review", values.windows),
        ("slower-than-the-bank", values.longer_than_other_schemes),
        ("calendar-nobody-knows", values.unknown_calendars),
    ],
)
def test_each_look_at_the_values_finds_its_own_flaw_and_nothing_in_guide_a(name: str, look: Callable[..., Any]) -> None:
    wanted = expected(BROKEN / f"{name}.toml")
    assert caught(tuple(look(policy(name), ALL)), wanted)
    assert not list(look(policy("alx-a"), ALL))


# ── what no policy breaks ────────────────────────────────────────────────────────────────────────


def some_states() -> Graph:
    return explore(policies.load("alx-a"), ALL, most_states=300)


def test_a_state_nobody_leads_out_of_is_found() -> None:
    small = some_states()
    for state in small.states:
        if not any(target.ended for target in (small.states[edge.target] for edge in state.edges)):
            state.edges = []
    (finding,) = properties.every_state_can_end(small, "alx-a")
    assert finding.code is Code.EVERY_STATE_CAN_END


def test_a_cent_that_is_nowhere_is_found() -> None:
    small = some_states()
    assert not list(properties.money_adds_up(small, "alx-a"))
    state: State = small.states[7]
    state.order = replace(state.order, refunded_minor=state.order.refunded_minor + 1)
    (finding,) = properties.money_adds_up(small, "alx-a")
    assert finding.code is Code.MONEY_IS_CONSERVED


def test_a_walk_that_was_cut_short_proves_nothing() -> None:
    found = checker.check(policies.load("alx-a"), ALL, most_states=300)
    assert found.proved == ()
    assert found.bound_days is None
    assert Code.EXPLORED_TO_THE_END in {finding.code for finding in found.errors}


def test_the_keys_named_behind_a_clock_are_the_ones_the_core_reads() -> None:
    for name, rule in CLOCKS.items():
        clock, answer = ANSWERS[name]
        for path, asked in ((clock, rule.lasts), (answer, rule.if_silent)):
            if not path:
                continue
            table, key = path.split(".")
            written = policy("alx-e")
            said: Any = getattr(getattr(written, "return_" if table == "return" else table), key)
            heard: Any = asked(written)
            assert heard == said, path
    assert {path for pair in ANSWERS.values() for path in pair if path} <= set(KEYS)
