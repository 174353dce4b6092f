"""Before and with the mediator: evidence, requests, options, choices, rulings, consent, corrections.

Source: rulebook §8, §14; decisions 6, 8, 14, 20.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from .. import commands as c
from .. import events as e
from .. import values as v
from ..draft import Draft
from ..facts import Facts
from ..order import Dispute, Order, missing
from ..private import Private, private
from ..refusals import Refused
from ..tracking import Verdict, check
from ..vocabulary import (
    CountsAgainst,
    DeadlineName,
    DisputeStatus,
    EvidenceKind,
    Fault,
    Flag,
    FundedBy,
    Outcome,
    Party,
    RefundStatus,
    RefusalCode,
    Wants,
    WarningCode,
)
from .amounts import allowed_solution, not_negative, payable, read_amount, read_minor, say
from .bargaining import IN_REVIEW, agree_on_address, may_act, refuse_if_silent
from .opening import evidence_kind, next_file, room_for
from .ordering import located, malformed
from .settling import close, settle

R = RefusalCode
S = DisputeStatus


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────


def may_add_evidence(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """Freely while bargaining; afterwards only what the mediator asked for, until its deadline (R172, R173)."""
    may_act(order, dispute, by, late=R.EVIDENCE_DEADLINE_PASSED)
    if dispute.status in (S.AWAITING_SELLER, S.AWAITING_BUYER):
        return
    if by in missing(dispute) and dispute.status is S.AWAITING_EVIDENCE:
        return
    if dispute.lapsed is not None and dispute.lapsed.name is DeadlineName.EVIDENCE:
        refuse_if_silent(dispute, by, R.EVIDENCE_DEADLINE_PASSED)
    raise Refused(R.EVIDENCE_NOT_REQUESTED)


def add_evidence(draft: Draft, command: c.AddEvidence, dispute: Dispute, facts: Facts) -> None:
    may_add_evidence(draft.order, dispute, command.by, draft.now)
    room_for(draft.order, dispute, command.by)
    kind = evidence_kind(command.kind)
    name = command.id or f"file-{next_file(dispute)}"
    if any(item.file.id == name for item in dispute.evidence):
        raise malformed(f"there is already a file “{name}”", "Give the file another id.")
    counts = kind is not EvidenceKind.LINK
    if not counts:
        draft.warnings.add(WarningCode.LINK_IS_NO_EVIDENCE.value)
    flags = set()
    if kind is EvidenceKind.TRACKING:
        if check(command.name).verdict is not Verdict.VALID:
            draft.warnings.add(WarningCode.TRACKING_UNVERIFIED.value)
        if facts.tracking_elsewhere:
            flags.add(Flag.TRACKING_MISMATCH.value)
    file = v.Filed(name, kind, private(command.name), private(command.comment), command.mediator_only, counts)
    draft.add(
        e.EvidenceAdded(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            file=file,
            flags=frozenset(flags),
        )
    )
    dispute = draft.dispute(dispute.number)
    if dispute.status is S.AWAITING_EVIDENCE and not missing(dispute):
        draft.add(e.EvidenceComplete(at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number))


def may_remove_evidence(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by)
    if dispute.status not in (S.AWAITING_SELLER, S.AWAITING_BUYER):
        raise Refused(R.FROZEN, "return" if dispute.returning else "")


def remove_evidence(draft: Draft, command: c.RemoveEvidence, dispute: Dispute) -> None:
    may_remove_evidence(draft.order, dispute, command.by, draft.now)
    item = next((item for item in dispute.evidence if item.file.id == command.id), None)
    if item is None:
        raise malformed(f"there is no file “{command.id}”", "Look at the list of files.")
    if item.by is not command.by:
        raise Refused(R.NOT_ALLOWED, "somebody_elses")
    draft.add(
        e.EvidenceRemoved(at=draft.now, by=command.by, actor=command.actor, dispute=dispute.number, file=command.id)
    )


# ── the mediator asks and proposes ───────────────────────────────────────────────────────────────


def may_mediate(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """Under review, while evidence or choices are awaited, and about a return (decision 6)."""
    may_act(order, dispute, by)
    if dispute.status not in IN_REVIEW:
        raise Refused(R.NOT_IN_REVIEW)


def request_evidence(draft: Draft, command: c.RequestEvidence, dispute: Dispute) -> None:
    order = draft.order
    may_mediate(order, dispute, command.by, draft.now)
    of = tuple(dict.fromkeys(command.of))
    if not of or not set(of) <= c.PARTIES:
        raise malformed("nobody was asked, or somebody who is no party", "Ask the buyer, the seller, or both.")
    if not command.text.strip():
        raise malformed("it does not say what is wanted", "Say exactly what should be shown.")
    proposal = None
    if command.proposal is not None:
        minor = not_negative(order, read_amount(order, command.proposal.amount), payable(order, dispute))
        proposal = v.Provisional(allowed_solution(order, command.proposal.wants), minor)
    draft.add(
        e.EvidenceRequested(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            of=of,
            text=private(command.text),
            proposal=proposal,
        )
    )


def propose(draft: Draft, command: c.Propose, dispute: Dispute) -> None:
    order = draft.order
    may_mediate(order, dispute, command.by, draft.now)
    if len(command.options) < 2:
        raise malformed("fewer than two options", "Put two or more options side by side.")
    if len({option.option for option in command.options}) < len(command.options):
        raise malformed("two options have the same number", "Number the options 1, 2, 3 …")
    most = payable(order, dispute)
    options = tuple(
        v.Offered(
            option.option,
            allowed_solution(order, option.wants),
            _total(order, dispute, not_negative(order, read_amount(order, option.amount), most)),
        )
        for option in command.options
    )
    draft.add(
        e.OptionsProposed(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            options=options,
            text=private(command.text),
        )
    )


def may_choose(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    may_act(order, dispute, by)
    if dispute.status is not S.AWAITING_CHOICE:
        refuse_if_silent(dispute, by)
        raise Refused(R.UNKNOWN_OPTION, option="on the table", known="the options once the mediator names some")
    if dispute.chosen(by) is not None:
        raise Refused(R.ALREADY_CHOSEN)


def choose(draft: Draft, command: c.Choose, dispute: Dispute) -> None:
    """Each chooses alone; equal choices settle the dispute, different ones bring it back (R296, R297)."""
    order = draft.order
    may_choose(order, dispute, command.by, draft.now)
    option = next((option for option in dispute.options if option.option == command.option), None)
    if option is None:
        known = ", ".join(str(option.option) for option in dispute.options)
        raise Refused(R.UNKNOWN_OPTION, option=command.option, known=known)
    return_to = located(command.return_to)
    other = dispute.chosen(Party.SELLER if command.by is Party.BUYER else Party.BUYER)
    if other == command.option:
        agree_on_address(order, dispute, option.wants, return_to)
    draft.add(
        e.OptionChosen(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            option=command.option,
            return_to=return_to,
        )
    )
    if other is None:
        return
    if other == command.option:
        dispute = draft.dispute(dispute.number)
        settle(draft, dispute, Outcome.AGREED, option.wants, option.amount_minor, at=draft.now, by=command.by)
    else:
        draft.add(e.ChoicesDiffered(at=draft.now, by=command.by, dispute=dispute.number))


# ── the mediator decides ─────────────────────────────────────────────────────────────────────────

Word = TypeVar("Word", bound=StrEnum)


def _word(kind: type[Word], value: str, field: str) -> Word:
    try:
        return kind(value)
    except ValueError:
        raise malformed(f"{field} is “{value}”", f"Choose one of: {', '.join(kind)}.") from None


def rule(draft: Draft, command: c.Rule, dispute: Dispute) -> None:
    """A decision with its four verdict fields; above the policy's limit it waits for a second person."""
    order = draft.order
    may_mediate(order, dispute, command.by, draft.now)
    minor = read_amount(order, command.amount, command.currency)
    not_negative(order, minor, payable(order, dispute))
    wants = allowed_solution(order, command.wants)
    _total(order, dispute, minor)
    funded_by = _word(FundedBy, command.funded_by, "funded_by")
    if not dispute.review_of_return and dispute.stakes is None and wants is dispute.claim.wants:
        claimed = dispute.claim.amount_minor
        if minor > claimed and not order.policy.review.ruling_above_claim:
            raise Refused(R.RULING_ABOVE_CLAIM, amount=say(order, minor), most=say(order, claimed))
    return_to = located(command.return_to)
    agree_on_address(order, dispute, wants, return_to)
    if funded_by is FundedBy.PLATFORM:
        _covered(order, minor)
    event = e.RulingMade(
        at=draft.now,
        by=command.by,
        actor=command.actor,
        dispute=dispute.number,
        wants=wants,
        amount_minor=minor,
        fault=_word(Fault, command.fault, "fault"),
        funded_by=funded_by,
        counts_against=_word(CountsAgainst, command.counts_against, "counts_against"),
        finding=private(command.finding),
        text=private(command.text),
        return_to=return_to,
        waits=above_limit(order, minor),
    )
    draft.add(event)
    if not event.waits:
        settle(draft, draft.dispute(dispute.number), Outcome.RULED, wants, minor, at=draft.now, by=command.by)


