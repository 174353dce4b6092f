"""A mapping is checked as a whole: every problem by its key path, with the nearest known key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.importers.mapping import MappingError, load, parse, shipped
from amends.importers.report import MoneyCount
from tests.importers.exports import Imported, imported

DOCUMENTED = Path(__file__).parents[2] / "docs" / "importing.md"
EXAMPLE = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)

LEAST = """
currency = "EUR"
[orders]
id = "id"
buyer = "buyer"
placed_at = "placed"
[items]
title = "what"
seller = "seller"
price = "price"
[payments]
amount = "paid"
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(MappingError) as raised:
        parse(text, where="mine.toml")
    return raised.value.problems


def test_the_shipped_mappings_load_by_name() -> None:
    assert shipped() == ("olist",)
    assert load("olist").zone == "America/Sao_Paulo"


def test_the_least_a_mapping_can_say_is_enough() -> None:
    assert parse(LEAST).files == ("",)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('currency = "EUR"', 'curency = "EUR"', 'curency is not known here; did you mean "currency"?'),
        ('currency = "EUR"', "", 'currency is missing; write currency = "EUR", or orders.currency'),
        ('currency = "EUR"', 'currency = "EUO"', 'currency is "EUO", no currency of ISO 4217; did you mean'),
        ('currency = "EUR"', "currency = 5", "currency is 5; write text in quotation marks"),
        ('id = "id"', 'id = ""', "orders.id is ''; write a column's name"),
        ('id = "id"', "id = {first = []}", "orders.id is {'first': []}; write a column's name"),
        ('id = "id"', 'id = {always = "1", join = ["a"]}', "orders.id is"),
        ('id = "id"', "", "orders.id is missing; name the column that holds it"),
        ('placed_at = "placed"', 'placed = "placed"', 'orders.placed is not known here; did you mean "placed_at"?'),
        ('seller = "seller"', "", "items.seller is missing, and so is orders.seller"),
        ("[payments]", "[payment]", "payments is missing; add a table [payments]"),
        (
            "[payments]",
            '[payments]\nfile = "p.csv"',
            "payments.order is missing; name the column that says which order",
        ),
        ("[payments]", '[payments]\nfile = "p.csv"', "orders.file is missing; payments has a file of its own"),
        ("[payments]", '[payments]\ninside = "payments"', 'payments.inside is for format = "jsonl" only'),
        ("[orders]", '[status]\nSent = "shiped"\n[orders]', 'status.Sent is "shiped"; write one of placed, shipped,'),
        ("[orders]", '[status]\nSent = "shipped"\n[orders]', "orders.status is missing; name the column"),
        ("[orders]", '[orders]\nstatus = "state"', "status is missing; add a table [status]"),
        ("[orders]", 'zone = "Europe/Warszawa"\n[orders]', 'zone is "Europe/Warszawa", no zone of the IANA database'),
        ("[orders]", 'zone = "../etc/passwd"\n[orders]', "no zone of the IANA database"),
        ("[orders]", 'encoding = "utf8-ish"\n[orders]', 'encoding is "utf8-ish", which is not read here'),
        ("[orders]", 'encoding = "utf-16"\n[orders]', 'encoding is "utf-16", which is not read here'),
        ("[orders]", 'delimiter = ";;"\n[orders]', 'delimiter is ";;"; write a single character'),
        ("[orders]", 'decimal_mark = "x"\n[orders]', 'decimal_mark is "x"; write "." or ","'),
        ("[orders]", 'digit_grouping = "."\n[orders]', 'digit_grouping is "." like decimal_mark'),
        ("[orders]", 'time_format = "dd/mm"\n[orders]', 'time_format is "dd/mm"; write "iso" or a pattern'),
        ("[orders]", 'due_is = "week"\n[orders]', 'due_is is "week"; write one of day, instant'),
        ("[orders]", 'format = "xlsx"\n[orders]', 'format is "xlsx"; write one of csv, jsonl'),
        ("[orders]", '[orders]\nlookup = {custmers = "c"}', "orders.lookup.custmers names no lookup"),
        ("[orders]", '[lookups.c]\nfile = "c.csv"\n[orders]', "lookups.c.key is missing; a lookup is a file and"),
        (
            'buyer = "buyer"',
            'buyer = "people.name"\n[lookups.people]\nfile = "p.csv"\nkey = "id"\n[orders.note]\n',
            'orders.buyer goes over "people", but no lookup table here says which column is its key',
        ),
    ],
)
def test_a_problem_is_named_by_its_key_path(old: str, new: str, problem: str) -> None:
    found = problems(LEAST.replace(old, new, 1))
    assert any(each.startswith(problem) or problem in each for each in found), found


