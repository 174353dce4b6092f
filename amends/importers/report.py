"""What became of every row, and whether the money adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from json.encoder import encode_basestring
from typing import NamedTuple

from amends.core.money import format_minor

from .reading import Table
from .timeline import Remark


class Verdict(StrEnum):
    """`taken`: it counts, and there is nothing to say. `noted`: nothing was refused, but the sentence should be read.
    `refused`: it does not count, and the sentence says why."""

    TAKEN = "taken"
    NOTED = "noted"
    REFUSED = "refused"


class Line(NamedTuple):
    """The verdict on one row. `also` are further remarks on the same row."""

    verdict: Verdict
    code: str
    sentence: str
    order: str = ""
    also: tuple[Remark, ...] = ()


class Verdicts:
    """Exactly one verdict for each row of one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.lines: list[Line | None] = [None] * len(table.rows)

    def give(self, position: int, line: Line) -> None:
        """A second verdict on the same row would be a bug of ours."""
        assert self.lines[position] is None, (self.table.name, position, self.lines[position], line)
        self.lines[position] = line

    def has(self, position: int) -> bool:
        return self.lines[position] is not None

    def text(self) -> Iterator[str]:
        """The lines of the report file for this table, in the order of its rows."""
        name = encode_basestring(self.table.name)
        for at, line in zip(self.table.lines, self.lines, strict=True):
            assert line is not None, f"{self.table.name}, line {at}: without a verdict"
            also = ""
            if line.also:
                also = ",".join(
                    f'{{"code":"{each.code}","sentence":{encode_basestring(each.sentence)}}}' for each in line.also
                )
                also = f',"also":[{also}]'
            yield (
                f'{{"file":{name},"row":{at},"order":{encode_basestring(line.order)},"verdict":"{line.verdict}",'
                f'"code":"{line.code}","sentence":{encode_basestring(line.sentence)}{also}}}\n'
            )


@dataclass(slots=True)
class Books:
    """The money of an import, in minor units by currency, counted twice: as it came in, and as it was judged."""

    source: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    uncounted: int = 0
    """Payments whose amount or currency cannot be read: they have no figure, and each is refused by name."""

    def check(self) -> None:
        """Money in the source = money taken + money refused, to the minor unit, in every currency."""
        for currency in self.source.keys() | self.taken.keys() | self.refused.keys():
            source, taken, refused = self.source[currency], self.taken[currency], self.refused[currency]
            assert source == taken + refused, f"{currency}: {source} in the source, {taken} taken, {refused} refused"


class TableCount(NamedTuple):
    """`rows` is always `taken + noted + refused`."""

    file: str
    rows: int
    taken: int
    noted: int
    refused: int

    def __str__(self) -> str:
        return (
            f"{self.file}: {self.rows:,} rows = {self.taken:,} taken + {self.noted:,} noted + {self.refused:,} refused"
        )


class MoneyCount(NamedTuple):
    """Minor units; `source` is always `taken + refused`."""

    currency: str
    source: int
    taken: int
    refused: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did. `orders` counts rows of the export, `placed` the orders they became (one per seller)."""

    source: str
    mapping: str
    tables: tuple[TableCount, ...]
    orders: int
    orders_taken: int
    orders_refused: int
    placed: int
    commands: dict[str, int]
    complaints: int
    refused: dict[str, int]
    noted: dict[str, int]
    money: tuple[MoneyCount, ...]
    uncounted_payments: int
    never_seen: tuple[str, ...]
    first_at: str
    last_at: str

    def document(self) -> dict[str, object]:
        """The same for `--json`; money as decimal strings."""
        return {
            "source": self.source,
            "mapping": self.mapping,
            "tables": [table._asdict() for table in self.tables],
            "orders": {"rows": self.orders, "taken": self.orders_taken, "refused": self.orders_refused},
            "placed": self.placed,
            "commands": self.commands,
            "complaints": self.complaints,
            "refused": self.refused,
            "noted": self.noted,
            "money": [
                {"currency": each.currency} | dict(zip(_KINDS, _amounts(each), strict=True)) for each in self.money
            ],
            "uncounted_payments": self.uncounted_payments,
            "never_seen": list(self.never_seen),
            "first_at": self.first_at,
            "last_at": self.last_at,
        }

    def told(self) -> str:
        """The summary for a terminal, in lines a person reads."""
        lines = [
            f"{self.source}, read as {self.mapping}",
            f"  orders      {self.orders:,} in all = {self.orders_taken:,} taken + {self.orders_refused:,} refused",
            f"  placed      {self.placed:,} orders, one per seller, from {self.first_at} to {self.last_at}"
            if self.placed
            else "  placed      no orders",
            f"  commands    {_counts(self.commands)}",
            f"  complaints  {self.complaints:,}",
        ]
        for money in self.money:
            source, taken, refused = _amounts(money)
            lines.append(f"  money       {source} {money.currency} in the source = {taken} taken + {refused} refused")
        if self.uncounted_payments:
            lines.append(f"  uncounted   {self.uncounted_payments:,} payments whose amount cannot be read")
        lines.append(f"  refused     {_counts(self.refused)}")
        lines.append(f"  noted       {_counts(self.noted)}")
        lines.extend(f"  {each}" for each in self.tables)
        lines.extend(f"  never seen  {name}" for name in self.never_seen)
        return "\n".join(lines)


_KINDS = ("source", "taken", "refused")


def _amounts(money: MoneyCount) -> tuple[str, ...]:
    return tuple(format_minor(minor, money.currency) for minor in (money.source, money.taken, money.refused))


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"


def table_count(verdicts: Verdicts) -> TableCount:
    """How the rows of one table were judged; every row is in exactly one column."""
    found = Counter(line.verdict for line in verdicts.lines if line is not None)
    taken, noted, refused = found[Verdict.TAKEN], found[Verdict.NOTED], found[Verdict.REFUSED]
    rows = len(verdicts.table.rows)
    assert rows == taken + noted + refused, f"{verdicts.table.name}: {rows} rows, {found}"
    return TableCount(verdicts.table.name, rows, taken, noted, refused)


def money_counts(books: Books) -> tuple[MoneyCount, ...]:
    """One line a currency, after the books have been checked."""
    books.check()
    return tuple(
        MoneyCount(currency, books.source[currency], books.taken[currency], books.refused[currency])
        for currency in sorted(books.source)
    )
