"""The command line: exit status 0, 1 and 2, and a sentence for everything that goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amends import cli

GOOD = """
story: a seller who says yes
policy: alx-a
order:
  {id: O1, buyer: bo, seller: li, currency: EUR, lines: [{id: A, title: Lamp, price: "9.00", quantity: 1}],
   paid_at: 2026-01-01T00:00:00Z, payment_method: card}
steps:
  - {at: 2026-01-02T00:00:00Z, by: seller, do: ship, tracking: RR123456785CN, delivery_due: 2026-02-01T00:00:00Z}
  - {at: 2026-01-20T00:00:00Z, by: buyer, do: open, dispute: D, lines: [A], received: true, reason: defective,
     wants: refund, amount: "9.00"}
  - {at: 2026-01-21T00:00:00Z, by: seller, do: accept, dispute: D}
  - {at: 2026-01-21T00:00:00Z, expect: {dispute: D, outcome: accepted_by_seller}}
"""


def story(folder: Path, text: str = GOOD) -> str:
    path = folder / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_story_that_goes_as_told_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["play", story(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["passed  a seller who says yes", "1 passed, 0 failed"]


def test_one_that_does_not_is_shown_with_step_and_timeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = GOOD.replace("outcome: accepted_by_seller", "outcome: agreed")
    assert cli.main(["play", story(tmp_path, wrong)]) == 1
    out = capsys.readouterr().out
    assert "expected  outcome: agreed" in out
    assert "got       outcome: accepted_by_seller" in out
    assert "The seller accepted number 1." in out
    assert out.splitlines()[-1] == "0 passed, 1 failed"


def test_results_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["play", "--json", story(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["passed"] is True


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["play", "nowhere.yaml"], "there is no such file or folder"),
        (["policy", "show", "alx-z"], "alx-"),
        (["policy", "check", "alx-z"], "alx-"),
        (["rehearse", "nowhere.zip"], "nowhere.zip"),
        (["rehearse", "nowhere.jsonl"], "nowhere.jsonl"),
        (["import", "nowhere.zip", "--mapping", "olist"], "nowhere.zip"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(argv) == 2
    captured = capsys.readouterr()
    assert says in captured.err + captured.out
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == [], "nothing is left half-written"


def test_the_leaflet_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["policy", "show", "alx-c"]) == 0
    assert "5 days" in capsys.readouterr().out


def test_the_demonstration_tells_its_story_and_then_what_is_at_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["demo", "--stories", story(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "34.20 USD" in out
    assert out.splitlines()[-1] == "1 passed, 0 failed"


def test_unknown_commands_are_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["plaay"])
    assert stopped.value.code == 2
    assert "play" in capsys.readouterr().err
