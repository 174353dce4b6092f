"""The forms of terms: what a seller offers, what a buyer asks for instead."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.money import MalformedAmount, parse_minor
from amends.core.rules.amounts import claimable, payable
from amends.core.vocabulary import NOT_RECEIVED_REASONS, Party, Reason, Verb, Wants
from amends.web.forms import FORMS, Ahead, Asking, Fields, Filled, FormKind

from . import acts_address, acts_ahead, case_said, ready
from .acts_parts import (
    Choice,
    offers_nothing,
    refusing,
    shown_amount,
    solutions,
    standing_after,
)


class Offering(FormKind):
    """The seller's other terms. Exactly the buyer's terms are an acceptance, zero is a refusal."""

    template = "web/_act_offer.html"
    versioned = True
    prefilled = ("wants", "amount", "text")

    def title(self, asking: Asking) -> str:
        return _("Offer the buyer something else")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (
            case_said.claim(asking.order, asking.on.claim, asking.party),
            _("The buyer can accept your offer, or keep asking. Only offers count here; promises in messages do not."),
        )

    def start(self, asking: Asking) -> dict[str, str]:
        standing = asking.on.standing_offer
        found = {"wants": (standing or asking.on.claim).wants.value}
        if standing is not None:
            found["amount"] = shown_amount(asking.order, standing.amount_minor)
        return found | acts_address.first(asking)

    def shown(self, asking: Asking) -> dict[str, object]:
        most = asking.money(payable(asking.order, asking.on))
        return {
            "solutions": solutions(asking.order),
            **acts_address.asked(asking),
            "most": most,
            "ready": ready.texts(asking),
        }

    def read(self, asking: Asking, filled: Filled) -> Fields:
        fields: Fields = {
            "wants": filled.choice("wants", [one.value for one in solutions(asking.order)]),
            "amount": filled.amount("amount"),
        }
        fields["text"] = ready.said(asking, filled.text("text"), fields["amount"])
        return fields | acts_address.typed(filled, asking, back=fields["wants"] != Wants.REFUND)

    def asks(self, ahead: Ahead) -> bool:
        return super().asks(ahead) or offers_nothing(ahead)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        if offers_nothing(ahead):
            return refusing(ahead)
        return (_("These are the buyer's own terms, so your offer accepts them."), *acts_ahead.outcome(ahead))

    def button(self, asking: Asking) -> str:
        return _("Make this offer")

    def done(self, ahead: Ahead) -> str:
        if ahead.ends or ahead.settles:
            return _("You accepted the claim.")
        return case_said.offer(ahead.order, standing_after(ahead), Party.SELLER)


class Revising(FormKind):
    """The buyer's claim, changed. What is left as it stands is not sent."""

    template = "web/_act_revise.html"
    versioned = True
    takes_files = True
    folds_files = True
    prefilled = ("wants", "amount", "reason")

    def title(self, asking: Asking) -> str:
        return _("Ask for something else")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (
            case_said.claim(asking.order, asking.on.claim, asking.party),
            _("A change is a new claim: the seller's time to answer it counts from now."),
        )

    def start(self, asking: Asking) -> dict[str, str]:
        dispute = asking.on
        return {
            "wants": dispute.claim.wants.value,
            "amount": shown_amount(asking.order, dispute.claim.amount_minor),
            "reason": dispute.reason.value,
            **{f"pieces-{at}": str(dispute.pieces_of(line.id)) for at, line in enumerate(asking.order.lines)},
        }

    def shown(self, asking: Asking) -> dict[str, object]:
        dispute, order = asking.on, asking.order
        return {
            "solutions": solutions(order),
            "came": [Choice(one.value, words.reason(one)) for one in Reason if one not in NOT_RECEIVED_REASONS],
            "missing": [Choice(one.value, words.reason(one)) for one in Reason if one in NOT_RECEIVED_REASONS],
            "most": asking.money(claimable(order, dispute.pieces, dispute.reason)),
            "lines": _countable(asking),
        }

    def read(self, asking: Asking, filled: Filled) -> Fields:
        dispute = asking.on
        fields: Fields = {"text": filled.text("text"), "files": [one.given for one in filled.handed()]}
        wants = filled.choice("wants", [one.value for one in solutions(asking.order)])
        amount = filled.amount("amount")
        reason = filled.choice("reason", list(Reason))
        if wants and wants != dispute.claim.wants.value:
            fields["wants"] = wants
        if amount and not _same(asking, amount):
            fields["amount"] = amount
        if reason and reason != dispute.reason.value:
            fields["reason"] = reason
            fields["received"] = reason not in {one.value for one in NOT_RECEIVED_REASONS}
        lines = _pieces(asking, filled)
        if lines is not None:
            fields["lines"] = lines
        if not filled.wrong and not any(fields.values()) and "received" not in fields:
            filled.blame("amount", _("Nothing is changed yet. Change what should be different."))
        return fields

    def asks(self, ahead: Ahead) -> bool:
        """A change that lowers the claim or turns it is a step to look at twice."""
        then, now = ahead.dispute, ahead.asking.on
        if ahead.refused is not None or then is None:
            return super().asks(ahead)
        turned = then.reason is not now.reason or then.claim.wants is not now.claim.wants
        return turned or then.claim.amount_minor < now.claim.amount_minor or super().asks(ahead)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        then = ahead.dispute
        if then is None:
            return ()
        return (case_said.claim(ahead.order, then.claim, ahead.asking.party), words.reason(then.reason))

    def button(self, asking: Asking) -> str:
        return _("Change the claim")

    def done(self, ahead: Ahead) -> str:
        dispute = ahead.dispute
        assert dispute is not None, "a claim is changed in a dispute"
        return case_said.claim(ahead.order, dispute.claim, ahead.asking.party)


class Countable(NamedTuple):
    field: str
    title: str
    left: int
    value: str


def _countable(asking: Asking) -> list[Countable]:
    """The lines of which a number of pieces can be named: none where the order is one piece of one thing."""
    order, posted = asking.order, asking.here.request.POST
    if len(order.lines) == 1 and order.lines[0].quantity == 1:
        return []
    return [
        Countable(f"pieces-{at}", line.title, line.left, posted.get(f"pieces-{at}", str(asking.on.pieces_of(line.id))))
        for at, line in enumerate(order.lines)
        if line.left
    ]


def _pieces(asking: Asking, filled: Filled) -> list[dict[str, Any]] | None:
    """Pieces by line where they were changed; None where all stays."""
    order, dispute = asking.order, asking.on
    wanted = []
    changed = False
    for at, line in enumerate(order.lines):
        before = dispute.pieces_of(line.id)
        if f"pieces-{at}" not in filled.posted:
            number = before
        else:
            number = filled.whole(f"pieces-{at}", least=0, most=10**6) or 0
        changed = changed or number != before
        if number:
            wanted.append({"line": line.id, "quantity": number})
    return wanted if changed else None


def _same(asking: Asking, amount: str) -> bool:
    """The amount of the claim as it stands, however many decimals were typed."""
    try:
        return parse_minor(amount, asking.order.currency) == asking.on.claim.amount_minor
    except MalformedAmount:
        return False


FORMS |= {Verb.OFFER: Offering(), Verb.REVISE: Revising()}
