"""The shape of a mapping: its sections, and the few ways in which a field can be filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Meaning(StrEnum):
    """What a status word of the export comes down to."""

    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the section's row or, over one or more lookups, of the row found there.

    In JSON lines `name` may be a path: `address.city`.
    """

    name: str
    lookups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Always:
    """The same text in every row."""

    text: str


@dataclass(frozen=True, slots=True)
class First:
    """The first of these columns that is not empty."""

    of: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Join:
    """All of these columns that are not empty, with something between them."""

    of: tuple[Column, ...]
    between: str = "-"


Field = Column | Always | First | Join


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the export.

    `file` names its file; `inside` a list inside each order (JSON lines); with neither, the section reads the
    order's own row. `lookups` says which column of this section holds the key of which lookup.
    """

    name: str
    file: str = ""
    inside: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    lookups: dict[str, Column] = field(default_factory=dict)
    note: dict[str, Field] = field(default_factory=dict)

    @property
    def own_row(self) -> bool:
        """Whether this section reads the order's row itself."""
        return not self.file and not self.inside


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one export; every value is checked. Built by `mapping.load` or `mapping.parse`."""

    name: str
    format: str
    encoding: str
    delimiter: str
    zone: str
    currency: str
    decimal_mark: str
    digit_grouping: str
    time_format: str
    due_is_day: bool
    never_paid_is_refused: bool
    status: dict[str, Meaning]
    orders: Section
    items: Section
    payments: Section
    complaints: Section | None
    lookups: dict[str, Section]

    @property
    def files(self) -> tuple[str, ...]:
        """The files it reads, each once; a single empty name where the source itself is the only table."""
        sections = [self.orders, self.items, self.payments, *([self.complaints] if self.complaints else [])]
        named = [section.file for section in (*sections, *self.lookups.values()) if section.file]
        return tuple(dict.fromkeys(named if self.orders.file else ["", *named]))


class MappingError(ValueError):
    """A mapping that cannot be used; `problems` are all of them, each with its key path."""

    def __init__(self, where: str, problems: tuple[str, ...]) -> None:
        self.where = where
        self.problems = problems
        super().__init__("\n".join(f"{where}: {problem}" for problem in problems))
