"""What is remembered when a buyer or seller comes by a link: how he reads, for the letters he gets later."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from amends.core.vocabulary import Party


class Arrival(NamedTuple):
    """A person the marketplace sent us, or one who chose on our pages how to read. Empty: the link did not say."""

    marketplace: UUID
    party: Party
    name: str
    language: str
    zone: str


listeners: list[Callable[[Arrival], None]] = []
"""Each is told of every arrival, in the request in which it happens."""


def on_arrival(marketplace: UUID, party: Party, name: str, language: str, zone: str) -> None:
    """Tell whoever keeps it that this buyer or seller reads this language and lives by this zone."""
    arrival = Arrival(marketplace, party, name, language, zone)
    for heard in listeners:
        heard(arrival)
