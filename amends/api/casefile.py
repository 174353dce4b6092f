"""A dispute's case file, as whoever asks may see the case: signed, to be checked offline (docs/case-file.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import casefiles, queries
from amends.stories.telling import sentence
from amends.vault.casefile.container import TooLarge
from amends.vault.casefile.contents import Role

from .answers import HEADERS, Problem, Trouble, nowhere, refusal
from .callers import caller_of

ROLES: Final[Mapping[Party, Role]] = {
    Party.BUYER: Role.BUYER,
    Party.SELLER: Role.SELLER,
    Party.MEDIATOR: Role.MEDIATOR,
    Party.OPERATOR: Role.MEDIATOR,
    Party.MARKETPLACE: Role.MARKETPLACE,
}
ZIP: Final = "application/zip"


def read_case_file(request: HttpRequest, order: str, dispute: int) -> HttpResponseBase:
    """Made anew for each request; what has lapsed by then is written first, as by any act."""
    caller = caller_of(request)
    now = caller.now(order)
    role = ROLES.get(caller.party)
    if role is None:
        who = ", ".join(party.value for party in ROLES)
        raise refusal(Refused(RefusalCode.NOT_ALLOWED, verb="case file", party=caller.party.value, who=who))
    found = queries.order(caller.marketplace, order, now=now)
    if found is None:
        raise nowhere()
    if found.order.dispute(dispute) is None:
        raise refusal(Refused(RefusalCode.UNKNOWN_DISPUTE))
    try:
        made = casefiles.written(caller.marketplace, order, dispute, role=role, tell=sentence, now=now)
    except TooLarge as large:
        raise Problem(Trouble.BODY_TOO_LARGE, str(large), "Ask whoever operates this for the files.") from None
    name = re.sub(r"[^A-Za-z0-9-]", "_", order)[:80]
    return FileResponse(
        made, as_attachment=True, filename=f"case-{name}-{dispute}.zip", content_type=ZIP, headers=HEADERS
    )
