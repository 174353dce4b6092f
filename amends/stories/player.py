"""Playing a story: walk its steps, compare what came with what was expected, stop at the first difference.

The player knows a `Driver`: something that takes acts at instants and can be looked at. In memory that is
`CoreDriver` on a `World`; over HTTP another, with the same answers.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import yaml

from amends.core.commands import COMMANDS
from amends.core.durations import Calendars, MalformedInstant, format_instant, parse_instant
from amends.core.policy import Policy
from amends.core.refusals import Refused
from amends.core.vocabulary import RefusalCode, Verb
from amends.core.wire import canonical, read_command

from .reading import Step, Story
from .seen import seen
from .telling import timeline
from .world import World


class Answer(NamedTuple):
    """What came back: accepted with warnings, or refused with a code and perhaps a date."""

    refused: str | None = None
    until: datetime | None = None
    warnings: frozenset[str] = frozenset()
    sentence: str = ""
    dispute: int = 0
    """The number of the dispute an `open` made."""


class Driver(Protocol):
    """A marketplace a story can be played on."""

    def place(self, document: Mapping[str, Any], at: datetime) -> Answer: ...
    def act(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer: ...
    def advance(self, at: datetime) -> None: ...
    def look(self, order: str, dispute: int, at: datetime) -> Mapping[str, Any]: ...
    def told(self, order: str) -> list[str]: ...


class Failure(NamedTuple):
    """Where a story went another way: the step, what was expected, what came, and what happened so far."""

    step: str
    line: int
    expected: str
    got: str
    timeline: tuple[str, ...]


class Result(NamedTuple):
    story: str
    file: str
    failure: Failure | None
    steps: int

    @property
    def passed(self) -> bool:
        return self.failure is None


class CoreDriver:
    """The pure core, in memory."""

    def __init__(self, policy: Policy, calendars: Calendars) -> None:
        self.world = World(policy, calendars)
        self.answered: dict[tuple[str, str, str], tuple[bytes, Answer]] = {}

    def place(self, document: Mapping[str, Any], at: datetime) -> Answer:
        return self._answer("", {**document, "do": "place_order", "by": "marketplace"}, at)

    def act(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        return self._answer(order, document, at)

    def _answer(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        """A key that was answered is answered the same again; for something else it is refused (decision 25)."""
        key = (order, str(document.get("by")), str(document["key"])) if "key" in document else None
        known = self.answered.get(key) if key else None
        body = canonical({name: _plain(value) for name, value in document.items() if name != "key"})
        if known is not None:
            return known[1] if known[0] == body else _refusal(Refused(RefusalCode.IDEMPOTENCY_KEY_REUSED))
        answer = self._decided(order, document, at)
        if key and answer.refused is None:
            self.answered[key] = (body, answer)
        return answer

    def _decided(self, order: str, document: Mapping[str, Any], at: datetime) -> Answer:
        try:
            command = read_command(self._meant(order, document))
        except Refused as refused:
            return _refusal(refused)
        answer = self.world.act(order, command, at)
        if isinstance(answer, Refused):
            return _refusal(answer)
        return Answer(warnings=answer.warnings, dispute=len(answer.order.disputes))

    def _meant(self, order: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A story cannot know how many events a decision made: where one decision waits, any that happened means it."""
        event = document.get("event")
        if document.get("do") == "approve" and order in self.world.orders and isinstance(event, int):
            current = self.world.orders[order]
            waiting = [one for one in (current.waiting, *(d.waiting for d in current.disputes)) if one]
            if len(waiting) == 1 and 0 < event <= current.version:
                return {name: value for name, value in document.items() if name != "event"}
        return document

    def advance(self, at: datetime) -> None:
        self.world.advance(at)

    def look(self, order: str, dispute: int, at: datetime) -> Mapping[str, Any]:
        current = self.world.orders[order]
        return seen(current, current.dispute(dispute), at)

    def told(self, order: str) -> list[str]:
        if order not in self.world.orders:
            return []
        return timeline(self.world.orders[order], self.world.history[order])


def _fields(verb: object) -> frozenset[str]:
    kind = COMMANDS.get(Verb(str(verb))) if verb in set(Verb) else None
    return frozenset(field.name for field in dataclasses.fields(kind)) if kind else frozenset()


def _refusal(refused: Refused) -> Answer:
    return Answer(refused.code.value, refused.until, sentence=f"{refused.sentence} {refused.way_out}")


# ── walking ──────────────────────────────────────────────────────────────────────────────────────


class _Different(Exception):
    def __init__(self, expected: object, got: object) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got


def play(story: Story, driver: Driver) -> Result:
    """Play one story to its end or to its first difference."""
    walk = _Walk(story, driver)
    waiting = sorted(story.orders, key=lambda order: order["paid_at"])
    for step in story.steps:
        while waiting and waiting[0]["paid_at"] <= step.at:
            order = waiting.pop(0)
            answer = driver.place(_written(order), order["paid_at"])
            if answer.refused:
                return walk.failed(step, "the order is placed", f"refused {answer.refused}: {answer.sentence}")
        driver.advance(step.at)
        try:
            walk.step(step)
        except _Different as difference:
            return walk.failed(step, difference.expected, difference.got)
    return Result(story.name, story.file, None, len(story.steps))


def _written(order: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**order, "paid_at": format_instant(order["paid_at"])}


