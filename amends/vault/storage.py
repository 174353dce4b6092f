"""Where sealed files lie: write-once, by the SHA-256 of what lies there. A folder by default, or S3 (storage_s3.py)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from amends.vault.faults import Damaged

PIECE: Final = 1 << 20
_ADDRESS: Final = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    sha256: str
    size: int
    at: datetime
    """Since when it lies there, in UTC."""


class Store(Protocol):
    """Addresses are SHA-256 of the stored bytes, 64 small hexadecimal digits; anything else raises ValueError."""

    def put(self, source: Path, *, sha256: str, size: int) -> None:
        """Takes in `source`, whose name stays the caller's to remove and whose bytes must not change any more.

        Nothing happens where it lies there already, whole.
        Raises `Damaged` where source, or what lies there afterwards, has another size or SHA-256.
        """

    def open(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to before `stop` (the end where None), in pieces. Raises FileNotFoundError."""

    def size(self, sha256: str) -> int | None:
        """Bytes; None where nothing lies there."""

    def delete(self, sha256: str) -> None:
        """Removes it; nothing happens where it is gone."""

    def list(self) -> Iterator[Stored]:
        """All that lies there, in no order."""


class Trouble(StrEnum):
    MISSING = "missing"
    SIZE = "size"
    CHANGED = "changed"


class Finding(NamedTuple):
    sha256: str
    trouble: Trouble
    sentence: str


def read(store: Store, sha256: str, start: int, stop: int) -> bytes:
    """A range as one piece, for readers that want few bytes (sealed_file.Opened)."""
    return b"".join(store.open(sha256, start, stop))


def verify(store: Store, expected: Mapping[str, int]) -> Iterator[Finding]:
    """Reads every expected file anew (`expected`: address to bytes) and tells of each that is not what was recorded."""
    for sha256, size in expected.items():
        found = store.size(sha256)
        if found is None:
            yield Finding(sha256, Trouble.MISSING, f"{sha256} is missing: it was recorded, and does not lie there.")
        elif found != size:
            yield Finding(sha256, Trouble.SIZE, f"{sha256} has {found} bytes; {size} were recorded.")
        elif hashed(store.open(sha256)) != (sha256, size):
            yield Finding(sha256, Trouble.CHANGED, f"{sha256} was changed: its bytes have another SHA-256.")


def orphans(store: Store, referenced: Container[str], *, before: datetime) -> Iterator[Stored]:
    """What nothing refers to and has lain there since before that instant.

    The instant leaves room for a write that is under way: files come first, the record of them after.
    """
    return (stored for stored in store.list() if stored.sha256 not in referenced and stored.at < before)


def hashed(pieces: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def check_address(sha256: str) -> str:
    """The address itself. Raises ValueError for anything that could be a path, or a name."""
    if not _ADDRESS.fullmatch(sha256):
        raise ValueError(f"an address in the store is 64 hexadecimal digits, not {sha256[:80]!r}")
    return sha256


class LocalStore:
    """A folder: `ab/cd/abcd…`, files read-only, complete or not there. Several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._arriving = folder / "arriving"
        self._arriving.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, source: Path, *, sha256: str, size: int) -> None:
        """As `Store.put`. When it returns, the file has reached the disk (fsync of file and folders)."""
        place = self._place(sha256)
        if place.exists() and hashed(self.open(sha256)) == (sha256, size):
            return
        arriving = self._arriving / secrets.token_hex(16)
        try:
            if _linked_or_copied(source, arriving) != (sha256, size):
                raise Damaged(f"What was to be stored as {sha256} has other bytes. Nothing was stored.")
            _folders(place.parent, self.folder)
            os.replace(arriving, place)
            _synced(place.parent)
        except BaseException:
            arriving.unlink(missing_ok=True)
            raise

    def open(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        file = self._place(sha256).open("rb", buffering=0)
        return _range(file.fileno(), file, start, stop)

    def size(self, sha256: str) -> int | None:
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> None:
        place = self._place(sha256)
        place.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            _synced(place.parent)

    def list(self) -> Iterator[Stored]:
        for place in self.folder.glob("??/??/*"):
            with contextlib.suppress(FileNotFoundError):
                if _ADDRESS.fullmatch(place.name):
                    about = place.stat()
                    yield Stored(place.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC))

    def abandoned(self, *, before: datetime) -> Iterator[Path]:
        """Halves of files whose writer was killed, older than that instant: to be removed by the sweep."""
        for place in self._arriving.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if datetime.fromtimestamp(place.stat().st_mtime, UTC) < before:
                    yield place

    def _place(self, sha256: str) -> Path:
        check_address(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256


def _linked_or_copied(source: Path, target: Path) -> tuple[str, int]:
    """Brings a file over, onto the disk, read-only; SHA-256 and length as read back from there.

    On one file system without copying: the source is then the same file, which is why it must not change any more.
    """
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
    with target.open("rb", buffering=0) as file:
        os.fchmod(file.fileno(), 0o400)
        os.fsync(file.fileno())
        return hashed(iter(lambda: file.read(PIECE), b""))


def _range(
    number: int, file: contextlib.AbstractContextManager[object], start: int, stop: int | None
) -> Iterator[bytes]:
    with file:
        place = start
        while stop is None or place < stop:
            piece = os.pread(number, PIECE if stop is None else min(PIECE, stop - place), place)
            if not piece:
                return
            place += len(piece)
            yield piece


def _folders(folder: Path, top: Path) -> None:
    """Makes the folders down to `folder`, and lets the disk know of each new one."""
    if folder == top or folder.exists():
        return
    _folders(folder.parent, top)
    folder.mkdir(mode=0o700, exist_ok=True)
    _synced(folder.parent)


def _synced(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def free_bytes(folder: Path) -> int:
    """What the disk of that folder has left."""
    return shutil.disk_usage(folder).free
