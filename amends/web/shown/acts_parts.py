"""What the forms of bargaining share: terms in words, solutions, amounts as they are typed."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.translation import gettext as _

from amends import words
from amends.core.money import format_minor
from amends.core.order import Order, Terms
from amends.core.vocabulary import Party, Wants
from amends.web import typed
from amends.web.forms import Ahead, Asking

from . import acts_ahead, case_said
from .case_acts import button
from .case_matter import matter


class Choice(NamedTuple):
    value: str
    words: str
    hint: str = ""


def solutions(order: Order) -> tuple[Choice, ...]:
    """The solutions the order's policy knows, in words."""
    ends_in = order.policy.return_.ends_in
    found = [Choice(Wants.REFUND.value, words.wants(Wants.REFUND))]
    if "refund" in ends_in:
        found.append(Choice(Wants.RETURN_AND_REFUND.value, words.wants(Wants.RETURN_AND_REFUND)))
    if "exchange" in ends_in:
        found.append(Choice(Wants.RETURN_AND_EXCHANGE.value, words.wants(Wants.RETURN_AND_EXCHANGE)))
    return tuple(found)


def shown_amount(order: Order, minor: int) -> str:
    """The amount as the reader would type it."""
    return typed.shown(format_minor(minor, order.currency))


def on_the_table(asking: Asking) -> Terms | None:
    """What this party would accept: the claim for the seller, the offer for the buyer."""
    return asking.on.claim if asking.party is Party.SELLER else asking.on.standing_offer


def said_terms(asking: Asking, terms: Terms) -> str:
    """The terms as their reader reads them: “The seller offers a refund of 20.00 USD.”"""
    if terms.by is Party.SELLER:
        return case_said.offer(asking.order, terms, asking.party)
    return case_said.claim(asking.order, terms, asking.party)


def button_of(asking: Asking) -> str:
    """The words of the button that led here."""
    return button(matter(asking.found, asking.on, asking.party, asking.now), asking.verb)


def standing_after(ahead: Ahead) -> Terms:
    dispute = ahead.dispute
    assert dispute is not None, "an offer is made in a dispute"
    standing = dispute.standing_offer
    return standing if standing is not None else dispute.terms[-1]


def offers_nothing(ahead: Ahead) -> bool:
    return ahead.refused is None and not ahead.ends and not ahead.settles and not standing_after(ahead).amount_minor


def refusing(ahead: Ahead) -> tuple[str, ...]:
    zero = ahead.asking.money(0)
    return (
        _("You turn the claim down: your offer is %(zero)s.") % {"zero": zero},
        _("The buyer need not accept that. Where you do not agree, a mediator decides by the evidence."),
        *acts_ahead.then(ahead.order, ahead.dispute, ahead.asking.party),
    )
