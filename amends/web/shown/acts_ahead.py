"""What an act would lead to, in words with the money, from where the reader stands; and what happens next after it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from amends import words
from amends.core.deadlines import Deadline, next_of_dispute, running
from amends.core.order import Dispute, Order, Refund
from amends.core.refusals import Refused
from amends.core.rules.appeals import may_appeal
from amends.core.vocabulary import DeadlineName, OrderStatus, Party, Wants
from amends.web.forms import Ahead


def outcome(ahead: Ahead) -> tuple[str, ...]:
    """How the dispute ends, is settled, or goes on to a mediator by this act; () where it does none of these."""
    if ahead.ends:
        return (*_split(ahead), *_arrival(ahead), _finality(ahead))
    if ahead.settles:
        return _journey(ahead)
    if ahead.escalates:
        return escalation(ahead)
    return ()


def _split(ahead: Ahead) -> tuple[str, ...]:
    order, before, after = ahead.asking.order, ahead.asking.on, ahead.dispute
    assert after is not None, "it ends"
    to_buyer = after.given_back_minor - before.given_back_minor
    facts = {"buyer": _money(order, to_buyer), "seller": _money(order, ahead.to_seller_minor)}
    mine = ahead.asking.party is Party.BUYER
    if to_buyer and ahead.to_seller_minor > 0:
        said = (
            _("You get %(buyer)s back. The seller keeps %(seller)s.")
            if mine
            else _("The buyer gets %(buyer)s back. You keep %(seller)s.")
        )
    elif to_buyer:
        said = _("You get %(buyer)s back.") if mine else _("The buyer gets %(buyer)s back. You keep nothing of it.")
    elif ahead.to_seller_minor > 0:
        said = (
            _("You get nothing back. The seller keeps %(seller)s.")
            if mine
            else _("The buyer gets nothing back. You keep %(seller)s.")
        )
    else:
        said = _("No money moves by it.")
    return (said % facts,)


def _arrival(ahead: Ahead) -> tuple[str, ...]:
    """Where a refund made by this act goes, and when it is there at the latest."""
    after, before = ahead.dispute, ahead.asking.on
    assert after is not None, "it ends"
    if len(after.refunds) == len(before.refunds) or ahead.asking.party is not Party.BUYER:
        return ()
    said = arrival(after.refunds[-1])
    return (said,) if said else ()


def arrival(refund: Refund) -> str:
    """“It goes back to card and arrives by Fri, 4 Apr 2026 at the latest.”; "" where no day is known."""
    if refund.latest is None:
        return ""
    day = words.day(refund.latest)
    if not refund.to:
        return _("The money arrives by %(day)s at the latest.") % {"day": day}
    said = _("The money goes back the way you paid (%(method)s) and arrives by %(day)s at the latest.")
    return said % {"method": words.method(refund.to), "day": day}


def _finality(ahead: Ahead) -> str:
    until = appeal_until(ahead.order, ahead.dispute, ahead.asking.party, ahead.asking.now)
    if until is not None:
        return _("This ends the dispute. You can appeal until %(at)s.") % {"at": words.instant(until)}
    return _("This ends the dispute for good.")


def appeal_until(order: Order, dispute: Dispute | None, party: Party, now: datetime) -> datetime | None:
    """Until when the party may appeal against the end of the dispute; None where it may not, or no date is set."""
    if dispute is None:
        return None
    try:
        may_appeal(order, dispute, party, now)
    except Refused:
        return None
    clocks = (one for one in running(order) if one.name is DeadlineName.APPEAL and one.dispute == dispute.number)
    return next((one.at for one in clocks), None)


def _journey(ahead: Ahead) -> tuple[str, ...]:
    """A return is settled: who sends what until when, who pays for it, and what comes then."""
    order, after = ahead.order, ahead.dispute
    assert after is not None, "it settles"
    assert after.settlement is not None, "it settles"
    mine = ahead.asking.party is Party.BUYER
    exchange = after.settlement.wants is Wants.RETURN_AND_EXCHANGE
    facts = {"money": _money(order, after.settlement.amount_minor), "at": _until(order, after)}
    if mine and exchange:
        said = _(
            "You send the goods back first, until %(at)s. Then the seller sends the same item again; if none comes,"
            " you get %(money)s back."
        )
    elif mine:
        said = _(
            "You send the goods back first, until %(at)s. Once the seller has them, you get %(money)s back. What is"
            " not sent in time is not refunded."
        )
    elif exchange:
        said = _(
            "The buyer sends the goods back first, until %(at)s. Then you send the same item again; if you send none,"
            " the buyer gets %(money)s back."
        )
    else:
        said = _(
            "The buyer sends the goods back first, until %(at)s. Once you have them, the buyer gets %(money)s back."
        )
    return (said % facts, _postage(order, mine=mine))


def _until(order: Order, dispute: Dispute) -> str:
    deadline = next_of_dispute(order, dispute)
    return words.instant(deadline.at) if deadline else _("the date this dispute shows")


def _postage(order: Order, *, mine: bool) -> str:
    paid_by = order.policy.return_.postage_paid_by
    if mine:
        return _("The seller pays the postage.") if paid_by == "seller" else _("You pay the postage.")
    return _("You pay the postage.") if paid_by == "seller" else _("The buyer pays the postage.")


def escalation(ahead: Ahead) -> tuple[str, ...]:
    """What goes to the mediator as it stands."""
    order, dispute, mine = ahead.asking.order, ahead.asking.on, ahead.asking.party is Party.BUYER
    asked = _money(order, dispute.claim.amount_minor)
    offer = dispute.standing_offer
    offered = _money(order, offer.amount_minor if offer else 0)
    first = _("A mediator joins and decides. From then on nobody can change the terms: they go in as they stand.")
    if mine:
        said = _("You ask for %(asked)s; the seller offers %(offered)s.")
    else:
        said = _("The buyer asks for %(asked)s; you offer %(offered)s.")
    return (first, said % {"asked": asked, "offered": offered})


# ── after it ─────────────────────────────────────────────────────────────────────────────────────


def then(order: Order, dispute: Dispute | None, viewer: Party) -> tuple[str, ...]:
    """What happens next, by when, and what silence does: the next clock of the dispute, or of the order."""
    deadline = next_of_dispute(order, dispute) if dispute else _of_order(order)
    if deadline is None:
        return ()
    return (clock(deadline, viewer), *silence(order, deadline))


def clock(deadline: Deadline, viewer: Party) -> str:
    """“You can answer until Tue, 7 Oct 2026, 09:00.”"""
    return _("%(clock)s %(at)s.") % {"clock": words.clock(deadline, viewer), "at": words.instant(deadline.at)}


def silence(order: Order, deadline: Deadline) -> tuple[str, ...]:
    """What happens if nobody acts before that; nothing for clocks at which nothing happens."""
    if deadline.name in (DeadlineName.REFUND, DeadlineName.APPEAL):
        return ()
    return (_("If nobody acts until then: %(silence)s") % {"silence": words.silence(order, deadline)},)


def _of_order(order: Order) -> Deadline | None:
    if order.status is OrderStatus.CANCELLED:
        return next((one for one in running(order) if one.name is DeadlineName.REFUND and one.dispute is None), None)
    return next((one for one in running(order) if one.dispute is None), None)


def answer_due(order: Order, dispute: Dispute | None, party: Party) -> tuple[str, ...]:
    """Until when this party's own answer is awaited, and what its silence does; () where nobody waits for it."""
    due = (one for one in running(order) if party in one.awaited and one.dispute == (dispute and dispute.number))
    deadline = next(due, None)
    return (clock(deadline, party), *silence(order, deadline)) if deadline else ()


def _money(order: Order, minor: int) -> str:
    return words.money(minor, order.currency)
