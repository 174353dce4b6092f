"""Pictures of what a marketplace lists, sent by the marketplace: a shop's photograph is no photograph of the goods."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from amends.core.durations import format_instant
from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import evidence_desk as desk
from amends.orders import listings
from amends.orders.bodies import asking, received_file
from amends.orders.listings import Picture
from amends.vault.intake import Gate

from .answers import Problem, Trouble, answer, malformed, refusal
from .callers import Caller, caller_of, header_text, readable
from .uploads import told_as_problems

_CALLED: Final = re.compile(r"[0-9a-f]{64}")


def send_listing_picture(request: HttpRequest, listing: str) -> HttpResponse:
    """A whole picture as the body. Sent twice it is known once."""
    caller = _marketplaces(request, listing)
    now = caller.now()
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
    known = {"known_before": taken.known_before, "hints": list(taken.hints)}
    return answer({"listing": listing, **_shown(taken.picture), **known}, 201)


def read_listing_pictures(request: HttpRequest, listing: str) -> HttpResponse:
    """What is known of a listing's pictures, the one that came first first."""
    return _answered(_marketplaces(request, listing), listing)


def remove_listing_picture(request: HttpRequest, listing: str, picture: str) -> HttpResponse:
    """Take a picture away for good; what is left is told."""
    caller = _marketplaces(request, listing)
    with told_as_problems():
        gone = bool(_CALLED.fullmatch(picture)) and listings.forget(caller.marketplace, listing, picture)
    if not gone:
        raise Problem(
            Trouble.UNKNOWN_FILE,
            "This listing has no such picture.",
            "Ask which it has: each is called by the SHA-256 of the file that was sent.",
        )
    return _answered(caller, listing)


def _answered(caller: Caller, listing: str) -> HttpResponse:
    pictures = listings.of(caller.marketplace, [listing])
    return answer({"listing": listing, "pictures": [_shown(one) for one in pictures]})


def _shown(picture: Picture) -> dict[str, Any]:
    facts = picture.facts
    return {
        "kind": facts.kind.value,
        "sha256": picture.sha256,
        "width": facts.width,
        "height": facts.height,
        "received_at": format_instant(picture.received_at),
        "forms": [form for form in listings.FORMS if form in picture.pieces],
    }


def _marketplaces(request: HttpRequest, listing: str) -> Caller:
    """The marketplace itself, about a listing that can be one. Raises Problem."""
    caller = caller_of(request)
    if caller.party is not Party.MARKETPLACE:
        told = Refused(RefusalCode.NOT_ALLOWED, verb="listing", party=caller.party.value, who="marketplace")
        raise refusal(told)
    if not readable(listing):
        raise malformed("the listing's id is too long or holds control characters", "Write at most 200 characters.")
    return caller
