"""When two orders are the same state: what their rules can still see of them, with time counted from now.

Instants become "how long from now" (to the minute) or "past"; what no rule reads any more (texts, files, numbers,
earlier terms, closed disputes without appeal) is left out. While a dispute runs, the order's own windows count only
by their place among its deadlines. docs/checking-policies.md says what this merges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from amends.core.deadlines import (
    Deadline,
    anchored,
    ends,
    has_lapsed,
    of_dispute,
    opening_window,
    protection_ends,
    protection_would_end,
    release_of,
    running,
)
from amends.core.order import Dispute, Order
from amends.core.vocabulary import WITHDRAWN_OUTCOMES, DeadlineName, DisputeStatus, OrderStatus, Outcome, Wants

from .worlds import MOMENT, Amounts

S = DisputeStatus
BARGAINING = (S.AWAITING_SELLER, S.AWAITING_BUYER)
STAFF_CLOCKS = (DeadlineName.REVIEW, DeadlineName.APPEAL_DECISION)
OVER = (OrderStatus.COMPLETED, OrderStatus.CANCELLED)
Key = tuple[object, ...]
_MINUTE = timedelta(minutes=1)


class Boundary(NamedTuple):
    """An instant at which something may become possible, or stop being so."""

    name: str
    at: datetime


def ended(order: Order) -> bool:
    """Nothing is held, nobody is awaited: the order is over unless somebody appeals."""
    if order.status not in OVER:
        return False
    return all(not dispute.open and not pending(dispute) for dispute in order.disputes)


def pending(dispute: Dispute) -> bool:
    """Whether an appeal waits for its answer."""
    return bool(dispute.appeals) and dispute.appeals[-1].granted is None


# ── time ─────────────────────────────────────────────────────────────────────────────────────────


def boundaries(order: Order, *, appeals: bool) -> Iterator[Boundary]:
    """Every instant a rule compares the clock with, past ones included. Refunds on their way are left out."""
    for deadline in running(order):
        if deadline.name is not DeadlineName.REFUND and (appeals or deadline.name is not DeadlineName.APPEAL):
            yield Boundary(deadline.name.value, deadline.at)
    if order.status in OVER:
        return
    end = protection_ends(order)
    if end is not None:
        yield Boundary("protection_ends", end)
    open_now = False
    for dispute in order.open_disputes():
        open_now = True
        after = order.policy.negotiation.escalation.after
        if after is not None and not isinstance(after, str) and dispute.status in BARGAINING:
            at = ends(order, dispute.opened_at, after)
            if at is not None:
                yield Boundary("escalation", at)
    if not open_now and (order.shipment is not None or order.policy.opening.needs == "paid"):
        yield from _of_opening(order)


def _of_opening(order: Order) -> Iterator[Boundary]:
    """When a dispute about a line may be opened, from and until."""
    opening = order.policy.opening
    line = order.lines[0]
    since = anchored(order, line, opening.earliest.after)
    found: list[tuple[str, datetime | None]] = [
        ("earliest", ends(order, since, opening.earliest.wait) if since else None),
        ("window", opening_window(order, line).at),
    ]
    shipment = order.shipment
    if opening.not_received_waits_for is not None and shipment is not None and shipment.moving:
        found.append(("transit", anchored(order, None, opening.not_received_waits_for)))
    unreadable = shipment.unreadable_since if shipment is not None else None
    if unreadable is not None and opening.unreadable_tracking_is_ground_after is not None:
        found.append(("unreadable", ends(order, unreadable, opening.unreadable_tracking_is_ground_after)))
    yield from (Boundary(name, at) for name, at in found if at is not None)


def next_instant(order: Order, now: datetime, *, appeals: bool) -> datetime | None:
    """The next instant worth standing at: the last one before something changes, or the first one after it."""
    inclusive = order.policy.deadline_includes_last_instant
    offsets = (timedelta(0), MOMENT) if inclusive else (-MOMENT, timedelta(0), MOMENT)
    instants = (at + offset for _, at in boundaries(order, appeals=appeals) for offset in offsets)
    return min((instant for instant in instants if instant > now), default=None)


# ── the key ──────────────────────────────────────────────────────────────────────────────────────


class Seen(NamedTuple):
    """A state's key, and how long each of its clocks still runs, in minutes and in the order of their names.

    Of two orders with the same key the one whose clocks all run at least as long stands for both.
    """

    key: Key
    left: tuple[int, ...]


def seen(order: Order, now: datetime, sums: Amounts, *, appeals: bool) -> Seen:
    """What the rules can still see of the order."""
    kept = [dispute for dispute in order.disputes if _matters(order, dispute, appeals)]
    running_ones = tuple(
        _dispute(order, one, now, sums, appeals) for one in kept if one.outcome not in WITHDRAWN_OUTCOMES
    )
    disputes = (
        running_ones,
        *sorted({_withdrawn(order, one) for one in kept if one.outcome in WITHDRAWN_OUTCOMES}, key=str),
    )
    if order.status in OVER:
        return Seen((order.status, disputes, order.held_minor > 0), _left(order, now, appeals))
    lines = tuple((line.left, line.held_minor > 0) for line in order.lines)
    confirmed = tuple(line.confirmed_at is not None for line in order.lines)
    current = next(order.open_disputes(), None)
    if current is None:
        world = (order.status, confirmed, order.dispatch_missed, order.extended_at is not None, _parcel(order))
        return Seen((*world, lines, disputes, _from_now(order, now, appeals)), ())
    places = (*_places(order, now), confirmed) if current.status in BARGAINING else _protection(order, now)
    return Seen((lines, order.shipment is not None, disputes, places), _left(order, now, appeals))


def _matters(order: Order, dispute: Dispute, appeals: bool) -> bool:
    """Whether a dispute can still change anything: while open, by an appeal, or by forbidding another one."""
    if dispute.open or order.status not in OVER:
        return True
    return appeals and dispute.outcome not in WITHDRAWN_OUTCOMES


def _parcel(order: Order) -> Key:
    shipment = order.shipment
    if shipment is None:
        return ()
    return shipment.moving, shipment.delivered_at is not None, shipment.unreadable_since is not None


def _minutes(at: datetime, now: datetime) -> int:
    return round((at - now) / _MINUTE)


def _from_now(order: Order, now: datetime, appeals: bool) -> Key:
    """Every boundary as minutes from now, or as past."""
    found = {
        (name, -1 if has_lapsed(order, at, now) else _minutes(at, now))
        for name, at in boundaries(order, appeals=appeals)
    }
    return tuple(sorted(found))


def _left(order: Order, now: datetime, appeals: bool) -> tuple[int, ...]:
    """How long each clock runs on: those of the disputes, and of lines that nobody disputes their release."""
    own = [deadline.at for deadline in _own(order) if appeals or deadline.name is not DeadlineName.APPEAL]
    disputed = order.disputed_lines()
    free = () if order.status in OVER else tuple(line for line in order.lines if line.id not in disputed)
    release = (release_of(order, line) for line in free)
    return (*(_minutes(at, now) for at in own), *(_minutes(then[1], now) if then else -1 for then in release))


def _own(order: Order) -> list[Deadline]:
    """The deadlines of all disputes but those of refunds, by name."""
    found = [deadline for dispute in order.disputes for deadline in of_dispute(order, dispute)]
    return sorted((deadline for deadline in found if deadline.name is not DeadlineName.REFUND), key=lambda d: d.name)


def _places(order: Order, now: datetime) -> Key:
    """Whether the order's own windows are over, end before the next deadline of its disputes, or later."""
    next_own = min((deadline.at for deadline in _own(order)), default=None)
    found = list(_protection(order, now, next_own))
    for line in order.lines:
        release = release_of(order, line)
        found.append((f"window {line.id}", _place(order, opening_window(order, line).at, now, next_own)))
        found.append((f"release {line.id}", _place(order, release[1] if release else None, now, next_own)))
    return tuple(found)


