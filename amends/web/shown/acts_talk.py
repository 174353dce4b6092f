"""The forms of talk and evidence: messages, files given and taken back, appeals."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core import sight
from amends.core.order import missing
from amends.core.vocabulary import EvidenceKind, Grounds, Verb
from amends.web import uploading
from amends.web.forms import FORMS, Ahead, Asking, Fields, Filled, FormKind

from . import acts_ahead
from .acts_parts import Choice


class Messaging(FormKind):
    template = "web/_act_message.html"
    prefilled = ("text",)

    def title(self, asking: Asking) -> str:
        return _("Write a message") if asking.on.open else _("Write about the closed dispute")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        bound = _("Messages bind nobody and stop no clock. Only an offer in this dispute counts.")
        if asking.on.open:
            return (bound,)
        closed = _(
            "This dispute is closed. A message goes to the marketplace's staff, who answer it; the other side can"
            " read it too, and it changes nothing in the result."
        )
        return (closed, *appeal_until(asking))

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"text": filled.text("text", needed=True)}

    def button(self, asking: Asking) -> str:
        return _("Send the message")

    def done(self, ahead: Ahead) -> str:
        return _("Your message was sent.")


def appeal_until(asking: Asking) -> tuple[str, ...]:
    """Where and until when the result can be looked at again; () where it cannot."""
    until = acts_ahead.appeal_until(asking.order, asking.dispute, asking.party, asking.now)
    if until is None:
        return ()
    said = _("To have the result looked at again, appeal. You can do that until %(at)s.")
    return (said % {"at": words.instant(until)},)


class Giving(FormKind):
    """Files, or a tracking number, or a link; the page is that of every sending, and each file an act of its own."""

    template = "web/_upload.html"
    own_form = True

    def title(self, asking: Asking) -> str:
        return _("Send what was asked for") if asking.party in missing(asking.on) else _("Add evidence")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("Photos and videos of what is wrong decide most disputes."),)

    def shown(self, asking: Asking) -> dict[str, object]:
        here = asking.here
        return {"upload": uploading.part(here, asking.found, back=here_again(asking), dispute=asking.on)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        fields: Fields = {
            "kind": filled.choice("kind", list(EvidenceKind)),
            "name": filled.text("name", most=2000),
            "comment": filled.text("comment"),
            "mediator_only": filled.ticked("mediator_only"),
        }
        if file := filled.text("id", most=200):
            fields["id"] = file
        return fields

    def button(self, asking: Asking) -> str:
        return _("Give this as evidence")

    def done(self, ahead: Ahead) -> str:
        return _("Your evidence was added. The other side and the mediator can see what is not for the mediator only.")


def here_again(asking: Asking) -> str:
    """Where whoever has sent files is led back to."""
    return asking.here.url("case", order=asking.order.id, dispute=asking.on.number)


class Mine(NamedTuple):
    id: str
    words: str


class TakingBack(FormKind):
    template = "web/_act_remove_evidence.html"
    always_asks = True
    prefilled = ("id",)

    def title(self, asking: Asking) -> str:
        return _("Take evidence back")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("What you take back no longer counts. That it was there stays in the history."),)

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"mine": _mine(asking)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"id": filled.choice("id", [one.id for one in _mine(asking)])}

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        name = next((one.words for one in _mine(ahead.asking) if one.id == ahead.fields.get("id")), "")
        return (_("You take back: %(file)s. It no longer counts for you.") % {"file": name},)

    def done(self, ahead: Ahead) -> str:
        return _("You took it back.")


def _mine(asking: Asking) -> list[Mine]:
    """The reader's own files, by kind, day and name."""
    found = []
    for one in sight.evidence(asking.on, asking.party):
        if one.by is asking.party:
            name = one.file.name.plain if one.file.name else ""
            facts = {"kind": kind(one.file.kind), "at": words.instant(one.at), "name": name or one.file.id}
            found.append(Mine(one.file.id, _("%(kind)s, %(at)s: %(name)s") % facts))
    return found


def kind(word: EvidenceKind) -> str:
    """What sort of evidence it is."""
    return {
        EvidenceKind.PHOTO: _("Photo"),
        EvidenceKind.VIDEO: _("Video"),
        EvidenceKind.DOCUMENT: _("Document"),
        EvidenceKind.SCREENSHOT: _("Screenshot"),
        EvidenceKind.TRACKING: _("Tracking number"),
        EvidenceKind.QUOTE: _("Quote"),
        EvidenceKind.LINK: _("Link"),
    }[word]


class Appealing(FormKind):
    template = "web/_act_appeal.html"
    takes_files = True
    always_asks = True

    def title(self, asking: Asking) -> str:
        return _("Appeal against the result")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        until = acts_ahead.appeal_until(asking.order, asking.dispute, asking.party, asking.now)
        said = (_("You can appeal until %(at)s.") % {"at": words.instant(until)},) if until else ()
        return (
            words.outcome(asking.on.outcome) if asking.on.outcome else "",
            *said,
            _("Each side can appeal once. If it is granted, a mediator decides anew; what was paid back stays paid."),
        )

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"grounds": _grounds(asking)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {
            "grounds": filled.choice("grounds", [one.value for one in _grounds(asking)]),
            "text": filled.text("text", needed=True),
            "files": [one.given for one in filled.handed()],
        }

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        return (_("You ask for the result to be looked at again. You can do that once."),)

    def button(self, asking: Asking) -> str:
        return _("Appeal")

    def done(self, ahead: Ahead) -> str:
        return _("You appealed. A mediator looks at it.")


def _grounds(asking: Asking) -> list[Choice]:
    """The grounds the policy knows and that can fit."""
    known = asking.order.policy.appeal.grounds
    found = []
    if Grounds.NEW_EVIDENCE in known:
        hint = _("At least one file that was not there before is needed.")
        found.append(Choice(Grounds.NEW_EVIDENCE.value, _("There is new evidence"), hint))
    if Grounds.NO_MEDIATOR in known and not asking.on.mediated:
        hint = _("The dispute ended without one, by agreement or by silence.")
        found.append(Choice(Grounds.NO_MEDIATOR.value, _("No mediator has looked at it"), hint))
    return found


FORMS |= {
    Verb.MESSAGE: Messaging(),
    Verb.ADD_EVIDENCE: Giving(),
    Verb.REMOVE_EVIDENCE: TakingBack(),
    Verb.APPEAL: Appealing(),
}
