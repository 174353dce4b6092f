"""B7, the parsing half: how fast an export becomes commands, against what csv and json alone need for its rows.

`python -m bench.import_bench [FILE]`: FILE is the Olist zip; without it, and where ../shared is absent, a made-up book
in the same layout. Import and yardstick run in turns in one process, so that a busy machine slows both; figures are
medians of CPU time. The yardstick reads every row with `csv` and writes it with `json`, and decides nothing.
"""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from amends.importers import importing
from amends.importers.mapping import load

REAL = Path(__file__).parents[2] / "shared" / "data" / "olist" / "olist_subset_8135_raw_csv.zip"
FLOOR, GOAL = 1_700, 6_500
ROUNDS = 7


def measure(source: Path, rounds: int = ROUNDS) -> dict[str, object]:
    """Orders a second of both, and their ratio: 1.0 would be as fast as copying the rows."""
    mapping = load("olist")
    with tempfile.TemporaryDirectory() as folder:
        out, report, copy = (Path(folder) / name for name in ("commands.jsonl", "report.jsonl", "copy.jsonl"))
        summary = importing.run(source, mapping, out, report)
        ours: list[float] = []
        yardstick: list[float] = []
        walls: list[float] = []
        for _ in range(rounds):
            wall = time.perf_counter()
            ours.append(_cpu(lambda: importing.run(source, mapping, out, report)))
            walls.append(time.perf_counter() - wall)
            yardstick.append(_cpu(lambda: copy_rows(source, copy)))
    orders = summary.orders
    return {
        "benchmark": "B7 import, parsing half",
        "source": source.name if source == REAL else "made up",
        "orders": orders,
        "rows": sum(table.rows for table in summary.tables),
        "commands": sum(summary.commands.values()),
        "orders_per_second": round(orders / statistics.median(ours)),
        "orders_per_second_wall": round(orders / statistics.median(walls)),
        "yardstick_orders_per_second": round(orders / statistics.median(yardstick)),
        "ratio_to_csv_and_json": round(statistics.median(yardstick) / statistics.median(ours), 3),
        "floor": FLOOR,
        "goal": GOAL,
        "rounds": rounds,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": {"cpu": _cpu_name(), "cores": os.cpu_count(), "python": platform.python_version()},
    }


def copy_rows(source: Path, copy: Path) -> int:
    """Read every row of every table with csv, write it with json; the least any import must do."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    count = 0
    with zipfile.ZipFile(source) as archive, copy.open("w", encoding="utf-8") as file:
        for name in archive.namelist():
            with archive.open(name) as member:
                reader = csv.reader(io.TextIOWrapper(member, encoding="utf-8", newline=""))
                header = next(reader)
                for row in reader:
                    file.write(encode(dict(zip(header, row, strict=True))) + "\n")
                    count += 1
        file.flush()
        os.fsync(file.fileno())
    return count


def make_up(path: Path, orders: int = 8_000, seed: int = 1) -> Path:
    """A book in the layout of the real one: an order in twenty by two sellers, one in thirty paid twice."""
    chance = random.Random(seed)
    tables: dict[str, list[str]] = {
        "olist_orders_dataset.csv": [
            "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
            "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
        ],
        "olist_order_items_dataset.csv": [
            "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"
        ],
        "olist_order_payments_dataset.csv": [
            "order_id,payment_sequential,payment_type,payment_installments,payment_value"
        ],
        "olist_order_reviews_dataset.csv": [
            "review_id,order_id,review_score,review_comment_title,review_comment_message,"
            "review_creation_date,review_answer_timestamp"
        ],
        "olist_customers_dataset.csv": ["customer_id,customer_unique_id,customer_city"],
        "olist_sellers_dataset.csv": ["seller_id,seller_city", *(f"{n:032x},city {n}" for n in range(500))],
        "olist_products_dataset.csv": [
            "product_id,product_category_name",
            *(f"{n:032x},c{n % 70}" for n in range(900)),
        ],
        "product_category_name_translation.csv": [
            "product_category_name,product_category_name_english",
            *(f"c{n},category {n}" for n in range(70)),
        ],
    }
    for number in range(orders):
        _one(number, chance, list(tables.values()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            archive.writestr(name, "\n".join(rows) + "\n")
    return path


def _one(number: int, chance: random.Random, tables: list[list[str]]) -> None:
    orders, items, payments, reviews, customers = tables[:5]
    key, bought = f"{chance.getrandbits(128):032x}", datetime(2018, 3, 1) + timedelta(minutes=number * 7)  # noqa: DTZ001
    sent, came = bought + timedelta(days=2), bought + timedelta(days=9)
    delivered = chance.random() < 0.8
    orders.append(
        f"{key},{number:032x},{'delivered' if delivered else 'shipped'},{bought},{bought + timedelta(minutes=20)},"
        f"{sent},{came if delivered else ''},{(bought + timedelta(days=20)).date()} 00:00:00"
    )
    customers.append(f"{number:032x},{number % 7000:032x},city {number % 300}")
    price, pieces = chance.randrange(1_000, 50_000), 2 if number % 20 == 0 else 1
    for item in range(1, pieces + 1):
        product, seller = chance.randrange(900), chance.randrange(500)
        items.append(f"{key},{item},{product:032x},{seller:032x},{sent},{price / 100:.2f},9.90")
    total, parts = (price + 990) * pieces, 2 if number % 30 == 0 else 1
    for part in range(1, parts + 1):
        payments.append(f"{key},{part},credit_card,1,{total / parts / 100:.2f}")
    reviews.append(f'{number:032x},{key},{chance.randint(1, 5)},,"bem, obrigado\nsim",{came},{came}')


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _cpu_name() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    return next((line.split(": ", 1)[1] for line in text.splitlines() if line.startswith("model name")), "unknown")


def main() -> int:
    """Measure and print the result as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL
        source = given if given.exists() else make_up(Path(folder) / "book.zip")
        print(json.dumps(measure(source), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
