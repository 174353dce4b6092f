"""One form with files: what was sent, and what came of it, file by file."""

from __future__ import annotations

from typing import NamedTuple

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends import words
from amends.core.order import Dispute
from amends.core.refusals import Refused
from amends.core.vocabulary import EvidenceKind, RefusalCode, Verb
from amends.orders import evidence, receipts
from amends.orders.evidence import File, Place
from amends.orders.queries import Found

from . import acting, coaching, flash, uploading
from .here import Here
from .uploading import OnDisk, Trouble

MOST_IDS = 50
_KEPT = ("kind", "answers", "comment", "mediator_only", "shows_date", "link", "number")
"""What is shown again where something was refused."""


class Sent(NamedTuple):
    """A form as it came."""

    back: str
    dispute: Dispute | None
    """The dispute that what is sent becomes evidence of at once; without one it waits."""
    uploads: tuple[OnDisk, ...]
    ticked: tuple[str, ...]
    """Waiting files that are to be handed in too."""
    unticked: frozenset[str]
    values: dict[str, str]
    key: str
    troubles: tuple[Trouble, ...] = ()

    @classmethod
    def nothing(cls, trouble: Trouble) -> Sent:
        """A form that was never read."""
        return cls("", None, (), (), frozenset(), {}, "", (trouble,))

    def but(self, *troubles: Trouble) -> Sent:
        return self._replace(troubles=troubles)


class Handed(NamedTuple):
    """What came of it."""

    sent: Sent
    kept: tuple[str, ...]
    """Names of what was taken."""
    warnings: tuple[str, ...]
    troubles: tuple[Trouble, ...]
    left_over: Sent
    """The form once more, without what was taken."""


def read(request: HttpRequest, here: Here, found: Found) -> Sent:
    """Raises Http404 for a dispute that is not there."""
    posted, order = request.POST, found.order
    number = posted.get("dispute", "")
    dispute = order.dispute(int(number)) if number.isascii() and number.isdigit() and len(number) < 6 else None
    if number and dispute is None:
        raise Http404
    back = uploading.way_back(here, posted.get("back", ""), order.id)
    uploads = tuple(one for one in request.FILES.getlist("file") if isinstance(one, OnDisk))
    uploads += tuple(one for one in request.FILES.getlist("taken") if isinstance(one, OnDisk))
    ticked = tuple(dict.fromkeys(posted.getlist("files")))[:MOST_IDS]
    offered = frozenset(posted.getlist("offered")[:MOST_IDS])
    values = {name: posted.get(name, "").replace("\x00", "").strip() for name in _KEPT}
    return Sent(back, dispute, uploads, ticked, offered - set(ticked), values, acting.form_key(request))


def hand_in(here: Here, found: Found, where: Place, sent: Sent) -> Handed:
    """Keep each file, or say why not; and where a dispute is named, make it evidence."""
    by_hand = sent.dispute is not None and any(sent.values[name] for name in ("link", "number"))
    if not (sent.uploads or (sent.dispute and sent.ticked) or by_hand):
        nothing = Trouble(422, _("Nothing was chosen. Choose a file first."))
        return Handed(sent, (), (), (nothing,), sent.but(nothing))
    if sent.dispute is not None and _answered(here, found, sent):
        return Handed(sent, (), (), (), sent)
    return _Handing(here, found.order.id, where, sent).all()


def tell(request: HttpRequest, here: Here, handed: Handed) -> None:
    """The next page says what was taken, and what to know of it. Nothing where the form was a repetition."""
    many = len(handed.kept)
    if not many:
        return
    if handed.sent.dispute is not None:
        done = ngettext("%(many)s file is in the dispute now.", "%(many)s files are in the dispute now.", many)
    else:
        done = ngettext(
            "%(many)s file is here. It counts once you send it with your answer.",
            "%(many)s files are here. They count once you send them with your answer.",
            many,
        )
    flash.tell(request, here.seat, flash.Flash(done % {"many": many}, (), handed.warnings))


def _answered(here: Here, found: Found, sent: Sent) -> bool:
    """The same form came before: a double click, or a page sent again."""
    return evidence.answered(here.marketplace, found.order.id, here.seat.caller, f"{sent.key} 1")


