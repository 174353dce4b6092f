"""Looking at a closed dispute again. Source: rulebook R308, R309; decisions 8, 18, 21."""

from __future__ import annotations

from datetime import datetime

from .. import commands as c
from .. import events as e
from .. import values as v
from ..deadlines import ends, has_lapsed
from ..draft import Draft
from ..order import Dispute, Order
from ..private import private
from ..refusals import Refused
from ..told import listed, told
from ..vocabulary import Grounds, OrderStatus, Outcome, Party, RefusalCode
from .opening import filed, next_file, room_for
from .ordering import malformed

R = RefusalCode
NOTHING_TO_APPEAL = frozenset({Outcome.WITHDRAWN, Outcome.WITHDRAWN_FINAL, Outcome.REFUNDED_ELSEWHERE})


def may_appeal(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """Once a party, where the policy knows an appeal, until its time is over."""
    policy = order.policy.appeal
    if dispute.open or not policy.grounds or by not in policy.by or dispute.outcome in NOTHING_TO_APPEAL:
        raise Refused(R.APPEAL_NOT_AVAILABLE)
    if order.status is OrderStatus.CANCELLED:
        raise Refused(R.ORDER_CANCELLED)
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    if any(appeal.by is by or appeal.granted is None for appeal in dispute.appeals):
        raise Refused(R.APPEAL_NOT_AVAILABLE)
    assert dispute.closed_at is not None
    until = ends(order, dispute.closed_at, policy.within) if policy.within is not None else None
    if until is not None and has_lapsed(order, until, now):
        raise Refused(R.APPEAL_NOT_AVAILABLE, "too_late", ended=until)
    if policy.grounds == {Grounds.NO_MEDIATOR} and dispute.mediated:
        raise Refused(R.APPEAL_NOT_AVAILABLE, "no_ground", why=told("a mediator took part"))


def appeal(draft: Draft, command: c.Appeal, dispute: Dispute) -> None:
    order = draft.order
    may_appeal(order, dispute, command.by, draft.now)
    try:
        grounds = Grounds(command.grounds)
    except ValueError:
        raise malformed(
            told("“{word}” is no ground", word=command.grounds), told("Choose one of: {known}.", known=listed(Grounds))
        ) from None
    if grounds not in order.policy.appeal.grounds:
        raise Refused(R.APPEAL_NOT_AVAILABLE, "no_ground", why=told("this policy does not know it"))
    if grounds is Grounds.NO_MEDIATOR and dispute.mediated:
        raise Refused(R.APPEAL_NOT_AVAILABLE, "no_ground", why=told("a mediator took part"))
    files = filed(command.files, start=next_file(dispute), prefix="appeal", there=dispute.evidence)
    if grounds is Grounds.NEW_EVIDENCE and not any(file.counts for file in files):
        raise Refused(R.APPEAL_NEEDS_EVIDENCE)
    room_for(order, dispute, command.by, len(files))
    draft.add(
        e.AppealMade(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            grounds=grounds,
            text=private(command.text),
            files=files,
        )
    )


def may_decide_appeal(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    if not dispute.appeals or dispute.appeals[-1].granted is not None or dispute.open:
        raise Refused(R.APPEAL_NOT_AVAILABLE)
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")


def may_grant_appeal(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """To open the case again its lines, or under `per = "order"` the whole order, must be free of other disputes."""
    may_decide_appeal(order, dispute, by, now)
    if order.status is OrderStatus.CANCELLED:
        raise Refused(R.ORDER_CANCELLED)
    for other in order.open_disputes():
        if order.policy.opening.per == "order" or any(other.pieces_of(pieces.line) for pieces in dispute.pieces):
            raise Refused(R.ALREADY_DISPUTED, "appeal")


def grant_appeal(draft: Draft, command: c.GrantAppeal, dispute: Dispute) -> None:
    may_grant_appeal(draft.order, dispute, command.by, draft.now)
    granted = e.AppealGranted(
        at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number, text=private(command.text)
    )
    draft.add(granted)
    reopen(draft, dispute, at=draft.now, by=command.by, actor=command.actor)


def reopen(draft: Draft, dispute: Dispute, *, at: datetime, by: Party, actor: str = "") -> None:
    """What the closing released is held again: taken from the seller's balance, or advanced against his debt.

    No more is taken than the seller still has from this order: a bank may have taken some meanwhile.
    """
    order = draft.order
    left = order.released_minor
    parts = []
    for part in dispute.released:
        amount = min(part.amount_minor, left)
        left -= amount
        parts.append(v.LineAmount(part.line, amount))
    total = sum(part.amount_minor for part in parts)
    balance = order.accounts.get("seller")
    at_hand = min(total, balance.balance_minor if balance else 0)
    draft.add(
        e.DisputeReopened(
            at=at,
            by=by,
            actor=actor,
            dispute=dispute.number,
            taken_back=tuple(parts),
            advanced_minor=total - at_hand,
        )
    )


def deny_appeal(draft: Draft, command: c.DenyAppeal, dispute: Dispute) -> None:
    may_decide_appeal(draft.order, dispute, command.by, draft.now)
    draft.add(
        e.AppealDenied(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=private(command.text),
        )
    )
