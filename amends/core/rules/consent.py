"""A second pair of eyes: consent to large decisions, and an operator's corrections.

Source: vocabulary, `approve` and `correct`; decisions 8, 21; quality C2.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .. import commands as c
from .. import events as e
from ..draft import Draft
from ..order import Dispute, Order, Refund, Waiting
from ..private import Private, private
from ..refusals import Refused
from ..vocabulary import FundedBy, Outcome, Party, RefundStatus, RefusalCode, Wants
from .amounts import allowed_solution, not_negative, read_minor
from .appeals import reopen
from .ordering import malformed
from .review import covered, total
from .settling import close, settle

R = RefusalCode


# ── consent ──────────────────────────────────────────────────────────────────────────────────────


def may_approve(order: Order, by: Party, now: datetime) -> None:
    if not any(True for _ in _waiting(order)):
        raise Refused(R.NOT_ALLOWED, "nothing_waits")
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")


def _waiting(order: Order) -> Iterator[Waiting]:
    if order.waiting is not None:
        yield order.waiting
    yield from (dispute.waiting for dispute in order.disputes if dispute.waiting is not None)


def approve(draft: Draft, command: c.Approve) -> None:
    """The second person's consent: the decision named, or the one that has waited longest, takes effect now."""
    may_approve(draft.order, command.by, draft.now)
    meant = [waiting for waiting in _waiting(draft.order) if command.event in (None, waiting.event)]
    if not meant:
        raise Refused(R.NOT_ALLOWED, "nothing_waits")
    waiting = min(meant, key=lambda one: one.event)
    decision = waiting.what
    if command.actor and command.actor == decision.actor:
        raise Refused(R.NOT_ALLOWED, "second_person")
    if isinstance(decision, e.RulingMade) and decision.funded_by is FundedBy.PLATFORM:
        covered(draft.order, draft.dispute(decision.dispute), decision.amount_minor)
    draft.add(
        e.Approved(at=draft.now, by=command.by, actor=command.actor, dispute=decision.dispute, event=waiting.event)
    )
    if isinstance(decision, e.RulingMade):
        _rule_now(draft, decision)
    else:
        _correct_now(draft, decision)


def _rule_now(draft: Draft, ruling: e.RulingMade) -> None:
    draft.add(
        e.RulingMade(
            at=draft.now,
            by=ruling.by,
            actor=ruling.actor,
            dispute=ruling.dispute,
            wants=ruling.wants,
            amount_minor=ruling.amount_minor,
            fault=ruling.fault,
            funded_by=ruling.funded_by,
            counts_against=ruling.counts_against,
            finding=ruling.finding,
            text=ruling.text,
            return_to=ruling.return_to,
        )
    )
    dispute = draft.dispute(ruling.dispute)
    settle(draft, dispute, Outcome.RULED, ruling.wants, ruling.amount_minor, at=draft.now, by=ruling.by)


# ── corrections ──────────────────────────────────────────────────────────────────────────────────


def may_correct(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> None:
    """What runs normally is ruled on, not corrected."""
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    if dispute is not None and dispute.open:
        raise Refused(R.NOT_ALLOWED, "not_waiting")


def may_correct_order(order: Order, by: Party, now: datetime) -> None:
    """A note on the order, or another target for the refund of one that was cancelled."""
    may_correct(order, None, by, now)


def correct(draft: Draft, command: c.Correct) -> None:
    """A reasoned correction: a higher total, another target for a refund that failed, or a note for the record."""
    order = draft.order
    dispute = None if command.dispute is None else draft.dispute(command.dispute)
    may_correct(order, dispute, command.by, draft.now)
    if not command.text.strip():
        raise malformed("a correction needs its reason", "Say why.")
    if command.amount is not None and command.refund_to:
        raise malformed("a correction names a new total or another target", "Make two corrections of it.")
    minor = wants = None
    if command.amount is not None:
        if dispute is None:
            raise malformed("a new total is a dispute's", "Name the dispute.")
        minor, wants = _new_total(order, dispute, command)
    elif command.refund_to and _failed(order, dispute) is None:
        raise Refused(R.NOT_ALLOWED, "no_refund")
    draft.add(
        e.CorrectionProposed(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=command.dispute,
            text=Private(command.text),
            wants=wants,
            amount_minor=minor,
            refund_to=private(command.refund_to),
        )
    )


def _new_total(order: Order, dispute: Dispute, command: c.Correct) -> tuple[int, Wants]:
    """What this dispute gave back and what its closing released is all a correction moves."""
    assert command.amount is not None
    minor = read_minor(order.currency, command.amount, command.currency)
    most = dispute.given_back_minor + sum(part.amount_minor for part in dispute.released)
    total(order, dispute, not_negative(order, minor, most))
    wants = allowed_solution(order, command.wants or Wants.REFUND.value)
    if wants is not Wants.REFUND:
        raise Refused(R.SETTLEMENT_NOT_ALLOWED, "return")
    return minor, wants


def _failed(order: Order, dispute: Dispute | None) -> int | None:
    """The position, from 1, of the refund that could not arrive; None when there is none."""
    refunds: tuple[Refund, ...] = (order.refund,) if dispute is None and order.refund else ()
    if dispute is not None:
        refunds = dispute.refunds
    return next((at for at, refund in enumerate(refunds, 1) if refund.status is RefundStatus.FAILED), None)


def _correct_now(draft: Draft, correction: e.CorrectionProposed) -> None:
    dispute = None if correction.dispute is None else draft.dispute(correction.dispute)
    if correction.refund_to is not None:
        failed = _failed(draft.order, dispute)
        if failed is None:
            raise Refused(R.NOT_ALLOWED, "no_refund")
        draft.add(
            e.RefundRedirected(
                at=draft.now, by=correction.by, dispute=correction.dispute, to=correction.refund_to, refund=failed
            )
        )
        return
    if correction.amount_minor is None or dispute is None:
        return  # only the record is put right
    outcome = dispute.outcome or Outcome.RULED
    reopen(draft, dispute, at=draft.now, by=correction.by, actor=correction.actor)
    close(draft, dispute.number, outcome, correction.amount_minor, at=draft.now, by=correction.by)
