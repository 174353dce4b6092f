"""Spans of time during which clocks stand still."""

from __future__ import annotations

from datetime import datetime, timedelta

from .order import Order, Span


def standstill(spans: tuple[Span, ...], start: datetime, end: datetime) -> timedelta:
    """How much of start..end the clocks stood still."""
    total = timedelta(0)
    for since, until in spans:
        low, high = max(since, start), min(until or end, end)
        if high > low:
            total += high - low
    return total


def protection_spans(order: Order) -> tuple[Span, ...]:
    """When protection stands still: with every other clock, and during disputes where the policy says so."""
    return merged(order.standstills + order.disputed) if order.disputed else order.standstills


def merged(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The same time as spans that do not overlap, in order."""
    result: list[Span] = []
    for since, until in sorted(spans, key=lambda span: span[0]):
        if result and (result[-1][1] is None or result[-1][1] >= since):
            before, reached = result[-1]
            result[-1] = (before, None if reached is None or until is None else max(reached, until))
        else:
            result.append((since, until))
    return tuple(result)
