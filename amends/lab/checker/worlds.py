"""The orders whose lives are explored: few, chosen so that each differs where a policy looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from amends.core.durations import BusinessDays, Calendars, format_instant
from amends.core.money import format_minor
from amends.core.policy import Policy
from amends.core.vocabulary import Wants

START = datetime(2024, 3, 4, 9, tzinfo=UTC)
"""A Monday that all calendars we ship know, with years after it that they know too."""

MOMENT = timedelta(seconds=1)
"""The least time the exploration tells apart from the last instant of a deadline."""

LONG = timedelta(days=3650)
"""How far ahead a story looks to show that nothing more happens."""

OUTBOUND, RETURNED, REPLACED = "OUTBOUND-1", "RETURNED-1", "REPLACED-1"
"""Parcel numbers, of no format anybody knows."""


class World(NamedTuple):
    """One order as it is placed, and how freely its parties move."""

    name: str
    order: dict[str, Any]
    """As a story writes it; amounts are decimal text."""
    lines: tuple[str, ...]
    """The lines the buyer may dispute; the others go their normal way."""
    free: bool
    """False: only the moves that change whose turn it is, for orders whose full exploration would repeat others."""
    named_return: bool = False
    """The seller may still name the address for a return."""


class Amounts(NamedTuple):
    """The classes of amounts, in minor units of the order's currency."""

    full: int
    part: int
    little: int
    delivery: int


def worlds(policy: Policy) -> tuple[World, ...]:
    """The orders to explore under a policy: address known abroad, unknown, at home; and two lines."""
    return (
        World("abroad", _order(policy, ("A",), return_to={"country": "CN", "city": "Shenzhen"}), ("A",), free=True),
        World("no address", _order(policy, ("A",)), ("A",), free=False, named_return=True),
        World(
            "local return",
            _order(policy, ("A",), return_to={"country": "PL", "city": "Warsaw"}, local_return=True),
            ("A",),
            free=False,
        ),
        World(
            "two lines",
            _order(policy, ("A", "B"), return_to={"country": "CN", "city": "Shenzhen"}),
            ("A",),
            free=False,
        ),
    )


def currency(policy: Policy) -> str:
    """A currency in which the policy's limits bite, where it has any."""
    return min(policy.approval.second_person_above, default="USD")


def amounts(policy: Policy) -> Amounts:
    """What a claim for one line may be: all of it, a part, little. Above a limit for one person, part of it below."""
    limit = policy.approval.second_person_above.get(currency(policy), 0)
    full = max(9000, limit + limit // 2)
    return Amounts(full, full // 2, full // 4, 500)


def _order(policy: Policy, lines: tuple[str, ...], **more: Any) -> dict[str, Any]:
    sums, unit = amounts(policy), currency(policy)
    return {
        "id": "O1",
        "buyer": "bo",
        "seller": "li",
        "currency": unit,
        "lines": [
            {"id": line, "title": title, "price": format_minor(sums.full, unit), "quantity": 1}
            for line, title in zip(lines, ("Lamp", "Shade"), strict=False)
        ],
        "shipping": format_minor(sums.delivery, unit),
        "paid_at": format_instant(START),
        "payment_method": "card-4242",
        "destination": {"country": "PL", "city": "Gdansk"},
        **more,
    }


def promises(policy: Policy) -> tuple[timedelta | None, ...]:
    """What a seller may promise as the latest delivery date: nothing, a date in time, one after protection's end."""
    lasts = policy.protection.lasts
    days = lasts.days * 2 if isinstance(lasts, BusinessDays) else lasts.delta.days
    return (timedelta(days=20), None, timedelta(days=days + 20))


def solutions(policy: Policy) -> tuple[Wants, ...]:
    """What may be wanted under the policy."""
    exchange = (Wants.RETURN_AND_EXCHANGE,) if "exchange" in policy.return_.ends_in else ()
    return (Wants.REFUND, Wants.RETURN_AND_REFUND, *exchange)


def known(policy: Policy, calendars: Calendars) -> bool:
    """Whether every calendar the exploration needs is there."""
    return all(name in calendars for name in named_calendars(policy))


def named_calendars(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The calendars a policy names, each with the keys that name it."""
    found: dict[str, list[str]] = {}

    def look(value: object, path: str) -> None:
        if isinstance(value, dict):
            if set(value) == {"business_days", "calendar"}:
                found.setdefault(str(value["calendar"]), []).append(path)
                return
            for key, part in value.items():
                look(part, f"{path}.{key}" if path else str(key))
        elif isinstance(value, list):
            for at, part in enumerate(value):
                look(part, f"{path}.{at}")

    look(dict(policy.document), "")
    return {name: tuple(paths) for name, paths in found.items()}
