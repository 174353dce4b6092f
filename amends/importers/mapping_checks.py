"""Checking a mapping: every key known, every value possible, every lookup there; all problems at once."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from amends.core.money import EXPONENTS

from .faults import nearest, shown
from .shape import Always, Column, Field, First, Join, Mapping, MappingError, Meaning, Section

# Only encodings in which a line break is the byte 0x0A and nothing else, so that a broken byte can be given a line.
ENCODINGS: Final = (
    "utf-8",
    *(f"iso-8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *(f"windows-{n}" for n in range(1250, 1259)),
    "gb18030",
    "shift_jis",
    "euc-kr",
    "big5",
)
FORMATS: Final = ("csv", "jsonl")
_TOP: Final = (
    *("name", "about", "format", "encoding", "delimiter", "zone", "currency", "decimal_mark", "digit_grouping"),
    *("time_format", "due_is", "never_paid", "status", "orders", "items", "payments", "complaints", "lookups"),
)


class _Keys(NamedTuple):
    """The fields a section knows; those it cannot do without first."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


_KEYS: Final = {
    "orders": _Keys(
        ("id", "buyer", "placed_at"),
        (
            *("seller", "status", "currency", "paid_at", "shipped_at", "delivered_at", "cancelled_at", "delivery_due"),
            *("shipping", "discount", "country", "city", "return_country", "return_city", "tracking", "carrier"),
        ),
    ),
    "items": _Keys(
        ("title", "price"),
        ("order", "id", "product", "seller", "quantity", "shipping", "return_country", "return_city"),
    ),
    "payments": _Keys(("amount",), ("order", "reference", "method")),
    "complaints": _Keys(("at",), ("order", "id", "score", "text")),
}


