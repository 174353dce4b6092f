"""Instants and days as the reader writes them, in his own time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .lengths import unit
from .reader import locale


def instant(at: datetime) -> str:
    """Weekday, day, time, in the reader's zone: “Tue, 7 Oct 2026, 09:00”."""
    there = timezone.localtime(at)
    clock = "HHmmss" if there.second else "HHmm"
    time = format_skeleton(clock, there, tzinfo=there.tzinfo, locale=locale())
    return pgettext("list", ", ").join((day(there.date()), time))


def day(when: date) -> str:
    """Weekday and day: “Tue, 7 Oct 2026”."""
    return format_skeleton("yMMMEd", when, locale=locale())


def left(until: datetime, now: datetime) -> str:
    """How long it is from now, in the two largest units that matter: “2 days 9 hours left”; at once is “now”."""
    minutes = (until - now) // timedelta(minutes=1)
    if minutes < 1:
        return _("now")
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        large, small = unit(days, "days"), unit(hours, "hours") if hours else ""
    elif hours:
        large, small = unit(hours, "hours"), unit(minutes, "minutes") if minutes else ""
    else:
        large, small = unit(minutes, "minutes"), ""
    if not small:
        return _("%(time)s left") % {"time": large}
    return _("%(large)s %(small)s left") % {"large": large, "small": small}
