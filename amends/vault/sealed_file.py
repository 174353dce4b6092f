"""Files sealed under a person's key: AES-256-GCM in chunks, so that a video can be read from its middle.

    head    8 bytes "AMENDSF1", 4 bytes length of a chunk, 16 bytes salt, 7 bytes head of every nonce
    chunk   ciphertext of a chunk and its tag of 16 bytes; nonce = head of nonces + number of the chunk + 1 if the last

The key of a file is derived (HKDF-SHA256) from the person's key and the salt, so no two files share nonces. Each
chunk is bound to its place by its number, to its file by head and `about`, and the last one says that it is the
last: chunks swapped, repeated, taken from another file or cut off at the end do not open. Destroy the person's key,
and every copy of the file, in any backup, is noise.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from amends.vault.faults import Damaged

CHUNK: Final = 256 * 1024
"""Bytes of plain text a chunk, of files written from now on; at least 64 KiB, and said in each file."""
KEY: Final = 32
TAG: Final = 16
_MAGIC: Final = b"AMENDSF1"
_HEAD: Final = struct.Struct(">8sI16s7s")
_LARGEST_CHUNK: Final = 1 << 24


class Sealed(NamedTuple):
    sha256: str
    """Of the sealed file: its address in the store, and what an event may state (it tells nothing of the content)."""
    sealed_size: int
    size: int


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


def seal(source: BinaryIO, target: Sink, key: bytes, *, about: bytes = b"", chunk: int = CHUNK) -> Sealed:
    """Writes `source`, from where it stands to its end, sealed to `target`. Never more than two chunks in memory."""
    assert len(key) == KEY
    assert 65_536 <= chunk <= _LARGEST_CHUNK
    head = _HEAD.pack(_MAGIC, chunk, os.urandom(16), os.urandom(7))
    cipher, nonces = _cipher(head, key)
    bound = head + about
    digest, size, number = hashlib.sha256(head), 0, 0
    _write(target, head)
    piece = _full(source, chunk)
    while True:
        following = _full(source, chunk) if len(piece) == chunk else b""
        sealed = cipher.encrypt(_nonce(nonces, number, last=not following), piece, bound)
        digest.update(sealed)
        _write(target, sealed)
        size += len(piece)
        number += 1
        if not following:
            return Sealed(digest.hexdigest(), len(head) + size + number * TAG, size)
        piece = following


class Opened:
    """A sealed file, open to be read from any place. `read(start, stop)` of the store gives sealed bytes."""

    def __init__(self, read: Callable[[int, int], bytes], sealed_size: int, key: bytes, about: bytes = b"") -> None:
        """Raises `Damaged` where this is no sealed file, or cut off."""
        head = read(0, min(_HEAD.size, sealed_size))
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise Damaged("This is not a sealed file.")
        self._chunk = int(_HEAD.unpack(head)[1])
        body = sealed_size - _HEAD.size
        if not 65_536 <= self._chunk <= _LARGEST_CHUNK or body < TAG:
            raise Damaged("The sealed file is cut off.")
        self._chunks = -(-body // (self._chunk + TAG))
        self._read, self._sealed_size, self._bound = read, sealed_size, head + about
        self._cipher, self._nonces = _cipher(head, key)
        self.size = body - self._chunks * TAG
        """Bytes of plain text."""

    def read(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Plain bytes from `start` to before `stop` (the end where None), a chunk at a time.

        Raises `Damaged` before it gives out a single byte of a chunk that is not what was sealed.
        """
        stop = self.size if stop is None else min(stop, self.size)
        if start >= stop:
            if not self.size:
                self._opened(0)  # an empty file is still to be genuine
            return
        for number in range(start // self._chunk, (stop - 1) // self._chunk + 1):
            begins = number * self._chunk
            plain = self._opened(number)
            yield plain[max(0, start - begins) : stop - begins]

    def _opened(self, number: int) -> bytes:
        whole = self._chunk + TAG
        begins = _HEAD.size + number * whole
        sealed = self._read(begins, min(begins + whole, self._sealed_size))
        nonce = _nonce(self._nonces, number, last=number == self._chunks - 1)
        try:
            return self._cipher.decrypt(nonce, sealed, self._bound)
        except InvalidTag:
            raise Damaged(
                "The sealed file is not what was sealed: changed, moved, or under another person's key."
            ) from None


def opened(file: BinaryIO, key: bytes, about: bytes = b"") -> Opened:
    """A sealed file of the system, open to be read. Raises `Damaged`."""

    def read(start: int, stop: int) -> bytes:
        file.seek(start)
        return file.read(stop - start)

    return Opened(read, file.seek(0, os.SEEK_END), key, about)


def _cipher(head: bytes, key: bytes) -> tuple[AESGCM, bytes]:
    _magic, _chunk, salt, nonces = _HEAD.unpack(head)
    derived = HKDF(SHA256(), KEY, salt, b"amends sealed file 1").derive(key)
    return AESGCM(derived), nonces


def _nonce(nonces: bytes, number: int, *, last: bool) -> bytes:
    return nonces + struct.pack(">IB", number, last)


def _full(source: BinaryIO, length: int) -> bytes:
    """So many bytes, less only at the end: pipes and sockets give what they have."""
    piece = source.read(length)
    while 0 < len(piece) < length and (more := source.read(length - len(piece))):
        piece += more
    return piece


def _write(target: Sink, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[target.write(rest) :]  # type: ignore[arg-type] # a view is bytes to every file
