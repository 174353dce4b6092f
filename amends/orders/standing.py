"""A stored order, folded: checked against its chain, with the personal text that can be read."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from amends.core.evolve import fold
from amends.core.order import Order

from .marketplaces import SHELF, pinned_policy
from .recording import BrokenHistory, head_of, read
from .sealing import Key, about, decrypt
from .store import Loaded


class Standing(NamedTuple):
    """The state all stored events make, and the hash of the chain up to the last of them."""

    order: Order
    head: str


def standing_of(marketplace: UUID, order_key: str, loaded: Loaded) -> Standing | None:
    """The loaded order folded from its events, None where there is none. Raises BrokenHistory."""
    if not loaded.version:
        return None
    head = head_of(loaded.events)
    if len(loaded.events) != loaded.version or head != loaded.head.hex():
        raise BrokenHistory(
            f"order {order_key} of marketplace {marketplace} stands at version {loaded.version}, and its"
            f" {len(loaded.events)} events do not lead there; run `amends books --verify`"
        )
    policy = pinned_policy(marketplace, loaded.policy_digest)
    return Standing(fold(read(loaded.events, readable(marketplace, order_key, loaded)), policy, SHELF), head)


def readable(marketplace: UUID, order_key: str, loaded: Loaded) -> dict[str, str]:
    """The loaded texts by their reference; those of an erased person are not among them. Raises `Unopened`."""
    return {
        ref: decrypt(Key(key_id, secret), ciphertext, about(marketplace, order_key, ref))
        for ref, ciphertext, key_id, secret in loaded.texts
    }
