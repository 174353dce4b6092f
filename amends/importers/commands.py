"""The lines of the command file: who did what, when, in the words of the story format (../spec/stories.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from json import JSONEncoder
from typing import Final, NamedTuple

from amends.core.money import format_minor
from amends.core.vocabulary import Party, TrackState, Verb

from .cells import written
from .export import OrderRow
from .parts import Part, Payment, place
from .timeline import Timeline

encode: Final = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Command(NamedTuple):
    """One line of the command file; sorting by (at, order, sequence) gives the book in order of time."""

    at: datetime
    order: str
    sequence: int
    text: str


# Who does what, in the order in which it can happen to an order.
ACTS: Final = (
    (Party.MARKETPLACE.value, Verb.PLACE_ORDER.value),
    (Party.SELLER.value, Verb.SHIP.value),
    (Party.CARRIER.value, Verb.TRACK.value),
    (Party.MARKETPLACE.value, Verb.CANCEL_ORDER.value),
)
_PLACED, _SHIPPED, _DELIVERED, _CANCELLED = range(len(ACTS))


class Writer:
    """Writes the commands of one shop order's parts; everything the parts have in common is worked out once."""

    def __init__(
        self, row: OrderRow, line: Timeline, *, currency: str, due: datetime | None, note: dict[str, str]
    ) -> None:
        self._row, self._currency, self._line, self._due, self._note = row, currency, line, due, note
        self._destination = place(row.country, row.city)
        self._return_to = place(row.return_country, row.return_city)

    def commands(self, part: Part, share: list[tuple[Payment, int]], shop_order: str) -> Iterable[Command]:
        """What happened to this part, in order; `share` is what of which payment is its own."""
        line = self._line
        yield _command(line.paid_at, part.key, _PLACED, self._placed(part, share, shop_order))
        if line.shipped_at is not None:
            yield _command(line.shipped_at, part.key, _SHIPPED, self._shipped())
        if line.delivered_at is not None:
            delivered = {"state": TrackState.DELIVERED.value, **self._destination}
            yield _command(line.delivered_at, part.key, _DELIVERED, delivered)
        if line.cancelled_at is not None:
            note = {"note": line.cancel_note} if line.cancel_note else {}
            yield _command(line.cancelled_at, part.key, _CANCELLED, note)

    def _placed(self, part: Part, share: list[tuple[Payment, int]], shop_order: str) -> dict[str, object]:
        currency = self._currency
        fields: dict[str, object] = {
            "id": part.key,
            "buyer": self._row.buyer,
            "seller": part.seller,
            "currency": currency,
            "lines": part.lines,
            "shipping": format_minor(part.shipping, currency),
            "discount": format_minor(part.discount, currency),
            "payments": [
                {"reference": paid.reference, "method": paid.method, "amount": format_minor(minor, currency)}
                for paid, minor in share
            ],
        }
        if self._destination:
            fields["destination"] = self._destination
        back = next((item.return_to for item in part.items if item.return_to), self._return_to)
        if back:
            fields["return_to"] = back
        fields["paid_at"] = written(self._line.paid_at)
        if shop_order:
            fields["shop_order"] = shop_order
        note = {**self._note, **self._line.place_note}
        if self._due is not None and self._line.shipped_at is None:
            note["delivery_due"] = written(self._due)
        fields["note"] = note
        return fields

    def _shipped(self) -> dict[str, object]:
        fields: dict[str, object] = {"tracking": self._row.tracking, "carrier": self._row.carrier}
        if self._due is not None:
            fields["delivery_due"] = written(self._due)
        if self._line.ship_note:
            fields["note"] = self._line.ship_note
        return fields


def _command(at: datetime, order: str, act: int, fields: Mapping[str, object]) -> Command:
    by, verb = ACTS[act]
    body = {"at": written(at), "by": by, "do": verb, "order": order, **fields}
    return Command(at, order, act, encode(body) + "\n")
