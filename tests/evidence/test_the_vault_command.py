"""`amends vault`: a flipped byte is found and named, and what nothing refers to is thrown away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.api.client import at
from tests.api.people import People

from .conftest import Vault
from .test_uploads import photo, rows, uploaded


def amends(vault: Vault, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AMENDS_")}
    own = {"DATABASE_URL": vault.service.database, "AMENDS_FILES": str(vault.files)}
    command = [sys.executable, "-m", "amends.cli", *arguments]
    return subprocess.run(command, env=kept | own, capture_output=True, text=True, check=False, timeout=60)


def place_of(vault: Vault, file: str, piece: str) -> Path:
    query = f"SELECT pieces -> '{piece}' ->> 'sha256' FROM evidence_file WHERE file = '{file}'"  # noqa: S608
    address: str = rows(vault, query)[0][0]
    return vault.files / "store" / address[:2] / address[2:4] / address


def test_a_flipped_byte_is_found_and_named(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    whole = amends(vault, "vault", "--verify")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert "every piece is as it was kept" in whole.stdout
    place = place_of(vault, file, "reading")
    content = bytearray(place.read_bytes())
    content[-40] ^= 1
    place.chmod(0o600)
    place.write_bytes(content)
    broken = amends(vault, "vault", "--verify")
    content[-40] ^= 1
    place.write_bytes(content)
    assert broken.returncode == 1
    [line] = [line for line in broken.stdout.splitlines() if line.startswith("BROKEN")]
    assert f" O1 {file} reading: " in line
    shown = people.bob.get(f"/v1/orders/O1/files/{file}/reading")
    assert shown.status == 200, "and it is whole again"


def test_a_piece_that_is_missing_is_named(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    place = place_of(vault, file, "thumbnail")
    aside = place.rename(vault.files / "aside")
    try:
        missing = amends(vault, "vault", "--verify")
        assert missing.returncode == 1
        assert f"{file} thumbnail: " in missing.stdout
        assert people.bob.get(f"/v1/orders/O1/files/{file}/thumbnail").code == "file_damaged"
    finally:
        aside.rename(place)


def test_a_case_file_with_a_missing_piece_is_refused_in_words(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    place = place_of(vault, file, "original")
    aside = place.rename(vault.files / "aside")
    try:
        reply = people.mia.get(at("O1", "disputes", 1, "case-file"))
        assert (reply.status, reply.code) == (500, "file_damaged")
        assert f"File {file} of order O1" in reply.body["detail"]
        assert people.bob.get(at("O1", "disputes", 1, "case-file")).status == 200, "the original is not in his"
    finally:
        aside.rename(place)
    assert people.mia.get(at("O1", "disputes", 1, "case-file")).status == 200


DEEP_WRONGS = {
    "a photo in another's place": (
        "pieces = jsonb_set(pieces, '{original}', pieces -> 'reading')",
        "Opened, it has SHA-256",
    ),
    "a row that tells another hash": ("sha256 = sha256('x')", "It is not the file that was given"),
    "a row that names another event": ("linked_event = 1", "did not make it evidence"),
}


@pytest.mark.parametrize("change", DEEP_WRONGS)
def test_what_is_sealed_well_and_is_not_what_was_given_is_found_by_looking_deeper(
    people: People, vault: Vault, change: str
) -> None:
    """The sealed bytes are what the row says; the row itself was changed."""
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    assert amends(vault, "vault", "--verify", "--deep").returncode == 0
    said, found = DEEP_WRONGS[change]
    rows(vault, f"UPDATE evidence_file SET {said} WHERE file = '{file}' RETURNING 1")  # noqa: S608
    try:
        assert amends(vault, "vault", "--verify").returncode == 0
        deep = amends(vault, "vault", "--verify", "--deep")
    finally:
        rows(vault, f"DELETE FROM evidence_file WHERE file = '{file}' RETURNING 1")  # noqa: S608
    assert deep.returncode == 1
    broken = [line for line in deep.stdout.splitlines() if line.startswith("BROKEN")]
    assert [line for line in broken if f" O1 {file} original: " in line and found in line], deep.stdout


def test_deep_alone_is_no_question(vault: Vault) -> None:
    asked = amends(vault, "vault", "--sweep", "--deep")
    assert (asked.returncode, "with --verify" in asked.stderr) == (2, True)


def test_a_sweep_throws_away_orphans_and_leftovers_and_no_evidence(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    old = time.time() - 3 * 86_400
    orphan = vault.files / "store" / "ab" / "cd" / ("abcd" + "0" * 60)
    leftover = vault.files / "arriving" / "upload-killed"
    half, young = (vault.files / "uploads" / f"new-{digit * 32}" for digit in "ab")
    for place in (orphan, leftover, half / "about.json", young / "about.json"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"noise")
    kept = place_of(vault, file, "original")
    for place in (orphan, leftover, half, kept):
        os.utime(place, (old, old))
    assert f"orphan  {orphan.name}" in amends(vault, "vault", "--verify").stdout
    swept = amends(vault, "vault", "--sweep")
    assert swept.returncode == 0, swept.stderr
    assert "1 orphans, 2 leftovers" in swept.stdout
    assert (orphan.exists(), leftover.exists(), kept.exists()) == (False, False, True)
    assert (half.exists(), young.exists()) == (False, True), "one was begun a moment ago"
    shutil.rmtree(young)
