"""Alice shows what is wrong with her kettle, from a page: with and without script, and nobody sees what is not his."""

from __future__ import annotations

import io
import json
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory, override_settings
from PIL import Image

from amends.core.order import Evidence
from amends.core.vocabulary import Party, Verb
from amends.orders import evidence, queries
from amends.orders.evidence import File
from amends.web import acting
from amends.web.here import Here
from tests.vault import honest

from .people import AtSeat, Market

UPLOAD = "orders/O-1/upload/"
CLAIM: dict[str, Any] = {
    "received": True,
    "reason": "defective",
    "lines": [{"line": "L1", "quantity": 1}],
    "wants": "refund",
    "amount": "45.00",
    "text": "The lid does not close.",
}


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """The folder where evidence lies."""
    with override_settings(AMENDS_FILES=str(tmp_path)):
        yield tmp_path


@pytest.fixture
def disputed(market: Market, files: Path) -> Market:
    """Alice's kettle came and is defective; Bob has to answer."""
    market.order()
    market.day(12)
    market.done(Party.BUYER, "open", **CLAIM)
    return market


def jpeg(width: int = 800, height: int = 640) -> bytes:
    return honest.encoded("JPEG", honest.photo(width, height), quality=85)


def sent(who: AtSeat, content: bytes, name: str = "kettle.jpg", **fields: Any) -> Any:
    """A form with one file in it."""
    return who.post(
        UPLOAD,
        file=SimpleUploadedFile(name, content, mimetypes.guess_type(name)[0] or ""),
        back=who.url("orders/O-1/"),
        **fields,
    )


def listed(market: Market) -> list[Evidence]:
    """The evidence of the dispute, as the core has it."""
    found = queries.order(market.marketplace, "O-1", now=market.now)
    assert found is not None
    return list(found.order.disputes[0].evidence)


def given(market: Market, who: AtSeat, content: bytes, name: str = "kettle.jpg", **fields: Any) -> str:
    """Sent so that it becomes evidence at once; the file's id."""
    answer = sent(who, content, name, dispute="1", **fields)
    assert answer.status_code == 303, answer.content.decode()
    return listed(market)[-1].file.id


def waiting(market: Market, party: Party = Party.BUYER) -> list[File]:
    return evidence.waiting(market.marketplace, "O-1", party)


def arriving(files: Path) -> list[Path]:
    return list((files / "arriving").iterdir()) if (files / "arriving").exists() else []


def shown(who: AtSeat, file: str, form: str = "thumbnail", **headers: str) -> Any:
    return who.client.get(who.url(f"orders/O-1/files/{file}/{form}/"), headers=headers)


