"""Alice asks to be forgotten: nothing of hers can be read any more, and nothing of Bob's is lost by it."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core.events import OfferMade, OrderPlaced
from amends.core.vocabulary import Party
from amends.orders import casefiles, evidence, evidence_upkeep, holds, people, privacy, queries, subject, trips
from amends.orders.evidence import about
from amends.orders.holds import Held, Kind
from amends.orders.verify import verify
from amends.payments import inbox
from amends.payments.provider import Told
from amends.stories.telling import sentence
from amends.vault.faults import Damaged, NotTaken
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


def provider_says(shop: UUID, server: Server, kind: str, said: str, reason: str, days: float) -> None:
    """Of the money of the order, which goes back (`refund`) or to the seller (`release`)."""
    found = server.execute(
        "SELECT provider_key FROM money_intent WHERE marketplace = %s AND kind = %s", [shop, kind]
    ).fetchone()
    assert found is not None
    inbox.keep("sandbox", Told(shop, f"evt-{kind}-{said}", str(found[0]), said, "r", reason))
    inbox.apply(day(days), marketplace=shop)


def test_what_the_provider_said_of_alice_goes_also_where_nobody_could_apply_it(
    shop: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    """Her refund arrived; afterwards the bank takes it back. Bob's money did not arrive. Both wait for people."""
    a_case(shop, tmp_path / "arriving")
    accepted(act(shop, "buyer", "accept", 14, dispute=1))
    provider_says(shop, server, "refund", "succeeded", "", 15)
    provider_says(shop, server, "refund", "failed", "card of Alice Rose expired", 16)
    casefiles.case(shop, "O1", 1, tell=sentence, now=day(100))  # what has lapsed by then is written
    provider_says(shop, server, "release", "failed", "account of Bob Stone closed", 101)
    aside = "SELECT count(*) FROM provider_inbox WHERE marketplace = %s AND set_aside IS NOT NULL"
    assert server.execute(aside, [shop]).fetchone() == (1,)
    words = ("card of Alice Rose expired", "account of Bob Stone closed")
    before = everything(server, files, shop)
    erase(shop)
    after = everything(server, files, shop)
    for said in words:
        assert (found_in(before, said), found_in(after, said)) == (True, False), said
    assert found_in(after, "The payout failed"), "that it waits for people stays"


# ── an erasure while a file is on its way ────────────────────────────────────────────────────────


@contextmanager
def when_it_is_sealed(folder: Path, do: Callable[[], object]) -> Iterator[None]:
    """`do` comes between the sealing of a file and its row."""
    before, lying, done = trips.boundary, stored(folder), list[object]()

    def look(moment: str) -> None:
        if moment == "before" and not done and stored(folder) - lying:
            done.append(True)
            do()

    trips.boundary = look
    try:
        yield
    finally:
        trips.boundary = before
    assert done, "the moment came"


def test_a_file_that_was_examined_while_alice_was_erased_is_not_kept(
    shop: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    a_case(shop, tmp_path / "arriving")
    content = photo("gold", "Rose-Camera 3000")

    def erased_and_back_again() -> None:
        erase(shop)
        accepted(act(shop, "buyer", "message", 12.4, dispute=1, text="Here again."))

    with when_it_is_sealed(files, erased_and_back_again), pytest.raises(NotTaken, match="erased while"):
        uploaded(shop, Party.BUYER, content, "rose.jpg", tmp_path / "arriving", 12.4)
    assert not found_in(everything(server, files, shop), "Rose-Camera 3000")
    again = uploaded(shop, Party.BUYER, content, "rose.jpg", tmp_path / "arriving", 12.5)
    assert again.state == "kept", "what she sends afterwards is under a new key"


def test_an_upload_that_was_begun_before_the_erasure_does_not_come_back_after_it(
    shop: UUID, server: Server, files: Path, tmp_path: Path
) -> None:
    a_case(shop, tmp_path / "arriving")
    where = evidence.place(shop, "O1", Party.BUYER)
    assert where is not None
    content = photo("gold", "Rose-Camera 3000")
    begun = evidence.begin(where, length=len(content), name="rose.jpg", declared="image/jpeg", now=day(12.4))
    file, whole = f"f_{begun.id}", tmp_path / "whole.jpg"
    whole.write_bytes(content)
    erase(shop)
    with pytest.raises(NotTaken, match="erased while"):
        evidence.take(where, whole, name="rose.jpg", declared="image/jpeg", received_at=day(12.5), file=file)
    row = evidence.find(shop, "O1", file)
    assert row is not None
    assert (row.state, row.facts) == ("removed", None)
    assert not found_in(everything(server, files, shop), "Rose-Camera 3000")


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


def swept_a_month_later(folder: Path) -> set[str]:
    """What is left in the store when everything in it is old, and the sweep has gone over it."""
    for place in (folder / "store").glob("??/??/*"):
        os.utime(place, (0, 0))
    evidence_upkeep.sweep(datetime.now(UTC) + timedelta(days=30))
    return stored(folder)


@pytest.mark.parametrize(
    ("kind", "subject_"),
    [(Kind.PERSON, "alice"), (Kind.PERSON, "bob"), (Kind.ORDER, "O1")],
    ids=["of Alice", "of Bob", "of their order"],
)
def test_under_a_hold_the_sweep_leaves_what_was_taken_back_and_what_was_never_given(
    shop: UUID, server: Server, files: Path, tmp_path: Path, kind: Kind, subject_: str
) -> None:
    arriving = tmp_path / "arriving"
    a_case(shop, arriving)
    back = give(shop, Party.BUYER, photo("gold"), "not-this-one.jpg", arriving, 13.1)
    accepted(act(shop, "buyer", "remove_evidence", 13.2, dispute=1, id=back))
    loose = uploaded(shop, Party.BUYER, photo("tan"), "perhaps.jpg", arriving, 13.3).file
    away = uploaded(shop, Party.SELLER, photo("navy"), "thrown-away.jpg", arriving, 13.4).file
    holds.hold(shop, kind, subject_, reason="court 3, file 12", now=day(14))
    evidence.forget(shop, "O1", away)
    before = stored(files)
    assert len(before) == 15, "three pieces of five files"
    assert swept_a_month_later(files) == before
    for name in (back, loose, away):
        row = evidence.find(shop, "O1", name)
        assert row is not None
        assert (len(row.pieces or {}), bool(row.facts)) == (3, True)
    assert [file.file for file in evidence.waiting(shop, "O1", Party.SELLER)] == [], "it is out of Bob's sight"
    checked = evidence_upkeep.verify(datetime.now(UTC))
    assert not [wrong for wrong in checked.wrong if wrong.marketplace == shop]
    assert f"files/{back}.jpg" in exported(shop, "alice"), "what is held is told"
    holds.lift(shop, kind, subject_, now=day(20))
    assert len(swept_a_month_later(files)) == 6
    assert server.execute(
        "SELECT count(*) FROM picture_key WHERE file = ANY(%s)", [[back, loose, away]]
    ).fetchone() == (0,)


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
    seen = {(view.file, view.viewer, view.as_what) for view in evidence.views(shop, "O1")}
    assert seen == {(alices, "operator, for alice", "what is held of a person")}
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
