"""A way through the states, written as a story: `amends play` plays it, and its last step shows what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import yaml

from amends.core import commands as c
from amends.core.durations import format_instant
from amends.core.money import format_minor
from amends.core.order import Order
from amends.core.wire import write_command
from amends.stories.seen import seen

from .exploring import Graph
from .worlds import World


class Told(NamedTuple):
    """One step of a story: an act, with the refusal it meets if it is refused."""

    at: datetime
    command: c.Command
    refused: str = ""
    until: datetime | None = None


def way(graph: Graph, number: int) -> list[Told]:
    """The acts on a shortest way to a state, the first of them on the order just placed."""
    states = graph.way_to(number)
    pairs = pairwise(states)
    return [Told(before.now, after.by) for before, after in pairs if after.by is not None]


def story(
    title: str,
    policy: str,
    world: World,
    acts: Iterable[Told],
    *,
    expect: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> str:
    """The story in YAML, with what is to be seen at its end."""
    steps: list[dict[str, Any]] = []
    opened = 0
    for act in acts:
        step = _step(act, world)
        if isinstance(act.command, c.OpenDispute):
            opened += 1
            step["dispute"] = f"D{opened}"
        steps.append(step)
    if expect is not None and at is not None:
        steps.append({"at": format_instant(at), "expect": dict(expect)})
    document = {"story": title, "policy": policy, "order": world.order, "steps": steps}
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000)


def shown(order: Order, now: datetime, *keys: str) -> dict[str, Any]:
    """Some of what can be seen of an order and of its last dispute, as a story expects it."""
    dispute = order.disputes[-1] if order.disputes else None
    view = seen(order, dispute, now)
    name = {"dispute": f"D{dispute.number}"} if dispute else {}
    return name | {key: view[key] if view[key] is not None else "none" for key in keys if key in view}


def _step(told: Told, world: World) -> dict[str, Any]:
    document = {key: _plain(value, world) for key, value in write_command(told.command).items() if key != "text"}
    if isinstance(told.command, c.OpenDispute):
        document["lines"] = [pieces.line for pieces in told.command.lines]
    if "dispute" in document:
        document["dispute"] = f"D{document['dispute']}"
    text = getattr(told.command, "text", "")
    step = {"at": format_instant(told.at), "by": document.pop("by"), "do": document.pop("do"), **document}
    if text:
        step["text"] = text
    return step | _answer(told)


def _answer(told: Told) -> dict[str, str]:
    if not told.refused:
        return {}
    until = {"refused_until": format_instant(told.until)} if told.until else {}
    return {"refused": told.refused, **until}


def _plain(value: Any, world: World) -> Any:
    """Amounts as decimal text, as people write them in stories."""
    if isinstance(value, dict):
        if set(value) == {"amount_minor"}:
            return format_minor(value["amount_minor"], str(world.order["currency"]))
        return {key: _plain(part, world) for key, part in value.items()}
    return [_plain(part, world) for part in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Steps on one line each, as stories are written by hand."""


def _mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    flow = "story" not in value and "steps" not in value and "id" not in value
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=flow)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    steps = bool(value) and isinstance(value[0], dict) and "at" in value[0]
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=not steps)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)
