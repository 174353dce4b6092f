"""Files as pages show them: what was given in a dispute, and what one person has sent and not handed in yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from amends import words
from amends.core import sight
from amends.core.order import Dispute, Evidence
from amends.core.vocabulary import EvidenceKind, Party
from amends.orders import evidence, looking
from amends.orders.evidence import File
from amends.orders.queries import Found
from amends.vault.kinds import Family, Kind
from amends.words.reader import locale

from ..here import Here
from .listed import reading_size

_GIVEN_BY: Final = {
    Party.BUYER: gettext_noop("Given by the buyer"),
    Party.SELLER: gettext_noop("Given by the seller"),
}


class Given(NamedTuple):
    """One piece of evidence. `_file.html` shows it small, the page `look` large."""

    file: str
    number: int
    """Its place among those the viewer may see, from 1."""
    by: Party
    mine: bool
    whose: str
    """Who gave it, as a caption begins."""
    at: datetime
    kind: str
    name: str
    """What the giver called it; a link, or a number, where no file stands behind it; "" where he was erased."""
    comment: str
    mediator_only: bool
    counts: bool
    forms: tuple[str, ...]
    """In which forms the viewer can have it; empty where there is no file."""
    facts: tuple[str, ...]
    """What is known of the file itself, in words."""
    sha256: str
    alt: str
    """What stands for the picture where it cannot be seen."""
    document: bool
    moving: bool
    """A video, whether or not it can be played here."""
    more_pages: bool
    """A document of which only the first page can be looked at here."""
    width: int
    height: int
    """Of a picture at reading size; 0 where nobody knows before it is there."""

    @property
    def pictured(self) -> bool:
        return "thumbnail" in self.forms

    @property
    def played(self) -> bool:
        return "stream" in self.forms

    @property
    def saved(self) -> bool:
        """The viewer may have it as it was sent."""
        return "original" in self.forms


class Doubted(NamedTuple):
    """What staff should look at twice: how strongly, and what."""

    mark: str
    strong: bool
    sentence: str


class Remark(NamedTuple):
    """What its giver wrote beside a file that waits."""

    comment: str = ""
    mediator_only: bool = False


class Loose(NamedTuple):
    """A file of one's own that no act has named yet."""

    file: str
    name: str
    facts: tuple[str, ...]
    pictured: bool
    alt: str
    hints: tuple[str, ...]
    """What was noticed about it, each with what would help; nothing of it stops anybody."""
    remark: Remark


def given(here: Here, found: Found, dispute: Dispute) -> tuple[Given, ...]:
    """The evidence of a dispute that this viewer may see, in the order it was given. Two trips to the database."""
    seen = sight.evidence(dispute, here.party)
    rows = evidence.found(here.marketplace, found.order.id, [item.file.id for item in seen])
    names = evidence.names(here.marketplace, found.order.id, rows.values())
    return tuple(_given(here, item, number, rows.get(item.file.id), names) for number, item in enumerate(seen, start=1))


def _given(here: Here, item: Evidence, number: int, row: File | None, names: Mapping[str, str | None]) -> Given:
    file, kind = item.file, words.kind(item.file.kind)
    said = file.comment.plain or "" if file.comment else ""
    mine = item.by is here.party
    whose = _("Given by you") if mine else _(_GIVEN_BY[item.by])
    kept = row if row is not None and row.state == "linked" else None
    called = (file.name.plain or "" if file.name else "") or names.get(file.id) or ""
    about = {"kind": kind, "whose": whose, "comment": said}
    return Given(
        file.id,
        number,
        item.by,
        mine,
        whose,
        item.at,
        kind,
        called,
        said,
        file.mediator_only,
        file.counts,
        looking.forms(kept, here.party) if kept else (),
        facts(kept) if kept else (),
        file.sha256,
        _("%(kind)s. %(whose)s: %(comment)s") % about if said else _("%(kind)s. %(whose)s.") % about,
        kept is not None and kept.kind == Kind.PDF,
        file.kind is EvidenceKind.VIDEO,
        bool(kept and kept.facts and (kept.facts.get("pages") or 1) > 1),
        *_reading_size(kept),
    )


def _reading_size(kept: File | None) -> tuple[int, int]:
    if kept is None or kept.kind is None or not kept.facts:
        return 0, 0
    return reading_size(Kind(kept.kind).family, kept.facts.get("width"), kept.facts.get("height"))


def loose(file: File, name: str | None, hints: tuple[str, ...], remark: Remark | None = None) -> Loose:
    called = name or _("A file without a name")
    pictured = file.piece("thumbnail") is not None
    alt = _("Preview of %(name)s") % {"name": called}
    return Loose(file.file, called, facts(file), pictured, alt, hints, remark or Remark())


# ── what is known of a file ──────────────────────────────────────────────────────────────────────


def facts(file: File) -> tuple[str, ...]:
    """What may be said of a file to everybody who sees it: what it is, how large, how long."""
    known: dict[str, Any] = file.facts or {}
    kind = Kind(file.kind) if file.kind else None
    told = [kind.value.upper()] if kind else []
    if kind is not None and kind.family is not Family.DOCUMENT and known.get("width"):
        told.append(
            _("%(width)s × %(height)s pixels") % {"width": known["width"], "height": known["height"]},
        )
    if known.get("milliseconds"):
        told.append(lasts(known["milliseconds"] // 1000))
    if known.get("pages"):
        told.append(ngettext("%(many)s page", "%(many)s pages", known["pages"]) % {"many": known["pages"]})
    if file.size:
        told.append(size(file.size))
    return tuple(told)


MIB: Final = 2**20


def size(number: int) -> str:
    """Bytes as people say them, as the vault's own sentences do: 96 kB, 5.2 MB, 1.4 GB; a limit of 10 MiB as that."""
    if number and number % MIB == 0:
        return _("%(number)s MiB") % {"number": _number(number // MIB, "#,##0")}
    if number < 1_000_000:
        return _("%(number)s kB") % {"number": _number(max(1, number // 1000), "#,##0")}
    if number < 1_000_000_000:
        return _("%(number)s MB") % {"number": _number(number // 100_000 / 10, "#,##0.#")}
    return _("%(number)s GB") % {"number": _number(number // 100_000_000 / 10, "#,##0.#")}


def lasts(seconds: int) -> str:
    """How long a video is."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(many)s second", "%(many)s seconds", rest) % {"many": rest}
    if not rest:
        return ngettext("%(many)s minute", "%(many)s minutes", minutes) % {"many": minutes}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


def _number(value: float, pattern: str) -> str:
    return format_decimal(value, format=pattern, locale=locale())
