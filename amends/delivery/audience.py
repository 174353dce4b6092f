"""Who is told of what: of each event those whom it concerns and who did not do it themselves.

What follows at once from an event is told by the event that ends it: a lapsed clock by the dispute it settles, a ruling
by itself. So one act is one letter to each side, two where money starts to move.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from amends.core import events as e
from amends.core.deadlines import Deadline, running
from amends.core.order import Order
from amends.core.reminders import PROTECTING
from amends.core.vocabulary import DeadlineName, Outcome, Party, TrackState
from amends.orders.contacts import Kind

BOTH: Final = (Party.BUYER, Party.SELLER)
ENDED_WITHOUT_SETTLEMENT: Final = frozenset(
    {
        Outcome.WITHDRAWN,
        Outcome.WITHDRAWN_FINAL,
        Outcome.RETURN_NOT_SENT,
        Outcome.LAPSED_FOR_SELLER,
        Outcome.REFUNDED_ELSEWHERE,
    }
)
TOLD_BY_ITSELF: Final = frozenset({Outcome.RULED, Outcome.DISMISSED})
"""Endings that a mediator's own event tells, with the reasons."""


def told(order: Order, event: e.Event) -> Iterator[tuple[Party, Kind]]:
    """Whom the event is told, and as what. Nobody is told what he did himself."""
    for party, kind in _concerned(order, event):
        if party is not event.by:
            turn = kind is Kind.NEWS and isinstance(event, e.DisputeEvent) and awaited(order, party, event.dispute)
            yield party, Kind.TURN if turn else kind


def reminded(deadline: Deadline) -> Iterator[tuple[Party, Kind]]:
    """Who is reminded of a deadline: whose own answer is due, or, where protection ends, the buyer."""
    if deadline.name in PROTECTING:
        yield Party.BUYER, Kind.REMINDER
    for party in BOTH:
        if party in deadline.awaited:
            yield party, Kind.TURN


def awaited(order: Order, party: Party, dispute: int | None) -> Deadline | None:
    """The next deadline at which this party's own answer is due, of the dispute where one is named."""
    return next(
        (one for one in running(order) if party in one.awaited and (dispute is None or one.dispute == dispute)), None
    )


def _concerned(order: Order, event: e.Event) -> Iterator[tuple[Party, Kind]]:
    match event:
        case e.OrderCancelled() | e.ChargebackOpened() | e.ChargebackClosed():
            yield from _both(Kind.RESULT)
        case e.OrderShipped() | e.ProtectionExtended() | e.ReplacementShipped() | e.ReturnConfirmed():
            yield Party.BUYER, Kind.NEWS
        case e.ParcelTracked(state=TrackState.DELIVERED | TrackState.LOST | TrackState.RETURNED):
            yield Party.BUYER, Kind.NEWS
        case e.ReceiptConfirmed() | e.ExtensionRequested() | e.ReturnShipped() | e.ReplacementConfirmed():
            yield Party.SELLER, Kind.NEWS
        case e.ReturnTracked(state=TrackState.DELIVERED | TrackState.LOST) | e.ReturnUnderReview():
            yield from _both(Kind.NEWS)
        case e.FundsReleased() | e.PayoutSucceeded() | e.PlatformPaid():
            yield Party.SELLER, Kind.MONEY
        case e.RefundScheduled() | e.RefundSucceeded() | e.RefundFailed() | e.RefundRedirected():
            yield Party.BUYER, Kind.MONEY
        case e.ClocksPaused() | e.ClocksResumed() | e.ChoicesDiffered() | e.OptionsProposed() | e.DisputeEscalated():
            yield from _both(Kind.NEWS)
        case e.DisputeOpened() | e.ClaimRevised() | e.OfferMade() | e.OfferRejected() | e.AppealMade():
            yield from _both(Kind.NEWS)
        case e.MessageSent() | e.ReturnContested():
            yield from _both(Kind.NEWS)
        case e.EvidenceAdded(file=file) if not file.mediator_only:
            yield from _both(Kind.NEWS)
        case e.EvidenceRequested(of=parties):
            yield from ((party, Kind.NEWS) for party in parties)
        case e.RulingMade(waits=False) | e.DisputeDismissed() | e.AppealGranted() | e.AppealDenied():
            yield from _both(Kind.RESULT)
        case e.DisputeSettled(outcome=outcome) if outcome not in TOLD_BY_ITSELF:
            yield from _both(Kind.RESULT)
        case e.DisputeClosed(outcome=outcome) if outcome in ENDED_WITHOUT_SETTLEMENT:
            yield from _both(Kind.RESULT)
        case e.DeadlineLapsed(name=DeadlineName.DISPATCH):
            yield from _both(Kind.NEWS)
        case _:
            return


def _both(kind: Kind) -> Iterator[tuple[Party, Kind]]:
    return ((party, kind) for party in BOTH)
