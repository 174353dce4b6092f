"""An order and a dispute as JSON, to one party at one instant. What is left out is `core.sight`'s to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.core import sight
from amends.core.deadlines import Deadline, because, of_dispute, protection_ends, running
from amends.core.durations import format_instant
from amends.core.order import Dispute, Lapsed, Line, Order, Refund, Trip, Waiting, waiting_on
from amends.core.private import Private
from amends.core.rights import rights
from amends.core.silence import consequence
from amends.core.values import Location
from amends.core.vocabulary import DeadlineName, Party, Wants
from amends.core.wanted import wanted

from .talk import Talk

Shown = dict[str, Any]


class View:
    """One order as `viewer` may see it at `now`; the order is up to date.

    With `talk` personal text stands in it where its key is kept. Without (in answers to acts) those fields are
    null: what somebody wrote is read where the dispute is read.
    """

    def __init__(self, order: Order, viewer: Party, now: datetime, talk: Talk | None = None) -> None:
        self.order = order
        self.viewer = viewer
        self.now = now
        self.talk = talk
        self.whole = sight.may_see(sight.Item.CASE, viewer, order)
        """Carriers and providers see their own facts only."""

    def show(self) -> Shown:
        order = self.order
        policy = order.policy
        return {
            "id": order.id,
            "version": order.version,
            "status": order.status.value,
            "placed_at": format_instant(order.placed_at),
            "policy": {"id": policy.id, "version": policy.version, "digest": policy.digest},
            "buyer": order.buyer if self.whole else None,
            "seller": order.seller if self.whole else None,
            "currency": order.currency,
            "money": self._balances() if self.whole else None,
            "lines": [self._line(line) for line in order.lines] if self.whole else [],
            "payments": self._payments(),
            "destination": self._place(sight.destination(order, self.viewer)),
            "shipment": self._shipment(),
            "protection_ends": _instant(protection_ends(order)),
            "clocks_stand_still": order.standing_still,
            "deadlines": [self.deadline(one) for one in running(order) if self.whole or self.viewer in one.awaited],
            "last_lapse": _lapse(order.lapsed),
            "refund": self.refund(order.refund, None, 1) if order.refund and self._sees_refunds else None,
            "disputes": [self._brief(dispute) for dispute in order.disputes] if self.whole else [],
            **self.actions(None),
            "waiting": self._waiting(order.waiting),
        }

    def dispute(self, dispute: Dispute) -> Shown:
        """One of the order's disputes."""
        brief = {"number": dispute.number, "order": self.order.id, "status": dispute.status.value}
        return {
            **brief,
            "outcome": dispute.outcome.value if dispute.outcome else None,
            "review_of": "return" if dispute.review_of_return else None,
            "waiting_on": waiting_on(dispute).value,
            "opened_at": format_instant(dispute.opened_at),
            "closed_at": _instant(dispute.closed_at),
            "lines": [{"line": one.line, "quantity": one.quantity} for one in dispute.pieces] if self.whole else [],
            "reason": dispute.reason.value if self.whole else None,
            "received": dispute.received if self.whole else None,
            "claim": self._claim(dispute) if self.whole else None,
            "offers": self._offers(dispute) if self.whole else [],
            "options": self._options(dispute) if self.whole else [],
            "verdict": self._verdict(dispute) if self.whole else None,
            "evidence": self._evidence(dispute),
            "wanted": self._wanted(dispute),
            "messages": self.talk.messages(dispute.number) if self.talk else None,
            "flags": sorted(sight.flags(dispute, self.viewer)),
            "refunds": self._refunds(dispute) if self._sees_refunds else [],
            "deadlines": self._deadlines(dispute),
            "last_lapse": _lapse(dispute.lapsed),
            "appeals": self._appeals(dispute) if self.whole else [],
            "return": self._return(dispute) if dispute.settlement and self.whole else None,
            **self.actions(dispute),
            "waiting": self._waiting(dispute.waiting),
        }

    # ── what may be done ─────────────────────────────────────────────────────────────────────────

    def actions(self, dispute: Dispute | None) -> Shown:
        """What the viewer may do on the order (None) or the dispute, and why not the rest: `core.rights`' answer."""
        found = rights(self.order, dispute, self.viewer, self.now)
        return {
            "available_actions": [verb.value for verb in found.can],
            "unavailable_actions": [
                {
                    "action": verb.value,
                    "code": refused.code.value,
                    "sentence": refused.sentence,
                    "way_out": refused.way_out,
                    "until": _instant(refused.until),
                }
                for verb, refused in found.cannot
            ],
        }

    def deadline(self, deadline: Deadline) -> Shown:
        silence = consequence(self.order, deadline)
        return {
            "name": deadline.name.value,
            "dispute": deadline.dispute,
            "at": format_instant(deadline.at),
            "awaits": [party.value for party in deadline.awaited],
            "because": because(self.order, deadline),
            "if_silent": {
                "action": silence.action,
                "outcome": silence.outcome.value if silence.outcome else None,
                "amount_minor": silence.amount_minor,
                "sentence": silence.sentence,
            },
        }

    def _deadlines(self, dispute: Dispute) -> list[Shown]:
        """The dispute's own, next first; while it is open an earlier refund's bell is the order's alone."""
        if self.order.holds:
            return []
        own = [
            one
            for one in of_dispute(self.order, dispute)
            if not (dispute.open and one.name is DeadlineName.REFUND) and (self.whole or self.viewer in one.awaited)
        ]
        return [self.deadline(one) for one in sorted(own, key=lambda one: one.rank)]

    def _waiting(self, waiting: Waiting | None) -> Shown | None:
        """A decision that waits for a second person; only staff knows of it."""
        if waiting is None or self.viewer not in sight.STAFF:
            return None
        what = waiting.what
        return {
            "event": waiting.event,
            "type": type(what).__name__,
            "wants": what.wants.value if what.wants else None,
            "amount": self._money(what.amount_minor) if what.amount_minor is not None else None,
        }

    # ── the order's parts ────────────────────────────────────────────────────────────────────────

    def _money(self, minor: int) -> Shown:
        return {"amount_minor": minor, "currency": self.order.currency}

    def _balances(self) -> Shown:
        order = self.order
        return {
            "paid_in": self._money(order.paid_in_minor),
            "held": self._money(order.held_minor),
            "refunded": self._money(order.refunded_minor),
            "released": self._money(order.released_minor),
        }

    def _line(self, line: Line) -> Shown:
        return {
            "id": line.id,
            "title": line.title,
            "quantity": line.quantity,
            "undecided": line.left,
            "paid": self._money(line.paid_minor),
            "held": self._money(line.held_minor),
            "confirmed_at": _instant(line.confirmed_at),
        }

    def _payments(self) -> list[Shown]:
        """Which cards the buyer paid with is not the seller's business, nor the carrier's."""
        if self.viewer in (Party.SELLER, Party.CARRIER):
            return []
        return [
            {
                "reference": payment.reference,
                "method": payment.method,
                "captured": self._money(payment.captured_minor),
                "refunded": self._money(payment.refunded_minor),
                "charged_back": self._money(payment.charged_back_minor),
            }
            for payment in self.order.payments
        ]

    def _shipment(self) -> Shown | None:
        shipment = self.order.shipment
        if shipment is None or not (self.whole or self.viewer is Party.CARRIER):
            return None
        return {
            "shipped_at": format_instant(shipment.shipped_at),
            "carrier": shipment.carrier,
            "tracking": self._said(shipment.tracking),
            "delivery_due": _instant(shipment.delivery_due),
            "state": shipment.state.value if shipment.state else None,
            "delivered_at": _instant(shipment.delivered_at),
        }

    def _brief(self, dispute: Dispute) -> Shown:
        return {
            "number": dispute.number,
            "status": dispute.status.value,
            "outcome": dispute.outcome.value if dispute.outcome else None,
            "waiting_on": waiting_on(dispute).value,
        }

    @property
    def _sees_refunds(self) -> bool:
        return self.whole or self.viewer is Party.PAYMENTS

    def refund(self, refund: Refund, dispute: int | None, position: int) -> Shown:
        """`due` and `latest` are null where the calendar that counts them is not announced yet."""
        return {
            "amount": self._money(refund.amount_minor),
            "due": refund.due.isoformat() if refund.due else None,
            "latest": refund.latest.isoformat() if refund.latest else None,
            "calendar": refund.calendar,
            "to": self._target(refund),
            "status": refund.status.value,
            "funded_by": refund.funded_by.value,
            "dispute": dispute,
            "position": position,
        }

    def _target(self, refund: Refund) -> str:
        """Where a buyer banks is his and the staff's business."""
        if refund.target is None:
            return refund.to
        told = self._said(refund.target) if self.viewer is not Party.SELLER else None
        return told or "another target"

    # ── the dispute's parts ──────────────────────────────────────────────────────────────────────

    def _claim(self, dispute: Dispute) -> Shown:
        claim = dispute.claim
        return {
            "version": claim.number,
            "wants": claim.wants.value,
            "amount": self._money(claim.amount_minor),
            "text": self._text(dispute, claim.number),
        }

    def _offers(self, dispute: Dispute) -> list[Shown]:
        return [
            {
                "number": terms.number,
                "by": terms.by.value,
                "wants": terms.wants.value,
                "amount": self._money(terms.amount_minor),
                "standing": terms.number == dispute.offered,
                "text": self._text(dispute, terms.number),
            }
            for terms in dispute.terms
            if terms.by is not Party.BUYER
        ]

    def _text(self, dispute: Dispute, number: int) -> str | None:
        return self.talk.terms(dispute.number, number) if self.talk else None

    def _options(self, dispute: Dispute) -> list[Shown]:
        chosen = sight.choices(dispute, self.viewer)
        return [
            {
                "option": option.option,
                "wants": option.wants.value,
                "amount": self._money(option.amount_minor),
                "chosen_by": [party.value for party, number in chosen if number == option.option],
            }
            for option in dispute.options
        ]

    def _verdict(self, dispute: Dispute) -> Shown | None:
        verdict = dispute.verdict
        if verdict is None:
            return None
        return {
            "finding": self._said(verdict.finding),
            "fault": verdict.fault.value,
            "funded_by": verdict.funded_by.value,
            "counts_against": verdict.counts_against.value,
        }

    def _evidence(self, dispute: Dispute) -> list[Shown]:
        return [
            {
                "id": item.file.id,
                "kind": item.file.kind.value,
                "by": item.by.value,
                "at": format_instant(item.at),
                "name": self._said(item.file.name),
                "comment": self._said(item.file.comment),
                "mediator_only": item.file.mediator_only,
                "counts": item.file.counts,
                "answers": item.answers,
            }
            for item in sight.evidence(dispute, self.viewer)
        ]

    def _wanted(self, dispute: Dispute) -> list[Shown]:
        return [
            {
                "number": item.number,
                "text": self._said(item.text),
                "kind": item.kind.value if item.kind else None,
                "came_from": [party.value for party in item.came_from],
            }
            for item in wanted(dispute, self.viewer)
        ]

    def _refunds(self, dispute: Dispute) -> list[Shown]:
        return [self.refund(refund, dispute.number, at) for at, refund in enumerate(dispute.refunds, 1)]

    def _appeals(self, dispute: Dispute) -> list[Shown]:
        return [
            {"by": appeal.by.value, "grounds": appeal.grounds.value, "granted": appeal.granted}
            for appeal in dispute.appeals
        ]

    def _return(self, dispute: Dispute) -> Shown | None:
        """How goods travel: None where the settlement asks for no return."""
        settlement = dispute.settlement
        if settlement is None or settlement.wants is Wants.REFUND:
            return None
        return {
            "wants": settlement.wants.value,
            "amount": self._money(settlement.amount_minor),
            "address": self._place(sight.return_address(self.order, dispute, self.viewer)),
            "trip": self._trip(dispute.trip),
            "replacement": self._trip(dispute.replacement),
        }

    def _trip(self, trip: Trip | None) -> Shown | None:
        if trip is None:
            return None
        return {
            "shipped_at": format_instant(trip.shipped_at),
            "tracking": self._said(trip.tracking),
            "scanned": trip.scanned,
            "delivered_at": _instant(trip.delivered_at),
            "lost": trip.lost,
        }

    # ── words ────────────────────────────────────────────────────────────────────────────────────

    def _said(self, text: Private | None) -> str | None:
        return text.plain if text is not None and self.talk is not None else None

    def _place(self, place: Location | None) -> Shown | None:
        if place is None:
            return None
        return {
            "country": place.country,
            "city": self._said(place.city),
            "name": self._said(place.name),
            "lines": [said for line in place.lines if (said := self._said(line)) is not None],
            "postcode": self._said(place.postcode),
            "region": self._said(place.region),
            "phone": self._said(place.phone),
        }


def _instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None


def _lapse(lapsed: Lapsed | None) -> Shown | None:
    return {"name": lapsed.name.value, "at": format_instant(lapsed.at)} if lapsed else None
