"""Uploads over connections that break: what arrived stays, the sender goes on where it ended."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from amends.vault import faults, intake
from amends.vault.uploads import FolderUploads, UnknownUpload, Upload, WrongOffset
from tests.vault.conftest import LIMITS
from tests.vault.honest import honest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def begun(uploads: FolderUploads, length: int) -> Upload:
    return uploads.begin(length=length, name="clip.mp4", declared="video/mp4", expires=LATER, limits=LIMITS)


def test_a_photo_arrives_in_three_pieces_and_is_taken_in(tmp_path: Path) -> None:
    uploads, content = FolderUploads(tmp_path / "uploads"), honest()["jpg"]
    upload = begun(uploads, len(content))
    for start, stop in ((0, 100), (100, 2_000), (2_000, len(content))):
        assert uploads.get(upload.id, now=NOON).offset == start
        upload = uploads.append(upload.id, offset=start, chunks=[content[start:stop]], now=NOON)
    assert upload.complete
    path = FolderUploads(tmp_path / "uploads").finish(upload.id, now=LATER)  # another process, at the last instant
    with intake.adopt(path, name=upload.name, declared=upload.declared, limits=LIMITS) as received:
        assert received.sha256 == hashlib.sha256(content).hexdigest()
        assert received.hints[0].startswith("This file is a JPEG named .mp4")
    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_arrived_before_the_connection_broke_counts(tmp_path: Path) -> None:
    uploads = FolderUploads(tmp_path)
    upload = begun(uploads, 10)

    def breaking() -> Iterator[bytes]:
        yield b"1234"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        uploads.append(upload.id, offset=0, chunks=breaking(), now=NOON)
    assert uploads.get(upload.id, now=NOON).offset == 4
    with pytest.raises(WrongOffset) as refused:
        uploads.append(upload.id, offset=0, chunks=[b"1234567890"], now=NOON)
    assert refused.value.offset == 4
    uploads.append(upload.id, offset=4, chunks=[b"567890"], now=NOON)
    assert uploads.finish(upload.id, now=NOON).read_bytes() == b"1234567890"


def test_two_senders_at_once_do_not_mix(tmp_path: Path) -> None:
    uploads = FolderUploads(tmp_path)
    upload = begun(uploads, 8)
    inside, leave = threading.Event(), threading.Event()

    def slow() -> Iterator[bytes]:
        yield b"slow"
        inside.set()
        leave.wait(20)
        yield b"poke"

    first = threading.Thread(target=lambda: uploads.append(upload.id, offset=0, chunks=slow(), now=NOON))
    first.start()
    assert inside.wait(20)
    with pytest.raises(WrongOffset):
        uploads.append(upload.id, offset=4, chunks=[b"fast"], now=NOON)
    with pytest.raises(WrongOffset):
        uploads.finish(upload.id, now=NOON)
    leave.set()
    first.join()
    assert uploads.finish(upload.id, now=NOON).read_bytes() == b"slowpoke"


def test_more_than_declared_is_refused(tmp_path: Path) -> None:
    uploads = FolderUploads(tmp_path)
    upload = begun(uploads, 4)
    with pytest.raises(faults.NotTaken, match="More arrived than the 4 bytes"):
        uploads.append(upload.id, offset=0, chunks=[b"12345"], now=NOON)
    assert uploads.get(upload.id, now=NOON).offset == 0


def test_too_much_is_refused_at_the_beginning(tmp_path: Path) -> None:
    for length, code in ((0, "empty"), (-1, "empty"), (LIMITS.largest + 1, "too_large")):
        with pytest.raises(faults.NotTaken) as refused:
            begun(FolderUploads(tmp_path), length)
        assert refused.value.code == code


def test_an_unfinished_upload_is_not_handed_out(tmp_path: Path) -> None:
    uploads = FolderUploads(tmp_path)
    with pytest.raises(WrongOffset, match="0 bytes have arrived"):
        uploads.finish(begun(uploads, 4).id, now=NOON)


def test_an_upload_is_there_up_to_its_last_instant_and_then_swept(tmp_path: Path) -> None:
    uploads = FolderUploads(tmp_path)
    upload = begun(uploads, 4)
    assert uploads.get(upload.id, now=LATER) == upload
    assert uploads.sweep(now=LATER) == 0
    late = LATER + timedelta(microseconds=1)
    with pytest.raises(UnknownUpload):
        uploads.append(upload.id, offset=0, chunks=[b"1234"], now=late)
    assert uploads.sweep(now=late) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("upload_id", ["", "..", "../../etc", "0" * 32, "A" * 32])
def test_an_id_nobody_was_given_is_unknown(tmp_path: Path, upload_id: str) -> None:
    with pytest.raises(UnknownUpload):
        FolderUploads(tmp_path).get(upload_id, now=NOON)
