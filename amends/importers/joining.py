"""From the fields of a mapping to functions that take a row and answer with a cell, lookups included."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple, TypeVar

from .reading import Row, Table
from .shape import Always, Column, Field, First, Join, Mapping, Section

Cell = Callable[[Row], str]
View = TypeVar("View", bound=NamedTuple)


class Lookup:
    """A table found by its key: customers by customer id. Remembers which of its rows were needed, and by whom."""

    def __init__(self, section: Section, table: Table) -> None:
        self.section = section
        self.table = table
        self.key = table.position(_name(section.fields["key"]), required=True)
        self.index: dict[str, int] = {}
        self.taken: set[int] = set()
        self.refused: set[int] = set()
        self.doubles: list[int] = []
        self.onwards: tuple[Link, ...] = ()

    def fill(self) -> None:
        """Index the rows once they have been read; the first row of a key stands."""
        key = self.key
        for position, row in enumerate(self.table.rows):
            name = row[key].strip()
            if position in self.table.broken or not name:
                continue
            if self.index.setdefault(name, position) != position:
                self.doubles.append(position)

    def mark(self, key: str, *, taken: bool) -> None:
        """Remember that an order needed the row of this key, and the rows that row itself refers to."""
        position = self.index.get(key)
        if position is None:
            return
        marked = self.taken if taken else self.refused
        if position not in marked:
            marked.add(position)
            for link in self.onwards:
                link.lookup.mark(link.key(self.table.rows[position]).strip(), taken=taken)


class Link:
    """A column of one table that holds the key of a lookup."""

    __slots__ = ("key", "lookup")

    def __init__(self, key: Cell, lookup: Lookup) -> None:
        self.key = key
        self.lookup = lookup


class Joiner:
    """Knows the lookups of a mapping and turns fields into functions; columns it meets are asked of their tables."""

    def __init__(self, mapping: Mapping, tables: dict[str, Table]) -> None:
        """`tables` by file name; tables that are not there yet are added."""
        self._sections = mapping.lookups
        self.lookups = {
            name: Lookup(section, tables.setdefault(section.file, Table(section.file)))
            for name, section in mapping.lookups.items()
        }
        for lookup in self.lookups.values():
            lookup.onwards = self.links(lookup.section, lookup.table)

    def links(self, section: Section, table: Table) -> tuple[Link, ...]:
        """The lookups a section refers to."""
        return tuple(
            Link(_cell(table.position(column.name, required=True)), self.lookups[name])
            for name, column in section.lookups.items()
        )

    def view(
        self, shape: type[View], section: Section, table: Table, required: tuple[str, ...]
    ) -> Callable[[Row], View]:
        """The function that turns a row into `shape`, a tuple of text with a field for each the section may have.

        Blanks around a cell are gone; a field that is not mapped is empty. Plain columns, by far the most, are all
        picked at once; the other fields are worked out and appended to the row before the picking.
        """
        places: dict[str, int] = {}
        always: dict[str, str] = {}
        cells: dict[str, Cell] = {}
        for name in shape._fields:
            match section.fields.get(name):
                case Column(column, ()):
                    places[name] = table.position(column, required=name in required)
                case None:
                    always[name] = ""
                case Always(text):
                    always[name] = text
                case field:
                    cells[name] = self.cell(field, section, table, required=name in required)
        # Counted from the end: a row is wider where another section asks for more columns of the same table.
        places |= {name: at - len(always) - len(cells) for at, name in enumerate((*always, *cells))}
        pick, make = itemgetter(*(places[name] for name in shape._fields)), shape._make
        constants, work = tuple(always.values()), tuple(cells.values())

        def view(row: Row) -> View:
            return make(map(str.strip, pick((*row, *constants, *[cell(row) for cell in work]))))

        return view

    def cell(self, field: Field | None, section: Section, table: Table, *, required: bool = False) -> Cell:
        """The function that fills this field; an unmapped field is always empty."""
        match field:
            case None:
                return _always("")
            case Always(text):
                return _always(text)
            case Column():
                return self._column(field, section, table, required=required)
            case First(of):
                return _first(tuple(self._column(each, section, table, required=False) for each in of))
            case Join(of, between):
                return _joined(tuple(self._column(each, section, table, required=False) for each in of), between)

    def _column(self, column: Column, section: Section, table: Table, *, required: bool) -> Cell:
        if not column.lookups:
            return _cell(table.position(column.name, required=required))
        name, rest = column.lookups[0], column.lookups[1:]
        lookup = self.lookups[name]
        key = table.position(section.lookups[name].name, required=True)
        inner = self._column(Column(column.name, rest), lookup.section, lookup.table, required=required)
        return _looked_up(lookup, key, inner)


def _name(field: Field) -> str:
    assert isinstance(field, Column)
    return field.name


def _always(text: str) -> Cell:
    return lambda _: text


def _cell(position: int) -> Cell:
    return lambda row: row[position]


def _looked_up(lookup: Lookup, key: int, inner: Cell) -> Cell:
    index, rows = lookup.index, lookup.table.rows

    def cell(row: Row) -> str:
        position = index.get(row[key].strip())
        return "" if position is None else inner(rows[position])

    return cell


def _first(cells: tuple[Cell, ...]) -> Cell:
    return lambda row: next((text for cell in cells if (text := cell(row).strip())), "")


def _joined(cells: tuple[Cell, ...], between: str) -> Cell:
    return lambda row: between.join(text for cell in cells if (text := cell(row).strip()))
