"""What an order's deadlines wait for: files and acts that came before they ended and are not decided about.

receipts.py keeps the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from amends.core import commands as c
from amends.core.facts import Receipt
from amends.core.order import Order
from amends.core.vocabulary import Party
from amends.core.waiting import clocks_run_until

BOUND = timedelta(minutes=15)
"""Real time: how long after its receipt a deadline waits for a file at most; and after the deadline, for one that is
still being sent."""
AGAIN_WITHIN = 2 * BOUND
"""Real time: how long after an act was put off it can be sent again and count as of then. What put it off came before
it and lasts no longer than `BOUND`; so whoever was put off has as long again."""
PUT_OFF: Final = {Party.BUYER: f"f_{1:032x}", Party.SELLER: f"f_{2:032x}"}
"""In place of a file's id, in the one row a party has of an act that was put off. No file has such an id."""


class OnTheWay(NamedTuple):
    """A file or act on its way in, as an order is loaded with it. `moved`: a sandbox's clock, which somebody moves."""

    party: Party
    file: str
    asked_at: datetime
    received_at: datetime | None
    named_until: datetime | None
    moved: bool = False

    @property
    def act(self) -> bool:
        return self.file == PUT_OFF[self.party]

    def at(self, now: datetime) -> datetime | None:
        """The instant it holds deadlines from, asked at `now`; None where it holds none any more."""
        if self.named_until is not None and now > self.named_until:
            return None
        if self.received_at is not None:
            return self.received_at
        # When the last byte came, or will come, is not known here yet; so everything since may still be in time.
        return self.asked_at if self.moved else max(self.asked_at, now - BOUND)


class StillExamined(Exception):
    """Nobody can say what holds at an act's instant before something that came earlier is decided about."""


def read(text: str | None, *, moved: bool) -> tuple[OnTheWay, ...]:
    """The rows as `OF_ORDER` brings them."""
    rows = json.loads(text) if text else ()
    return tuple(
        OnTheWay(Party(party), file, _instant(asked), _instant(received), _instant(named), moved)
        for party, file, asked, received, named in rows
    )


def _instant(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


def clocks_go(order: Order, now: datetime, rows: Sequence[OnTheWay], *, asked: datetime | None = None) -> datetime:
    """The latest instant, `now` at most, up to which the order's deadlines may lapse.

    `asked`: when that is asked, where `now` is an instant before it.
    """
    if not rows:
        return now
    found = ((row, row.at(asked or now)) for row in rows)
    return clocks_run_until(order, now, [Receipt(row.party, at, row.act) for row, at in found if at is not None])


def put_off(command: c.Command, rows: Sequence[OnTheWay]) -> OnTheWay | None:
    """The row of an act that was put off before, where whoever acts has one on this order."""
    return next((row for row in rows if row.act and row.party is command.by), None)


def instant_of(
    order: Order, command: c.Command, now: datetime, rows: Sequence[OnTheWay], last: datetime | None
) -> datetime:
    """When an act that came at `now` counts, on an order whose last event is of `last`.

    At `now`; where an act of that party was put off, as of then; where it names a file that came in time, as of that
    receipt. What counts as of an earlier instant is dated after whatever has happened since: events stay in the order
    of their instants. Raises `StillExamined`.
    """
    before = put_off(command, rows)
    others = [row for row in rows if row is not before]
    if before is None:
        # A file that is given at once comes with its receipt as `now`.
        at = max(now, last or now) if isinstance(command, c.AddEvidence) else now
        if clocks_go(order, at, others, asked=now) == at:
            return at
    since = list(_received(command, now, others)) if isinstance(command, c.AddEvidence) else []
    if before is not None and before.received_at is not None:
        since.append(min(before.received_at, now))
    for earlier in since:
        at = max(earlier, last or earlier)
        if clocks_go(order, at, others, asked=now) == at:
            return at
    raise StillExamined


def _received(command: c.AddEvidence, now: datetime, rows: Sequence[OnTheWay]) -> Iterator[datetime]:
    """The receipt of the file that is named, while it can still be named as of then."""
    for row in rows:
        if row.file == command.id and row.party is command.by and row.received_at and row.at(now) is not None:
            yield row.received_at
