"""A claim while it is being written: the answers so far, kept in the session, and what the core says to each.

Nothing is sent before the last screen. Which lines, answers and reasons are possible is asked of the door itself, on
an order in memory (`tried`); there is no rule here.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from amends.core import commands as c
from amends.core.decide import decide
from amends.core.draft import Accepted
from amends.core.money import parse_minor
from amends.core.order import Line, Order
from amends.core.refusals import Refused
from amends.core.rules.amounts import claimable
from amends.core.values import DisputedPieces
from amends.core.vocabulary import Branch, EvidenceKind, Party, Reason, Wants
from amends.orders import people

from .forms import Handed
from .seats import Seat

_SESSION = "written claims"
MOST_KEPT = 8
"""Orders somebody writes about at once; the one left alone longest gives way."""


class Step(StrEnum):
    """The screens, in their order."""

    GOODS = "goods"
    RECEIVED = "received"
    REASON = "reason"
    WISH = "wish"
    AMOUNT = "amount"
    SHOW = "show"
    REVIEW = "review"


class Claim(NamedTuple):
    """What was answered; "" and None where nothing was yet."""

    pieces: tuple[DisputedPieces, ...] = ()
    received: bool | None = None
    reason: str = ""
    wants: str = ""
    amount: str = ""
    """Decimal text of the order's currency."""
    text: str = ""
    """The buyer's own words."""
    files: tuple[Handed, ...] = ()
    """Uploads that go along, with what the buyer says of each."""
    left_out: tuple[str, ...] = ()
    """Uploads that wait too, and are not to go along."""
    shown: bool = False
    """The screen for files was answered, perhaps with none."""
    sent_as: str = ""
    """The key under which an earlier claim was sent from here, and the dispute it became."""
    became: int = 0

    @property
    def begun(self) -> bool:
        """There is something to start again from."""
        return self.received is not None

    @property
    def wrote(self) -> bool:
        """There are words of the buyer's own in it."""
        return bool(self.text or any(one.comment for one in self.files))


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────


def kept(request: HttpRequest, seat: Seat, order: Order) -> Claim:
    """What this seat has answered about the order so far, as it was answered."""
    found = request.session.get(_SESSION, {}).get(_place(seat, order))
    claim = _read(seat, order, found) if found else Claim()
    return claim._replace(pieces=claim.pieces or only_piece(order))


def keep(request: HttpRequest, seat: Seat, order: Order, claim: Claim) -> None:
    every: dict[str, Any] = dict(request.session.get(_SESSION, {}))
    every.pop(_place(seat, order), None)
    said = json.dumps([claim.text, *(one.comment for one in claim.files)]) if claim.wrote else ""
    told = {
        **claim._asdict(),
        "pieces": [list(one) for one in claim.pieces],
        "files": [[one.file, one.mediator_only] for one in claim.files],
        "text": _sealed(seat, order, said),
    }
    every[_place(seat, order)] = told
    while len(every) > MOST_KEPT:
        every.pop(next(iter(every)))
    request.session[_SESSION] = every


def _place(seat: Seat, order: Order) -> str:
    return f"{seat.id} {order.id}"


def _read(seat: Seat, order: Order, found: dict[str, Any]) -> Claim:
    told = {name: found[name] for name in Claim._fields if name in found}
    told["pieces"] = tuple(DisputedPieces(line, many) for line, many in told.get("pieces", ()))
    said = _opened(seat, order, told.get("text", ()))
    told["text"], *comments = json.loads(said) if said else [""]
    comments += [""] * len(told.get("files", ()))  # nothing was written, or its key is gone
    told["files"] = tuple(Handed(file, comments[at], only) for at, (file, only) in enumerate(told.get("files", ())))
    told["left_out"] = tuple(told.get("left_out", ()))
    return Claim(**told)


def _sealed(seat: Seat, order: Order, text: str) -> tuple[str, str] | tuple[()]:
    """What somebody wrote waits as it will be kept: under his own key, and gone when he is erased."""
    if not text:
        return ()
    key, sealed = people.sealed_for(seat.marketplace, seat.name, text, about=_about(order))
    return str(key), b64encode(sealed).decode()


def _opened(seat: Seat, order: Order, sealed: Sequence[str]) -> str:
    if not sealed:
        return ""
    key, text = sealed
    return people.opened_for(seat.marketplace, seat.name, UUID(key), b64decode(text), about=_about(order)) or ""


def _about(order: Order) -> str:
    return f"claim {order.id}"


def fields(claim: Claim) -> dict[str, Any]:
    """The claim as the fields of the act; files by the ids of their uploads."""
    return {
        "lines": [{"line": one.line, "quantity": one.quantity} for one in claim.pieces],
        "received": claim.received,
        "reason": claim.reason,
        "wants": claim.wants,
        "amount": claim.amount,
        "text": claim.text,
        "files": [one.given for one in claim.files],
    }


