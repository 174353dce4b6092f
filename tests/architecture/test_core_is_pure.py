"""The core decides, and does nothing else: no clock, no chance, no environment, no input or output."""

from pathlib import Path

import pytest

from tests.architecture.house_rules import RULES, HouseRule, Source, broken_rules

CHECKOUT = Path(__file__).parents[2]
CORE = sorted((CHECKOUT / "amends" / "core").rglob("*.py"))


def source_of(path: Path) -> Source:
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Source(
        path.read_text(encoding="utf-8"), module=".".join(parts[:-1] if is_package else parts), is_package=is_package
    )


def sample(text: str, rule: HouseRule) -> Source:
    """A few lines, as if they stood where the rule holds, two rooms deep so that `from ...x` has somewhere to go."""
    return Source(text, module=rule.only_in[0] if rule.only_in else "amends.core.rules.sample")


@pytest.mark.parametrize("path", CORE, ids=lambda path: path.relative_to(CHECKOUT).as_posix())
def test_the_core_keeps_the_house_rules(path: Path) -> None:
    objections = broken_rules(source_of(path))
    assert not objections, "\n" + "\n".join(objections)


def test_the_walk_has_seen_the_core() -> None:
    assert {"__init__.py", "vocabulary.py"} <= {path.name for path in CORE}


BAD_LINES = [pytest.param(rule, line, id=f"{rule.name}: {line!r}") for rule in RULES.values() for line in rule.bad]
GOOD_LINES = [pytest.param(rule, line, id=f"{rule.name}: {line!r}") for rule in RULES.values() for line in rule.good]


@pytest.mark.parametrize(("rule", "line"), BAD_LINES)
def test_a_bad_line_is_caught_by_its_own_rule(rule: HouseRule, line: str) -> None:
    objections = broken_rules(sample(line, rule), {rule.name: rule})
    assert objections
    assert all(rule.instead in objection for objection in objections), "a refusal says what to write instead"


@pytest.mark.parametrize(("rule", "line"), GOOD_LINES)
def test_a_good_line_passes_every_rule(rule: HouseRule, line: str) -> None:
    assert broken_rules(sample(line, rule)) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_tells_where_it_comes_from(rule: HouseRule) -> None:
    assert len((rule.check.__doc__ or "").split()) > 20
    assert rule.bad
    assert rule.good


class TestEscapes:
    """A rule may be broken in writing."""

    broken = "x = hash('alice')"

    def objections(self, comment: str, line: str = broken) -> str:
        return "\n".join(broken_rules(Source(f"{line}  {comment}\n", module="amends.core.sample")))

    def test_a_reason_excuses_the_line(self) -> None:
        assert self.objections("# house-rule: no-chance only ever compared within one call") == ""

    def test_a_bare_escape_excuses_nothing(self) -> None:
        said = self.objections("# house-rule: no-chance")
        assert "gives no reason" in said
        assert "hash is used" in said

    def test_an_escape_from_another_rule_excuses_nothing(self) -> None:
        said = self.objections("# house-rule: no-clock only ever compared within one call")
        assert "hash is used" in said
        assert "excuses nothing" in said

    def test_an_unknown_rule_is_named_beside_the_known_ones(self) -> None:
        assert "there is no house rule 'no-luck'" in self.objections("# house-rule: no-luck because I say so")

    def test_an_escape_that_is_no_longer_needed_is_reported(self) -> None:
        said = self.objections("# house-rule: no-chance only ever compared within one call", line="x = 1")
        assert "excuses nothing" in said

    def test_words_in_a_string_are_no_escape(self) -> None:
        assert "hash is used" in self.objections("", line="x = hash('# house-rule: no-chance for a good reason')")
