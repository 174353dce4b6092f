"""A file arrives: it is measured, hashed and recognised while it comes in, examined elsewhere, and kept sealed.

    received = intake.receive(chunks, name="IMG_1.mp4", declared="video/mp4", limits=limits, folder=folder)
    with received:
        examined = intake.examine(received, workshop=workshop, limits=limits, scanner=scanner)
        kept = intake.keep(received, examined, store=store, key=key, about=about)

Nothing is whole in memory but the two small pictures. Everything the person sent stays in files that only this
account can read, in `folder`, and is gone when the context ends.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple

from amends.vault import faults, names, sealed_file, sniffing
from amends.vault import limits as limiting
from amends.vault.facts import Facts
from amends.vault.kinds import Family, Kind
from amends.vault.limits import Limits
from amends.vault.scanning import Scanner
from amends.vault.sniffing import Header
from amends.vault.storage import Store
from amends.vault.workshop import Used, Workshop

_PIECE: Final = 1 << 20


class Received:
    """A whole file that arrived, in a file of its own. A context: at its end the file is gone."""

    def __init__(
        self, path: Path, *, size: int, sha256: str, name: str, header: Header, hints: tuple[str, ...]
    ) -> None:
        self.path = path
        self.size = size
        """Bytes."""
        self.sha256 = sha256
        self.name = name
        """Cleaned, with an ending of what the file is. To be shown, never a path."""
        self.header = header
        self.hints = hints
        """Sentences for the sender: nothing was refused, but something is worth knowing."""

    def __enter__(self) -> Received:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Removes the file; nothing happens the second time."""
        self.path.unlink(missing_ok=True)


class Examined(NamedTuple):
    """What may be shown (`reading`, `thumbnail`: JPEG; `stream`: a video without metadata), and what is true."""

    facts: Facts
    reading: bytes | None
    thumbnail: bytes | None
    stream: Path | None
    """Removed by `keep`, or by whoever does not call it."""
    hints: tuple[str, ...]
    used: Used


class Piece(NamedTuple):
    """One sealed file in the store: its address and length there, and its length once opened."""

    sha256: str
    sealed_size: int
    size: int


class Kept(NamedTuple):
    original: Piece
    reading: Piece | None
    thumbnail: Piece | None
    stream: Piece | None


def receive(
    chunks: Iterable[bytes], *, name: str, declared: str, limits: Limits, folder: Path | None = None
) -> Received:
    """Reads `chunks` to their end into a file of `folder` (or the system's), and says what it is.

    `name` and `declared` (a media type) are what the sender claims: never believed, only compared. Raises `NotTaken`
    as soon as it is certain: the kind by the first bytes, the size while reading, the structure at the end.
    What `chunks` raises passes through; the file is gone then.
    """
    number, place = tempfile.mkstemp(dir=folder, prefix="arriving-")
    path = Path(place)
    try:
        with os.fdopen(number, "w+b", buffering=0) as file:
            digest, size = _written(chunks, file, name, limits)
            return _judged(file, path, size=size, sha256=digest, name=name, declared=declared, limits=limits)
    except BaseException:  # whatever happened, nothing of the file stays behind
        path.unlink(missing_ok=True)
        raise


def adopt(path: Path, *, name: str, declared: str, limits: Limits) -> Received:
    """As `receive`, for a file that lies there complete (uploads.py) and is taken over where it lies.

    Raises `NotTaken`; the file is gone then.
    """
    try:
        with path.open("rb") as file:
            gate = Gate(name, limits)
            digest = hashlib.sha256()
            for piece in _pieces(file):
                gate.passes(piece)
                digest.update(piece)
            known = digest.hexdigest()
            return _judged(file, path, size=gate.size, sha256=known, name=name, declared=declared, limits=limits)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