def _total(order: Order, dispute: Dispute, minor: int) -> int:
    """After an appeal a decision states the total, and what was paid back before is part of it (decision 8)."""
    if minor < dispute.refunded_minor:
        raise Refused(R.RULING_ABOVE_CLAIM, "less_than_refunded", most=say(order, dispute.refunded_minor))
    return minor


def _covered(order: Order, minor: int) -> None:
    limit = order.policy.refund.platform_cover_at_most.get(order.currency)
    if limit is not None and order.platform_paid_minor + minor > limit:
        raise Refused(R.SETTLEMENT_NOT_ALLOWED, "cover", most=say(order, limit))


def above_limit(order: Order, minor: int) -> bool:
    """Whether a decision over this amount needs a second person's consent."""
    limit = order.policy.approval.second_person_above.get(order.currency)
    return limit is not None and minor > limit


def dismiss(draft: Draft, command: c.Dismiss, dispute: Dispute) -> None:
    """The reason given is no ground (R082): nothing is paid back, the money goes on its way."""
    may_mediate(draft.order, dispute, command.by, draft.now)
    draft.add(
        e.DisputeDismissed(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=private(command.text),
        )
    )
    close(draft, dispute.number, Outcome.DISMISSED, dispute.refunded_minor, at=draft.now, by=command.by)


