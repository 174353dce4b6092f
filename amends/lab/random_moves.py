"""Acts by chance: for any party and verb a command, sensible or not, on an order as it stands.

Sensible means that a party who knows the case could send it; `wild` lets single fields be nonsense. Amounts come in
classes (nothing, one, half, the claim, the most, above it), because the rules know no others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from amends.core import commands as c
from amends.core.money import format_minor
from amends.core.order import Dispute, Order
from amends.core.rules.amounts import payable
from amends.core.vocabulary import (
    CountsAgainst,
    DeadlineName,
    EvidenceKind,
    Fault,
    FundedBy,
    Grounds,
    Party,
    Reason,
    TrackState,
    Verb,
    Wants,
)

TEXTS = (
    "The kettle came, and it leaks.",
    "It was whole when I packed it.",
    "Please close the dispute and I send you the money by PayPal.",
    "I extend your protection by ten days, I promise.",
    "Посылка не пришла, верните деньги.",
    "包裹没有收到",
)
PLACES = (c.Place("CN", "Shenzhen"), c.Place("PL", "Gdansk"), c.Place("US", "Reno"))
NUMBERS = ("RR100000017CN", "RR100000025CN", "RR100000034CN", "RR100000048CN")
WRONG_NUMBERS = ("RR100000015CN", "", "  ", "X1")
WEAK_NUMBERS = ("4711", "YQ-77")


class Turn(NamedTuple):
    """Who acts, on what, when, and whether nonsense is allowed."""

    rng: Random
    order: Order
    dispute: Dispute | None
    by: Party
    now: datetime
    wild: bool

    @property
    def number(self) -> int:
        return self.dispute.number if self.dispute else 1

    def sometimes(self, share: float) -> bool:
        return self.rng.random() < share

    def wildly(self) -> bool:
        return self.wild and self.rng.random() < 0.3

    def one(self, *among: Any) -> Any:
        return self.rng.choice(among)

    def text(self) -> str:
        return "" if self.wildly() else str(self.rng.choice(TEXTS))

    def actor(self) -> str:
        return str(self.one("ann", "ben")) if self.by in c.STAFF else ""

    def amount(self, *, least: int = 0) -> str:
        """Of the classes of amounts one, as decimal text."""
        order, dispute = self.order, self.dispute
        most = payable(order, dispute) if dispute else max((line.held_minor for line in order.lines), default=0)
        claim = dispute.claim.amount_minor if dispute else most
        if self.wildly():
            nonsense = ("abc", "", "-1", "1e3", "0.000001", "5.00 XXX", "1.00 EUR", _said(order, most + 1), "0")
            return str(self.rng.choice(nonsense))
        minor = self.one(claim, claim, most, most // 2, claim // 2, 1, 0)
        return _said(order, max(least, minor))

    def files(self, needed: int = 0) -> tuple[c.Given, ...]:
        if self.wildly():
            return tuple(map(c.Given, self.rng.choices(("selfie", "link", "photo"), k=self.rng.randint(1, 4))))
        kinds = [kind.value for kind in EvidenceKind if kind is not EvidenceKind.LINK]
        return tuple(map(c.Given, self.rng.choices(kinds, k=max(needed, self.rng.choice((0, 0, 1, 2))))))

    def number_of_parcel(self) -> str:
        if self.wildly():
            return str(self.rng.choice(WRONG_NUMBERS))
        return str(self.rng.choice(NUMBERS + WEAK_NUMBERS[:1]))

    def address(self) -> c.Place | None:
        return None if self.sometimes(0.3) else self.rng.choice(PLACES)

    def wants(self) -> str:
        return "a_pony" if self.wildly() else str(self.rng.choice((Wants.REFUND, *Wants)).value)


def _said(order: Order, minor: int) -> str:
    return format_minor(minor, order.currency)


def move(turn: Turn, verb: Verb) -> c.Command:
    """The command of this verb that the turn's chance makes."""
    fields = _FIELDS[verb](turn) if verb in _FIELDS else {}
    kind: Any = c.COMMANDS[verb]
    if issubclass(kind, c.OnDispute):
        fields["dispute"] = turn.number + (7 if turn.wildly() else 0)
    return kind(by=turn.by, actor=turn.actor(), **fields)  # type: ignore[no-any-return]


