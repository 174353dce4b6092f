"""B8: evidence accepted, in MB a second a core, against SHA-256 plus write of the same bytes.

`python -m bench vault`, or `python -m bench.vault_bench MEGABYTES` for another size. A large video is (1) hashed and
written, the yardstick; (2) received: size checked, kind recognised, hashed, written, structure read; (3) accepted:
received, sealed under a key, put into the store by content with fsync, its stored bytes hashed. Decoding runs later,
in another process, and is not in it. The three run in turns, on one core; figures are medians. What was kept is opened
and compared in its middle. Where the yardstick itself is slow, the disk is what was measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from amends.vault import intake, sealed_file, storage
from amends.vault.limits import Limits
from amends.vault.storage import LocalStore

MEGABYTES = 300
FLOOR, GOAL = 60, 120
"""Megabytes a second, accepted."""
ROUNDS = 5
PIECE = 1 << 20
LIMITS = Limits()


def film(megabytes: int) -> bytes:
    """An MP4 whose heads are right, with random bytes for pictures: receiving looks no further."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    entry = box(b"avc1", bytes(24) + struct.pack(">HH", 1920, 1080) + bytes(50))
    table = box(b"stbl", box(b"stsd", bytes(4) + struct.pack(">I", 1) + entry))
    media = box(b"hdlr", bytes(8) + b"vide" + bytes(13)) + box(b"minf", table)
    head = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 60_000) + bytes(80))
    moov = box(b"moov", head + box(b"trak", box(b"mdia", media)))
    content = os.urandom(megabytes * 1_000_000)
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + moov + box(b"mdat", content)


def pieces(content: bytes) -> Iterator[bytes]:
    return (content[place : place + PIECE] for place in range(0, len(content), PIECE))


def bare(content: bytes, folder: Path) -> None:
    """SHA-256 plus write."""
    digest = hashlib.sha256()
    place = folder / "bare"
    with place.open("wb", buffering=0) as file:
        for piece in pieces(content):
            digest.update(piece)
            file.write(piece)
        os.fsync(file.fileno())
    place.unlink()


def received(content: bytes, folder: Path) -> None:
    intake.receive(pieces(content), name="a.mp4", declared="", limits=LIMITS, folder=folder).discard()


def accepted(content: bytes, folder: Path) -> None:
    """As `intake.keep` does it for the original, with another key each time, so that nothing lies there already."""
    store, key = LocalStore(folder / "store"), os.urandom(32)
    with intake.receive(pieces(content), name="a.mp4", declared="", limits=LIMITS, folder=folder) as one:
        with one.path.open("rb") as file:
            kept = intake.sealed(file, folder, store, key, b"bench")

        def read(start: int, stop: int) -> bytes:
            return storage.read(store, kept.sha256, start, stop)

        middle = len(content) // 2
        opened = sealed_file.Opened(read, kept.sealed_size, key, b"bench")
        assert b"".join(opened.read(middle, middle + 1000)) == content[middle : middle + 1000]
        store.delete(kept.sha256)


def measure(megabytes: int = MEGABYTES) -> dict[str, object]:
    """Megabytes a second of each act, by the clock and by the processor, the median of the rounds."""
    content = film(megabytes)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    acts: dict[str, Callable[[bytes, Path], None]] = {"bare": bare, "received": received, "accepted": accepted}
    times: dict[str, list[float]] = {name: [] for name in acts}
    cpu: dict[str, list[float]] = {name: [] for name in acts}
    with tempfile.TemporaryDirectory() as place:
        for _ in range(ROUNDS):
            for name, act in acts.items():
                began, used = time.perf_counter(), time.process_time()
                act(content, Path(place))
                times[name].append(time.perf_counter() - began)
                cpu[name].append(time.process_time() - used)
    speed = {name: int(megabytes / statistics.median(times[name])) for name in acts}
    result: dict[str, object] = {"benchmark": "B8 evidence accepted: one video, one core", "megabytes": megabytes}
    for name in acts:
        result[f"{name}_mb_per_second"] = speed[name]
        result[f"{name}_mb_per_second_of_cpu"] = int(megabytes / statistics.median(cpu[name]))
    return {
        **result,
        "ratio_to_sha256_and_write": round(speed["accepted"] / max(speed["bare"], 1), 2),
        "floor": FLOOR,
        "goal": GOAL,
        "rounds": ROUNDS,
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)))
