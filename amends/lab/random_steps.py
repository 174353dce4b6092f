"""What happens next in a random life: when, who, and what; an act that is possible likelier than any other."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from amends.core import commands as c
from amends.core.deadlines import next_deadline
from amends.core.order import Order
from amends.core.rights import rights
from amends.core.vocabulary import DisputeStatus, Party, Verb

from .random_moves import Turn, move, random_order


class Step(NamedTuple):
    """An act and its instant."""

    at: datetime
    command: c.Command


ACTORS = (
    *(Party.BUYER,) * 5, *(Party.SELLER,) * 5, *(Party.MEDIATOR,) * 3, *(Party.CARRIER,) * 3,
    Party.OPERATOR, Party.MARKETPLACE, Party.PAYMENTS, Party.CLOCK,
)  # fmt: skip
OFTEN = {Verb.OPEN: 8, Verb.SHIP: 12, Verb.SHIP_RETURN: 8, Verb.RESUME_CLOCKS: 8, Verb.APPROVE: 8, Verb.CHOOSE: 8}
SELDOM = frozenset(
    {Verb.MESSAGE, Verb.ADD_EVIDENCE, Verb.REMOVE_EVIDENCE, Verb.WITHDRAW, Verb.CANCEL_ORDER, Verb.PAUSE_CLOCKS}
    | {Verb.REQUEST_EXTENSION, Verb.EXTEND_PROTECTION, Verb.DISMISS, Verb.BLOCK_PARTY, Verb.CONFIRM_RECEIPT}
)
S = DisputeStatus
BUYER, SELLER, MEDIATOR = Party.BUYER, Party.SELLER, Party.MEDIATOR
NEXT: dict[DisputeStatus, tuple[tuple[Party, Verb], ...]] = {
    S.AWAITING_SELLER: ((SELLER, Verb.OFFER), (SELLER, Verb.ACCEPT), (SELLER, Verb.REJECT), (BUYER, Verb.WITHDRAW)),
    S.AWAITING_BUYER: ((BUYER, Verb.ACCEPT), (BUYER, Verb.REJECT), (BUYER, Verb.REVISE), (BUYER, Verb.ESCALATE)),
    S.UNDER_REVIEW: ((MEDIATOR, Verb.RULE), (MEDIATOR, Verb.PROPOSE), (MEDIATOR, Verb.REQUEST_EVIDENCE)),
    S.AWAITING_EVIDENCE: ((BUYER, Verb.ADD_EVIDENCE), (SELLER, Verb.ADD_EVIDENCE)),
    S.AWAITING_CHOICE: ((BUYER, Verb.CHOOSE), (SELLER, Verb.CHOOSE)),
    S.AWAITING_RETURN: ((BUYER, Verb.SHIP_RETURN),),
    S.RETURN_IN_TRANSIT: (
        (Party.CARRIER, Verb.TRACK_RETURN), (SELLER, Verb.CONFIRM_RETURN), (SELLER, Verb.CONTEST_RETURN),
    ),
    S.AWAITING_REPLACEMENT: (
        (SELLER, Verb.SHIP_REPLACEMENT), (BUYER, Verb.CONFIRM_REPLACEMENT), (Party.CARRIER, Verb.TRACK),
    ),
    S.CLOSED: (
        (BUYER, Verb.OPEN), (BUYER, Verb.APPEAL), (SELLER, Verb.APPEAL), (MEDIATOR, Verb.GRANT_APPEAL),
        (Party.OPERATOR, Verb.CORRECT), (Party.OPERATOR, Verb.APPROVE), (Party.PAYMENTS, Verb.REFUND_FAILED),
    ),
}  # fmt: skip
"""What a dispute in that status is likely to see next."""
WHO = {verb: tuple(sorted(kind.who)) for verb, kind in c.COMMANDS.items()}
TICK = timedelta(microseconds=1)


def drawn_step(rng: Random, order: Order, now: datetime) -> Step:
    """An act at that instant on the order as it then stands: one the party may do likelier than any other."""
    dispute = rng.choice(order.disputes) if order.disputes else None
    chance = rng.random()
    wild = rng.random() < 0.2
    if order.shipment is None and chance > 0.4:
        by, verb = Party.SELLER, Verb.SHIP
    elif not order.disputes and chance > 0.4 and Verb.OPEN in rights(order, None, Party.BUYER, now).can:
        by, verb = Party.BUYER, Verb.OPEN
    elif dispute is not None and chance > 0.55:
        by, verb = rng.choice(NEXT[dispute.status])
    elif chance < 0.12:
        verb = rng.choice(list(Verb))
        by = rng.choice(WHO[verb]) if rng.random() < 0.7 else rng.choice(list(Party))
    else:
        by = rng.choice(ACTORS if order.disputes else ACTORS[:10])
        verb = _possible(rng, order, dispute.number if dispute else 0, by, now)
    if verb is Verb.PLACE_ORDER:
        return Step(now, _again(rng, order, now, by))
    return Step(now, move(Turn(rng, order, dispute, by, now, wild), verb))


def _again(rng: Random, placed: Order, now: datetime, by: Party) -> c.PlaceOrder:
    again = random_order(rng, now, wild=False)
    return c.PlaceOrder(
        by=by, id=placed.id, buyer=again.buyer, seller=again.seller, currency=again.currency, lines=again.lines
    )


def _possible(rng: Random, order: Order, number: int, by: Party, now: datetime) -> Verb:
    if by is Party.CARRIER:
        travelling = any(dispute.trip is not None for dispute in order.disputes)
        return rng.choice((Verb.TRACK, Verb.TRACK_RETURN, Verb.TRACK_RETURN)) if travelling else Verb.TRACK
    if by is Party.PAYMENTS:
        return _of_payments(rng, order)
    if by is Party.CLOCK:
        return Verb.LAPSE
    verbs = list(rights(order, None, by, now).can)
    if number:
        verbs += rights(order, order.disputes[number - 1], by, now).can
    if by in c.STAFF and rng.random() < 0.05:
        verbs = [Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY]
    if not verbs:
        return rng.choice([verb for verb, who in WHO.items() if by in who])
    return rng.choices(verbs, [1 if verb in SELDOM else OFTEN.get(verb, 4) for verb in verbs])[0]


def _of_payments(rng: Random, order: Order) -> Verb:
    if order.charged_back and rng.random() < 0.8:
        return Verb.CHARGEBACK_CLOSED
    return rng.choice(
        (Verb.CHARGEBACK_OPENED, Verb.REFUND_SUCCEEDED, Verb.REFUND_FAILED, Verb.REFUND_FAILED, Verb.PAYOUT_SUCCEEDED)
    )


def drawn_instant(rng: Random, order: Order, now: datetime) -> datetime:
    """When the next act comes: at once, hours or days later, or right beside the next deadline."""
    chance = rng.random()
    due = next_deadline(order)
    if chance < 0.3:
        return now
    if order.shipment is None and chance < 0.9:
        return now + timedelta(hours=rng.randint(1, 72))
    if chance < 0.5:
        return now + timedelta(minutes=rng.randint(1, 48 * 60))
    if chance < 0.9 and order.shipment is not None and not order.disputes:
        return now + timedelta(days=rng.randint(3, 14))
    if chance < 0.92 and due is not None and due.at > now:
        return max(now, due.at + rng.choice((-TICK, timedelta(0), TICK, timedelta(seconds=1), timedelta(days=1))))
    return now + timedelta(days=rng.choice((1, 1, 2, 3, 5, 11, 40)) if chance < 0.97 else rng.randint(60, 200))