def _protection(order: Order, now: datetime, next_own: datetime | None = None) -> tuple[tuple[str, str], ...]:
    """The place of protection's end; of a protection that stands still, as if it went on now."""
    place = ("protection", _place(order, protection_would_end(order, now), now, next_own))
    still = protection_ends(order) is None and order.protection_since is not None
    return (("still", ""), place) if still else (place,)


def _place(order: Order, at: datetime | None, now: datetime, next_own: datetime | None) -> str:
    if at is None:
        return "never"
    if has_lapsed(order, at, now):
        return "over"
    return "soon" if next_own is not None and at <= next_own else "later"


# ── a dispute ────────────────────────────────────────────────────────────────────────────────────


def _dispute(order: Order, dispute: Dispute, now: datetime, sums: Amounts, appeals: bool) -> Key:
    lines = tuple(piece.line for piece in dispute.pieces)
    heard = (tuple((appeal.by, appeal.granted) for appeal in dispute.appeals), dispute.mediated) if appeals else ()
    if not dispute.open:
        money = (_size(dispute.refunded_minor, sums), _size(order.released_minor, sums)) if appeals else ()
        clocks = _clocks(order, dispute, now) if appeals else ()
        return (S.CLOSED, lines, clocks, heard, money, _by_silence(dispute) if appeals else False)
    settlement = dispute.settlement
    settled = (settlement.wants, _size(settlement.amount_minor, sums)) if settlement else None
    terms = None if settlement else _terms(dispute)
    bargaining: Key = ()
    if dispute.status in BARGAINING:
        answered = (
            dispute.answered_at is not None if order.policy.negotiation.escalation.after == "first_answer" else None
        )
        bargaining = (answered, dispute.window_since is not None, _escalation(order, dispute, now))
    asked = (dispute.asked, dispute.sent) if dispute.status is S.AWAITING_EVIDENCE else bool(dispute.asked)
    choices = tuple(sorted(dispute.choices)) if dispute.status is S.AWAITING_CHOICE else bool(dispute.options)
    waiting = (dispute.waiting.what.wants, dispute.waiting.what.amount_minor) if dispute.waiting else None
    return (
        dispute.status, lines, _clocks(order, dispute, now), heard, dispute.refunded_minor > 0, terms, settled,
        _again(order, dispute), bargaining, dispute.escalated, dispute.review_of_return, asked, choices,
        dispute.return_to is not None, _trip(dispute), dispute.stakes is not None, waiting,
    )  # fmt: skip


