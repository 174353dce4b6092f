"""Orders built by commands: the small helpers the tests of the core share. Nothing is put into a state by hand.

A `Life` is one order with its whole history; it acts through the same door as everybody else. `SENSIBLE` says
what a party would write with each verb, `SCENARIOS` are lives that stop where a test wants to look.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from amends.calendars import load as load_calendars
from amends.core import commands as c
from amends.core import events as e
from amends.core.decide import Step, act, catch_up, place
from amends.core.draft import Accepted
from amends.core.durations import Calendars
from amends.core.evolve import evolve
from amends.core.facts import Facts
from amends.core.order import Dispute, Order
from amends.core.private import Private
from amends.core.refusals import Refused
from amends.core.vocabulary import DeadlineName, Party, TrackState, Verb
from amends.policies import load

MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
OUT, BACK, AGAIN = "EE204204778CN", "RE204383266SE", "VV204369539GB"
"""Three numbers with right check digits: the parcel, its return, the replacement."""
CHINA, POLAND = c.Place("CN", "Xiamen"), c.Place("PL", "Gdansk")
SECOND = timedelta(seconds=1)
RICH: Mapping[str, object] = {
    "negotiation.escalation": {"by": ["buyer", "seller"], "after": ""},
    "return.ends_in": ["refund", "exchange"],
    "opening.per": "line",
}
"""Guide E, which knows an appeal, with an exchange and a mediator both may call: every act has its place."""
SECRETS = ("secret", "Gdansk", "Xiamen", OUT, BACK, AGAIN)
"""What must never stand in a written event; everything personal the helpers write holds one of these."""


def day(days: float, *, seconds: float = 0) -> datetime:
    """So many days after midnight UTC of 1 March 2026, when every order here is paid."""
    return MIDNIGHT + timedelta(days=days, seconds=seconds)


def seal(text: str) -> Private:
    """The same text always seals the same, so that golden bytes stay; the plain text stays for reading."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Private(text, f"text-{digest[:8]}", digest)


class Life:
    """One order and all that happened to it."""

    def __init__(
        self,
        policy: str = "alx-e",
        overrides: Mapping[str, object] | None = None,
        *,
        calendars: Calendars | None = None,
        **order: Any,
    ) -> None:
        facts = Facts(policy=load(policy, dict(overrides or {})), calendars=calendars or {})
        placed = place(an_order(**order), MIDNIGHT, facts)
        assert isinstance(placed, Accepted), placed
        self.order: Order = placed.order
        self.history: list[e.Event] = list(placed.events)
        self.before: list[Order] = [placed.order]
        """The order as it stood before each event of `history` (for the first: the order it made)."""
        self.now = MIDNIGHT

    def at(self, days: float, *, seconds: float = 0) -> Life:
        """From now on it is that day."""
        self.now = day(days, seconds=seconds)
        return self

    def asks(self, by: Party | str, verb: Verb | str, **fields: Any) -> Step:
        """One act, with the sensible fields for whatever is not named; the life goes on whatever the answer is."""
        return self.sends(command(self.order, Party(by), Verb(verb), self.now, **fields))

    def sends(self, asked: c.Command) -> Step:
        step = act(self.order, asked, self.now)
        self._keep(step.events)
        assert self.order == step.order, "the history tells another order than the door"
        return step

    def does(self, by: Party | str, verb: Verb | str, **fields: Any) -> Life:
        """One act that is accepted."""
        step = self.asks(by, verb, **fields)
        assert isinstance(step.answer, Accepted), f"{by} {verb}: {step.answer}"
        return self

    def tries(self, by: Party | str, verb: Verb | str, **fields: Any) -> Refused:
        """One act that is refused; the answer is the refusal."""
        step = self.asks(by, verb, **fields)
        assert isinstance(step.answer, Refused), f"{by} {verb} was accepted"
        return step.answer

    def waits(self, days: float, *, seconds: float = 0) -> Life:
        """Nobody acts until that day."""
        self.at(days, seconds=seconds)
        _, lapsed = catch_up(self.order, self.now)
        self._keep(lapsed)
        return self

    def _keep(self, events: tuple[e.Event, ...]) -> None:
        for event in events:
            self.before.append(self.order)
            self.history.append(event)
            self.order = evolve(self.order, event)

    @property
    def dispute(self) -> Dispute:
        """The newest dispute."""
        return self.order.disputes[-1]

    def last(self, kind: type[e.Event]) -> Any:
        """The newest event of a kind."""
        return next(event for event in reversed(self.history) if isinstance(event, kind))


