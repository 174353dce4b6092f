"""The outbox's way out: every message, at least once, an order's one after the other, and no failure stops the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from amends.delivery import relay
from amends.delivery.receivers import Message, Undelivered
from amends.orders.verify import verify
from tests.store.lives import agreed, place

Server = psycopg.Connection[tuple[Any, ...]]

NOW = datetime(2026, 7, 1, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone."""


class Witness:
    """Keeps what it is told; refuses what it was told to refuse."""

    name = "witness"

    def __init__(self, *, refuses: tuple[tuple[str, int], ...] = (), dies_after: int = 10**6) -> None:
        self.refuses = set(refuses)
        self.dies_after = dies_after
        self.seen: list[tuple[str, int]] = []

    def receive(self, message: Message) -> None:
        if len(self.seen) == self.dies_after:
            raise Killed
        if (message.order_key, message.event) in self.refuses:
            raise Undelivered("not today")
        self.seen.append((message.order_key, message.event))

    def of(self, order_key: str) -> list[int]:
        return [event for seen, event in self.seen if seen == order_key]


def relayed(shop: UUID, witness: Witness, now: datetime = NOW, most: int = 500) -> int:
    return relay.once(now, marketplace=shop, receivers=(witness,), most=most)


def test_each_event_is_told_once_and_in_order(shop: UUID) -> None:
    version = agreed(shop).version
    place(shop, "O2")
    witness = Witness()
    assert relayed(shop, witness) == version + 1
    assert witness.of("O1") == list(range(1, version + 1))
    assert witness.of("O2") == [1]
    assert relayed(shop, witness) == 0
    assert not verify(shop).broken


def test_the_log_gets_one_line_of_json_a_message_and_nothing_anybody_wrote(
    shop: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    version = agreed(shop).version
    with caplog.at_level("INFO", logger="amends.outgoing"):
        relay.once(NOW, marketplace=shop)
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "amends.outgoing"]
    assert [line["number"] for line in lines] == list(range(1, version + 1))
    assert lines[0] == {
        "marketplace": str(shop),
        "order": "O1",
        "number": 1,
        "type": "OrderPlaced",
        "topic": "event",
        "at": "2026-03-20T09:00:00Z",
    }
    assert not {"alice", "lid", "Gdansk", "RR123456785CN"} & set(caplog.text.replace('"', " ").split())


def test_a_relay_that_dies_tells_everything_again_when_its_lease_is_over(shop: UUID) -> None:
    version = agreed(shop).version
    dying = Witness(dies_after=3)
    with pytest.raises(Killed):
        relayed(shop, dying)
    assert dying.of("O1") == [1, 2, 3]
    heir = Witness()
    assert relayed(shop, heir, NOW + timedelta(seconds=30)) == 0, "the lease lives"
    assert relayed(shop, heir, NOW + timedelta(minutes=3)) == version
    assert heir.of("O1") == list(range(1, version + 1))


def test_what_one_order_cannot_deliver_stops_no_other_and_keeps_its_order(shop: UUID) -> None:
    version = agreed(shop).version
    place(shop, "O2")
    witness = Witness(refuses=(("O1", 3),))
    assert relayed(shop, witness) == 3
    assert (witness.of("O1"), witness.of("O2")) == ([1, 2], [1])
    assert relayed(shop, witness, NOW + timedelta(seconds=1)) == 0, "not before its pause is over"
    witness.refuses.clear()
    assert relayed(shop, witness, NOW + timedelta(hours=1)) == version - 2
    assert witness.of("O1") == list(range(1, version + 1))


def test_what_can_never_be_delivered_is_set_aside_and_told(
    shop: UUID, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    version = agreed(shop).version
    witness = Witness(refuses=(("O1", 2),))
    for hour in range(relay.MOST_ATTEMPTS + 1):
        relayed(shop, witness, NOW + timedelta(hours=2 * hour))
    assert witness.of("O1") == [1, *range(3, version + 1)]
    aside = server.execute(
        "SELECT event, set_aside FROM outbox WHERE marketplace = %s AND set_aside IS NOT NULL", [shop]
    ).fetchall()
    assert [(event, "not today" in str(why)) for event, why in aside] == [(2, True)]
    assert "is set aside" in caplog.text
    assert not verify(shop).broken


def test_a_receivers_own_bug_is_its_messages_trouble_only(shop: UUID, caplog: pytest.LogCaptureFixture) -> None:
    place(shop, "O1")
    place(shop, "O2")

    class Buggy(Witness):
        def receive(self, message: Message) -> None:
            if message.order_key == "O1":
                raise ZeroDivisionError
            super().receive(message)

    witness = Buggy()
    assert relayed(shop, witness) == 1
    assert witness.of("O2") == [1]
    assert "ZeroDivisionError" in caplog.text


def test_of_two_relays_one_has_an_order_whole(shop: UUID) -> None:
    for number in range(6):
        agreed(shop, f"O{number}")

    class Twofold(Witness):
        """In the middle of the first one's work another relay comes by."""

        other = Witness()
        looked = False

        def receive(self, message: Message) -> None:
            super().receive(message)
            if not self.looked:
                self.looked = True
                relayed(shop, self.other)

    first = Twofold()
    relayed(shop, first, most=2)
    taken, rest = {order for order, _ in first.seen}, {order for order, _ in first.other.seen}
    assert len(taken) == 2
    assert len(rest) == 4
    for witness in (first, first.other):
        for order in {order for order, _ in witness.seen}:
            assert witness.of(order) == sorted(witness.of(order))
