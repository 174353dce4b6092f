"""What the core says in codes, as whole sentences for people: in the reader's language, currency format and time zone.

Whoever writes to a person wraps it in `reader(language, zone)`; everything below speaks to that reader. English
stands in the code; the other languages are gettext catalogues in `locale/`.
"""

from __future__ import annotations

from .clocks import clock
from .dates import day, instant, left, ticking
from .events import event, retold
from .lengths import length
from .money import money
from .paying import method
from .policies import chapters, leaflet
from .reader import LANGUAGES, known_language, known_zone, reader
from .said import Said, because, flag, refusal, silence, warning
from .saying import listed, say, table
from .shares import percent
from .tables import (
    counts_against,
    deadline,
    fault,
    funded_by,
    grounds,
    kind,
    order_status,
    outcome,
    party,
    reason,
    refund_status,
    role,
    stage,
    subject,
    track,
    turn,
    verb,
    wants,
)

__all__ = [
    "LANGUAGES",
    "Said",
    "because",
    "chapters",
    "clock",
    "counts_against",
    "day",
    "deadline",
    "event",
    "fault",
    "flag",
    "funded_by",
    "grounds",
    "instant",
    "kind",
    "known_language",
    "known_zone",
    "leaflet",
    "left",
    "length",
    "listed",
    "method",
    "money",
    "order_status",
    "outcome",
    "party",
    "percent",
    "reader",
    "reason",
    "refund_status",
    "refusal",
    "retold",
    "role",
    "say",
    "silence",
    "stage",
    "subject",
    "table",
    "ticking",
    "track",
    "turn",
    "verb",
    "wants",
    "warning",
]
