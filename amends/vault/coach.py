"""The evidence coach: what would make a file, or a set of files, convince. Hints only: nothing is ever refused here.

Judges what measures.py measured on a picture as it will be shown (re-encoded, turned upright), and what is known of a
video. What is wanted for which reason is rulebook R142–R165. The thresholds were set on photographs and on the same
photographs spoiled step by step (tests/vault_coach/test_coach.py spoils them so). What is said: sentences.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from amends.core import tracking as numbers
from amends.core.told import told
from amends.core.vocabulary import EvidenceKind, Party, Reason

from .facts import Facts
from .kinds import Family
from .likeness import NEAR, distance
from .looks import Looks, of_facts
from .sentences import ENGLISH, Advice, Language, Want

MOVING = EvidenceKind.VIDEO
LONGEST_VIDEO = timedelta(minutes=5)
"""R160: three to five minutes suffice."""
SMALLEST_SIDE = 600
"""Pixels of the shorter side under which a label cannot be read."""
DARK, BURNT = 72, 215
"""Brightness, 0 to 255: too dark when even the lightest twentieth is below, too bright when even the darkest is above.
The mean would blame a lamp on black velvet."""
BLURRED = 30.0
"""Variance of the Laplacian of the picture at 512 pixels under which nothing in it is sharp."""

FEWEST_DIGITS = 6
"""What has fewer is no number of a parcel."""

_OF_A_SCREEN = frozenset({EvidenceKind.SCREENSHOT, EvidenceKind.TRACKING})


class Hint(NamedTuple):
    """What was noticed, as a sentence, and what would help."""

    code: Advice
    sentence: str
    help: str


class FileFacts(NamedTuple):
    """A file as the coach knows it; whatever is not known is None and never held against it."""

    sha256: str
    kind: EvidenceKind
    looks: Looks | None = None
    comment: str = ""
    lasts: timedelta | None = None
    silent: bool | None = None
    """A video without a sound track, or with nothing on it."""
    shows_date: bool | None = None
    """Of a screenshot: whether a date is known, seen on it by whoever sends it, or written into it by a device."""
    name: str = ""


def known(facts: Facts, kind: EvidenceKind, comment: str = "", *, shows_date: bool | None = None) -> FileFacts:
    """A file that was taken in, to be filed as `kind`. A sound track with nothing on it counts as sound.

    Nobody reads screenshots here: `shows_date` is what its sender says. Where he says nothing the time its device
    wrote into it will do.
    """
    if shows_date is None and facts.captured_at is not None:
        shows_date = True
    video = facts.kind.family is Family.VIDEO
    return FileFacts(
        facts.sha256,
        kind,
        of_facts(facts),
        comment,
        timedelta(milliseconds=facts.milliseconds) if video and facts.milliseconds is not None else None,
        "silent" in facts.marks if video else None,
        shows_date,
    )


def coach(
    reason: Reason,
    kind: EvidenceKind,
    facts_of_file: FileFacts,
    other_files: Sequence[FileFacts] = (),
    tracking: str = "",
    language: Language = ENGLISH,
) -> tuple[Hint, ...]:
    """Hints for one file before it is sent, the most useful first; empty when there is nothing to say.

    `kind` is what it is to be filed as; `other_files` are those the dispute has already; `tracking` is a tracking
    number typed along with it. Never raises and never forbids.
    """
    told = _Told(language)
    together = [(facts_of_file, kind), *((file, file.kind) for file in other_files)]
    return (
        *of_number(tracking, language),
        *told.of_file(kind, facts_of_file, other_files),
        *of_the_set(reason, together, language),
        *wanted(reason, (each for _, each in together), language),
    )


def of_file(
    kind: EvidenceKind, file: FileFacts, others: Sequence[FileFacts] = (), language: Language = ENGLISH
) -> tuple[Hint, ...]:
    """Of `coach`, what concerns this one file."""
    return tuple(_Told(language).of_file(kind, file, others))


def of_number(tracking: str, language: Language = ENGLISH) -> tuple[Hint, ...]:
    """Whether a tracking number was mistyped, with what was probably meant; or is of no post, too short, or none.
    Nothing about an empty one.
    """
    if not tracking.strip():
        return ()
    checked, say = numbers.check(tracking), _Told(language).hint
    shown = checked.normal[:40]
    if checked.verdict is numbers.Verdict.WRONG_CHECK_DIGIT or checked.hint:
        meant = told(language.words["meant"], number=checked.hint) if checked.hint else ""
        return (say(Advice.TRACKING_MISTYPED, number=shown, meant=meant),)
    if checked.verdict is numbers.Verdict.VALID or checked.carriers:
        return ()
    postal = numbers.postal_shape(checked.normal)
    if postal is None:
        digits = sum(letter.isdigit() for letter in checked.normal)
        return (say(Advice.TRACKING_NO_NUMBER, number=shown),) if digits < FEWEST_DIGITS else ()
    if postal.digits != numbers.POSTAL_DIGITS:
        return (say(Advice.TRACKING_OF_WRONG_LENGTH, number=shown, digits=postal.digits),)
    return (say(Advice.TRACKING_NO_SUCH_POST, number=shown, country=postal.country),)


def of_the_set(
    reason: Reason,
    files: Sequence[tuple[FileFacts, EvidenceKind]],
    language: Language = ENGLISH,
    side: Party = Party.BUYER,
) -> tuple[Hint, ...]:
    """What is missing among all the files together. The fault from close by is the buyer's to show."""
    if side is Party.SELLER:
        return ()
    photos = [file.looks for file, kind in files if kind is EvidenceKind.PHOTO and file.looks]
    if reason in _OF_THE_GOODS and photos and not any(looks.filled >= CLOSE_UP for looks in photos):
        return (_Told(language).hint(Advice.NO_CLOSE_UP),)
    return ()


