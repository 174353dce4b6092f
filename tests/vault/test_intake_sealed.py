"""Files sealed in chunks: they open whole and in ranges, and not at all once anything was moved, cut or changed."""

import io
import os
import random

import pytest

from amends.vault import sealed_file
from amends.vault.faults import Damaged

KEY = bytes(range(32))
CHUNK = 65_536
WHOLE = CHUNK + sealed_file.TAG
HEAD = 35


def sealed(content: bytes, about: bytes = b"here") -> bytes:
    target = io.BytesIO()
    told = sealed_file.seal(io.BytesIO(content), target, KEY, about=about, chunk=CHUNK)
    assert (told.size, told.sealed_size) == (len(content), len(target.getvalue()))
    return target.getvalue()


def read(content: bytes, start: int = 0, stop: int | None = None, *, key: bytes = KEY, about: bytes = b"here") -> bytes:
    return b"".join(sealed_file.opened(io.BytesIO(content), key, about).read(start, stop))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_opens_whole_and_in_ranges(size: int) -> None:
    content, chance = os.urandom(size), random.Random(size)
    target = sealed(content)
    assert read(target) == content
    for _ in range(20):
        start, stop = sorted(chance.randrange(size + 2) for _ in range(2))
        assert read(target, start, stop) == content[start:stop]


def test_a_range_reads_only_its_chunks() -> None:
    target, asked = sealed(os.urandom(10 * CHUNK)), []

    def watched(start: int, stop: int) -> bytes:
        asked.append((start, stop))
        return target[start:stop]

    list(sealed_file.Opened(watched, len(target), KEY, b"here").read(5 * CHUNK + 1, 5 * CHUNK + 2))
    assert asked == [(0, HEAD), (HEAD + 5 * WHOLE, HEAD + 6 * WHOLE)]


def test_the_same_file_twice_shows_nothing_in_common() -> None:
    first, second = sealed(bytes(CHUNK)), sealed(bytes(CHUNK))
    assert first[12:] != second[12:]
    assert sum(a == b for a, b in zip(first[HEAD:], second[HEAD:], strict=True)) < CHUNK // 50


def test_anything_moved_cut_or_changed_does_not_open() -> None:
    content = os.urandom(3 * CHUNK + 7)
    good = sealed(content)
    parts = [good[HEAD + place * WHOLE : HEAD + (place + 1) * WHOLE] for place in range(4)]
    other = sealed(content)
    tampered = {
        "a bit": good[:5_000] + bytes([good[5_000] ^ 1]) + good[5_001:],
        "the head": good[:20] + bytes([good[20] ^ 1]) + good[21:],
        "swapped": good[:HEAD] + parts[1] + parts[0] + parts[2] + parts[3],
        "repeated": good[:HEAD] + parts[0] + parts[0] + parts[2] + parts[3],
        "cut after a chunk": good[: HEAD + 3 * WHOLE],
        "cut in a chunk": good[:-3],
        "longer": good + parts[3],
        "of another file": good[:HEAD] + other[HEAD:],
        "no chunk": good[:HEAD],
        "nothing": b"",
        "plain": content,
        "a huge chunk": good[:8] + b"\xff\xff\xff\xff" + good[12:],
    }
    for what, changed in tampered.items():
        with pytest.raises(Damaged):
            read(changed)
        assert what
    with pytest.raises(Damaged):
        read(good, key=os.urandom(32))
    with pytest.raises(Damaged):
        read(good, about=b"elsewhere")


def test_an_empty_file_is_genuine_or_does_not_open() -> None:
    good = sealed(b"")
    assert read(good) == b""
    with pytest.raises(Damaged):
        read(good, about=b"elsewhere")
