"""A case file tells one dispute to whoever may read it, and every reader can check it alone."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from amends.core import events as e
from amends.stories import reading
from amends.vault.casefile import opening
from amends.vault.casefile.building import BrokenCase, build
from amends.vault.casefile.contents import KeptBytes, Role
from amends.vault.casefile.signing import SIGNED, new_signer, printable

from .cases import (
    MADE,
    OTHER_PHOTO,
    PHOTO,
    SECRET_PHOTO,
    SHA,
    SIGNER,
    STORIES,
    case_of,
    lamp,
    lamp_file,
    lamp_with_a_claims_files,
    told,
)
from .tampering import checked, edited, packed, said, signed_again, unpacked
from .verifying import VERIFIER, verifier


@pytest.mark.parametrize("role", Role)
def test_a_case_file_holds_for_everybody(role: Role) -> None:
    report = checked(lamp_file(role))
    assert (report.code, report.wrong) == (0, [])


def test_the_same_case_makes_the_same_bytes() -> None:
    assert lamp_file() == build(lamp(), role=Role.COURT, signer=SIGNER, made_at=MADE, with_pdf=False)


def test_an_ordinary_unpacker_reads_it() -> None:
    with zipfile.ZipFile(io.BytesIO(lamp_file())) as zipped:
        assert zipped.testzip() is None
        assert zipped.read("evidence/0004-1-original.jpg") == PHOTO
        assert printable(SIGNER.fingerprint) in zipped.read("README.txt").decode()


def test_every_dispute_of_every_story_makes_a_file_that_holds() -> None:
    """All the stories of the house: returns, chargebacks, appeals, corrections, several currencies and disputes."""
    seen, roles = set(), itertools.cycle(Role)
    for path in sorted(STORIES.glob("*.yaml")):
        for story in reading.read_file(path):
            world = told(story).world
            for name, order in world.orders.items():
                for dispute in order.disputes:
                    case = case_of(world.history[name], order, dispute.number)
                    seen |= {json.loads(body)["type"] for body in case.bodies}
                    made = build(case, role=next(roles), signer=SIGNER, made_at=MADE, with_pdf=False)
                    report = checked(made)
                    assert report.code == 0, f"{story.name}: {said(report)}"
    assert set(e.EVENTS) - seen == {"OrderCancelled"}, "a cancelled order has no dispute; all else is in some file"


# ── who sees what ────────────────────────────────────────────────────────────────────────────────


def documents(role: Role) -> dict[str, Any]:
    return {name: json.loads(raw) for name, raw in unpacked(lamp_file(role)).items() if name.endswith(".json")}


def test_everybodys_file_ends_in_the_same_head() -> None:
    heads = {documents(role)["manifest.json"]["case_head"] for role in Role}
    commitments = {documents(role)["manifest.json"]["store_head_commitment"] for role in Role}
    assert (len(heads), len(commitments)) == (1, 1)


def test_alice_gets_neither_the_mediators_letter_nor_the_mediators_name() -> None:
    files = unpacked(lamp_file(Role.BUYER))
    everything = b"".join(files.values())
    assert "evidence/0006-1-original.jpg" not in files
    for secret in (b"the buyer's letter", b'"sam"', SHA["secret"].encode(), b"Gdynia-secret"):
        assert secret not in everything
    assert documents(Role.BUYER)["events.json"][5].keys() == {"number", "withheld"}
    assert "Redacted: 1 entries wholly" in "\n".join(checked(lamp_file(Role.BUYER)).notes)


def test_bob_does_not_learn_alices_lonely_choice_even_by_trying_both() -> None:
    """An option is 1 or 2 and its instant can be guessed; only the salt keeps its hash from telling."""
    case, events = lamp(), documents(Role.SELLER)["events.json"]
    (withheld,) = [event for event in events if "withheld" in event]
    chosen = case.bodies[withheld["number"] - 1]
    assert json.loads(chosen)["type"] == "OptionChosen"
    raw = lamp_file(Role.SELLER)
    assert chosen.encode() not in raw
    assert [digest for digest in case.chain if digest.encode() in raw] == [], "unsalted hashes can be tried out"
    assert documents(Role.SELLER)["manifest.json"]["store_head"] is None


def test_what_is_withheld_is_withheld_whatever_it_holds() -> None:
    """Flags are withheld also where there are none: else their absence would tell."""
    for event in documents(Role.BUYER)["events.json"]:
        if "fields" in event:
            names = set(event["withheld_fields"]) | set(event["salts"])
            assert {"actor", "flags", "warnings", "elsewhere"} & names <= set(event["withheld_fields"])


def test_the_court_gets_the_stores_own_chain() -> None:
    assert [event["chain"] for event in documents(Role.COURT)["events.json"]] == list(lamp().chain)


@pytest.mark.parametrize("role", Role)
def test_of_a_claims_files_each_role_gets_those_it_may_see(role: Role) -> None:
    """Bob gets the open one without its original, and of the one Alice took back that there was one."""
    made = build(lamp_with_a_claims_files(), role=role, signer=SIGNER, made_at=MADE)
    report = checked(made)
    assert (report.code, report.wrong) == (0, [])
    files, knows = unpacked(made), role in (Role.BUYER, Role.MEDIATOR, Role.COURT)
    listed = [(one["file"], len(one["forms"])) for one in json.loads(files["evidence.json"]) if one["event"] == 3]
    assert listed == ([("f-open", 2), ("f-secret", 2), ("f-back", 0)] if knows else [("f-open", 1), ("f-back", 0)])
    told_in_words = b"".join(content for name, content in files.items() if name.endswith(".json"))
    for name, there in (("f-open", True), ("f-secret", knows), ("f-back", knows)):
        assert (f"This is {name}.".encode() in told_in_words) is there
    assert (SECRET_PHOTO in files.values()) is knows
    assert ("Of 1 entries some files" in "\n".join(report.notes)) is not knows


def test_a_file_slipped_under_an_entry_shown_in_part_is_found() -> None:
    """Nobody but the signer vouches for such files, yet they are those of the list, and of what is withheld."""
    files = unpacked(build(lamp_with_a_claims_files(), role=Role.SELLER, signer=SIGNER, made_at=MADE, with_pdf=False))

    def slipped(events: Any) -> None:
        events[2]["shown_in_part"]["files"].append({"id": "f-more", "kind": "photo"})

    def loose(events: Any) -> None:
        events[1]["shown_in_part"] = {"files": [{"id": "f-more", "kind": "photo"}]}

    for edit, found in ((slipped, "list of evidence is not that"), (loose, "shows a part of what is not withheld")):
        assert found in said(checked(packed(signed_again(edited(files, "events.json", edit), SIGNER))))


def test_a_withheld_event_disclosed_later_fits_the_place_it_left() -> None:
    withheld = documents(Role.BUYER)["events.json"][5]
    disclosed = documents(Role.COURT)["events.json"][5]
    assert verifier._event_hash(disclosed) == withheld["withheld"]


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_opens_with_its_blind_alone() -> None:
    sealed = opening.encrypt(b"k" * 32, "It never burned.", b"shop/L-1/3.1")
    blind, plain = opening.decrypt(b"k" * 32, sealed, b"shop/L-1/3.1")
    digest = hashlib.sha256(sealed).hexdigest()
    assert plain == "It never burned."
    assert opening.holds(opening.SealedText("3.1", sealed, blind, plain), digest)
    assert not opening.holds(opening.SealedText("3.1", sealed, blind, "It always burned."), digest)


@pytest.mark.parametrize("change", ["key", "place", "byte", "commitment"])
def test_a_stored_text_that_was_changed_or_moved_does_not_open(change: str) -> None:
    sealed = bytearray(opening.encrypt(b"k" * 32, "It never burned.", b"here"))
    if change in ("byte", "commitment"):
        sealed[-1 if change == "byte" else 0] ^= 1
    key, place = (b"x" if change == "key" else b"k") * 32, b"there" if change == "place" else b"here"
    with pytest.raises(opening.NotWhatWasSealed):
        opening.decrypt(key, bytes(sealed), place)


def test_an_erased_persons_texts_stay_closed_and_the_file_still_holds() -> None:
    case = lamp()
    erased = tuple(
        text._replace(blind=None, plain=None) if text.plain and "Keep it" in text.plain else text for text in case.texts
    )
    made = build(case._replace(texts=erased), role=Role.COURT, signer=SIGNER, made_at=MADE, with_pdf=False)
    report = checked(made)
    assert report.code == 0
    assert "1 can no longer be opened" in "\n".join(report.holds)
    assert b"Keep it" not in made


# ── what is never signed ─────────────────────────────────────────────────────────────────────────


def test_a_broken_chain_is_not_signed() -> None:
    case = lamp()
    bodies = [*case.bodies]
    bodies[4] = bodies[4].replace("2000", "4000")
    with pytest.raises(BrokenCase, match="breaks at event 5"):
        build(case._replace(bodies=tuple(bodies)), role=Role.COURT, signer=SIGNER, made_at=MADE)


def test_a_text_that_was_not_sealed_so_is_not_signed() -> None:
    case = lamp()
    first, *rest = case.texts
    with pytest.raises(BrokenCase, match="not the one its event was sealed with"):
        build(case._replace(texts=(first._replace(plain="x"), *rest)), role=Role.COURT, signer=SIGNER, made_at=MADE)


def test_a_file_that_rotted_is_not_signed() -> None:
    case = lamp()
    first, *rest = case.evidence
    rotten = first._replace(original=KeptBytes("image/jpeg", lambda: io.BytesIO(OTHER_PHOTO)))
    with pytest.raises(BrokenCase, match="recorded is"):
        build(case._replace(evidence=(rotten, *rest)), role=Role.COURT, signer=SIGNER, made_at=MADE, with_pdf=False)


# ── the verifier stands alone ────────────────────────────────────────────────────────────────────


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In an empty folder, isolated from this project and everything installed beside it."""
    script = folder / "verify_case_file.py"
    script.write_bytes(VERIFIER.read_bytes())
    return subprocess.run(
        [sys.executable, "-I", "-S", script, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_verifier_runs_with_nothing_but_python(tmp_path: Path) -> None:
    (tmp_path / "case.zip").write_bytes(lamp_file(Role.BUYER))
    good = run(tmp_path, "case.zip", "--key", printable(SIGNER.fingerprint))
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.endswith("Everything holds.\n")
    assert run(tmp_path, "case.zip", "--key", new_signer().fingerprint).returncode == 1
    assert run(tmp_path, "case.zip").returncode == 2
    assert run(tmp_path, "case.zip", "--key", "56475aa7").returncode == 2
    assert run(tmp_path, "nothing.zip").returncode == 2


def test_its_ed25519_agrees_with_the_library() -> None:
    for number in range(12):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest())
        public, message = key.public_key().public_bytes_raw(), b"m" * number
        signature = key.sign(message)
        assert verifier.ed25519_holds(public, message, signature)
        for at in (0, 31, 32, 63):
            bent = bytearray(signature)
            bent[at] ^= 1
            assert not verifier.ed25519_holds(public, message, bytes(bent))
        assert not verifier.ed25519_holds(public, message + b"!", signature)


def test_its_ed25519_knows_the_vectors_of_rfc_8032() -> None:
    public = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert verifier.ed25519_holds(public, bytes.fromhex("af82"), signature)
    larger = int.from_bytes(signature[32:], "little") + verifier.L
    malleable = signature[:32] + larger.to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(public).verify(signature, bytes.fromhex("af82"))
    assert not verifier.ed25519_holds(public, bytes.fromhex("af82"), malleable)


def test_what_is_signed_is_marked_as_a_case_file() -> None:
    files = unpacked(lamp_file())
    signature = bytes.fromhex(json.loads(files["signature.json"])["signature"])
    Ed25519PublicKey.from_public_bytes(SIGNER.public).verify(signature, SIGNED + files["manifest.json"])


def test_a_packed_or_climbing_zip_is_refused_unread() -> None:
    for name, packing in (("manifest.json", zipfile.ZIP_DEFLATED), ("../../etc/cron.d/x", zipfile.ZIP_STORED)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as zipped:
            zipped.writestr(zipfile.ZipInfo(name), b"0" * 10_000)
        assert checked(out.getvalue()).code == 1
