"""Once a day a worker looks at each marketplace's books, so that what is broken is found before anybody asks."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from amends.orders import books_checks
from amends.orders.verify import CannotLook
from amends.payments import check

log = logging.getLogger(__name__)

MOST: Final = 5000
"""Orders a daily look goes through; more are for `amends books --verify`, which takes its time."""


def once(now: datetime) -> int:
    """Look at the orders of the last day of one marketplace whose look is due; how many looks were done, 0 or 1."""
    marketplace = books_checks.begin(now)
    if marketplace is None:
        return 0
    try:
        report = check.looked(marketplace, whole=False, most=MOST)
    except CannotLook as blind:
        log.error("The books of marketplace %s could not be looked at: %s", marketplace, blind)
        return 1
    books_checks.keep(marketplace, report, whole=False, at=now)
    if report.broken:
        log.error("The books of marketplace %s do not hold: %s laws are broken.", marketplace, len(report.broken))
    return 1
