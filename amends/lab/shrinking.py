"""A broken life made small: steps and policy keys are dropped as long as the same law stays broken.

First halves are tried, then smaller parts, down to single steps (delta debugging). What is left is told as a story
that `amends play` walks: the same acts at the same instants, each with the answer it got.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import yaml

from amends.core import commands as c
from amends.core.durations import format_instant
from amends.core.wire import read_command, write_command
from amends.stories.reading import ANSWER_KEYS, Story

from .life import Life, Plan, Taken, live
from .random_steps import Step

T = TypeVar("T")
MOST_TRIES = 400


def shrunk(life: Life) -> Life:
    """The smallest life found that breaks the first law this one broke."""
    law = life.broken[0].law
    smallest = life

    def still_broken(plan: Plan) -> bool:
        nonlocal smallest
        tried = live(plan)
        if not any(broken.law == law for broken in tried.broken):
            return False
        smallest = tried
        return True

    steps = tuple(taken.step for taken in life.taken[: life.drawn or len(life.taken)])
    plan = life.plan._replace(steps=steps)
    if not still_broken(plan):
        return life  # the story as it was lived still tells what happened
    plan = plan._replace(steps=fewest(steps, lambda some: still_broken(plan._replace(steps=some))))
    keys = tuple(plan.overrides.items())
    fewest(keys, lambda some: still_broken(plan._replace(overrides=dict(some))))
    return smallest


def fewest(items: tuple[T, ...], holds: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """The items without those that can be left out while `holds` stays true: halves first, then single ones."""
    part, tries = max(1, len(items) // 2), 0
    while items and tries < MOST_TRIES:
        at, dropped = 0, False
        while at < len(items) and tries < MOST_TRIES:
            tries += 1
            some = items[:at] + items[at + part :]
            if holds(some):
                items, dropped = some, True
            else:
                at += part
        if part == 1 and not dropped:
            break
        part = max(1, part // 2) if not dropped or part > 1 else 1
    return items


# ── as a story ───────────────────────────────────────────────────────────────────────────────────


def told(life: Life) -> str:
    """The life as a story in YAML, with the answer each act got; what broke is its note."""
    plan = life.plan
    story: dict[str, Any] = {
        "story": f"random life {plan.seed}",
        "note": "; ".join(map(str, life.broken)) or "nothing is broken",
        "policy": plan.preset,
        "overrides": dict(plan.overrides),
        "order": _order(plan.order),
        "steps": _steps(life.taken),
    }
    return yaml.dump(story, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def heard(story: Story) -> Plan:
    """The plan of a told life, so that it can be lived again under the laws. Expectations are left out.

    Raises `Refused` (`malformed`) where an act cannot be read.
    """
    placing = {**story.orders[0], "paid_at": format_instant(story.orders[0]["paid_at"])}
    order = read_command({**placing, "do": "place_order", "by": "marketplace"})
    assert isinstance(order, c.PlaceOrder)
    steps = tuple(Step(step.at, _act(step.document)) for step in story.steps if "do" in step.document)
    return Plan(0, story.policy, story.overrides, order, steps)


def _act(document: Mapping[str, Any]) -> c.Command:
    act = {key: value for key, value in document.items() if key not in ("at", *ANSWER_KEYS)}
    if "dispute" in act:
        name = str(act.pop("dispute"))
        if act["do"] != "open":
            act["dispute"] = int(name.removeprefix("D"))
    return read_command(act)


def _order(command: c.PlaceOrder) -> dict[str, Any]:
    return {key: value for key, value in write_command(command).items() if key not in ("do", "by")}


def _steps(taken: Sequence[Taken]) -> list[dict[str, Any]]:
    opened = 0
    steps: list[dict[str, Any]] = []
    for step, _, refused in taken:
        if isinstance(step.command, c.Lapse) and refused is None:
            # A story's clock has always come by before a step: all that is left is to look.
            steps.append({"at": format_instant(step.at), "expect": {}})
            continue
        document = {"at": format_instant(step.at), **write_command(step.command)}
        if isinstance(step.command, c.OpenDispute):
            opened += refused is None
            document["dispute"] = f"D{opened if refused is None else opened + 1}"
        elif isinstance(document.get("dispute"), int):
            document["dispute"] = f"D{document['dispute']}"
        if refused is not None:
            document["refused"] = refused.code.value
        steps.append(document)
    return steps


class _Dumper(yaml.SafeDumper):
    """A step a line, as stories are written by hand."""


def _mapping(dumper: _Dumper, value: dict[Any, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style="story" not in value)


_Dumper.add_representer(dict, _mapping)
