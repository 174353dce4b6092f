"""What goes wrong with a file, as sentences a person can act on."""

from __future__ import annotations

from typing import Final


class NotTaken(Exception):
    """A file was not taken as evidence. `code` is for programs, the sentence (also `str`) for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Damaged(Exception):
    """What is stored is not what was recorded: bytes changed, cut, moved, or sealed under another key."""


class Unreachable(Exception):
    """A service the vault leans on (scanner, store, the process that decodes) does not answer; nothing was decided."""


ALLOWED_WORDS: Final = (
    "Evidence can be a JPEG, PNG, WebP, HEIC or AVIF picture, an MP4, MOV or WebM video, or a PDF document"
)


def in_words(size: int) -> str:
    """A number of bytes as people say it: 512 bytes, 96 kB, 5.2 MB, 1.4 GB."""
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size // 1000} kB"
    unit, divisor = ("GB", 100_000_000) if size >= 1_000_000_000 else ("MB", 100_000)
    tenths = size // divisor
    return f"{tenths // 10}.{tenths % 10} {unit}" if tenths % 10 else f"{tenths // 10} {unit}"


def empty() -> NotTaken:
    return NotTaken("empty", "This file is empty: nothing arrived. Choose the file again and send it once more.")


def too_large(limit: int, what: str = "file") -> NotTaken:
    """`limit` in bytes."""
    way_out = "Send a shorter video or one of lower quality" if what == "video" else "Send a smaller one"
    return NotTaken("too_large", f"This {what} is larger than {in_words(limit)}, which is the limit. {way_out}.")


def cut_off(what: str) -> NotTaken:
    return NotTaken(
        "cut_off",
        f"This {what} is cut off: its end is missing, perhaps because sending or copying it was interrupted. "
        "Send it again, or make it anew.",
    )


def broken(what: str) -> NotTaken:
    return NotTaken(
        "broken",
        f"This {what} is damaged and cannot be opened. Open it on your device; if it shows there, save it anew "
        "(or take a screenshot) and send that.",
    )


def not_allowed(what: str, name: str | None = None) -> NotTaken:
    """`what` with its article: "a GIF animation". `name` where the name promised something else."""
    named = f" although it is named {name}" if name else ""
    return NotTaken(
        "not_allowed", f"This file is {what}{named}. {ALLOWED_WORDS}. Save it as one of these, or send a screenshot."
    )


def too_many_pixels(width: int, height: int, limit: int) -> NotTaken:
    return NotTaken(
        "too_many_pixels",
        f"This file says it is {width:,} by {height:,} pixels; up to {limit // 1_000_000} million pixels are taken. "
        "Send it at a smaller size.",
    )


def swollen(what: str, width: int, height: int, size: int) -> NotTaken:
    return NotTaken(
        "swollen",
        f"This {what} says it is {width:,} by {height:,} pixels, yet it holds only {in_words(size)}: such files are "
        "made to overload whoever opens them. Send the photo as your camera made it, or a smaller one.",
    )


def too_long(seconds: int, limit: int) -> NotTaken:
    return NotTaken(
        "too_long",
        f"This video lasts {seconds // 60} min {seconds % 60} s; up to {limit // 60} min {limit % 60} s are taken. "
        "Cut it to the part that shows the problem: three to five minutes suffice.",
    )


def too_many_tracks(number: int, limit: int) -> NotTaken:
    return NotTaken(
        "too_many_tracks",
        f"This video holds {number} tracks; up to {limit} are taken. Export it with one picture and one sound.",
    )


def no_picture_track() -> NotTaken:
    return NotTaken(
        "no_picture",
        "This file holds sound but no picture. Send a video that shows the problem, or write what is said in it.",
    )


def unknown_codec(codec: str) -> NotTaken:
    return NotTaken(
        "unknown_codec",
        f"This video is stored in a way that is not taken here ({codec}). Save it as MP4 with H.264, as phones do.",
    )


def locked() -> NotTaken:
    return NotTaken(
        "locked",
        "This PDF opens only with a password, so nobody who decides could read it. "
        "Save it without one, or send screenshots of its pages.",
    )


def too_heavy(what: str) -> NotTaken:
    return NotTaken(
        "too_heavy",
        f"Opening this {what} takes more time or memory than any honest file needs, so it was stopped. "
        "Save it anew at a smaller size, or send a screenshot.",
    )


def infected(found: str) -> NotTaken:
    return NotTaken(
        "infected",
        f"The virus scanner found {found} in this file, so it was not kept. "
        "Check your device, and send the photo or video as your camera made it.",
    )
