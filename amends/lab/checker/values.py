"""What can be told from the values alone: calendars, windows that do not fit into each other, other schemes' limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from amends.core.durations import BusinessDays, Calendars, CalendarUnknown, Duration, duration_words, ends_at
from amends.core.policy import Policy
from amends.core.vocabulary import Reason

from .findings import Code, Finding, Level
from .worlds import START, named_calendars

CARD_DAYS = 120
"""Cardholders file within 120 days of the expected receipt (Visa, Mastercard, American Express, Discover)."""
CARD_CAP_DAYS = 540
"""…and never later than 540 days after the payment was processed (Visa, Mastercard)."""
PAYPAL_DAYS = 180
"""PayPal disputes are opened within 180 days of the payment."""
PAYPAL_TALK_DAYS = 20
"""PayPal's own bargaining stage lasts 20 days at most."""
LEAST_APPEAL = timedelta(days=1)


def length(duration: Duration | None, calendars: Calendars) -> timedelta:
    """How long a clock may last at most: of business days the longest stretch in a year we know; none is zero."""
    if duration is None:
        return timedelta(0)
    if not isinstance(duration, BusinessDays):
        return duration.delta
    return max((_counted(START + timedelta(days=day), duration, calendars) for day in range(366)), default=timedelta(0))


def _counted(start: datetime, duration: BusinessDays, calendars: Calendars) -> timedelta:
    at = ends_at(start, duration, calendars)
    return timedelta(0) if isinstance(at, CalendarUnknown) else at - start


def slack(policy: Policy, calendars: Calendars) -> timedelta:
    """How much longer the clocks of an order may last than in the days that were walked, because of holidays."""
    more = timedelta(0)
    for name, keys in named_calendars(policy).items():
        for key in keys:
            if not key.startswith("refund."):
                days = _at(policy.document, key)["business_days"]
                starts = [START + timedelta(days=day) for day in range(366)]
                counted = [_counted(start, BusinessDays(days, name), calendars) for start in starts]
                more += max(counted) - min(counted)
    return more


