"""What staff decide: the form of each of a mediator's acts; with an operator's they stand in `DECISIONS`.

A decision is written, read once more as the letter both sides will get, and only then sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from amends.core import events as e
from amends.core import sight
from amends.core.addresses import lacking
from amends.core.refusals import Refused
from amends.core.rules.wanting import MOST_THINGS, MOST_WORDS
from amends.core.split import split
from amends.core.vocabulary import CountsAgainst, Fault, FundedBy, Party, Verb, Wants

from .deciding_forms import Choice, Deciding, Divided, divide, solutions
from .forms import FORMS, Ahead, Asking, Fields, Filled
from .operator_forms import Approving, Correcting
from .shown import acts_address
from .shown.case_terms import COUNTS, FAULTS, FUNDS

OPTIONS: Final = 4
"""So many options can be put side by side; two at least."""


class RequestingEvidence(Deciding):
    template = "web/_decide_request_evidence.html"

    def title(self, asking: Asking) -> str:
        return _("Ask for evidence")

    def letter_title(self, asking: Asking) -> str:
        return _("The mediator asks for evidence")

    def heading(self) -> str:
        return _("Your question")

    def start(self, asking: Asking) -> dict[str, str]:
        return {"of": Party.BUYER.value}

    def shown(self, asking: Asking) -> dict[str, object]:
        parties = [Choice(Party.BUYER.value, _("The buyer")), Choice(Party.SELLER.value, _("The seller"))]
        return {"parties": parties, "solutions": solutions(asking.order)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        of = filled.many("of")
        if not of:
            filled.blame("of", _("Choose whom you ask."))
        things = [line.strip() for line in filled.text("things").split("\n") if line.strip()]
        if len(things) > MOST_THINGS or any(len(thing) > MOST_WORDS for thing in things):
            said = _("Write at most %(things)s lines, each of at most %(words)s characters.")
            filled.blame("things", said % {"things": MOST_THINGS, "words": MOST_WORDS})
        listed = [{"text": thing} for thing in things]
        fields: Fields = {"of": of, "text": filled.text("text", needed=True), "wanted": listed}
        if filled.text("proposal_wants", most=200):
            fields["proposal"] = {"wants": filled.text("proposal_wants"), "amount": filled.amount("proposal_amount")}
        return fields

    def divided(self, asking: Asking, fields: Mapping[str, Any]) -> list[Divided]:
        proposal = fields.get("proposal")
        found = divide(asking, proposal["wants"], proposal["amount"]) if proposal else None
        return [Divided(_("What you would propose as things stand"), found)] if found else []

    def button(self, asking: Asking) -> str:
        return _("Read the letter")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Send the question")

    def done(self, ahead: Ahead) -> str:
        return _(
            "Your question is sent. The case comes back to your desk when the answers are in, or their time is over."
        )


class Proposing(Deciding):
    template = "web/_decide_propose.html"

    def title(self, asking: Asking) -> str:
        return _("Propose options")

    def letter_title(self, asking: Asking) -> str:
        return _("The mediator proposes")

    def heading(self) -> str:
        return _("Your options")

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"numbers": list(range(1, OPTIONS + 1)), "solutions": solutions(asking.order)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        options = []
        for number in range(1, OPTIONS + 1):
            wants = filled.text(f"wants_{number}", most=200)
            if wants or filled.text(f"amount_{number}", most=200):
                amount = filled.amount(f"amount_{number}")
                wants = wants or filled.choice(f"wants_{number}", [one.value for one in solutions(asking.order)])
                options.append({"option": number, "wants": wants, "amount": amount})
        if len(options) < 2:
            filled.blame("amount_2" if options else "amount_1", _("Put at least two options side by side."))
        return {"options": options, "text": filled.text("text")}

    def divided(self, asking: Asking, fields: Mapping[str, Any]) -> list[Divided]:
        found = [(one["option"], divide(asking, one["wants"], one["amount"])) for one in fields.get("options", ())]
        return [Divided(_("Option %(number)s") % {"number": number}, one) for number, one in found if one]

    def button(self, asking: Asking) -> str:
        return _("Read the letter")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Send the options")

    def done(self, ahead: Ahead) -> str:
        return _("The options are sent. Equal choices settle the dispute; else the case comes back to your desk.")


class Ruling(Deciding):
    template = "web/_decide_rule.html"

    def title(self, asking: Asking) -> str:
        return _("Decide")

    def letter_title(self, asking: Asking) -> str:
        return _("The mediator has decided")

    def start(self, asking: Asking) -> dict[str, str]:
        return {"wants": asking.on.claim.wants.value, "funded_by": FundedBy.ESCROW.value}

    def shown(self, asking: Asking) -> dict[str, object]:
        address = sight.return_address(asking.order, asking.on, asking.party)
        return {
            "solutions": solutions(asking.order),
            "faults": [Choice(word.value, _(said)) for word, said in FAULTS.items()],
            "funds": [Choice(word.value, _(said)) for word, said in FUNDS.items()],
            "counts": [Choice(word.value, _(said)) for word, said in COUNTS.items()],
            "asks_address": bool(lacking(address)),
            "countries": acts_address.countries(),
            "limit": asking.order.policy.approval.second_person_above.get(asking.order.currency),
        }

    def read(self, asking: Asking, filled: Filled) -> Fields:
        fields: Fields = {
            "wants": filled.choice("wants", [one.value for one in solutions(asking.order)]),
            "amount": filled.amount("amount"),
            "finding": filled.text("finding", needed=True),
            "fault": filled.choice("fault", list(Fault)),
            "funded_by": filled.choice("funded_by", list(FundedBy)),
            "counts_against": filled.choice("counts_against", list(CountsAgainst)),
            "text": filled.text("text", needed=True),
        }
        named = acts_address.written(filled)
        if named and fields["wants"] != Wants.REFUND:
            acts_address.blame(filled, named)
            fields["return_to"] = named
        return fields

    def divided(self, asking: Asking, fields: Mapping[str, Any]) -> list[Divided]:
        found = divide(asking, fields.get("wants"), fields.get("amount"), str(fields.get("funded_by") or "escrow"))
        return [Divided(_("By this decision"), found)] if found else []

    def button(self, asking: Asking) -> str:
        return _("Read the letter")

    def sure_button(self, ahead: Ahead) -> str:
        minor = ruled(ahead)
        facts = {"money": ahead.asking.money(minor)}
        return _("Decide: %(money)s for the buyer") % facts if minor else _("Decide: nothing for the buyer")

    def done(self, ahead: Ahead) -> str:
        dispute = ahead.dispute
        if dispute is not None and dispute.waiting is not None:
            return _("Your decision waits for a second person. Neither side reads it before.")
        return _("Your decision is sent to both sides.")


def ruled(ahead: Ahead) -> int:
    """The total of the ruling in what the core answers."""
    events = ahead.answer.events if not isinstance(ahead.answer, Refused) else ()
    return next((event.amount_minor for event in events if isinstance(event, e.RulingMade)), 0)


class Reasoned(Deciding):
    """A decision that carries nothing but its reasons."""

    template = "web/_decide_reason.html"
    hint = ""

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"hint": self.hint_for(asking)}

    def hint_for(self, asking: Asking) -> str:
        return _("Both sides read it. Say what you have seen, and what follows from it.")

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"text": filled.text("text", needed=True)}

    def button(self, asking: Asking) -> str:
        return _("Read the letter")


class Dismissing(Reasoned):
    grave = True

    def title(self, asking: Asking) -> str:
        return _("Dismiss the dispute")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("For a reason that is no ground. The buyer gets nothing by it, and the money goes on its way."),)

    def letter_title(self, asking: Asking) -> str:
        return _("The mediator has dismissed the dispute")

    def divided(self, asking: Asking, fields: Mapping[str, Any]) -> list[Divided]:
        before = asking.on.given_back_minor
        found = split(asking.order, asking.on, Wants.REFUND, before, funded_by=FundedBy.ESCROW, at=asking.now)
        return [Divided(_("By this decision"), found)]

    def sure_button(self, ahead: Ahead) -> str:
        return _("Dismiss the dispute")

    def done(self, ahead: Ahead) -> str:
        return _("The dispute is dismissed. Both sides are told why.")


class GrantingAppeal(Reasoned):
    def title(self, asking: Asking) -> str:
        return _("Grant the appeal")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("The case is open again. What its end released to the seller is held again; then you decide anew."),)

    def letter_title(self, asking: Asking) -> str:
        return _("The appeal is granted")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Grant the appeal")

    def done(self, ahead: Ahead) -> str:
        return _("The appeal is granted. The case is on your desk again.")


class DenyingAppeal(Reasoned):
    grave = True

    def title(self, asking: Asking) -> str:
        return _("Turn the appeal down")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("The result stays as it is. This side cannot appeal again."),)

    def letter_title(self, asking: Asking) -> str:
        return _("The appeal is turned down")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Turn the appeal down")

    def done(self, ahead: Ahead) -> str:
        return _("The appeal is turned down. The result stays.")


DECISIONS: Final[dict[Verb, Deciding]] = {
    Verb.REQUEST_EVIDENCE: RequestingEvidence(),
    Verb.PROPOSE: Proposing(),
    Verb.RULE: Ruling(),
    Verb.DISMISS: Dismissing(),
    Verb.GRANT_APPEAL: GrantingAppeal(),
    Verb.DENY_APPEAL: DenyingAppeal(),
    Verb.CORRECT: Correcting(),
    Verb.APPROVE: Approving(),
}
FORMS.update(DECISIONS)
