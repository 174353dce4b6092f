"""Before and with the mediator: evidence, requests, options, choices, rulings.

Source: rulebook §8, §14; decisions 6, 8, 14, 20.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from .. import commands as c
from .. import events as e
from .. import values as v
from ..addresses import located
from ..draft import Draft
from ..facts import Facts
from ..order import Dispute, Order, Settlement, Terms, missing
from ..private import private
from ..refusals import Refused
from ..told import listed, told
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
    RefusalCode,
    Wants,
    WarningCode,
)
from .amounts import allowed_solution, not_negative, payable, read_amount, say
from .bargaining import IN_REVIEW, agree_on_address, may_act, refuse_if_silent
from .opening import evidence_kind, next_file, room_for
from .ordering import malformed
from .settling import close, settle
from .wanting import answered, listed_things
from .weighing import counts

R = RefusalCode
S = DisputeStatus


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────


def may_add_evidence(order: Order, dispute: Dispute, by: Party, now: datetime) -> None:
    """Freely while bargaining; afterwards only what the mediator asked for, until its deadline (R172, R173)."""
    evidence_was_due = dispute.lapsed is not None and dispute.lapsed.name is DeadlineName.EVIDENCE
    late = R.EVIDENCE_DEADLINE_PASSED if evidence_was_due else R.DEADLINE_PASSED
    may_act(order, dispute, by, late=late)
    if dispute.status in (S.AWAITING_SELLER, S.AWAITING_BUYER):
        return
    if by in dispute.asked and dispute.status is S.AWAITING_EVIDENCE:
        return
    refuse_if_silent(dispute, by, late)
    raise Refused(R.EVIDENCE_NOT_REQUESTED)


def add_evidence(draft: Draft, command: c.AddEvidence, dispute: Dispute, facts: Facts) -> None:
    may_add_evidence(draft.order, dispute, command.by, draft.now)
    room_for(draft.order, dispute, command.by)
    kind = evidence_kind(command.kind)
    name = command.id or f"file-{next_file(dispute)}"
    if any(item.file.id == name for item in dispute.evidence):
        raise malformed(told("there is already a file “{name}”", name=name), "Give the file another id.")
    answered(dispute, command.answers)
    its_weight = counts(kind, command.name, command.sha256)
    if not its_weight:
        draft.warnings.add(WarningCode.LINK_IS_NO_EVIDENCE.value)
    flags = set()
    if kind is EvidenceKind.TRACKING:
        if check(command.name).verdict is not Verdict.VALID:
            draft.warnings.add(WarningCode.TRACKING_UNVERIFIED.value)
        if facts.tracking_elsewhere:
            flags.add(Flag.TRACKING_MISMATCH.value)
    file = v.Filed(
        name, kind, private(command.name), private(command.comment), command.mediator_only, its_weight, command.sha256
    )
    draft.add(
        e.EvidenceAdded(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            file=file,
            flags=frozenset(flags),
            answers=command.answers,
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
        raise malformed(told("there is no file “{name}”", name=command.id), "Look at the list of files.")
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
            wanted=listed_things(command.wanted),
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
            total(order, dispute, not_negative(order, read_amount(order, option.amount), most)),
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
        raise Refused(R.UNKNOWN_OPTION, "none_named")
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
    # Where goods go back to is the seller's to say, and he is asked when he chooses, not when it is too late.
    return_to = located(command.return_to) if command.by is Party.SELLER else None
    other = dispute.chosen(Party.SELLER if command.by is Party.BUYER else Party.BUYER)
    if command.by is Party.SELLER or other == command.option:
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
        raise malformed(
            told("{field} is “{value}”", field=field, value=value), told("Choose one of: {known}.", known=listed(kind))
        ) from None


def rule(draft: Draft, command: c.Rule, dispute: Dispute) -> None:
    """A decision with its four verdict fields; above the policy's limit it waits for a second person."""
    order = draft.order
    may_mediate(order, dispute, command.by, draft.now)
    _reasoned(command.text)
    minor = read_amount(order, command.amount, command.currency)
    not_negative(order, minor, payable(order, dispute))
    wants = allowed_solution(order, command.wants)
    total(order, dispute, minor)
    funded_by = _word(FundedBy, command.funded_by, "funded_by")
    _within_claim(order, dispute, wants, minor)
    return_to = located(command.return_to)
    agree_on_address(order, dispute, wants, return_to)
    if funded_by is FundedBy.PLATFORM:
        covered(order, dispute, minor)
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


def total(order: Order, dispute: Dispute, minor: int) -> int:
    """After an appeal a decision states the total, and what was paid back before is part of it (decision 8)."""
    if minor < dispute.given_back_minor:
        raise Refused(R.RULING_ABOVE_CLAIM, "less_than_refunded", most=say(order, dispute.given_back_minor))
    return minor


def _within_claim(order: Order, dispute: Dispute, wants: Wants, minor: int) -> None:
    """The same solution as was asked for, or about a return as was agreed, goes no higher (decision 14)."""
    asked: Terms | Settlement = dispute.claim
    if dispute.review_of_return and dispute.settlement is not None:
        asked = dispute.settlement
    if order.policy.review.ruling_above_claim or dispute.stakes is not None or wants is not asked.wants:
        return
    if minor > asked.amount_minor:
        raise Refused(R.RULING_ABOVE_CLAIM, amount=say(order, minor), most=say(order, asked.amount_minor))


def _reasoned(text: str) -> None:
    if not text.strip():
        raise malformed("it gives no reasons", "Say why, for both sides to read.")


def covered(order: Order, dispute: Dispute, minor: int) -> None:
    """The platform's own money stays within the policy's limit, with what it has promised and not paid yet."""
    limit = order.policy.refund.platform_cover_at_most.get(order.currency)
    if limit is None:
        return
    promised = sum(
        other.settlement.amount_minor
        for other in order.open_disputes()
        if other.number != dispute.number and other.settlement and other.verdict
        if other.verdict.funded_by is FundedBy.PLATFORM
    )
    if order.platform_paid_minor + promised + minor > limit:
        raise Refused(R.SETTLEMENT_NOT_ALLOWED, "cover", most=say(order, limit))


def above_limit(order: Order, minor: int) -> bool:
    """Whether a decision over this amount needs a second person's consent."""
    limit = order.policy.approval.second_person_above.get(order.currency)
    return limit is not None and minor > limit


def dismiss(draft: Draft, command: c.Dismiss, dispute: Dispute) -> None:
    """The reason given is no ground (R082): nothing is paid back, the money goes on its way."""
    may_mediate(draft.order, dispute, command.by, draft.now)
    _reasoned(command.text)
    draft.add(
        e.DisputeDismissed(
            at=draft.now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            text=private(command.text),
        )
    )
    close(draft, dispute.number, Outcome.DISMISSED, dispute.given_back_minor, at=draft.now, by=command.by)