# ── a second person ──────────────────────────────────────────────────────────────────────────────


def may_approve(order: Order, by: Party, now: datetime) -> None:
    if not any(dispute.waiting for dispute in order.disputes):
        raise Refused(R.NOT_ALLOWED, "nothing_waits")


def approve(draft: Draft, command: c.Approve) -> None:
    """The second person's consent: the decision that waited takes effect now."""
    may_approve(draft.order, command.by, draft.now)
    for dispute in draft.order.disputes:
        waiting = dispute.waiting
        if waiting is not None and command.event in (None, waiting.event):
            break
    else:
        raise Refused(R.NOT_ALLOWED, "nothing_waits")
    assert waiting is not None
    if draft.order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    if command.actor and command.actor == waiting.what.actor:
        raise Refused(R.NOT_ALLOWED, "second_person")
    draft.add(
        e.Approved(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            event=waiting.event,
        )
    )
    if isinstance(waiting.what, e.RulingMade):
        _rule_now(draft, waiting.what)
    else:
        _correct_now(draft, waiting.what)


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


def may_correct(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """What runs normally is ruled on, not corrected."""
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    if dispute.open:
        raise Refused(R.NOT_ALLOWED, "not_waiting")


def correct(draft: Draft, command: c.Correct, dispute: Dispute) -> None:
    """A reasoned correction: a higher total for the buyer, or another target for a refund that failed."""
    order = draft.order
    may_correct(order, dispute, command.by, draft.now)
    if not command.text.strip():
        raise malformed("a correction needs its reason", "Say why.")
    if (command.amount is None) == (not command.refund_to):
        raise malformed("a correction names a new total, or another target", "Name one of amount and refund_to.")
    minor = None
    wants = None
    if command.amount is not None:
        minor = read_minor(order.currency, command.amount, command.currency)
        not_negative(order, minor, _correctable(order, dispute))
        _total(order, dispute, minor)
        wants = allowed_solution(order, command.wants or Wants.REFUND.value)
        if wants is not Wants.REFUND:
            raise Refused(R.SETTLEMENT_NOT_ALLOWED, "return")
    elif not dispute.refunds or dispute.refunds[-1].status is not RefundStatus.FAILED:
        raise Refused(R.NOT_ALLOWED, "no_refund")
    draft.add(
        e.CorrectionProposed(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=Private(command.text),
            wants=wants,
            amount_minor=minor,
            refund_to=private(command.refund_to),
        )
    )


def _correctable(order: Order, dispute: Dispute) -> int:
    """What this dispute gave back and what its closing released: a correction moves no other money."""
    return dispute.refunded_minor + sum(part.amount_minor for part in dispute.released)


def _correct_now(draft: Draft, correction: e.CorrectionProposed) -> None:
    from .appeals import take_back  # noqa: PLC0415 — appeals come after review

    dispute = draft.dispute(correction.dispute)
    if correction.refund_to is not None:
        draft.add(e.RefundRedirected(at=draft.now, by=correction.by, dispute=dispute.number, to=correction.refund_to))
        return
    assert correction.amount_minor is not None
    outcome = dispute.outcome or Outcome.RULED
    take_back(draft, dispute, at=draft.now, by=correction.by, actor=correction.actor)
    close(draft, dispute.number, outcome, correction.amount_minor, at=draft.now, by=correction.by)
