"""A stored dispute as a case file for each role, checked by the stand-alone verifier in a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends import cli
from amends.core.vocabulary import Party
from amends.orders import casefiles, evidence, evidence_upkeep, privacy, signers, subject
from amends.orders.casefiles import NoCase
from amends.orders.sealing import Unopened
from amends.stories.telling import sentence
from amends.vault.casefile.building import BrokenCase
from amends.vault.casefile.contents import Role
from amends.vault.casefile.signing import printable
from amends.vault.faults import Damaged
from amends.vault.storage import LocalStore
from tests.casefile.verifying import VERIFIER
from tests.privacy.giving import WRITTEN_BY_ALICE, a_case, give, photo, uploaded
from tests.store.lives import CLAIM, accepted, act, day, shipped
from tests.vault import honest

Server = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def case(shop: UUID, files: Path, tmp_path: Path) -> UUID:
    a_case(shop, tmp_path / "arriving")
    return shop


def exported(shop: UUID, role: Role, days: float = 14) -> bytes:
    with casefiles.written(shop, "O1", 1, role=role, viewer=role.value, tell=sentence, now=day(days)) as made:
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


def forms(content: bytes, file: str) -> list[str]:
    [found] = [one for one in document(content, "evidence.json") if one["file"] == file]
    return [form["what"] for form in found["forms"]]


def test_the_other_side_gets_a_photograph_without_what_the_camera_wrote(case: UUID, tmp_path: Path) -> None:
    [alices, _] = [one["file"] for one in document(exported(case, Role.COURT), "evidence.json")]
    for role in Role:
        made = exported(case, role)
        whole = role in (Role.BUYER, Role.MEDIATOR, Role.COURT)
        assert (b"Rose-Camera 3000" in b"".join(entries(made).values())) is whole, role
        assert forms(made, alices) == (["original", "reading"] if whole else ["reading"])
    bobs = exported(case, Role.SELLER)
    said = verified(bobs, tmp_path, signers.signer(case).fingerprint)
    assert said.returncode == 0, said.stdout
    assert "the signer alone vouches (no original here" in said.stdout
    assert any(name.endswith("-original.jpg") for name in entries(bobs)), "of his own letter he has it"


def test_of_a_video_the_other_side_gets_the_clean_copy_and_of_a_document_all(case: UUID, tmp_path: Path) -> None:
    video = give(case, Party.SELLER, honest.video(frames=10), "packing.mp4", tmp_path / "arriving", 13.1, kind="video")
    paper = give(case, Party.SELLER, honest.pdf(), "bill.pdf", tmp_path / "arriving", 13.2, kind="document")
    alices, bobs = exported(case, Role.BUYER), exported(case, Role.SELLER)
    assert (forms(alices, video), forms(bobs, video)) == (["stream", "reading"], ["original", "reading"])
    assert forms(alices, paper) == forms(bobs, paper) == ["original", "reading"]
    assert honest.pdf() in entries(alices).values()
    assert verified(alices, tmp_path, signers.signer(case).fingerprint).returncode == 0


def test_every_file_that_goes_out_with_a_case_was_looked_at(case: UUID) -> None:
    alices, bobs = [one["file"] for one in document(exported(case, Role.COURT), "evidence.json")]
    exported(case, Role.BUYER)
    looks = {(view.file, view.viewer, view.as_what) for view in evidence.views(case, "O1")}
    assert looks == {(alices, "court", "case file"), (bobs, "court", "case file"), (alices, "buyer", "case file")}


# ── taken back, swept, lost ──────────────────────────────────────────────────────────────────────

PRIVATE = ["alices-bedroom", "She did not mean to show this."]


def taken_back(shop: UUID, folder: Path) -> str:
    """Alice shows her bedroom by mistake, and takes it back; the file's id."""
    comment = "She did not mean to show this."
    content = photo("gold", "Bedroom-Camera 1")
    file = give(shop, Party.BUYER, content, "alices-bedroom.jpg", folder, 13.1, comment=comment)
    accepted(act(shop, "buyer", "remove_evidence", 13.2, dispute=1, id=file))
    return file


