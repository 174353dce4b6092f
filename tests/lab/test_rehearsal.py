"""A recorded book under a policy: what was recorded stays recorded, and every cent ends somewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from amends import calendars, cli, policies
from amends.core.events import DisputeOpened
from amends.importers import importing, mapping
from amends.lab import books as recorded
from amends.lab import rehearsal, rehearsal_report
from tests.lab.books import book

CALENDARS = calendars.load(["CN"])


def run(path: Path, policy: str = "alx-a", seed: int = 1) -> rehearsal.Rehearsed:
    return rehearsal.rehearsed(recorded.read_book(path), policies.load(policy), CALENDARS, seed)


@pytest.mark.parametrize("policy", policies.preset_names())
def test_every_cent_of_the_book_ends_with_buyer_or_seller(tmp_path: Path, policy: str) -> None:
    result = run(book(tmp_path), policy)
    assert result.orders == 8
    assert result.paid_in == {"EUR": 40_000}
    assert result.at_end["EUR"].held == 0
    assert result.at_end["EUR"].total == result.at_book_end["EUR"].total == 40_000
    assert result.broken == ()
    assert set(result.statuses) <= {"completed", "cancelled"}


def test_the_same_seed_tells_the_same_book_again(tmp_path: Path) -> None:
    path = book(tmp_path)
    assert run(path, seed=3) == run(path, seed=3)


def test_another_seed_tells_another_one(tmp_path: Path) -> None:
    path = book(tmp_path)
    told = {json.dumps(rehearsal_report._one(run(path, seed=seed)), sort_keys=True) for seed in range(6)}
    assert len(told) > 1


def test_only_buyers_with_a_reason_open(tmp_path: Path) -> None:
    opened = Counter[str]()
    for seed in range(12):
        one = rehearsal.Rehearsal(recorded.read_book(book(tmp_path)), policies.load("alx-a"), CALENDARS, seed)
        one.run(rehearsal.verified)
        for order, history in one.world.history.items():
            opened[order] += sum(1 for event in history if isinstance(event, DisputeOpened))
    assert set(+opened) <= {"O2", "O6", "O7"}, "broken, never came, came late; O8 was never sent, the rest went well"
    assert set(+opened) == {"O2", "O6", "O7"}


def test_what_was_never_sent_is_cancelled_by_the_clock_and_its_complaint_refused(tmp_path: Path) -> None:
    results = [run(book(tmp_path), seed=seed) for seed in range(6)]
    assert all(result.statuses["cancelled"] == 1 and result.lapses["dispatch"] == 1 for result in results)
    assert any(result.refusals["open: not_dispatched"] for result in results)


def test_a_broken_invariant_shows(tmp_path: Path) -> None:
    one = rehearsal.Rehearsal(recorded.read_book(book(tmp_path)), policies.load("alx-a"), CALENDARS, 1)
    one.run(rehearsal.verified)
    one.world.history["O1"].pop()
    assert any("O1" in broken for broken in rehearsal.verified(one.world))


def test_the_table_stands_side_by_side_and_says_what_is_simulated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = book(tmp_path)
    assert cli.main(["rehearse", str(path), "--policy", "alx-a", "--policy", "alx-c", "--seed", "2"]) == 0
    out = capsys.readouterr().out
    assert "real orders, simulated parties" in out
    assert "alx-a" in out
    assert "alx-c" in out
    assert "invariants broken" in out


def test_the_result_as_json_holds_the_same_money(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rehearse", str(book(tmp_path)), "--policy", "alx-d", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["label"] == rehearsal_report.LABEL
    money = document["policies"][0]["at_end"]["EUR"]
    assert money["held"] == 0
    assert money["refunded"] + money["released"] == 40_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no command"),
        ("not json\n", "line 1"),
        ('{"at": "2026-01-01T00:00:00Z"}\n', "line 1"),
    ],
)
def test_a_book_that_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    path = tmp_path / "commands.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(recorded.BookError, match=says):
        recorded.read_book(path)
    assert cli.main(["rehearse", str(path)]) == 2
    assert capsys.readouterr().err.startswith("amends: ")


def test_real_orders_reconcile_under_each_policy(shared: Callable[[str], Path], tmp_path: Path) -> None:
    """One policy on the whole real book; `make run` and the README show all five."""
    out = tmp_path / "commands.jsonl"
    source = shared("data/olist") / "olist_subset_8135_raw_csv.zip"
    importing.run(source, mapping.load("olist"), out, tmp_path / "report.jsonl")
    result = run(out, "alx-a", seed=1)
    assert result.orders == 7433
    assert result.paid_in == {"BRL": 126_601_086}
    assert result.at_end["BRL"].total == 126_601_086
    assert result.at_end["BRL"].held == 0
    assert result.broken == ()
    assert result.disputes > 1000