def fitting(order: Order, claim: Claim) -> Claim:
    """The claim without answers that another one, given just now, has made senseless."""
    lines = {line.id: line for line in order.lines}
    pieces = tuple(one for one in claim.pieces if one.line in lines and 0 < one.quantity <= lines[one.line].left)
    claim = claim._replace(pieces=pieces or only_piece(order))
    if claim.reason and (claim.received is None or not suits(Reason(claim.reason), claim.received)):
        claim = claim._replace(reason="")
    if not claim.reason:
        return claim
    reason = Reason(claim.reason)
    if claim.received is False and claim.wants != Wants.REFUND:
        claim = claim._replace(wants="")  # what has not come cannot be sent back
    if claim.amount and parse_minor(claim.amount, order.currency) > most(order, claim.pieces, reason):
        claim = claim._replace(amount="")
    return claim._replace(shown=claim.shown and len(claim.files) >= order.policy.opening.files_needed(reason))


def only_piece(order: Order) -> tuple[DisputedPieces, ...]:
    """Of an order of one line with one piece nobody need ask which goods are meant."""
    return (DisputedPieces(order.lines[0].id, 1),) if len(order.lines) == 1 and order.lines[0].quantity == 1 else ()


# ── the screens ──────────────────────────────────────────────────────────────────────────────────


def steps(order: Order) -> tuple[Step, ...]:
    return tuple(step for step in Step if step is not Step.GOODS or not only_piece(order))


def unanswered(order: Order, claim: Claim) -> Step:
    """The first screen that still asks something; the review where none does."""
    return next((step for step in steps(order) if not _answered(order, claim, step)), Step.REVIEW)


def _answered(order: Order, claim: Claim, step: Step) -> bool:
    match step:
        case Step.GOODS:
            return bool(claim.pieces)
        case Step.RECEIVED:
            return claim.received is not None
        case Step.REASON:
            return bool(claim.reason)
        case Step.WISH:
            return bool(claim.wants)
        case Step.AMOUNT:
            return bool(claim.amount)
        case Step.SHOW:
            return claim.shown
        case Step.REVIEW:
            return False


# ── what the core says ───────────────────────────────────────────────────────────────────────────


def suits(reason: Reason, received: bool) -> bool:
    """The reasons' first fork: goods that did not come, or what is wrong with those that did."""
    return (reason.branch is Branch.NOT_RECEIVED) is not received


def reasons(received: bool) -> Iterator[Reason]:
    return (reason for reason in Reason if suits(reason, received))


def most(order: Order, pieces: Iterable[DisputedPieces], reason: Reason) -> int:
    """The most that can be asked for, in minor units."""
    return claimable(order, pieces, reason)


def tried(
    order: Order, pieces: tuple[DisputedPieces, ...], received: bool, reason: Reason, now: datetime, **known: Any
) -> Accepted | Refused:
    """What the door would say; what is not `known` yet is filled in with what it takes in any case."""
    opening = order.policy.opening
    filled: dict[str, Any] = {
        "wants": Wants.REFUND.value,
        "amount": most(order, pieces, reason),
        "files": (c.Given(EvidenceKind.PHOTO.value),) * opening.files_needed(reason),
        **known,
    }
    lines = tuple(c.Pieces(one.line, one.quantity) for one in pieces)
    command = c.OpenDispute(by=Party.BUYER, lines=lines, received=received, reason=reason.value, **filled)
    return decide(order, command, now)


def why_not_line(order: Order, line: Line, now: datetime) -> Refused | None:
    """Why nothing can be claimed about the line now, whatever is said; None where something can."""
    return why_not_pieces(order, (DisputedPieces(line.id, max(1, line.left)),), now)


def why_not_pieces(order: Order, pieces: tuple[DisputedPieces, ...], now: datetime) -> Refused | None:
    """The same for several pieces, of several lines, together."""
    return _telling([why_not_received(order, pieces, received, now) for received in (True, False)])


def why_not_received(order: Order, pieces: tuple[DisputedPieces, ...], received: bool, now: datetime) -> Refused | None:
    """Why nothing can be claimed with this answer; None where some reason is taken."""
    return _telling([_refused(tried(order, pieces, received, reason, now)) for reason in reasons(received)])


def _refused(answer: Accepted | Refused) -> Refused | None:
    return answer if isinstance(answer, Refused) else None


def _telling(refusals: list[Refused | None]) -> Refused | None:
    """None where one of them is none; else that which waiting lifts soonest, or the first."""
    standing = [one for one in refusals if one is not None]
    if len(standing) < len(refusals):
        return None
    dated = [(one.until, at) for at, one in enumerate(standing) if one.until is not None]
    return standing[min(dated)[1]] if dated else standing[0]
