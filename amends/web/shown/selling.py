"""A seller's list of what to do: what each thing waits for, until when, and what silence costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from amends import words
from amends.core import sight
from amends.core.deadlines import Deadline, next_of_dispute, of_dispute, protection_ends, running
from amends.core.order import Dispute, Order, missing
from amends.core.rights import rights
from amends.core.silence import consequence
from amends.core.vocabulary import DeadlineName, DisputeStatus, Party, Verb
from amends.orders.todo import Asked, Mine

from .orders import Goods, disputed_goods, goods_of

TODAY = timedelta(hours=24)
SOON = timedelta(hours=24)


class Kind(StrEnum):
    """What is asked of the seller."""

    ANSWER = "answer"
    RETURN = "return"
    REPLACEMENT = "replacement"
    EVIDENCE = "evidence"
    CHOICE = "choice"
    SHIP = "ship"
    TIME = "time"


TITLES = {
    Kind.ANSWER: gettext_noop("Disputes to answer"),
    Kind.RETURN: gettext_noop("Returns to confirm or contest"),
    Kind.REPLACEMENT: gettext_noop("Replacements to send"),
    Kind.EVIDENCE: gettext_noop("Evidence the mediator asked you for"),
    Kind.CHOICE: gettext_noop("Options to choose from"),
    Kind.SHIP: gettext_noop("Parcels to send"),
    Kind.TIME: gettext_noop("Requests for more time"),
}
IN_BULK = frozenset({Kind.ANSWER, Kind.TIME})
"""What can be answered for several at once."""

KEYS = {
    Kind.ANSWER: ((Verb.ACCEPT, "a"), (Verb.OFFER, "o"), (Verb.REJECT, "r")),
    Kind.RETURN: ((Verb.CONFIRM_RETURN, "a"), (Verb.CONTEST_RETURN, "r")),
    Kind.REPLACEMENT: ((Verb.SHIP_REPLACEMENT, "a"),),
    Kind.EVIDENCE: ((Verb.ADD_EVIDENCE, "a"),),
    Kind.CHOICE: ((Verb.CHOOSE, "a"),),
    Kind.SHIP: ((Verb.SHIP, "a"),),
    Kind.TIME: ((Verb.EXTEND_PROTECTION, "a"),),
}
"""Which acts a row offers, and the keys that open their forms."""


class RowAct(NamedTuple):
    verb: str
    key: str
    words: str


class Row(NamedTuple):
    """One thing to do."""

    kind: Kind
    order: str
    dispute: int | None
    mark: str
    """Which row it is and how the order stood: for bulk answers."""
    goods: tuple[Goods, ...]
    asks: str
    """What the buyer asks, in words."""
    amount_minor: int | None
    currency: str
    reason: str
    evidence: int | None
    status: str
    until: datetime | None
    left: str
    soon: bool
    silence: str
    cost_minor: int
    """What silence gives to the buyer at once."""
    returns: bool
    """Silence would grant it once the goods are back: it costs later."""
    acts: tuple[RowAct, ...]
    place: int = 0
    """Where it stands in the whole list, from 1."""


class Group(NamedTuple):
    kind: Kind
    title: str
    rows: tuple[Row, ...]
    in_bulk: bool


class Cost(NamedTuple):
    minor: int
    currency: str


class Todo(NamedTuple):
    groups: tuple[Group, ...]
    today: tuple[Cost, ...]
    """What silence within 24 hours would cost, by currency."""
    returns_today: int
    """Disputes silence would settle as a return in that time."""
    others: int
    """Open disputes that wait for somebody else."""
    many: int


# ── the whole list ───────────────────────────────────────────────────────────────────────────────


def todo(found: Iterable[Mine], now: datetime) -> Todo:
    """The list, each group by what silence costs soonest, the group with the soonest first."""
    rows: list[Row] = []
    others = 0
    for mine in found:
        of_order = list(_rows(mine, now))
        rows += of_order
        disputes = sum(1 for row in of_order if row.dispute is not None)
        others += sum(1 for _one in mine.order.open_disputes()) - disputes
    rows.sort(key=_urgency)
    groups = {kind: tuple(row for row in rows if row.kind is kind) for kind in Kind}
    shown = [Group(kind, _(TITLES[kind]), of_kind, kind in IN_BULK) for kind, of_kind in groups.items() if of_kind]
    shown.sort(key=lambda group: _urgency(group.rows[0])[:2])
    shown = list(_placed(shown))
    today = [row for row in rows if row.until is not None and row.until <= now + TODAY]
    costs: Counter[str] = Counter()
    for row in today:
        costs[row.currency] += row.cost_minor
    return Todo(
        tuple(shown),
        tuple(Cost(minor, currency) for currency, minor in sorted(costs.items()) if minor),
        sum(row.returns for row in today),
        others,
        len(rows),
    )


def _placed(groups: Iterable[Group]) -> Iterator[Group]:
    """Each row with its place: an act that takes it away leads back to that place, where the next stands by then."""
    before = 0
    for group in groups:
        yield group._replace(rows=tuple(row._replace(place=before + at) for at, row in enumerate(group.rows, 1)))
        before += len(group.rows)


_NEVER = datetime.max.replace(tzinfo=UTC)


def _urgency(row: Row) -> tuple[bool, datetime, int, str, int]:
    return row.until is None, row.until or _NEVER, -row.cost_minor, row.order, row.dispute or 0


def _rows(mine: Mine, now: datetime) -> Iterator[Row]:
    order = mine.order
    for dispute in order.open_disputes():
        kind = _asked_of_seller(order, dispute, now)
        if kind is not None:
            yield _of_dispute(order, dispute, kind, now)
    can = rights(order, None, Party.SELLER, now).can
    if Verb.SHIP in can:
        yield _to_ship(order, now)
    if mine.asked is not None and Verb.EXTEND_PROTECTION in can:
        yield _more_time(order, mine.asked, now)


def _asked_of_seller(order: Order, dispute: Dispute, now: datetime) -> Kind | None:
    """What the dispute waits for from the seller, None where it waits for somebody else or he can do nothing."""
    can = rights(order, dispute, Party.SELLER, now).can
    match dispute.status:
        case DisputeStatus.AWAITING_SELLER if Verb.ACCEPT in can:
            return Kind.ANSWER
        case DisputeStatus.RETURN_IN_TRANSIT if Verb.CONFIRM_RETURN in can:
            return Kind.RETURN
        case DisputeStatus.AWAITING_REPLACEMENT if Verb.SHIP_REPLACEMENT in can:
            return Kind.REPLACEMENT
        case DisputeStatus.AWAITING_EVIDENCE if Party.SELLER in missing(dispute) and Verb.ADD_EVIDENCE in can:
            return Kind.EVIDENCE
        case DisputeStatus.AWAITING_CHOICE if Party.SELLER in missing(dispute) and Verb.CHOOSE in can:
            return Kind.CHOICE
        case _:
            return None


# ── one row ──────────────────────────────────────────────────────────────────────────────────────


def mark(order: Order, dispute: Dispute | None) -> str:
    """Tells a row and how its order stood; the order's id comes last, as it may hold anything."""
    return f"{dispute.number if dispute else 0}:{order.version}:{order.id}"


