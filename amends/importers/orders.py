"""One order of an export becomes the commands that tell its life, or a reason why it cannot be taken.

A shop order with goods of several sellers becomes one order per seller (../spec/decisions.md 24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.core.money import MAX_MINOR, apportion, format_minor

from .cells import Till, identifier, pieces, written
from .commands import Command, Writer
from .export import NOWHERE, Export, Member, OrderRow
from .faults import BadCell, shown
from .parts import Item, Part, Payment, lines, place
from .parts import shares as shared_out
from .shape import Meaning
from .timeline import Recorded, Remark, Timeline, settle


@dataclass(slots=True)
class Taken:
    """An order that was taken: its commands, what of which payment went into them, and what is worth a remark."""

    parts: list[Part]
    commands: list[Command]
    paid: int
    remarks: list[Remark]


@dataclass(slots=True)
class Spoilt:
    """Rows of an order that cannot be read, by position in their own table, for the report."""

    items: dict[int, BadCell] = field(default_factory=dict)
    doubled_items: list[int] = field(default_factory=list)


class Builder:
    """Turns the orders of one export into commands."""

    def __init__(self, export: Export, keys: set[str]) -> None:
        """`keys`: every order id of the export, so that no part of a split order takes the name of another order."""
        self._export = export
        self._taken_keys = keys

    def build(self, position: int, row: OrderRow, payments: Sequence[Payment], spoilt: Spoilt) -> Taken:
        """The order in the row at `position`, its id already checked. `payments` without the refused doubles.

        Raises `BadCell` for everything that keeps it from being taken; unreadable item rows are also put into
        `spoilt`, one by one.
        """
        order, currency = row.id, self._export.currency(row)
        items = self._items(position, row, currency, spoilt)
        if not items:
            raise BadCell("no_lines", "No item row belongs to this order, so there is nothing to protect.")
        _refuse_unreadable(payments)
        identifier(row.buyer, "buyer")
        remarks: list[Remark] = []
        due = self._instant("delivery_due", row.delivery_due, remarks)
        line = self._timeline(row, remarks)
        paid = _paid(payments)
        parts = self._parts(row, currency, items)
        remarks += line.remarks
        _promise(line, due, remarks)
        _money_remarks(parts, payments, paid, currency, remarks)
        if spoilt.doubled_items:
            remarks.append(Remark("duplicate_rows", "An item row of this order stands twice; the first is taken."))
        raw = self._export.orders.rows[position]
        note = {name: text for name, cell in self._export.note.items() if (text := cell(raw).strip())}
        writer = Writer(row, line, currency=currency, due=due, note=note)
        shares = shared_out(parts, payments)
        split = order if len(parts) > 1 else ""
        commands = [
            command
            for part, share in zip(parts, shares, strict=True)
            if share
            for command in writer.commands(part, share, split)
        ]
        empty = [part.key for part, share in zip(parts, shares, strict=True) if not share]
        if empty:
            remarks.append(Remark("part_without_money", f"Nothing was paid for {', '.join(empty)}; not placed."))
        if split:
            remarks.append(Remark("split_by_seller", f"{len(parts)} sellers: one order each."))
        return Taken(parts, commands, sum(minor for share in shares for _, minor in share), remarks)

    # ------------------------------------------------------------ dates

    def _timeline(self, row: OrderRow, remarks: list[Remark]) -> Timeline:
        placed = self._instant("placed_at", row.placed_at, remarks)
        if placed is None:
            raise BadCell("missing_value", "The order says no time at which it was placed.")
        maps_payment = "paid_at" in self._export.mapping.orders.fields
        recorded = Recorded(
            placed_at=placed,
            paid_at=self._instant("paid_at", row.paid_at, remarks) if maps_payment else placed,
            shipped_at=self._instant("shipped_at", row.shipped_at, remarks),
            delivered_at=self._instant("delivered_at", row.delivered_at, remarks),
            cancelled_at=self._instant("cancelled_at", row.cancelled_at, remarks),
            meaning=self._meaning(row),
        )
        return settle(recorded, never_paid_is_refused=self._export.mapping.never_paid_is_refused)

    def _instant(self, name: str, text: str, remarks: list[Remark]) -> datetime | None:
        if not text:
            return None
        clock = self._export.clock
        day = name == "delivery_due" and self._export.mapping.due_is_day
        try:
            found = clock.end_of_day(text) if day else clock.instant(text)
        except BadCell as fault:
            raise BadCell(fault.code, f"{name}: {fault.sentence}") from None
        if found is None:
            return None
        if found.doubt:
            remarks.append(Remark(found.doubt, f"{name}: {found.sentence}"))
        return found.at

    def _meaning(self, row: OrderRow) -> Meaning | None:
        known = self._export.mapping.status
        if not known:
            return None
        word = row.status
        if word not in known:
            raise BadCell(
                "unknown_status", f"The mapping's [status] does not say what {shown(word)} means; add it there."
            )
        return known[word]

    # ------------------------------------------------------------ lines

    def _items(self, position: int, order: OrderRow, currency: str, spoilt: Spoilt) -> list[Item]:
        found: list[Item] = []
        seen: set[str] = set()
        first_fault: BadCell | None = None
        members = self._export.items.of(position, order.id)
        for number, member in enumerate(members, 1):
            try:
                item = self._item(order, number, member, currency)
            except BadCell as fault:
                where = self._where(member, number if len(members) > 1 else 0)
                spoilt.items[member.position] = fault
                first_fault = first_fault or BadCell(fault.code, f"{where}{fault.sentence}")
                continue
            if item.id in seen:
                if member.position == NOWHERE:
                    first_fault = first_fault or BadCell("duplicate_row", f"Two items have the id {shown(item.id)}.")
                spoilt.doubled_items.append(member.position)
                continue
            seen.add(item.id)
            found.append(item)
        if first_fault:
            raise first_fault
        if len(found) > 1 and all(item.id.isdecimal() for item in found):
            found.sort(key=lambda item: int(item.id))
        return found

    def _where(self, member: Member, number: int) -> str:
        if member.position != NOWHERE:
            table = self._export.items.table
            return f"{table.name}, line {table.lines[member.position]}: "
        return f"Item {number}: " if number else ""

    def _item(self, order: OrderRow, number: int, member: Member, currency: str) -> Item:
        broken = self._export.items.table.broken.get(member.position)
        if broken:
            raise broken
        row, till = self._export.item_row(member.row), self._export.till
        name = row.id or str(number)
        item = Item(
            position=member.position,
            id=identifier(name, "item's id"),
            product=row.product,
            title=row.title or f"item {name}",
            seller=identifier(row.seller or order.seller, "seller"),
            price=_amount(till, "price", row.price, currency, required=True),
            quantity=pieces(row.quantity),
            shipping=_amount(till, "shipping", row.shipping, currency),
            return_to=place(row.return_country, row.return_city),
        )
        if item.price * item.quantity + item.shipping > MAX_MINOR:
            raise BadCell("amount_malformed", "Price times quantity is more than any order costs.")
        return item

    def _parts(self, row: OrderRow, currency: str, items: list[Item]) -> list[Part]:
        by_seller: dict[str, list[Item]] = {}
        for item in items:
            by_seller.setdefault(item.seller, []).append(item)
        parts = [
            Part(
                key=row.id if len(by_seller) == 1 else f"{row.id}-{number}",
                seller=seller,
                lines=lines(theirs, currency),
                items=theirs,
                gross=sum(item.price * item.quantity for item in theirs),
                shipping=sum(item.shipping for item in theirs),
            )
            for number, (seller, theirs) in enumerate(by_seller.items(), 1)
        ]
        if len(parts) > 1:
            self._claim_keys(parts)
        if row.shipping or row.discount:
            self._share_out(row, parts, currency)
        totals = [part.total for part in parts]
        if any(part.discount > part.gross for part in parts):
            raise BadCell("discount_above_price", "The discount is more than the goods cost.")
        if not max(totals):
            raise BadCell("nothing_sold", "Goods and delivery cost nothing, so there is nothing to protect.")
        if sum(totals) > MAX_MINOR:
            raise BadCell("amount_malformed", "Goods and delivery together are more than any order costs.")
        return parts

    def _share_out(self, row: OrderRow, parts: list[Part], currency: str) -> None:
        """Delivery and discount of the whole order, by what the parts' goods cost."""
        till, gross = self._export.till, [part.gross for part in parts]
        shipping = _amount(till, "shipping", row.shipping, currency)
        discount = _amount(till, "discount", row.discount, currency)
        for part, delivery, less in zip(parts, apportion(shipping, gross), apportion(discount, gross), strict=True):
            part.shipping += delivery
            part.discount = less

    def _claim_keys(self, parts: list[Part]) -> None:
        for part in parts:
            if part.key in self._taken_keys:
                raise BadCell(
                    "duplicate_order",
                    f"Split by seller, one part would be called {shown(part.key)}, which is another order's id.",
                )
            identifier(part.key, "order's id")
        self._taken_keys.update(part.key for part in parts)