def _at(document: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    found: Any = document
    for key in path.split("."):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return cast(Mapping[str, Any], found)


# ── 12: values ───────────────────────────────────────────────────────────────────────────────────


def unknown_calendars(policy: Policy, calendars: Calendars) -> Iterator[Finding]:
    """Every calendar a policy names must be there; of those that are, until when they are announced."""
    for name, keys in sorted(named_calendars(policy).items()):
        known = calendars.get(name)
        if known is None:
            yield Finding(
                Level.ERROR,
                Code.UNKNOWN_CALENDAR,
                f"There is no calendar “{name}”: a clock that counts its business days never lapses. "
                f"Known: {', '.join(sorted(calendars)) or 'none'}.",
                keys,
            )
        else:
            yield Finding(
                Level.NOTE,
                Code.UNKNOWN_CALENDAR,
                f"Business days of {name} are announced until {known.known_until.isoformat()}; a later date is "
                "“calendar unknown” until the year is announced.",
                keys,
            )


def contradictions(policy: Policy, calendars: Calendars) -> Iterator[Finding]:
    """Values that cannot both be meant."""
    limit = policy.evidence.files_per_party
    needed = {reason: policy.opening.files_needed(reason) for reason in Reason}
    above = sorted({reason.branch.value for reason, files in needed.items() if files > limit})
    if above:
        yield _contradiction(
            f"An opening for {', '.join(above)} needs more files than the {limit} a party may give.",
            "opening.evidence",
            "evidence.files_per_party",
        )
    due, latest = (length(clock, calendars) for clock in (policy.refund.due, policy.refund.latest))
    if due > latest:
        yield _contradiction(
            f"A refund is due after {duration_words(policy.refund.due)}, later than its latest day, "
            f"{duration_words(policy.refund.latest)}.",
            "refund.due",
            "refund.latest",
        )
    if length(policy.refund.schedule_within, calendars) > due:
        yield _contradiction(
            "The buyer would see the planned date of a refund only after it is due.",
            "refund.schedule_within",
            "refund.due",
        )
    if policy.appeal.grounds and not policy.appeal.by:
        yield _contradiction("There are grounds of appeal, and nobody may appeal.", "appeal.grounds", "appeal.by")


def _contradiction(sentence: str, first: str, second: str) -> Finding:
    return Finding(Level.ERROR, Code.VALUES_CONTRADICT, sentence, (first, second))


# ── 9: windows ───────────────────────────────────────────────────────────────────────────────────


def windows(policy: Policy, calendars: Calendars) -> Iterator[Finding]:
    """A time that is promised to a party must not be cut off by another one that ends first."""
    n, r, t = policy.negotiation, policy.review, policy.return_
    from_opening = n.counted_from == "opening"
    rows: tuple[tuple[Duration | None, Duration | None, str, str, str, Level], ...] = (
        (
            n.seller_response if from_opening else None, n.lasts, "negotiation.seller_response", "negotiation.lasts",
            "bargaining is over before the seller's time to answer is", Level.WARNING,
        ),
        (
            n.buyer_response, n.lasts, "negotiation.buyer_response", "negotiation.lasts",
            "bargaining is over before the buyer's time to answer is", Level.WARNING,
        ),
        (
            n.lasts, n.at_most, "negotiation.lasts", "negotiation.at_most",
            "the cap ends the window before it has run once", Level.WARNING,
        ),
        (
            r.evidence_within, r.decide_within, "review.evidence_within", "review.decide_within",
            "the review is over before the evidence it asks for is due", Level.ERROR,
        ),
        (
            r.choose_within, r.decide_within, "review.choose_within", "review.decide_within",
            "the review is over before the parties have to choose", Level.ERROR,
        ),
        (
            t.first_scan_within, t.transit_at_most, "return.first_scan_within", "return.transit_at_most",
            "the way back is over before its first scan is due", Level.ERROR,
        ),
    )  # fmt: skip
    for inner, outer, inner_key, outer_key, what, level in rows:
        if inner is None or outer is None or length(inner, calendars) <= length(outer, calendars):
            continue
        sentence = f"{inner_key} is {duration_words(inner)} and {outer_key} is {duration_words(outer)}: {what}."
        yield Finding(level, Code.WINDOWS_THAT_CLOSE_BEFORE_THEY_OPEN, sentence, (inner_key, outer_key))
    within = policy.appeal.within
    if policy.appeal.grounds and within is not None and length(within, calendars) < LEAST_APPEAL:
        sentence = f"An appeal must be made within {duration_words(within)}: hardly anybody learns of the end in time."
        yield Finding(Level.WARNING, Code.APPEALS_THAT_CANNOT_BE_HEARD, sentence, ("appeal.within",))


# ── 11: other schemes ────────────────────────────────────────────────────────────────────────────


def longer_than_other_schemes(policy: Policy, calendars: Calendars) -> Iterator[Finding]:
    """Where a buyer who waits for us may lose what his card or PayPal would have given him."""
    bargaining = bargaining_at_most(policy, calendars)
    opening = _opening_after_protection(policy, calendars)
    review = length(policy.review.decide_within, calendars)
    protection = length(policy.protection.lasts, calendars)
    dispatch = length(policy.dispatch.within, calendars) if policy.protection.starts != "paid" else timedelta(0)
    windows_keys = ("opening.latest", "negotiation.lasts", "negotiation.at_most", "review.decide_within")
    if bargaining is None:
        yield _longer("Bargaining has no end of its own.", "PayPal's 20 days of bargaining", ("negotiation.lasts",))
        bargaining = timedelta(0)
    elif bargaining.days > PAYPAL_TALK_DAYS:
        keys = ("negotiation.lasts", "negotiation.at_most")
        yield _longer(f"Bargaining may last {bargaining.days} days.", "PayPal's 20 days of bargaining", keys)
    after_receipt = opening + bargaining + review
    if after_receipt.days > CARD_DAYS:
        yield _longer(
            f"Where the parcel is expected by protection's end, a dispute opened last is decided {after_receipt.days} "
            "days after that.",
            "the 120 days from expected receipt of Visa, Mastercard, American Express and Discover",
            windows_keys,
        )
    from_payment = dispatch + protection + after_receipt
    if from_payment.days > PAYPAL_DAYS:
        yield _longer(
            f"A dispute opened last is decided {from_payment.days} days after the payment.",
            "PayPal's 180 days from payment",
            ("dispatch.within", "protection.lasts", *windows_keys),
        )
    whole = from_payment + _return_at_most(policy, calendars)
    if whole.days > CARD_CAP_DAYS:
        yield _longer(
            f"With a return, a dispute opened last ends {whole.days} days after the payment.",
            "the 540 days after which Visa and Mastercard take no claim",
            ("dispatch.within", "protection.lasts", *windows_keys, "return.transit_at_most"),
        )


def bargaining_at_most(policy: Policy, calendars: Calendars) -> timedelta | None:
    """How long the parties may bargain, None where nothing ends it."""
    n = policy.negotiation
    first = length(n.seller_response, calendars) if n.counted_from == "first_offer" else timedelta(0)
    if n.lasts is not None and not (n.restarts_on and n.at_most is None):
        window = length(n.at_most if n.restarts_on else n.lasts, calendars)
        return first + (min(window, length(n.at_most, calendars)) if n.at_most is not None else window)
    if n.at_most is not None:
        return first + length(n.at_most, calendars)
    answered = n.lasts is None and n.seller_response is not None and n.if_seller_silent != "nothing"
    return length(n.seller_response, calendars) if answered else None


def _opening_after_protection(policy: Policy, calendars: Calendars) -> timedelta:
    """How long after protection's end a dispute may still be opened, where every anchor falls on that end at most."""
    return max((length(entry.within, calendars) for entry in policy.opening.latest), default=timedelta(0))


def _return_at_most(policy: Policy, calendars: Calendars) -> timedelta:
    t = policy.return_
    return sum(
        (length(clock, calendars) for clock in (t.ship_within, t.transit_at_most, t.inspect_within)), timedelta(0)
    )


def _longer(sentence: str, scheme: str, keys: tuple[str, ...]) -> Finding:
    return Finding(Level.WARNING, Code.LONGER_THAN_OTHER_SCHEMES, f"{sentence} That is longer than {scheme}.", keys)
