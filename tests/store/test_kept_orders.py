"""What a process remembers of an order spares it work, and is never believed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.core.order import replace
from amends.core.private import Private
from amends.orders import standing, store
from amends.orders.recording import BrokenHistory
from amends.orders.verify import verify

from .lives import offered

Server = psycopg.Connection[tuple[object, ...]]
NOTHING = store.Wanted()


def texts(value: Any) -> Iterator[Private]:
    """Every personal text, however deep it stands."""
    if isinstance(value, Private):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    standing._kept.clear()


def test_of_a_known_order_only_the_events_since_are_read(shop: UUID) -> None:
    version = offered(shop).version
    first, folded = standing.load(shop, "O1", NOTHING)
    again, same = standing.load(shop, "O1", NOTHING)
    assert len(first.events) + len(again.events) <= version
    assert again.events == []
    assert same == folded
    assert folded is not None
    assert folded.order.version == version


def test_what_is_kept_holds_no_readable_text(shop: UUID) -> None:
    offered(shop)
    standing.load(shop, "O1", NOTHING)
    standing.load(shop, "O1", store.Wanted(texts=True))
    found = list(texts(standing._kept[shop, "O1"]))
    assert found
    assert [text.plain for text in found] == [None] * len(found)


def test_a_kept_order_that_is_not_what_is_stored_is_thrown_away(shop: UUID) -> None:
    offered(shop)
    standing.load(shop, "O1", NOTHING)
    right = standing._kept[shop, "O1"]
    standing._kept[shop, "O1"] = right._replace(head="0" * 64, order=replace(right.order, version=1))
    _, mended = standing.load(shop, "O1", NOTHING)
    assert mended == right


def test_an_event_changed_behind_our_back_is_noticed_also_when_the_order_is_known(shop: UUID, server: Server) -> None:
    offered(shop)
    standing.load(shop, "O1", NOTHING)
    with server.transaction():
        server.execute("SET LOCAL session_replication_role = replica")
        server.execute("UPDATE orders SET head = sha256(head) WHERE marketplace = %s", [shop])
    with pytest.raises(BrokenHistory):
        standing.load(shop, "O1", NOTHING)
    assert verify(shop).broken
