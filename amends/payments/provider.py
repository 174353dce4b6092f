"""What a payment provider is to us: a few calls, each safe to send again with the same key.

Stripe, Adyen, Mangopay and the like all fit: they take an idempotency key with a movement, answer at once or
later by an event of their own, and can be asked. What they answer later comes through the inbox, in any order and more
than once.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID


class Movement(NamedTuple):
    """Money to move: `amount_minor` in minor units of `currency`, to `target`, under the idempotency key `key`."""

    marketplace: UUID
    order_key: str
    key: str
    amount_minor: int
    currency: str
    target: str
    """A refund's: the provider's own reference of the payment, or another account. A release's: the seller."""


class Sent(NamedTuple):
    """He has taken it; the answer comes later."""

    reference: str


class Answered(NamedTuple):
    """The money has arrived."""

    reference: str
    event_id: str
    """The same as of the event he sends about it, so that both count once."""


class Failed(NamedTuple):
    """The money cannot arrive; nothing has moved."""

    reference: str
    event_id: str
    reason: str


class NotKnown(NamedTuple):
    """He has never heard of it."""


Answer = Sent | Answered | Failed


class Told(NamedTuple):
    """An event of the provider's about one movement: `said` is sent, succeeded or failed."""

    marketplace: UUID
    event_id: str
    key: str
    said: str
    reference: str
    reason: str = ""


class Unreachable(ConnectionError):
    """Nobody knows whether he has heard: the connection failed, timed out, or his answer made no sense."""


class Provider(Protocol):
    """Each call may raise `Unreachable`. `now` is the marketplace's clock, for providers that live by it."""

    name: str

    def refund(self, movement: Movement, now: datetime) -> Answer:
        """Give money back. The same key again moves nothing again, and answers how it stands."""

    def release(self, movement: Movement, now: datetime) -> Answer:
        """Pay money out to the seller, likewise."""

    def ask(self, marketplace: UUID, key: str, reference: str, now: datetime) -> Answer | NotKnown:
        """How a movement stands; `reference` is "" where he never confirmed that he has it."""
