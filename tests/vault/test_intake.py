"""Honest files: what is taken in, what is found out about it, what is shown, what stays sealed."""

import hashlib
import io
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest
from PIL import Image, ImageCms

from amends.vault import faults, intake, names, sealed_file, storage
from amends.vault.boxes import C2PA_UUID
from amends.vault.kinds import Kind
from amends.vault.limits import Limits
from amends.vault.storage import LocalStore
from tests.vault.conftest import LIMITS, Desk
from tests.vault.honest import encoded, honest, pdf, photo, video
from tests.vault.hostile import box, chunk


def shown(taken: intake.Examined) -> Image.Image:
    assert taken.reading is not None
    return Image.open(io.BytesIO(taken.reading)).convert("RGB")


def near(first: Image.Image, second: Image.Image) -> float:
    """Mean difference of two pictures, 0 to 255."""
    pairs = zip(first.resize((64, 64)).tobytes(), second.resize((64, 64)).tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (64 * 64 * 3)


def apart(first: str | None, second: str | None) -> int:
    """In how many of 64 bits two hashes differ."""
    assert first is not None
    assert second is not None
    return (int(first, 16) ^ int(second, 16)).bit_count()


# ---------------------------------------------------------------- while it arrives


def test_the_hash_and_size_are_those_of_what_was_sent(tmp_path: Path) -> None:
    content = honest()["jpg"]
    with intake.receive(
        [content[:9], b"", content[9:]], name="a.jpg", declared="", limits=LIMITS, folder=tmp_path
    ) as r:
        assert (r.size, r.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert r.path.read_bytes() == content
        assert r.path.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_end_is_refused_at_the_limit_and_leaves_nothing(tmp_path: Path) -> None:
    sent = 0

    def without_end() -> Iterator[bytes]:
        nonlocal sent
        yield honest()["jpg"]
        while True:
            sent += 100_000
            yield bytes(100_000)

    with pytest.raises(faults.NotTaken, match="This picture is larger than 2 MB") as refused:
        intake.receive(
            without_end(), name="a.jpg", declared="", limits=Limits(picture_bytes=2_000_000), folder=tmp_path
        )
    assert refused.value.code == "too_large"
    assert sent <= 2_100_000
    assert list(tmp_path.iterdir()) == []


def test_a_web_page_is_refused_by_its_first_bytes_before_the_rest_is_read(tmp_path: Path) -> None:
    def page() -> Iterator[bytes]:
        yield b"<!doctype html>".ljust(4096)
        raise AssertionError("nobody should have asked for more")

    with pytest.raises(faults.NotTaken, match=r"a web page although it is named a\.jpg"):
        intake.receive(page(), name="a.jpg", declared="image/jpeg", limits=LIMITS, folder=tmp_path)


def test_a_connection_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield honest()["jpg"][:500]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        intake.receive(broken(), name="a.jpg", declared="", limits=LIMITS, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "avif", "heic", "mp4", "mov", "webm", "pdf"])
def test_every_kind_on_the_list_is_taken(desk: Desk, ending: str) -> None:
    taken = desk.takes(honest()[ending], f"evidence.{ending}")
    assert ending in {known.lstrip(".") for known in taken.facts.kind.extensions}
    assert taken.hints == ()
    if ending in ("jpg", "png", "webp", "avif", "heic"):
        assert (taken.facts.width, taken.facts.height) == (320, 240)
        assert near(shown(taken), photo()) < 8


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_shown_as_it_was_held(desk: Desk, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that brings an upright picture into that orientation
    stored = photo() if orientation == 1 else photo().transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    taken = desk.takes(encoded("JPEG", stored, exif=exif, quality=90))
    assert (taken.facts.width, taken.facts.height) == (320, 240)
    assert shown(taken).size == (320, 240)
    assert near(shown(taken), photo()) < 8


def test_place_and_camera_are_facts_but_never_in_the_picture(desk: Desk) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Apple", "iPhone 13 Pro", "Photo Editor 3"
    exif.get_ifd(0x8769).update({0x9003: "2026:03:01 14:05:09", 0x9011: "+03:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 0.0), 3: "E", 4: (37.0, 37.0, 0.0)})
    sent = encoded("JPEG", exif=exif)
    taken = desk.takes(sent)
    assert taken.facts.captured_at == "2026-03-01T14:05:09+03:00"
    assert (taken.facts.device, taken.facts.edited_by) == ("Apple iPhone 13 Pro", "Photo Editor 3")
    assert taken.facts.gps_present
    assert "55" not in str(taken.facts._replace(sha256="", dhash=None, phash=None, sharpness=None, brightness=None))
    for picture in (taken.reading, taken.thumbnail):
        assert picture is not None
        assert b"Exif" not in picture
        assert b"iPhone" not in picture


def test_a_time_without_a_zone_stays_without_one(desk: Desk) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:03:01 14:05:09"
    assert desk.takes(encoded("JPEG", exif=exif)).facts.captured_at == "2026-03-01T14:05:09"


def test_a_large_photo_is_shown_at_two_thousand_pixels_and_as_a_thumbnail(desk: Desk) -> None:
    taken = desk.takes(encoded("JPEG", photo(4_000, 3_000), quality=85))
    assert (taken.facts.width, taken.facts.height) == (4_000, 3_000)
    assert shown(taken).size == (2_000, 1_500)
    assert taken.thumbnail is not None
    assert Image.open(io.BytesIO(taken.thumbnail)).size == (320, 240)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_of_writing_colours_is_shown(desk: Desk, mode: str) -> None:
    if mode == "I;16":
        grey = photo().convert("L")
        stored = Image.frombytes("I;16", grey.size, b"".join(bytes((0, value)) for value in grey.tobytes()))
    else:
        stored = photo().convert(mode)
    taken = desk.takes(encoded("JPEG" if mode == "CMYK" else "PNG", stored))
    expected = photo().convert("RGB") if mode in ("P", "RGBA", "CMYK") else photo().convert("L").convert("RGB")
    assert near(shown(taken), expected) < (40 if mode == "1" else 16)


def test_what_is_seen_through_is_white(desk: Desk) -> None:
    taken = desk.takes(encoded("PNG", Image.new("RGBA", (40, 40), (0, 0, 0, 0))))
    assert shown(taken).getpixel((20, 20)) == (255, 255, 255)


def test_colours_of_another_profile_are_brought_to_srgb(desk: Desk) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # The same profile with red and blue changed over: whoever ignores profiles shows a blue picture.
    red, blue = lab.index(b"rXYZ"), lab.index(b"bXYZ")
    swapped = bytearray(lab)
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    taken = desk.takes(encoded("PNG", Image.new("RGB", (64, 64), (0, 0, 255)), icc_profile=bytes(swapped)))
    red_shown, _green, blue_shown = shown(taken).getpixel((32, 32))
    assert red_shown > 200
    assert blue_shown < 60


def test_an_animation_is_shown_by_its_first_frame(desk: Desk) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    taken = desk.takes(encoded("WEBP", frames[0], save_all=True, append_images=frames[1:]), "a.webp")
    assert "animated" in taken.facts.marks
    assert "only its first frame is shown" in taken.hints[0]
    assert near(shown(taken), frames[0]) < 5


def test_the_same_photo_is_known_again_and_another_is_not(desk: Desk) -> None:
    first = desk.takes(encoded("JPEG", photo(640, 480), quality=95)).facts
    again = desk.takes(encoded("WEBP", photo(320, 240), quality=40), "b.webp").facts
    other = desk.takes(encoded("JPEG", photo(640, 480).rotate(90, expand=True))).facts
    assert apart(first.phash, again.phash) <= 6
    assert apart(first.dhash, again.dhash) <= 6
    assert apart(first.phash, other.phash) > 16


def test_a_white_wall_has_no_likeness(desk: Desk) -> None:
    facts = desk.takes(encoded("JPEG", Image.new("RGB", (300, 300), "white"))).facts
    assert (facts.dhash, facts.phash, facts.brightness, facts.sharpness) == (None, None, 255, 0)


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "heic", "avif", "mp4", "mov", "pdf"])
def test_a_c2pa_manifest_is_noticed(desk: Desk, ending: str) -> None:
    content = honest()[ending]
    body = struct.pack(">I", 40) + b"jumb" + bytes(8) + b"c2pa" + bytes(20)
    match ending:
        case "jpg":
            segment = b"\xff\xeb" + struct.pack(">H", len(body) + 10) + b"JP\0\1\0\0\0\1" + body
            marked = content[:2] + segment + content[2:]
        case "png":
            marked = content[:33] + chunk(b"caBX", body) + content[33:]
        case "webp":
            whole = content[8:] + b"C2PA" + struct.pack("<I", len(body)) + body
            marked = b"RIFF" + struct.pack("<I", len(whole)) + whole
        case "pdf":
            marked = pdf(catalog=b"/AF[<</Type/Filespec/AFRelationship/C2PA_Manifest>>]")
        case _:
            marked = content + box(b"uuid", C2PA_UUID + body)
    assert desk.takes(marked, f"a.{ending}").facts.c2pa_present
    assert not desk.takes(content, f"a.{ending}").facts.c2pa_present


@pytest.mark.parametrize(
    ("brand", "called"), [(b"3gp4", "a 3GP video"), (b"3g2a", "a 3GP video"), (b"zzzz", "not known")]
)
def test_a_film_of_another_kind_is_not_called_what_is_taken(desk: Desk, brand: bytes, called: str) -> None:
    content = honest()["mp4"].replace(b"ftypisom", b"ftyp" + brand, 1)
    with pytest.raises(faults.NotTaken) as refused:
        desk.takes(content, "clip.mp4")
    said = refused.value.sentence
    assert called in said.partition(".")[0]
    assert "MP4" not in said.partition("Evidence can be")[0]


@pytest.mark.parametrize(("codec", "words"), [("libx264", b"x264 - core"), ("libx265", b"x265 (build")])
def test_what_an_encoder_wrote_between_the_pictures_is_gone_too(desk: Desk, codec: str, words: bytes) -> None:
    if codec not in av.codecs_available:
        pytest.skip(f"no encoder {codec} here")
    sent = video("mp4", codec=codec)
    assert words in sent
    taken = desk.takes(sent, "clip.mp4")
    assert taken.stream is not None
    assert words[:4] not in taken.stream.read_bytes()
    with av.open(taken.stream) as copy:
        assert sum(1 for _ in copy.decode(video=0)) == 10


# ---------------------------------------------------------------- videos and documents


def test_a_video_is_measured_shown_and_copied_without_its_place(desk: Desk) -> None:
    sent = video(
        "mp4", frames=20, tags={"location": "+55.7558+037.6173/", "make": "Nokia", "model": "N9", "title": "At home"}
    )
    assert b"+55.7558" in sent
    taken = desk.takes(sent, "clip.mp4")
    facts = taken.facts
    assert (facts.width, facts.height, facts.milliseconds, facts.has_sound) == (160, 120, 2_000, False)
    assert facts.gps_present
    assert facts.device == "Nokia N9"
    assert taken.stream is not None
    clean = taken.stream.read_bytes()
    assert b"+55.7" not in clean
    assert b"Nokia" not in clean
    assert b"At home" in sent
    assert b"At home" not in clean
    with av.open(io.BytesIO(clean)) as copy:
        assert set(copy.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
        assert sum(1 for _ in copy.decode(video=0)) == 20
    assert near(shown(taken), photo(160, 120)) < 16


def test_the_poster_is_the_first_frame_that_shows_something(desk: Desk) -> None:
    target = io.BytesIO()
    with av.open(target, "w", format="webm") as out:
        stream = out.add_stream("libvpx", rate=10)
        stream.width, stream.height = 160, 120
        for number in range(12):
            picture = photo(160, 120) if number > 6 else Image.new("RGB", (160, 120))
            out.mux(stream.encode(av.VideoFrame.from_image(picture)))
        out.mux(stream.encode())
    assert near(shown(desk.takes(target.getvalue(), "a.webm")), photo(160, 120)) < 16


def test_a_video_too_long_by_its_head_is_refused_without_decoding(desk: Desk) -> None:
    with pytest.raises(faults.NotTaken, match="lasts 0 min 3 s; up to 0 min 2 s are taken"):
        desk.takes(video(frames=30), "a.mp4", limits=Limits(video_seconds=2))


def test_a_video_that_lies_about_its_length_is_found_out(desk: Desk) -> None:
    content = bytearray(video("webm", frames=40))
    place = content.index(b"\x44\x89\x88")
    content[place + 3 : place + 11] = struct.pack(">d", 100.0)
    with pytest.raises(faults.NotTaken, match="up to 0 min 2 s are taken"):
        desk.takes(bytes(content), "a.webm", limits=Limits(video_seconds=2))


def test_a_pdf_is_shown_by_its_first_page_and_its_programs_are_told(desk: Desk) -> None:
    plain = desk.takes(pdf(), "quote.pdf")
    assert plain.facts.pages == 1
    assert plain.facts.marks == ()
    assert shown(plain).getpixel((400, 1_100)) == pytest.approx((0, 0, 255), abs=6)
    scripted = desk.takes(pdf(catalog=b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "quote.pdf")
    assert scripted.facts.marks == ("scripted",)
    assert "never run" in scripted.hints[0]


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\x\\photo.jpg", "photo.jpg"),
        ("photo\u202egpj.exe", "photogpj.exe.jpg"),
        ("CON.jpg", "file CON.jpg"),
        ("", "file.jpg"),
        ("фото доставки.jpg", "фото доставки.jpg"),
        ("收货照片 (1).JPG", "收货照片 (1).JPG"),
        ("e\u0301te\u0301.jpeg", "été.jpeg"),
        ("a\r\nb.jpg", "a b.jpg"),
        ('"><img src=x onerror=alert(1)>.png', "img src_x onerror_alert(1)_.png.jpg"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert names.clean(sent, Kind.JPEG).lstrip("_") == kept


def test_a_long_name_keeps_its_ending() -> None:
    for name in ("x" * 5_000 + ".jpg", "漢" * 500 + ".jpg"):
        cleaned = names.clean(name, Kind.JPEG)
        assert cleaned.endswith(".jpg")
        assert len(cleaned) <= names.LONGEST
        assert len(cleaned.encode()) <= 2 * names.LONGEST


def test_the_hostile_names_of_the_collection_are_cleaned(shared: Callable[[str], Path]) -> None:
    lines = shared("data/media/generated/hostile_filenames.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        cleaned = names.clean(line, Kind.JPEG)
        assert cleaned == names.clean(cleaned, Kind.JPEG), "cleaning twice changes nothing"
        assert cleaned.lower().endswith(".jpg") or cleaned.lower().endswith(".jpeg")
        assert not set(cleaned) & set('/\\<>"|;$`\0\u202e')
        assert cleaned[0] not in ".= -"


# ---------------------------------------------------------------- kept


def test_everything_is_kept_sealed_and_opens_with_the_persons_key_only(desk: Desk, tmp_path: Path) -> None:
    store, key, about = LocalStore(tmp_path / "store"), os.urandom(32), b"shop\nA-1\n3"
    content = video("webm")
    with intake.receive([content], name="a.webm", declared="", limits=LIMITS, folder=tmp_path) as received:
        examined = intake.examine(received, workshop=desk.workshop, limits=LIMITS)
        kept = intake.keep(received, examined, store=store, key=key, about=about)
    assert examined.stream is not None
    assert not examined.stream.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"store"}, "plain text is left behind"
    pieces = [kept.original, kept.reading, kept.thumbnail, kept.stream]
    assert list(storage.verify(store, {piece.sha256: piece.sealed_size for piece in pieces if piece})) == []
    everything = b"".join(b"".join(store.open(found.sha256)) for found in store.list())
    assert content[40:80] not in everything
    assert b"\xff\xd8\xff\xe0" not in everything

    def opened(piece: intake.Piece, with_key: bytes, about: bytes) -> bytes:
        def read(start: int, stop: int) -> bytes:
            return storage.read(store, piece.sha256, start, stop)

        return b"".join(sealed_file.Opened(read, piece.sealed_size, with_key, about).read())

    assert opened(kept.original, key, about) == content
    assert kept.reading is not None
    assert opened(kept.reading, key, about) == examined.reading
    for wrong_key, wrong_place in ((os.urandom(32), about), (key, b"shop\nA-2\n3")):
        with pytest.raises(faults.Damaged):
            opened(kept.original, wrong_key, wrong_place)
