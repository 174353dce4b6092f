"""A bad row is refused and reported; the others go on, and the money still adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from amends.importers.report import MoneyCount
from tests.importers.exports import CUSTOMERS, ITEMS, ONE, ORDERS, PAYMENTS, REVIEWS, Imported, olist, order

# A second order, sound, that must be taken whatever is wrong with the first.
SOUND = {
    ORDERS: "good,c1,shipped,2018-03-01 10:00:00,2018-03-01 10:30:00,2018-03-02 09:00:00,,2018-03-10 00:00:00",
    ITEMS: "good,1,kettle,li,,7.00,0.00",
    PAYMENTS: "good,1,boleto,1,7.00",
}


def beside_a_sound_one(folder: Path, **rows: str) -> Imported:
    names = {"orders": ORDERS, "items": ITEMS, "payments": PAYMENTS}
    mixed = {file: f"{rows.get(name, ONE[file])}\n{SOUND[file]}" for name, file in names.items()}
    found = olist(folder, rows=mixed)
    assert [verb for _, verb in found.told("good")] == ["place_order", "ship"]
    return found


@pytest.mark.parametrize(
    ("rows", "code", "says"),
    [
        ({"items": ""}, "no_lines", "nothing to protect"),
        ({"payments": ""}, "nothing_paid", "no money to hold"),
        ({"payments": "o1,1,voucher,1,0.00"}, "nothing_paid", "no money to hold"),
        ({"orders": order("created", approved="", handed_over="", delivered="")}, "never_paid", "nobody's money"),
        ({"orders": order("teleported")}, "unknown_status", '"teleported"'),
        ({"orders": order(bought="yesterday")}, "time_malformed", 'placed_at: "yesterday" is no time'),
        ({"orders": order(delivered="2018-02-30 10:00:00")}, "time_malformed", "delivered_at"),
        ({"orders": order(due="9999-12-31 00:00:00")}, "time_absurd", "delivery_due"),
        ({"orders": order(bought="0001-01-01 00:00:00")}, "time_absurd", "mistyped the year"),
        ({"orders": order(bought="")}, "missing_value", "placed"),
        ({"orders": order().replace("c1", "c7")}, "missing_value", "buyer is empty"),
        ({"items": "o1,1,kettle,li,,-45.00,5.00"}, "amount_negative", "less than nothing"),
        ({"items": "o1,1,kettle,li,,45.005,5.00"}, "amount_malformed", "BRL has"),
        ({"items": "o1,1,kettle,li,,9999999999999999,5.00"}, "amount_malformed", "9999999999999999"),
        ({"items": "o1,1,kettle,li,,4e2,5.00"}, "amount_malformed", "price:"),
        ({"items": "o1,1,kettle,li,,NaN,5.00"}, "amount_malformed", "price:"),
        ({"items": "o1,1,kettle,li,,,5.00"}, "missing_value", "price is empty"),
        ({"items": "o1,1,kettle,,,45.00,5.00"}, "missing_value", "seller is empty"),
        ({"items": "o1,1,kettle,li,,0.00,0.00"}, "nothing_sold", "cost nothing"),
        ({"items": "o1,1,kettle,li,45.00"}, "wrong_columns", "5 cells and the header 7"),
        ({"payments": "o1,1,voucher,1,lots"}, "amount_malformed", "Payment o1-1"),
        ({"payments": "o1,1,voucher,1,60.00\no1,2,voucher,1,-10.00"}, "amount_negative", "refunds are no payments"),
        ({"payments": "o1,1,voucher,1,"}, "missing_value", "amount is empty"),
    ],
)
def test_the_order_is_refused_with_its_reason(tmp_path: Path, rows: dict[str, str], code: str, says: str) -> None:
    found = beside_a_sound_one(tmp_path, **rows)
    verdict = next(line for line in found.report if line["file"] == ORDERS and line["order"] == "o1")
    assert (verdict["verdict"], verdict["code"]) == ("refused", code)
    assert says in verdict["sentence"]
    assert not found.told("o1")


def test_the_money_of_a_refused_order_is_counted_as_refused(tmp_path: Path) -> None:
    found = beside_a_sound_one(tmp_path, items="")
    assert found.summary.money == (MoneyCount("BRL", 5700, 700, 5000),)
    assert found.codes(PAYMENTS) == ["order_refused", "taken"]


def test_a_payment_that_cannot_be_read_has_no_figure_but_is_counted(tmp_path: Path) -> None:
    found = beside_a_sound_one(tmp_path, payments="o1,1,voucher,1,lots\no1,2,voucher,1,20.00")
    assert found.summary.money == (MoneyCount("BRL", 2700, 700, 2000),)
    assert found.summary.uncounted_payments == 1
    assert found.codes(PAYMENTS) == ["amount_malformed", "order_refused", "taken"]


def test_a_second_row_with_the_same_order_id_is_refused(tmp_path: Path) -> None:
    found = beside_a_sound_one(tmp_path, orders=f"{order()}\n{order('canceled')}")
    assert found.codes() == ["taken", "duplicate_order", "taken"]
    assert "line 2" in found.verdict(3)["sentence"]


def test_a_row_too_short_still_stands_for_its_order_unless_a_good_one_does(tmp_path: Path) -> None:
    found = beside_a_sound_one(tmp_path, orders="o1,c1,delivered")
    assert found.codes() == ["wrong_columns", "taken"]
    assert found.codes(PAYMENTS) == ["order_refused", "taken"]
    both = beside_a_sound_one(tmp_path, orders=f"o1,c1,delivered\n{order()}")
    assert both.codes() == ["wrong_columns", "taken", "taken"]


def test_items_and_payments_that_stand_twice_count_once(tmp_path: Path) -> None:
    found = beside_a_sound_one(
        tmp_path,
        items=f"{ONE[ITEMS]}\n{ONE[ITEMS]}",
        payments=f"{ONE[PAYMENTS]}\n{ONE[PAYMENTS]}",
    )
    assert found.codes(ITEMS) == found.codes(PAYMENTS) == ["taken", "duplicate_row", "taken"]
    assert found.codes() == ["duplicate_rows", "duplicate_rows", "taken"]
    assert found.summary.money == (MoneyCount("BRL", 10700, 5700, 5000),)


def test_rows_of_an_order_that_is_not_there_are_refused_with_their_money(tmp_path: Path) -> None:
    found = beside_a_sound_one(
        tmp_path,
        items=f"{ONE[ITEMS]}\nghost,1,kettle,li,,1.00,0.00\n,1,kettle,li,,1.00,0.00",
        payments=f"{ONE[PAYMENTS]}\nghost,1,voucher,1,3.00",
    )
    assert found.codes(ITEMS) == ["taken", "unknown_order", "missing_value", "taken"]
    assert found.summary.money == (MoneyCount("BRL", 6000, 5700, 300),)


def test_a_part_never_takes_the_name_of_another_order(tmp_path: Path) -> None:
    other = order().replace("o1,", "o1-2,")
    found = beside_a_sound_one(
        tmp_path,
        orders=f"{order()}\n{other}",
        items="o1,1,kettle,li,,45.00,0.00\no1,2,lamp,wu,,5.00,0.00\no1-2,1,lamp,wu,,5.00,0.00",
        payments="o1,1,voucher,1,50.00\no1-2,1,voucher,1,5.00",
    )
    assert found.codes() == ["duplicate_order", "taken", "taken"]
    assert [each["order"] for each in found.commands if each["do"] == "place_order"] == ["good", "o1-2"]


def test_a_bad_review_costs_only_itself(tmp_path: Path) -> None:
    reviews = (
        "r1,o1,great,,,,2018-03-20 10:00:00\n"
        "r2,o1,1,,,,\n"
        "r3,o1,1,,,,2018-03-20 10:00:00\n"
        "r3,o1,1,,,,2018-03-20 10:00:00\n"
        "r4,ghost,1,,,,2018-03-20 10:00:00\n"
        "r5,o1,1,,,,soon"
    )
    found = olist(tmp_path, rows={REVIEWS: reviews})
    assert found.codes(REVIEWS) == [
        "score_malformed",
        "no_complaint",
        "taken",
        "duplicate_row",
        "unknown_order",
        "time_malformed",
    ]
    assert len(found.complaints) == 1


def test_an_absurd_id_is_refused_not_written(tmp_path: Path) -> None:
    found = beside_a_sound_one(tmp_path, orders=order().replace("o1,", "\x1b[31m,"), customers=ONE[CUSTOMERS])
    assert found.codes() == ["id_malformed", "taken"]
