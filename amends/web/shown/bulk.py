"""Several answers at once: what was chosen, what would come of each, and what came of it.

Nothing is promised that was not tried: each row of a preview is the core's own answer on a draft nobody keeps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.deadlines import next_of_dispute, protection_ends
from amends.core.money import floor_share, format_minor, parse_minor
from amends.core.order import Dispute, Order
from amends.core.vocabulary import Outcome, Verb, Wants
from amends.orders.handle import MOST_KEY
from amends.orders.queries import Found
from amends.orders.reckoning import excluded, of_dispute
from amends.orders.reply_templates import filled
from amends.orders.todo import Mine
from amends.web import forms
from amends.web.forms import Ahead, Asking
from amends.web.here import Here

from .orders import Goods, disputed_goods, goods_of
from .selling import Cost, mark

MOST = 100
"""Rows answered at once."""
VERBS = {"accept": Verb.ACCEPT, "offer": Verb.OFFER, "reject": Verb.REJECT, "extend": Verb.EXTEND_PROTECTION}
"""What can be done to several, by the word of the form."""
AS_ASKED = "as_asked"


class Wish(NamedTuple):
    """What is to be done to every chosen row."""

    verb: Verb
    share: int | None = None
    """Of an offer: so many percent of what the buyer asks."""
    amount: str = ""
    """Of an offer: the same for all, a decimal text, with its currency."""
    currency: str = ""
    wants: str = AS_ASKED
    text: str = ""
    days: int | None = None
    """Of an extension; None is what each buyer asked for."""


class Picked(NamedTuple):
    """One chosen row as its form names it."""

    number: int
    """Of the dispute; 0 is the order itself."""
    version: int
    order: str

    @property
    def mark(self) -> str:
        return f"{self.number}:{self.version}:{self.order}"


class Line(NamedTuple):
    """One row of the preview. `refused` is why it would not be done."""

    mark: str
    order: str
    dispute: int | None
    goods: tuple[Goods, ...]
    asked_minor: int | None
    currency: str
    gives_minor: int | None
    """What the buyer would be given or offered."""
    happens: str
    text: str
    refused: words.Said | None
    stale: bool
    """The order has changed since the list was shown."""


class Preview(NamedTuple):
    possible: tuple[Line, ...]
    impossible: tuple[Line, ...]
    totals: tuple[Cost, ...]
    """What the possible ones give or offer, by currency."""
    counting: tuple[tuple[str, datetime], ...]
    """The orders, with when they were placed, whose dispute would count: at once, or if the buyer takes the offer."""
    missing: int
    """Chosen rows that are not there."""


def picked(marks: Iterable[str]) -> list[Picked]:
    """The rows a form names, each once, in their order. What cannot be read was not written by our page."""
    found: dict[tuple[str, int], Picked] = {}
    for one in marks:
        number, _colon, rest = one.partition(":")
        version, _colon, order = rest.partition(":")
        figures = all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version))
        if figures and 0 < len(order) <= MOST_KEY and order.isprintable():
            found.setdefault((order, int(number)), Picked(int(number), int(version), order))
    return list(found.values())


class Named(NamedTuple):
    """One chosen row, as it is named before anything is worked out."""

    mark: str
    order: str
    goods: tuple[Goods, ...]
    asked_minor: int | None
    currency: str


def named(rows: Iterable[Picked], found: Mapping[str, Mine]) -> list[Named]:
    """The chosen rows that are there, as they stand now."""
    told = []
    for row in rows:
        mine = found.get(row.order)
        if mine is not None:
            dispute = mine.order.dispute(row.number)
            goods = disputed_goods(mine.order, dispute) if dispute else goods_of(mine.order)
            asked = dispute.claim.amount_minor if dispute else None
            told.append(Named(mark(mine.order, dispute), mine.order.id, goods, asked, mine.order.currency))
    return told


# ── what each row would be told ──────────────────────────────────────────────────────────────────


def fields(wish: Wish, mine: Mine, dispute: Dispute | None) -> dict[str, Any]:
    """The command's own fields for one row."""
    if dispute is None:
        return {"days": wish.days or (mine.asked.days if mine.asked else 0)}
    match wish.verb:
        case Verb.ACCEPT:
            return {"offer": dispute.claim.number}
        case Verb.OFFER:
            wants = dispute.claim.wants.value if wish.wants == AS_ASKED else wish.wants
            amount, currency = offered(wish, mine.order, dispute)
            return {"wants": wants, "amount": amount, "currency": currency, "text": said(wish, mine.order, dispute)}
        case _:
            return {"text": said(wish, mine.order, dispute)}


def offered(wish: Wish, order: Order, dispute: Dispute) -> tuple[str, str]:
    """What is offered on this dispute, as decimal text with its currency; a share is rounded down."""
    if wish.share is None:
        return wish.amount, wish.currency
    return format_minor(floor_share(dispute.claim.amount_minor, wish.share, 100), order.currency), order.currency


