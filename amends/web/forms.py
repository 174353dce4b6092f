"""Forms of acts: for each verb what is asked, how the answers become a command, and what is said before it is done.

A verb gets its form by an entry in `FORMS`:

    class Dismissing(FormKind):
        template = "web/_act_dismiss.html"

        def title(self, asking: Asking) -> str:
            return _("Dismiss this dispute")

        def read(self, asking: Asking, filled: Filled) -> Fields:
            return {"text": filled.text("text", needed=True)}

    FORMS[Verb.DISMISS] = Dismissing()

The addresses `act` and `order_act` do the rest: who may act, refusals, asking once more, the deed, what is told then.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from amends import words
from amends.core.decide import decide
from amends.core.draft import Accepted
from amends.core.order import Dispute, Order
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode, Verb
from amends.core.wire import MOST_TEXT, read_command
from amends.orders.evidence import PREFIX
from amends.orders.handing_in import Giver, with_uploads
from amends.orders.queries import Found

from . import typed
from .here import Here

R = RefusalCode
Fields = dict[str, Any]
"""A command's own fields, as its document names them; without `do`, `by` and `dispute`."""


class Asking(NamedTuple):
    """One person, one verb, one order as it stands now, and the dispute where the act is on one."""

    here: Here
    found: Found
    dispute: Dispute | None
    verb: Verb

    @property
    def order(self) -> Order:
        return self.found.order

    @property
    def party(self) -> Party:
        return self.here.party

    @property
    def now(self) -> datetime:
        return self.here.now

    @property
    def on(self) -> Dispute:
        """The dispute, asked by forms that are only ever on one."""
        assert self.dispute is not None, f"{self.verb} is an act on a dispute"
        return self.dispute

    def money(self, minor: int) -> str:
        return words.money(minor, self.order.currency)


# ── what was typed ───────────────────────────────────────────────────────────────────────────────


class Handed(NamedTuple):
    """A file that goes along with a form: the id of its upload, and what its giver says of it."""

    file: str
    comment: str = ""
    mediator_only: bool = False

    @property
    def given(self) -> str | Fields:
        """As an entry of a command's `files`."""
        if not self.file.startswith(PREFIX) or not (self.comment or self.mediator_only):
            return self.file
        return {"id": self.file, "comment": self.comment, "mediator_only": self.mediator_only}