class _Walk:
    def __init__(self, story: Story, driver: Driver) -> None:
        self.story = story
        self.driver = driver
        self.first = str(story.orders[0].get("id"))
        self.currencies = {str(order.get("id")): str(order.get("currency")) for order in story.orders}
        self.names: dict[str, tuple[str, int]] = {}
        """The story's own names of its disputes: which order, which number."""
        self.order = self.first

    def step(self, step: Step) -> None:
        if step.expectation is not None:
            self._expect(step)
        else:
            self._do(step)

    # ── acts ─────────────────────────────────────────────────────────────────────────────────────

    def _do(self, step: Step) -> None:
        document = dict(step.document)
        refused, until = document.pop("refused", None), document.pop("refused_until", None)
        warns = document.pop("warns", None) or []
        document.pop("at")
        order, document, name = self._aimed(document)
        answer = self.driver.act(order, document, step.at)
        if answer.refused is None and document["do"] == "open" and name:
            self.names[name] = (order, answer.dispute)
        self._compare_answer(answer, refused, until, warns)

    def _aimed(self, document: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
        """Which order is meant, the act with the dispute's number in it, and the story's name for the dispute."""
        named = document.pop("order", None)
        name = document.pop("dispute", None)
        if name is not None and not isinstance(name, str):
            raise _Different("a dispute is called by the story's own name", f"dispute: {name!r}")
        order, number = self.names.get(name or "", (str(named or self._orders_default(name)), 0))
        # Naming the dispute on an act about its order only says which order is meant.
        if name is not None and "dispute" in _fields(document.get("do")):
            document["dispute"] = number
        self.order = order
        return order, document, name or ""

    def _orders_default(self, name: str | None) -> str:
        return self.first if name is None or len(self.story.orders) == 1 else self.order

    def _compare_answer(self, answer: Answer, refused: object, until: object, warns: list[str]) -> None:
        if refused is None and answer.refused is not None:
            raise _Different("accepted", f"refused {answer.refused}: {answer.sentence}")
        if refused is not None and answer.refused != refused:
            raise _Different(f"refused {refused}", f"refused {answer.refused}" if answer.refused else "accepted")
        if until is not None:
            offered = format_instant(answer.until) if answer.until else None
            if offered != _same_instant(until):
                raise _Different(f"refused until {_same_instant(until)}", f"until {offered}")
        missing = sorted(set(warns) - answer.warnings)
        if missing:
            raise _Different(f"warns {sorted(warns)}", f"warns {sorted(answer.warnings)}")

    # ── expectations ─────────────────────────────────────────────────────────────────────────────

    def _expect(self, step: Step) -> None:
        expected = dict(step.expectation or {})
        order, number = self._meant(expected)
        view = self.driver.look(order, number, step.at)
        for key, wanted in expected.items():
            if key not in view:
                raise _Different(f"{key}: {_shown(wanted)}", "no dispute is meant: name one")
            _compare(key, wanted, view[key])

    def _meant(self, expected: dict[str, Any]) -> tuple[str, int]:
        name = expected.pop("dispute", None)
        if name is not None:
            if name not in self.names:
                raise _Different(f"a dispute {name}", "no dispute of that name was opened")
            self.order, number = self.names[name]
        else:
            number = 0
        meant = expected.get("order")
        if meant in self.currencies:
            expected.pop("order")
            self.order = str(meant)
        elif name is None and len(self.story.orders) == 1:
            self.order = self.first
        return self.order, number

    def failed(self, step: Step, expected: object, got: object) -> Result:
        told = step.document.get("expect") or {k: v for k, v in step.document.items() if k != "at"}
        text = yaml.safe_dump(_plain(told), default_flow_style=True, allow_unicode=True, width=10_000).strip()
        failure = Failure(
            step=f"{format_instant(step.at)} {'expect ' if 'expect' in step.document else ''}{text}",
            line=step.line,
            expected=str(expected),
            got=str(got),
            timeline=tuple(self.driver.told(self.order) or self.driver.told(self.first)),
        )
        return Result(self.story.name, self.story.file, failure, len(self.story.steps))


def _compare(key: str, wanted: Any, got: Any) -> None:
    if key in ("can", "flags"):
        for party, verbs in wanted.items() if key == "can" else (("", wanted),):
            there = got.get(party, []) if key == "can" else got
            missing = [verb for verb in verbs if verb not in there]
            if missing:
                raise _Different(f"{key}: {_shown(wanted)}", f"{key}: {_shown(there)}")
        return
    if key == "cannot":
        for party, refusals in wanted.items():
            there = got.get(party, {})
            wrong = {verb: there.get(verb, "may do it") for verb, code in refusals.items() if there.get(verb) != code}
            if wrong:
                raise _Different(f"cannot: {_shown(refusals)}", f"cannot: {_shown(wrong)}")
        return
    if isinstance(wanted, dict):
        if not isinstance(got, Mapping):
            raise _Different(f"{key}: {_shown(wanted)}", f"{key}: {_shown(got)}")
        parts = {name: got.get(name) for name in wanted}
        if any(_normal(name, value) != _normal(name, parts[name]) for name, value in wanted.items()):
            raise _Different(f"{key}: {_shown(wanted)}", f"{key}: {_shown(parts)}")
        return
    if _normal(key, wanted) != _normal(key, got):
        raise _Different(f"{key}: {_shown(wanted)}", f"{key}: {_shown(got)}")


def _normal(key: str, value: Any) -> Any:
    """Instants compare as instants, and `none` is nothing."""
    if value in ("none", None):
        return None
    return _same_instant(value) if key in ("at", "protection_ends") else str(value)


def _same_instant(value: object) -> str:
    try:
        return format_instant(parse_instant(str(value)))
    except MalformedInstant:
        return str(value)


def _shown(value: Any) -> str:
    return yaml.safe_dump(_plain(value), default_flow_style=True, allow_unicode=True, width=10_000).strip("\n. ")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return value if isinstance(value, int | bool | type(None)) else str(value)


def play_in_core(story: Story, policy: Policy, calendars: Calendars) -> Result:
    """Play a story on the pure core, in memory, under a policy already loaded."""
    return play(story, CoreDriver(policy, calendars))
