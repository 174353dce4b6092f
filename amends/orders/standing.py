"""A stored order, folded: checked against its chain, with the personal text that can be read.

A process keeps the orders it folded last, sealed as they are stored, so that the next act on one reads only the
events since. What is kept is never believed: the chain must lead from it to the head the database names.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import NamedTuple
from uuid import UUID

from amends.core.evolve import evolve, fold
from amends.core.order import Order

from . import store
from .marketplaces import SHELF, pinned_policy
from .recording import BrokenHistory, head_of, read
from .sealing import Key, about, decrypt
from .store import Loaded
from .trips import APP

MOST_KEPT = 500
"""Orders; each is some tens of kilobytes."""


class Standing(NamedTuple):
    """The state all stored events make, and the hash of the chain up to the last of them."""

    order: Order
    head: str


_kept: OrderedDict[tuple[UUID, str], Standing] = OrderedDict()
_keeping = Lock()


def load(marketplace: UUID, order_key: str, wanted: store.Wanted, *, role: str = APP) -> tuple[Loaded, Standing | None]:
    """The order as stored, and folded; of one folded before, `Loaded.events` are only those since.

    Raises NoMarketplace and BrokenHistory.
    """
    place = (marketplace, order_key)
    known = None if wanted.texts else _kept.get(place)
    if known is not None:
        loaded = store.load(marketplace, order_key, wanted, role=role, since=known.order.version)
        standing = _since(known, loaded)
        if standing is not None:
            _keep(place, standing)
            return loaded, standing
    loaded = store.load(marketplace, order_key, wanted, role=role)
    standing = standing_of(marketplace, order_key, loaded)
    if standing is not None and not wanted.texts:
        _keep(place, standing)
    return loaded, standing


def _since(known: Standing, loaded: Loaded) -> Standing | None:
    """The kept order brought up to what is stored now; None where that is not its continuation."""
    if len(loaded.events) != loaded.version - known.order.version or loaded.policy_digest != known.order.policy.digest:
        return None
    if head_of(loaded.events, known.head) != loaded.head.hex():
        return None
    order = known.order
    for event in read(loaded.events, {}):
        order = evolve(order, event)
    return Standing(order, loaded.head.hex())


def _keep(place: tuple[UUID, str], standing: Standing) -> None:
    with _keeping:
        _kept[place] = standing
        _kept.move_to_end(place)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)


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
