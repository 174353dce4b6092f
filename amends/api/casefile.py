"""A dispute's case file, as whoever asks may see the case: signed, to be checked offline (docs/case-file.md)."""

from __future__ import annotations

import logging
import re
from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from amends.core.refusals import Refused
from amends.core.vocabulary import RefusalCode
from amends.orders import casefile_turns, casefiles, queries
from amends.stories.telling import sentence
from amends.vault.casefile.container import TooLarge
from amends.vault.faults import Damaged, Unreachable

from .answers import HEADERS, Problem, Trouble, nowhere, refusal
from .callers import caller_of

log = logging.getLogger(__name__)

ZIP: Final = "application/zip"


def read_case_file(request: HttpRequest, order: str, dispute: int) -> HttpResponseBase:
    """Made anew for each request; what has lapsed by then is written first, as by any act."""
    caller = caller_of(request)
    now = caller.now(order)
    role = casefiles.ROLES.get(caller.party)
    if role is None:
        who = ", ".join(party.value for party in casefiles.ROLES)
        raise refusal(Refused(RefusalCode.NOT_ALLOWED, verb="case file", party=caller.party.value, who=who))
    found = queries.order(caller.marketplace, order, now=now)
    if found is None:
        raise nowhere()
    if found.order.dispute(dispute) is None:
        raise refusal(Refused(RefusalCode.UNKNOWN_DISPUTE))
    viewer = f"{caller.party.value}:{caller.name}" if caller.name else caller.party.value
    try:
        made = casefiles.written(caller.marketplace, order, dispute, role=role, viewer=viewer, tell=sentence, now=now)
    except casefile_turns.Busy as busy:
        raise _busy(busy) from None
    except TooLarge as large:
        raise Problem(Trouble.BODY_TOO_LARGE, str(large), "Ask whoever operates this for the files.") from None
    except Damaged as lost:
        log.error("order %s, case file of dispute %s: %s", order, dispute, lost)
        raise Problem(
            Trouble.FILE_DAMAGED, f"{lost} So no case file was made.", "Tell whoever operates this."
        ) from None
    except Unreachable as away:
        raise Problem(Trouble.FILES_AWAY, str(away), "Ask again in a minute.") from None
    name = re.sub(r"[^A-Za-z0-9-]", "_", order)[:80]
    return FileResponse(
        made, as_attachment=True, filename=f"case-{name}-{dispute}.zip", content_type=ZIP, headers=HEADERS
    )


def _busy(busy: casefile_turns.Busy) -> Problem:
    said = (
        "A case file is being made for you already; one at a time is."
        if busy.own
        else "As many case files are being made as can be at once."
    )
    seconds = casefile_turns.RETRY_AFTER
    return Problem(Trouble.BUSY, said, f"Ask again in {seconds} seconds.", headers={"Retry-After": str(seconds)})
