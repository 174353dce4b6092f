"""What a clock is about, said to the one who reads it: “You can answer until” to whoever is awaited, and only there.

English stands here; `extraction.py` takes the texts into the catalogues.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from amends.core.deadlines import Deadline
from amends.core.vocabulary import DeadlineName as N
from amends.core.vocabulary import Party

from .tables import deadline

YOURS: Final = {
    N.SELLER_RESPONSE: "You can answer until",
    N.BUYER_RESPONSE: "You can answer until",
    N.EVIDENCE: "You can send what was asked for until",
    N.CHOICE: "You can choose until",
    N.REVIEW: "You decide by",
    N.RETURN_SHIPMENT: "You send the goods back by",
    N.RETURN_INSPECTION: "You can look at the goods until",
    N.REPLACEMENT: "You send the replacement by",
    N.APPEAL: "You can appeal until",
    N.APPEAL_DECISION: "You decide about the appeal by",
    N.DISPATCH: "You must send the parcel by",
}
"""Where the reader himself is awaited."""
BUYERS: Final = {
    N.PROTECTION: "You are protected until",
    N.OPENING_WINDOW: "You can open a dispute until",
    N.REFUND: "Your refund arrives, at the latest,",
}
"""To the buyer, though nobody is awaited."""
WINDOWS: Final = frozenset({N.NEGOTIATION, N.NEGOTIATION_CAP})


def clock(running: Deadline, viewer: Party) -> str:
    """What stands before the instant; to whoever has no part in it, as `deadline` says it of others."""
    if running.name in WINDOWS and viewer in (Party.BUYER, Party.SELLER):
        return _("You both can bargain until")
    if viewer in running.awaited and running.name in YOURS:
        return _(YOURS[running.name])
    if viewer is Party.BUYER and running.name in BUYERS:
        return _(BUYERS[running.name])
    return deadline(running.name)
