"""Nothing may grow past the longest function and the longest file we once had."""

import json
from pathlib import Path

from tests.architecture.ratchet import CHECKOUT, LIMITS, lowered, measure, past

LIMITS_TODAY = json.loads(LIMITS.read_text(encoding="utf-8"))


def test_nothing_has_grown_past_the_ratchet() -> None:
    grown = past(LIMITS_TODAY, measure(CHECKOUT / "amends"))
    assert not grown, "\n" + "\n".join(grown)


def house_with(folder: Path, *, lines_in_function: int, lines_after: int = 0) -> Path:
    house = folder / "house"
    house.mkdir()
    body = "    x = 1\n" * (lines_in_function - 2)
    (house / "room.py").write_text(f"@decorated\ndef f():\n{body}" + "y = 1\n" * lines_after, encoding="utf-8")
    return house


def test_a_function_one_line_too_long_is_named(tmp_path: Path) -> None:
    limits = {"longest_file": 500, "longest_function": 60}
    (said,) = past(limits, measure(house_with(tmp_path, lines_in_function=61)))
    assert said == "house/room.py:2 f has 61 lines; the longest function may have 60. Split it by thought."


def test_a_function_and_a_file_of_just_the_limit_pass(tmp_path: Path) -> None:
    limits = {"longest_file": 500, "longest_function": 60}
    assert past(limits, measure(house_with(tmp_path, lines_in_function=60, lines_after=440))) == []


def test_a_file_one_line_too_long_is_named(tmp_path: Path) -> None:
    limits = {"longest_file": 500, "longest_function": 60}
    (said,) = past(limits, measure(house_with(tmp_path, lines_in_function=60, lines_after=441)))
    assert said.startswith("house/room.py has 501 lines")


def test_the_ratchet_goes_down_and_never_up(tmp_path: Path) -> None:
    lengths = measure(house_with(tmp_path, lines_in_function=40, lines_after=60))
    assert lowered({"longest_file": 500, "longest_function": 30}, lengths) == {
        "longest_file": 100,
        "longest_function": 30,
    }
