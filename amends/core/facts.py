"""What a decision may look at beyond its order, gathered at the edge into one frozen record.

Facts make warnings and flags, never outcomes; what was used is copied into the event (decision 23).
Whether an order id is taken, and whether a party is blocked, guard the door of something new.
"""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from .durations import Calendars
from .policy import Policy
from .vocabulary import Party


class Receipt(NamedTuple):
    """A party's file or act on its way into the order: it counts as of `at`, if it is taken."""

    by: Party
    at: datetime
    act: bool = False
    """It is an act, which had to be put off; else a file."""


class Facts(NamedTuple):
    """Empty by default: nothing is known beyond the order."""

    policy: Policy | None = None
    """For `place_order`: the policy the new order is to live under."""
    calendars: Calendars = MappingProxyType({})
    """For `place_order`: the day sets its business days are counted by."""
    order_exists: bool = False
    blocked: frozenset[Party] = frozenset()
    """Which of the order's parties may start nothing new."""
    disputes_opened: tuple[datetime, ...] = ()
    """When this buyer opened his disputes on other orders."""
    orders_placed: tuple[datetime, ...] = ()
    """When this buyer placed his orders, this one included."""
    tracking_elsewhere: bool = False
    """The number given belongs to another order or destination."""


NOTHING = Facts()
