"""The store in a bucket, through django-storages: any S3, tested against a real server process of `moto`.

Whether an S3 checks what it is given differs (moto checks neither signature nor length), so we do: after each put
the length is asked for and the bytes are read back and hashed. A put that cannot be proven did not happen.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from amends.vault.faults import Damaged, Unreachable
from amends.vault.storage import PIECE, Stored, check_address, hashed

_GONE: Final = frozenset(("404", "NoSuchKey", "NotFound"))


class S3Store:
    """`storage` is a `storages.backends.s3.S3Storage`: its bucket, credentials, endpoint and prefix (`location`)."""

    def __init__(self, storage: Any) -> None:
        self._bucket: Any = storage.bucket
        self._prefix = f"{storage.location.strip('/')}/" if storage.location else ""

    def put(self, source: Path, *, sha256: str, size: int) -> None:
        """As `Store.put`; large files go in parts. What arrived damaged is removed again."""
        key = self._key(sha256)
        if self.size(sha256) == size and hashed(self.open(sha256)) == (sha256, size):
            return
        with source.open("rb") as file:
            if hashed(iter(lambda: file.read(PIECE), b"")) != (sha256, size):
                raise Damaged(f"What was to be stored as {sha256} has other bytes. Nothing was stored.")
            file.seek(0)
            with _answering():
                self._bucket.upload_fileobj(file, key, ExtraArgs={"ContentType": "application/octet-stream"})
        arrived = self.size(sha256)
        if arrived != size or hashed(self.open(sha256)) != (sha256, size):
            self.delete(sha256)
            raise Damaged(f"The bucket did not keep {sha256} as it was sent ({arrived} of {size} bytes). Try again.")

    def open(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        if stop is not None and start >= stop:
            return iter(())
        wanted = {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"} if start or stop else {}
        try:
            with _answering():
                answer = self._bucket.Object(self._key(sha256)).get(**wanted)
        except ClientError as fault:
            code = str(fault.response["Error"]["Code"])
            if code == "InvalidRange":
                return iter(())
            raise FileNotFoundError(sha256) from None
        return _streamed(answer["Body"])

    def size(self, sha256: str) -> int | None:
        try:
            with _answering():
                return int(self._bucket.Object(self._key(sha256)).content_length)
        except ClientError:
            return None

    def delete(self, sha256: str) -> None:
        with _answering():
            self._bucket.Object(self._key(sha256)).delete()

    def list(self) -> Iterator[Stored]:
        with _answering():
            for found in self._bucket.objects.filter(Prefix=self._prefix):
                name = found.key.rpartition("/")[2]
                if len(name) == 64:
                    yield Stored(name, int(found.size), found.last_modified)

    def _key(self, sha256: str) -> str:
        check_address(sha256)
        return f"{self._prefix}{sha256[:2]}/{sha256[2:4]}/{sha256}"


class _answering:
    """Turns a bucket that does not answer, or refuses, into `Unreachable`; what is merely not there passes through."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        if isinstance(fault, ClientError):
            code = str(fault.response["Error"]["Code"])
            if code in _GONE or code == "InvalidRange":
                return
            raise Unreachable(f"The bucket refused ({code}). Look at its rights and its name; nothing was changed.")
        if isinstance(fault, BotoCoreError):
            raise Unreachable(f"The bucket does not answer ({type(fault).__name__}). Try again in a few minutes.")


def _streamed(body: Any) -> Iterator[bytes]:
    try:
        with _answering():
            yield from body.iter_chunks(PIECE)
    finally:
        body.close()
