"""`python -m amends.importers` as an operator types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from amends.importers.__main__ import main
from tests.importers.exports import ONE, PAYMENTS, zipped


def test_the_summary_is_told_and_adds_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = zipped(tmp_path / "book.zip", ONE | {PAYMENTS: ONE[PAYMENTS] + "\nghost,1,boleto,1,3.00"})
    files = ["--out", str(tmp_path / "c.jsonl"), "--report", str(tmp_path / "r.jsonl")]
    assert main([str(book), "--mapping", "olist", *files]) == 0
    told = capsys.readouterr().out
    assert "53.00 BRL in the source = 50.00 taken + 3.00 refused" in told
    assert "1 place_order, 1 ship, 1 track, 0 cancel_order" in told
    assert "1 unknown_order" in told
    assert "olist_order_payments_dataset.csv: 2 rows = 1 taken + 0 noted + 1 refused" in told


def test_the_summary_as_json_has_money_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = zipped(tmp_path / "book.zip", ONE)
    files = ["--out", str(tmp_path / "c"), "--report", str(tmp_path / "r"), "--complaints", str(tmp_path / "x")]
    assert main([str(book), "--mapping", "olist", "--json", *files]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["money"] == [{"currency": "BRL", "source": "50.00", "taken": "50.00", "refused": "0.00"}]
    assert summary["orders"] == {"rows": 1, "taken": 1, "refused": 0}
    assert (tmp_path / "x").read_text() == ""
    assert not (tmp_path / "complaints.jsonl").exists()


def test_a_wrong_mapping_is_told_whole_and_ends_with_status_2(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.toml"
    mapping.write_text('zoen = "UTC"\n[orders]\nid = "id"\n')
    files = ["--out", str(tmp_path / "c"), "--report", str(tmp_path / "r")]
    asked = [sys.executable, "-m", "amends.importers", str(mapping), "--mapping", str(mapping), *files]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 2
    assert 'zoen is not known here; did you mean "zone"?' in done.stderr
    assert "items is missing" in done.stderr
    assert "Traceback" not in done.stderr