def said(wish: Wish, order: Order, dispute: Dispute) -> str:
    """The text for one row, its places filled."""
    amount, currency = format_minor(dispute.claim.amount_minor, order.currency), order.currency
    if wish.verb is Verb.OFFER:
        amount, currency = offered(wish, order, dispute)
    return filled(
        wish.text,
        product=", ".join(goods.title for goods in disputed_goods(order, dispute)),
        amount=words.money(parse_minor(amount, currency), currency),
        order=order.id,
    )


# ── before it is done ────────────────────────────────────────────────────────────────────────────


def preview(here: Here, wish: Wish, rows: Iterable[Picked], found: Mapping[str, Mine]) -> Preview:
    """Every chosen row with what would come of it, the core asked about each."""
    possible: list[Line] = []
    impossible: list[Line] = []
    totals: Counter[str] = Counter()
    counting: list[tuple[str, datetime]] = []
    missing = 0
    for row in rows:
        mine = found.get(row.order)
        dispute = mine.order.dispute(row.number) if mine else None
        if mine is None or (dispute is None) is not (wish.verb is Verb.EXTEND_PROTECTION):
            missing += 1
            continue
        ahead = foreseen(here, wish, mine, dispute)
        line = _line(row, wish, mine, dispute, ahead)
        (impossible if line.refused else possible).append(line)
        if line.refused is None and line.gives_minor:
            totals[line.currency] += line.gives_minor
        if line.refused is None and _would_count(wish, ahead):
            counting.append((mine.order.id, mine.order.placed_at))
    costs = tuple(Cost(minor, currency) for currency, minor in sorted(totals.items()))
    return Preview(tuple(possible), tuple(impossible), costs, tuple(counting), missing)


def foreseen(here: Here, wish: Wish, mine: Mine, dispute: Dispute | None) -> Ahead:
    asking = Asking(here, Found(mine.order, (), 0), dispute, wish.verb)
    return forms.foresee(asking, fields(wish, mine, dispute))


def _line(row: Picked, wish: Wish, mine: Mine, dispute: Dispute | None, ahead: Ahead) -> Line:
    order = mine.order
    refused = words.refusal(ahead.refused) if ahead.refused else None
    gives = None
    if dispute is not None and wish.verb in (Verb.ACCEPT, Verb.OFFER) and refused is None:
        after = ahead.dispute
        assert after is not None
        gives = after.settlement.amount_minor if after.settlement else after.terms[-1].amount_minor
    return Line(
        mark(order, dispute),
        order.id,
        dispute.number if dispute else None,
        disputed_goods(order, dispute) if dispute else goods_of(order),
        dispute.claim.amount_minor if dispute else None,
        order.currency,
        gives,
        "" if refused else happens(ahead),
        said(wish, order, dispute) if dispute and wish.text else "",
        refused,
        row.version != order.version,
    )


def happens(ahead: Ahead) -> str:
    """What comes of it, in one sentence with money and date, to the seller."""
    before, after = ahead.asking.order, ahead.order
    dispute = ahead.dispute
    if dispute is None:
        return _("Protection lasts until %(until)s instead of %(was)s.") % {
            "until": _instant(protection_ends(after)),
            "was": _instant(protection_ends(before)),
        }
    money = {
        "buyer": words.money(ahead.to_buyer_minor, after.currency),
        "seller": words.money(ahead.to_seller_minor, after.currency),
        "settled": words.money(dispute.settlement.amount_minor if dispute.settlement else 0, after.currency),
    }
    if ahead.ends:
        if ahead.to_seller_minor:
            return _("The dispute ends: %(buyer)s goes back to the buyer and %(seller)s comes to you.") % money
        return _("The dispute ends: %(buyer)s goes back to the buyer.") % money
    if ahead.settles:
        if dispute.settlement and dispute.settlement.wants is Wants.RETURN_AND_EXCHANGE:
            return _("It is settled: the buyer sends the goods back, then you send the replacement.")
        return _("It is settled: the buyer sends the goods back, then %(settled)s goes to the buyer.") % money
    return _waits(after, dispute)


def _waits(order: Order, dispute: Dispute) -> str:
    """It goes on: until when the other side may answer, and what silence does then."""
    deadline = next_of_dispute(order, dispute)
    if deadline is None:
        return _("The dispute goes on: it is the buyer's turn.")
    return _("The buyer answers by %(until)s. If nobody does anything until then: %(silence)s") % {
        "until": words.instant(deadline.at),
        "silence": words.silence(order, deadline),
    }


def _instant(at: datetime | None) -> str:
    return words.instant(at) if at else _("a later date")


def _would_count(wish: Wish, ahead: Ahead) -> bool:
    """Whether the dispute counts against the seller once it has ended this way, an offer taken for accepted."""
    dispute = ahead.dispute
    if dispute is None or wish.verb is Verb.REJECT:
        return False
    fact = of_dispute(ahead.order, dispute)
    if dispute.settlement is not None:
        settled = dispute.settlement
        fact = fact._replace(outcome=settled.outcome, amount_minor=settled.amount_minor)
    else:
        fact = fact._replace(outcome=Outcome.AGREED, amount_minor=dispute.terms[-1].amount_minor)
    return excluded(fact) is None
