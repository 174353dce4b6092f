"""Unknown is a normal result: a provider who is away, a lost reply, a killed worker, an event that comes twice."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.orders import queries
from amends.payments import claims, inbox, queue, sandbox, work
from amends.payments.provider import Told

from . import desk
from .desk import day, hours, intents, market, refund, ruled, sound, work_at

Server = psycopg.Connection[tuple[Any, ...]]


class Killed(BaseException):
    """The process is gone; nothing below may catch it."""


def moved(server: Server, shop: UUID) -> list[tuple[Any, ...]]:
    """What the sandbox's own books say: each movement once, and how often it was asked for."""
    rows = "SELECT target, amount_minor, calls FROM amends_sandbox.movement WHERE marketplace = %s ORDER BY target"
    return server.execute(rows, [shop]).fetchall()


def test_a_provider_that_cannot_be_reached_is_called_again_with_the_same_key(database: str, server: Server) -> None:
    shop = market(unreachable_every=2, answers_after="P0D")
    ruled(shop, "100.00")
    assert work_at(shop, day(21)).sent == 1
    assert refund(shop, 21) == "scheduled"
    assert work_at(shop, day(21) + timedelta(seconds=10)).sent == 0, "not before the pause is over"
    assert work_at(shop, hours(21, 1)).sent == 1
    assert refund(shop, 22) == "succeeded"
    assert moved(server, shop) == [("pay-card", 7000, 1), ("pay-voucher", 3000, 1)]
    sound(shop)


def test_a_reply_that_was_lost_moves_nothing_twice(database: str, server: Server) -> None:
    shop = market(reply_lost_every=2, answers_after="PT5H")
    ruled(shop, "100.00")
    assert work_at(shop, day(21)).sent == 1
    assert work_at(shop, hours(21, 1)).sent == 1
    assert sorted(moved(server, shop)) in (
        [("pay-card", 7000, 1), ("pay-voucher", 3000, 2)],
        [("pay-card", 7000, 2), ("pay-voucher", 3000, 1)],
    )
    work_at(shop, hours(21, 6))
    assert refund(shop, 22) == "succeeded"
    sound(shop)


def test_after_twenty_hours_the_provider_is_asked_and_never_called_blindly(database: str, server: Server) -> None:
    shop = market(unreachable_every=1)
    ruled(shop, "100.00")
    for hour in range(0, 20, 4):
        assert work_at(shop, hours(21, hour)).sent == 0
    server.execute("""UPDATE marketplace SET provider_settings = '{}' WHERE id = %s""", [shop])
    assert work_at(shop, hours(21, 21)).sent == 0
    assert moved(server, shop) == []
    stuck = queue.waiting(shop)
    assert [(one.state, one.amount_minor) for one in stuck] == [("sent", 7000), ("sent", 3000)]
    assert all("does not know this movement" in one.why for one in stuck)
    assert work_at(shop, hours(21, 50)) == (0, 0, 0)
    sound(shop)
    for one in stuck:
        assert queue.send_again(shop, one.order_key, one.event, one.position)
    assert work_at(shop, hours(21, 51)).sent == 2
    assert work_at(shop, hours(21, 53)).answered == 2
    assert refund(shop, 24) == "succeeded"
    sound(shop)


def test_one_he_has_but_never_spoke_of_is_found_by_asking(database: str, server: Server) -> None:
    shop = market(reply_lost_every=1)
    ruled(shop, "100.00")
    work_at(shop, day(21))
    server.execute("UPDATE amends_sandbox.movement SET told_at = now() WHERE marketplace = %s", [shop])
    server.execute("""UPDATE marketplace SET provider_settings = '{}' WHERE id = %s""", [shop])
    work_at(shop, hours(21, 21))
    assert refund(shop, 22) == "succeeded"
    assert [calls for *_, calls in moved(server, shop)] == [1, 1]
    sound(shop)


def test_one_who_is_silent_is_asked_again_and_again(database: str, server: Server) -> None:
    shop = market()
    ruled(shop, "100.00")
    work_at(shop, day(21))
    server.execute("UPDATE amends_sandbox.movement SET answers_at = %s, told_at = now()", [day(25)])
    for days in (22, 23, 24):
        assert work_at(shop, day(days)) == (0, 0, 0)
    assert work_at(shop, day(26)).answered == 2
    sound(shop)


def test_one_that_cannot_be_asked_for_three_days_waits_for_a_person(database: str) -> None:
    shop = market(unreachable_every=1)
    ruled(shop, "100.00")
    for hour in range(0, 96, 2):
        work_at(shop, hours(21, hour))
    assert len(queue.waiting(shop)) == 2
    desk.act(shop, "payments", "refund_succeeded", 26, dispute=1, reference="seen in his dashboard")
    assert queue.waiting(shop) == []
    assert refund(shop, 26) == "succeeded"
    sound(shop)