def _of_dispute(order: Order, dispute: Dispute, kind: Kind, now: datetime) -> Row:
    awaited = [one for one in of_dispute(order, dispute) if Party.SELLER in one.awaited and not order.standing_still]
    deadline = min(awaited, key=lambda one: one.rank, default=None) or next_of_dispute(order, dispute)
    claim = dispute.claim
    return _row(
        order,
        dispute,
        kind,
        deadline,
        now,
        goods=disputed_goods(order, dispute),
        asks=words.wants(claim.wants),
        amount_minor=claim.amount_minor,
        reason=words.reason(dispute.reason),
        evidence=len(sight.evidence(dispute, Party.SELLER)),
        status=_said_before(order, dispute) if kind is Kind.ANSWER else words.stage(dispute.status),
    )


def _said_before(order: Order, dispute: Dispute) -> str:
    """How far the two have come."""
    offers = [terms for terms in dispute.terms if terms.by is Party.SELLER]
    if not offers:
        return _("You have not answered yet")
    if not offers[-1].amount_minor:
        return _("You turned it down before")
    return _("You offered %(money)s before") % {"money": words.money(offers[-1].amount_minor, order.currency)}


def _to_ship(order: Order, now: datetime) -> Row:
    deadline = next((one for one in running(order) if one.name is DeadlineName.DISPATCH), None)
    asks = _("Send the parcel")
    status = words.order_status(order.status)
    return _row(order, None, Kind.SHIP, deadline, now, goods=goods_of(order), asks=asks, status=status)


