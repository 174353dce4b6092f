"""Up to which instant deadlines may lapse while something that came before they ended is not decided about."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from .decide import catch_up
from .facts import Receipt
from .order import Order
from .refusals import Refused
from .rights import rights
from .rules import review
from .vocabulary import Party


def clocks_run_until(order: Order, now: datetime, receipts: Iterable[Receipt]) -> datetime:
    """The latest instant, `now` at most, up to which deadlines may lapse although these are not decided about.

    It is `now` unless something would lapse by then that takes from a party what he had when his file or his act
    came: the right to give the file, or to do any act of his. Until it is decided nobody can say what happens after
    its instant. A deadline that was over when something came is never held by that.
    """
    after: Order | None = None
    for receipt in sorted(receipts, key=lambda receipt: receipt.at):
        if receipt.at >= now:
            break
        if after is None:
            after, lapsed = catch_up(order, now)
            if not lapsed:
                break
        may = _may_act if receipt.act else _may_give
        if may(catch_up(order, receipt.at)[0], receipt.by, receipt.at) - may(after, receipt.by, now):
            return receipt.at
    return now


def _may_give(order: Order, by: Party, now: datetime) -> frozenset[tuple[int, str]]:
    """The disputes this party may give evidence in."""
    numbers = set()
    for dispute in order.disputes:
        with suppress(Refused):
            review.may_add_evidence(order, dispute, by, now)
            numbers.add((dispute.number, ""))
    return frozenset(numbers)


def _may_act(order: Order, by: Party, now: datetime) -> frozenset[tuple[int, str]]:
    """What this party may do, on each dispute and, as 0, on the order."""
    of = {0: rights(order, None, by, now)} | {one.number: rights(order, one, by, now) for one in order.disputes}
    return frozenset((number, verb) for number, his in of.items() for verb in his.can)
