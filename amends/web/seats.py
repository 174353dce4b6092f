"""Who sits at this browser: one buyer, one seller, or one of the staff, each at a seat of its own.

A seat is part of every address (`/at/<seat>/…`), so two tabs can be two people without either acting for the other.
The session names the seats its browser may take; whoever asks for another learns nothing (404).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from amends.core.durations import format_instant, parse_instant
from amends.core.vocabulary import Party
from amends.orders import links, staff
from amends.words import known_language, known_zone

LASTS = timedelta(hours=12)
"""How long a seat is kept without being renewed by another link."""
MOST_SEATS = 20
MOST_PLAYED = 200
"""In one session: of real marketplaces, and of sandboxes, where one visitor is many people. The oldest gives way."""
SITTING = frozenset({Party.BUYER, Party.SELLER, Party.MEDIATOR, Party.OPERATOR})
_SESSION = "seats"


class Seat(NamedTuple):
    """One person of one marketplace at one browser."""

    id: str
    marketplace: UUID
    party: Party
    name: str
    """The marketplace's name for a buyer or seller; of staff the name events remember."""
    language: str
    zone: str
    until: datetime
    """Real time."""
    sandbox: bool
    second_factor: bool = True
    """Of staff: whether this session proved it. Of a sandbox's personas nothing more is asked."""
    account: int = 0
    """Of staff: who signed in. A sandbox's personas have none."""
    key: str = ""
    """Of buyers and sellers: what minted the link they came by. When it is revoked, so is the seat."""

    @property
    def staff(self) -> bool:
        return self.party in (Party.MEDIATOR, Party.OPERATOR)

    @property
    def caller(self) -> str:
        """Whose idempotency keys are meant; as the API says it."""
        return f"{self.party.value}:{self.name}" if self.staff else self.party.value

    @property
    def actor(self) -> str:
        """The name an event remembers; the order itself knows its buyer and seller."""
        return self.name if self.staff else ""


def seat_id(marketplace: UUID, party: Party, name: str) -> str:
    """The same for the same person as long as the secret key is; it says nothing and proves nothing."""
    about = f"{marketplace}\n{party.value}\n{name}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), b"seat\n" + about, hashlib.sha256)
    return base64.b32encode(digest[:10]).decode().lower()


def take(
    request: HttpRequest,
    *,
    marketplace: UUID,
    party: Party,
    name: str,
    sandbox: bool,
    language: str = "en",
    zone: str = "UTC",
    second_factor: bool = True,
    account: int = 0,
    key: str = "",
    lasts: timedelta = LASTS,
) -> Seat:
    """Give this browser the seat. The caller has made sure that it is this person's."""
    assert party in SITTING, "carriers and providers have no pages"
    until = datetime.now(UTC) + lasts
    seat = Seat(
        seat_id(marketplace, party, name),
        marketplace,
        party,
        name,
        known_language(language),
        known_zone(zone),
        until,
        sandbox,
        second_factor,
        account,
        key,
    )
    kept: dict[str, Any] = dict(request.session.get(_SESSION, {}))
    kept.pop(seat.id, None)
    kept[seat.id] = _written(seat)
    alike = [found for found, written in kept.items() if written["sandbox"] == sandbox]
    for oldest in alike[: -(MOST_PLAYED if sandbox else MOST_SEATS)]:
        kept.pop(oldest)
    request.session[_SESSION] = kept
    return seat


def seat_of(request: HttpRequest, wanted: str) -> Seat | None:
    """The seat of this id where this browser has it and its time is not over."""
    kept = request.session.get(_SESSION, {}).get(wanted)
    if kept is None:
        return None
    seat = _read(wanted, kept)
    return seat if datetime.now(UTC) <= seat.until and _still_theirs(request, seat) else None


def _still_theirs(request: HttpRequest, seat: Seat) -> bool:
    """Parties sit as long as what they came by is good.

    Staff sit as long as they are signed in, by the password they have, and the place is not taken from them.
    """
    if not seat.staff:
        return not seat.key or links.still_good(seat.marketplace, seat.name, seat.key)
    if seat.sandbox and not seat.account:
        return True
    user = get_user(request)
    if not user.is_authenticated or user.pk != seat.account:
        return False
    return staff.may_sit(seat.marketplace, seat.account, seat.party, seat.name)


def every_seat(request: HttpRequest) -> tuple[Seat, ...]:
    """The seats this browser may take now, the newest first."""
    kept = request.session.get(_SESSION, {})
    now = datetime.now(UTC)
    return tuple(seat for seat in (_read(found, kept[found]) for found in reversed(kept)) if now <= seat.until)


def changed(request: HttpRequest, seat: Seat, *, language: str = "", zone: str = "") -> Seat:
    """The seat with another language or time zone, kept."""
    new = seat._replace(
        language=known_language(language) if language else seat.language, zone=known_zone(zone) if zone else seat.zone
    )
    return keep(request, new)


def keep(request: HttpRequest, seat: Seat) -> Seat:
    """Write down what has changed of a seat this browser has."""
    request.session[_SESSION] = {**request.session.get(_SESSION, {}), seat.id: _written(seat)}
    return seat


def leave(request: HttpRequest, seat: Seat) -> None:
    """This browser gives the seat up."""
    kept = dict(request.session.get(_SESSION, {}))
    kept.pop(seat.id, None)
    request.session[_SESSION] = kept


def _written(seat: Seat) -> dict[str, Any]:
    return {
        "marketplace": str(seat.marketplace),
        "party": seat.party.value,
        "name": seat.name,
        "language": seat.language,
        "zone": seat.zone,
        "until": format_instant(seat.until),
        "sandbox": seat.sandbox,
        "second_factor": seat.second_factor,
        "account": seat.account,
        "key": seat.key,
    }


def _read(wanted: str, kept: dict[str, Any]) -> Seat:
    return Seat(
        wanted,
        UUID(kept["marketplace"]),
        Party(kept["party"]),
        kept["name"],
        kept["language"],
        kept["zone"],
        parse_instant(kept["until"]),
        kept["sandbox"],
        kept["second_factor"],
        kept.get("account", 0),
        kept.get("key", ""),
    )