def an_order(**fields: Any) -> c.PlaceOrder:
    """Two lines for 100.00 USD together, paid with two cards, going to Gdansk."""
    given: dict[str, Any] = {
        "id": "O-1",
        "buyer": "alice",
        "seller": "bob",
        "currency": "USD",
        "lines": (c.OrderedLine("A", "Lamp", "45.00", 1, "secret listing"), c.OrderedLine("B", "Cup", "15.00", 3)),
        "shipping": "10.00",
        "payments": (c.Paid("pay-1", "card-4242", "80.00"), c.Paid("pay-2", "voucher", "20.00")),
        "destination": POLAND,
        "return_to": CHINA,
    }
    return c.PlaceOrder(by=Party.MARKETPLACE, **(given | fields))


# ── what a party would write ─────────────────────────────────────────────────────────────────────

Fields = Callable[[Order, Dispute | None, Party, datetime], dict[str, Any]]


def _openable(order: Order) -> str:
    """The first line with something left that nobody disputes, else the first."""
    taken = order.disputed_lines()
    return next((line.id for line in order.lines if line.left and line.id not in taken), order.lines[0].id)


def _opening(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    return {
        "lines": (c.Pieces(_openable(order)),),
        "received": True,
        "reason": "defective",
        "wants": "refund",
        "amount": "30.00",
        "text": "secret: it does not light",
        "files": (c.Given("photo"),),
    }


def _terms_for(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    return {"confirm_zero": True, "return_to": CHINA}


def _ruling(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    least = dispute.refunded_minor if dispute else 0
    return {"wants": "refund", "amount": max(500, least), "text": "secret reasons", "finding": "secret finding"}


def _options(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    least = max(1000, dispute.refunded_minor if dispute else 0)
    options = (c.Option(1, "refund", least), c.Option(2, "return_and_refund", least + 1000))
    return {"options": options, "text": "secret options"}


def _mine(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    files = [item.file.id for item in dispute.evidence if item.by is by] if dispute else []
    return {"id": files[0] if files else "none of mine"}


def _paused_countries(order: Order, dispute: Dispute | None, by: Party, now: datetime) -> dict[str, Any]:
    hold = next((hold for hold in sorted(order.holds) if hold.startswith("region ")), "")
    return {"countries": tuple(hold.removeprefix("region ").split(",")) if hold else ()}


SENSIBLE: dict[Verb, Fields] = {
    Verb.SHIP: lambda o, d, by, now: {"tracking": OUT, "delivery_due": now + timedelta(days=30)},
    Verb.TRACK: lambda o, d, by, now: {"state": TrackState.IN_TRANSIT, "country": "PL", "city": "Gdansk"},
    Verb.REQUEST_EXTENSION: lambda o, d, by, now: {"days": 10},
    Verb.EXTEND_PROTECTION: lambda o, d, by, now: {"days": 10},
    Verb.OPEN: _opening,
    Verb.REVISE: lambda o, d, by, now: {"amount": "25.00", "text": "secret second thoughts"},
    Verb.OFFER: lambda o, d, by, now: {"wants": "refund", "amount": "10.00", "text": "secret offer"},
    Verb.ACCEPT: _terms_for,
    Verb.REJECT: lambda o, d, by, now: {"text": "secret no"},
    Verb.WITHDRAW: lambda o, d, by, now: {"confirm_final": True},
    Verb.MESSAGE: lambda o, d, by, now: {"text": "secret hello"},
    Verb.ADD_EVIDENCE: lambda o, d, by, now: {"kind": "photo", "name": "secret.jpg", "comment": "secret note"},
    Verb.REMOVE_EVIDENCE: _mine,
    Verb.REQUEST_EVIDENCE: lambda o, d, by, now: {"of": (Party.BUYER, Party.SELLER), "text": "secret request"},
    Verb.PROPOSE: _options,
    Verb.CHOOSE: lambda o, d, by, now: {"option": 1},
    Verb.RULE: _ruling,
    Verb.DISMISS: lambda o, d, by, now: {"text": "secret: no ground"},
    Verb.SHIP_RETURN: lambda o, d, by, now: {"tracking": BACK, "carrier": "DHL"},
    Verb.TRACK_RETURN: lambda o, d, by, now: {"state": TrackState.IN_TRANSIT, "city": "Gdansk"},
    Verb.CONTEST_RETURN: lambda o, d, by, now: {"text": "secret: it is broken", "files": (c.Given("photo"),)},
    Verb.SHIP_REPLACEMENT: lambda o, d, by, now: {"tracking": AGAIN},
    Verb.APPEAL: lambda o, d, by, now: {
        "grounds": "new_evidence",
        "text": "secret grounds",
        "files": (c.Given("photo"),),
    },
    Verb.GRANT_APPEAL: lambda o, d, by, now: {"text": "secret yes"},
    Verb.DENY_APPEAL: lambda o, d, by, now: {"text": "secret no"},
    Verb.PAUSE_CLOCKS: lambda o, d, by, now: {"text": "secret: floods", "countries": ("XX",)},
    Verb.RESUME_CLOCKS: _paused_countries,
    Verb.BLOCK_PARTY: lambda o, d, by, now: {"party": "buyer", "finding": "too many"},
    Verb.UNBLOCK_PARTY: lambda o, d, by, now: {"party": "buyer", "finding": "a mistake"},
    Verb.CORRECT: lambda o, d, by, now: {"text": "secret slip", "amount": (d.refunded_minor if d else 0)},
    Verb.LAPSE: lambda o, d, by, now: {"name": DeadlineName.SELLER_RESPONSE},
    Verb.CHARGEBACK_OPENED: lambda o, d, by, now: {"reference": "cb-1"},
    Verb.CHARGEBACK_CLOSED: lambda o, d, by, now: {"reference": "cb-1", "won_by": "buyer"},
    Verb.REFUND_FAILED: lambda o, d, by, now: {"text": "secret account closed"},
    Verb.PAYOUT_SUCCEEDED: lambda o, d, by, now: {
        "amount": o.accounts["seller"].balance_minor if "seller" in o.accounts else 0
    },
}


def command(order: Order, by: Party, verb: Verb, now: datetime, **fields: Any) -> c.Command:
    """The verb as this party would sensibly use it now, with `fields` where a test wants it otherwise."""
    kind: Any = c.COMMANDS[verb]
    number = fields.pop("dispute", len(order.disputes) or 1)
    given = SENSIBLE[verb](order, order.dispute(number), by, now) if verb in SENSIBLE else {}
    if verb is Verb.PLACE_ORDER:
        return dataclasses.replace(an_order(), by=by)
    if issubclass(kind, c.OnDispute):
        given["dispute"] = number
    elif verb in (Verb.LAPSE, Verb.CORRECT, Verb.REFUND_SUCCEEDED, Verb.REFUND_FAILED):
        given["dispute"] = number if order.disputes else None
    fields.setdefault("actor", by.value if by in c.STAFF else "")
    return kind(by=by, **(given | fields))  # type: ignore[no-any-return]


# ── lives that stop where a test wants to look ───────────────────────────────────────────────────


def paid() -> Life:
    return Life("alx-e", RICH).at(0.5)


def shipped() -> Life:
    return paid().at(1).does("seller", "ship").at(2).does("carrier", "track")


def received() -> Life:
    return shipped().at(15).does("buyer", "confirm_receipt")


def completed() -> Life:
    return received().waits(80)


def cancelled() -> Life:
    return paid().does("seller", "cancel_order")


def opened(**claim: Any) -> Life:
    """Guide E: the seller has until day 25, the window ends on day 35, protection on day 61."""
    return shipped().at(20).does("buyer", "open", **claim)


def offered() -> Life:
    return opened().at(21).does("seller", "offer")


def escalated() -> Life:
    return offered().at(22).does("buyer", "escalate")


def asked() -> Life:
    return escalated().at(23).does("mediator", "request_evidence", actor="mia")


def proposed() -> Life:
    return escalated().at(23).does("mediator", "propose", actor="mia")


def one_chose() -> Life:
    return proposed().at(24).does("buyer", "choose", option=1)


def return_agreed(wants: str = "return_and_refund") -> Life:
    return opened(wants=wants).at(21).does("seller", "accept")


def return_sent(wants: str = "return_and_refund") -> Life:
    return return_agreed(wants).at(22).does("buyer", "ship_return")


def return_delivered(wants: str = "return_and_refund") -> Life:
    return return_sent(wants).at(28).does("carrier", "track_return", state=TrackState.DELIVERED)


def return_contested() -> Life:
    return return_delivered().at(31).does("seller", "contest_return")


def replacement_due() -> Life:
    return return_delivered("return_and_exchange").at(31).does("seller", "confirm_return")


def replacement_sent() -> Life:
    return replacement_due().at(32).does("seller", "ship_replacement")


def agreed() -> Life:
    """Closed on day 22: the buyer took 10.00, the rest of line A went to the seller; line B is still held."""
    return offered().at(22).does("buyer", "accept")


def ruled() -> Life:
    return escalated().at(30).does("mediator", "rule", actor="mia", amount="20.00")


def withdrawn() -> Life:
    return opened().at(22).does("buyer", "withdraw")


def silent() -> Life:
    """Guide A, where a seller silent for five days loses the claim."""
    return Life("alx-a").at(1).does("seller", "ship").at(40).does("buyer", "open").waits(46)


def appealed() -> Life:
    return ruled().at(32).does("seller", "appeal")


def appeal_granted() -> Life:
    return ruled().at(32).does("buyer", "appeal").at(33).does("mediator", "grant_appeal", actor="max")


def charged_back() -> Life:
    return offered().at(22).does("payments", "chargeback_opened", amount="50.00")


def paused() -> Life:
    return offered().at(22).does("operator", "pause_clocks", countries=(), grace="P2D", actor="olga")


def awaiting_approval() -> Life:
    life = Life("alx-e", {**RICH, "approval.second_person_above": {"USD": "5.00"}})
    life.at(1).does("seller", "ship").at(20).does("buyer", "open").at(21).does("buyer", "escalate")
    return life.at(22).does("mediator", "rule", actor="mia", amount="20.00")


def refund_failed() -> Life:
    return agreed().at(25).does("payments", "refund_failed")


SCENARIOS: dict[str, Callable[[], Life]] = {
    scenario.__name__: scenario
    for scenario in (
        paid, shipped, received, completed, cancelled, opened, offered, escalated, asked, proposed, one_chose,
        return_agreed, return_sent, return_delivered, return_contested, replacement_due, replacement_sent,
        agreed, ruled, withdrawn, silent, appealed, appeal_granted, charged_back, paused, awaiting_approval,
        refund_failed,
    )
}  # fmt: skip


def china() -> Calendars:
    return load_calendars(["CN"])
