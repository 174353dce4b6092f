"""Opening a dispute, and changing the claim: every check, in the order the vocabulary fixes.

The same checks run when a page asks and when the act arrives (R374): whoever went round a form by working
offline meets them here. Source: rulebook §4, §5, §19; decisions 3, 4, 5, 17.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from .. import commands as c
from .. import events as e
from .. import values as v
from ..deadlines import anchored, ends, has_lapsed, opening_window, protection_ends, protection_over
from ..draft import Draft
from ..durations import Duration
from ..facts import Facts
from ..order import Dispute, Evidence, Line, Order
from ..private import private
from ..refusals import Refused
from ..signals import frequent_disputes, not_in_english
from ..told import Told, listed, told
from ..vocabulary import (
    WEAK_REASONS,
    WITHDRAWN_OUTCOMES,
    Branch,
    DeadlineName,
    EvidenceKind,
    Flag,
    OrderStatus,
    Outcome,
    Party,
    Reason,
    RefusalCode,
    Wants,
    WarningCode,
)
from .amounts import allowed_solution, claimable, positive, read_amount
from .ordering import malformed
from .settling import release_what_is_due
from .weighing import counts, how_many, is_a_file

R = RefusalCode


class Claim(NamedTuple):
    """A claim that passed every check, with what the buyer should know."""

    pieces: tuple[v.DisputedPieces, ...]
    received: bool
    reason: Reason
    wants: Wants
    amount_minor: int
    warnings: frozenset[str]
    flags: frozenset[str]


# ── the door ─────────────────────────────────────────────────────────────────────────────────────


def open_dispute(draft: Draft, command: c.OpenDispute, facts: Facts) -> None:
    order, now = draft.order, draft.now
    lines = _known_lines(order, command.lines)
    if Party.BUYER in facts.blocked:
        raise Refused(R.PARTY_BLOCKED)
    _order_is_open(order)
    for line in lines:
        _window_is_open(order, line, now)
    if order.status is OrderStatus.COMPLETED:
        raise Refused(R.ORDER_COMPLETED)
    reason = _reason(command.reason)
    _early_enough(order, lines, reason, now)
    _not_in_transit(order, reason, command.received, now)
    for line in lines:
        _receipt_agrees(order, line, command.received)
    for line in lines:
        _not_disputed(order, line, command.reason, now)
    _weighty(order, command.reason, reason, command.received)
    _enough_evidence(order, reason, how_many(command.files))
    if len(command.files) > order.policy.evidence.files_per_party:
        raise Refused(R.EVIDENCE_LIMIT, limit=order.policy.evidence.files_per_party)
    files = filed(command.files, start=1, prefix="open")
    pieces = _pieces(order, command.lines)
    minor = read_amount(order, command.amount)
    assert reason is not None
    positive(order, minor, claimable(order, pieces, reason))
    if command.currency:  # the vocabulary tries another currency last
        read_amount(order, minor, command.currency)
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    wants = allowed_solution(order, command.wants)
    claim = _remarked(order, pieces, command.received, reason, wants, minor, command.text, files, facts, now)
    draft.warnings |= claim.warnings
    draft.add(
        e.DisputeOpened(
            at=now,
            by=command.by,
            actor=command.actor,
            dispute=len(order.disputes) + 1,
            lines=claim.pieces,
            received=claim.received,
            reason=claim.reason,
            wants=claim.wants,
            amount_minor=claim.amount_minor,
            text=private(command.text),
            files=files,
            warnings=claim.warnings,
            flags=claim.flags,
        )
    )


def revise(draft: Draft, command: c.Revise, dispute: Dispute) -> None:
    """The claim with some of it changed; what was not named stays. The ball goes to the seller (R246)."""
    order, now = draft.order, draft.now
    said = (command.lines, command.received, command.reason, command.wants, command.amount)
    if all(part is None for part in said) and not command.text and not command.files:
        raise malformed("the revision changes nothing", "Name what should be different.")
    received = dispute.received if command.received is None else command.received
    word = dispute.reason.value if command.reason is None else command.reason
    wanted = dispute.claim.wants.value if command.wants is None else command.wants
    pieces = dispute.pieces
    lines = [_line(order, piece.line) for piece in pieces]
    if command.lines is not None:
        lines = _known_lines(order, command.lines)
    reason = _reason(word)
    turned = received is not dispute.received or reason is not dispute.reason
    added = [line for line in lines if not dispute.pieces_of(line.id)]
    _as_if_opened(order, dispute, lines if turned else added, added, reason, received, now)
    _weighty(order, word, reason, received, already=dispute.reason)
    if turned:
        mine = sum(1 for item in dispute.evidence if item.by is Party.BUYER and is_a_file(item.file))
        _enough_evidence(order, reason, mine + how_many(command.files))
    room_for(order, dispute, Party.BUYER, len(command.files))
    files = filed(command.files, start=next_file(dispute), prefix="revise", there=dispute.evidence)
    if command.lines is not None:
        pieces = _pieces(order, command.lines)
    minor = dispute.claim.amount_minor if command.amount is None else read_amount(order, command.amount)
    assert reason is not None
    positive(order, minor, claimable(order, pieces, reason))
    if command.currency:
        read_amount(order, minor, command.currency)
    wants = allowed_solution(order, wanted)
    claim = _remarked(order, pieces, received, reason, wants, minor, command.text, files, None, now)
    draft.warnings |= claim.warnings
    draft.add(
        e.ClaimRevised(
            at=now,
            by=command.by,
            actor=command.actor,
            dispute=dispute.number,
            number=len(dispute.terms) + 1,
            lines=claim.pieces,
            received=claim.received,
            reason=claim.reason,
            wants=claim.wants,
            amount_minor=claim.amount_minor,
            text=private(command.text),
            files=files,
            warnings=claim.warnings,
            flags=claim.flags,
        )
    )
    # A line that is disputed no more may be one whose time has come.
    release_what_is_due(draft, at=now, by=command.by)


def _as_if_opened(
    order: Order,
    dispute: Dispute,
    lines: list[Line],
    added: list[Line],
    reason: Reason | None,
    received: bool,
    now: datetime,
) -> None:
    """A revision meets what an opening would: for every line under another reason, else for lines that are new."""
    for line in added:
        _window_is_open(order, line, now)
    _early_enough(order, added, reason if lines else None, now)
    if lines:
        _not_in_transit(order, reason, received, now)
    for line in lines:
        _receipt_agrees(order, line, received)
        _not_disputed(order, line, reason.value if reason else "", now, revised=dispute)


def may_open(order: Order, by: Party, now: datetime) -> None:
    """Whether a dispute about any line could be opened now, for some reason; else why not, and from when."""
    _order_is_open(order)
    if order.charged_back:
        raise Refused(R.FROZEN, "chargeback")
    first: Refused | None = None
    for line in order.lines:
        try:
            _window_is_open(order, line, now)
            if order.status is OrderStatus.COMPLETED:
                raise Refused(R.ORDER_COMPLETED)
            _early_enough(order, [line], None, now)
            if line.confirmed_at is not None and order.policy.opening.after_confirmation == "refuse":
                raise Refused(R.RECEIPT_CONFIRMED, "no_disputes", confirmed=line.confirmed_at)
            _not_disputed(order, line, "", now)
        except Refused as refused:
            # The refusal that waiting lifts says more than one that it does not.
            if first is None or (first.until is None and refused.until is not None):
                first = refused
        else:
            return
    assert first is not None
    raise first


# ── the checks, in their order ───────────────────────────────────────────────────────────────────


def _line(order: Order, line_id: str) -> Line:
    line = order.line(line_id)
    if line is None:
        raise Refused(R.UNKNOWN_LINE, line=line_id, known=", ".join(line.id for line in order.lines))
    return line


def _known_lines(order: Order, wanted: tuple[c.Pieces, ...]) -> list[Line]:
    if not wanted:
        raise malformed("no line was named", "Name the lines the dispute is about.")
    if len({pieces.line for pieces in wanted}) < len(wanted):
        raise malformed("a line was named twice", "Name each line once, with its number of pieces.")
    return [_line(order, pieces.line) for pieces in wanted]


def _order_is_open(order: Order) -> None:
    if order.status is OrderStatus.CANCELLED:
        raise Refused(R.ORDER_CANCELLED)
    needs = anchored(order, None, order.policy.opening.needs)
    if needs is None:
        raise Refused(R.NOT_DISPATCHED)


def _window_is_open(order: Order, line: Line, now: datetime) -> None:
    window = opening_window(order, line)
    if window.at is not None and has_lapsed(order, window.at, now):
        raise Refused(R.PROTECTION_ENDED if window.by_protection else R.TOO_LATE, ended=window.at)


def _early_enough(order: Order, lines: list[Line], reason: Reason | None, now: datetime) -> None:
    """Where nothing has happened that the policy counts from, as with a delivery nobody reported, none must wait."""
    earliest = order.policy.opening.earliest
    for line in lines:
        since = anchored(order, line, earliest.after)
        if since is None and order.shipment is None:
            raise Refused(R.NOT_DISPATCHED)
        if since is not None:
            at = _still_running(order, since, earliest.wait)
            if now < at or (earliest.strictly and now == at):
                raise Refused(R.TOO_EARLY, "strictly" if earliest.strictly else "", until=at)
    _unreadable_long_enough(order, reason, now)


def _unreadable_long_enough(order: Order, reason: Reason | None, now: datetime) -> None:
    wait = order.policy.opening.unreadable_tracking_is_ground_after
    since = order.shipment.unreadable_since if order.shipment else None
    if reason is Reason.NO_TRACKING_INFORMATION and wait is not None and since is not None:
        at = _still_running(order, since, wait)
        if now <= at:  # "more than fifteen days": at the instant itself still too early
            raise Refused(R.TOO_EARLY, "unreadable", until=at)


def _still_running(order: Order, since: datetime, wait: Duration) -> datetime:
    """When a wait is over; refused while it stands still with everything else, or its calendar is not announced."""
    at = ends(order, since, wait)
    if at is None:
        raise Refused(R.FROZEN, "chargeback") if order.charged_back else Refused(R.TOO_EARLY, "standing_still")
    return at


_NEED_NOT_WAIT = frozenset({Reason.RETURNED_TO_SENDER, Reason.WRONG_ADDRESS})


def _not_in_transit(order: Order, reason: Reason | None, received: bool, now: datetime) -> None:
    anchor = order.policy.opening.not_received_waits_for
    if anchor is None or received or reason in _NEED_NOT_WAIT or order.shipment is None or not order.shipment.moving:
        return
    until = anchored(order, None, anchor)
    if until is not None and now <= until:
        raise Refused(R.IN_TRANSIT_WAIT, until=until)


def _receipt_agrees(order: Order, line: Line, received: bool) -> None:
    if line.confirmed_at is None:
        return
    if order.policy.opening.after_confirmation == "refuse":
        raise Refused(R.RECEIPT_CONFIRMED, "no_disputes", confirmed=line.confirmed_at)
    if not received and order.policy.opening.not_received_after_confirmation == "refuse":
        raise Refused(R.RECEIPT_CONFIRMED, confirmed=line.confirmed_at)


def _not_disputed(order: Order, line: Line, reason: str, now: datetime, revised: Dispute | None = None) -> None:
    """No dispute about the line stands in the way; one that is being revised is no obstacle to itself."""
    opening = order.policy.opening
    others = [dispute for dispute in order.disputes if revised is None or dispute.number != revised.number]
    for dispute in others:
        if dispute.open and (opening.per == "order" or dispute.pieces_of(line.id)):
            raise Refused(R.ALREADY_DISPUTED)
    before = [dispute for dispute in others if line.id in dispute.touched]
    if line.left == 0 or any(dispute.outcome is Outcome.WITHDRAWN_FINAL for dispute in before):
        raise Refused(R.LINE_ALREADY_DISPUTED)
    if opening.again == "once_per_line" and before:
        raise Refused(R.LINE_ALREADY_DISPUTED)
    withdrawn = [dispute for dispute in before if dispute.outcome in WITHDRAWN_OUTCOMES]
    if opening.again == "never_same_reason" and any(reason in dispute.reasons for dispute in withdrawn):
        raise Refused(R.SAME_REASON_ALREADY_DISPUTED)
    if opening.again == "while_protected" and withdrawn and protection_over(order, now):
        raise Refused(R.PROTECTION_ENDED, ended=protection_ends(order))


def _reason(word: str) -> Reason | None:
    try:
        return Reason(word)
    except ValueError:
        return None


def _weighty(order: Order, word: str, reason: Reason | None, received: bool, already: Reason | None = None) -> None:
    """The reason is one of ours, fits what was said about receipt, and is a ground under the policy."""
    if reason is None:
        raise Refused(R.UNKNOWN_REASON, reason=word, known=listed(Reason))
    if received and reason.branch is Branch.NOT_RECEIVED:
        raise Refused(R.REASON_CONTRADICTS_RECEIPT, reason=_words(reason))
    if not received and reason.branch is not Branch.NOT_RECEIVED:
        raise Refused(R.REASON_NEEDS_RECEIPT, reason=_words(reason))
    if reason is already:
        return
    if reason is Reason.NOT_NEEDED and not order.policy.opening.personal_reasons:
        raise Refused(R.NOT_A_GROUND, reason=_words(reason))
    if _weak(order, reason) and order.policy.opening.weak_reasons == "refuse":
        raise Refused(R.NOT_A_GROUND, reason=_words(reason))


def _words(reason: Reason) -> str:
    return Told(reason.value.replace("_", " "), reason)


def _weak(order: Order, reason: Reason) -> bool:
    """A weak reason, unless the policy makes unreadable tracking a ground and it has been so long enough."""
    if reason is Reason.NO_TRACKING_INFORMATION and order.policy.opening.unreadable_tracking_is_ground_after:
        return order.shipment is None or order.shipment.unreadable_since is None
    return reason in WEAK_REASONS


def filed(
    given: tuple[c.Given, ...], *, start: int, prefix: str, there: tuple[Evidence, ...] = ()
) -> tuple[v.Filed, ...]:
    """Files handed in with an act: uploads under their ids, others numbered after those `there`.

    A link counts for nothing (`counts`). Refused `malformed` where an upload is given twice.
    """
    known = {item.file.id for item in there}
    files = []
    for at, file in enumerate(given):
        if file.id in known:
            raise malformed(told("the file “{file}” is given twice", file=file.id), "Give each file once.")
        name = file.id or f"{prefix}-{start + at}"
        known.add(name)
        kind = evidence_kind(file.kind)
        told_of = private(file.name), private(file.comment), file.mediator_only
        files.append(v.Filed(name, kind, *told_of, counts(kind, file.name, file.sha256), file.sha256))
    return tuple(files)


def next_file(dispute: Dispute) -> int:
    """A number no file of the dispute bears, also after some were removed."""
    endings = (item.file.id.rpartition("-")[2] for item in dispute.evidence)
    return 1 + max((int(ending) for ending in endings if ending.isdecimal() and len(ending) < 9), default=0)


def evidence_kind(kind: str) -> EvidenceKind:
    try:
        return EvidenceKind(kind)
    except ValueError:
        raise Refused(R.EVIDENCE_TYPE_REFUSED, kind=kind, known=listed(EvidenceKind)) from None


def _enough_evidence(order: Order, reason: Reason | None, files: int) -> None:
    assert reason is not None
    needed = order.policy.opening.files_needed(reason)
    if files < needed:
        raise Refused(R.EVIDENCE_REQUIRED, needed=needed, given=files)


def room_for(order: Order, dispute: Dispute, party: Party, files: int = 1) -> None:
    """Refused `evidence_limit` where this many more files would be above the policy's limit.

    What the mediator asks for has room of its own: who is asked must be able to answer.
    """
    limit = order.policy.evidence.files_per_party
    asked_at = dispute.since(DeadlineName.EVIDENCE) if party in dispute.asked else None
    given = sum(1 for item in dispute.evidence if item.by is party and (asked_at is None or item.at >= asked_at))
    if files and given + files > limit:
        raise Refused(R.EVIDENCE_LIMIT, limit=limit)


def _pieces(order: Order, wanted: tuple[c.Pieces, ...]) -> tuple[v.DisputedPieces, ...]:
    pieces = []
    for named in wanted:
        line = _line(order, named.line)
        left = line.left
        quantity = left if named.quantity is None else named.quantity
        if quantity < 1:
            raise malformed(
                told("{quantity} pieces of line {line} are none", quantity=quantity, line=line.id),
                "Name one piece or more.",
            )
        if quantity > left:
            raise Refused(R.QUANTITY_ABOVE_ORDERED, line=line.id, asked=quantity, left=left)
        pieces.append(v.DisputedPieces(line.id, quantity))
    return tuple(pieces)


# ── what the buyer should know ───────────────────────────────────────────────────────────────────


def _remarked(
    order: Order,
    pieces: tuple[v.DisputedPieces, ...],
    received: bool,
    reason: Reason,
    wants: Wants,
    minor: int,
    text: str,
    files: tuple[v.Filed, ...],
    facts: Facts | None,
    now: datetime,
) -> Claim:
    warnings: set[str] = set()
    flags: set[str] = set()
    if _weak(order, reason):
        warnings.add(WarningCode.WEAK_REASON.value)
    if any(not file.counts for file in files):
        warnings.add(WarningCode.LINK_IS_NO_EVIDENCE.value)
    if text and order.policy.messages.language == "en" and not_in_english(text):
        warnings.add(WarningCode.NOT_IN_ENGLISH.value)
    if wants is not Wants.REFUND and return_may_cost_more(order):
        warnings.add(WarningCode.RETURN_MAY_COST_MORE.value)
    confirmed = any(line.confirmed_at for line in order.lines if any(line.id == piece.line for piece in pieces))
    if not received and confirmed:
        warnings.add(WarningCode.CONTRADICTS_RECEIPT.value)
        flags.add(Flag.CONTRADICTS_RECEIPT.value)
    if order.shipment is not None and order.shipment.elsewhere:
        flags.add(Flag.TRACKING_MISMATCH.value)
    if facts is not None and _frequent(order, facts, now):
        warnings.add(WarningCode.FREQUENT_DISPUTES.value)
        flags.add(Flag.FREQUENT_DISPUTES.value)
    return Claim(pieces, received, reason, wants, minor, frozenset(warnings), frozenset(flags))


def return_may_cost_more(order: Order) -> bool:
    """The buyer would post the goods abroad at his own cost (R319, R321); no postage is known, only the border."""
    if order.policy.return_.postage_paid_by == "seller" or order.local_return:
        return False
    if order.return_to is None or order.destination is None:
        return True
    return order.return_to.country != order.destination.country


def _frequent(order: Order, facts: Facts, now: datetime) -> bool:
    signals = order.policy.signals
    return frequent_disputes(
        now=now,
        opened=facts.disputes_opened,
        orders=facts.orders_placed,
        rate_above=signals.dispute_rate.above,
        orders_at_least=signals.dispute_rate.orders_at_least,
        rate_within=signals.dispute_rate.within.delta,
        burst_above=signals.disputes_in_short_time.above,
        burst_within=signals.disputes_in_short_time.within.delta,
    )
