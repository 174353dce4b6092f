"""The screens on which a dispute is opened: each question with its answers, and why one cannot be given now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from amends import words
from amends.core import sight
from amends.core.draft import Accepted
from amends.core.money import format_minor
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.values import DisputedPieces
from amends.core.vocabulary import Party, Reason, Wants
from amends.web import claims, typed
from amends.web.claims import Claim, Step
from amends.web.traps import change_of_mind

STEPS = {
    Step.GOODS: gettext_noop("Which goods"),
    Step.RECEIVED: gettext_noop("Did it come"),
    Step.REASON: gettext_noop("What is wrong"),
    Step.WISH: gettext_noop("What you want"),
    Step.AMOUNT: gettext_noop("How much"),
    Step.SHOW: gettext_noop("Show us"),
    Step.REVIEW: gettext_noop("Check and send"),
}
HINTS = {
    Reason.NOT_RECEIVED: gettext_noop("The parcel is not there, or somebody else has it."),
    Reason.PROTECTION_ENDED_IN_TRANSIT: gettext_noop("It is still on its way, and your protection is nearly over."),
    Reason.RETURNED_TO_SENDER: gettext_noop("The tracking says that it is on its way back to the seller."),
    Reason.NO_TRACKING_INFORMATION: gettext_noop("No carrier knows the number, or nothing has moved for long."),
    Reason.CUSTOMS_PROBLEM: gettext_noop("It is held at the border, or duties are asked of you."),
    Reason.WRONG_ADDRESS: gettext_noop("The tracking names another place than the one you gave."),
    Reason.DEFECTIVE: gettext_noop("It is broken, does not switch on, or stops working."),
    Reason.INCOMPLETE: gettext_noop("Pieces, parts or accessories are not in the parcel."),
    Reason.NOT_AS_DESCRIBED: gettext_noop("Size, colour, material or what it does is not what the listing says."),
    Reason.WRONG_ITEM: gettext_noop("Something else was in the parcel."),
    Reason.LOW_QUALITY: gettext_noop("Seams, paint, smell, scratches: poorer than the listing lets one expect."),
    Reason.DELIVERY_METHOD_MISMATCH: gettext_noop("You paid for a better delivery than you got."),
    Reason.COUNTERFEIT: gettext_noop("It bears a brand that did not make it."),
    Reason.NOT_NEEDED: gettext_noop("Nothing is wrong with it, but you do not want it any more."),
}
WISHES = {
    Wants.REFUND: gettext_noop("You keep what you have, and get money back."),
    Wants.RETURN_AND_REFUND: gettext_noop("You send it back first. The money comes once the seller has it."),
    Wants.RETURN_AND_EXCHANGE: gettext_noop(
        "You send it back first, then the same item comes again. If none comes, you get the money below."
    ),
}


class StepShown(NamedTuple):
    step: Step
    words: str
    now: bool
    open: bool
    """It can be gone to."""


class Choice(NamedTuple):
    """An answer that can be given."""

    value: str
    words: str
    hint: str
    notes: tuple[str, ...]
    """What follows from it: that files are needed, that the ground is weak."""
    chosen: bool


class Barred(NamedTuple):
    """An answer that cannot be given now, and why."""

    words: str
    why: words.Said


class Asked(NamedTuple):
    """The answers to one question."""

    can: tuple[Choice, ...]
    cannot: tuple[Barred, ...]


class LineAsked(NamedTuple):
    """One line of the order, `name` being what its fields are called by."""

    name: str
    title: str
    left: int
    paid_minor: int
    chosen: bool
    many: str
    why: words.Said | None
    """Why nothing can be claimed about it now."""


def steps(order: Order, claim: Claim, now: Step) -> tuple[StepShown, ...]:
    every = claims.steps(order)
    last = every.index(claims.unanswered(order, claim))
    return tuple(StepShown(step, _(STEPS[step]), step is now, at <= last) for at, step in enumerate(every))


# ── the questions ────────────────────────────────────────────────────────────────────────────────


def lines(order: Order, claim: Claim, values: Mapping[str, str], now: datetime) -> tuple[LineAsked, ...]:
    """`values` are those of a form that came back; without any, what was answered before."""
    before = {piece.line: piece.quantity for piece in claim.pieces}
    asked = []
    for at, line in enumerate(order.lines):
        refused = claims.why_not_line(order, line, now)
        asked.append(
            LineAsked(
                str(at),
                line.title,
                line.left,
                line.paid_minor,
                f"line-{at}" in values if values else line.id in before or len(order.lines) == 1,
                values.get(f"many-{at}", str(before.get(line.id, line.left))),
                words.refusal(refused) if refused else None,
            )
        )
    return tuple(asked)


def received(order: Order, claim: Claim, chosen: str, now: datetime) -> Asked:
    """Where a reason has to wait, that is said here already."""
    yes = Choice(
        "yes", _("Yes, it came"), _("Also if only a part of it came, or the wrong thing."), (), chosen == "yes"
    )
    no = Choice("no", _("No, it has not come"), "", (), chosen == "no")
    return _asked([_with_waits(order, claim, choice, came=choice is yes, now=now) for choice in (yes, no)])


def _with_waits(
    order: Order, claim: Claim, choice: Choice, *, came: bool, now: datetime
) -> tuple[Choice, Refused | None]:
    tried = [(reason, claims.tried(order, claim.pieces, came, reason, now)) for reason in claims.reasons(came)]
    waits = tuple(
        _("%(what)s: %(why)s") % {"what": words.reason(reason), "why": words.refusal(answer).sentence}
        for reason, answer in tried
        if isinstance(answer, Refused) and answer.until is not None
    )
    return choice._replace(notes=waits), claims.why_not_received(order, claim.pieces, came, now)


def reasons(order: Order, claim: Claim, chosen: str, now: datetime) -> Asked:
    assert claim.received is not None, "asked after it"
    answers = []
    for reason in claims.reasons(claim.received):
        answer = claims.tried(order, claim.pieces, claim.received, reason, now)
        notes = (*_files_needed(order, reason), *_weak(order, reason), *_warnings(answer))
        choice = Choice(reason.value, words.reason(reason), _(HINTS[reason]), notes, chosen == reason.value)
        answers.append((choice, answer if isinstance(answer, Refused) else None))
    return _asked(answers)


def wishes(order: Order, claim: Claim, chosen: str, now: datetime) -> Asked:
    """Nobody can send back what has not come: then it is not asked."""
    assert claim.received is not None, "asked after it"
    answers = []
    for wants in Wants if claim.received else (Wants.REFUND,):
        answer = claims.tried(order, claim.pieces, claim.received, Reason(claim.reason), now, wants=wants.value)
        # What is said of the reason was said there.
        notes = tuple(note for note in _warnings(answer) if note not in _reason_notes(order, claim, now))
        choice = Choice(wants.value, words.wants(wants), _(WISHES[wants]), notes, chosen == wants.value)
        answers.append((choice, answer if isinstance(answer, Refused) else None))
    asked = _asked(answers)
    return asked._replace(can=(asked.can[0]._replace(chosen=True),)) if len(asked.can) == 1 else asked


def _reason_notes(order: Order, claim: Claim, now: datetime) -> tuple[str, ...]:
    assert claim.received is not None, "asked after it"
    return _warnings(claims.tried(order, claim.pieces, claim.received, Reason(claim.reason), now))


def _asked(answers: list[tuple[Choice, Refused | None]]) -> Asked:
    return Asked(
        tuple(choice for choice, refused in answers if refused is None),
        tuple(Barred(choice.words, words.refusal(refused)) for choice, refused in answers if refused is not None),
    )


def _files_needed(order: Order, reason: Reason) -> tuple[str, ...]:
    needed = order.policy.opening.files_needed(reason)
    return (files_needed(needed),) if needed else ()


def _weak(order: Order, reason: Reason) -> tuple[str, ...]:
    return change_of_mind(order) if reason is Reason.NOT_NEEDED else ()


def files_needed(needed: int) -> str:
    said = ngettext(
        "At least %(many)s photo, video or document is needed.",
        "At least %(many)s photos, videos or documents are needed.",
        needed,
    )
    return said % {"many": needed}


def _warnings(answer: Accepted | Refused) -> tuple[str, ...]:
    if isinstance(answer, Refused):
        return ()
    return tuple(words.warning(code) for code in sorted(sight.warnings(answer.warnings, Party.BUYER)))


# ── how much ─────────────────────────────────────────────────────────────────────────────────────


class HowMuch(NamedTuple):
    most_minor: int
    typed: str
    """What stands in the field at first."""
    delivery: str
    """Whether what was paid for delivery is part of it."""
    ceiling: str
    """What asking for less does."""


def how_much(order: Order, claim: Claim, typed_before: str) -> HowMuch:
    reason = Reason(claim.reason)
    most = claims.most(order, claim.pieces, reason)
    kept = claim.amount or format_minor(most, order.currency)
    return HowMuch(most, typed_before or typed.shown(kept), _delivery(order, claim, reason), ceiling(order))


def _delivery(order: Order, claim: Claim, reason: Reason) -> str:
    meant = {piece.line for piece in claim.pieces}
    if not any(line.shipping_minor for line in order.lines if line.id in meant):
        return ""
    match order.policy.refund.shipping_for(reason):
        case "all":
            return _("What you paid for delivery is part of it.")
        case "pro_rata":
            return _("Of what you paid for delivery, the share of these pieces is part of it.")
        case "none":
            return _("For this reason what you paid for delivery is not part of it.")


def ceiling(order: Order) -> str:
    if order.policy.review.ruling_above_claim:
        return _("You can change the amount until a mediator joins.")
    return _(
        "You can change the amount until a mediator joins. A mediator never gives more than you ask for then, so do"
        " not ask for less than the problem is worth to you."
    )


# ── the tips beside ──────────────────────────────────────────────────────────────────────────────


def tips(step: Step) -> tuple[str, ...]:
    return tuple(_(tip) for tip in _TIPS[step])


_TIPS: dict[Step, tuple[str, ...]] = {
    Step.GOODS: (
        gettext_noop("Choose only the pieces with a problem. For the others nothing changes."),
        gettext_noop("If several things of this order are wrong in the same way, one dispute is enough."),
    ),
    Step.RECEIVED: (
        gettext_noop("Say how it is at this moment. The carrier's facts are looked at too."),
        gettext_noop("A parcel that went to a wrong address has not come."),
    ),
    Step.REASON: (
        gettext_noop("Choose what you can show. The seller answers to it, and a mediator judges by it."),
        gettext_noop("Say what you expected, what you got, and since when. Facts convince more than anger."),
        gettext_noop("A seller may ask you to choose another reason. Only choose what is true."),
    ),
    Step.WISH: (gettext_noop("Only what is agreed here counts. Money promised outside is not protected."),),
    Step.AMOUNT: (gettext_noop("Ask for what would make it good for you. The seller can accept it at once."),),
    Step.SHOW: (
        gettext_noop("What is wrong should be seen at once, sharp and in daylight, from close by and as a whole."),
        gettext_noop("A video of three to five minutes is long enough. Say aloud what you show."),
        gettext_noop("A link counts for nothing: send the file itself."),
    ),
    Step.REVIEW: (),
}


# ── the review ───────────────────────────────────────────────────────────────────────────────────


class GoodsMeant(NamedTuple):
    title: str
    quantity: int


def goods_meant(order: Order, pieces: tuple[DisputedPieces, ...]) -> tuple[GoodsMeant, ...]:
    titles = {line.id: line.title for line in order.lines}
    return tuple(GoodsMeant(titles[one.line], one.quantity) for one in pieces)


def asks_for_less(order: Order, claim: Claim, asked_minor: int) -> str:
    """A sentence where more could be asked for; else empty."""
    most = claims.most(order, claim.pieces, Reason(claim.reason))
    if asked_minor >= most:
        return ""
    facts = {"asked": words.money(asked_minor, order.currency), "most": words.money(most, order.currency)}
    return _("You ask for %(asked)s; you could ask for up to %(most)s.") % facts
