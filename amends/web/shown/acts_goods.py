"""The forms about goods on the road: returns, replacements, the order's parcel, receipt, protection."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends import words
from amends.core import sight
from amends.core.deadlines import protection_ends, protection_would_end, running
from amends.core.order import Order
from amends.core.vocabulary import Party, Verb, Wants
from amends.web.forms import FORMS, Ahead, Asking, Fields, Filled, FormKind

from . import acts_address, acts_ahead, case_said
from .acts_parts import button_of


class Sending(FormKind):
    """A parcel and its number: the buyer's return, the seller's replacement, the order itself."""

    template = "web/_act_sending.html"

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {
            "tracking": filled.text("tracking", needed=True, most=200),
            "carrier": filled.text("carrier", most=200),
        }

    def button(self, asking: Asking) -> str:
        return _("It is on its way")

    def done(self, ahead: Ahead) -> str:
        return _("The number is noted.")


class SendingBack(Sending):
    def title(self, asking: Asking) -> str:
        return _("Enter the number of the return")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        order, dispute = asking.order, asking.on
        by_seller = order.policy.return_.postage_paid_by == "seller"
        postage = _("The seller pays the postage.") if by_seller else _("You pay the postage. Keep the receipt.")
        said = case_said.settled(order, dispute, asking.party)
        missing = acts_address.not_enough(order, dispute, asking.party)
        return (said, postage, *((missing,) if missing else ()))

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"label": acts_address.label(sight.return_address(asking.order, asking.on, asking.party))}


class SendingAgain(Sending):
    def title(self, asking: Asking) -> str:
        return _("Enter the number of the replacement")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (case_said.settled(asking.order, asking.on, asking.party),)


class Shipping(Sending):
    def title(self, asking: Asking) -> str:
        return _("Enter the number of the parcel")

    def shown(self, asking: Asking) -> dict[str, object]:
        place = sight.destination(asking.order, asking.party)
        goods = ", ".join(line.title for line in asking.order.lines)
        return {"ask_due": True, "goods": goods, "destination": acts_address.label(place)}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        fields = {"tracking": filled.text("tracking", most=200), "carrier": filled.text("carrier", most=200)}
        due = filled.day("delivery_due")
        if not fields["tracking"] and not filled.ticked("no_number"):
            filled.blame("tracking", _("Write the number, or say that this parcel has none."))
        return fields | ({"delivery_due": due} if due else {})

    def done(self, ahead: Ahead) -> str:
        return _("The parcel is noted as sent.")


class GoodsBack(FormKind):
    """The seller has the goods: it pays out, or turns to the replacement."""

    always_asks = True

    def title(self, asking: Asking) -> str:
        return button_of(asking)

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        said = _("You say that the goods are back with you, as they should be.")
        settlement = ahead.asking.on.settlement
        if settlement is not None and settlement.wants is Wants.RETURN_AND_EXCHANGE:
            return (said, _("Your next step is to send the same item again."))
        return (said, *acts_ahead.outcome(ahead))

    def done(self, ahead: Ahead) -> str:
        return _("You confirmed that the goods are back.")


class GoodsWrong(FormKind):
    template = "web/_act_contest_return.html"
    takes_files = True

    def title(self, asking: Asking) -> str:
        return _("Say what is wrong with the goods that came back")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (_("A mediator then looks at the return. Pictures of what came back decide most of these."),)

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"text": filled.text("text", needed=True), "files": [one.given for one in filled.handed()]}

    def button(self, asking: Asking) -> str:
        return _("Send this to the mediator")

    def done(self, ahead: Ahead) -> str:
        return _("A mediator looks at the return.")


class ReplacementHere(FormKind):
    always_asks = True

    def title(self, asking: Asking) -> str:
        return _("Confirm that the replacement came")

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        first = _("You say that the replacement is in your hands and as it should be.")
        return (first, *acts_ahead.outcome(ahead))

    def done(self, ahead: Ahead) -> str:
        return _("You confirmed that the replacement came.")


# ── on the order ─────────────────────────────────────────────────────────────────────────────────


class Receivable(NamedTuple):
    id: str
    title: str


def _receivable(order: Order) -> list[Receivable]:
    """The lines whose receipt can be confirmed."""
    disputed = order.disputed_lines()
    free = [line for line in order.lines if line.id not in disputed and line.confirmed_at is None and line.left]
    return [Receivable(line.id, line.title) for line in free]


class Receiving(FormKind):
    """Which goods have come. One line needs no choice."""

    always_asks = True

    def title(self, asking: Asking) -> str:
        return _("Confirm receipt")

    def template_for(self, asking: Asking) -> str:
        return "web/_act_confirm_receipt.html" if len(asking.order.lines) > 1 else ""

    def lead(self, asking: Asking) -> tuple[str, ...]:
        too_early = asking.here.rights(asking.found, None).why_not(Verb.OPEN)
        if too_early is not None and too_early.until is not None:
            said = _("If something is wrong with it, or missing, do not confirm. You can open a dispute from %(at)s.")
            return (said % {"at": words.instant(too_early.until)},)
        return (_("If something is wrong with it, or missing, do not confirm. Open a dispute first."),)

    def start(self, asking: Asking) -> dict[str, str]:
        lines = asking.order.lines
        return {"lines": lines[0].id} if len(lines) == 1 else {}

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"receivable": _receivable(asking.order), "disputed": sorted(asking.order.disputed_lines())}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        lines = filled.many("lines")
        if not lines:
            filled.blame("lines", _("Choose what has come."))
        return {"lines": lines}

    def button(self, asking: Asking) -> str:
        return _("Confirm receipt")

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        chosen = set(ahead.fields.get("lines", ()))
        titles = ", ".join(line.title for line in ahead.asking.order.lines if line.id in chosen)
        return (_("You say that this has come to you: %(goods)s.") % {"goods": titles}, *_released(ahead, chosen))

    def done(self, ahead: Ahead) -> str:
        return _("You confirmed receipt.")


def _released(ahead: Ahead, lines: set[str]) -> tuple[str, ...]:
    """When the money of these lines goes to the seller once they are confirmed."""
    if ahead.to_seller_minor > 0:
        return (_("The seller gets %(money)s now.") % {"money": ahead.asking.money(ahead.to_seller_minor)},)
    for deadline in running(ahead.order):
        if lines.intersection(deadline.lines) and deadline.dispute is None:
            held = sum(line.held_minor for line in ahead.order.lines if line.id in lines)
            said = _("If you open no dispute, %(money)s goes to the seller on %(at)s.")
            return (said % {"money": ahead.asking.money(held), "at": words.instant(deadline.at)},)
    return ()


class AskingForTime(FormKind):
    template = "web/_act_days.html"

    def title(self, asking: Asking) -> str:
        return _("Ask for more time")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (*_protected(asking), _("Asking changes nothing by itself: only a new date shown here counts."))

    def start(self, asking: Asking) -> dict[str, str]:
        return {"days": "15"}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"days": filled.whole("days", least=1, most=365)}

    def button(self, asking: Asking) -> str:
        return _("Ask the seller")

    def done(self, ahead: Ahead) -> str:
        return _("You asked the seller for more time. Your protection ends as before until a new date is shown.")


def _protected(asking: Asking) -> tuple[str, ...]:
    ends = protection_ends(asking.order)
    if ends is None:
        return ()
    mine = asking.party is Party.BUYER
    said = _("You are protected until %(at)s.") if mine else _("The buyer is protected until %(at)s.")
    return (said % {"at": words.instant(ends)},)


class Extending(FormKind):
    template = "web/_act_days.html"

    def title(self, asking: Asking) -> str:
        return _("Extend protection")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (*_protected(asking), _("Protection can only be made longer. The money is held until it ends."))

    def start(self, asking: Asking) -> dict[str, str]:
        return {"days": "15"}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"days": filled.whole("days", least=1, most=365)}

    def done(self, ahead: Ahead) -> str:
        ends = protection_would_end(ahead.order, ahead.asking.now)
        days = ahead.fields.get("days") or 0
        if ends is None:
            return _("Protection is extended.")
        said = ngettext(
            "Protection is %(days)s day longer: until %(at)s.",
            "Protection is %(days)s days longer: until %(at)s.",
            days,
        )
        return said % {"days": days, "at": words.instant(ends)}


class Cancelling(FormKind):
    always_asks = True
    grave = True

    def title(self, asking: Asking) -> str:
        return _("Cancel the order")

    def sure(self, ahead: Ahead) -> tuple[str, ...]:
        money = {"money": ahead.asking.money(ahead.to_buyer_minor)}
        refund = ahead.order.refund
        buyer = ahead.asking.party.value == "buyer"
        if buyer:
            said = _("The order is cancelled and you get %(money)s back. The seller need not send anything any more.")
        else:
            said = _("The order is cancelled and the buyer gets %(money)s back. Do not send the goods any more.")
        arrives = acts_ahead.arrival(refund) if refund and buyer else ""
        return (said % money, *((arrives,) if arrives else ()))

    def done(self, ahead: Ahead) -> str:
        return _("The order is cancelled.")


FORMS |= {
    Verb.SHIP_RETURN: SendingBack(),
    Verb.SHIP_REPLACEMENT: SendingAgain(),
    Verb.SHIP: Shipping(),
    Verb.CONFIRM_RETURN: GoodsBack(),
    Verb.CONTEST_RETURN: GoodsWrong(),
    Verb.CONFIRM_REPLACEMENT: ReplacementHere(),
    Verb.CONFIRM_RECEIPT: Receiving(),
    Verb.REQUEST_EXTENSION: AskingForTime(),
    Verb.EXTEND_PROTECTION: Extending(),
    Verb.CANCEL_ORDER: Cancelling(),
}
