"""The clocks an order is waiting on: who is awaited, until when, why then, and what silence does.

A deadline includes its last instant: at five days exactly it has not lapsed, a microsecond later it has
(a policy may say otherwise). A day is 24 hours, UTC. Source: docs/policies.md, "Counting days".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from .durations import BusinessDays, CalendarUnknown, Duration, duration_words, ends_at
from .order import Dispute, Line, Order, Refund, Span, missing
from .policy import Policy
from .spans import protection_spans
from .told import Told, told
from .vocabulary import PRECEDENCE, DeadlineName, OrderStatus, Party

N = DeadlineName


class Deadline(NamedTuple):
    """`because` says in words what the instant is counted from; `if_silent` is the policy's word."""

    name: DeadlineName
    at: datetime
    if_silent: str
    awaited: tuple[Party, ...] = ()
    """Whose own answer is due; empty for a window that merely encloses."""
    dispute: int | None = None
    lines: tuple[str, ...] = ()
    """For the money's deadlines: the lines released."""
    since: datetime | None = None

    @property
    def rank(self) -> tuple[datetime, int, int]:
        """Sorts the next to lapse first; on the same instant a party's own answer before the window around it."""
        return self.at, PRECEDENCE[self.name], self.dispute or 0


class ClockRule(NamedTuple):
    """How a policy answers for one clock of a dispute."""

    lasts: Callable[[Policy], Duration | None]
    if_silent: Callable[[Policy], str]
    awaited: Callable[[Dispute], tuple[Party, ...]]
    because: str
    """Why the clock ends when it does; `{time}` is how long it runs."""


def _nobody(dispute: Dispute) -> tuple[Party, ...]:
    return ()


def _seller(dispute: Dispute) -> tuple[Party, ...]:
    return (Party.SELLER,)


def _buyer(dispute: Dispute) -> tuple[Party, ...]:
    return (Party.BUYER,)


def _mediator(dispute: Dispute) -> tuple[Party, ...]:
    return (Party.MEDIATOR,)


CLOCKS: dict[DeadlineName, ClockRule] = {
    N.SELLER_RESPONSE: ClockRule(
        lambda p: p.negotiation.seller_response,
        lambda p: p.negotiation.if_seller_silent,
        _seller,
        "{time} from the buyer's claim as it stands",
    ),
    N.BUYER_RESPONSE: ClockRule(
        lambda p: p.negotiation.buyer_response,
        lambda p: p.negotiation.if_buyer_silent,
        _buyer,
        "{time} from the seller's offer",
    ),
    N.NEGOTIATION: ClockRule(
        lambda p: p.negotiation.lasts,
        lambda p: p.negotiation.if_window_ends,
        _nobody,
        "{time} from the start of the time to bargain",
    ),
    N.NEGOTIATION_CAP: ClockRule(
        lambda p: p.negotiation.at_most,
        lambda p: p.negotiation.if_window_ends,
        _nobody,
        "{time} from the first start of the time to bargain",
    ),
    N.REVIEW: ClockRule(
        lambda p: p.review.decide_within,
        lambda p: p.review.if_undecided,
        _mediator,
        "{time} from the day the mediator joined",
    ),
    N.EVIDENCE: ClockRule(
        lambda p: p.review.evidence_within,
        lambda p: p.review.if_evidence_missing,
        missing,
        "{time} from the mediator's request",
    ),
    N.CHOICE: ClockRule(
        lambda p: p.review.choose_within, lambda p: p.review.if_no_choice, missing, "{time} from the mediator's options"
    ),
    N.RETURN_SHIPMENT: ClockRule(
        lambda p: p.return_.ship_within,
        lambda p: p.return_.if_not_shipped,
        _buyer,
        "{time} from the day the return was agreed",
    ),
    N.FIRST_SCAN: ClockRule(
        lambda p: p.return_.first_scan_within,
        lambda p: p.return_.if_no_scan,
        lambda d: (Party.CARRIER,),
        "{time} from the day the return was sent",
    ),
    N.RETURN_TRANSIT: ClockRule(
        lambda p: p.return_.transit_at_most,
        lambda p: p.return_.if_transit_ends,
        lambda d: (Party.CARRIER,),
        "{time} from the day the goods were sent",
    ),
    N.RETURN_INSPECTION: ClockRule(
        lambda p: p.return_.inspect_within,
        lambda p: p.return_.if_not_inspected,
        _seller,
        "{time} from the day the return was delivered",
    ),
    N.REPLACEMENT: ClockRule(
        lambda p: p.return_.replace_within,
        lambda p: p.return_.if_not_replaced,
        _seller,
        "{time} from the day the return was confirmed",
    ),
    N.APPEAL: ClockRule(
        lambda p: p.appeal.within if p.appeal.grounds else None,
        lambda p: "final",
        _nobody,
        "{time} from the day it was closed",
    ),
    N.APPEAL_DECISION: ClockRule(
        lambda p: p.appeal.decide_within,
        lambda p: p.appeal.if_undecided,
        _mediator,
        "{time} from the day of the appeal",
    ),
}


