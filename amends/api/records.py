"""A seller's record: how many of his orders were disputed, how that ended, what counts and what does not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from amends.core.durations import format_instant
from amends.orders.reckoning import Record, Share
from amends.orders.records import records

from .answers import answer, nowhere
from .callers import caller_of, readable


def read_record(request: HttpRequest, seller: str) -> HttpResponse:
    """The same for every caller: it names no buyer and no order. All zero for a name nobody sold under."""
    caller = caller_of(request)
    if not readable(seller):
        raise nowhere()
    now = caller.now()
    found = records(caller.marketplace, seller, now=now)
    document = {
        "seller": seller,
        "as_of": format_instant(now),
        "recent": _record(found.recent),
        "all": _record(found.all),
    }
    return answer(document)


def _record(record: Record) -> dict[str, Any]:
    return {
        "since": format_instant(record.since) if record.since else None,
        "complete": record.whole,
        "orders": record.orders,
        "disputes": record.disputes,
        "counted": record.counted,
        "counted_orders": record.share.counted,
        "rate": _rate(record.share),
        "ended": {how.value: many for how, many in sorted(record.ended.items())},
        "not_counted": {why.value: many for why, many in sorted(record.excluded.items())},
    }


def _rate(share: Share) -> str | None:
    """As a decimal text between 0 and 1 with four digits; null where there are no orders."""
    rate = share.per_ten_thousand
    return None if rate is None else f"{rate // 10_000}.{rate % 10_000:04}"
