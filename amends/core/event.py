"""What every event carries. The events themselves are in `events`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .vocabulary import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: datetime
    by: Party
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEvent(Event):
    dispute: int