def test_all_problems_are_told_at_once() -> None:
    text = LEAST.replace("EUR", "EUX").replace('price = "price"', "").replace('id = "id"', 'idd = "id"')
    assert len(problems(text)) == 4  # the currency, the unknown key, and two that are missing
    with pytest.raises(MappingError, match=r"(?s)mine\.toml: .*\nmine\.toml: "):
        parse(text, where="mine.toml")


def test_what_is_no_toml_says_where() -> None:
    (problem,) = problems("[orders\nid = 1")
    assert "at line 1" in problem


def test_two_sections_cannot_read_the_same_file() -> None:
    text = LEAST.replace("[orders]", '[orders]\nfile = "o.csv"').replace(
        "[payments]", '[payments]\nfile = "o.csv"\norder = "id"'
    )
    assert 'payments.file is "o.csv", the file of orders already' in problems(text)


@pytest.mark.parametrize("name", ["olst", "no/such/file.toml"])
def test_a_mapping_that_is_not_there(name: str) -> None:
    with pytest.raises(MappingError, match=r'did you mean "olist"|cannot be read'):
        load(name)


def test_a_mapping_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes('name = "ção"'.encode("latin-1"))
    with pytest.raises(MappingError, match="is not UTF-8"):
        load(str(path))


TOML_VALUE = st.sampled_from(['""', "1", "[]", "{}", '"x"', '{first=["a"]}', '{always="x"}', '["a"]', "true", '"csv"'])
KEYS = st.sampled_from(
    [
        "name",
        "zone",
        "currency",
        "format",
        "delimiter",
        "orders",
        "items",
        "payments",
        "lookups",
        "status",
        "complaints",
    ]
)


@given(st.dictionaries(KEYS, TOML_VALUE), st.text(max_size=30))
def test_no_mapping_however_strange_is_answered_with_a_traceback(keys: dict[str, str], junk: str) -> None:
    for text in ("".join(f"{key} = {value}\n" for key, value in keys.items()), LEAST + junk, junk):
        try:
            parse(text)
        except MappingError as fault:
            assert fault.problems  # noqa: PT017


# ---------------------------------------------------------------- the examples of the documentation


