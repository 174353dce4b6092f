"""Playing through the running service: the same steps over HTTP, as the parties would, the clock in the player's hand.

The driver knows a base URL and the key of a sandbox marketplace, nothing else. What a story expects is read from the
API's own JSON, each actor's rights as that actor. See docs/stories.md, "Through the service".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from amends.core.commands import COMMANDS, OnDispute
from amends.core.durations import parse_instant
from amends.core.money import format_minor
from amends.core.refusals import day_and_time
from amends.core.vocabulary import DeadlineName, Party, RefusalCode, Verb, WarningCode

from .client import Client, Reply, ServiceError
from .player import Answer
from .seen import ACTORS

ON_MARKETPLACE = frozenset({Verb.BLOCK_PARTY, Verb.UNBLOCK_PARTY})
ON_REGION = frozenset({Verb.PAUSE_CLOCKS, Verb.RESUME_CLOCKS})
"""Acts on the marketplace where they name countries, on one order where they do not."""
BESIDE = frozenset({"at", "by", "do", "actor", "key", "note", "order"})
"""What of a step's document goes another way than in the body, or nowhere."""
ABOUT_RISK = frozenset({Verb.OPEN, Verb.REVISE})
STAFF_ONLY = frozenset({WarningCode.FREQUENT_DISPUTES.value})
"""A warning the service keeps from whom it is about; staff finds it among the dispute's flags."""
LOOKS = Party.OPERATOR.value
"""Who looks where a story does not say who: staff sees everything."""


