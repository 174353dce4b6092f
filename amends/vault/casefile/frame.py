"""The words around a case in its reading copy, in English; a translation goes by way of `Frame.say`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from amends.core.money import format_minor
from amends.core.refusals import day_and_time

TEXTS: Final[Mapping[str, str]] = {
    "title": "Case file: dispute {dispute} of order {order}",
    "heading": "Dispute {dispute} of order {order}",
    "foot": "Reading copy of a case file. What is signed is the file it lies in: check it with verify-case-file.",
    "made": "{marketplace} · made {made_at} for: {role}",
    "buyer": "Buyer",
    "seller": "Seller",
    "policy": "Policy",
    "version": "{id} version {version}",
    "happened": "What happened",
    "when": "When (UTC)",
    "what": "What",
    "offers": "Claims and offers",
    "who": "Who",
    "number": "Number",
    "terms": "Terms",
    "decision": "Decision",
    "undecided": "Nothing is decided yet.",
    "evidence": "Evidence",
    "no_evidence": "None that can be shown here.",
    "given": "{kind}, given by the {by}, {at}, in event {number}",
    "journal": "Journal",
    "from": "From",
    "to": "To",
    "amount": "Amount",
    "rule": "Rule",
    "not_shown": "What is not shown",
    "withheld.one": "From whom this copy was made for, {count} event is withheld as a whole, and of the others what is "
    "for staff alone, like names and notes. All of it keeps its place and its hash in the signed file.",
    "withheld.many": "From whom this copy was made for, {count} events are withheld as a whole, and of the others what "
    "is for staff alone, like names and notes. All of it keeps its place and its hash in the signed file.",
    "missing": "These characters cannot be drawn by the fonts used here; they stand, unchanged, in texts.json:",
    "unreadable": "(can no longer be read)",
    "longer": "({characters} characters; the whole is in texts.json)",
    "not_kept": "not kept",
    "option": "option {option}",
}
WORDS: Final = (
    "buyer", "seller", "mediator", "court", "operator", "carrier", "payments", "clock", "marketplace", "nobody",
    "paid in", "held", "refunded", "charged back", "released", "platform paid",
    "dispute opened", "claim revised", "offer made", "offer rejected", "terms accepted", "options proposed",
    "option chosen", "choices differed", "evidence requested", "ruling made", "dispute dismissed", "dispute settled",
    "dispute closed", "dispute escalated", "appeal made", "appeal granted", "appeal denied", "dispute reopened",
    "correction proposed", "refund", "return and refund", "return and exchange",
    "accepted by seller", "granted by silence", "agreed", "ruled", "dismissed", "withdrawn", "withdrawn final",
    "return not sent", "lapsed for seller", "refunded elsewhere", "new evidence", "no mediator",
    "fault", "counts against", "funded by", "escrow", "platform",
    "photo", "video", "document", "screenshot", "tracking", "quote", "link",
)  # fmt: skip
"""The words of ours that stand in rows and lists."""


def _short(at: datetime) -> str:
    """Short enough for a column, seconds only where they matter."""
    return f"{at:%d %b %Y, %H:%M:%S}" if at.second else f"{at:%d %b %Y, %H:%M}"


def _money(minor: int, currency: str) -> str:
    return f"{format_minor(minor, currency)} {currency}"


class Frame(NamedTuple):
    """How the frame is said. Instants are given in UTC and must be written so."""

    language: str = "en"
    say: Callable[[str], str] = str
    """A text of `TEXTS` or `WORDS` in the language; any other as it is."""
    instant: Callable[[datetime], str] = day_and_time
    short: Callable[[datetime], str] = _short
    money: Callable[[int, str], str] = _money

    def text(self, name: str, **facts: object) -> str:
        return self.say(TEXTS[name]).format(**facts)


ENGLISH: Final = Frame()
