"""A small recorded book, written as an import would write it: eight orders of a fortnight's trade."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

DAY = "2026-03-{:02d}T09:00:00Z"


def placed(order: str, day: int, euros: int) -> dict[str, Any]:
    return {
        "at": DAY.format(day),
        "by": "marketplace",
        "do": "place_order",
        "order": order,
        "id": order,
        "buyer": f"buyer-{order}",
        "seller": "seller-1",
        "currency": "EUR",
        "lines": [{"id": "1", "title": "thing", "price": f"{euros}.00", "quantity": 1}],
        "shipping": "5.00",
        "payments": [{"reference": f"{order}-1", "method": "card", "amount": f"{euros + 5}.00"}],
        "destination": {"country": "DE", "city": "Ulm"},
        "return_to": {"country": "DE", "city": "Jena"},
        "paid_at": DAY.format(day),
    }


def shipped(order: str, day: int, due: str) -> dict[str, Any]:
    return {"at": DAY.format(day), "by": "seller", "do": "ship", "order": order, "tracking": "", "delivery_due": due}


def delivered(order: str, at: str) -> dict[str, Any]:
    return {"at": at, "by": "carrier", "do": "track", "order": order, "state": "delivered", "country": "DE"}


def book(folder: Path) -> Path:
    """Eight orders: five arrive in time, one never arrives, one comes late, one is never sent."""
    commands = []
    for number in range(1, 9):
        commands.append(placed(f"O{number}", number, 10 * number))
        if number < 8:
            commands.append(shipped(f"O{number}", number + 1, "2026-03-25T23:59:59Z"))
        if number < 6:
            commands.append(delivered(f"O{number}", f"2026-03-{number + 14:02d}T12:00:00Z"))
    commands.append(delivered("O7", "2026-04-20T12:00:00Z"))
    complaints = [
        {"at": "2026-03-24T10:00:00Z", "order": "O2", "score": 1, "text": "broken"},
        {"at": "2026-03-24T11:00:00Z", "order": "O3", "score": 5, "text": "lovely"},
        {"at": "2026-03-24T12:00:00Z", "order": "O8", "score": 2, "text": "never came"},
    ]
    path = folder / "commands.jsonl"
    path.write_text(_lines(sorted(commands, key=lambda command: command["at"])), encoding="utf-8")
    (folder / "complaints.jsonl").write_text(_lines(complaints), encoding="utf-8")
    return path


def _lines(documents: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)