def _more_time(order: Order, asked: Asked, now: datetime) -> Row:
    """There is no clock for it: silence lets protection end, and the buyer open a dispute instead."""
    ends = protection_ends(order)
    row = _row(
        order,
        None,
        Kind.TIME,
        None,
        now,
        goods=goods_of(order),
        asks=_asked_days(asked),
        status=words.order_status(order.status),
    )
    if ends is None:
        return row
    silence = _("Nothing changes by itself. Protection ends on %(end)s, and the buyer may open a dispute before that.")
    return row._replace(
        until=ends,
        left=words.left(ends, now),
        soon=ends - now <= SOON,
        silence=silence % {"end": words.instant(ends)},
    )


def _asked_days(asked: Asked) -> str:
    return ngettext("%(days)s more day of protection", "%(days)s more days of protection", asked.days) % {
        "days": asked.days
    }


def _row(
    order: Order,
    dispute: Dispute | None,
    kind: Kind,
    deadline: Deadline | None,
    now: datetime,
    *,
    goods: tuple[Goods, ...],
    asks: str,
    status: str,
    amount_minor: int | None = None,
    reason: str = "",
    evidence: int | None = None,
) -> Row:
    lost = consequence(order, deadline) if deadline else None
    silence = words.silence(order, deadline) if deadline else ""
    if order.standing_still:
        silence = _("The clocks stand still; nothing happens until they go on.")
    can = rights(order, dispute, Party.SELLER, now).can
    return Row(
        kind,
        order.id,
        dispute.number if dispute else None,
        mark(order, dispute),
        goods,
        asks,
        amount_minor,
        order.currency,
        reason,
        evidence,
        status,
        deadline.at if deadline else None,
        words.left(deadline.at, now) if deadline else "",
        deadline is not None and deadline.at - now <= SOON,
        silence or _("Nothing happens by itself."),
        (lost.amount_minor or 0) if lost else 0,
        lost is not None and lost.action in ("grant", "refund") and lost.amount_minor is None,
        tuple(RowAct(verb.value, key, act_words(verb, order, dispute)) for verb, key in KEYS[kind] if verb in can),
    )


def act_words(verb: Verb, order: Order, dispute: Dispute | None) -> str:
    """A button: the act, with its money where it has some."""
    if verb is Verb.ACCEPT and dispute is not None:
        return _("Accept %(money)s") % {"money": words.money(dispute.claim.amount_minor, order.currency)}
    return _(WORDS[verb])


WORDS = {
    Verb.OFFER: gettext_noop("Make an offer"),
    Verb.REJECT: gettext_noop("Turn down"),
    Verb.CONFIRM_RETURN: gettext_noop("Confirm the return"),
    Verb.CONTEST_RETURN: gettext_noop("Contest the return"),
    Verb.SHIP_REPLACEMENT: gettext_noop("Send the replacement"),
    Verb.ADD_EVIDENCE: gettext_noop("Add evidence"),
    Verb.CHOOSE: gettext_noop("Choose an option"),
    Verb.SHIP: gettext_noop("Enter the tracking number"),
    Verb.EXTEND_PROTECTION: gettext_noop("Extend protection"),
}
