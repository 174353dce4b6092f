"""What `amends policy check` prints, and its exit status."""

import io
import json
from pathlib import Path

from amends.lab import checker
from tests.lab.checker.checked import BROKEN


def told(path: str | Path, *, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return checker.run(path, out, json=as_json), out.getvalue()


def test_a_policy_that_is_proved_says_so_line_by_line() -> None:
    status, text = told("alx-b")
    assert status == 0
    assert "proved: money_is_conserved — " in text
    assert " days." in text
    assert text.rstrip().endswith("nothing refutes this policy.")


def test_a_refuted_policy_comes_with_a_story_to_play() -> None:
    status, text = told(BROKEN / "opens-after-it-closed.toml")
    assert status == 1
    assert "error: windows_that_close_before_they_open" in text
    assert "refused: protection_ended" in text
    assert text.rstrip().endswith("1 error.")


def test_a_file_that_is_not_there_is_a_sentence_and_status_2() -> None:
    status, text = told("nowhere/to-be-found.toml")
    assert status == 2
    assert "nowhere/to-be-found.toml" in text


def test_a_policy_with_a_mistake_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text('[policy]\nid = "shop"\nversion = 1\n[negotiation]\nseller_response = "5 days"\n')
    status, text = told(path)
    assert status == 2
    assert "shop.toml, line 5: negotiation.seller_response" in text


def test_as_json_the_same_is_data() -> None:
    status, text = told(BROKEN / "calendar-nobody-knows.toml", as_json=True)
    document = json.loads(text)
    assert status == 1
    assert document["policy"] == "calendar-nobody-knows"
    assert document["proved"] == []
    assert {finding["code"] for finding in document["findings"]} >= {"unknown_calendar"}
    assert json.loads(told("nowhere.toml", as_json=True)[1])["unreadable"]
