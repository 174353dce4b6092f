"""Alice photographs what is wrong with her kettle: taken, shown harmless, and nobody else's business."""

from __future__ import annotations

import hashlib
import io
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image

from tests.api.client import Client, Reply, at
from tests.api.people import CLAIM, People, instant, ok
from tests.vault import honest

from .conftest import UPLOAD_SECONDS, Vault

UPLOADS = at("O1", "uploads")
Rows = list[tuple[Any, ...]]


def photo() -> bytes:
    """As phones take it: turned by its metadata, and saying where and with what it was made."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "SecretPhone 9", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (54.0, 21.0, 0.0), 3: "E", 4: (18.0, 38.0, 0.0)})
    return honest.encoded("JPEG", honest.photo(640, 480), quality=85, exif=exif)


def uploaded(who: Client, content: bytes, name: str = "kettle.jpg", **headers: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(who.send("POST", UPLOADS, content, Upload_Name=name, **headers)).body["file"]
    return found


def shown(who: Client, file: str, form: str, **headers: str) -> Reply:
    return who.get(at("O1", "files", file, form), **headers)


def rows(vault: Vault, statement: str) -> Rows:
    with psycopg.connect(vault.service.database, autocommit=True) as server:
        return server.execute(statement.encode()).fetchall()


def known_files(vault: Vault) -> int:
    found: int = rows(vault, "SELECT count(*) FROM evidence_file")[0][0]
    return found


def arriving(vault: Vault) -> list[Path]:
    return list((vault.files / "arriving").iterdir()) if (vault.files / "arriving").exists() else []


# ── a photo ──────────────────────────────────────────────────────────────────────────────────────


def test_alice_opens_with_a_photo_and_bob_sees_what_is_wrong(people: People, vault: Vault) -> None:
    people.shipped()
    people.day(12)
    content = photo()
    file = uploaded(people.alice, content)
    assert (file["kind"], file["state"], file["sha256"]) == ("jpeg", "kept", hashlib.sha256(content).hexdigest())
    assert file["received_at"] == instant(12)
    assert shown(people.bob, file["id"], "reading").status == 404, "it is not evidence yet"
    opened = ok(people.alice.post(at("O1", "disputes"), CLAIM | {"text": "It leaks.", "files": [file["id"]]}))
    [listed] = opened.body["dispute"]["evidence"]
    assert (listed["id"], listed["kind"]) == (file["id"], "photo")
    event = rows(vault, "SELECT body FROM event WHERE type = 'DisputeOpened' ORDER BY written_at DESC LIMIT 1")[0][0]
    assert file["sha256"] in event
    reading = ok_shown(shown(people.bob, file["id"], "reading"))
    with Image.open(io.BytesIO(reading.raw)) as picture:
        assert picture.size == (480, 640), "turned as it was held"
        assert not picture.getexif()
    assert b"SecretPhone" in content
    assert b"SecretPhone" not in reading.raw
    with Image.open(io.BytesIO(ok_shown(shown(people.bob, file["id"], "thumbnail")).raw)) as small:
        assert max(small.size) == 320
    original = ok_shown(shown(people.alice, file["id"], "original"))
    assert original.raw == content
    assert original.headers["Content-Disposition"] == "attachment; filename*=UTF-8''kettle.jpg"
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert ok(people.bob.get(at("O1", "files", file["id"]))).body["file"]["state"] == "linked"


def test_the_other_side_never_gets_what_the_phone_wrote(people: People) -> None:
    people.disputed()
    content = photo()
    file = uploaded(people.alice, content, Upload_Dispute="1")["id"]
    for who in (people.alice, people.mia, people.olga):
        assert who.get(at("O1", "files", file)).body["file"]["forms"] == ["reading", "thumbnail", "original"]
        assert ok_shown(shown(who, file, "original")).raw == content
    for who in (people.bob, people.shop):
        assert who.get(at("O1", "files", file)).body["file"]["forms"] == ["reading", "thumbnail"]
        refused = shown(who, file, "original")
        assert (refused.status, refused.code) == (404, "unknown_file")
        for form in ("reading", "thumbnail"):
            with Image.open(io.BytesIO(ok_shown(shown(who, file, form)).raw)) as picture:
                assert not picture.getexif()


def test_a_document_goes_to_the_other_side_as_it_is(people: People) -> None:
    """All but its first page can be read in no other form."""
    people.disputed()
    content = honest.pdf()
    file = uploaded(people.alice, content, name="bill.pdf", Upload_Dispute="1")["id"]
    reply = ok_shown(shown(people.bob, file, "original"))
    assert reply.raw == content
    assert reply.headers["Content-Disposition"].startswith("attachment")


def ok_shown(reply: Reply) -> Reply:
    assert reply.status in (200, 206), reply.raw[:300]
    assert reply.headers["Content-Security-Policy"].startswith("sandbox")
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "private, no-store"
    return reply


def test_a_photo_of_somebody_elses_camera_loses_its_place(people: People, shared: Callable[[str], Path]) -> None:
    people.disputed()
    content = (shared("data/media/ok") / "pillow__exif_gps.jpg").read_bytes()
    file = uploaded(people.alice, content, Upload_Dispute="1")
    for form in ("reading", "thumbnail"):
        with Image.open(io.BytesIO(ok_shown(shown(people.bob, file["id"], form)).raw)) as picture:
            assert not picture.getexif()


def test_nothing_of_it_lies_on_the_disk_in_plain(people: People, vault: Vault) -> None:
    people.disputed()
    content = photo()
    uploaded(people.alice, content, name="my living room.jpg", Upload_Dispute="1")
    stored = [place.read_bytes() for place in vault.files.rglob("*") if place.is_file()]
    assert stored
    assert not [piece for piece in stored if b"SecretPhone" in piece or content[:64] in piece or b"JFIF" in piece[:64]]
    names = rows(vault, "SELECT name FROM evidence_file")
    assert not [name for (name,) in names if b"living" in name]


def test_what_is_for_the_mediator_only_is_not_there_for_the_other_side(people: People) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1", Upload_Mediator_Only="1", Upload_Comment="My café")
    nobody = people.bob.get(at("O1", "files", "f_" + 32 * "0"))
    for address in (at("O1", "files", file["id"]), at("O1", "files", file["id"], "original")):
        reply = people.bob.get(address)
        assert (reply.status, reply.raw) == (404, nobody.raw)
    assert shown(people.mia, file["id"], "reading").status == 200
    assert shown(people.alice, file["id"], "reading").status == 200
    [item] = people.mia.get(at("O1", "disputes", 1)).body["evidence"]
    assert (item["comment"], item["name"]) == ("My café", "kettle.jpg")


def test_sam_finds_nothing_and_leaves_nothing(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")
    before = known_files(vault)
    for reply in (
        people.sam.get(at("O1", "files", file["id"])),
        shown(people.sam, file["id"], "original"),
        people.sam.send("POST", UPLOADS, photo()),
        people.sam.send("PATCH", f"{UPLOADS}/{file['id']}", b"x", Upload_Offset="0"),
        people.sam.send("HEAD", f"{UPLOADS}/{file['id']}"),
        people.alice.send("POST", at("O2", "uploads"), photo()),
    ):
        assert reply.status == 404
    assert people.mia.send("POST", UPLOADS, photo()).status == 403
    assert Client(vault.service.port, "amk_nonsense").send("POST", UPLOADS, photo()).status == 401
    assert known_files(vault) == before
    assert not arriving(vault)


def test_every_look_is_noted(people: People, vault: Vault) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")
    for who, form in ((people.bob, "thumbnail"), (people.bob, "reading"), (people.mia, "original")):
        assert shown(who, file["id"], form).status == 200
    assert shown(people.sam, file["id"], "reading").status == 404
    looks = rows(vault, f"SELECT viewer, as_what FROM evidence_view WHERE file = '{file['id']}' ORDER BY at")  # noqa: S608
    assert looks == [("seller:bob", "thumbnail"), ("seller:bob", "reading"), ("mediator:mia", "original")]


# ── what is refused, and what is only remarked ───────────────────────────────────────────────────


def test_a_png_named_mp4_is_a_png_and_alice_is_told(people: People) -> None:
    people.disputed()
    file = uploaded(people.alice, honest.honest()["png"], name="clip.mp4", Content_Type="video/mp4")
    assert (file["kind"], file["name"]) == ("png", "clip.mp4.png")
    assert any("a PNG named .mp4" in hint for hint in file["hints"])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>" + b" " * 5000


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (SVG, 422, "file_not_allowed"),
        (HTML, 422, "file_not_allowed"),
        (b"", 422, "file_empty"),
        (b"GIF89a" + b"\0" * 5000, 422, "file_not_allowed"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 12_000_000, 413, "file_too_large"),
    ],
)
def test_what_is_no_evidence_is_refused_in_words_and_not_kept(
    people: People, vault: Vault, content: bytes, status: int, code: str
) -> None:
    people.disputed()
    before, stored = known_files(vault), len(list(vault.files.rglob("*")))
    reply = people.alice.send("POST", UPLOADS, content, Upload_Name="photo.jpg")
    assert (reply.status, reply.code) == (status, code)
    assert reply.body["detail"]
    assert reply.body["way_out"]
    assert known_files(vault) == before
    assert len(list(vault.files.rglob("*"))) == stored


def test_a_photo_cut_off_by_its_sender_and_one_that_breaks_off(people: People, vault: Vault) -> None:
    people.disputed()
    before = known_files(vault)
    assert people.alice.send("POST", UPLOADS, photo()[:9000]).code in ("file_cut_off", "file_broken")
    head = f"POST {UPLOADS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.shop.key}\r\n"
    with socket.create_connection(("127.0.0.1", vault.service.port), 5) as raw:
        raw.sendall(f"{head}Amends-Acting-As: buyer:alice\r\nContent-Length: 90000\r\n\r\n".encode() + photo()[:3000])
        time.sleep(0.3)
        assert arriving(vault)
    gone = time.monotonic() + 5
    while arriving(vault) and time.monotonic() < gone:
        time.sleep(0.05)
    assert not arriving(vault)
    assert known_files(vault) == before


def test_nobody_names_a_file_that_is_not_his_or_used_twice(people: People) -> None:
    people.disputed()
    add = at("O1", "disputes", 1, "add_evidence")
    alices = uploaded(people.alice, photo())["id"]
    for who, file in ((people.bob, alices), (people.alice, "f_" + 32 * "0"), (people.alice, "f_nonsense")):
        reply = who.post(add, {"kind": "photo", "id": file})
        assert (reply.status, reply.code) == (422, "malformed")
    assert people.alice.post(add, {"kind": "video", "id": alices}).code == "malformed"
    assert people.alice.post(add, {"kind": "photo", "id": alices, "sha256": "0" * 64}).code == "malformed"
    added = ok(people.alice.post(add, {"kind": "screenshot", "id": alices}, Idempotency_Key="k1"))
    again = ok(people.alice.post(add, {"kind": "screenshot", "id": alices}, Idempotency_Key="k1"))
    assert again.body == added.body | {"repeated": True}
    assert people.alice.post(add, {"kind": "photo", "id": alices}).code == "malformed"


def test_a_file_taken_back_is_gone_for_everybody(people: People) -> None:
    people.disputed()
    file = uploaded(people.alice, photo(), Upload_Dispute="1")["id"]
    assert shown(people.bob, file, "reading").status == 200
    assert people.bob.post(at("O1", "disputes", 1, "remove_evidence"), {"id": file}).status == 403
    ok(people.alice.post(at("O1", "disputes", 1, "remove_evidence"), {"id": file}))
    assert [shown(who, file, "reading").status for who in (people.alice, people.bob, people.mia)] == [404] * 3


def test_after_the_freeze_a_file_is_refused_and_not_kept(people: People, vault: Vault) -> None:
    people.disputed()
    people.day(25)
    before = known_files(vault)
    reply = people.alice.send("POST", UPLOADS, photo(), Upload_Dispute="1")
    assert reply.status == 409, reply.raw
    assert known_files(vault) == before


# ── pieces, videos, slow lines ───────────────────────────────────────────────────────────────────


def test_an_upload_that_breaks_in_the_middle_goes_on(people: People, vault: Vault) -> None:
    people.disputed()
    content = photo()
    begun = ok(people.alice.send("POST", UPLOADS, b"", Upload_Name="kettle.jpg", Upload_Length=str(len(content))))
    address = begun.headers["Location"]
    half = len(content) // 2
    assert address.endswith(begun.body["file"]["id"])
    assert people.bob.send("HEAD", address).status == 404
    head = f"PATCH {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.shop.key}\r\n"
    with socket.create_connection(("127.0.0.1", vault.service.port), 5) as raw:
        said = f"{head}Amends-Acting-As: buyer:alice\r\nUpload-Offset: 0\r\nContent-Length: {len(content)}\r\n\r\n"
        raw.sendall(said.encode() + content[:half])
        time.sleep(0.3)
    offset, end = 0, time.monotonic() + 5
    while not offset and time.monotonic() < end:
        time.sleep(0.05)
        offset = int(people.alice.send("HEAD", address).headers["Upload-Offset"])
    assert 0 < offset <= half
    wrong = people.alice.send("PATCH", address, content[half:], Upload_Offset=str(offset + 1))
    assert (wrong.status, wrong.code, wrong.headers["Upload-Offset"]) == (409, "upload_offset", str(offset))
    whole = people.alice.send("PATCH", address, content[offset:], Upload_Offset=str(offset), Upload_Dispute="1")
    file = ok(whole).body["file"]
    assert (file["state"], file["sha256"]) == ("linked", hashlib.sha256(content).hexdigest())
    assert file["name"] == "kettle.jpg"
    assert shown(people.mia, file["id"], "original").raw == content


def test_a_video_is_played_from_its_middle(people: People) -> None:
    people.disputed()
    file = uploaded(people.bob, honest.video(frames=30), name="packing.mp4", Upload_Dispute="1")
    assert file["forms"] == ["reading", "thumbnail", "stream", "original"]
    whole = ok_shown(shown(people.alice, file["id"], "stream"))
    assert whole.headers["Content-Type"] == "video/mp4"
    for asked, start, stop in (("0-99", 0, 100), ("500-", 500, None), ("-20", -20, None)):
        part = ok_shown(shown(people.alice, file["id"], "stream", Range=f"bytes={asked}"))
        assert part.status == 206
        assert part.raw == whole.raw[start:stop]
        assert part.headers["Content-Range"].endswith(f"/{len(whole.raw)}")
    assert shown(people.alice, file["id"], "stream", Range="bytes=9999999-").status == 416


def test_uploads_that_drip_hold_nobody_up(people: People, vault: Vault) -> None:
    people.disputed()
    head = f"POST {UPLOADS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.shop.key}\r\n"
    said = f"{head}Amends-Acting-As: buyer:alice\r\nContent-Length: 900000\r\n\r\n".encode()
    slow = [socket.create_connection(("127.0.0.1", vault.service.port), 15) for _ in range(20)]
    stop = threading.Event()

    def drip() -> None:
        while not stop.wait(0.2):
            for one in slow:
                try:
                    one.sendall(b"\xff\xd8\xff\xe0"[:1])
                except OSError:
                    return

    for one in slow:
        one.sendall(said)
    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        time.sleep(0.5)
        started = time.monotonic()
        for _ in range(5):
            ok(people.alice.get(at("O1")))
        assert time.monotonic() - started < 3 * UPLOAD_SECONDS, "held up, the first would wait for eight rounds of them"
        assert uploaded(people.alice, photo())["kind"] == "jpeg"
        answer = slow[0].recv(4096)
        assert answer.startswith(b"HTTP/1.1 408")
        assert time.monotonic() - started < UPLOAD_SECONDS + 20
    finally:
        stop.set()
        dripping.join()
        for one in slow:
            one.close()


def test_nobody_fills_the_disk_with_files_he_never_gives(people: People, vault: Vault) -> None:
    people.disputed()
    small = honest.encoded("PNG", honest.photo(40, 30))
    statuses = [people.alice.send("POST", UPLOADS, small).status for _ in range(21)]
    assert statuses == [201] * 20 + [409]


# ── what is said with a file ─────────────────────────────────────────────────────────────────────


def test_each_file_of_an_opening_says_what_it_shows_and_one_is_for_mia_alone(people: People) -> None:
    people.shipped()
    people.day(12)
    crack, letter = uploaded(people.alice, photo())["id"], uploaded(people.alice, photo(), "letter.jpg")["id"]
    files = [
        {"id": crack, "comment": "The crack in the lid."},
        {"id": letter, "comment": "My doctor's letter.", "mediator_only": True},
    ]
    ok(people.alice.post(at("O1", "disputes"), CLAIM | {"files": files}))
    path = at("O1", "disputes", 1)
    seen = {
        who: {one["id"]: one["comment"] for one in person.get(path).body["evidence"]}
        for who, person in (("bob", people.bob), ("mia", people.mia), ("alice", people.alice))
    }
    assert seen["bob"] == {crack: "The crack in the lid."}
    assert seen["mia"] == seen["alice"] == {crack: "The crack in the lid.", letter: "My doctor's letter."}
    assert people.bob.get(at("O1", "files", letter)).status == 404
    ok(people.alice.post(f"{path}/remove_evidence", {"id": letter}))
    for address in (path, at("O1", "timeline")):
        told = people.bob.get(address).raw.decode()
        assert letter not in told
        assert "doctor" not in told
    assert len(people.bob.get(at("O1", "timeline")).body["timeline"]) + 1 == len(
        people.mia.get(at("O1", "timeline")).body["timeline"]
    ), "that it was taken back is nothing to Bob either"


@pytest.mark.parametrize("field", [{"sha256": "0" * 64}, {"colour": "red"}, {"id": "E1"}, {"comment": 7}])
def test_an_entry_says_only_what_its_giver_may_say(people: People, field: dict[str, Any]) -> None:
    people.shipped()
    people.day(12)
    file = uploaded(people.alice, photo())["id"]
    reply = people.alice.post(at("O1", "disputes"), CLAIM | {"files": [{"id": file, **field}]})
    assert (reply.status, reply.code) == (422, "malformed")