# ── the order ────────────────────────────────────────────────────────────────────────────────────


def _pieces(turn: Turn) -> tuple[c.Pieces, ...]:
    if turn.wildly():
        return turn.rng.choice(((), (c.Pieces("Z"),), (c.Pieces("A", 99),), (c.Pieces("A"), c.Pieces("A"))))
    lines = [line for line in turn.order.lines if line.left] or list(turn.order.lines)
    chosen = turn.rng.sample(lines, turn.rng.randint(1, len(lines)) if turn.sometimes(0.4) else 1)
    return tuple(
        c.Pieces(line.id, turn.rng.randint(1, max(1, line.left)) if turn.sometimes(0.3) else None) for line in chosen
    )


_RECEIVED = tuple(reason for reason in Reason if reason.branch.value != "not_received")
_MISSING = tuple(reason for reason in Reason if reason.branch.value == "not_received")


def _opening(turn: Turn) -> dict[str, Any]:
    received = turn.sometimes(0.6)
    reason = turn.rng.choice(_RECEIVED if received else _MISSING)
    pieces = _pieces(turn)
    if turn.dispute is not None and turn.sometimes(0.4):  # once more about the same
        received, reason = turn.dispute.received, turn.dispute.reason
        pieces = tuple(c.Pieces(piece.line) for piece in turn.dispute.pieces)
    if turn.sometimes(0.1):
        received = not received
    return {
        "lines": pieces,
        "received": received,
        "reason": "boredom" if turn.wildly() else reason.value,
        "wants": turn.wants(),
        "amount": turn.amount() if turn.wild else _claim(turn, pieces, reason),
        "currency": "XXX" if turn.wildly() else "",
        "text": turn.text(),
        "files": turn.files(turn.order.policy.opening.files_needed(reason) if turn.sometimes(0.9) else 0),
    }


