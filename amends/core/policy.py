"""What a marketplace promises, as one immutable value read from one document.

The dataclasses mirror the tables of the TOML file key by key: `policy.negotiation.seller_response`
is `[negotiation] seller_response`. Each key says beside its type how it is read and what holds when
it is not written. A clock that may be absent is `Duration | None`; `""` in the document is None.
Source: docs/policies.md.
"""

# ruff: noqa: RUF009 (the calls make dataclass fields, as field() does)

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from amends.core.durations import Duration, Period
from amends.core.policy_document import PolicyError, Problem, canonical, inexact, nearest, shown
from amends.core.policy_schema import (
    REQUIRED,
    Key,
    Notes,
    chapter,
    clock,
    duration,
    flag,
    keys_of,
    name,
    number,
    numbers_by,
    rate,
    read_fields,
    read_table,
    sums,
    table,
    tables,
    text,
    texts,
    texts_by,
    word,
    word_or_nothing,
    words,
    words_by,
)
from amends.core.vocabulary import Branch, Grounds, Party, Reason

__all__ = ["KEYS", "Policy", "PolicyError", "Problem", "canonical", "with_overrides"]

# ---------------------------------------------------------------- words

Grade = Literal["operator", "operator_old", "secondary", "weak"]
IfNotDispatched = Literal["cancel", "alert"]
ProtectionStarts = Literal["shipped", "paid", "delivered"]
WhileDisputed = Literal["runs", "pauses"]
IfNothingHappens = Literal["release"]
OpeningNeeds = Literal["shipped", "paid"]
Anchor = Literal["paid", "shipped", "delivered", "delivery_due", "receipt_confirmed", "protection_ends"]
AfterConfirmation = Literal["allow", "refuse"]
NotReceivedAfterConfirmation = Literal["refuse", "allow_flagged"]
WeakReasons = Literal["warn", "refuse"]
Again = Literal["while_protected", "never_same_reason", "once_per_line"]
Per = Literal["line", "order"]
IfSellerSilent = Literal["grant", "escalate", "nothing"]
CountedFrom = Literal["opening", "first_offer"]
RestartsOn = Literal["seller_offer", "buyer_revision"]
IfWindowEnds = Literal["escalate", "close_for_seller"]
IfBuyerSilent = Literal["escalate", "close_for_seller", "grant_offer"]
OnBuyerReject = Literal["negotiate", "escalate"]
EscalationAfter = Literal["first_answer"]
PastProtection = Literal["refuse", "final"]
ReviewLapse = Literal["review", "refund", "close_for_seller"]
IfUndecided = Literal["alert", "grant", "close_for_seller"]
BuyerMayWithdraw = Literal["never", "while_protected", "always"]
IfReturnNotShipped = Literal["close_for_seller", "review"]
IfNotInspected = Literal["refund", "review"]
PostagePaidBy = Literal["buyer", "seller", "by_fault"]
ReturnEndsIn = Literal["refund", "exchange"]
IfNotReplaced = Literal["refund"]
IfRefundLate = Literal["alert"]
Shipping = Literal["all", "pro_rata", "none"]
IfAppealUndecided = Literal["alert", "deny"]
Language = Literal["any", "en"]

_PARTIES_TO_A_DISPUTE = (Party.BUYER.value, Party.SELLER.value)
_MAY_EXTEND = (Party.SELLER.value, Party.MARKETPLACE.value, Party.OPERATOR.value)
_BRANCHES_AND_REASONS = tuple(dict.fromkeys((*(b.value for b in Branch), *(r.value for r in Reason))))


def _answers() -> tuple[str, ...]:
    return tuple(path for path in KEYS if path.partition(".")[2].startswith("if_"))


# ---------------------------------------------------------------- tables


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The seller must hand the parcel over, counted from `paid_at`."""

    within: Duration | None = clock(if_="if_not_shipped")
    if_not_shipped: IfNotDispatched = word(IfNotDispatched, "cancel")


@dataclass(frozen=True, slots=True)
class Protection:
    """How long the buyer's money is held without a dispute. Rulebook §3."""

    lasts: Duration = clock(if_="if_nothing_happens", optional=False)
    after_receipt: Duration | None = clock(if_="if_nothing_happens", zero=True)
    if_nothing_happens: IfNothingHappens = word(IfNothingHappens, "release")
    starts: ProtectionStarts = word(ProtectionStarts, "shipped")
    extendable_by: frozenset[Party] = words(_MAY_EXTEND, ["seller"], into=Party)
    while_disputed: WhileDisputed = word(WhileDisputed, "runs")