def _amount(till: Till, name: str, text: str, currency: str, *, required: bool = False) -> int:
    """An amount of zero or more, or a `BadCell` that names the field."""
    if required and not text:
        raise BadCell("missing_value", f"The {name} is empty.")
    try:
        found = till.minor(text, currency)
    except BadCell as fault:
        raise BadCell(fault.code, f"{name}: {fault.sentence}") from None
    if found < 0:
        raise BadCell("amount_negative", f"The {name} is {format_minor(found, currency)}, less than nothing.")
    return found


def _refuse_unreadable(payments: Sequence[Payment]) -> None:
    for payment in payments:
        if payment.fault:
            raise BadCell(payment.fault.code, f"Payment {payment.reference}: {payment.fault.sentence}")


def _paid(payments: Sequence[Payment]) -> int:
    amounts = [payment.minor or 0 for payment in payments]
    if any(minor < 0 for minor in amounts):
        raise BadCell("amount_negative", "A payment is less than nothing; refunds are no payments of an order.")
    paid = sum(amounts)
    if not paid:
        raise BadCell("nothing_paid", "The payments come to nothing, so there is no money to hold.")
    if paid > MAX_MINOR:
        raise BadCell("amount_malformed", "The payments together are more than any order costs.")
    return paid


def _promise(line: Timeline, due: datetime | None, remarks: list[Remark]) -> None:
    if due is not None and line.shipped_at is not None and due < line.shipped_at:
        remarks.append(
            Remark(
                "promise_already_past",
                f"Handed over at {written(line.shipped_at)}, when the promised {written(due)} had already passed.",
            )
        )


def _money_remarks(
    parts: list[Part], payments: Sequence[Payment], paid: int, currency: str, remarks: list[Remark]
) -> None:
    due = sum(part.total for part in parts)
    if paid != due:
        apart = format_minor(abs(paid - due), currency)
        remarks.append(
            Remark(
                "payments_differ",
                f"To reconcile: {format_minor(paid, currency)} {currency} was paid, goods and delivery less discount "
                f"come to {format_minor(due, currency)}: {apart} too {'much' if paid > due else 'little'}. "
                "What was paid is what is held.",
            )
        )
    nothing = sum(1 for payment in payments if not payment.minor)
    if nothing:
        remarks.append(Remark("zero_payment", f"{nothing} of its payments come to nothing and are left out."))
