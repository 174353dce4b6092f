"""A stored dispute as a case file for each role, checked by the stand-alone verifier in a process of its own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends import cli
from amends.orders import casefiles, privacy, signers
from amends.orders.casefiles import NoCase
from amends.orders.sealing import Unopened
from amends.stories.telling import sentence
from amends.vault.casefile.building import BrokenCase
from amends.vault.casefile.contents import Role
from amends.vault.casefile.signing import printable
from tests.casefile.verifying import VERIFIER
from tests.privacy.giving import WRITTEN_BY_ALICE, a_case, photo
from tests.store.lives import accepted, act, day

Server = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def case(shop: UUID, files: Path, tmp_path: Path) -> UUID:
    a_case(shop, tmp_path / "arriving")
    return shop


def exported(shop: UUID, role: Role, days: float = 14) -> bytes:
    with casefiles.written(shop, "O1", 1, role=role, tell=sentence, now=day(days)) as made:
        return made.read()


def verified(content: bytes, folder: Path, fingerprint: str) -> subprocess.CompletedProcess[str]:
    place = folder / "case.zip"
    place.write_bytes(content)
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(place), "--key", fingerprint],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def document(content: bytes, name: str) -> Any:
    return json.loads(entries(content)[name])


@pytest.mark.parametrize("role", Role)
def test_the_file_of_each_role_holds(case: UUID, tmp_path: Path, role: Role) -> None:
    said = verified(exported(case, role), tmp_path, signers.signer(case).fingerprint)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert "Everything holds." in said.stdout


def test_one_byte_more_or_another_key_does_not(case: UUID, tmp_path: Path) -> None:
    made = exported(case, Role.COURT)
    at = made.index(b"Keep it")
    assert verified(made[:at] + b"k" + made[at + 1 :], tmp_path, signers.signer(case).fingerprint).returncode == 1
    assert verified(made, tmp_path, "0" * 64).returncode == 1


def test_photographs_are_in_it_as_they_were_given_and_each_role_gets_its_own(case: UUID) -> None:
    court, buyer = entries(exported(case, Role.COURT)), entries(exported(case, Role.BUYER))
    assert photo("red", "Rose-Camera 3000") in court.values()
    assert photo("red", "Rose-Camera 3000") in buyer.values()
    assert photo("teal") in court.values()
    assert photo("teal") not in buyer.values()
    assert b"bobs-secret-letter" not in b"".join(buyer.values())


def test_every_role_ends_in_the_same_head_also_when_the_key_is_replaced(case: UUID, tmp_path: Path) -> None:
    before = document(exported(case, Role.BUYER), "manifest.json")
    old = signers.signer(case)
    new = signers.replace(case)
    after = exported(case, Role.SELLER)
    assert document(after, "manifest.json")["case_head"] == before["case_head"]
    assert (new.salting, new.secret != old.secret) == (old.salting, True)
    assert verified(after, tmp_path, new.fingerprint).returncode == 0
    first, second = signers.published(case)
    assert (first.fingerprint, first.until is not None) == (old.fingerprint, True)
    assert (second.fingerprint, second.until) == (new.fingerprint, None)


def test_the_salting_refuses_to_change(case: UUID, server: Server) -> None:
    signers.signer(case)
    for change in ("UPDATE amends_keys.salting SET secret = sha256('x')", "DELETE FROM amends_keys.salting"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            server.execute(change)


def test_only_whom_nothing_is_withheld_from_gets_the_stores_chain(case: UUID, server: Server) -> None:
    rows = server.execute("SELECT encode(chain, 'hex') FROM event WHERE marketplace = %s", [case]).fetchall()
    hashes = [str(chain).encode() for (chain,) in rows]
    for role in Role:
        found = [one for one in hashes if one in exported(case, role)]
        assert bool(found) is (role in (Role.COURT, Role.MEDIATOR)), role


def test_after_alices_erasure_it_verifies_and_her_words_are_gone(case: UUID, tmp_path: Path) -> None:
    erased = privacy.erase(case, "alice", reason="she asked", now=day(30))
    fingerprint = signers.signer(case).fingerprint
    for role in Role:
        made = exported(case, role)
        said = verified(made, tmp_path, fingerprint)
        assert said.returncode == 0, said.stdout
        heap = b"".join(entries(made).values())
        assert not [word for word in WRITTEN_BY_ALICE if word.encode() in heap]
        assert photo("red", "Rose-Camera 3000") not in entries(made).values()
        assert b"Keep it, Bob says." in heap
    bobs = exported(case, Role.SELLER)
    assert document(bobs, "case.json")["buyer"] == erased.pseudonym
    assert b'"alice"' not in b"".join(entries(bobs).values())
    assert "pseudonym" in verified(bobs, tmp_path, fingerprint).stdout


def test_what_has_lapsed_is_in_the_file(case: UUID) -> None:
    """Alice never answers the offer; nobody has looked since."""
    kinds = [one["fields"]["type"] for one in document(exported(case, Role.COURT, 60), "events.json")]
    assert "DeadlineLapsed" in kinds


def test_a_case_that_was_tampered_with_in_the_database_is_not_signed(case: UUID, server: Server) -> None:
    server.execute("DELETE FROM sealed_text WHERE marketplace = %s AND ref = '3.1'", [case])
    with pytest.raises(BrokenCase, match=r"3\.1"):
        exported(case, Role.COURT)


def test_a_text_moved_to_another_place_is_not_opened(case: UUID, server: Server) -> None:
    server.execute(
        """UPDATE sealed_text SET ciphertext = (SELECT ciphertext FROM sealed_text WHERE marketplace = %(m)s
        AND ref = '3.1') WHERE marketplace = %(m)s AND ref = '4.1'""",
        {"m": case},
    )
    with pytest.raises(Unopened):
        exported(case, Role.COURT)


def test_there_is_no_file_of_a_dispute_that_is_not(case: UUID) -> None:
    with pytest.raises(NoCase, match="it has 1"):
        casefiles.case(case, "O1", 2, tell=sentence, now=day(14))
    with pytest.raises(NoCase, match="no order O9"):
        casefiles.case(case, "O9", 1, tell=sentence, now=day(14))


# ── the command line ─────────────────────────────────────────────────────────────────────────────


def test_olga_exports_a_case_and_publishes_the_key(
    case: UUID,
    database: str,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database)
    row = server.execute("SELECT name FROM marketplace WHERE id = %s", [case]).fetchone()
    assert row is not None
    name, out = str(row[0]), tmp_path / "case.zip"
    accepted(act(case, "buyer", "accept", 14, dispute=1))
    export = ["case", "export", "O1", "1", "--marketplace", name, "--as", "seller", "-o", str(out)]
    assert cli.main(export) == 0
    assert cli.main(["case", "key", "--marketplace", name]) == 0
    assert printable(signers.signer(case).fingerprint) in capsys.readouterr().out
    assert verified(out.read_bytes(), tmp_path, signers.signer(case).fingerprint).returncode == 0
    assert cli.main([*export[:3], "7", *export[4:]]) == 2
    assert "no dispute 7" in capsys.readouterr().err
    assert cli.main([*export[:-1], str(tmp_path / "nowhere" / "case.zip")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert cli.main(["hold", "place", "order", "O1", "--marketplace", name, "--reason", "court 3"]) == 0
    assert cli.main(["erase", "alice", "--marketplace", name, "--reason", "she asked"]) == 2
    assert "court 3" in capsys.readouterr().err
    assert cli.main(["hold", "lift", "order", "O1", "--marketplace", name]) == 0
    assert cli.main(["subject", "alice", "--marketplace", name, "-o", str(tmp_path / "alice.zip")]) == 0
    assert cli.main(["erase", "alice", "--marketplace", name, "--reason", "she asked"]) == 0
    assert cli.main(["hold", "list", "--marketplace", name]) == 0
    said = capsys.readouterr().out
    assert "erased-" in said
    assert "lifted" in said
    assert "1 orders and 1 files of alice" in said