@pytest.mark.parametrize("moment", ["before the call", "after the call", "after the answer was kept", "after the act"])
def test_killed_at_any_moment_money_moves_once(
    database: str, server: Server, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "100.00")

    def die(*_: object, **__: object) -> None:
        raise Killed

    places = {
        "before the call": (sandbox.Sandbox, "refund"),
        "after the call": (claims, "taken"),
        "after the answer was kept": (inbox, "handle"),
        "after the act": (inbox, "_done"),
    }
    with monkeypatch.context() as dying:
        dying.setattr(*places[moment], die)
        with pytest.raises(Killed):
            work_at(shop, day(21))
    for minutes in (10, 20, 30):
        work_at(shop, day(21) + timedelta(minutes=minutes))
    assert [(target, amount) for target, amount, _ in moved(server, shop)] == [
        ("pay-card", 7000),
        ("pay-voucher", 3000),
    ]
    assert refund(shop, 22) == "succeeded"
    assert work_at(shop, day(22)) == (0, 0, 0)
    sound(shop)


@pytest.mark.parametrize("seed", range(6))
def test_events_that_come_twice_and_shuffled_end_the_same(database: str, server: Server, seed: int) -> None:
    shop = market(fails={"pay-card": "closed"})
    for number in range(4):
        ruled(shop, "100.00", f"V{number}")
    work_at(shop, day(21))
    server.execute("UPDATE amends_sandbox.movement SET told_at = now() WHERE marketplace = %s", [shop])
    rows = server.execute(
        "SELECT key, reference, outcome, reason FROM amends_sandbox.movement WHERE marketplace = %s", [shop]
    ).fetchall()
    told = [
        Told(shop, f"evt-{said}-{key}-{twin}", str(key), str(said), str(reference), str(reason))
        for key, reference, outcome, reason in rows
        for said in ("sent", outcome)
        for twin in (1, 2)
    ]
    chance = random.Random(seed)
    chance.shuffle(told)
    for one in told + told[::2]:
        inbox.keep("sandbox", one)
        if chance.random() < 0.3:
            inbox.apply(day(22), marketplace=shop, most=2)
    while any(inbox.apply(day(22), marketplace=shop)):
        pass
    for number in range(4):
        found = queries.order(shop, f"V{number}", now=day(22))
        assert found is not None
        assert found.order.disputes[0].refunds[0].status == "failed"
        assert [state for *_, state in intents(shop, f"V{number}")] == ["failed", "succeeded"]
        types = [type(one.event).__name__ for one in found.history]
        assert (types.count("RefundFailed"), types.count("RefundSucceeded")) == (1, 0)
    kept = "SELECT count(*) FROM provider_inbox WHERE marketplace = %s AND applied_at IS NULL"
    assert server.execute(kept, [shop]).fetchone() == (0,)
    sound(shop)


def test_an_event_that_contradicts_what_is_known_waits_for_a_person(database: str, server: Server) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "100.00")
    work_at(shop, day(21))
    [key] = server.execute(
        "SELECT provider_key FROM money_intent WHERE marketplace = %s AND target = 'pay-card'", [shop]
    ).fetchone() or [None]
    inbox.keep("sandbox", Told(shop, "evt-late", str(key), "failed", "r", "returned by the bank"))
    inbox.apply(day(22), marketplace=shop)
    [stuck] = queue.waiting(shop)
    assert "says that this refund has failed" in stuck.why
    assert refund(shop, 22) == "succeeded"
    sound(shop)


def test_an_event_about_nothing_of_ours_is_set_aside(database: str, server: Server) -> None:
    shop = market()
    assert inbox.keep("sandbox", Told(shop, "evt-1", "nobody's key", "succeeded", "r"))
    assert not inbox.keep("sandbox", Told(shop, "evt-1", "nobody's key", "succeeded", "r"))
    assert inbox.apply(day(1), marketplace=shop) == (0, 0)
    aside = server.execute("SELECT set_aside FROM provider_inbox WHERE marketplace = %s", [shop]).fetchall()
    assert aside == [("no intent has the key it names",)]
    sound(shop)


def test_two_workers_never_hold_the_same_intent(database: str) -> None:
    shop = market()
    ruled(shop, "100.00")
    first = claims.to_send(day(21), marketplace=shop, most=1)
    second = claims.to_send(day(21), marketplace=shop, most=5)
    assert len(first) == len(second) == 1
    assert first[0].key != second[0].key
    assert claims.to_send(day(21), marketplace=shop, most=5) == []
    assert work.once(hours(21, 1), marketplace=shop).sent == 2, "when their leases are over"
    sound(shop)