class Filled:
    """The answers of a form and what is wrong with them: `wrong` has a sentence by the field's name."""

    def __init__(self, posted: QueryDict | Mapping[str, str], currency: str, files: tuple[Fields, ...] = ()) -> None:
        self.posted = posted
        self.currency = currency
        self.files = files
        """What was handed in, as a command's `files` has it: kind, id, sha256."""
        self.wrong: dict[str, str] = {}

    @property
    def values(self) -> dict[str, str]:
        """Every field as it was typed, to be shown again."""
        return {name: str(self.posted.get(name, "")) for name in self.posted if not name.startswith("_")}

    def many(self, name: str) -> list[str]:
        """All values of a field that may stand several times."""
        if isinstance(self.posted, QueryDict):
            return [str(value) for value in self.posted.getlist(name)]
        return [self.posted[name]] if name in self.posted else []

    def handed(self, of: str = "files") -> tuple[Handed, ...]:
        """The files that go along, or all that were `offered`, each once, with what was written beside them."""
        ticked = tuple(dict.fromkeys(self.many(of)))
        return tuple(
            Handed(file, self.text(f"comment-{file}"), self.ticked(f"mediator_only-{file}")) for file in ticked
        )

    def text(self, name: str, *, needed: bool = False, most: int = MOST_TEXT) -> str:
        """What was written, with the line ends of our own; emptiness is wrong where the field is needed."""
        text = str(self.posted.get(name, "")).replace("\r\n", "\n").replace("\x00", "").strip()
        if needed and not any(unicodedata.category(letter)[0] not in "CZ" for letter in text):  # nothing to be seen
            self.blame(name, _("Fill this in."))
        if len(text) > most:
            said = _("This is too long by %(more)s characters; at most %(most)s are kept.")
            self.blame(name, said % {"more": len(text) - most, "most": most})
        return text

    def amount(self, name: str) -> str:
        """A decimal text of the order's currency; "" where nothing, or nothing clear, was typed."""
        written = self.text(name)
        if not written:
            self.blame(name, _("Name an amount in %(currency)s.") % {"currency": self.currency})
            return ""
        try:
            return typed.amount(written, self.currency)
        except typed.NotClear as unclear:
            self.blame(name, str(unclear))
            return ""

    def choice(self, name: str, among: Collection[str], *, needed: bool = True) -> str:
        """One of the words offered. What was never offered goes on to the core, which refuses it in its own words."""
        chosen = self.text(name, most=200)
        if needed and not chosen:
            self.blame(name, _("Choose one of these.") if among else _("Nothing can be chosen here."))
        return chosen

    def whole(self, name: str, *, least: int, most: int, needed: bool = True) -> int | None:
        """A whole number within bounds; None where there is none."""
        written = self.text(name, needed=needed, most=200)
        if not written:
            return None
        number = int(written) if written.isdecimal() and len(written) < 10 else -1
        if not least <= number <= most:
            self.blame(name, _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
            return None
        return number

    def day(self, name: str) -> datetime | None:
        """A day of the calendar: its last second in the reader's zone. None where nothing was typed."""
        written = self.text(name, most=200)
        if not written:
            return None
        try:
            end = datetime.combine(date.fromisoformat(written), time(23, 59, 59))
            return timezone.make_aware(end).astimezone(timezone.get_default_timezone())
        except (ValueError, OverflowError):
            self.blame(name, _("Write the day as year, month and day, like %(example)s.") % {"example": "2026-03-20"})
            return None

    def ticked(self, name: str) -> bool:
        return bool(self.posted.get(name))

    def blame(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field; the first thing said about it stays."""
        self.wrong.setdefault(name, sentence)


# ── what would come of it ────────────────────────────────────────────────────────────────────────


class Ahead(NamedTuple):
    """What the core answers to the act on the order as it stands, before anybody does it. Nothing is written."""

    asking: Asking
    fields: Mapping[str, Any]
    answer: Accepted | Refused

    @property
    def refused(self) -> Refused | None:
        return self.answer if isinstance(self.answer, Refused) else None

    @property
    def order(self) -> Order:
        """As it would stand; as it stands, where the act would be refused."""
        return self.answer.order if isinstance(self.answer, Accepted) else self.asking.order

    @property
    def dispute(self) -> Dispute | None:
        return self.order.dispute(self.asking.dispute.number) if self.asking.dispute else None

    @property
    def warnings(self) -> frozenset[str]:
        return self.answer.warnings if isinstance(self.answer, Accepted) else frozenset()

    @property
    def ends(self) -> bool:
        """The dispute would be closed by it."""
        before, after = self.asking.dispute, self.dispute
        return before is not None and after is not None and before.open and not after.open

    @property
    def settles(self) -> bool:
        """It would be settled by it, and goods have to travel first."""
        before, after = self.asking.dispute, self.dispute
        return before is not None and after is not None and after.returning and not before.returning

    @property
    def escalates(self) -> bool:
        """A mediator would join by it."""
        before, after = self.asking.dispute, self.dispute
        return before is not None and after is not None and after.escalated and not before.escalated

    @property
    def to_buyer_minor(self) -> int:
        return self.order.refunded_minor - self.asking.order.refunded_minor

    @property
    def to_seller_minor(self) -> int:
        return self.order.released_minor - self.asking.order.released_minor


def foresee(asking: Asking, fields: Mapping[str, Any], key: str = "") -> Ahead:
    """Ask the core, on a draft nobody keeps. What only the store knows (a number given elsewhere) is not in it."""
    here = asking.here
    about = {"dispute": asking.dispute.number} if asking.dispute else {}
    who = {"do": asking.verb.value, "by": asking.party.value, "actor": here.seat.actor}
    giver = Giver(here.marketplace, asking.order.id, here.party, here.seat.caller, key)
    try:
        command = read_command({**with_uploads(fields, asking.verb, giver), **about, **who})
    except Refused as refused:
        return Ahead(asking, fields, refused)
    return Ahead(asking, fields, decide(asking.order, command, asking.now))


# ── the kinds of forms ───────────────────────────────────────────────────────────────────────────


class Check(NamedTuple):
    """A box to be ticked by hand before a grave act: the command's own field, and what is confirmed by it."""

    name: str
    sentence: str


FIELD_OF: Mapping[RefusalCode, str] = {
    R.AMOUNT_MALFORMED: "amount",
    R.AMOUNT_NOT_POSITIVE: "amount",
    R.AMOUNT_ABOVE_PAID: "amount",
    R.RULING_ABOVE_CLAIM: "amount",
    R.CURRENCY_MISMATCH: "amount",
    R.EVIDENCE_REQUIRED: "files",
    R.EVIDENCE_LIMIT: "files",
    R.EVIDENCE_TYPE_REFUSED: "files",
    R.APPEAL_NEEDS_EVIDENCE: "files",
    R.UNKNOWN_REASON: "reason",
    R.REASON_NEEDS_RECEIPT: "reason",
    R.REASON_CONTRADICTS_RECEIPT: "reason",
    R.NOT_A_GROUND: "reason",
    R.QUANTITY_ABOVE_ORDERED: "pieces",
    R.UNKNOWN_OPTION: "option",
    R.RETURN_ADDRESS_MISSING: "return_country",
    R.TRACKING_NUMBER_INVALID: "tracking",
    R.TRACKING_MISMATCH: "tracking",
    R.NOT_AN_EXTENSION: "days",
}
"""Next to which field a refusal of the door is said, where the form has that field. What stands here can be mended by
filling in something else; every other refusal is about how things stand."""


class FormKind:
    """How one verb is asked and said. Everything but `title` has an answer that fits the simplest act."""

    template = ""
    """The part of the page with the fields; "" where there is nothing to fill in: then the form is the question."""
    versioned = False
    """The form is about terms as they stood; sent after somebody else has acted, it is told so."""
    always_asks = False
    """It asks once more, whatever comes of it."""
    grave = False
    takes_files = False
    """`files` may be handed in with it: the page shows the part from which they are sent."""
    folds_files = False
    """Files are seldom needed here: that part stands folded."""
    hidden: tuple[str, ...] = ()
    """Fields that say what the form is about: never a person's to fill in, fresh whenever it is shown."""
    own_form = False
    """Its template brings forms of its own, which go elsewhere; what is posted here is read all the same."""

    def title(self, asking: Asking) -> str:
        """The heading: the act."""
        raise NotImplementedError

    def lead(self, asking: Asking) -> tuple[str, ...]:
        """What it does, what it costs, what happens next: a few sentences above the form."""
        return ()

    def template_for(self, asking: Asking) -> str:
        return self.template

    def start(self, asking: Asking) -> dict[str, str]:
        """What the fields hold at first."""
        return {}

    prefilled: tuple[str, ...] = ()
    """Fields that a link to the form may fill in."""

    def shown(self, asking: Asking) -> dict[str, object]:
        """More for the template, beside `asking` and `form`."""
        return {}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        """The answers as the command's fields. What is wrong is said with `filled.blame`, never raised."""
        return {}

    def button(self, asking: Asking) -> str:
        """The words on the form's button."""
        return self.title(asking)

    def asks(self, ahead: Ahead) -> bool:
        """Whether it is asked once more: what ends, settles or escalates a dispute, and what moves money, always is."""
        moved = ahead.to_buyer_minor or ahead.to_seller_minor
        return self.always_asks or ahead.ends or ahead.settles or ahead.escalates or bool(moved)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        """What is said before it is done, in words with the money."""
        return ()

    def sure_title(self, ahead: Ahead) -> str:
        return self.title(ahead.asking)

    def sure_button(self, ahead: Ahead) -> str:
        """The words on the button that does it."""
        return self.button(ahead.asking)

    def confirmed(self, fields: Fields) -> Fields:
        """The fields as they will be once every box is ticked: what the sentences before the act are about."""
        return fields

    def checks(self, ahead: Ahead) -> tuple[Check, ...]:
        """Boxes to tick by hand before it can be done."""
        return ()

    def done(self, ahead: Ahead) -> str:
        """What was done, in a sentence for the page after it; `ahead.order` is the order as it stands then."""
        return _("Done.")

    def barred(self, asking: Asking) -> str:
        """Why this seat may not do it although its role may (no second factor, say); "" where it may."""
        return ""


FORMS: dict[Verb, FormKind] = {}
"""By verb; each chapter enters its own when it is imported."""


class Form(NamedTuple):
    """What a template needs of a form: values as typed, and what is wrong with them."""

    values: Mapping[str, str]
    wrong: Mapping[str, str]
    lists: Mapping[str, list[str]]
    again: bool = False
    """It was sent and comes back: what stands in it is the person's own, not a draft of before."""


def form_of(filled: Filled, *, again: bool, blamed: Mapping[str, str] | None = None) -> Form:
    names = [name for name in filled.posted if not name.startswith("_")]
    lists = {name: filled.many(name) for name in names}
    return Form(filled.values, {**(blamed or {}), **filled.wrong}, lists, again)
