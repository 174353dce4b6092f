"""The working days of the countries we know, as data for the core.

Holidays come from the ``holidays`` library, with the weekend days China and Russia work in exchange. How far a calendar
is *known* is our own table: the library answers for any year, also for one nobody has announced. A date outside the
range is "calendar unknown" to the core, whatever the library would have said.

Widen a range only when the year is announced: China's State Council does so each November for the year to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from amends.core.durations import Calendar


class _Known(NamedTuple):
    """Where a calendar's dates are read, and the whole years it is known for."""

    zone: str
    first_year: int
    last_year: int


# Countries with several zones count in the zone of their main market. "GB" holds only what the whole kingdom shares
# (no Easter Monday, no summer bank holiday): name the part instead. A subdivision is one more line here.
_KNOWN: Final[Mapping[str, _Known]] = MappingProxyType(
    {
        "BR": _Known("America/Sao_Paulo", 2016, 2027),
        "CN": _Known("Asia/Shanghai", 2007, 2026),
        "DE": _Known("Europe/Berlin", 2016, 2027),
        "ES": _Known("Europe/Madrid", 2016, 2027),
        "FR": _Known("Europe/Paris", 2016, 2027),
        "GB": _Known("Europe/London", 2016, 2027),
        "GB-ENG": _Known("Europe/London", 2016, 2027),
        "GB-NIR": _Known("Europe/London", 2016, 2027),
        "GB-SCT": _Known("Europe/London", 2016, 2027),
        "GB-WLS": _Known("Europe/London", 2016, 2027),
        "JP": _Known("Asia/Tokyo", 2016, 2027),
        "KR": _Known("Asia/Seoul", 2016, 2027),
        "PL": _Known("Europe/Warsaw", 2016, 2027),
        # The weeks off by decree in 2020 and 2021 were no public holidays, and the library does not have them.
        "RU": _Known("Europe/Moscow", 2022, 2027),
        "US": _Known("America/New_York", 2016, 2027),
    }
)

NAMES: Final[tuple[str, ...]] = tuple(_KNOWN)
"""Every calendar there is, by name."""


class UnknownCalendar(ValueError):
    """A name that is not in ``NAMES``; the message lists those that are."""


def load(names: Iterable[str] = NAMES) -> dict[str, Calendar]:
    """The calendars of these names, all of them by default. Raises ``UnknownCalendar``."""
    return {name: calendar(name) for name in names}


@cache
def calendar(name: str) -> Calendar:
    """One calendar, built once a process. Raises ``UnknownCalendar``.

    Its version names the library's version and the known years ("holidays-0.109/CN/2007-2026"), so that a date stored
    with it can be explained after both have moved on.
    """
    known = _KNOWN.get(name)
    if known is None:
        raise UnknownCalendar(f'there is no calendar "{name}"; there are {", ".join(NAMES)}')
    # The library takes a while to import, and most processes never count a business day.
    import holidays  # noqa: PLC0415

    country, _, subdivision = name.partition("-")
    listed = holidays.country_holidays(
        country, subdiv=subdivision or None, years=range(known.first_year, known.last_year + 1)
    )
    first, last = date(known.first_year, 1, 1), date(known.last_year, 12, 31)
    found = Calendar(
        name=name,
        version=f"holidays-{metadata.version('holidays')}/{name}/{known.first_year}-{known.last_year}",
        zone=ZoneInfo(known.zone),
        known_from=first,
        known_until=last,
        holidays=frozenset(),
        makeup=frozenset(),
    )
    return found._replace(
        holidays=frozenset(day for day in listed if found.knows(day) and day.weekday() not in found.weekend),
        makeup=frozenset(day for day in listed.weekend_workdays if found.knows(day)),
    )
