"""Files on their way in: a file that was wholly here before a deadline's end counts, however long it is looked at.

    expected    its sender has been told to send it; a row stands before the first byte may come
    received    all of it is here, and it is examined; the row knows the instant, and soon the SHA-256
    named       it is kept and waits, for a short time, for the act that names it; that act counts as of its receipt

While a row stands, nothing lapses on its order that would take from its sender the right to give it (waits.py); each
wait has a bound (docs/decisions/0013). The row goes when the file is evidence or refused. Where we fail, it stays until
its bound: the very file sent again then counts as of the first time.

An act that had to be put off, because of what is on its way, leaves a row of the same kind: nothing lapses meanwhile
that would take from its party what he could do, and when he acts again it counts as of the first time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.conf import settings
from django.http import HttpRequest

from amends.core.vocabulary import Party
from amends.vault.faults import Damaged, Unreachable

from . import receipt_statements as sql
from . import trips
from .bodies import COMING, Allowance, Coming
from .sealing import uuid7
from .waits import AGAIN_WITHIN, BOUND, PUT_OFF

NAMED_WITHIN = timedelta(minutes=2)
"""By the marketplace's clock: how long after it was examined a file can be named and count as of its receipt."""
SLOWEST = 64 * 1024
"""Bytes a second that every sender has to keep up (config/arriving.py)."""


class Where(Protocol):
    """One party's uploads to one order; `evidence.Place` is one."""

    @property
    def marketplace(self) -> UUID: ...
    @property
    def order_key(self) -> str: ...
    @property
    def party(self) -> Party: ...


def expect(where: Where, allowance: Allowance, *, most: int, asked_at: datetime, file: str = "") -> None:
    """Note, before it is granted, that a body of at most so many bytes is to come; the front says where it does not."""
    values = _place(where, file or fresh())
    seconds = settings.AMENDS_UPLOAD_SECONDS + most / SLOWEST
    trips.run(where.marketplace, sql.EXPECTED, {**values, "asked_at": asked_at, "lasts": timedelta(seconds=seconds)})
    allowance.coming = Coming(values["file"], lambda: trips.run(where.marketplace, sql.DROPPED, values))


def fresh() -> str:
    """The id of a file that is to come."""
    return f"f_{uuid7().hex}"


class Waiting:
    """A file that is received: its id. `stays`: it is not decided about, so its receipt stays until its bound."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stays = False


@contextmanager
def clocks_wait(
    where: Where, *, received_at: datetime, request: HttpRequest | None = None, file: str = ""
) -> Iterator[Waiting]:
    """While the file is examined and made evidence, deadlines that end after `received_at` wait for it.

    `file` where it has its id already, `request` where the front has brought its body. Afterwards a file that is kept
    and loose can be named for `NAMED_WITHIN`. Where store, scanner, workshop or database fail, the receipt stays.
    """
    coming = request.META.get(COMING) if request is not None else None
    if isinstance(coming, Coming):
        coming.taken = True
    waiting = Waiting(file or (coming.file if isinstance(coming, Coming) else fresh()))
    values, started = _place(where, waiting.file), time.monotonic()
    trips.run(where.marketplace, sql.RECEIVED, {**values, "received_at": received_at, "bound": BOUND})
    try:
        yield waiting
    except (Unreachable, Damaged, OSError, psycopg.Error):
        waiting.stays = True
        raise
    finally:
        if not waiting.stays:
            took = timedelta(seconds=time.monotonic() - started)
            trips.run(where.marketplace, sql.DECIDED, {**values, "named_until": received_at + took + NAMED_WITHIN})


def recognised(where: Where, file: str, sha256: str, received_at: datetime) -> datetime:
    """When this file counts as received: where the very same was here before and we failed it, then.

    From here on the same holds for this one.
    """
    values = _place(where, file) | {"sha256": sha256}
    rows = trips.in_one_trip(where.marketplace, sql.RECOGNISED, values, begin=True)
    return rows[0][0] if rows else received_at


def put_off(marketplace: UUID, order_key: str, party: Party, at: datetime) -> None:
    """Note that an act of the buyer or the seller came at `at` and has to come again. A row that stands is left as it
    is; one that is over makes room, and the new one holds only deadlines that were still to come at `at`."""
    values = {"m": marketplace, "o": order_key, "party": party.value, "file": PUT_OFF[party]}
    trips.run(marketplace, sql.RECEIVED, {**values, "received_at": at, "bound": AGAIN_WITHIN})


def act_decided(marketplace: UUID, order_key: str, party: Party) -> None:
    """He has acted again, and it was decided: deadlines wait for it no longer."""
    values = {"m": marketplace, "o": order_key, "file": PUT_OFF[party], "named_until": None}
    trips.run(marketplace, sql.DECIDED, values)


def _place(where: Where, file: str) -> dict[str, Any]:
    return {"m": where.marketplace, "o": where.order_key, "party": where.party.value, "file": file}