class _Handing:
    """One form on its way in."""

    def __init__(self, here: Here, order_key: str, where: Place, sent: Sent) -> None:
        self.here, self.order_key, self.where, self.sent = here, order_key, where, sent
        self.kept: list[str] = []
        self.warnings: list[str] = []
        self.troubles: list[Trouble] = []
        self.given = 0
        self.refused = False
        """The dispute takes nothing more: what is left of the form is not tried."""
        self.stale = False
        """Nothing was decided about the last file: sent again it counts as of now."""

    def all(self) -> Handed:
        values, dispute = self.sent.values, self.sent.dispute
        if dispute is not None:
            for file, name in self._names().items():
                self._give(dispute, {"id": file, "kind": values["kind"]}, name)
            for kind, field in ((EvidenceKind.LINK, "link"), (EvidenceKind.TRACKING, "number")):
                if values[field]:
                    self._give(dispute, {"name": values[field], "kind": kind.value}, values[field])
        for upload in self.sent.uploads:
            if not self.refused:
                self._take(upload)
        left = self.sent._replace(uploads=(), ticked=(), troubles=tuple(self.troubles))
        return Handed(self.sent, tuple(self.kept), tuple(dict.fromkeys(self.warnings)), left.troubles, left)

    def _names(self) -> dict[str, str]:
        """The ticked files, and what this person called them; of somebody else's not even the name."""
        market, order_key = self.here.marketplace, self.order_key
        found = evidence.found(market, order_key, self.sent.ticked)
        mine = [file for file in found.values() if file.party == self.here.party.value]
        names = evidence.names(market, order_key, mine)
        return {file: names.get(file) or _("A file without a name") for file in self.sent.ticked}

    def _take(self, upload: OnDisk) -> None:
        name = upload.name or ""
        declared = (upload.content_type or "")[:100]
        try:
            with uploading.told(), receipts.clocks_wait(self.where, received_at=self.here.now) as waiting:
                if self.where.loose + len(self.kept) >= self.where.policy.evidence.files_per_party:
                    raise Refused(RefusalCode.EVIDENCE_LIMIT, limit=self.where.policy.evidence.files_per_party)
                file = evidence.take(
                    self.where,
                    upload.path,
                    name=name,
                    declared=declared,
                    received_at=self.here.now,
                    file=waiting.file,
                )
                self._taken(file, name)
                waiting.stays = self.stale
        except Trouble as trouble:
            said = _("%(name)s: %(trouble)s") % {"name": name, "trouble": trouble.sentence}
            self.troubles.append(Trouble(trouble.status, said if len(self.sent.uploads) > 1 else trouble.sentence))

    def _taken(self, file: File, name: str) -> None:
        dispute, values = self.sent.dispute, self.sent.values
        if dispute is None:
            self.kept.append(name)
            self.warnings += map(words.say, file.hints or ())
            return
        if not self._give(dispute, {"id": file.file, "kind": values["kind"]}, name):
            evidence.forget(self.here.marketplace, self.order_key, file.file)
            return
        kind = EvidenceKind(values["kind"]) if values["kind"] in set(EvidenceKind) else None
        self.warnings += (*map(words.say, file.hints or ()), *self._advice(file, kind))

    def _advice(self, file: File, kind: EvidenceKind | None) -> tuple[str, ...]:
        values = self.sent.values
        return coaching.alone(file, kind, values["comment"], shows_date=True if values["shows_date"] else None)

    def _give(self, dispute: Dispute, fields: dict[str, str], name: str) -> bool:
        """Make it evidence; whether it was taken."""
        self.given += 1
        values = self.sent.values
        about: dict[str, object] = {"comment": values["comment"], "mediator_only": values["mediator_only"] == "1"}
        if answers := values["answers"]:  # what is no number the core refuses, as it does one that is not listed
            about["answers"] = int(answers) if answers.isascii() and answers.isdigit() and len(answers) < 6 else 0
        done = acting.act(
            self.here,
            self.order_key,
            Verb.ADD_EVIDENCE,
            {**fields, **about},
            dispute=dispute.number,
            key=f"{self.sent.key} {self.given}",
        )
        if done.refused is not None:
            self.troubles.append(Trouble(409, f"{done.refused.sentence} {done.refused.way_out}"))
            self.refused = done.refused.code != RefusalCode.MALFORMED.value
            self.stale = done.stale
            return False
        self.kept.append(name)
        self.warnings += [words.warning(code) for code in done.warnings]
        return True