def test_what_alice_took_back_is_in_nobodys_file_and_bob_does_not_learn_its_name(case: UUID, tmp_path: Path) -> None:
    file = taken_back(case, tmp_path / "arriving")
    for role in Role:
        made = exported(case, role)
        heap = b"".join(entries(made).values())
        assert verified(made, tmp_path, signers.signer(case).fingerprint).returncode == 0
        assert forms(made, file) == []
        assert b"Bedroom-Camera 1" not in heap
        told = [word for word in PRIVATE if word.encode() in heap]
        assert told == (PRIVATE if role in (Role.BUYER, Role.MEDIATOR, Role.COURT) else []), role
    texts = json.dumps(document(exported(case, Role.SELLER), "texts.json"))
    assert not [word for word in PRIVATE if word in texts]


def test_of_a_claims_files_bob_keeps_those_that_were_not_taken_back(shop: UUID, files: Path, tmp_path: Path) -> None:
    shipped(shop)
    one, other = (
        uploaded(shop, Party.BUYER, photo(colour), f"{colour}.jpg", tmp_path / "arriving", 12)
        for colour in ("red", "tan")
    )
    named = [{"kind": "photo", "id": file.file, "sha256": file.sha256} for file in (one, other)]
    accepted(act(shop, "buyer", "open", 12, files=named, **CLAIM))
    accepted(act(shop, "buyer", "remove_evidence", 12.1, dispute=1, id=one.file))
    bobs = exported(shop, Role.SELLER)
    assert (forms(bobs, one.file), forms(bobs, other.file)) == ([], ["reading"])
    said = verified(bobs, tmp_path, signers.signer(shop).fingerprint)
    assert said.returncode == 0, said.stdout


def test_a_file_that_was_taken_back_and_swept_is_missed_by_nobody(
    case: UUID, files: Path, server: Server, tmp_path: Path
) -> None:
    file = taken_back(case, tmp_path / "arriving")
    for stored in (files / "store").glob("??/??/*"):
        os.utime(stored, (0, 0))
    evidence_upkeep.sweep(datetime.now(UTC))
    assert len(list((files / "store").glob("??/??/*"))) == 6, "Alice's kettle and Bob's letter, three pieces of each"
    for role in Role:
        assert verified(exported(case, role), tmp_path, signers.signer(case).fingerprint).returncode == 0
    subject.export(case, "alice", io.BytesIO(), tell=sentence, now=day(14))
    row = server.execute(
        "SELECT name, pieces, facts, hints, sha256 FROM evidence_file WHERE file = %s", [file]
    ).fetchone()
    assert row == (b"", None, None, None, None)
    keys = server.execute("SELECT count(*) FROM picture_key WHERE file = %s", [file]).fetchone()
    assert keys == (0,)


def test_evidence_that_was_changed_is_said_by_its_name(case: UUID, files: Path) -> None:
    [alices, _] = [one["file"] for one in document(exported(case, Role.COURT), "evidence.json")]
    row = evidence.find(case, "O1", alices)
    original = row.piece("original") if row else None
    assert original is not None
    place = files / "store" / original.sha256[:2] / original.sha256[2:4] / original.sha256
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"?")
    with pytest.raises(Damaged, match=f"File {alices} of order O1"):
        exported(case, Role.COURT)
    assert exported(case, Role.SELLER), "Bob's holds no original of hers"


def test_evidence_that_is_lost_is_said_and_nothing_is_signed(
    case: UUID, files: Path, database: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    [alices, _] = [one["file"] for one in document(exported(case, Role.COURT), "evidence.json")]
    row = evidence.find(case, "O1", alices)
    assert row is not None
    for piece in (row.pieces or {}).values():
        LocalStore(files / "store").delete(piece["sha256"])
    with pytest.raises(Damaged, match=f"File {alices} of order O1 .* is missing"):
        exported(case, Role.COURT)
    with pytest.raises(Damaged, match=f"File {alices} of order O1 .* is missing"):
        subject.export(case, "alice", io.BytesIO(), tell=sentence, now=day(14))
    monkeypatch.setenv("DATABASE_URL", database)
    name = server.execute("SELECT name FROM marketplace WHERE id = %s", [case]).fetchone()
    assert name is not None
    out = tmp_path / "out.zip"
    for command in (["case", "export", "O1", "1", "--as", "court"], ["subject", "alice"]):
        assert cli.main([*command, "--marketplace", str(name[0]), "-o", str(out)]) == 2
        assert f"File {alices} of order O1" in capsys.readouterr().err
        assert not out.exists()


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
