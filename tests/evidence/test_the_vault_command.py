"""`amends vault`: a flipped byte is found and named, and what nothing refers to is thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

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


def test_a_sweep_throws_away_orphans_and_leftovers_and_no_evidence(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    old = time.time() - 3 * 86_400
    orphan = vault.files / "store" / "ab" / "cd" / ("abcd" + "0" * 60)
    leftover = vault.files / "arriving" / "upload-killed"
    for place in (orphan, leftover):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"noise")
    kept = place_of(vault, file, "original")
    for place in (orphan, leftover, kept):
        os.utime(place, (old, old))
    assert f"orphan  {orphan.name}" in amends(vault, "vault", "--verify").stdout
    swept = amends(vault, "vault", "--sweep")
    assert swept.returncode == 0, swept.stderr
    assert "1 orphans, 1 leftovers" in swept.stdout
    assert (orphan.exists(), leftover.exists(), kept.exists()) == (False, False, True)
