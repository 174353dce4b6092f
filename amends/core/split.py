"""Who would get how much by a decision: the rules themselves are asked, on a draft nobody keeps.

Staff see it while they decide, so it is the very splitting that will happen, to the minor unit.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .draft import Draft
from .events import RulingMade
from .order import Dispute, Order
from .rules.amounts import payable
from .rules.settling import close, settle
from .vocabulary import CountsAgainst, Fault, FundedBy, Outcome, Party, Wants


class Split(NamedTuple):
    """What a decision would move, in minor units of the order's currency, beside what was given back before it."""

    to_buyer_minor: int
    """More than he has already; whoever pays it."""
    to_seller_minor: int
    by_platform_minor: int
    """The platform's own money in it, to either."""
    before_minor: int
    """What the buyer has of this dispute already."""
    most_minor: int
    """The highest total that can be decided."""
    goods_first: bool
    """The goods go back before any of it moves."""


def split(
    order: Order, dispute: Dispute, wants: Wants, amount_minor: int, *, funded_by: FundedBy, at: datetime
) -> Split:
    """What ruling so would move in the end, once goods that go back are back. The amount is a total of 0 or more."""
    draft = Draft(order, at)
    by, number = Party.MEDIATOR, dispute.number
    draft.add(
        RulingMade(
            at=at,
            by=by,
            dispute=number,
            wants=wants,
            amount_minor=amount_minor,
            fault=Fault.NOBODY,
            funded_by=funded_by,
            counts_against=CountsAgainst.NOBODY,
        )
    )
    settle(draft, draft.dispute(number), Outcome.RULED, wants, amount_minor, at=at, by=by)
    goods_first = draft.dispute(number).open
    if goods_first:
        close(draft, number, Outcome.RULED, amount_minor, at=at, by=by)
    after = draft.dispute(number)
    compensated = after.compensated_minor - dispute.compensated_minor
    return Split(
        after.given_back_minor - dispute.given_back_minor,
        sum(part.amount_minor for part in after.released) + compensated,
        after.platform_minor - dispute.platform_minor + compensated,
        dispute.given_back_minor,
        payable(order, dispute),
        goods_first,
    )
