"""Whether one party can keep the money held for ever by starting a clock again and again.

This is played, not searched: a party who wants the wait to last waits, each time, until the last instant before the
next deadline and then plays the one move that puts it off. If a lap ends just where an earlier one did, the other side
tries to stop it with what it has short of giving in: an offer, a rejection, a revision, a call for the mediator, up to
two of them. Only what nobody can stop is a refutation. A seller who extends protection waits for his own money, so
that is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count, product
from typing import NamedTuple

from amends.core import commands as c
from amends.core.deadlines import next_deadline, next_of_dispute, opening_window, protection_ends
from amends.core.decide import catch_up, decide
from amends.core.draft import Accepted
from amends.core.durations import Calendars
from amends.core.order import Dispute, Order
from amends.core.policy import Policy
from amends.core.vocabulary import Party, Reason, Wants

from .counterexample import Told, shown, story
from .exploring import placed
from .findings import Code, Finding, Level
from .moves import Plan, opening, planned
from .states import BARGAINING, next_instant, seen
from .worlds import MOMENT, OUTBOUND, START, worlds

SHOWN_LAPS = 8
"""How often a story repeats the move before it shows that nothing has come nearer."""


class Play(NamedTuple):
    """An order being played: where it stands, and how it got there."""

    order: Order
    now: datetime
    told: tuple[Told, ...]

    def do(self, command: c.Command) -> Play | None:
        """The play with one more act; None where it is refused."""
        answer = decide(self.order, command, self.now)
        if not isinstance(answer, Accepted):
            return None
        return Play(answer.order, self.now, (*self.told, Told(self.now, command)))

    def wait(self, until: datetime) -> Play:
        return Play(catch_up(self.order, until)[0], until, self.told)


Putting = Callable[[Plan, Play, Dispute], Play | None]


def no_clock_restarts_without_limit(policy: Policy, calendars: Calendars, name: str) -> Iterator[Finding]:
    """The first strategy of either party that the other one cannot stop."""
    plan = planned(policy, worlds(policy)[0])
    start = _opened(plan, calendars)
    if start is None:
        return
    for who, what, keys, move in STRATEGIES:
        lasting = _kept_up(plan, start, move, laps=SHOWN_LAPS)
        if lasting is None or _kept_up(plan, start, move) is None or _stoppable(plan, start, who):
            continue
        keys_there = ("order_status", "status", "money", "deadline")
        expect = shown(lasting.order, lasting.now, *keys_there)
        text = story(
            f"the {who.value} {what}, again and again", name, plan.world, lasting.told, expect=expect, at=lasting.now
        )
        yield Finding(
            Level.ERROR,
            Code.NO_CLOCK_RESTARTS_WITHOUT_LIMIT,
            f"The {who.value} {what} before each deadline and keeps the money held for ever; nothing the other side "
            "may do, short of giving in, stops it.",
            keys,
            text,
        )


def _opened(plan: Plan, calendars: Calendars) -> Play | None:
    """A dispute opened as early as the policy lets one be opened."""
    play: Play | None = Play(placed(plan.world, plan.policy, calendars), START, ())
    assert play is not None
    play = play.do(c.Ship(by=Party.SELLER, tracking=OUTBOUND))
    command = opening(plan, plan.world.lines[0], Reason.DEFECTIVE, Wants.REFUND, plan.sums.part)
    while play is not None:
        opened = play.do(command)
        if opened is not None:
            return opened
        at = next_instant(play.order, play.now, appeals=False)
        play = play.wait(at) if at is not None else None
    return None


# ── putting a deadline off ───────────────────────────────────────────────────────────────────────


def _kept_up(plan: Plan, play: Play, move: Putting, laps: int | None = None) -> Play | None:
    """The play after so many laps, or once a lap ends where an earlier one did: then it can go on for ever.

    None where the dispute leaves the parties' hands before.
    """
    been: set[object] = set()
    for lap in count():
        dispute = next(play.order.open_disputes(), None)
        if dispute is None or dispute.status not in BARGAINING:
            return None
        here = _where(plan, play)
        if lap == laps or (laps is None and here in been):
            return play
        been.add(here)
        deadline = next_of_dispute(play.order, dispute)
        if deadline is None:
            return None  # nothing runs at all: that is another property's business
        last = deadline.at if plan.policy.deadline_includes_last_instant else deadline.at - MOMENT
        waited = play.wait(max(last, play.now))
        dispute = waited.order.disputes[dispute.number - 1]
        moved = move(plan, waited, dispute) if dispute.status in BARGAINING else None
        if moved is None or _soonest(moved) <= deadline.at:
            moved = waited.wait(deadline.at + MOMENT)
        play = moved
    return None


def _where(plan: Plan, play: Play) -> object:
    """Where a lap ends: the state, how long its clocks run, and how much is left of the order's own windows."""
    order, now = play.order, play.now
    windows = (protection_ends(order), opening_window(order, order.lines[0]).at)
    left = tuple(max(-1, round((at - now) / timedelta(minutes=1))) if at else None for at in windows)
    return seen(order, now, plan.sums, appeals=False), left


