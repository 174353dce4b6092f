"""How a life ends once both parties say nothing more: the staff's part, by their deadlines.

Decision 26: then every order ends within a bound that follows from its policy. The bound here is a generous one,
the sum of all the policy's clocks for each dispute and once more; the policy checker states the exact one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from amends.core import commands as c
from amends.core.deadlines import CLOCKS, next_deadline, protection_ends
from amends.core.durations import BusinessDays, Duration
from amends.core.money import format_minor
from amends.core.order import Dispute, Order
from amends.core.policy import Policy
from amends.core.rules.amounts import payable
from amends.core.rules.bargaining import IN_REVIEW
from amends.core.vocabulary import OrderStatus, Party

MOST_STEPS = 300
AFTER = timedelta(microseconds=1)


class Ending:
    """Answers with the next thing to do; `now` is its instant. `stuck` says why an order cannot end."""

    def __init__(self, rng: Random, order: Order, now: datetime) -> None:
        self.rng = rng
        self.now = now
        self.until = now + bound(order, now)
        self.stuck: str | None = None
        self.steps = 0
        self.asked: set[int] = set()

    def next(self, order: Order) -> c.Command | None:
        """What staff do next, or the clock once it is past the next deadline; None when nothing is left to do."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            self.stuck = f"after {MOST_STEPS} acts of staff and clock the order is still {order.status}"
            return None
        duty = next(self._duties(order), None)
        if duty is not None:
            return duty
        due = next_deadline(order)
        if due is not None:
            self.now = max(self.now, due.at + AFTER)
            if self.now > self.until and not _ended(order):
                self.stuck = f"the order is still {order.status} at {self.now}, it was to end by {self.until}"
                return None
            return c.Lapse(by=Party.CLOCK, name=due.name, dispute=due.dispute)
        if not _ended(order):
            return self._nobody_comes(order)
        return None

    def _nobody_comes(self, order: Order) -> c.Command | None:
        """No clock runs and money is held: a marketplace cancels what never went on its way, or it is stuck."""
        if not any(True for _ in order.open_disputes()) and not order.released_minor:
            return c.CancelOrder(by=Party.MARKETPLACE)
        unknown = order.protection_since is None or protection_ends(order) is None or _unannounced(order)
        if unknown and not any(True for _ in order.open_disputes()):
            return None
        waiting = [f"{dispute.number} {dispute.status}" for dispute in order.open_disputes()]
        if not _unannounced(order):
            self.stuck = f"no clock runs, {order.held_minor} is held, open disputes: {', '.join(waiting) or 'none'}"
        return None

    def _duties(self, order: Order) -> Iterator[c.Command]:
        for chargeback in order.chargebacks:
            if chargeback.won_by is None:
                winner = self.rng.choice(("buyer", "seller"))
                yield c.CloseChargeback(by=Party.PAYMENTS, reference=chargeback.reference, won_by=winner)
        for hold in sorted(order.holds):
            countries = tuple(hold.removeprefix("region ").split(",")) if hold.startswith("region ") else ()
            yield c.ResumeClocks(by=Party.OPERATOR, countries=countries)
        for dispute in order.disputes:
            if dispute.waiting is not None and dispute.waiting.event not in self.asked:
                self.asked.add(dispute.waiting.event)  # refused once, it is let be: its occasion may be gone
                yield c.Approve(by=Party.OPERATOR, actor="zoe", event=dispute.waiting.event)
            if dispute.appeals and dispute.appeals[-1].granted is None and self._soon(order, dispute):
                kind = self.rng.choice((c.GrantAppeal, c.DenyAppeal))
                yield kind(by=Party.MEDIATOR, actor="ann", dispute=dispute.number)
            if dispute.status in IN_REVIEW and self._soon(order, dispute):
                yield self._decision(order, dispute)

    def _soon(self, order: Order, dispute: Dispute) -> bool:
        """Staff decide now; where a clock would make them, now and then they let it lapse first."""
        due = next_deadline(order)
        return due is None or due.dispute != dispute.number or self.rng.random() < 0.8

    def _decision(self, order: Order, dispute: Dispute) -> c.Command:
        if self.rng.random() < 0.2:
            return c.Dismiss(by=Party.MEDIATOR, actor="ann", dispute=dispute.number, text="no ground")
        minor = max(dispute.refunded_minor, min(dispute.claim.amount_minor, payable(order, dispute)))
        return c.Rule(
            by=Party.MEDIATOR,
            actor="ann",
            dispute=dispute.number,
            wants="refund",
            amount=format_minor(minor, order.currency),
            text="as it seems",
        )


def _ended(order: Order) -> bool:
    return order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED)


def _unannounced(order: Order) -> bool:
    """Days may be counted over a calendar that nobody has announced: then no bound can be stated either."""
    policy = order.policy
    lengths = [policy.protection.lasts, policy.protection.after_receipt, *(x.within for x in policy.opening.latest)]
    lengths += [rule.lasts(policy) for rule in CLOCKS.values()]
    return any(isinstance(length, BusinessDays) for length in lengths)


# ── the bound ────────────────────────────────────────────────────────────────────────────────────


def bound(order: Order, now: datetime) -> timedelta:
    """Within what time the order must have ended if both parties are silent from `now` on."""
    policy = order.policy
    a_dispute = sum((_length(rule.lasts(policy)) for rule in CLOCKS.values()), timedelta(0))
    once = _windows(policy)
    ends = protection_ends(order)
    protected = max(timedelta(0), ends - now) if ends is not None else order.protection_lasts or timedelta(0)
    # A granted appeal walks through review and return again; each party has one.
    return a_dispute * (1 + 3 * len(order.disputes)) + once + protected + _graces(order, now)


def _windows(policy: Policy) -> timedelta:
    lengths = [policy.dispatch.within, policy.protection.lasts, policy.protection.after_receipt]
    lengths += [latest.within for latest in policy.opening.latest]
    return sum((_length(length) for length in lengths), timedelta(0)) + _length(policy.refund.latest) * 2


def _graces(order: Order, now: datetime) -> timedelta:
    still = sum(order.graces.values(), timedelta(0))
    return still + (max(timedelta(0), order.stand_until - now) if order.stand_until else timedelta(0)) + still


def _length(duration: Duration | None) -> timedelta:
    """At most so long: twenty-five days more than twice the working days covers every holiday week."""
    if duration is None:
        return timedelta(0)
    if isinstance(duration, BusinessDays):
        return timedelta(days=2 * duration.days + 25)
    return duration.delta
