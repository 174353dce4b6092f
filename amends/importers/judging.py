"""Every row of every table gets its verdict, exactly one, and every payment its place in the books."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from .cells import identifier, score, written
from .commands import ACTS, Command, encode
from .export import Export, Member, OrderRow, Relation
from .faults import BadCell, shown
from .joining import Lookup
from .orders import Builder, Spoilt, Taken
from .parts import Payment
from .reading import Table
from .report import Books, Line, Summary, Verdict, Verdicts, money_counts, table_count
from .timeline import Remark

_TELL_EVERY = 256
_DOUBLE = "A row with the same ids stands before it; that one is taken."


class Desk:
    """Judges the rows of an export, order by order; `commands` and `complaints` are in the order of time."""

    def __init__(self, export: Export) -> None:
        self.commands: list[Command] = []
        self.complaints: list[Command] = []
        self.verdicts = [Verdicts(table) for table in export.tables]
        self._export = export
        self._books = Books()
        self._of = {id(each.table): each for each in self.verdicts}
        self._rows = [export.order_row(row) for row in export.orders.rows]
        self._faults, self._known = _identified(export, self._rows)
        self._payments = self._read_payments()
        self._builder = Builder(export, set(self._known))
        self._placed = 0

    def judge(self, progress: Callable[[int], None]) -> None:
        """Give every row its verdict."""
        rows = len(self._export.orders.rows)
        for position in range(rows):
            self._order(position)
            if position % _TELL_EVERY == 0:
                progress(position)
        progress(rows)
        self._strangers()
        for lookup in self._export.lookups.values():
            self._lookup(lookup)
        self.commands.sort()
        self.complaints.sort()

    def summary(self, source: str) -> Summary:
        """What was judged, with the books checked; asserts that rows and money add up."""
        counts = tuple(table_count(verdicts) for verdicts in self.verdicts)
        refused, noted = _codes(self.verdicts)
        sequence = Counter(command.sequence for command in self.commands)
        return Summary(
            source=source,
            mapping=self._export.mapping.name,
            tables=counts,
            orders=counts[0].rows,
            orders_taken=counts[0].taken + counts[0].noted,
            orders_refused=counts[0].refused,
            placed=self._placed,
            commands={verb: sequence[number] for number, (_, verb) in enumerate(ACTS)},
            complaints=len(self.complaints),
            refused=refused,
            noted=noted,
            money=money_counts(self._books),
            uncounted_payments=self._books.uncounted,
            never_seen=tuple(f"{each.name}: {name}" for each in self._export.tables for name in each.never_seen),
            first_at=written(self.commands[0].at) if self.commands else "",
            last_at=written(self.commands[-1].at) if self.commands else "",
        )

    # ------------------------------------------------------------ one order

    def _order(self, position: int) -> None:
        order = self._rows[position].id
        payments = self._payments.get(position, [])
        spoilt = Spoilt()
        try:
            if position in self._faults:
                raise self._faults[position]
            if not self._stands(position):
                first = self._export.orders.lines[self._known[order]]
                raise BadCell("duplicate_order", f"The order {shown(order)} stands on line {first} already.")
            single, doubles = _without_doubles(payments)
            taken = self._builder.build(position, self._rows[position], single, spoilt)
        except BadCell as fault:
            self._refuse(position, order, fault, spoilt, payments)
            self._mark(position, taken=False)
        else:
            self._take(position, taken, spoilt, single=single, doubles=doubles)
            self._mark(position, taken=True)

    def _stands(self, position: int) -> bool:
        """Whether this row is the one that stands for its order, so that items and payments belong to it."""
        return self._known.get(self._rows[position].id) == position

    def _take(
        self, position: int, taken: Taken, spoilt: Spoilt, *, single: list[Payment], doubles: list[Payment]
    ) -> None:
        order = self._rows[position].id
        currency = self._export.currency(self._rows[position])
        self._books.taken[currency] += taken.paid
        self._books.refused[currency] += sum(each.minor or 0 for each in doubles)
        self.commands += taken.commands
        placed = tuple(dict.fromkeys(command.order for command in taken.commands))
        self._placed += len(placed)
        if doubles:
            taken.remarks.append(Remark("duplicate_rows", "A payment of this order stands twice; the first is taken."))
        self._take_items(order, taken, spoilt, placed)
        self._take_payments(order, single, doubles)
        taken.remarks += self._take_complaints(position, order, placed)
        self._of[id(self._export.orders)].give(position, _order_line(order, taken))

    def _take_items(self, order: str, taken: Taken, spoilt: Spoilt, placed: tuple[str, ...]) -> None:
        verdicts = self._rows_of(self._export.items)
        if verdicts is None:
            return
        for part in taken.parts:
            line = Line(Verdict.TAKEN, "taken", "Became a line of this order, or a piece of one.", part.key)
            if part.key not in placed:
                line = Line(Verdict.REFUSED, "nothing_paid", "Nothing was paid for this seller's part.", part.key)
            for item in part.items:
                verdicts.give(item.position, line)
        for position in spoilt.doubled_items:
            verdicts.give(position, Line(Verdict.REFUSED, "duplicate_row", _DOUBLE, order))

    def _take_payments(self, order: str, single: list[Payment], doubles: list[Payment]) -> None:
        verdicts = self._rows_of(self._export.payments)
        if verdicts is None:
            return
        whole = Line(Verdict.TAKEN, "taken", "Is held for this order in full.", order)
        nothing = Line(Verdict.NOTED, "zero_payment", "It comes to nothing, so it is left out of the order.", order)
        for each in single:
            verdicts.give(each.position, whole if each.minor else nothing)
        for each in doubles:
            verdicts.give(each.position, Line(Verdict.REFUSED, "duplicate_row", _DOUBLE, order))

    def _take_complaints(self, position: int, order: str, placed: tuple[str, ...]) -> list[Remark]:
        """Write them out; answers with what should be remarked on the order where they have no rows of their own."""
        relation = self._export.complaints
        if relation is None:
            return []
        remarks, seen, verdicts = [], set[str](), self._rows_of(relation)
        for member in relation.of(position, order):
            line = self._complaint(relation, order, member, placed, seen)
            if verdicts is not None:
                verdicts.give(member.position, line)
            elif line.verdict is not Verdict.TAKEN and line.code != "no_complaint":
                remarks.append(Remark(line.code, f"Complaint: {line.sentence}"))
        return remarks

    def _refuse(self, position: int, order: str, fault: BadCell, spoilt: Spoilt, payments: Sequence[Payment]) -> None:
        self._of[id(self._export.orders)].give(position, Line(Verdict.REFUSED, fault.code, fault.sentence, order))
        for each in payments:
            if each.minor is not None:
                self._books.refused[self._export.currency(self._rows[position])] += each.minor
        if not self._stands(position):
            return  # what belongs to the order belongs to the row that stands for it
        line = Line(Verdict.REFUSED, "order_refused", f"Its order was refused: {fault.code}.", order)
        bad = {each.position: each.fault for each in payments if each.fault}
        for relation, own in ((self._export.items, spoilt.items), (self._export.payments, bad)):
            self._refuse_members(relation, position, order, line, own)
        if self._export.complaints:
            self._refuse_members(self._export.complaints, position, order, line, {})

    def _refuse_members(
        self, relation: Relation, position: int, order: str, line: Line, own: dict[int, BadCell]
    ) -> None:
        verdicts = self._rows_of(relation)
        for member in relation.of(position, order) if verdicts is not None else ():
            fault = own.get(member.position) or relation.table.broken.get(member.position)
            refused = Line(Verdict.REFUSED, fault.code, fault.sentence, order) if fault else line
            self._of[id(relation.table)].give(member.position, refused)

    def _rows_of(self, relation: Relation) -> Verdicts | None:
        """The verdicts on its rows, None where the section has no rows of its own."""
        return self._of[id(relation.table)] if relation.has_rows else None

    # ------------------------------------------------------------ payments

    def _read_payments(self) -> dict[int, list[Payment]]:
        """The payments of every order row, read once; their money enters the books as source here."""
        relation = self._export.payments
        found: dict[int, list[Payment]] = {}
        for position, row in enumerate(self._rows):
            if not relation.has_rows or self._stands(position):
                members = relation.of(position, row.id)
                found[position] = [self._payment(position, number, each) for number, each in enumerate(members, 1)]
        return found

    def _payment(self, position: int, number: int, member: Member) -> Payment:
        row, order = self._export.payment_row(member.row), self._rows[position]
        reference = row.reference or (order.id if number == 1 else f"{order.id}-{number}")
        try:
            self._refuse_broken(position, member)
            currency = self._export.currency(order)
            minor = self._minor(row.amount, currency)
        except BadCell as fault:
            self._books.uncounted += 1
            return Payment(member.position, reference, row.method, None, fault)
        self._books.source[currency] += minor
        return Payment(member.position, reference, row.method, minor, None)

    def _refuse_broken(self, position: int, member: Member) -> None:
        relation = self._export.payments
        broken = relation.table.broken.get(member.position if relation.has_rows else position)
        if broken:
            raise broken

    def _minor(self, text: str, currency: str) -> int:
        if not text:
            raise BadCell("missing_value", "The amount is empty.")
        return self._export.till.minor(text, currency)

    # ------------------------------------------------------------ complaints

    def _complaint(
        self, relation: Relation, order: str, member: Member, placed: tuple[str, ...], seen: set[str]
    ) -> Line:
        row = self._export.complaint_row(member.row)
        try:
            broken = relation.table.broken.get(member.position)
            if broken:
                raise broken
            if row.id and row.id in seen:
                raise BadCell("duplicate_row", _DOUBLE)
            instant = self._export.clock.instant(row.at)
            rated = score(row.score)
        except BadCell as fault:
            return Line(Verdict.REFUSED, fault.code, fault.sentence, order)
        if instant is None:
            return Line(Verdict.NOTED, "no_complaint", "It says no time, so there is nothing to tell.", order)
        seen.add(row.id)
        for key in placed:
            whole = {"shop_order": order} if key != order else {}
            body = {"at": written(instant.at), "order": key, "score": rated, "text": row.text, "id": row.id}
            self.complaints.append(Command(instant.at, key, len(self.complaints), encode({**body, **whole}) + "\n"))
        if instant.doubt:
            return Line(Verdict.NOTED, instant.doubt, instant.sentence, order)
        return Line(Verdict.TAKEN, "taken", "Kept for the rehearsal.", order)

    # ------------------------------------------------------------ rows that belong to no order

    def _strangers(self) -> None:
        sections = [self._export.items, self._export.payments]
        for relation in [*sections, *([self._export.complaints] if self._export.complaints else [])]:
            for position, order in relation.strangers(self._known):
                self._of[id(relation.table)].give(position, _stranger(relation.table, position, order))
                if relation is self._export.payments:
                    self._strange_money(relation.table, position)

    def _strange_money(self, table: Table, position: int) -> None:
        currency = self._export.mapping.currency
        try:
            if not currency or position in table.broken:
                raise BadCell("uncounted", "Without an order it has no currency.")
            minor = self._minor(self._export.payment_row(table.rows[position]).amount, currency)
        except BadCell:
            self._books.uncounted += 1
        else:
            self._books.source[currency] += minor
            self._books.refused[currency] += minor

    # ------------------------------------------------------------ lookups

    def _mark(self, position: int, *, taken: bool) -> None:
        """Tell the lookups which of their rows this order needed."""
        row = self._export.orders.rows[position]
        for link in self._export.order_links:
            link.lookup.mark(link.key(row).strip(), taken=taken)
        items = self._export.items
        if items.links and (self._stands(position) or not items.has_rows):
            for row in items.rows_of(position, self._rows[position].id):
                for link in items.links:
                    link.lookup.mark(link.key(row).strip(), taken=taken)

    def _lookup(self, lookup: Lookup) -> None:
        verdicts, doubles = self._of[id(lookup.table)], set(lookup.doubles)
        used = Line(Verdict.TAKEN, "taken", "Looked up for an order that was taken.")
        only_refused = Line(Verdict.NOTED, "not_used", "Every order that refers to it was refused.")
        unused = Line(Verdict.NOTED, "not_used", "No order refers to it.")
        double = Line(Verdict.REFUSED, "duplicate_row", "Its key stands on a line before; that one is taken.")
        for position in range(len(lookup.table.rows)):
            broken = lookup.table.broken.get(position)
            if verdicts.has(position):
                continue  # the same file serves two lookups, or is one of the main tables
            if broken:
                verdicts.give(position, Line(Verdict.REFUSED, broken.code, broken.sentence))
            elif position in lookup.taken:
                verdicts.give(position, used)
            elif position in doubles:
                verdicts.give(position, double)
            else:
                verdicts.give(position, only_refused if position in lookup.refused else unused)


def _identified(export: Export, rows: list[OrderRow]) -> tuple[dict[int, BadCell], dict[str, int]]:
    """What is wrong with order rows that cannot be read, and which row stands for an id.

    A row that cannot be read still stands for the id it seems to name, unless a good one does: so its items and
    payments are known to be lost with it.
    """
    faults: dict[int, BadCell] = dict(export.orders.broken)
    known: dict[str, int] = {}
    for position, row in enumerate(rows):
        try:
            identifier(row.id, "order's id")
        except BadCell as fault:
            faults.setdefault(position, fault)
        if position not in faults:
            known.setdefault(row.id, position)
    for position in faults:
        if rows[position].id:
            known.setdefault(rows[position].id, position)
    return faults, known


def _without_doubles(payments: list[Payment]) -> tuple[list[Payment], list[Payment]]:
    """Payments, and those that repeat the reference of an earlier one."""
    seen: set[str] = set()
    single: list[Payment] = []
    doubles: list[Payment] = []
    for payment in payments:
        (doubles if payment.reference in seen else single).append(payment)
        seen.add(payment.reference)
    return single, doubles


def _order_line(order: str, taken: Taken) -> Line:
    if not taken.remarks:
        return Line(Verdict.TAKEN, "taken", f"Became {_commands(len(taken.commands))}.", order)
    first, *others = taken.remarks
    return Line(Verdict.NOTED, first.code, first.sentence, order, tuple(others))


def _commands(count: int) -> str:
    return "1 command" if count == 1 else f"{count} commands"


def _stranger(table: Table, position: int, order: str) -> Line:
    broken = table.broken.get(position)
    if broken:
        return Line(Verdict.REFUSED, broken.code, broken.sentence, order)
    if not order:
        return Line(Verdict.REFUSED, "missing_value", "It does not say which order it belongs to.")
    return Line(Verdict.REFUSED, "unknown_order", f"No order {shown(order)} stands in the export.", order)


def _codes(tables: list[Verdicts]) -> tuple[dict[str, int], dict[str, int]]:
    """How often each code stands in the report, refused and noted apart, the most frequent first."""
    found: dict[Verdict, Counter[str]] = {Verdict.REFUSED: Counter(), Verdict.NOTED: Counter()}
    for line in (line for each in tables for line in each.lines if line is not None):
        if line.verdict is not Verdict.TAKEN:
            found[line.verdict].update((line.code, *(remark.code for remark in line.also)))
    refused, noted = (dict(sorted(counts.items(), key=lambda each: (-each[1], each[0]))) for counts in found.values())
    return refused, noted
