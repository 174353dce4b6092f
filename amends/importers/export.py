"""A whole export in memory, joined: each order with its items, payments and complaints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from amends.core.money import UnknownCurrency, exponent

from .cells import Clock, Till
from .faults import BadCell, shown
from .joining import Joiner
from .reading import Row, Table, read
from .shape import Mapping, Section
from .source import Source

NOWHERE = -1
"""The position of a member that has no row of its own, because it stands in its order's row."""


class Member(NamedTuple):
    """An item, payment or complaint of an order: its row, and the position of that row in its own table."""

    position: int
    row: Row


class OrderRow(NamedTuple):
    """What the mapping finds in the row of an order; empty where it names no column."""

    id: str
    buyer: str
    seller: str
    status: str
    currency: str
    placed_at: str
    paid_at: str
    shipped_at: str
    delivered_at: str
    cancelled_at: str
    delivery_due: str
    shipping: str
    discount: str
    country: str
    city: str
    return_country: str
    return_city: str
    tracking: str
    carrier: str


class ItemRow(NamedTuple):
    order: str
    id: str
    product: str
    title: str
    seller: str
    price: str
    quantity: str
    shipping: str
    return_country: str
    return_city: str


class PaymentRow(NamedTuple):
    order: str
    reference: str
    method: str
    amount: str


class ComplaintRow(NamedTuple):
    order: str
    id: str
    at: str
    score: str
    text: str


class Relation:
    """The rows of one section, found by their order."""

    def __init__(self, section: Section, orders: Table, table: Table, joiner: Joiner) -> None:
        self.section = section
        self.table = table
        self.links = joiner.links(section, table)
        self.has_rows = bool(section.file)
        """Whether its rows are rows of a file of their own, which the report then judges one by one."""
        self._orders = orders
        self._order = joiner.cell(section.fields.get("order"), section, table, required=True)
        self._by_order: dict[str, list[int]] = {}

    def group(self) -> None:
        """Sort the rows of a file of its own by the order they name."""
        if self.has_rows:
            for position, row in enumerate(self.table.rows):
                self._by_order.setdefault(self._order(row).strip(), []).append(position)

    def of(self, position: int, order: str) -> Sequence[Member]:
        """The members of the order in row `position`, in the order of their rows."""
        if self.has_rows:
            rows = self.table.rows
            return [Member(found, rows[found]) for found in self._by_order.get(order, ())]
        if self.section.inside:
            return [Member(NOWHERE, row) for row in self._orders.nested[self.section.inside][position]]
        return (Member(NOWHERE, self._orders.rows[position]),)

    def rows_of(self, position: int, order: str) -> Sequence[Row]:
        """The rows alone of the same members."""
        if self.has_rows:
            rows = self.table.rows
            return [rows[found] for found in self._by_order.get(order, ())]
        return [member.row for member in self.of(position, order)]

    def strangers(self, known: dict[str, int]) -> Iterator[tuple[int, str]]:
        """Rows that name no known order, with what they name."""
        for order, positions in self._by_order.items():
            if order not in known:
                for position in positions:
                    yield position, order


class Export:
    """Reads everything the mapping names. Raises `Unusable` where a file as a whole cannot be used."""

    def __init__(self, source: Source, mapping: Mapping) -> None:
        self.mapping = mapping
        self.till = Till(mapping.decimal_mark, mapping.digit_grouping)
        self.clock = Clock(ZoneInfo(mapping.zone) if mapping.zone else None, mapping.time_format)
        self._tables: dict[str, Table] = {}
        self.orders = self._table(mapping.orders.file)
        self._joiner = Joiner(mapping, self._tables)
        self.lookups = self._joiner.lookups
        self.order_row = self._joiner.view(OrderRow, mapping.orders, self.orders, ("id", "buyer", "placed_at"))
        self.order_links = self._joiner.links(mapping.orders, self.orders)
        self.note = {
            name: self._joiner.cell(each, mapping.orders, self.orders) for name, each in mapping.orders.note.items()
        }
        self.items = self._relation(mapping.items)
        self.item_row = self._joiner.view(ItemRow, mapping.items, self.items.table, ("order", "price"))
        self.payments = self._relation(mapping.payments)
        self.payment_row = self._joiner.view(PaymentRow, mapping.payments, self.payments.table, ("order", "amount"))
        self.complaints = self._relation(mapping.complaints) if mapping.complaints else None
        section = mapping.complaints or Section("complaints")
        table = self.complaints.table if self.complaints else self.orders
        self.complaint_row = self._joiner.view(ComplaintRow, section, table, ("order", "at"))
        source.check_headers(mapping.files)
        for each in self._tables.values():
            read(each, source, mapping)
        for lookup in self.lookups.values():
            lookup.fill()
        for relation in (self.items, self.payments, self.complaints):
            if relation is not None:
                relation.group()

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every file that was read: orders first, then as the mapping names them."""
        sections = [self.items, self.payments, *([self.complaints] if self.complaints else [])]
        named = [self.orders, *(each.table for each in sections if each.has_rows)]
        named += [lookup.table for lookup in self.lookups.values()]
        return tuple({id(table): table for table in named}.values())

    def currency(self, order: OrderRow) -> str:
        """The currency of an order. Refuses with `unknown_currency`."""
        code = order.currency or self.mapping.currency
        try:
            exponent(code)
        except UnknownCurrency as fault:
            raise BadCell("unknown_currency", f"{shown(code)}: {fault}.") from None
        return code

    def _table(self, file: str) -> Table:
        return self._tables.setdefault(file, Table(file))

    def _relation(self, section: Section) -> Relation:
        table = self.orders
        if section.inside:
            table = self.orders.list_inside(section.inside)
        elif section.file:
            table = self._table(section.file)
        return Relation(section, self.orders, table, self._joiner)