def _claim(turn: Turn, pieces: tuple[c.Pieces, ...], reason: Reason) -> str:
    """What may be claimed for the pieces, or a part of it."""
    most = 0
    for named in pieces:
        line = turn.order.line(named.line)
        if line is not None:
            most += line.goods_minor * (line.left if named.quantity is None else named.quantity) // line.quantity
    return _said(turn.order, max(1, turn.one(most, most, most // 2, 1, most + (1 if turn.sometimes(0.1) else 0))))


def _revision(turn: Turn) -> dict[str, Any]:
    full = _opening(turn)
    chosen = [name for name in full if turn.sometimes(0.3)]
    fields = {name: full[name] for name in chosen if name not in ("received", "reason")}
    if "reason" in chosen:
        fields |= {"received": full["received"], "reason": full["reason"]}
    return fields


def _track(turn: Turn) -> dict[str, Any]:
    trips = [dispute.replacement for dispute in turn.order.disputes if dispute.replacement]
    number = (trips[-1].tracking.plain or "") if trips and turn.sometimes(0.7) else ""
    states = (TrackState.DELIVERED, TrackState.DELIVERED, *TrackState)
    return {"state": turn.rng.choice(states), "country": turn.one("", "PL"), "tracking": number}


def _shipping(turn: Turn) -> dict[str, Any]:
    day = timedelta(days=turn.rng.choice((-1, 3) if turn.wild else (5, 20, 45)))
    return {
        "tracking": "" if turn.sometimes(0.1) else turn.number_of_parcel(),
        "delivery_due": turn.now + day if turn.sometimes(0.6) else None,
        "protection_ends": turn.now + 2 * day if turn.sometimes(0.2) else None,
    }


def _extension(turn: Turn) -> dict[str, Any]:
    if turn.sometimes(0.7):
        return {"days": turn.rng.choice((-1, 0, 4000) if turn.wild else (1, 10, 60))}
    return {"until": turn.now + timedelta(days=turn.rng.choice((1, 30, 90)))} if turn.sometimes(0.8) else {}


def _countries(turn: Turn) -> tuple[str, ...]:
    place = turn.order.destination
    return (place.country,) if place is not None and turn.sometimes(0.3) else ()


def _lapse(turn: Turn) -> dict[str, Any]:
    return {"name": turn.rng.choice(list(DeadlineName)), "dispute": turn.one(None, turn.number)}


def _reference(turn: Turn) -> str:
    running = [chargeback.reference for chargeback in turn.order.chargebacks if chargeback.won_by is None]
    return str(turn.rng.choice(running)) if running and turn.sometimes(0.9) else f"cb-{turn.rng.randint(1, 3)}"


def _charge(turn: Turn) -> dict[str, Any]:
    paid = turn.order.paid_in_minor
    minor = turn.one(None, 1, paid // 2, paid, *((0, paid + 1) if turn.wild else ()))
    return {
        "reference": f"cb-{len(turn.order.chargebacks) + 1 - turn.wildly()}",
        "amount": None if minor is None else _said(turn.order, minor),
        "dispute": turn.dispute.number if turn.dispute and turn.sometimes(0.5) else None,
    }


def _bank_says(turn: Turn) -> dict[str, Any]:
    winner = "the bank" if turn.wildly() else turn.one("buyer", "seller")
    number = turn.dispute.number if turn.dispute and turn.sometimes(0.5) else None
    return {"reference": _reference(turn), "won_by": winner, "dispute": number}


def _refund(turn: Turn) -> dict[str, Any]:
    refunded = [dispute.number for dispute in turn.order.disputes if dispute.refunds]
    return {"dispute": turn.rng.choice(refunded) if refunded and turn.sometimes(0.9) else None}


def _payout(turn: Turn) -> dict[str, Any]:
    account = turn.order.accounts.get("seller")
    most = account.balance_minor if account else 0
    return {"amount": turn.amount() if turn.wild else _said(turn.order, turn.one(most, (most + 1) // 2))}


# ── the dispute ──────────────────────────────────────────────────────────────────────────────────


def _offer(turn: Turn) -> dict[str, Any]:
    wants = turn.dispute.claim.wants.value if turn.dispute and turn.sometimes(0.7) else turn.wants()
    return {
        "wants": "a_pony" if turn.wildly() else wants,
        "amount": turn.amount(),
        "text": turn.text(),
        "return_to": turn.address(),
    }


def _acceptance(turn: Turn) -> dict[str, Any]:
    dispute = turn.dispute
    number = None
    if dispute is not None and turn.sometimes(0.6):
        number = dispute.claimed if turn.by is Party.SELLER else dispute.offered or None
        if turn.sometimes(0.4):
            number = turn.rng.randint(1, len(dispute.terms) + 1)
    return {"offer": number, "confirm_zero": turn.sometimes(0.5), "return_to": turn.address()}


def _file(turn: Turn) -> dict[str, Any]:
    kind = "selfie" if turn.wildly() else turn.rng.choice(list(EvidenceKind)).value
    return {"kind": kind, "name": turn.number_of_parcel(), "id": turn.one("", "", "f1", "f2")}


def _file_gone(turn: Turn) -> dict[str, Any]:
    files = list(turn.dispute.evidence) if turn.dispute else []
    mine = [item.file.id for item in files if item.by is turn.by] or [item.file.id for item in files]
    return {"id": turn.rng.choice(mine) if mine and not turn.wildly() else "f9"}


def _request(turn: Turn) -> dict[str, Any]:
    of = turn.one((Party.BUYER,), (Party.SELLER,), (Party.BUYER, Party.SELLER))
    proposal = c.Proposal(turn.wants(), turn.amount()) if turn.sometimes(0.3) else None
    return {"of": () if turn.wildly() else of, "text": turn.text(), "proposal": proposal}


def _options(turn: Turn) -> dict[str, Any]:
    least = turn.dispute.refunded_minor if turn.dispute else 0
    count = 1 if turn.wildly() else turn.rng.choice((2, 2, 3))
    options = [c.Option(at, turn.wants(), turn.amount(least=least)) for at in range(1, count + 1)]
    return {"options": tuple(options), "text": turn.text()}


def _choice(turn: Turn) -> dict[str, Any]:
    option = 9 if turn.wildly() else turn.rng.choice((1, 1, 2))
    return {"option": option, "return_to": turn.address()}


def _ruling(turn: Turn) -> dict[str, Any]:
    least = turn.dispute.refunded_minor if turn.dispute and not turn.wildly() else 0
    funded_by = turn.rng.choice((FundedBy.ESCROW, FundedBy.ESCROW, FundedBy.PLATFORM)).value
    return {
        "wants": turn.dispute.claim.wants.value if turn.dispute and turn.sometimes(0.5) else turn.wants(),
        "amount": turn.amount(least=least),
        "text": turn.text(),
        "finding": "as it seems",
        "fault": "fate" if turn.wildly() else turn.rng.choice(list(Fault)).value,
        "funded_by": funded_by,
        "counts_against": turn.rng.choice(list(CountsAgainst)).value,
        "return_to": turn.address(),
    }


def _correction(turn: Turn) -> dict[str, Any]:
    number = turn.dispute.number if turn.dispute and not turn.wildly() else None
    if turn.sometimes(0.3):
        return {"dispute": number, "text": turn.text(), "refund_to": "account 7"}
    least = turn.dispute.refunded_minor if turn.dispute else 0
    wants = turn.one(None, None, "return_and_refund" if turn.wild else None)
    return {"dispute": number, "text": turn.text(), "amount": turn.amount(least=least), "wants": wants}


def _appeal(turn: Turn) -> dict[str, Any]:
    grounds = "spite" if turn.wildly() else turn.rng.choice(list(Grounds)).value
    return {"grounds": grounds, "text": turn.text(), "files": turn.files(1 if turn.sometimes(0.8) else 0)}


_RETURN = (
    TrackState.DELIVERED, TrackState.DELIVERED, TrackState.ACCEPTED, TrackState.IN_TRANSIT, TrackState.LOST,
)  # fmt: skip

_FIELDS: dict[Verb, Callable[[Turn], dict[str, Any]]] = {
    Verb.SHIP: _shipping,
    Verb.TRACK: _track,
    Verb.CONFIRM_RECEIPT: lambda t: {"lines": tuple(piece.line for piece in _pieces(t)) if t.sometimes(0.5) else ()},
    Verb.REQUEST_EXTENSION: lambda t: {"days": 0 if t.wildly() else 10},
    Verb.EXTEND_PROTECTION: _extension,
    Verb.OPEN: _opening,
    Verb.REVISE: _revision,
    Verb.OFFER: _offer,
    Verb.ACCEPT: _acceptance,
    Verb.REJECT: lambda t: {"text": t.text()},
    Verb.WITHDRAW: lambda t: {"confirm_final": t.sometimes(0.6)},
    Verb.MESSAGE: lambda t: {"text": t.rng.choice(TEXTS)},
    Verb.ADD_EVIDENCE: _file,
    Verb.REMOVE_EVIDENCE: _file_gone,
    Verb.REQUEST_EVIDENCE: _request,
    Verb.PROPOSE: _options,
    Verb.CHOOSE: _choice,
    Verb.RULE: _ruling,
    Verb.DISMISS: lambda t: {"text": t.text()},
    Verb.SHIP_RETURN: lambda t: {"tracking": t.number_of_parcel()},
    Verb.TRACK_RETURN: lambda t: {"state": t.one(*TrackState) if t.wildly() else t.one(*_RETURN)},
    Verb.CONTEST_RETURN: lambda t: {"text": t.text(), "files": t.files()},
    Verb.SHIP_REPLACEMENT: lambda t: {"tracking": t.number_of_parcel()},
    Verb.APPEAL: _appeal,
    Verb.GRANT_APPEAL: lambda t: {"text": t.text()},
    Verb.DENY_APPEAL: lambda t: {"text": t.text()},
    Verb.PAUSE_CLOCKS: lambda t: {
        "text": t.text(),
        "grace": "soon" if t.wildly() else t.one("P0D", "P2D", "P10D"),
        "countries": _countries(t),
    },
    Verb.RESUME_CLOCKS: lambda t: {"countries": _countries(t)},
    Verb.BLOCK_PARTY: lambda t: {"party": t.one("buyer", "seller"), "finding": "too many"},
    Verb.UNBLOCK_PARTY: lambda t: {"party": t.one("buyer", "seller"), "finding": "looked at again"},
    Verb.APPROVE: lambda t: {"event": 1 if t.wildly() else None},
    Verb.CORRECT: _correction,
    Verb.LAPSE: _lapse,
    Verb.CHARGEBACK_OPENED: _charge,
    Verb.CHARGEBACK_CLOSED: _bank_says,
    Verb.REFUND_SUCCEEDED: _refund,
    Verb.REFUND_FAILED: lambda t: {"text": "account closed", **_refund(t)},
    Verb.PAYOUT_SUCCEEDED: _payout,
}


# ── orders ───────────────────────────────────────────────────────────────────────────────────────

CURRENCIES = ("USD", "USD", "EUR", "JPY", "KWD", "CLF")


def random_order(rng: Random, paid_at: datetime, *, wild: bool) -> c.PlaceOrder:
    """An order of one to four lines, paid at once or in up to three parts."""
    currency = rng.choice(CURRENCIES)
    prices = [rng.choice((1, 7, 999, 4500, 12345)) for _ in range(rng.randint(1, 4))]
    quantities = [rng.choice((1, 1, 2, 3, 7)) for _ in prices]
    gross = sum(price * quantity for price, quantity in zip(prices, quantities, strict=True))
    shipping, discount = rng.choice((0, 0, 5, 501)), rng.choice((0, 0, 0, gross // 10))
    payments = _payments(rng, gross + shipping - discount, currency)
    if wild:
        currency = rng.choice((currency, "ABC"))
        quantities[0] = rng.choice((0, 1))
        discount = rng.choice((discount, gross + 1, -1))
    return c.PlaceOrder(
        by=Party.MARKETPLACE,
        id="O1",
        buyer="bo",
        seller="li",
        currency=currency,
        lines=tuple(
            c.OrderedLine("ABCD"[at], f"Thing {at + 1}", _money(price, currency), quantity)
            for at, (price, quantity) in enumerate(zip(prices, quantities, strict=True))
        ),
        shipping=_money(shipping, currency),
        discount=_money(discount, currency),
        payments=payments,
        payment_method="" if payments else "card-4242",
        destination=rng.choice((c.Place("PL", "Gdansk"), c.Place("CN", "Wuhan"), None)),
        return_to=rng.choice((c.Place("CN", "Shenzhen"), c.Place("CN", "Shenzhen"), None)),
        local_return=rng.random() < 0.3,
        paid_at=paid_at,
    )


def _payments(rng: Random, total: int, currency: str) -> tuple[c.Paid, ...]:
    """One to three payments; now and then they do not add up."""
    count = rng.choice((0, 0, 1, 2, 3))
    if rng.random() < 0.1:
        total = max(0, total + rng.choice((-1, 1, 100)))
    cuts = sorted(rng.randint(0, total) for _ in range(count - 1))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)] if count else []
    return tuple(c.Paid(f"pay-{at}", f"card-{at}", _money(part, currency)) for at, part in enumerate(parts, 1))


def _money(minor: int, currency: str) -> str:
    return format_minor(minor, currency) if currency != "ABC" else str(minor)
