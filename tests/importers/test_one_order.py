"""What becomes of one order: dates that contradict each other, several sellers, several payments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importers.exports import CUSTOMERS, ITEMS, ORDERS, PAYMENTS, REVIEWS, olist, order


def test_a_sound_order_is_placed_shipped_and_delivered(tmp_path: Path) -> None:
    found = olist(tmp_path)
    assert found.told() == [
        ("2018-03-01T13:30:00Z", "place_order"),
        ("2018-03-02T12:00:00Z", "ship"),
        ("2018-03-05T18:00:00Z", "track"),
    ]
    assert found.commands[0] == {
        "at": "2018-03-01T13:30:00Z",
        "by": "marketplace",
        "do": "place_order",
        "order": "o1",
        "id": "o1",
        "buyer": "bo",
        "seller": "li",
        "currency": "BRL",
        "lines": [{"id": "1", "title": "kitchen", "price": "45.00", "quantity": 1}],
        "shipping": "5.00",
        "discount": "0.00",
        "payments": [{"reference": "o1-1", "method": "credit_card", "amount": "50.00"}],
        "destination": {"country": "BR", "city": "sao paulo"},
        "return_to": {"country": "BR", "city": "campinas"},
        "paid_at": "2018-03-01T13:30:00Z",
        "note": {"recorded_status": "delivered", "placed_at": "2018-03-01T13:00:00Z"},
    }
    assert (found.commands[1]["by"], found.commands[2]["by"]) == ("seller", "carrier")
    assert found.commands[2]["state"] == "delivered"
    assert found.verdict(2)["verdict"] == "taken"


def test_a_promised_date_lasts_to_the_end_of_that_day_in_sao_paulo(tmp_path: Path) -> None:
    assert olist(tmp_path).command("ship")["delivery_due"] == "2018-03-11T02:59:59Z"


def test_a_promised_day_whose_last_hour_happens_twice_lasts_to_the_second(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={ORDERS: order(bought="2018-02-01 10:00:00", due="2018-02-17 00:00:00")})
    assert found.command("ship")["delivery_due"] == "2018-02-18T02:59:59Z"  # 23:59:59 at -03:00, not at -02:00


def test_handed_over_before_approval_is_paid_at_the_hand_over(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={ORDERS: order(approved="2018-03-02 11:00:00")})
    placed = found.command("place_order")
    assert placed["paid_at"] == placed["at"] == "2018-03-02T12:00:00Z"
    assert placed["note"]["approved_at"] == "2018-03-02T14:00:00Z"
    assert found.codes() == ["paid_after_handover"]


@pytest.mark.parametrize(
    ("row", "told", "codes"),
    [
        (order("processing", handed_over="", delivered=""), ["place_order"], ["taken"]),
        (order("unavailable", handed_over="", delivered=""), ["place_order"], ["taken"]),
        (order("created", handed_over="", delivered=""), ["place_order"], ["taken"]),
        (order("shipped", delivered=""), ["place_order", "ship"], ["taken"]),
        (order("delivered", delivered=""), ["place_order", "ship"], ["delivered_without_date"]),
        (
            order("delivered", handed_over="", delivered=""),
            ["place_order", "ship"],
            ["shipped_without_date", "delivered_without_date"],
        ),
        (order("delivered", handed_over=""), ["place_order", "ship", "track"], ["shipped_without_date"]),
        (order("processing"), ["place_order", "ship", "track"], ["status_behind_dates"]),
        (
            order("canceled", handed_over="", delivered=""),
            ["place_order", "cancel_order"],
            ["cancel_time_inferred"],
        ),
        (
            order("canceled", delivered=""),
            ["place_order", "ship", "cancel_order"],
            ["cancel_time_inferred", "cancelled_after_handover"],
        ),
        (
            order("canceled"),
            ["place_order", "ship", "track", "cancel_order"],
            ["cancel_time_inferred", "cancelled_after_delivery"],
        ),
        (
            order(handed_over="2018-03-06 09:00:00"),
            ["place_order", "ship", "track"],
            ["delivered_before_handover"],
        ),
        (
            order(due="2018-03-01 00:00:00"),
            ["place_order", "ship", "track"],
            ["promise_already_past"],
        ),
        (order(approved=""), ["place_order", "ship", "track"], ["paid_at_inferred"]),
    ],
)
def test_what_happened_is_told_and_what_is_odd_is_noted(
    tmp_path: Path, row: str, told: list[str], codes: list[str]
) -> None:
    found = olist(tmp_path, rows={ORDERS: row})
    assert [verb for _, verb in found.told()] == told
    assert found.codes() == codes


def test_a_cancellation_without_a_date_is_as_of_the_last_known_instant(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={ORDERS: order("canceled")})
    cancelled = found.command("cancel_order")
    assert (cancelled["at"], cancelled["by"]) == ("2018-03-05T18:00:00Z", "marketplace")
    assert "last known instant" in cancelled["note"]["inferred"]


def test_delivered_before_the_hand_over_keeps_the_recorded_one(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={ORDERS: order(handed_over="2018-03-06 09:00:00")})
    shipped = found.command("ship")
    assert shipped["at"] == "2018-03-05T18:00:00Z"
    assert shipped["note"] == {"recorded_at": "2018-03-06T12:00:00Z"}


def test_a_local_time_that_happened_twice_is_the_first(tmp_path: Path) -> None:
    row = order(bought="2018-02-17 23:30:00", approved="2018-02-17 23:30:00")
    found = olist(tmp_path, rows={ORDERS: row})
    assert found.command("place_order")["at"] == "2018-02-18T01:30:00Z"
    assert found.codes() == ["time_ambiguous", "time_ambiguous"]


def test_a_local_time_that_never_happened_is_as_if_the_clocks_had_not_moved(tmp_path: Path) -> None:
    row = order(bought="2017-10-15 00:30:00", approved="2017-10-15 00:30:00")
    found = olist(tmp_path, rows={ORDERS: row})
    assert found.command("place_order")["at"] == "2017-10-15T03:30:00Z"
    assert found.codes()[0] == "time_nonexistent"


def test_several_sellers_become_one_order_each_and_share_every_payment(tmp_path: Path) -> None:
    found = olist(
        tmp_path,
        rows={
            ITEMS: "o1,2,lamp,wu,,20.00,0.00\no1,1,kettle,li,,10.00,0.00",
            PAYMENTS: "o1,1,credit_card,1,20.00\no1,2,voucher,1,10.00",
            REVIEWS: "r1,o1,1,,never came,2018-03-20 00:00:00,2018-03-20 10:00:00",
        },
    )
    first, second = found.command("place_order", "o1-1"), found.command("place_order", "o1-2")
    assert (first["seller"], first["shop_order"], first["id"]) == ("li", "o1", "o1-1")
    assert [each["amount"] for each in first["payments"]] == ["6.67", "3.33"]
    assert [each["amount"] for each in second["payments"]] == ["13.33", "6.67"]
    assert [each["reference"] for each in second["payments"]] == ["o1-1", "o1-2"]
    assert [each["order"] for each in found.complaints] == ["o1-1", "o1-2"]
    assert found.codes() == ["split_by_seller"]
    assert found.verdict(3, ITEMS)["order"] == "o1-1"


def test_the_same_product_again_is_a_piece_more_unless_its_price_differs(tmp_path: Path) -> None:
    found = olist(
        tmp_path,
        rows={
            ITEMS: "o1,1,kettle,li,,10.00,1.00\no1,2,kettle,li,,10.00,1.00\no1,3,kettle,li,,9.00,1.00",
            PAYMENTS: "o1,1,boleto,1,32.00",
        },
    )
    placed = found.command("place_order")
    assert [(each["id"], each["price"], each["quantity"]) for each in placed["lines"]] == [
        ("1", "10.00", 2),
        ("3", "9.00", 1),
    ]
    assert placed["shipping"] == "3.00"


def test_a_payment_that_differs_is_taken_and_noted_to_reconcile(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={PAYMENTS: "o1,1,credit_card,1,49.99"})
    assert found.command("place_order")["payments"][0]["amount"] == "49.99"
    assert found.codes() == ["payments_differ"]
    assert "0.01 too little" in found.verdict(2)["sentence"]


def test_several_reviews_are_kept_with_their_line_breaks(tmp_path: Path) -> None:
    reviews = (
        'r1,o1,1,,"never came,\nnever answered",2018-03-20 00:00:00,2018-03-20 10:00:00\n'
        "r2,o1,5,it came,,2018-03-21 00:00:00,2018-03-21 10:00:00"
    )
    found = olist(tmp_path, rows={REVIEWS: reviews})
    assert [(each["score"], each["text"]) for each in found.complaints] == [
        (1, "never came,\nnever answered"),
        (5, "it came"),
    ]
    assert [line["row"] for line in found.report if line["file"] == REVIEWS] == [2, 4]


def test_two_orders_are_told_in_order_of_time(tmp_path: Path) -> None:
    later = order(bought="2018-02-20 10:00:00", approved="2018-02-20 10:00:00").replace("o1,", "o2,")
    found = olist(
        tmp_path,
        rows={
            ORDERS: f"{order()}\n{later}",
            ITEMS: "o1,1,kettle,li,,45.00,5.00\no2,1,kettle,li,,45.00,5.00",
            PAYMENTS: "o1,1,voucher,1,50.00\no2,1,voucher,1,50.00",
        },
    )
    assert [(each["order"], each["do"]) for each in found.commands] == [
        ("o2", "place_order"),
        ("o1", "place_order"),
        ("o1", "ship"),
        ("o2", "ship"),
        ("o1", "track"),
        ("o2", "track"),
    ]


def test_a_customer_nobody_refers_to_is_noted(tmp_path: Path) -> None:
    found = olist(tmp_path, rows={CUSTOMERS: "c1,bo,,sao paulo,SP\nc9,al,,natal,RN\nc1,xx,,recife,PE"})
    assert found.codes(CUSTOMERS) == ["taken", "not_used", "duplicate_row"]
