"""The session `amends up --demo` prints: it works as it stands, pasted into a shell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from amends.core.durations import format_instant
from amends.core.vocabulary import DisputeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from amends.core.order import Order
    from amends.stories.demonstration import Told

RULE: Final = "─" * 78
FURTHER: Final = timedelta(days=3)


def printed(address: str, told: Told) -> str:
    """The page to click, the key, and the session between two rules."""
    return "\n".join(
        [
            "",
            f"Look:  {address}/",
            f"Key:   {told.key}   (of the demonstration only)",
            "",
            "Or paste this:",
            RULE,
            *_session(address, told),
            RULE,
            "",
        ]
    )


def _session(address: str, told: Told) -> Iterator[str]:
    order, later = _example(told.marketplace)
    dispute = f"$AMENDS/orders/{order}/disputes/1"
    yield f"AMENDS={address}/v1"
    yield f"KEY='Authorization: Bearer {told.key}'"
    yield "JSON='Content-Type: application/json'"
    yield "# the orders"
    yield 'curl -sS "$AMENDS/orders?limit=3" -H "$KEY"; echo'
    yield "# one dispute, as its buyer: what she may do, until when, and what silence does"
    yield f'curl -sS "{dispute}" -H "$KEY" -H \'Amends-Acting-As: buyer\'; echo'
    yield "# the seller offers a part"
    yield (
        f'curl -sS "{dispute}/offer" -H "$KEY" -H "$JSON" -H \'Amends-Acting-As: seller\''
        ' -d \'{"wants": "refund", "amount": "20.00", "text": "Keep it, and take 20."}\'; echo'
    )
    yield "# three days go by"
    yield f'curl -sS "$AMENDS/sandbox/clock" -H "$KEY" -H "$JSON" -d \'{{"to": "{format_instant(later)}"}}\'; echo'
    yield "# and it looks different"
    yield f'curl -sS "{dispute}" -H "$KEY" -H \'Amends-Acting-As: buyer\'; echo'


def _example(marketplace: UUID) -> tuple[str, datetime]:
    """An order whose seller is to answer, the first there is, else any; and an instant its clock has not reached."""
    from amends.orders import clock, queries

    now = clock.now_of(marketplace, datetime.now(UTC))
    keys = queries.order_keys(marketplace, most=50)
    for key in keys:
        found = queries.order(marketplace, key, now=now)
        if found and not found.order.holds and _first_stage(found.order) is DisputeStatus.AWAITING_SELLER:
            return key, now + FURTHER
    return keys[0], now + FURTHER


def _first_stage(order: Order) -> DisputeStatus | None:
    return order.disputes[0].status if order.disputes else None
