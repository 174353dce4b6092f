"""Marketplaces whose money moves through the sandbox provider, and what a test asks of them. Amounts are minor units.

Alice buys a violin for 100.00, paid 70.00 by card and 30.00 by voucher; Bob sells it; Mia mediates, Olga operates.
"""

from __future__ import annotations

import tempfile
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.test import override_settings

from amends import policies
from amends.core.vocabulary import Party
from amends.orders import evidence, marketplaces, queries
from amends.orders.handle import Outcome, handle
from amends.orders.verify import verify
from amends.payments import work
from tests.store.lives import accepted
from tests.vault import honest

PLACED = datetime(2026, 3, 1, tzinfo=UTC)


def day(days: float) -> datetime:
    return PLACED + timedelta(days=days)


def hours(days: float, more: float) -> datetime:
    return day(days) + timedelta(hours=more)


def market(**settings: Any) -> UUID:
    """A marketplace under the policy alx-e, which knows appeals and the platform's money."""
    named = f"market {uuid.uuid4()}"
    return marketplaces.register(named, policies.load("alx-e"), provider_settings=settings).id


def act(shop: UUID, by: str, do: str, days: float, order_key: str = "V1", **fields: Any) -> Outcome:
    outcome = handle(shop, order_key, {"by": by, "do": do, **fields}, now=day(days), caller=by)
    return accepted(outcome)


def shipped(shop: UUID, order_key: str = "V1") -> None:
    act(
        shop,
        "marketplace",
        "place_order",
        0,
        order_key,
        id=order_key,
        buyer="alice",
        seller="bob",
        currency="USD",
        lines=[{"id": "A", "title": "Violin", "price": "100.00", "quantity": 1}],
        payments=[
            {"reference": "pay-card", "method": "card-4242", "amount": "70.00"},
            {"reference": "pay-voucher", "method": "voucher-9", "amount": "30.00"},
        ],
        paid_at="2026-03-01T00:00:00Z",
        destination={"country": "NL", "city": "Delft"},
        return_to={"country": "CZ", "city": "Cheb"},
    )
    act(shop, "seller", "ship", 1, order_key, tracking="RJ204493108NL")


def claim(shop: UUID, order_key: str = "V1", lines: tuple[str, ...] = ("A",)) -> None:
    """On day 19 Alice asks for all of it back, on day 20 Mia takes the case."""
    shipped(shop, order_key)
    claimed = {"lines": list(lines), "received": True, "reason": "defective", "wants": "refund", "amount": "100.00"}
    act(shop, "buyer", "open", 19, order_key, **claimed)
    act(shop, "buyer", "escalate", 20, order_key, dispute=1)


def ruled(shop: UUID, amount: str, order_key: str = "V1", **verdict: Any) -> None:
    """Mia rules on day 21; what Alice does not get is Bob's at once."""
    claim(shop, order_key)
    act(shop, "mediator", "rule", 21, order_key, dispute=1, wants="refund", amount=amount, text="So be it.", **verdict)


def appealed(shop: UUID, days: float = 24) -> None:
    """Alice has new evidence, and Mia opens the case again."""
    with tempfile.TemporaryDirectory() as folder, override_settings(AMENDS_FILES=folder):
        report = Path(folder) / "report.pdf"
        report.write_bytes(honest.pdf())
        where = evidence.place(shop, "V1", Party.BUYER)
        assert where is not None
        file = evidence.take(where, report, name=report.name, declared="application/pdf", received_at=day(days))
    given = {"kind": "document", "id": file.file, "sha256": file.sha256}
    act(shop, "buyer", "appeal", days, dispute=1, grounds="new_evidence", files=[given])
    act(shop, "mediator", "grant_appeal", days, dispute=1)


def redirected(shop: UUID, days: float, to: str) -> None:
    """Olga sends a failed refund elsewhere, Otto agrees."""
    act(shop, "operator", "correct", days, dispute=1, text="Her card is closed.", refund_to=to, actor="olga")
    act(shop, "operator", "approve", days, actor="otto")


def work_at(shop: UUID, now: datetime) -> work.Worked:
    return work.once(now, marketplace=shop)


def intents(shop: UUID, order_key: str = "V1") -> list[tuple[str, str, int, str]]:
    """Kind, target, amount and state of everything that is to move, in its order."""
    return [
        (one.kind, "elsewhere" if one.redirected else one.target, one.amount_minor - one.withdrawn_minor, one.state)
        for one in queries.intents(shop, order_key)
    ]


def refund(shop: UUID, days: float, order_key: str = "V1") -> str:
    """The status of the newest refund, as the order counts it."""
    found = queries.order(shop, order_key, now=day(days))
    assert found is not None
    return found.order.disputes[0].refunds[-1].status.value


def account(shop: UUID, name: str, days: float, order_key: str = "V1") -> int:
    found = queries.order(shop, order_key, now=day(days))
    assert found is not None
    held = found.order.accounts.get(name)
    return held.balance_minor if held else 0


def sound(shop: UUID) -> None:
    report = verify(shop)
    assert not report.broken, "\n".join(map(str, report.broken))
