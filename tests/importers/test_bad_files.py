"""What makes a whole file unusable: one clear sentence with file and line, exit status 2, nothing half-written."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from amends.importers import importing
from amends.importers.__main__ import main
from amends.importers.mapping import load, parse
from amends.importers.source import Limits
from tests.importers.exports import HEADERS, ITEMS, ONE, ORDERS, PAYMENTS, REVIEWS, zipped

SHOP = """
currency = "EUR"
[orders]
id = "id"
buyer = "buyer"
seller = {always = "us"}
placed_at = "placed"
[items]
title = "what"
price = "price"
[payments]
amount = "paid"
"""
HEADER = "id,buyer,placed,what,price,paid\n"
ROW = "1,bo,2026-03-20T09:00:00Z,Kettle,45.00,45.00\n"


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(source: Path, mapping: str = "olist", *more: str) -> str:
        (tmp_path / "out").mkdir()
        targets = [tmp_path / "out" / name for name in ("commands.jsonl", "report.jsonl", "complaints.jsonl")]
        for target in targets:
            target.write_text("as before\n")
        out, report = str(targets[0]), str(targets[1])
        assert main([str(source), "--mapping", mapping, "--out", out, "--report", report, *more]) == 2
        assert [target.read_text() for target in targets] == ["as before\n"] * 3
        assert len(list((tmp_path / "out").iterdir())) == 3
        return capsys.readouterr().err

    return run


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.toml"
    path.write_text(SHOP)
    return str(path)


def csv(folder: Path, content: str | bytes) -> Path:
    path = folder / "shop.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "has no header"),
        ("\n\n", "has no header"),
        (HEADER.replace("price", "prize") + ROW, 'columns that are not there: "price" (did you mean "prize"?)'),
        (HEADER.replace(",", ";") + ROW, 'Is "," what stands between them?'),
        (HEADER.replace("what", "price") + ROW, '"what"'),
        (HEADER.replace("id,", "id,id,") + ROW, '"id" stands there twice'),
        (HEADER + ROW + '2,bo,2026-03-20T09:00:00Z,"Ket"tle,45.00,45.00\n', "line 3: the quotation marks are broken"),
        (
            HEADER + '1,bo,2026-03-20T09:00:00Z,"Kettle\n' + ROW * 3,
            "lines 2 to 5: a quotation mark is opened and never",
        ),
        (HEADER + '1,bo,2026-03-20T09:00:00Z,"' + "Kettle\n" * 30_000, "opened and never closed"),
        ((HEADER + ROW).encode() + b"2,bo,2026-03-20T09:00:00Z,Chaleira el\xe9trica,1,1\n", "line 3: the byte 0xe9"),
        ((HEADER + ROW).encode("utf-16"), "line 1: the byte 0xff"),
        (HEADER + "x" * 2_000_000, "longer than 1,048,576 characters"),
    ],
)
def test_a_csv_that_cannot_be_used(
    tmp_path: Path, shop: str, said: Callable[..., str], content: str | bytes, says: str
) -> None:
    message = said(csv(tmp_path, content), shop)
    assert says in message
    assert "shop.csv" in message
    assert message.count("\n") == 1


def test_a_missing_column_of_a_zip_names_its_file_and_all_that_are_missing(
    tmp_path: Path, said: Callable[..., str]
) -> None:
    headers = HEADERS | {PAYMENTS: "order_id,payment_sequential,kind,value"}
    message = said(zipped(tmp_path / "book.zip", ONE, headers))
    assert PAYMENTS in message
    assert '"payment_type"' in message
    assert '"payment_value"' in message


def test_a_file_missing_from_the_zip_is_named_with_the_nearest(tmp_path: Path, said: Callable[..., str]) -> None:
    rows = {name.replace("orders_dataset", "orders-dataset"): text for name, text in ONE.items()}
    headers = {name.replace("orders_dataset", "orders-dataset"): text for name, text in HEADERS.items()}
    assert 'did you mean "olist_orders-dataset.csv"?' in said(zipped(tmp_path / "book.zip", rows, headers))


def test_a_zip_in_a_folder_of_its_own_is_found(tmp_path: Path) -> None:
    rows = {f"export/{name}": text for name, text in ONE.items()}
    headers = {f"export/{name}": text for name, text in HEADERS.items()}
    book = zipped(tmp_path / "book.zip", rows, headers)
    summary = importing.run(book, load("olist"), tmp_path / "c.jsonl", tmp_path / "r.jsonl")
    assert summary.placed == 1


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 and then nothing", b"PK\x05\x06" + b"\0" * 5])
def test_a_zip_that_is_none(tmp_path: Path, said: Callable[..., str], content: bytes) -> None:
    path = tmp_path / "book.zip"
    path.write_bytes(content)
    assert "is no readable zip archive" in said(path)


def test_a_zip_whose_bytes_were_damaged_says_which_file_is_broken(tmp_path: Path, said: Callable[..., str]) -> None:
    path = zipped(tmp_path / "book.zip", ONE | {ORDERS: (ONE[ORDERS] + "\n") * 50})
    damaged = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(ORDERS).header_offset + 30 + len(ORDERS)
    damaged[start + 20 : start + 40] = bytes(20)
    path.write_bytes(damaged)
    message = said(path)
    assert ORDERS in message
    assert "broken inside" in message


def test_a_locked_zip_says_so(tmp_path: Path, said: Callable[..., str]) -> None:
    path = zipped(tmp_path / "book.zip", ONE)
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at != -1:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(raw)
    assert "locked with a password" in said(path)


def test_a_bomb_is_known_by_its_headers(tmp_path: Path, said: Callable[..., str]) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ONE:
            archive.writestr(name, HEADERS[name] + "\n" * (3_000_000 if name == REVIEWS else 1))
    assert "looks like a zip bomb" in said(path)


def test_a_bomb_that_lies_in_its_headers_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ONE:
            archive.writestr(name, HEADERS[name] + "\n" * (3_000_000 if name == ORDERS else 1))
        info = archive.getinfo(ORDERS)
        real = info.file_size
    raw = path.read_bytes().replace(struct.pack("<L", real), struct.pack("<L", 1000))
    path.write_bytes(raw)
    with pytest.raises(importing.Unusable, match=r"broken inside|zip bomb"):
        importing.run(path, load("olist"), tmp_path / "c.jsonl", tmp_path / "r.jsonl")


def test_what_is_unpacked_is_counted_whatever_the_headers_say(tmp_path: Path) -> None:
    path = tmp_path / "book.csv"
    path.write_text(HEADER + ROW * 100)
    with pytest.raises(importing.Unusable, match="more than the 1,000 bytes"):
        importing.run(path, parse(SHOP), tmp_path / "c", tmp_path / "r", limits=Limits(unpacked=1_000))
    book = zipped(tmp_path / "book.zip", ONE)
    for limits, says in (
        (Limits(unpacked=1_000), "more than the 1,000 bytes"),
        (Limits(members=3), "holds 8 files, more than the 3"),
    ):
        with pytest.raises(importing.Unusable, match=says):
            importing.run(book, load("olist"), tmp_path / "c", tmp_path / "r", limits=limits)


def test_one_file_for_a_mapping_of_many_says_what_is_missing(tmp_path: Path, said: Callable[..., str]) -> None:
    assert "put them into a zip" in said(csv(tmp_path, HEADER + ROW))


@pytest.mark.parametrize("place", ["nowhere.zip", "."])
def test_a_source_that_is_no_file(tmp_path: Path, said: Callable[..., str], place: str) -> None:
    message = said(tmp_path / place)
    assert "not there" in message or "a folder" in message


def test_where_the_results_cannot_be_written(tmp_path: Path, shop: str) -> None:
    source = csv(tmp_path, HEADER + ROW)
    for out, report, says in (
        (source, tmp_path / "r", "is the file to be read"),
        (tmp_path / "r", tmp_path / "r", "named twice"),
        (tmp_path, tmp_path / "r", "is a folder"),
        (tmp_path / "no" / "c", tmp_path / "r", "there is no folder"),
    ):
        with pytest.raises(importing.Unusable, match=says):
            importing.run(source, load(shop), out, report)
    assert source.read_text() == HEADER + ROW
    assert not (tmp_path / "r").exists()


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path, shop: str) -> None:
    resource = pytest.importorskip("resource", reason="this system sets no limit on the size of files")
    source = csv(tmp_path, HEADER + "".join(ROW.replace("1,", f"{n},", 1) for n in range(500)))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(importing.Unusable, match="cannot be written: File too large"):
            importing.run(source, load(shop), tmp_path / "c.jsonl", tmp_path / "r.jsonl")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.csv", "shop.toml"]


def test_a_run_that_is_interrupted_leaves_nothing_behind(tmp_path: Path, shop: str) -> None:
    source = csv(tmp_path, HEADER + ROW)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.run(source, load(shop), tmp_path / "c.jsonl", tmp_path / "r.jsonl", interrupt)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shop.csv", "shop.toml"]


def test_comments_with_commas_quotes_and_line_breaks_are_no_trouble(tmp_path: Path) -> None:
    comment = 'r1,o1,1,,"he said ""soon"",\r\n\r\nthen nothing",2018-03-20 00:00:00,2018-03-20 10:00:00'
    book = zipped(tmp_path / "book.zip", ONE | {REVIEWS: comment, ITEMS: ONE[ITEMS]})
    importing.run(book, load("olist"), tmp_path / "c.jsonl", tmp_path / "r.jsonl")
    assert r"he said \"soon\",\r\n\r\nthen nothing" in (tmp_path / "complaints.jsonl").read_text()


def test_the_same_file_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    book = zipped(tmp_path / "book.zip", ONE)
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        importing.run(book, load("olist"), folder / "c.jsonl", folder / "r.jsonl")
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()
