"""What each party may see. One matrix, tested cell by cell; pages, API and exports ask it and nothing else.

| item                                             | buyer | seller | mediator, operator | carrier, payments |
|--------------------------------------------------|-------|--------|--------------------|-------------------|
| order, lines, money, clocks, claims, offers, rulings | yes | yes  | yes                | their own facts   |
| destination address                              | yes   | while the order is to be shipped | yes | –           |
| return address                                   | once a return is agreed | yes | yes    | –                 |
| messages and evidence of either party            | yes   | yes    | yes                | –                 |
| evidence marked "for the mediator only"          | giver | giver  | yes                | –                 |
| files as they were sent, with all that devices wrote | giver | giver | yes             | –                 |
| name and comment of a file that was taken back   | giver | giver  | yes                | –                 |
| the other side's choice among options            | once both have chosen | once both have chosen | yes | –    |
| notes, risk signals, flags about the other party | no    | no     | yes                | –                 |
| who of the staff decided                         | role  | role   | yes                | –                 |
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import StrEnum

from . import events as e
from .order import Dispute, Evidence, Order
from .private import Private
from .signals import PROTECTS
from .values import Filed, Location
from .vocabulary import Flag, OrderStatus, Party, Wants, WarningCode


class Item(StrEnum):
    """The rows of the matrix that do not depend on a single piece of evidence or a single flag."""

    CASE = "case"
    DESTINATION = "destination"
    RETURN_ADDRESS = "return_address"
    TALK = "talk"
    OTHERS_CHOICE = "others_choice"
    STAFF_NAME = "staff_name"
    RISK = "risk"


STAFF = frozenset({Party.MEDIATOR, Party.OPERATOR})
PARTIES = frozenset({Party.BUYER, Party.SELLER})
OUTSIDE = frozenset({Party.CARRIER, Party.PAYMENTS})
PROCESS_FLAGS = frozenset(
    flag.value for flag in (Flag.EVIDENCE_MISSING, Flag.RETURN_UNVERIFIED, Flag.RETURN_WAIVED, Flag.APPEAL_PENDING)
)
"""Flags about how the dispute goes, not about a person: both parties see them."""
RISK_FLAGS = frozenset(
    flag.value for flag in (Flag.FREQUENT_DISPUTES, Flag.CONTRADICTS_RECEIPT, Flag.TRACKING_MISMATCH)
)


def may_see(item: Item, viewer: Party, order: Order, dispute: Dispute | None = None) -> bool:
    """Whether the viewer's role may see the item of this order, and of the dispute where it is about one.

    The marketplace is the shop's own back end and sees what staff sees, except staff's names and risk signals.
    """
    if viewer in STAFF or viewer is Party.CLOCK:
        return True
    if viewer in OUTSIDE:
        return False
    match item:
        case Item.CASE | Item.TALK:
            return True
        case Item.DESTINATION:
            return viewer is not Party.SELLER or order.status is OrderStatus.PAID
        case Item.RETURN_ADDRESS:
            return viewer is not Party.BUYER or (dispute is not None and return_agreed(dispute))
        case Item.OTHERS_CHOICE:
            return viewer is Party.MARKETPLACE or (dispute is not None and len(dispute.choices) == 2)
        case Item.STAFF_NAME | Item.RISK:
            return False


def return_agreed(dispute: Dispute) -> bool:
    """A return was settled in this dispute, whether or not it has ended since."""
    return dispute.settlement is not None and dispute.settlement.wants is not Wants.REFUND


def return_address(order: Order, dispute: Dispute, viewer: Party) -> Location | None:
    if not may_see(Item.RETURN_ADDRESS, viewer, order, dispute):
        return None
    return dispute.return_to or order.return_to


def destination(order: Order, viewer: Party) -> Location | None:
    return order.destination if may_see(Item.DESTINATION, viewer, order) else None


def evidence(dispute: Dispute, viewer: Party) -> tuple[Evidence, ...]:
    """The files this viewer may see."""
    if viewer in OUTSIDE:
        return ()
    return tuple(item for item in dispute.evidence if _file_seen(item.file, item.by, viewer))


def _file_seen(file: Filed, giver: Party, viewer: Party) -> bool:
    return not file.mediator_only or viewer in STAFF or viewer is giver


def original(giver: Party, viewer: Party) -> bool:
    """Whether the viewer may have a file as it was sent: it says where somebody lives, and with what he took it."""
    return viewer in STAFF or viewer is giver


def choices(dispute: Dispute, viewer: Party) -> tuple[tuple[Party, int], ...]:
    """The choices among the mediator's options this viewer may know of."""
    if viewer in OUTSIDE:
        return ()
    if viewer in PARTIES and len(dispute.choices) < 2:
        return tuple(choice for choice in dispute.choices if choice[0] is viewer)
    return dispute.choices