def checked(text: str, where: str) -> Mapping:
    """The mapping in `text`, or a `MappingError` with every problem."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise MappingError(where, (f"is no TOML: {fault}",)) from None
    except RecursionError:
        raise MappingError(where, ("is no mapping: its values are nested too deep",)) from None
    desk = _Desk([])
    mapping = _mapping(desk, document)
    if mapping is None or desk.problems:
        raise MappingError(where, tuple(desk.problems))
    return mapping


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the problems are collected while everything else is still being read."""

    problems: list[str]

    def wrong(self, path: str, what: str) -> None:
        self.problems.append(f"{path} {what}")

    def known(self, path: str, table: dict[str, object], keys: Iterable[str]) -> None:
        allowed = tuple(keys)
        for key in table:
            if key not in allowed:
                self.wrong(_at(path, key), f"is not known here{nearest(key, allowed)}")

    def text(self, path: str, table: dict[str, object], key: str, default: str) -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self.wrong(_at(path, key), f"is {value!r}; write text in quotation marks")
        return default

    def one_of(self, table: dict[str, object], key: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text("", table, key, default)
        if value not in allowed:
            self.wrong(key, f"is {shown(value)}; write one of {', '.join(allowed)}{nearest(value, allowed)}")
        return value

    def table(self, path: str, table: dict[str, object], key: str) -> dict[str, object]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        self.wrong(_at(path, key), f"is {value!r}; write a table: [{_at(path, key)}]")
        return {}


def _at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _mapping(desk: _Desk, top: dict[str, object]) -> Mapping | None:
    desk.known("", top, _TOP)
    form = desk.one_of(top, "format", "csv", FORMATS)
    declared = desk.table("", top, "lookups")
    sections = _Sections(desk, nested=form == "jsonl", declared=declared)
    lookups = {name: sections.lookup(name) for name in declared}
    found = {name: sections.section(top, name) for name in _KEYS}
    orders, items, payments = found["orders"], found["items"], found["payments"]
    if orders is None or items is None or payments is None:
        return None
    _sellers(desk, orders, items)
    _files(desk, found)
    return Mapping(
        name=desk.text("", top, "name", "unnamed"),
        format=form,
        encoding=_encoding(desk, top),
        delimiter=_single(desk, top, "delimiter", ",", "a single character, such as ; or a tab"),
        zone=_zone(desk, top),
        currency=_currency(desk, top, orders),
        decimal_mark=_mark(desk, top),
        digit_grouping=_grouping(desk, top),
        time_format=_time_format(desk, top),
        due_is_day=desk.one_of(top, "due_is", "day", ("day", "instant")) == "day",
        never_paid_is_refused=desk.one_of(top, "never_paid", "refuse", ("refuse", "placed_at")) == "refuse",
        status=_status(desk, top, orders),
        orders=orders,
        items=items,
        payments=payments,
        complaints=found["complaints"],
        lookups=lookups,
    )


class _Sections:
    """Reads the sections; knows which lookups are declared, so that `customers.city` finds its way."""

    def __init__(self, desk: _Desk, *, nested: bool, declared: dict[str, object]) -> None:
        self._desk = desk
        self._nested = nested
        self._declared = {name: body for name, body in declared.items() if isinstance(body, dict)}
        for name in declared.keys() - self._declared.keys():
            desk.wrong(f"lookups.{name}", f"is {declared[name]!r}; write a table: [lookups.{name}]")

    def section(self, top: dict[str, object], name: str) -> Section | None:
        if name not in top:
            if name != "complaints":
                self._desk.wrong(name, f"is missing; add a table [{name}] that says which column is what")
            return None
        body = self._desk.table("", top, name)
        keys = _KEYS[name]
        extras = ("file", "lookup", "note") if name == "orders" else ("file", "inside", "lookup")
        self._desk.known(name, body, (*keys.required, *keys.optional, *extras))
        linked = self._linked(name, body)
        inside = self._desk.text(name, body, "inside", "")
        fields = self._fields(name, {k: v for k, v in body.items() if k in (*keys.required, *keys.optional)}, linked)
        for key in keys.required:
            if key not in body:
                self._desk.wrong(f"{name}.{key}", "is missing; name the column that holds it")
        if inside and not self._nested:
            self._desk.wrong(f"{name}.inside", 'is for format = "jsonl" only; a CSV has no lists inside its rows')
        note = self._fields(f"{name}.note", self._desk.table(name, body, "note"), linked)
        return Section(name, self._desk.text(name, body, "file", ""), inside, fields, self._keys(name, linked), note)

    def lookup(self, name: str) -> Section:
        path, body = f"lookups.{name}", self._declared.get(name, {})
        self._desk.known(path, body, ("file", "key", "lookup"))
        for key in ("file", "key"):
            if body and not body.get(key):
                self._desk.wrong(f"{path}.{key}", "is missing; a lookup is a file and the column that holds its key")
        key_column = Column(self._desk.text(path, body, "key", ""))
        linked = self._linked(path, body)
        return Section(path, self._desk.text(path, body, "file", ""), "", {"key": key_column}, self._keys(path, linked))

    def _linked(self, path: str, body: dict[str, object]) -> dict[str, object]:
        linked = self._desk.table(path, body, "lookup")
        for name in linked:
            if name not in self._declared:
                hint = nearest(name, self._declared)
                self._desk.wrong(f"{path}.lookup.{name}", f"names no lookup; add [lookups.{name}]{hint}")
        return linked

    def _keys(self, path: str, linked: dict[str, object]) -> dict[str, Column]:
        return {name: Column(self._desk.text(f"{path}.lookup", linked, name, "")) for name in linked}

    def _fields(self, path: str, body: dict[str, object], linked: dict[str, object]) -> dict[str, Field]:
        found = {key: self._field(_at(path, key), value, linked) for key, value in body.items()}
        return {key: value for key, value in found.items() if value is not None}

    def _field(self, path: str, value: object, linked: dict[str, object]) -> Field | None:
        match value:
            case str() if value:
                return self._column(path, value, linked)
            case {"always": str(text), **rest} if not rest:
                return Always(text)
            case {"first": [_, *_] as names, **rest} if not rest and all(isinstance(n, str) for n in names):
                return First(tuple(self._column(path, name, linked) for name in names))
            case {"join": [_, *_] as names, **rest} if all(isinstance(n, str) for n in names) and rest.keys() <= {
                "between"
            }:
                between = self._desk.text(path, {"between": rest.get("between", "-")}, "between", "-")
                return Join(tuple(self._column(path, name, linked) for name in names), between)
            case _:
                self._desk.wrong(
                    path,
                    f'is {value!r}; write a column\'s name, or {{always = "text"}}, {{first = ["a", "b"]}}, '
                    '{join = ["a", "b"], between = "-"}',
                )
                return None

    def _column(self, path: str, written: str, linked: dict[str, object]) -> Column:
        lookups: list[str] = []
        rest, reachable = written, linked
        while "." in rest and rest.split(".", 1)[0] in reachable:
            step, rest = rest.split(".", 1)
            lookups.append(step)
            onwards = self._declared.get(step, {}).get("lookup", {})
            reachable = onwards if isinstance(onwards, dict) else {}
        head = rest.split(".", 1)[0]
        if "." in rest and head in self._declared:
            self._desk.wrong(path, f"goes over {shown(head)}, but no lookup table here says which column is its key")
        return Column(rest, tuple(lookups))


def _sellers(desk: _Desk, orders: Section, items: Section) -> None:
    if "seller" not in orders.fields and "seller" not in items.fields:
        desk.wrong("items.seller", "is missing, and so is orders.seller; name the column that says who sold")


def _files(desk: _Desk, found: dict[str, Section | None]) -> None:
    taken: dict[str, str] = {}
    for name, section in found.items():
        if section is not None and section.file:
            if section.file in taken:
                desk.wrong(f"{name}.file", f"is {shown(section.file)}, the file of {taken[section.file]} already")
            taken.setdefault(section.file, name)
    for name, section in found.items():
        if section is None or name == "orders":
            continue
        if section.file and section.inside:
            desk.wrong(f"{name}.inside", "and file cannot both be said; a list inside an order has no file of its own")
        if section.file and "order" not in section.fields:
            desk.wrong(f"{name}.order", "is missing; name the column that says which order a row belongs to")
        orders = found["orders"]
        if section.file and orders is not None and not orders.file:
            desk.wrong("orders.file", f"is missing; {name} has a file of its own, so the orders need one too")


def _encoding(desk: _Desk, top: dict[str, object]) -> str:
    name = desk.text("", top, "encoding", "utf-8")
    try:
        standard = codecs.lookup(name).name
    except (LookupError, ValueError):
        standard = ""
    if standard not in {codecs.lookup(known).name for known in ENCODINGS}:
        hint = nearest(name.lower(), ENCODINGS) or "; write utf-8, or windows-1252 as older spreadsheets do"
        desk.wrong("encoding", f"is {shown(name)}, which is not read here{hint}")
        return "utf-8"
    return "utf-8-sig" if standard == "utf-8" else standard


def _single(desk: _Desk, top: dict[str, object], key: str, default: str, expected: str) -> str:
    value = desk.text("", top, key, default)
    if len(value) == 1 and value not in '"\r\n\0 ':
        return value
    desk.wrong(key, f"is {shown(value)}; write {expected}")
    return default


def _mark(desk: _Desk, top: dict[str, object]) -> str:
    value = desk.text("", top, "decimal_mark", ".")
    if value in {".", ",", "٫"}:
        return value
    desk.wrong("decimal_mark", f'is {shown(value)}; write "." or ","')
    return "."


def _grouping(desk: _Desk, top: dict[str, object]) -> str:
    value = desk.text("", top, "digit_grouping", "")
    if value in {"", ".", ",", " ", "\u00a0", "\u202f", "'", "’"}:
        if value and value == top.get("decimal_mark", "."):
            desk.wrong("digit_grouping", f"is {shown(value)} like decimal_mark; 1{value}234 would have two readings")
        return value
    desk.wrong("digit_grouping", f'is {shown(value)}; write ",", ".", " " or "\'", or leave it out')
    return ""


def _zone(desk: _Desk, top: dict[str, object]) -> str:
    name = desk.text("", top, "zone", "")
    if not name:
        return name
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = nearest(name, available_timezones()) or "; write one such as Europe/Warsaw"
        desk.wrong("zone", f"is {shown(name)}, no zone of the IANA database{hint}")
    return name


def _currency(desk: _Desk, top: dict[str, object], orders: Section) -> str:
    code = desk.text("", top, "currency", "")
    if code and code not in EXPONENTS:
        desk.wrong("currency", f"is {shown(code)}, no currency of ISO 4217{nearest(code.upper(), EXPONENTS)}")
    if not code and "currency" not in orders.fields:
        desk.wrong("currency", 'is missing; write currency = "EUR", or orders.currency with the column that says it')
    return code


def _time_format(desk: _Desk, top: dict[str, object]) -> str:
    pattern = desk.text("", top, "time_format", "iso")
    if pattern == "iso":
        return pattern
    probe = datetime(2026, 3, 20, 9, 8, 7)  # noqa: DTZ001 - never compared with a real instant
    try:
        told = datetime.strptime(probe.strftime(pattern), pattern).date() == probe.date()  # noqa: DTZ007
    except (ValueError, UnicodeError):
        told = False
    if not told:
        desk.wrong("time_format", f'is {shown(pattern)}; write "iso" or a pattern such as "%d/%m/%Y %H:%M:%S"')
    return pattern


def _status(desk: _Desk, top: dict[str, object], orders: Section) -> dict[str, Meaning]:
    words = desk.table("", top, "status")
    if words and "status" not in orders.fields:
        desk.wrong("orders.status", "is missing; name the column that holds the words of [status]")
    if "status" in orders.fields and not words:
        desk.wrong("status", "is missing; add a table [status] that says what each word means")
    meanings = {}
    for word, meaning in words.items():
        try:
            meanings[word.strip()] = Meaning(str(meaning))
        except ValueError:
            known = [str(each) for each in Meaning]
            hint = nearest(str(meaning), known)
            desk.wrong(f"status.{word}", f"is {shown(str(meaning))}; write one of {', '.join(known)}{hint}")
    return meanings
