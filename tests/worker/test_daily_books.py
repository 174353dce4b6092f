"""The books are looked at once a day by whichever worker comes first, and what was found can be read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from amends.orders import books_checks
from amends.worker import books
from amends.worker.tasks import beside_tasks
from tests.store.lives import agreed

Server = psycopg.Connection[tuple[object, ...]]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def alone(shop: UUID, server: Server) -> Iterator[UUID]:
    """Of every other marketplace the books were looked at just now."""
    server.execute("TRUNCATE books_check")
    server.execute(
        "INSERT INTO books_check (marketplace, begun_at, checked_at)"
        " SELECT id, timestamptz '2100-01-01', timestamptz '2100-01-01' FROM marketplace WHERE id <> %s",
        [shop],
    )
    yield shop
    server.execute("TRUNCATE books_check")


def test_a_worker_looks_once_a_day(alone: UUID) -> None:
    agreed(alone)
    assert books_checks.last(alone) is None
    assert books.once(NOW) == 1
    assert books_checks.last(alone) == books_checks.Checked(NOW, whole=False, orders=1, many=0, broken=())
    assert books.once(NOW + timedelta(hours=23)) == 0
    tomorrow = NOW + timedelta(days=1)
    assert books.once(tomorrow) == 1
    found = books_checks.last(alone)
    assert found is not None
    assert found.at == tomorrow


def test_what_is_broken_is_kept_and_logged(alone: UUID, server: Server, caplog: pytest.LogCaptureFixture) -> None:
    agreed(alone)
    server.execute("UPDATE orders SET held_minor = held_minor + 1 WHERE marketplace = %s", [alone])
    books.once(NOW)
    found = books_checks.last(alone)
    assert found is not None
    assert found.many == len(found.broken) > 0
    assert "do not hold" in caplog.text


def test_two_workers_do_not_look_at_once_and_of_one_that_was_killed_another_takes_over(alone: UUID) -> None:
    assert books_checks.begin(NOW) == alone
    assert books_checks.begin(NOW + timedelta(minutes=1)) is None
    assert books_checks.last(alone) is None, "nothing is said before the look is done"
    assert books_checks.begin(NOW + timedelta(hours=1)) == alone


def test_it_is_done_beside_the_clocks() -> None:
    assert [task.name for task in beside_tasks(threading.Event())] == ["messages", "daily letters", "books"]
