"""From the dates an export recorded to instants that can have happened, in an order that can have happened.

Dates are facts, the status word is a summary of them: where both speak, the dates are believed. An effect proves its
cause: what was delivered had been handed over, what was handed over had been paid for. So where the cause is stamped
later than its effect (or not at all), it is taken to have happened by the instant of the effect, and what was
recorded is kept in a note. Nothing is invented for which nothing speaks: a delivery without a date is no delivery.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .cells import written
from .faults import BadCell
from .shape import Meaning


class Remark(NamedTuple):
    """Something a reader of the report should know about a row that was taken."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the export says of one order, in UTC. `meaning` is None where it has no status word."""

    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    meaning: Meaning | None


@dataclass(slots=True)
class Timeline:
    """When the order was paid, handed over, delivered and cancelled: each not before the one before it.

    The notes go with the command of that name, for the reader of the command file; the core ignores them.
    """

    paid_at: datetime
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    remarks: list[Remark] = field(default_factory=list)
    place_note: dict[str, str] = field(default_factory=dict)
    ship_note: dict[str, str] = field(default_factory=dict)
    cancel_note: dict[str, str] = field(default_factory=dict)

    def remark(self, code: str, sentence: str) -> None:
        self.remarks.append(Remark(code, sentence))


def settle(recorded: Recorded, *, never_paid_is_refused: bool) -> Timeline:
    """The timeline of an order; `BadCell("never_paid")` where nothing says that anybody paid for it."""
    line = Timeline(_paid(recorded, never_paid_is_refused=never_paid_is_refused))
    line.place_note["placed_at"] = written(recorded.placed_at)
    line.delivered_at = recorded.delivered_at
    if recorded.paid_at is None:
        line.place_note["inferred"] = "paid_at"
        line.remark("paid_at_inferred", f"No approval is recorded; taken as paid by {written(line.paid_at)}.")
    _hand_over(line, recorded)
    _status_against_dates(line, recorded)
    if line.paid_at < recorded.placed_at:
        line.remark(
            "paid_before_placed",
            f"Paid by {written(line.paid_at)}, yet placed at {written(recorded.placed_at)}; the earlier instant holds.",
        )
    if recorded.meaning is Meaning.CANCELLED or recorded.cancelled_at is not None:
        _cancel(line, recorded)
    return line


def _paid(recorded: Recorded, *, never_paid_is_refused: bool) -> datetime:
    if recorded.paid_at is not None:
        return recorded.paid_at
    proof = [at for at in (recorded.shipped_at, recorded.delivered_at) if at is not None]
    if proof:
        return min(proof)
    if never_paid_is_refused and recorded.meaning not in {Meaning.SHIPPED, Meaning.DELIVERED}:
        raise BadCell(
            "never_paid", "The payment was never approved and nothing was handed over, so nobody's money is held."
        )
    return recorded.placed_at


def _hand_over(line: Timeline, recorded: Recorded) -> None:
    shipped, delivered = recorded.shipped_at, recorded.delivered_at
    if delivered is not None and shipped is None:
        shipped = delivered
        line.ship_note["inferred"] = "no hand-over was recorded; it was delivered by then"
        line.remark("shipped_without_date", "Delivered, but no hand-over is recorded; it happened by the delivery.")
    elif delivered is not None and shipped is not None and delivered < shipped:
        line.ship_note["recorded_at"] = written(shipped)
        line.remark(
            "delivered_before_handover",
            f"Delivered at {written(delivered)}, before the hand-over at {written(shipped)}; handed over by then.",
        )
        shipped = delivered
    elif shipped is None and recorded.meaning in {Meaning.SHIPPED, Meaning.DELIVERED}:
        shipped = line.paid_at
        line.ship_note["inferred"] = "no hand-over was recorded; the last known instant stands for it"
        line.remark(
            "shipped_without_date",
            f"The status says {recorded.meaning}, but no hand-over is recorded; the last known instant stands for it.",
        )
    if shipped is not None and shipped < line.paid_at:
        line.place_note["approved_at"] = written(line.paid_at)
        line.remark(
            "paid_after_handover",
            f"Handed over at {written(shipped)}, before the payment was approved at {written(line.paid_at)}; "
            "paid_at is the hand-over, the approval is kept in the note.",
        )
        line.paid_at = shipped
    line.shipped_at = shipped


def _status_against_dates(line: Timeline, recorded: Recorded) -> None:
    meaning = recorded.meaning
    if meaning is Meaning.DELIVERED and line.delivered_at is None:
        line.remark(
            "delivered_without_date",
            "The status says delivered, but no date of delivery is recorded; the parcel counts as on its way.",
        )
    behind = (meaning is Meaning.PLACED and line.shipped_at is not None) or (
        meaning is Meaning.SHIPPED and line.delivered_at is not None
    )
    if behind:
        line.remark("status_behind_dates", f"The status still says {meaning}, the dates say more; the dates are taken.")


def _cancel(line: Timeline, recorded: Recorded) -> None:
    known = [at for at in (line.paid_at, line.shipped_at, line.delivered_at) if at is not None]
    last = max(known)
    at = recorded.cancelled_at
    if at is None:
        line.cancel_note["inferred"] = "no date of cancellation was recorded; this is the last known instant"
        line.remark("cancel_time_inferred", f"Cancelled without a date; taken as of {written(last)}, the last known.")
    elif at < last:
        line.cancel_note["recorded_at"] = written(at)
        line.remark("cancel_time_moved", f"Cancelled at {written(at)}, before {written(last)}; the later is taken.")
    line.cancelled_at = last if at is None else max(at, last)
    if recorded.meaning is not None and recorded.meaning is not Meaning.CANCELLED:
        line.remark("status_behind_dates", f"The status says {recorded.meaning}, yet a cancellation is dated.")
    if line.delivered_at is not None:
        line.remark("cancelled_after_delivery", "Cancelled although delivered; the marketplace gives the money back.")
    elif line.shipped_at is not None:
        line.remark("cancelled_after_handover", "Cancelled after the hand-over; the marketplace gives the money back.")
