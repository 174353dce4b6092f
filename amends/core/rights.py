"""What each party may do now, and for everything else why not and from when.

Buttons, `available_actions`, reminders and tests read this; nothing else decides. It asks the same guards the
acts themselves ask, so a page can never promise what the door refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from .commands import COMMANDS
from .decide import catch_up
from .order import Dispute, Order
from .refusals import Refused
from .rules import appeals, bargaining, consent, opening, ordering, outside, returning, review
from .vocabulary import Party, Verb


class Impossible(NamedTuple):
    """An act that would be refused now, and how."""

    verb: Verb
    refusal: Refused


class Rights(NamedTuple):
    """What one party may do on an order, or on one of its disputes."""

    can: tuple[Verb, ...]
    cannot: tuple[Impossible, ...]

    def why_not(self, verb: Verb) -> Refused | None:
        return next((impossible.refusal for impossible in self.cannot if impossible.verb is verb), None)


OrderGuard = Callable[[Order, Party, datetime], object]
DisputeGuard = Callable[[Order, Dispute, Party, datetime], object]


def _bargain(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    bargaining.may_bargain(order, dispute, by)


ON_ORDER: dict[Verb, OrderGuard] = {
    Verb.OPEN: opening.may_open,
    Verb.CONFIRM_RECEIPT: ordering.may_confirm_some,
    Verb.REQUEST_EXTENSION: ordering.may_request_extension,
    Verb.SHIP: ordering.may_ship,
    Verb.EXTEND_PROTECTION: ordering.may_extend,
    Verb.CANCEL_ORDER: ordering.may_cancel,
    Verb.PAUSE_CLOCKS: outside.may_pause,
    Verb.RESUME_CLOCKS: outside.may_resume,
    Verb.APPROVE: consent.may_approve,
    Verb.CORRECT: consent.may_correct_order,
}
ON_DISPUTE: dict[Verb, DisputeGuard] = {
    Verb.ACCEPT: bargaining.may_accept,
    Verb.OFFER: bargaining.may_offer,
    Verb.REVISE: _bargain,
    Verb.REJECT: bargaining.may_reject,
    Verb.WITHDRAW: bargaining.may_withdraw,
    Verb.ESCALATE: bargaining.may_escalate,
    Verb.MESSAGE: bargaining.may_message,
    Verb.ADD_EVIDENCE: review.may_add_evidence,
    Verb.REMOVE_EVIDENCE: review.may_remove_evidence,
    Verb.CHOOSE: review.may_choose,
    Verb.SHIP_RETURN: returning.may_ship_return,
    Verb.CONFIRM_RETURN: returning.may_confirm_return,
    Verb.CONTEST_RETURN: returning.may_contest_return,
    Verb.SHIP_REPLACEMENT: returning.may_ship_replacement,
    Verb.CONFIRM_REPLACEMENT: returning.may_confirm_replacement,
    Verb.APPEAL: appeals.may_appeal,
    Verb.REQUEST_EVIDENCE: review.may_mediate,
    Verb.PROPOSE: review.may_mediate,
    Verb.RULE: review.may_mediate,
    Verb.DISMISS: review.may_mediate,
    Verb.GRANT_APPEAL: appeals.may_grant_appeal,
    Verb.DENY_APPEAL: appeals.may_decide_appeal,
    Verb.CORRECT: consent.may_correct,
}


def rights(order: Order, dispute: Dispute | None, party: Party, now: datetime) -> Rights:
    """What `party` may do at `now` on the dispute, or with None on the order itself.

    The order is brought up to `now` first, in memory. Verbs that are never this party's are left out. What an
    act carries (an amount, a reason, a file) is checked only when it arrives.
    """
    order, _ = catch_up(order, now)
    if dispute is None:
        mine = {verb: guard for verb, guard in ON_ORDER.items() if party in COMMANDS[verb].who}
        return _sorted({verb: _refusal(guard, order, party, now) for verb, guard in mine.items()})
    current = order.disputes[dispute.number - 1]
    ours = {verb: guard for verb, guard in ON_DISPUTE.items() if party in COMMANDS[verb].who}
    return _sorted({verb: _refusal(guard, order, current, party, now) for verb, guard in ours.items()})


def _refusal(guard: Callable[..., object], *about: object) -> Refused | None:
    try:
        guard(*about)
    except Refused as refused:
        return refused
    return None


def _sorted(tried: Mapping[Verb, Refused | None]) -> Rights:
    can = tuple(verb for verb, refusal in tried.items() if refusal is None)
    cannot = tuple(Impossible(verb, refusal) for verb, refusal in tried.items() if refusal is not None)
    return Rights(can, cannot)
