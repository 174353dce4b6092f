"""Whole sentences about claims, offers, options and settlements, from where the reader stands."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from amends import words
from amends.core.order import Dispute, Order, Settlement, Terms
from amends.core.vocabulary import Party, Wants

REFUND, RETURN, EXCHANGE = Wants.REFUND, Wants.RETURN_AND_REFUND, Wants.RETURN_AND_EXCHANGE
ZERO = "zero"

_YOU_ASK = {
    REFUND: gettext_noop("You ask for a refund of %(money)s."),
    RETURN: gettext_noop("You ask to send the goods back for a refund of %(money)s."),
    EXCHANGE: gettext_noop("You ask for an exchange; if no replacement comes, for a refund of %(money)s."),
}
_BUYER_ASKS = {
    REFUND: gettext_noop("The buyer asks for a refund of %(money)s."),
    RETURN: gettext_noop("The buyer asks to send the goods back for a refund of %(money)s."),
    EXCHANGE: gettext_noop("The buyer asks for an exchange; if no replacement comes, for a refund of %(money)s."),
}
_YOU_OFFER = {
    ZERO: gettext_noop("You refuse: your offer on the table is %(money)s."),
    REFUND: gettext_noop("You offer a refund of %(money)s."),
    RETURN: gettext_noop("You offer a refund of %(money)s once the goods are back."),
    EXCHANGE: gettext_noop("You offer an exchange; if no replacement comes, a refund of %(money)s."),
}
_SELLER_OFFERS = {
    ZERO: gettext_noop("The seller refuses: the offer on the table is %(money)s."),
    REFUND: gettext_noop("The seller offers a refund of %(money)s."),
    RETURN: gettext_noop("The seller offers a refund of %(money)s once the goods are back."),
    EXCHANGE: gettext_noop("The seller offers an exchange; if no replacement comes, a refund of %(money)s."),
}
_SETTLED = {
    REFUND: gettext_noop("It is settled: %(money)s goes back to the buyer."),
    RETURN: gettext_noop("It is settled: the goods go back first, then %(money)s goes to the buyer."),
    EXCHANGE: gettext_noop(
        "It is settled: the goods go back first, then they are replaced; if no replacement comes, %(money)s goes to"
        " the buyer."
    ),
}
_SETTLED_FOR_YOU = {
    REFUND: gettext_noop("It is settled: you get %(money)s back."),
    RETURN: gettext_noop("It is settled: you send the goods back first, then you get %(money)s."),
    EXCHANGE: gettext_noop(
        "It is settled: you send the goods back first, then they are replaced; if no replacement comes, you get"
        " %(money)s."
    ),
}


def claim(order: Order, terms: Terms, viewer: Party) -> str:
    """“You ask for a refund of 45.00 USD.”"""
    table = _YOU_ASK if viewer is Party.BUYER else _BUYER_ASKS
    return gettext(table[terms.wants]) % {"money": words.money(terms.amount_minor, order.currency)}


def offer(order: Order, terms: Terms, viewer: Party) -> str:
    """“The seller offers a refund of 20.00 USD.”"""
    table = _YOU_OFFER if viewer is Party.SELLER else _SELLER_OFFERS
    said = table[terms.wants if terms.amount_minor else ZERO]
    return gettext(said) % {"money": words.money(terms.amount_minor, order.currency)}


def settled(order: Order, dispute: Dispute, viewer: Party) -> str:
    """What was settled and has still to happen; "" where nothing was."""
    settlement: Settlement | None = dispute.settlement
    if settlement is None:
        return ""
    table = _SETTLED_FOR_YOU if viewer is Party.BUYER else _SETTLED
    return gettext(table[settlement.wants]) % {"money": words.money(settlement.amount_minor, order.currency)}
