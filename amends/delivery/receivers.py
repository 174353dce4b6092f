"""Who receives messages: the log here, notices and letters beside it; webhooks will be receivers too."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from amends.core.durations import format_instant

outgoing = logging.getLogger("amends.outgoing")


class Message(NamedTuple):
    """Something to tell about an order. It names what happened and nothing anybody wrote."""

    marketplace: UUID
    order_key: str
    event: int
    """The event's number; 0 for what is no event, a reminder."""
    topic: str
    """`event`, or `reminder:<deadline>:<dispute>:<instant>:<how long before>`."""
    type: str
    """The event's type; "" for a reminder."""
    at: datetime | None
    """When the event is dated."""

    @property
    def id(self) -> str:
        """The same whenever it is delivered, so that whoever receives it twice can tell."""
        return f"{self.marketplace}/{self.order_key}/{self.event}/{self.topic}"


class Undelivered(Exception):
    """A receiver did not take a message; it is tried again later."""


class Receiver(Protocol):
    """Somebody who is told. The same message may come twice; those of one order come in the order of their numbers."""

    @property
    def name(self) -> str: ...

    def receive(self, message: Message) -> None:
        """Take the message durably, or raise Undelivered."""


class Log:
    """Writes each message as one line of JSON to the logger `amends.outgoing`."""

    name = "log"

    def receive(self, message: Message) -> None:
        line = {
            "marketplace": str(message.marketplace),
            "order": message.order_key,
            "number": message.event,
            "type": message.type,
            "topic": message.topic,
            "at": format_instant(message.at) if message.at else None,
        }
        outgoing.info(json.dumps(line, ensure_ascii=False))
