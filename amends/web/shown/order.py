"""One order as its four readers see it: what was bought, where it is, what protects it, what can be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from amends import words
from amends.core import events as e
from amends.core import sight
from amends.core.deadlines import Deadline, dispatch_due, protection_ends, running
from amends.core.order import Line, Order, Shipment
from amends.core.private import Private
from amends.core.rights import Rights
from amends.core.values import Location
from amends.core.vocabulary import DeadlineName, Party, TrackState, Verb
from amends.orders.queries import Found, Money

from .case_acts import some_day
from .case_matter import STAFF
from .case_terms import place as place_words
from .orders import DisputeLine, Protection, dispute_line, protection
from .payments import MoneyShown, money_of

STATES = {
    TrackState.ACCEPTED: gettext_noop("The carrier has it."),
    TrackState.IN_TRANSIT: gettext_noop("It is on its way."),
    TrackState.ARRIVED_IN_COUNTRY: gettext_noop("It has arrived in the country it is sent to."),
    TrackState.CUSTOMS: gettext_noop("Customs has it."),
    TrackState.DELIVERED: gettext_noop("The carrier says it was delivered."),
    TrackState.RETURNED: gettext_noop("The carrier sent it back to the sender."),
    TrackState.LOST: gettext_noop("The carrier says it is lost."),
    TrackState.UNREADABLE: gettext_noop("The carrier cannot read this number."),
}
_OF_A_CASE = (e.DisputeOpened, e.DisputeEscalated, e.DisputeSettled, e.DisputeClosed, e.DisputeReopened)
"""Of a dispute's own events these stand here too; its page tells the rest."""


class LineShown(NamedTuple):
    title: str
    quantity: int
    goods_minor: int
    shipping_minor: int
    said: str


class ShipmentShown(NamedTuple):
    shipped_at: datetime
    carrier: str
    tracking: str
    delivery_due: datetime | None
    said: str
    delivered_at: datetime | None


class Act(NamedTuple):
    words: str
    address: str
    kind: str
    """Further classes of `button`."""


class Cannot(NamedTuple):
    """An act that would be refused now; `words` as its button would say it."""

    words: str
    why: words.Said


class Happened(NamedTuple):
    at: datetime
    said: str
    dispute: int | None


class OrderShown(NamedTuple):
    id: str
    title: str
    """The first line's; `others` says how many more there are."""
    others: int
    version: int
    status: str
    buyer: str
    seller: str
    currency: str
    placed_at: datetime
    shop_order: str
    destination: str
    lines: tuple[LineShown, ...]
    shipment: ShipmentShown | None
    dispatch_due: datetime | None
    """Until when the seller must ship, while he has not."""
    protection: Protection | None
    protection_ends: datetime | None
    """Protection's own date, also where a dispute or a longer window keeps the money beyond it."""
    promise: str
    """What a buyer should know of more time that was only promised; mostly empty."""
    next: Deadline | None
    next_words: str
    """“The buyer is protected until”: what the clock is about, before its instant."""
    next_left: str
    next_silence: str
    still: bool
    """All clocks stand still."""
    disputes: tuple[DisputeLine, ...]
    money: MoneyShown
    acts: tuple[Act, ...]
    cannot: tuple[Cannot, ...]
    happened: tuple[Happened, ...]
    """The newest first."""

    @property
    def closed(self) -> tuple[DisputeLine, ...]:
        return tuple(one for one in self.disputes if not one.open)


def order_shown(
    found: Found, money: Iterable[Money], rights: Rights, viewer: Party, now: datetime, address: Callable[[Verb], str]
) -> OrderShown:
    """`address` is where an act of the order is done."""
    order = found.order
    first = _next(order)
    return OrderShown(
        order.id,
        order.lines[0].title,
        len(order.lines) - 1,
        order.version,
        words.order_status(order.status),
        order.buyer,
        order.seller,
        order.currency,
        order.placed_at,
        order.shop_order,
        _place(sight.destination(order, viewer)),
        tuple(_line(order, line) for line in order.lines),
        _shipment(order, order.shipment) if order.shipment else None,
        dispatch_due(order) if order.shipment is None and order.held_minor else None,
        protection(order, now),
        protection_ends(order),
        _promise(order, viewer),
        first,
        words.clock(first, viewer) if first else "",
        words.left(first.at, now) if first else "",
        words.silence(order, first) if first else "",
        order.standing_still,
        tuple(dispute_line(order, dispute, viewer, now) for dispute in reversed(order.disputes)),
        money_of(order, money, viewer),
        tuple(_act(verb, order, viewer, address(verb)) for verb in rights.can),
        tuple(Cannot(act_words(one.verb, order, viewer), words.refusal(one.refusal)) for one in some_day(rights)),
        tuple(_happened(found, viewer)),
    )


