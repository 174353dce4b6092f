"""How a dispute ends: the settlement, the money it moves, and the rest that goes on its way.

Deciding is not paying: a refund is scheduled here and carried out elsewhere. Refunds go to the payments the
order was paid with (R332), dated by the policy's calendar; what is not refunded goes to the seller (R343).
"""

from __future__ import annotations

from datetime import UTC, datetime

from ..deadlines import has_lapsed, release_of
from ..draft import Draft
from ..durations import BusinessDays, CalendarUnknown, due_date, end_of_day
from ..events import (
    DisputeClosed,
    DisputeSettled,
    FundsReleased,
    PlatformPaid,
    RefundScheduled,
)
from ..money import floor_share
from ..order import Dispute, Order
from ..values import LineAmount, Location
from ..vocabulary import Flag, FundedBy, OrderStatus, Outcome, Party, Wants
from .amounts import at_stake, over_lines, over_payments, payable


def settle(
    draft: Draft, dispute: Dispute, outcome: Outcome, wants: Wants, amount_minor: int, *, at: datetime, by: Party
) -> None:
    """Decide how the dispute ends. A refund closes it at once; a return has to travel first.

    Where a return is decided by silence and nobody knows the address, the buyer is refunded without one and the
    dispute keeps the flag `return_waived`: hiding the address must not pay (decision 19).
    """
    amount_minor = min(amount_minor, payable(draft.order, dispute))
    waived = wants is not Wants.REFUND and return_address(draft.order, dispute) is None
    flags = frozenset({Flag.RETURN_WAIVED.value} if waived else ())
    draft.add(
        DisputeSettled(
            at=at,
            by=by,
            dispute=dispute.number,
            outcome=outcome,
            wants=wants,
            amount_minor=amount_minor,
            flags=flags,
        )
    )
    if wants is Wants.REFUND or waived:
        close(draft, dispute.number, outcome, amount_minor, at=at, by=by)


def return_address(order: Order, dispute: Dispute) -> Location | None:
    """Where goods go back to: what was named in the dispute, else with the order; None when nobody said."""
    return dispute.return_to or order.return_to


def close(draft: Draft, number: int, outcome: Outcome, amount_minor: int, *, at: datetime, by: Party) -> None:
    """Give back `amount_minor` in total for the dispute, release the rest of its pieces, close it."""
    dispute = draft.dispute(number)
    verdict = dispute.verdict
    if outcome is Outcome.RULED and verdict is not None and verdict.funded_by is FundedBy.PLATFORM:
        _platform_pays(draft, dispute, amount_minor, at=at, by=by)
        refunded: tuple[LineAmount, ...] = ()
    else:
        # What an earlier decision gave back is part of the total, and is never taken back (decision 8). A bank may
        # have taken some of the money since this was settled (decision 9).
        extra = max(0, min(amount_minor, payable(draft.order, dispute)) - dispute.given_back_minor)
        refunded = _refund(draft, dispute, extra, at=at, by=by)
    _release(draft, dispute, _rest(draft.order, dispute, refunded), at=at, by=by)
    draft.add(DisputeClosed(at=at, by=by, dispute=number, outcome=outcome))
    release_what_is_due(draft, at=at, by=by)


def _rest(order: Order, dispute: Dispute, refunded: tuple[LineAmount, ...]) -> tuple[LineAmount, ...]:
    """What is left of the disputed pieces, or of what an appeal took back, once the refund is taken from them."""
    gone = {part.line: part.amount_minor for part in refunded}
    parts = dispute.stakes if dispute.stakes is not None else _worth(order, dispute, gone)
    held = {line.id: line.held_minor for line in order.lines}
    return tuple(LineAmount(line, min(max(0, worth - gone.get(line, 0)), held[line])) for line, worth in parts)


def _worth(order: Order, dispute: Dispute, gone: dict[str, int]) -> list[LineAmount]:
    """What the disputed pieces were worth: all that was held where they are the last ones, else their share."""
    parts = []
    for pieces in dispute.pieces:
        line = order.line(pieces.line)
        assert line is not None
        if pieces.quantity >= line.left:
            worth = line.held_minor + gone.get(line.id, 0)
        else:
            worth = floor_share(line.goods_minor, pieces.quantity, line.quantity)
            worth += floor_share(line.shipping_minor, pieces.quantity, line.quantity)
        parts.append(LineAmount(line.id, worth))
    return parts


