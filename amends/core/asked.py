"""What commands are made of: amounts, lines, places and files as somebody typed them."""

from __future__ import annotations

from typing import NamedTuple

Amount = int | str
"""Minor units of the order's currency, or a decimal string such as "45.00"."""


class OrderedLine(NamedTuple):
    id: str
    title: str
    price: Amount
    quantity: int
    listing: str = ""
    listing_id: str = ""


class Paid(NamedTuple):
    """One payment of an order: the provider's reference, the method as the buyer knows it, the amount."""

    reference: str
    method: str
    amount: Amount


class Place(NamedTuple):
    """Where goods go. Country and city say where that is; the rest is what a parcel's label needs beside them."""

    country: str
    city: str = ""
    name: str = ""
    """Who takes it in."""
    lines: tuple[str, ...] = ()
    """Street and house, or whatever stands for them: at most three."""
    postcode: str = ""
    region: str = ""
    phone: str = ""


class Pieces(NamedTuple):
    """Some pieces of one line; quantity None means all of them."""

    line: str
    quantity: int | None = None


class Given(NamedTuple):
    """A file handed in with an act: its kind alone, or an upload that the edge has found under its id."""

    kind: str
    id: str = ""
    sha256: str = ""
    """Of the original, 64 hexadecimal digits."""
    name: str = ""
    comment: str = ""
    mediator_only: bool = False


class Option(NamedTuple):
    option: int
    wants: str
    amount: Amount


class WantedThing(NamedTuple):
    """One thing a mediator asks to see: what, in a few words, and the kind of evidence where only one would do."""

    text: str
    kind: str = ""


class Proposal(NamedTuple):
    wants: str
    amount: Amount
