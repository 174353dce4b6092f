"""Opening what the operator hands us: a CSV, a zip of CSVs, or JSON lines, never more of it than the limits allow.

An archive is believed neither in its headers nor while it is unpacked: both are held against the limits, so a
bomb is refused before it fills the memory.
"""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

from .faults import Unusable, nearest, shown

LONGEST_LINE: Final = 1 << 20
"""Characters. A longer line is no row of an export, and reading it whole would take memory without limit."""

_MIB: Final = 1 << 20
_RATIO_COUNTS_FROM: Final = _MIB
_ZIP_STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# What zipfile and its decompressors let through when the bytes are not what they claim to be.
_BROKEN_ZIP: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError),
    *(OSError, struct.error, UnicodeDecodeError, ValueError, OverflowError),
)


class Limits(NamedTuple):
    """How much is read at most: bytes once unpacked, unpacked to packed, files in an archive."""

    unpacked: int = 512 * _MIB
    ratio: int = 100
    members: int = 1_000


class Source:
    """An opened export. Use it as a context manager; `lines` reads one of its files, as often as needed."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Raises `Unusable` for what is no readable file, claims to be a zip and is none, or exceeds `limits`."""
        self.path = path
        self.limits = limits
        self._spent = 0
        self._closing = ExitStack()
        self._zip: zipfile.ZipFile | None = None
        if not path.is_file():
            raise Unusable(f"{path} is {'a folder' if path.is_dir() else 'not there'}; name a CSV, zip or JSON lines.")
        try:
            size = path.stat().st_size
            with path.open("rb") as file:
                start = file.read(4)
        except OSError as fault:
            raise Unusable(f"{path} cannot be read: {fault.strerror}.") from None
        if size > limits.unpacked:
            raise Unusable(f"{path} has {_mib(size)}, more than the {_mib(limits.unpacked)} read at most; split it.")
        if start in _ZIP_STARTS or path.suffix.lower() == ".zip":
            self._zip = self._opened_zip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._closing.close()

    def shown_name(self, file: str) -> str:
        """What to call one of its files in a report: the member's name, or the source's own."""
        return self._member(file).filename if self._zip else self.path.name

    @contextmanager
    def lines(self, file: str, encoding: str) -> Iterator[Iterator[str]]:
        """The lines of one of its files, ends kept. `file` may be empty where there is only one.

        While they are read, `Unusable` comes out for a wrong encoding (with the line), for a line without end, and
        for an archive that unpacks to more than the limits allow or is broken inside.
        """
        name = self.shown_name(file)
        with self._bytes(file, name) as stream:
            text = io.TextIOWrapper(stream, encoding=encoding, errors="strict", newline="")
            try:
                yield _bounded(text, name)
            except UnicodeDecodeError:
                raise Unusable(self._undecodable(file, name, encoding)) from None

    @contextmanager
    def _bytes(self, file: str, name: str) -> Iterator[io.BufferedReader]:
        with ExitStack() as closing:
            try:
                if self._zip:
                    member = self._member(file)
                    raw: IO[bytes] = closing.enter_context(self._zip.open(member))
                    packed = max(1, member.compress_size)
                else:
                    raw, packed = closing.enter_context(self.path.open("rb")), 0
            except _BROKEN_ZIP as fault:
                raise Unusable(f"{self.path}: {name} cannot be opened: {_said(fault)}.") from None
            yield io.BufferedReader(_Metered(raw, self, name, packed), buffer_size=1 << 17)

    def spend(self, count: int, name: str, unpacked: int, packed: int) -> None:
        """Count what was unpacked; `Unusable` as soon as it is too much. `packed` is 0 outside archives."""
        self._spent += count
        if self._spent > self.limits.unpacked:
            raise Unusable(
                f"{self.path}: {name} brings what is unpacked beyond {_mib(self.limits.unpacked)}, the most we read; "
                "split the export, or raise the limit if you trust it."
            )
        if packed and unpacked > max(_RATIO_COUNTS_FROM, packed * self.limits.ratio):
            raise Unusable(self._bomb(name))

    def _opened_zip(self) -> zipfile.ZipFile:
        try:
            archive = self._closing.enter_context(zipfile.ZipFile(self.path))
            members = archive.infolist()
        except _BROKEN_ZIP as fault:
            self._closing.close()
            raise Unusable(f"{self.path} is no readable zip archive: {_said(fault)}.") from None
        problem = ""
        if len(members) > self.limits.members:
            problem = f"holds {len(members):,} files, more than the {self.limits.members:,} we look through"
        if problem:
            self._closing.close()
            raise Unusable(f"{self.path} {problem}.")
        return archive

    def check_headers(self, files: tuple[str, ...]) -> None:
        """Hold the files a mapping will read against the limits before a byte of them is unpacked."""
        if self._zip is None:
            if len(files) > 1:
                raise Unusable(
                    f"{self.path} is a single file, and the mapping reads {len(files)}: {', '.join(files)}; "
                    "put them into a zip and name that."
                )
            return
        members = {name: self._member(name) for name in files}
        for member in members.values():
            if member.flag_bits & 0x1:
                raise Unusable(f"{self.path}: {member.filename} is locked with a password; unlock it first.")
            if member.file_size > max(_RATIO_COUNTS_FROM, member.compress_size * self.limits.ratio):
                raise Unusable(self._bomb(member.filename))
        total = sum(member.file_size for member in members.values())
        if total > self.limits.unpacked:
            raise Unusable(
                f"{self.path} unpacks to {_mib(total)}, more than the {_mib(self.limits.unpacked)} we read; split it."
            )

    def _bomb(self, name: str) -> str:
        return (
            f"{self.path}: {name} unpacks to more than {self.limits.ratio} times its size, which no export does; "
            "it looks like a zip bomb and was not read."
        )

    def _member(self, file: str) -> zipfile.ZipInfo:
        assert self._zip is not None
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        if not file:
            if len(members) == 1:
                return members[0]
            raise Unusable(
                f"{self.path} holds {len(members)} files and the mapping names none; add file = "
                f"{shown(members[0].filename) if members else 'its name'} to the mapping's [orders]."
            )
        exact = [member for member in members if member.filename == file]
        found = exact or [member for member in members if PurePosixPath(member.filename).name == file]
        if len(found) == 1:
            return found[0]
        if found:
            raise Unusable(f"{self.path} holds {shown(file)} {len(found)} times; which one is meant cannot be told.")
        names = [PurePosixPath(member.filename).name for member in members]
        raise Unusable(f"{self.path} holds no file {shown(file)}, which the mapping reads{nearest(file, names)}.")

    def _undecodable(self, file: str, name: str, encoding: str) -> str:
        """Read once more, byte lines this time, to say where the encoding breaks."""
        with self._bytes(file, name) as stream:
            for number, line in enumerate(stream, 1):
                try:
                    line.decode(encoding)
                except UnicodeDecodeError as fault:
                    byte = line[fault.start]
                    return (
                        f"{name}, line {number}: the byte 0x{byte:02x} is no {encoding.removesuffix('-sig')}; save the "
                        'file as UTF-8, or say encoding = "windows-1252" (or what it is) in the mapping.'
                    )
        return f"{name} is no {encoding}; save it as UTF-8, or say its encoding in the mapping."


class _Metered(io.RawIOBase):
    """Passes bytes through and reports them to the source, which stops when it is too much."""

    def __init__(self, raw: IO[bytes], source: Source, name: str, packed: int) -> None:
        super().__init__()
        self._raw, self._source, self._name, self._packed = raw, source, name, packed
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._raw.read(len(view))
        except _BROKEN_ZIP as fault:
            raise Unusable(f"{self._source.path}: {self._name} is broken inside: {_said(fault)}.") from None
        view[: len(data)] = data
        self._unpacked += len(data)
        self._source.spend(len(data), self._name, self._unpacked, self._packed)
        return len(data)


def _bounded(text: io.TextIOWrapper, name: str) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise Unusable(f"{name}, line {number}: is longer than {LONGEST_LINE:,} characters, which no row is.")
        yield line


def _mib(count: int) -> str:
    return f"{count / _MIB:,.0f} MiB" if count >= _MIB else f"{count:,} bytes"


def _said(fault: Exception) -> str:
    text = str(fault.strerror if isinstance(fault, OSError) and fault.strerror else fault).rstrip(".")
    return text.replace(os.linesep, " ") or type(fault).__name__