def running(order: Order) -> tuple[Deadline, ...]:
    """Every deadline this order is waiting on, the next to lapse first; empty when it waits on nobody.

    Clocks that stand still, and clocks over days whose calendar is not announced, have no instant and are
    not here: see `standing_still` and `unknown`.
    """
    if order.holds:
        return ()
    found = [*_dispatch(order), *_money(order), *_refund(order, order.refund, None)]
    for dispute in order.disputes:
        found.extend(of_dispute(order, dispute))
    if len(found) > 1:
        found.sort(key=lambda deadline: deadline.rank)
    return tuple(found)


def next_deadline(order: Order) -> Deadline | None:
    """The next deadline to lapse, None when the order waits on nobody."""
    deadlines = running(order)
    return deadlines[0] if deadlines else None


def next_of_dispute(order: Order, dispute: Dispute) -> Deadline | None:
    """The next deadline of one dispute; protection and the money's other deadlines are the order's own."""
    if order.holds:
        return None
    waiting = (deadline for deadline in of_dispute(order, dispute) if not (dispute.open and deadline.name is N.REFUND))
    return min(waiting, key=lambda deadline: deadline.rank, default=None)


def of_dispute(order: Order, dispute: Dispute) -> Iterator[Deadline]:
    for name, since in dispute.clocks:
        rule = CLOCKS[name]
        lasts = rule.lasts(order.policy)
        at = ends(order, since, lasts) if lasts is not None else None
        if at is not None:
            yield Deadline(name, at, rule.if_silent(order.policy), rule.awaited(dispute), dispute.number, since=since)
    for refund in dispute.refunds:
        yield from _refund(order, refund, dispute.number)


def has_lapsed(order: Order, at: datetime, now: datetime) -> bool:
    """Whether a deadline at `at` has lapsed by `now` under the order's policy."""
    return at < now or (at == now and not order.policy.deadline_includes_last_instant)


# ── instants ─────────────────────────────────────────────────────────────────────────────────────


def ends(order: Order, since: datetime, lasts: Duration) -> datetime | None:
    """When a clock started at `since` ends, with the time it stood still; None while nobody can say."""
    if isinstance(lasts, BusinessDays):
        at = ends_at(since, lasts, order.calendars)
        if isinstance(at, CalendarUnknown):
            return None
        return _elapsed(order, since, at - since, order.standstills)
    return _elapsed(order, since, lasts.delta, order.standstills) if order.standstills else since + lasts.delta


def elapse(
    since: datetime, length: timedelta, spans: tuple[Span, ...], *, includes_last_instant: bool = True
) -> datetime | None:
    """`length` of running time after `since`; None while the clock stands still and has time left.

    Stopped in its last instant a clock has not lapsed yet, where that instant belongs to it: no time is left, but
    it ends only when clocks go on.
    """
    end = since + length
    for stopped, resumed in spans:
        if stopped > end or (stopped == end and not includes_last_instant):
            break
        if resumed is None:
            return None
        low = max(since, stopped)
        if resumed > low:
            end += resumed - low
    return end