def wants(
    reason: Reason, have: Iterable[EvidenceKind] = (), language: Language = ENGLISH, side: Party = Party.BUYER
) -> tuple[Want, ...]:
    """What convinces for this reason from this side and is not there already, the most telling first.

    `have` are the kinds of what is there, file by file: nobody looks at what a file shows, so the first wants of a
    kind are taken to be met first.
    """
    left = Counter(have)
    missing = []
    for want in (language.seller_wants if side is Party.SELLER else language.wants).get(reason, ()):
        if left[want.kind] < want.many:
            missing.append(want)
        left[want.kind] = max(0, left[want.kind] - want.many)
    return tuple(missing)


def wanted(
    reason: Reason, have: Iterable[EvidenceKind] = (), language: Language = ENGLISH, side: Party = Party.BUYER
) -> tuple[Hint, ...]:
    """`wants` as hints: what to say before any file is sent."""
    return tuple(as_hint(want, language) for want in wants(reason, have, language, side))


def as_hint(want: Want, language: Language = ENGLISH) -> Hint:
    return _Told(language).hint(Advice.WANTED, what=told(want.what), how=told(want.how))


# ── one file ─────────────────────────────────────────────────────────────────────────────────────


class _Told(NamedTuple):
    """Hints in a language."""

    language: Language

    def hint(self, code: Advice, **values: object) -> Hint:
        said = self.language.advice[code]
        return Hint(code, told(said.sentence, **values), told(said.help, **values))

    def of_file(self, kind: EvidenceKind, file: FileFacts, others: Sequence[FileFacts]) -> Iterator[Hint]:
        if kind is EvidenceKind.LINK:
            yield self.hint(Advice.LINK_COUNTS_FOR_NOTHING)
        yield from self._of_twin(file, others)
        if file.looks and kind is not MOVING:
            yield from self._of_looks(kind, file.looks)
        if kind is MOVING:
            yield from self._of_video(file)
        if kind in _OF_A_SCREEN and file.shows_date is not True:
            known = file.shows_date is not None
            yield self.hint(Advice.SCREENSHOT_WITHOUT_DATE if known else Advice.SCREENSHOT_DATE_UNKNOWN)
        if kind is not EvidenceKind.LINK and not file.comment.strip():
            yield self.hint(Advice.NO_COMMENT)

    def _of_looks(self, kind: EvidenceKind, looks: Looks) -> Iterator[Hint]:
        """Light is judged of photographs only, and sharpness of nothing a screen has drawn: screens and papers are
        white, or black, all over, and none the worse for it."""
        photo = kind is EvidenceKind.PHOTO
        if photo and looks.light < DARK:
            yield self.hint(Advice.TOO_DARK)
        elif photo and looks.shade > BURNT:
            yield self.hint(Advice.TOO_BRIGHT)
        elif kind not in _OF_A_SCREEN and looks.sharpness < BLURRED:
            yield self.hint(Advice.BLURRED)
        if min(looks.width, looks.height) < SMALLEST_SIDE:
            yield self.hint(Advice.TOO_SMALL, width=looks.width, height=looks.height)

    def _of_twin(self, file: FileFacts, others: Sequence[FileFacts]) -> Iterator[Hint]:
        if any(other.sha256 == file.sha256 for other in others):
            yield self.hint(Advice.SAME_FILE)
            return
        mine = file.looks.likeness if file.looks else None
        theirs = [other.looks.likeness for other in others if other.looks and other.looks.likeness is not None]
        if mine is not None and any(distance(mine, each) <= NEAR for each in theirs):
            yield self.hint(Advice.LOOKS_THE_SAME)

    def _of_video(self, file: FileFacts) -> Iterator[Hint]:
        if file.lasts is not None and file.lasts > LONGEST_VIDEO:
            yield self.hint(Advice.VIDEO_TOO_LONG, minutes=-(-file.lasts // timedelta(minutes=1)))
        if file.silent:
            yield self.hint(Advice.VIDEO_SILENT)


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
