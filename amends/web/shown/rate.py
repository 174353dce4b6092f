"""What an act would do to the seller's dispute rate, said at its form, before it is done."""

from __future__ import annotations

from django.utils.translation import gettext as _

from amends.core.vocabulary import Outcome, Party, Verb
from amends.orders.reckoning import excluded, of_dispute
from amends.orders.records import records
from amends.web.forms import Asking

from . import record

ENDS = {Verb.ACCEPT: Outcome.ACCEPTED_BY_SELLER, Verb.OFFER: Outcome.AGREED}


def before_acting(asking: Asking) -> tuple[str, ...]:
    """To a seller who answers a claim, in sentences; nothing for anybody else, and for no other act."""
    if asking.party is not Party.SELLER or asking.dispute is None:
        return ()
    if asking.verb is Verb.REJECT:
        return (
            _("Turning it down counts for nothing by itself. A mediator may still decide that the dispute counts."),
        )
    outcome = ENDS.get(asking.verb)
    if outcome is None:
        return ()
    fact = of_dispute(asking.order, asking.dispute)._replace(outcome=outcome, amount_minor=1)
    if excluded(fact) is not None:
        return (_("This dispute does not count in your dispute rate."),)
    here = asking.here
    kept = records(here.marketplace, here.seat.name, now=here.now)
    effect = record.effect_words(record.effect(kept, ((asking.order.id, asking.order.placed_at),)))
    if asking.verb is Verb.OFFER:
        return (_("If the buyer takes your offer, the dispute counts."), effect)
    return (_("A dispute you accept counts."), effect)
