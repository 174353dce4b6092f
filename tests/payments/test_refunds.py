"""A refund from the decision to the money: scheduled, sent, arrived; or failed, sent elsewhere, arrived."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from amends import policies
from amends.orders import marketplaces, queries

from . import desk
from .desk import act, claim, day, hours, intents, market, refund, ruled, sound, work_at

Server = psycopg.Connection[tuple[Any, ...]]


def test_a_refund_is_sent_and_arrives_when_all_its_parts_have(database: str) -> None:
    shop = market(answers_after="PT5H")
    ruled(shop, "100.00")
    assert intents(shop) == [("refund", "pay-card", 7000, "pending"), ("refund", "pay-voucher", 3000, "pending")]
    assert work_at(shop, hours(21, 1)) == (2, 0, 0)
    assert {state for *_, state in intents(shop)} == {"sent"}
    assert refund(shop, 21) == "scheduled"
    assert work_at(shop, hours(21, 5)) == (0, 0, 0)
    assert work_at(shop, hours(21, 7)) == (0, 2, 0)
    assert {state for *_, state in intents(shop)} == {"succeeded"}
    assert refund(shop, 22) == "succeeded"
    assert work_at(shop, hours(21, 8)) == (0, 0, 0)
    sound(shop)


def test_a_provider_may_answer_at_once(database: str) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "100.00")
    assert work_at(shop, day(21)) == (2, 2, 0)
    assert refund(shop, 21) == "succeeded"
    sound(shop)


def test_a_sandboxs_provider_lives_by_its_clock(database: str, server: Server) -> None:
    made = marketplaces.register("clocked", policies.load("alx-e"), sandbox=True)
    server.execute("UPDATE marketplace SET clock_at = %s WHERE id = %s", [day(21), made.id])
    ruled(made.id, "100.00")
    assert work_at(made.id, day(400)).sent == 2
    assert work_at(made.id, day(500)).answered == 0
    server.execute("UPDATE marketplace SET clock_at = %s WHERE id = %s", [hours(21, 2), made.id])
    assert work_at(made.id, day(400)).answered == 2
    sound(made.id)


def test_a_part_that_fails_goes_elsewhere_and_the_other_is_not_paid_twice(database: str, server: Server) -> None:
    shop = market(fails={"pay-card": "The card is closed."})
    ruled(shop, "100.00")
    work_at(shop, day(21))
    assert work_at(shop, hours(21, 2)) == (0, 1, 1)
    assert refund(shop, 22) == "failed"
    desk.redirected(shop, 22, "IBAN NL91 ABNA 0417 1643 00")
    assert refund(shop, 22) == "scheduled"
    assert intents(shop)[2:] == [("refund", "elsewhere", 7000, "pending"), ("refund", "elsewhere", 3000, "withdrawn")]
    sound(shop)
    work_at(shop, hours(22, 1))
    assert work_at(shop, hours(22, 3)).answered == 1
    assert refund(shop, 23) == "succeeded"
    sound(shop)
    moved = "SELECT target, amount_minor FROM amends_sandbox.movement WHERE marketplace = %s AND outcome = 'succeeded'"
    assert sorted(server.execute(moved, [shop]).fetchall()) == [
        ("IBAN NL91 ABNA 0417 1643 00", 7000),
        ("pay-voucher", 3000),
    ]


def test_a_part_still_on_its_way_when_the_other_is_sent_elsewhere_may_yet_fail(database: str, server: Server) -> None:
    shop = market(fails={"pay-card": "closed", "pay-voucher": "expired"})
    ruled(shop, "100.00")
    work_at(shop, day(21))
    voucher = "UPDATE amends_sandbox.movement SET answers_at = %s WHERE marketplace = %s AND target = 'pay-voucher'"
    server.execute(voucher, [day(25), shop])
    assert work_at(shop, hours(21, 2)).failed == 1
    desk.redirected(shop, 22, "IBAN 1")
    assert [state for *_, state in intents(shop)] == ["failed", "sent", "pending", "withdrawn"]
    work_at(shop, day(22))
    assert work_at(shop, day(25)) == (0, 1, 1)
    assert refund(shop, 25) == "failed"
    desk.redirected(shop, 26, "IBAN 1")
    work_at(shop, day(26))
    assert work_at(shop, day(27)).answered == 1
    assert refund(shop, 27) == "succeeded"
    assert sum(amount for _, _, amount, state in intents(shop) if state == "succeeded") == 10000
    sound(shop)


def test_where_a_person_was_erased_nobody_guesses_where_the_money_goes(database: str, server: Server) -> None:
    shop = market(fails={"pay-card": "closed"}, answers_after="P0D")
    ruled(shop, "100.00")
    work_at(shop, day(21))
    desk.redirected(shop, 22, "IBAN 1")
    server.execute("DELETE FROM amends_keys.person_key WHERE marketplace = %s AND owner = 'person:alice'", [shop])
    work_at(shop, day(22))
    [stuck] = [one for one in queries.intents(shop, "V1") if one.needs_human]
    assert "erased" in str(stuck.needs_human)
    sound(shop)


def test_the_platform_pays_from_its_own_pocket(database: str) -> None:
    shop = market(answers_after="P0D")
    ruled(shop, "40.00", finding="broken on its way", fault="carrier", funded_by="platform", counts_against="nobody")
    found = queries.intents(shop, "V1")
    assert [(one.kind, one.funded_by, one.payment, one.amount_minor) for one in found] == [
        ("refund", "platform", None, 4000),
        ("release", "escrow", None, 10000),
    ]
    work_at(shop, day(21))
    assert refund(shop, 21) == "succeeded"
    assert desk.account(shop, "paid_out", 21) == 10000
    sound(shop)


def test_a_cancelled_orders_refund_is_its_own(database: str) -> None:
    shop = market(answers_after="P0D")
    act(
        shop,
        "marketplace",
        "place_order",
        0,
        id="V1",
        buyer="alice",
        seller="bob",
        currency="USD",
        lines=[{"id": "A", "title": "Violin", "price": "100.00", "quantity": 1}],
        payments=[{"reference": "pay-card", "method": "card-4242", "amount": "100.00"}],
        paid_at="2026-03-01T00:00:00Z",
        destination={"country": "NL", "city": "Delft"},
    )
    act(shop, "seller", "cancel_order", 0.5)
    work_at(shop, day(1))
    found = queries.order(shop, "V1", now=day(1))
    assert found is not None
    assert found.order.refund is not None
    assert found.order.refund.status == "succeeded"
    sound(shop)


def test_two_refunds_of_a_dispute_are_told_apart_whichever_arrives_first(database: str, server: Server) -> None:
    shop = market()
    ruled(shop, "30.00")
    desk.appealed(shop)
    act(shop, "mediator", "rule", 26, dispute=1, wants="refund", amount="80.00", text="Eighty in all.")
    work_at(shop, day(26))
    first = "UPDATE amends_sandbox.movement SET answers_at = %s WHERE marketplace = %s AND amount_minor IN (2100, 900)"
    assert server.execute(first, [day(30), shop]).rowcount == 2
    work_at(shop, day(27))
    found = queries.order(shop, "V1", now=day(27))
    assert found is not None
    assert [one.status.value for one in found.order.disputes[0].refunds] == ["scheduled", "succeeded"]
    work_at(shop, day(31))
    found = queries.order(shop, "V1", now=day(31))
    assert found is not None
    assert [one.status.value for one in found.order.disputes[0].refunds] == ["succeeded", "succeeded"]
    sound(shop)


def test_an_answer_by_hand_for_a_refund_scheduled_in_the_very_same_write(database: str) -> None:
    shop = market()
    claim(shop, "V1")
    act(shop, "mediator", "rule", 21, dispute=1, wants="refund", amount="100.00", text="All of it.")
    act(shop, "payments", "refund_succeeded", 22, dispute=1, reference="by hand")
    assert {state for *_, state in intents(shop)} == {"succeeded"}
    assert work_at(shop, day(23)) == (0, 0, 0)
    sound(shop)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"answers_after": "soon"}, "answers_after"),
        ({"delay": "PT1H"}, "there is no “delay”"),
        ({"fails": ["pay-card"]}, "fails"),
        ({"unreachable_every": -1}, "every"),
    ],
)
def test_settings_that_cannot_be_meant_send_nothing_and_are_named(
    database: str, settings: dict[str, Any], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = market(**settings)
    ruled(shop, "100.00")
    with caplog.at_level("WARNING"):
        assert work_at(shop, day(21)) == (0, 0, 0)
    assert told in caplog.text
