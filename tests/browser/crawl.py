"""Every page and state, found by following links from where each person of the demonstration starts.

One address of each kind is kept: by the page's name, the person's party, and the state of the dispute it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.urls import Resolver404, resolve

from amends.core.vocabulary import Party
from amends.orders import clock, queries
from tests.web.people import START, AtSeat, Market

HREF = re.compile(r'href="([^"#]+)"')
NOT_PAGES = frozenset({"case_file", "file", "listing_picture", "asset", "case_version", "leave"})


class Place(NamedTuple):
    """One page of one person: what it is called in a list, and where it is."""

    name: str
    seat: AtSeat
    path: str


class Told(Market):
    """The demonstration as a market of these tests."""

    def __init__(self, marketplace: UUID) -> None:
        self.name = "demo"
        self.marketplace = marketplace
        self.key = ""


def places(market: Market, *, language: str = "en") -> list[Place]:
    """Pages for everybody, the same in each run."""
    found: dict[str, Place] = {}
    for party, name in people(market):
        for place in _of(market, market.seat(party, name, language=language)):
            found.setdefault(place.name, place)
    return [found[name] for name in sorted(found)]


def people(market: Market) -> Iterator[tuple[Party, str]]:
    """Every buyer and seller of the market, and one of each of the staff."""
    seen: set[tuple[Party, str]] = set()
    for key in queries.order_keys(market.marketplace):
        order = queries.order(market.marketplace, key, now=clock.now_of(market.marketplace, START))
        if order is not None:
            seen |= {(Party.BUYER, order.order.buyer), (Party.SELLER, order.order.seller)}
    yield from sorted(seen)
    yield Party.MEDIATOR, "mia"
    yield Party.OPERATOR, "olga"


def _of(market: Market, seat: AtSeat) -> Iterator[Place]:
    start = seat.url()
    waiting, known = [start], {start}
    while waiting:
        path = waiting.pop(0)
        answer = seat.client.get(path, follow=True)
        assert answer.status_code in (200, 403, 409), f"{path}: {answer.status_code}"
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        name = _name(market, seat, here)
        if name:
            yield Place(name, seat, here)
        for link in HREF.findall(answer.content.decode()):
            target = link.replace("&amp;", "&")
            if target.startswith("?"):
                target = here.partition("?")[0] + target
            kind = _name(market, seat, target) if target.startswith(start) else ""
            if kind and kind not in known:
                known.add(kind)
                waiting.append(target)


def _name(market: Market, seat: AtSeat, path: str) -> str:
    """“buyer act accept awaiting_buyer”; "" for what is no page."""
    try:
        match = resolve(path.partition("?")[0])
    except Resolver404:
        return ""
    if match.url_name in NOT_PAGES or match.url_name is None:
        return ""
    parts = [seat.seat.party.value, match.url_name, str(match.kwargs.get("verb", ""))]
    if "order" in match.kwargs:
        found = queries.order(market.marketplace, match.kwargs["order"], now=clock.now_of(market.marketplace, START))
        if found is not None:
            number = match.kwargs.get("dispute")
            dispute = found.order.dispute(number) if number else None
            parts.append(found.order.status.value if dispute is None else dispute.outcome or dispute.status)
    if "?step=" in path:
        parts.append(path.partition("?step=")[2])
    return " ".join(part for part in parts if part)
