"""A page's reader: his language, and the translation he asks for with `?translate=`."""

from __future__ import annotations

import re
from typing import Final

from amends.web import translating
from amends.web.here import Here
from amends.web.shown import case as shown

_WHAT: Final = re.compile(r"[0-9]{1,9}|f-[\x21-\x7e]{1,200}")


def reader(here: Here, matter: shown.Matter) -> shown.Reader:
    """Nothing is translated before he asks, and never anything he may not see."""
    return shown.Reader(here.seat.language, _translated(here, matter))


def _translated(here: Here, matter: shown.Matter) -> shown.Translated | None:
    what = here.request.GET.get("translate", "")
    if not _WHAT.fullmatch(what):
        return None
    text = shown.written(matter, what)
    if text is None:
        return None
    try:
        return shown.Translated(what, translating.translate(text, into=here.seat.language), "")
    except translating.Untranslated as trouble:
        return shown.Translated(what, "", str(trouble))
