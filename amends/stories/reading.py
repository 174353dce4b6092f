"""Reading stories: YAML, several documents a file, checked before anything is played.

What cannot be read is a `StoryError` with file and line: a time without a zone, a step that goes back in time,
an unknown key (with the nearest known one), a number where an amount should be text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from amends.core.durations import MalformedInstant, parse_instant
from amends.core.vocabulary import Verb

EXPECTATIONS = frozenset(
    [
        "dispute",
        "order",
        "status",
        "outcome",
        "review_of",
        "waiting_on",
        "deadline",
        "claim",
        "money",
        "protection_ends",
        "order_status",
        "refund",
        "can",
        "cannot",
        "verdict",
        "flags",
        "lapsed",
    ]
)
STORY_KEYS = frozenset({"story", "rules", "policy", "overrides", "order", "orders", "steps", "note"})
ANSWER_KEYS = frozenset({"refused", "refused_until", "warns"})
AMOUNTS = frozenset({"amount", "price", "shipping", "discount", "held", "refunded", "released"})
MOST_BYTES = 4_000_000
MOST_VALUES = 1_000_000
"""More than this many values, aliases written out, is no story."""


class StoryError(Exception):
    """A story that cannot be read: file, line, what is wrong, what would be right."""


class Step(NamedTuple):
    at: datetime
    line: int
    document: Mapping[str, Any]

    @property
    def expectation(self) -> Mapping[str, Any] | None:
        return self.document.get("expect")


class Story(NamedTuple):
    name: str
    rules: tuple[str, ...]
    policy: str
    overrides: Mapping[str, Any]
    orders: tuple[Mapping[str, Any], ...]
    steps: tuple[Step, ...]
    file: str
    line: int


class _Loader(yaml.SafeLoader):
    """YAML as data, with instants kept as the text they are and the line of every mapping known."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise StoryError(f"line {key_node.start_mark.line + 1}: the key {key!r} is not text; write it in quotes")
        if key in seen:
            raise StoryError(f"line {key_node.start_mark.line + 1}: the key “{key}” stands twice; keep one")
        value = loader.construct_object(value_node, deep=True)
        if key in AMOUNTS and isinstance(value, int | float):
            raise StoryError(
                f'line {key_node.start_mark.line + 1}: {key} is {value_node.value}; write amounts as text, like "45.00"'
            )
        seen[key] = value
    seen["__line__"] = node.start_mark.line + 1
    return seen


# YAML 1.1 reads the country code NO as “no”. In capitals it is text; true, false, yes and no stay what they are.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, words) for tag, words in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile("^(?:true|True|TRUE|false|False|FALSE|yes|Yes|no|No|on|On|off|Off)$"),
    list("tTfFyYnNoO"),
)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))


def found(paths: list[str]) -> list[Path]:
    """The story files named, or in the folders named, in order of their names."""
    files: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            files.extend(sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]))
        elif path.is_file():
            files.append(path)
        else:
            raise StoryError(f"{name}: there is no such file or folder")
    return files


def read_file(path: Path) -> Iterator[Story]:
    """The stories of one file."""
    if path.stat().st_size > MOST_BYTES:
        raise StoryError(f"{path}: more than {MOST_BYTES:,} bytes; split it into several files")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise StoryError(f"{path}: byte {wrong.start} is no UTF-8; save the file as UTF-8") from None
    yield from read_text(text, str(path))


