"""Lengths of time as people say them: “5 days”, “1 day 12 hours”, “10 business days (CN)”."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from amends.core.durations import Duration, Period, counted


def length(lasts: Duration) -> str:
    if isinstance(lasts, Period):
        return pgettext("length", " ").join(unit(many, name) for many, name in counted(lasts)) or _("no time")
    shown = ngettext("%(many)s business day (%(calendar)s)", "%(many)s business days (%(calendar)s)", lasts.days)
    return shown % {"many": lasts.days, "calendar": lasts.calendar}


def unit(many: int, name: str) -> str:
    """A number of `years`, `months`, `weeks`, `days`, `hours`, `minutes` or `seconds`."""
    match name:
        case "years":
            shown = ngettext("%(many)s year", "%(many)s years", many)
        case "months":
            shown = ngettext("%(many)s month", "%(many)s months", many)
        case "weeks":
            shown = ngettext("%(many)s week", "%(many)s weeks", many)
        case "days":
            shown = ngettext("%(many)s day", "%(many)s days", many)
        case "hours":
            shown = ngettext("%(many)s hour", "%(many)s hours", many)
        case "minutes":
            shown = ngettext("%(many)s minute", "%(many)s minutes", many)
        case _:
            shown = ngettext("%(many)s second", "%(many)s seconds", many)
    return shown % {"many": many}