def _elapsed(order: Order, since: datetime, length: timedelta, spans: tuple[Span, ...]) -> datetime | None:
    return elapse(since, length, spans, includes_last_instant=order.policy.deadline_includes_last_instant)


def protection_ends(order: Order) -> datetime | None:
    """When protection ends as things stand; None before it has started or while it stands still."""
    since, lasts = order.protection_since, order.protection_lasts
    if since is None or lasts is None:
        return None
    if not order.standstills and not order.disputed:
        return since + lasts
    return _elapsed(order, since, lasts, protection_spans(order))


def protection_would_end(order: Order, now: datetime) -> datetime | None:
    """When protection ends, or, while it stands still, would end if everything went on at `now`."""
    since, lasts = order.protection_since, order.protection_lasts
    if since is None or lasts is None:
        return None
    return elapse(since, lasts, tuple((stopped, resumed or now) for stopped, resumed in protection_spans(order)))


def protection_over(order: Order, now: datetime) -> bool:
    at = protection_ends(order)
    return at is not None and has_lapsed(order, at, now)


class Window(NamedTuple):
    """The end of the time to open a dispute about a line, and whether protection's own end is what ends it."""

    at: datetime | None
    by_protection: bool


def opening_window(order: Order, line: Line) -> Window:
    """Until when a dispute about the line may be opened. Of the anchors that exist the last one counts.

    No anchor exists: the window ends with protection. `at` is None where nobody can say yet.
    """
    last: datetime | None = None
    by_protection = True
    for anchor, within in ((entry.after, entry.within) for entry in order.policy.opening.latest):
        since = anchored(order, line, anchor)
        if since is None:
            if anchor == "protection_ends" and order.protection_since is not None:
                return Window(None, by_protection=False)  # protection stands still, and what hangs on it too
            continue
        at = ends(order, since, within)
        if at is None:
            return Window(None, by_protection=False)
        own = anchor == "protection_ends" and at == since
        if last is None or at > last or (at == last and own):
            last, by_protection = at, own
    if last is None:
        return Window(protection_ends(order), by_protection=True)
    return Window(last, by_protection)


def anchored(order: Order, line: Line | None, anchor: str) -> datetime | None:
    """The instant a policy counts from: paid, shipped, delivered, delivery_due, receipt_confirmed, protection_ends."""
    if anchor == "paid":
        return order.paid_at
    if anchor == "protection_ends":
        return protection_ends(order)
    if anchor == "receipt_confirmed":
        return line.confirmed_at if line else None
    shipment = order.shipment
    if shipment is None:
        return None
    if anchor == "shipped":
        return shipment.shipped_at
    return shipment.delivered_at if anchor == "delivered" else shipment.delivery_due


# ── the order's own deadlines ────────────────────────────────────────────────────────────────────


def _dispatch(order: Order) -> Iterator[Deadline]:
    within = order.policy.dispatch.within
    if order.status is OrderStatus.PAID and within is not None and not order.dispatch_missed:
        at = ends(order, order.paid_at, within)
        if at is not None:
            yield Deadline(N.DISPATCH, at, order.policy.dispatch.if_not_shipped, (Party.SELLER,), since=order.paid_at)


def dispatch_due(order: Order) -> datetime | None:
    """Until when the seller must ship; None where the policy sets no date."""
    within = order.policy.dispatch.within
    return ends(order, order.paid_at, within) if within is not None else None