class ServiceDriver:
    """Plays one story on one sandbox marketplace of a running service."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.now: datetime | None = None
        self.parties: dict[str, dict[str, str]] = {}

    def place(self, document: Mapping[str, Any], at: datetime) -> Answer:
        self.advance(at)
        order = str(document.get("id"))
        answer = self._sent(order, {**document, "do": "place_order", "by": "marketplace"})
        self.parties.setdefault(order, {name: str(document.get(name)) for name in ("buyer", "seller")})
        return answer

    def act(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        self.advance(at)
        if document.get("do") == Verb.LAPSE:
            return self._lapse(document)
        return self._sent(order, self._meant(order, document))

    def advance(self, at: datetime) -> None:
        """Move the sandbox's clock; the service answers once everything due is done."""
        if self.now is None or at > self.now:
            _accepted(self.client.move_clock(at))
            self.now = at

    def look(self, order: str, dispute: int, at: datetime) -> Mapping[str, Any]:
        self.advance(at)
        return seen(partial(self._read, order), dispute)

    def told(self, order: str) -> list[str]:
        reply = self.client.get(f"/v1/orders/{_part(order)}/timeline", acting=LOOKS)
        if reply.status != 200:
            return []
        return [f"{day_and_time(parse_instant(one['at']))}  {one['sentence']}" for one in reply.document["timeline"]]

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def _sent(self, order: str, document: Mapping[str, Any]) -> Answer:
        path, body = addressed(order, document)
        acting = acting_as(document)
        answer = _answer(self.client.post(path, body, acting=acting, key=str(document.get("key") or "")))
        if document.get("do") in ABOUT_RISK and answer.refused is None:
            flags = frozenset(self._read(order, LOOKS, answer.dispute).get("flags", ()))
            return answer._replace(warnings=answer.warnings | flags & STAFF_ONLY)
        return answer

    def _lapse(self, document: Mapping[str, Any]) -> Answer:
        """`lapse` is no verb of HTTP: moving the clock has let everything lapse, so nothing is left to ask for."""
        theirs = document.get("by") in COMMANDS[Verb.LAPSE].who
        return Answer((RefusalCode.NOTHING_LAPSED if theirs else RefusalCode.NOT_ALLOWED).value)

    def _meant(self, order: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a story cannot know: the marketplace's own name of a party, and how many events a decision made."""
        if document.get("do") in ON_MARKETPLACE and "party" in document:
            party = str(document["party"])
            return {**document, "party": self.parties.get(order, {}).get(party, party)}
        event = document.get("event")
        if document.get("do") == Verb.APPROVE and isinstance(event, int):
            version, waiting = self._waiting(order)
            if waiting == 1 and 0 < event <= version:
                return {name: value for name, value in document.items() if name != "event"}
        return document

    def _waiting(self, order: str) -> tuple[int, int]:
        """The order's version, and how many decisions wait for a second person."""
        seen = self._read(order, LOOKS, 0)
        everywhere = [seen, *(self._read(order, LOOKS, one["number"]) for one in seen.get("disputes", ()))]
        return seen.get("version", 0), sum(1 for one in everywhere if one.get("waiting"))

    def _read(self, order: str, acting: str, dispute: int) -> dict[str, Any]:
        """The order, or with a number one of its disputes, as that actor sees it; empty where he may not."""
        path = f"/v1/orders/{_part(order)}" + (f"/disputes/{dispute}" if dispute else "")
        reply = self.client.get(path, acting=acting)
        return reply.document if reply.status == 200 else {}


def acting_as(document: Mapping[str, Any]) -> str:
    """The header that says who acts: the role, and for staff who exactly."""
    actor = document.get("actor")
    return f"{document.get('by')}:{actor}" if actor else str(document.get("by"))


def addressed(order: str, document: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where a command is posted, and its body."""
    do = str(document.get("do"))
    body = {name: value for name, value in document.items() if name not in BESIDE}
    path = f"/v1/orders/{_part(order)}"
    if do in ON_MARKETPLACE or (do in ON_REGION and document.get("countries")):
        return f"/v1/marketplace/{do}", body
    if do == Verb.PLACE_ORDER:
        return "/v1/orders", body
    if do == Verb.OPEN:
        return f"{path}/disputes", body
    if do in set(Verb) and issubclass(COMMANDS[Verb(do)], OnDispute):
        return f"{path}/disputes/{body.pop('dispute', 0)}/{do}", body
    return f"{path}/{quote(do, safe='')}", body


def _part(name: str) -> str:
    return quote(name, safe="")


def _answer(reply: Reply) -> Answer:
    document = reply.document
    if reply.ok:
        if document.get("reached") == 0:  # a region none of whose orders could be reached
            return Answer((document["refused"] or [{"code": RefusalCode.MALFORMED.value}])[-1]["code"])
        dispute = document.get("dispute") or {}
        warnings = frozenset(warning["code"] for warning in document.get("warnings", ()))
        return Answer(warnings=warnings, dispute=dispute.get("number", 0))
    if reply.status >= 500 or "code" not in document:
        raise ServiceError(f"the service answered {reply.status} without a code: {document}")
    until = parse_instant(document["until"]) if document.get("until") else None
    return Answer(document["code"], until, sentence=f"{document.get('detail')} {document.get('way_out')}")


def _accepted(reply: Reply) -> None:
    if not reply.ok:
        raise ServiceError(f"the sandbox's clock was not moved: {reply.status} {reply.document}")


# ── looking ──────────────────────────────────────────────────────────────────────────────────────

Read = Callable[[str, int], dict[str, Any]]
"""Reads the order (0) or one of its disputes as an actor."""


def seen(read: Read, dispute: int) -> dict[str, Any]:
    """What `stories.seen.seen` makes of an order in memory, made of the API's JSON."""
    order = read(LOOKS, 0)
    if not order:
        raise ServiceError("the order a story looks at is not there")
    case = read(LOOKS, dispute) if dispute else None
    money = order["money"]
    refunds = (case or {}).get("refunds") or []
    view = {
        "order": order["status"],
        "order_status": order["status"],
        "money": {name: _decimal(money[name]) for name in ("held", "refunded", "released")},
        "protection_ends": order["protection_ends"],
        "deadline": _deadline(case if case is not None else order, case=case is not None),
        "refund": _refund(refunds[-1] if refunds else order["refund"]),
        "lapsed": (case if case is not None else order)["last_lapse"],
        "can": _Each(partial(_can, read, dispute)),
        "cannot": _Each(partial(_cannot, read, dispute)),
    }
    return view | (_of_dispute(case) if case is not None else {})


def _of_dispute(case: Mapping[str, Any]) -> dict[str, Any]:
    verdict = case["verdict"]
    names = ("finding", "fault", "funded_by", "counts_against")
    return {
        "status": case["status"],
        "outcome": case["outcome"],
        "review_of": case["review_of"],
        "waiting_on": case["waiting_on"],
        "claim": {"wants": case["claim"]["wants"], "amount": _decimal(case["claim"]["amount"])},
        "verdict": {name: verdict[name] for name in names} if verdict else None,
        "flags": sorted(case["flags"]),
    }


def _deadline(where: Mapping[str, Any], *, case: bool) -> dict[str, str] | str:
    """The next one; a refund on its way is no deadline of a dispute that is still open."""
    quiet = {DeadlineName.REFUND.value} if case and where["status"] != "closed" else set()
    for deadline in where["deadlines"]:
        if deadline["name"] not in quiet:
            return {"name": deadline["name"], "at": deadline["at"], "if_silent": deadline["if_silent"]["action"]}
    return "none"


def _refund(refund: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if refund is None:
        return None
    dates = {name: refund[name] or "calendar unknown" for name in ("due", "latest")}
    return {"amount": _decimal(refund["amount"]), "to": refund["to"], "status": refund["status"], **dates}


def _decimal(money: Mapping[str, Any]) -> str:
    return format_minor(money["amount_minor"], money["currency"])


def _can(read: Read, dispute: int, actor: str) -> list[str]:
    """On the order, and on the dispute where one is looked at."""
    return [verb for number in _both(dispute) for verb in read(actor, number).get("available_actions", [])]


def _cannot(read: Read, dispute: int, actor: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in _both(dispute):
        found |= {one["action"]: one["code"] for one in read(actor, number).get("unavailable_actions", [])}
    return found


def _both(dispute: int) -> tuple[int, ...]:
    return (0, dispute) if dispute else (0,)


class _Each(Mapping[str, Any]):
    """Something for each actor, read only for those a story asks about."""

    def __init__(self, of: Callable[[str], Any]) -> None:
        self._of = of

    def __getitem__(self, actor: str) -> Any:
        if actor not in set(ACTORS):
            raise KeyError(actor)
        return self._of(actor)

    def __iter__(self) -> Iterator[str]:
        return iter(party.value for party in ACTORS)

    def __len__(self) -> int:
        return len(ACTORS)