def _refund(draft: Draft, dispute: Dispute, amount_minor: int, *, at: datetime, by: Party) -> tuple[LineAmount, ...]:
    if amount_minor == 0:
        return ()
    lines = over_lines(amount_minor, at_stake(draft.order, dispute))
    parts = over_payments(draft.order, amount_minor)
    draft.add(
        scheduled(
            draft.order,
            RefundScheduled(at=at, by=by, dispute=dispute.number, amount_minor=amount_minor, lines=lines, parts=parts),
        )
    )
    return lines


def _release(draft: Draft, dispute: Dispute, lines: tuple[LineAmount, ...], *, at: datetime, by: Party) -> None:
    lines = tuple(part for part in lines if part.amount_minor)
    if lines:
        draft.add(FundsReleased(at=at, by=by, lines=lines, dispute=dispute.number))


def _platform_pays(draft: Draft, dispute: Dispute, amount_minor: int, *, at: datetime, by: Party) -> None:
    """The platform's own money to the buyer; and, for what was refunded before, to the seller (decision 8)."""
    extra = max(0, amount_minor - dispute.given_back_minor)
    if extra:
        refund = RefundScheduled(
            at=at,
            by=by,
            dispute=dispute.number,
            amount_minor=extra,
            lines=(),
            parts=(),
            funded_by=FundedBy.PLATFORM,
        )
        draft.add(scheduled(draft.order, refund))
    owed = dispute.refunded_minor - dispute.compensated_minor
    if owed > 0 and dispute.appeals and dispute.appeals[-1].by is Party.SELLER:
        draft.add(PlatformPaid(at=at, by=by, dispute=dispute.number, amount_minor=owed))


def scheduled(order: Order, event: RefundScheduled) -> RefundScheduled:
    """The same refund with its dates, in the calendar the policy names, and the payments it goes to."""
    policy = order.policy.refund
    due = due_date(event.at, policy.due, order.calendars, makeup_days_count=policy.makeup_days_count)
    latest = due_date(event.at, policy.latest, order.calendars, makeup_days_count=policy.makeup_days_count)
    calendar = ""
    latest_at: datetime | None = None
    if isinstance(policy.latest, BusinessDays):
        known = order.calendars.get(policy.latest.calendar)
        calendar = known.version if known else f"calendar unknown: {policy.latest.calendar}"
        if known and not isinstance(latest, CalendarUnknown):
            latest_at = end_of_day(latest, known.zone)
        elif known:
            calendar = f"calendar unknown: {known.version}"
    else:
        latest_at = (event.at + policy.latest.delta).astimezone(UTC)
    methods = [order.payments[part.payment - 1].method for part in event.parts] or [p.method for p in order.payments]
    return RefundScheduled(
        at=event.at,
        by=event.by,
        actor=event.actor,
        amount_minor=event.amount_minor,
        lines=event.lines,
        parts=event.parts,
        dispute=event.dispute,
        due=None if isinstance(due, CalendarUnknown) else due,
        latest=None if isinstance(latest, CalendarUnknown) else latest,
        latest_at=latest_at,
        calendar=calendar,
        funded_by=event.funded_by,
        to=" + ".join(methods),
    )


def release_what_is_due(draft: Draft, *, at: datetime, by: Party) -> None:
    """Release undisputed lines whose time had already come while a dispute kept their money (decision 10)."""
    order = draft.order
    if order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED) or order.holds:
        return
    disputed = order.disputed_lines()
    due = []
    for line in order.lines:
        if line.left and line.held_minor and line.id not in disputed:
            release = release_of(order, line)
            if release is not None and has_lapsed(order, release[1], at):
                due.append(LineAmount(line.id, line.held_minor))
    if due:
        draft.add(FundsReleased(at=at, by=by, lines=tuple(due)))
