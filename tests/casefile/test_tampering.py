"""Nine ways to forge a case file, each found and named: by whoever has no key, and by whoever has the very key."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest

from amends.vault.casefile.contents import Role

from .cases import OTHER_PHOTO, SIGNER, SOMEBODY_ELSE, lamp_file
from .tampering import Files, checked, edited, packed, said, signed_again, unpacked
from .verifying import verifier

PHOTO_ENTRY = "evidence/0004-1-original.jpg"


def larger_offer(events: list[Any]) -> None:
    events[4]["fields"]["amount_minor"] = 4_000


def without_the_offer(events: list[Any]) -> list[Any]:
    return events[:4] + events[5:]


def renumbered_without_the_offer(events: list[Any]) -> list[Any]:
    left = without_the_offer(events)
    return [event | {"number": number} for number, event in enumerate(left, 1)]


def swapped_neighbours(events: list[Any]) -> list[Any]:
    return [*events[:3], events[4], events[3], *events[5:]]


def more_to_the_seller(journal: list[Any]) -> None:
    journal[2]["amount_minor"] += 500
    journal[2]["debit_after"] -= 500
    journal[2]["credit_after"] += 500


def another_sentence(timeline: list[Any]) -> None:
    timeline[10]["sentence"] = "The mediator found for the seller."


def another_decision(decision: list[Any]) -> None:
    decision[1]["fields"]["fault"] = "buyer"


def another_day(timeline: list[Any]) -> None:
    timeline[10]["at"] = "2026-07-26T10:00:01Z"


def softer_words(texts: list[Any]) -> None:
    texts[-1]["text"] = "Fifty of sixty."


def without_the_last(entries: list[Any]) -> list[Any]:
    return entries[:-1]


# ── without a key: every change shows by name ────────────────────────────────────────────────────

BY_HAND = [
    ("a changed event", lambda f: edited(f, "events.json", larger_offer), "“events.json” was changed"),
    ("a removed event", lambda f: edited(f, "events.json", without_the_offer), "“events.json” was changed"),
    ("a reordered event", lambda f: edited(f, "events.json", swapped_neighbours), "“events.json” was changed"),
    ("a changed journal line", lambda f: edited(f, "journal.json", more_to_the_seller), "“journal.json” was changed"),
    ("a swapped evidence file", lambda f: f | {PHOTO_ENTRY: OTHER_PHOTO}, f"“{PHOTO_ENTRY}” was changed"),
    ("an added file", lambda f: f | {"evidence/0099-1-original.jpg": OTHER_PHOTO}, "was added"),
    ("a changed decision", lambda f: edited(f, "decision.json", another_decision), "“decision.json” was changed"),
    ("a changed timeline", lambda f: edited(f, "timeline.json", another_sentence), "“timeline.json” was changed"),
    ("a removed evidence entry", lambda f: without(f, PHOTO_ENTRY), f"“{PHOTO_ENTRY}” was removed"),
    ("two entries changed places", lambda f: f | moved_back(f), "in another order"),
]


def without(files: Files, name: str) -> Files:
    return {other: content for other, content in files.items() if other != name}


def moved_back(files: Files) -> Files:
    case = files.pop("case.json")
    return {"case.json": case}


@pytest.mark.parametrize(("forge", "named"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND])
def test_a_change_without_the_key_is_named(forge: Any, named: str) -> None:
    report = checked(packed(forge(unpacked(lamp_file()))))
    assert report.code == 1
    assert named in said(report)


def test_a_manifest_that_was_made_to_fit_no_longer_fits_its_signature() -> None:
    files = edited(unpacked(lamp_file()), "decision.json", another_decision)
    forged = signed_again(files, SIGNER) | {"signature.json": files["signature.json"]}
    assert "does not belong to this manifest" in said(checked(packed(forged)))


def test_a_file_signed_anew_by_somebody_else_is_signed_with_another_key() -> None:
    forged = signed_again(edited(unpacked(lamp_file()), "timeline.json", another_sentence), SOMEBODY_ELSE)
    report = checked(packed(forged))
    assert report.code == 1
    assert "with another key than yours" in said(report)
    assert verifier.grouped(SOMEBODY_ELSE.fingerprint) in said(report)


def test_a_forger_who_claims_the_marketplaces_fingerprint_is_named() -> None:
    forged = signed_again(unpacked(lamp_file()), SOMEBODY_ELSE, key=SIGNER.fingerprint)
    report = checked(packed(forged))
    assert report.code == 1
    assert "The manifest names the key" in said(report)
    assert verifier.grouped(SOMEBODY_ELSE.fingerprint) in said(report)


def test_without_a_fingerprint_nobody_says_that_everything_holds() -> None:
    """Whoever signs anew can make everything fit but the key; so without the key there is no good answer."""
    forged = signed_again(unpacked(lamp_file()), SOMEBODY_ELSE)
    assert checked(packed(forged), key="").code == 2
    assert checked(lamp_file(), key="").code == 2


@pytest.mark.parametrize("left", [0, 10, 21, 22, 23, 500, 5_000, -23, -22, -2, -1])
def test_a_truncated_file_is_called_cut_off(left: int) -> None:
    report = checked(lamp_file()[:left])
    assert report.code == 1
    assert "cut off" in said(report)


def test_something_hung_on_or_put_before_is_found() -> None:
    whole = lamp_file()
    for forged in (whole + b"x", b"#!/bin/sh\n" + whole, whole + whole, whole[:100] + b"\0" + whole[100:]):
        assert checked(forged).code == 1


# ── with the very key: what the house itself cannot change unseen ────────────────────────────────

FROM_INSIDE = [
    ("a changed event", "events.json", larger_offer, "The store's chain breaks at event 5"),
    ("a removed event", "events.json", without_the_offer, "stands at place 5"),
    ("a removed event, renumbered", "events.json", renumbered_without_the_offer, "The store's chain breaks at event 5"),
    ("a reordered event", "events.json", swapped_neighbours, "stands at place 4"),
    ("a changed journal line", "journal.json", more_to_the_seller, "takes more from “escrow” than is there"),
    ("a removed journal line", "journal.json", without_the_last, "other money than event 14"),
    ("a changed decision", "decision.json", another_decision, "“decision.json” says something else"),
    ("a changed day", "timeline.json", another_day, "timeline is not that of the events"),
    ("a changed text", "texts.json", softer_words, "was changed: it is not what was written"),
    ("a removed text", "texts.json", without_the_last, "was removed"),
    ("a removed entry of evidence", "evidence.json", without_the_last, "an entry was removed, added or changed"),
]


@pytest.mark.parametrize(("name", "forge", "named"), [r[1:] for r in FROM_INSIDE], ids=[r[0] for r in FROM_INSIDE])
def test_a_change_signed_with_the_real_key_still_does_not_hold(name: str, forge: Any, named: str) -> None:
    report = checked(packed(signed_again(edited(unpacked(lamp_file()), name, forge), SIGNER)))
    assert report.code == 1
    assert named in said(report)


def test_swapped_evidence_signed_with_the_real_key_is_not_what_the_event_names() -> None:
    files = unpacked(lamp_file()) | {PHOTO_ENTRY: OTHER_PHOTO}
    assert "was swapped" in said(checked(packed(signed_again(files, SIGNER))))


def test_a_whole_event_replaced_under_the_real_key_breaks_the_stores_chain() -> None:
    """The house may make the case chain anew, but not the hashes it once gave out."""
    files = unpacked(lamp_file())
    changed = edited(files, "events.json", larger_offer)
    heads = verifier.document("events.json", changed["events.json"])
    head = verifier.GENESIS
    for event in heads:
        head = verifier.hashlib.sha256(f"{head}\n{verifier._event_hash(event)}".encode()).hexdigest()
    report = checked(packed(signed_again(changed, SIGNER, case_head=head)))
    assert "The store's chain breaks at event 5" in said(report)


def test_documents_of_any_other_shape_do_not_hold_and_raise_nothing() -> None:
    dice = random.Random(7)
    rubbish: list[Any] = [[], {}, 1, "x", [[]], [{}], [None], {"a": []}, [{"number": 1}], [{"event": "1"}]]
    files = unpacked(lamp_file())
    for _ in range(60):
        name = dice.choice([name for name in files if name.endswith(".json") and name.count("/") == 0][2:])
        forged = signed_again(edited(files, name, lambda _: dice.choice(rubbish)), SIGNER)
        assert checked(packed(forged)).code == 1


# ── every byte counts ────────────────────────────────────────────────────────────────────────────


def test_no_byte_of_the_zip_is_outside_what_is_signed() -> None:
    """Each byte is content of an entry, whose hash is signed, or follows from names, sizes and contents."""
    whole = lamp_file()
    again = packed(unpacked(whole))
    assert again == whole


def test_a_flipped_byte_of_the_frame_is_never_read_as_whole() -> None:
    """Headers, directory and tail: each byte of them, each time with another bit."""
    whole = bytearray(lamp_file())
    entries = verifier.read_zip(io.BytesIO(bytes(whole)))
    contents = {at for entry in entries.values() for at in range(entry.start, entry.start + entry.size)}
    frame = [at for at in range(len(whole)) if at not in contents]
    assert len(frame) > 1_500
    for at in frame:
        whole[at] ^= 1 << at % 8
        with pytest.raises(verifier.Wrong):
            entries_and_crcs(bytes(whole))
        whole[at] ^= 1 << at % 8


def entries_and_crcs(whole: bytes) -> None:
    """What `check` asks before it looks at a single hash."""
    file = io.BytesIO(whole)
    entries = verifier.read_zip(file)
    verifier._manifest(file, entries)
    for name, entry in entries.items():
        if not verifier.measured(file, entry)[1]:
            raise verifier.Wrong(name)


@pytest.mark.parametrize("seed", range(4))
def test_a_flipped_byte_of_the_contents_never_holds(seed: int) -> None:
    dice = random.Random(seed)
    whole = bytearray(lamp_file())
    manifest_and_signature = 6_000
    for _ in range(100):
        at = dice.randrange(manifest_and_signature if dice.random() < 0.5 else len(whole))
        bit = 1 << dice.randrange(8)
        whole[at] ^= bit
        assert checked(bytes(whole)).code == 1, f"byte {at}, bit {bit}"
        whole[at] ^= bit


@pytest.mark.parametrize("forge", [larger_offer, renumbered_without_the_offer], ids=["changed", "removed"])
def test_in_a_redacted_file_the_case_chain_alone_finds_it(forge: Any) -> None:
    files = signed_again(edited(unpacked(lamp_file(Role.BUYER)), "events.json", forge), SIGNER)
    report = checked(packed(files))
    assert report.code == 1
    assert "The chain of events does not end where the manifest says" in said(report)


def test_a_withheld_event_cannot_be_dropped_without_its_place_showing() -> None:
    files = edited(unpacked(lamp_file(Role.BUYER)), "events.json", lambda events: events[:5] + events[6:])
    assert "stands at place 6" in said(checked(packed(signed_again(files, SIGNER))))


def test_more_cannot_be_withheld_than_the_manifest_says() -> None:
    """Whoever cuts an event out of his own file leaves its true hash, and is found by the count."""

    def cut(events: list[Any]) -> None:
        events[4] = {"number": 5, "withheld": verifier._event_hash(events[4])}

    files = edited(unpacked(lamp_file(Role.BUYER)), "events.json", cut)
    assert "More or less is withheld" in said(checked(packed(signed_again(files, SIGNER))))