def read_text(text: str, file: str = "story") -> Iterator[Story]:
    try:
        documents = list(yaml.load_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise StoryError(f"{file}, line {line}: this is no YAML: {wrong.problem}") from None
    except (yaml.YAMLError, StoryError, RecursionError, ValueError, KeyError) as wrong:
        raise StoryError(f"{file}: {wrong}") from None
    if _values(documents, {}) > MOST_VALUES:
        raise StoryError(f"{file}: with its aliases written out it has more than {MOST_VALUES:,} values")
    for document in documents:
        if document is not None:
            yield _story(document, file)


def _story(document: Any, file: str) -> Story:
    if not isinstance(document, dict):
        raise StoryError(f"{file}: a story is a mapping with the keys story, policy, order and steps")
    line = document.pop("__line__")
    where = f"{file}, line {line}"
    for key in document:
        if key not in STORY_KEYS:
            raise StoryError(f"{where}: a story has no key “{key}”{_near(key, STORY_KEYS)}")
    for key in ("story", "policy", "steps"):
        if key not in document:
            raise StoryError(f"{where}: the story lacks “{key}”")
    if ("order" in document) == ("orders" in document):
        raise StoryError(f"{where}: a story has either “order” or “orders”")
    orders = document["orders"] if "orders" in document else [document["order"]]
    if not isinstance(orders, list) or not all(isinstance(order, dict) for order in orders) or not orders:
        raise StoryError(f"{where}: orders are mappings with id, buyer, seller, currency and lines")
    if not isinstance(document["steps"], list):
        raise StoryError(f"{where}: steps are a list")
    overrides = document.get("overrides") or {}
    if not isinstance(overrides, dict):
        raise StoryError(f"{where}: overrides are a mapping from dotted policy keys to values")
    return Story(
        name=str(document["story"]),
        rules=tuple(str(rule) for rule in document.get("rules") or ()),
        policy=str(document["policy"]),
        overrides=_unlined(overrides),
        orders=tuple(_order(order, file) for order in orders),
        steps=_steps(document["steps"], file),
        file=file,
        line=line,
    )


def _order(order: dict[str, Any], file: str) -> Mapping[str, Any]:
    line = order.get("__line__", 0)
    if "paid_at" not in order:
        raise StoryError(f"{file}, line {line}: the order lacks “paid_at”")
    return {**_unlined(order), "paid_at": _instant(order["paid_at"], f"{file}, line {line}: paid_at")}


def _steps(steps: list[Any], file: str) -> tuple[Step, ...]:
    read: list[Step] = []
    for step in steps:
        if not isinstance(step, dict):
            raise StoryError(f"{file}: a step is a mapping with “at” and either “do” or “expect”, not {step!r}")
        line = step.get("__line__", 0)
        where = f"{file}, line {line}"
        if "at" not in step:
            raise StoryError(f"{where}: the step lacks “at”")
        at = _instant(step["at"], f"{where}: at")
        if read and at < read[-1].at:
            raise StoryError(f"{where}: the step goes back in time, from {read[-1].at:%Y-%m-%dT%H:%M:%SZ}")
        _known(step, where)
        read.append(Step(at, line, _unlined(step)))
    return tuple(read)


def _known(step: Mapping[str, Any], where: str) -> None:
    if ("do" in step) == ("expect" in step):
        raise StoryError(f"{where}: a step has either “do” or “expect”")
    if "expect" in step:
        expect = step["expect"]
        if not isinstance(expect, dict):
            raise StoryError(f"{where}: “expect” holds a mapping")
        for key in expect:
            if key not in EXPECTATIONS and key != "__line__":
                raise StoryError(f"{where}: nothing called “{key}” can be expected{_near(key, EXPECTATIONS)}")
        for key in step:
            if key not in ("at", "expect", "__line__"):
                raise StoryError(f"{where}: a step that expects has no key “{key}”")
    elif step["do"] not in set(Verb):
        raise StoryError(f"{where}: there is no verb “{step['do']}”{_near(str(step['do']), frozenset(Verb))}")


def _instant(value: Any, where: str) -> datetime:
    try:
        return parse_instant(value)
    except (MalformedInstant, TypeError, AttributeError):
        raise StoryError(f"{where} is {value!r}; write an instant with its zone, like 2026-03-20T09:00:00Z") from None


def _near(key: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    return f"; did you mean “{near[0]}”?" if near else f"; it knows: {', '.join(sorted(known))}"


def _values(value: Any, known: dict[int, int]) -> int:
    """How many values there are with every alias written out; each shared one is looked at once."""
    if id(value) not in known:
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        known[id(value)] = 1 + sum(_values(part, known) for part in parts)
    return known[id(value)]


def _unlined(value: Any) -> Any:
    """The same data without the line numbers."""
    if isinstance(value, dict):
        return {key: _unlined(part) for key, part in value.items() if key != "__line__"}
    return [_unlined(part) for part in value] if isinstance(value, list) else value
