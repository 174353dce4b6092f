"""A crowd of orders, each with an open dispute: told once through the service, then copied under keys of their own.

Every copy is what the service would have written: the same events under another id, their chain taken anew, the
state's hash as well. Only the ids of keys and texts are missing, as the life that is copied holds no personal text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from amends import policies
from amends.core.wire import GENESIS, canonical
from amends.orders import marketplaces, state, store
from amends.orders import standing as standings
from amends.orders.handle import handle
from amends.orders.recording import link
from amends.orders.trips import driver

from .service import AT_ONCE, START, life

NAME = "template-order"
DUE, LATER = timedelta(0), timedelta(days=300)
"""When their dispute is opened: its deadline is five days later."""


class Crowd:
    """The orders of one marketplace. Their seller owes an answer; silence grants the buyer's claim."""

    def __init__(self, name: str) -> None:
        self.marketplace = marketplaces.register(name, policies.load("alx-d", AT_ONCE), sandbox=False).id

    def fill(self, *, due: int, waiting: int) -> None:
        """`due` orders whose deadline is START + 5 days, `waiting` whose deadline is 300 days later."""
        for many, kind, opened in ((due, "due", START + DUE), (waiting, "later", START + LATER)):
            if many:
                self._copied(self._told(f"{kind}-{NAME}", opened), f"{kind}-{NAME}", kind, many)

    def _told(self, order: str, opened: datetime) -> dict[str, Any]:
        """One order through the door; its rows, and the canonical state its hash is taken of."""
        for command in life(order)[:3]:
            bare = {key: value for key, value in command.items() if key not in ("text", "destination", "tracking")}
            at = opened if command["do"] == "open" else START
            bare |= {"protection_ends": "2028-01-01T00:00:00Z"} if command["do"] == "ship" else {}
            outcome = handle(self.marketplace, order, bare, now=at)
            assert outcome.refused is None, outcome.refused
        _, standing = standings.load(self.marketplace, order, store.Wanted())
        assert standing is not None
        with driver().cursor() as cursor:
            tables = {}
            for table in ("orders", "event", "journal", "outbox", "shipped_number", "sealed_text"):
                cursor.execute(
                    f"SELECT * FROM {table} WHERE marketplace = %s AND order_key = %s", [self.marketplace, order]
                )
                names = [column.name for column in cursor.description or ()]
                tables[table] = (names, cursor.fetchall())
        names, events = tables["event"]
        events.sort(key=lambda row: int(row[names.index("number")]))
        bodies = [str(row[names.index("body")]) for row in events]
        assert not tables["sealed_text"][1], "the life that is copied holds no personal text"
        return {"tables": tables, "state": canonical(state._written(standing.order)), "bodies": bodies}

    def _copied(self, told: dict[str, Any], name: str, kind: str, many: int) -> None:
        tables: dict[str, tuple[list[str], list[tuple[Any, ...]]]] = told["tables"]
        # Events first: texts and intents point at them.
        with driver().cursor() as cursor:
            for table in ("event", "orders", "journal", "outbox", "shipped_number", "sealed_text"):
                names, rows = tables[table]
                if not rows:
                    continue
                with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                    for number in range(many - 1):  # the one that was told is there already
                        order = f"{kind}-{number:07}"
                        for row in self._rows(table, names, rows, told, name, order):
                            copy.write_row(row)
            cursor.execute("ANALYZE")

    def _rows(
        self, table: str, names: list[str], rows: list[tuple[Any, ...]], told: dict[str, Any], name: str, order: str
    ) -> Iterator[list[Any]]:
        head = GENESIS
        for row in rows:
            copied = dict(zip(names, row, strict=True)) | {"order_key": order}
            if table == "event":
                copied["body"] = copied["body"].replace(name, order)
                head = link(head, copied["body"])
                copied["chain"] = bytes.fromhex(head)
            elif table == "orders":
                for body in told["bodies"]:
                    head = link(head, body.replace(name, order))
                copied["head"] = bytes.fromhex(head)
                copied["state_hash"] = hashlib.sha256(told["state"].replace(name.encode(), order.encode())).digest()
            yield list(copied.values())