class Gate:
    """Lets bytes pass as long as they are few enough, and of a kind that is taken."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = names.clean(name), limits
        self.size = 0
        self.head = b""
        self.kind: Kind | None = None

    def passes(self, chunk: bytes) -> None:
        """Raises `NotTaken`."""
        self.size += len(chunk)
        if self.kind is None:
            self.head += chunk[: sniffing.HEAD]
            if len(self.head) >= sniffing.HEAD:
                self.kind = sniffing.recognise(self.head[: sniffing.HEAD], self.name)
        family = self.kind.family if self.kind else None
        most = self.limits.bytes_of(family) if family else self.limits.largest
        if self.size > most:
            raise faults.too_large(most, family.value if family else "file")


def _written(chunks: Iterable[bytes], file: io.FileIO, name: str, limits: Limits) -> tuple[str, int]:
    gate, digest = Gate(name, limits), hashlib.sha256()
    for chunk in chunks:
        gate.passes(chunk)
        digest.update(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[file.write(rest) :]
    return digest.hexdigest(), gate.size


def _judged(
    file: BinaryIO | io.FileIO, path: Path, *, size: int, sha256: str, name: str, declared: str, limits: Limits
) -> Received:
    """The file by its structure, within the limits. Raises `NotTaken`."""
    if not size:
        raise faults.empty()
    file.seek(0)
    kind = sniffing.recognise(file.read(sniffing.HEAD) or b"", names.clean(name))
    if size > limits.bytes_of(kind.family):
        raise faults.too_large(limits.bytes_of(kind.family), kind.family.value)
    with io.BufferedReader(file) if isinstance(file, io.FileIO) else file as buffered:
        header = sniffing.sniff(buffered, size)
    _within(header, limits)
    hints = tuple(_hints(header, name=name, declared=declared))
    return Received(path, size=size, sha256=sha256, name=names.clean(name, kind), header=header, hints=hints)


def _within(header: Header, limits: Limits) -> None:
    """The limits that the header alone can break. Raises `NotTaken`."""
    if header.kind.family is not Family.DOCUMENT:
        weight = {"data": header.data, "memory": header.memory}
        limiting.check_pixels(header.kind, header.width, header.height, **weight, limits=limits)
    if header.milliseconds is not None and header.milliseconds > limits.video_seconds * 1000:
        raise faults.too_long(header.milliseconds // 1000, limits.video_seconds)
    if header.tracks > limits.tracks:
        raise faults.too_many_tracks(header.tracks, limits.tracks)


def _hints(header: Header, *, name: str, declared: str) -> Iterator[str]:
    promised, kind = names.promises(name), header.kind
    if promised is not kind and not (promised is None and "." not in name):
        ending = names.ending(name)
        code = "named_otherwise" if ending else "named_badly"
        yield faults.says(code, called=kind.called, ending=ending, extension=kind.extensions[0])
    family = declared.partition("/")[0].lower()
    if family in ("image", "video", "audio", "text") and family != kind.media_type.partition("/")[0]:
        yield faults.says("sent_as", declared=declared[:40], called=kind.called)
    if header.appended:
        yield faults.says("appended")


def examine(received: Received, *, workshop: Workshop, limits: Limits, scanner: Scanner | None = None) -> Examined:
    """What is in the file, decoded in another process. Asks the scanner first, where there is one.

    Raises `NotTaken` (broken, too heavy, infected, beyond a limit that only decoding shows), and `Unreachable` where
    scanner or workshop do not answer: then nothing was decided, and the sender should try again.
    """
    with received.path.open("rb") as file:
        if scanner is not None:
            found = scanner.scan(file)
            if found is not None:
                raise faults.infected(found)
        done = workshop.examine(file, received.size, received.header, bounds=limits, folder=received.path.parent)
    header, findings = received.header, done.report.findings
    facts = Facts(
        sha256=received.sha256,
        size=received.size,
        kind=header.kind,
        c2pa_present=header.c2pa,
        **findings._asdict(),
    )
    return Examined(
        facts, done.report.reading, done.report.thumbnail, done.copy, (*received.hints, *_remarks(facts)), done.used
    )


def _remarks(facts: Facts) -> Iterator[str]:
    if "animated" in facts.marks:
        yield faults.says("animated")
    if "scripted" in facts.marks or "attachments" in facts.marks:
        yield faults.says("scripted")
    if "not_repacked" in facts.marks:
        yield faults.says("not_repacked")


def keep(received: Received, examined: Examined, *, store: Store, key: bytes, about: bytes = b"") -> Kept:
    """Seals original and derivatives under the person's `key` (32 bytes) and puts them into the store.

    `about` binds them to where they belong (marketplace, order, number): elsewhere they do not open. The stream's
    file is gone afterwards. Raises `Damaged` where the store did not keep what it was given, OSError, `Unreachable`.
    """
    folder = received.path.parent
    try:
        with received.path.open("rb") as file:
            original = sealed(file, folder, store, key, about)
        pictures = (
            None if content is None else sealed(io.BytesIO(content), folder, store, key, about)
            for content in (examined.reading, examined.thumbnail)
        )
        reading, thumbnail = pictures
        if examined.stream is None:
            return Kept(original, reading, thumbnail, None)
        with examined.stream.open("rb") as file:
            return Kept(original, reading, thumbnail, sealed(file, folder, store, key, about))
    finally:
        if examined.stream is not None:
            examined.stream.unlink(missing_ok=True)


def sealed(source: BinaryIO, folder: Path, store: Store, key: bytes, about: bytes) -> Piece:
    """Seals one file and puts it into the store, by way of a file in `folder` that holds no plain text."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="sealed-", buffering=0) as target:
        told = sealed_file.seal(source, target, key, about=about)
        store.put(Path(target.name), sha256=told.sha256, size=told.sealed_size)
    return Piece(told.sha256, told.sealed_size, told.size)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
