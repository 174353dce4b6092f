"""Reminders: once each, before the deadline or not at all, and gone when the deadline has moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from amends import policies
from amends.delivery import relay, reminders
from amends.orders import marketplaces
from amends.orders.handle import bring_up
from amends.orders.verify import replay, verify
from tests.store.lives import accepted, act, agreed, day, disputed, offered, shipped

Server = psycopg.Connection[tuple[Any, ...]]


def sent(server: Server, shop: UUID) -> list[str]:
    rows = server.execute(
        "SELECT topic FROM outbox WHERE marketplace = %s AND topic <> 'event' ORDER BY written_at, topic", [shop]
    ).fetchall()
    return [str(topic) for (topic,) in rows]


def remind(shop: UUID, days: float) -> int:
    return reminders.once(day(days), marketplace=shop)


def test_a_seller_is_reminded_a_day_before_his_answer_is_due(shop: UUID, server: Server) -> None:
    disputed(shop)
    before = sent(server, shop)
    remind(shop, 15.9)
    assert not [topic for topic in sent(server, shop) if "seller_response" in topic]
    assert remind(shop, 16) == 1
    assert remind(shop, 16.5) == 0
    assert [topic for topic in sent(server, shop) if topic not in before] == [
        "reminder:seller_response:1:2026-04-06T09:00:00Z:PT86400S"
    ]
    assert not verify(shop).broken


def test_protection_is_announced_three_days_and_one_day_before_its_end(shop: UUID, server: Server) -> None:
    shipped(shop)
    ends = server.execute("SELECT due_at FROM orders WHERE marketplace = %s", [shop]).fetchone()
    assert ends is not None
    end: Any = ends[0]
    assert reminders.once(end - timedelta(days=3, seconds=1), marketplace=shop) == 0
    assert reminders.once(end - timedelta(days=3), marketplace=shop) == 1
    assert reminders.once(end - timedelta(days=2), marketplace=shop) == 0
    assert reminders.once(end - timedelta(days=1), marketplace=shop) == 1
    assert [topic.rsplit(":", 1)[1] for topic in sent(server, shop)] == ["PT259200S", "PT86400S"]
    hint = server.execute("SELECT remind_at FROM orders WHERE marketplace = %s", [shop]).fetchone()
    assert hint == (None,)
    assert not verify(shop).broken
    assert not replay(shop).rebuilt


def test_whoever_comes_late_sends_the_last_one_only_and_nothing_after_the_end(shop: UUID, server: Server) -> None:
    shipped(shop)
    ends = server.execute("SELECT due_at FROM orders WHERE marketplace = %s", [shop]).fetchone()
    assert ends is not None
    end: Any = ends[0]
    assert reminders.once(end - timedelta(hours=2), marketplace=shop) == 1
    assert [topic.rsplit(":", 1)[1] for topic in sent(server, shop)] == ["PT86400S"]
    shipped(shop, "O2")
    assert reminders.once(end + timedelta(seconds=1), marketplace=shop) == 0
    assert len(sent(server, shop)) == 1


def test_a_deadline_that_moved_takes_its_reminders_with_it(shop: UUID, server: Server) -> None:
    shipped(shop)
    ends = server.execute("SELECT due_at FROM orders WHERE marketplace = %s", [shop]).fetchone()
    assert ends is not None
    end: Any = ends[0]
    accepted(act(shop, "seller", "extend_protection", 5, until=(end + timedelta(days=10)).isoformat()))
    assert reminders.once(end - timedelta(days=1), marketplace=shop) == 0
    assert reminders.once(end + timedelta(days=9), marketplace=shop) == 1
    assert len(sent(server, shop)) == 1


def test_an_answer_that_came_needs_no_reminder(shop: UUID, server: Server) -> None:
    offered(shop)
    remind(shop, 16)
    assert not [topic for topic in sent(server, shop) if "seller_response" in topic]
    agreed(shop, "O2")
    assert reminders.once(day(14.5), marketplace=shop) == 0


def test_an_act_between_thinking_and_writing_wins(shop: UUID, server: Server) -> None:
    disputed(shop)
    claimed = reminders.Claimed(shop, "O1", day(16))
    write = reminders._WRITE
    stale = {"version": 1, "next": None, "topics": ["reminder:seller_response:1:then:PT1S"]}
    assert list(reminders._put(claimed, write, stale)) == []
    assert not sent(server, shop)
    hint = server.execute("SELECT remind_at IS NOT NULL FROM orders WHERE marketplace = %s", [shop]).fetchone()
    assert hint == (True,)


def test_clocks_that_stand_still_remind_nobody(shop: UUID, server: Server) -> None:
    disputed(shop)
    accepted(act(shop, "operator", "pause_clocks", 13, text="a strike", grace="P2D"))
    assert remind(shop, 16) == 0
    assert server.execute("SELECT remind_at FROM orders WHERE marketplace = %s", [shop]).fetchone() == (None,)
    accepted(act(shop, "operator", "resume_clocks", 20))
    assert remind(shop, 25.5) == 1


def test_a_sandbox_is_reminded_by_its_own_clock(database: str, server: Server) -> None:
    made = marketplaces.register("sandbox of reminders", policies.load("alx-d"), sandbox=True)
    disputed(made.id)
    server.execute("UPDATE marketplace SET clock_at = %s WHERE id = %s", [day(13), made.id])
    assert remind(made.id, 16) == 0
    server.execute("UPDATE marketplace SET clock_at = %s WHERE id = %s", [day(16), made.id])
    assert remind(made.id, 1) == 1


def test_a_deadline_that_is_over_and_not_swept_yet_reminds_nobody(shop: UUID, server: Server) -> None:
    disputed(shop)
    remind(shop, 18)
    assert not [topic for topic in sent(server, shop) if "seller_response" in topic]
    bring_up(shop, "O1", now=day(18))
    assert not verify(shop).broken


def test_reminders_go_out_through_the_relay(shop: UUID) -> None:
    outcome = disputed(shop)
    remind(shop, 16)
    assert relay.once(day(16), marketplace=shop) == outcome.version + 1
