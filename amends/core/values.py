"""The small values that events and the order's state share. Amounts are minor units of the order's currency."""

from __future__ import annotations

from typing import NamedTuple

from .private import Private
from .vocabulary import EvidenceKind, Wants


class PolicyPin(NamedTuple):
    """Which policy an order lives under, for good: id, version, SHA-256 of the canonical document."""

    id: str
    version: int
    digest: str


class Location(NamedTuple):
    """Where goods go. All but the country is personal text; whatever was not said is missing."""

    country: str
    city: Private | None = None
    name: Private | None = None
    lines: tuple[Private, ...] = ()
    postcode: Private | None = None
    region: Private | None = None
    phone: Private | None = None


class PlacedLine(NamedTuple):
    """A line with its share of discount, delivery and what was really paid (decisions 11 and 24)."""

    id: str
    title: str
    quantity: int
    goods_minor: int
    shipping_minor: int
    listing: Private | None = None
    listing_id: str = ""
    """What the marketplace calls the listing it was bought from; its pictures are kept under this."""


class PlacedPayment(NamedTuple):
    reference: str
    method: str
    amount_minor: int


class DisputedPieces(NamedTuple):
    line: str
    quantity: int


class LineAmount(NamedTuple):
    line: str
    amount_minor: int


class PaymentAmount(NamedTuple):
    """A part of a refund: the payment's position in the order, from 1."""

    payment: int
    amount_minor: int


class Filed(NamedTuple):
    """A file given as evidence; `counts` is false for a link, and for an address under another kind."""

    id: str
    kind: EvidenceKind
    name: Private | None = None
    comment: Private | None = None
    mediator_only: bool = False
    counts: bool = True
    sha256: str = ""
    """Of the original as it was sent, 64 hexadecimal digits; empty where no upload stands behind it."""


class Wanted(NamedTuple):
    """One thing the mediator asked to see, in his words."""

    text: Private
    kind: EvidenceKind | None = None


class Offered(NamedTuple):
    """One of the mediator's options."""

    option: int
    wants: Wants
    amount_minor: int


class Provisional(NamedTuple):
    """What the mediator would propose as things stand; never a ruling."""

    wants: Wants
    amount_minor: int
