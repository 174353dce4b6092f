"""What an operator decides: the second person's consent, and corrections."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core import events as e
from amends.core.order import Refund, Waiting
from amends.core.vocabulary import RefundStatus

from .deciding_forms import Deciding
from .forms import Ahead, Asking, Fields, Filled


def waiting_of(asking: Asking) -> list[Waiting]:
    """The decisions of the order that wait for a second person, the oldest first."""
    order = asking.order
    found = [one.waiting for one in order.disputes if one.waiting is not None]
    return sorted([*found, *([order.waiting] if order.waiting else [])], key=lambda one: one.event)


class Approving(Deciding):
    template = "web/_decide_approve.html"

    def title(self, asking: Asking) -> str:
        return _("Agree as the second person")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (
            _("Read the case first. With your agreement the decision takes effect at once, and both sides read it."),
        )

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"waiting": [_waits(asking, one) for one in waiting_of(asking)]}

    def start(self, asking: Asking) -> dict[str, str]:
        found = waiting_of(asking)
        return {"event": str(found[0].event)} if found else {}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        return {"event": filled.whole("event", least=1, most=10**8)}

    def button(self, asking: Asking) -> str:
        return _("Read the letter")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Agree")

    def done(self, ahead: Ahead) -> str:
        return _("You have agreed. The decision has taken effect.")


class Waits(NamedTuple):
    """A decision that waits, in words."""

    event: str
    said: str
    actor: str
    mine: bool
    finding: str
    text: str
    dispute: int | None


def _waits(asking: Asking, waiting: Waiting) -> Waits:
    what = waiting.what
    if isinstance(what, e.RulingMade):
        said = _("%(wants)s: %(money)s in all for the buyer.")
        facts = {"wants": words.wants(what.wants), "money": asking.money(what.amount_minor)}
    elif what.amount_minor is not None:
        said, facts = _("A correction to %(money)s in all for the buyer."), {"money": asking.money(what.amount_minor)}
    elif what.refund_to is not None:
        said, facts = _("Another way for a refund that failed: %(way)s"), {"way": what.refund_to.plain or "…"}
    else:
        said, facts = _("A note for the record; no money moves."), {}
    finding = what.finding if isinstance(what, e.RulingMade) else None
    return Waits(
        str(waiting.event),
        said % facts,
        what.actor,
        bool(what.actor) and what.actor == asking.here.seat.actor,
        (finding.plain or "") if finding else "",
        (what.text.plain or "") if what.text else "",
        what.dispute,
    )


class Correcting(Deciding):
    template = "web/_decide_correct.html"

    def title(self, asking: Asking) -> str:
        return _("Correct the result")

    def lead(self, asking: Asking) -> tuple[str, ...]:
        return (
            _("A correction takes effect when a second person agrees. It is told to both sides, and stays to be seen."),
        )

    def letter_title(self, asking: Asking) -> str:
        return _("A correction waits for a second person")

    def shown(self, asking: Asking) -> dict[str, object]:
        return {"failed": bool(_failed(asking)), "total": asking.dispute is not None}

    def read(self, asking: Asking, filled: Filled) -> Fields:
        fields: Fields = {"text": filled.text("text", needed=True)}
        if asking.dispute is not None and filled.text("amount", most=200):
            fields["amount"] = filled.amount("amount")
        target = filled.text("refund_to", most=500)
        if target:
            fields["refund_to"] = target
        return fields

    def button(self, asking: Asking) -> str:
        return _("Read what will be kept")

    def sure_button(self, ahead: Ahead) -> str:
        return _("Propose the correction")

    def done(self, ahead: Ahead) -> str:
        return _("The correction waits for a second person.")


def _failed(asking: Asking) -> list[Refund]:
    refunds = asking.dispute.refunds if asking.dispute else tuple(filter(None, [asking.order.refund]))
    return [refund for refund in refunds if refund.status is RefundStatus.FAILED]
