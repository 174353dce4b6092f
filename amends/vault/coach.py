"""The evidence coach: what would make a file, or a set of files, convince. Hints only: nothing is ever refused here.

`look` measures a picture as it will be shown (re-encoded, turned upright); `coach` turns measurements into hints. What
is wanted for which reason is rulebook R142–R165. The thresholds were set on photographs and on the same photographs
spoiled step by step (tests/vault_coach/test_coach.py spoils them so).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from PIL import Image, ImageFilter, ImageStat

from amends.core import tracking as numbers
from amends.core.vocabulary import EvidenceKind, Reason

from .likeness import NEAR, distance, likeness

MOVING = EvidenceKind.VIDEO
LONGEST_VIDEO = timedelta(minutes=5)
"""R160: three to five minutes suffice."""
SMALLEST_SIDE = 600
"""Pixels of the shorter side under which a label cannot be read."""
DARK, BURNT = 72, 215
"""Brightness, 0 to 255: too dark when even the lightest twentieth is below, too bright when even the darkest is above.
The mean would blame a lamp on black velvet."""
BLURRED = 30.0
"""Variance of the Laplacian of the picture at `_SHARP_AT` pixels under which nothing in it is sharp."""

_SHARP_AT = 512
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


class Advice(StrEnum):
    """What a hint is about."""

    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BLURRED = "blurred"
    TOO_SMALL = "too_small"
    SAME_FILE = "same_file"
    LOOKS_THE_SAME = "looks_the_same"
    NO_CLOSE_UP = "no_close_up"
    NO_COMMENT = "no_comment"
    VIDEO_TOO_LONG = "video_too_long"
    VIDEO_SILENT = "video_silent"
    SCREENSHOT_WITHOUT_DATE = "screenshot_without_date"
    TRACKING_MISTYPED = "tracking_mistyped"
    LINK_COUNTS_FOR_NOTHING = "link_counts_for_nothing"
    WANTED = "wanted"


class Hint(NamedTuple):
    """What was noticed, as a sentence, and what would help."""

    code: Advice
    sentence: str
    help: str


class Looks(NamedTuple):
    """What was measured of a picture: size in pixels, the brightness (0 to 255) that a twentieth of it is below, and
    that a twentieth is above, sharpness (see `BLURRED`), likeness, and the share, 0 to 1, that detail fills.
    """

    width: int
    height: int
    shade: int
    light: int
    sharpness: float
    likeness: int | None
    filled: float


class FileFacts(NamedTuple):
    """A file as the coach knows it; whatever is not known is None and never hinted at."""

    sha256: str
    kind: EvidenceKind
    looks: Looks | None = None
    comment: str = ""
    lasts: timedelta | None = None
    silent: bool | None = None
    """A video without a sound track, or with nothing on it."""
    shows_date: bool | None = None
    """Of a screenshot: whether text recognition, or whoever sent it, found a date on it."""
    name: str = ""


def look(picture: Image.Image) -> Looks:
    """Measure a picture. Reads it once, in well under a second for 2,000 pixels a side."""
    grey = picture.convert("L")
    grey.thumbnail((_SHARP_AT, _SHARP_AT), Image.Resampling.BILINEAR)
    edges = grey.filter(_LAPLACIAN)
    if min(edges.size) > 2:
        edges = edges.crop((1, 1, edges.width - 1, edges.height - 1))  # the filter leaves the rim as it was
    return Looks(
        picture.width,
        picture.height,
        *_spread(grey),
        ImageStat.Stat(edges).var[0],
        likeness(picture),
        _filled(edges),
    )


def _spread(grey: Image.Image) -> tuple[int, int]:
    """The brightness a twentieth of the picture is below, and the one a twentieth is above."""
    reached, shares = 0, []
    for count in grey.histogram():
        reached += count
        shares.append(reached / (grey.width * grey.height))
    return next(at for at, share in enumerate(shares) if share >= 0.05), next(
        at for at, share in enumerate(shares) if share >= 0.95
    )


def _filled(edges: Image.Image) -> float:
    """How much of the picture has detail in it, by an eighth of its sides."""
    width, height = max(1, edges.width // 8), max(1, edges.height // 8)
    tiles = [edges.crop((x * width, y * height, (x + 1) * width, (y + 1) * height)) for x in range(8) for y in range(8)]
    return sum(ImageStat.Stat(tile).stddev[0] > 4 for tile in tiles) / len(tiles)


def coach(
    reason: Reason,
    kind: EvidenceKind,
    facts_of_file: FileFacts,
    other_files: Sequence[FileFacts] = (),
    tracking: str = "",
) -> tuple[Hint, ...]:
    """Hints for one file before it is sent, the most useful first; empty when there is nothing to say.

    `kind` is what it is to be filed as; `other_files` are those the dispute has already; `tracking` is a tracking
    number typed along with it. Never raises and never forbids.
    """
    found = [
        *_of_link(kind),
        *_of_number(tracking),
        *_of_twin(facts_of_file, other_files),
        *(_of_looks(facts_of_file.looks) if facts_of_file.looks and kind is not MOVING else ()),
        *(_of_video(facts_of_file) if kind is MOVING else ()),
        *_of_screenshot(kind, facts_of_file),
        *_of_comment(kind, facts_of_file),
        *_of_the_set(reason, [(facts_of_file, kind), *((file, file.kind) for file in other_files)]),
    ]
    return tuple(found)


def wanted(reason: Reason, have: Iterable[EvidenceKind] = ()) -> tuple[Hint, ...]:
    """What convinces for this reason and is of no kind that is there already; what to say before any file is sent."""
    there = set(have)
    return tuple(
        Hint(Advice.WANTED, f"It helps to show: {what}.", how)
        for kind, what, how in WANTED.get(reason, ())
        if kind not in there
    )


# ── one file ─────────────────────────────────────────────────────────────────────────────────────


def _of_looks(looks: Looks) -> Iterator[Hint]:
    if looks.light < DARK:
        yield Hint(Advice.TOO_DARK, "The picture is very dark.", "Take it again by a window or with a lamp on.")
    elif looks.shade > BURNT:
        yield Hint(Advice.TOO_BRIGHT, "The picture is almost white.", "Take it again without flash or glare.")
    elif looks.sharpness < BLURRED:
        yield Hint(
            Advice.BLURRED, "Nothing in the picture is sharp.", "Rest the phone on something, tap on what matters."
        )
    if min(looks.width, looks.height) < SMALLEST_SIDE:
        yield Hint(
            Advice.TOO_SMALL,
            f"The picture has only {looks.width} × {looks.height} pixels.",
            "Send the photograph itself, not a preview of it or a copy from a chat.",
        )


def _of_twin(file: FileFacts, others: Sequence[FileFacts]) -> Iterator[Hint]:
    if any(other.sha256 == file.sha256 for other in others):
        yield Hint(Advice.SAME_FILE, "This very file is there already.", "Send another view of it, or leave it out.")
        return
    mine = file.looks.likeness if file.looks else None
    theirs = [other.looks.likeness for other in others if other.looks and other.looks.likeness is not None]
    if mine is not None and any(distance(mine, each) <= NEAR for each in theirs):
        yield Hint(
            Advice.LOOKS_THE_SAME,
            "It looks the same as a picture that is there already.",
            "Another angle says more than the same one twice.",
        )


def _of_video(file: FileFacts) -> Iterator[Hint]:
    if file.lasts is not None and file.lasts > LONGEST_VIDEO:
        minutes = -(-file.lasts // timedelta(minutes=1))
        yield Hint(
            Advice.VIDEO_TOO_LONG,
            f"The video lasts {minutes} minutes.",
            "Three to five minutes are enough. Cut it to the part that shows the fault.",
        )
    if file.silent:
        yield Hint(
            Advice.VIDEO_SILENT,
            "The video has no sound.",
            "Say aloud what you show while you film, or write it into the comment.",
        )


def _of_screenshot(kind: EvidenceKind, file: FileFacts) -> Iterator[Hint]:
    if kind in (EvidenceKind.SCREENSHOT, EvidenceKind.TRACKING) and file.shows_date is False:
        yield Hint(
            Advice.SCREENSHOT_WITHOUT_DATE,
            "No date can be seen on the screenshot.",
            "Take it so that the date, the address bar or the order number is on it.",
        )


def _of_comment(kind: EvidenceKind, file: FileFacts) -> Iterator[Hint]:
    if kind is not EvidenceKind.LINK and not file.comment.strip():
        yield Hint(
            Advice.NO_COMMENT,
            "The file has no comment.",
            "Say in one sentence what it shows, even if it seems obvious.",
        )


def _of_link(kind: EvidenceKind) -> Iterator[Hint]:
    if kind is EvidenceKind.LINK:
        yield Hint(
            Advice.LINK_COUNTS_FOR_NOTHING,
            "A link counts for nothing: what lies behind it can change.",
            "Send the file itself.",
        )


def _of_number(tracking: str) -> Iterator[Hint]:
    checked = numbers.check(tracking) if tracking.strip() else None
    if checked is not None and (checked.verdict is numbers.Verdict.WRONG_CHECK_DIGIT or checked.hint):
        meant = f" It may be {checked.hint}." if checked.hint else ""
        yield Hint(
            Advice.TRACKING_MISTYPED,
            f"{checked.normal[:40]} cannot be right: a digit or a letter is mistyped.{meant}",
            "Compare it with the label, sign by sign.",
        )


# ── the files together ───────────────────────────────────────────────────────────────────────────

_OF_THE_GOODS = frozenset(
    {
        Reason.DEFECTIVE,
        Reason.NOT_AS_DESCRIBED,
        Reason.WRONG_ITEM,
        Reason.LOW_QUALITY,
        Reason.COUNTERFEIT,
        Reason.INCOMPLETE,
    }
)
CLOSE_UP = 0.6
"""The share of a picture that detail fills, from which it counts as a close-up rather than a thing on a table."""


def _of_the_set(reason: Reason, files: Sequence[tuple[FileFacts, EvidenceKind]]) -> Iterator[Hint]:
    photos = [file.looks for file, kind in files if kind is EvidenceKind.PHOTO and file.looks]
    if reason in _OF_THE_GOODS and photos and not any(looks.filled >= CLOSE_UP for looks in photos):
        yield Hint(
            Advice.NO_CLOSE_UP,
            "None of the photographs is a close-up.",
            "Add one in which the fault fills the picture; keep one that shows the whole thing.",
        )
    yield from wanted(reason, (kind for _, kind in files))


Want = tuple[EvidenceKind, str, str]
"""A kind of file, what it shows, and how to make it."""

_K = EvidenceKind
_PHOTO: Want = (_K.PHOTO, "the fault from close by and from several sides", "Two or three photographs in daylight.")
_LISTING: Want = (_K.SCREENSHOT, "what the listing promised", "A screenshot of the order with set, colour and size.")
_UNBOXING: Want = (_K.VIDEO, "the parcel being opened", "A video without a cut, with the sender's label on it first.")
_WHERE_IT_IS: Want = (_K.TRACKING, "where the parcel is", "A screenshot of the tracking page with number and date.")
_DEADLINE: Want = (_K.SCREENSHOT, "that protection is about to end", "A screenshot of the order's protection date.")
_ADDRESS: Want = (_K.SCREENSHOT, "that your address was right", "A screenshot of the order with the address on it.")
_WORKING: Want = (
    _K.VIDEO,
    "that it does not work",
    "Film it plugged in, and in the same shot something else that works on the same socket.",
)
_QUOTE: Want = (_K.QUOTE, "what the repair costs", "An estimate of a repairer or a tailor supports the amount.")
_OFFICIAL: Want = (_K.DOCUMENT, "what customs, a maker or an expert wrote", "A photograph or PDF of the letter.")

WANTED: dict[Reason, tuple[Want, ...]] = {
    Reason.NOT_RECEIVED: (_WHERE_IT_IS, _DEADLINE),
    Reason.PROTECTION_ENDED_IN_TRANSIT: (_DEADLINE, _WHERE_IT_IS),
    Reason.RETURNED_TO_SENDER: (_WHERE_IT_IS, _ADDRESS),
    Reason.NO_TRACKING_INFORMATION: (_WHERE_IT_IS,),
    Reason.CUSTOMS_PROBLEM: (_OFFICIAL, _WHERE_IT_IS),
    Reason.WRONG_ADDRESS: (_ADDRESS, _WHERE_IT_IS),
    Reason.DEFECTIVE: (_PHOTO, _WORKING, _QUOTE),
    Reason.INCOMPLETE: (_PHOTO, _UNBOXING, _LISTING),
    Reason.NOT_AS_DESCRIBED: (_PHOTO, _LISTING),
    Reason.WRONG_ITEM: (_PHOTO, _LISTING, _UNBOXING),
    Reason.LOW_QUALITY: (_PHOTO, _LISTING, _QUOTE),
    Reason.DELIVERY_METHOD_MISMATCH: (_LISTING, _WHERE_IT_IS),
    Reason.COUNTERFEIT: (_PHOTO, _LISTING, _OFFICIAL),
    Reason.NOT_NEEDED: (_PHOTO,),
}
"""Rulebook R142–R158 by reason, the most telling first."""
