"""A sandbox's clock is moved by hand, forward only, and whoever moves it finds everything done."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg.types.json import Json

from amends import policies
from amends.core import commands as c
from amends.core.refusals import Refused
from amends.core.vocabulary import Party
from amends.orders import clock, marketplaces, queries, wide
from amends.orders.store import NoMarketplace
from amends.orders.verify import verify
from tests.store.lives import CLAIM, PLACED, accepted, act, day, disputed, place

Server = psycopg.Connection[tuple[Any, ...]]

PAUSE = c.PauseClocks(by=Party.OPERATOR, text="The post of Poland is on strike.", grace="P2D", countries=("PL",))
RESUME = c.ResumeClocks(by=Party.OPERATOR, countries=("PL",))


def events(server: Server, marketplace: UUID, kind: str = "DeadlineLapsed") -> list[tuple[Any, ...]]:
    return server.execute(
        "SELECT order_key, at FROM event WHERE marketplace = %s AND type = %s ORDER BY order_key, number",
        [marketplace, kind],
    ).fetchall()


def test_a_sandbox_lives_in_real_time_until_its_clock_is_moved(sandbox: UUID) -> None:
    assert clock.now_of(sandbox, day(3)) == day(3)
    assert clock.advance(sandbox, day(1)) == day(1)
    assert clock.now_of(sandbox, day(3)) == day(1)


def test_moving_the_clock_a_year_on_does_everything_at_its_own_instant(sandbox: UUID, server: Server) -> None:
    disputed(sandbox)
    place(sandbox, "never shipped")
    assert clock.advance(sandbox, day(365)) == day(365)
    lapsed = events(server, sandbox)
    assert ("O1", day(17)) in lapsed
    assert {order_key for order_key, _ in lapsed} == {"O1", "never shipped"}
    assert max(at for _, at in lapsed) < day(365)
    found = queries.order(sandbox, "O1", now=day(365))
    assert found is not None
    assert found.lapsed == 0, "everything is written"
    assert not verify(sandbox).broken


def test_the_clock_never_goes_back(sandbox: UUID) -> None:
    clock.advance(sandbox, day(5))
    assert clock.advance(sandbox, day(5)) == day(5)
    with pytest.raises(Refused, match="goes forward only"):
        clock.advance(sandbox, day(5) - timedelta(microseconds=1))
    assert clock.now_of(sandbox, day(9)) == day(5)


def test_its_first_move_is_not_to_before_what_has_happened(sandbox: UUID) -> None:
    disputed(sandbox)
    with pytest.raises(Refused, match="something has happened"):
        clock.advance(sandbox, day(11))
    assert clock.advance(sandbox, day(12)) == day(12)


def test_only_a_sandbox_has_a_clock_to_move(shop: UUID) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        clock.advance(shop, day(1))
    with pytest.raises(NoMarketplace):
        clock.advance(uuid.uuid4(), day(1))


def test_an_instant_without_a_zone_is_none(sandbox: UUID) -> None:
    with pytest.raises(Refused, match="zone"):
        clock.advance(sandbox, datetime(2026, 3, 20, 9))  # noqa: DTZ001 (that is the point)


def test_clocks_of_sandboxes_are_independent_of_each_other_and_of_real_time(
    sandbox: UUID, shop: UUID, server: Server
) -> None:
    other = marketplaces.register(f"sandbox {uuid.uuid4()}", policies.load("alx-d"), sandbox=True).id
    for marketplace in (sandbox, other, shop):
        disputed(marketplace)
    clock.advance(sandbox, day(16))
    clock.advance(other, day(18))
    assert (events(server, sandbox), events(server, other)) == ([], [("O1", day(17))])
    while clock.sweep(day(100)).taken:
        pass
    assert events(server, sandbox) == [], "the real time is nothing to it"
    assert len(events(server, shop)) > 0


def test_a_policy_without_its_last_instant_has_lapsed_at_that_instant(database: str, server: Server) -> None:
    policy = policies.load("alx-d", {"policy.deadline_includes_last_instant": False})
    sandbox = marketplaces.register(f"sandbox {uuid.uuid4()}", policy, sandbox=True).id
    disputed(sandbox)
    clock.advance(sandbox, day(17))
    assert events(server, sandbox) == [("O1", day(17))]


def test_two_who_move_the_clock_at_once_both_find_everything_done(sandbox: UUID, server: Server) -> None:
    for number in range(40):
        disputed(sandbox, f"O{number}")
    answers: dict[int, object] = {}
    start = threading.Barrier(3)

    def move(days: int) -> None:
        start.wait()
        try:
            answers[days] = clock.advance(sandbox, day(days))
            found = queries.order(sandbox, "O39", now=day(18))
            assert found is not None
            assert found.lapsed == 0
        except Refused as refused:
            answers[days] = refused.code.value
        connection.close()

    movers = [threading.Thread(target=move, args=(days,)) for days in (18, 19, 20)]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join(60)
    assert answers[20] == day(20)
    assert set(answers.values()) <= {day(18), day(19), day(20), "malformed"}
    assert len(events(server, sandbox)) == 40
    assert clock.now_of(sandbox, PLACED) == day(20)


# ── regions ──────────────────────────────────────────────────────────────────────────────────────


def missed(sandbox: UUID, server: Server, order_key: str = "O1") -> None:
    """The order was placed while the pause was written: each missed the other."""
    pause = server.execute("DELETE FROM region_pause WHERE marketplace = %s RETURNING *", [sandbox]).fetchone()
    assert pause is not None
    place(sandbox, order_key, now=day(0))
    accepted(act(sandbox, "seller", "ship", 1, order_key, tracking="RR123456785CN"))
    accepted(act(sandbox, "buyer", "open", 12, order_key, text="The lid does not close.", **CLAIM))
    server.execute(
        "INSERT INTO region_pause SELECT %s, %s, %s, to_jsonb(%s::json), %s",
        [*pause[:3], Json(pause[3]), pause[4]],
    )


def holds(marketplace: UUID, order_key: str = "O1") -> frozenset[str]:
    found = queries.order(marketplace, order_key, now=day(13))
    assert found is not None
    return found.order.holds


def test_moving_the_clock_first_brings_a_pause_to_the_orders_it_missed(sandbox: UUID, server: Server) -> None:
    clock.advance(sandbox, day(12))
    wide.pause_region(sandbox, PAUSE, now=day(12))
    missed(sandbox, server)
    clock.advance(sandbox, day(60))
    assert events(server, sandbox) == [], "the clocks stood still since day 12"
    assert events(server, sandbox, "ClocksPaused") == [("O1", day(12))]


@pytest.fixture
def _no_other_pauses(server: Server) -> None:
    """A worker takes whichever pause comes next, also one that another test left behind in this database."""
    server.execute("DELETE FROM region_spread")


@pytest.mark.usefixtures("_no_other_pauses")
def test_a_worker_brings_a_pause_to_the_orders_it_missed(sandbox: UUID, server: Server) -> None:
    clock.advance(sandbox, day(12))
    wide.pause_region(sandbox, PAUSE, now=day(12))
    missed(sandbox, server)
    assert wide.follow_up(day(999)) == 0, "for a while it is left to whoever paused"
    server.execute("UPDATE region_spread SET look_at = now() WHERE marketplace = %s", [sandbox])
    assert wide.follow_up(day(999)) == 1
    assert holds(sandbox) == {"region PL"}
    assert events(server, sandbox, "ClocksPaused") == [("O1", day(12))], "at the sandbox's own time"
    assert server.execute("SELECT 1 FROM region_spread WHERE marketplace = %s", [sandbox]).fetchone() is not None


@pytest.mark.usefixtures("_no_other_pauses")
def test_once_nobody_can_have_missed_it_a_pause_is_spread_no_more(sandbox: UUID, server: Server) -> None:
    wide.pause_region(sandbox, PAUSE, now=day(12))
    server.execute(
        """UPDATE region_spread SET look_at = now(), changed_at = now() - interval '61 seconds'
        WHERE marketplace = %s""",
        [sandbox],
    )
    assert wide.follow_up(day(12)) == 0
    assert server.execute("SELECT 1 FROM region_spread WHERE marketplace = %s", [sandbox]).fetchone() is None
    place(sandbox, now=day(12))
    assert holds(sandbox) == {"region PL"}, "the pause itself lasts"


@pytest.mark.usefixtures("_no_other_pauses")
def test_somebody_killed_while_a_region_resumed_leaves_no_order_behind(sandbox: UUID, server: Server) -> None:
    for number in range(3):
        disputed(sandbox, f"O{number}")
    wide.pause_region(sandbox, PAUSE, now=day(13))
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(wide, "spread", lambda *_, **__: wide.Spread())
        wide.resume_region(sandbox, RESUME, now=day(14))
    assert holds(sandbox, "O2") == {"region PL"}
    server.execute("UPDATE region_spread SET look_at = now() WHERE marketplace = %s", [sandbox])
    assert wide.follow_up(day(14), most=2) == 2
    assert wide.follow_up(day(14), most=2) == 1, "the rest, at once"
    assert holds(sandbox, "O2") == frozenset()
    assert not verify(sandbox).broken
