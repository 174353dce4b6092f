"""Small hand-made exports, and an import of them whose three files have been read back."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Mapping as Table
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amends.importers import importing
from amends.importers.mapping import Mapping, load

ORDERS = "olist_orders_dataset.csv"
ITEMS = "olist_order_items_dataset.csv"
PAYMENTS = "olist_order_payments_dataset.csv"
REVIEWS = "olist_order_reviews_dataset.csv"
CUSTOMERS = "olist_customers_dataset.csv"
SELLERS = "olist_sellers_dataset.csv"
PRODUCTS = "olist_products_dataset.csv"
CATEGORIES = "product_category_name_translation.csv"

HEADERS = {
    ORDERS: "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date",
    ITEMS: "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
    PAYMENTS: "order_id,payment_sequential,payment_type,payment_installments,payment_value",
    REVIEWS: "review_id,order_id,review_score,review_comment_title,review_comment_message,"
    "review_creation_date,review_answer_timestamp",
    CUSTOMERS: "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state",
    SELLERS: "seller_id,seller_zip_code_prefix,seller_city,seller_state",
    PRODUCTS: "product_id,product_category_name",
    CATEGORIES: "product_category_name,product_category_name_english",
}

# One order, bought, approved, handed over and delivered in March 2018, in the layout of the real export.
ONE = {
    ORDERS: "o1,c1,delivered,2018-03-01 10:00:00,2018-03-01 10:30:00,2018-03-02 09:00:00,2018-03-05 15:00:00,"
    "2018-03-10 00:00:00",
    ITEMS: "o1,1,kettle,li,2018-03-03 00:00:00,45.0,5.0",
    PAYMENTS: "o1,1,credit_card,1,50.00",
    REVIEWS: "",
    CUSTOMERS: "c1,bo,01000,sao paulo,SP",
    SELLERS: "li,02000,campinas,SP\nwu,03000,santos,SP",
    PRODUCTS: "kettle,cozinha\nlamp,",
    CATEGORIES: "cozinha,kitchen",
}


def order(status: str = "delivered", **dates: str) -> str:
    """The row of order o1 with another status, or other dates: bought, approved, handed_over, delivered, due."""
    usual = {
        "bought": "2018-03-01 10:00:00",
        "approved": "2018-03-01 10:30:00",
        "handed_over": "2018-03-02 09:00:00",
        "delivered": "2018-03-05 15:00:00",
        "due": "2018-03-10 00:00:00",
    }
    return ",".join(("o1", "c1", status, *(usual | dates).values()))


@dataclass(frozen=True)
class Imported:
    """What an import left behind."""

    summary: importing.Summary
    commands: list[dict[str, Any]]
    complaints: list[dict[str, Any]]
    report: list[dict[str, Any]]

    def verdict(self, row: int, file: str = ORDERS) -> dict[str, Any]:
        """The verdict on the row that begins on that line."""
        (found,) = [line for line in self.report if (line["file"], line["row"]) == (file, row)]
        return found

    def codes(self, file: str = ORDERS) -> list[str]:
        """Every code the report has on a file, further remarks included."""
        lines = [line for line in self.report if line["file"] == file]
        return [code for line in lines for code in (line["code"], *(each["code"] for each in line.get("also", [])))]

    def told(self, order: str = "o1") -> list[tuple[str, str]]:
        """When what happened to an order."""
        return [(each["at"], each["do"]) for each in self.commands if each["order"] == order]

    def command(self, verb: str, order: str = "o1") -> dict[str, Any]:
        (found,) = [each for each in self.commands if (each["do"], each["order"]) == (verb, order)]
        return found


def imported(source: Path, mapping: Mapping, **more: Any) -> Imported:
    """Import `source` beside itself, check that everything adds up, and read the files back."""
    out, report = source.with_name("commands.jsonl"), source.with_name("report.jsonl")
    summary = importing.run(source, mapping, out, report, **more)
    found = Imported(summary, lines(out), lines(source.with_name("complaints.jsonl")), lines(report))
    _adds_up(found)
    return found


def olist(folder: Path, **tables: Any) -> Imported:
    """Import the one order with other rows in some tables, as the shipped mapping reads them."""
    return imported(zipped(folder / "book.zip", {**ONE, **tables.pop("rows", {})}), load("olist"), **tables)


def zipped(path: Path, rows: Table[str, str], headers: Table[str, str] = HEADERS) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in rows.items():
            archive.writestr(name, f"{headers[name]}\n{text}\n" if text else f"{headers[name]}\n")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n")[:-1]]


def _adds_up(found: Imported) -> None:
    """Counted again from the files, not from the summary."""
    for table in found.summary.tables:
        verdicts = Counter(line["verdict"] for line in found.report if line["file"] == table.file)
        assert (verdicts["taken"], verdicts["noted"], verdicts["refused"]) == table[2:]
        assert sum(verdicts.values()) == table.rows
    for money in found.summary.money:
        assert money.source == money.taken + money.refused
    instants = [each["at"] for each in found.commands]
    assert instants == sorted(instants)