def unmarked(answer: Any) -> str:
    """A page without the marks against forged forms, which are others each time."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode())


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# ── without script ───────────────────────────────────────────────────────────────────────────────


def test_alice_sends_a_photo_and_bob_sees_it(disputed: Market, files: Path) -> None:
    alice, bob, sam = disputed.seat("buyer"), disputed.seat("seller"), disputed.seat("buyer", "sam")
    file = given(disputed, alice, jpeg(), comment="The crack is on the left.")
    [item] = listed(disputed)
    assert (item.file.kind, item.file.mediator_only) == ("photo", False)
    answer = shown(bob, file)
    assert answer.status_code == 200
    with Image.open(io.BytesIO(bytes_of(answer))) as picture:
        assert max(picture.size) == 320
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    page = bob.get(f"orders/O-1/disputes/1/files/{file}/")
    assert "The crack is on the left." in page.content.decode()
    assert "Given by the buyer" in page.content.decode()
    for form in ("thumbnail", "reading", "original"):
        assert shown(sam, file, form).status_code == 404
    assert sam.get(f"orders/O-1/disputes/1/files/{file}/").status_code == 404
    assert sent(sam, jpeg()).status_code == 404
    assert not arriving(files)


def test_every_look_is_noted(disputed: Market) -> None:
    alice, bob, mia = disputed.seat("buyer"), disputed.seat("seller"), disputed.seat("mediator")
    file = given(disputed, alice, jpeg())
    for who, form in ((bob, "thumbnail"), (mia, "original")):
        assert shown(who, file, form).status_code == 200
    looks = [(view.viewer, view.as_what) for view in evidence.views(disputed.marketplace, "O-1") if view.file == file]
    assert looks == [("seller:bob", "thumbnail"), ("mediator:mia", "original")]


def test_what_is_for_the_mediator_only_bob_does_not_even_learn_of(disputed: Market) -> None:
    alice, bob, mia = disputed.seat("buyer"), disputed.seat("seller"), disputed.seat("mediator")
    file = given(disputed, alice, jpeg(), mediator_only="1")
    look = f"orders/O-1/disputes/1/files/{file}/"
    for address in (look, f"orders/O-1/files/{file}/thumbnail/", f"orders/O-1/files/{file}/original/"):
        nobodys = bob.get(address.replace(file, "f_" + 32 * "0"))
        assert bob.get(address).status_code == 404
        assert unmarked(bob.get(address)) == unmarked(nobodys).replace("f_" + 32 * "0", file)
        assert mia.get(address).status_code == alice.get(address).status_code == 200
    assert "for the mediator only" in mia.get(look).content.decode()


def test_a_forged_form_is_turned_away_and_nothing_of_it_is_kept(disputed: Market, files: Path) -> None:
    alice = disputed.seat("buyer", client=Client(enforce_csrf_checks=True))
    assert sent(alice, jpeg(), dispute="1").status_code == 403
    assert "csrfmiddlewaretoken" in alice.get(UPLOAD).content.decode()
    assert sent(alice, jpeg(), dispute="1", csrfmiddlewaretoken="x" * 64).status_code == 403
    assert not waiting(disputed)
    assert not listed(disputed)
    assert not arriving(files)
    mark = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', alice.get(UPLOAD).content.decode())
    assert mark is not None
    assert sent(alice, jpeg(), dispute="1", csrfmiddlewaretoken=mark[1]).status_code == 303


def test_no_other_page_takes_files(disputed: Market, files: Path) -> None:
    alice = disputed.seat("buyer")
    alice.post("orders/O-1/", file=SimpleUploadedFile("kettle.jpg", jpeg()))
    assert not arriving(files)


def test_a_png_named_mp4_is_taken_as_a_png_and_alice_is_told(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    assert sent(alice, honest.honest()["png"], "clip.mp4").status_code == 303
    page = alice.get(UPLOAD).content.decode()
    assert "a PNG named .mp4" in page
    assert "clip.mp4.png" in page


@pytest.mark.parametrize(
    ("content", "name", "status", "sentence"),
    [
        (b"GIF89a" + b"\0" * 5000, "moving.gif", 422, "This file is a GIF animation"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.png", 422, "This file is"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 11_000_000, "big.jpg", 413, "This picture is larger than"),
        (jpeg()[:9000], "cut.jpg", 422, "This"),
    ],
)
def test_what_is_refused_is_said_beside_the_field_and_the_rest_is_kept(
    disputed: Market, files: Path, content: bytes, name: str, status: int, sentence: str
) -> None:
    alice = disputed.seat("buyer")
    answer = sent(alice, content, name, dispute="1", comment="Look at the <lid>", mediator_only="1", kind="screenshot")
    page = answer.content.decode()
    assert answer.status_code == status
    assert sentence in page
    assert 'aria-describedby="upload-limits upload-wrong"' in page
    assert "Look at the &lt;lid&gt;" in page
    assert '<option value="screenshot" selected>' in page
    assert re.search(r'name="mediator_only" value="1" checked', page)
    assert not listed(disputed)
    assert not waiting(disputed)
    assert not arriving(files)


def test_nothing_chosen_is_said(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    answer = alice.post(UPLOAD, dispute="1", comment="See the photo")
    assert answer.status_code == 422
    assert "Choose a file first" in answer.content.decode()
    assert "See the photo" in answer.content.decode()


def test_of_two_files_the_good_one_is_taken(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    both = [SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.gif", b"GIF89a" + b"\0" * 5000)]
    answer = alice.client.post(alice.url(UPLOAD), {"file": both, "dispute": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1 file was taken" in page
    assert "b.gif: This file is a GIF animation" in page
    assert len(listed(disputed)) == 1


def test_a_double_click_gives_a_file_once(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    for _ in range(2):
        assert sent(alice, jpeg(), dispute="1", _key="page abc").status_code == 303
    assert len(listed(disputed)) == 1
    assert not waiting(disputed)


def test_the_way_back_stays_at_the_seat(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    own, order = alice.url("orders/O-1/open/?step=show"), alice.url("orders/O-1/")
    for back, led in (
        (own, own),
        ("https://evil.example/at/", order),
        ("//evil.example/", order),
        (bob.url("orders/O-1/"), order),
        (alice.url("") + "../x", order),
        (alice.url("") + "\\evil", order),
    ):
        answer = alice.post(UPLOAD, file=SimpleUploadedFile("kettle.jpg", jpeg(64, 48)), back=back)
        assert (answer.status_code, answer["Location"]) == (303, led)


# ── waiting, handing in, taking back ─────────────────────────────────────────────────────────────


def test_a_file_waits_is_seen_by_alice_alone_and_thrown_away(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    assert sent(alice, jpeg()).status_code == 303
    [file] = waiting(disputed)
    page = alice.get(UPLOAD).content.decode()
    assert "kettle.jpg" in page
    assert "Here, and not sent yet" in page
    assert shown(alice, file.file).status_code == 200
    assert shown(bob, file.file).status_code == 404
    away = f"{UPLOAD}{file.file}/"
    assert bob.post(away).status_code == 404
    assert alice.post(away, back=alice.url(UPLOAD)).status_code == 303
    assert not waiting(disputed)
    assert alice.post(away).status_code == 404


def test_a_waiting_file_is_handed_in_with_what_she_says(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    sent(alice, jpeg())
    [file] = waiting(disputed)
    assert alice.post(UPLOAD, dispute="1", files=file.file, comment="The lid.").status_code == 303
    [item] = listed(disputed)
    assert (item.file.id, item.file.sha256) == (file.file, file.sha256)
    assert "1 file is in the dispute now." in alice.get(UPLOAD).content.decode()
    again = alice.post(UPLOAD, dispute="1", files=file.file)
    assert again.status_code == 409
    assert "evidence already" in again.content.decode()
    stolen = bob.post(UPLOAD, dispute="1", files=file.file)
    assert stolen.status_code == 409
    assert "there is no file" in stolen.content.decode()


def test_opening_takes_files_by_their_ids(market: Market, files: Path) -> None:
    market.order()
    market.day(12)
    alice = market.seat("buyer")
    sent(alice, jpeg())
    [file] = waiting(market)
    request = RequestFactory().get("/")
    done = acting.act(Here(request, alice.seat), "O-1", Verb.OPEN, {**CLAIM, "files": [file.file]})
    assert done.refused is None
    [item] = listed(market)
    assert (item.file.id, item.file.kind) == (file.file, "photo")
    assert not waiting(market)


def test_a_link_counts_for_nothing_and_alice_is_told(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    answer = alice.post(UPLOAD, dispute="1", link="https://pictures.example/1", back=alice.url(UPLOAD))
    assert answer.status_code == 303
    [item] = listed(disputed)
    assert not item.file.counts
    assert "link" in alice.get(UPLOAD).content.decode()
    page = alice.get(f"orders/O-1/disputes/1/files/{item.file.id}/").content.decode()
    assert "https://pictures.example/1" in page
    assert 'href="https://pictures.example' not in page


def test_after_the_freeze_it_is_refused_in_the_cores_words(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    disputed.day(25)
    answer = sent(alice, jpeg(), dispute="1", comment="Wait, one more")
    assert answer.status_code == 409
    assert "Wait, one more" in answer.content.decode()
    assert not listed(disputed)
    assert not waiting(disputed)


def test_what_was_taken_back_is_gone(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    file = given(disputed, alice, jpeg())
    look = f"orders/O-1/disputes/1/files/{file}/"
    assert "Take this file back" in alice.get(look).content.decode()
    assert "Take this file back" not in bob.get(look).content.decode()
    disputed.done(Party.BUYER, "remove_evidence", dispute=1, id=file)
    assert [shown(who, file).status_code for who in (alice, bob)] == [404, 404]
    assert alice.get(look).status_code == 404


def test_no_room_for_more_is_said_before(market: Market, files: Path) -> None:
    one: dict[str, Any] = {"evidence.files_per_party": 1}
    small = Market(**one)
    small.order()
    small.day(12)
    small.done(Party.BUYER, "open", **CLAIM)
    alice = small.seat("buyer")
    given(small, alice, jpeg())
    answer = sent(alice, jpeg(320, 240), dispute="1")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Each side may give 1 files" in page
    assert not waiting(small)


def test_a_mediators_request_is_shown_and_ticked_off(disputed: Market) -> None:
    bob = disputed.seat("seller")
    disputed.done(Party.SELLER, "reject", dispute=1, text="No.")
    disputed.day(40)
    disputed.done(Party.MEDIATOR, "request_evidence", dispute=1, of=["seller"], text="The packing, please")
    page = sent(bob, b"", dispute="1").content.decode()
    assert "The mediator asks you to show" in page
    assert "The packing, please" in page
    given(disputed, bob, jpeg())


# ── the coach ────────────────────────────────────────────────────────────────────────────────────


def test_the_coach_says_what_convinces_and_what_is_dark(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    dark = honest.encoded("JPEG", Image.effect_noise((800, 640), 12).point(lambda value: value // 4).convert("RGB"))
    assert sent(alice, dark, "dark.jpg").status_code == 303
    page = alice.post(UPLOAD, dispute="1").content.decode()
    assert "The picture is very dark." in page
    assert "It helps to show" in page
    assert "no comment" not in page
    assert alice.post(UPLOAD, dispute="1", files=waiting(disputed)[0].file).status_code == 303


# ── in pieces ────────────────────────────────────────────────────────────────────────────────────


def test_an_upload_that_was_cut_goes_on(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    content = jpeg()
    begun = alice.client.post(
        alice.url(UPLOAD), headers={"Upload-Length": str(len(content)), "Upload-Name": "my%20kettle%C3%A9.jpg"}
    )
    assert begun.status_code == 201
    address = json.loads(begun.content)["address"]
    half = len(content) // 2

    def piece(part: bytes, offset: int) -> Any:
        headers = {"Upload-Offset": str(offset)}
        return alice.client.patch(address, part, "application/octet-stream", headers=headers)

    assert piece(content[:half], 0).json()["offset"] == half
    assert alice.client.head(address)["Upload-Offset"] == str(half)
    assert bob.client.head(address.replace(alice.seat.id, bob.seat.id)).status_code == 404
    wrong = piece(content[half:], half + 1)
    assert (wrong.status_code, wrong["Upload-Offset"]) == (409, str(half))
    assert piece(content[half:], half).json()["whole"]
    [file] = waiting(disputed)
    assert file.size == len(content)
    one = alice.client.get(address, {"form": "claim"}).content.decode()
    assert "my kettleé.jpg" in one
    assert 'form="claim"' in one


def test_a_piece_that_ends_in_no_picture_is_refused_in_words(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    begun = alice.client.post(alice.url(UPLOAD), headers={"Upload-Length": "5006", "Upload-Name": "x.gif"})
    content = b"GIF89a" + b"\0" * 5000
    headers = {"Upload-Offset": "0"}
    answer = alice.client.patch(begun.json()["address"], content, "application/octet-stream", headers=headers)
    assert answer.status_code == 422
    assert "GIF animation" in answer.json()["sentence"]
    assert not waiting(disputed)


# ── looking ──────────────────────────────────────────────────────────────────────────────────────


def test_a_video_is_played_from_its_middle_and_not_squeezed(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    file = given(disputed, bob, honest.video(frames=30), "packing.mp4")
    whole = shown(alice, file, "stream", Accept_Encoding="gzip")
    assert whole["Content-Type"] == "video/mp4"
    assert not whole.has_header("Content-Encoding")
    content = bytes_of(whole)
    part = shown(alice, file, "stream", Range="bytes=100-299", Accept_Encoding="gzip")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-299/{len(content)}")
    assert bytes_of(part) == content[100:300]
    assert shown(alice, file, "stream", Range="bytes=99999999-").status_code == 416
    assert "<video" in alice.get(f"orders/O-1/disputes/1/files/{file}/").content.decode()


def test_the_original_is_offered_to_whom_it_is_given(disputed: Market) -> None:
    """What the phone wrote into a photo or a video is for its giver and the staff."""
    alice, bob, mia = disputed.seat("buyer"), disputed.seat("seller"), disputed.seat("mediator")
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone 9"
    content = honest.encoded("JPEG", honest.photo(400, 300), quality=85, exif=exif)
    photo = given(disputed, alice, content)
    video = given(disputed, alice, honest.video(frames=10), "unpacking.mp4")
    for who, whole in ((alice, True), (mia, True), (bob, False)):
        for file in (photo, video):
            original = shown(who, file, "original")
            assert original.status_code == (200 if whole else 404)
            page = who.get(f"orders/O-1/disputes/1/files/{file}/").content.decode()
            assert ("Save the original" in page) is whole
            links = set(re.findall(rf"/files/{file}/(\w+)/", page))
            assert links <= {"reading", "thumbnail", "stream"} | ({"original"} if whole else set())
            for form in links:
                assert b"SecretPhone" not in bytes_of(shown(who, file, form)) or form == "original"
        assert "Save the video" in page
    assert bytes_of(shown(alice, photo, "original")) == content


def test_a_video_that_cannot_be_played_here_is_the_other_sides_as_a_picture(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    file = given(disputed, bob, honest.video(codec="mpeg4"), "old.mp4")
    assert "stream" not in (evidence.found(disputed.marketplace, "O-1", [file])[file].pieces or {})
    look = f"orders/O-1/disputes/1/files/{file}/"
    assert "Save it to watch it." in bob.get(look).content.decode()
    page = alice.get(look).content.decode()
    assert "the mediator can watch all of it" in page
    assert "original/" not in page


def test_a_document_shows_its_first_page_and_leaves_as_an_attachment(disputed: Market) -> None:
    alice = disputed.seat("buyer")
    content = honest.pdf()
    file = given(disputed, alice, content, "réponse.pdf")
    original = shown(alice, file, "original")
    assert bytes_of(original) == content
    assert original["Content-Disposition"] == "attachment; filename*=UTF-8''r%C3%A9ponse.pdf"
    assert original["Content-Type"] == "application/octet-stream"
    page = alice.get(f"orders/O-1/disputes/1/files/{file}/").content.decode()
    assert "1 page" in page
    assert "first page" not in page, "there are no others"


def test_doubts_are_for_staff_alone(disputed: Market) -> None:
    alice, bob, mia = disputed.seat("buyer"), disputed.seat("seller"), disputed.seat("mediator")
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2020:01:01 10:00:00"
    old = honest.encoded("JPEG", honest.photo(640, 480), quality=85, exif=exif)
    look = f"orders/O-1/disputes/1/files/{given(disputed, alice, old)}/"
    assert "before the order was placed" in mia.get(look).content.decode()
    for who in (alice, bob):
        page = who.get(look).content.decode()
        assert "before the order was placed" not in page
        assert "look at twice" not in page


def test_one_turns_over_the_files_one_may_see(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    first = given(disputed, alice, jpeg())
    hidden = given(disputed, alice, jpeg(640, 480), mediator_only="1")
    last = given(disputed, bob, jpeg(700, 500))
    page = bob.get(f"orders/O-1/disputes/1/files/{first}/").content.decode()
    assert "Photo, 1 of 2" in page
    assert f"/files/{last}/" in page
    assert hidden not in page


def test_texts_and_names_are_never_markup(disputed: Market) -> None:
    alice, bob = disputed.seat("buyer"), disputed.seat("seller")
    nasty = "<img src=x onerror=alert(1)>"
    file = given(disputed, alice, jpeg(), f"{nasty}.jpg", comment=nasty)
    assert nasty not in bob.get(f"orders/O-1/disputes/1/files/{file}/").content.decode()
    sent(alice, jpeg(320, 240), f"{nasty}.jpg")
    assert nasty not in alice.get(UPLOAD).content.decode()
