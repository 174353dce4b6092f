"""A seller's ready texts at the form of an offer or refusal: put in with a click, filled when it is sent."""

from __future__ import annotations

from django.http import QueryDict

from amends import words
from amends.core.money import MalformedAmount, parse_minor
from amends.core.vocabulary import Party
from amends.orders import reply_templates
from amends.orders.reply_templates import Template
from amends.web.forms import Asking, Filled

from .orders import disputed_goods


def texts(asking: Asking) -> tuple[Template, ...]:
    """What the seller keeps ready; nothing for anybody else."""
    here = asking.here
    return reply_templates.templates(here.marketplace, here.seat.name) if here.party is Party.SELLER else ()


def put_in(asking: Asking, filled: Filled) -> Filled:
    """The form with the chosen text in the place of the text; everything else as it was typed."""
    chosen = str(filled.posted.get("_ready", ""))
    text = next((one.text for one in texts(asking) if str(one.id) == chosen), None)
    if text is None or not isinstance(filled.posted, QueryDict):
        return filled
    posted = filled.posted.copy()
    posted["text"] = text
    return Filled(posted, filled.currency, filled.files)


def said(asking: Asking, text: str, amount: str = "") -> str:
    """The text as it is sent: product, order, and the amount offered, or what the buyer asks where none is."""
    order, dispute = asking.order, asking.on
    try:
        minor = parse_minor(amount, order.currency) if amount else dispute.claim.amount_minor
    except MalformedAmount:  # the door will say so, and nothing is sent
        minor = dispute.claim.amount_minor
    return reply_templates.filled(
        text,
        product=", ".join(goods.title for goods in disputed_goods(order, dispute)),
        amount=words.money(minor, order.currency),
        order=order.id,
    )