def _next(order: Order) -> Deadline | None:
    """The order's own next deadline; a dispute's stand with the dispute."""
    return next((one for one in running(order) if one.dispute is None and one.name is not DeadlineName.REFUND), None)


def _promise(order: Order, viewer: Party) -> str:
    """Only a new date protects: a promise of one is no date (R043)."""
    promised, extended = order.promised_extension_at, order.extended_at
    if viewer is not Party.BUYER or promised is None or not order.held_minor:
        return ""
    if extended is not None and extended >= promised:
        return ""
    return _("More time was asked for or promised, but the date is still the same. Only a new date here protects you.")


def _line(order: Order, line: Line) -> LineShown:
    if line.id in order.disputed_lines():
        said = _("In dispute")
    elif not line.left:
        said = _("Decided")
    elif line.confirmed_at:
        said = _("Receipt confirmed on %(when)s") % {"when": words.instant(line.confirmed_at)}
    else:
        said = ""
    return LineShown(line.title, line.quantity, line.goods_minor, line.shipping_minor, said)


def _shipment(order: Order, shipment: Shipment) -> ShipmentShown:
    return ShipmentShown(
        shipment.shipped_at,
        shipment.carrier,
        _plain(shipment.tracking),
        shipment.delivery_due,
        parcel_said(order),
        shipment.delivered_at,
    )


def parcel_said(order: Order) -> str:
    """What the carrier said last, as a sentence; empty where nothing."""
    shipment = order.shipment
    return _(STATES[shipment.state]) if shipment and shipment.state else ""


def _plain(text: Private | None) -> str:
    return (text.plain or "") if text else ""


def _place(place: Location | None) -> str:
    if place is None:
        return ""
    return place_words(place)


# ── what may be done ─────────────────────────────────────────────────────────────────────────────


def _act(verb: Verb, order: Order, viewer: Party, address: str) -> Act:
    kind = "main" if verb is Verb.SHIP else "grave" if verb is Verb.CANCEL_ORDER else ""
    return Act(act_words(verb, order, viewer), address, kind)


def act_words(verb: Verb, order: Order, viewer: Party) -> str:
    """What the button says: the act, with the money where money moves."""
    held = {"money": words.money(order.held_minor, order.currency)}
    match verb:
        case Verb.CANCEL_ORDER if not order.held_minor:
            return _("Cancel the order")
        case Verb.CANCEL_ORDER if viewer is Party.BUYER:
            return _("Cancel and get %(money)s back") % held
        case Verb.CANCEL_ORDER:
            return _("Cancel and give %(money)s back") % held
        case Verb.EXTEND_PROTECTION if viewer is Party.SELLER:
            return _("Give the buyer more time")
        case _:
            return _(_ACTS[verb])


_ACTS = {
    Verb.OPEN: gettext_noop("Open a dispute"),
    Verb.CONFIRM_RECEIPT: gettext_noop("Confirm that it came"),
    Verb.REQUEST_EXTENSION: gettext_noop("Request more time"),
    Verb.EXTEND_PROTECTION: gettext_noop("Extend the protection"),
    Verb.SHIP: gettext_noop("Say that it is sent"),
    Verb.PAUSE_CLOCKS: gettext_noop("Stop the clocks"),
    Verb.RESUME_CLOCKS: gettext_noop("Let the clocks go on"),
    Verb.APPROVE: gettext_noop("Approve what waits for a second person"),
    Verb.CORRECT: gettext_noop("Correct the refund"),
}


# ── what happened ────────────────────────────────────────────────────────────────────────────────


def _happened(found: Found, viewer: Party) -> list[Happened]:
    order = found.order
    events = [*(recorded.event for recorded in found.history), *found.due]
    reader = None if viewer in STAFF else viewer
    return [
        Happened(event.at, words.event(order, event, reader), getattr(event, "dispute", None))
        for event in reversed(sight.history(order, events, viewer))
        if not isinstance(event, e.DisputeEvent) or isinstance(event, _OF_A_CASE)
    ]
