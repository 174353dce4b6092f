"""An order's state as canonical data, and its hash: what tells that folding the same events gives the same order.

Like events, a field equal to its default is left out, so that a field added to the core later changes no hash.
Policy and calendars stand outside: the first is pinned by its digest, the second is data of the edge.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from amends.core.durations import format_instant
from amends.core.events import EVENTS
from amends.core.order import Order
from amends.core.policy import Policy
from amends.core.private import Private
from amends.core.wire import canonical, write_event

OUTSIDE = frozenset({"calendars"})


def state_hash(order: Order) -> bytes:
    """SHA-256 of the state in its sealed form. Raises ValueError where personal text in it is not sealed."""
    return hashlib.sha256(canonical(_written(order))).digest()


def _written(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    write = _WRITERS.get(type(value))
    if write is None:
        write = _WRITERS[type(value)] = _writer_of(type(value))
    return write(value)


def _private(text: Private) -> dict[str, str]:
    if not text.sealed:
        raise ValueError("personal text in the state is not sealed")
    return {"ref": text.ref, "sha256": text.digest}


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _written(part) for key, part in value.items()}


def _list(value: tuple[Any, ...]) -> list[Any]:
    return [_written(part) for part in value]


def _writer_of(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, str):
        return str
    if kind.__name__ in EVENTS:
        return write_event
    if dataclasses.is_dataclass(kind):
        return _by_fields([(field.name, _default(field)) for field in dataclasses.fields(kind)])
    if hasattr(kind, "_fields"):
        named: Any = kind
        return _by_fields([(name, named._field_defaults.get(name, _NEVER)) for name in named._fields])
    raise TypeError(f"no way to write the state's {kind.__name__}")


def _by_fields(fields: list[tuple[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    kept = [(name, default) for name, default in fields if name not in OUTSIDE]
    parts = attrgetter(*(name for name, _ in kept)) if len(kept) > 1 else lambda value: (getattr(value, kept[0][0]),)

    def write(value: Any) -> dict[str, Any]:
        written = {}
        for (name, default), part in zip(kept, parts(value), strict=True):
            if part is not default and part != default:
                written[name] = part if type(part) in _PLAIN else _written(part)
        return written

    return write


_NEVER = object()
_PLAIN = frozenset({type(None), int, bool, str})


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return _NEVER if field.default is dataclasses.MISSING else field.default


_WRITERS: dict[type, Callable[[Any], Any]] = {
    datetime: format_instant,
    date: date.isoformat,
    timedelta: lambda length: length // timedelta(microseconds=1),
    Private: _private,
    Policy: lambda policy: policy.digest,
    dict: _mapping,
    MappingProxyType: _mapping,
    tuple: _list,
    frozenset: lambda values: sorted(map(str, values)),
}
