"""Who asks: the marketplace whose key it is, and in a sandbox the party it acts as.

A key that was found good is believed for `BELIEVED` seconds without asking the database again; so one that is
revoked still works for that long, and not longer.
"""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest
from ninja.security import HttpBearer

from amends.core.refusals import Refused
from amends.core.vocabulary import Party, RefusalCode
from amends.orders import access
from amends.orders.handle import MOST_KEY

from .answers import Problem, malformed, nowhere, refusal

ACTING_AS = "Amends-Acting-As"
RECEIVED = "amends.received"
"""Where the front puts the instant at which the whole request had arrived."""
BELIEVED = 3.0
MOST_BELIEVED = 4096
MAY_ACT = tuple(party for party in Party if party is not Party.CLOCK)
STAFF = frozenset({Party.MEDIATOR, Party.OPERATOR})
NAMED = frozenset({Party.BUYER, Party.SELLER})


class Caller(NamedTuple):
    """One request's caller. `name` is who exactly acts, "" where nobody said."""

    marketplace: UUID
    sandbox: bool
    party: Party
    name: str
    received: datetime

    @property
    def label(self) -> str:
        """Whose idempotency keys are meant. An order has one buyer and one seller, named or not."""
        return self.party.value if self.party in NAMED or not self.name else f"{self.party.value}:{self.name}"

    @property
    def actor(self) -> str:
        """The name an event remembers; the order itself knows its buyer and seller."""
        return "" if self.party in NAMED else self.name

    def now(self, order_key: str | None = None) -> datetime:
        """The instant the request counts as sent: a sandbox's own clock, where it has one, else when it arrived.

        With an order's key the order must be within the caller's reach, else 404 as if there were none. A caller who
        is not a named party of a sandbox needs no look: whatever he does asks for the order by his marketplace.
        """
        if order_key is not None and not readable(order_key):
            raise nowhere()
        if not self.sandbox:
            return self.received
        reach = access.reach(self.marketplace, order_key or "")
        if order_key is not None and not reach.theirs(self.party, self.name):
            raise nowhere()
        return reach.clock_at or self.received


def readable(order_key: str) -> bool:
    """Whether an order can have this key at all."""
    return 0 < len(order_key) <= MOST_KEY and order_key.isprintable()


class MarketplaceKey(HttpBearer):
    """`Authorization: Bearer amk_…`; in a sandbox also `Amends-Acting-As: party` or `party:name`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        holder = _holder(token)
        if holder is None:
            return None
        party, name = _acting_as(request.headers.get(ACTING_AS, ""), sandbox=holder.sandbox)
        received = request.META.get(RECEIVED) or datetime.now(UTC)
        return Caller(holder.marketplace, holder.sandbox, party, name, received)


def caller_of(request: HttpRequest) -> Caller:
    caller = getattr(request, "auth", None)
    assert isinstance(caller, Caller), "every operation but health asks for a key"
    return caller


_believed: dict[bytes, tuple[float, access.Holder]] = {}


def _holder(key: str) -> access.Holder | None:
    digest = hashlib.sha256(key.encode("utf-8", "replace")).digest()
    now = time.monotonic()
    known = _believed.get(digest)
    if known is not None and known[0] > now:
        return known[1]
    holder = access.holder(key)
    if holder is None:
        _believed.pop(digest, None)
        return None
    if len(_believed) >= MOST_BELIEVED:
        _believed.clear()
    _believed[digest] = (now + BELIEVED, holder)
    return holder


def _acting_as(header: str, *, sandbox: bool) -> tuple[Party, str]:
    if not header:
        return Party.MARKETPLACE, ""
    if not sandbox:
        refused = Refused(RefusalCode.NOT_ALLOWED, verb="acting as somebody else", party="marketplace", who="sandboxes")
        raise refusal(refused)
    word, _, name = _unicode(header).partition(":")
    if word not in MAY_ACT:
        raise malformed(
            f"{ACTING_AS} names no party", f"Write one of {', '.join(MAY_ACT)}, or with a name: buyer:alice."
        )
    if len(name) > MOST_KEY // 2 or not name.isprintable():
        raise malformed(f"the name in {ACTING_AS} is too long or holds control characters", "Write a shorter one.")
    return Party(word), name


def _unicode(header: str) -> str:
    """Headers arrive byte for byte as Latin-1; names are UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def header_text(request: HttpRequest, name: str) -> str:
    """A header that says something in words: UTF-8, as names of files and comments are."""
    return _unicode(request.headers.get(name, ""))


def not_authenticated() -> Problem:
    return Problem(
        "not_authenticated",
        "This needs the marketplace's key, and none that works was given.",
        "Send it as “Authorization: Bearer amk_…”.",
        headers={"WWW-Authenticate": "Bearer"},
    )
