"""Alice asks to be forgotten: nothing of hers can be read any more, and nothing of Bob's is lost by it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core.events import OfferMade, OrderPlaced
from amends.core.vocabulary import Party
from amends.orders import evidence, holds, people, privacy, queries, subject
from amends.orders.evidence import about
from amends.orders.holds import Held, Kind
from amends.orders.verify import verify
from amends.stories.telling import sentence
from amends.vault.faults import Damaged
from amends.vault.sealed_file import Opened
from amends.vault.storage import LocalStore
from tests.store.lives import accepted, act, day

from .dump import everything, found_in
from .giving import GIVEN_BY_ALICE, WRITTEN_BY_ALICE, a_case, give, photo, uploaded

Server = psycopg.Connection[tuple[Any, ...]]


def erase(shop: UUID, name: str = "alice") -> privacy.Erased:
    return privacy.erase(shop, name, reason="she asked", now=day(30))


def stored(folder: Path) -> set[str]:
    return {one.sha256 for one in LocalStore(folder / "store").list()}


def test_nothing_alice_wrote_or_gave_is_left_anywhere(shop: UUID, server: Server, files: Path, tmp_path: Path) -> None:
    """The id she has at the marketplace and the SHA-256 of her photograph stay: they are in the chain."""
    alices, _ = a_case(shop, tmp_path / "arriving")
    held = evidence.find(shop, "O1", alices)
    assert held is not None
    assert len(held.pieces or {}) == 3, "original, reading, thumbnail"
    before = everything(server, files, shop)
    assert found_in(before, GIVEN_BY_ALICE[0]), "what a photograph says of itself is known until then"
    erase(shop)
    after = everything(server, files, shop)
    for word in (*WRITTEN_BY_ALICE, *GIVEN_BY_ALICE, str((held.facts or {})["phash"])):
        assert not found_in(after, word), word
    assert not {piece["sha256"] for piece in (held.pieces or {}).values()} & stored(files)
    assert server.execute("SELECT count(*) FROM picture_key WHERE file = %s", [alices]).fetchone() == (0,)
    assert server.execute("SELECT count(*) FROM idempotency WHERE marketplace = %s", [shop]).fetchone() == (0,)
    report = verify(shop)
    assert not report.broken, report.broken


def test_a_copy_of_the_files_and_rows_from_before_cannot_be_opened_by_what_is_left(
    shop: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    alices, bobs = a_case(shop, tmp_path / "arriving")
    rows = {name: evidence.find(shop, "O1", name) for name in (alices, bobs)}
    copies = {name: sealed_copy(files, row) for name, row in rows.items()}
    erase(shop)
    keys = [bytes(key) for (key,) in server.execute("SELECT key FROM amends_keys.person_key").fetchall()]
    assert opens(copies[bobs], keys, shop, bobs)
    assert not opens(copies[alices], keys, shop, alices)


def sealed_copy(folder: Path, row: evidence.File | None) -> bytes:
    assert row is not None
    piece = row.piece("original")
    assert piece is not None
    return b"".join(LocalStore(folder / "store").open(piece.sha256))


def opens(sealed: bytes, keys: list[bytes], shop: UUID, file: str) -> bool:
    for key in keys:
        opened = Opened(lambda start, stop: sealed[start:stop], len(sealed), key, about(shop, "O1", file))
        try:
            return bool(b"".join(opened.read()))
        except Damaged:
            continue
    return False


def test_bob_goes_on_reading_his_case_with_alice_under_a_pseudonym(shop: UUID, files: Path, tmp_path: Path) -> None:
    _, bobs = a_case(shop, tmp_path / "arriving")
    erased = erase(shop)
    found = queries.order(shop, "O1", now=day(14))
    assert found is not None
    placed = found.history[0].event
    assert isinstance(placed, OrderPlaced)
    assert (found.order.buyer, placed.buyer, placed.seller) == (erased.pseudonym, erased.pseudonym, "bob")
    assert erased.pseudonym.startswith("erased-")
    offer = next(one.event for one in found.history if isinstance(one.event, OfferMade))
    assert offer.text is not None
    assert offer.text.plain == "Keep it, Bob says."
    row = evidence.find(shop, "O1", bobs)
    assert row is not None
    assert evidence.name_of(shop, "O1", row) == "bobs-secret-letter.jpg"


def test_an_upload_that_never_became_evidence_goes_too(shop: UUID, server: Server, files: Path, tmp_path: Path) -> None:
    a_case(shop, tmp_path / "arriving")
    loose = uploaded(shop, Party.BUYER, photo("gold", "Rose-Camera 3000"), "rose.jpg", tmp_path / "arriving", 12.4)
    where = evidence.place(shop, "O1", Party.BUYER)
    assert where is not None
    begun = evidence.begin(where, length=900_000, name="rose.mp4", declared="video/mp4", now=day(12.4))
    (tmp_path / "piece").write_bytes(b"Rose-Camera 3000")
    evidence.append(f"f_{begun.id}", tmp_path / "piece", offset=0, now=day(12.4))
    assert found_in(everything(server, files, shop), "Rose-Camera 3000")
    assert erase(shop).files == 3
    assert not found_in(everything(server, files, shop), "Rose-Camera 3000")
    gone = evidence.find(shop, "O1", loose.file)
    assert gone is not None
    assert (gone.pieces, gone.facts) == (None, None)


def test_alice_may_come_back_and_be_forgotten_again(shop: UUID, files: Path, tmp_path: Path) -> None:
    a_case(shop, tmp_path / "arriving")
    first = erase(shop)
    accepted(act(shop, "buyer", "message", 13.5, dispute=1, text="Here again."))
    give(shop, Party.BUYER, photo("gold"), "again.jpg", tmp_path / "arriving", 13.6)
    second = privacy.erase(shop, "alice", reason="again", now=day(31))
    assert (second.keys, second.files, second.pseudonym) == (1, 1, first.pseudonym)
    assert not verify(shop).broken


def test_of_a_stranger_nothing_is_found(shop: UUID, files: Path, tmp_path: Path) -> None:
    a_case(shop, tmp_path / "arriving")
    assert not erase(shop, "sam").anything
    assert not verify(shop).broken


# ── holds ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "subject_"), [(Kind.PERSON, "alice"), (Kind.ORDER, "O1")], ids=["of Alice", "of her order"]
)
def test_a_hold_forbids_it_until_it_is_lifted(
    shop: UUID, server: Server, files: Path, tmp_path: Path, kind: Kind, subject_: str
) -> None:
    a_case(shop, tmp_path / "arriving")
    assert holds.hold(shop, kind, subject_, reason="court 3, file 12", now=day(20))
    assert not holds.hold(shop, kind, subject_, reason="again", now=day(21)), "one stands already"
    before = stored(files)
    with pytest.raises(Held, match=r"alice is not erased, because a legal hold stands on .*court 3, file 12.*lift"):
        erase(shop)
    assert stored(files) == before
    assert server.execute("SELECT count(*) FROM erasure WHERE marketplace = %s", [shop]).fetchone() == (0,)
    found = queries.order(shop, "O1", now=day(14))
    assert found is not None
    assert found.order.buyer == "alice"
    assert holds.lift(shop, kind, subject_, now=day(22))
    assert not holds.lift(shop, kind, subject_, now=day(22))
    assert erase(shop).files == 1
    (hold,) = holds.listed(shop)
    assert hold.lifted_at == day(22), "that it stood stays on record"


def test_a_hold_on_bob_alone_does_not_hold_alice(shop: UUID, files: Path, tmp_path: Path) -> None:
    a_case(shop, tmp_path / "arriving")
    holds.hold(shop, Kind.PERSON, "bob", reason="tax", now=day(20))
    assert erase(shop).keys == 1


# ── what is held of a person ─────────────────────────────────────────────────────────────────────


def exported(shop: UUID, name: str) -> dict[str, bytes]:
    out = io.BytesIO()
    subject.export(shop, name, out, tell=sentence, now=day(14))
    with zipfile.ZipFile(out) as zipped:
        return {entry: zipped.read(entry) for entry in zipped.namelist()}


def test_alice_gets_all_she_wrote_and_gave_and_nothing_bob_wrote_for_himself(
    shop: UUID, files: Path, tmp_path: Path
) -> None:
    alices, bobs = a_case(shop, tmp_path / "arriving")
    entries = exported(shop, "alice")
    heap = b"\n".join(entries.values())
    for word in ("The lid does not close.", "I live at Rose Street 7.", "kettle-at-rose-street.jpg", "Gdansk"):
        assert word.encode() in heap, word
    assert entries[f"files/{alices}.jpg"] == photo("red", "Rose-Camera 3000")
    assert b"Keep it, Bob says." in heap, "what he wrote to her she has read"
    for secret in ("bobs-secret-letter", "Bob's own note", bobs, "Shenzhen"):
        assert secret.encode() not in heap, secret
    order = json.loads(entries["orders/0001.json"])
    assert (order["order"], order["as"], len(entries)) == ("O1", "buyer", 4)
    bob = b"\n".join(exported(shop, "bob").values())
    assert b"bobs-secret-letter.jpg" in bob


def test_after_her_erasure_nothing_is_left_to_hand_out(shop: UUID, files: Path, tmp_path: Path) -> None:
    a_case(shop, tmp_path / "arriving")
    erase(shop)
    entries = exported(shop, "alice")
    heap = b"\n".join(entries.values())
    assert not [word for word in (*WRITTEN_BY_ALICE, "Gdansk") if word.encode() in heap]
    assert json.loads(entries["files.json"]) == []
    assert json.loads(entries["person.json"])["erasures"][0]["reason"] == "she asked"


def test_staff_texts_can_be_erased_by_themselves(shop: UUID, files: Path, tmp_path: Path) -> None:
    """The key of an order is not its parties': erasing them leaves what a mediator found."""
    a_case(shop, tmp_path / "arriving")
    erase(shop)
    erase(shop, "bob")
    assert not people.erase_staff_texts(shop, "O1"), "nobody of the staff wrote anything here"
