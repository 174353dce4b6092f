"""Alice's file is looked at, and Bob's act must come again: neither of them loses a deadline by that, and nobody waits.

Two kettles. About the first Mia has asked Alice for a picture until day 18; about the second Bob has to answer ten
minutes after that.
"""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from amends import policies
from amends.core import commands as c
from amends.core.vocabulary import Party
from amends.orders import clock, evidence, marketplaces, receipts, waits, wide
from amends.orders.bodies import Allowance
from amends.orders.handle import Outcome, bring_up, handle
from tests.store.lives import CLAIM, accepted, act, day, disputed, place

from .test_in_time import sends

Server = psycopg.Connection[tuple[Any, ...]]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DUE = day(18)
BOBS = DUE + 10 * MINUTE


@pytest.fixture
def two(shop: UUID) -> UUID:
    return _two(shop)


@pytest.fixture
def sandbox(database: str) -> UUID:
    return _two(marketplaces.register(f"sandbox {uuid.uuid4()}", policies.load("alx-d"), sandbox=True).id)


def _two(shop: UUID) -> UUID:
    kettles = [{"id": line, "title": "Kettle", "price": "45.00", "quantity": 1} for line in "AB"]
    paid = [{"reference": "pay-1", "method": "card-4242", "amount": "90.00"}]
    accepted(place(shop, lines=kettles, payments=paid))
    accepted(act(shop, "seller", "ship", 1, tracking="RR123456785CN"))
    accepted(act(shop, "buyer", "open", 12, text="The lid does not close.", **CLAIM))
    accepted(act(shop, "seller", "reject", 12.5, dispute=1, text="It closed here."))
    accepted(act(shop, "buyer", "escalate", 12.75, dispute=1))
    second = CLAIM | {"lines": ["B"], "text": "This one neither.", "do": "open", "by": "buyer"}
    accepted(handle(shop, "O1", second, now=BOBS - timedelta(days=5), caller="buyer"))
    accepted(act(shop, "mediator", "request_evidence", 15, dispute=1, of=["buyer", "seller"], text="Show the lid."))
    return shop


def coming(shop: UUID, party: Party = Party.BUYER, at: datetime = DUE - SECOND) -> Allowance:
    """A file of theirs is on its way."""
    where, allowance = evidence.place(shop, "O1", party), Allowance()
    assert where is not None
    receipts.expect(where, allowance, most=1 << 20, asked_at=at)
    return allowance


def gone(allowance: Allowance) -> None:
    assert allowance.coming is not None
    allowance.coming.drop()


def rejects(shop: UUID, at: datetime) -> Outcome:
    command = {"do": "reject", "by": "seller", "dispute": 2, "text": "It closed too."}
    return handle(shop, "O1", command, now=at, caller="seller")


def says(shop: UUID, by: str, at: datetime, text: str = "And?") -> Outcome:
    return handle(shop, "O1", {"do": "message", "by": by, "dispute": 1, "text": text, "key": text}, now=at, caller=by)


def again(outcome: Outcome) -> None:
    assert outcome.refused is not None
    assert (outcome.refused.code, outcome.refused.variant) == ("version_conflict", "examining")


def told(server: Server, shop: UUID) -> list[tuple[str, datetime]]:
    """What happened since Mia asked."""
    return server.execute(
        "SELECT type, at FROM event WHERE marketplace = %s AND at > %s ORDER BY number", [shop, day(15)]
    ).fetchall()


def real_time_passes(server: Server, shop: UUID, minutes: int) -> None:
    server.execute(
        "UPDATE file_receipt SET waits_until = waits_until - %s WHERE marketplace = %s", [minutes * MINUTE, shop]
    )


def noted(server: Server, shop: UUID) -> list[tuple[str, datetime]]:
    rows = "SELECT party, received_at FROM file_receipt WHERE marketplace = %s AND received_at IS NOT NULL ORDER BY 1"
    return server.execute(rows, [shop]).fetchall()


def test_whoever_is_put_off_is_not_silent(two: UUID, server: Server) -> None:
    coming(two)
    for minutes in (1, 5, 9):
        again(rejects(two, DUE + minutes * MINUTE))
    assert noted(server, two) == [("seller", DUE + MINUTE)], "from the first time, and never renewed"
    bring_up(two, "O1", now=DUE + 14 * MINUTE)
    bring_up(two, "O1", now=DUE + 19 * MINUTE)
    real_time_passes(server, two, 19)
    accepted(rejects(two, DUE + 20 * MINUTE))
    assert noted(server, two) == []
    bring_up(two, "O1", now=DUE + 25 * MINUTE + 2 * SECOND)
    assert told(server, two) == [("DeadlineLapsed", DUE), ("OfferMade", DUE + MINUTE)], "he offers nothing, in time"


def test_whoever_does_not_come_again_is_silent_after_all(two: UUID, server: Server) -> None:
    gone_soon = coming(two)
    again(rejects(two, DUE + MINUTE))
    gone(gone_soon)
    bring_up(two, "O1", now=BOBS + MINUTE)
    assert ("DeadlineLapsed", BOBS) not in told(server, two)
    real_time_passes(server, two, 31)
    bring_up(two, "O1", now=BOBS + MINUTE)
    assert ("DeadlineLapsed", BOBS) in told(server, two)


