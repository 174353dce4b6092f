"""Pictures of what a marketplace lists, sent by the marketplace: a shop's photograph is no photograph of the goods."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import evidence_desk as desk
from amends.orders import listings
from amends.orders.bodies import asking, received_file
from amends.vault.intake import Gate

from .answers import answer, malformed, refusal
from .callers import caller_of, header_text, readable
from .uploads import told_as_problems


def send_picture(request: HttpRequest, listing: str) -> HttpResponse:
    """A whole picture as the body. Sent twice it is known once."""
    caller = caller_of(request)
    now = caller.now()
    if caller.party is not Party.MARKETPLACE:
        told = Refused(RefusalCode.NOT_ALLOWED, verb="listing", party=caller.party.value, who="marketplace")
        raise refusal(told)
    if not readable(listing):
        raise malformed("the listing's id is too long or holds control characters", "Write at most 200 characters.")
    name = header_text(request, "Upload-Name")[:1000]
    with told_as_problems():
        asked = asking(request)
        if asked is not None:
            desk.folder("arriving")
            bounds = listings.limits(caller.marketplace)
            asked.grant(bounds.largest, Gate(name, bounds))
            return answer({}, 200)
        declared = request.headers.get("Content-Type", "")[:100]
        with received_file(request) as source:
            taken = listings.take(caller.marketplace, listing, source, name=name, declared=declared, now=now)
    facts = taken.facts
    document = {
        "listing": listing,
        "kind": facts.kind.value,
        "sha256": facts.sha256,
        "width": facts.width,
        "height": facts.height,
        "known_before": taken.known_before,
        "hints": list(taken.hints),
    }
    return answer(document, 201)
