"""Rows of an export, as tuples of just the columns the mapping asks for, each with the line it begins on."""

from __future__ import annotations

import csv
import json
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final, NoReturn

from .faults import BadCell, Unusable, nearest, shown
from .shape import Mapping
from .source import Source

Row = tuple[str, ...]
_SHOWN_AT_MOST: Final = 8


@dataclass(slots=True)
class Table:
    """One file of the export: first what is wanted of it, then what was found.

    `rows[i]` began on line `lines[i]`; `broken[i]` says what is wrong with a row that could not be read, which is
    kept as far as it goes, so that the order it belongs to can still be named. `nested[list][i]` are the rows of a
    list inside row i (JSON lines).
    """

    file: str
    name: str = ""
    columns: list[str] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("L"))
    broken: dict[int, BadCell] = field(default_factory=dict)
    inner: dict[str, Table] = field(default_factory=dict)
    nested: dict[str, list[list[Row]]] = field(default_factory=dict)
    never_seen: list[str] = field(default_factory=list)

    def position(self, column: str, *, required: bool) -> int:
        """Ask for a column, before reading; answers where in a row it will stand."""
        if required:
            self.required.add(column)
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def list_inside(self, path: str) -> Table:
        """Ask for a list inside each row, before reading; its columns are asked of the table that is answered."""
        return self.inner.setdefault(path, Table(f"{self.file} {path}", columns=[]))


def read(table: Table, source: Source, mapping: Mapping) -> None:
    """Fill `table` from its file.

    Raises `Unusable` where the file as a whole cannot be used: a missing column, broken quotes, a wrong encoding.
    """
    table.name = source.shown_name(table.file)
    with source.lines(table.file, mapping.encoding) as lines:
        if mapping.format == "csv":
            _read_csv(table, lines, mapping.delimiter)
        else:
            _read_json_lines(table, lines)


# ---------------------------------------------------------------- CSV


def _read_csv(table: Table, lines: Iterator[str], delimiter: str) -> None:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    began, done = 1, 0
    try:
        header = [name.strip() for name in next(reader, [])]
        pick = _picker(table, header, delimiter)
        width, rows, starts = len(header), table.rows, table.lines
        done = reader.line_num
        for cells in reader:
            began, done = done + 1, reader.line_num
            if len(cells) != width:
                if not cells:
                    continue  # an empty line is no row
                cells = _mended(table, cells, width)  # noqa: PLW2901
            rows.append(pick(cells))
            starts.append(began)
    except csv.Error as fault:
        _broken_quotes(table.name, done + 1, reader.line_num, fault)


def _picker(table: Table, header: list[str], delimiter: str) -> Callable[[list[str]], Row]:
    if not any(header):
        raise Unusable(f"{table.name} has no header; its first line must name the columns.")
    missing = [name for name in table.columns if name not in header]
    if missing:
        alone = f" Is {shown(delimiter)} what stands between them?" if len(header) == 1 else ""
        raise Unusable(
            f"{table.name}, line 1: the mapping reads columns that are not there: {_guessed(missing, header)}. "
            f"The file has {_listed(header)}.{alone}"
        )
    twice = [name for name in table.columns if header.count(name) > 1]
    if twice:
        raise Unusable(f"{table.name}, line 1: {_listed(twice)} stands there twice; which one is meant cannot be told.")
    where = [header.index(name) for name in table.columns]
    if len(where) == 1:
        (only,) = where
        return lambda cells: (cells[only],)
    return itemgetter(*where) if where else lambda _: ()


def _mended(table: Table, cells: list[str], width: int) -> list[str]:
    table.broken[len(table.rows)] = BadCell(
        "wrong_columns",
        f"The row has {len(cells)} cells and the header {width}; a delimiter is missing, or one too many.",
    )
    return (cells + [""] * width)[:width]


def _broken_quotes(name: str, began: int, now: int, fault: csv.Error) -> NoReturn:
    said = str(fault)
    if "field larger" in said or "unexpected end" in said:
        problem = "a quotation mark is opened and never closed"
    else:
        problem = f"the quotation marks are broken ({said})"
    where = f"line {began}" if now <= began else f"lines {began} to {now}"
    raise Unusable(
        f'{name}, {where}: {problem}, so the rows after it cannot be told apart; inside quotes a quotation mark is "".'
    ) from None


# ---------------------------------------------------------------- JSON lines


def _read_json_lines(table: Table, lines: Iterator[str]) -> None:
    # Numbers keep their text: a float would already have lost the cents.
    decode = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant).decode
    seen: set[str] = set()
    first_keys: list[str] = []
    for path in table.inner:
        table.nested[path] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        position = len(table.rows)
        try:
            document = decode(line)
            if not isinstance(document, dict):
                raise BadCell("row_malformed", f"The line is no JSON object but {shown(line.strip())}.")
            if "\\u" in line:
                _refuse_halves(line, document)
        except BadCell as fault:
            table.broken[position], document = fault, {}
        except (ValueError, RecursionError) as fault:
            said = "it is nested too deep" if isinstance(fault, RecursionError) else str(fault)
            table.broken[position], document = BadCell("row_malformed", f"The line is no JSON: {said}."), {}
        first_keys = first_keys or list(document)
        table.rows.append(_cells(table, table, position, document, seen))
        table.lines.append(number)
        for path, inner in table.inner.items():
            table.nested[path].append(_inner_rows(table, inner, path, position, document))
    if len(table.rows) > len(table.broken):
        _never_seen(table, seen, first_keys)


def _cells(table: Table, outer: Table, position: int, document: object, seen: set[str]) -> Row:
    cells = []
    for column in table.columns:
        value = _walk(document, column)
        if value is not None:
            seen.add(column)
        if isinstance(value, str):
            cells.append(value)
        elif isinstance(value, bool):
            cells.append("true" if value else "false")
        else:
            if value is not None:
                outer.broken.setdefault(
                    position, BadCell("row_malformed", f"{shown(column)} is a list or an object, not a single value.")
                )
            cells.append("")
    return tuple(cells)


def _inner_rows(table: Table, inner: Table, path: str, position: int, document: object) -> list[Row]:
    listed = _walk(document, path)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        table.broken.setdefault(position, BadCell("row_malformed", f"{shown(path)} is no list of objects."))
        return []
    return [_cells(inner, table, position, each, set()) for each in listed]


def _walk(document: object, path: str) -> object:
    """The value at `path`: the key itself where there is one, else one step at each dot."""
    if isinstance(document, dict) and path in document:
        return document[path]
    for key in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def _never_seen(table: Table, seen: set[str], keys: list[str]) -> None:
    absent = [name for name in table.columns if name not in seen]
    needed = [name for name in absent if name in table.required]
    if needed:
        raise Unusable(
            f"{table.name}: the mapping reads keys that no line has: {_guessed(needed, keys)}. "
            f"There are {_listed(keys)}."
        )
    table.never_seen = absent


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _refuse_halves(line: str, document: object) -> None:
    """`\\ud83d` without its other half is no character and cannot be written as UTF-8."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadCell("row_malformed", f"The line holds half a character: {shown(line.strip())}.") from None


def _guessed(missing: list[str], known: list[str]) -> str:
    """Names that are missing, each with the known one that was perhaps meant."""
    guesses = ((name, nearest(name, known).removeprefix("; ")) for name in missing)
    return ", ".join(f"{shown(name)} ({guess})" if guess else shown(name) for name, guess in guesses)


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN_AT_MOST
    return ", ".join(shown(name) for name in names[:_SHOWN_AT_MOST]) + (f" and {more} more" if more > 0 else "")