def release_of(order: Order, line: Line) -> tuple[DeadlineName, datetime] | None:
    """When the money of an undisputed line goes to the seller, and which clock says so (decision 10)."""
    policy = order.policy
    window = opening_window(order, line).at
    after = policy.protection.after_receipt
    if line.confirmed_at is not None and after is not None:
        # Confirmed while clocks stand still, nothing is released before they go on.
        at_once = elapse(line.confirmed_at, timedelta(0), order.standstills)
        at = ends(order, line.confirmed_at, after)
        name = N.RELEASE
        if policy.opening.after_confirmation == "refuse":
            window = at_once  # nothing more can be opened, so no window keeps the money
    else:
        at, name = protection_ends(order), N.PROTECTION
    if at is None or window is None:
        return None
    return (N.OPENING_WINDOW, window) if window > at else (name, at)


def _money(order: Order) -> Iterator[Deadline]:
    if order.status in (OrderStatus.COMPLETED, OrderStatus.CANCELLED):
        return
    disputed = order.disputed_lines()
    groups: dict[tuple[DeadlineName, datetime], list[str]] = {}
    releases: dict[datetime | None, tuple[DeadlineName, datetime] | None] = {}
    for line in order.lines:
        if line.left and line.held_minor and line.id not in disputed:
            if line.confirmed_at not in releases:  # lines differ by nothing else
                releases[line.confirmed_at] = release_of(order, line)
            release = releases[line.confirmed_at]
            if release is not None:
                groups.setdefault(release, []).append(line.id)
    for (name, at), lines in groups.items():
        yield Deadline(name, at, order.policy.protection.if_nothing_happens, lines=tuple(lines))


def _refund(order: Order, refund: Refund | None, dispute: int | None) -> Iterator[Deadline]:
    """A refund that has not arrived rings on its latest day, once."""
    if refund is None or refund.latest_at is None or not refund.waited_for:
        return
    at = _elapsed(order, refund.scheduled_at, refund.latest_at - refund.scheduled_at, order.standstills)
    if at is not None:
        yield Deadline(N.REFUND, at, order.policy.refund.if_late, (Party.PAYMENTS,), dispute, since=refund.scheduled_at)


# ── clocks without an instant ────────────────────────────────────────────────────────────────────


def standing_still(order: Order) -> tuple[tuple[DeadlineName, int], ...]:
    """The clocks that would run if nothing stopped them: name and dispute. Empty while nothing does."""
    if not order.holds:
        return ()
    return tuple(
        (name, dispute.number)
        for dispute in order.disputes
        for name, _ in dispute.clocks
        if CLOCKS[name].lasts(order.policy) is not None
    )


def unknown(order: Order) -> tuple[tuple[DeadlineName, int, CalendarUnknown], ...]:
    """Clocks that run over days whose calendar is not announced yet: name, dispute, and which day is missing."""
    found = []
    for dispute in order.disputes:
        for name, since in dispute.clocks:
            lasts = CLOCKS[name].lasts(order.policy)
            at = ends_at(since, lasts, order.calendars) if isinstance(lasts, BusinessDays) else None
            if isinstance(at, CalendarUnknown):
                found.append((name, dispute.number, at))
    return tuple(found)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────

MONEY_WORDS = {
    N.PROTECTION: "buyer protection ends then",
    N.RELEASE: "the money is kept for a while after receipt was confirmed",
    N.OPENING_WINDOW: "until then a dispute can still be opened",
    N.REFUND: "that is the latest day for the refund to arrive",
}


def because(order: Order, deadline: Deadline) -> str:
    """Why the deadline is when it is, as one clause: "5 days from the buyer's claim as it stands"."""
    if deadline.name is N.DISPATCH and order.policy.dispatch.within is not None:
        return told("{time} from the payment", time=_length(order.policy.dispatch.within))
    rule = CLOCKS.get(deadline.name)
    lasts = rule.lasts(order.policy) if rule else None
    if rule is None or lasts is None:
        return told(MONEY_WORDS[deadline.name])
    why = told(rule.because, time=_length(lasts))
    return told("{why}, without the time the clocks stood still", why=why) if order.standstills else why


def _length(lasts: Duration) -> Told:
    return Told(duration_words(lasts), lasts)
