"""A rehearsal told: one column a policy, money to the last minor unit, and what was simulated said first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amends.core.durations import format_instant
from amends.core.money import format_minor

from .books import Book
from .rehearsal import Money, Rehearsed, quantile

LABEL = "real orders, simulated parties"
Row = tuple[str, list[str]]


def document(book: Book, seed: int, results: Sequence[Rehearsed]) -> dict[str, Any]:
    """The whole result as plain data, for `--json`. Amounts are minor units."""
    return {
        "label": LABEL,
        "seed": seed,
        "book_ends": format_instant(book.ends),
        "commands": len(book.commands),
        "complaints": len(book.complaints),
        "policies": [_one(result) for result in results],
    }


def _one(result: Rehearsed) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in result._asdict().items() if name != "days_open"}
    plain["last_day"] = format_instant(result.last_day)
    plain["days_open"] = {"median": quantile(result.days_open, 0.5), "p90": quantile(result.days_open, 0.9)}
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value._asdict()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in sorted(value.items())}
    return list(value) if isinstance(value, tuple) else value


def table(book: Book, seed: int, results: Sequence[Rehearsed]) -> str:
    """The result as text, policies side by side."""
    rows: list[Row | str] = [
        f"{LABEL} · seed {seed} · {len(book.commands):,} recorded commands, {len(book.complaints):,} complaints",
        "",
        ("", [result.policy for result in results]),
        ("orders", [f"{result.orders:,}" for result in results]),
        *_money_rows("paid in", results, lambda result, currency: result.paid_in.get(currency, 0)),
        "",
        f"when the book ends, {book.ends:%Y-%m-%d}",
        ("  disputes still open", [f"{result.open_at_book_end:,}" for result in results]),
        *_three(results, lambda result: result.at_book_end),
        *_counts("  orders ", [result.statuses_at_book_end for result in results]),
        "",
        "when nothing is open any more",
        ("  last day", [f"{result.last_day:%Y-%m-%d}" for result in results]),
        *_three(results, lambda result: result.at_end),
        *_counts("  orders ", [result.statuses for result in results]),
        "",
        ("disputes", [f"{result.disputes:,}" for result in results]),
        *_counts("  ", [result.outcomes for result in results]),
        ("  days open, median", [f"{quantile(result.days_open, 0.5):.1f}" for result in results]),
        ("  days open, 9 of 10", [f"{quantile(result.days_open, 0.9):.1f}" for result in results]),
        ("  appeals", [f"{result.appeals:,}" for result in results]),
        "",
        "refunded in disputes, by how they ended",
        *_refunded(results),
        "",
        "deadlines that passed",
        *_counts("  ", [result.lapses for result in results]),
        "",
        "refused to simulated parties",
        *_counts("  ", [result.refusals for result in results]),
        "",
        "recorded commands the policy refused",
        *_counts("  ", [result.refused_commands for result in results]),
        "",
        ("invariants broken", [f"{len(result.broken):,}" for result in results]),
        *[f"  {result.policy}: {line}" for result in results for line in result.broken[:5]],
    ]
    return _laid_out(rows)


def _currencies(results: Sequence[Rehearsed]) -> list[str]:
    return sorted({currency for result in results for currency in result.paid_in})


def _money_rows(name: str, results: Sequence[Rehearsed], amount: Callable[[Rehearsed, str], int]) -> list[Row]:
    return [
        (f"{name}, {currency}", [format_minor(amount(result, currency), currency) for result in results])
        for currency in _currencies(results)
    ]


def _three(results: Sequence[Rehearsed], at: Callable[[Rehearsed], Mapping[str, Money]]) -> list[Row]:
    def part(name: str) -> Callable[[Rehearsed, str], int]:
        return lambda result, currency: int(getattr(at(result).get(currency, Money()), name))

    rows: list[Row] = []
    for name in ("held", "refunded", "released"):
        rows += _money_rows(f"  {name}", results, part(name))
    return rows


def _refunded(results: Sequence[Rehearsed]) -> list[Row]:
    """Where a book has several currencies, amounts by outcome would not add up and are left out."""
    currencies = _currencies(results)
    if len(currencies) != 1:
        return []
    keys = sorted({key for result in results for key, minor in result.refunded_by_outcome.items() if minor})
    return [
        (f"  {key}", [format_minor(result.refunded_by_outcome[key], currencies[0]) for result in results])
        for key in keys
    ]


def _counts(prefix: str, counters: Sequence[Counter[str]]) -> list[Row]:
    keys = sorted({key for counter in counters for key in counter})
    return [(f"{prefix}{key}", [f"{counter[key]:,}" for counter in counters]) for key in keys]


def _laid_out(rows: Sequence[Row | str]) -> str:
    tabled = [row for row in rows if not isinstance(row, str)]
    first = max((len(name) for name, _ in tabled), default=0)
    columns = max((len(cells) for _, cells in tabled), default=0)
    widths = [max(len(cells[at]) for _, cells in tabled) for at in range(columns)]
    lines = []
    for row in rows:
        if isinstance(row, str):
            lines.append(row)
        else:
            name, cells = row
            lines.append(
                name.ljust(first) + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
            )
    return "\n".join(lines)
