"""The evidence coach on pages: what convinces for a reason, and what to do better about a file. Never in the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core.vocabulary import EvidenceKind, Party, Reason
from amends.orders import doubts
from amends.orders.coaching import Upload, advise
from amends.orders.evidence import File
from amends.orders.queries import Found
from amends.vault import coach
from amends.vault.coach import Hint
from amends.vault.facts import read
from amends.vault.sentences import ENGLISH, Advice, Language, Want
from amends.vault.truth import DoubtFlag, Strength

from .here import Here
from .shown.files import Doubted

_SAID_LATER = frozenset({Advice.NO_COMMENT})
"""Of a file that waits nobody can have said anything yet."""


_MARKS = {
    Strength.STRONG: gettext_noop("look twice"),
    Strength.WEAK: gettext_noop("perhaps"),
    Strength.INFORMATION: gettext_noop("for your information"),
}


class Wanted(NamedTuple):
    """A kind of file that would convince, and how to make it."""

    kind: str
    sentence: str
    help: str


class Coached(NamedTuple):
    wanted: tuple[Wanted, ...]
    of_file: dict[str, tuple[str, ...]]
    """By the file's id: each what was noticed, with what would help."""
    together: tuple[str, ...]


NOTHING = Coached((), {}, ())


def coached(here: Here, found: Found, reason: Reason | None, files: Sequence[File]) -> Coached:
    """About files that wait, beside what was given before; without a reason only about the files themselves."""
    uploads = [Upload(file.file, read(file.facts), file.kinds[0]) for file in files if file.facts]
    if reason is None:
        return Coached((), _by_file([(hint, one.file) for one in uploads for hint in _alone(one)]), ())
    there = {file.id: file for file in doubts.files(here.marketplace, found.order.id)}
    advised = advise(found.order, there, here.party, reason, uploads, kind=EvidenceKind.PHOTO, language=_language())
    return Coached(
        tuple(_wanted(want) for want in advised.wanted),
        _by_file([(hint, file) for hint, file in advised.hints if file is not None]),
        tuple(said(hint) for hint, file in advised.hints if file is None),
    )


def wanted(reason: Reason, have: Sequence[EvidenceKind], side: Party) -> tuple[Wanted, ...]:
    """What convinces for this reason from this side and is not there yet (R142–R165), the most telling first."""
    return tuple(_wanted(want) for want in coach.wants(reason, have, _language(), side))


def alone(
    file: File, kind: EvidenceKind | None = None, comment: str = "", *, shows_date: bool | None = None
) -> tuple[str, ...]:
    """About one file that was just handed in, by itself."""
    if not file.facts:
        return ()
    given = kind or file.kinds[0]
    known = coach.known(read(file.facts), given, comment, shows_date=shows_date)
    return tuple(said(hint) for hint in coach.of_file(given, known, (), _language()))


def doubted(flag: DoubtFlag) -> Doubted:
    """What does not fit, for staff."""
    return Doubted(_(_MARKS[flag.strength]), flag.strength is Strength.STRONG, words.say(flag.sentence))


def _alone(upload: Upload) -> tuple[Hint, ...]:
    return coach.of_file(upload.kind, coach.known(upload.facts, upload.kind), (), _language())


def _by_file(hints: Sequence[tuple[Hint, str]]) -> dict[str, tuple[str, ...]]:
    told: dict[str, tuple[str, ...]] = {}
    for hint, file in hints:
        if hint.code not in _SAID_LATER:
            told[file] = (*told.get(file, ()), said(hint))
    return told


def _language() -> Language:
    """The coach's sentences in the reader's language."""
    return words.table(ENGLISH)


def _wanted(want: Want) -> Wanted:
    hint = coach.as_hint(want, _language())
    return Wanted(words.kind(want.kind), hint.sentence, hint.help)


def said(hint: Hint) -> str:
    """A hint in words: what was noticed, and what would help."""
    return f"{hint.sentence} {hint.help}"