@dataclass(frozen=True, slots=True)
class Earliest:
    """A dispute may be opened once `wait` has passed since `after`; `strictly`: more than that."""

    after: Anchor = word(Anchor)
    wait: Duration = duration(default=REQUIRED, zero=True)
    strictly: bool = flag(default=False)


@dataclass(frozen=True, slots=True)
class Latest:
    """A dispute may be opened until `within` after `after`; of several, the last counts."""

    after: Anchor = word(Anchor)
    within: Duration = duration(default=REQUIRED, zero=True)


@dataclass(frozen=True, slots=True)
class Opening:
    """When and why a dispute may be opened. Rulebook §4, §5, §8."""

    needs: OpeningNeeds = word(OpeningNeeds, "shipped")
    earliest: Earliest = table(Earliest, {"after": "shipped", "wait": "P10D", "strictly": False})
    latest: tuple[Latest, ...] = tables(
        Latest,
        [
            {"after": "receipt_confirmed", "within": "P15D"},
            {"after": "delivery_due", "within": "P15D"},
            {"after": "protection_ends", "within": "P0D"},
        ],
    )
    not_received_waits_for: Anchor | None = word_or_nothing(Anchor, "delivery_due")
    not_received_after_confirmation: NotReceivedAfterConfirmation = word(NotReceivedAfterConfirmation, "refuse")
    after_confirmation: AfterConfirmation = word(AfterConfirmation, "allow")
    unreadable_tracking_is_ground_after: Duration | None = duration(default="", optional=True, zero=True)
    weak_reasons: WeakReasons = word(WeakReasons, "warn")
    again: Again = word(Again, "while_protected")
    per: Per = word(Per, "line")
    personal_reasons: bool = flag(default=True)
    evidence: Mapping[str, int] = numbers_by(_BRANCHES_AND_REASONS, {"received_problem": 0, "not_received": 0})

    def files_needed(self, reason: Reason) -> int:
        """The least number of files an opening for this reason needs: by reason, else by branch, else none."""
        return self.evidence.get(reason.value, self.evidence.get(reason.branch.value, 0))


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who may call the mediator by hand, and from when: at once, after the seller's first answer, or a while in."""

    by: frozenset[Party] = words(_PARTIES_TO_A_DISPUTE, [], into=Party)
    after: EscalationAfter | Duration | None = duration(default="", optional=True, zero=True, word="first_answer")


@dataclass(frozen=True, slots=True)
class Negotiation:
    """The parties' own time. Rulebook §9."""

    seller_response: Duration | None = clock(if_="if_seller_silent")
    if_seller_silent: IfSellerSilent = word(IfSellerSilent, "grant")
    seller_response_restarts_on_revision: bool = flag(default=True)
    lasts: Duration | None = clock(if_="if_window_ends")
    counted_from: CountedFrom = word(CountedFrom, "opening")
    restarts_on: frozenset[RestartsOn] = words(("seller_offer", "buyer_revision"), [])
    at_most: Duration | None = clock(if_="if_window_ends")
    if_window_ends: IfWindowEnds = word(IfWindowEnds, "escalate")
    buyer_response: Duration | None = clock(if_="if_buyer_silent")
    if_buyer_silent: IfBuyerSilent = word(IfBuyerSilent, "escalate")
    on_buyer_reject: OnBuyerReject = word(OnBuyerReject, "negotiate")
    escalation: Escalation = table(Escalation, {"by": [], "after": ""})
    after_withdrawal_past_protection: PastProtection = word(PastProtection, "final")


@dataclass(frozen=True, slots=True)
class Review:
    """The mediator's part. Rulebook §14."""

    evidence_within: Duration | None = clock(if_="if_evidence_missing")
    if_evidence_missing: ReviewLapse = word(ReviewLapse, "review")
    choose_within: Duration | None = clock(if_="if_no_choice")
    if_no_choice: ReviewLapse = word(ReviewLapse, "review")
    decide_within: Duration | None = clock(if_="if_undecided")
    if_undecided: IfUndecided = word(IfUndecided, "alert")
    parties_may_settle: bool = flag(default=True)
    buyer_may_withdraw: BuyerMayWithdraw = word(BuyerMayWithdraw, "while_protected")
    ruling_above_claim: bool = flag(default=False)


