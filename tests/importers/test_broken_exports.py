"""Exports broken at random: an answer or a sentence, never a traceback, and the books always balance."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from amends.importers import importing
from amends.importers.mapping import load, parse
from tests.importers.exports import HEADERS, ITEMS, ONE, ORDERS, PAYMENTS, imported, zipped

FLAT = parse(
    """
zone = "America/Sao_Paulo"
[orders]
id = "id"
buyer = "buyer"
seller = {always = "us"}
currency = "currency"
placed_at = "placed"
shipped_at = "shipped"
delivered_at = "delivered"
cancelled_at = "cancelled"
[items]
title = "what"
price = "price"
quantity = "pieces"
[payments]
amount = "paid"
[complaints]
at = "wrote"
text = "words"
"""
)
COLUMNS = "id,buyer,currency,placed,shipped,delivered,cancelled,what,price,pieces,paid,wrote,words"
CELL = st.one_of(
    st.sampled_from(
        [
            *("", "1", "2", "1-1", "0.00", "45.00", "45.005", "-1", "1e9", "9" * 15, "9" * 25, "BRL", "JPY", "XXX"),
            *(
                "2018-03-01 10:00:00",
                "2018-02-17 23:30:00",
                "2017-10-15 00:30:00",
                "2018-03-01T10:00:00Z",
                "2018-03-01",
            ),
            *("0001-01-01", "9999-12-31", '"', '""', "a\nb", "a\rb", "\x00", "\ufeff", "\u2028", "é", "٣"),
        ]
    ),
    st.text(max_size=8),
)
ROW = st.lists(CELL, min_size=11, max_size=14).map(",".join)


def import_flat(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "flat.csv"
        source.write_bytes(content)
        try:
            imported(source, FLAT)
        except importing.Unusable as fault:
            assert "flat.csv" in str(fault)  # noqa: PT017
            assert [path.name for path in Path(folder).iterdir()] == ["flat.csv"]


@given(st.lists(ROW, max_size=6))
def test_cells_of_any_kind(rows: list[str]) -> None:
    import_flat("\n".join((COLUMNS, *rows)).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200), st.booleans())
def test_bytes_of_any_kind(junk: bytes, headed: bool) -> None:
    import_flat(COLUMNS.encode() + b"\n" + junk if headed else junk)


@given(st.data())
def test_a_sound_order_with_one_byte_changed(data: st.DataObject) -> None:
    sound = (
        f"{COLUMNS}\n1,bo,BRL,2018-03-01 10:00:00,2018-03-02 10:00:00,2018-03-03 10:00:00,,Kettle,45.00,1,45.00,,\n"
        '2,al,JPY,2018-03-01 10:00:00,,,2018-03-02 10:00:00,"Tea, green",900,2,1800,2018-04-01 10:00:00,"cold\ntea"\n'
    ).encode()
    at = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.integers(0, 255))
    import_flat(sound[:at] + bytes([byte]) + sound[at + 1 :])


@given(st.data())
def test_a_zip_with_some_bytes_changed_or_cut_off(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = zipped(Path(folder) / "book.zip", ONE, HEADERS)
        raw = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(0, 3))):
            raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw)
        with contextlib.suppress(importing.Unusable):
            imported(path, load("olist"))


@given(st.lists(st.tuples(st.sampled_from([ORDERS, ITEMS, PAYMENTS]), ROW), max_size=6))
def test_three_files_with_rows_of_any_kind(rows: list[tuple[str, str]]) -> None:
    mixed = dict(ONE)
    for file, row in rows:
        mixed[file] += f"\no1,{row}"
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(importing.Unusable):
        imported(zipped(Path(folder) / "book.zip", mixed), load("olist"))


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.lists(st.integers(0, 10**9), min_size=1, max_size=4))
def test_the_parts_of_a_split_order_hold_exactly_what_was_paid(prices: list[int], payments: list[int]) -> None:
    items = "\n".join(f"o1,{n},p{n},s{n},,{price / 100:.2f},0.00" for n, price in enumerate(prices, 1))
    paid = "\n".join(f"o1,{n},card,1,{minor / 100:.2f}" for n, minor in enumerate(payments, 1))
    with tempfile.TemporaryDirectory() as folder:
        found = imported(zipped(Path(folder) / "book.zip", ONE | {ITEMS: items, PAYMENTS: paid}), load("olist"))
    placed = [each for each in found.commands if each["do"] == "place_order"]
    held = sum(int(each["amount"].replace(".", "")) for order in placed for each in order["payments"])
    assert held == sum(payments)
    (money,) = found.summary.money
    assert (money.taken, money.refused) == (sum(payments), 0)