def flags(dispute: Dispute, viewer: Party) -> frozenset[str]:
    """Staff sees every flag; a party those about the process, and the warnings that protect it."""
    if viewer in STAFF:
        return dispute.flags
    if viewer not in PARTIES:
        return frozenset()
    return frozenset(flag for flag in dispute.flags if flag in PROCESS_FLAGS or _protects(flag, viewer))


def warnings(given: Iterable[str], viewer: Party) -> frozenset[str]:
    """Of the warnings an act brought, those its party is told: that he disputes much is for staff only."""
    return frozenset(given) - (frozenset() if viewer in STAFF else {WarningCode.FREQUENT_DISPUTES.value})


def _protects(flag: str, viewer: Party) -> bool:
    if flag in RISK_FLAGS or flag not in set(WarningCode):
        return False
    return viewer in PROTECTS[WarningCode(flag)]


def history(order: Order, events: Iterable[e.Event], viewer: Party) -> tuple[e.Event, ...]:
    """The events this viewer may see, each without what he may not: staff's names, risk flags, addresses.

    `events` are the order's from its first on, `order` is the order as it stands now: together they decide what
    has become visible meanwhile.
    """
    return tuple(event for _, event in numbered(order, events, viewer))


def numbered(order: Order, events: Iterable[e.Event], viewer: Party) -> tuple[tuple[int, e.Event], ...]:
    """The same, each with its position among `events`, from 0."""
    whole = tuple(events)
    if viewer in STAFF:
        return tuple(enumerate(whole))
    if viewer in OUTSIDE:
        return tuple((at, event) for at, event in enumerate(whole) if event.by is viewer)
    withheld, back = _withheld(whole, viewer), _taken_back(whole)
    return tuple(
        (at, _without_files(_without_secrets(order, event, viewer), viewer, back.get(at, frozenset())))
        for at, event in enumerate(whole)
        if at not in withheld
    )


def _withheld(events: tuple[e.Event, ...], viewer: Party) -> frozenset[int]:
    """Positions of what this viewer may not know of at all: files for the mediator only, that such a file was
    taken back, decisions that wait for a second person, and the other side's choice in every round of options in
    which not both have chosen.
    """
    hidden: set[int] = set()
    files: set[tuple[int, str]] = set()
    rounds: dict[int, list[int]] = {}
    for at, event in enumerate(events):
        match event:
            case e.EvidenceAdded() if not _file_seen(event.file, event.by, viewer):
                files.add((event.dispute, event.file.id))
                hidden.add(at)
            case e.DisputeOpened() | e.ClaimRevised() | e.AppealMade() | e.ReturnContested():
                files |= {(event.dispute, one.id) for one in event.files if not _file_seen(one, event.by, viewer)}
            case e.EvidenceRemoved() if (event.dispute, event.file) in files:
                files.remove((event.dispute, event.file))
                hidden.add(at)
            case e.RulingMade() if event.waits:
                hidden.add(at)
            case e.CorrectionProposed():
                hidden.add(at)
            case e.OptionsProposed():
                rounds[event.dispute] = []
            case e.OptionChosen() if viewer in PARTIES:
                chosen = rounds.setdefault(event.dispute, [])
                chosen.append(at)
                hidden.add(at)
                if len(chosen) == len(PARTIES):
                    hidden.difference_update(chosen)
            case _:
                pass
    return frozenset(at for at in hidden if events[at].by is not viewer)


