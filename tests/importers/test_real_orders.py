"""The figures of the real book: 8,135 orders of a Brazilian marketplace, counted to the cent."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from amends.core.wire import read_command
from amends.importers.mapping import load
from amends.importers.report import MoneyCount
from tests.importers.exports import CUSTOMERS, ITEMS, ORDERS, PAYMENTS, PRODUCTS, REVIEWS, SELLERS, Imported, imported


@pytest.fixture(scope="module")
def folder(shared: Callable[[str], Path]) -> Path:
    return shared("data/olist")


@pytest.fixture(scope="module")
def book(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    source = tmp_path_factory.mktemp("olist") / "book.zip"
    source.symlink_to(folder / "olist_subset_8135_raw_csv.zip")
    return imported(source, load("olist"))


def test_every_row_has_its_verdict(book: Imported) -> None:
    rows = {table.file: table.rows for table in book.summary.tables}
    assert (rows[ORDERS], rows[ITEMS], rows[PAYMENTS], rows[REVIEWS]) == (8135, 8365, 8924, 8225)
    assert (rows[CUSTOMERS], rows[SELLERS], rows[PRODUCTS]) == (8135, 1610, 5460)
    assert len(book.report) == sum(rows.values())


def test_775_orders_without_items_are_refused_and_their_money_with_them(book: Imported) -> None:
    assert book.summary.refused["no_lines"] == book.summary.orders_refused == 775
    assert book.summary.orders_taken == 7360
    assert book.summary.money == (MoneyCount("BRL", 142860281, 126601086, 16259195),)
    assert book.summary.uncounted_payments == 0


def test_what_is_odd_is_noted_as_often_as_it_happens(book: Imported) -> None:
    noted = Counter(book.codes(ORDERS))
    assert noted["split_by_seller"] == 71
    assert noted["paid_after_handover"] == 77
    assert noted["delivered_without_date"] == 8
    assert noted["cancelled_after_delivery"] == 6
    assert noted["cancelled_after_handover"] == 69
    assert noted["delivered_before_handover"] == 3
    assert noted["promise_already_past"] == 29
    assert noted["payments_differ"] == 42  # 26 of them by more than a cent, 23 by more than two


def test_a_split_order_is_one_order_per_seller(book: Imported) -> None:
    placed = [each for each in book.commands if each["do"] == "place_order"]
    assert len(placed) == book.summary.placed == 7433
    assert len({each["shop_order"] for each in placed if "shop_order" in each}) == 71
    assert len({each["order"] for each in placed}) == 7433


def test_274_orders_were_paid_by_several_instruments_and_every_one_is_kept(book: Imported) -> None:
    payments = [line for line in book.report if line["file"] == PAYMENTS]
    assert sum(count > 1 for count in Counter(line["order"] for line in payments).values()) == 274
    kept = {
        (each.get("shop_order", each["order"]), payment["reference"])
        for each in book.commands
        if each["do"] == "place_order"
        for payment in each["payments"]
    }
    assert len(kept) == sum(line["verdict"] == "taken" for line in payments) == 8092
    assert book.codes(PAYMENTS).count("zero_payment") == 2


def test_every_review_of_a_taken_order_is_kept_and_several_stay_several(book: Imported) -> None:
    reviews = [line for line in book.report if line["file"] == REVIEWS]
    assert sum(count > 1 for count in Counter(line["order"] for line in reviews).values()) == 87
    kept = Counter(
        order for order, _ in {(each.get("shop_order", each["order"]), each["id"]) for each in book.complaints}
    )
    assert (kept.total(), sum(count > 1 for count in kept.values())) == (7447, 84)
    assert sum("\n" in each["text"] for each in book.complaints) > 0
    assert book.codes(REVIEWS).count("time_ambiguous") == 1


def test_the_book_agrees_with_the_table_joined_by_others(book: Imported, folder: Path) -> None:
    with gzip.open(folder / "DERIVED_order_seller_signals.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["seller_id"]]
    placed = {
        (each.get("shop_order", each["order"]), each["seller"]): each
        for each in book.commands
        if each["do"] == "place_order"
    }
    assert len(rows) == len(placed) == 7433
    for row in rows:
        order = placed[row["order_id"], row["seller_id"]]
        cents = sum(int(line["price"].replace(".", "")) * line["quantity"] for line in order["lines"])
        assert cents == int(row["items_cents"])
        assert int(order["shipping"].replace(".", "")) == int(row["freight_cents"])
        assert sum(line["quantity"] for line in order["lines"]) == int(row["n_items"])
        assert order["buyer"] == row["customer_unique_id"]


def test_the_book_is_told_from_its_first_payment_to_its_last_delivery(book: Imported) -> None:
    assert book.summary.commands == {"place_order": 7433, "ship": 6425, "track": 5240, "cancel_order": 461}
    assert (book.summary.first_at, book.summary.last_at) == ("2016-10-04T13:18:57Z", "2018-09-06T01:22:01Z")


def test_the_core_reads_every_command(book: Imported) -> None:
    assert {read_command(each).verb.value for each in book.commands} == set(book.summary.commands)