def _soonest(play: Play) -> datetime:
    dispute = next(play.order.open_disputes(), None)
    deadline = next_of_dispute(play.order, dispute) if dispute is not None else next_deadline(play.order)
    return deadline.at if deadline is not None else play.now


def _revise(plan: Plan, play: Play, dispute: Dispute) -> Play | None:
    amount = plan.sums.part if dispute.claim.amount_minor != plan.sums.part else plan.sums.little
    return play.do(c.Revise(by=Party.BUYER, dispute=dispute.number, wants=Wants.REFUND.value, amount=amount))


def _open_again(plan: Plan, play: Play, dispute: Dispute) -> Play | None:
    """Withdrawn, and opened anew at the same instant."""
    withdrawn = play.do(c.Withdraw(by=Party.BUYER, dispute=dispute.number))
    command = opening(plan, plan.world.lines[0], Reason.DEFECTIVE, Wants.REFUND, plan.sums.part)
    return withdrawn.do(command) if withdrawn is not None else None


def _offer(plan: Plan, play: Play, dispute: Dispute) -> Play | None:
    offer = dispute.standing_offer
    amount = plan.sums.little if offer is None or offer.amount_minor != plan.sums.little else plan.sums.little - 1
    return play.do(c.MakeOffer(by=Party.SELLER, dispute=dispute.number, wants=Wants.REFUND.value, amount=amount))


STRATEGIES: tuple[tuple[Party, str, tuple[str, ...], Putting], ...] = (
    (
        Party.BUYER,
        "changes the claim",
        ("negotiation.restarts_on", "negotiation.at_most", "negotiation.seller_response_restarts_on_revision"),
        _revise,
    ),
    (
        Party.BUYER,
        "withdraws and opens again",
        ("opening.again", "protection.while_disputed", "opening.latest"),
        _open_again,
    ),
    (Party.SELLER, "makes another offer", ("negotiation.restarts_on", "negotiation.at_most"), _offer),
)


# ── stopping it ──────────────────────────────────────────────────────────────────────────────────


def _answers(plan: Plan, dispute: Dispute, by: Party) -> Iterator[c.Command]:
    """What the other side may do short of giving in."""
    if by is Party.SELLER:
        yield c.MakeOffer(by=by, dispute=dispute.number, wants=Wants.REFUND.value, amount=plan.sums.little - 2)
    else:
        yield c.Revise(by=by, dispute=dispute.number, wants=Wants.REFUND.value, amount=plan.sums.full)
    yield c.Reject(by=by, dispute=dispute.number)
    yield c.Escalate(by=by, dispute=dispute.number)


def _stoppable(plan: Plan, start: Play, who: Party) -> bool:
    """Whether one or two answers of the other side end what any strategy of `who` could keep up."""
    other = Party.SELLER if who is Party.BUYER else Party.BUYER
    moves = [move for party, _, _, move in STRATEGIES if party is who]
    for first in _answered(plan, start, moves, other):
        if _bounded(plan, first, moves):
            return True
        if any(_bounded(plan, second, moves) for second in _answered(plan, first, moves, other)):
            return True
    return False


def _answered(plan: Plan, start: Play, moves: list[Putting], other: Party) -> Iterator[Play]:
    """The play after one answer, given at once or once the move has been played."""
    for move, laps in product(moves, (0, 1, 2)):
        play = _kept_up(plan, start, move, laps=laps)
        dispute = next(play.order.open_disputes(), None) if play is not None else None
        if play is None or dispute is None:
            continue
        for command in _answers(plan, dispute, other):
            answered = play.do(command)
            if answered is not None:
                yield answered


def _bounded(plan: Plan, play: Play, moves: list[Putting]) -> bool:
    return all(_kept_up(plan, play, move) is None for move in moves)
