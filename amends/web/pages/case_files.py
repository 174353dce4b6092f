"""The whole dispute as one signed file, for the reader to keep: what he may see of it, in his language."""

from __future__ import annotations

import logging
import re
from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from amends.orders import casefile_turns, casefiles
from amends.stories.telling import sentence
from amends.vault.casefile.container import TooLarge
from amends.vault.faults import Damaged, Unreachable
from amends.web import second_factor
from amends.web.here import Here, page

log = logging.getLogger(__name__)

ZIP: Final = "application/zip"


@require_safe
@page()
def case_file(request: HttpRequest, here: Here, order: str, dispute: int) -> HttpResponseBase:
    """Made anew for each request; what has lapsed by then is written first, and a look at each file in it is noted.

    Answers 404 like the case page, 413, 500 or 503 with a sentence where its files cannot be put into one, and 503
    with Retry-After while others are being made.
    """
    second_factor.needed(here.seat, "case file")  # with every original in it, also where it is only read
    here.dispute(order, dispute)
    try:
        made = casefiles.written(
            here.marketplace,
            order,
            dispute,
            role=casefiles.ROLES[here.party],
            viewer=f"{here.party.value}:{here.seat.name}",
            tell=sentence,
            now=here.now,
            language=here.seat.language,
        )
    except casefile_turns.Busy as busy:
        return _busy(here, busy)
    except TooLarge:
        return _none(here, _("The files of this dispute are too large for one case file."), 413)
    except Damaged as lost:
        log.error("order %s, case file of dispute %s: %s", order, dispute, lost)
        said = _("A file of this dispute is missing, or is not what was kept. So no case file was made.")
        return _none(here, said, 500)
    except Unreachable:
        return _none(here, _("The files cannot be reached at the moment. Try again in a minute."), 503)
    name = re.sub(r"[^A-Za-z0-9-]", "_", order)[:80]
    return FileResponse(made, as_attachment=True, filename=f"case-{name}-{dispute}.zip", content_type=ZIP)


def _none(here: Here, sentence: str, status: int, *, soon: bool = False) -> HttpResponseBase:
    return here.page("no_case_file", {"sentence": sentence, "soon": soon}, status=status)


def _busy(here: Here, busy: casefile_turns.Busy) -> HttpResponseBase:
    if busy.own:
        said = _("Your file is being made at this moment. Wait until it is here, or try again in a few seconds.")
    else:
        said = _("Other people's files are being made at this moment. Try again in a few seconds.")
    response = _none(here, said, 503, soon=True)
    response["Retry-After"] = str(casefile_turns.RETRY_AFTER)
    return response


urlpatterns = [path("orders/<order_id:order>/disputes/<int:dispute>/case-file/", case_file, name="case_file")]
"""Below `/at/<seat>/`."""