def _withdrawn(order: Order, dispute: Dispute) -> Key:
    assert dispute.outcome is not None
    return (dispute.outcome, tuple(piece.line for piece in dispute.pieces), _again(order, dispute))


def _again(order: Order, dispute: Dispute) -> str:
    """The reason, where the policy remembers it."""
    return dispute.reason if order.policy.opening.again == "never_same_reason" else ""


def _clocks(order: Order, dispute: Dispute, now: datetime) -> Key:
    """Which clocks run, in which order they end, and where each stands among the times that may yet be started."""
    deadlines = sorted(of_dispute(order, dispute), key=lambda deadline: deadline.at)
    found: list[object] = []
    lengths = _lengths(order, now)
    before: int | None = None
    for deadline in deadlines:
        if deadline.name is not DeadlineName.REFUND:
            left = _minutes(deadline.at, now)
            found.append((deadline.name, left <= 0, left == before, _among(left, lengths)))
            before = left
    # A clock without an instant (no such clock, or a calendar unknown) still tells whether staff have been rung.
    names = {deadline.name for deadline in deadlines}
    found += sorted(name for name, _ in dispute.clocks if name in STAFF_CLOCKS and name not in names)
    return tuple(found)


def _lengths(order: Order, now: datetime) -> tuple[int, ...]:
    """How long the clocks last that one may start beside another, in minutes."""
    policy = order.policy
    beside = (
        policy.negotiation.seller_response,
        policy.negotiation.buyer_response,
        policy.review.evidence_within,
        policy.review.choose_within,
        policy.return_.first_scan_within,
    )
    ends_then = (ends(order, now, length) for length in beside if length is not None)
    return tuple(sorted({_minutes(at, now) for at in ends_then if at is not None}))


def _among(left: int, lengths: tuple[int, ...]) -> tuple[int, int]:
    return bisect_left(lengths, left), bisect_right(lengths, left)


def _by_silence(dispute: Dispute) -> bool:
    """Whether nobody agreed and nobody decided: what an appeal for want of a mediator is made for."""
    return dispute.outcome in (Outcome.GRANTED_BY_SILENCE, Outcome.LAPSED_FOR_SELLER, Outcome.RETURN_NOT_SENT)


def _terms(dispute: Dispute) -> Key:
    """Claim and offer while they can still change; once frozen, only whether goods would travel."""
    claim, offer = dispute.claim, dispute.standing_offer
    if dispute.status in BARGAINING:
        return (claim.wants, offer.wants if offer else None, offer.amount_minor > 0 if offer else False)
    if dispute.status is S.UNDER_REVIEW:
        return (claim.wants is Wants.REFUND, offer.wants is Wants.REFUND if offer else None)
    return ()


def _size(minor: int, sums: Amounts) -> str:
    if minor == 0:
        return "none"
    return "full" if minor >= sums.full else "part"


def _trip(dispute: Dispute) -> Key:
    trip, replacement = dispute.trip, dispute.replacement
    travelling = dispute.status is S.RETURN_IN_TRANSIT and trip is not None
    return (
        (trip.scanned, trip.delivered_at is not None) if travelling and trip else trip is not None,
        replacement is not None,
    )


def _escalation(order: Order, dispute: Dispute, now: datetime) -> str:
    after = order.policy.negotiation.escalation.after
    if after is None or isinstance(after, str):
        return ""
    at = ends(order, dispute.opened_at, after)
    if at is None:
        return "never"
    return "open" if at <= now else "later"
