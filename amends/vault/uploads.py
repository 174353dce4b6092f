"""Uploads in pieces, over connections that break: tus-style (offset, append, finish), the state in files.

`Uploads` asks for no more than S3 multipart could give (an upload has an id, pieces come in order, the last one ends
it), so that a store in a bucket can stand in for the folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from amends.vault import faults
from amends.vault.faults import NotTaken
from amends.vault.limits import Limits

HALF_BEGUN = "new-"
"""How a folder is called until its upload can be told to its sender; whoever sweeps removes old ones."""


class Upload(NamedTuple):
    id: str
    offset: int
    """Bytes that have arrived and are safe on disk: where the sender goes on."""
    length: int
    """Bytes there will be, as declared at the beginning."""
    expires: datetime
    name: str
    declared: str

    @property
    def complete(self) -> bool:
        return self.offset == self.length


class UnknownUpload(Exception):
    """There is no such upload: it never was, is finished, or has expired. Begin anew."""


class WrongOffset(Exception):
    """The piece does not begin where the last one ended. `offset` is where to go on."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"{offset} bytes have arrived; send the next piece from there.")
        self.offset = offset


class Uploads(Protocol):
    """`now` is the instant of the request, in UTC; an upload is there up to its last instant, `expires`."""

    def begin(self, *, length: int, name: str, declared: str, expires: datetime, limits: Limits) -> Upload:
        """A new upload of `length` bytes. Raises `NotTaken` where that is none or more than is ever taken."""

    def get(self, upload_id: str, *, now: datetime) -> Upload:
        """As it stands. Raises `UnknownUpload`."""

    def append(self, upload_id: str, *, offset: int, chunks: Iterable[bytes], now: datetime) -> Upload:
        """Adds bytes at `offset`. What arrived before a connection broke stays.

        Raises `UnknownUpload`, `WrongOffset` (also while another piece is still being written), `NotTaken` where more
        comes than was declared.
        """

    def finish(self, upload_id: str, *, now: datetime) -> Path:
        """The whole file, which is the caller's from now on (`intake.adopt`); the upload is gone.

        Raises `UnknownUpload`, and `WrongOffset` where something is missing.
        """

    def abandon(self, upload_id: str) -> None:
        """Forgets it and what arrived; nothing happens where it is gone."""

    def sweep(self, *, now: datetime) -> int:
        """Abandons what has expired; how many."""


class FolderUploads:
    """A folder for each upload: `about.json` never changes, `data` grows; its length is the offset, so they agree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def begin(self, *, length: int, name: str, declared: str, expires: datetime, limits: Limits) -> Upload:
        if length <= 0:
            raise faults.empty()
        if length > limits.largest:
            raise faults.too_large(limits.largest)
        upload_id = secrets.token_hex(16)
        place = self.folder / f"{HALF_BEGUN}{upload_id}"
        place.mkdir(mode=0o700)
        about = {"length": length, "name": name[:1000], "declared": declared[:100], "expires": expires.isoformat()}
        (place / "about.json").write_text(json.dumps(about), encoding="utf-8")
        (place / "data").touch(mode=0o600)
        place.rename(self.folder / upload_id)
        return Upload(upload_id, 0, length, expires, about["name"], about["declared"])  # type: ignore[arg-type]

    def get(self, upload_id: str, *, now: datetime) -> Upload:
        place = self._place(upload_id)
        try:
            about = json.loads((place / "about.json").read_text(encoding="utf-8"))
            offset = (place / "data").stat().st_size
        except FileNotFoundError:
            raise UnknownUpload(UnknownUpload.__doc__) from None
        expires = datetime.fromisoformat(about["expires"])
        if now > expires:
            raise UnknownUpload(UnknownUpload.__doc__)
        return Upload(upload_id, offset, about["length"], expires, about["name"], about["declared"])

    def append(self, upload_id: str, *, offset: int, chunks: Iterable[bytes], now: datetime) -> Upload:
        self.get(upload_id, now=now)
        with self._alone(upload_id) as data:
            upload = self.get(upload_id, now=now)
            if upload.offset != offset:
                raise WrongOffset(upload.offset)
            try:
                for chunk in chunks:
                    offset += len(chunk)
                    if offset > upload.length:
                        raise _more_than_declared(upload.length)
                    _append(data, chunk)
            finally:  # what arrived before the connection broke counts
                os.fsync(data)
            return upload._replace(offset=offset)

    def finish(self, upload_id: str, *, now: datetime) -> Path:
        self.get(upload_id, now=now)
        with self._alone(upload_id):
            upload = self.get(upload_id, now=now)
            if not upload.complete:
                raise WrongOffset(upload.offset)
            whole = self.folder / f"whole-{upload_id}"
            (self._place(upload_id) / "data").rename(whole)
        self.abandon(upload_id)
        return whole

    def abandon(self, upload_id: str) -> None:
        shutil.rmtree(self._place(upload_id), ignore_errors=True)

    def sweep(self, *, now: datetime) -> int:
        swept = 0
        for place in self.folder.iterdir():
            if not re.fullmatch("[0-9a-f]{32}", place.name):
                continue
            try:
                self.get(place.name, now=now)
            except UnknownUpload:
                self.abandon(place.name)
                swept += 1
        return swept

    def _place(self, upload_id: str) -> Path:
        if not re.fullmatch("[0-9a-f]{32}", upload_id):
            raise UnknownUpload(UnknownUpload.__doc__)
        return self.folder / upload_id

    @contextmanager
    def _alone(self, upload_id: str) -> Iterator[int]:
        """The data, open for writing, for one piece at a time; a second sender is told where things stand."""
        try:
            data = os.open(self._place(upload_id) / "data", os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            raise UnknownUpload(UnknownUpload.__doc__) from None
        try:
            fcntl.flock(data, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield data
        except BlockingIOError:
            raise WrongOffset(os.fstat(data).st_size) from None
        finally:
            os.close(data)


def _append(data: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(data, rest) :]


def _more_than_declared(length: int) -> NotTaken:
    return NotTaken("longer_than_declared", faults.says("longer_than_declared", length=faults.in_words(length)))
