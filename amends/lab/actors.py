"""Simulated parties: seeded sellers, buyers, mediators, carriers and providers who act on real orders.

They are openly invented: what a party does next is drawn from the order's own chance, so that the same seed
tells the same book again and each policy meets the same people. What they may do is asked of the core
(`rights`); what they ask for is decided there too, and what it refuses is counted.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from amends.core.money import format_minor
from amends.core.order import Dispute, Order, missing
from amends.core.rights import rights
from amends.core.rules.amounts import claimable, payable
from amends.core.values import DisputedPieces
from amends.core.vocabulary import (
    DisputeStatus,
    OrderStatus,
    Outcome,
    Party,
    Reason,
    RefundStatus,
    Verb,
    Wants,
)

S = DisputeStatus
PROBLEMS = (Reason.DEFECTIVE, Reason.NOT_AS_DESCRIBED, Reason.INCOMPLETE, Reason.WRONG_ITEM, Reason.LOW_QUALITY)
COUNTED = "RR{number:08d}{check}{country}"


class Planned(NamedTuple):
    """What a party will do, and when, if nothing else happens on the dispute first."""

    at: datetime
    document: dict[str, Any]


class Cast:
    """The people around one order, drawn from the seed and the order's id."""

    def __init__(self, seed: int, order_id: str) -> None:
        digest = hashlib.sha256(f"{seed}/{order_id}".encode()).digest()
        self.chance = random.Random(int.from_bytes(digest[:8], "big"))
        draw = self.chance.random
        self.seller_sleeps = draw() < 0.12
        self.seller_gives_in = draw() < 0.35
        self.buyer_patience = 0.35 + 0.5 * draw()
        """The part of the claim at which the buyer takes an offer."""
        self.buyer_opens = draw() < 0.8
        self.buyer_passive = draw() < 0.15

    def after(self, now: datetime, low: float, high: float) -> datetime:
        """Some instant between `low` and `high` days from now, whole seconds."""
        return now + timedelta(seconds=round(86_400 * self.chance.uniform(low, high)))

    def plan(self, order: Order, dispute: Dispute, now: datetime) -> Planned | None:
        """The next act on the dispute, None when nobody will move before the clock does."""
        planned = next(self._acts(order, dispute, now), None)
        if planned is None:
            return None
        at, by, do, fields = planned
        return Planned(at, {"by": by.value, "do": do.value, "dispute": dispute.number, **fields})

    def refund(self, order: Order, now: datetime) -> Planned | None:
        """The provider's word about the refund of a cancelled order."""
        if order.refund is None or order.refund.status is not RefundStatus.SCHEDULED:
            return None
        return Planned(self.after(now, 1, 10), {"by": "payments", "do": "refund_succeeded"})

    def _acts(
        self, order: Order, dispute: Dispute, now: datetime
    ) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        chance = self.chance
        match dispute.status:
            case S.AWAITING_SELLER:
                yield from self._seller(order, dispute, now)
            case S.AWAITING_BUYER:
                yield from self._buyer(order, dispute, now)
            case S.UNDER_REVIEW:
                yield from self._mediator(order, dispute, now)
            case S.AWAITING_EVIDENCE:
                party = missing(dispute)[0]
                if chance.random() < 0.7:
                    yield self.after(now, 0.2, 2.5), party, Verb.ADD_EVIDENCE, {"kind": "photo", "name": "as asked"}
            case S.AWAITING_CHOICE:
                party = missing(dispute)[0]
                if chance.random() < 0.8:
                    option = chance.choice(dispute.options).option
                    yield self.after(now, 0.2, 2.5), party, Verb.CHOOSE, {"option": option}
            case S.AWAITING_RETURN:
                if chance.random() < 0.8:
                    yield self.after(now, 1, 9), Party.BUYER, Verb.SHIP_RETURN, {"tracking": self._number("BR")}
            case S.RETURN_IN_TRANSIT:
                yield from self._return(dispute, now)
            case S.AWAITING_REPLACEMENT:
                yield from self._replacement(dispute, now)
            case S.CLOSED:
                yield from self._afterwards(order, dispute, now)

    # ── bargaining ───────────────────────────────────────────────────────────────────────────────

    def _seller(
        self, order: Order, dispute: Dispute, now: datetime
    ) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        if self.seller_sleeps:
            return
        at = self.after(now, 0.1, 4.5)
        offers = sum(1 for terms in dispute.terms if terms.by is Party.SELLER)
        if self.seller_gives_in or offers >= 3:
            yield at, Party.SELLER, Verb.ACCEPT, {}
        elif self.chance.random() < 0.3:
            yield at, Party.SELLER, Verb.REJECT, {}
        else:
            wants = Wants.REFUND
            share = self.chance.choice((0.2, 0.35, 0.5, 0.7))
            if dispute.received and self.chance.random() < 0.2:
                wants, share = Wants.RETURN_AND_REFUND, 1.0
            amount = max(1, round(dispute.claim.amount_minor * share))
            yield at, Party.SELLER, Verb.OFFER, {"wants": wants.value, **_amount(order, amount)}

    def _buyer(
        self, order: Order, dispute: Dispute, now: datetime
    ) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        if self.buyer_passive:
            return
        at = self.after(now, 0.1, 4)
        offer = dispute.standing_offer
        claim = dispute.claim.amount_minor
        if offer is not None and offer.amount_minor >= claim * self.buyer_patience:
            yield at, Party.BUYER, Verb.ACCEPT, {"offer": offer.number}
        elif rights(order, dispute, Party.BUYER, now).why_not(Verb.ESCALATE) is None and self.chance.random() < 0.4:
            yield at, Party.BUYER, Verb.ESCALATE, {}
        elif offer is not None and len(dispute.terms) < 6 and self.chance.random() < 0.6:
            middle = max(1, (claim + max(offer.amount_minor, claim // 2)) // 2)
            yield at, Party.BUYER, Verb.REVISE, _amount(order, middle)
        elif offer is not None:
            yield at, Party.BUYER, Verb.REJECT, {}

    # ── the mediator ─────────────────────────────────────────────────────────────────────────────

    def _mediator(
        self, order: Order, dispute: Dispute, now: datetime
    ) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        at = self.after(now, 1, 18)
        draw = self.chance.random()
        by = Party.MEDIATOR
        most = payable(order, dispute)
        floor = dispute.refunded_minor
        if not dispute.asked and not dispute.review_of_return and draw < 0.35:
            asked = [Party.BUYER.value] if dispute.received else [Party.SELLER.value]
            yield at, by, Verb.REQUEST_EVIDENCE, {"of": asked, "text": "Please show what happened."}
        elif not dispute.options and not dispute.review_of_return and dispute.received and draw < 0.55:
            part = max(floor, min(most, dispute.claim.amount_minor * 9 // 10))
            options = [
                {"option": 1, "wants": "refund", **_amount(order, part)},
                {"option": 2, "wants": "return_and_refund", **_amount(order, max(floor, dispute.claim.amount_minor))},
            ]
            yield at, by, Verb.PROPOSE, {"options": options}
        else:
            yield at, by, Verb.RULE, self._ruling(order, dispute)

    def _ruling(self, order: Order, dispute: Dispute) -> dict[str, Any]:
        claim = min(dispute.claim.amount_minor, payable(order, dispute))
        share, fault = self.chance.choice(((1, "seller"), (1, "seller"), (1, "carrier"), (2, "nobody"), (0, "buyer")))
        amount = max(dispute.refunded_minor, claim // share if share else 0)
        return {
            "wants": "refund",
            **_amount(order, amount),
            "finding": "as the evidence shows",
            "fault": fault,
            "counts_against": fault if fault in ("seller", "buyer") else "nobody",
            "text": "Decided on what both sides have shown.",
        }

    # ── goods that travel ────────────────────────────────────────────────────────────────────────

    def _return(self, dispute: Dispute, now: datetime) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        trip = dispute.trip
        assert trip is not None
        carrier = Party.CARRIER
        if trip.delivered_at is None:
            draw = self.chance.random()
            if not trip.scanned and draw < 0.9:
                yield self.after(now, 0.5, 4), carrier, Verb.TRACK_RETURN, {"state": "accepted"}
            elif trip.scanned and draw < 0.03:
                yield self.after(now, 10, 40), carrier, Verb.TRACK_RETURN, {"state": "lost"}
            elif trip.scanned and draw < 0.95:
                yield self.after(now, 3, 30), carrier, Verb.TRACK_RETURN, {"state": "delivered"}
        elif self.chance.random() < 0.15:
            yield self.after(now, 1, 8), Party.SELLER, Verb.CONTEST_RETURN, {"text": "It came back used."}
        elif not self.seller_sleeps:
            yield self.after(now, 1, 8), Party.SELLER, Verb.CONFIRM_RETURN, {}

    def _replacement(self, dispute: Dispute, now: datetime) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        if dispute.replacement is None:
            if not self.seller_sleeps:
                number = {"tracking": self._number("CN")}
                yield self.after(now, 1, 8), Party.SELLER, Verb.SHIP_REPLACEMENT, number
        elif self.chance.random() < 0.9:
            yield self.after(now, 5, 30), Party.BUYER, Verb.CONFIRM_REPLACEMENT, {}

    # ── after closing ────────────────────────────────────────────────────────────────────────────

    def _afterwards(
        self, order: Order, dispute: Dispute, now: datetime
    ) -> Iterator[tuple[datetime, Party, Verb, dict[str, Any]]]:
        appeals = dispute.appeals
        if appeals and appeals[-1].granted is None:
            verb = Verb.GRANT_APPEAL if self.chance.random() < 0.4 else Verb.DENY_APPEAL
            yield self.after(now, 1, 20), Party.MEDIATOR, verb, {}
            return
        if dispute.refunds and dispute.refunds[-1].status is RefundStatus.SCHEDULED:
            verb = Verb.REFUND_SUCCEEDED if self.chance.random() < 0.98 else Verb.REFUND_FAILED
            fields = {} if verb is Verb.REFUND_SUCCEEDED else {"text": "account_closed"}
            yield self.after(now, 1, 10), Party.PAYMENTS, verb, fields
            return
        lost = dispute.outcome is Outcome.RULED and dispute.refunded_minor < dispute.claim.amount_minor
        if lost and not appeals and self.chance.random() < 0.25:
            possible = rights(order, dispute, Party.BUYER, now).can
            if Verb.APPEAL in possible:
                grounds = {"grounds": "new_evidence", "files": ["photo"]}
                yield self.after(now, 1, 12), Party.BUYER, Verb.APPEAL, grounds

    def _number(self, country: str) -> str:
        """A postal number with a right check digit (S10)."""
        number = self.chance.randrange(10**8)
        total = sum(
            int(digit) * weight for digit, weight in zip(f"{number:08d}", (8, 6, 4, 2, 3, 5, 9, 7), strict=True)
        )
        check = 11 - total % 11
        return COUNTED.format(number=number, check={10: 0, 11: 5}.get(check, check), country=country)

    # ── opening ──────────────────────────────────────────────────────────────────────────────────

    def opening(self, order: Order, *, received: bool) -> dict[str, Any] | None:
        """The dispute this buyer would open now, about every line nothing is decided about."""
        disputed = order.disputed_lines()
        lines = [line for line in order.lines if line.left and line.id not in disputed]
        if not lines or order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
            lines = list(order.lines)
        reason = self.chance.choice(PROBLEMS) if received else Reason.NOT_RECEIVED
        pieces = tuple(DisputedPieces(line.id, max(1, line.left)) for line in lines)
        most = claimable(order, pieces, reason)
        share = self.chance.choice((1.0, 1.0, 0.5, 0.3)) if received else 1.0
        back = received and self.chance.random() < 0.15
        return {
            "by": "buyer",
            "do": "open",
            "lines": [line.id for line in lines],
            "received": received,
            "reason": reason.value,
            "wants": "return_and_refund" if back else "refund",
            **_amount(order, max(1, round(most * (1.0 if back else share)))),
            "files": ["photo"] if received else [],
        }


def _amount(order: Order, minor: int) -> dict[str, str]:
    return {"amount": format_minor(minor, order.currency)}