def _taken_back(events: tuple[e.Event, ...]) -> dict[int, frozenset[str]]:
    """By position of the event that gave them, the ids of files that a later event took back."""
    given: dict[tuple[int, str], int] = {}
    back: dict[int, frozenset[str]] = {}
    for at, event in enumerate(events):
        if isinstance(event, e.EvidenceRemoved):
            giving = given.pop((event.dispute, event.file), None)
            if giving is not None:
                back[giving] = back.get(giving, frozenset()) | {event.file}
        elif isinstance(event, e.DisputeEvent):
            given |= {(event.dispute, file.id): at for file in files_of(event)}
    return back


def files_of(event: e.Event) -> tuple[Filed, ...]:
    """The files an event carries."""
    one = getattr(event, "file", None)
    return (one,) if isinstance(one, Filed) else getattr(event, "files", ())


def _without_files(event: e.Event, viewer: Party, back: frozenset[str]) -> e.Event:
    """Without the files the viewer does not see, and without what was said of those in `back`."""
    files = files_of(event)
    if not files or event.by is viewer:
        return event
    shown = tuple(
        file._replace(name=None, comment=None) if file.id in back else file
        for file in files
        if _file_seen(file, event.by, viewer)
    )
    if shown == files:
        return event
    if isinstance(event, e.EvidenceAdded):
        return dataclasses.replace(event, file=shown[0])  # one that is not seen is an event that is not seen
    return dataclasses.replace(event, files=shown)  # type: ignore[call-arg]


def _without_secrets(order: Order, event: e.Event, viewer: Party) -> e.Event:
    if event.actor:
        event = dataclasses.replace(event, actor="")
    if isinstance(event, e.OrderPlaced):
        agreed = viewer is not Party.BUYER or any(return_agreed(one) for one in order.disputes)
        return dataclasses.replace(
            event,
            destination=event.destination if may_see(Item.DESTINATION, viewer, order) else None,
            return_to=event.return_to if agreed else None,
        )
    if isinstance(event, e.DisputeOpened | e.ClaimRevised):
        shown = frozenset(flag for flag in event.flags if flag in PROCESS_FLAGS)
        told = event.warnings - {WarningCode.FREQUENT_DISPUTES.value} if viewer is event.by else frozenset()
        return dataclasses.replace(event, flags=shown, warnings=told)
    if isinstance(event, e.OfferMade | e.MessageSent):
        # A warning is for the reader it protects, not for whoever wrote what it warns of.
        shown = frozenset(flag for flag in event.flags if event.by is not viewer and _protects(flag, viewer))
        event = dataclasses.replace(event, flags=shown)
    if isinstance(event, e.EvidenceAdded | e.ReturnShipped | e.ReplacementShipped):
        event = dataclasses.replace(event, flags=event.flags & PROCESS_FLAGS)
    if isinstance(event, e.OrderShipped | e.ParcelTracked | e.ReturnTracked):
        event = dataclasses.replace(event, elsewhere=False)
    dispute = order.dispute(event.dispute) if isinstance(event, e.DisputeEvent) else None
    if isinstance(event, e.OfferMade | e.TermsAccepted | e.OptionChosen | e.RulingMade) and dispute is not None:
        return dataclasses.replace(event, return_to=_address(order, dispute, viewer, event.return_to))
    return _without_account(event) if viewer is Party.SELLER else event


def _without_account(event: e.Event) -> e.Event:
    """Where a buyer banks is the buyer's and the staff's business."""
    match event:
        case e.RefundRedirected():
            return dataclasses.replace(event, to=Private())
        case e.RefundFailed():
            return dataclasses.replace(event, failure=None)
        case _:
            return event


def _address(order: Order, dispute: Dispute, viewer: Party, address: Location | None) -> Location | None:
    return address if may_see(Item.RETURN_ADDRESS, viewer, order, dispute) else None
