"""What can be seen of an order, in the words stories expect and pages show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.core.deadlines import Deadline, next_deadline, next_of_dispute, protection_ends
from amends.core.durations import format_instant
from amends.core.money import format_minor
from amends.core.order import Dispute, Lapsed, Order, Refund, waiting_on
from amends.core.rights import rights
from amends.core.vocabulary import Party

ACTORS = (Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR, Party.MARKETPLACE)


def seen(order: Order, dispute: Dispute | None, now: datetime) -> dict[str, Any]:
    """Everything a story may expect, of an order that is up to date at `now`, and of one of its disputes."""
    view: dict[str, Any] = {
        "order": order.status.value,
        "order_status": order.status.value,
        "money": {
            "held": format_minor(order.held_minor, order.currency),
            "refunded": format_minor(order.refunded_minor, order.currency),
            "released": format_minor(order.released_minor, order.currency),
        },
        "protection_ends": _instant(protection_ends(order)),
        "deadline": _deadline(next_of_dispute(order, dispute) if dispute else next_deadline(order)),
        "refund": _refund(order, dispute.refunds[-1] if dispute and dispute.refunds else order.refund),
        "lapsed": _lapsed(dispute.lapsed if dispute else order.lapsed),
        "can": {party.value: _can(order, dispute, party, now) for party in ACTORS},
        "cannot": {party.value: _cannot(order, dispute, party, now) for party in ACTORS},
    }
    return view | (_of_dispute(order, dispute) if dispute else {})


def _of_dispute(order: Order, dispute: Dispute) -> dict[str, Any]:
    verdict = dispute.verdict
    return {
        "status": dispute.status.value,
        "outcome": dispute.outcome.value if dispute.outcome else None,
        "review_of": "return" if dispute.review_of_return else None,
        "waiting_on": waiting_on(dispute).value,
        "claim": {
            "wants": dispute.claim.wants.value,
            "amount": format_minor(dispute.claim.amount_minor, order.currency),
        },
        "verdict": None
        if verdict is None
        else {
            "finding": verdict.finding.plain if verdict.finding else None,
            "fault": verdict.fault.value,
            "funded_by": verdict.funded_by.value,
            "counts_against": verdict.counts_against.value,
        },
        "flags": sorted(dispute.flags),
    }


def _instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None


def _deadline(deadline: Deadline | None) -> dict[str, str] | str:
    if deadline is None:
        return "none"
    return {"name": deadline.name.value, "at": format_instant(deadline.at), "if_silent": deadline.if_silent}


def _lapsed(lapsed: Lapsed | None) -> dict[str, str] | None:
    return {"name": lapsed.name.value, "at": format_instant(lapsed.at)} if lapsed else None


def _refund(order: Order, refund: Refund | None) -> dict[str, Any] | None:
    if refund is None:
        return None
    return {
        "amount": format_minor(refund.amount_minor, order.currency),
        "due": refund.due.isoformat() if refund.due else "calendar unknown",
        "latest": refund.latest.isoformat() if refund.latest else "calendar unknown",
        "to": (refund.target.plain or "another target") if refund.target else refund.to,
        "status": refund.status.value,
    }


def _can(order: Order, dispute: Dispute | None, party: Party, now: datetime) -> list[str]:
    """On the dispute, and on its order: both are in reach of whoever looks at the dispute."""
    verbs = list(rights(order, None, party, now).can)
    if dispute is not None:
        verbs += rights(order, dispute, party, now).can
    return [verb.value for verb in verbs]


def _cannot(order: Order, dispute: Dispute | None, party: Party, now: datetime) -> dict[str, str]:
    refusals = list(rights(order, None, party, now).cannot)
    if dispute is not None:
        refusals += rights(order, dispute, party, now).cannot
    return {impossible.verb.value: impossible.refusal.code.value for impossible in refusals}
