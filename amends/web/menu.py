"""The pages of each seat, in the order of its menu; the first is where it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext, gettext_noop

from amends.core.vocabulary import Party

if TYPE_CHECKING:
    from .here import Here

PAGES = {
    Party.BUYER: (
        ("orders", gettext_noop("Orders")),
        ("disputes", gettext_noop("Returns and disputes")),
        ("payments", gettext_noop("Payments")),
        ("notices", gettext_noop("Notices")),
    ),
    Party.SELLER: (
        ("todo", gettext_noop("To do")),
        ("selling", gettext_noop("Orders")),
        ("own_record", gettext_noop("Your record")),
        ("notices", gettext_noop("Notices")),
    ),
    Party.MEDIATOR: (("desk", gettext_noop("Queue")), ("looking_up", gettext_noop("Find an order"))),
    Party.OPERATOR: (
        ("operating", gettext_noop("Overview")),
        ("looking_up", gettext_noop("Find an order")),
    ),
}
"""Name of the address, and words."""


class Entry(NamedTuple):
    address: str
    words: str
    here: bool


def menu(here: Here) -> list[Entry]:
    at = here.request.path
    return [Entry(here.url(name), gettext(said), at == here.url(name)) for name, said in PAGES[here.party]]


def first_page(here: Here) -> str:
    return here.url(PAGES[here.party][0][0])