@pytest.fixture
def documented(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name, text in EXAMPLE.findall(DOCUMENTED.read_text(encoding="utf-8")):
        found[name] = tmp_path / name
        found[name].write_text(text, encoding="windows-1252" if name.endswith(".csv") else "utf-8")
    return found


def example(documented: dict[str, Path], source: str) -> Imported:
    return imported(documented[source], load(str(documented[source].with_suffix(".toml"))))


def test_the_documented_spreadsheet_imports_as_documented(documented: dict[str, Path]) -> None:
    found = example(documented, "shop.csv")
    assert found.codes("shop.csv") == ["taken", "taken", "amount_malformed"]
    kettle, table = found.command("place_order", "1001"), found.command("place_order", "1002")
    assert kettle["destination"] == {"country": "PT", "city": "Porto"}
    assert kettle["payments"] == [{"reference": "1001", "method": "MB Way", "amount": "49.50"}]
    assert found.command("ship", "1001")["delivery_due"] == "2026-03-10T23:59:59Z"
    assert table["lines"] == [{"id": "1", "title": "Mesa de carvalho", "price": "1249.00", "quantity": 2}]
    assert found.command("ship", "1002")["at"] == "2026-03-30T07:00:00Z"  # summer time has begun in between
    assert found.summary.money == (MoneyCount("EUR", 255985, 254750, 1235),)


def test_the_documented_json_lines_import_as_documented(documented: dict[str, Path]) -> None:
    found = example(documented, "market.jsonl")
    assert [each["order"] for each in found.commands if each["do"] == "place_order"] == ["8", "7-1", "7-2"]
    kettle, lamps = found.command("place_order", "7-1"), found.command("place_order", "7-2")
    assert [each["amount"] for each in kettle["payments"]] == ["43.77", "6.23"]
    assert [each["amount"] for each in lamps["payments"]] == ["26.53", "3.77"]
    assert lamps["lines"] == [{"id": "2", "title": "Lamp", "price": "10.10", "quantity": 3}]
    assert found.command("ship", "7-1")["tracking"] == "RR123456785CN"
    assert found.told("8") == [("2026-03-20T01:00:00Z", "place_order"), ("2026-03-20T02:00:00Z", "cancel_order")]
    assert {each["at"] for each in found.complaints} == {"2026-06-01T10:00:00Z"}
    assert [money.currency for money in found.summary.money] == ["JPY", "USD"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "row_malformed"),
        ("[1]", "row_malformed"),
        ('{"id": NaN}', "row_malformed"),
        ('{"id": {"a": 1}}', "row_malformed"),
        ('{"id": "x", "lines": 5}', "row_malformed"),
        ('{"id": "x", "lines": [5]}', "row_malformed"),
        ('{"id": "\\ud800"}', "row_malformed"),
        ("[" * 100_000, "row_malformed"),
        ('{"id": null}', "missing_value"),
        ('{"id": "x", "currency": "XTS"}', "unknown_currency"),
        ('{"id": "x", "currency": "USD"}', "no_lines"),
        (
            '{"id": "x", "currency": "USD", "lines": [{"name": "a", "shop": "b", "unit_price": 1e400}]}',
            "amount_malformed",
        ),
        (
            '{"id": "x", "currency": "JPY", "lines": [{"name": "a", "shop": "b", "unit_price": 1.5}]}',
            "amount_malformed",
        ),
        (
            '{"id": "x", "currency": "JPY", "lines": [{"name": "a", "shop": "b", "unit_price": 1, "pieces": 0}]}',
            "quantity_malformed",
        ),
        (
            '{"id": "x", "currency": "JPY", "lines": [{"name": "a", "shop": "b", "unit_price": 1}], '
            '"customer": {"ref": "c"}, "created": "2026-03-20T09:00:00"}',
            "time_without_zone",
        ),
    ],
)
def test_a_bad_line_is_refused_and_the_others_go_on(documented: dict[str, Path], line: str, code: str) -> None:
    source = documented["market.jsonl"]
    source.write_text(f"{line}\n{source.read_text(encoding='utf-8')}", encoding="utf-8")
    found = example(documented, "market.jsonl")
    assert found.codes("market.jsonl") == [code, "split_by_seller", "taken"]


def test_json_lines_in_which_no_line_has_the_key_are_unusable(documented: dict[str, Path]) -> None:
    mapping = documented["market.toml"]
    mapping.write_text(mapping.read_text(encoding="utf-8").replace('"created"', '"create"'), encoding="utf-8")
    with pytest.raises(Exception, match=r'keys that no line has: "create" \(did you mean "created"\?'):
        example(documented, "market.jsonl")


def test_a_key_no_line_has_is_told_even_if_it_may_be_empty(documented: dict[str, Path]) -> None:
    assert "market.jsonl: parcel.delivered" in example(documented, "market.jsonl").summary.never_seen


@pytest.mark.parametrize(("discount", "code"), [("5.00", "taken"), ("45.01", "discount_above_price")])
def test_delivery_and_discount_of_the_whole_order(tmp_path: Path, discount: str, code: str) -> None:
    source = tmp_path / "shop.csv"
    source.write_text(
        "id,buyer,placed,what,seller,price,paid,delivery,less\n"
        f"1,bo,2026-03-20T09:00:00Z,Kettle,li,45.00,43.00,3.00,{discount}\n"
    )
    mapping = parse(LEAST.replace("[orders]", '[orders]\nshipping = "delivery"\ndiscount = "less"'))
    found = imported(source, mapping)
    assert found.codes("shop.csv") == [code]
    if code == "taken":
        placed = found.command("place_order", "1")
        assert (placed["shipping"], placed["discount"]) == ("3.00", "5.00")
