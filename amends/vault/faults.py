"""What goes wrong with a file, as sentences a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.core.told import Told, recognised, told


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


SENTENCES: Final[Mapping[str, str]] = {
    "empty": "This file is empty: nothing arrived. Choose the file again and send it once more.",
    "too_large": "This {what} is larger than {limit}, which is the limit. Send a smaller one.",
    "too_large.video": (
        "This video is larger than {limit}, which is the limit. Send a shorter video or one of lower quality."
    ),
    "cut_off": (
        "This {what} is cut off: its end is missing, perhaps because sending or copying it was interrupted. Send "
        "it again, or make it anew."
    ),
    "broken": (
        "This {what} is damaged and cannot be opened. Open it on your device; if it shows there, save it anew "
        "(or take a screenshot) and send that."
    ),
    "not_allowed": (
        "This file is {what}. Evidence can be a JPEG, PNG, WebP, HEIC or AVIF picture, an MP4, MOV or WebM "
        "video, or a PDF document. Save it as one of these, or send a screenshot."
    ),
    "not_allowed.named": (
        "This file is {what} although it is named {name}. Evidence can be a JPEG, PNG, WebP, HEIC or AVIF "
        "picture, an MP4, MOV or WebM video, or a PDF document. Save it as one of these, or send a screenshot."
    ),
    "too_many_pixels": (
        "This file says it is {width} by {height} pixels; up to {millions} million pixels are taken. Send it at "
        "a smaller size."
    ),
    "swollen": (
        "This {what} says it is {width} by {height} pixels, yet it holds only {size}: such files are made to "
        "overload whoever opens them. Send the photo as your camera made it, or a smaller one."
    ),
    "too_long": (
        "This video lasts {minutes} min {seconds} s; up to {most_minutes} min {most_seconds} s are taken. Cut it "
        "to the part that shows the problem: three to five minutes suffice."
    ),
    "too_many_tracks": (
        "This video holds {number} tracks; up to {limit} are taken. Export it with one picture and one sound."
    ),
    "no_picture": (
        "This file holds sound but no picture. Send a video that shows the problem, or write what is said in it."
    ),
    "unknown_codec": (
        "This video is stored in a way that is not taken here ({codec}). Save it as MP4 with H.264, as phones do."
    ),
    "locked": (
        "This PDF opens only with a password, so nobody who decides could read it. Save it without one, or send "
        "screenshots of its pages."
    ),
    "too_heavy": (
        "Opening this {what} takes more time or memory than any honest file needs, so it was stopped. Save it "
        "anew at a smaller size, or send a screenshot."
    ),
    "infected": (
        "The virus scanner found {found} in this file, so it was not kept. Check your device, and send the photo "
        "or video as your camera made it."
    ),
    "too_many_pages": "This PDF has {number} pages; up to {limit} are taken. Send the pages that matter.",
    "erased_meanwhile": (
        "What you had given here was erased while this file was on its way, so it was not kept. Send it again if it "
        "is to be looked at all the same."
    ),
    "longer_than_declared": "More arrived than the {length} that were announced. Begin this upload anew.",
    "named_otherwise": "This file is {called} named {ending}; it was taken as {called} and is saved as {extension}.",
    "named_badly": (
        "This file is {called} without a fitting name; it was taken as {called} and is saved as {extension}."
    ),
    "sent_as": "It was sent as {declared}, but it is {called}; what counts is what it is.",
    "appended": "Something else is attached behind the picture in this file. Only the picture is shown.",
    "animated": "This picture moves; only its first frame is shown. Send a video if the movement matters.",
    "scripted": (
        "This PDF holds programs or other files. They are never run here; its first page is shown as a picture."
    ),
    "not_repacked": (
        "This video cannot be played here; it can be downloaded. Save it as MP4 with H.264 so that all can watch."
    ),
}
"""What is said of a file, refused or taken with a remark; the names in braces are filled in where it is said."""

WORDS: Final = (
    "file",
    "picture",
    "video",
    "document",
    "PDF",
    "a GIF animation",
    "a ZIP archive",
    "a Word document",
    "an Excel sheet",
    "a Matroska video (MKV)",
    "a 3GP video",
    "a sound recording (M4A)",
    "a sound recording (MP3)",
    "a Flash video",
    "a program",
    "a TIFF picture",
    "a drawing with program text (SVG)",
    "a web page",
    "a program text",
    "plain text",
    "of a kind that is not known here",
    "a JPEG",
    "a PNG",
    "a WebP",
    "a HEIC",
    "an AVIF",
    "an MP4",
    "a MOV",
    "a WebM",
    "a PDF",
)
"""What stands for `{what}` and `{called}`; anything else there is a name."""


def says(code: str, **facts: object) -> Told:
    """A sentence of `SENTENCES`; facts that are words of ours can be translated with it."""
    return told(SENTENCES[code], **{name: told(fact) if fact in WORDS else fact for name, fact in facts.items()})


def known(sentence: str) -> str:
    """A sentence read from a table or from the process that decodes, such that it can be translated again."""
    return recognised(sentence, SENTENCES.values(), WORDS)


def in_words(size: int) -> str:
    """A number of bytes as people say it: 512 bytes, 96 kB, 5.2 MB, 1.4 GB; a limit of 10 MiB as that."""
    if size and size % 2**20 == 0:
        return told("{number} MiB", number=size // 2**20)
    if size < 1000:
        return told("{number} bytes", number=size)
    if size < 1_000_000:
        return told("{number} kB", number=size // 1000)
    divisor = 100_000_000 if size >= 1_000_000_000 else 100_000
    tenths = size // divisor
    number = f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
    return told("{number} GB", number=number) if size >= 1_000_000_000 else told("{number} MB", number=number)


def empty() -> NotTaken:
    return NotTaken("empty", says("empty"))


def too_large(limit: int, what: str = "file") -> NotTaken:
    """`limit` in bytes."""
    return NotTaken(
        "too_large", says("too_large.video" if what == "video" else "too_large", what=what, limit=in_words(limit))
    )


def cut_off(what: str) -> NotTaken:
    return NotTaken("cut_off", says("cut_off", what=what))


def broken(what: str) -> NotTaken:
    return NotTaken("broken", says("broken", what=what))


def not_allowed(what: str, name: str | None = None) -> NotTaken:
    """`what` with its article: "a GIF animation". `name` where the name promised something else."""
    return NotTaken("not_allowed", says("not_allowed.named" if name else "not_allowed", what=what, name=name))


def too_many_pixels(width: int, height: int, limit: int) -> NotTaken:
    size = {"width": f"{width:,}", "height": f"{height:,}"}
    return NotTaken("too_many_pixels", says("too_many_pixels", millions=limit // 1_000_000, **size))


def swollen(what: str, width: int, height: int, size: int) -> NotTaken:
    facts = {"width": f"{width:,}", "height": f"{height:,}", "size": in_words(size)}
    return NotTaken("swollen", says("swollen", what=what, **facts))


def too_long(seconds: int, limit: int) -> NotTaken:
    lasts = {"minutes": seconds // 60, "seconds": seconds % 60}
    return NotTaken("too_long", says("too_long", most_minutes=limit // 60, most_seconds=limit % 60, **lasts))


def too_many_tracks(number: int, limit: int) -> NotTaken:
    return NotTaken("too_many_tracks", says("too_many_tracks", number=number, limit=limit))


def no_picture_track() -> NotTaken:
    return NotTaken("no_picture", says("no_picture"))


def unknown_codec(codec: str) -> NotTaken:
    return NotTaken("unknown_codec", says("unknown_codec", codec=codec))


def locked() -> NotTaken:
    return NotTaken("locked", says("locked"))


def too_heavy(what: str) -> NotTaken:
    return NotTaken("too_heavy", says("too_heavy", what=what))


def infected(found: str) -> NotTaken:
    return NotTaken("infected", says("infected", found=found))


def erased_meanwhile() -> NotTaken:
    return NotTaken("erased_meanwhile", says("erased_meanwhile"))


def too_many_pages(number: int, limit: int) -> NotTaken:
    return NotTaken("too_many_pages", says("too_many_pages", number=number, limit=limit))
