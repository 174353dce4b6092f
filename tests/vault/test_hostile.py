"""Files made to do harm: each is refused with a sentence, or neutralised, and whoever takes them in lives on."""

import csv
import io
import json
import os
import random
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from amends.vault import faults, limits, reports
from amends.vault.intake import Examined
from amends.vault.workshop import Used, Workshop
from tests.vault.conftest import Desk
from tests.vault.honest import honest
from tests.vault.hostile import EICAR, SEED, Hostile, disguises, generated, lengths, noise

FAMILIES = (
    *("truncated", "bomb", "padded", "inflating", "polyglot", "disguise", "lengths", "atoms", "endless"),
    *("odd_jpeg", "name"),
)
MEMORY_KILOBYTES = 64_000_000 // 1024
CPU_MILLISECONDS = 5_000
HARM = (b"<script", b"<?php", b"PK\x03\x04", b"PK\x05\x06", b"%PDF", b"<svg", b"Exif\0", EICAR, b"Comment")


@cache
def family(name: str) -> tuple[Hostile, ...]:
    return tuple(one for one in everything() if one.family == name)


@cache
def everything() -> tuple[Hostile, ...]:
    return tuple(generated())


@pytest.fixture(scope="module")
def baseline(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> dict[bool, int]:
    """Kilobytes that decoding a small good file takes: of a PDF (True; its library is a large one), of others."""
    desk = Desk(workshop, tmp_path_factory.mktemp("baseline"))
    return {ending == "pdf": desk.takes(honest()[ending]).used.peak_kilobytes for ending in ("jpg", "pdf")}


def outcome(desk: Desk, one: Hostile) -> tuple[Examined | None, faults.NotTaken | None]:
    try:
        return desk.takes(one.content, one.name), None
    except faults.NotTaken as refused:
        return None, refused


def objections(one: Hostile, taken: Examined | None, refused: faults.NotTaken | None) -> Iterable[str]:
    """What is wrong with how a hostile file was treated."""
    if one.taken is not None and one.taken != (taken is not None):
        yield f"{'taken' if taken else f'refused ({refused})'}, and should not have been"
    if refused is not None and not is_a_sentence(refused.sentence):
        yield f"the refusal is no sentence: {refused.sentence!r}"
    if taken is not None:
        for picture in (taken.reading, taken.thumbnail):
            yield from unsafe(picture)
        if taken.stream is not None:
            content = taken.stream.read_bytes()
            yield from (f"the copy holds {word!r}" for word in HARM if word in content)


def is_a_sentence(text: str) -> bool:
    """Long enough to say what, why and what would work; no words of programmers."""
    return (
        len(text) > 60
        and text.endswith(".")
        and text[0].isupper()
        and not any(word in text for word in ("Error", "Traceback", "None", "0x", "errno", "Exception"))
    )


def unsafe(picture: bytes | None) -> Iterable[str]:
    if picture is None:
        yield "there is no picture to look at"
        return
    yield from (f"the picture holds {word!r}" for word in HARM if word in picture)
    with Image.open(io.BytesIO(picture)) as opened:
        opened.load()
        if (
            opened.format != "JPEG"
            or max(opened.size) > limits.READING_SIDE
            or opened.getexif()
            or opened.mode != "RGB"
        ):
            yield f"the picture is {opened.format} {opened.size} {opened.mode}"
        if set(opened.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}:
            yield f"the picture still says {sorted(opened.info)}"


@pytest.mark.parametrize("name", [*FAMILIES, "noise"])
def test_a_family_of_hostile_files_does_no_harm(desk: Desk, baseline: dict[bool, int], name: str) -> None:
    worst = Used(0, 0, 0)
    said, process, before = [], None, desk.workshop.last_used
    for one in family(name):
        taken, refused = outcome(desk, one)
        said += [f"{one.family} {one.name[:60]!r}: {what}" for what in objections(one, taken, refused)]
        used, beyond = desk.workshop.last_used, baseline[one.name.endswith("pdf")]
        if used is not None and used is not before:  # else it was refused by its header
            before = used
            # A file of more than a megabyte has earned more than every file gets.
            most = MEMORY_KILOBYTES + limits.EARNED * max(0, len(one.content) - limits.MB) // 1024
            if used.peak_kilobytes - beyond >= most or used.cpu_milliseconds >= CPU_MILLISECONDS:
                said.append(f"{one.name} used {used}")
            worst = Used(*map(max, worst, (used.peak_kilobytes - beyond, *used[1:])))
        process = process or desk.workshop.process_id
        assert desk.workshop.process_id == process, f"{one.name} ended the process that opens files"
    assert not said, "\n" + "\n".join(said)
    sys.stdout.write(f"{name}: {len(family(name))} files, at worst {worst} (kilobytes beyond the baseline)\n")
    left = [path.name for path in desk.folder.iterdir() if not path.name.startswith("clean-")]
    assert left == [], "what was refused is still there"


def test_there_are_at_least_250_and_always_the_same() -> None:
    assert len(everything()) >= 250
    again = [one for make in (noise, lengths, disguises) for one in make(random.Random(SEED))]
    known = [one for name in ("noise", "lengths", "disguise") for one in family(name)]
    assert again == known


def test_the_real_collection_does_no_harm(desk: Desk, shared: Callable[[str], Path]) -> None:
    folder = shared("data/media")
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as lines:
        listed = [folder / row["group"] / row["file"] for row in csv.DictReader(lines)]
    said, taken_names = [], set()
    for path in filter(Path.exists, listed):
        one = Hostile("real", path.name, path.read_bytes(), False if path.parent.name == "generated" else None)
        one = one._replace(taken=True) if path.name in ("png_named.mp4", "polyglot_jpeg_zip.jpg") else one
        taken, refused = outcome(desk, one)
        said += [f"{path.name}: {what}" for what in objections(one, taken, refused)]
        if taken is not None:
            taken_names.add(path.name)
    assert not said, "\n" + "\n".join(said)
    wanted = {"filetype__sample.jpg", "filetype__sample.heic", "pymediainfo__sample.mp4", "pillow__pil_sample_cmyk.jpg"}
    assert wanted <= taken_names


def test_a_png_named_mp4_is_taken_as_what_it_is(desk: Desk) -> None:
    taken = desk.takes(honest()["png"], "clip.mp4")
    assert taken.hints == ("This file is a PNG named .mp4; it was taken as a PNG and is saved as .png.",)


def test_what_the_process_says_is_not_believed(tmp_path: Path) -> None:
    """A decoder that was taken over may write anything into its report."""
    honest = reports.Findings(10, 10)._asdict() | {"blobs": []}
    lies: list[dict[str, object]] = [
        {"width": -1}, {"width": True}, {"width": "10"}, {"height": 10**9}, {"gps_present": 1}, {"marks": ["root"]},
        {"device": "a\nb"}, {"device": "x" * 1_000}, {"dhash": "zz"}, {"captured_at": "yesterday"}, {"extra": 1},
        {"blobs": [["passwd", 3]]}, {"blobs": [["reading", -1]]}, {"blobs": [["reading", 10**12]]}, {"codecs": "h264"},
        {"blobs": [["reading", 4]]}, {"brightness": 256}, {"pages": 1.5}, {"blobs": None},
    ]  # fmt: skip
    with (tmp_path / "report").open("w+b") as file:
        file.write(json.dumps(honest).encode() + b"\n")
        assert reports.read(file).findings.width == 10
    for lie in lies:
        with (tmp_path / "report").open("w+b") as file:
            file.write(json.dumps(honest | lie).encode() + b"\n")
            with pytest.raises(reports.Nonsense):
                reports.read(file)
    for text in (b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe", b"null\n", os.urandom(100)):
        with pytest.raises(reports.Nonsense):
            reports.read(io.BytesIO(text))
