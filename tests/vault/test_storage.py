"""The store: the same stories for a folder and for a bucket of a real S3 server."""

import hashlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amends.vault import sealed_file, storage
from amends.vault.faults import Damaged, Unreachable
from amends.vault.storage import LocalStore, Store, Trouble
from amends.vault.storage_s3 import S3Store

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TOMORROW = datetime.now(UTC) + timedelta(days=1)  # files carry the machine's own time


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A real S3 server process on this machine; it checks neither signatures nor lengths."""
    pytest.importorskip("moto.server", reason="moto[server] is not installed, so there is no S3 server to start")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def bucket_storage(address: str, name: str) -> Any:
    from django.conf import settings  # noqa: PLC0415

    if not settings.configured:
        settings.configure()
    from storages.backends.s3 import S3Storage  # type: ignore[import-untyped] # noqa: PLC0415

    found = S3Storage(
        bucket_name=name,
        endpoint_url=address,
        access_key="a",
        secret_key="b",  # noqa: S106 - moto takes any
        region_name="us-east-1",
        location="evidence",
    )
    return found


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "store")
    address = request.getfixturevalue("s3_address")
    name = f"b{os.urandom(8).hex()}"
    found = bucket_storage(address, name)
    found.connection.create_bucket(Bucket=name)
    return S3Store(found)


def filed(store: Store, folder: Path, content: bytes) -> str:
    source = folder / "source"
    source.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    store.put(source, sha256=sha256, size=len(content))
    source.unlink()
    return sha256


def spoil(store: Store, sha256: str, content: bytes) -> None:
    """Somebody with the keys of the building changes a file behind our back."""
    if isinstance(store, LocalStore):
        place = next(store.folder.glob(f"*/*/{sha256}"))
        place.chmod(0o600)
        place.write_bytes(content)
    else:
        assert isinstance(store, S3Store)
        store._bucket.put_object(Key=store._key(sha256), Body=content)


def test_what_was_put_comes_back_whole_and_in_ranges(store: Store, tmp_path: Path) -> None:
    content = os.urandom(3_000_000)
    sha256 = filed(store, tmp_path, content)
    assert b"".join(store.open(sha256)) == content
    assert store.size(sha256) == 3_000_000
    for start, stop in ((0, 10), (999_999, 2_000_001), (2_999_990, None), (5, 5), (2_999_999, 9_000_000), (0, 0)):
        assert b"".join(store.open(sha256, start, stop)) == content[start:stop], (start, stop)
    assert storage.read(store, sha256, 7, 12) == content[7:12]


def test_an_empty_file_is_a_file(store: Store, tmp_path: Path) -> None:
    sha256 = filed(store, tmp_path, b"")
    assert (store.size(sha256), b"".join(store.open(sha256))) == (0, b"")


def test_a_large_file_goes_in_parts_and_comes_back(store: Store, tmp_path: Path) -> None:
    content = os.urandom(1_000_000) * 20
    assert b"".join(store.open(filed(store, tmp_path, content))) == content


def test_put_twice_is_put_once(store: Store, tmp_path: Path) -> None:
    sha256 = filed(store, tmp_path, b"evidence")
    assert filed(store, tmp_path, b"evidence") == sha256
    assert [stored.sha256 for stored in store.list()] == [sha256]


def test_putting_again_mends_what_was_spoiled(store: Store, tmp_path: Path) -> None:
    sha256 = filed(store, tmp_path, b"evidence")
    spoil(store, sha256, b"forgery!")
    filed(store, tmp_path, b"evidence")
    assert b"".join(store.open(sha256)) == b"evidence"


def test_a_file_that_is_not_what_it_is_called_is_not_stored(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"forgery")
    sha256 = hashlib.sha256(b"evidence").hexdigest()
    for size in (7, 8):
        with pytest.raises(Damaged):
            store.put(source, sha256=sha256, size=size)
    assert store.size(sha256) is None
    assert list(store.list()) == []


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "x" * 64])
def test_an_address_is_never_a_path(store: Store, address: str) -> None:
    for act in (store.size, store.delete, lambda address: b"".join(store.open(address))):
        with pytest.raises(ValueError, match="64 hexadecimal digits"):
            act(address)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    assert store.size("0" * 64) is None
    store.delete("0" * 64)
    with pytest.raises(FileNotFoundError):
        b"".join(store.open("0" * 64))


def test_deleted_is_gone(store: Store, tmp_path: Path) -> None:
    sha256 = filed(store, tmp_path, b"evidence")
    store.delete(sha256)
    assert store.size(sha256) is None
    assert list(store.list()) == []


def test_the_sweep_finds_what_nobody_refers_to_but_not_what_is_new(store: Store, tmp_path: Path) -> None:
    kept, orphan = filed(store, tmp_path, b"kept"), filed(store, tmp_path, b"orphan")
    assert [found.sha256 for found in storage.orphans(store, {kept}, before=TOMORROW)] == [orphan]
    assert list(storage.orphans(store, {kept}, before=LONG_AGO)) == []


def test_verify_tells_of_each_file_that_is_not_what_was_recorded(store: Store, tmp_path: Path) -> None:
    good, changed, cut, gone = (filed(store, tmp_path, word * 9) for word in (b"good", b"fair", b"long", b"gone"))
    spoil(store, changed, b"foul" * 9)
    spoil(store, cut, b"lon")
    store.delete(gone)
    found = {
        finding.sha256: finding for finding in storage.verify(store, dict.fromkeys((good, changed, cut, gone), 36))
    }
    assert {key: finding.trouble for key, finding in found.items()} == {
        changed: Trouble.CHANGED,
        cut: Trouble.SIZE,
        gone: Trouble.MISSING,
    }
    assert found[cut].sentence.endswith("has 3 bytes; 36 were recorded.")


def test_a_sealed_video_is_read_from_its_middle(store: Store, tmp_path: Path) -> None:
    content, key = os.urandom(1_500_000), os.urandom(32)
    plain, target = tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(content)
    with plain.open("rb") as source, target.open("wb") as sink:
        sealed = sealed_file.seal(source, sink, key)
    store.put(target, sha256=sealed.sha256, size=sealed.sealed_size)
    opened = sealed_file.Opened(
        lambda start, stop: storage.read(store, sealed.sha256, start, stop), sealed.sealed_size, key
    )
    assert b"".join(opened.read(700_000, 900_000)) == content[700_000:900_000]


# ---------------------------------------------------------------- the folder alone


def test_files_are_read_only_and_folders_private(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    sha256 = filed(store, tmp_path, b"evidence")
    place = next(store.folder.glob(f"*/*/{sha256}"))
    assert place.relative_to(store.folder).parts[:2] == (sha256[:2], sha256[2:4])
    assert place.stat().st_mode & 0o777 == 0o400
    assert place.parent.stat().st_mode & 0o077 == 0


def test_a_writer_that_is_killed_leaves_nothing_under_an_address(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    source = tmp_path / "source"
    source.write_bytes(b"evidence" * 2_000_000)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    code = (
        "import os, sys; from pathlib import Path; from amends.vault import storage\n"
        "os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "storage.LocalStore(Path(sys.argv[1])).put(Path(sys.argv[2]), sha256=sys.argv[3], size=16_000_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.folder), str(source), sha256], check=False)
    assert done.returncode == -9
    assert store.size(sha256) is None
    assert list(store.list()) == []
    assert len(list(store.abandoned(before=TOMORROW))) == 1
    assert list(store.abandoned(before=LONG_AGO)) == []
    store.put(source, sha256=sha256, size=16_000_000)
    assert store.size(sha256) == 16_000_000


# ---------------------------------------------------------------- the bucket alone


def test_a_bucket_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    store = S3Store(bucket_storage(address, "nobody"))
    with pytest.raises(Unreachable, match="does not answer"):
        store.size("0" * 64)


def test_a_bucket_that_is_not_there_refuses_to_store(s3_address: str, tmp_path: Path) -> None:
    with pytest.raises((Unreachable, Damaged)) as refused:
        filed(S3Store(bucket_storage(s3_address, "missing")), tmp_path, b"evidence")
    assert re.search(r"refused|did not keep", str(refused.value))


def test_a_bucket_that_loses_bytes_is_caught(s3_address: str, tmp_path: Path) -> None:
    """moto keeps what it is sent without checking it: so a proxy that cuts would go unnoticed, were it not for us."""
    name = f"b{os.urandom(8).hex()}"
    found = bucket_storage(s3_address, name)
    found.connection.create_bucket(Bucket=name)

    class Losing(S3Store):
        def size(self, sha256: str) -> int | None:
            real = super().size(sha256)
            if real == 8:
                spoil(self, sha256, b"evidenc3")
            return real

    store = Losing(found)
    with pytest.raises(Damaged, match="did not keep"):
        filed(store, tmp_path, b"evidence")
    assert list(store.list()) == []
