"""What silence leads to: one deadline let lapse on the order as it stands, and what came of it.

Parties are told before a deadline what not answering means, so the sentence is read off the rules themselves:
`consequence` lets exactly that deadline lapse on a draft nobody keeps.
"""

from __future__ import annotations

from typing import NamedTuple

from .deadlines import Deadline
from .draft import Draft
from .money import Money
from .order import Dispute, Order
from .rules.lapsing import lapse
from .told import told
from .vocabulary import DeadlineName, DisputeStatus, OrderStatus, Outcome


class Consequence(NamedTuple):
    """What happens if nobody moves before the deadline. Amounts are minor units of the order's currency."""

    action: str
    """The policy's word, like `grant`."""
    outcome: Outcome | None
    """How the dispute would end; None where silence only leads on to another stage, or concerns no dispute's end."""
    amount_minor: int | None
    """What would go to the buyer by it; None where silence decides about no money."""
    to_seller_minor: int
    """What would go to the seller by it."""
    sentence: str


SENTENCES: dict[str, str] = {
    "cancelled": "The order is cancelled and {buyer} goes back to the buyer.",
    "released": "{seller} goes to the seller.",
    "may_cancel": "Nothing moves by itself; from then on the buyer may cancel the order.",
    "all_to_buyer": "The dispute ends for the buyer: {buyer} goes back to the buyer.",
    "split": "The dispute ends: {buyer} goes back to the buyer and {seller} to the seller.",
    "nothing_more_to_buyer": "The dispute ends and nothing more goes to the buyer; {seller} goes to the seller.",
    "goods_go_back": "The dispute is settled: the goods go back first, then {settled} goes to the buyer.",
    "exchanged": "The dispute is settled: the goods go back first, then they are replaced.",
    "mediated": "The mediator joins and decides; no money moves before that.",
    "goes_on": "The dispute goes on with the mediator, who decides on what is there.",
    "alert": "Staff are told that it is overdue; nothing else changes.",
    "final": "The result becomes final.",
    "deny": "The appeal is turned down and the result stays.",
    "nothing": "Nothing changes.",
}
"""Every sentence, by what happens; kept as one table so that it can be translated as a whole."""


def consequence(order: Order, deadline: Deadline) -> Consequence:
    """What letting `deadline`, one of `deadlines.running(order)`, lapse would do to the order as it stands.

    Deadlines that would lapse before it are not let lapse: this answers for one silence, not for all of them.
    """
    draft = Draft(order, deadline.at)
    lapse(draft, deadline)
    after = draft.order
    before_dispute, dispute = order.dispute(deadline.dispute), after.dispute(deadline.dispute)
    to_seller = after.released_minor - order.released_minor
    if before_dispute is None or dispute is None:
        return _of_order(order, after, deadline, to_seller)
    ended = before_dispute.open and not dispute.open
    to_buyer = dispute.given_back_minor - before_dispute.given_back_minor
    turn = _ending(to_buyer, to_seller) if ended else _stage(before_dispute, dispute, deadline)
    settled = dispute.settlement.amount_minor if dispute.settlement else 0
    return Consequence(
        deadline.if_silent,
        dispute.outcome if ended else None,
        to_buyer if ended else None,
        to_seller,
        _filled(turn, order, to_buyer, to_seller, settled),
    )


def _of_order(order: Order, after: Order, deadline: Deadline, to_seller: int) -> Consequence:
    to_buyer = after.refunded_minor - order.refunded_minor
    if after.status is OrderStatus.CANCELLED:
        turn = "cancelled"
    elif deadline.lines:
        turn = "released"
    else:
        turn = "may_cancel" if deadline.name is DeadlineName.DISPATCH else deadline.if_silent
    amount = to_buyer if turn in ("cancelled", "released") else None
    return Consequence(deadline.if_silent, None, amount, to_seller, _filled(turn, order, to_buyer, to_seller, 0))


def _ending(to_buyer: int, to_seller: int) -> str:
    if not to_buyer:
        return "nothing_more_to_buyer"
    return "split" if to_seller else "all_to_buyer"


def _stage(before: Dispute, after: Dispute, deadline: Deadline) -> str:
    """Where the dispute stands after a silence that does not end it."""
    if after.returning and not before.returning:
        assert after.settlement is not None, "what returns was settled"
        return "exchanged" if after.settlement.wants.value == "return_and_exchange" else "goods_go_back"
    if after.status is DisputeStatus.UNDER_REVIEW and before.status is not DisputeStatus.UNDER_REVIEW:
        return "goes_on" if before.mediated else "mediated"
    return deadline.if_silent if deadline.if_silent in SENTENCES else "nothing"


def _filled(turn: str, order: Order, to_buyer: int, to_seller: int, settled: int) -> str:
    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return told(SENTENCES[turn], buyer=money(to_buyer), seller=money(to_seller), settled=money(settled))
