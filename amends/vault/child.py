"""The process that decodes: imports the decoders, shuts itself in, then forks once for each file.

Nothing of one file is left when the next is opened, and whatever a decoder does to its process dies with it.
Started by workshop.py; speaks over one socket: a line of JSON with two or three files in, a line of JSON out.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import time
from typing import Any, BinaryIO, Final

from amends.vault import confinement, documents, images, videos
from amends.vault.faults import NotTaken
from amends.vault.kinds import Family, Kind
from amends.vault.reports import Blob, Findings

DONE, REFUSED, OUT_OF_MEMORY = 0, 3, 4
BROKEN: Final = 1
"""How the process of one file ends; 1 is also how Python ends on an error nobody foresaw."""


def main(number: int) -> None:
    """Serves the socket of that file number until the other side closes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare()
    control = socket.socket(fileno=number)
    size = confinement.address_space()
    guards = confinement.for_good()
    control.sendall(json.dumps({"guards": guards}).encode() + b"\n")
    while True:
        message, files, _flags, _address = socket.recv_fds(control, 65_536, 3)
        if not message:
            return
        answer = _one(json.loads(message), files, size)
        for file in files:
            os.close(file)
        control.sendall(json.dumps(answer).encode() + b"\n")


def prepare() -> None:
    """Loads all that is loaded late; by itself it shows whether the decoders work on this machine."""
    images.prepare()
    videos.prepare()
    documents.prepare()


def _one(task: dict[str, Any], files: list[int], size: int | None) -> dict[str, int]:
    """Forks for one file and waits for it, no longer than its budget; how it ended, and what it used."""
    began = time.monotonic()
    process = os.fork()
    if not process:
        code = BROKEN
        try:
            os.setpgid(0, 0)  # what it might start, where nothing forbids that, ends with it
            code = _work(task, files, size)
        finally:  # never back into the loop above, whatever happened
            os._exit(code)
    late = began + task["wall_seconds"]
    pause = 0.0005
    while True:
        ended, status, used = os.wait4(process, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > late:
            os.kill(process, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.01)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)  # nothing is left in its group, unless it found a way to start something
    kilobytes = used.ru_maxrss if sys.platform == "linux" else used.ru_maxrss // 1024
    return {
        "ended": os.waitstatus_to_exitcode(status),
        "peak_kilobytes": kilobytes,
        "cpu_milliseconds": int((used.ru_utime + used.ru_stime) * 1000),
        "milliseconds": int((time.monotonic() - began) * 1000),
    }


def _work(task: dict[str, Any], files: list[int], size: int | None) -> int:
    """In the process of one file: limits first, then the file; the report goes to the second file handed in."""
    kept = [os.dup2(number, 200 + place) for place, number in enumerate(files)]
    os.closerange(3, 200)  # the socket too: the process of one file can talk to nobody
    confinement.for_one_file(
        address_space=None if size is None else size + task["memory"],
        cpu_seconds=task["cpu_seconds"],
        largest_output=task["largest_output"],
    )
    with open(kept[0], "rb") as file, open(kept[1], "wb") as out, open(kept[2], "w+b") as stream:
        file.seek(0)  # where it stands is shared with whoever handed it over
        try:
            findings, blobs = _examine(Kind(task["kind"]), file, stream, task)
        except NotTaken as fault:
            out.write(json.dumps({"code": fault.code, "sentence": fault.sentence}).encode())
            return REFUSED
        except MemoryError:
            return OUT_OF_MEMORY
        head = findings._asdict() | {"blobs": [[blob.name, len(blob.content)] for blob in blobs]}
        out.write(json.dumps(head).encode() + b"\n" + b"".join(blob.content for blob in blobs))
    return DONE


def _examine(kind: Kind, file: BinaryIO, stream: BinaryIO, task: dict[str, Any]) -> tuple[Findings, list[Blob]]:
    match kind.family:
        case Family.PICTURE:
            return images.examine(kind, file, task["pixels"])
        case Family.VIDEO:
            return videos.examine(kind, file, stream, pixels=task["pixels"], seconds=task["seconds"])
        case Family.DOCUMENT:
            return documents.examine(file, pages=task["pages"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(int(sys.argv[1]))
    else:
        prepare()
