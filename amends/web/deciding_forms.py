"""What every decision of staff has: it is read once more before it is sent, and shows how it splits the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.money import MalformedAmount, parse_minor
from amends.core.order import Order
from amends.core.refusals import Refused
from amends.core.rules.amounts import allowed_solution
from amends.core.split import Split, split
from amends.core.vocabulary import FundedBy, Wants

from . import second_factor
from .forms import Asking, FormKind


class Choice(NamedTuple):
    """One of several, for a template."""

    value: str
    words: str


class Divided(NamedTuple):
    """The split of the money by one set of terms, with what it is called."""

    title: str
    split: Split


class Deciding(FormKind):
    """What is common to them: read once more before they are sent, by somebody who has proved who he is."""

    versioned = True
    always_asks = True

    def barred(self, asking: Asking) -> str:
        if not second_factor.missing(asking.here.seat, asking.verb):
            return ""
        return _("You cannot decide yet: this session has no second factor.")

    def divided(self, asking: Asking, fields: Mapping[str, Any]) -> list[Divided]:
        """How the money is split by what the form says so far; empty where it says nothing about money."""
        return []

    def letter_title(self, asking: Asking) -> str:
        """The heading of the letter both sides read."""
        return self.title(asking)

    def heading(self) -> str:
        """Over the fields."""
        return _("Your decision")


def solutions(order: Order) -> list[Choice]:
    """What may be decided under the order's policy."""
    found = []
    for wants in Wants:
        try:
            allowed_solution(order, wants.value)
        except Refused:
            continue
        found.append(Choice(wants.value, words.wants(wants)))
    return found


def divide(asking: Asking, wants: object, amount: object, funded_by: str = FundedBy.ESCROW.value) -> Split | None:
    """The split of one set of terms as typed; None where it cannot be read, or is more than there is."""
    try:
        minor = parse_minor(str(amount), asking.order.currency)
        solution, funds = Wants(str(wants)), FundedBy(funded_by)
    except (MalformedAmount, ValueError):
        return None
    before = asking.on.given_back_minor
    if minor < before or not asking.on.open:
        return None
    found = split(asking.order, asking.on, solution, minor, funded_by=funds, at=asking.now)
    return found if minor <= found.most_minor else None