def test_it_counts_after_what_has_happened_since(two: UUID, server: Server) -> None:
    upload = coming(two)
    again(rejects(two, DUE + MINUTE))
    gone(upload)
    accepted(says(two, "buyer", DUE + 2 * MINUTE))
    accepted(rejects(two, DUE + 12 * MINUTE))
    assert [at for _, at in told(server, two)] == sorted(at for _, at in told(server, two))
    assert told(server, two)[-1][1] == DUE + 2 * MINUTE


def test_an_act_that_is_refused_then_is_decided_too(two: UUID, server: Server) -> None:
    upload = coming(two)
    again(rejects(two, DUE + MINUTE))
    gone(upload)
    refused = says(two, "seller", DUE + 2 * MINUTE, text="").refused
    assert refused is not None
    assert refused.code == "malformed"
    assert noted(server, two) == []


def test_two_who_hold_each_other_up_do_not_do_so_for_ever(two: UUID, server: Server) -> None:
    """Each deadline is held only by what came before it; so the last of them ends with its bound."""
    for minute in range(0, 60, 2):
        at = DUE + minute * MINUTE
        coming(two, Party.BUYER, at - SECOND)
        coming(two, Party.SELLER, at - SECOND)
        rejects(two, at)
        says(two, "buyer", at + SECOND, text=f"And {minute}?")
        bring_up(two, "O1", now=at + MINUTE)
        real_time_passes(server, two, 2)
    assert ("DeadlineLapsed", DUE) in told(server, two)
    assert [at for _, at in told(server, two)] == sorted(at for _, at in told(server, two))


def test_a_row_that_is_over_makes_room_for_a_later_one(two: UUID, server: Server) -> None:
    coming(two)
    again(rejects(two, DUE + MINUTE))
    real_time_passes(server, two, 31)
    coming(two)
    again(rejects(two, DUE + 3 * MINUTE))
    assert noted(server, two) == [("seller", DUE + 3 * MINUTE)]
    assert waits.AGAIN_WITHIN > waits.BOUND


# ── nobody waits ─────────────────────────────────────────────────────────────────────────────────


def test_who_is_put_off_is_answered_at_once(two: UUID) -> None:
    coming(two)
    began = time.monotonic()
    again(rejects(two, DUE + MINUTE))
    assert time.monotonic() - began < 1


def test_the_clock_of_a_sandbox_is_moved_although_a_file_is_on_its_way(sandbox: UUID, server: Server) -> None:
    clock.advance(sandbox, DUE - 2 * SECOND)
    upload = coming(sandbox)
    began = time.monotonic()
    for minutes in range(8):
        to = DUE + minutes * MINUTE + SECOND
        assert clock.advance(sandbox, to) == to
    assert time.monotonic() - began < 3
    assert told(server, sandbox) == []
    gone(upload)
    assert clock.sweep(day(99), marketplace=sandbox).moved == 1
    assert told(server, sandbox)[0] == ("DeadlineLapsed", DUE)


def test_an_act_on_a_region_goes_on_to_the_others_and_comes_back(two: UUID, server: Server) -> None:
    disputed(two, "O2")
    upload = coming(two)
    pause = c.PauseClocks(by=Party.OPERATOR, countries=("PL",), text="Snow.", grace="P1D")
    began = time.monotonic()
    spread = wide.pause_region(two, pause, now=DUE + MINUTE)
    assert time.monotonic() - began < 2
    assert (spread.reached, [key for key, _ in spread.refused]) == (("O2",), ["O1"])
    gone(upload)
    wide.finish(two, now=DUE + 2 * MINUTE)
    assert ("ClocksPaused", DUE + 2 * MINUTE) in told(server, two)


# ── in their order ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "AMENDS_FILES", str(tmp_path / "files"), raising=False)
    monkeypatch.setattr(settings, "AMENDS_CLAMD", "", raising=False)
    return tmp_path


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_counts_after_what_happened_since_its_receipt(
    two: UUID, files: Path, server: Server, *, at_once: bool
) -> None:
    """Alice's file came a minute before her deadline; Bob wrote half a minute later; then it is named, or examined."""
    received, wrote = DUE - 60 * SECOND, DUE - 30 * SECOND
    if at_once:
        accepted(says(two, "seller", wrote))
        accepted(sends(two, received, files))
    else:
        file = sends(two, received, files, given=False)
        accepted(says(two, "seller", wrote))
        command = {"do": "add_evidence", "by": "buyer", "dispute": 1, "kind": "photo", "name": "lid.jpg"}
        named = command | {"id": file.file, "sha256": file.sha256}
        accepted(handle(two, "O1", named, now=DUE + 50 * SECOND, caller="buyer"))
    assert told(server, two) == [("MessageSent", wrote), ("EvidenceAdded", wrote)]
