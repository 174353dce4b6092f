"""What leaves for the seller: what the journal moves to him, less what was taken back before it left."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from amends.orders import queries
from amends.payments import queue

from . import desk
from .desk import account, act, day, intents, market, ruled, sound, work_at

Server = psycopg.Connection[tuple[Any, ...]]


def test_a_release_is_paid_out_and_the_order_told(database: str) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "30.00")
    work_at(shop, day(21))
    assert intents(shop)[-1] == ("release", "bob", 7000, "succeeded")
    assert (account(shop, "seller", 22), account(shop, "paid_out", 22)) == (0, 7000)
    sound(shop)


def test_a_granted_appeal_withdraws_a_release_that_has_not_left(database: str, server: Server) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "30.00")
    desk.appealed(shop)
    assert [state for *_, state in intents(shop)] == ["pending", "pending", "withdrawn"]
    work_at(shop, day(25))
    kinds = server.execute("SELECT kind FROM amends_sandbox.movement WHERE marketplace = %s", [shop]).fetchall()
    assert kinds == [("refund",), ("refund",)]
    sound(shop)
    act(shop, "mediator", "rule", 26, dispute=1, wants="refund", amount="80.00", text="Eighty in all.")
    work_at(shop, day(26))
    assert intents(shop)[-1] == ("release", "bob", 2000, "succeeded")
    assert account(shop, "paid_out", 26) == 2000
    sound(shop)


def test_a_release_on_its_way_when_the_appeal_is_granted_is_owed_once_it_arrives(database: str) -> None:
    shop = market(answers_after="PT5H")
    ruled(shop, "30.00")
    work_at(shop, day(24))
    desk.appealed(shop, 24.1)
    assert intents(shop)[-1] == ("release", "bob", 7000, "sent")
    found = queries.order(shop, "V1", now=day(24.1))
    assert found is not None
    assert (found.order.held_minor, found.order.owed_minor) == (7000, 0)
    work_at(shop, day(25))
    found = queries.order(shop, "V1", now=day(25))
    assert found is not None
    assert (found.order.held_minor, found.order.owed_minor, found.order.paid_out_minor) == (7000, 7000, 7000)
    sound(shop)
    act(shop, "mediator", "rule", 26, dispute=1, wants="refund", amount="80.00", text="Eighty in all.")
    assert len([one for one in intents(shop) if one[0] == "release"]) == 1, "the rest is his debt's, and moves nowhere"
    assert account(shop, "receivable", 26) == -5000
    sound(shop)


def test_a_release_leaves_less_what_the_seller_owes(database: str) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "30.00")
    work_at(shop, day(21))
    desk.appealed(shop)
    assert account(shop, "receivable", 24) == -7000
    act(shop, "mediator", "rule", 26, dispute=1, wants="refund", amount="30.00", text="It stays as it was.")
    assert account(shop, "receivable", 26) == 0
    assert work_at(shop, day(26)).sent == 0
    assert account(shop, "paid_out", 26) == 7000
    sound(shop)


def test_a_chargeback_takes_from_a_release_that_has_not_left(database: str) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "30.00")
    act(shop, "payments", "chargeback_opened", 22, reference="cb-1", amount="25.00")
    act(shop, "payments", "chargeback_closed", 23, reference="cb-1", won_by="buyer")
    assert intents(shop)[-1] == ("release", "bob", 4500, "pending")
    sound(shop)
    work_at(shop, day(24))
    assert (account(shop, "seller", 24), account(shop, "paid_out", 24)) == (0, 4500)
    sound(shop)


def test_a_payout_that_fails_waits_for_a_person(database: str) -> None:
    shop = market(answers_after="P0D", fails={"bob": "no such bank account"})
    ruled(shop, "30.00")
    work_at(shop, day(21))
    [stuck] = queue.waiting(shop)
    assert "no such bank account" in stuck.why
    assert account(shop, "seller", 22) == 7000
    sound(shop)
    act(shop, "payments", "payout_succeeded", 23, amount="70.00", reference="wire 7")
    assert intents(shop)[-1][3] == "succeeded"
    assert queue.waiting(shop) == []
    sound(shop)


@pytest.mark.parametrize(("amount", "states"), [("70.00", ["succeeded"]), ("10.00", ["pending"])])
def test_a_payout_by_hand_settles_the_release_it_covers(database: str, amount: str, states: list[str]) -> None:
    shop = market()
    ruled(shop, "30.00")
    act(shop, "payments", "payout_succeeded", 22, amount=amount, reference="wire 7")
    assert [state for kind, _, _, state in intents(shop) if kind == "release"] == states
    sound(shop)