@dataclass(frozen=True, slots=True)
class Return:
    """Goods on their way back. Rulebook §15."""

    ship_within: Duration | None = clock(if_="if_not_shipped")
    if_not_shipped: IfReturnNotShipped = word(IfReturnNotShipped, "close_for_seller")
    first_scan_within: Duration | None = clock(if_="if_no_scan")
    if_no_scan: ReviewLapse = word(ReviewLapse, "review")
    transit_at_most: Duration | None = clock(if_="if_transit_ends")
    if_transit_ends: ReviewLapse = word(ReviewLapse, "review")
    inspect_within: Duration | None = clock(if_="if_not_inspected")
    if_not_inspected: IfNotInspected = word(IfNotInspected, "refund")
    postage_paid_by: PostagePaidBy = word(PostagePaidBy, "buyer")
    local_warehouse_receipt_refunds: bool = flag(default=True)
    ends_in: frozenset[ReturnEndsIn] = words(("refund", "exchange"), ["refund"], at_least_one=True)
    replace_within: Duration | None = clock(if_="if_not_replaced")
    if_not_replaced: IfNotReplaced = word(IfNotReplaced, "refund")


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. Rulebook §16."""

    schedule_within: Duration = clock(if_="if_late", optional=False)
    due: Duration = clock(if_="if_late", optional=False)
    latest: Duration = clock(if_="if_late", optional=False)
    makeup_days_count: bool = flag(default=False)
    if_late: IfRefundLate = word(IfRefundLate, "alert")
    shipping: Mapping[str, Shipping] = words_by(
        _BRANCHES_AND_REASONS,
        Shipping,
        {"not_received": "all", "received_problem": "none", "delivery_method_mismatch": "all"},
    )
    platform_cover_at_most: Mapping[str, int] = sums({})

    def shipping_for(self, reason: Reason) -> Shipping:
        """What happens to paid delivery under this reason: by reason, else by branch, else "none"."""
        return self.shipping.get(reason.value, self.shipping.get(reason.branch.value, "none"))


@dataclass(frozen=True, slots=True)
class Appeal:
    """A second look at a closed dispute; nobody has one without `grounds`."""

    grounds: frozenset[Grounds] = words(tuple(g.value for g in Grounds), [], into=Grounds)
    by: frozenset[Party] = words(_PARTIES_TO_A_DISPUTE, ["buyer", "seller"], into=Party)
    within: Duration | None = clock()
    decide_within: Duration | None = clock(if_="if_undecided")
    if_undecided: IfAppealUndecided = word(IfAppealUndecided, "alert")


@dataclass(frozen=True, slots=True)
class Messages:
    """What is written between the parties. Rulebook §12."""

    language: Language = word(Language, "any")
    weigh_in_review: bool = flag(default=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much each party may upload, and how long it is kept. Rulebook §8."""

    files_per_party: int = number(20)
    photo_bytes: int = number(10_485_760)
    video_bytes: int = number(209_715_200)
    video_seconds: int = number(300)
    document_bytes: int = number(10_485_760)
    keep_after_closing: Period | None = duration(default="", optional=True, elapsed=False, business_days=False)


@dataclass(frozen=True, slots=True)
class Rate:
    """More than this share of a buyer's orders disputed, once there are enough orders to tell."""

    above: Fraction = rate(REQUIRED)
    orders_at_least: int = number(REQUIRED, at_least=1)
    within: Period = duration(default=REQUIRED, business_days=False)


@dataclass(frozen=True, slots=True)
class Burst:
    """More than this many disputes of one buyer in a short time."""

    above: int = number(REQUIRED)
    within: Period = duration(default=REQUIRED, business_days=False)


@dataclass(frozen=True, slots=True)
class Signals:
    """When a buyer disputes conspicuously often: a flag for the mediator, never a decision."""

    dispute_rate: Rate = table(Rate, {"above": "0.30", "orders_at_least": 5, "within": "P180D"})
    disputes_in_short_time: Burst = table(Burst, {"above": 3, "within": "P30D"})


@dataclass(frozen=True, slots=True)
class Approval:
    """What one member of staff may not order alone, in minor units by currency; {} sets no limit."""

    second_person_above: Mapping[str, int] = sums({})


