"""The way into the process that decodes. It is started once, and anew after it has gone; one file at a time.

Whoever decodes much at once has several workshops. What comes back is checked (reports.py) before anybody uses it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Final, NamedTuple

from amends.vault import faults, limits, reports
from amends.vault.kinds import Family
from amends.vault.limits import Limits
from amends.vault.sniffing import Header

_REFUSED: Final = 3
_WORDS: Final = {Family.PICTURE: "picture", Family.VIDEO: "video", Family.DOCUMENT: "PDF"}
_PATIENCE: Final = 30
"""Seconds within which the process has started, and answers beyond what one file may take."""


class Used(NamedTuple):
    """What decoding one file used."""

    peak_kilobytes: int
    cpu_milliseconds: int
    milliseconds: int


class Examined(NamedTuple):
    report: reports.Report
    used: Used
    copy: Path | None
    """A video without its metadata, in the folder that was handed in; None for pictures and documents."""


class Workshop:
    """Decodes files elsewhere. A context; safe to use from several threads, which then wait for each other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.guards: tuple[str, ...] = ()
        """What shuts the process in on this machine, of `network user privileges files`; known after the first file."""

        self.last_used: Used | None = None
        """What the last file used, taken or refused."""

    @property
    def process_id(self) -> int | None:
        """The process that opens files, where one runs."""
        return self._process.pid if self._process is not None else None

    def __enter__(self) -> Workshop:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process; a next file starts another."""
        with self._lock:
            self._end()

    def examine(self, file: BinaryIO, size: int, header: Header, *, bounds: Limits, folder: Path) -> Examined:
        """Decodes one file (an open file of the system, `size` bytes) within what its kind may use.

        Raises `NotTaken` where it is broken, too heavy or beyond the limits, `Unreachable` where no process starts.
        """
        pixels = max(header.width * header.height, 1)
        allowed = limits.budget(header.kind, pixels, size, data=header.data, memory=header.memory)
        video = header.kind.family is Family.VIDEO
        task = {
            "kind": header.kind.value,
            "pixels": bounds.video_pixels if video else bounds.picture_pixels,
            "seconds": bounds.video_seconds,
            "pages": bounds.pages,
            "largest_output": reports.LARGEST + (size + size // 8 if video else 0),
            **allowed._asdict(),
        }
        file.seek(0)
        with tempfile.TemporaryFile(dir=folder) as report, tempfile.TemporaryFile(dir=folder) as copy:
            answer = self._ask(task, [file.fileno(), report.fileno(), copy.fileno()], allowed.wall_seconds + _PATIENCE)
            self.last_used = used = Used(*(int(answer[field]) for field in Used._fields))
            found = _outcome(int(answer["ended"]), report, _WORDS[header.kind.family])
            return Examined(found, used, _kept(copy, folder) if video else None)

    def _ask(self, task: dict[str, Any], files: list[int], seconds: float) -> dict[str, Any]:
        with self._lock:
            for last in (False, True):
                control = self._started()
                try:
                    control.settimeout(seconds)
                    socket.send_fds(control, [json.dumps(task).encode()], files)
                    return _line(control)
                except (OSError, ValueError):
                    self._end()  # it may have been killed between two files: once more with a fresh one
                    if last:
                        raise faults.Unreachable(
                            "The process that opens files ended twice without an answer. The file was not judged; "
                            "try again, and look whether this machine has run out of memory."
                        ) from None
        raise AssertionError("the loop above ends by return or raise")

    def _started(self) -> socket.socket:
        if self._process is not None and self._process.poll() is None and self._control is not None:
            return self._control
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-m", "amends.vault.child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"PYTHONPATH": os.pathsep.join(filter(None, map(os.path.abspath, sys.path))), "LC_ALL": "C.UTF-8"}
                | {"MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath},
            )
        ours.settimeout(_PATIENCE)
        try:
            self.guards = tuple(str(guard) for guard in _line(ours)["guards"])
        except (OSError, ValueError, KeyError):
            ours.close()
            self._end()
            raise faults.Unreachable(
                "The process that opens files did not start. `python -m amends.vault.child` says why."
            ) from None
        self._control = ours
        return ours

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


def _line(control: socket.socket) -> dict[str, Any]:
    """One line of JSON. Raises OSError where the other side is gone or silent, ValueError where it is none."""
    text = b""
    while not text.endswith(b"\n"):
        part = control.recv(4096)
        if not part or len(text) > 65_536:
            raise ConnectionResetError("the process is gone")
        text += part
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _outcome(ended: int, report: BinaryIO, word: str) -> reports.Report:
    """The report, or why there is none: a signal and a lack of memory are the file's doing, as is any other end."""
    try:
        if ended == 0:
            return reports.read(report)
        if ended == _REFUSED:
            raise reports.refusal(report)
    except reports.Nonsense:
        raise faults.broken(word) from None
    if ended == 1:
        raise faults.broken(word)
    raise faults.too_heavy(word)


def _kept(copy: IO[bytes], folder: Path) -> Path | None:
    """The copy of a video as a file with a name, or None where none could be made."""
    copy.seek(0, os.SEEK_END)
    if not copy.tell():
        return None
    copy.seek(0)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="clean-", delete=False) as target:
        shutil.copyfileobj(copy, target, 1 << 20)
    return Path(target.name)
