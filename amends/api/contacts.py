"""Where a buyer or seller is written to, as the marketplace's back end says."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import contacts
from amends.orders.contacts import MOST_ADDRESS
from amends.words import LANGUAGES, known_language, known_zone

from .acting import body_of
from .answers import answer, malformed, refusal
from .callers import caller_of
from .requests import Json

FIELDS = ("name", "email", "language", "zone")
BODY: Json = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "As the orders name the buyer or seller"},
        "email": {"type": "string", "maxLength": MOST_ADDRESS, "description": "Empty takes it away; sealed when kept"},
        "language": {"type": "string", "description": f"How they read: {', '.join(LANGUAGES)}, or a tag near one"},
        "zone": {"type": "string", "description": "Their time zone, like Europe/Warsaw"},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def keep_contact(request: HttpRequest) -> HttpResponse:
    """Keep what is given; what is not sent stays."""
    caller = caller_of(request)
    if caller.party is not Party.MARKETPLACE:
        told = Refused(RefusalCode.NOT_ALLOWED, verb="telling addresses", party=caller.party.value, who="marketplace")
        raise refusal(told)
    body = body_of(request)
    for field, value in body.items():
        if field not in FIELDS:
            raise malformed(f"“{field[:80]}” is no field of a contact", f"It takes: {', '.join(FIELDS)}.")
        if not isinstance(value, str):
            raise malformed(f"“{field}” is no text", "Write it as text.")
    language, zone = body.get("language", ""), body.get("zone", "")
    try:
        kept = contacts.tell(
            caller.marketplace,
            body.get("name", ""),
            now=caller.received,
            address=body.get("email"),
            language=known_language(language) if language else "",
            zone=known_zone(zone) if zone else "",
        )
    except Refused as refused:
        raise refusal(refused) from None
    return answer({"name": kept.person, "email": kept.address, "language": kept.language, "zone": kept.zone})