@dataclass(frozen=True, slots=True)
class Declared:
    """Answers to silence that pay the silent, each with its reason. Only `amends policy check` reads them."""

    silence_may_pay: Mapping[str, str] = texts_by(_answers, {})


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Everything a marketplace may want to differ in. Read it with `Policy.from_document`.

    Two policies are equal when their documents are: the digest is the identity an order pins.
    `document` is a copy in plain JSON values (exact decimals as text); read it, never change it.
    """

    digest: str
    document: Mapping[str, Any] = field(repr=False)

    id: str = name()
    version: int = number(REQUIRED, at_least=1)
    title: str = text("")
    as_of: str = text("")
    grade: Grade = word(Grade, "weak")
    sources: tuple[str, ...] = texts([])
    deadline_includes_last_instant: bool = flag(default=True)

    dispatch: Dispatch = chapter(Dispatch)
    protection: Protection = chapter(Protection)
    opening: Opening = chapter(Opening)
    negotiation: Negotiation = chapter(Negotiation)
    review: Review = chapter(Review)
    return_: Return = chapter(Return)
    refund: Refund = chapter(Refund)
    appeal: Appeal = chapter(Appeal)
    messages: Messages = chapter(Messages)
    evidence: Evidence = chapter(Evidence)
    signals: Signals = chapter(Signals)
    approval: Approval = chapter(Approval)
    declared: Declared = chapter(Declared)

    @staticmethod
    def from_document(document: Mapping[str, object]) -> Policy:
        """The policy this document describes, or PolicyError with everything that is wrong with it.

        The same document gives the same object: parsed policies are kept by their canonical bytes.
        """
        if inexact(document, ""):
            return _read(document)  # answers with a PolicyError among whatever else is wrong
        return _read_canonical(canonical(document))

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Policy) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)


_TABLES: dict[str, type[Any]] = {
    f.name.rstrip("_"): f.metadata["table"] for f in Policy.__dataclass_fields__.values() if "table" in f.metadata
}

KEYS: Mapping[str, Key] = {
    f"{path}.{key}": how for path, cls in (("policy", Policy), *_TABLES.items()) for key, how in keys_of(cls).items()
}
"""Every key of the contract by its dotted path, in the order of the document, with how it is read."""


# ---------------------------------------------------------------- documents


def with_overrides(document: Mapping[str, object], overrides: Mapping[str, object]) -> dict[str, Any]:
    """A deep copy of the document with the values at the dotted paths replaced, as stories do it.

    A path may name a whole key (`opening.latest`) or reach into a table (`opening.earliest.wait`,
    `refund.shipping.defective`). An unknown path is a PolicyError naming the nearest; whether the values
    are right is asked when the policy is read.
    """
    problems = [problem for path in overrides if (problem := _unknown_path(path))]
    if problems:
        raise PolicyError(problems)
    changed: dict[str, Any] = {key: copy.deepcopy(value) for key, value in document.items()}
    for path, value in overrides.items():
        place, key, *part = path.split(".", 2)
        target = _table_at(changed, place, f"[{place}]", {})
        if part:
            default = KEYS[f"{place}.{key}"].default
            target = _table_at(target, key, f"{place}.{key}", {} if default is REQUIRED else default)
        target[part[0] if part else key] = copy.deepcopy(value)
    return changed


# ---------------------------------------------------------------- helpers


@lru_cache(maxsize=4096)
def _read_canonical(written: bytes) -> Policy:
    return _read(json.loads(written))


def _read(document: Mapping[str, object]) -> Policy:
    notes: Notes = []
    places = ("policy", *_TABLES)
    for place in document:
        if place not in places:
            near = nearest(str(place), places)
            right = f"the nearest known table is [{near}]" if near else f"the tables are {', '.join(places)}"
            notes.append(Problem(str(place), "unknown", right))
    values = read_fields(Policy, document.get("policy", {}), "policy", notes) or {}
    for place, cls in _TABLES.items():
        values["return_" if place == "return" else place] = read_table(cls, document.get(place, {}), place, notes)
    if notes:
        raise PolicyError(notes)
    values["title"] = values["title"] or values["id"]
    written = canonical(document)
    return Policy(**values, digest=hashlib.sha256(written).hexdigest(), document=json.loads(written))


def _unknown_path(path: str) -> Problem | None:
    head, _, part = ".".join(path.split(".", 2)[:2]), "", ".".join(path.split(".", 2)[2:])
    key = KEYS.get(head)
    if key is None:
        leaf = path.rpartition(".")[2]
        near = nearest(path, KEYS) or next((known for known in KEYS if known.endswith(f".{leaf}")), "")
        return Problem(path, "unknown", f"the nearest known key is {near}" if near else "see docs/policies.md for all")
    if not part:
        return None
    if key.parts is None and key.kind not in ("map", "sums"):
        return Problem(path, "unknown", f"{head} has no keys below it; set it as a whole: {key.right}")
    known = tuple(key.parts) if key.parts is not None else key.names
    if known is None or part in known:
        return None
    near = nearest(part, known)
    return Problem(path, "unknown", f"the nearest known key is {head}.{near or known[0]}")


def _table_at(parent: dict[str, Any], key: str, path: str, default: object) -> dict[str, Any]:
    """The table under `key`, laid down as its default first where the document leaves it out."""
    child = parent.setdefault(key, copy.deepcopy(default))
    if not isinstance(child, dict):
        raise PolicyError([Problem(path, shown(child), "write a table before setting a key in it")])
    return child
